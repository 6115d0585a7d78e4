export interface Point {
  x: number;
}

export type Corner = 'top' | 'bottom';

export interface DemoPlugin {
  draw(points: Point[], corners: readonly Corner[], pairs: [Point, Corner?][]): Promise<{ drawn: Point[] }>;
}
