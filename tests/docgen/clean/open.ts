export interface Base {
  /** Its name. */
  name: string;
  size: number;
  /** When it was made. */
  made: Date;
  /** Ends it. */
  end(): void;
}

/** Some of a base, and always its name. */
export interface Some<K extends keyof Base> extends Pick<Base, K | 'name'> {
  keys: K[];
}

/** All but its end, and perhaps its size. */
export interface Most<K extends 'end' | 'size' = 'end'> extends Omit<Base, K> {}

export type Any<K extends keyof Base> = Pick<Base, K>;

export type With<T, K extends keyof T> = Pick<T, K> & { id: number };

export interface Enough extends With<Base, 'name' | 'end'> {}

export interface Endable<K extends keyof Base> extends Pick<Base, Exclude<K, 'size'>> {}

export interface DemoPlugin extends Endable<'end' | 'size'> {
  some<K extends 'size' | 'made'>(keys: K[]): Promise<Some<K> | Most | Any<K>>;
  enough(): Promise<Omit<Enough, 'id'>>;
}
