// Elliptic curves, after <https://www.w3.org/TR/webcrypto/#ecdsa>,
// <https://www.w3.org/TR/webcrypto/#ecdh>, <https://www.w3.org/TR/webcrypto/#ed25519> and
// <https://www.w3.org/TR/webcrypto/#x25519>.

import { string } from 'base';
import {
    dataError, failed, invalidAccess, notSupported, operationError, outcome, syntaxError,
} from './errors.js';
import { keyOf, length, newKey, only, pair } from './keys.js';
import { checkJwk, unpacked } from './jwk.js';
import { hashMember, required } from './members.js';

const CURVES = { __proto__: null, 'P-256': 32, 'P-384': 48 };

/** The members that key pairs have in common; `kind` says how keys are written. */
const asymmetric = (publicUsages, privateUsages, allUsages, kind, operations) => ({
    __proto__: null,
    read: kind.read,
    generateKey(params, extractable, usages) {
        only(usages, allUsages);
        const curve = kind.curve(params);
        const made = native.generatePair(curve);
        return pair(kind.algorithm(curve), extractable, usages, publicUsages, privateUsages, { __proto__: null, scalar: made[0], point: made[1] });
    },
    importKey(format, data, params, extractable, usages) {
        const curve = kind.curve(params);
        const { scalar, point } = importPair(format, data, curve, kind, usages, extractable, publicUsages, privateUsages);
        const isPrivate = scalar !== undefined;
        if (isPrivate && usages.length === 0) throw syntaxError('the private key would have no usage');
        return newKey(isPrivate ? 'private' : 'public', kind.algorithm(curve), extractable, usages, { __proto__: null, scalar, point });
    },
    exportKey: (format, record) => exportPair(format, record, kind),
    ...operations,
});

function importPair(format, data, curve, kind, usages, extractable, publicUsages, privateUsages) {
    const isPrivate = format === 'pkcs8' || (format === 'jwk' && data.d !== undefined);
    if (format !== 'raw' && format !== 'raw-public' && format !== 'spki' && format !== 'pkcs8' && format !== 'jwk') {
        throw notSupported(`there is no format \`${format}\``);
    }
    only(usages, isPrivate ? privateUsages : publicUsages);
    if (format === 'jwk') {
        checkJwk(data, kind.kty, kind.use, usages, extractable);
        return kind.fromJwk(data, curve);
    }
    const made = native.importPair(curve, format === 'raw-public' ? 'raw' : format, data);
    native.wipe(data);
    if (made === undefined) throw dataError('the key is not valid');
    return { __proto__: null, scalar: made[0], point: made[1] };
}

function exportPair(format, record, kind) {
    const { scalar, point } = record.secret;
    const curve = record.algorithm.namedCurve ?? record.algorithm.name;
    if (format === 'jwk') {
        const jwk = kind.toJwk(curve, point);
        if (record.type === 'private') jwk.d = native.toBase64Url(scalar);
        jwk.key_ops = record.usages;
        jwk.ext = record.extractable;
        return jwk;
    }
    const wanted = format === 'pkcs8' ? 'private' : 'public';
    if (format !== 'pkcs8' && format !== 'spki' && format !== 'raw' && format !== 'raw-public') throw notSupported(`there is no format \`${format}\``);
    if (record.type !== wanted) throw invalidAccess(`a ${record.type} key has no format \`${format}\``);
    if (format === 'raw' || format === 'raw-public') return native.bufferOf(point);
    return native.bufferOf(native.exportPair(curve, format, record.type === 'private' ? scalar : point));
}

const weierstrass = (name, use, readOperation) => ({
    __proto__: null,
    kty: 'EC',
    use,
    read(given, operation) {
        if (operation !== 'generateKey' && operation !== 'importKey') return readOperation(given);
        return { __proto__: null, namedCurve: string(required(given, 'namedCurve')) };
    },
    curve({ namedCurve }) {
        if (CURVES[namedCurve] === undefined) throw notSupported(`the curve \`${namedCurve}\` is not supported`);
        return namedCurve;
    },
    algorithm: (namedCurve) => ({ __proto__: null, name, namedCurve }),
    fromJwk(jwk, curve) {
        if (jwk.crv !== curve) throw dataError(`\`crv\` is not "${curve}"`);
        const size = CURVES[curve];
        const alg = name === 'ECDSA' ? `ES${primordials.StringSlice(curve, 2)}` : undefined;
        if (alg !== undefined && jwk.alg !== undefined && jwk.alg !== alg) throw dataError(`\`alg\` is not "${alg}"`);
        const x = unpacked(jwk.x, 'x');
        const y = unpacked(jwk.y, 'y');
        const d = jwk.d === undefined ? undefined : native.secret(unpacked(jwk.d, 'd'));
        if (length(x) !== size || length(y) !== size || (d !== undefined && length(d) !== size)) throw dataError('a coordinate has the wrong length');
        const made = native.importPair(curve, 'raw', native.concat([native.fromHex('04'), x, y]));
        if (made === undefined) throw dataError('the point is not on the curve');
        if (d === undefined) return { __proto__: null, scalar: undefined, point: made[1] };
        const own = native.publicOf(curve, d);
        if (own === undefined || !native.equal(own, made[1])) throw dataError('`d` does not belong to the point');
        return { __proto__: null, scalar: d, point: made[1] };
    },
    toJwk(crv, point) {
        const size = CURVES[crv];
        return {
            __proto__: null, kty: 'EC', crv, x: native.toBase64Url(native.slice(point, 1, 1 + size)), y: native.toBase64Url(native.slice(point, 1 + size, 1 + 2 * size)),
        };
    },
});

/** The bits of a shared secret, as many as asked for. */
function agreed(params, record, bits) {
    const other = params.public;
    if (other.type !== 'public') throw invalidAccess('`public` is not a public key');
    if (other.algorithm.name !== record.algorithm.name || other.algorithm.namedCurve !== record.algorithm.namedCurve) {
        throw invalidAccess('the keys belong to different algorithms');
    }
    const curve = record.algorithm.namedCurve ?? record.algorithm.name;
    const secret = native.agree(curve, record.secret.scalar, other.secret.point);
    if (secret === undefined) throw failed();
    if (bits === null) return native.bufferOf(secret);
    if (bits > length(secret) * 8) throw operationError('the secret has fewer bits');
    return native.bufferOf(native.firstBits(secret, bits));
}

const publicMember = (given) => ({ __proto__: null, public: keyOf(required(given, 'public')) });

function privateOnly(record) {
    if (record.type !== 'private') throw invalidAccess('the key is not a private key');
    return record.secret.scalar;
}

function publicOnly(record) {
    if (record.type !== 'public') throw invalidAccess('the key is not a public key');
    return record.secret.point;
}

export const ECDSA = asymmetric(['verify'], ['sign'], ['sign', 'verify'], weierstrass('ECDSA', 'sig', (given) => ({ __proto__: null, hash: hashMember(given) })), {
    sign: (params, record, data) => outcome(native.ecdsaSign(record.algorithm.namedCurve, params.hash.name, privateOnly(record), data)),
    verify: (params, record, signature, data) => native.ecdsaVerify(
        record.algorithm.namedCurve, params.hash.name, publicOnly(record), signature, data,
    ),
});

export const ECDH = asymmetric([], ['deriveKey', 'deriveBits'], ['deriveKey', 'deriveBits'], weierstrass('ECDH', 'enc', publicMember), {
    deriveBits(params, record, bits) {
        privateOnly(record);
        return agreed(params, record, bits);
    },
});

const edwards = (name, use, readOperation) => ({
    __proto__: null,
    kty: 'OKP',
    use,
    read: (given, operation) => (operation === 'generateKey' || operation === 'importKey' ? { __proto__: null } : readOperation(given)),
    curve: () => name,
    algorithm: () => ({ __proto__: null, name }),
    fromJwk(jwk) {
        if (jwk.crv !== name) throw dataError(`\`crv\` is not "${name}"`);
        if (use === 'sig' && jwk.alg !== undefined && jwk.alg !== name && jwk.alg !== 'EdDSA') throw dataError(`\`alg\` is not "${name}"`);
        const point = unpacked(jwk.x, 'x');
        if (length(point) !== 32) throw dataError('`x` does not have 32 bytes');
        if (jwk.d === undefined) return { __proto__: null, scalar: undefined, point };
        const scalar = native.secret(unpacked(jwk.d, 'd'));
        const own = native.publicOf(name, scalar);
        if (own === undefined || !native.equal(own, point)) throw dataError('`d` does not belong to `x`');
        return { __proto__: null, scalar, point };
    },
    toJwk: (crv, point) => (use === 'sig' ? { __proto__: null, kty: 'OKP', crv, alg: name, x: native.toBase64Url(point) }
        : { __proto__: null, kty: 'OKP', crv, x: native.toBase64Url(point) }),
});

export const ED25519 = asymmetric(['verify'], ['sign'], ['sign', 'verify'], edwards('Ed25519', 'sig', () => ({ __proto__: null })), {
    sign: (params, record, data) => outcome(native.edSign(privateOnly(record), data)),
    verify: (params, record, signature, data) => native.edVerify(publicOnly(record), signature, data),
});

export const X25519 = asymmetric([], ['deriveKey', 'deriveBits'], ['deriveKey', 'deriveBits'], edwards('X25519', 'enc', publicMember), {
    deriveBits(params, record, bits) {
        privateOnly(record);
        return agreed(params, record, bits);
    },
});
