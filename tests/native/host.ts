// What the app of the native tests adds to its runners (contract C4).

/** Somebody whom the user knows. */
export interface Contact {
  name: string;
  /** @integer */
  born?: number;
}

/** The user's address book. */
export interface Contacts {
  /**
   * How many there are.
   * @integer
   */
  count(): number;

  /** Whether the user lets the app read it. */
  readonly isOpen: boolean;

  /** Adds one, and gives who is new. */
  add(contact: Contact): Contact;

  /** Those with a name. */
  find(name: string): Promise<Contact[]>;

  /** Takes its time. */
  wait(): void;

  /** Takes its time, while the script goes on. */
  linger(): Promise<void>;

  /** What no native code answers. */
  lost(): void;
}
