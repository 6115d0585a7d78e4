export type API = 'geolocation' | 'notifications';

export interface Options {
  name: string;
}

export interface Helper {
  help(): void;
}

export interface BackgroundRunnerPlugin {
  now(options: Options): Options;
  two(a: Options, b: Options): Promise<void>;
  text(options: string): Promise<void>;
  returnsText(options: Options): Promise<string>;
  noType(options: Options);
  ready: boolean;
  addListener(eventName: string, listenerFunc: () => void): Promise<void>;
  addListener(eventName: 'twice', listenerFunc: () => void): Promise<void>;
  addListener(eventName: 'twice', listenerFunc: () => void): Promise<void>;
}
