// `WritableStreamDefaultWriter`, after <https://streams.spec.whatwg.org/#default-writer-class> and
// <https://streams.spec.whatwg.org/#ws-writer-abstract-ops>.

import { deferred, idl, markHandled, needs, promising, rejected, resolved, typeError } from 'base';
import {
    abortWritable, closeQueuedOrInFlight, closeWritable, isWritableStream, isWriterLocked,
    writableOf,
} from './writable.js';
import { chunkSize, controllerWrite, writableDesiredSize } from './writable_controller.js';

export const writerRecord = () => ({ stream: undefined, closed: deferred(), ready: deferred() });

function settledDeferred() {
    const made = deferred();
    made.resolve(undefined);
    return made;
}

function failedDeferred(error) {
    const made = deferred();
    made.reject(error);
    markHandled(made.promise);
    return made;
}

export function rejectReady(writer, error) {
    if (native.promiseState(writer.ready.promise) === 0) {
        writer.ready.reject(error);
        markHandled(writer.ready.promise);
    } else {
        writer.ready = failedDeferred(error);
    }
}

export function setUpWriter(writer, stream) {
    if (isWriterLocked(stream)) throw typeError('the stream is locked');
    writer.stream = stream;
    stream.writer = writer;
    switch (stream.state) {
        case 'writable':
            if (closeQueuedOrInFlight(stream) || !stream.backpressure) writer.ready = settledDeferred();
            break;
        case 'erroring':
            writer.ready = failedDeferred(stream.storedError);
            break;
        case 'closed':
            writer.ready = settledDeferred();
            writer.closed = settledDeferred();
            break;
        default:
            writer.ready = failedDeferred(stream.storedError);
            writer.closed = failedDeferred(stream.storedError);
    }
}

export function releaseWriter(writer) {
    const { stream } = writer;
    const error = typeError('the writer was released');
    rejectReady(writer, error);
    if (native.promiseState(writer.closed.promise) === 0) {
        writer.closed.reject(error);
        markHandled(writer.closed.promise);
    } else {
        writer.closed = failedDeferred(error);
    }
    stream.writer = undefined;
    writer.stream = undefined;
}

export function closeWithErrorPropagation(writer) {
    const { stream } = writer;
    if (closeQueuedOrInFlight(stream) || stream.state === 'closed') return resolved(undefined);
    if (stream.state === 'errored') return rejected(stream.storedError);
    return closeWritable(stream);
}

export function writeToWriter(writer, chunk) {
    const { stream } = writer;
    const { controller } = stream;
    const size = chunkSize(controller, chunk);
    if (stream !== writer.stream) return rejected(typeError('the writer was released'));
    if (stream.state === 'errored') return rejected(stream.storedError);
    if (closeQueuedOrInFlight(stream) || stream.state === 'closed') return rejected(typeError('the stream is closed or being closed'));
    if (stream.state === 'erroring') return rejected(stream.storedError);
    const request = deferred();
    stream.writeRequests.push(request);
    controllerWrite(controller, chunk, size);
    return request.promise;
}

export let writerOf;

export class WritableStreamDefaultWriter {
    #record = writerRecord();

    static { writerOf = (writer) => writer.#record; }

    constructor(stream) {
        needs(arguments.length, 1, 'WritableStreamDefaultWriter');
        if (!isWritableStream(stream)) throw typeError('the argument is not a WritableStream');
        setUpWriter(this.#record, writableOf(stream));
    }

    get closed() {
        try {
            return this.#record.closed.promise;
        } catch (error) {
            return rejected(error);
        }
    }

    get desiredSize() {
        const { stream } = this.#record;
        if (stream === undefined) throw typeError('the writer was released');
        if (stream.state === 'errored' || stream.state === 'erroring') return null;
        return stream.state === 'closed' ? 0 : writableDesiredSize(stream.controller);
    }

    get ready() {
        try {
            return this.#record.ready.promise;
        } catch (error) {
            return rejected(error);
        }
    }

    abort(reason = undefined) {
        return promising(() => {
            if (this.#record.stream === undefined) throw typeError('the writer was released');
            return abortWritable(this.#record.stream, reason);
        });
    }

    close() {
        return promising(() => {
            const { stream } = this.#record;
            if (stream === undefined) throw typeError('the writer was released');
            if (closeQueuedOrInFlight(stream)) throw typeError('the stream is being closed already');
            return closeWritable(stream);
        });
    }

    releaseLock() { if (this.#record.stream !== undefined) releaseWriter(this.#record); }

    write(chunk = undefined) {
        return promising(() => {
            if (this.#record.stream === undefined) throw typeError('the writer was released');
            return writeToWriter(this.#record, chunk);
        });
    }
}
idl(WritableStreamDefaultWriter, 'WritableStreamDefaultWriter');
