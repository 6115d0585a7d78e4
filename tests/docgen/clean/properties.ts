/** The plugin. */
export interface DemoPlugin {
  /**
   * The version.
   *
   * @since 1.0.0
   */
  readonly version: string;
  /** What is on. */
  state: State;
  /** Stops. */
  stop(): Promise<void>;
}

export type State = 'on' | 'off';
