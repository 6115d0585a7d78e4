/// <reference types="@capacitor/cli" />
import type { PermissionState, PluginListenerHandle } from '@capacitor/core';
import type * as core from '@capacitor/core';

declare module '@capacitor/cli' {
  export interface PluginsConfig {
    /**
     * How shapes are drawn.
     */
    Shapes?: {
      /**
       * Wide or not.
       *
       * @since 1.0.0
       * @default true
       * @example false
       */
      wide?: boolean;
      style: 'round' | "square";
    };
  }
}

/**
 * Shapes of every kind.
 *
 * @since 1.0.0
 */
export interface ShapesPlugin extends Base {
  /**
   * One of `Options`, a => b, <https://example.com>.
   *
   * @param options - what is asked
   *   in two lines
   * @returns it
   * @since 1.2.0
   */
  one(options: Options): Promise<Result<string>>;
  two(a?: string, b?: 'x' | "y", ...rest: number[]): void;
  generic<T extends Options = Options, U = void>(value: T, other?: U): Promise<{ value: T; other?: U }>;
  callback(handler: (event: Event1, index?: number) => void | Promise<void>): string;
  tuple(pair: [a: string, b?: number], ...more: [string, ...boolean[]]): readonly string[];
  union(value: string | null | undefined | number, flag: true | false | 'x'): boolean | string;
  literals(value: 'b' | 'a' | 'c', other: 2 | 1): 'a' | 'b';
  arrays(value: (string | number)[], fn: (() => void)[], nested: string[][]): Array<Options>;
  record(value: Record<string, Options>, map: { [key: string]: any; fixed?: number }): Partial<Options>;
  picked(value: Pick<Options, 'a'>): Promise<Omit<Options, 'a'>>;
  indexed(value: Options['a'], key: keyof Options): Options['inner'];
  template(value: `a-${string}`): `${'x' | 'y'}-z`;
  enums(kind: Kind, some: Kind.A | Kind.B, text?: Text1.One): Promise<Kind>;
  inline(options: { a: string; b?: { c: 'x'; readonly d: Date }; e(): void; 'f-g': number }): { [key: string]: Kind };
  alias(value: Alias, other?: Names): Promise<Alias>;
  handler(handler: Handler): Promise<PluginListenerHandle>;
  permission(): Promise<core.PermissionState | PermissionState>;
  unresolved(value: NotThere): Promise<NotThere | string>;
  /** @hidden */
  hidden(): void;
  /**
   * @deprecated use {@link one} instead
   * @see one
   * @see https://example.com/a
   * @throws {Error} always
   * @example
   * ```ts
   * await Shapes.old({ a: 1 });
   * ```
   */
  old(): Promise<void>;
  addListener(eventName: 'first', listener: (event: Event1) => void): Promise<PluginListenerHandle>;
  addListener(eventName: "second", listener: () => void): Promise<PluginListenerHandle>;
}

export interface Base {
  /** From the base. */
  one(options: Options): Promise<Result<string>>;
  inherited(): void;
}

/** Options with a `|` pipe. */
export interface Options {
  /** The a. @since 0.1.0 */
  a: string;
  /**
   * Inner.
   * @default { b: 1 }
   */
  inner?: { b: number; c?: string | null };
  readonly list?: Result<number>[];
  'quoted-name': "double" | 'single';
  fn?: (a: string) => void;
  method?(a: Kind): Text1;
  when: Date;
	tabbed?: number; /** same line */ after?: boolean;
  both: Options & { more: string };
  nothing: undefined | null;
  multi:
    | 'line'
    | 'union';
}

export interface Result<T, E = Error> {
  value: T;
  error?: E;
  next?: Result<T>;
}

export interface Event1 {
  name: Names;
  kinds: Kind[];
}

export enum Kind {
  /** The first. */
  A,
  B = 4,
  C,
  D = 1 << 2,
}

export enum Text1 {
  /** @since 2.0.0 */
  One = 'one',
  'Two-Two' = "two",
}

/** A name of an alias. */
export type Alias = Names;
export type Names = 'n1' | "n2" | Text1;
export type Handler = (event: Event1, more?: Options | null) => void;
export type Mapped1 = { [K in Names]?: Options };
export type Chosen<T> = T extends string ? Options : Mapped1;
