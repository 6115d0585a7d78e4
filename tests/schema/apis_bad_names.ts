export interface Position {
  latitude: Strin;
  place: Positon;
  'first-name': string;
  firstName: string;
}

export interface position {
  x: number;
}

export type Word = 'a-b' | 'aB';

export interface CapacitorNames {
  'get-it'(): void;
  find(): Plase;
  find(name: string): void;
  both(value: string, value: number): void;
  self(): CapacitorOther;
}

/**
 * @platform windows
 * @permission camera
 */
export interface CapacitorOther {
  take(): void;
}
