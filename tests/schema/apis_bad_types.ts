export interface Values {
  tuple: [string, number];
  big: bigint;
  symbol: symbol;
  object: object;
  empty: {};
  both: { a: string } & { b: string };
  bytes: Uint8Array;
  map: Map<string, number>;
  set: Set<string>;
  partial: Partial<Other>;
  number: 1 | 2;
  flag: true;
  template: `a${string}`;
  keys: keyof Other;
  member: Other['a'];
  numbered: Record<number, string>;
  promise: Promise<string>;
  never: never;
  nothing: null;
  void: void;
  texts: string | Date;
  objects: Other | { c: string };
  qualified: Some.Thing;
}

export interface Other {
  a: string;
}

export interface CapacitorValues {
  get(): Values;
  watch(callback: (done: boolean) => void): void;
}
