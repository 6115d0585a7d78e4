/** Says hello. */
export interface CapacitorHello {
  /** Says hello to somebody. */
  hello(name: string): string;
}
