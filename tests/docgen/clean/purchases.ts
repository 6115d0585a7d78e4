/**
 * Purchases.
 *
 * @public
 */
export interface DemoPlugin {
  /**
   * Prepares everything.
   *
   * @param options - The options
   * @param options.apiKey - The key
   * @param options.params - More
   * @returns A promise that resolves when it is ready
   * @throws {@link PurchaseError}
   * @example
   * ```ts
   * try {
   *   await Demo.activate({ apiKey: 'key', params: { logLevel: LogLevel.Verbose } });
   * } catch (error) {}
   * ```
   */
  activate(options: { apiKey: string; params?: ActivateParams }): Promise<void>;
  /** Gets a paywall. */
  getPaywall(options: GetPaywall & FetchOptions): Promise<Paywall<{ title: string }>>;
  /**
   * Fires when a profile changes.
   *
   * @see Profile.levels
   */
  addListener<E extends keyof Events>(event: E, listener: Events[E]): Promise<{ remove(): void }>;
}

export interface ActivateParams {
  /**
   * How much is told.
   *
   * @defaultValue `LogLevel.Error`
   */
  logLevel?: LogLevel;
  /** Of this platform alone. */
  ios?: {
    /** An id of yours. @see `android` */
    appAccountToken?: string;
  };
}

export const LogLevel = Object.freeze({
  Error: 'error',
  Verbose: 'verbose',
} as const);
export type LogLevel = (typeof LogLevel)[keyof typeof LogLevel];

export interface FetchOptions {
  /** In milliseconds; -1 for none. */
  loadTimeoutMs?: number;
}

export interface GetPaywall {
  placementId: string;
}

/** A paywall with what its author put into it. */
export interface Paywall<Config extends Record<string, unknown> = Record<string, never>> {
  readonly config: Config;
  readonly products: ReadonlyArray<Product>;
}

export interface Product extends Omit<VendorProduct, 'internal'> {
  vendorId: string;
}

export interface VendorProduct {
  /** As the store calls it. */
  vendorId: string;
  /** With its currency. */
  price?: { amount: number; currency: string } | null;
  internal: unknown;
}

export interface Profile {
  /** By their names. */
  levels: Partial<Record<string, { isActive: boolean }>>;
}

export interface Events {
  /** A profile was loaded. */
  onProfile: (profile: Profile) => void;
}

/** What may go wrong. */
export class PurchaseError extends Error {
  /** Which one. */
  code!: number;
}
