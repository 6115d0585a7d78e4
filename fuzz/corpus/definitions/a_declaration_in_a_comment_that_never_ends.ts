/** Ways to write a colour. */
export type Colour = 'red' | 'light-blue';

/** Whole numbers with names. */
export enum Level {
  /** The least. */
  Low,
  High = 4,
}

/** Texts with names. */
export enum Mode
   {Fast = 'fast-mode',
  Slow = 'slow-mode',
}

/** Stands for a list. */
export type Colours = Colour[];

/** A tree, through a list. */
export interface Tree {
  /** What grows on it. //
  children: Tree[];
  name?: string;
}

/** One of everything. */
export interface Everything {
  text: string;
  number: number;
  /** @integer */
  whole: number;
  flag: boolean;
  anything: any;
  unknown: unknown;
  when: Date;
  colour: Colour;
  inline: 'a' | 'b';
  level: Level;
  mode: Mode;
  list: string[];
  lists: Array<number[]>;
  readonly frozen: readonly string[];
  nothing: string | null;
  maybe?: number | null;
  perhaps: string | undefined;
  record: { [key: string]: number };
  records: Record<string, Tree>;
  inner: { a: string; b?: number };
  either: string | boolean;
  colours: Colours;
  /** @default 7 */
  seven?: number;
  'with-dash': string;
  class: string;
}

/**
 * An API with every kind of method.
 *
