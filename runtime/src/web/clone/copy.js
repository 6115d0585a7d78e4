// A deep copy of a value, after
// <https://html.spec.whatwg.org/multipage/structured-data.html#structuredserializeinternal>.

import {
    ArrayIndexOf, BigIntValueOf, BooleanValueOf, DateGetTime, MapForEach, MapGet, MapHas, MapSet,
    NumberValueOf, ObjectDefineProperty, ObjectGetOwnPropertyDescriptor, ObjectHasOwnProperty,
    ObjectKeys, ObjectSetPrototypeOf, RegExpSource, SetForEach, StringValueOf,
    SymbolToString, TypedArrayTag,
} from 'primordials';
import { construct, domException, flagsOf, isObject, isPlatform, newList } from 'base';
import { copyBuffer, copyView, DATA_VIEW, TYPED_ARRAY } from './views.js';

/** The object that wraps a primitive value. */
const wrapped = (value) => ObjectSetPrototypeOf(primordials.Object(value), native.prototypeOf(value));

export const failure = (what) => domException('DataCloneError', `${what} cannot be cloned`);

const define = (target, key, value) => {
    ObjectDefineProperty(target, key, { __proto__: null, value, writable: true, enumerable: true, configurable: true });
};

const ERRORS = ['EvalError', 'RangeError', 'ReferenceError', 'SyntaxError', 'TypeError', 'URIError'];

/** A deep copy of `value`; what is in `moved` has its new place there already. */
export function copy(value, known) {
    if (!isObject(value)) {
        if (typeof value === 'symbol') throw failure(SymbolToString(value));
        return value;
    }
    if (MapHas(known, value)) return MapGet(known, value);
    const remember = (made) => {
        MapSet(known, value, made);
        return made;
    };
    if (typeof value === 'function') throw failure('a function');
    if (native.proxyTarget(value) !== undefined) throw failure('a proxy');
    const kind = native.kind(value);
    switch (kind) {
        case 'Boolean': return remember(wrapped(BooleanValueOf(value)));
        case 'Number': return remember(wrapped(NumberValueOf(value)));
        case 'BigInt': return remember(wrapped(BigIntValueOf(value)));
        case 'String': return remember(wrapped(StringValueOf(value)));
        case 'Symbol': throw failure('a symbol');
        case 'Date': return remember(construct(primordials.Date, DateGetTime(value)));
        case 'RegExp': return remember(construct(primordials.RegExp, RegExpSource(value), flagsOf(value)));
        case 'ArrayBuffer': return remember(copyBuffer(value));
        case 'DataView': return remember(copyView(DATA_VIEW, value, known));
        case 'Map': return copyMap(value, remember, known);
        case 'Set': return copySet(value, remember, known);
        case 'Error': return copyError(value, remember, known);
        case 'DOMException': return remember(copyException(value));
        case 'Array': {
            const made = remember([]);
            made.length = value.length;
            return copyProperties(value, made, known);
        }
        case 'Arguments':
        case 'Object': break;
        default:
            if (TypedArrayTag(value) !== undefined) return remember(copyView(TYPED_ARRAY, value, known));
            throw failure(`a ${kind}`);
    }
    if (native.isError(value)) return copyError(value, remember, known);
    const platform = copyPlatform(value);
    if (platform !== undefined) return remember(platform);
    return copyProperties(value, remember({}), known);
}

/** An exception of ours, which may say what the quota was. */
function copyException(error) {
    const name = native.nameOf(error);
    const message = native.messageOf(error);
    const quota = name === 'QuotaExceededError' ? load('quota').quotaOf(error) : undefined;
    if (quota === undefined) return domException(name, message);
    return load('quota').newError(message, quota.quota ?? undefined, quota.requested ?? undefined);
}

function copyMap(map, remember, known) {
    const made = remember(construct(primordials.Map));
    const pairs = newList();
    MapForEach(map, (item, key) => {
        pairs[pairs.length] = key;
        pairs[pairs.length] = item;
    });
    for (let i = 0; i < pairs.length; i += 2) {
        const key = copy(pairs[i], known);
        MapSet(made, key, copy(pairs[i + 1], known));
    }
    return made;
}

function copySet(set, remember, known) {
    const made = remember(construct(primordials.Set));
    const items = newList();
    SetForEach(set, (item) => { items[items.length] = item; });
    for (let i = 0; i < items.length; i++) primordials.SetAdd(made, copy(items[i], known));
    return made;
}

function copyError(error, remember, known) {
    const name = native.string(error.name ?? 'Error');
    const kind = ArrayIndexOf(ERRORS, name) >= 0 ? name : 'Error';
    const message = ObjectGetOwnPropertyDescriptor(error, 'message');
    const hasMessage = message !== undefined && ObjectHasOwnProperty(message, 'value');
    const made = remember(hasMessage ? construct(primordials[kind], native.string(message.value)) : construct(primordials[kind]));
    const hidden = (key, value) => {
        ObjectDefineProperty(made, key, { __proto__: null, value, writable: true, enumerable: false, configurable: true });
    };
    const stack = native.stackOf(error);
    if (typeof stack === 'string') hidden('stack', stack);
    const cause = ObjectGetOwnPropertyDescriptor(error, 'cause');
    if (cause !== undefined && ObjectHasOwnProperty(cause, 'value')) hidden('cause', copy(cause.value, known));
    return made;
}

function copyPlatform(value) {
    if (!isPlatform(value)) return undefined;
    const blobs = load('blob');
    if (!blobs.isBlob(value)) throw failure('this object');
    return blobs.copyOf(value);
}

function copyProperties(value, made, known) {
    const keys = ObjectKeys(value);
    for (let i = 0; i < keys.length; i++) {
        // A getter that ran before may have taken the property away.
        if (ObjectHasOwnProperty(value, keys[i])) define(made, keys[i], copy(value[keys[i]], known));
    }
    return made;
}
