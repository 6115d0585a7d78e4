import type { PermissionState, PluginListenerHandle } from '@capacitor/core';

export type API = 'geolocation' | 'notifications';

export interface Options {
  name: string;
  extra?: any;
}

export interface Result {
  state: PermissionState;
}

/** A small plugin. */
export interface BackgroundRunnerPlugin {
  /** Greets. */
  greet(options: Options): Promise<Result>;
  /** Anything may come back. */
  ask<T = void>(options?: { question: string }): Promise<T>;
  addListener(eventName: 'quiet', listenerFunc: () => void): Promise<PluginListenerHandle>;
  addListener(eventName: 'loud', listenerFunc: (event: Result) => void): Promise<PluginListenerHandle>;
}
