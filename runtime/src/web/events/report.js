// Errors that nobody caught, after
// <https://html.spec.whatwg.org/multipage/webappapis.html#report-the-exception>.

import { ArrayJoin, ArraySlice, ReflectApply, StringSplit } from 'primordials';
import { domException } from 'base';
import { begin, cancel, end, stops, trust } from './event.js';
import { ErrorEvent, PromiseRejectionEvent } from './html.js';

/**
 * Fires an event at the global scope: `handler`, its `on<type>`, is called with `given` and prevents
 * the default when it returns `prevents`. Whether the default is prevented.
 */
function tell(global, event, listeners, handler, given, prevents) {
    begin(trust(event), global);
    const call = (listener, args) => {
        try {
            return ReflectApply(listener, global, args);
        } catch (error) {
            native.reportError(error, 'an event listener');
            return undefined;
        }
    };
    for (let i = 0; i < listeners.length && !stops(event, true); i++) call(listeners[i], [event]);
    if (typeof handler === 'function' && !stops(event, true) && call(handler, given) === prevents) cancel(event);
    return !end(event);
}

/** Tells of an exception at `place`: `file:line:column`, or nothing. */
export function tellError(global, listeners, handler, message, place, error) {
    const parts = StringSplit(place, ':');
    const filename = ArrayJoin(ArraySlice(parts, 0, -2), ':');
    const lineno = +(parts[parts.length - 2] ?? 0);
    const colno = +parts[parts.length - 1];
    const init = { __proto__: null, cancelable: true, message, filename, lineno, colno, error };
    const event = new ErrorEvent('error', init);
    return tell(global, event, listeners, handler, [message, filename, lineno, colno, error], true);
}

/** Tells of a rejection that nobody handles, or that somebody has handled after all. */
export function tellRejection(global, listeners, handler, type, promise, reason) {
    const init = { __proto__: null, cancelable: type === 'unhandledrejection', promise, reason };
    const event = new PromiseRejectionEvent(type, init);
    return tell(global, event, listeners, handler, [event], false);
}

export const cancelError = () => domException('AbortError', 'the dispatch was cancelled');

export const timeoutError = () => domException('TimeoutError', 'the dispatch is about to reach its deadline');
