// How an interface looks from outside, after <https://webidl.spec.whatwg.org/#js-interfaces>.

import {
    ObjectDefineProperty, ObjectGetOwnPropertyDescriptor, ObjectGetPrototypeOf, ObjectSetPrototypeOf,
    ReflectConstruct, ReflectOwnKeys,
} from 'primordials';
import { typeError } from 'native';

const { iterator, asyncIterator, toStringTag } = primordials.Symbol;

const fixed = (value) => ({ __proto__: null, value, writable: false, enumerable: true, configurable: false });

/** The names of our interfaces, by prototype. */
const platform = new primordials.WeakMap();

/** The interface of ours that an object is an instance of; none for others. */
function interfaceOf(value) {
    for (let holder = value; holder !== null; holder = ObjectGetPrototypeOf(holder)) {
        const name = primordials.WeakMapGet(platform, holder);
        if (name !== undefined) return name;
    }
    return undefined;
}

// For `console`, which shows what is there, and loads nothing.
native.interfaceOf = interfaceOf;

/** What `console` shows beside attributes, by interface. */
native.insides = { __proto__: null };

export const isPlatform = (value) => interfaceOf(value) !== undefined;

/** Makes a class look as WebIDL wants: members enumerable, a tag, constants on both sides. */
export function idl(constructor, name, constants) {
    const { prototype } = constructor;
    primordials.WeakMapSet(platform, prototype, name);
    const holders = [prototype, constructor];
    for (let i = 0; i < 2; i++) {
        const keys = ReflectOwnKeys(holders[i]);
        for (let j = 0; j < keys.length; j++) {
            const key = keys[j];
            if (typeof key === 'symbol' || key === 'constructor' || key === 'prototype') continue;
            if (i === 1 && (key === 'name' || key === 'length')) continue;
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

/**
 * The constructor that a script sees of an interface that inherits. `super` calls the prototype of a
 * constructor, which a script may change, with what is internal: the class itself is seen by nobody.
 */
export function facade(hidden, name, constants) {
    const constructor = function () {
        if (new.target === undefined) throw typeError("class constructors must be invoked with 'new'");
        return ReflectConstruct(hidden, arguments, new.target);
    };
    ObjectSetPrototypeOf(constructor, ObjectGetPrototypeOf(hidden));
    const keys = ReflectOwnKeys(hidden);
    for (let i = 0; i < keys.length; i++) {
        const own = ObjectGetOwnPropertyDescriptor(hidden, keys[i]);
        ObjectDefineProperty(constructor, keys[i], keys[i] === 'name' ? { __proto__: null, ...own, value: name } : own);
    }
    ObjectDefineProperty(hidden.prototype, 'constructor', { __proto__: null, value: constructor });
    return idl(constructor, name, constants);
}

/** `target[key]` is the very function `target[from]`, hidden from enumeration. */
export function alias(target, key, from) {
    ObjectDefineProperty(target, key, {
        __proto__: null, value: target[from], writable: true, enumerable: false, configurable: true,
    });
}

/** What an internal constructor call passes, and no script has. */
export const INTERNAL = primordials.Symbol('internal');

export const illegal = () => typeError('illegal constructor');

/** Throws unless a call has as many arguments as it needs. */
export function needs(given, count, what) {
    if (given < count) {
        throw typeError(`${what} needs ${count} argument${count > 1 ? 's' : ''}, but only ${given} given`);
    }
}

export { iterator, asyncIterator, toStringTag };
