/**
 * Enums, tuples and names of their own, in every place.
 */
export interface ShapesPlugin {
  all(kind: Plain.A | Plain.B, maybe?: Plain.B | Plain.A | null): Promise<Plain.A | Plain.B | undefined>;
  some(kind: Plain.A, more: Plain | Plain.B): Plain.B;
  text(kind: Text.One | Text.Two, one: Text.One): Text | Text.One;
  computed(kind: Computed.A, both: Computed.A | 'x'): Computed;
  negative(kind: Negative.Low, other: Negative.Same): Negative;
  single(kind: Single.Only): Single | undefined;
  labelled(...rest: [first: string, second?: number, ...others: boolean[]]): void;
  mixed(a: string, ...rest: [Options, (Plain | null)?]): void;
  aliased(...rest: Pair): Promise<Pair>;
  indexed(map: { [key: string]: { a?: string } }, plain: { a?: string }): void;
  mapped(value: { [K in 'a' | 'b']?: Options }, other?: { readonly [K in 'x-y']: number }): void;
  methods(value: { call(a?: string): void; bare?(): "x"; 'is-on'?: boolean; "is-off"?: 'y' }): void;
  nested(handler: (inner: (a?: "x") => void, more?: { b?: "y" }) => { c?: string }): Promise<(d?: 'z') => void>;
  generic<T>(make: <U extends T>(a?: U) => T, list: Array<(a?: T) => void>): { a?: T };
  built(factory: new (a?: string) => Options): Options;
}

export interface Options {
  kind: Plain.A | Plain.B;
  maybe?: Plain.A | Plain.B;
  fn?: (...rest: Pair) => void;
  'quoted key'?: { "in ner"?: string; 'ou ter': Text };
}

export enum Plain {
  A,
  B,
}

export enum Text {
  One = 'one',
  Two = "two",
}

export enum Computed {
  A = 1 << 1,
  B = A | 4,
}

export enum Negative {
  Low = -1,
  High = 1,
  Same = High,
}

export enum Single {
  Only = 'only',
}

export type Pair = [a: string, b?: number];
