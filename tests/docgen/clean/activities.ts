/**
 * Live activities on the lock screen.
 *
 * @platform ios
 */
export interface DemoPlugin {
  /**
   * Starts an activity.
   *
   * @example
   * ```typescript
   * const { id } = await Demo.start({ layout: { type: 'text', value: 'Hi' } });
   * ```
   * @platform iOS 16.2+
   * @platform web Returns unsupported status, and does nothing.
   * @category Life
   * @since 1.0.0
   */
  start(options: StartOptions): Promise<Started>;
  /**
   * Ends an activity.
   *
   * @platform ios, android
   * @category Life
   * @see DemoPlugin.start
   */
  end(options: { id: string }): Promise<void>;
  /**
   * Ends everything.
   *
   * @deprecated use `end()` for each
   * @category Life
   */
  endAll(): Promise<void>;
  /**
   * Whether activities are there.
   *
   * @platform iOS 16+ | Android 16+ | web
   * @see StartOptions.behaviour for what they do
   * @see https://example.com/activities
   * @category Questions
   */
  isAvailable(): Promise<{ available: boolean }>;
  /**
   * The activities that are running.
   *
   * @example
   * await Demo.list();
   * @example
   * <caption>Of one kind</caption>
   * await Demo.list({ kind: 'timer' });
   */
  list(options?: { kind?: Kind }): Promise<Started[]>;
}

/** How to start. */
export interface StartOptions {
  /** What is shown. */
  layout: Layout;
  /**
   * What a tap does.
   *
   * @platform iOS 17+
   */
  behaviour?: Behaviour;
}

export interface Started {
  id: string;
}

/** What a layout is made of. */
export type Layout = TextLayout | StackLayout;

export interface TextLayout {
  type: 'text';
  value: string;
}

export interface StackLayout {
  type: 'stack';
  children: Layout[];
}

export type Kind = 'timer' | 'score';

export enum Behaviour {
  /** Opens the app. */
  Open = 'open',
  /**
   * Nothing.
   *
   * @deprecated
   */
  None = 'none',
}
