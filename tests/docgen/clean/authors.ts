/**
 * The lamp.
 *
 * @since 1.0.0
 * @example
 * await Lamp.on({ level: 1 });
 */
export interface DemoPlugin {
  /** Reads from a path. */
  read(path: string): Promise<string>;
  /** Reads with options. */
  read(path: string, options: ReadOptions): Promise<string>;
  /** Writes text. */
  write(data: string): Promise<void>;
  /** Writes bytes. */
  write(data: number[]): Promise<void>;
  /** Is called itself. */
  (level: number): void;
  /**
   * @description Switches it on.
   * @remarks Takes a second.
   *
   * @throw {Error} when it is broken
   * @exception when it is gone
   * @since 2.0.0
   */
  on(options: ReadOptions, done?: Done): Promise<Mode>;
  /**
   * Decorates.
   *
   * ```ts
   * @Component({ selector: 'lamp' })
   * export class Lamp {
   *   @Input() level = 1;
   * }
   * </docgen-api>
   * ```
   *
   * @returns A lamp
   * @example
   * ```ts
   * @Injectable()
   * class Service {}
   * ```
   */
  decorate(): Promise<Limits>;
  /** What it can. */
  can(): Promise<(typeof MODES)[number] | ReturnType<typeof pick>>;
}

/** Adds a method. */
export interface DemoPlugin {
  /** Goes off. */
  off(): void;
}

/**
 * How it is read.
 *
 * @since 1.1.0
 */
export interface ReadOptions {
  /**
   * How long.
   *
   * @since 1.2.0
   * @defaultvalue 5
   */
  wait?: number;
  /** How it shines. */
  mode:
    /** Steadily. */
    | 'steady'
    /** By and by. */
    | 'fading';
}

/** More of it. */
export interface ReadOptions {
  more?: boolean;
}

/**
 * Is called in the end.
 *
 * @param error What went wrong
 * @param level How bright it is now
 * @returns Whether to go on
 */
export type Done = (error: Error | null, level?: number) => boolean;

/** What the lamp does. */
export type Mode =
  /** Shines. */
  | 'on'
  | 'off' /** Does nothing. */
  | /** Blinks. */ 'blink';

/** The limits. */
export const LIMITS = {
  max: 10, // bright
  /** The least. */
  min: 1,
};
export type Limits = typeof LIMITS;
/** All modes. */
export const MODES = ['a', 'b'] as const;
/** Picks one. */
export declare function pick(of: string[]): string;
