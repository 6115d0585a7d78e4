export interface Tree {
export interface Everything {
  records: Record<string, Tree>;
}
