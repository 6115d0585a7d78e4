// `crypto.subtle` and `CryptoKey`, after <https://www.w3.org/TR/webcrypto/>; the mathematics is the
// native half's. Algorithms: the SHA family, HMAC, AES (CBC, CTR, GCM, KW), PBKDF2, HKDF, ECDSA and
// ECDH on P-256 and P-384, Ed25519, X25519.

(native, primordials, load) => {
    const { ArrayIndexOf, StringToUpperCase } = primordials;
    const {
        INTERNAL, copyOf, dictionary, domException, enforced, enumeration, idl, illegal, isObject, needs, promising, sequence, string,
        typeError,
    } = load('base');

    const notSupported = (what) => domException('NotSupportedError', what);
    const dataError = (what) => domException('DataError', what);
    const operationError = (what) => domException('OperationError', what);
    const invalidAccess = (what) => domException('InvalidAccessError', what);
    const syntaxError = (what) => domException('SyntaxError', what);

    const USAGES = ['encrypt', 'decrypt', 'sign', 'verify', 'deriveKey', 'deriveBits', 'wrapKey', 'unwrapKey'];
    const length = (bytes) => native.byteLength(bytes);

    // ---------------------------------------------------------------- keys

    let recordOf;
    let isKey;

    class CryptoKey {
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

        get algorithm() { return this.#record.algorithm; }

        get usages() { return this.#record.usages; }
    }
    idl(CryptoKey, 'CryptoKey');

    /** The usages in the order of the standard, each once. */
    function normalized(usages) {
        const list = [];
        for (let i = 0; i < USAGES.length; i++) {
            if (ArrayIndexOf(usages, USAGES[i]) >= 0) list[list.length] = USAGES[i];
        }
        return list;
    }

    const intersection = (usages, allowed) => {
        const list = [];
        for (let i = 0; i < usages.length; i++) {
            if (ArrayIndexOf(allowed, usages[i]) >= 0) list[list.length] = usages[i];
        }
        return list;
    };

    function newKey(type, algorithm, extractable, usages, secret) {
        return new CryptoKey(INTERNAL, { type, extractable, algorithm, usages: normalized(usages), secret });
    }

    function only(usages, allowed) {
        for (let i = 0; i < usages.length; i++) {
            if (ArrayIndexOf(allowed, usages[i]) < 0) throw syntaxError(`the usage \`${usages[i]}\` is not for this key`);
        }
    }

    function keyOf(value) {
        if (!isKey(value)) throw typeError('the key is not a CryptoKey');
        return recordOf(value);
    }

    function permits(record, name, usage) {
        if (record.algorithm.name !== name) throw invalidAccess('the key is for another algorithm');
        if (ArrayIndexOf(record.usages, usage) < 0) throw invalidAccess(`the key is not for \`${usage}\``);
    }

    function pair(algorithm, extractable, usages, publicUsages, privateUsages, secret) {
        const kept = intersection(usages, privateUsages);
        if (kept.length === 0) throw syntaxError('the private key would have no usage');
        const publicKey = newKey('public', algorithm, true, intersection(usages, publicUsages), { point: secret.point });
        const privateKey = newKey('private', algorithm, extractable, kept, secret);
        return { publicKey, privateKey };
    }

    // ---------------------------------------------------------------- JSON Web Keys

    const JWK_TEXTS = ['alg', 'crv', 'd', 'dp', 'dq', 'e', 'k', 'kty', 'n', 'p', 'q', 'qi', 'use', 'x', 'y'];

    function jwkOf(value) {
        const given = dictionary(value, 'the key');
        const jwk = { __proto__: null };
        for (let i = 0; i < JWK_TEXTS.length; i++) {
            const member = given[JWK_TEXTS[i]];
            if (member !== undefined) jwk[JWK_TEXTS[i]] = string(member);
        }
        if (given.ext !== undefined) jwk.ext = !!given.ext;
        if (given.key_ops !== undefined) jwk.key_ops = sequence(given.key_ops, '`key_ops`', string);
        return jwk;
    }

    function checkJwk(jwk, kty, use, usages, extractable) {
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

    function unpacked(text, what) {
        const bytes = text === undefined ? undefined : native.fromBase64Url(text);
        if (bytes === undefined) throw dataError(`\`${what}\` is not base64url`);
        return bytes;
    }

    // ---------------------------------------------------------------- secret keys in general

    /** The bytes of a secret key in the format `raw` or `jwk`. */
    function secretBytes(format, data, jwkAlg, use, usages, extractable) {
        if (format === 'raw' || format === 'raw-secret') return data;
        if (format !== 'jwk') throw notSupported(`a secret key has no format \`${format}\``);
        checkJwk(data, 'oct', use, usages, extractable);
        const bytes = unpacked(data.k, 'k');
        const alg = jwkAlg(length(bytes));
        if (data.alg !== undefined && data.alg !== alg) throw dataError(`\`alg\` is not "${alg}"`);
        return bytes;
    }

    function exportSecret(format, record, alg) {
        if (format === 'raw' || format === 'raw-secret') return native.bufferOf(record.secret);
        if (format !== 'jwk') throw notSupported(`a secret key has no format \`${format}\``);
        return { alg, ext: record.extractable, k: native.toBase64Url(record.secret), key_ops: copyList(record.usages), kty: 'oct' };
    }

    const copyList = (list) => primordials.ArraySlice(list);

    // ---------------------------------------------------------------- hashes

    const HASHES = { __proto__: null, 'SHA-1': 20, 'SHA-256': 32, 'SHA-384': 48, 'SHA-512': 64 };
    const BLOCKS = { __proto__: null, 'SHA-1': 512, 'SHA-256': 512, 'SHA-384': 1024, 'SHA-512': 1024 };

    const hash = { digest: (params, data) => native.bufferOf(native.digest(params.name, data)) };

    const hashMember = (given) => {
        if (given.hash === undefined) throw typeError('`hash` is missing');
        return normalize(given.hash, 'digest').params;
    };
    const bytesMember = (given, name) => {
        if (given[name] === undefined) throw typeError(`\`${name}\` is missing`);
        return copyOf(given[name], `\`${name}\``);
    };
    const numberMember = (given, name, limit) => {
        if (given[name] === undefined) throw typeError(`\`${name}\` is missing`);
        return enforced(given[name], limit, `\`${name}\``);
    };

    // ---------------------------------------------------------------- HMAC

    const hmacAlg = (hashName) => `HS${hashName === 'SHA-1' ? '1' : primordials.StringSlice(hashName, 4)}`;

    const HMAC = {
        read: (given, operation) => (operation === 'sign' || operation === 'verify' ? {}
            : { hash: hashMember(given), length: given.length === undefined ? undefined : numberMember(given, 'length', 4294967295) }),
        generateKey(params, extractable, usages) {
            only(usages, ['sign', 'verify']);
            if (params.length === 0) throw operationError('the length is 0');
            const bits = params.length ?? BLOCKS[params.hash.name];
            const bytes = native.randomBytes(primordials.MathCeil(bits / 8));
            return this.key(params, bits, extractable, usages, bytes);
        },
        key(params, bits, extractable, usages, bytes) {
            if (usages.length === 0) throw syntaxError('the key would have no usage');
            return newKey('secret', { name: 'HMAC', length: bits, hash: { name: params.hash.name } }, extractable, usages, bytes);
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

    // ---------------------------------------------------------------- AES

    const isAesLength = (bits) => bits === 128 || bits === 192 || bits === 256;

    const aes = (name, usagesAllowed, readParams, operations) => ({
        read: (given, operation) => {
            if (operation === 'generateKey' || operation === 'keyLength') return { length: numberMember(given, 'length', 65535) };
            return operation === 'importKey' ? {} : readParams(given);
        },
        generateKey(params, extractable, usages) {
            only(usages, usagesAllowed);
            if (!isAesLength(params.length)) throw operationError('AES keys have 128, 192 or 256 bits');
            if (usages.length === 0) throw syntaxError('the key would have no usage');
            const bytes = native.randomBytes(params.length / 8);
            return newKey('secret', { name, length: params.length }, extractable, usages, bytes);
        },
        importKey(format, data, params, extractable, usages) {
            only(usages, usagesAllowed);
            const bytes = secretBytes(format, data, (size) => {
                if (!isAesLength(size * 8)) throw dataError('AES keys have 128, 192 or 256 bits');
                return `A${size * 8}${primordials.StringSlice(name, 4)}`;
            }, 'enc', usages, extractable);
            if (!isAesLength(length(bytes) * 8)) throw dataError('AES keys have 128, 192 or 256 bits');
            if (usages.length === 0) throw syntaxError('the key would have no usage');
            return newKey('secret', { name, length: length(bytes) * 8 }, extractable, usages, bytes);
        },
        exportKey: (format, record) => exportSecret(format, record, `A${record.algorithm.length}${primordials.StringSlice(name, 4)}`),
        keyLength(params) {
            if (!isAesLength(params.length)) throw operationError('AES keys have 128, 192 or 256 bits');
            return params.length;
        },
        ...operations,
    });

    const CIPHER = ['encrypt', 'decrypt', 'wrapKey', 'unwrapKey'];
    const failed = () => operationError('the operation failed');

    function outcome(bytes) {
        if (bytes === undefined) throw failed();
        return native.bufferOf(bytes);
    }

    const withIv = ({ iv }) => {
        if (length(iv) !== 16) throw operationError('`iv` does not have 16 bytes');
        return iv;
    };
    const AES_CBC = aes('AES-CBC', CIPHER, (given) => ({ iv: bytesMember(given, 'iv') }), {
        encrypt: (params, record, data) => outcome(native.aesCbc(true, record.secret, withIv(params), data)),
        decrypt: (params, record, data) => outcome(native.aesCbc(false, record.secret, withIv(params), data)),
    });

    const ctr = (params, record, data) => {
        if (length(params.counter) !== 16) throw operationError('`counter` does not have 16 bytes');
        if (params.length < 1 || params.length > 128) throw operationError('`length` is not between 1 and 128');
        return outcome(native.aesCtr(record.secret, params.counter, params.length, data));
    };
    const AES_CTR = aes('AES-CTR', CIPHER, (given) => ({ counter: bytesMember(given, 'counter'), length: numberMember(given, 'length', 255) }), {
        encrypt: ctr, decrypt: ctr,
    });

    const TAGS = [32, 64, 96, 104, 112, 120, 128];
    const gcm = (encrypt) => (params, record, data) => {
        const tag = params.tagLength ?? 128;
        if (ArrayIndexOf(TAGS, tag) < 0) throw operationError('`tagLength` is not one of 32, 64, 96, 104, 112, 120 and 128');
        return outcome(native.aesGcm(encrypt, record.secret, params.iv, params.additionalData, tag / 8, data));
    };
    const AES_GCM = aes('AES-GCM', CIPHER, (given) => ({
        additionalData: given.additionalData === undefined ? native.concat([]) : bytesMember(given, 'additionalData'),
        iv: bytesMember(given, 'iv'),
        tagLength: given.tagLength === undefined ? undefined : numberMember(given, 'tagLength', 255),
    }), { encrypt: gcm(true), decrypt: gcm(false) });

    const AES_KW = aes('AES-KW', ['wrapKey', 'unwrapKey'], () => ({}), {
        wrapKey: (params, record, data) => outcome(native.aesKw(true, record.secret, data)),
        unwrapKey: (params, record, data) => outcome(native.aesKw(false, record.secret, data)),
    });

    // ---------------------------------------------------------------- derivation from secrets

    const derivation = (name, readParams, derive) => ({
        read: (given, operation) => (operation === 'deriveBits' ? readParams(given) : {}),
        importKey(format, data, params, extractable, usages) {
            if (format !== 'raw' && format !== 'raw-secret') throw notSupported(`${name} keys have no format \`${format}\``);
            only(usages, ['deriveKey', 'deriveBits']);
            if (extractable) throw syntaxError(`${name} keys cannot be extractable`);
            if (usages.length === 0) throw syntaxError('the key would have no usage');
            return newKey('secret', { name }, false, usages, data);
        },
        deriveBits(params, record, bits) {
            if (bits === null || bits % 8 !== 0) throw operationError('the length is not a multiple of 8');
            return outcome(derive(params, record.secret, bits / 8));
        },
        keyLength: () => null,
    });

    const PBKDF2 = derivation('PBKDF2', (given) => ({
        hash: hashMember(given), iterations: numberMember(given, 'iterations', 4294967295), salt: bytesMember(given, 'salt'),
    }), (params, secret, size) => {
        if (params.iterations === 0) throw operationError('`iterations` is 0');
        return native.pbkdf2(params.hash.name, secret, params.salt, params.iterations, size);
    });

    const HKDF = derivation('HKDF', (given) => ({
        hash: hashMember(given), info: bytesMember(given, 'info'), salt: bytesMember(given, 'salt'),
    }), (params, secret, size) => native.hkdf(params.hash.name, secret, params.salt, params.info, size));

    // ---------------------------------------------------------------- elliptic curves

    const CURVES = { __proto__: null, 'P-256': 32, 'P-384': 48 };

    /** The members that key pairs have in common; `kind` says how keys are written. */
    const asymmetric = (publicUsages, privateUsages, allUsages, kind, operations) => ({
        read: kind.read,
        generateKey(params, extractable, usages) {
            only(usages, allUsages);
            const curve = kind.curve(params);
            const made = native.generatePair(curve);
            return pair(kind.algorithm(curve), extractable, usages, publicUsages, privateUsages, { scalar: made[0], point: made[1] });
        },
        importKey(format, data, params, extractable, usages) {
            const curve = kind.curve(params);
            const { scalar, point } = importPair(format, data, curve, kind, usages, extractable, publicUsages, privateUsages);
            const isPrivate = scalar !== undefined;
            if (isPrivate && usages.length === 0) throw syntaxError('the private key would have no usage');
            return newKey(isPrivate ? 'private' : 'public', kind.algorithm(curve), extractable, usages, { scalar, point });
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
        if (made === undefined) throw dataError('the key is not valid');
        return { scalar: made[0], point: made[1] };
    }

    function exportPair(format, record, kind) {
        const { scalar, point } = record.secret;
        const curve = record.algorithm.namedCurve ?? record.algorithm.name;
        if (format === 'jwk') {
            const jwk = kind.toJwk(curve, point);
            if (record.type === 'private') jwk.d = native.toBase64Url(scalar);
            jwk.key_ops = copyList(record.usages);
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
        kty: 'EC',
        use,
        read(given, operation) {
            if (operation !== 'generateKey' && operation !== 'importKey') return readOperation(given);
            if (given.namedCurve === undefined) throw typeError('`namedCurve` is missing');
            return { namedCurve: string(given.namedCurve) };
        },
        curve({ namedCurve }) {
            if (CURVES[namedCurve] === undefined) throw notSupported(`the curve \`${namedCurve}\` is not supported`);
            return namedCurve;
        },
        algorithm: (namedCurve) => ({ name, namedCurve }),
        fromJwk(jwk, curve) {
            if (jwk.crv !== curve) throw dataError(`\`crv\` is not "${curve}"`);
            const size = CURVES[curve];
            const alg = name === 'ECDSA' ? `ES${primordials.StringSlice(curve, 2)}` : undefined;
            if (alg !== undefined && jwk.alg !== undefined && jwk.alg !== alg) throw dataError(`\`alg\` is not "${alg}"`);
            const x = unpacked(jwk.x, 'x');
            const y = unpacked(jwk.y, 'y');
            const d = jwk.d === undefined ? undefined : unpacked(jwk.d, 'd');
            if (length(x) !== size || length(y) !== size || (d !== undefined && length(d) !== size)) throw dataError('a coordinate has the wrong length');
            const made = native.importPair(curve, 'raw', native.concat([native.fromHex('04'), x, y]));
            if (made === undefined) throw dataError('the point is not on the curve');
            if (d === undefined) return { scalar: undefined, point: made[1] };
            const own = native.publicOf(curve, d);
            if (own === undefined || !native.equal(own, made[1])) throw dataError('`d` does not belong to the point');
            return { scalar: d, point: made[1] };
        },
        toJwk(crv, point) {
            const size = CURVES[crv];
            return {
                kty: 'EC', crv, x: native.toBase64Url(native.slice(point, 1, 1 + size)), y: native.toBase64Url(native.slice(point, 1 + size, 1 + 2 * size)),
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

    const publicMember = (given) => {
        if (given.public === undefined) throw typeError('`public` is missing');
        return { public: keyOf(given.public) };
    };

    function privateOnly(record) {
        if (record.type !== 'private') throw invalidAccess('the key is not a private key');
        return record.secret.scalar;
    }

    function publicOnly(record) {
        if (record.type !== 'public') throw invalidAccess('the key is not a public key');
        return record.secret.point;
    }

    const ECDSA = asymmetric(['verify'], ['sign'], ['sign', 'verify'], weierstrass('ECDSA', 'sig', (given) => ({ hash: hashMember(given) })), {
        sign: (params, record, data) => outcome(native.ecdsaSign(record.algorithm.namedCurve, params.hash.name, privateOnly(record), data)),
        verify: (params, record, signature, data) => native.ecdsaVerify(
            record.algorithm.namedCurve, params.hash.name, publicOnly(record), signature, data,
        ),
    });

    const ECDH = asymmetric([], ['deriveKey', 'deriveBits'], ['deriveKey', 'deriveBits'], weierstrass('ECDH', 'enc', publicMember), {
        deriveBits(params, record, bits) {
            privateOnly(record);
            return agreed(params, record, bits);
        },
    });

    const edwards = (name, use, readOperation) => ({
        kty: 'OKP',
        use,
        read: (given, operation) => (operation === 'generateKey' || operation === 'importKey' ? {} : readOperation(given)),
        curve: () => name,
        algorithm: () => ({ name }),
        fromJwk(jwk) {
            if (jwk.crv !== name) throw dataError(`\`crv\` is not "${name}"`);
            if (use === 'sig' && jwk.alg !== undefined && jwk.alg !== name && jwk.alg !== 'EdDSA') throw dataError(`\`alg\` is not "${name}"`);
            const point = unpacked(jwk.x, 'x');
            if (length(point) !== 32) throw dataError('`x` does not have 32 bytes');
            if (jwk.d === undefined) return { scalar: undefined, point };
            const scalar = unpacked(jwk.d, 'd');
            const own = native.publicOf(name, scalar);
            if (own === undefined || !native.equal(own, point)) throw dataError('`d` does not belong to `x`');
            return { scalar, point };
        },
        toJwk: (crv, point) => (use === 'sig' ? { kty: 'OKP', crv, alg: name, x: native.toBase64Url(point) }
            : { kty: 'OKP', crv, x: native.toBase64Url(point) }),
    });

    const ED25519 = asymmetric(['verify'], ['sign'], ['sign', 'verify'], edwards('Ed25519', 'sig', () => ({})), {
        sign: (params, record, data) => outcome(native.edSign(privateOnly(record), data)),
        verify: (params, record, signature, data) => native.edVerify(publicOnly(record), signature, data),
    });

    const X25519 = asymmetric([], ['deriveKey', 'deriveBits'], ['deriveKey', 'deriveBits'], edwards('X25519', 'enc', publicMember), {
        deriveBits(params, record, bits) {
            privateOnly(record);
            return agreed(params, record, bits);
        },
    });

    // ---------------------------------------------------------------- algorithms by name

    const ALGORITHMS = {
        __proto__: null,
        'SHA-1': hash, 'SHA-256': hash, 'SHA-384': hash, 'SHA-512': hash, HMAC,
        'AES-CBC': AES_CBC, 'AES-CTR': AES_CTR, 'AES-GCM': AES_GCM, 'AES-KW': AES_KW, PBKDF2, HKDF,
        // A build may leave the curves out.
        ...(native.generatePair === undefined ? {} : { ECDSA, ECDH, Ed25519: ED25519, X25519 }),
    };
    const NAMES = primordials.ObjectKeys(ALGORITHMS);

    /** The algorithm that a script names, and its parameters for an operation. */
    function normalize(given, operation) {
        const isName = !isObject(given);
        const members = isName ? { __proto__: null } : given;
        const wanted = isName ? string(given) : members.name;
        if (wanted === undefined) throw typeError('the algorithm has no `name`');
        const upper = StringToUpperCase(string(wanted));
        for (let i = 0; i < NAMES.length; i++) {
            const name = NAMES[i];
            if (StringToUpperCase(name) !== upper || ALGORITHMS[name][operation] === undefined) continue;
            const algorithm = ALGORITHMS[name];
            const params = algorithm.read === undefined ? {} : algorithm.read(members, operation);
            params.name = name;
            return { algorithm, params };
        }
        throw notSupported(`\`${string(wanted)}\` is not an algorithm for this operation`);
    }

    const FORMATS = ['raw', 'spki', 'pkcs8', 'jwk', 'raw-public', 'raw-secret', 'raw-private', 'raw-seed'];
    const formatOf = (value) => enumeration(value, FORMATS, 'the format');
    const usagesOf = (value) => sequence(value, 'the usages', (usage) => enumeration(usage, USAGES, 'a usage'));

    function keyData(format, value) {
        const bytes = isObject(value) ? native.bytes(value) : undefined;
        if (format === 'jwk') {
            if (bytes !== undefined || !isObject(value)) throw typeError('a key in the format `jwk` is an object');
            return jwkOf(value);
        }
        if (bytes === undefined) throw typeError('the key is neither an ArrayBuffer nor a view on one');
        return bytes;
    }

    const bitsOf = (value) => (value === null || value === undefined ? null : enforced(value, 4294967295, 'the length'));

    // ---------------------------------------------------------------- SubtleCrypto

    let check;

    /** Runs an operation; whatever it throws, a bad receiver included, becomes a rejection. */
    const run = (target, given, count, name, body) => promising(() => {
        check(target);
        needs(given, count, `SubtleCrypto.${name}`);
        return body();
    });

    class SubtleCrypto {
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
                const { algorithm: found, params } = normalize(algorithm, 'verify');
                const record = keyOf(key);
                const signed = copyOf(signature, 'the signature');
                const bytes = copyOf(data, 'the data');
                permits(record, params.name, 'verify');
                return found.verify(params, record, signed, bytes);
            });
        }

        digest(algorithm, data) {
            return run(this, arguments.length, 2, 'digest', () => {
                const { algorithm: found, params } = normalize(algorithm, 'digest');
                return found.digest(params, copyOf(data, 'the data'));
            });
        }

        generateKey(algorithm, extractable, keyUsages) {
            return run(this, arguments.length, 3, 'generateKey', () => {
                const { algorithm: found, params } = normalize(algorithm, 'generateKey');
                return found.generateKey(params, !!extractable, usagesOf(keyUsages));
            });
        }

        deriveKey(algorithm, baseKey, derivedKeyType, extractable, keyUsages) {
            return run(this, arguments.length, 5, 'deriveKey', () => {
                const { algorithm: found, params } = normalize(algorithm, 'deriveBits');
                const record = keyOf(baseKey);
                const target = normalize(derivedKeyType, 'importKey');
                const sized = normalize(derivedKeyType, 'keyLength');
                const usages = usagesOf(keyUsages);
                permits(record, params.name, 'deriveKey');
                const bits = found.deriveBits(params, record, sized.algorithm.keyLength(sized.params));
                return target.algorithm.importKey('raw', native.bytes(bits), target.params, !!extractable, usages);
            });
        }

        deriveBits(algorithm, baseKey, length = null) {
            return run(this, arguments.length, 2, 'deriveBits', () => {
                const { algorithm: found, params } = normalize(algorithm, 'deriveBits');
                const record = keyOf(baseKey);
                const bits = bitsOf(length);
                permits(record, params.name, 'deriveBits');
                return found.deriveBits(params, record, bits);
            });
        }

        importKey(format, data, algorithm, extractable, keyUsages) {
            return run(this, arguments.length, 5, 'importKey', () => {
                const kind = formatOf(format);
                const bytes = keyData(kind, data);
                const { algorithm: found, params } = normalize(algorithm, 'importKey');
                return found.importKey(kind, bytes, params, !!extractable, usagesOf(keyUsages));
            });
        }

        exportKey(format, key) {
            return run(this, arguments.length, 2, 'exportKey', () => exported(formatOf(format), keyOf(key)));
        }

        wrapKey(format, key, wrappingKey, wrapAlgorithm) {
            return run(this, arguments.length, 4, 'wrapKey', () => {
                const kind = formatOf(format);
                const { algorithm: found, params, operation } = wrapping(wrapAlgorithm, 'wrapKey', 'encrypt');
                const wrapper = keyOf(wrappingKey);
                permits(wrapper, params.name, 'wrapKey');
                const made = exported(kind, keyOf(key));
                const bytes = kind === 'jwk' ? native.encode(native.jsonStringify(made)) : native.bytes(made);
                return found[operation](params, wrapper, bytes);
            });
        }

        unwrapKey(format, wrappedKey, unwrappingKey, unwrapAlgorithm, unwrappedKeyAlgorithm, extractable, keyUsages) {
            return run(this, arguments.length, 7, 'unwrapKey', () => {
                const kind = formatOf(format);
                const wrapped = copyOf(wrappedKey, 'the wrapped key');
                const { algorithm: found, params, operation } = wrapping(unwrapAlgorithm, 'unwrapKey', 'decrypt');
                const target = normalize(unwrappedKeyAlgorithm, 'importKey');
                const unwrapper = keyOf(unwrappingKey);
                const usages = usagesOf(keyUsages);
                permits(unwrapper, params.name, 'unwrapKey');
                const bytes = native.bytes(found[operation](params, unwrapper, wrapped));
                let data = bytes;
                if (kind === 'jwk') {
                    try {
                        data = jwkOf(native.jsonParse(bytes));
                    } catch {
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
        const { algorithm: found, params } = normalize(algorithm, operation);
        const record = keyOf(key);
        const bytes = copyOf(data, 'the data');
        permits(record, params.name, operation);
        return found[operation](params, record, bytes);
    }

    /** How an algorithm wraps: by an operation of its own, or by encryption. */
    function wrapping(algorithm, own, otherwise) {
        try {
            return { ...normalize(algorithm, own), operation: own };
        } catch (error) {
            if (error.name !== 'NotSupportedError') throw error;
            return { ...normalize(algorithm, otherwise), operation: otherwise };
        }
    }

    function exported(format, record) {
        const algorithm = ALGORITHMS[record.algorithm.name];
        if (algorithm.exportKey === undefined) throw notSupported('keys of this algorithm cannot be exported');
        if (!record.extractable) throw invalidAccess('the key is not extractable');
        return algorithm.exportKey(format, record);
    }

    return { __proto__: null, CryptoKey, SubtleCrypto, subtle: new SubtleCrypto(INTERNAL) };
}
