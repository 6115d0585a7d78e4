// `URLPattern`, after <https://urlpattern.spec.whatwg.org/#urlpattern-class>.

import { RegExpExec } from 'primordials';
import { arrayOf, dictionary, idl, isObject, newList, typeError, unlessRefused, usv } from 'base';
import { build, PARTS } from './components.js';
import { initOf, processInit, stripped } from './init.js';
import { parseConstructor } from './constructor_string.js';

export class URLPattern {
    #components;

    constructor(input = undefined, baseOrOptions = undefined, options = undefined) {
        const hasBase = baseOrOptions !== undefined && !isObject(baseOrOptions) && baseOrOptions !== null;
        const given = dictionary(hasBase ? options : baseOrOptions, 'options');
        const flags = given.ignoreCase ? 'i' : '';
        const base = hasBase ? usv(baseOrOptions) : undefined;
        let init;
        if (isObject(input) || input === null || input === undefined) {
            if (hasBase) throw typeError('a base URL goes with a text only');
            init = initOf(input);
        } else {
            init = parseConstructor(usv(input));
            if (base === undefined && init.protocol === undefined) throw typeError('a relative pattern needs a base URL');
            if (base !== undefined) init.baseURL = base;
        }
        this.#components = build(processInit(init, true, { __proto__: null }), flags);
    }

    test(input = undefined, baseURL = undefined) {
        return this.#match(input, baseURL, arguments.length > 1) !== null;
    }

    exec(input = undefined, baseURL = undefined) {
        return this.#match(input, baseURL, arguments.length > 1);
    }

    #match(input, baseURL, hasBase) {
        const components = this.#components;
        const inputs = newList();
        const base = hasBase && baseURL !== undefined ? usv(baseURL) : undefined;
        const values = valuesOf(input, base, inputs);
        if (values === undefined) return null;
        const result = { inputs: arrayOf(inputs) };
        const found = newList();
        for (let i = 0; i < PARTS.length; i++) {
            const match = RegExpExec(components[PARTS[i]].regexp, values[PARTS[i]]);
            if (match === null) return null;
            found[i] = match;
        }
        for (let i = 0; i < PARTS.length; i++) {
            const { names } = components[PARTS[i]];
            const groups = {};
            for (let j = 0; j < names.length; j++) define(groups, names[j], found[i][j + 1]);
            define(result, PARTS[i], { input: values[PARTS[i]], groups });
        }
        return result;
    }

    get protocol() { return this.#components.protocol.pattern; }

    get username() { return this.#components.username.pattern; }

    get password() { return this.#components.password.pattern; }

    get hostname() { return this.#components.hostname.pattern; }

    get port() { return this.#components.port.pattern; }

    get pathname() { return this.#components.pathname.pattern; }

    get search() { return this.#components.search.pattern; }

    get hash() { return this.#components.hash.pattern; }

    get hasRegExpGroups() {
        for (let i = 0; i < PARTS.length; i++) {
            if (this.#components[PARTS[i]].hasGroups) return true;
        }
        return false;
    }
}
idl(URLPattern, 'URLPattern');

const define = (target, key, value) => {
    primordials.ObjectDefineProperty(target, key, { __proto__: null, value, writable: true, enumerable: true, configurable: true });
};

/** The parts of what is matched; `undefined` when it is no URL. */
function valuesOf(input, base, inputs) {
    const values = { __proto__: null };
    for (let i = 0; i < PARTS.length; i++) values[PARTS[i]] = '';
    if (isObject(input) || input === null || input === undefined) {
        if (base !== undefined) throw typeError('a base URL goes with a text only');
        inputs[0] = input === null || input === undefined ? {} : input;
        const init = initOf(input);
        try {
            return processInit(init, false, values);
        } catch (error) {
            unlessRefused(error);
            return undefined;
        }
    }
    const text = usv(input);
    inputs[0] = text;
    if (base !== undefined) inputs[1] = base;
    const record = native.urlParse(text, base);
    if (record === undefined) return undefined;
    const get = (index) => native.urlGet(record, index);
    values.protocol = stripped(get(1), '', ':');
    values.username = get(2);
    values.password = get(3);
    values.hostname = get(5);
    values.port = get(10);
    values.pathname = get(6);
    values.search = stripped(get(7), '?', '');
    values.hash = stripped(get(8), '#', '');
    return values;
}
