// The properties of an object, inside what stands around them.

import {
    ArrayIsArray, MapGet, ObjectGetOwnPropertyDescriptor, ObjectHasOwnProperty, StringTrim,
} from 'primordials';
import { newList } from 'native';
import { COMPACT, MAX_NESTING, push, pushAll } from './limits.js';
import { shownSymbol } from './primitives.js';
import { constructorName, prefix, quiet, shownKey, tagOf } from './names.js';
import { formatValue, shapeOf } from './values.js';
import { indentLines, joined } from './layout.js';

export function formatObject(context, value, depth) {
    const shape = shapeOf(context, value, depth + 1);
    const empty = shape.keys.length === 0 && shape.always !== true && shape.items.length === 0;
    if (empty) return shape.text ?? `${shape.start}${shape.open}${shape.close}`;
    if (depth > context.depth && shape.text === undefined) return tooDeep(value, shape);
    if (depth > MAX_NESTING) return tooDeep(value, shape);
    context.seen[context.seen.length] = value;
    context.nesting = depth;
    // What is ours is laid out by itself, without its name, and moved in as a whole.
    const { indent } = context;
    if (shape.face === true) context.indent = 0;
    const items = newList();
    pushAll(items, shape.list === undefined ? shape.items : shape.list());
    for (let i = 0; i < shape.keys.length; i++) {
        push(items, formatProperty(context, value, shape.keys[i], depth + 1, false));
    }
    context.seen.length--;
    const reference = MapGet(context.circular, value);
    const start = reference === undefined ? shape.start : `<ref *${reference}> ${shape.start}`;
    if (shape.face !== true) return joined(context, items, shape, start, depth);
    const shown = start + joined(context, items, shape, '', depth);
    context.indent = indent;
    return indentLines(shown, indent);
}

function tooDeep(value, shape) {
    if (ArrayIsArray(value)) return shape.start === '' ? '[Array]' : `[${StringTrim(shape.start)}]`;
    const name = constructorName(value);
    const tag = tagOf(value, name);
    const shown = StringTrim(prefix(name, tag, 'Object'));
    return name === null ? shown : `[${shown}]`;
}

export function formatProperty(context, value, key, depth, isItem) {
    const own = ObjectGetOwnPropertyDescriptor(value, key)
        ?? { value: quiet(value, key), enumerable: true };
    let shown;
    if (ObjectHasOwnProperty(own, 'value')) {
        context.indent += isItem ? 2 : COMPACT === 3 ? 2 : 3;
        shown = formatValue(context, own.value, depth);
        context.indent -= 2;
    } else if (own.get !== undefined) {
        shown = own.set === undefined ? '[Getter]' : '[Getter/Setter]';
    } else {
        shown = own.set === undefined ? 'undefined' : '[Setter]';
    }
    if (isItem) return shown;
    return `${own.enumerable ? shownKey(key) : `[${typeof key === 'symbol' ? shownSymbol(key) : key}]`}: ${shown}`;
}
