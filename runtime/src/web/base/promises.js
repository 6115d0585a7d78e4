// Promises, as <https://webidl.spec.whatwg.org/#idl-promise> has them: no script hears of them
// before it is given one.

import { promise as newPromise, rejected, resolved, then } from 'native';

/** A promise and the functions that settle it. */
export function deferred() {
    const parts = newPromise();
    return { __proto__: null, promise: parts[0], resolve: parts[1], reject: parts[2] };
}

/** Runs `body`; what it throws becomes a rejection. */
export function promising(body) {
    try {
        return resolved(body());
    } catch (error) {
        return rejected(error);
    }
}

/**
 * `then` with reactions that give promises of ours. What a reaction of `then` gives is resolved by the
 * engine, which asks a promise for its `then`, as the script left it.
 */
export function chain(promise, onFulfilled, onRejected = undefined) {
    const next = deferred();
    const follow = (body) => (value) => {
        attempt((given) => { then(body(given), next.resolve, next.reject); }, value, next.reject);
    };
    then(promise, follow(onFulfilled), onRejected === undefined ? next.reject : follow(onRejected));
    return next.promise;
}

/** Calls `body(value)`; what it throws goes to `fail`, never to who called us. True when it did not throw. */
export function attempt(body, value, fail) {
    try {
        body(value);
        return true;
    } catch (error) {
        fail(error);
        return false;
    }
}

export const noop = () => {};
