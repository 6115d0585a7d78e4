// How the bytes that wait in a stream get into the views of its readers
// (<https://streams.spec.whatwg.org/#rbs-controller-abstract-ops>).

import { TypedArrayBuffer } from 'primordials';
import { newList } from 'base';
import { closeStream, fulfill, fulfillInto } from './readable_state.js';
import { bytesView, makeView } from './views.js';
import { bytePullIfNeeded, clearByte } from './byte_controller.js';

export const enqueueBytes = (controller, buffer, byteOffset, byteLength) => {
    controller.queue.push({ buffer, byteOffset, byteLength });
    controller.total += byteLength;
};

export function enqueueDetachedPull(controller, pull) {
    if (pull.filled > 0) {
        const copy = native.slice(bytesView(pull.buffer, pull.byteOffset, pull.filled), 0, pull.filled);
        enqueueBytes(controller, TypedArrayBuffer(copy), 0, pull.filled);
    }
    shiftPull(controller);
}

export function shiftPull(controller) { return controller.pendingPulls.shift(); }

export function fillFromQueue(controller, request) {
    const { buffer, byteOffset, byteLength } = controller.queue.shift();
    controller.total -= byteLength;
    handleQueueDrain(controller);
    request.chunk(bytesView(buffer, byteOffset, byteLength));
}

export function handleQueueDrain(controller) {
    if (controller.total === 0 && controller.closeRequested) {
        clearByte(controller);
        closeStream(controller.stream);
    } else {
        bytePullIfNeeded(controller);
    }
}

export function fillPull(controller, pull) {
    const most = primordials.MathMin(controller.total, pull.byteLength - pull.filled);
    const filled = pull.filled + most;
    const aligned = filled - (filled % pull.element);
    let left = most;
    let ready = false;
    if (aligned >= pull.least) {
        left = aligned - pull.filled;
        ready = true;
    }
    while (left > 0) {
        const head = controller.queue.peek();
        const count = primordials.MathMin(left, head.byteLength);
        native.copy(pull.buffer, pull.byteOffset + pull.filled, head.buffer, head.byteOffset, count);
        if (head.byteLength === count) {
            controller.queue.shift();
        } else {
            head.byteOffset += count;
            head.byteLength -= count;
        }
        controller.total -= count;
        pull.filled += count;
        left -= count;
    }
    return ready;
}

/** The requests that the queue fills, taken off the list. */
export function fillAllFromQueue(controller) {
    const filled = newList();
    while (controller.pendingPulls.length > 0 && controller.total > 0) {
        if (!fillPull(controller, controller.pendingPulls.peek())) break;
        filled[filled.length] = shiftPull(controller);
    }
    return filled;
}

export function commitAll(controller, pulls) {
    for (let i = 0; i < pulls.length; i++) commitPull(controller.stream, pulls[i]);
}

export function commitPull(stream, pull) {
    const done = stream.state === 'closed';
    const view = makeView(pull.kind, native.transfer(pull.buffer), pull.byteOffset, pull.filled / pull.element);
    if (pull.reader === 'default') fulfill(stream, view, done);
    else fulfillInto(stream, view, done);
}
