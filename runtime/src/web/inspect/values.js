// Any value: what stands around the properties of an object, by its kind.

import {
    BigIntValueOf, BooleanValueOf, MapGet, MapHas, MapSet, MapSize, NumberValueOf, ReflectApply,
    RegExpSource, StringEndsWith, StringValueOf, SymbolFor, SymbolValueOf,
} from 'primordials';
import { newList } from 'native';
import { shownPrimitive } from './primitives.js';
import { constructorName, keysOf, prefix, quiet, tagOf } from './names.js';
import { functionText } from './functions.js';
import {
    arrayShape, boxed, bufferShape, collectionIteratorShape, dataViewShape, dateText, decorated, isTypedArray, mapShape, pairIteratorShape,
    promiseShape, setShape, typedArrayShape, weakShape,
} from './kinds.js';
import { faceShape } from './interfaces.js';
import { errorShape } from './errors.js';
import { formatObject } from './properties.js';
import { indentLines } from './layout.js';
import { failed, inspect } from './format.js';

const CUSTOM = SymbolFor('nodejs.util.inspect.custom');

export function formatValue(context, value, depth) {
    if (value === null || (typeof value !== 'object' && typeof value !== 'function')) {
        return shownPrimitive(context, value);
    }
    const target = native.proxyTarget(value);
    if (target === null) return '<Revoked Proxy>';
    if (target !== undefined) return formatValue(context, target, depth);
    const custom = customText(context, value, depth);
    if (custom !== undefined) return custom;
    for (let i = 0; i < context.seen.length; i++) {
        if (context.seen[i] === value) return circular(context, value);
    }
    return guardedObject(context, value, depth);
}

/** What resists is said in its place, and takes nothing else with it. */
function guardedObject(context, value, depth) {
    const { indent, nesting } = context;
    const open = context.seen.length;
    try {
        return formatObject(context, value, depth);
    } catch (error) {
        context.indent = indent;
        context.nesting = nesting;
        context.seen.length = open;
        return failed(error);
    }
}

function circular(context, value) {
    if (!MapHas(context.circular, value)) {
        MapSet(context.circular, value, MapSize(context.circular) + 1);
    }
    return `[Circular *${MapGet(context.circular, value)}]`;
}

/** What a `[Symbol.for('nodejs.util.inspect.custom')]` method says. */
function customText(context, value, depth) {
    const method = quiet(value, CUSTOM);
    if (typeof method !== 'function') return undefined;
    const left = context.depth - depth;
    const said = ReflectApply(method, value, [left, { depth: left }, inspect]);
    if (said === value) return undefined;
    if (typeof said === 'string') return indentLines(said, context.indent);
    return formatValue(context, said, depth);
}

export const plain = (start, keys) => ({ __proto__: null, start, open: '{', close: '}', items: newList(), keys, grouped: false });

/**
 * What stands around the properties of a value: `text` alone when it has none, else
 * `start open items close`.
 */
export function shapeOf(context, value, depth) {
    const kind = native.kind(value);
    const name = constructorName(value);
    const tag = tagOf(value, name);
    const subject = { __proto__: null, context, value, depth, kind, name, tag, keys: undefined };
    if (kind === 'Array') return arrayShape(subject);
    const isTyped = isTypedArray(value);
    subject.keys = keysOf(value, kind === 'String' || isTyped, context.hidden);
    if (isTyped) return typedArrayShape(subject);
    return (SHAPES[kind] ?? otherShape)(subject);
}

/** What has no shape by the engine's class of it: functions, iterators, instances. */
function otherShape(subject) {
    const { context, value, kind, name, tag, keys } = subject;
    if (typeof value === 'function') return textShape(functionText(value, kind, name, tag), keys);
    const rest = native.iteratorRest?.(value);
    if (rest !== undefined) return pairIteratorShape(subject, rest.name, rest.items);
    const left = native.collectionRest(value, context.most);
    if (left !== undefined) return collectionIteratorShape(subject, left);
    if (StringEndsWith(kind, 'Iterator') || StringEndsWith(kind, 'Generator')) {
        return plain(`Object [${tag === '' ? kind : tag}] `, keys);
    }
    if (native.isError(value)) return errorShape(subject);
    const face = native.interfaceOf?.(value) ?? native.textCoder(value);
    if (face !== undefined) return faceShape(subject, face);
    return plain(name === 'Object' && tag === '' ? '' : prefix(name, tag, 'Object'), keys);
}

const box = (valueOf) => (subject) => textShape(boxed(subject, valueOf(subject.value)), subject.keys);
const written = (textOf) => (subject) => textShape(decorated(subject, textOf(subject.value)), subject.keys);

/** Shapes by the engine's own class of a value. */
const SHAPES = {
    __proto__: null,
    Set: setShape, Map: mapShape, WeakSet: weakShape, WeakMap: weakShape, Promise: promiseShape,
    ArrayBuffer: bufferShape, SharedArrayBuffer: bufferShape, DataView: dataViewShape,
    Error: errorShape, DOMException: errorShape,
    Arguments: ({ keys }) => plain('[Arguments] ', keys),
    Module: ({ keys }) => plain('[Module: null prototype] ', keys),
    RegExp: written((value) => `/${RegExpSource(value)}/${load('base').flagsOf(value)}`), Date: written(dateText),
    Number: box(NumberValueOf), Boolean: box(BooleanValueOf), String: box(StringValueOf), BigInt: box(BigIntValueOf),
    Symbol: box(SymbolValueOf),
};

export const textShape = (shown, keys) => ({ __proto__: null, ...plain(`${shown} `, keys), text: shown });
