// What the language's own objects hold: items of lists, maps, buffers and promises.

import {
    ArrayBufferByteLength, DataViewBuffer, DataViewByteLength, DataViewByteOffset, DateGetTime,
    DateToISOString, MapForEach, MapSize, ObjectHasOwnProperty, ReflectOwnKeys, SetForEach, SetSize,
    SharedArrayBufferByteLength, StringSlice, TypedArrayLength, TypedArrayTag,
} from 'primordials';
import { newList } from 'native';
import { push } from './limits.js';
import { shownNumber, shownPrimitive } from './primitives.js';
import { dataProperty, isIndex, keysOf, prefix } from './names.js';
import { formatValue, plain } from './values.js';
import { formatProperty } from './properties.js';

export const isTypedArray = (value) => TypedArrayTag(value) !== undefined;

/** A text that stands for a value, with its class where that is not the expected one. */
export function decorated({ name, tag, kind }, text) {
    const start = prefix(name, tag, kind);
    return start === `${kind} ` ? text : `${start}${text}`;
}

export function dateText(date) {
    const time = DateGetTime(date);
    return time === time ? DateToISOString(date) : 'Invalid Date';
}

export function boxed({ context, kind, name, tag }, primitive) {
    let shown = `[${kind}`;
    if (name !== kind) shown += name === null ? ' (null prototype)' : ` (${name})`;
    shown += `: ${shownPrimitive({ ...context, compact: false }, primitive)}]`;
    return tag !== '' && tag !== name ? `${shown} [${tag}]` : shown;
}

export const more = (count) => `... ${count} more item${count > 1 ? 's' : ''}`;

export function arrayShape({ context, value, depth, name, tag }) {
    const length = dataProperty(value, 'length') ?? 0;
    const plainArray = name === 'Array' && tag === '';
    return {
        __proto__: null,
        ...plain(plainArray ? '' : prefix(name, tag, 'Array', length), keysOf(value, true, context.hidden)),
        open: '[', close: ']', grouped: true, always: length > 0,
        list: () => arrayItems(context, value, depth, length),
    };
}

function arrayItems(context, value, depth, length) {
    const items = newList();
    let index = 0;
    for (let shown = 0; shown < context.most && index < length; shown++) {
        if (ObjectHasOwnProperty(value, index)) {
            push(items, formatProperty(context, value, index, depth, true));
            index++;
        } else {
            const end = nextIndex(value, index, length);
            const count = end - index;
            push(items, `<${count} empty item${count > 1 ? 's' : ''}>`);
            index = end;
        }
    }
    if (index < length) push(items, more(length - index));
    return items;
}

/** The next index at or after `index` that the array has. */
function nextIndex(value, index, length) {
    for (let near = index; near < index + 64 && near < length; near++) {
        if (ObjectHasOwnProperty(value, near)) return near;
    }
    const keys = ReflectOwnKeys(value);
    for (let i = 0; i < keys.length && isIndex(keys[i]); i++) {
        const at = +keys[i];
        if (at > index) return at;
    }
    return length;
}

export function typedArrayShape({ context, value, name, tag, keys, kind }) {
    const length = TypedArrayLength(value);
    return {
        __proto__: null,
        ...plain(prefix(name, tag, kind, length), keys),
        open: '[', close: ']', grouped: true, always: length > 0,
        list() {
            const items = newList();
            for (let i = 0; i < length && i < context.most; i++) {
                const item = value[i];
                push(items, typeof item === 'bigint' ? `${item}n` : shownNumber(item));
            }
            if (length > context.most) push(items, more(length - context.most));
            return items;
        },
    };
}

export function setShape({ context, value, depth, name, tag, keys }) {
    const size = SetSize(value);
    const shape = plain(prefix(name, tag, 'Set', size), keys);
    shape.list = () => setItems(context, value, depth);
    shape.always = size > 0;
    return shape;
}

function setItems(context, set, depth) {
    const items = newList();
    context.indent += 2;
    let count = 0;
    SetForEach(set, (item) => {
        if (count++ < context.most) push(items, formatValue(context, item, depth));
    });
    if (count > context.most) push(items, more(count - context.most));
    context.indent -= 2;
    return items;
}

export function mapShape({ context, value, depth, name, tag, keys }) {
    const size = MapSize(value);
    const shape = plain(prefix(name, tag, 'Map', size), keys);
    shape.list = () => mapItems(context, value, depth);
    shape.always = size > 0;
    return shape;
}

function mapItems(context, map, depth) {
    const items = newList();
    context.indent += 2;
    let count = 0;
    MapForEach(map, (item, key) => {
        if (count++ < context.most) {
            push(items, `${formatValue(context, key, depth)} => ${formatValue(context, item, depth)}`);
        }
    });
    if (count > context.most) push(items, more(count - context.most));
    context.indent -= 2;
    return items;
}

/** What holds things weakly does not tell which. */
export function weakShape({ kind, name, tag, keys }) {
    const shape = plain(prefix(name, tag, kind), keys);
    shape.items = ['<items unknown>'];
    return shape;
}

export function promiseShape({ context, value, depth, name, tag, keys }) {
    const shape = plain(prefix(name, tag, 'Promise'), keys);
    shape.list = () => promiseItems(context, value, depth);
    shape.always = true;
    return shape;
}

function promiseItems(context, promise, depth) {
    const state = native.promiseState(promise);
    if (state === 0) return ['<pending>'];
    context.indent += 2;
    const result = formatValue(context, native.promiseResult(promise), depth);
    context.indent -= 2;
    return [state === 2 ? `<rejected> ${result}` : result];
}

export function bufferShape({ context, value, kind, name, tag, keys }) {
    const shape = plain(prefix(name, tag, kind), keys);
    const bytes = native.hex(value, context.most);
    if (bytes === undefined) {
        shape.items = ['(detached)', 'byteLength: 0'];
        return shape;
    }
    const length = kind === 'ArrayBuffer' ? ArrayBufferByteLength(value) : SharedArrayBufferByteLength(value);
    const rest = length > context.most
        ? ` ... ${length - context.most} more byte${length > context.most + 1 ? 's' : ''}` : '';
    shape.items = [`[Uint8Contents]: <${bytes}${rest}>`, `byteLength: ${length}`];
    return shape;
}

export function dataViewShape({ context, value, depth, name, tag, keys }) {
    const shape = plain(prefix(name, tag, 'DataView'), keys);
    shape.always = true;
    shape.list = () => {
        context.indent += 2;
        const buffer = formatValue(context, DataViewBuffer(value), depth);
        context.indent -= 2;
        return [
            `byteLength: ${lengthOf(DataViewByteLength, value)}`,
            `byteOffset: ${lengthOf(DataViewByteOffset, value)}`,
            `buffer: ${buffer}`,
        ];
    };
    return shape;
}

/** What is asked of a view; a view that is outside of its buffer has nothing. */
function lengthOf(ask, view) {
    try {
        return ask(view);
    } catch {
        return 0;
    }
}

/** An iterator of URL parameters shows what is left of it, as Node does. */
export function pairIteratorShape({ context, depth, keys }, name, rest) {
    const shape = plain(`${name} Iterator `, keys);
    shape.always = true;
    shape.list = () => {
        const items = newList();
        context.indent += 2;
        for (let i = 0; i < rest.length && i < context.most; i++) push(items, formatValue(context, rest[i], depth));
        context.indent -= 2;
        if (rest.length > context.most) push(items, more(rest.length - context.most));
        return items;
    };
    return shape;
}

/** An iterator of a `Map` or a `Set` shows what is left of it. */
export function collectionIteratorShape({ context, depth, kind, keys }, { pairs, items, count }) {
    const shape = plain(`[${pairs ? `${StringSlice(kind, 0, 3)} Entries` : kind}] `, keys);
    shape.always = true;
    shape.list = () => {
        const shown = newList();
        context.indent += 2;
        for (let i = 0; i < items.length; i++) {
            const item = formatValue(context, items[i], depth);
            push(shown, pairs ? `[ ${item}, ${formatValue(context, items[++i], depth)} ]` : item);
        }
        context.indent -= 2;
        if (count > context.most) push(shown, more(count - context.most));
        return shown;
    };
    return shape;
}
