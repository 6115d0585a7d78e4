// The body of a response that is on its way (<https://fetch.spec.whatwg.org/#concept-body>): it
// stays with its transfer.

import { WeakRef } from 'primordials';
import { chain, deferred, noop, promising, resolved, then, typeError } from 'base';

export let linkTo;

/** What a promise can be resolved with although a script has given objects a `then`. */
export const asRecord = (bytes) => ({ __proto__: null, bytes });

/**
 * The body of a response: it stays with its transfer until somebody reads it, piece by piece or
 * as a whole. What goes wrong on the way rejects who waits.
 */
export class Incoming {
    /** What the transfer is known by: when it goes, nobody can read any more, and the transfer ends. */
    #handle = undefined;

    /** Lets who waits look again. */
    #wake = noop;

    #failed = false;

    #error = undefined;

    /** The controller of the stream, when there is one. */
    #controller = null;

    #url;

    #link;

    constructor(url, resolve, reject) {
        this.#url = url;
        this.#link = { __proto__: null, strong: this, weak: new WeakRef(this), finished: noop, resolve, reject };
    }

    static {
        linkTo = (incoming) => incoming.#link;
    }

    /** Throws what the body has failed with. */
    check() { if (this.#failed) throw this.#error; }

    begin(handle) { this.#handle = handle; }

    /** There is more to read. */
    wake() {
        const wake = this.#wake;
        this.#wake = noop;
        wake();
    }

    /** Stops the transfer, and whoever reads the body hears `error`. */
    fail(error) {
        if (this.#failed) return;
        this.#failed = true;
        this.#error = error;
        this.#stop();
        this.wake();
        if (this.#controller !== null) this.#controller.error(error);
    }

    #stop() {
        native.cancelFetch(this.#handle);
        this.#finish();
    }

    /** Nothing more comes. */
    #finish() {
        this.#link.strong = null;
        this.#link.finished();
    }

    /** A promise of all bytes in a box, or of the next ones, `null` at the end; `origin` asked for them. */
    read(whole, origin) { return promising(() => this.#read(whole, origin)); }

    #read(whole, origin) {
        this.check();
        let bytes;
        try {
            bytes = native.pullBody(this.#handle, whole);
        } catch (error) {
            this.#finish();
            throw networkError(this.#url, error);
        }
        if (bytes !== undefined) {
            this.#link.strong = null;
            if (whole || bytes === null) this.#finish();
            return asRecord(bytes);
        }
        const { promise, resolve } = deferred();
        this.#wake = resolve;
        // Nobody else may know of it while a script waits for the promise.
        this.#link.strong = this;
        const again = () => this.#read(whole, origin);
        return chain(promise, () => resolved(native.askedAt(origin, again)));
    }

    stream() {
        return load('streams').make({
            start: (controller) => { this.#controller = controller; },
            pull: (controller) => then(this.read(false, undefined), ({ bytes }) => {
                if (bytes === null) controller.close();
                else controller.enqueue(bytes);
            }),
            cancel: () => { this.#stop(); },
        });
    }
}

/** What a host's failure looks like to the script; what is no such failure stays what it is. */
export function networkError(url, cause) {
    if (!primordials.ObjectHasOwnProperty(cause, 'code')) return cause;
    return withCause(typeError(`fetch of \`${url}\` failed: ${cause.message}`), cause);
}

export function withCause(error, cause) {
    primordials.ObjectDefineProperty(error, 'cause', {
        __proto__: null, value: cause, writable: true, enumerable: false, configurable: true,
    });
    return error;
}
