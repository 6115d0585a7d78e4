// Structured clones and message channels, after <https://html.spec.whatwg.org/multipage/>.

export { structuredClone, clone } from './transfer.js';
export { MessageChannel, MessagePort } from './ports.js';
