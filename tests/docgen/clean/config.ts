/// <reference types="@capacitor/cli" />

/** How it looks. */
export interface Theme {
  /** @example '#fff' */
  colour: string;
}

/** What can be configured. */
export interface DemoConfig {
  /**
   * The title.
   *
   * @example 'Hello'
   * @default 'Demo'
   */
  title?: string;
  /** Without an example. */
  silent?: boolean;
  /**
   * The looks.
   *
   * @example { colour: '#fff', 'sizes': [1, -2], deep: { "on": true } }
   */
  theme?: Theme;
}

declare module '@capacitor/cli' {
  export interface PluginsConfig {
    Demo?: DemoConfig;
    /** Written in place. */
    Inline?: {
      /** Also without an example. */
      level?: number;
      /** @example [1, 2] */
      steps?: number[];
    };
  }
}

export interface DemoPlugin {
  theme(): Promise<Theme>;
}
