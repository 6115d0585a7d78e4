// Bodies, after <https://fetch.spec.whatwg.org/#bodies> and
// <https://fetch.spec.whatwg.org/#bodyinit-unions>, and the methods that read them
// (<https://fetch.spec.whatwg.org/#body-mixin>).

import { ReflectOwnKeys } from 'primordials';
import { isObject, promising, resolved, then, typeError, usv } from 'base';
import { essence, valueOf } from './headers.js';
import { asRecord } from './incoming.js';

const hasStreams = (value) => isObject(value) && load('streams').isReadableStream(value);

/**
 * A body: bytes known from the start, bytes that are coming, or a stream. The stream is made
 * when a script asks for it.
 */
export class Content {
    bytes = null;

    incoming = null;

    stream = null;

    used = false;

    static of(bytes) {
        const content = new Content();
        content.bytes = bytes;
        return content;
    }

    isUsed() {
        return this.used || (this.stream !== null && load('streams').isDisturbed(this.stream));
    }

    isLocked() {
        return this.stream !== null && load('streams').isLocked(this.stream);
    }

    asStream() {
        if (this.stream === null) {
            if (this.bytes !== null) {
                this.stream = load('streams').streamOf(this.bytes);
            } else {
                this.stream = this.incoming.stream();
            }
            if (this.used) load('streams').disturb(this.stream);
        }
        return this.stream;
    }

    /** A promise of all bytes, in a box; `origin` asked for them. */
    consume(origin) {
        if (this.stream === null && this.incoming !== null) this.incoming.check();
        if (this.stream === null) {
            this.used = true;
            return this.bytes === null ? this.incoming.read(true, origin) : resolved(asRecord(this.bytes));
        }
        return load('streams').gather(this.stream);
    }

    /** Another body with the same bytes. */
    fork() {
        const copy = new Content();
        if (this.stream === null && this.bytes !== null) {
            copy.bytes = this.bytes;
            return copy;
        }
        const branches = load('streams').tee(this.asStream());
        this.stream = branches[0];
        copy.stream = branches[1];
        return copy;
    }
}

/** The body and its content type from what a script gives. */
export function extract(value) {
    if (isObject(value)) {
        const bytes = native.bytes(value);
        if (bytes !== undefined) return [Content.of(bytes), null];
        const blobs = load('blob');
        if (blobs.isBlob(value)) return [Content.of(blobs.bytesOf(value)), blobs.typeOf(value) === '' ? null : blobs.typeOf(value)];
        if (blobs.isFormData(value)) {
            const { bytes: encoded, type } = blobs.encodeMultipart(value);
            return [Content.of(encoded), type];
        }
        const urls = load('url');
        if (urls.isParams(value)) {
            return [Content.of(native.encode(urls.serialize(value))), 'application/x-www-form-urlencoded;charset=UTF-8'];
        }
        if (hasStreams(value)) {
            if (load('streams').isLocked(value) || load('streams').isDisturbed(value)) {
                throw typeError('the body is a stream that is locked or was read');
            }
            const content = new Content();
            content.stream = value;
            return [content, null];
        }
    }
    return [Content.of(native.encode(usv(value))), 'text/plain;charset=UTF-8'];
}

/** The form that a body of this type is. */
function formOf(bytes, type) {
    const blobs = load('blob');
    switch (essence(type)) {
        case 'application/x-www-form-urlencoded': return blobs.decodeForm(bytes);
        case 'multipart/form-data': {
            const boundary = blobs.parameter(type, 'boundary');
            if (boundary !== undefined) return blobs.decodeMultipart(bytes, boundary);
        }
        // falls through
        default: throw typeError(`a body of type \`${type}\` is no form`);
    }
}

/** The methods that `Request` and `Response` share; `contentOf` and `headersOf` read the receiver. */
export function withBody(constructor, contentOf, headersOf) {
    const read = (target, convert) => promising(() => {
        const content = contentOf(target);
        if (content === null) return convert(native.concat([]), target);
        if (content.isUsed() || content.isLocked()) throw typeError('the body was read already');
        // What goes wrong with the bytes shows who asked for them.
        const origin = native.origin();
        return then(content.consume(origin), ({ bytes }) => native.askedAt(origin, convert, bytes, target));
    });
    const members = {
        get body() {
            const content = contentOf(this);
            return content === null ? null : content.asStream();
        },
        get bodyUsed() {
            const content = contentOf(this);
            return content !== null && content.isUsed();
        },
        arrayBuffer() { return read(this, (bytes) => native.bufferOf(bytes)); },
        blob() {
            return read(this, (bytes, target) => load('blob').blobWith(
                bytes, load('base').mimeType(valueOf(headersOf(target), 'content-type') ?? ''),
            ));
        },
        bytes() { return read(this, (bytes) => native.slice(bytes, 0, native.byteLength(bytes))); },
        formData() {
            return read(this, (bytes, target) => formOf(bytes, valueOf(headersOf(target), 'content-type') ?? ''));
        },
        json() { return read(this, (bytes) => native.jsonParse(bytes)); },
        text() { return read(this, (bytes) => native.utf8(bytes, true)); },
    };
    const keys = ReflectOwnKeys(members);
    for (let i = 0; i < keys.length; i++) {
        primordials.ObjectDefineProperty(
            constructor.prototype, keys[i], primordials.ObjectGetOwnPropertyDescriptor(members, keys[i]),
        );
    }
}
