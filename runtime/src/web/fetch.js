// `Headers`, `Request`, `Response` and `fetch`, after <https://fetch.spec.whatwg.org/>, without what
// belongs to documents: no origin, no CORS, no cookies, no cache of ours.

(native, primordials, load) => {
    const {
        ArraySort, ReflectApply, ReflectOwnKeys, StringCharCodeAt, StringIndexOf, StringSlice,
        StringToLowerCase, StringToUpperCase, StringTrim,
    } = primordials;
    const {
        INTERNAL, byteString, callback, deferred, dictionary, enumeration, idl, isObject,
        itemsOf, iterable, iterator, needs, noop, promising, rangeError, resolved,
        sequence, string, then, typeError, unsigned, usv,
    } = load('base');
    const abort = load('events');
    const hasStreams = (value) => isObject(value) && load('streams').isReadableStream(value);

    // ---------------------------------------------------------------- headers

    const TOKEN = "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

    function isToken(text) {
        for (let i = 0; i < text.length; i++) {
            if (StringIndexOf(TOKEN, text[i]) < 0) return false;
        }
        return text !== '';
    }

    const isBlank = (code) => code === 32 || code === 9 || code === 10 || code === 13;

    function trimmed(value) {
        let start = 0;
        let end = value.length;
        while (start < end && isBlank(StringCharCodeAt(value, start))) start++;
        while (end > start && isBlank(StringCharCodeAt(value, end - 1))) end--;
        return StringSlice(value, start, end);
    }

    function isFieldValue(value) {
        for (let i = 0; i < value.length; i++) {
            const code = StringCharCodeAt(value, i);
            if (code === 0 || code === 10 || code === 13) return false;
        }
        return true;
    }

    function fieldName(name) {
        const text = byteString(name, 'the name of a header');
        if (!isToken(text)) throw typeError(`\`${text}\` is not the name of a header`);
        return StringToLowerCase(text);
    }

    function fieldValue(value) {
        const text = trimmed(byteString(value, 'the value of a header'));
        if (!isFieldValue(text)) throw typeError('the value of a header holds a line break or NUL');
        return text;
    }

    let listOf;
    let guard;
    let headersWith;
    let copyHeaders;
    let sortedOf;

    class Headers {
        /** Pairs of a name in lower case and a value. */
        #list = [];

        #immutable = false;

        /** The sorted pairs, until the list changes. */
        #sorted = null;

        constructor(init = undefined) {
            if (init === undefined || init === INTERNAL) return;
            this.#fill(init);
        }

        static {
            listOf = (headers) => headers.#list;
            guard = (headers) => { headers.#immutable = true; };
            headersWith = (list) => {
                const headers = new Headers(INTERNAL);
                headers.#list = list;
                return headers;
            };
            copyHeaders = (headers) => {
                const list = [];
                for (let i = 0; i < headers.#list.length; i++) list[i] = headers.#list[i];
                return headersWith(list);
            };
            sortedOf = (headers) => headers.#sort();
        }

        #fill(init) {
            if (!isObject(init)) throw typeError('headers are given as an object or as pairs');
            const method = init[iterator];
            if (method === undefined || method === null) {
                const keys = ReflectOwnKeys(init);
                const pairs = [];
                for (let i = 0; i < keys.length; i++) {
                    const own = primordials.ObjectGetOwnPropertyDescriptor(init, keys[i]);
                    if (own === undefined || !own.enumerable) continue;
                    if (typeof keys[i] === 'symbol') throw typeError('a symbol is not the name of a header');
                    const name = byteString(keys[i], 'the name of a header');
                    pairs[pairs.length] = [name, byteString(init[keys[i]], 'the value of a header')];
                }
                for (let i = 0; i < pairs.length; i++) this.#append(pairs[i][0], pairs[i][1]);
                return;
            }
            const items = itemsOf(init, callback(method, 'its iterator'));
            for (let i = 0; i < items.length; i++) {
                items[i] = sequence(items[i], 'a header', (part) => byteString(part, 'a header'));
            }
            for (let i = 0; i < items.length; i++) {
                if (items[i].length !== 2) throw typeError('a header is a pair of name and value');
                this.#append(items[i][0], items[i][1]);
            }
        }

        #append(name, value) {
            const key = fieldName(name);
            const text = fieldValue(value);
            this.#writable();
            this.#list[this.#list.length] = [key, text];
        }

        #writable() {
            if (this.#immutable) throw typeError('these headers cannot be changed');
            this.#sorted = null;
        }

        append(name, value) {
            this.#list;
            needs(arguments.length, 2, 'Headers.append');
            this.#append(byteString(name, 'the name of a header'), byteString(value, 'the value of a header'));
        }

        delete(name) {
            this.#list;
            needs(arguments.length, 1, 'Headers.delete');
            const key = fieldName(name);
            this.#writable();
            const kept = [];
            for (let i = 0; i < this.#list.length; i++) {
                if (this.#list[i][0] !== key) kept[kept.length] = this.#list[i];
            }
            this.#list = kept;
        }

        get(name) {
            this.#list;
            needs(arguments.length, 1, 'Headers.get');
            return this.#combined(fieldName(name));
        }

        #combined(key) {
            let value = null;
            for (let i = 0; i < this.#list.length; i++) {
                if (this.#list[i][0] === key) value = value === null ? this.#list[i][1] : `${value}, ${this.#list[i][1]}`;
            }
            return value;
        }

        getSetCookie() {
            const values = [];
            for (let i = 0; i < this.#list.length; i++) {
                if (this.#list[i][0] === 'set-cookie') values[values.length] = this.#list[i][1];
            }
            return values;
        }

        has(name) {
            this.#list;
            needs(arguments.length, 1, 'Headers.has');
            const key = fieldName(name);
            for (let i = 0; i < this.#list.length; i++) {
                if (this.#list[i][0] === key) return true;
            }
            return false;
        }

        set(name, value) {
            this.#list;
            needs(arguments.length, 2, 'Headers.set');
            const givenName = byteString(name, 'the name of a header');
            const givenValue = byteString(value, 'the value of a header');
            const key = fieldName(givenName);
            const text = fieldValue(givenValue);
            this.#writable();
            const kept = [];
            let found = false;
            for (let i = 0; i < this.#list.length; i++) {
                if (this.#list[i][0] !== key) {
                    kept[kept.length] = this.#list[i];
                } else if (!found) {
                    found = true;
                    kept[kept.length] = [key, text];
                }
            }
            if (!found) kept[kept.length] = [key, text];
            this.#list = kept;
        }

        #sort() {
            if (this.#sorted !== null) return this.#sorted;
            const list = [];
            const seen = { __proto__: null };
            for (let i = 0; i < this.#list.length; i++) {
                const key = this.#list[i][0];
                if (key === 'set-cookie') {
                    list[list.length] = [key, this.#list[i][1], i];
                } else if (seen[key] === undefined) {
                    seen[key] = true;
                    list[list.length] = [key, this.#combined(key), i];
                }
            }
            ArraySort(list, (a, b) => (a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : a[2] - b[2]));
            this.#sorted = list;
            return list;
        }
    }
    idl(Headers, 'Headers');
    iterable(Headers, 'Headers', (headers) => sortedOf(headers));

    const valueOf = (headers, name) => ReflectApply(Headers.prototype.get, headers, [name]);

    // ---------------------------------------------------------------- bodies

    /** What a promise can be resolved with although a script has given objects a `then`. */
    const boxed = (bytes) => ({ __proto__: null, bytes });

    /** Bytes that arrive while the script goes on: filled by the transfer, emptied by one reader. */
    class Incoming {
        chunks = [];

        done = false;

        error = undefined;

        failed = false;

        /** Stops the transfer. */
        cancel = noop;

        /** Called when something has come. */
        wake = noop;

        push(chunk) {
            this.chunks[this.chunks.length] = chunk;
            this.#call();
        }

        finish() {
            this.done = true;
            this.#call();
        }

        fail(error) {
            if (this.done || this.failed) return;
            this.failed = true;
            this.error = error;
            this.#call();
        }

        #call() {
            const { wake } = this;
            this.wake = noop;
            wake();
        }

        /** All that comes, as one view. */
        gather() {
            const { promise, resolve, reject } = deferred();
            const look = () => {
                if (this.failed) reject(this.error);
                else if (this.done) resolve(boxed(native.concat(this.chunks)));
                else this.wake = look;
            };
            look();
            return promise;
        }

        stream() {
            const { make } = load('streams');
            let next = 0;
            const pull = (controller) => {
                if (next < this.chunks.length) {
                    const chunk = this.chunks[next];
                    this.chunks[next++] = undefined;
                    controller.enqueue(chunk);
                    return undefined;
                }
                if (this.failed) {
                    controller.error(this.error);
                    return undefined;
                }
                if (this.done) {
                    controller.close();
                    return undefined;
                }
                const { promise, resolve } = deferred();
                this.wake = resolve;
                return then(promise, () => pull(controller));
            };
            return make({ pull, cancel: () => { this.cancel(); } });
        }
    }

    /**
     * A body: bytes known from the start, bytes that are coming, or a stream. The stream is made
     * when a script asks for it.
     */
    class Content {
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
                    this.stream = load('streams').streamOf(native.slice(this.bytes, 0, native.byteLength(this.bytes)));
                } else {
                    this.stream = this.incoming.stream();
                }
                if (this.used) load('streams').disturb(this.stream);
            }
            return this.stream;
        }

        /** A promise of all bytes, in a box. */
        consume() {
            if (this.stream === null) {
                this.used = true;
                return this.bytes === null ? this.incoming.gather() : resolved(boxed(this.bytes));
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
    function extract(value) {
        if (isObject(value)) {
            const bytes = native.bytes(value);
            if (bytes !== undefined) return [Content.of(bytes), null];
            const blobs = load('blob');
            if (blobs.isBlob(value)) return [Content.of(blobs.bytesOf(value)), value.type === '' ? null : value.type];
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

    /** The essence of a mime type, and what stands behind it. */
    function essence(type) {
        const semicolon = StringIndexOf(type, ';');
        return StringToLowerCase(StringTrim(semicolon < 0 ? type : StringSlice(type, 0, semicolon)));
    }

    /** The methods that `Request` and `Response` share; `contentOf` and `headersOf` read the receiver. */
    function withBody(constructor, contentOf, headersOf) {
        const read = (target, convert) => promising(() => {
            const content = contentOf(target);
            if (content === null) return convert(native.concat([]), target);
            if (content.isUsed() || content.isLocked()) throw typeError('the body was read already');
            return then(content.consume(), ({ bytes }) => convert(bytes, target));
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
                return read(this, (bytes, target) => {
                    const type = valueOf(headersOf(target), 'content-type') ?? '';
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
                });
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

    // ---------------------------------------------------------------- Request

    const NORMALIZED = { __proto__: null, DELETE: 1, GET: 1, HEAD: 1, OPTIONS: 1, POST: 1, PUT: 1 };
    const SIMPLE = { __proto__: null, GET: 1, HEAD: 1, POST: 1 };
    const FORBIDDEN = { __proto__: null, CONNECT: 1, TRACE: 1, TRACK: 1 };

    function methodOf(value) {
        const text = byteString(value, 'the method');
        if (!isToken(text)) throw typeError(`\`${text}\` is not a method`);
        const upper = StringToUpperCase(text);
        if (FORBIDDEN[upper] !== undefined) throw typeError(`the method \`${text}\` is forbidden`);
        return NORMALIZED[upper] === undefined ? text : upper;
    }

    const ENUMERATIONS = {
        __proto__: null,
        cache: ['default', 'no-store', 'reload', 'no-cache', 'force-cache', 'only-if-cached'],
        credentials: ['omit', 'same-origin', 'include'],
        mode: ['navigate', 'same-origin', 'no-cors', 'cors'],
        redirect: ['follow', 'error', 'manual'],
        referrerPolicy: ['', 'no-referrer', 'no-referrer-when-downgrade', 'same-origin', 'origin', 'strict-origin',
            'origin-when-cross-origin', 'strict-origin-when-cross-origin', 'unsafe-url'],
    };

    const freshState = (url) => ({
        __proto__: null, url, method: 'GET', cache: 'default', credentials: 'same-origin', mode: 'cors',
        redirect: 'follow', referrerPolicy: '', referrer: 'about:client', integrity: '', keepalive: false,
        duplex: 'half', headers: null, content: null, signal: null,
    });

    function absolute(input) {
        const record = native.urlParse(input, undefined);
        if (record === undefined) {
            throw typeError(`\`${input}\` is not an absolute URL, and a runner has no page that it could be relative to`);
        }
        if (native.urlGet(record, 2) !== '' || native.urlGet(record, 3) !== '') {
            throw typeError(`\`${input}\` holds a user name or a password`);
        }
        return native.urlGet(record, 0);
    }

    let stateOf;
    let requestWith;

    class Request {
        #state;

        constructor(input, init = {}) {
            if (input === INTERNAL) {
                this.#state = init;
                return;
            }
            needs(arguments.length, 1, 'Request');
            const from = isObject(input) && #state in input ? input.#state : undefined;
            const target = from === undefined ? usv(input) : undefined;
            const options = optionsOf(init);
            const state = from === undefined ? freshState(absolute(target)) : { ...from, content: null };
            if (options.any && state.mode === 'navigate') state.mode = 'same-origin';
            if (options.referrer !== undefined) state.referrer = referrer(options.referrer);
            if (options.mode === 'navigate') throw typeError('the mode `navigate` is for browsers');
            const names = ['cache', 'credentials', 'integrity', 'keepalive', 'mode', 'redirect', 'referrerPolicy'];
            for (let i = 0; i < names.length; i++) {
                if (options[names[i]] !== undefined) state[names[i]] = options[names[i]];
            }
            if (state.cache === 'only-if-cached' && state.mode !== 'same-origin') {
                throw typeError('`only-if-cached` needs the mode `same-origin`');
            }
            if (options.method !== undefined) state.method = methodOf(options.method);
            if (state.mode === 'no-cors' && SIMPLE[state.method] === undefined) {
                throw typeError(`the mode \`no-cors\` does not go with the method \`${state.method}\``);
            }
            const signal = options.signal === undefined ? from?.signal ?? null : options.signal;
            state.signal = abort.makeDependent(signal === null ? [] : [signal]);
            if (options.headers !== undefined) {
                state.headers = new Headers(options.headers);
            } else {
                state.headers = from === undefined ? new Headers() : copyHeaders(from.headers);
            }
            this.#state = state;
            this.#body(options, from, input);
        }

        #body(options, from, input) {
            const state = this.#state;
            const given = options.body !== undefined && options.body !== null;
            const inherited = from === undefined ? null : from.content;
            if ((given || inherited !== null) && (state.method === 'GET' || state.method === 'HEAD')) {
                throw typeError(`a request with the method \`${state.method}\` has no body`);
            }
            if (given) {
                const [content, type] = extract(options.body);
                if (content.stream !== null && options.duplex === undefined) {
                    throw typeError('a request whose body is a stream needs `duplex: "half"`');
                }
                state.content = content;
                if (type !== null && !ReflectApply(Headers.prototype.has, state.headers, ['content-type'])) {
                    ReflectApply(Headers.prototype.append, state.headers, ['content-type', type]);
                }
            } else if (inherited !== null) {
                if (inherited.isUsed() || inherited.isLocked()) throw typeError('the body of the request was read already');
                state.content = new Content();
                state.content.bytes = inherited.bytes;
                state.content.incoming = inherited.incoming;
                if (inherited.stream !== null) {
                    state.content.stream = load('streams').proxied(inherited.stream);
                }
                inherited.used = true;
            }
        }

        static {
            stateOf = (request) => request.#state;
            requestWith = (state) => new Request(INTERNAL, state);
        }

        get method() { return this.#state.method; }

        get url() { return this.#state.url; }

        get headers() { return this.#state.headers; }

        get destination() { this.#state; return ''; }

        get referrer() { return this.#state.referrer; }

        get referrerPolicy() { return this.#state.referrerPolicy; }

        get mode() { return this.#state.mode; }

        get credentials() { return this.#state.credentials; }

        get cache() { return this.#state.cache; }

        get redirect() { return this.#state.redirect; }

        get integrity() { return this.#state.integrity; }

        get keepalive() { return this.#state.keepalive; }

        get isReloadNavigation() { this.#state; return false; }

        get isHistoryNavigation() { this.#state; return false; }

        get signal() { return this.#state.signal; }

        get duplex() { return this.#state.duplex; }

        clone() {
            const state = this.#state;
            const { content } = state;
            if (content !== null && (content.isUsed() || content.isLocked())) throw typeError('the body was read already');
            return requestWith({
                ...state,
                headers: copyHeaders(state.headers),
                content: content === null ? null : content.fork(),
                signal: abort.makeDependent([state.signal]),
            });
        }
    }
    withBody(Request, (request) => stateOf(request).content, (request) => stateOf(request).headers);
    idl(Request, 'Request');

    /** The members of `RequestInit`, in the order of the standard. */
    function optionsOf(init) {
        const given = dictionary(init, 'init');
        const options = { __proto__: null, any: false };
        const member = (name, convert) => {
            const value = given[name];
            if (value === undefined) return;
            options.any = true;
            options[name] = convert === undefined ? value : convert(value);
        };
        const choice = (name) => member(name, (value) => enumeration(value, ENUMERATIONS[name], name));
        member('body');
        choice('cache');
        choice('credentials');
        member('duplex', (value) => enumeration(value, ['half'], 'duplex'));
        member('headers');
        member('integrity', string);
        member('keepalive', (value) => !!value);
        member('method', (value) => byteString(value, 'the method'));
        choice('mode');
        member('priority', (value) => enumeration(value, ['high', 'low', 'auto'], 'priority'));
        choice('redirect');
        member('referrer', usv);
        choice('referrerPolicy');
        member('signal', (value) => {
            if (value !== null && !abort.isSignal(value)) throw typeError('`signal` is not an AbortSignal');
            return value;
        });
        member('window', (value) => {
            if (value !== null) throw typeError('`window` can only be null');
            return value;
        });
        return options;
    }

    function referrer(value) {
        if (value === '') return 'no-referrer';
        const record = native.urlParse(value, undefined);
        if (record === undefined) throw typeError(`the referrer \`${value}\` is not a URL`);
        return 'about:client';
    }

    // ---------------------------------------------------------------- Response

    const NULL_BODY = { __proto__: null, 101: 1, 103: 1, 204: 1, 205: 1, 304: 1 };
    const REDIRECT = { __proto__: null, 301: 1, 302: 1, 303: 1, 307: 1, 308: 1 };

    let responseWith;
    let responseState;

    const freshResponse = () => ({
        __proto__: null, type: 'default', url: '', redirected: false, status: 200, statusText: '',
        headers: null, content: null,
    });

    class Response {
        #state;

        constructor(body = null, init = {}) {
            if (body === INTERNAL) {
                this.#state = init;
                return;
            }
            const options = responseOptions(init);
            const extracted = body === null || body === undefined ? null : extract(body);
            this.#state = freshResponse();
            this.#initialize(options, extracted);
        }

        #initialize(options, extracted) {
            const state = this.#state;
            if (options.status < 200 || options.status > 599) {
                throw rangeError(`the status ${options.status} is not between 200 and 599`);
            }
            if (!isReason(options.statusText)) throw typeError('`statusText` holds a character that HTTP does not allow');
            state.status = options.status;
            state.statusText = options.statusText;
            state.headers = new Headers(options.headers);
            if (extracted === null) return;
            if (NULL_BODY[state.status] !== undefined) throw typeError(`a response with the status ${state.status} has no body`);
            state.content = extracted[0];
            if (extracted[1] !== null && !ReflectApply(Headers.prototype.has, state.headers, ['content-type'])) {
                ReflectApply(Headers.prototype.append, state.headers, ['content-type', extracted[1]]);
            }
        }

        static {
            responseWith = (state) => new Response(INTERNAL, state);
            responseState = (response) => response.#state;
        }

        static error() {
            const state = { ...freshResponse(), type: 'error', status: 0, headers: new Headers() };
            guard(state.headers);
            return responseWith(state);
        }

        static redirect(url, status = 302) {
            needs(arguments.length, 1, 'Response.redirect');
            const target = usv(url);
            const code = unsigned(status, 65536);
            const record = native.urlParse(target, undefined);
            if (record === undefined) throw typeError(`\`${target}\` is not an absolute URL`);
            if (REDIRECT[code] === undefined) throw rangeError(`${code} is not the status of a redirect`);
            const headers = headersWith([['location', native.urlGet(record, 0)]]);
            guard(headers);
            return responseWith({ ...freshResponse(), status: code, headers });
        }

        static json(data, init = {}) {
            needs(arguments.length, 1, 'Response.json');
            const text = native.jsonStringify(data);
            if (text === undefined) throw typeError('the value has no JSON form');
            const options = responseOptions(init);
            const response = responseWith(freshResponse());
            response.#initialize(options, [Content.of(native.encode(usv(text))), 'application/json']);
            return response;
        }

        get type() { return this.#state.type; }

        get url() { return this.#state.url; }

        get redirected() { return this.#state.redirected; }

        get status() { return this.#state.status; }

        get ok() { return this.#state.status >= 200 && this.#state.status <= 299; }

        get statusText() { return this.#state.statusText; }

        get headers() { return this.#state.headers; }

        clone() {
            const state = this.#state;
            const { content } = state;
            if (content !== null && (content.isUsed() || content.isLocked())) throw typeError('the body was read already');
            const headers = copyHeaders(state.headers);
            return responseWith({ ...state, headers, content: content === null ? null : content.fork() });
        }
    }
    withBody(Response, (response) => responseState(response).content, (response) => responseState(response).headers);
    idl(Response, 'Response');

    function responseOptions(init) {
        const given = dictionary(init, 'init');
        const { headers, status, statusText } = given;
        return {
            __proto__: null,
            headers,
            status: status === undefined ? 200 : unsigned(status, 65536),
            statusText: statusText === undefined ? '' : byteString(statusText, '`statusText`'),
        };
    }

    function isReason(text) {
        for (let i = 0; i < text.length; i++) {
            const code = StringCharCodeAt(text, i);
            if (code !== 9 && (code < 32 || code === 127)) return false;
        }
        return true;
    }

    // ---------------------------------------------------------------- fetch

    function fetch(input, init = {}) {
        return promising(() => {
            needs(arguments.length, 1, 'fetch');
            const request = new Request(input, init);
            const state = stateOf(request);
            if (abort.isAborted(state.signal)) {
                return aborted(state, state.signal.reason);
            }
            const scheme = StringSlice(state.url, 0, StringIndexOf(state.url, ':'));
            switch (scheme) {
                case 'http':
                case 'https': return transfer(state);
                case 'data': return fromData(state);
                default: throw typeError(`fetch cannot load \`${scheme}:\` URLs`);
            }
        });
    }

    function aborted(state, reason) {
        const { content } = state;
        if (content !== null && content.stream !== null) load('streams').cancel(content.stream, reason);
        throw reason;
    }

    function transfer(state) {
        const { content, signal } = state;
        const { promise, resolve, reject } = deferred();
        let stop = noop;
        let over = false;
        const onAbort = () => {
            if (over) return;
            over = true;
            stop();
            const { reason } = signal;
            if (content !== null && content.stream !== null) load('streams').cancel(content.stream, reason);
            reject(reason);
        };
        abort.addAlgorithm(signal, onAbort);
        const start = (body) => {
            if (over) return;
            stop = send(state, body, {
                head(response) {
                    resolve(response);
                },
                failed(error) {
                    over = true;
                    reject(error);
                },
                finished() {
                    over = true;
                    abort.removeAlgorithm(signal, onAbort);
                },
            });
        };
        if (content === null) {
            start(undefined);
        } else {
            const ready = content.consume();
            if (content.bytes !== null && content.stream === null) start(content.bytes);
            else then(ready, ({ bytes }) => { start(bytes); }, (error) => { over = true; reject(error); });
        }
        return promise;
    }

    /** The header lines that go out: the script's, and those that every request has. */
    function linesOf(state) {
        const list = listOf(state.headers);
        const lines = [];
        const seen = { __proto__: null };
        for (let i = 0; i < list.length; i++) {
            seen[list[i][0]] = true;
            lines[lines.length] = list[i][0];
            lines[lines.length] = list[i][1];
        }
        const standard = (name, value) => {
            if (seen[name]) return;
            lines[lines.length] = name;
            lines[lines.length] = value;
        };
        standard('accept', '*/*');
        standard('accept-language', '*');
        standard('user-agent', native.userAgent());
        if (state.cache === 'no-store' || state.cache === 'reload') standard('cache-control', 'no-cache');
        return lines;
    }

    /** Starts the transfer; gives the function that stops it. */
    function send(state, body, on) {
        const incoming = new Incoming();
        let responded = false;
        const id = native.fetch(withoutFragment(state.url), state.method, linesOf(state), state.redirect, body, (kind, value) => {
            switch (kind) {
                case 0: {
                    responded = true;
                    on.head(respond(state, value, incoming));
                    return;
                }
                case 1: incoming.push(value); return;
                case 2: {
                    on.finished();
                    if (responded) incoming.finish();
                    else on.failed(networkError(state, native.hostError('HOST_ERROR', 'the host ended the transfer before a response')));
                    return;
                }
                default: {
                    const error = networkError(state, value);
                    on.finished();
                    if (responded) incoming.fail(error);
                    else on.failed(error);
                }
            }
        });
        incoming.cancel = () => {
            native.cancelFetch(id);
            on.finished();
        };
        return () => {
            native.cancelFetch(id);
            incoming.fail(state.signal.reason);
        };
    }

    function networkError(state, cause) {
        const error = typeError(`fetch of \`${state.url}\` failed: ${cause.message}`);
        primordials.ObjectDefineProperty(error, 'cause', {
            __proto__: null, value: cause, writable: true, enumerable: false, configurable: true,
        });
        return error;
    }

    function respond(state, head, incoming) {
        const list = [];
        for (let i = 0; i < head.headers.length; i += 2) {
            list[list.length] = [StringToLowerCase(head.headers[i]), trimmed(head.headers[i + 1])];
        }
        const headers = headersWith(list);
        guard(headers);
        const empty = state.method === 'HEAD' || NULL_BODY[head.status] !== undefined;
        const content = empty ? null : new Content();
        if (content !== null) content.incoming = incoming;
        return responseWith({
            ...freshResponse(), type: 'basic', url: withoutFragment(head.url === '' ? state.url : head.url),
            redirected: head.redirected, status: head.status, statusText: head.statusText, headers, content,
        });
    }

    function withoutFragment(url) {
        const hash = StringIndexOf(url, '#');
        return hash < 0 ? url : StringSlice(url, 0, hash);
    }

    function fromData({ url, method }) {
        const parts = native.dataUrl(url);
        if (parts === undefined) throw typeError('the data URL is not valid');
        const headers = headersWith([['content-type', parts[0]]]);
        guard(headers);
        return responseWith({
            ...freshResponse(), type: 'basic', url: withoutFragment(url), statusText: 'OK', headers,
            content: method === 'HEAD' ? null : Content.of(parts[1]),
        });
    }

    primordials.ObjectDefineProperty(fetch, 'length', { __proto__: null, value: 1 });

    return { __proto__: null, Headers, Request, Response, fetch };
}
