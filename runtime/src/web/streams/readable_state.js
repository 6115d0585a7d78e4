// What is done to a readable stream, after <https://streams.spec.whatwg.org/#rs-all-abstract-ops>:
// making, cancelling, closing, breaking, and answering who reads.

import { INTERNAL, markHandled, noop, Queue, rejected, resolved, then } from 'base';
import { ReadableStream } from './readable.js';
import { newDefaultController, setUpDefaultController } from './default_controller.js';
import { newByteController, setUpByteController } from './byte_controller.js';

export const newStream = () => ({
    object: null, state: 'readable', reader: undefined, storedError: undefined, disturbed: false, controller: undefined,
});

export const isLocked = (stream) => stream.reader !== undefined;

export function createReadable(start, pull, cancel, mark = 1, size = () => 1) {
    const record = newStream();
    new ReadableStream(INTERNAL, record);
    setUpDefaultController(record, newDefaultController(), start, pull, cancel, mark, size);
    return record;
}

export function createByteStream(start, pull, cancel) {
    const record = newStream();
    new ReadableStream(INTERNAL, record);
    setUpByteController(record, newByteController(), start, pull, cancel, 0, undefined);
    return record;
}

export function cancelStream(stream, reason) {
    stream.disturbed = true;
    if (stream.state === 'closed') return resolved(undefined);
    if (stream.state === 'errored') return rejected(stream.storedError);
    closeStream(stream);
    const { reader } = stream;
    if (reader !== undefined && reader.isByob) {
        const { intoRequests } = reader;
        reader.intoRequests = new Queue();
        while (intoRequests.length > 0) intoRequests.shift().close(undefined);
    }
    return then(stream.controller.cancelSteps(reason), noop);
}

export function closeStream(stream) {
    stream.state = 'closed';
    const { reader } = stream;
    if (reader === undefined) return;
    reader.closed.resolve(undefined);
    if (!reader.isByob) {
        const { requests } = reader;
        reader.requests = new Queue();
        while (requests.length > 0) requests.shift().close();
    }
}

export function errorStream(stream, error) {
    stream.state = 'errored';
    stream.storedError = error;
    const { reader } = stream;
    if (reader === undefined) return;
    reader.closed.reject(error);
    markHandled(reader.closed.promise);
    if (reader.isByob) errorIntoRequests(reader, error);
    else errorRequests(reader, error);
}

export function errorRequests(reader, error) {
    const { requests } = reader;
    reader.requests = new Queue();
    while (requests.length > 0) requests.shift().error(error);
}

export function errorIntoRequests(reader, error) {
    const { intoRequests } = reader;
    reader.intoRequests = new Queue();
    while (intoRequests.length > 0) intoRequests.shift().error(error);
}

export const waitingReads = (stream) => (stream.reader !== undefined && !stream.reader.isByob ? stream.reader.requests.length : 0);
export const waitingInto = (stream) => (stream.reader !== undefined && stream.reader.isByob ? stream.reader.intoRequests.length : 0);

export function fulfill(stream, chunk, done) {
    const request = stream.reader.requests.shift();
    if (done) request.close();
    else request.chunk(chunk);
}

export function fulfillInto(stream, chunk, done) {
    const request = stream.reader.intoRequests.shift();
    if (done) request.close(chunk);
    else request.chunk(chunk);
}
