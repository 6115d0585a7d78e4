// How the bytes of secret keys are imported and exported, whatever the algorithm.

import { dataError, notSupported } from './errors.js';
import { length } from './keys.js';
import { checkJwk, unpacked } from './jwk.js';

/** The bytes of a secret key in the format `raw` or `jwk`. */
export function secretBytes(format, data, jwkAlg, use, usages, extractable) {
    if (format === 'raw' || format === 'raw-secret') return native.secret(data);
    if (format !== 'jwk') throw notSupported(`a secret key has no format \`${format}\``);
    checkJwk(data, 'oct', use, usages, extractable);
    const bytes = native.secret(unpacked(data.k, 'k'));
    const alg = jwkAlg(length(bytes));
    if (data.alg !== undefined && data.alg !== alg) throw dataError(`\`alg\` is not "${alg}"`);
    return bytes;
}

export function exportSecret(format, record, alg) {
    if (format === 'raw' || format === 'raw-secret') return native.reveal(record.secret);
    if (format !== 'jwk') throw notSupported(`a secret key has no format \`${format}\``);
    return { __proto__: null, alg, ext: record.extractable, k: native.toBase64Url(record.secret), key_ops: record.usages, kty: 'oct' };
}
