// The names of classes, tags and properties, found without asking the script.

import {
    NumberParseInt, ObjectGetOwnPropertyDescriptor, ObjectGetPrototypeOf, ObjectHasOwnProperty,
    ReflectOwnKeys, RegExp, RegExpExec,
} from 'primordials';
import { newList } from 'native';
import { MAX_NESTING, push } from './limits.js';
import { quoted, shownSymbol } from './primitives.js';

const { toStringTag } = primordials.Symbol;

export const isProxy = (value) => native.proxyTarget(value) !== undefined;

/** The name of the nearest constructor on the prototype chain; `null` when there is none. */
export function constructorName(value) {
    let holder = value;
    for (let depth = 0; holder !== null && depth < MAX_NESTING; depth++) {
        const own = descriptor(holder, 'constructor');
        if (own !== undefined && typeof own.value === 'function') {
            const { value: constructor } = own;
            const name = dataProperty(constructor, 'name');
            if (typeof name === 'string' && name !== '' && isInstance(value, constructor)) return name;
        }
        holder = prototypeOf(holder);
    }
    return null;
}

function isInstance(value, constructor) {
    const prototype = dataProperty(constructor, 'prototype');
    let holder = prototypeOf(value);
    for (let depth = 0; holder !== null && depth < MAX_NESTING; depth++) {
        if (holder === prototype) return true;
        holder = prototypeOf(holder);
    }
    return false;
}

export function prototypeOf(value) {
    return isProxy(value) ? null : ObjectGetPrototypeOf(value);
}

export function descriptor(value, key) {
    return isProxy(value) ? undefined : ObjectGetOwnPropertyDescriptor(value, key);
}

export function dataProperty(value, key) {
    const own = descriptor(value, key);
    return own === undefined || !ObjectHasOwnProperty(own, 'value') ? undefined : own.value;
}

/** A property that may be inherited; getters are called, what they throw is ignored. */
export function quiet(value, key) {
    try {
        return value[key];
    } catch {
        return undefined;
    }
}

export function tagOf(value, name) {
    const own = descriptor(value, toStringTag);
    if (own !== undefined && own.enumerable) return '';
    const tag = quiet(value, toStringTag);
    return typeof tag === 'string' && tag !== '' && tag !== name ? tag : '';
}

export function prefix(name, tag, fallback, size) {
    const count = size === undefined ? '' : `(${size})`;
    const shown = name === null ? `[${fallback}${count}: null prototype] ` : `${name}${count} `;
    return tag !== '' && (name ?? fallback) !== tag ? `${shown}[${tag}] ` : shown;
}

const IDENTIFIER = new RegExp('^[a-zA-Z_][a-zA-Z_0-9]*$');

export function shownKey(key) {
    if (typeof key === 'symbol') return `[${shownSymbol(key)}]`;
    if (key === '__proto__') return "['__proto__']";
    return RegExpExec(IDENTIFIER, key) === null ? quoted(key) : key;
}

export const isIndex = (key) => {
    if (typeof key !== 'string' || key.length > 10) return false;
    const number = NumberParseInt(key, 10);
    return number >= 0 && number < 4294967295 && `${number}` === key;
};

/** The keys that are shown: the enumerable ones, without the indices where `items` shows them. */
export function keysOf(value, withoutIndices, hidden) {
    const keys = withoutIndices ? native.namedKeys(value) : ReflectOwnKeys(value);
    const shown = newList();
    for (let i = 0; i < keys.length; i++) {
        const key = keys[i];
        if (withoutIndices && isIndex(key)) continue;
        const own = ObjectGetOwnPropertyDescriptor(value, key);
        if (own !== undefined && (hidden || own.enumerable)) push(shown, key);
    }
    return shown;
}
