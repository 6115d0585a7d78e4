// `URL` and `URLSearchParams`, after <https://url.spec.whatwg.org/>; parsing is the native half's.

import { ArraySort, ReflectOwnKeys, StringSlice } from 'primordials';
import {
    arrayOf, callback, idl, INTERNAL, isObject, itemsOf, iterable, iterator, needs, newList, sequence,
    typeError, usv,
} from 'base';
import { Pairs } from 'pairs';

let pairsOf;
export let isParams;
let paramsOf;
let refresh;
let serialized;

export class URLSearchParams {
    #pairs = new Pairs(newList());

    #url = null;

    constructor(init = '') {
        if (init === INTERNAL) return;
        if (isObject(init)) {
            const method = init[iterator];
            this.#pairs.reset(method === undefined || method === null
                ? pairsOfRecord(init) : pairsOfSequence(itemsOf(init, callback(method, 'its iterator'))));
        } else {
            const text = usv(init);
            this.#pairs.reset(parsed(text !== '' && text[0] === '?' ? StringSlice(text, 1) : text));
        }
    }

    static {
        paramsOf = (url, query) => {
            const params = new URLSearchParams(INTERNAL);
            params.#url = url;
            params.#pairs.reset(parsed(query));
            return params;
        };
        pairsOf = (params) => params.#pairs;
        isParams = (value) => isObject(value) && #pairs in value;
        serialized = (params) => params.#serialized();
        refresh = (params, query) => { params.#pairs.reset(parsed(query)); };
    }

    /** The URL is written anew when somebody looks at it. */
    #update() {
        if (this.#url !== null) outdate(this.#url);
    }

    #serialized() {
        const { list } = this.#pairs;
        const flat = newList();
        for (let i = 0; i < list.length; i++) {
            flat[2 * i] = list[i][0];
            flat[2 * i + 1] = list[i][1];
        }
        return native.formSerialize(flat);
    }

    get size() { return this.#pairs.size; }

    append(name, value) {
        this.#pairs;
        needs(arguments.length, 2, 'URLSearchParams.append');
        this.#pairs.append(usv(name), usv(value));
        this.#update();
    }

    delete(name, value = undefined) {
        this.#pairs;
        needs(arguments.length, 1, 'URLSearchParams.delete');
        const key = usv(name);
        this.#pairs.delete(key, value === undefined ? undefined : usv(value));
        this.#update();
    }

    get(name) {
        this.#pairs;
        needs(arguments.length, 1, 'URLSearchParams.get');
        return this.#pairs.get(usv(name));
    }

    getAll(name) {
        this.#pairs;
        needs(arguments.length, 1, 'URLSearchParams.getAll');
        return arrayOf(this.#pairs.values(usv(name)));
    }

    has(name, value = undefined) {
        this.#pairs;
        needs(arguments.length, 1, 'URLSearchParams.has');
        const key = usv(name);
        return this.#pairs.has(key, value === undefined ? undefined : usv(value));
    }

    set(name, value) {
        this.#pairs;
        needs(arguments.length, 2, 'URLSearchParams.set');
        const key = usv(name);
        this.#pairs.set(key, usv(value));
        this.#update();
    }

    sort() {
        const order = (a, b) => (a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : 0);
        this.#pairs.reset(ArraySort(this.#pairs.list, order));
        this.#update();
    }

    toString() { return this.#serialized(); }
}
idl(URLSearchParams, 'URLSearchParams');
iterable(URLSearchParams, 'URLSearchParams', (params) => pairsOf(params));

function parsed(query) {
    const flat = native.formParse(query);
    const list = newList();
    for (let i = 0; i < flat.length; i += 2) list[i / 2] = [flat[i], flat[i + 1]];
    return list;
}

function pairsOfSequence(items) {
    const list = newList();
    for (let i = 0; i < items.length; i++) {
        const pair = sequence(items[i], 'a name-value pair', usv);
        if (pair.length !== 2) throw typeError('a name-value pair has two items');
        list[i] = pair;
    }
    return list;
}

export function pairsOfRecord(record) {
    const keys = ReflectOwnKeys(record);
    const list = newList();
    const places = { __proto__: null };
    for (let i = 0; i < keys.length; i++) {
        const own = primordials.ObjectGetOwnPropertyDescriptor(record, keys[i]);
        if (own === undefined || !own.enumerable) continue;
        const name = usv(keys[i]);
        const value = usv(record[keys[i]]);
        // Two keys may become one where lone surrogates are replaced.
        const place = places[name] ?? list.length;
        places[name] = place;
        list[place] = [name, value];
    }
    return list;
}

let outdate;

export class URL {
    #record;

    #params = null;

    /** Whether the record has not heard of the last change of the parameters. */
    #outdated = false;

    constructor(url, base = undefined) {
        needs(arguments.length, 1, 'URL');
        const text = usv(url);
        const from = base === undefined ? undefined : usv(base);
        const record = native.urlParse(text, from);
        if (record === undefined) {
            throw typeError(from === undefined
                ? `\`${text}\` is not an absolute URL` : `\`${text}\` is not a URL on the base \`${from}\``);
        }
        this.#record = record;
    }

    static {
        outdate = (url) => { url.#outdated = true; };
    }

    /** A part of the record that changes with the query. */
    #current(part) {
        if (this.#outdated) {
            this.#outdated = false;
            native.urlSet(this.#record, 7, serialized(this.#params));
        }
        return native.urlGet(this.#record, part);
    }

    static parse(url, base = undefined) {
        needs(arguments.length, 1, 'URL.parse');
        const text = usv(url);
        const from = base === undefined ? undefined : usv(base);
        return native.urlParse(text, from) === undefined ? null : new URL(text, from);
    }

    static canParse(url, base = undefined) {
        needs(arguments.length, 1, 'URL.canParse');
        return native.urlParse(usv(url), base === undefined ? undefined : usv(base)) !== undefined;
    }

    get href() { return this.#current(0); }

    set href(value) {
        this.#record;
        const text = usv(value);
        const record = native.urlParse(text, undefined);
        if (record === undefined) throw typeError(`\`${text}\` is not an absolute URL`);
        this.#record = record;
        this.#refresh();
    }

    #refresh() {
        this.#outdated = false;
        if (this.#params !== null) refresh(this.#params, StringSlice(native.urlGet(this.#record, 7), 1));
    }

    get origin() { return native.urlGet(this.#record, 9); }

    get protocol() { return native.urlGet(this.#record, 1); }

    set protocol(value) { native.urlSet(this.#record, 1, usv(value)); }

    get username() { return native.urlGet(this.#record, 2); }

    set username(value) { native.urlSet(this.#record, 2, usv(value)); }

    get password() { return native.urlGet(this.#record, 3); }

    set password(value) { native.urlSet(this.#record, 3, usv(value)); }

    get host() { return native.urlGet(this.#record, 4); }

    set host(value) { native.urlSet(this.#record, 4, usv(value)); }

    get hostname() { return native.urlGet(this.#record, 5); }

    set hostname(value) { native.urlSet(this.#record, 5, usv(value)); }

    get port() { return native.urlGet(this.#record, 10); }

    set port(value) { native.urlSet(this.#record, 10, usv(value)); }

    get pathname() { return this.#current(6); }

    set pathname(value) { native.urlSet(this.#record, 6, usv(value)); }

    get search() { return this.#current(7); }

    set search(value) {
        native.urlSet(this.#record, 7, usv(value));
        this.#refresh();
    }

    get searchParams() {
        this.#params ??= paramsOf(this, StringSlice(native.urlGet(this.#record, 7), 1));
        return this.#params;
    }

    get hash() { return native.urlGet(this.#record, 8); }

    set hash(value) {
        const text = usv(value);
        // Without a query, the end of an opaque path changes with it.
        this.#current(8);
        native.urlSet(this.#record, 8, text);
    }

    toJSON() { return this.#current(0); }

    toString() { return this.#current(0); }
}
idl(URL, 'URL');

export { serialized as serialize };
