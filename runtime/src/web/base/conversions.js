// What a script gives as what WebIDL calls it, after
// <https://webidl.spec.whatwg.org/#js-type-mapping>.

import {
    MathFloor, MathTrunc, ReflectApply, StringCharCodeAt, StringToLowerCase,
} from 'primordials';
import { newList, string, typeError } from 'native';
import { iterator } from './interfaces.js';

export const isObject = (value) => value !== null && (typeof value === 'object' || typeof value === 'function');

/** A dictionary: an object to read members from, in whatever order the caller needs. */
export function dictionary(value, what) {
    if (value === undefined || value === null) return { __proto__: null };
    if (!isObject(value)) throw typeError(`${what} is not an object`);
    return value;
}

export const usv = (value) => native.usv(value);

export function byteString(value, what) {
    const text = string(value);
    const place = native.beyondLatin1(text);
    if (place >= 0) throw typeError(`${what} holds a character beyond ISO-8859-1 at ${place}`);
    return text;
}

export function number(value, what) {
    const converted = +value;
    if (converted !== converted || converted === Infinity || converted === -Infinity) {
        throw typeError(`${what} is not a finite number`);
    }
    return converted;
}

/** An integer of WebIDL with `[EnforceRange]`, up to `limit`. */
export function enforced(value, limit, what) {
    const converted = MathTrunc(number(value, what));
    if (converted < 0 || converted > limit) throw typeError(`${what} is out of range`);
    return converted === 0 ? 0 : converted;
}

/** An unsigned integer of WebIDL, modulo `modulus`. */
export function unsigned(value, modulus) {
    const converted = MathTrunc(+value);
    if (converted !== converted || converted === Infinity || converted === -Infinity) return 0;
    const remainder = converted % modulus;
    return remainder < 0 ? remainder + modulus : remainder === 0 ? 0 : remainder;
}

/** `long long` with `[Clamp]`, as `Blob.slice` has it. */
export function clamped(value) {
    const converted = +value;
    if (converted !== converted) return 0;
    if (converted > Number.MAX_SAFE_INTEGER) return Number.MAX_SAFE_INTEGER;
    if (converted < Number.MIN_SAFE_INTEGER) return Number.MIN_SAFE_INTEGER;
    const floor = MathFloor(converted);
    const rest = converted - floor;
    if (rest < 0.5) return floor;
    if (rest > 0.5) return floor + 1;
    return floor % 2 === 0 ? floor : floor + 1;
}
const Number = { MAX_SAFE_INTEGER: 9007199254740991, MIN_SAFE_INTEGER: -9007199254740991 };

export function enumeration(value, allowed, what) {
    const text = string(value);
    for (let i = 0; i < allowed.length; i++) {
        if (allowed[i] === text) return text;
    }
    throw typeError(`${what}: \`${text}\` is not one of its values`);
}

export function callback(value, what) {
    if (typeof value !== 'function') throw typeError(`${what} is not a function`);
    return value;
}

/** The items of a script's iterable, by its own protocol; `method` is its `[Symbol.iterator]`. */
export const itemsOf = (iterable, method) => converted(iterable, method, (item) => item);

/** <https://webidl.spec.whatwg.org/#create-sequence-from-iterable>: an item is converted before the next one is asked for. */
function converted(iterable, method, convert) {
    const source = ReflectApply(method, iterable, []);
    if (!isObject(source)) throw typeError('an iterator is not an object');
    const { next } = source;
    const items = newList();
    for (;;) {
        const step = ReflectApply(next, source, []);
        if (!isObject(step)) throw typeError('an iterator result is not an object');
        if (step.done) return items;
        items[items.length] = convert(step.value);
    }
}

/** A sequence of WebIDL, each item converted by `convert`. */
export function sequence(value, what, convert) {
    if (!isObject(value)) throw typeError(`${what} is not iterable`);
    const method = value[iterator];
    if (method === undefined || method === null) throw typeError(`${what} is not iterable`);
    return converted(value, callback(method, `${what}[Symbol.iterator]`), convert);
}

/** A copy of what a buffer source holds now. */
export function copyOf(source, what) {
    const bytes = isObject(source) ? native.bytes(source) : undefined;
    if (bytes === undefined) throw typeError(`${what} is neither an ArrayBuffer nor a view on one`);
    return bytes;
}

/** A buffer source as it was given: its bytes are those that it has when all is converted. */
export function sourceOf(source, what) {
    if (!isObject(source) || !native.isSource(source)) throw typeError(`${what} is neither an ArrayBuffer nor a view on one`);
    return source;
}

/** The name of a mime type in lower case, where it is printable ASCII. */
export function mimeType(value) {
    for (let i = 0; i < value.length; i++) {
        const code = StringCharCodeAt(value, i);
        if (code < 0x20 || code > 0x7e) return '';
    }
    return StringToLowerCase(value);
}
