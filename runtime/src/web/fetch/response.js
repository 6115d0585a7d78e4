// `Response`, after <https://fetch.spec.whatwg.org/#response-class>.

import { ReflectApply, StringCharCodeAt } from 'primordials';
import {
    byteString, dictionary, idl, INTERNAL, needs, rangeError, typeError, unsigned, usv,
} from 'base';
import { appendHeader, copyHeaders, guard, hasHeader, Headers, headersWith } from './headers.js';
import { Content, extract, withBody } from './bodies.js';

export const NULL_BODY = { __proto__: null, 101: 1, 103: 1, 204: 1, 205: 1, 304: 1 };
export const REDIRECT = { __proto__: null, 301: 1, 302: 1, 303: 1, 307: 1, 308: 1 };

export let responseWith;
export let responseState;

export const freshResponse = () => ({
    __proto__: null, type: 'default', url: '', redirected: false, status: 200, statusText: '',
    headers: null, content: null,
});

const shownBody = (content) => (content === null ? null : content.stream ?? undefined);

export class Response {
    #state;

    constructor(body = null, init = undefined) {
        if (body === INTERNAL) {
            this.#state = init;
            return;
        }
        const options = responseOptions(init);
        const extracted = body === null || body === undefined ? null : extract(body);
        this.#state = freshResponse();
        this.#initialize(options, extracted);
    }

    #initialize(options, extracted) {
        const state = this.#state;
        if (options.status < 200 || options.status > 599) {
            throw rangeError(`the status ${options.status} is not between 200 and 599`);
        }
        if (!isReason(options.statusText)) throw typeError('`statusText` holds a character that HTTP does not allow');
        state.status = options.status;
        state.statusText = options.statusText;
        state.headers = new Headers(options.headers);
        if (extracted === null) return;
        if (NULL_BODY[state.status] !== undefined) throw typeError(`a response with the status ${state.status} has no body`);
        state.content = extracted[0];
        if (extracted[1] !== null && !ReflectApply(hasHeader, state.headers, ['content-type'])) {
            ReflectApply(appendHeader, state.headers, ['content-type', extracted[1]]);
        }
    }

    static {
        responseWith = (state) => new Response(INTERNAL, state);
        responseState = (response) => response.#state;
        // For `console`: a body of which nobody has asked for the stream stays as it is.
        native.insides.Response = {
            __proto__: null,
            body: (response) => shownBody(response.#state.content),
        };
    }

    static error() {
        const state = { ...freshResponse(), type: 'error', status: 0, headers: new Headers() };
        guard(state.headers);
        return responseWith(state);
    }

    static redirect(url, status = 302) {
        needs(arguments.length, 1, 'Response.redirect');
        const target = usv(url);
        const code = unsigned(status, 65536);
        const record = native.urlParse(target, undefined);
        if (record === undefined) throw typeError(`\`${target}\` is not an absolute URL`);
        if (REDIRECT[code] === undefined) throw rangeError(`${code} is not the status of a redirect`);
        const headers = headersWith([['location', native.urlGet(record, 0)]]);
        guard(headers);
        return responseWith({ ...freshResponse(), status: code, headers });
    }

    static json(data, init = undefined) {
        needs(arguments.length, 1, 'Response.json');
        const text = native.jsonStringify(data);
        if (text === undefined) throw typeError('the value has no JSON form');
        const options = responseOptions(init);
        const response = responseWith(freshResponse());
        response.#initialize(options, [Content.of(native.encode(usv(text))), 'application/json']);
        return response;
    }

    get type() { return this.#state.type; }

    get url() { return this.#state.url; }

    get redirected() { return this.#state.redirected; }

    get status() { return this.#state.status; }

    get ok() { return this.#state.status >= 200 && this.#state.status <= 299; }

    get statusText() { return this.#state.statusText; }

    get headers() { return this.#state.headers; }

    clone() {
        const state = this.#state;
        const { content } = state;
        if (content !== null && (content.isUsed() || content.isLocked())) throw typeError('the body was read already');
        const headers = copyHeaders(state.headers);
        return responseWith({ ...state, headers, content: content === null ? null : content.fork() });
    }
}
withBody(Response, (response) => responseState(response).content, (response) => responseState(response).headers);
idl(Response, 'Response');

function responseOptions(init) {
    const given = dictionary(init, 'init');
    const { headers, status, statusText } = given;
    return {
        __proto__: null,
        headers,
        status: status === undefined ? 200 : unsigned(status, 65536),
        statusText: statusText === undefined ? '' : byteString(statusText, '`statusText`'),
    };
}

function isReason(text) {
    for (let i = 0; i < text.length; i++) {
        const code = StringCharCodeAt(text, i);
        if (code !== 9 && (code < 32 || code === 127)) return false;
    }
    return true;
}
