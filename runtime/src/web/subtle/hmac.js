// HMAC, after <https://www.w3.org/TR/webcrypto/#hmac>.

import { typeError } from 'base';
import { dataError, operationError, syntaxError } from './errors.js';
import { length, newKey, only } from './keys.js';
import { exportSecret, secretBytes } from './secrets.js';
import { BLOCKS } from './hashes.js';
import { hashMember, optionalNumber } from './members.js';

const hmacAlg = (hashName) => `HS${hashName === 'SHA-1' ? '1' : primordials.StringSlice(hashName, 4)}`;

export const HMAC = {
    __proto__: null,
    read: (given, operation) => (operation === 'sign' || operation === 'verify' ? { __proto__: null }
        : { __proto__: null, hash: hashMember(given), length: optionalNumber(given, 'length', 4294967295) }),
    generateKey(params, extractable, usages) {
        only(usages, ['sign', 'verify']);
        if (params.length === 0) throw operationError('the length is 0');
        const bits = params.length ?? BLOCKS[params.hash.name];
        const bytes = native.randomBytes(primordials.MathCeil(bits / 8));
        return this.key(params, bits, extractable, usages, bytes);
    },
    key(params, bits, extractable, usages, bytes) {
        if (usages.length === 0) throw syntaxError('the key would have no usage');
        return newKey('secret', { __proto__: null, name: 'HMAC', length: bits, hash: { __proto__: null, name: params.hash.name } }, extractable, usages, bytes);
    },
    importKey(format, data, params, extractable, usages) {
        only(usages, ['sign', 'verify']);
        const bytes = secretBytes(format, data, () => hmacAlg(params.hash.name), 'sig', usages, extractable);
        const bits = length(bytes) * 8;
        if (bits === 0) throw dataError('the key is empty');
        if (params.length !== undefined && (params.length > bits || params.length <= bits - 8)) throw dataError('`length` is not that of the key');
        return this.key(params, params.length ?? bits, extractable, usages, bytes);
    },
    exportKey: (format, record) => exportSecret(format, record, hmacAlg(record.algorithm.hash.name)),
    sign: (params, record, data) => native.bufferOf(native.hmac(record.algorithm.hash.name, record.secret, data)),
    verify: (params, record, signature, data) => native.equal(native.hmac(record.algorithm.hash.name, record.secret, data), signature),
    keyLength(params) {
        if (params.length === 0) throw typeError('the length is 0');
        return params.length ?? BLOCKS[params.hash.name];
    },
};
