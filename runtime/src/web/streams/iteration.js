// Streams as asynchronous iterators and from them, after
// <https://streams.spec.whatwg.org/#rs-asynciterator> and
// <https://streams.spec.whatwg.org/#readable-stream-from-iterable>.

import { ObjectDefineProperty, ObjectSetPrototypeOf, ReflectApply } from 'primordials';
import {
    asyncIterator, attempt, callback, deferred, isObject, iterator, iteratorPrototypes, noop, promising,
    resolved, then, typeError,
} from 'base';
import { createReadable } from './readable_state.js';
import {
    defaultRead, readerCancel, readerRecord, releaseDefault, setUpDefaultReader,
} from './readers.js';
import { defaultClose, defaultEnqueue } from './default_controller.js';

class StreamIterator {
    #reader;

    #preventCancel;

    #ongoing = undefined;

    #finished = false;

    constructor(reader, preventCancel) {
        this.#reader = reader;
        this.#preventCancel = preventCancel;
    }

    next() {
        return promising(() => {
            this.#reader;
            return this.#after((promise) => { this.#next(promise); });
        });
    }

    return(value = undefined) {
        return promising(() => {
            this.#reader;
            return this.#after((promise) => { this.#return(value, promise); });
        });
    }

    /** A promise that `step` settles when what was asked before is done. */
    #after(step) {
        const next = deferred();
        const begin = () => { attempt(step, next, next.reject); };
        if (this.#ongoing === undefined) begin();
        else then(this.#ongoing, begin, begin);
        this.#ongoing = next.promise;
        return this.#ongoing;
    }

    #next({ resolve, reject }) {
        if (this.#finished) {
            resolve({ value: undefined, done: true });
            return;
        }
        const reader = this.#reader;
        defaultRead(reader, {
            chunk: (value) => { resolve({ value, done: false }); },
            close: () => {
                this.#finished = true;
                releaseDefault(reader);
                resolve({ value: undefined, done: true });
            },
            error: (error) => {
                this.#finished = true;
                releaseDefault(reader);
                reject(error);
            },
        });
    }

    #return(value, { resolve, reject }) {
        const done = () => { resolve({ value, done: true }); };
        if (this.#finished) {
            done();
            return;
        }
        this.#finished = true;
        const reader = this.#reader;
        if (this.#preventCancel) {
            releaseDefault(reader);
            done();
            return;
        }
        const result = readerCancel(reader, value);
        releaseDefault(reader);
        then(result, done, reject);
    }
}
{
    const { prototype } = StreamIterator;
    ObjectSetPrototypeOf(prototype, iteratorPrototypes[1]);
    ObjectDefineProperty(prototype, 'next', { __proto__: null, enumerable: true });
    ObjectDefineProperty(prototype, 'return', { __proto__: null, enumerable: true });
    ObjectDefineProperty(prototype.next, 'length', { __proto__: null, value: 0 });
    ObjectDefineProperty(prototype.return, 'length', { __proto__: null, value: 1 });
    ObjectDefineProperty(prototype, primordials.Symbol.toStringTag, {
        __proto__: null, value: 'ReadableStream AsyncIterator', configurable: true,
    });
    delete prototype.constructor;
}

export function iteratorOn(stream, preventCancel) {
    const reader = readerRecord();
    setUpDefaultReader(reader, stream);
    return new StreamIterator(reader, preventCancel);
}

export function fromIterable(iterable) {
    if (iterable === undefined || iterable === null) throw typeError('the source is not iterable');
    let method = iterable[asyncIterator];
    let isSync = false;
    if (method === undefined || method === null) {
        method = iterable[iterator];
        isSync = true;
    }
    if (typeof method !== 'function') throw typeError('the source is not iterable');
    const source = ReflectApply(method, iterable, []);
    if (!isObject(source)) throw typeError('an iterator is not an object');
    const { next } = source;
    const ask = (body, args) => {
        const result = ReflectApply(body, source, args);
        if (!isSync) return resolved(result);
        if (!isObject(result)) throw typeError('an iterator result is not an object');
        const { done } = result;
        return then(resolved(result.value), (value) => ({ __proto__: null, done, value }));
    };
    const stream = createReadable(noop, () => promising(() => then(promising(() => ask(next, [])), (result) => {
        if (!isObject(result)) throw typeError('an iterator result is not an object');
        if (result.done) defaultClose(stream.controller);
        else defaultEnqueue(stream.controller, result.value);
    })), (reason) => promising(() => {
        const end = source.return;
        if (end === undefined || end === null) return undefined;
        return then(promising(() => ask(callback(end, '`return`'), [reason])), (result) => {
            if (!isObject(result)) throw typeError('an iterator result is not an object');
        });
    }), 0);
    return stream;
}
