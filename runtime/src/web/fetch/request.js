// `Request`, after <https://fetch.spec.whatwg.org/#request-class>.

import { ReflectApply, StringToUpperCase } from 'primordials';
import {
    byteString, dictionary, enumeration, idl, INTERNAL, isObject, needs, newList, string, typeError, usv,
} from 'base';
import * as abort from 'events';
import {
    appendHeader, copyHeaders, hasHeader, Headers, isToken, listOf, withoutCors,
} from './headers.js';
import { Content, extract, withBody } from './bodies.js';

const NORMALIZED = { __proto__: null, DELETE: 1, GET: 1, HEAD: 1, OPTIONS: 1, POST: 1, PUT: 1 };
const SIMPLE = { __proto__: null, GET: 1, HEAD: 1, POST: 1 };
const FORBIDDEN = { __proto__: null, CONNECT: 1, TRACE: 1, TRACK: 1 };

function methodOf(value) {
    const text = byteString(value, 'the method');
    if (!isToken(text)) throw typeError(`\`${text}\` is not a method`);
    const upper = StringToUpperCase(text);
    if (FORBIDDEN[upper] !== undefined) throw typeError(`the method \`${text}\` is forbidden`);
    return NORMALIZED[upper] === undefined ? text : upper;
}

const ENUMERATIONS = {
    __proto__: null,
    cache: ['default', 'no-store', 'reload', 'no-cache', 'force-cache', 'only-if-cached'],
    credentials: ['omit', 'same-origin', 'include'],
    mode: ['navigate', 'same-origin', 'no-cors', 'cors'],
    redirect: ['follow', 'error', 'manual'],
    referrerPolicy: ['', 'no-referrer', 'no-referrer-when-downgrade', 'same-origin', 'origin', 'strict-origin',
        'origin-when-cross-origin', 'strict-origin-when-cross-origin', 'unsafe-url'],
};

const freshState = (url) => ({
    __proto__: null, url, method: 'GET', cache: 'default', credentials: 'same-origin', mode: 'cors',
    redirect: 'follow', referrerPolicy: '', referrer: 'about:client', integrity: '', keepalive: false,
    duplex: 'half', headers: null, content: null, signal: null, redirected: false,
});

function absolute(input) {
    const record = native.urlParse(input, undefined);
    if (record === undefined) {
        throw typeError(`\`${input}\` is not an absolute URL, and a runner has no page that it could be relative to`);
    }
    if (native.urlGet(record, 2) !== '' || native.urlGet(record, 3) !== '') {
        throw typeError(`\`${input}\` holds a user name or a password`);
    }
    return native.urlGet(record, 0);
}

export let stateOf;
let requestWith;

export class Request {
    #state;

    constructor(input, init = undefined) {
        if (input === INTERNAL) {
            this.#state = init;
            return;
        }
        needs(arguments.length, 1, 'Request');
        const from = isObject(input) && #state in input ? input.#state : undefined;
        const target = from === undefined ? usv(input) : undefined;
        const options = optionsOf(init);
        const state = from === undefined ? freshState(absolute(target)) : { ...from, content: null };
        apply(state, options);
        const signal = options.signal === undefined ? from?.signal ?? null : options.signal;
        state.signal = abort.makeDependent(signal === null ? [] : [signal]);
        state.headers = initialHeaders(state.mode, options.headers, from);
        this.#state = state;
        this.#body(options, from, input);
    }

    #body(options, from, input) {
        const state = this.#state;
        const given = options.body !== undefined && options.body !== null;
        const inherited = from === undefined ? null : from.content;
        if ((given || inherited !== null) && (state.method === 'GET' || state.method === 'HEAD')) {
            throw typeError(`a request with the method \`${state.method}\` has no body`);
        }
        if (given) {
            const extracted = extract(options.body);
            const content = extracted[0];
            const type = extracted[1];
            if (content.stream !== null && options.duplex === undefined) {
                throw typeError('a request whose body is a stream needs `duplex: "half"`');
            }
            state.content = content;
            if (type !== null && !ReflectApply(hasHeader, state.headers, ['content-type'])) {
                ReflectApply(appendHeader, state.headers, ['content-type', type]);
            }
        } else if (inherited !== null) {
            if (inherited.isUsed() || inherited.isLocked()) throw typeError('the body of the request was read already');
            state.content = new Content();
            state.content.bytes = inherited.bytes;
            state.content.incoming = inherited.incoming;
            if (inherited.stream !== null) {
                state.content.stream = load('streams').proxied(inherited.stream);
            }
            inherited.used = true;
        }
    }

    static {
        stateOf = (request) => request.#state;
        requestWith = (state) => new Request(INTERNAL, state);
    }

    get method() { return this.#state.method; }

    get url() { return this.#state.url; }

    get headers() { return this.#state.headers; }

    get destination() { this.#state; return ''; }

    get referrer() { return this.#state.referrer; }

    get referrerPolicy() { return this.#state.referrerPolicy; }

    get mode() { return this.#state.mode; }

    get credentials() { return this.#state.credentials; }

    get cache() { return this.#state.cache; }

    get redirect() { return this.#state.redirect; }

    get integrity() { return this.#state.integrity; }

    get keepalive() { return this.#state.keepalive; }

    get isReloadNavigation() { this.#state; return false; }

    get isHistoryNavigation() { this.#state; return false; }

    get signal() { return this.#state.signal; }

    get duplex() { return this.#state.duplex; }

    clone() {
        const state = this.#state;
        const { content } = state;
        if (content !== null && (content.isUsed() || content.isLocked())) throw typeError('the body was read already');
        return requestWith({
            ...state,
            headers: copyHeaders(state.headers),
            content: content === null ? null : content.fork(),
            signal: abort.makeDependent([state.signal]),
        });
    }
}
withBody(Request, (request) => stateOf(request).content, (request) => stateOf(request).headers);
idl(Request, 'Request');

/** What a script says of a request beside its signal, headers and body. */
function apply(state, options) {
    if (options.any && state.mode === 'navigate') state.mode = 'same-origin';
    if (options.referrer !== undefined) state.referrer = referrer(options.referrer);
    if (options.mode === 'navigate') throw typeError('the mode `navigate` is for browsers');
    const names = ['cache', 'credentials', 'integrity', 'keepalive', 'mode', 'redirect', 'referrerPolicy'];
    for (let i = 0; i < names.length; i++) {
        if (options[names[i]] !== undefined) state[names[i]] = options[names[i]];
    }
    if (state.cache === 'only-if-cached' && state.mode !== 'same-origin') {
        throw typeError('`only-if-cached` needs the mode `same-origin`');
    }
    if (options.method !== undefined) state.method = methodOf(options.method);
    if (state.mode === 'no-cors' && SIMPLE[state.method] === undefined) {
        throw typeError(`the mode \`no-cors\` does not go with the method \`${state.method}\``);
    }
}

/** The headers that a script gives, or those of the other request. */
function initialHeaders(mode, given, from) {
    if (mode === 'no-cors') return withoutCors(given, from === undefined ? newList() : listOf(from.headers));
    if (given !== undefined) return new Headers(given);
    return from === undefined ? new Headers() : copyHeaders(from.headers, 'none');
}

/** The members of `RequestInit`, in the order of the standard. */
function optionsOf(init) {
    const given = dictionary(init, 'init');
    const options = { __proto__: null, any: false };
    const member = (name, convert) => {
        const value = given[name];
        if (value === undefined) return;
        options.any = true;
        options[name] = convert === undefined ? value : convert(value);
    };
    const choice = (name) => member(name, (value) => enumeration(value, ENUMERATIONS[name], name));
    member('body');
    choice('cache');
    choice('credentials');
    member('duplex', (value) => enumeration(value, ['half'], 'duplex'));
    member('headers');
    member('integrity', string);
    member('keepalive', (value) => !!value);
    member('method', (value) => byteString(value, 'the method'));
    choice('mode');
    member('priority', (value) => enumeration(value, ['high', 'low', 'auto'], 'priority'));
    choice('redirect');
    member('referrer', usv);
    choice('referrerPolicy');
    member('signal', (value) => {
        if (value !== null && !abort.isSignal(value)) throw typeError('`signal` is not an AbortSignal');
        return value;
    });
    member('window', (value) => {
        if (value !== null) throw typeError('`window` can only be null');
        return value;
    });
    return options;
}

function referrer(value) {
    if (value === '') return 'no-referrer';
    const record = native.urlParse(value, undefined);
    if (record === undefined) throw typeError(`the referrer \`${value}\` is not a URL`);
    return 'about:client';
}
