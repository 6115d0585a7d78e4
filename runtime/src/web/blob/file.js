// `File`, after <https://w3c.github.io/FileAPI/#file-section>.

import { dictionary, facade, INTERNAL, needs, usv } from 'base';
import { Blob, blobWith, bytesOf, isBlob, joined, partsOf, propertiesOf, typeOf } from './blob.js';

export let fileWith;
let hasName;
export let nameOf;
export let timeOf;

class HiddenFile extends Blob {
    #name;

    #lastModified;

    constructor(fileBits, fileName, options = undefined) {
        if (fileBits === INTERNAL) {
            super(INTERNAL, options);
            this.#name = fileName;
            return;
        }
        needs(arguments.length, 2, 'File');
        const parts = partsOf(fileBits);
        const name = usv(fileName);
        const given = dictionary(options, 'options');
        const { nativeEndings, type } = propertiesOf(given);
        const { lastModified } = given;
        const changed = lastModified === undefined ? native.wall() : integer(lastModified);
        super(INTERNAL, { __proto__: null, bytes: joined(parts, nativeEndings), type });
        this.#name = name;
        this.#lastModified = changed;
    }

    static {
        fileWith = (bytes, type, name, lastModified) => {
            const file = new HiddenFile(INTERNAL, name, { bytes, type });
            file.#lastModified = lastModified ?? native.wall();
            return file;
        };
        hasName = (value) => #name in value;
        nameOf = (file) => file.#name;
        timeOf = (file) => file.#lastModified;
    }

    get name() { return this.#name; }

    get lastModified() { return this.#lastModified; }
}
export const File = facade(HiddenFile, 'File');

const integer = (value) => {
    const number = primordials.MathTrunc(+value);
    return number === number && number !== Infinity && number !== -Infinity ? number : 0;
};

export const isFile = (value) => isBlob(value) && hasName(value);

/** Another object with the same bytes. */
export const copyOf = (blob) => (isFile(blob)
    ? fileWith(bytesOf(blob), typeOf(blob), nameOf(blob), timeOf(blob)) : blobWith(bytesOf(blob), typeOf(blob)));
