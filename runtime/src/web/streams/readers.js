// The readers of a stream and what they share, after
// <https://streams.spec.whatwg.org/#default-reader-class> and
// <https://streams.spec.whatwg.org/#byob-reader-class>.

import { ArrayBufferByteLength } from 'primordials';
import {
    deferred, dictionary, enforced, idl, markHandled, needs, promising, Queue, rangeError, rejected,
    typeError,
} from 'base';
import { isReadableStream, recordOf } from './readable.js';
import { cancelStream, errorIntoRequests, errorRequests, isLocked } from './readable_state.js';
import { viewInfo } from './views.js';
import { bytePullInto } from './byob_requests.js';

export const readerRecord = () => ({ stream: undefined, closed: deferred(), isByob: false, requests: new Queue(), intoRequests: new Queue() });

export function setUpReader(reader, stream) {
    reader.stream = stream;
    stream.reader = reader;
    if (stream.state === 'closed') {
        reader.closed.resolve(undefined);
    } else if (stream.state === 'errored') {
        reader.closed.reject(stream.storedError);
        markHandled(reader.closed.promise);
    }
}

export function setUpDefaultReader(reader, stream) {
    if (isLocked(stream)) throw typeError('the stream is locked');
    setUpReader(reader, stream);
}

export function setUpByobReader(reader, stream) {
    if (isLocked(stream)) throw typeError('the stream is locked');
    if (!stream.controller.isByte) throw typeError('the stream is not a stream of bytes');
    reader.isByob = true;
    setUpReader(reader, stream);
}

export function readerCancel(reader, reason) { return cancelStream(reader.stream, reason); }

function releaseReader(reader) {
    const { stream } = reader;
    const error = typeError('the reader was released');
    if (stream.state !== 'readable') reader.closed = deferred();
    reader.closed.reject(error);
    markHandled(reader.closed.promise);
    stream.controller.releaseSteps();
    stream.reader = undefined;
    reader.stream = undefined;
    return error;
}

export function releaseDefault(reader) { errorRequests(reader, releaseReader(reader)); }

export function releaseByob(reader) { errorIntoRequests(reader, releaseReader(reader)); }

export function defaultRead(reader, request) {
    const { stream } = reader;
    stream.disturbed = true;
    if (stream.state === 'closed') request.close();
    else if (stream.state === 'errored') request.error(stream.storedError);
    else stream.controller.pullSteps(request);
}

export function byobRead(reader, info, min, request) {
    const { stream } = reader;
    stream.disturbed = true;
    if (stream.state === 'errored') request.error(stream.storedError);
    else bytePullInto(stream.controller, info, min, request);
}

const released = () => typeError('the reader was released');

// What both readers have, after <https://streams.spec.whatwg.org/#generic-reader-mixin>. `ask` gives
// the record, or throws where the method was called on something else.
function closedOf(ask) {
    try {
        return ask().closed.promise;
    } catch (error) {
        return rejected(error);
    }
}

function cancelBy(ask, reason) {
    return promising(() => {
        const record = ask();
        if (record.stream === undefined) throw released();
        return readerCancel(record, reason);
    });
}

export let defaultReaderOf;
export let byobReaderOf;

export class ReadableStreamDefaultReader {
    #record = readerRecord();

    static { defaultReaderOf = (reader) => reader.#record; }

    constructor(stream) {
        needs(arguments.length, 1, 'ReadableStreamDefaultReader');
        if (!isReadableStream(stream)) throw typeError('the argument is not a ReadableStream');
        setUpDefaultReader(this.#record, recordOf(stream));
    }

    get closed() { return closedOf(() => this.#record); }

    cancel(reason = undefined) { return cancelBy(() => this.#record, reason); }

    read() {
        return promising(() => {
            if (this.#record.stream === undefined) throw released();
            const { promise, resolve, reject } = deferred();
            defaultRead(this.#record, {
                chunk: (value) => { resolve({ value, done: false }); },
                close: () => { resolve({ value: undefined, done: true }); },
                error: reject,
            });
            return promise;
        });
    }

    releaseLock() { if (this.#record.stream !== undefined) releaseDefault(this.#record); }
}
idl(ReadableStreamDefaultReader, 'ReadableStreamDefaultReader');

export class ReadableStreamBYOBReader {
    #record = readerRecord();

    static { byobReaderOf = (reader) => reader.#record; }

    constructor(stream) {
        needs(arguments.length, 1, 'ReadableStreamBYOBReader');
        if (!isReadableStream(stream)) throw typeError('the argument is not a ReadableStream');
        setUpByobReader(this.#record, recordOf(stream));
    }

    get closed() { return closedOf(() => this.#record); }

    cancel(reason = undefined) { return cancelBy(() => this.#record, reason); }

    read(view, options = undefined) {
        return promising(() => {
            const record = this.#record;
            needs(arguments.length, 1, 'ReadableStreamBYOBReader.read');
            if (viewInfo(view) === undefined) throw typeError('the argument is not a view');
            const { min } = dictionary(options, 'options');
            // A getter may have resized the buffer.
            const info = viewInfo(view);
            if (info === undefined) throw typeError('the view is outside of its buffer');
            const least = min === undefined ? 1 : enforced(min, 2 ** 53 - 1, '`min`');
            if (info.byteLength === 0) throw typeError('the view is empty');
            if (ArrayBufferByteLength(info.buffer) === 0) throw typeError('the buffer of the view is empty');
            if (native.isDetached(info.buffer)) throw typeError('the buffer of the view is detached');
            if (least === 0) throw typeError('`min` is 0');
            if (least > (info.tag === undefined ? info.byteLength : info.byteLength / info.element)) {
                throw rangeError('`min` is larger than the view');
            }
            if (record.stream === undefined) throw released();
            const { promise, resolve, reject } = deferred();
            byobRead(record, info, least, {
                chunk: (value) => { resolve({ value, done: false }); },
                close: (value) => { resolve({ value, done: true }); },
                error: reject,
            });
            return promise;
        });
    }

    releaseLock() { if (this.#record.stream !== undefined) releaseByob(this.#record); }
}
idl(ReadableStreamBYOBReader, 'ReadableStreamBYOBReader');
