// The built-ins that our JavaScript uses, as the engine made them: this file runs in a realm of its
// own (see js.rs). Methods come as functions that take `this` as their first argument.
// They must not create arrays, promises or errors that reach a script: those would be of that realm.

(() => {
    const { bind, call } = Function.prototype;
    const uncurry = bind.bind(call);
    const picked = { __proto__: null };
    const methods = (name, prototype, names) => {
        for (const method of names) {
            picked[name + method[0].toUpperCase() + method.slice(1)] = uncurry(prototype[method]);
        }
    };
    const getters = (name, prototype, names) => {
        for (const getter of names) {
            const { get } = Object.getOwnPropertyDescriptor(prototype, getter);
            picked[name + getter[0].toUpperCase() + getter.slice(1)] = uncurry(get);
        }
    };
    const statics = (name, holder, names) => {
        for (const own of names) {
            picked[name + own[0].toUpperCase() + own.slice(1)] = holder[own];
        }
    };

    statics('Object', Object, ['defineProperty', 'getOwnPropertyDescriptor', 'getPrototypeOf',
        'setPrototypeOf', 'freeze', 'keys', 'is', 'getOwnPropertyNames']);
    statics('Reflect', Reflect, ['apply', 'construct', 'ownKeys', 'has', 'get', 'set']);
    statics('Array', Array, ['isArray']);
    statics('ArrayBuffer', ArrayBuffer, ['isView']);
    statics('Number', Number, ['isInteger']);
    statics('Number', globalThis, ['parseInt', 'parseFloat']);
    statics('Math', Math, ['min', 'max', 'floor', 'ceil', 'round', 'sqrt', 'trunc', 'abs']);
    statics('JSON', JSON, ['stringify', 'parse']);
    statics('Date', Date, ['now']);
    statics('Symbol', Symbol, ['for']);
    statics('String', String, ['fromCharCode', 'fromCodePoint']);
    methods('Object', Object.prototype, ['hasOwnProperty', 'propertyIsEnumerable', 'toString']);
    methods('Function', Function.prototype, ['toString']);
    getters('Function', Function.prototype, ['fileName']);
    methods('Array', Array.prototype, ['slice', 'splice', 'join', 'sort', 'shift', 'unshift', 'pop',
        'indexOf']);
    methods('String', String.prototype, ['charAt', 'charCodeAt', 'codePointAt', 'slice', 'indexOf',
        'lastIndexOf', 'toLowerCase', 'toUpperCase', 'trim', 'startsWith', 'endsWith', 'includes',
        'padEnd', 'padStart', 'repeat', 'split', 'isWellFormed', 'toWellFormed', 'valueOf']);
    methods('Map', Map.prototype, ['get', 'set', 'has', 'delete', 'forEach', 'clear', 'entries']);
    getters('Map', Map.prototype, ['size']);
    methods('Set', Set.prototype, ['add', 'has', 'delete', 'forEach', 'values']);
    getters('Set', Set.prototype, ['size']);
    methods('WeakMap', WeakMap.prototype, ['get', 'set', 'has', 'delete']);
    methods('WeakRef', WeakRef.prototype, ['deref']);
    methods('Date', Date.prototype, ['getTime', 'toISOString']);
    methods('RegExp', RegExp.prototype, ['exec', 'test']);
    // Not `flags`, which asks for the others by name, as the script left them.
    getters('RegExp', RegExp.prototype, ['source', 'hasIndices', 'global', 'ignoreCase', 'multiline',
        'dotAll', 'unicode', 'unicodeSets', 'sticky']);
    methods('Number', Number.prototype, ['valueOf', 'toString', 'toFixed']);
    methods('Boolean', Boolean.prototype, ['valueOf']);
    methods('BigInt', BigInt.prototype, ['valueOf', 'toString']);
    methods('Symbol', Symbol.prototype, ['toString', 'valueOf']);
    getters('Symbol', Symbol.prototype, ['description']);
    getters('ArrayBuffer', ArrayBuffer.prototype, ['byteLength', 'maxByteLength', 'resizable',
        'detached', 'immutable']);
    getters('SharedArrayBuffer', SharedArrayBuffer.prototype, ['byteLength']);
    methods('ArrayBuffer', ArrayBuffer.prototype, ['resize', 'transferToFixedLength']);
    getters('DataView', DataView.prototype, ['buffer', 'byteLength', 'byteOffset']);
    const TypedArray = Object.getPrototypeOf(Uint8Array);
    getters('TypedArray', TypedArray.prototype, ['buffer', 'byteLength', 'byteOffset', 'length']);
    methods('TypedArray', TypedArray.prototype, ['indexOf']);
    picked.TypedArrayTag = uncurry(
        Object.getOwnPropertyDescriptor(TypedArray.prototype, Symbol.toStringTag).get);
    const constructors = [Map, Set, WeakMap, WeakRef, RegExp, Object, String, Number, Symbol, Date,
        ArrayBuffer, DataView, Error, EvalError, RangeError, ReferenceError, SyntaxError, TypeError,
        URIError, Proxy];
    for (const constructor of constructors) {
        picked[constructor.name] = constructor;
    }
    return picked;
})()
