// Redirects of what the host cannot send twice, after <https://fetch.spec.whatwg.org/#http-redirect-fetch>;
// all others are followed by the host.

import { StringToLowerCase } from 'primordials';
import { construct, newList } from 'base';
import { headersWith, listOf } from './headers.js';
import { networkError } from './incoming.js';
import { REDIRECT } from './response.js';

/** Whether a body has no source: it came out of a stream, and is gone when it is sent. */
const isSentOnce = ({ content }) => content !== null && content.bytes === null;

/** How the host deals with redirects of a request. */
export const modeOf = (state) => (state.redirect === 'follow' && isSentOnce(state) ? 'manual' : state.redirect);

/** The request that a response sends one to whose body is gone; `undefined` when the response is the end. */
export function redirected(state, { status, headers }) {
    if (state.redirect !== 'follow' || !isSentOnce(state) || REDIRECT[status] === undefined) return undefined;
    const location = lineOf(headers, 'location');
    if (location === undefined) return undefined;
    if (status !== 303) {
        throw refused(state, `it was redirected (${status}), and its body, a stream, cannot be sent again`);
    }
    const url = targetOf(state, location);
    return { __proto__: null, ...state, url: native.urlGet(url, 0), method: 'GET', content: null, redirected: true, headers: headersFor(state, url) };
}

function lineOf(lines, name) {
    for (let i = 0; i < lines.length; i += 2) if (StringToLowerCase(lines[i]) === name) return lines[i + 1];
    return undefined;
}

function targetOf(state, location) {
    const url = native.urlParse(location, state.url);
    if (url === undefined) throw refused(state, `it was redirected to \`${location}\`, which is not a URL`);
    const protocol = native.urlGet(url, 1);
    if (protocol !== 'http:' && protocol !== 'https:') throw refused(state, `it was redirected to \`${location}\`, which is not HTTP`);
    if (native.urlGet(url, 2) !== '' || native.urlGet(url, 3) !== '') {
        throw refused(state, 'it was redirected to a URL with a user name or a password');
    }
    return url;
}

/** The headers that describe a body, and those that are for one origin only. */
const OF_A_BODY = {
    __proto__: null, 'content-encoding': 1, 'content-language': 1, 'content-length': 1, 'content-location': 1, 'content-type': 1,
};
const OF_AN_ORIGIN = { __proto__: null, authorization: 1, cookie: 1, host: 1, 'proxy-authorization': 1 };

function headersFor(state, url) {
    const isSameOrigin = native.urlGet(native.urlParse(state.url, undefined), 9) === native.urlGet(url, 9);
    const list = listOf(state.headers);
    const kept = newList();
    for (let i = 0; i < list.length; i++) {
        const name = list[i][0];
        if (OF_A_BODY[name] === undefined && (isSameOrigin || OF_AN_ORIGIN[name] === undefined)) kept[kept.length] = list[i];
    }
    return headersWith(kept);
}

/** A failure such as the host has for redirects. */
function refused({ url }, message) {
    const cause = construct(primordials.Error, message);
    primordials.ObjectDefineProperty(cause, 'code', {
        __proto__: null, value: 'REDIRECT', writable: true, enumerable: true, configurable: true,
    });
    return networkError(url, cause);
}
