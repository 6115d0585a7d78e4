/**
 * Types that are imported where they stand.
 */
export interface ShapesPlugin {
  whole(): typeof import('@capacitor/core');
  named(handle: import('@capacitor/core').PluginListenerHandle): void;
}
