// `Blob`, after <https://w3c.github.io/FileAPI/#blob-section>.

import { StringCharAt, StringSlice } from 'primordials';
import {
    clamped, dictionary, enumeration, idl, INTERNAL, isObject, mimeType, promising, sequence,
    string, usv,
} from 'base';

export let bytesOf;
export let typeOf;
export let blobWith;
export let isBlob;

export class Blob {
    #bytes;

    #type = '';

    constructor(blobParts = undefined, options = undefined) {
        if (blobParts === INTERNAL) {
            this.#bytes = options.bytes;
            // Also what was parsed out of a body: a type is written into headers.
            this.#type = mimeType(options.type);
            return;
        }
        const parts = blobParts === undefined ? [] : partsOf(blobParts);
        const { nativeEndings, type } = propertiesOf(dictionary(options, 'options'));
        this.#type = type;
        this.#bytes = joined(parts, nativeEndings);
    }

    static {
        bytesOf = (blob) => blob.#bytes;
        typeOf = (blob) => blob.#type;
        isBlob = (value) => isObject(value) && #bytes in value;
        blobWith = (bytes, type) => new Blob(INTERNAL, { bytes, type });
    }

    get size() { return native.byteLength(this.#bytes); }

    get type() { return this.#type; }

    slice(start = undefined, end = undefined, contentType = undefined) {
        const size = native.byteLength(this.#bytes);
        const place = (value, otherwise) => {
            if (value === undefined) return otherwise;
            const at = clamped(value);
            return at < 0 ? (size + at > 0 ? size + at : 0) : at < size ? at : size;
        };
        const from = place(start, 0);
        const to = place(end, size);
        const type = contentType === undefined ? '' : mimeType(string(contentType));
        return blobWith(native.slice(this.#bytes, from, to > from ? to : from), type);
    }

    stream() { return load('streams').streamOf(this.#bytes); }

    text() { return promising(() => native.utf8(this.#bytes, true)); }

    arrayBuffer() { return promising(() => native.bufferOf(this.#bytes)); }

    bytes() { return promising(() => native.slice(this.#bytes, 0, native.byteLength(this.#bytes))); }
}
idl(Blob, 'Blob');

/** The parts of a blob, as bytes or texts; buffer sources are read when all else is converted. */
export function partsOf(value) {
    return sequence(value, 'the parts', (part) => {
        if (isBlob(part)) return bytesOf(part);
        return isObject(part) && native.isSource(part) ? part : usv(part);
    });
}

/** The members of `BlobPropertyBag`. */
export function propertiesOf({ endings, type }) {
    return {
        __proto__: null,
        nativeEndings: endings !== undefined && enumeration(endings, ['transparent', 'native'], 'endings') === 'native',
        type: type === undefined ? '' : mimeType(string(type)),
    };
}

export function joined(parts, nativeEndings) {
    for (let i = 0; i < parts.length; i++) {
        if (typeof parts[i] === 'string') {
            parts[i] = native.encode(nativeEndings ? withNativeEndings(parts[i]) : parts[i]);
        }
    }
    return native.concat(parts);
}

function withNativeEndings(text) {
    let converted = '';
    let start = 0;
    for (let i = 0; i < text.length; i++) {
        if (text[i] !== '\r') continue;
        converted += `${StringSlice(text, start, i)}\n`;
        if (StringCharAt(text, i + 1) === '\n') i++;
        start = i + 1;
    }
    return converted + StringSlice(text, start);
}
