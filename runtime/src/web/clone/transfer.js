// `structuredClone`, and what moves instead of being copied, after
// <https://html.spec.whatwg.org/multipage/structured-data.html#structuredserializewithtransfer>.

import {
    ArrayBufferByteLength, ArrayBufferImmutable, ArrayBufferMaxByteLength, ArrayBufferResizable,
    ArrayBufferResize, MapGet, MapHas, MapSet, ObjectDefineProperty,
} from 'primordials';
import {
    construct, dictionary, domException, isObject, needs, newList, sequence, typeError,
} from 'base';
import { copy, failure } from './copy.js';
import { isDetachedPort, isPort, movePort, newPort } from './ports.js';

/** What `options.transfer` lists, checked. */
export function transferList(options) {
    const { transfer } = dictionary(options, 'options');
    return transfer === undefined ? [] : sequence(transfer, 'transfer', checkedObject);
}

export function checkedObject(item) {
    if (!isObject(item)) throw typeError('only objects can be transferred');
    return item;
}

/** Clones `value`, and moves what is in `list`. */
export function cloneWith(value, list, own) {
    const known = new primordials.Map();
    const ports = newList();
    for (let i = 0; i < list.length; i++) {
        const item = list[i];
        if (MapHas(known, item)) throw domException('DataCloneError', 'something is transferred twice');
        if (isPort(item)) {
            if (item === own) throw domException('DataCloneError', 'a port cannot transfer itself');
            if (isDetachedPort(item)) throw domException('DataCloneError', 'the port was transferred already');
            MapSet(known, item, newPort());
        } else if (native.kind(item) === 'ArrayBuffer') {
            if (native.isDetached(item)) throw domException('DataCloneError', 'the buffer is detached');
            if (ArrayBufferImmutable(item)) throw failure('an immutable buffer to be transferred');
            MapSet(known, item, successorOf(item));
        } else {
            throw domException('DataCloneError', 'this object cannot be transferred');
        }
    }
    const made = copy(value, known);
    for (let i = 0; i < list.length; i++) {
        const item = list[i];
        if (isPort(item)) {
            const port = MapGet(known, item);
            movePort(item, port);
            ports[ports.length] = port;
        } else {
            if (native.isDetached(item)) throw domException('DataCloneError', 'the buffer is detached');
            const target = MapGet(known, item);
            const length = ArrayBufferByteLength(item);
            // A getter may have resized it.
            if (ArrayBufferByteLength(target) !== length) ArrayBufferResize(target, length);
            native.copy(target, 0, item, 0, length);
            native.transfer(item);
        }
    }
    return { made, ports };
}

/** The buffer that a transferred one becomes. */
function successorOf(buffer) {
    const length = ArrayBufferByteLength(buffer);
    if (!ArrayBufferResizable(buffer)) return native.newBuffer(length);
    return construct(primordials.ArrayBuffer, length, { maxByteLength: ArrayBufferMaxByteLength(buffer) });
}

/** A clone for our own files. */
export const clone = (value) => cloneWith(value, [], undefined).made;

export function structuredClone(value, options = undefined) {
    needs(arguments.length, 1, 'structuredClone');
    return cloneWith(value, transferList(options), undefined).made;
}
ObjectDefineProperty(structuredClone, 'length', { __proto__: null, value: 1 });
