// `WritableStream`, after <https://streams.spec.whatwg.org/#ws-class> and
// <https://streams.spec.whatwg.org/#ws-all-abstract-ops>.

import {
    deferred, dictionary, idl, INTERNAL, isObject, markHandled, promising, Queue, rangeError,
    rejected, resolved, then, typeError,
} from 'base';
import { resetQueue } from './queues.js';
import { markOf, memberOf, sizeOf, strategyOf } from './strategies.js';
import { rejectReady, WritableStreamDefaultWriter } from './writer.js';
import { clearWritable, enqueueClose, writableControllerFrom } from './writable_controller.js';

export let writableOf;
export let isWritableStream;

export const newWritable = () => ({
    object: null, state: 'writable', storedError: undefined, writer: undefined, controller: undefined, writeRequests: new Queue(),
    inFlightWrite: undefined, closeRequest: undefined, inFlightClose: undefined, pendingAbort: undefined, backpressure: false,
});

export class WritableStream {
    #record;

    constructor(underlyingSink = undefined, strategy = undefined) {
        if (underlyingSink === INTERNAL) {
            this.#record = strategy;
            strategy.object = this;
            return;
        }
        const sink = underlyingSink === undefined ? null : underlyingSink;
        if (sink === null && underlyingSink !== undefined) throw typeError('the sink is not an object');
        const given = dictionary(sink, 'the sink');
        const queuing = strategyOf(strategy);
        const members = {
            abort: memberOf(given, 'abort'), close: memberOf(given, 'close'), start: memberOf(given, 'start'), type: given.type,
            write: memberOf(given, 'write'),
        };
        if (members.type !== undefined) throw rangeError('the sink has a `type`');
        const record = newWritable();
        record.object = this;
        this.#record = record;
        const size = sizeOf(queuing);
        writableControllerFrom(record, sink, members, markOf(queuing, 1), size);
    }

    static {
        writableOf = (stream) => stream.#record;
        isWritableStream = (value) => isObject(value) && #record in value;
    }

    get locked() { return isWriterLocked(this.#record); }

    abort(reason = undefined) {
        return promising(() => {
            if (isWriterLocked(this.#record)) throw typeError('a locked stream cannot be aborted');
            return abortWritable(this.#record, reason);
        });
    }

    close() {
        return promising(() => {
            if (isWriterLocked(this.#record)) throw typeError('a locked stream cannot be closed');
            if (closeQueuedOrInFlight(this.#record)) throw typeError('the stream is being closed already');
            return closeWritable(this.#record);
        });
    }

    getWriter() {
        this.#record;
        return new WritableStreamDefaultWriter(this);
    }
}
idl(WritableStream, 'WritableStream');

export const isWriterLocked = (stream) => stream.writer !== undefined;
export const closeQueuedOrInFlight = (stream) => stream.closeRequest !== undefined || stream.inFlightClose !== undefined;

export function abortWritable(stream, reason) {
    if (stream.state === 'closed' || stream.state === 'errored') return resolved(undefined);
    load('events').abortSignal(stream.controller.signal, reason);
    const { state } = stream;
    if (state === 'closed' || state === 'errored') return resolved(undefined);
    if (stream.pendingAbort !== undefined) return stream.pendingAbort.promise;
    const wasErroring = state === 'erroring';
    const settle = deferred();
    stream.pendingAbort = { promise: settle.promise, settle, reason: wasErroring ? undefined : reason, wasErroring };
    if (!wasErroring) startErroring(stream, reason);
    return settle.promise;
}

export function closeWritable(stream) {
    const { state, writer } = stream;
    if (state === 'closed' || state === 'errored') return rejected(typeError(`the stream is ${state}`));
    const request = deferred();
    stream.closeRequest = request;
    if (writer !== undefined && stream.backpressure && state === 'writable') writer.ready.resolve(undefined);
    enqueueClose(stream.controller);
    return request.promise;
}

export function startErroring(stream, reason) {
    const { controller, writer } = stream;
    stream.state = 'erroring';
    stream.storedError = reason;
    if (writer !== undefined) rejectReady(writer, reason);
    if (stream.inFlightWrite === undefined && stream.inFlightClose === undefined && controller.started) finishErroring(stream);
}

export function finishErroring(stream) {
    stream.state = 'errored';
    const { controller, storedError } = stream;
    resetQueue(controller);
    while (stream.writeRequests.length > 0) stream.writeRequests.shift().reject(storedError);
    if (stream.pendingAbort === undefined) {
        rejectCloseAndClosed(stream);
        return;
    }
    const request = stream.pendingAbort;
    stream.pendingAbort = undefined;
    if (request.wasErroring) {
        request.settle.reject(storedError);
        rejectCloseAndClosed(stream);
        return;
    }
    const { abort } = controller;
    const result = abort(request.reason);
    clearWritable(controller);
    then(result, () => {
        request.settle.resolve(undefined);
        rejectCloseAndClosed(stream);
    }, (error) => {
        request.settle.reject(error);
        rejectCloseAndClosed(stream);
    });
}

function rejectCloseAndClosed(stream) {
    if (stream.closeRequest !== undefined) {
        stream.closeRequest.reject(stream.storedError);
        stream.closeRequest = undefined;
    }
    const { writer } = stream;
    if (writer !== undefined) {
        writer.closed.reject(stream.storedError);
        markHandled(writer.closed.promise);
    }
}

export function dealWithRejection(stream, error) {
    if (stream.state === 'writable') startErroring(stream, error);
    else finishErroring(stream);
}

export function finishClose(stream) {
    stream.inFlightClose.resolve(undefined);
    stream.inFlightClose = undefined;
    if (stream.state === 'erroring') {
        stream.storedError = undefined;
        if (stream.pendingAbort !== undefined) {
            stream.pendingAbort.settle.resolve(undefined);
            stream.pendingAbort = undefined;
        }
    }
    stream.state = 'closed';
    if (stream.writer !== undefined) stream.writer.closed.resolve(undefined);
}

export function failClose(stream, error) {
    stream.inFlightClose.reject(error);
    stream.inFlightClose = undefined;
    if (stream.pendingAbort !== undefined) {
        stream.pendingAbort.settle.reject(error);
        stream.pendingAbort = undefined;
    }
    dealWithRejection(stream, error);
}

export function updateBackpressure(stream, backpressure) {
    const { writer } = stream;
    if (writer !== undefined && backpressure !== stream.backpressure) {
        if (backpressure) writer.ready = deferred();
        else writer.ready.resolve(undefined);
    }
    stream.backpressure = backpressure;
}
