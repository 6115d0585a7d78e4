// What generated declarations refer to.
import type { PermissionState, PluginListenerHandle } from '@capacitor/core';
export type Mode = 'fast' | 'slow' | 'auto';
export type Maybe<T> = T | null;
export type Pair<A, B = A> = [first: A, second?: B];
export type Fields<T> = { readonly [K in keyof T]?: T[K] };
export type Names<T> = { [K in keyof T]: T[K] extends string ? K : never }[keyof T];
export type Item<T> = T extends (infer U)[] ? U : T;
export type Handler<E = string> = (event: E, more?: Mode) => void;
export type Key = `on${Capitalize<Mode>}`;
export enum Level { Low, High = 5, Top }
export enum Color { Red = 'red', Blue = 'blue' }
export interface Base { id: string; kind?: Mode }
export interface Options extends Base { name: string; level: Level; tags?: string[]; nested: { a: number; b?: Color } }
export interface Result<T = unknown, E extends Base = Base> { value: T; error?: E | null; list: T[] }
export interface Indexed { [key: string]: number | undefined }
export declare class Session { static count: number; constructor(name: string); id: number; close(force?: boolean): Promise<void> }
export declare function make(name: string, options?: Options): Result<string>;
export const CODES = { open: 1, shut: 'x', deep: { on: true } } as const;
export const LIST = ['a', 'b'] as const;
