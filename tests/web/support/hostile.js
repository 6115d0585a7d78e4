// A world in which everything that a script can replace is replaced: every method, getter, setter and
// constructor that can be reached is a stand-in that knows who calls it. A call by the script goes on
// to the original. A call by the runtime's own JavaScript, or by its natives, is noted: had the script
// put something that throws or lies in its place, the runtime would have broken.
//
// Who calls is known from the instrumented script (see hostile.rs): its functions say when they begin
// and end, and where they wait; the stand-ins of web APIs say when the runtime begins and ends. What
// the script gave to the runtime may be asked by it, as the standards say: an iterable for its
// iterator, an object for its text.

const __h = (() => {
    const [SCRIPT, OURS] = [0, 1];
    const { apply, construct, defineProperty, get, getOwnPropertyDescriptor, getPrototypeOf, has, ownKeys, set, setPrototypeOf } = Reflect;
    const uncurry = Function.prototype.bind.bind(Function.prototype.call);
    const [knows, learn, lookUp, note] = [WeakSet.prototype.has, WeakSet.prototype.add, WeakMap.prototype.get, WeakMap.prototype.set].map((it) => uncurry(it));
    const text = String;
    const { isView } = ArrayBuffer;
    const ObjectPrototype = Object.prototype;
    const ErrorPrototype = Error.prototype;
    const original = globalThis;
    const globalNames = ownKeys(globalThis);

    let owner = SCRIPT;
    /** How many calls of APIs have not returned. */
    let depth = 0;
    const calls = { __proto__: null };
    const blame = (what) => { calls[what] = (calls[what] ?? 0) + 1; };

    const isObject = (value) => (typeof value === 'object' && value !== null) || typeof value === 'function';

    // ---------------------------------------------------------------- what the script gave

    const given = new WeakSet();

    function give(value, depth) {
        if (!isObject(value) || knows(given, value)) return;
        learn(given, value);
        if (depth === 0 || isView(value)) return;
        let keys;
        try {
            keys = ownKeys(value);
        } catch {
            return;
        }
        for (let i = 0; i < keys.length && i < 64; i++) {
            const own = getOwnPropertyDescriptor(value, keys[i]);
            if (own !== undefined && 'value' in own) give(own.value, depth - 1);
        }
    }

    // ---------------------------------------------------------------- stand-ins

    /** Of web APIs, only these may be called by the runtime on what the script gave it. */
    const PROTOCOL = [Symbol.iterator, Symbol.asyncIterator, 'next', 'return', 'throw', 'entries', 'values', 'entries', 'values', 'toString', 'toJSON', 'then'];
    const standIns = new WeakMap();

    /** What is shown of an error that was thrown or given, by its own name for it or by what it inherits. */
    const SHOWN = ['name', 'message', 'stack', 'code', 'cause'];
    const isShown = (receiver, key) => {
        let shown = false;
        for (let i = 0; i < SHOWN.length; i++) shown ||= SHOWN[i] === key;
        for (let holder = isObject(receiver) ? receiver : null; shown && holder !== null; holder = getPrototypeOf(holder)) {
            if (holder === ErrorPrototype) return true;
        }
        return false;
    };

    const isLegitimate = (isApi, key, self) => {
        let isProtocol = false;
        for (let i = 0; i < PROTOCOL.length; i++) isProtocol ||= PROTOCOL[i] === key;
        // The engine ends a `for await` of the script's when what it waited for rejects.
        if (isApi && key === 'return' && depth === 0) return true;
        return isShown(self, key) || (isObject(self) && knows(given, self) && (!isApi || isProtocol));
    };

    /** Descriptors of the script's are read as own properties: `Object.prototype` has more than they expect. */
    const withOwn = (value) => {
        if (!isObject(value)) return value;
        const copy = { __proto__: null };
        const keys = ownKeys(value);
        for (let i = 0; i < keys.length; i++) copy[keys[i]] = value[keys[i]];
        return copy;
    };
    const withOwns = (value) => {
        const copy = withOwn(value);
        const keys = ownKeys(copy);
        for (let i = 0; i < keys.length; i++) copy[keys[i]] = withOwn(copy[keys[i]]);
        return copy;
    };
    const DESCRIBING = { __proto__: null, 'Object.defineProperty': 2, 'Reflect.defineProperty': 2 };

    function standIn(body, label, isApi, key) {
        const known = lookUp(standIns, body);
        if (known !== undefined) return known;
        const inside = (call) => {
            if (!isApi || owner === OURS) return call();
            owner = OURS;
            depth++;
            try {
                return call();
            } finally {
                depth--;
                owner = SCRIPT;
            }
        };
        const made = new Proxy(body, {
            __proto__: null,
            apply(target, self, args) {
                if (owner === OURS && key === 'then') {
                    // A job of the engine's, for a script that returns a promise.
                    owner = SCRIPT;
                    try {
                        return apply(target, self, args);
                    } finally {
                        owner = OURS;
                    }
                }
                if (owner === OURS) {
                    if (!isLegitimate(isApi, key, self)) blame(label);
                    const result = apply(target, self, args);
                    give(result, 1);
                    return result;
                }
                if (isApi) for (let i = 0; i < args.length; i++) give(args[i], 4);
                if (args.length > 1 && (label === 'Object.defineProperties' || label === 'Object.create')) args[1] = withOwns(args[1]);
                const described = DESCRIBING[label];
                if (described !== undefined) args[described] = withOwn(args[described]);
                return inside(() => apply(target, self, args));
            },
            construct(target, args, newTarget) {
                if (owner === OURS) blame('new ' + label);
                else if (isApi) for (let i = 0; i < args.length; i++) give(args[i], 4);
                return inside(() => construct(target, args, newTarget));
            },
        });
        note(standIns, body, made);
        note(standIns, made, made);
        return made;
    }

    const walked = new WeakSet();

    /** Replaces all that can be reached from `holder`. */
    function walk(holder, label, isApi) {
        if (!isObject(holder) || knows(walked, holder)) return;
        learn(walked, holder);
        const keys = ownKeys(holder);
        for (let i = 0; i < keys.length; i++) {
            const key = keys[i];
            const own = getOwnPropertyDescriptor(holder, key);
            if (own === undefined) continue;
            const name = `${label}.${text(key)}`;
            if ('value' in own) {
                replaceValue(holder, key, own, name, isApi);
            } else {
                replaceAccessor(holder, key, own, name, isApi);
            }
        }
        const prototype = getPrototypeOf(holder);
        if (prototype !== null && prototype !== ObjectPrototype) walk(prototype, `${label}.__proto__`, isApi);
    }

    function replaceValue(holder, key, own, name, isApi) {
        const { value } = own;
        if (typeof value === 'function') {
            const made = standIn(value, name, isApi, key);
            if (own.configurable || own.writable) defineProperty(holder, key, { __proto__: null, ...own, value: made });
            walk(value, name, isApi);
        } else {
            walk(value, name, isApi);
        }
    }

    function replaceAccessor(holder, key, own, name, isApi) {
        if (!own.configurable) return;
        const replaced = { __proto__: null, enumerable: own.enumerable, configurable: true, get: own.get, set: own.set };
        if (own.get !== undefined) replaced.get = standIn(own.get, `get ${name}`, isApi, key);
        if (own.set !== undefined) replaced.set = standIn(own.set, `set ${name}`, isApi, key);
        defineProperty(holder, key, replaced);
    }

    // ---------------------------------------------------------------- looking up what is not there

    /** Behind a prototype stands one that notes what the runtime looks for and does not find. */
    function watch(prototype, label) {
        if (getPrototypeOf(prototype) !== ObjectPrototype) return;
        const seen = (what, key, receiver) => {
            if (owner === OURS && key !== 'then' && !(isObject(receiver) && knows(given, receiver)) && !isShown(receiver, key)) blame(what + ' ' + label + '[' + text(key) + ']');
        };
        setPrototypeOf(prototype, new Proxy(ObjectPrototype, {
            __proto__: null,
            get(target, key, receiver) {
                seen('look up', key, receiver);
                return get(target, key, receiver);
            },
            set(target, key, value, receiver) {
                seen('set', key, receiver);
                return set(target, key, value, receiver);
            },
            getPrototypeOf: () => ObjectPrototype,
        }));
    }

    /** Gives `Object.prototype` an accessor under each of these names. */
    function pollute(names) {
        for (let i = 0; i < names.length; i++) {
            const name = names[i];
            // Indices are watched behind `Array.prototype`.
            if (has(ObjectPrototype, name) || name >= '0' && name <= ':') continue;
            defineProperty(ObjectPrototype, name, {
                __proto__: null,
                configurable: true,
                enumerable: false,
                get() {
                    if (owner === OURS && name !== 'then' && !(isObject(this) && knows(given, this)) && !isShown(this, name)) blame('look up Object.prototype.' + name);
                    return undefined;
                },
                set(value) {
                    if (owner === OURS && !(isObject(this) && knows(given, this))) blame('set Object.prototype.' + name);
                    defineProperty(this, name, { __proto__: null, value, writable: true, enumerable: true, configurable: true });
                },
            });
        }
    }

    // ---------------------------------------------------------------- the world

    const LANGUAGE = 'Object Function Array Number Boolean String Symbol BigInt Math JSON Reflect Proxy Promise Date RegExp Map Set WeakMap '
        + 'WeakSet WeakRef FinalizationRegistry ArrayBuffer SharedArrayBuffer DataView Atomics Int8Array Uint8Array Uint8ClampedArray '
        + 'Int16Array Uint16Array Int32Array Uint32Array BigInt64Array BigUint64Array Float16Array Float32Array Float64Array Error '
        + 'EvalError RangeError ReferenceError SyntaxError TypeError URIError AggregateError InternalError SuppressedError Iterator '
        + 'AsyncIterator DisposableStack AsyncDisposableStack parseInt parseFloat isNaN isFinite decodeURI decodeURIComponent encodeURI '
        + 'encodeURIComponent escape unescape';
    const languageNames = LANGUAGE.split(' ');
    const SKIPPED = ['globalThis', 'self', 'eval', 'undefined', 'NaN', 'Infinity'];
    const apiNames = globalNames.filter((name) => typeof name === 'string' && !languageNames.includes(name) && !SKIPPED.includes(name));
    /** What no global leads to. */
    const hidden = [[][Symbol.iterator](), ''[Symbol.iterator](), new Map().keys(), new Set().keys(), /a/[Symbol.matchAll]('a'), (function* () {})(),
        (async function* () {})(), async () => {}].map((it) => getPrototypeOf(it));

    function replaceGlobal(name, isApi) {
        const own = getOwnPropertyDescriptor(original, name);
        if (own === undefined) return;
        const value = original[name];
        if (typeof value === 'function') {
            const made = standIn(value, name, isApi, name);
            defineProperty(original, name, { __proto__: null, value: made, writable: true, enumerable: false, configurable: true });
            if (isObject(value.prototype) && getOwnPropertyDescriptor(value.prototype, 'constructor')?.configurable) {
                const { enumerable } = getOwnPropertyDescriptor(value.prototype, 'constructor');
                defineProperty(value.prototype, 'constructor', { __proto__: null, value: made, writable: true, enumerable, configurable: true });
            }
        }
        walk(value, name, isApi);
    }

    function replaceLanguage() {
        for (let i = 0; i < hidden.length; i++) walk(hidden[i], `hidden ${i}`, false);
        for (let i = 0; i < languageNames.length; i++) {
            if (languageNames[i] in original) replaceGlobal(languageNames[i], false);
        }
    }

    function watchLanguage(names) {
        const prototypes = [Array.prototype, String.prototype, Function.prototype, Promise.prototype, Map.prototype, Set.prototype,
            ArrayBuffer.prototype, getPrototypeOf(Uint8Array.prototype), Error.prototype, RegExp.prototype, Date.prototype];
        const labels = ['Array', 'String', 'Function', 'Promise', 'Map', 'Set', 'ArrayBuffer', 'TypedArray', 'Error', 'RegExp', 'Date'];
        for (let i = 0; i < prototypes.length; i++) watch(prototypes[i], labels[i]);
        pollute(names);
    }

    function replaceApis() {
        for (let i = 0; i < apiNames.length; i++) {
            owner = OURS;
            const value = original[apiNames[i]];
            // What hides behind the iterators of an API is reached through one of them.
            owner = SCRIPT;
            replaceGlobal(apiNames[i], true, value);
        }
        const headers = new Headers();
        const stream = new ReadableStream();
        const more = [headers.keys(), new URLSearchParams().keys(), new FormData().keys(), stream.values(), crypto.subtle];
        for (let i = 0; i < more.length; i++) walk(getPrototypeOf(more[i]), `more ${i}`, true);
    }

    return {
        __proto__: null,
        calls,
        /** `isUsed`: whether the APIs are touched before all is replaced. */
        begin(isUsed, names) {
            if (isUsed) for (let i = 0; i < apiNames.length; i++) original[apiNames[i]];
            replaceLanguage();
            watchLanguage(names);
            replaceApis();
        },
        enter() {
            const before = owner;
            owner = SCRIPT;
            return before;
        },
        exit(before) { owner = before; },
        away(value, before) {
            if (before === OURS) give(value, 3);
            owner = before;
            return value;
        },
        back(value) {
            owner = SCRIPT;
            return value;
        },
        give(value, before) {
            if (before === OURS) give(value, 3);
            return value;
        },
    };
})();
