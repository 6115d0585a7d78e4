// `Blob`, `File` and `FormData`, after <https://w3c.github.io/FileAPI/> and
// <https://xhr.spec.whatwg.org/#interface-formdata>, with the two ways a form crosses HTTP.

(native, primordials, load) => {
    const { StringIndexOf, StringSlice, StringToLowerCase, StringTrim } = primordials;
    const {
        INTERNAL, clamped, dictionary, enumeration, idl, isObject, iterable, mimeType, needs,
        promising, sequence, string, typeError, usv,
    } = load('base');

    let bytesOf;
    let blobWith;

    class Blob {
        #bytes;

        #type = '';

        constructor(blobParts = undefined, options = {}) {
            if (blobParts === INTERNAL) {
                this.#bytes = options.bytes;
                this.#type = options.type;
                return;
            }
            const parts = blobParts === undefined ? [] : partsOf(blobParts);
            const init = dictionary(options, 'options');
            const { endings, type } = init;
            const nativeEndings = endings !== undefined
                && enumeration(endings, ['transparent', 'native'], 'endings') === 'native';
            this.#type = type === undefined ? '' : mimeType(string(type));
            this.#bytes = joined(parts, nativeEndings);
        }

        static {
            bytesOf = (blob) => blob.#bytes;
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

        stream() { return load('streams').streamOf(native.slice(this.#bytes, 0, native.byteLength(this.#bytes))); }

        text() { return promising(() => native.utf8(this.#bytes, true)); }

        arrayBuffer() { return promising(() => native.bufferOf(this.#bytes)); }

        bytes() { return promising(() => native.slice(this.#bytes, 0, native.byteLength(this.#bytes))); }
    }
    idl(Blob, 'Blob');

    function partsOf(value) {
        return sequence(value, 'the parts', (part) => {
            if (isBlob(part)) return bytesOf(part);
            const bytes = isObject(part) ? native.bytes(part) : undefined;
            return bytes ?? usv(part);
        });
    }

    function joined(parts, nativeEndings) {
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
            if (text[i + 1] === '\n') i++;
            start = i + 1;
        }
        return converted + StringSlice(text, start);
    }

    let fileWith;
    let hasName;

    class File extends Blob {
        #name;

        #lastModified;

        constructor(fileBits, fileName, options = {}) {
            if (fileBits === INTERNAL) {
                super(INTERNAL, options);
                this.#name = fileName;
                return;
            }
            needs(arguments.length, 2, 'File');
            if (!isObject(fileBits)) throw typeError('the parts are not iterable');
            const name = usv(fileName);
            super(fileBits, options);
            const { lastModified } = dictionary(options, 'options');
            this.#name = name;
            this.#lastModified = lastModified === undefined ? native.wall() : integer(lastModified);
        }

        static {
            fileWith = (bytes, type, name, lastModified) => {
                const file = new File(INTERNAL, name, { bytes, type });
                file.#lastModified = lastModified ?? native.wall();
                return file;
            };
            hasName = (value) => #name in value;
        }

        get name() { return this.#name; }

        get lastModified() { return this.#lastModified; }
    }
    idl(File, 'File');

    const integer = (value) => {
        const number = primordials.MathTrunc(+value);
        return number === number && number !== Infinity && number !== -Infinity ? number : 0;
    };

    const isBlob = (value) => {
        try {
            return isObject(value) && bytesOf(value) !== undefined;
        } catch {
            return false;
        }
    };

    const isFile = (value) => isBlob(value) && hasName(value);

    // ---------------------------------------------------------------- FormData

    let entriesOf;

    class FormData {
        #entries = [];

        constructor(form = undefined, submitter = undefined) {
            if (form !== undefined) throw typeError('there are no HTML forms here');
        }

        static { entriesOf = (data) => data.#entries; }

        append(name, value, filename = undefined) {
            this.#entries;
            needs(arguments.length, 2, 'FormData.append');
            const entry = entryOf(name, value, filename, arguments.length > 2);
            this.#entries[this.#entries.length] = entry;
        }

        delete(name) {
            this.#entries;
            needs(arguments.length, 1, 'FormData.delete');
            const key = usv(name);
            const kept = [];
            for (let i = 0; i < this.#entries.length; i++) {
                if (this.#entries[i][0] !== key) kept[kept.length] = this.#entries[i];
            }
            this.#entries = kept;
        }

        get(name) {
            this.#entries;
            needs(arguments.length, 1, 'FormData.get');
            const key = usv(name);
            for (let i = 0; i < this.#entries.length; i++) {
                if (this.#entries[i][0] === key) return this.#entries[i][1];
            }
            return null;
        }

        getAll(name) {
            this.#entries;
            needs(arguments.length, 1, 'FormData.getAll');
            const key = usv(name);
            const values = [];
            for (let i = 0; i < this.#entries.length; i++) {
                if (this.#entries[i][0] === key) values[values.length] = this.#entries[i][1];
            }
            return values;
        }

        has(name) {
            this.#entries;
            needs(arguments.length, 1, 'FormData.has');
            const key = usv(name);
            for (let i = 0; i < this.#entries.length; i++) {
                if (this.#entries[i][0] === key) return true;
            }
            return false;
        }

        set(name, value, filename = undefined) {
            this.#entries;
            needs(arguments.length, 2, 'FormData.set');
            const entry = entryOf(name, value, filename, arguments.length > 2);
            const kept = [];
            let found = false;
            for (let i = 0; i < this.#entries.length; i++) {
                if (this.#entries[i][0] !== entry[0]) {
                    kept[kept.length] = this.#entries[i];
                } else if (!found) {
                    found = true;
                    kept[kept.length] = entry;
                }
            }
            if (!found) kept[kept.length] = entry;
            this.#entries = kept;
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
        const lastModified = isFile(value) ? value.lastModified : undefined;
        return [key, fileWith(bytesOf(value), value.type, given ?? 'blob', lastModified)];
    }

    // ---------------------------------------------------------------- multipart/form-data

    const QUOTED = { __proto__: null, '\n': '%0A', '\r': '%0D', '"': '%22' };

    function quotedName(text) {
        let quoted = '';
        for (let i = 0; i < text.length; i++) quoted += QUOTED[text[i]] ?? text[i];
        return quoted;
    }

    /** Line ends as HTTP has them. */
    function withCrlf(text) {
        let converted = '';
        for (let i = 0; i < text.length; i++) {
            if (text[i] === '\r') {
                converted += '\r\n';
                if (text[i + 1] === '\n') i++;
            } else {
                converted += text[i] === '\n' ? '\r\n' : text[i];
            }
        }
        return converted;
    }

    function encodeMultipart(data) {
        const boundary = `----formdata-runner-${native.randomDigits()}`;
        const entries = entriesOf(data);
        const parts = [];
        const add = (part) => { parts[parts.length] = typeof part === 'string' ? native.encode(part) : part; };
        for (let i = 0; i < entries.length; i++) {
            const name = entries[i][0];
            const value = entries[i][1];
            const head = `--${boundary}\r\nContent-Disposition: form-data; name="${quotedName(withCrlf(name))}"`;
            if (typeof value === 'string') {
                add(`${head}\r\n\r\n${withCrlf(value)}\r\n`);
            } else {
                const type = value.type === '' ? 'application/octet-stream' : value.type;
                add(`${head}; filename="${quotedName(value.name)}"\r\nContent-Type: ${type}\r\n\r\n`);
                add(bytesOf(value));
                add('\r\n');
            }
        }
        add(`--${boundary}--\r\n`);
        return { bytes: native.concat(parts), type: `multipart/form-data; boundary=${boundary}` };
    }

    /** The parameter `name` of a header value such as `form-data; name="a"`. */
    function parameter(value, name) {
        let at = StringIndexOf(value, ';');
        while (at >= 0) {
            let start = at + 1;
            while (value[start] === ' ' || value[start] === '\t') start++;
            const equals = StringIndexOf(value, '=', start);
            if (equals < 0) return undefined;
            const key = StringToLowerCase(StringTrim(StringSlice(value, start, equals)));
            let text = '';
            let end = equals + 1;
            if (value[end] === '"') {
                for (end++; end < value.length && value[end] !== '"'; end++) {
                    if (value[end] === '\\' && value[end + 1] === '"') end++;
                    text += value[end];
                }
                end = StringIndexOf(value, ';', end);
            } else {
                end = StringIndexOf(value, ';', end);
                text = StringTrim(StringSlice(value, equals + 1, end < 0 ? value.length : end));
            }
            if (key === name) return text;
            at = end;
        }
        return undefined;
    }

    const UNQUOTED = { __proto__: null, '%0A': '\n', '%0D': '\r', '%22': '"' };

    function unquotedName(text) {
        let plain = '';
        for (let i = 0; i < text.length; i++) {
            const code = text[i] === '%' ? UNQUOTED[primordials.StringToUpperCase(StringSlice(text, i, i + 3))] : undefined;
            plain += code ?? text[i];
            if (code !== undefined) i += 2;
        }
        return plain;
    }

    const malformed = () => typeError('the body is not valid multipart/form-data');

    function decodeMultipart(bytes, boundary) {
        const data = new FormData();
        const entries = entriesOf(data);
        const dashes = native.encode(`--${boundary}`);
        const width = native.byteLength(dashes);
        const blank = native.encode('\r\n\r\n');
        const next = native.encode(`\r\n--${boundary}`);
        let at = native.find(bytes, dashes, 0);
        if (at < 0) throw malformed();
        at += width;
        for (;;) {
            const mark = native.latin1(bytes, at, at + 2);
            if (mark === '--') return data;
            if (mark !== '\r\n') throw malformed();
            const headEnd = native.find(bytes, blank, at);
            if (headEnd < 0) throw malformed();
            const end = native.find(bytes, next, headEnd + 2);
            if (end < 0) throw malformed();
            const head = headersOf(native.utf8(native.slice(bytes, at + 2, headEnd < at + 2 ? at + 2 : headEnd), false));
            const content = native.slice(bytes, headEnd + 4, end > headEnd + 4 ? end : headEnd + 4);
            const disposition = head['content-disposition'];
            if (disposition === undefined || !primordials.StringStartsWith(StringToLowerCase(disposition), 'form-data')) throw malformed();
            const name = parameter(disposition, 'name');
            if (name === undefined) throw malformed();
            const filename = parameter(disposition, 'filename');
            const value = filename === undefined
                ? native.utf8(content, true)
                : fileWith(content, head['content-type'] ?? 'text/plain', unquotedName(filename));
            entries[entries.length] = [unquotedName(name), value];
            at = end + width + 2;
        }
    }

    function headersOf(text) {
        const headers = { __proto__: null };
        const lines = primordials.StringSplit(text, '\r\n');
        for (let i = 0; i < lines.length; i++) {
            const colon = StringIndexOf(lines[i], ':');
            if (colon < 0) throw malformed();
            headers[StringToLowerCase(StringTrim(StringSlice(lines[i], 0, colon)))] = StringTrim(StringSlice(lines[i], colon + 1));
        }
        return headers;
    }

    function decodeForm(bytes) {
        const data = new FormData();
        const entries = entriesOf(data);
        const flat = native.formParse(native.utf8(bytes, false));
        for (let i = 0; i < flat.length; i += 2) entries[entries.length] = [flat[i], flat[i + 1]];
        return data;
    }

    return {
        __proto__: null, Blob, File, FormData,
        blobWith, bytesOf,
        copyOf: (blob) => (isFile(blob)
            ? fileWith(bytesOf(blob), blob.type, blob.name, blob.lastModified) : blobWith(bytesOf(blob), blob.type)),
        decodeForm, decodeMultipart, encodeMultipart, isBlob, parameter,
        isFormData: (value) => {
            try {
                return isObject(value) && entriesOf(value) !== undefined;
            } catch {
                return false;
            }
        },
    };
}
