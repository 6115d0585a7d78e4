// The arguments of a call of `console` as one text, after
// <https://console.spec.whatwg.org/#formatter>.

import {
    BigIntToString, FunctionToString, JSONStringify, Map, NumberParseFloat, NumberParseInt, Set, SetAdd, SetHas,
    StringIncludes, StringSlice, StringSplit, Symbol,
} from 'primordials';
import { newList } from 'native';
import { MAX_ITEMS, MAX_NESTING, WIDTH } from './limits.js';
import { shownNumber, shownSymbol, text } from './primitives.js';
import { dataProperty, descriptor, prototypeOf, quiet } from './names.js';
import { formatValue } from './values.js';

export const contextOf = (depth) => ({
    depth, indent: 0, nesting: 0, seen: newList(), circular: new Map(), compact: true, hidden: false, width: WIDTH, most: MAX_ITEMS,
});

export function inspect(value, options) {
    let depth = 2;
    if (options !== null && typeof options === 'object') {
        const asked = quiet(options, 'depth');
        if (asked === null) depth = Infinity;
        else if (typeof asked === 'number') depth = asked;
    }
    return show(value, depth);
}

export function show(value, depth, hidden) {
    try {
        return formatValue({ ...contextOf(depth), hidden: hidden === true }, value, 0);
    } catch (error) {
        return failed(error);
    }
}

/** What is shown for a value that resists: no detail is worth an exception. */
export function failed(error) {
    try {
        const message = native.isError(error) ? text(quiet(error, 'message')) : '';
        return message === '' ? '[value that cannot be shown]' : `[value that cannot be shown: ${message}]`;
    } catch {
        return '[value that cannot be shown]';
    }
}

const topLevel = (value) => (typeof value === 'string' ? value : show(value, 2));

/** The arguments of one console call as one text. */
export function format(args) {
    let shown = '';
    let next = 0;
    if (typeof args[0] === 'string') {
        if (args.length === 1) return args[0];
        next = 1;
        const template = args[0];
        let start = 0;
        for (let i = 0; i < template.length - 1; i++) {
            if (template[i] !== '%') continue;
            const letter = template[i + 1];
            if (letter === '%') {
                shown += StringSlice(template, start, i + 1);
                start = i + 2;
                i++;
                continue;
            }
            if (next === args.length || FORMATS[letter] === undefined) continue;
            shown += StringSlice(template, start, i) + FORMATS[letter](args[next++]);
            start = i + 2;
            i++;
        }
        shown += StringSlice(template, start);
    }
    for (; next < args.length; next++) {
        shown += (next === 0 ? '' : ' ') + topLevel(args[next]);
    }
    return shown;
}

const guarded = (body) => (value) => {
    try {
        return body(value);
    } catch (error) {
        return failed(error);
    }
};

const FORMATS = {
    __proto__: null,
    s: guarded(formatString),
    d: guarded((value) => formatNumber(value, false)),
    i: guarded((value) => formatNumber(value, true)),
    f: guarded((value) => (typeof value === 'symbol' ? 'NaN' : shownNumber(NumberParseFloat(native.string(value))))),
    j: guarded(formatJson),
    o: guarded((value) => show(value, 4, true)),
    O: guarded((value) => show(value, 2)),
    c: () => '',
};

function formatString(value) {
    if (typeof value === 'bigint') return `${BigIntToString(value)}n`;
    if (typeof value === 'number') return shownNumber(value);
    if (typeof value === 'symbol') return shownSymbol(value);
    if (value === null || (typeof value !== 'object' && typeof value !== 'function')) return `${value}`;
    if (typeof value === 'function' && !hasOwnText(value)) return FunctionToString(value);
    return hasOwnText(value) ? native.string(value) : show(value, 0);
}

/** The language's own constructors, whose objects are inspected where nobody gave them another text. */
const BUILT_IN = new Set();
{
    const names = StringSplit('AggregateError Array ArrayBuffer BigInt BigInt64Array BigUint64Array Boolean DataView Date Error '
        + 'EvalError FinalizationRegistry Float32Array Float64Array Function Int16Array Int32Array Int8Array InternalError Map '
        + 'Number Object Promise Proxy RangeError ReferenceError RegExp Set SharedArrayBuffer String SuppressedError Symbol '
        + 'SyntaxError TypeError URIError Uint16Array Uint32Array Uint8Array Uint8ClampedArray WeakMap WeakRef WeakSet', ' ');
    for (let i = 0; i < names.length; i++) SetAdd(BUILT_IN, names[i]);
}

/** Whether the script, or an interface, says how the object reads, and not one of the language's classes. */
function hasOwnText(value) {
    const target = native.proxyTarget(value);
    if (target === null) return false;
    if (target !== undefined) return hasOwnText(target);
    if (typeof quiet(value, Symbol.toPrimitive) === 'function' && native.kind(value) !== 'Date') return true;
    let holder = value;
    for (let depth = 0; holder !== null && depth < MAX_NESTING; depth++) {
        const own = descriptor(holder, 'toString');
        if (own !== undefined) return typeof own.value === 'function' && (depth === 0 || !isOfTheLanguage(holder));
        holder = prototypeOf(holder);
    }
    return false;
}

function isOfTheLanguage(prototype) {
    const constructor = dataProperty(prototype, 'constructor');
    return typeof constructor === 'function' && SetHas(BUILT_IN, dataProperty(constructor, 'name'));
}

function formatNumber(value, whole) {
    if (typeof value === 'bigint') return `${BigIntToString(value)}n`;
    if (typeof value === 'symbol') return 'NaN';
    return shownNumber(whole ? NumberParseInt(native.string(value)) : primordials.Number(value));
}

function formatJson(value) {
    try {
        return JSONStringify(value);
    } catch (error) {
        const message = text(quiet(error, 'message'));
        if (StringIncludes(message, 'circular')) return '[Circular]';
        throw error;
    }
}
