// `FormData`, after <https://xhr.spec.whatwg.org/#interface-formdata>.

import { arrayOf, idl, isObject, iterable, needs, newList, typeError, usv } from 'base';
import { Pairs } from 'pairs';
import { bytesOf, isBlob, typeOf } from './blob.js';
import { fileWith, isFile, timeOf } from './file.js';

/** The entries of a form, as pairs. */
export let entriesOf;
export let isFormData;

export class FormData {
    #entries = new Pairs(newList());

    constructor(form = undefined, submitter = undefined) {
        if (form !== undefined) throw typeError('there are no HTML forms here');
    }

    static {
        entriesOf = (data) => data.#entries;
        isFormData = (value) => isObject(value) && #entries in value;
    }

    append(name, value, filename = undefined) {
        this.#entries;
        needs(arguments.length, 2, 'FormData.append');
        const entry = entryOf(name, value, filename, arguments.length > 2);
        this.#entries.append(entry[0], entry[1]);
    }

    delete(name) {
        this.#entries;
        needs(arguments.length, 1, 'FormData.delete');
        this.#entries.delete(usv(name));
    }

    get(name) {
        this.#entries;
        needs(arguments.length, 1, 'FormData.get');
        return this.#entries.get(usv(name));
    }

    getAll(name) {
        this.#entries;
        needs(arguments.length, 1, 'FormData.getAll');
        return arrayOf(this.#entries.values(usv(name)));
    }

    has(name) {
        this.#entries;
        needs(arguments.length, 1, 'FormData.has');
        return this.#entries.has(usv(name));
    }

    set(name, value, filename = undefined) {
        this.#entries;
        needs(arguments.length, 2, 'FormData.set');
        const entry = entryOf(name, value, filename, arguments.length > 2);
        this.#entries.set(entry[0], entry[1]);
    }
}
idl(FormData, 'FormData');
iterable(FormData, 'FormData', (data) => entriesOf(data));

function entryOf(name, value, filename, named) {
    const key = usv(name);
    if (!isBlob(value)) {
        if (named && filename !== undefined) throw typeError('only a Blob has a file name');
        return [key, usv(value)];
    }
    const given = named && filename !== undefined ? usv(filename) : undefined;
    if (isFile(value) && given === undefined) return [key, value];
    const lastModified = isFile(value) ? timeOf(value) : undefined;
    return [key, fileWith(bytesOf(value), typeOf(value), given ?? 'blob', lastModified)];
}
