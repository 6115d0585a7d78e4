export interface Place {
  lat: number;
  lng: number;
}

export type Result =
  | {
      kind: 'done';
      /** What there is, `a | b`. */
      value: number;
    }
  | { kind: 'failed'; /** Why. */ error: Error };

export interface DemoPlugin {
  result(): Promise<Result>;
  /** Two patterns without tags. */
  two({ lat, lng }: Place, { zoom }?: { zoom?: number }): void;
  /** A name that is taken. */
  taken(options: string, { lat }: Place, [first, second]: [string, string]): void;
  /**
   * Names from tags.
   *
   * @param id Which one
   * @param place Where it goes
   * @param place.lat North of the equator
   * @param place.lng - East of Greenwich
   * @param more Whatever else
   */
  tagged(id: string, { lat, lng }: Place, { ...rest }: Record<string, string>): void;
  /**
   * Of a plain name.
   *
   * @param options What to do
   * @param options.quality From 0 to 100
   */
  plain(options: { quality: number }): void;
  /** Said in the type itself. */
  inline(options: {
    /** Where to. */
    url: string;
    /**
     * How long.
     *
     * @default 5000
     */
    timeout?: number;
    labels?: {
      /** On the button. */
      ok?: string;
    };
  }): Promise<{
    /** What came back. */
    value: string;
    plain: number;
  }>;
  addListener(
    event: 'moved',
    listener: (place: { /** Where it is now. */ at: Place }) => void,
  ): Promise<void>;
}
