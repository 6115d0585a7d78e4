// AES in its modes, after <https://www.w3.org/TR/webcrypto/#aes-ctr> and the sections behind it.

import { ArrayIndexOf } from 'primordials';
import { sourceOf } from 'base';
import { dataError, operationError, outcome, syntaxError } from './errors.js';
import { length, newKey, only } from './keys.js';
import { exportSecret, secretBytes } from './secrets.js';
import { bytesMember, numberMember, optionalNumber } from './members.js';

const isAesLength = (bits) => bits === 128 || bits === 192 || bits === 256;

const aes = (name, usagesAllowed, readParams, operations) => ({
    __proto__: null,
    sources: ['additionalData', 'counter', 'iv'],
    read: (given, operation) => {
        if (operation === 'generateKey' || operation === 'keyLength') return { __proto__: null, length: numberMember(given, 'length', 65535) };
        return operation === 'importKey' ? { __proto__: null } : readParams(given);
    },
    generateKey(params, extractable, usages) {
        only(usages, usagesAllowed);
        if (!isAesLength(params.length)) throw operationError('AES keys have 128, 192 or 256 bits');
        if (usages.length === 0) throw syntaxError('the key would have no usage');
        const bytes = native.randomBytes(params.length / 8);
        return newKey('secret', { __proto__: null, name, length: params.length }, extractable, usages, bytes);
    },
    importKey(format, data, params, extractable, usages) {
        only(usages, usagesAllowed);
        const bytes = secretBytes(format, data, (size) => {
            if (!isAesLength(size * 8)) throw dataError('AES keys have 128, 192 or 256 bits');
            return `A${size * 8}${primordials.StringSlice(name, 4)}`;
        }, 'enc', usages, extractable);
        if (!isAesLength(length(bytes) * 8)) throw dataError('AES keys have 128, 192 or 256 bits');
        if (usages.length === 0) throw syntaxError('the key would have no usage');
        return newKey('secret', { __proto__: null, name, length: length(bytes) * 8 }, extractable, usages, bytes);
    },
    exportKey: (format, record) => exportSecret(format, record, `A${record.algorithm.length}${primordials.StringSlice(name, 4)}`),
    keyLength(params) {
        if (!isAesLength(params.length)) throw operationError('AES keys have 128, 192 or 256 bits');
        return params.length;
    },
    ...operations,
});

const CIPHER = ['encrypt', 'decrypt', 'wrapKey', 'unwrapKey'];

const withIv = ({ iv }) => {
    if (length(iv) !== 16) throw operationError('`iv` does not have 16 bytes');
    return iv;
};
export const AES_CBC = aes('AES-CBC', CIPHER, (given) => ({ __proto__: null, iv: bytesMember(given, 'iv') }), {
    encrypt: (params, record, data) => outcome(native.aesCbc(true, record.secret, withIv(params), data)),
    decrypt: (params, record, data) => outcome(native.aesCbc(false, record.secret, withIv(params), data)),
});

const ctr = (params, record, data) => {
    if (length(params.counter) !== 16) throw operationError('`counter` does not have 16 bytes');
    if (params.length < 1 || params.length > 128) throw operationError('`length` is not between 1 and 128');
    return outcome(native.aesCtr(record.secret, params.counter, params.length, data));
};
export const AES_CTR = aes('AES-CTR', CIPHER, (given) => ({ __proto__: null, counter: bytesMember(given, 'counter'), length: numberMember(given, 'length', 255) }), {
    encrypt: ctr, decrypt: ctr,
});

const TAGS = [32, 64, 96, 104, 112, 120, 128];
const gcm = (encrypt) => (params, record, data) => {
    const tag = params.tagLength ?? 128;
    if (ArrayIndexOf(TAGS, tag) < 0) throw operationError('`tagLength` is not one of 32, 64, 96, 104, 112, 120 and 128');
    return outcome(native.aesGcm(encrypt, record.secret, params.iv, params.additionalData ?? native.encode(''), tag / 8, data));
};
export const AES_GCM = aes('AES-GCM', CIPHER, (given) => {
    const { additionalData } = given;
    return {
        __proto__: null,
        additionalData: additionalData === undefined ? undefined : sourceOf(additionalData, '`additionalData`'),
        iv: bytesMember(given, 'iv'),
        tagLength: optionalNumber(given, 'tagLength', 255),
    };
}, { encrypt: gcm(true), decrypt: gcm(false) });

export const AES_KW = aes('AES-KW', ['wrapKey', 'unwrapKey'], () => ({ __proto__: null }), {
    wrapKey: (params, record, data) => outcome(native.aesKw(true, record.secret, data)),
    unwrapKey: (params, record, data) => outcome(native.aesKw(false, record.secret, data)),
});
