export interface Note {
  /** Date to send this note, or a Partial one. */
  at: Date;
  rest?: Partial<Note>;
}

export interface DemoPlugin {
  /** Sends. */
  send(note: Note, others: Array<Note>): Promise<Date>;
}
