// Built-ins that go through what may be longer than any array: the engine's own, on a proxy.
// A proxy's traps are calls, and among calls the engine asks whether to go on (see arrays.rs).

import { ArrayIsArray, Proxy, ReflectApply, ReflectGet, ReflectHas, ReflectSet } from 'primordials';

const { isConcatSpreadable } = primordials.Symbol;
const isObject = (value) => value !== null && (typeof value === 'object' || typeof value === 'function');

// Getters and setters of the script see what it called the method on, as ever.
const traps = {
    __proto__: null,
    has: ReflectHas,
    get: (target, key) => ReflectGet(target, key),
    set: (target, key, value) => ReflectSet(target, key, value),
};
const proxyFor = (target) => new Proxy(target, traps);

/** Whether `concat` takes what is in an object instead of itself. */
function isSpread(item) {
    const asked = item[isConcatSpreadable];
    return asked === undefined ? ArrayIsArray(item) : !!asked;
}

/** Calls `method` on `target`, a proxy for it in between, as well as for what `concat` spreads. */
export function guarded(method, target, given) {
    const proxy = isObject(target) ? proxyFor(target) : target;
    for (let i = 0; i < given.length; i++) {
        const item = given[i];
        if (method.name === 'concat') {
            if (isObject(item) && isSpread(item)) given[i] = proxyFor(item);
        } else if (i === 0 && method.name === 'raw' && isObject(item)) {
            const { raw } = item;
            given[0] = { __proto__: null, raw: isObject(raw) ? proxyFor(raw) : raw };
        } else if (i === 0 && method.name === 'flatMap' && typeof item === 'function') {
            const thisArg = given[1];
            given[0] = (element, index) => ReflectApply(item, thisArg, [element, index, target]);
        }
    }
    const result = ReflectApply(method, proxy, given);
    return result === proxy ? target : result;
}
