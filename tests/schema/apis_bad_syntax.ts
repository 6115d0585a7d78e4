export interface Broken {
  name string;
}

export interface Fine {
  unknown: Missing;
  name: bigint;
}

export interface AlsoBroken {
  list: string[;
}
