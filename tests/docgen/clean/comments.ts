/** Where a picture comes from. */
export enum Source {
  /** Ask: camera | library. */ Prompt = 'PROMPT',
  /** @deprecated use {@link Source.Prompt} */
  Photos = 'PHOTOS',
}

/**
 * How to take it.
 *
 * @since 1.1.0
 * @platform ios, android
 * @see {@link https://example.com/how | How}
 */
export interface Options {
  /**
   * From 0 to 100:
   *
   * 1. `0` is the smallest,
   * 2. `100` the best:
   *    - on iOS as HEIC,
   *    - on Android as JPEG.
   *
   * Values `< 0 || > 100` are an error.
   *
   * @default `90` on iOS, `80` on Android
   * @see https://example.com/quality
   */
  quality?: number;
  /**
   * ### What comes back
   *
   * ```ts
   * if (kind | 1) {
   *   use(`${kind}`);
   * }
   * ```
   *
   * Then:
   *
   * | kind | is   |
   * | ---- | ---- |
   * | 1    | text |
   *
   * @example `'uri' | 'data'`
   */
  kind?: 'uri' | 'data';
  /** @default { a: '*', __b__: `${1}${2}` } */ labels?: { a?: string; __b__?: string };
  /** The same as {@link Options#quality}, {@linkplain Source}, {@link Missing.one} or {@link DemoPlugin.take}. */
  other?: `${string}-${number}`;
  /**
   * @example
   * const many = [
   *   'lines',
   * ];
   */
  many?: string[];
  /** Not for readers. @hidden */ shown?: boolean; /** @hidden */ secret?: Secret;
  internal?: Internal;
}

export interface Secret {
  unseen: string;
}

/** @internal */
export interface Internal {
  unseen: string;
}

/** @template T what is in it */
export interface Box<T> {
  /**
   * @param value what goes in
   * @returns T
   * @example box.put(1)
   */
  put(value: T): T;
}

/**
 * Takes pictures.
 *
 * @since 1.0.0
 * @platform ios
 */
export interface DemoPlugin {
  /**
   * ## Takes one
   *
   * Rounding:
   *
   *     const rounded = value <= 0.5 ? 0 : 1;
   *
   * - in a list:
   *
   *     still `text` <here>
   *
   * @typeParam T what comes back
   * @param options: Options
   * @returns {@link Box} of it | nothing
   * @throws {@link Source} when there is none
   * @see Options
   * @example <caption>With a caption</caption>
   * Demo.take({ quality: 1 });
   */
  take<T>(options: Options): Promise<Box<T>>;
  /**
   * @returns {Promise<void>}
   */
  nothing(): Promise<void>;
  /** @returns Promise<string> */
  text(): Promise<string>;
  put(url: string, data?: string): void;
  put(options: Options): void;
  [Symbol.dispose](): void;
  __raw__(): void;
}
