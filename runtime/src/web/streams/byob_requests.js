// `ReadableStreamBYOBRequest`, after <https://streams.spec.whatwg.org/#rs-byob-request-class>, and
// how a read into a view is asked for and answered
// (<https://streams.spec.whatwg.org/#rbs-controller-abstract-ops>).

import { ArrayBufferByteLength, TypedArrayBuffer } from 'primordials';
import {
    enforced, idl, illegal, INTERNAL, needs, newList, Queue, rangeError, typeError,
} from 'base';
import { waitingInto } from './readable_state.js';
import { bytesView, makeView, viewInfo } from './views.js';
import { byteError, bytePullIfNeeded } from './byte_controller.js';
import {
    commitAll, commitPull, enqueueBytes, enqueueDetachedPull, fillAllFromQueue, fillPull,
    handleQueueDrain, shiftPull,
} from './byte_queue.js';

let invalidate;
export let viewOf;
export let controllerIn;

export class ReadableStreamBYOBRequest {
    #controller;

    #view;

    constructor(key = undefined, controller = undefined, view = undefined) {
        if (key !== INTERNAL) throw illegal();
        this.#controller = controller;
        this.#view = view;
    }

    static { controllerIn = (request) => request.#controller; }

    get view() { return this.#view; }

    respond(bytesWritten) {
        this.#view;
        needs(arguments.length, 1, 'ReadableStreamBYOBRequest.respond');
        const written = enforced(bytesWritten, 2 ** 53 - 1, 'the number of bytes');
        if (this.#controller === undefined) throw typeError('the request was answered already');
        if (native.isDetached(viewInfo(this.#view).buffer)) throw typeError('the buffer of the view is detached');
        byteRespond(this.#controller, written);
    }

    respondWithNewView(view) {
        this.#view;
        needs(arguments.length, 1, 'ReadableStreamBYOBRequest.respondWithNewView');
        const info = viewInfo(view);
        if (info === undefined) throw typeError('the argument is not a view');
        if (this.#controller === undefined) throw typeError('the request was answered already');
        if (native.isDetached(info.buffer)) throw typeError('the buffer of the view is detached');
        byteRespondWithNewView(this.#controller, info);
    }

    static {
        invalidate = (request) => {
            request.#controller = undefined;
            request.#view = null;
        };
        viewOf = (request) => request.#view;
    }
}
idl(ReadableStreamBYOBRequest, 'ReadableStreamBYOBRequest');

export function invalidateRequest(controller) {
    if (controller.byobRequest === null) return;
    invalidate(controller.byobRequest);
    controller.byobRequest = null;
}

export function clearPendingPulls(controller) {
    invalidateRequest(controller);
    controller.pendingPulls = new Queue();
}

export function byobRequestOf(controller) {
    if (controller.byobRequest === null && controller.pendingPulls.length > 0) {
        const first = controller.pendingPulls.peek();
        const view = bytesView(first.buffer, first.byteOffset + first.filled, first.byteLength - first.filled);
        controller.byobRequest = new ReadableStreamBYOBRequest(INTERNAL, controller, view);
    }
    return controller.byobRequest;
}

export function bytePullInto(controller, info, min, request) {
    const { stream } = controller;
    let buffer;
    try {
        buffer = native.transfer(info.buffer);
    } catch (error) {
        request.error(error);
        return;
    }
    const pull = {
        buffer, bufferLength: ArrayBufferByteLength(buffer), byteOffset: info.byteOffset, byteLength: info.byteLength, filled: 0,
        least: min * info.element, element: info.element, kind: info.kind, reader: 'byob',
    };
    if (controller.pendingPulls.length > 0) {
        controller.pendingPulls.push(pull);
        stream.reader.intoRequests.push(request);
        return;
    }
    if (stream.state === 'closed') {
        request.close(makeView(pull.kind, pull.buffer, pull.byteOffset, 0));
        return;
    }
    if (controller.total > 0) {
        if (fillPull(controller, pull)) {
            const view = makeView(pull.kind, native.transfer(pull.buffer), pull.byteOffset, pull.filled / pull.element);
            handleQueueDrain(controller);
            request.chunk(view);
            return;
        }
        if (controller.closeRequested) {
            const error = typeError('the stream ends in the middle of an element');
            byteError(controller, error);
            request.error(error);
            return;
        }
    }
    controller.pendingPulls.push(pull);
    stream.reader.intoRequests.push(request);
    bytePullIfNeeded(controller);
}

function byteRespond(controller, written) {
    const first = controller.pendingPulls.peek();
    if (controller.stream.state === 'closed') {
        if (written !== 0) throw typeError('a closed stream takes no bytes');
    } else {
        if (written === 0) throw typeError('nothing was written');
        if (first.filled + written > first.byteLength) throw rangeError('more was written than the view holds');
    }
    first.buffer = native.transfer(first.buffer);
    respondInternal(controller, written);
}

export function byteRespondWithNewView(controller, { buffer, byteOffset, byteLength }) {
    const first = controller.pendingPulls.peek();
    if (controller.stream.state === 'closed') {
        if (byteLength !== 0) throw typeError('a closed stream takes no bytes');
    } else if (byteLength === 0) {
        throw typeError('nothing was written');
    }
    if (first.byteOffset + first.filled !== byteOffset) throw rangeError('the view begins elsewhere');
    if (first.bufferLength !== ArrayBufferByteLength(buffer)) throw rangeError('the buffer has another length');
    if (first.filled + byteLength > first.byteLength) throw rangeError('more was written than the view holds');
    first.buffer = native.transfer(buffer);
    respondInternal(controller, byteLength);
}

function respondInternal(controller, written) {
    const first = controller.pendingPulls.peek();
    invalidateRequest(controller);
    if (controller.stream.state === 'closed') {
        respondClosed(controller, first);
    } else {
        respondReadable(controller, written, first);
    }
    bytePullIfNeeded(controller);
}

function respondClosed(controller, first) {
    if (first.reader === 'none') shiftPull(controller);
    const { stream } = controller;
    const filled = newList();
    while (filled.length < waitingInto(stream)) filled[filled.length] = shiftPull(controller);
    commitAll(controller, filled);
}

function respondReadable(controller, written, pull) {
    pull.filled += written;
    if (pull.reader === 'none') {
        enqueueDetachedPull(controller, pull);
        commitAll(controller, fillAllFromQueue(controller));
        return;
    }
    if (pull.filled < pull.least) return;
    shiftPull(controller);
    const rest = pull.filled % pull.element;
    if (rest > 0) {
        const end = pull.byteOffset + pull.filled;
        const copy = native.slice(bytesView(pull.buffer, end - rest, rest), 0, rest);
        enqueueBytes(controller, TypedArrayBuffer(copy), 0, rest);
    }
    pull.filled -= rest;
    const filled = fillAllFromQueue(controller);
    commitPull(controller.stream, pull);
    commitAll(controller, filled);
}

/** Ends the requests of a stream that is closed. */
export function respondNothing(controller) { if (controller.pendingPulls.length > 0) byteRespond(controller, 0); }
