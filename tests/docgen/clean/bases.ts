/** What everything has. */
export interface Thing {
  /** Tells things apart. */
  id: string;
}

export interface Base<T> extends Thing {
  value: T;
}

export interface Derived extends Base<number>, Omit<Other, 'b'> {
  own: boolean;
}

export interface Other {
  a: string;
  b: string;
}

export type Both = Derived & Other & {
  /** Only of both. */
  extra?: string;
};

export type Shape = {
  /** Corners. */
  corners: number;
};

export interface Pausable {
  /** Pauses. */
  pause(): Promise<void>;
  /** Not shown: the plugin has its own. */
  start(): Promise<void>;
}

export interface DemoPlugin extends Pausable {
  /** Starts. */
  start(both: Both, shape: Shape): Promise<DemoPlugin>;
}
