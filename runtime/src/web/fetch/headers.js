// `Headers`, after <https://fetch.spec.whatwg.org/#headers-class>.

import {
    ArrayJoin, ArraySort, ArraySplice, ReflectApply, ReflectOwnKeys, StringCharCodeAt, StringIndexOf,
    StringSlice, StringToLowerCase, StringTrim,
} from 'primordials';
import {
    arrayOf, byteString, callback, idl, INTERNAL, isObject, itemsOf, iterable, iterator, needs,
    newList, sequence, typeError,
} from 'base';
import { Pairs } from 'pairs';
import { isSafelisted, isSafelistedName } from './safelist.js';

const TOKEN = "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

export function isToken(text) {
    for (let i = 0; i < text.length; i++) {
        if (StringIndexOf(TOKEN, text[i]) < 0) return false;
    }
    return text !== '';
}

const isBlank = (code) => code === 32 || code === 9 || code === 10 || code === 13;

export function trimmed(value) {
    let start = 0;
    let end = value.length;
    while (start < end && isBlank(StringCharCodeAt(value, start))) start++;
    while (end > start && isBlank(StringCharCodeAt(value, end - 1))) end--;
    return StringSlice(value, start, end);
}

function fieldName(name) {
    const text = byteString(name, 'the name of a header');
    if (!isToken(text)) throw typeError(`\`${text}\` is not the name of a header`);
    return StringToLowerCase(text);
}

function fieldValue(value) {
    const text = trimmed(byteString(value, 'the value of a header'));
    if (!native.isFieldValue(text)) throw typeError('the value of a header holds a line break or NUL');
    return text;
}

/** The essence of a mime type, and what stands behind it. */
export function essence(type) {
    const semicolon = StringIndexOf(type, ';');
    return StringToLowerCase(StringTrim(semicolon < 0 ? type : StringSlice(type, 0, semicolon)));
}

export let listOf;
export let guard;
export let headersWith;
export let copyHeaders;

/** The headers of a request in the mode `no-cors`, out of what a script gives or of another list. */
export let withoutCors;
let sortedOf;

export class Headers {
    /** Names in lower case and values. */
    #pairs = new Pairs(newList());

    /** <https://fetch.spec.whatwg.org/#concept-headers-guard>: `none`, `immutable` or `no-cors`. */
    #guard = 'none';

    /** The sorted pairs, until one of another name comes. */
    #sorted = null;

    constructor(init = undefined) {
        if (init === undefined || init === INTERNAL) return;
        this.#fill(init);
    }

    static {
        listOf = (headers) => headers.#pairs.list;
        guard = (headers) => { headers.#guard = 'immutable'; };
        withoutCors = (init, list) => {
            const headers = new Headers(INTERNAL);
            headers.#guard = 'no-cors';
            if (init !== undefined) headers.#fill(init);
            else for (let i = 0; i < list.length; i++) headers.#append(list[i][0], list[i][1]);
            return headers;
        };
        headersWith = (list) => {
            const headers = new Headers(INTERNAL);
            headers.#pairs = new Pairs(list);
            return headers;
        };
        copyHeaders = (headers, own = headers.#guard) => {
            const { list } = headers.#pairs;
            const copy = newList();
            for (let i = 0; i < list.length; i++) copy[i] = list[i];
            const made = headersWith(copy);
            made.#guard = own;
            return made;
        };
        sortedOf = (headers) => headers.#sort();
    }

    #fill(init) {
        if (!isObject(init)) throw typeError('headers are given as an object or as pairs');
        const method = init[iterator];
        if (method === undefined || method === null) {
            const keys = ReflectOwnKeys(init);
            const pairs = newList();
            for (let i = 0; i < keys.length; i++) {
                const own = primordials.ObjectGetOwnPropertyDescriptor(init, keys[i]);
                if (own === undefined || !own.enumerable) continue;
                if (typeof keys[i] === 'symbol') throw typeError('a symbol is not the name of a header');
                const name = byteString(keys[i], 'the name of a header');
                pairs[pairs.length] = [name, byteString(init[keys[i]], 'the value of a header')];
            }
            for (let i = 0; i < pairs.length; i++) this.#append(pairs[i][0], pairs[i][1]);
            return;
        }
        const items = itemsOf(init, callback(method, 'its iterator'));
        for (let i = 0; i < items.length; i++) {
            items[i] = sequence(items[i], 'a header', (part) => byteString(part, 'a header'));
        }
        for (let i = 0; i < items.length; i++) {
            if (items[i].length !== 2) throw typeError('a header is a pair of name and value');
            this.#append(items[i][0], items[i][1]);
        }
    }

    #append(name, value) {
        const key = fieldName(name);
        const text = fieldValue(value);
        this.#changeable();
        if (this.#guard === 'no-cors' && !isSafelisted(key, this.#joined(key, text))) return;
        this.#pairs.append(key, text);
        if (this.#sorted !== null) this.#sortIn(key, text);
    }

    #changeable() {
        if (this.#guard === 'immutable') throw typeError('these headers cannot be changed');
    }

    /** What a header would be with one more value. */
    #joined(key, text) {
        const values = this.#pairs.values(key);
        values[values.length] = text;
        return ArrayJoin(values, ', ');
    }

    append(name, value) {
        this.#pairs;
        needs(arguments.length, 2, 'Headers.append');
        this.#append(byteString(name, 'the name of a header'), byteString(value, 'the value of a header'));
    }

    delete(name) {
        this.#pairs;
        needs(arguments.length, 1, 'Headers.delete');
        const key = fieldName(name);
        this.#changeable();
        if (this.#guard === 'no-cors' && !isSafelistedName(key)) return;
        this.#pairs.delete(key);
        if (this.#sorted !== null) this.#sorted.delete(key);
    }

    get(name) {
        this.#pairs;
        needs(arguments.length, 1, 'Headers.get');
        const values = this.#pairs.values(fieldName(name));
        return values.length === 0 ? null : ArrayJoin(values, ', ');
    }

    getSetCookie() { return arrayOf(this.#pairs.values('set-cookie')); }

    has(name) {
        this.#pairs;
        needs(arguments.length, 1, 'Headers.has');
        return this.#pairs.has(fieldName(name));
    }

    set(name, value) {
        this.#pairs;
        needs(arguments.length, 2, 'Headers.set');
        const givenName = byteString(name, 'the name of a header');
        const givenValue = byteString(value, 'the value of a header');
        const key = fieldName(givenName);
        const text = fieldValue(givenValue);
        this.#changeable();
        if (this.#guard === 'no-cors' && !isSafelisted(key, text)) return;
        this.#pairs.set(key, text);
        if (this.#sorted === null) return;
        if (this.#sorted.has(key)) this.#sorted.set(key, text);
        else this.#sortIn(key, text);
    }

    /** Puts a header into the sorted pairs; where its name is there already, they are sorted anew. */
    #sortIn(key, text) {
        if (this.#sorted.has(key)) {
            this.#sorted = null;
            return;
        }
        const { list } = this.#sorted;
        let low = 0;
        for (let high = list.length; low < high;) {
            const middle = (low + high) >> 1;
            if (list[middle][0] < key) low = middle + 1;
            else high = middle;
        }
        ArraySplice(list, low, 0, [key, text]);
        this.#sorted.reset(list);
    }

    #sort() {
        if (this.#sorted !== null) return this.#sorted;
        const pairs = this.#pairs.list;
        const list = newList();
        const places = { __proto__: null };
        for (let i = 0; i < pairs.length; i++) {
            const key = pairs[i][0];
            const place = places[key];
            if (place === undefined || key === 'set-cookie') {
                places[key] = list.length;
                list[list.length] = [key, pairs[i][1], i];
            } else {
                list[place][1] += `, ${pairs[i][1]}`;
            }
        }
        ArraySort(list, (a, b) => (a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : a[2] - b[2]));
        this.#sorted = new Pairs(list);
        return this.#sorted;
    }
}
idl(Headers, 'Headers');
iterable(Headers, 'Headers', (headers) => sortedOf(headers));

// As they are before any script sees them.
const { append: appendHeader, get: getHeader, has: hasHeader } = Headers.prototype;

export const valueOf = (headers, name) => ReflectApply(getHeader, headers, [name]);

export { appendHeader, hasHeader };
