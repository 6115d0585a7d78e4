/** Holds `Map<string, T | null>`. */
export interface Store {
  /**
   * Made by `a => b`, see <https://example.com/a?b=1&c=2> or {@link DemoPlugin}.
   *
   * - first `x | y`
   * - second {@link Store.get the getter}
   */
  get(): string;
}

export interface DemoPlugin {
  /**
   * Calls `list.map((x) => x < 3)` on a Store, a `Store`, and on [the site](https://example.com/Store).
   *
   * ```ts
   * const store: Store = (a) => b;
   * ```
   *
   * An Array<Store> in plain words, <b>bold</b> and {@link https://example.com}, {@link open}.
   */
  open(): Promise<Store>;
}
