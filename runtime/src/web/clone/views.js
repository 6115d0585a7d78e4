// Copies of buffers and of the views on them, after
// <https://html.spec.whatwg.org/multipage/structured-data.html#structuredserializeinternal>.

import {
    ArrayBufferByteLength, ArrayBufferMaxByteLength, ArrayBufferResizable, ArrayBufferResize,
    DataViewBuffer, DataViewByteLength, DataViewByteOffset, TypedArrayBuffer, TypedArrayByteLength,
    TypedArrayByteOffset, TypedArrayIndexOf,
} from 'primordials';
import { construct } from 'base';
import { copy, failure } from './copy.js';

export function copyBuffer(buffer) {
    if (native.isDetached(buffer)) throw failure('a detached ArrayBuffer');
    if (!ArrayBufferResizable(buffer)) return native.bufferOf(buffer);
    const made = construct(primordials.ArrayBuffer, ArrayBufferByteLength(buffer), { maxByteLength: ArrayBufferMaxByteLength(buffer) });
    native.copy(made, 0, buffer, 0, ArrayBufferByteLength(buffer));
    return made;
}

/** How the two families of views are asked, and made. */
export const DATA_VIEW = {
    __proto__: null,
    bufferOf: DataViewBuffer,
    offsetOf: DataViewByteOffset,
    lengthOf: DataViewByteLength,
    unitOf: () => 1,
    isOutside: (view) => isThrown(DataViewByteLength, view),
    make: (view, buffer, offset, length) => construct(primordials.DataView, buffer, offset, length),
};
export const TYPED_ARRAY = {
    __proto__: null,
    bufferOf: TypedArrayBuffer,
    offsetOf: TypedArrayByteOffset,
    lengthOf: TypedArrayByteLength,
    unitOf: (view) => native.elementSize(view),
    isOutside: (view) => isThrown(TypedArrayIndexOf, view),
    make: (view, buffer, offset, length) => native.typedArray(
        native.viewKind(view), buffer, offset, length === undefined ? undefined : length / native.elementSize(view),
    ),
};

/** Whether a built-in throws for a view: those here do so for one that is outside of its buffer. */
function isThrown(builtIn, view) {
    try {
        builtIn(view);
        return false;
    } catch {
        return true;
    }
}

/** A view of the same kind on the copy of the buffer, at the same place, and as long, or as long as the buffer is. */
export function copyView(family, view, known) {
    if (family.isOutside(view)) throw failure('a view outside of its buffer');
    const buffer = family.bufferOf(view);
    const offset = family.offsetOf(view);
    const target = copy(buffer, known);
    const length = isTracking(family, view, buffer, offset) ? undefined : family.lengthOf(view);
    const end = offset + (length ?? 0);
    const whole = ArrayBufferByteLength(target);
    if (end <= whole) return family.make(view, target, offset, length);
    // A getter has resized the buffer since it was copied: the view is outside of the copy.
    ArrayBufferResize(target, end);
    const made = family.make(view, target, offset, length);
    ArrayBufferResize(target, whole);
    return made;
}

/**
 * Whether a view is as long as its buffer, however long that is: nothing tells but what the view
 * becomes when the buffer has another length, which it is given for a moment.
 */
function isTracking(family, view, buffer, offset) {
    if (!ArrayBufferResizable(buffer)) return false;
    const whole = ArrayBufferByteLength(buffer);
    const length = family.lengthOf(view);
    const longer = offset + length + family.unitOf(view);
    if (longer <= whole) return false;
    if (longer <= ArrayBufferMaxByteLength(buffer)) {
        ArrayBufferResize(buffer, longer);
        const grows = family.lengthOf(view) > length;
        ArrayBufferResize(buffer, whole);
        return grows;
    }
    // There is no room for another element; one that may never have any is as good as fixed.
    if (length === 0) return false;
    const shorter = offset + length - 1;
    const rest = native.slice(buffer, shorter, whole);
    ArrayBufferResize(buffer, shorter);
    const shrinks = !family.isOutside(view);
    ArrayBufferResize(buffer, whole);
    native.copy(buffer, shorter, TypedArrayBuffer(rest), 0, whole - shorter);
    return shrinks;
}
