// `crypto.subtle` and `CryptoKey`, after <https://www.w3.org/TR/webcrypto/>; the mathematics is the
// native half's. Algorithms: the SHA family, HMAC, AES (CBC, CTR, GCM, KW), PBKDF2, HKDF, ECDSA and
// ECDH on P-256 and P-384, Ed25519, X25519.

export { CryptoKey } from './keys.js';
export { SubtleCrypto, subtle } from './subtle_crypto.js';
