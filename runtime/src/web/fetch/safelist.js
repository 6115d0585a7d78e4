// The headers that a request in the mode `no-cors` may have, after
// <https://fetch.spec.whatwg.org/#no-cors-safelisted-request-header>.

import { StringCharCodeAt, StringIncludes } from 'primordials';
import { essence } from './headers.js';

const LANGUAGE = ' *,-.0123456789;=ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const UNSAFE = '"():<>?@[\\]{}\x7f';
const TYPES = { __proto__: null, 'application/x-www-form-urlencoded': 1, 'multipart/form-data': 1, 'text/plain': 1 };

const isLanguage = (value) => eachIs(value, (character) => StringIncludes(LANGUAGE, character));
const isSafe = (value) => eachIs(value, (character) => {
    const code = StringCharCodeAt(character, 0);
    return (code >= 32 || code === 9) && !StringIncludes(UNSAFE, character);
});

/** What the values of each header have to be. */
const SAFELIST = {
    __proto__: null,
    accept: isSafe,
    'accept-language': isLanguage,
    'content-language': isLanguage,
    'content-type': (value) => isSafe(value) && TYPES[essence(value)] !== undefined,
};

/** Whether a header of this name and value goes without CORS. */
export const isSafelisted = (name, value) => SAFELIST[name] !== undefined && value.length <= 128 && SAFELIST[name](value);

/** Whether a header of this name may be taken away without CORS. */
export const isSafelistedName = (name) => SAFELIST[name] !== undefined;

function eachIs(text, is) {
    for (let i = 0; i < text.length; i++) if (!is(text[i])) return false;
    return true;
}
