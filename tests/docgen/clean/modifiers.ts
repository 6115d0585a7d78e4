export interface Options {
  /** The name. */
  name: string;
  /**
   * The limit.
   *
   * @default 10
   * @since 1.2.0
   */
  limit?: number;
  /** Who made it. */
  readonly owner: string | undefined;
  /**
   * The old name.
   *
   * @deprecated Use `name`.
   */
  title?: string;
}

/** @deprecated Colours are gone. */
export enum Colour {
  Red,
  /** @deprecated Never again. */
  Green = 4,
  Blue,
  Named = 'named',
}

export interface DemoPlugin {
  /**
   * Opens.
   *
   * @deprecated since 2.0.0, use `show()`
   */
  open(options?: Options, ...more: Colour[]): Promise<void>;
  /** Shows. */
  show(): Promise<void>;
}
