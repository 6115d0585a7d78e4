export interface DemoPlugin {
  /**
   * Measures.
   *
   * @param what - What to measure
   * @returns The length in metres
   * @throws When the tape is gone
   * @throws {Error} When it is dark
   * @platform ios, android
   * @since 1.0.0
   * @see https://example.com
   * @example
   * const length = await Demo.measure('table');
   */
  measure(what: string): Promise<number>;
  /**
   * Waits.
   *
   * @returns when the time is over
   */
  wait(): Promise<void>;
  /** @hidden */
  secret(): Promise<void>;
}
