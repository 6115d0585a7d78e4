// `Headers`, `Request`, `Response` and `fetch`, after <https://fetch.spec.whatwg.org/>, a file for
// each of its sections, without what belongs to documents: no origin, no CORS, no cookies, no cache
// of ours.

export { Headers } from './headers.js';
export { Request } from './request.js';
export { Response } from './response.js';
export { fetch } from './fetch.js';
