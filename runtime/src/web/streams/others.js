// Streams of other standards, after <https://streams.spec.whatwg.org/#other-specs>: made, read and
// observed by our own files.

import { TypedArrayTag } from 'primordials';
import {
    attempt, deferred, isObject, markHandled, newList, noop, promising, resolved, then, typeError,
} from 'base';
import { recordOf } from './readable.js';
import { cancelStream, createByteStream, isLocked } from './readable_state.js';
import {
    byobReaderOf, defaultReaderOf, defaultRead, readerCancel, readerRecord, setUpDefaultReader, setUpReader,
} from './readers.js';
import { viewInfo } from './views.js';
import { byteClose, byteEnqueue, byteError } from './byte_controller.js';
import { controllerIn, respondNothing } from './byob_requests.js';
import { ByteTee, Tee } from './tee.js';
import { Pipe } from './pipe.js';
import { writableOf } from './writable.js';
import { writableControllerOf } from './writable_controller.js';
import { writerOf } from './writer.js';
import { newTransform, transformControllerOf, transformEnqueue, transformOf } from './transform.js';

/** A transform of ours: `transform(chunk, enqueue)` and `flush(enqueue)`; the pair of its sides. */
export function transformer(transform, flush) {
    const record = newTransform(resolved(undefined), 1, () => 1, 0, () => 1);
    const { controller } = record;
    const enqueue = (chunk) => { transformEnqueue(controller, chunk); };
    controller.transform = (chunk) => promising(() => transform(chunk, enqueue));
    controller.flush = () => promising(() => flush(enqueue));
    controller.cancel = () => resolved(undefined);
    return { readable: record.readable.object, writable: record.writable.object };
}

/** A stream of bytes from `pull(controller)`, where the controller takes views. */
export function make({ start, pull, cancel }) {
    const face = {
        enqueue: (chunk) => { byteEnqueue(stream.controller, viewInfo(chunk)); },
        close() {
            byteClose(stream.controller);
            respondNothing(stream.controller);
        },
        error: (error) => { byteError(stream.controller, error); },
    };
    const stream = createByteStream(noop, () => promising(() => pull(face)), (reason) => promising(() => cancel(reason)));
    start(face);
    return stream.object;
}

/** The most bytes of those that are there already that a stream gives at a time. */
const PIECE = 262144;

/** A stream of bytes that gives copies of `bytes` and ends. */
export function streamOf(bytes) {
    const length = native.byteLength(bytes);
    let at = 0;
    return make({
        start: noop,
        pull(controller) {
            const end = primordials.MathMin(at + PIECE, length);
            if (at < end) controller.enqueue(native.slice(bytes, at, end));
            else controller.close();
            at = end;
        },
        cancel: noop,
    });
}

/** A promise of all bytes of a stream that gives `Uint8Array`s, in a box. */
export function gather(object) {
    const reader = readerRecord();
    const { promise, resolve, reject } = deferred();
    setUpDefaultReader(reader, recordOf(object));
    const chunks = newList();
    const fail = (error) => {
        reject(error);
        markHandled(readerCancel(reader, error));
    };
    const take = (chunk) => {
        if (TypedArrayTagOf(chunk) !== 'Uint8Array') throw typeError('a body is a stream of Uint8Arrays');
        chunks[chunks.length] = native.slice(chunk, 0, native.byteLength(chunk));
    };
    const request = {
        chunk: (chunk) => { if (attempt(take, chunk, fail)) then(resolved(undefined), read); },
        close: () => { attempt(() => { resolve({ __proto__: null, bytes: native.concat(chunks) }); }, undefined, reject); },
        error: reject,
    };
    const read = () => { attempt((from) => { defaultRead(from, request); }, reader, fail); };
    read();
    return promise;
}

const TypedArrayTagOf = (value) => (isObject(value) ? TypedArrayTag(value) : undefined);

/** A stream in the place of one that is taken over. */
export function proxied(object) {
    const source = recordOf(object);
    const sides = transformer((chunk, enqueue) => { enqueue(chunk); }, noop);
    markHandled(new Pipe(source, writableOf(sides.writable), {
        preventAbort: false, preventCancel: false, preventClose: false, signal: undefined,
    }).begin());
    return sides.readable;
}

export function cancelObject(object, reason) {
    const record = recordOf(object);
    if (record.state === 'readable') markHandled(cancelStream(record, reason));
}

/** Marks a stream whose bytes were read in another way: nobody can read it any more. */
export function disturb(object) {
    const record = recordOf(object);
    record.disturbed = true;
    if (!isLocked(record)) setUpReader(readerRecord(), record);
}

export const isDisturbed = (object) => recordOf(object).disturbed;

export const isObjectLocked = (object) => isLocked(recordOf(object));

export function teeObject(object) {
    const record = recordOf(object);
    const { branches } = record.controller.isByte ? new ByteTee(record) : new Tee(record, true);
    return [branches[0].object, branches[1].object];
}

// What only `console` shows, by interface.
const { insides } = native;
const stateOf = (record) => ({ __proto__: null, state: (value) => record(value).state });
insides.ReadableStream = { ...stateOf(recordOf), supportsBYOB: (value) => recordOf(value).controller.isByte === true };
insides.WritableStream = stateOf(writableOf);
insides.TransformStream = { __proto__: null, backpressure: (value) => transformOf(value).backpressure };
const held = (recordIn) => ({
    __proto__: null,
    stream: (value) => recordIn(value).stream?.object,
    close: (value) => recordIn(value).closed.promise,
    readRequests: (value) => recordIn(value).requests.length,
    readIntoRequests: (value) => recordIn(value).intoRequests.length,
});
insides.ReadableStreamDefaultReader = held(defaultReaderOf);
insides.ReadableStreamBYOBReader = held(byobReaderOf);
insides.WritableStreamDefaultWriter = held(writerOf);
insides.WritableStreamDefaultController = { __proto__: null, stream: (value) => writableControllerOf(value).stream.object };
insides.TransformStreamDefaultController = { __proto__: null, stream: (value) => transformControllerOf(value).stream.object };
insides.ReadableStreamBYOBRequest = { __proto__: null, controller: (value) => controllerIn(value)?.object };
