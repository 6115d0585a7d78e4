// https://www.w3.org/TR/webcrypto/ Vectors: FIPS 180-4, RFC 4231, RFC 6070 (with SHA-1), RFC 5869,
// NIST SP 800-38A, the GCM specification, RFC 3394, RFC 8032.

const { subtle } = crypto;
const hex = (source) => Array.from(new Uint8Array(source), (byte) => byte.toString(16).padStart(2, '0')).join('');
const bytes = (text) => new Uint8Array((text.match(/../g) ?? []).map((pair) => parseInt(pair, 16)));
const text = (value) => new TextEncoder().encode(value);
const secret = (algorithm, key, usages) => subtle.importKey('raw', bytes(key), algorithm, false, usages);

test('digests', async () => {
    equal(hex(await subtle.digest('SHA-1', text('abc'))), 'a9993e364706816aba3e25717850c26c9cd0d89d');
    equal(hex(await subtle.digest('sha-256', text('abc'))), 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
    equal(hex(await subtle.digest({ name: 'SHA-384' }, text('abc'))),
        'cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a7');
    equal(hex(await subtle.digest('SHA-512', new Uint8Array())).slice(0, 32), 'cf83e1357eefb8bdf1542850d66d8007');
    await rejects('NotSupportedError', subtle.digest('MD5', text('')));
    await rejects('TypeError', subtle.digest('SHA-1', 'text'));
});

test('HMAC', async () => {
    const key = await subtle.importKey('raw', text('Jefe'), { name: 'HMAC', hash: 'SHA-256' }, true, ['sign', 'verify']);
    const signature = await subtle.sign('HMAC', key, text('what do ya want for nothing?'));
    equal(hex(signature), '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843');
    equal(await subtle.verify('HMAC', key, signature, text('what do ya want for nothing?')), true);
    equal(await subtle.verify('HMAC', key, signature, text('other')), false);
    const jwk = await subtle.exportKey('jwk', key);
    equal([jwk.kty, jwk.alg, jwk.k, jwk.key_ops], ['oct', 'HS256', 'SmVmZQ', ['sign', 'verify']]);
});

test('AES in its modes', async () => {
    const key = '2b7e151628aed2a6abf7158809cf4f3c';
    const block = bytes('6bc1bee22e409f96e93d7e117393172a');
    const cbc = await secret('AES-CBC', key, ['encrypt', 'decrypt']);
    const iv = bytes('000102030405060708090a0b0c0d0e0f');
    const coded = await subtle.encrypt({ name: 'AES-CBC', iv }, cbc, block);
    equal([hex(coded).slice(0, 32), coded.byteLength], ['7649abac8119b246cee98e9b12e9197d', 32]);
    equal(hex(await subtle.decrypt({ name: 'AES-CBC', iv }, cbc, coded)), hex(block));
    await rejects('OperationError', subtle.decrypt({ name: 'AES-CBC', iv }, cbc, block));
    const ctr = await secret('AES-CTR', key, ['encrypt']);
    equal(hex(await subtle.encrypt({ name: 'AES-CTR', counter: bytes('f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff'), length: 64 }, ctr, block)),
        '874d6191b620e3261bef6864990db6ce');
    const gcm = await secret('AES-GCM', 'feffe9928665731c6d6a8f9467308308', ['encrypt', 'decrypt']);
    const params = { name: 'AES-GCM', iv: bytes('cafebabefacedbaddecaf888'), additionalData: bytes('feedfacedeadbeeffeedfacedeadbeefabaddad2') };
    const plain = bytes('d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39');
    const sealed = await subtle.encrypt(params, gcm, plain);
    equal(hex(sealed).slice(-32), '5bc94fbc3221a5db94fae95ae7121a47');
    equal(hex(await subtle.decrypt(params, gcm, sealed)), hex(plain));
    new Uint8Array(sealed)[0] ^= 1;
    await rejects('OperationError', subtle.decrypt(params, gcm, sealed));
    const short = { ...params, iv: bytes('cafebabefacedbad') };
    equal(hex(await subtle.encrypt(short, gcm, plain)).slice(-32), '3612d2e79e3b0785561be14aaca2fccb');
    const kek = await secret('AES-KW', '000102030405060708090a0b0c0d0e0f', ['wrapKey', 'unwrapKey']);
    const inner = await subtle.importKey('raw', bytes('00112233445566778899aabbccddeeff'), 'AES-CBC', true, ['encrypt']);
    equal(hex(await subtle.wrapKey('raw', inner, kek, 'AES-KW')), '1fa68b0a8112b447aef34bd8fb5a7b829d3e862371d2cfe5');
});

test('keys derived from secrets', async () => {
    const password = await subtle.importKey('raw', text('password'), 'PBKDF2', false, ['deriveBits', 'deriveKey']);
    const derived = await subtle.deriveBits({ name: 'PBKDF2', hash: 'SHA-1', salt: text('salt'), iterations: 4096 }, password, 160);
    equal(hex(derived), '4b007901b765489abead49d926f721d065a429c1');
    const key = await subtle.deriveKey({ name: 'PBKDF2', hash: 'SHA-256', salt: text('salt'), iterations: 2 }, password, { name: 'AES-GCM', length: 256 }, true, ['encrypt']);
    equal([key.algorithm.length, key.usages], [256, ['encrypt']]);
    const ikm = await secret('HKDF', '0b'.repeat(22), ['deriveBits']);
    const okm = await subtle.deriveBits({ name: 'HKDF', hash: 'SHA-256', salt: bytes('000102030405060708090a0b0c'), info: bytes('f0f1f2f3f4f5f6f7f8f9') }, ikm, 336);
    equal(hex(okm), '3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865');
});

test('signatures on curves', async () => {
    for (const namedCurve of ['P-256', 'P-384']) {
        const { publicKey, privateKey } = await subtle.generateKey({ name: 'ECDSA', namedCurve }, true, ['sign', 'verify']);
        const signature = await subtle.sign({ name: 'ECDSA', hash: 'SHA-256' }, privateKey, text('data'));
        for (const format of ['raw', 'spki', 'jwk']) {
            const again = await subtle.importKey(format, await subtle.exportKey(format, publicKey), { name: 'ECDSA', namedCurve }, true, ['verify']);
            equal(await subtle.verify({ name: 'ECDSA', hash: 'SHA-256' }, again, signature, text('data')), true, format);
            equal(await subtle.verify({ name: 'ECDSA', hash: 'SHA-256' }, again, signature, text('other')), false, format);
        }
        for (const format of ['pkcs8', 'jwk']) {
            const again = await subtle.importKey(format, await subtle.exportKey(format, privateKey), { name: 'ECDSA', namedCurve }, true, ['sign']);
            const other = await subtle.sign({ name: 'ECDSA', hash: 'SHA-256' }, again, text('data'));
            equal(await subtle.verify({ name: 'ECDSA', hash: 'SHA-256' }, publicKey, other, text('data')), true, format);
        }
    }
    const seed = '9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60';
    const ed = await subtle.importKey('pkcs8', bytes(`302e020100300506032b657004220420${seed}`), 'Ed25519', true, ['sign']);
    const signed = await subtle.sign('Ed25519', ed, new Uint8Array());
    equal(hex(signed).slice(0, 32), 'e5564300c360ac729086e2cc806e828a');
    const point = await secret('Ed25519', 'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a', ['verify']);
    equal(await subtle.verify('Ed25519', point, signed, new Uint8Array()), true);
});

test('two sides agree on a secret', async () => {
    for (const algorithm of [{ name: 'ECDH', namedCurve: 'P-256' }, { name: 'ECDH', namedCurve: 'P-384' }, { name: 'X25519' }]) {
        const a = await subtle.generateKey(algorithm, false, ['deriveBits']);
        const b = await subtle.generateKey(algorithm, false, ['deriveBits']);
        const one = await subtle.deriveBits({ name: algorithm.name, public: b.publicKey }, a.privateKey, 256);
        const two = await subtle.deriveBits({ name: algorithm.name, public: a.publicKey }, b.privateKey, 256);
        equal(hex(one), hex(two), algorithm.name);
    }
});

test('a key does only what it is for', async () => {
    const key = await subtle.generateKey({ name: 'AES-GCM', length: 128 }, false, ['encrypt']);
    await rejects('InvalidAccessError', subtle.decrypt({ name: 'AES-GCM', iv: new Uint8Array(12) }, key, new Uint8Array(16)));
    await rejects('InvalidAccessError', subtle.exportKey('raw', key));
    await rejects('SyntaxError', subtle.generateKey({ name: 'AES-GCM', length: 128 }, false, ['sign']));
    await rejects('OperationError', subtle.generateKey({ name: 'AES-GCM', length: 100 }, false, ['encrypt']));
    await rejects('DataError', subtle.importKey('raw', new Uint8Array(5), 'AES-GCM', false, ['encrypt']));
    await rejects('TypeError', subtle.encrypt({ name: 'AES-GCM', iv: new Uint8Array(12) }, {}, new Uint8Array()));
    equal([key.type, key.extractable, key.algorithm, key.usages], ['secret', false, { name: 'AES-GCM', length: 128 }, ['encrypt']]);
});

test('bytes are taken when all arguments are converted', async () => {
    const { subtle } = crypto;
    const aes = await subtle.importKey('raw', new Uint8Array(16), 'AES-GCM', true, ['encrypt', 'wrapKey', 'unwrapKey']);
    const counting = await subtle.importKey('raw', new Uint8Array(16), 'AES-CTR', true, ['encrypt']);
    const password = await subtle.importKey('raw', new Uint8Array(4), 'PBKDF2', false, ['deriveBits']);
    const material = await subtle.importKey('raw', new Uint8Array(4), 'HKDF', false, ['deriveBits']);
    const zeros = (size) => new Uint8Array(size);
    const nines = (size) => new Uint8Array(size).fill(9);
    const later = (bytes, value) => ({ valueOf() { bytes.fill(9); return value; } });
    const usage = (bytes) => ({ toString() { bytes.fill(9); return 'sign'; } });
    const raw = async (key) => new Uint8Array(await subtle.exportKey('raw', await key));
    const hmac = { name: 'HMAC', hash: 'SHA-256' };
    /** Each of them with bytes that change on the way, and with those that they become. */
    const cases = {
        iv: (it, bytes) => subtle.encrypt({ name: 'AES-GCM', iv: bytes, tagLength: it(bytes, 128) }, aes, zeros(4)),
        counter: (it, bytes) => subtle.encrypt({ name: 'AES-CTR', counter: bytes, length: it(bytes, 64) }, counting, zeros(4)),
        salt: (it, bytes) => subtle.deriveBits({ name: 'PBKDF2', hash: 'SHA-256', salt: bytes, iterations: 1 }, password, it(bytes, 128)),
        info: (it, bytes) => subtle.deriveBits({ name: 'HKDF', hash: 'SHA-256', salt: zeros(1), info: bytes }, material, it(bytes, 128)),
        keyLength: (it, bytes) => raw(subtle.importKey('raw', bytes, { ...hmac, length: it(bytes, 128) }, true, ['sign'])),
        keyName: (it, bytes) => raw(subtle.importKey('raw', bytes, { hash: 'SHA-256', get name() { it(bytes, 0).valueOf(); return 'HMAC'; } }, true, ['sign'])),
        data: (it, bytes) => subtle.digest({ get name() { it(bytes, 0).valueOf(); return 'SHA-256'; } }, bytes),
    };
    for (const [name, run] of Object.entries(cases)) {
        const changed = new Uint8Array(await run(later, zeros(16)));
        equal(changed, new Uint8Array(await run((_, value) => value, nines(16))), name);
    }
    const bytes = zeros(16);
    equal(await raw(subtle.importKey('raw', bytes, hmac, true, [usage(bytes)])), nines(16), 'a usage');
    const iv = zeros(12);
    const buffer = iv.buffer;
    await rejects('OperationError', subtle.encrypt({ name: 'AES-CTR', counter: zeros(16).subarray(0, 12), length: 64 }, counting, zeros(1)));
    const detached = await subtle.encrypt({ name: 'AES-GCM', iv, tagLength: { valueOf() { structuredClone(buffer, { transfer: [buffer] }); return 128; } } }, aes, zeros(4));
    equal(new Uint8Array(detached), new Uint8Array(await subtle.encrypt({ name: 'AES-GCM', iv: zeros(0) }, aes, zeros(4))), 'detached');
    // The arguments come first, in their order, and then what names the algorithm.
    await rejects('TypeError', subtle.encrypt({ get name() { throw new RangeError('first'); } }, {}, zeros(1)));
    await rejects('TypeError', subtle.digest({ get name() { throw new RangeError('first'); } }, 5));
    const wrapped = zeros(32);
    const got = await subtle.unwrapKey('raw', wrapped, aes, { name: 'AES-GCM', iv: zeros(12) }, hmac, true, [usage(wrapped)]).then(String, (error) => error.name);
    equal([got, wrapped[0]], ['OperationError', 9]);
});
