// `URLPattern`, after <https://urlpattern.spec.whatwg.org/>, on the engine's own regular
// expressions; a file for each of its sections.

export { URLPattern } from './url_pattern.js';
