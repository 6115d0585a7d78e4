import type { PluginListenerHandle } from '@capacitor/core'

export type { PluginListenerHandle } from '@capacitor/core'
export type { Options as SharedOptions, Remote } from '@demo/shared'
export * from '@demo/everything'

/** What a device can check */
export enum BiometryType {
  /** Nothing */
  none,
  /** A finger */
  fingerprint,
}

/** What is known of the device */
export interface CheckResult {
  /** Whether it can be used now */
  isAvailable: boolean
  /** Which kind */
  type: BiometryType
}

/** Called when the app is resumed, with what is known then. */
export type ResumeListener = (info: CheckResult) => void

/** Adds a listener. */
export type AddListener = {
  /** When the app is resumed. */
  (event: 'resume', listener: ResumeListener): Promise<PluginListenerHandle>
  /** When the kind changes. */
  (event: 'change', listener: (type: BiometryType) => void): Promise<PluginListenerHandle>
}

export interface Options {
  /** Why, as it is shown */
  reason?: string
  /** Called when it is cancelled */
  onCancel?: () => void
}

/** Cancels what was asked. */
export declare function cancel(why?: string): Promise<void>

type Check<T> = (options?: Options) => Promise<T>

export interface DemoPlugin {
  /**
   * Checks what the device can do.
   *
   * @returns what is known
   * @throws {BiometryError} where nothing is known
   */
  checkBiometry: () => Promise<CheckResult>

  /** Asks the user. */
  authenticate: (options?: Options) => Promise<void>

  /**
   * Asks, and says what came of it.
   *
   * @param options how to ask
   */
  ask: Check<boolean>

  /** Listens. */
  addListener: AddListener

  stop: typeof cancel

  /** Far away. */
  far: import('./remote').Far

  /** Only on some devices. */
  reset?: () => void

  /** The last result. */
  readonly last: CheckResult

  /**
   * Simulates a kind.
   *
   * @platform electron
   */
  setBiometryType: ((type: BiometryType | string) => Promise<void>)
}
