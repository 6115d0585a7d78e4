// How `console` shows values (<https://console.spec.whatwg.org/#formatter>): the notation that
// developers know from Node's `util.inspect`, a file for each kind of thing. Nothing that a script
// does (getters, proxies, replaced built-ins) makes it throw.

export { format, inspect, show } from './format.js';
export { table } from './table.js';
