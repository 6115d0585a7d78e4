// JSON Web Keys, after <https://www.w3.org/TR/webcrypto/#JsonWebKey-dictionary>.

import { ArrayIndexOf, ArrayIsArray, ObjectSetPrototypeOf } from 'primordials';
import { dictionary, isObject, newList, sequence, string } from 'base';
import { dataError } from './errors.js';

const JWK_TEXTS = ['alg', 'crv', 'd', 'dp', 'dq', 'e', 'k', 'kty', 'n', 'p', 'q', 'qi', 'use', 'x', 'y'];

export function jwkOf(value) {
    const given = dictionary(value, 'the key');
    const jwk = { __proto__: null };
    for (let i = 0; i < JWK_TEXTS.length; i++) {
        const member = given[JWK_TEXTS[i]];
        if (member !== undefined) jwk[JWK_TEXTS[i]] = string(member);
    }
    const { ext, key_ops: operations } = given;
    if (ext !== undefined) jwk.ext = !!ext;
    if (operations !== undefined) jwk.key_ops = sequence(operations, '`key_ops`', string);
    return jwk;
}

/** A JSON Web Key out of JSON: nothing that a script has made of objects and arrays is asked. */
export function parsedJwk(value) {
    if (!isObject(value)) throw dataError('it is not an object');
    ObjectSetPrototypeOf(value, null);
    const { key_ops: operations } = value;
    value.key_ops = undefined;
    const jwk = jwkOf(value);
    if (operations !== undefined) {
        if (!ArrayIsArray(operations)) throw dataError('`key_ops` is not a list');
        jwk.key_ops = newList();
        for (let i = 0; i < operations.length; i++) jwk.key_ops[i] = string(operations[i]);
    }
    return jwk;
}

export function checkJwk(jwk, kty, use, usages, extractable) {
    if (jwk.kty !== kty) throw dataError(`\`kty\` is not "${kty}"`);
    if (usages.length > 0 && jwk.use !== undefined && jwk.use !== use) throw dataError(`\`use\` is not "${use}"`);
    if (jwk.key_ops !== undefined) {
        for (let i = 0; i < jwk.key_ops.length; i++) {
            if (ArrayIndexOf(jwk.key_ops, jwk.key_ops[i]) !== i) throw dataError('`key_ops` names a usage twice');
        }
        for (let i = 0; i < usages.length; i++) {
            if (ArrayIndexOf(jwk.key_ops, usages[i]) < 0) throw dataError('`key_ops` does not allow the usages');
        }
    }
    if (jwk.ext === false && extractable) throw dataError('`ext` does not allow an extractable key');
}

export function unpacked(text, what) {
    const bytes = text === undefined ? undefined : native.fromBase64Url(text);
    if (bytes === undefined) throw dataError(`\`${what}\` is not base64url`);
    return bytes;
}
