// `FileReader`, after <https://w3c.github.io/FileAPI/#APIASynch>, and the event that it fires,
// `ProgressEvent` (<https://xhr.spec.whatwg.org/#interface-progressevent>).

import { dictionary, domException, facade, needs, number, string, typeError, unlessRefused } from 'base';
import { Event, EventTarget, fire, handlerAttribute, trust } from 'events';
import * as blobs from 'blob';

class HiddenProgressEvent extends Event {
    #lengthComputable;

    #loaded;

    #total;

    constructor(type, eventInitDict = undefined) {
        needs(arguments.length, 1, 'ProgressEvent');
        super(type, eventInitDict);
        const { lengthComputable, loaded, total } = dictionary(eventInitDict, 'eventInitDict');
        this.#lengthComputable = !!lengthComputable;
        this.#loaded = loaded === undefined ? 0 : number(loaded, '`loaded`');
        this.#total = total === undefined ? 0 : number(total, '`total`');
    }

    get lengthComputable() { return this.#lengthComputable; }

    get loaded() { return this.#loaded; }

    get total() { return this.#total; }
}
export const ProgressEvent = facade(HiddenProgressEvent, 'ProgressEvent');

const EMPTY = 0;
const LOADING = 1;
const DONE = 2;

class HiddenFileReader extends EventTarget {
    #state = EMPTY;

    #result = null;

    #error = null;

    /** What is being read: tasks of another read do nothing. */
    #reading = null;

    constructor() { super(); }

    readAsArrayBuffer(blob) { this.#read(arguments.length, 'readAsArrayBuffer', blob, native.bufferOf); }

    readAsBinaryString(blob) { this.#read(arguments.length, 'readAsBinaryString', blob, binaryString); }

    readAsText(blob, encoding = undefined) {
        this.#state;
        const label = encoding === undefined ? undefined : string(encoding);
        this.#read(arguments.length, 'readAsText', blob, (bytes, type) => decoded(bytes, label, type));
    }

    readAsDataURL(blob) { this.#read(arguments.length, 'readAsDataURL', blob, dataUrl); }

    /** <https://w3c.github.io/FileAPI/#readOperation>: the bytes are there, and each event is a task. */
    #read(given, method, blob, packaged) {
        this.#state;
        needs(given, 1, `FileReader.${method}`);
        if (!blobs.isBlob(blob)) throw typeError('the argument is not a Blob');
        if (this.#state === LOADING) throw domException('InvalidStateError', 'the reader is reading already');
        this.#state = LOADING;
        this.#result = null;
        this.#error = null;
        const reading = { __proto__: null };
        this.#reading = reading;
        const queue = (task) => { native.setTimer(() => { if (this.#reading === reading) task(); }, 0); };
        const bytes = blobs.bytesOf(blob);
        const total = native.byteLength(bytes);
        queue(() => { this.#fire('loadstart', 0, total); });
        if (total > 0) queue(() => { this.#fire('progress', total, total); });
        queue(() => { this.#finish(bytes, blobs.typeOf(blob), packaged, total); });
    }

    #finish(bytes, type, packaged, total) {
        this.#end();
        try {
            this.#result = packaged(bytes, type);
        } catch (error) {
            native.noteRefused(error);
            this.#error = domException('NotReadableError', `the blob cannot be read: ${error.message}`);
        }
        this.#fire(this.#error === null ? 'load' : 'error', total, total);
        if (this.#state !== LOADING) this.#fire('loadend', total, total);
    }

    #end() {
        this.#state = DONE;
        this.#reading = null;
    }

    abort() {
        const wasLoading = this.#state === LOADING;
        this.#result = null;
        if (!wasLoading) return;
        this.#end();
        this.#fire('abort', 0, 0);
        if (this.#state !== LOADING) this.#fire('loadend', 0, 0);
    }

    #fire(type, loaded, total) {
        const init = { __proto__: null, lengthComputable: total > 0, loaded, total };
        fire(this, trust(new HiddenProgressEvent(type, init)));
    }

    get readyState() { return this.#state; }

    get result() { return this.#result; }

    get error() { return this.#error; }
}
export const FileReader = facade(HiddenFileReader, 'FileReader', { __proto__: null, EMPTY, LOADING, DONE });
handlerAttribute(FileReader, 'loadstart');
handlerAttribute(FileReader, 'progress');
handlerAttribute(FileReader, 'load');
handlerAttribute(FileReader, 'abort');
handlerAttribute(FileReader, 'error');
handlerAttribute(FileReader, 'loadend');

// ---- <https://w3c.github.io/FileAPI/#packaging-data>

const binaryString = (bytes) => native.latin1(bytes, 0, native.byteLength(bytes));

const dataUrl = (bytes, type) => `data:${type === '' ? 'application/octet-stream' : type};base64,${native.base64(bytes)}`;

/** Text in the encoding of its byte order mark, or else the script's, the type's, or UTF-8. */
function decoded(bytes, label, type) {
    const decoder = marked(bytes) ?? decoderOf(label) ?? decoderOf(blobs.parameter(type, 'charset')) ?? native.textDecoder('utf-8');
    return native.decodeText(decoder, bytes, false);
}

const MARKS = [['\xef\xbb\xbf', 'utf-8'], ['\xfe\xff', 'utf-16be'], ['\xff\xfe', 'utf-16le']];

/** The decoder that a byte order mark asks for. */
function marked(bytes) {
    const start = native.latin1(bytes, 0, primordials.MathMin(3, native.byteLength(bytes)));
    for (let i = 0; i < MARKS.length; i++) {
        if (primordials.StringStartsWith(start, MARKS[i][0])) return native.textDecoder(MARKS[i][1]);
    }
    return undefined;
}

/** The decoder of a label; none for what names no encoding. */
function decoderOf(label) {
    if (label === undefined) return undefined;
    try {
        return native.textDecoder(label);
    } catch (error) {
        unlessRefused(error);
        return undefined;
    }
}
