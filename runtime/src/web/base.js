// What the files that implement a standard share: the conversions of WebIDL, how an interface
// looks from outside, and promises that no script can tamper with.

(native, primordials) => {
    const {
        BigIntValueOf, MathAbs, MathFloor, MathTrunc, ObjectDefineProperty,
        ObjectGetOwnPropertyDescriptor, ReflectApply, ReflectOwnKeys, StringCharCodeAt, StringSlice,
        StringToLowerCase,
    } = primordials;
    const { typeError, rangeError, domException } = native;
    const { iterator, asyncIterator, toStringTag } = primordials.Symbol;

    // ---------------------------------------------------------------- interfaces

    const fixed = (value) => ({ __proto__: null, value, writable: false, enumerable: true, configurable: false });

    const platform = new primordials.WeakMap();

    /** Whether an object is an instance of one of our interfaces. */
    function isPlatform(value) {
        for (let holder = value; holder !== null; holder = primordials.ObjectGetPrototypeOf(holder)) {
            if (primordials.WeakMapHas(platform, holder)) return true;
        }
        return false;
    }

    /** Makes a class look as WebIDL wants: members enumerable, a tag, constants on both sides. */
    function idl(constructor, name, constants) {
        const { prototype } = constructor;
        primordials.WeakMapSet(platform, prototype, true);
        const holders = [prototype, constructor];
        for (let i = 0; i < 2; i++) {
            const keys = ReflectOwnKeys(holders[i]);
            for (let j = 0; j < keys.length; j++) {
                const key = keys[j];
                if (typeof key === 'symbol' || key === 'constructor' || key === 'prototype'
                    || key === 'name' || key === 'length') continue;
                ObjectDefineProperty(holders[i], key, { __proto__: null, enumerable: true });
            }
        }
        ObjectDefineProperty(prototype, toStringTag, {
            __proto__: null, value: name, writable: false, enumerable: false, configurable: true,
        });
        if (constants !== undefined) {
            const keys = ReflectOwnKeys(constants);
            for (let i = 0; i < keys.length; i++) {
                ObjectDefineProperty(constructor, keys[i], fixed(constants[keys[i]]));
                ObjectDefineProperty(prototype, keys[i], fixed(constants[keys[i]]));
            }
        }
        return constructor;
    }

    /** `target[key]` is the very function `target[from]`, hidden from enumeration. */
    function alias(target, key, from) {
        ObjectDefineProperty(target, key, {
            __proto__: null, value: target[from], writable: true, enumerable: false, configurable: true,
        });
    }

    /** What an internal constructor call passes, and no script has. */
    const INTERNAL = primordials.Symbol('internal');

    const illegal = () => typeError('illegal constructor');

    /** Throws unless a call has as many arguments as it needs. */
    function needs(given, count, what) {
        if (given < count) {
            throw typeError(`${what} needs ${count} argument${count > 1 ? 's' : ''}, but only ${given} given`);
        }
    }

    // ---------------------------------------------------------------- conversions

    const isObject = (value) => value !== null && (typeof value === 'object' || typeof value === 'function');

    /** A dictionary: an object to read members from, in whatever order the caller needs. */
    function dictionary(value, what) {
        if (value === undefined || value === null) return { __proto__: null };
        if (!isObject(value)) throw typeError(`${what} is not an object`);
        return value;
    }

    const { string } = native;
    const usv = (value) => native.usv(value);

    function byteString(value, what) {
        const text = string(value);
        for (let i = 0; i < text.length; i++) {
            if (StringCharCodeAt(text, i) > 255) {
                throw typeError(`${what} holds a character beyond ISO-8859-1 at ${i}`);
            }
        }
        return text;
    }

    function number(value, what) {
        const converted = +value;
        if (converted !== converted || converted === Infinity || converted === -Infinity) {
            throw typeError(`${what} is not a finite number`);
        }
        return converted;
    }

    /** An integer of WebIDL with `[EnforceRange]`, up to `limit`. */
    function enforced(value, limit, what) {
        const converted = MathTrunc(number(value, what));
        if (converted < 0 || converted > limit) throw typeError(`${what} is out of range`);
        return converted === 0 ? 0 : converted;
    }

    /** An unsigned integer of WebIDL, modulo `modulus`. */
    function unsigned(value, modulus) {
        const converted = MathTrunc(+value);
        if (converted !== converted || converted === Infinity || converted === -Infinity) return 0;
        const remainder = converted % modulus;
        return remainder < 0 ? remainder + modulus : remainder === 0 ? 0 : remainder;
    }

    /** `long long` with `[Clamp]`, as `Blob.slice` has it. */
    function clamped(value) {
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

    function enumeration(value, allowed, what) {
        const text = string(value);
        for (let i = 0; i < allowed.length; i++) {
            if (allowed[i] === text) return text;
        }
        throw typeError(`${what}: \`${text}\` is not one of its values`);
    }

    function callback(value, what) {
        if (typeof value !== 'function') throw typeError(`${what} is not a function`);
        return value;
    }

    /** The items of a script's iterable, by its own protocol; `method` is its `[Symbol.iterator]`. */
    function itemsOf(iterable, method) {
        const source = ReflectApply(method, iterable, []);
        if (!isObject(source)) throw typeError('an iterator is not an object');
        const { next } = source;
        const items = [];
        for (;;) {
            const step = ReflectApply(next, source, []);
            if (!isObject(step)) throw typeError('an iterator result is not an object');
            if (step.done) return items;
            items[items.length] = step.value;
        }
    }

    /** A sequence of WebIDL, each item converted by `convert`. */
    function sequence(value, what, convert) {
        if (!isObject(value)) throw typeError(`${what} is not iterable`);
        const method = value[iterator];
        if (method === undefined || method === null) throw typeError(`${what} is not iterable`);
        const items = itemsOf(value, callback(method, `${what}[Symbol.iterator]`));
        for (let i = 0; i < items.length; i++) items[i] = convert(items[i], i);
        return items;
    }

    // ---------------------------------------------------------------- iteration of an interface

    const iteratorPrototypes = native.iteratorPrototypes();

    /** Gives a class the iteration of WebIDL's pairs; `pairsOf` lists them as they are now. */
    function iterable(constructor, name, pairsOf) {
        class PairIterator {
            #target;

            #kind;

            #index = 0;

            constructor(target, kind) {
                this.#target = target;
                this.#kind = kind;
            }

            next() {
                if (!(#target in this)) throw typeError(`the receiver is not a ${name} iterator`);
                const pairs = pairsOf(this.#target);
                if (this.#index >= pairs.length) return { value: undefined, done: true };
                const pair = pairs[this.#index++];
                const kind = this.#kind;
                return { value: kind === 'keys' ? pair[0] : kind === 'values' ? pair[1] : [pair[0], pair[1]], done: false };
            }
        }
        const iteratorPrototype = PairIterator.prototype;
        primordials.ObjectSetPrototypeOf(iteratorPrototype, iteratorPrototypes[0]);
        ObjectDefineProperty(iteratorPrototype, 'next', { __proto__: null, enumerable: true });
        ObjectDefineProperty(iteratorPrototype, toStringTag, {
            __proto__: null, value: `${name} Iterator`, configurable: true,
        });
        delete iteratorPrototype.constructor;
        const methods = {
            entries() { pairsOf(this); return new PairIterator(this, 'entries'); },
            keys() { pairsOf(this); return new PairIterator(this, 'keys'); },
            values() { pairsOf(this); return new PairIterator(this, 'values'); },
            forEach(body, thisArg = undefined) {
                pairsOf(this);
                needs(arguments.length, 1, `${name}.forEach`);
                callback(body, 'the callback');
                for (let i = 0; ; i++) {
                    const pairs = pairsOf(this);
                    if (i >= pairs.length) return;
                    ReflectApply(body, thisArg, [pairs[i][1], pairs[i][0], this]);
                }
            },
        };
        const names = ['entries', 'keys', 'values', 'forEach'];
        for (let i = 0; i < names.length; i++) {
            ObjectDefineProperty(constructor.prototype, names[i], {
                __proto__: null, value: methods[names[i]], writable: true, enumerable: true, configurable: true,
            });
        }
        alias(constructor.prototype, iterator, 'entries');
    }

    // ---------------------------------------------------------------- promises

    const { promise: newPromise, then, resolved, rejected, markHandled } = native;

    /** A promise and the functions that settle it. */
    function deferred() {
        const parts = newPromise();
        return { __proto__: null, promise: parts[0], resolve: parts[1], reject: parts[2] };
    }

    /** Runs `body`; what it throws becomes a rejection. */
    function promising(body) {
        try {
            return resolved(body());
        } catch (error) {
            return rejected(error);
        }
    }

    const noop = () => {};

    // ---------------------------------------------------------------- bytes

    const bufferKind = (value) => native.bufferKind(value);

    /** A copy of what a buffer source holds now. */
    function copyOf(source, what) {
        const bytes = native.bytes(source);
        if (bytes === undefined) throw typeError(`${what} is neither an ArrayBuffer nor a view on one`);
        return bytes;
    }

    // ---------------------------------------------------------------- event handler attributes

    /** The name of a mime type in lower case, where it is printable ASCII. */
    function mimeType(value) {
        for (let i = 0; i < value.length; i++) {
            const code = StringCharCodeAt(value, i);
            if (code < 0x20 || code > 0x7e) return '';
        }
        return StringToLowerCase(value);
    }

    return {
        __proto__: null,
        INTERNAL, alias, asyncIterator, bufferKind, byteString, callback, clamped, copyOf, deferred,
        dictionary, domException, enforced, enumeration, idl, illegal, isObject, isPlatform, itemsOf, iterable,
        iterator, iteratorPrototypes, markHandled, mimeType, needs, noop, number, promising, rangeError,
        rejected, resolved, sequence, string, then, typeError, unsigned, usv,
    };
}
