// The hashes (<https://www.w3.org/TR/webcrypto/#sha>), and how the members of algorithms are read.

const HASHES = { __proto__: null, 'SHA-1': 20, 'SHA-256': 32, 'SHA-384': 48, 'SHA-512': 64 };
export const BLOCKS = { __proto__: null, 'SHA-1': 512, 'SHA-256': 512, 'SHA-384': 1024, 'SHA-512': 1024 };

export const hash = { __proto__: null, digest: (params, data) => native.bufferOf(native.digest(params.name, data)) };
