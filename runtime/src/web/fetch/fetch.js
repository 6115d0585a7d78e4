// `fetch`, after <https://fetch.spec.whatwg.org/#fetch-method> and
// <https://fetch.spec.whatwg.org/#fetching>: the host does the transfer.

import { StringIndexOf, StringSlice, StringToLowerCase, WeakRefDeref } from 'primordials';
import { attempt, deferred, needs, newList, noop, promising, then, typeError } from 'base';
import * as abort from 'events';
import { guard, headersWith, listOf, trimmed } from './headers.js';
import { Incoming, linkTo, networkError, withCause } from './incoming.js';
import { Content } from './bodies.js';
import { Request, stateOf } from './request.js';
import { freshResponse, NULL_BODY, responseState, responseWith } from './response.js';
import { modeOf, redirected } from './redirect.js';
import { checkIntegrity, hasIntegrity } from './integrity.js';

export function fetch(input, init = undefined) {
    return promising(() => {
        needs(arguments.length, 1, 'fetch');
        const request = new Request(input, init);
        const state = stateOf(request);
        if (abort.isAborted(state.signal)) {
            return aborted(state, abort.reasonOf(state.signal));
        }
        const scheme = StringSlice(state.url, 0, StringIndexOf(state.url, ':'));
        switch (scheme) {
            case 'http':
            case 'https': return transfer(state);
            case 'data': return fromData(state);
            default: throw typeError(`fetch cannot load \`${scheme}:\` URLs`);
        }
    });
}

primordials.ObjectDefineProperty(fetch, 'length', { __proto__: null, value: 1 });

/** Ends a request whose signal is aborted: what sends its body hears it, too. */
function aborted({ content }, reason) {
    if (content !== null && content.stream !== null) load('streams').cancel(content.stream, reason);
    throw reason;
}

/** A promise of the response to a request over the network. */
function transfer(state) {
    const { content, signal } = state;
    const { promise, resolve, reject } = deferred();
    // What follows knows the body by its link alone, so that it keeps none that nobody can read.
    const link = linkTo(new Incoming(state.url, resolve, reject));
    let over = false;
    const onAbort = () => {
        if (over) return;
        over = true;
        const reason = abort.reasonOf(signal);
        link.reject(reason);
        const incoming = WeakRefDeref(link.weak);
        if (incoming !== undefined) incoming.fail(reason);
        if (content !== null && content.stream !== null) load('streams').cancel(content.stream, reason);
    };
    abort.addAlgorithm(signal, onAbort);
    link.finished = () => {
        over = true;
        abort.removeAlgorithm(signal, onAbort);
    };
    const fail = (error) => {
        link.strong = null;
        link.finished();
        link.reject(error);
    };
    const start = (bytes) => { if (!over) send(state, bytes, link, fail); };
    if (content === null) {
        attempt(start, undefined, fail);
    } else if (content.stream === null && content.bytes !== null) {
        content.used = true;
        attempt(start, content.bytes, fail);
    } else {
        then(content.consume(), (box) => { attempt(start, box.bytes, fail); }, (error) => { fail(uploadError(state.url, error)); });
    }
    return promise;
}

/** What a stream that broke is to who waits for the response: a network error, unless it was aborted or did not fit. */
function uploadError(url, cause) {
    if (native.kind(cause) === 'DOMException' && native.nameOf(cause) === 'AbortError') return cause;
    if (native.isError(cause) && primordials.ObjectGetOwnPropertyDescriptor(cause, 'message')?.value === 'out of memory') return cause;
    return withCause(typeError(`fetch of \`${url}\` failed: the stream of its body broke`), cause);
}

/** The header lines that go out: the script's, and those that every request has. */
function linesOf(state) {
    const list = listOf(state.headers);
    const lines = newList();
    const seen = { __proto__: null };
    for (let i = 0; i < list.length; i++) {
        seen[list[i][0]] = true;
        lines[lines.length] = list[i][0];
        lines[lines.length] = list[i][1];
    }
    const standard = (name, value) => {
        if (seen[name]) return;
        lines[lines.length] = name;
        lines[lines.length] = value;
    };
    standard('accept', '*/*');
    standard('accept-language', '*');
    standard('user-agent', native.userAgent());
    if (state.cache === 'no-store' || state.cache === 'reload') standard('cache-control', 'no-cache');
    return lines;
}

/** Starts the transfer: its response resolves what the link says, `fail` hears why there is none. */
function send(state, body, link, fail) {
    const begin = (head) => {
        const next = redirected(state, head);
        if (next !== undefined) {
            send(next, undefined, link, fail);
            return;
        }
        const { resolve, reject, strong } = link;
        const response = respond(state, head, strong);
        link.strong = null;
        // They know the promise, and it the response.
        link.resolve = noop;
        link.reject = noop;
        if (hasIntegrity(state.integrity)) then(promising(() => checked(state, response)), resolve, reject);
        else resolve(response);
    };
    const hear = (kind, value) => {
        if (kind === 0) {
            attempt(begin, value, fail);
        } else if (kind === 1) {
            const incoming = WeakRefDeref(link.weak);
            if (incoming !== undefined) incoming.wake();
        } else {
            fail(networkError(state.url, value));
        }
    };
    link.strong.begin(native.fetch(withoutFragment(state.url), state.method, linesOf(state), modeOf(state), body, hear));
}

/** A promise of a response whose bytes are there, and are what `integrity` says. */
function checked({ url, integrity }, response) {
    const state = responseState(response);
    if (state.content === null) throw typeError(`fetch of \`${url}\` failed: there is no body that \`integrity\` could be about`);
    return then(state.content.consume(undefined), ({ bytes }) => {
        checkIntegrity(url, bytes, integrity);
        state.content = Content.of(bytes);
        return response;
    });
}

function respond(state, head, incoming) {
    const list = newList();
    for (let i = 0; i < head.headers.length; i += 2) {
        list[list.length] = [StringToLowerCase(head.headers[i]), trimmed(head.headers[i + 1])];
    }
    const headers = headersWith(list);
    guard(headers);
    const empty = state.method === 'HEAD' || NULL_BODY[head.status] !== undefined;
    const content = empty ? null : new Content();
    if (content !== null) content.incoming = incoming;
    return responseWith({
        ...freshResponse(), type: 'basic', url: withoutFragment(head.url === '' ? state.url : head.url),
        redirected: head.redirected || state.redirected, status: head.status, statusText: head.statusText, headers, content,
    });
}

function withoutFragment(url) {
    const hash = StringIndexOf(url, '#');
    return hash < 0 ? url : StringSlice(url, 0, hash);
}

function fromData({ url, method, integrity }) {
    const parts = native.dataUrl(url);
    if (parts === undefined) throw typeError('the data URL is not valid');
    checkIntegrity(url, parts[1], integrity);
    const headers = headersWith([['content-type', parts[0]]]);
    guard(headers);
    return responseWith({
        ...freshResponse(), type: 'basic', url: withoutFragment(url), statusText: 'OK', headers,
        content: method === 'HEAD' ? null : Content.of(parts[1]),
    });
}
