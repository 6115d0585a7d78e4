/**
 * What the user said about a permission: nothing yet (`prompt`), no once, so that the app should explain itself before
 * it asks again (`prompt-with-rationale`), yes (`granted`) or no (`denied`).
 */
export type PermissionState = 'prompt' | 'prompt-with-rationale' | 'granted' | 'denied';

/** A listener that was added. */
export interface PluginListenerHandle {
  /** Removes the listener. */
  remove(): Promise<void>;
}
