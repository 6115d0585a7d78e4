// The transform streams of other standards: `TextEncoderStream` and `TextDecoderStream`
// (<https://encoding.spec.whatwg.org/>), `CompressionStream` and `DecompressionStream`
// (<https://compression.spec.whatwg.org/>).

import { StringCharCodeAt, StringSlice } from 'primordials';
import { enumeration, idl, isObject, needs, string, typeError } from 'base';
import { transformer } from 'streams';

export class TextEncoderStream {
    #sides;

    constructor() {
        // The first half of a character whose second half is still to come.
        let pending = '';
        this.#sides = transformer((chunk, enqueue) => {
            const text = pending + string(chunk);
            const last = text === '' ? 0 : StringCharCodeAt(text, text.length - 1);
            const split = last >= 0xd800 && last <= 0xdbff ? text.length - 1 : text.length;
            pending = StringSlice(text, split);
            if (split > 0) enqueue(native.encode(StringSlice(text, 0, split)));
        }, (enqueue) => {
            if (pending !== '') enqueue(native.encode(pending));
        });
    }

    get encoding() {
        this.#sides;
        return 'utf-8';
    }

    get readable() { return this.#sides.readable; }

    get writable() { return this.#sides.writable; }
}
idl(TextEncoderStream, 'TextEncoderStream');

export class TextDecoderStream {
    #sides;

    #about;

    constructor(label = 'utf-8', options = undefined) {
        const decoder = native.textDecoder(label, options);
        this.#about = native.decoderInfo(decoder);
        const decode = (chunk, more, enqueue) => {
            const text = native.decodeText(decoder, chunk, more);
            if (text !== '') enqueue(text);
        };
        this.#sides = transformer((chunk, enqueue) => {
            if (chunk === undefined) throw typeError('the chunk is neither an ArrayBuffer nor a view on one');
            decode(chunk, true, enqueue);
        }, (enqueue) => { decode(undefined, false, enqueue); });
    }

    get encoding() { return this.#about[0]; }

    get fatal() { return this.#about[1]; }

    get ignoreBOM() { return this.#about[2]; }

    get readable() { return this.#sides.readable; }

    get writable() { return this.#sides.writable; }
}
idl(TextDecoderStream, 'TextDecoderStream');

const FORMATS = ['deflate', 'deflate-raw', 'gzip'];

function coderSides(format, decompress) {
    const coder = native.coder(enumeration(format, FORMATS, 'the format'), decompress);
    const code = (chunk, enqueue) => {
        const pieces = native.code(coder, chunk);
        for (let i = 0; i < pieces.length; i++) enqueue(pieces[i]);
    };
    return transformer((chunk, enqueue) => {
        if (!isObject(chunk) || !native.isSource(chunk)) {
            throw typeError('the chunk is neither an ArrayBuffer nor a view on one');
        }
        code(chunk, enqueue);
    }, (enqueue) => { code(undefined, enqueue); });
}

export class CompressionStream {
    #sides;

    constructor(format) {
        needs(arguments.length, 1, 'CompressionStream');
        this.#sides = coderSides(format, false);
    }

    get readable() { return this.#sides.readable; }

    get writable() { return this.#sides.writable; }
}
idl(CompressionStream, 'CompressionStream');

export class DecompressionStream {
    #sides;

    constructor(format) {
        needs(arguments.length, 1, 'DecompressionStream');
        this.#sides = coderSides(format, true);
    }

    get readable() { return this.#sides.readable; }

    get writable() { return this.#sides.writable; }
}
idl(DecompressionStream, 'DecompressionStream');
