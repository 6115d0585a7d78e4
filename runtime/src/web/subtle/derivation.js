// PBKDF2 and HKDF, after <https://www.w3.org/TR/webcrypto/#pbkdf2> and
// <https://www.w3.org/TR/webcrypto/#hkdf>.

import { notSupported, operationError, outcome, syntaxError } from './errors.js';
import { newKey, only } from './keys.js';
import { bytesMember, hashMember, numberMember } from './members.js';

const derivation = (name, readParams, derive) => ({
    __proto__: null,
    sources: ['info', 'salt'],
    read: (given, operation) => (operation === 'deriveBits' ? readParams(given) : { __proto__: null }),
    importKey(format, data, params, extractable, usages) {
        if (format !== 'raw' && format !== 'raw-secret') throw notSupported(`${name} keys have no format \`${format}\``);
        only(usages, ['deriveKey', 'deriveBits']);
        if (extractable) throw syntaxError(`${name} keys cannot be extractable`);
        if (usages.length === 0) throw syntaxError('the key would have no usage');
        return newKey('secret', { __proto__: null, name }, false, usages, native.secret(data));
    },
    deriveBits(params, record, bits) {
        if (bits === null || bits % 8 !== 0) throw operationError('the length is not a multiple of 8');
        return outcome(derive(params, record.secret, bits / 8));
    },
    keyLength: () => null,
});

export const PBKDF2 = derivation('PBKDF2', (given) => ({
    __proto__: null, hash: hashMember(given), iterations: numberMember(given, 'iterations', 4294967295), salt: bytesMember(given, 'salt'),
}), (params, secret, size) => {
    if (params.iterations === 0) throw operationError('`iterations` is 0');
    return native.pbkdf2(params.hash.name, secret, params.salt, params.iterations, size);
});

export const HKDF = derivation('HKDF', (given) => ({
    __proto__: null, hash: hashMember(given), info: bytesMember(given, 'info'), salt: bytesMember(given, 'salt'),
}), (params, secret, size) => native.hkdf(params.hash.name, secret, params.salt, params.info, size));
