// `ReadableByteStreamController`, after <https://streams.spec.whatwg.org/#rbs-controller-class> and
// <https://streams.spec.whatwg.org/#rbs-controller-abstract-ops>.

import { ArrayBufferByteLength, ReflectApply } from 'primordials';
import {
    attempt, idl, illegal, INTERNAL, needs, noop, promising, Queue, resolved, typeError,
} from 'base';
import { resetQueue } from './queues.js';
import { closeStream, errorStream, fulfill, waitingInto, waitingReads } from './readable_state.js';
import { callPull, desiredSize, startController } from './default_controller.js';
import { bytesView, UINT8, viewInfo } from './views.js';
import { byobRequestOf, clearPendingPulls, invalidateRequest } from './byob_requests.js';
import {
    commitAll, enqueueBytes, enqueueDetachedPull, fillAllFromQueue, fillFromQueue, shiftPull,
} from './byte_queue.js';

export class ReadableByteStreamController {
    #record;

    constructor(key = undefined, record = undefined) {
        if (key !== INTERNAL) throw illegal();
        this.#record = record;
    }

    get byobRequest() { return byobRequestOf(this.#record); }

    get desiredSize() { return desiredSize(this.#record); }

    close() {
        if (this.#record.closeRequested) throw typeError('the stream is being closed already');
        if (this.#record.stream.state !== 'readable') throw typeError('the stream cannot be closed any more');
        byteClose(this.#record);
    }

    enqueue(chunk) {
        const record = this.#record;
        needs(arguments.length, 1, 'ReadableByteStreamController.enqueue');
        const info = viewInfo(chunk);
        if (info === undefined) throw typeError('the chunk is not a view');
        if (info.byteLength === 0) throw typeError('the chunk is empty');
        if (ArrayBufferByteLength(info.buffer) === 0) throw typeError('the buffer of the chunk is empty');
        if (record.closeRequested) throw typeError('the stream is being closed');
        if (record.stream.state !== 'readable') throw typeError('the stream takes no chunk any more');
        byteEnqueue(record, info);
    }

    error(e = undefined) { byteError(this.#record, e); }
}
idl(ReadableByteStreamController, 'ReadableByteStreamController');

export function newByteController() {
    const controller = {
        isByte: true, object: null, stream: undefined, queue: new Queue(), total: 0, started: false, closeRequested: false,
        pullAgain: false, pulling: false, mark: 0, pull: undefined, cancel: undefined, byobRequest: null, pendingPulls: new Queue(),
        autoAllocate: undefined,
        cancelSteps: byteCancelSteps, pullSteps: bytePullSteps, releaseSteps: byteReleaseSteps,
    };
    controller.object = new ReadableByteStreamController(INTERNAL, controller);
    return controller;
}

/** `[[CancelSteps]]` */
function byteCancelSteps(reason) {
    clearPendingPulls(this);
    resetQueue(this);
    const result = this.cancel(reason);
    clearByte(this);
    return result;
}

/** `[[PullSteps]]` */
function bytePullSteps(request) {
    if (this.total > 0) {
        fillFromQueue(this, request);
        return;
    }
    if (this.autoAllocate !== undefined && !attempt(allocatePull, this, request.error)) return;
    this.stream.reader.requests.push(request);
    bytePullIfNeeded(this);
}

/** Has a reader without a view fill one of ours. */
function allocatePull({ pendingPulls, autoAllocate }) {
    const buffer = native.newBuffer(autoAllocate);
    pendingPulls.push({
        buffer, bufferLength: autoAllocate, byteOffset: 0, byteLength: autoAllocate, filled: 0, least: 1, element: 1, kind: UINT8,
        reader: 'default',
    });
}

/** `[[ReleaseSteps]]` */
function byteReleaseSteps() {
    if (this.pendingPulls.length === 0) return;
    const first = this.pendingPulls.peek();
    first.reader = 'none';
    this.pendingPulls = new Queue();
    this.pendingPulls.push(first);
}

export function setUpByteController(stream, controller, start, pull, cancel, mark, autoAllocate) {
    controller.stream = stream;
    controller.mark = mark;
    controller.pull = pull;
    controller.cancel = cancel;
    controller.autoAllocate = autoAllocate;
    stream.controller = controller;
    startController(controller, start, bytePullIfNeeded, byteError);
}

export function byteControllerFrom(stream, source, { start, pull, cancel, autoAllocateChunkSize }, mark) {
    const controller = newByteController();
    const face = controller.object;
    if (autoAllocateChunkSize === 0) throw typeError('`autoAllocateChunkSize` is 0');
    setUpByteController(
        stream,
        controller,
        start === undefined ? noop : () => ReflectApply(start, source, [face]),
        pull === undefined ? () => resolved(undefined) : () => promising(() => ReflectApply(pull, source, [face])),
        cancel === undefined ? () => resolved(undefined) : (reason) => promising(() => ReflectApply(cancel, source, [reason])),
        mark,
        autoAllocateChunkSize,
    );
}

export function clearByte(controller) {
    controller.pull = undefined;
    controller.cancel = undefined;
}

export function bytePullIfNeeded(controller) { callPull(controller, byteShouldPull, byteError); }

function byteShouldPull(controller) {
    const { stream } = controller;
    if (stream.state !== 'readable' || controller.closeRequested || !controller.started) return false;
    return waitingReads(stream) > 0 || waitingInto(stream) > 0 || desiredSize(controller) > 0;
}

export function byteError(controller, error) {
    if (controller.stream.state !== 'readable') return;
    clearPendingPulls(controller);
    resetQueue(controller);
    clearByte(controller);
    errorStream(controller.stream, error);
}

export function byteClose(controller) {
    const { stream } = controller;
    if (controller.closeRequested || stream.state !== 'readable') return;
    if (controller.total > 0) {
        controller.closeRequested = true;
        return;
    }
    if (controller.pendingPulls.length > 0) {
        const first = controller.pendingPulls.peek();
        if (first.filled % first.element !== 0) {
            const error = typeError('the stream ends in the middle of an element');
            byteError(controller, error);
            throw error;
        }
    }
    clearByte(controller);
    closeStream(stream);
}

export function byteEnqueue(controller, { buffer, byteOffset, byteLength }) {
    const { stream } = controller;
    if (controller.closeRequested || stream.state !== 'readable') return;
    if (native.isDetached(buffer)) throw typeError('the buffer of the chunk is detached');
    const transferred = native.transfer(buffer);
    if (controller.pendingPulls.length > 0) {
        const first = controller.pendingPulls.peek();
        if (native.isDetached(first.buffer)) throw typeError('the buffer of the request is detached');
        invalidateRequest(controller);
        first.buffer = native.transfer(first.buffer);
        if (first.reader === 'none') enqueueDetachedPull(controller, first);
    }
    if (stream.reader !== undefined && !stream.reader.isByob) {
        while (stream.reader.requests.length > 0 && controller.total > 0) {
            fillFromQueue(controller, stream.reader.requests.shift());
        }
        if (waitingReads(stream) === 0) {
            enqueueBytes(controller, transferred, byteOffset, byteLength);
        } else {
            if (controller.pendingPulls.length > 0) shiftPull(controller);
            fulfill(stream, bytesView(transferred, byteOffset, byteLength), false);
        }
    } else if (waitingInto(stream) > 0) {
        enqueueBytes(controller, transferred, byteOffset, byteLength);
        commitAll(controller, fillAllFromQueue(controller));
    } else {
        enqueueBytes(controller, transferred, byteOffset, byteLength);
    }
    bytePullIfNeeded(controller);
}
