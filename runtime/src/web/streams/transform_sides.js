// What the two sides of a transform stream do, after
// <https://streams.spec.whatwg.org/#ts-default-sink-abstract-ops> and
// <https://streams.spec.whatwg.org/#ts-default-source-abstract-ops>.

import { chain, deferred, then } from 'base';
import { defaultClose, defaultError } from './default_controller.js';
import { errorIfNeeded } from './writable_controller.js';
import {
    clearTransform, performTransform, setTransformBackpressure, unblockWrite,
} from './transform.js';

export function sinkWrite(stream, chunk) {
    const { controller, writable } = stream;
    if (!stream.backpressure) return performTransform(controller, chunk);
    return chain(stream.change.promise, () => {
        if (writable.state === 'erroring') throw writable.storedError;
        return performTransform(controller, chunk);
    });
}

export function sinkAbort(stream, reason) {
    const { controller, readable } = stream;
    return finished(controller, readable, () => controller.cancel(reason), {
        settle: () => { defaultError(readable.controller, reason); },
        fail: (error) => { defaultError(readable.controller, error); },
    });
}

export function sinkClose(stream) {
    const { controller, readable } = stream;
    return finished(controller, readable, () => controller.flush(), {
        settle: () => { defaultClose(readable.controller); },
        fail: (error) => { defaultError(readable.controller, error); },
    });
}

export function sourceCancel(stream, reason) {
    const { controller, writable } = stream;
    const error = (why) => {
        errorIfNeeded(writable.controller, why);
        unblockWrite(stream);
    };
    return finished(controller, writable, () => controller.cancel(reason), {
        settle: () => { error(reason); },
        fail: error,
    });
}

/** What these three have in common: `work` is done once, and then the `other` side hears of it. */
function finished(controller, other, work, { settle, fail }) {
    if (controller.finish !== undefined) return controller.finish.promise;
    const finish = deferred();
    controller.finish = finish;
    const result = work();
    clearTransform(controller);
    then(result, () => {
        if (other.state === 'errored') {
            finish.reject(other.storedError);
        } else {
            settle();
            finish.resolve(undefined);
        }
    }, (error) => {
        fail(error);
        finish.reject(error);
    });
    return finish.promise;
}

export function sourcePull(stream) {
    setTransformBackpressure(stream, false);
    return stream.change.promise;
}
