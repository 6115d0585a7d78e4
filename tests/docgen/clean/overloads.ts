export interface Examples {
  count: number;
}

export interface DemoPlugin {
  /** By name. */
  find(name: string): Promise<void>;
  /** By number. */
  find(index: number): Promise<Examples>;
  addListener(event: 'opened', listener: (state: Examples) => void): Promise<void>;
  addListener(event: 'closed', listener: () => void): Promise<void>;
  /** A method whose anchor a type would have, too. */
  examples(): Promise<Examples>;
}
