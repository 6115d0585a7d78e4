export interface Options<D = unknown> {
  data: D;
}

/** What went wrong. */
export class Failure<T = string> extends Error {
  /** Where it was. */
  static readonly origin: 'device' | 'server' = 'device';
  static from(error: unknown): Failure;
  static #count = 0;
  private static last: Failure;
  constructor(message: T, public readonly code: number, private secret: string, options?: Options);
  get again(): boolean;
  /** Whether to try again. */
  set again(value: boolean | 'later');
  /** Only written about at the setter. */
  set level(value: number);
  get level(): number;
  get fixed(): T;
  toJSON(): { message: T };
}

export class Hidden {
  private constructor();
  static create(options: Options<string>): Hidden;
}

export interface Maker {
  new (text: string): Failure;
  (text: string);
}

export interface Slim extends Omit<Failure, 'again' | 'message'> {}

export interface DemoPlugin {
  fail(): Promise<Failure<number> | Hidden>;
  make(maker: Maker, slim: Slim): void;
}
