// `CryptoKey`, after <https://www.w3.org/TR/webcrypto/#cryptokey-interface>.

import { ArrayIndexOf } from 'primordials';
import { arrayOf, idl, illegal, INTERNAL, isObject, newList, typeError } from 'base';
import { invalidAccess, syntaxError } from './errors.js';

export const USAGES = ['encrypt', 'decrypt', 'sign', 'verify', 'deriveKey', 'deriveBits', 'wrapKey', 'unwrapKey'];
export const length = (bytes) => native.size(bytes);

let recordOf;
let isKey;

export class CryptoKey {
    #record;

    constructor(key = undefined, record = undefined) {
        if (key !== INTERNAL) throw illegal();
        this.#record = record;
    }

    static {
        recordOf = (key) => key.#record;
        isKey = (value) => isObject(value) && #record in value;
    }

    get type() { return this.#record.type; }

    get extractable() { return this.#record.extractable; }

    get algorithm() {
        const record = this.#record;
        if (record.shownAlgorithm === undefined) record.shownAlgorithm = shown(record.algorithm);
        return record.shownAlgorithm;
    }

    get usages() {
        const record = this.#record;
        if (record.shownUsages === undefined) record.shownUsages = arrayOf(record.usages);
        return record.shownUsages;
    }
}
idl(CryptoKey, 'CryptoKey');

/**
 * What a script sees of a key's algorithm: an object of its own, the same each time
 * (`[[algorithm_cached]]`); the key keeps to what it knows itself.
 */
const shown = (algorithm) => (algorithm.hash === undefined ? { ...algorithm } : { ...algorithm, hash: { ...algorithm.hash } });

/** The usages in the order of the standard, each once. */
function normalized(usages) {
    const list = newList();
    for (let i = 0; i < USAGES.length; i++) {
        if (ArrayIndexOf(usages, USAGES[i]) >= 0) list[list.length] = USAGES[i];
    }
    return list;
}

const intersection = (usages, allowed) => {
    const list = newList();
    for (let i = 0; i < usages.length; i++) {
        if (ArrayIndexOf(allowed, usages[i]) >= 0) list[list.length] = usages[i];
    }
    return list;
};

export function newKey(type, algorithm, extractable, usages, secret) {
    return new CryptoKey(INTERNAL, {
        __proto__: null, type, extractable, algorithm, usages: normalized(usages), secret, shownAlgorithm: undefined, shownUsages: undefined,
    });
}

export function only(usages, allowed) {
    for (let i = 0; i < usages.length; i++) {
        if (ArrayIndexOf(allowed, usages[i]) < 0) throw syntaxError(`the usage \`${usages[i]}\` is not for this key`);
    }
}

export function keyOf(value) {
    if (!isKey(value)) throw typeError('the key is not a CryptoKey');
    return recordOf(value);
}

export function permits(record, name, usage) {
    if (record.algorithm.name !== name) throw invalidAccess('the key is for another algorithm');
    if (ArrayIndexOf(record.usages, usage) < 0) throw invalidAccess(`the key is not for \`${usage}\``);
}

export function pair(algorithm, extractable, usages, publicUsages, privateUsages, secret) {
    const kept = intersection(usages, privateUsages);
    if (kept.length === 0) throw syntaxError('the private key would have no usage');
    const publicKey = newKey('public', algorithm, true, intersection(usages, publicUsages), { __proto__: null, scalar: undefined, point: secret.point });
    const privateKey = newKey('private', algorithm, extractable, kept, secret);
    return { publicKey, privateKey };
}
