// `SubtleCrypto`, after <https://www.w3.org/TR/webcrypto/#subtlecrypto-interface>.

import {
    arrayOf, copyOf, enforced, enumeration, idl, illegal, INTERNAL, isObject, needs, promising,
    sequence, sourceOf, typeError, unlessRefused,
} from 'base';
import { dataError, invalidAccess, notSupported } from './errors.js';
import { keyOf, permits, USAGES } from './keys.js';
import { jwkOf, parsedJwk } from './jwk.js';
import { ALGORITHMS, identifier, lookUp, normalize } from './algorithms.js';

const FORMATS = ['raw', 'spki', 'pkcs8', 'jwk', 'raw-public', 'raw-secret', 'raw-private', 'raw-seed'];
const formatOf = (value) => enumeration(value, FORMATS, 'the format');
const usagesOf = (value) => sequence(value, 'the usages', (usage) => enumeration(usage, USAGES, 'a usage'));

/** Key data as an argument: a key of its own form, or where its bytes are. */
function keyData(format, value) {
    const isSource = isObject(value) && native.isSource(value);
    if (format === 'jwk') {
        if (isSource || !isObject(value)) throw typeError('a key in the format `jwk` is an object');
        return jwkOf(value);
    }
    if (!isSource) throw typeError('the key is neither an ArrayBuffer nor a view on one');
    return value;
}

/** The bytes of a buffer that no script has seen, which is wiped. */
function taken(buffer) {
    const bytes = native.bytes(buffer);
    native.wipe(buffer);
    return bytes;
}

const bitsOf = (value) => (value === null || value === undefined ? null : enforced(value, 4294967295, 'the length'));

let check;

/** Runs an operation; whatever it throws, a bad receiver included, becomes a rejection. */
const run = (target, given, count, name, body) => promising(() => {
    check(target);
    needs(given, count, `SubtleCrypto.${name}`);
    return body();
});

export class SubtleCrypto {
    #brand = true;

    constructor(key = undefined) {
        if (key !== INTERNAL) throw illegal();
    }

    encrypt(algorithm, key, data) {
        return run(this, arguments.length, 3, 'encrypt', () => cipher('encrypt', algorithm, key, data));
    }

    decrypt(algorithm, key, data) {
        return run(this, arguments.length, 3, 'decrypt', () => cipher('decrypt', algorithm, key, data));
    }

    sign(algorithm, key, data) {
        return run(this, arguments.length, 3, 'sign', () => cipher('sign', algorithm, key, data));
    }

    verify(algorithm, key, signature, data) {
        return run(this, arguments.length, 4, 'verify', () => {
            const named = identifier(algorithm);
            const record = keyOf(key);
            const signed = sourceOf(signature, 'the signature');
            const source = sourceOf(data, 'the data');
            const { algorithm: found, params } = normalize(named, 'verify');
            const mark = copyOf(signed, 'the signature');
            const bytes = copyOf(source, 'the data');
            permits(record, params.name, 'verify');
            return found.verify(params, record, mark, bytes);
        });
    }

    digest(algorithm, data) {
        return run(this, arguments.length, 2, 'digest', () => {
            const named = identifier(algorithm);
            const source = sourceOf(data, 'the data');
            const { algorithm: found, params } = normalize(named, 'digest');
            return found.digest(params, copyOf(source, 'the data'));
        });
    }

    generateKey(algorithm, extractable, keyUsages) {
        return run(this, arguments.length, 3, 'generateKey', () => {
            const named = identifier(algorithm);
            const usages = usagesOf(keyUsages);
            const { algorithm: found, params } = normalize(named, 'generateKey');
            return found.generateKey(params, !!extractable, usages);
        });
    }

    deriveKey(algorithm, baseKey, derivedKeyType, extractable, keyUsages) {
        return run(this, arguments.length, 5, 'deriveKey', () => {
            const named = identifier(algorithm);
            const record = keyOf(baseKey);
            const wanted = identifier(derivedKeyType);
            const usages = usagesOf(keyUsages);
            const { algorithm: found, params } = normalize(named, 'deriveBits');
            const target = normalize(wanted, 'importKey');
            const sized = normalize(wanted, 'keyLength');
            permits(record, params.name, 'deriveKey');
            const bits = found.deriveBits(params, record, sized.algorithm.keyLength(sized.params));
            return target.algorithm.importKey('raw', taken(bits), target.params, !!extractable, usages);
        });
    }

    deriveBits(algorithm, baseKey, length = null) {
        return run(this, arguments.length, 2, 'deriveBits', () => {
            const named = identifier(algorithm);
            const record = keyOf(baseKey);
            const bits = bitsOf(length);
            const { algorithm: found, params } = normalize(named, 'deriveBits');
            permits(record, params.name, 'deriveBits');
            return found.deriveBits(params, record, bits);
        });
    }

    importKey(format, data, algorithm, extractable, keyUsages) {
        return run(this, arguments.length, 5, 'importKey', () => {
            const kind = formatOf(format);
            const given = keyData(kind, data);
            const named = identifier(algorithm);
            const usages = usagesOf(keyUsages);
            const { algorithm: found, params } = normalize(named, 'importKey');
            return found.importKey(kind, kind === 'jwk' ? given : copyOf(given, 'the key'), params, !!extractable, usages);
        });
    }

    exportKey(format, key) {
        return run(this, arguments.length, 2, 'exportKey', () => {
            const kind = formatOf(format);
            const made = exported(kind, keyOf(key));
            return kind === 'jwk' ? { ...made, key_ops: arrayOf(made.key_ops) } : made;
        });
    }

    wrapKey(format, key, wrappingKey, wrapAlgorithm) {
        return run(this, arguments.length, 4, 'wrapKey', () => {
            const kind = formatOf(format);
            const record = keyOf(key);
            const wrapper = keyOf(wrappingKey);
            const { algorithm: found, params, operation } = wrapping(identifier(wrapAlgorithm), 'wrapKey', 'encrypt');
            permits(wrapper, params.name, 'wrapKey');
            const made = exported(kind, record);
            const bytes = kind === 'jwk' ? native.encode(native.jsonStringify(made)) : taken(made);
            const wrapped = found[operation](params, wrapper, bytes);
            native.wipe(bytes);
            return wrapped;
        });
    }

    unwrapKey(format, wrappedKey, unwrappingKey, unwrapAlgorithm, unwrappedKeyAlgorithm, extractable, keyUsages) {
        return run(this, arguments.length, 7, 'unwrapKey', () => {
            const kind = formatOf(format);
            const source = sourceOf(wrappedKey, 'the wrapped key');
            const unwrapper = keyOf(unwrappingKey);
            const named = identifier(unwrapAlgorithm);
            const wanted = identifier(unwrappedKeyAlgorithm);
            const usages = usagesOf(keyUsages);
            const { algorithm: found, params, operation } = wrapping(named, 'unwrapKey', 'decrypt');
            const target = normalize(wanted, 'importKey');
            const wrapped = copyOf(source, 'the wrapped key');
            permits(unwrapper, params.name, 'unwrapKey');
            const bytes = taken(found[operation](params, unwrapper, wrapped));
            let data = bytes;
            if (kind === 'jwk') {
                try {
                    data = parsedJwk(native.jsonParse(bytes));
                } catch (error) {
                    unlessRefused(error);
                    throw dataError('what was wrapped is not a JSON Web Key');
                }
            }
            return target.algorithm.importKey(kind, data, target.params, !!extractable, usages);
        });
    }

    static { check = (target) => target.#brand; }
}
idl(SubtleCrypto, 'SubtleCrypto');

function cipher(operation, algorithm, key, data) {
    const named = identifier(algorithm);
    const record = keyOf(key);
    const source = sourceOf(data, 'the data');
    const { algorithm: found, params } = normalize(named, operation);
    const bytes = copyOf(source, 'the data');
    permits(record, params.name, operation);
    return found[operation](params, record, bytes);
}

/** How an algorithm wraps: by an operation of its own, or by encryption. */
function wrapping(algorithm, own, otherwise) {
    const found = lookUp(algorithm, own);
    return found.algorithm === undefined
        ? { __proto__: null, ...normalize(algorithm, otherwise), operation: otherwise } : { __proto__: null, ...found, operation: own };
}

function exported(format, record) {
    const algorithm = ALGORITHMS[record.algorithm.name];
    if (algorithm.exportKey === undefined) throw notSupported('keys of this algorithm cannot be exported');
    if (!record.extractable) throw invalidAccess('the key is not extractable');
    return algorithm.exportKey(format, record);
}

export const subtle = new SubtleCrypto(INTERNAL);
