// Algorithms by name, after <https://www.w3.org/TR/webcrypto/#algorithm-normalization>.

import { StringToUpperCase } from 'primordials';
import { copyOf, isObject, newList, string, typeError } from 'base';
import { notSupported } from './errors.js';
import { hash } from './hashes.js';
import { HMAC } from './hmac.js';
import { AES_CBC, AES_CTR, AES_GCM, AES_KW } from './aes.js';
import { HKDF, PBKDF2 } from './derivation.js';
import { ECDH, ECDSA, ED25519, X25519 } from './curves.js';

export const ALGORITHMS = {
    __proto__: null,
    'SHA-1': hash, 'SHA-256': hash, 'SHA-384': hash, 'SHA-512': hash, HMAC,
    'AES-CBC': AES_CBC, 'AES-CTR': AES_CTR, 'AES-GCM': AES_GCM, 'AES-KW': AES_KW, PBKDF2, HKDF,
    // A build may leave the curves out.
    ...(native.generatePair === undefined ? {} : { ECDSA, ECDH, Ed25519: ED25519, X25519 }),
};
const NAMES = primordials.ObjectKeys(ALGORITHMS);

/** What names an algorithm, as an argument is converted: its members are read later. */
export const identifier = (given) => (isObject(given) ? given : string(given));

/** The algorithm that a script names, and its parameters for an operation. */
export function normalize(given, operation) {
    const found = lookUp(given, operation);
    if (found.algorithm === undefined) throw notSupported(`\`${found.name}\` is not an algorithm for this operation`);
    return found;
}

/** The same, without an `algorithm` where there is none of this name. */
export function lookUp(given, operation) {
    const isName = !isObject(given);
    const members = isName ? { __proto__: null } : given;
    const wanted = isName ? string(given) : members.name;
    if (wanted === undefined) throw typeError('the algorithm has no `name`');
    const text = string(wanted);
    const upper = StringToUpperCase(text);
    for (let i = 0; i < NAMES.length; i++) {
        const name = NAMES[i];
        if (StringToUpperCase(name) !== upper || ALGORITHMS[name][operation] === undefined) continue;
        const algorithm = ALGORITHMS[name];
        const params = algorithm.read === undefined ? { __proto__: null } : algorithm.read(members, operation);
        const sources = algorithm.sources ?? newList();
        for (let j = 0; j < sources.length; j++) {
            const member = sources[j];
            if (params[member] !== undefined) params[member] = copyOf(params[member], member);
        }
        params.name = name;
        return { __proto__: null, algorithm, params, name };
    }
    return { __proto__: null, algorithm: undefined, params: undefined, name: text };
}
