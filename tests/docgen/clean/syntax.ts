import { type Plugin } from 'demo-base';
export type * from './nowhere.js';

export interface Box<in out T> {
  value: T;
  get size(): number;
  [key: `data-${string}`]: unknown;
}

export type First<T> = T extends [infer Head, ...unknown[]] ? Head : never;

export abstract class Reader {
  protected constructor();
  mode: 'fast' | 'slow';
  abstract read(this: Reader): Promise<Box<string>>;
}

export interface DemoPlugin extends Plugin {
  pick<const T extends readonly string[]>(from: T, reader: Reader): Promise<First<T>>;
  check(value: unknown): asserts value is Box<string>;
}
