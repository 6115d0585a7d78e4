// `WritableStreamDefaultController`, after
// <https://streams.spec.whatwg.org/#ws-default-controller-class> and
// <https://streams.spec.whatwg.org/#ws-default-controller-abstract-ops>.

import { ReflectApply } from 'primordials';
import { idl, illegal, INTERNAL, noop, promising, Queue, resolved, then } from 'base';
import { dequeue, enqueueWithSize } from './queues.js';
import {
    closeQueuedOrInFlight, dealWithRejection, failClose, finishClose, finishErroring, newWritable,
    startErroring, updateBackpressure, WritableStream,
} from './writable.js';

export let writableControllerOf;

export class WritableStreamDefaultController {
    #record;

    static { writableControllerOf = (controller) => controller.#record; }

    constructor(key = undefined, record = undefined) {
        if (key !== INTERNAL) throw illegal();
        this.#record = record;
    }

    get signal() { return this.#record.signal; }

    error(e = undefined) {
        if (this.#record.stream.state === 'writable') writableError(this.#record, e);
    }
}
idl(WritableStreamDefaultController, 'WritableStreamDefaultController');

const CLOSE = { __proto__: null };

function newWritableController() {
    let signal;
    const controller = {
        object: null, stream: undefined, queue: new Queue(), total: 0, started: false, size: undefined, mark: 0, write: undefined,
        close: undefined, abort: undefined,
        get signal() {
            signal ??= load('events').newSignal();
            return signal;
        },
    };
    controller.object = new WritableStreamDefaultController(INTERNAL, controller);
    return controller;
}

export function createWritable(start, write, close, abort, mark = 1, size = () => 1) {
    const record = newWritable();
    new WritableStream(INTERNAL, record);
    setUpWritableController(record, newWritableController(), start, write, close, abort, mark, size);
    return record;
}

function setUpWritableController(stream, controller, start, write, close, abort, mark, size) {
    controller.stream = stream;
    stream.controller = controller;
    controller.size = size;
    controller.mark = mark;
    controller.write = write;
    controller.close = close;
    controller.abort = abort;
    updateBackpressure(stream, writableDesiredSize(controller) <= 0);
    then(resolved(start()), () => {
        controller.started = true;
        advance(controller);
    }, (error) => {
        controller.started = true;
        dealWithRejection(stream, error);
    });
}

export function writableControllerFrom(stream, sink, { start, write, close, abort }, mark, size) {
    const controller = newWritableController();
    const face = controller.object;
    const nothing = () => resolved(undefined);
    setUpWritableController(
        stream,
        controller,
        start === undefined ? noop : () => ReflectApply(start, sink, [face]),
        write === undefined ? nothing : (chunk) => promising(() => ReflectApply(write, sink, [chunk, face])),
        close === undefined ? nothing : () => promising(() => ReflectApply(close, sink, [])),
        abort === undefined ? nothing : (reason) => promising(() => ReflectApply(abort, sink, [reason])),
        mark,
        size,
    );
}

export function clearWritable(controller) {
    controller.write = undefined;
    controller.close = undefined;
    controller.abort = undefined;
    controller.size = undefined;
}

export const writableDesiredSize = ({ mark, total }) => mark - total;

export function chunkSize(controller, chunk) {
    if (controller.size === undefined) return 1;
    try {
        return controller.size(chunk);
    } catch (error) {
        errorIfNeeded(controller, error);
        return 1;
    }
}

export function errorIfNeeded(controller, error) {
    if (controller.stream.state === 'writable') writableError(controller, error);
}

function writableError(controller, error) {
    clearWritable(controller);
    startErroring(controller.stream, error);
}

export function controllerWrite(controller, chunk, size) {
    const { stream } = controller;
    try {
        enqueueWithSize(controller, chunk, size);
    } catch (error) {
        errorIfNeeded(controller, error);
        return;
    }
    if (!closeQueuedOrInFlight(stream) && stream.state === 'writable') {
        updateBackpressure(stream, writableDesiredSize(controller) <= 0);
    }
    advance(controller);
}

export function enqueueClose(controller) {
    enqueueWithSize(controller, CLOSE, 0);
    advance(controller);
}

function advance(controller) {
    const { stream } = controller;
    if (!controller.started || stream.inFlightWrite !== undefined) return;
    if (stream.state === 'erroring') {
        finishErroring(stream);
        return;
    }
    if (controller.queue.length === 0 || stream.state !== 'writable') return;
    const { value } = controller.queue.peek();
    if (value === CLOSE) processClose(controller);
    else processWrite(controller, value);
}

function processClose(controller) {
    const { stream } = controller;
    stream.inFlightClose = stream.closeRequest;
    stream.closeRequest = undefined;
    dequeue(controller);
    const result = controller.close();
    clearWritable(controller);
    then(result, () => { finishClose(stream); }, (error) => { failClose(stream, error); });
}

function processWrite(controller, chunk) {
    const { stream } = controller;
    stream.inFlightWrite = stream.writeRequests.shift();
    then(controller.write(chunk), () => {
        stream.inFlightWrite.resolve(undefined);
        stream.inFlightWrite = undefined;
        const { state } = stream;
        dequeue(controller);
        if (!closeQueuedOrInFlight(stream) && state === 'writable') {
            updateBackpressure(stream, writableDesiredSize(controller) <= 0);
        }
        advance(controller);
    }, (error) => {
        if (stream.state === 'writable') clearWritable(controller);
        stream.inFlightWrite.reject(error);
        stream.inFlightWrite = undefined;
        dealWithRejection(stream, error);
    });
}
