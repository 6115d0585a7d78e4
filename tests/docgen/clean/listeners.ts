export interface Events {
  opened: { at: number };
  closed: void;
}

export enum Name {
  /** Once it is there. */
  Ready = 'ready',
}

export type Listener<T> = (event: T) => void;

export interface DemoPlugin {
  /** Any of them. */
  addListener<E extends keyof Events>(event: E, listener: Listener<Events[E]>): Promise<void>;
  addListener<T extends 'error' | 'state'>(event: T, listener: Listener<T>): Promise<void>;
  addListener(event: Name.Ready, listener: Listener<void>): Promise<void>;
  addListener(event: `on|${string}`, listener: Listener<string>): Promise<void>;
  addListener(event: Extract<keyof Events, 'opened'>, listener: Listener<number>): Promise<void>;
}
