export interface Base {
  id: string;
}

export interface Derived extends Base {
  name: string;
  rename(name: string): void;
}

export interface Boxed<T> {
  value: T;
}

export interface Endless {
  next?: Endless;
}

export type Circle = Round;
export type Round = Circle | null;

export interface CapacitorMethods {
  untyped();
  param(name): void;
  rest(...names: string[]): void;
  pattern({ a }: Base): void;
  order(first?: string, second: string): void;
  optional?(): void;
  maybe(): string | undefined;
  nothing(value: void): void;
  property;
  (): void;
}

export class Code {
  run() {}
}

export const code = 1;

declare module '@capacitor/cli' {
  export interface PluginsConfig {
    a: string;
  }
}
