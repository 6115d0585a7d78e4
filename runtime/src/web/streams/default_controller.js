// `ReadableStreamDefaultController`, after
// <https://streams.spec.whatwg.org/#rs-default-controller-class> and
// <https://streams.spec.whatwg.org/#rs-default-controller-abstract-ops>.

import { ReflectApply } from 'primordials';
import { idl, illegal, INTERNAL, noop, promising, Queue, resolved, then, typeError } from 'base';
import { dequeue, enqueueWithSize, resetQueue } from './queues.js';
import { closeStream, errorStream, fulfill, waitingReads } from './readable_state.js';

export class ReadableStreamDefaultController {
    #record;

    constructor(key = undefined, record = undefined) {
        if (key !== INTERNAL) throw illegal();
        this.#record = record;
    }

    get desiredSize() { return desiredSize(this.#record); }

    close() {
        if (!canCloseOrEnqueue(this.#record)) throw typeError('the stream cannot be closed any more');
        defaultClose(this.#record);
    }

    enqueue(chunk = undefined) {
        if (!canCloseOrEnqueue(this.#record)) throw typeError('the stream takes no chunk any more');
        defaultEnqueue(this.#record, chunk);
    }

    error(e = undefined) { defaultError(this.#record, e); }
}
idl(ReadableStreamDefaultController, 'ReadableStreamDefaultController');

export function newDefaultController() {
    const controller = {
        isByte: false, object: null, stream: undefined, queue: new Queue(), total: 0, started: false, closeRequested: false,
        pullAgain: false, pulling: false, size: undefined, mark: 0, pull: undefined, cancel: undefined,
        cancelSteps: defaultCancelSteps, pullSteps: defaultPullSteps, releaseSteps: noop,
    };
    controller.object = new ReadableStreamDefaultController(INTERNAL, controller);
    return controller;
}

/** `[[CancelSteps]]` */
function defaultCancelSteps(reason) {
    resetQueue(this);
    const result = this.cancel(reason);
    clearDefault(this);
    return result;
}

/** `[[PullSteps]]` */
function defaultPullSteps(request) {
    if (this.queue.length === 0) {
        this.stream.reader.requests.push(request);
        pullIfNeeded(this);
        return;
    }
    const chunk = dequeue(this);
    if (this.closeRequested && this.queue.length === 0) {
        clearDefault(this);
        closeStream(this.stream);
    } else {
        pullIfNeeded(this);
    }
    request.chunk(chunk);
}

function clearDefault(controller) {
    controller.pull = undefined;
    controller.cancel = undefined;
    controller.size = undefined;
}

export function setUpDefaultController(stream, controller, start, pull, cancel, mark, size) {
    controller.stream = stream;
    controller.size = size;
    controller.mark = mark;
    controller.pull = pull;
    controller.cancel = cancel;
    stream.controller = controller;
    startController(controller, start, pullIfNeeded, defaultError);
}

export function startController(controller, start, pullMore, fail) {
    then(resolved(start()), () => {
        controller.started = true;
        pullMore(controller);
    }, (error) => { fail(controller, error); });
}

export function defaultControllerFrom(stream, source, { start, pull, cancel }, mark, size) {
    const controller = newDefaultController();
    const face = controller.object;
    setUpDefaultController(
        stream,
        controller,
        start === undefined ? noop : () => ReflectApply(start, source, [face]),
        pull === undefined ? () => resolved(undefined) : () => promising(() => ReflectApply(pull, source, [face])),
        cancel === undefined ? () => resolved(undefined) : (reason) => promising(() => ReflectApply(cancel, source, [reason])),
        mark,
        size,
    );
}

// One pull at a time, for controllers of both kinds: after
// <https://streams.spec.whatwg.org/#readable-stream-default-controller-call-pull-if-needed>.
export function callPull(controller, isWanted, fail) {
    if (!isWanted(controller)) return;
    if (controller.pulling) {
        controller.pullAgain = true;
        return;
    }
    controller.pulling = true;
    then(controller.pull(), () => {
        controller.pulling = false;
        if (controller.pullAgain) {
            controller.pullAgain = false;
            callPull(controller, isWanted, fail);
        }
    }, (error) => { fail(controller, error); });
}

function pullIfNeeded(controller) { callPull(controller, shouldPull, defaultError); }

export function shouldPull(controller) {
    if (!canCloseOrEnqueue(controller) || !controller.started) return false;
    return waitingReads(controller.stream) > 0 || desiredSize(controller) > 0;
}

export const canCloseOrEnqueue = (controller) => !controller.closeRequested && controller.stream.state === 'readable';

export function desiredSize({ stream, mark, total }) {
    if (stream.state === 'errored') return null;
    return stream.state === 'closed' ? 0 : mark - total;
}

export function defaultClose(controller) {
    if (!canCloseOrEnqueue(controller)) return;
    controller.closeRequested = true;
    if (controller.queue.length === 0) {
        clearDefault(controller);
        closeStream(controller.stream);
    }
}

export function defaultEnqueue(controller, chunk) {
    if (!canCloseOrEnqueue(controller)) return;
    if (waitingReads(controller.stream) > 0) {
        fulfill(controller.stream, chunk, false);
    } else {
        try {
            const size = controller.size(chunk);
            enqueueWithSize(controller, chunk, size);
        } catch (error) {
            defaultError(controller, error);
            throw error;
        }
    }
    pullIfNeeded(controller);
}

export function defaultError(controller, error) {
    if (controller.stream.state !== 'readable') return;
    resetQueue(controller);
    clearDefault(controller);
    errorStream(controller.stream, error);
}
