export interface Base<T = string> {
  /** What it is called. */
  name: T;
  /** Whether it is on. */
  on?: boolean;
  readonly size: number;
  /** Ends it. */
  end(): void;
}

export type Names = 'name' | 'size';

export interface Less extends Omit<Base, 'on' | 'end'> {
  own: boolean;
}

export interface Picked extends Pick<Base<number | null>, Names>, Partial<Pick<Base, 'end'>> {}

export interface Strict extends Required<Base>, Record<'left' | 'top-most', Less> {
  /** Not the base's. */
  on: true;
}

export interface Rest extends Readonly<Omit<Base, Exclude<keyof Base, Names>>> {}

export interface Mixed<K extends string> extends Pick<Base, K> {
  list: K[];
}

export type Loose = Partial<Less>;

export type More = Omit<Base, 'name'> & { extra: Record<string, Loose> };

export type Words = Record<string, number>;

export interface Generic<T> {
  /** What is in it. */
  value: T;
  list: T[];
  map(change: (value: T) => T): Generic<T>;
}

export interface Common extends Generic<string | number> {
  common(): void;
}

export interface DemoPlugin extends Common, Omit<Rest, 'size'> {
  use(less: Less, picked: Picked, strict: Strict, mixed: Mixed<'on'>): Promise<Loose | More | Words>;
}
