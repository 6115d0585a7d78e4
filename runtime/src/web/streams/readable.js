// `ReadableStream`, after <https://streams.spec.whatwg.org/#rs-class>.

import {
    alias, asyncIterator, dictionary, enforced, enumeration, idl, INTERNAL, isObject, markHandled,
    needs, promising, rangeError, typeError,
} from 'base';
import { markOf, memberOf, sizeOf, strategyOf } from './strategies.js';
import { fromIterable, iteratorOn } from './iteration.js';
import { cancelStream, isLocked, newStream } from './readable_state.js';
import { ReadableStreamBYOBReader, ReadableStreamDefaultReader } from './readers.js';
import { defaultControllerFrom } from './default_controller.js';
import { byteControllerFrom } from './byte_controller.js';
import { ByteTee, Tee } from './tee.js';
import { Pipe } from './pipe.js';
import { isWritableStream, isWriterLocked, writableOf } from './writable.js';

export let recordOf;
export let isReadableStream;

export class ReadableStream {
    #record;

    constructor(underlyingSource = undefined, strategy = undefined) {
        if (underlyingSource === INTERNAL) {
            this.#record = strategy;
            strategy.object = this;
            return;
        }
        const source = underlyingSource === undefined ? null : underlyingSource;
        if (source === null && underlyingSource !== undefined) throw typeError('the source is not an object');
        const given = dictionary(source, 'the source');
        const queuing = strategyOf(strategy);
        const members = {
            autoAllocateChunkSize: given.autoAllocateChunkSize === undefined ? undefined
                : enforced(given.autoAllocateChunkSize, 2 ** 53 - 1, '`autoAllocateChunkSize`'),
            cancel: memberOf(given, 'cancel'),
            pull: memberOf(given, 'pull'),
            start: memberOf(given, 'start'),
        };
        const { type } = given;
        const kind = type === undefined ? undefined : enumeration(type, ['bytes'], 'the type of the source');
        const record = newStream();
        record.object = this;
        this.#record = record;
        if (kind === 'bytes') {
            if (queuing.size !== undefined) throw rangeError('a stream of bytes has no `size` in its strategy');
            byteControllerFrom(record, source, members, markOf(queuing, 0));
        } else {
            const size = sizeOf(queuing);
            defaultControllerFrom(record, source, members, markOf(queuing, 1), size);
        }
    }

    static {
        recordOf = (stream) => stream.#record;
        isReadableStream = (value) => isObject(value) && #record in value;
    }

    static from(asyncIterable) {
        needs(arguments.length, 1, 'ReadableStream.from');
        return fromIterable(asyncIterable).object;
    }

    get locked() { return isLocked(this.#record); }

    cancel(reason = undefined) {
        return promising(() => {
            const record = this.#record;
            if (isLocked(record)) throw typeError('a locked stream cannot be cancelled');
            return cancelStream(record, reason);
        });
    }

    getReader(options = undefined) {
        const record = this.#record;
        const { mode } = dictionary(options, 'options');
        if (mode === undefined) return new ReadableStreamDefaultReader(this);
        enumeration(mode, ['byob'], '`mode`');
        record.reader;
        return new ReadableStreamBYOBReader(this);
    }

    pipeThrough(transform, options = undefined) {
        const record = this.#record;
        needs(arguments.length, 1, 'ReadableStream.pipeThrough');
        if (!isObject(transform)) throw typeError('a transform is a pair of streams');
        const { readable } = transform;
        if (!isReadableStream(readable)) throw typeError('`readable` is not a ReadableStream');
        const { writable } = transform;
        if (!isWritableStream(writable)) throw typeError('`writable` is not a WritableStream');
        const choices = pipeOptions(options);
        if (isLocked(record)) throw typeError('the stream is locked');
        if (isWriterLocked(writableOf(writable))) throw typeError('the writable side is locked');
        markHandled(new Pipe(record, writableOf(writable), choices).begin());
        return readable;
    }

    pipeTo(destination, options = undefined) {
        return promising(() => {
            const record = this.#record;
            needs(arguments.length, 1, 'ReadableStream.pipeTo');
            if (!isWritableStream(destination)) throw typeError('the destination is not a WritableStream');
            const choices = pipeOptions(options);
            if (isLocked(record)) throw typeError('the stream is locked');
            if (isWriterLocked(writableOf(destination))) throw typeError('the destination is locked');
            return new Pipe(record, writableOf(destination), choices).begin();
        });
    }

    tee() {
        const record = this.#record;
        const { branches } = record.controller.isByte ? new ByteTee(record) : new Tee(record, false);
        return [branches[0].object, branches[1].object];
    }

    values(options = undefined) {
        const record = this.#record;
        const preventCancel = !!dictionary(options, 'options').preventCancel;
        return iteratorOn(record, preventCancel);
    }
}
idl(ReadableStream, 'ReadableStream');
alias(ReadableStream.prototype, asyncIterator, 'values');

function pipeOptions(value) {
    const given = dictionary(value, 'options');
    const preventAbort = !!given.preventAbort;
    const preventCancel = !!given.preventCancel;
    const preventClose = !!given.preventClose;
    const { signal } = given;
    if (signal !== undefined && !load('events').isSignal(signal)) throw typeError('`signal` is not an AbortSignal');
    return { preventAbort, preventCancel, preventClose, signal };
}
