/** A greeting. */
export const greeting = (name) => `hello ${name}`;
