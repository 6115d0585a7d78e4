// What a view on a buffer is, and how one of the same kind is made: what the standard reads off
// `[[ViewedArrayBuffer]]` and the table of constructors.

import {
    DataViewBuffer, DataViewByteLength, DataViewByteOffset, TypedArrayBuffer, TypedArrayByteLength,
    TypedArrayByteOffset, TypedArrayTag,
} from 'primordials';
import { construct, isObject, typeError } from 'base';

const ELEMENTS = {
    __proto__: null, Int8Array: 1, Uint8Array: 1, Uint8ClampedArray: 1, Int16Array: 2, Uint16Array: 2, Float16Array: 2,
    Int32Array: 4, Uint32Array: 4, Float32Array: 4, BigInt64Array: 8, BigUint64Array: 8, Float64Array: 8,
};

/** What a view is and where; `undefined` for anything else. */
export function viewInfo(view) {
    if (!isObject(view)) return undefined;
    if (native.isShared(view)) throw typeError('a view on shared memory is not taken here');
    const tag = TypedArrayTag(view);
    if (tag !== undefined) {
        return {
            tag, element: ELEMENTS[tag], kind: native.viewKind(view), buffer: TypedArrayBuffer(view),
            byteOffset: TypedArrayByteOffset(view), byteLength: TypedArrayByteLength(view),
        };
    }
    try {
        return {
            tag, element: 1, kind: -1, buffer: DataViewBuffer(view), byteOffset: DataViewByteOffset(view), byteLength: DataViewByteLength(view),
        };
    } catch {
        return undefined;
    }
}

export const makeView = (kind, buffer, offset, length) => (kind < 0
    ? construct(primordials.DataView, buffer, offset, length) : native.typedArray(kind, buffer, offset, length));

export const UINT8 = native.viewKind(native.concat([]));

export const bytesView = (buffer, offset, length) => native.typedArray(UINT8, buffer, offset, length);

export function copyOfView(view) { return native.slice(view, 0, native.byteLength(view)); }
