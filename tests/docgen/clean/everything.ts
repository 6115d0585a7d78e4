import type { Remote } from './remote';
import * as remote from './remote';
import legacy = require('./remote');

/** A tag that no other symbol is. */
export declare const tag: unique symbol;

export const sizes = { small: 1, large: 2 } as const satisfies Record<string, number>;

export const enum Mode {
  Fast = 'fast',
  Slow = `slow`,
}

export enum Bits {
  None,
  Read = 1 << 0,
  Write = 1 << 1,
  Both = Read | Write,
  'with space' = 8,
}

export declare abstract class Reader<in out T extends object = {}> implements Iterable<T> {
  static made: number;
  static accessor shared: string;
  accessor level: number;
  declare readonly kind: 'reader';
  #secret: string;
  constructor(source: string, options?: { deep: boolean });
  get size(): number;
  set size(value: number | string);
  get fixed(): T;
  set only(value: string);
  abstract read(this: Reader<T>): AsyncGenerator<T, void, unknown>;
  protected hidden(): void;
  override toString(): string;
  [Symbol.iterator](): Iterator<T>;
}

export namespace Shapes {
  export interface Circle {
    /** From the middle. */
    radius: number;
    inner?: Deep.Point;
  }
  export namespace Deep {
    /** A place. */
    export interface Point {
      x: number;
      other: Circle | null;
    }
  }
  export type Any = Circle | Deep.Point;
}

declare global {
  interface DemoGlobal {
    /** Seen by all. */
    seen: boolean;
  }
}

export type First<T extends unknown[]> = T extends [infer Head extends string, ...unknown[]] ? Head : never;
export type Getters<T> = { readonly [K in keyof T as `get${Capitalize<string & K>}`]-?: () => T[K] };
export type Event<Name extends string = string> = `on${Capitalize<Name>}:${number}`;
export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };
export type Make = abstract new <T>(source: T, ...rest: T[]) => Reader<{ value: T }>;
export type Brand = string & { readonly [tag]: 'brand' };
export type Size = keyof typeof sizes | (typeof sizes)['small'];
export type Pair<A, B = A> = readonly [first: A, second?: B, ...rest: (A | B)[]];
export type Concat<A extends readonly unknown[], B extends readonly unknown[]> = [...A, ...B];

export type Whole = typeof import('./remote');

export interface Hybrid {
  whole: Whole;
  (text: string): void;
  <T>(value: T): T;
  new (text: string): Hybrid;
  readonly [index: number]: string;
  [key: `data-${string}`]: unknown;
  [tag]: bigint;
  'quoted name'?: 10n | -1 | 0x10;
  method?<const T extends readonly Mode[]>(modes: T, ...rest: [...T, end?: boolean]): T[number];
  overloaded(value: string): string;
  overloaded(value: number): number;
}

export interface DemoPlugin {
  /** Reads. */
  read<const T extends readonly string[]>(names: T, reader: Reader<Shapes.Circle>): Promise<First<[...T]>>;
  check(value: unknown): asserts value is Shapes.Deep.Point;
  ensure(value: unknown): asserts value;
  is(value: unknown): value is Mode.Fast | Bits;
  far(a: import('./remote').Remote, b: Remote, c: remote.Remote, d: remote.inner.Deeper): void;
  make(maker: Make, brand: Brand, size: Size, pair: Pair<string>, all: Concat<[1], Pair<2>>): Getters<Hybrid>;
  event(name: Event<'click'>, json: Json, everyone: DemoGlobal, shape: Shapes.Any): this;
  destructured({ a, b: { c } }: { a: string; b: { c: number } }, [d]?: [string]): void;
  symbols(a: symbol, b: typeof tag, c: keyof Hybrid, d: Hybrid['quoted name'], e: typeof Mode.Fast): void;
  addListener(event: 'one', listener: (event: { mode: Mode }) => void): Promise<void>;
  addListener(event: 'two', listener: () => void): Promise<void>;
}
export { Shapes as default };
