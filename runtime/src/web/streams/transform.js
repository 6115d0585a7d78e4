// `TransformStream` and its controller, after <https://streams.spec.whatwg.org/#ts>.

import { ReflectApply } from 'primordials';
import {
    deferred, dictionary, idl, illegal, INTERNAL, noop, promising, rangeError, resolved, then, typeError,
} from 'base';
import { markOf, memberOf, sizeOf, strategyOf } from './strategies.js';
import { createReadable } from './readable_state.js';
import {
    canCloseOrEnqueue, defaultClose, defaultEnqueue, defaultError, desiredSize, shouldPull,
} from './default_controller.js';
import { createWritable, errorIfNeeded } from './writable_controller.js';
import { sinkAbort, sinkClose, sinkWrite, sourceCancel, sourcePull } from './transform_sides.js';

export let transformOf;
export let transformControllerOf;

export class TransformStream {
    #record;

    static {
        transformOf = (stream) => stream.#record;
    }

    constructor(transformer = undefined, writableStrategy = undefined, readableStrategy = undefined) {
        if (transformer === INTERNAL) {
            this.#record = writableStrategy;
            writableStrategy.object = this;
            return;
        }
        const source = transformer === undefined ? null : transformer;
        if (source === null && transformer !== undefined) throw typeError('the transformer is not an object');
        const given = dictionary(source, 'the transformer');
        const writing = strategyOf(writableStrategy);
        const reading = strategyOf(readableStrategy);
        const members = {
            cancel: memberOf(given, 'cancel'), flush: memberOf(given, 'flush'), readableType: given.readableType,
            start: memberOf(given, 'start'), transform: memberOf(given, 'transform'), writableType: given.writableType,
        };
        if (members.readableType !== undefined) throw rangeError('the transformer has a `readableType`');
        if (members.writableType !== undefined) throw rangeError('the transformer has a `writableType`');
        const readableMark = markOf(reading, 0);
        const readableSize = sizeOf(reading);
        const writableMark = markOf(writing, 1);
        const writableSize = sizeOf(writing);
        const started = deferred();
        const record = newTransform(started.promise, writableMark, writableSize, readableMark, readableSize);
        this.#record = record;
        record.object = this;
        transformerControl(record, source, members);
        started.resolve(members.start === undefined ? undefined : ReflectApply(members.start, source, [record.controller.object]));
    }

    get readable() { return this.#record.readable.object; }

    get writable() { return this.#record.writable.object; }
}
idl(TransformStream, 'TransformStream');

export class TransformStreamDefaultController {
    #record;

    static { transformControllerOf = (controller) => controller.#record; }

    constructor(key = undefined, record = undefined) {
        if (key !== INTERNAL) throw illegal();
        this.#record = record;
    }

    get desiredSize() { return desiredSize(this.#record.stream.readable.controller); }

    enqueue(chunk = undefined) { transformEnqueue(this.#record, chunk); }

    error(reason = undefined) { transformError(this.#record.stream, reason); }

    terminate() { transformTerminate(this.#record); }
}
idl(TransformStreamDefaultController, 'TransformStreamDefaultController');

export function newTransform(started, writableMark, writableSize, readableMark, readableSize) {
    const stream = { object: undefined, readable: undefined, writable: undefined, controller: undefined, backpressure: undefined, change: deferred() };
    // Each side waits for "a promise resolved with" this one, which takes two turns more.
    const start = () => then(then(started, noop), noop);
    stream.writable = createWritable(
        start, (chunk) => sinkWrite(stream, chunk), () => sinkClose(stream), (reason) => sinkAbort(stream, reason), writableMark, writableSize,
    );
    stream.readable = createReadable(
        start, () => sourcePull(stream), (reason) => sourceCancel(stream, reason), readableMark, readableSize,
    );
    stream.backpressure = undefined;
    setTransformBackpressure(stream, true);
    const controller = { object: null, stream, transform: undefined, flush: undefined, cancel: undefined, finish: undefined };
    controller.object = new TransformStreamDefaultController(INTERNAL, controller);
    stream.controller = controller;
    return stream;
}

function transformerControl({ controller }, source, { transform, flush, cancel }) {
    const face = controller.object;
    controller.transform = transform === undefined ? (chunk) => promising(() => { transformEnqueue(controller, chunk); })
        : (chunk) => promising(() => ReflectApply(transform, source, [chunk, face]));
    controller.flush = flush === undefined ? () => resolved(undefined) : () => promising(() => ReflectApply(flush, source, [face]));
    controller.cancel = cancel === undefined ? () => resolved(undefined)
        : (reason) => promising(() => ReflectApply(cancel, source, [reason]));
}

export function clearTransform(controller) {
    controller.transform = undefined;
    controller.flush = undefined;
    controller.cancel = undefined;
}

export function setTransformBackpressure(stream, backpressure) {
    if (stream.backpressure !== undefined) stream.change.resolve(undefined);
    stream.change = deferred();
    stream.backpressure = backpressure;
}

function transformError(stream, error) {
    defaultError(stream.readable.controller, error);
    errorWritableAndUnblock(stream, error);
}

function errorWritableAndUnblock(stream, error) {
    clearTransform(stream.controller);
    errorIfNeeded(stream.writable.controller, error);
    unblockWrite(stream);
}

export function unblockWrite(stream) { if (stream.backpressure) setTransformBackpressure(stream, false); }

export function transformEnqueue(controller, chunk) {
    const { stream } = controller;
    const readable = stream.readable.controller;
    if (!canCloseOrEnqueue(readable)) throw typeError('the readable side takes no chunk any more');
    try {
        defaultEnqueue(readable, chunk);
    } catch (error) {
        errorWritableAndUnblock(stream, error);
        throw stream.readable.storedError;
    }
    const backpressure = !shouldPull(readable);
    if (backpressure !== stream.backpressure) setTransformBackpressure(stream, true);
}

function transformTerminate(controller) {
    const { stream } = controller;
    defaultClose(stream.readable.controller);
    errorWritableAndUnblock(stream, typeError('the transform was terminated'));
}

export function performTransform(controller, chunk) {
    return then(controller.transform(chunk), undefined, (error) => {
        transformError(controller.stream, error);
        throw error;
    });
}
