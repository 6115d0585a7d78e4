// Streams, after <https://streams.spec.whatwg.org/>. The functions below bear the names of the
// standard's abstract operations, shortened; what the standard calls an internal slot is a field of
// the record behind an object.

(native, primordials, load) => {
    const {
        DataViewBuffer, DataViewByteLength, DataViewByteOffset, ArrayBufferByteLength, ObjectDefineProperty,
        ObjectSetPrototypeOf, ReflectApply, TypedArrayBuffer, TypedArrayByteLength, TypedArrayByteOffset, TypedArrayTag,
    } = primordials;
    const {
        INTERNAL, alias, asyncIterator, callback, deferred, dictionary, enforced, enumeration, idl, illegal, isObject,
        iterator, iteratorPrototypes, markHandled, needs, noop, promising, rangeError, rejected, resolved, then, typeError,
    } = load('base');
    const { DataView } = globalThis;

    // ---------------------------------------------------------------- queues

    /** First in, first out, without moving what is left. */
    class Queue {
        #items = [];

        #head = 0;

        get length() { return this.#items.length - this.#head; }

        push(item) { this.#items[this.#items.length] = item; }

        peek() { return this.#items[this.#head]; }

        shift() {
            const item = this.#items[this.#head];
            this.#items[this.#head++] = undefined;
            if (this.#head === this.#items.length) {
                this.#items = [];
                this.#head = 0;
            } else if (this.#head > 1024 && this.#head * 2 > this.#items.length) {
                this.#items = primordials.ArraySlice(this.#items, this.#head);
                this.#head = 0;
            }
            return item;
        }

        clear() {
            this.#items = [];
            this.#head = 0;
        }
    }

    const enqueueWithSize = (container, value, size) => {
        const amount = +size;
        if (amount !== amount || amount < 0 || amount === Infinity) throw rangeError('the size of a chunk is not a finite number of at least 0');
        container.queue.push({ value, size: amount });
        container.total += amount;
    };

    const dequeue = (container) => {
        const { value, size } = container.queue.shift();
        container.total -= size;
        if (container.total < 0) container.total = 0;
        return value;
    };

    const resetQueue = (container) => {
        container.queue.clear();
        container.total = 0;
    };

    // ---------------------------------------------------------------- strategies

    const strategyClass = (name, size) => {
        const body = {
            [name]: class {
                #highWaterMark;

                constructor(init) {
                    needs(arguments.length, 1, name);
                    if (!isObject(init)) throw typeError(`${name} needs an object with \`highWaterMark\``);
                    const { highWaterMark } = init;
                    if (highWaterMark === undefined) throw typeError(`${name} needs \`highWaterMark\``);
                    this.#highWaterMark = +highWaterMark;
                }

                get highWaterMark() { return this.#highWaterMark; }

                get size() {
                    this.#highWaterMark;
                    return size;
                }
            },
        }[name];
        return idl(body, name);
    };

    // Arrow functions: WebIDL gives them no prototype.
    const byteSize = { size: (chunk) => chunk.byteLength }.size;
    const countSize = { size: () => 1 }.size;
    const ByteLengthQueuingStrategy = strategyClass('ByteLengthQueuingStrategy', byteSize);
    const CountQueuingStrategy = strategyClass('CountQueuingStrategy', countSize);

    function strategyOf(value) {
        const given = dictionary(value, 'the strategy');
        const { highWaterMark, size } = given;
        const mark = highWaterMark === undefined ? undefined : +highWaterMark;
        return { mark, size: size === undefined ? undefined : callback(size, '`size`') };
    }

    function markOf(strategy, otherwise) {
        const { mark } = strategy;
        if (mark === undefined) return otherwise;
        if (mark !== mark || mark < 0) throw rangeError('`highWaterMark` is not a number of at least 0');
        return mark;
    }

    const sizeOf = ({ size }) => (size === undefined ? () => 1 : (chunk) => ReflectApply(size, undefined, [chunk]));

    /** A member of an underlying object: a function, called on that object. */
    const memberOf = (given, name) => {
        const value = given[name];
        return value === undefined ? undefined : callback(value, `\`${name}\``);
    };

    // ================================================================ readable streams

    let recordOf;
    let isReadableStream;

    const newStream = () => ({
        object: null, state: 'readable', reader: undefined, storedError: undefined, disturbed: false, controller: undefined,
    });

    class ReadableStream {
        #record;

        constructor(underlyingSource = undefined, strategy = {}) {
            if (underlyingSource === INTERNAL) {
                this.#record = strategy;
                strategy.object = this;
                return;
            }
            const source = underlyingSource === undefined ? null : underlyingSource;
            if (source === null && underlyingSource !== undefined) throw typeError('the source is not an object');
            const given = dictionary(source, 'the source');
            const queuing = strategyOf(strategy);
            const members = {
                autoAllocateChunkSize: given.autoAllocateChunkSize === undefined ? undefined
                    : enforced(given.autoAllocateChunkSize, 2 ** 53 - 1, '`autoAllocateChunkSize`'),
                cancel: memberOf(given, 'cancel'),
                pull: memberOf(given, 'pull'),
                start: memberOf(given, 'start'),
            };
            const { type } = given;
            const kind = type === undefined ? undefined : enumeration(type, ['bytes'], 'the type of the source');
            const record = newStream();
            record.object = this;
            this.#record = record;
            if (kind === 'bytes') {
                if (queuing.size !== undefined) throw rangeError('a stream of bytes has no `size` in its strategy');
                byteControllerFrom(record, source, members, markOf(queuing, 0));
            } else {
                const size = sizeOf(queuing);
                defaultControllerFrom(record, source, members, markOf(queuing, 1), size);
            }
        }

        static {
            recordOf = (stream) => stream.#record;
            isReadableStream = (value) => isObject(value) && #record in value;
        }

        static from(asyncIterable) {
            needs(arguments.length, 1, 'ReadableStream.from');
            return fromIterable(asyncIterable).object;
        }

        get locked() { return isLocked(this.#record); }

        cancel(reason = undefined) {
            return promising(() => {
                const record = this.#record;
                if (isLocked(record)) throw typeError('a locked stream cannot be cancelled');
                return cancelStream(record, reason);
            });
        }

        getReader(options = {}) {
            const record = this.#record;
            const { mode } = dictionary(options, 'options');
            if (mode === undefined) return new ReadableStreamDefaultReader(this);
            enumeration(mode, ['byob'], '`mode`');
            record.reader;
            return new ReadableStreamBYOBReader(this);
        }

        pipeThrough(transform, options = {}) {
            const record = this.#record;
            needs(arguments.length, 1, 'ReadableStream.pipeThrough');
            if (!isObject(transform)) throw typeError('a transform is a pair of streams');
            const { readable } = transform;
            if (!isReadableStream(readable)) throw typeError('`readable` is not a ReadableStream');
            const { writable } = transform;
            if (!isWritableStream(writable)) throw typeError('`writable` is not a WritableStream');
            const choices = pipeOptions(options);
            if (isLocked(record)) throw typeError('the stream is locked');
            if (isWriterLocked(writableOf(writable))) throw typeError('the writable side is locked');
            markHandled(pipeTo(record, writableOf(writable), choices));
            return readable;
        }

        pipeTo(destination, options = {}) {
            return promising(() => {
                const record = this.#record;
                needs(arguments.length, 1, 'ReadableStream.pipeTo');
                if (!isWritableStream(destination)) throw typeError('the destination is not a WritableStream');
                const choices = pipeOptions(options);
                if (isLocked(record)) throw typeError('the stream is locked');
                if (isWriterLocked(writableOf(destination))) throw typeError('the destination is locked');
                return pipeTo(record, writableOf(destination), choices);
            });
        }

        tee() {
            const branches = teeStream(this.#record);
            return [branches[0].object, branches[1].object];
        }

        values(options = {}) {
            const record = this.#record;
            const preventCancel = !!dictionary(options, 'options').preventCancel;
            return iteratorOn(record, preventCancel);
        }
    }
    idl(ReadableStream, 'ReadableStream');
    alias(ReadableStream.prototype, asyncIterator, 'values');

    const isLocked = (stream) => stream.reader !== undefined;

    function pipeOptions(value) {
        const given = dictionary(value, 'options');
        const preventAbort = !!given.preventAbort;
        const preventCancel = !!given.preventCancel;
        const preventClose = !!given.preventClose;
        const { signal } = given;
        if (signal !== undefined && !load('events').isSignal(signal)) throw typeError('`signal` is not an AbortSignal');
        return { preventAbort, preventCancel, preventClose, signal };
    }

    // ---------------------------------------------------------------- asynchronous iteration

    class StreamIterator {
        #reader;

        #preventCancel;

        #ongoing = undefined;

        #finished = false;

        constructor(reader, preventCancel) {
            this.#reader = reader;
            this.#preventCancel = preventCancel;
        }

        next() {
            return promising(() => {
                this.#reader;
                const step = () => this.#next();
                this.#ongoing = this.#ongoing === undefined ? step() : then(this.#ongoing, step, step);
                return this.#ongoing;
            });
        }

        return(value = undefined) {
            return promising(() => {
                this.#reader;
                const step = () => this.#return(value);
                this.#ongoing = this.#ongoing === undefined ? step() : then(this.#ongoing, step, step);
                return this.#ongoing;
            });
        }

        #next() {
            if (this.#finished) return resolved({ value: undefined, done: true });
            const { promise, resolve, reject } = deferred();
            const reader = this.#reader;
            defaultRead(reader, {
                chunk: (value) => { resolve({ value, done: false }); },
                close: () => {
                    this.#finished = true;
                    releaseDefault(reader);
                    resolve({ value: undefined, done: true });
                },
                error: (error) => {
                    this.#finished = true;
                    releaseDefault(reader);
                    reject(error);
                },
            });
            return promise;
        }

        #return(value) {
            if (this.#finished) return resolved({ value, done: true });
            this.#finished = true;
            const reader = this.#reader;
            if (this.#preventCancel) {
                releaseDefault(reader);
                return resolved({ value, done: true });
            }
            const result = readerCancel(reader, value);
            releaseDefault(reader);
            return then(result, () => ({ value, done: true }));
        }
    }
    {
        const { prototype } = StreamIterator;
        ObjectSetPrototypeOf(prototype, iteratorPrototypes[1]);
        ObjectDefineProperty(prototype, 'next', { __proto__: null, enumerable: true });
        ObjectDefineProperty(prototype, 'return', { __proto__: null, enumerable: true });
        ObjectDefineProperty(prototype.next, 'length', { __proto__: null, value: 0 });
        ObjectDefineProperty(prototype.return, 'length', { __proto__: null, value: 1 });
        ObjectDefineProperty(prototype, primordials.Symbol.toStringTag, {
            __proto__: null, value: 'ReadableStream AsyncIterator', configurable: true,
        });
        delete prototype.constructor;
    }

    function iteratorOn(stream, preventCancel) {
        const reader = readerRecord();
        setUpDefaultReader(reader, stream);
        return new StreamIterator(reader, preventCancel);
    }

    function fromIterable(iterable) {
        if (iterable === undefined || iterable === null) throw typeError('the source is not iterable');
        let method = iterable[asyncIterator];
        let isSync = false;
        if (method === undefined || method === null) {
            method = iterable[iterator];
            isSync = true;
        }
        if (typeof method !== 'function') throw typeError('the source is not iterable');
        const source = ReflectApply(method, iterable, []);
        if (!isObject(source)) throw typeError('an iterator is not an object');
        const { next } = source;
        const ask = (body, args) => {
            const result = ReflectApply(body, source, args);
            if (!isSync) return resolved(result);
            if (!isObject(result)) throw typeError('an iterator result is not an object');
            const { done } = result;
            return then(resolved(result.value), (value) => ({ __proto__: null, done, value }));
        };
        const stream = createReadable(noop, () => promising(() => then(promising(() => ask(next, [])), (result) => {
            if (!isObject(result)) throw typeError('an iterator result is not an object');
            if (result.done) defaultClose(stream.controller);
            else defaultEnqueue(stream.controller, result.value);
        })), (reason) => promising(() => {
            const end = source.return;
            if (end === undefined || end === null) return undefined;
            return then(promising(() => ask(callback(end, '`return`'), [reason])), (result) => {
                if (!isObject(result)) throw typeError('an iterator result is not an object');
            });
        }), 0);
        return stream;
    }

    // ---------------------------------------------------------------- the state of a stream

    function createReadable(start, pull, cancel, mark = 1, size = () => 1) {
        const record = newStream();
        new ReadableStream(INTERNAL, record);
        setUpDefaultController(record, newDefaultController(), start, pull, cancel, mark, size);
        return record;
    }

    function createByteStream(start, pull, cancel) {
        const record = newStream();
        new ReadableStream(INTERNAL, record);
        setUpByteController(record, newByteController(), start, pull, cancel, 0, undefined);
        return record;
    }

    function cancelStream(stream, reason) {
        stream.disturbed = true;
        if (stream.state === 'closed') return resolved(undefined);
        if (stream.state === 'errored') return rejected(stream.storedError);
        closeStream(stream);
        const { reader } = stream;
        if (reader !== undefined && reader.isByob) {
            const { intoRequests } = reader;
            reader.intoRequests = new Queue();
            while (intoRequests.length > 0) intoRequests.shift().close(undefined);
        }
        return then(stream.controller.cancelSteps(reason), noop);
    }

    function closeStream(stream) {
        stream.state = 'closed';
        const { reader } = stream;
        if (reader === undefined) return;
        reader.closed.resolve(undefined);
        if (!reader.isByob) {
            const { requests } = reader;
            reader.requests = new Queue();
            while (requests.length > 0) requests.shift().close();
        }
    }

    function errorStream(stream, error) {
        stream.state = 'errored';
        stream.storedError = error;
        const { reader } = stream;
        if (reader === undefined) return;
        reader.closed.reject(error);
        markHandled(reader.closed.promise);
        if (reader.isByob) errorIntoRequests(reader, error);
        else errorRequests(reader, error);
    }

    function errorRequests(reader, error) {
        const { requests } = reader;
        reader.requests = new Queue();
        while (requests.length > 0) requests.shift().error(error);
    }

    function errorIntoRequests(reader, error) {
        const { intoRequests } = reader;
        reader.intoRequests = new Queue();
        while (intoRequests.length > 0) intoRequests.shift().error(error);
    }

    const waitingReads = (stream) => (stream.reader !== undefined && !stream.reader.isByob ? stream.reader.requests.length : 0);
    const waitingInto = (stream) => (stream.reader !== undefined && stream.reader.isByob ? stream.reader.intoRequests.length : 0);

    function fulfill(stream, chunk, done) {
        const request = stream.reader.requests.shift();
        if (done) request.close();
        else request.chunk(chunk);
    }

    function fulfillInto(stream, chunk, done) {
        const request = stream.reader.intoRequests.shift();
        if (done) request.close(chunk);
        else request.chunk(chunk);
    }

    // ---------------------------------------------------------------- readers

    const readerRecord = () => ({ stream: undefined, closed: deferred(), isByob: false, requests: new Queue(), intoRequests: new Queue() });

    function setUpReader(reader, stream) {
        reader.stream = stream;
        stream.reader = reader;
        if (stream.state === 'closed') {
            reader.closed.resolve(undefined);
        } else if (stream.state === 'errored') {
            reader.closed.reject(stream.storedError);
            markHandled(reader.closed.promise);
        }
    }

    function setUpDefaultReader(reader, stream) {
        if (isLocked(stream)) throw typeError('the stream is locked');
        setUpReader(reader, stream);
    }

    function setUpByobReader(reader, stream) {
        if (isLocked(stream)) throw typeError('the stream is locked');
        if (!stream.controller.isByte) throw typeError('the stream is not a stream of bytes');
        reader.isByob = true;
        setUpReader(reader, stream);
    }

    function readerCancel(reader, reason) { return cancelStream(reader.stream, reason); }

    function releaseReader(reader) {
        const { stream } = reader;
        const error = typeError('the reader was released');
        if (stream.state !== 'readable') reader.closed = deferred();
        reader.closed.reject(error);
        markHandled(reader.closed.promise);
        stream.controller.releaseSteps();
        stream.reader = undefined;
        reader.stream = undefined;
        return error;
    }

    function releaseDefault(reader) { errorRequests(reader, releaseReader(reader)); }

    function releaseByob(reader) { errorIntoRequests(reader, releaseReader(reader)); }

    function defaultRead(reader, request) {
        const { stream } = reader;
        stream.disturbed = true;
        if (stream.state === 'closed') request.close();
        else if (stream.state === 'errored') request.error(stream.storedError);
        else stream.controller.pullSteps(request);
    }

    const released = () => typeError('the reader was released');

    class ReadableStreamDefaultReader {
        #record = readerRecord();

        constructor(stream) {
            needs(arguments.length, 1, 'ReadableStreamDefaultReader');
            if (!isReadableStream(stream)) throw typeError('the argument is not a ReadableStream');
            setUpDefaultReader(this.#record, recordOf(stream));
        }

        get closed() {
            try {
                return this.#record.closed.promise;
            } catch (error) {
                return rejected(error);
            }
        }

        cancel(reason = undefined) {
            return promising(() => {
                if (this.#record.stream === undefined) throw released();
                return readerCancel(this.#record, reason);
            });
        }

        read() {
            return promising(() => {
                if (this.#record.stream === undefined) throw released();
                const { promise, resolve, reject } = deferred();
                defaultRead(this.#record, {
                    chunk: (value) => { resolve({ value, done: false }); },
                    close: () => { resolve({ value: undefined, done: true }); },
                    error: reject,
                });
                return promise;
            });
        }

        releaseLock() { if (this.#record.stream !== undefined) releaseDefault(this.#record); }
    }
    idl(ReadableStreamDefaultReader, 'ReadableStreamDefaultReader');

    class ReadableStreamBYOBReader {
        #record = readerRecord();

        constructor(stream) {
            needs(arguments.length, 1, 'ReadableStreamBYOBReader');
            if (!isReadableStream(stream)) throw typeError('the argument is not a ReadableStream');
            setUpByobReader(this.#record, recordOf(stream));
        }

        get closed() {
            try {
                return this.#record.closed.promise;
            } catch (error) {
                return rejected(error);
            }
        }

        cancel(reason = undefined) {
            return promising(() => {
                if (this.#record.stream === undefined) throw released();
                return readerCancel(this.#record, reason);
            });
        }

        read(view, options = {}) {
            return promising(() => {
                const record = this.#record;
                needs(arguments.length, 1, 'ReadableStreamBYOBReader.read');
                const info = viewInfo(view);
                if (info === undefined) throw typeError('the argument is not a view');
                const { min } = dictionary(options, 'options');
                const least = min === undefined ? 1 : enforced(min, 2 ** 53 - 1, '`min`');
                if (info.byteLength === 0) throw typeError('the view is empty');
                if (ArrayBufferByteLength(info.buffer) === 0) throw typeError('the buffer of the view is empty');
                if (native.isDetached(info.buffer)) throw typeError('the buffer of the view is detached');
                if (least === 0) throw typeError('`min` is 0');
                if (least > (info.tag === undefined ? info.byteLength : info.byteLength / info.element)) {
                    throw rangeError('`min` is larger than the view');
                }
                if (record.stream === undefined) throw released();
                const { promise, resolve, reject } = deferred();
                const { stream } = record;
                stream.disturbed = true;
                const request = {
                    chunk: (value) => { resolve({ value, done: false }); },
                    close: (value) => { resolve({ value, done: true }); },
                    error: reject,
                };
                if (stream.state === 'errored') request.error(stream.storedError);
                else bytePullInto(stream.controller, info, least, request);
                return promise;
            });
        }

        releaseLock() { if (this.#record.stream !== undefined) releaseByob(this.#record); }
    }
    idl(ReadableStreamBYOBReader, 'ReadableStreamBYOBReader');

    // ---------------------------------------------------------------- the default controller

    let invalidate;

    class ReadableStreamDefaultController {
        #record;

        constructor(key = undefined, record = undefined) {
            if (key !== INTERNAL) throw illegal();
            this.#record = record;
        }

        get desiredSize() { return desiredSize(this.#record); }

        close() {
            if (!canCloseOrEnqueue(this.#record)) throw typeError('the stream cannot be closed any more');
            defaultClose(this.#record);
        }

        enqueue(chunk = undefined) {
            if (!canCloseOrEnqueue(this.#record)) throw typeError('the stream takes no chunk any more');
            defaultEnqueue(this.#record, chunk);
        }

        error(e = undefined) { defaultError(this.#record, e); }
    }
    idl(ReadableStreamDefaultController, 'ReadableStreamDefaultController');

    function newDefaultController() {
        const controller = {
            isByte: false, object: null, stream: undefined, queue: new Queue(), total: 0, started: false, closeRequested: false,
            pullAgain: false, pulling: false, size: undefined, mark: 0, pull: undefined, cancel: undefined,
            cancelSteps(reason) {
                resetQueue(controller);
                const result = controller.cancel(reason);
                clearDefault(controller);
                return result;
            },
            pullSteps(request) {
                if (controller.queue.length > 0) {
                    const chunk = dequeue(controller);
                    if (controller.closeRequested && controller.queue.length === 0) {
                        clearDefault(controller);
                        closeStream(controller.stream);
                    } else {
                        pullIfNeeded(controller);
                    }
                    request.chunk(chunk);
                } else {
                    controller.stream.reader.requests.push(request);
                    pullIfNeeded(controller);
                }
            },
            releaseSteps: noop,
        };
        controller.object = new ReadableStreamDefaultController(INTERNAL, controller);
        return controller;
    }

    function clearDefault(controller) {
        controller.pull = undefined;
        controller.cancel = undefined;
        controller.size = undefined;
    }

    function setUpDefaultController(stream, controller, start, pull, cancel, mark, size) {
        controller.stream = stream;
        controller.size = size;
        controller.mark = mark;
        controller.pull = pull;
        controller.cancel = cancel;
        stream.controller = controller;
        startController(controller, start, pullIfNeeded, defaultError);
    }

    function startController(controller, start, pullMore, fail) {
        then(resolved(start()), () => {
            controller.started = true;
            pullMore(controller);
        }, (error) => { fail(controller, error); });
    }

    function defaultControllerFrom(stream, source, { start, pull, cancel }, mark, size) {
        const controller = newDefaultController();
        const face = controller.object;
        setUpDefaultController(
            stream,
            controller,
            start === undefined ? noop : () => ReflectApply(start, source, [face]),
            pull === undefined ? () => resolved(undefined) : () => promising(() => ReflectApply(pull, source, [face])),
            cancel === undefined ? () => resolved(undefined) : (reason) => promising(() => ReflectApply(cancel, source, [reason])),
            mark,
            size,
        );
    }

    function pullIfNeeded(controller) {
        if (!shouldPull(controller)) return;
        if (controller.pulling) {
            controller.pullAgain = true;
            return;
        }
        controller.pulling = true;
        then(controller.pull(), () => {
            controller.pulling = false;
            if (controller.pullAgain) {
                controller.pullAgain = false;
                pullIfNeeded(controller);
            }
        }, (error) => { defaultError(controller, error); });
    }

    function shouldPull(controller) {
        if (!canCloseOrEnqueue(controller) || !controller.started) return false;
        return waitingReads(controller.stream) > 0 || desiredSize(controller) > 0;
    }

    const canCloseOrEnqueue = (controller) => !controller.closeRequested && controller.stream.state === 'readable';

    function desiredSize({ stream, mark, total }) {
        if (stream.state === 'errored') return null;
        return stream.state === 'closed' ? 0 : mark - total;
    }

    function defaultClose(controller) {
        if (!canCloseOrEnqueue(controller)) return;
        controller.closeRequested = true;
        if (controller.queue.length === 0) {
            clearDefault(controller);
            closeStream(controller.stream);
        }
    }

    function defaultEnqueue(controller, chunk) {
        if (!canCloseOrEnqueue(controller)) return;
        if (waitingReads(controller.stream) > 0) {
            fulfill(controller.stream, chunk, false);
        } else {
            try {
                const size = controller.size(chunk);
                enqueueWithSize(controller, chunk, size);
            } catch (error) {
                defaultError(controller, error);
                throw error;
            }
        }
        pullIfNeeded(controller);
    }

    function defaultError(controller, error) {
        if (controller.stream.state !== 'readable') return;
        resetQueue(controller);
        clearDefault(controller);
        errorStream(controller.stream, error);
    }

    // ---------------------------------------------------------------- views

    const ELEMENTS = {
        __proto__: null, Int8Array: 1, Uint8Array: 1, Uint8ClampedArray: 1, Int16Array: 2, Uint16Array: 2, Float16Array: 2,
        Int32Array: 4, Uint32Array: 4, Float32Array: 4, BigInt64Array: 8, BigUint64Array: 8, Float64Array: 8,
    };

    /** What a view is and where; `undefined` for anything else. */
    function viewInfo(view) {
        if (!isObject(view)) return undefined;
        const tag = TypedArrayTag(view);
        if (tag !== undefined) {
            return {
                tag, element: ELEMENTS[tag], kind: native.viewKind(view), buffer: TypedArrayBuffer(view),
                byteOffset: TypedArrayByteOffset(view), byteLength: TypedArrayByteLength(view),
            };
        }
        try {
            return {
                tag, element: 1, kind: -1, buffer: DataViewBuffer(view), byteOffset: DataViewByteOffset(view), byteLength: DataViewByteLength(view),
            };
        } catch {
            return undefined;
        }
    }

    const makeView = (kind, buffer, offset, length) => (kind < 0
        ? new DataView(buffer, offset, length) : native.typedArray(kind, buffer, offset, length));

    const UINT8 = native.viewKind(native.concat([]));

    const bytesView = (buffer, offset, length) => native.typedArray(UINT8, buffer, offset, length);

    // ---------------------------------------------------------------- the byte controller

    class ReadableStreamBYOBRequest {
        #controller;

        #view;

        constructor(key = undefined, controller = undefined, view = undefined) {
            if (key !== INTERNAL) throw illegal();
            this.#controller = controller;
            this.#view = view;
        }

        get view() { return this.#view; }

        respond(bytesWritten) {
            this.#view;
            needs(arguments.length, 1, 'ReadableStreamBYOBRequest.respond');
            const written = enforced(bytesWritten, 2 ** 53 - 1, 'the number of bytes');
            if (this.#controller === undefined) throw typeError('the request was answered already');
            if (native.isDetached(viewInfo(this.#view).buffer)) throw typeError('the buffer of the view is detached');
            byteRespond(this.#controller, written);
        }

        respondWithNewView(view) {
            this.#view;
            needs(arguments.length, 1, 'ReadableStreamBYOBRequest.respondWithNewView');
            const info = viewInfo(view);
            if (info === undefined) throw typeError('the argument is not a view');
            if (this.#controller === undefined) throw typeError('the request was answered already');
            if (native.isDetached(info.buffer)) throw typeError('the buffer of the view is detached');
            byteRespondWithNewView(this.#controller, info);
        }

        static {
            invalidate = (request) => {
                request.#controller = undefined;
                request.#view = null;
            };
        }
    }
    idl(ReadableStreamBYOBRequest, 'ReadableStreamBYOBRequest');

    class ReadableByteStreamController {
        #record;

        constructor(key = undefined, record = undefined) {
            if (key !== INTERNAL) throw illegal();
            this.#record = record;
        }

        get byobRequest() { return byobRequestOf(this.#record); }

        get desiredSize() { return desiredSize(this.#record); }

        close() {
            if (this.#record.closeRequested) throw typeError('the stream is being closed already');
            if (this.#record.stream.state !== 'readable') throw typeError('the stream cannot be closed any more');
            byteClose(this.#record);
        }

        enqueue(chunk) {
            const record = this.#record;
            needs(arguments.length, 1, 'ReadableByteStreamController.enqueue');
            const info = viewInfo(chunk);
            if (info === undefined) throw typeError('the chunk is not a view');
            if (info.byteLength === 0) throw typeError('the chunk is empty');
            if (ArrayBufferByteLength(info.buffer) === 0) throw typeError('the buffer of the chunk is empty');
            if (record.closeRequested) throw typeError('the stream is being closed');
            if (record.stream.state !== 'readable') throw typeError('the stream takes no chunk any more');
            byteEnqueue(record, info);
        }

        error(e = undefined) { byteError(this.#record, e); }
    }
    idl(ReadableByteStreamController, 'ReadableByteStreamController');

    function newByteController() {
        const controller = {
            isByte: true, object: null, stream: undefined, queue: new Queue(), total: 0, started: false, closeRequested: false,
            pullAgain: false, pulling: false, mark: 0, pull: undefined, cancel: undefined, byobRequest: null, pendingPulls: [],
            autoAllocate: undefined,
            cancelSteps(reason) {
                clearPendingPulls(controller);
                resetQueue(controller);
                const result = controller.cancel(reason);
                clearByte(controller);
                return result;
            },
            pullSteps(request) {
                const { stream } = controller;
                if (controller.total > 0) {
                    fillFromQueue(controller, request);
                    return;
                }
                if (controller.autoAllocate !== undefined) {
                    let buffer;
                    try {
                        buffer = native.newBuffer(controller.autoAllocate);
                    } catch (error) {
                        request.error(error);
                        return;
                    }
                    const { pendingPulls } = controller;
                    pendingPulls[pendingPulls.length] = {
                        buffer, bufferLength: controller.autoAllocate, byteOffset: 0, byteLength: controller.autoAllocate, filled: 0,
                        least: 1, element: 1, kind: UINT8, reader: 'default',
                    };
                }
                stream.reader.requests.push(request);
                bytePullIfNeeded(controller);
            },
            releaseSteps() {
                if (controller.pendingPulls.length > 0) {
                    const first = controller.pendingPulls[0];
                    first.reader = 'none';
                    controller.pendingPulls = [first];
                }
            },
        };
        controller.object = new ReadableByteStreamController(INTERNAL, controller);
        return controller;
    }

    function setUpByteController(stream, controller, start, pull, cancel, mark, autoAllocate) {
        controller.stream = stream;
        controller.mark = mark;
        controller.pull = pull;
        controller.cancel = cancel;
        controller.autoAllocate = autoAllocate;
        stream.controller = controller;
        startController(controller, start, bytePullIfNeeded, byteError);
    }

    function byteControllerFrom(stream, source, { start, pull, cancel, autoAllocateChunkSize }, mark) {
        const controller = newByteController();
        const face = controller.object;
        if (autoAllocateChunkSize === 0) throw typeError('`autoAllocateChunkSize` is 0');
        setUpByteController(
            stream,
            controller,
            start === undefined ? noop : () => ReflectApply(start, source, [face]),
            pull === undefined ? () => resolved(undefined) : () => promising(() => ReflectApply(pull, source, [face])),
            cancel === undefined ? () => resolved(undefined) : (reason) => promising(() => ReflectApply(cancel, source, [reason])),
            mark,
            autoAllocateChunkSize,
        );
    }

    function clearByte(controller) {
        controller.pull = undefined;
        controller.cancel = undefined;
    }

    function invalidateRequest(controller) {
        if (controller.byobRequest === null) return;
        invalidate(controller.byobRequest);
        controller.byobRequest = null;
    }

    function clearPendingPulls(controller) {
        invalidateRequest(controller);
        controller.pendingPulls = [];
    }

    function byobRequestOf(controller) {
        if (controller.byobRequest === null && controller.pendingPulls.length > 0) {
            const first = controller.pendingPulls[0];
            const view = bytesView(first.buffer, first.byteOffset + first.filled, first.byteLength - first.filled);
            controller.byobRequest = new ReadableStreamBYOBRequest(INTERNAL, controller, view);
        }
        return controller.byobRequest;
    }

    function bytePullIfNeeded(controller) {
        if (!byteShouldPull(controller)) return;
        if (controller.pulling) {
            controller.pullAgain = true;
            return;
        }
        controller.pulling = true;
        then(controller.pull(), () => {
            controller.pulling = false;
            if (controller.pullAgain) {
                controller.pullAgain = false;
                bytePullIfNeeded(controller);
            }
        }, (error) => { byteError(controller, error); });
    }

    function byteShouldPull(controller) {
        const { stream } = controller;
        if (stream.state !== 'readable' || controller.closeRequested || !controller.started) return false;
        return waitingReads(stream) > 0 || waitingInto(stream) > 0 || desiredSize(controller) > 0;
    }

    function byteError(controller, error) {
        if (controller.stream.state !== 'readable') return;
        clearPendingPulls(controller);
        resetQueue(controller);
        clearByte(controller);
        errorStream(controller.stream, error);
    }

    function byteClose(controller) {
        const { stream } = controller;
        if (controller.closeRequested || stream.state !== 'readable') return;
        if (controller.total > 0) {
            controller.closeRequested = true;
            return;
        }
        if (controller.pendingPulls.length > 0) {
            const first = controller.pendingPulls[0];
            if (first.filled % first.element !== 0) {
                const error = typeError('the stream ends in the middle of an element');
                byteError(controller, error);
                throw error;
            }
        }
        clearByte(controller);
        closeStream(stream);
    }

    const enqueueBytes = (controller, buffer, byteOffset, byteLength) => {
        controller.queue.push({ buffer, byteOffset, byteLength });
        controller.total += byteLength;
    };

    function byteEnqueue(controller, { buffer, byteOffset, byteLength }) {
        const { stream } = controller;
        if (controller.closeRequested || stream.state !== 'readable') return;
        if (native.isDetached(buffer)) throw typeError('the buffer of the chunk is detached');
        const transferred = native.transfer(buffer);
        if (controller.pendingPulls.length > 0) {
            const first = controller.pendingPulls[0];
            if (native.isDetached(first.buffer)) throw typeError('the buffer of the request is detached');
            invalidateRequest(controller);
            first.buffer = native.transfer(first.buffer);
            if (first.reader === 'none') enqueueDetachedPull(controller, first);
        }
        if (stream.reader !== undefined && !stream.reader.isByob) {
            while (stream.reader.requests.length > 0 && controller.total > 0) {
                fillFromQueue(controller, stream.reader.requests.shift());
            }
            if (waitingReads(stream) === 0) {
                enqueueBytes(controller, transferred, byteOffset, byteLength);
            } else {
                if (controller.pendingPulls.length > 0) shiftPull(controller);
                fulfill(stream, bytesView(transferred, byteOffset, byteLength), false);
            }
        } else if (waitingInto(stream) > 0) {
            enqueueBytes(controller, transferred, byteOffset, byteLength);
            commitAll(controller, fillAllFromQueue(controller));
        } else {
            enqueueBytes(controller, transferred, byteOffset, byteLength);
        }
        bytePullIfNeeded(controller);
    }

    function enqueueDetachedPull(controller, pull) {
        if (pull.filled > 0) {
            const copy = native.slice(bytesView(pull.buffer, pull.byteOffset, pull.filled), 0, pull.filled);
            enqueueBytes(controller, TypedArrayBuffer(copy), 0, pull.filled);
        }
        shiftPull(controller);
    }

    function shiftPull(controller) { return primordials.ArrayShift(controller.pendingPulls); }

    function fillFromQueue(controller, request) {
        const { buffer, byteOffset, byteLength } = controller.queue.shift();
        controller.total -= byteLength;
        handleQueueDrain(controller);
        request.chunk(bytesView(buffer, byteOffset, byteLength));
    }

    function handleQueueDrain(controller) {
        if (controller.total === 0 && controller.closeRequested) {
            clearByte(controller);
            closeStream(controller.stream);
        } else {
            bytePullIfNeeded(controller);
        }
    }

    function fillPull(controller, pull) {
        const most = primordials.MathMin(controller.total, pull.byteLength - pull.filled);
        const filled = pull.filled + most;
        const aligned = filled - (filled % pull.element);
        let left = most;
        let ready = false;
        if (aligned >= pull.least) {
            left = aligned - pull.filled;
            ready = true;
        }
        while (left > 0) {
            const head = controller.queue.peek();
            const count = primordials.MathMin(left, head.byteLength);
            native.copy(pull.buffer, pull.byteOffset + pull.filled, head.buffer, head.byteOffset, count);
            if (head.byteLength === count) {
                controller.queue.shift();
            } else {
                head.byteOffset += count;
                head.byteLength -= count;
            }
            controller.total -= count;
            pull.filled += count;
            left -= count;
        }
        return ready;
    }

    /** The requests that the queue fills, taken off the list. */
    function fillAllFromQueue(controller) {
        const filled = [];
        while (controller.pendingPulls.length > 0 && controller.total > 0) {
            if (!fillPull(controller, controller.pendingPulls[0])) break;
            filled[filled.length] = shiftPull(controller);
        }
        return filled;
    }

    function commitAll(controller, pulls) {
        for (let i = 0; i < pulls.length; i++) commitPull(controller.stream, pulls[i]);
    }

    function commitPull(stream, pull) {
        const done = stream.state === 'closed';
        const view = makeView(pull.kind, native.transfer(pull.buffer), pull.byteOffset, pull.filled / pull.element);
        if (pull.reader === 'default') fulfill(stream, view, done);
        else fulfillInto(stream, view, done);
    }

    function bytePullInto(controller, info, min, request) {
        const { stream } = controller;
        let buffer;
        try {
            buffer = native.transfer(info.buffer);
        } catch (error) {
            request.error(error);
            return;
        }
        const pull = {
            buffer, bufferLength: ArrayBufferByteLength(buffer), byteOffset: info.byteOffset, byteLength: info.byteLength, filled: 0,
            least: min * info.element, element: info.element, kind: info.kind, reader: 'byob',
        };
        if (controller.pendingPulls.length > 0) {
            controller.pendingPulls[controller.pendingPulls.length] = pull;
            stream.reader.intoRequests.push(request);
            return;
        }
        if (stream.state === 'closed') {
            request.close(makeView(pull.kind, pull.buffer, pull.byteOffset, 0));
            return;
        }
        if (controller.total > 0) {
            if (fillPull(controller, pull)) {
                const view = makeView(pull.kind, native.transfer(pull.buffer), pull.byteOffset, pull.filled / pull.element);
                handleQueueDrain(controller);
                request.chunk(view);
                return;
            }
            if (controller.closeRequested) {
                const error = typeError('the stream ends in the middle of an element');
                byteError(controller, error);
                request.error(error);
                return;
            }
        }
        controller.pendingPulls[0] = pull;
        stream.reader.intoRequests.push(request);
        bytePullIfNeeded(controller);
    }

    function byteRespond(controller, written) {
        const first = controller.pendingPulls[0];
        if (controller.stream.state === 'closed') {
            if (written !== 0) throw typeError('a closed stream takes no bytes');
        } else {
            if (written === 0) throw typeError('nothing was written');
            if (first.filled + written > first.byteLength) throw rangeError('more was written than the view holds');
        }
        first.buffer = native.transfer(first.buffer);
        respondInternal(controller, written);
    }

    function byteRespondWithNewView(controller, { buffer, byteOffset, byteLength }) {
        const first = controller.pendingPulls[0];
        if (controller.stream.state === 'closed') {
            if (byteLength !== 0) throw typeError('a closed stream takes no bytes');
        } else if (byteLength === 0) {
            throw typeError('nothing was written');
        }
        if (first.byteOffset + first.filled !== byteOffset) throw rangeError('the view begins elsewhere');
        if (first.bufferLength !== ArrayBufferByteLength(buffer)) throw rangeError('the buffer has another length');
        if (first.filled + byteLength > first.byteLength) throw rangeError('more was written than the view holds');
        first.buffer = native.transfer(buffer);
        respondInternal(controller, byteLength);
    }

    function respondInternal(controller, written) {
        const first = controller.pendingPulls[0];
        invalidateRequest(controller);
        if (controller.stream.state === 'closed') {
            respondClosed(controller, first);
        } else {
            respondReadable(controller, written, first);
        }
        bytePullIfNeeded(controller);
    }

    function respondClosed(controller, first) {
        if (first.reader === 'none') shiftPull(controller);
        const { stream } = controller;
        const filled = [];
        while (filled.length < waitingInto(stream)) filled[filled.length] = shiftPull(controller);
        commitAll(controller, filled);
    }

    function respondReadable(controller, written, pull) {
        pull.filled += written;
        if (pull.reader === 'none') {
            enqueueDetachedPull(controller, pull);
            commitAll(controller, fillAllFromQueue(controller));
            return;
        }
        if (pull.filled < pull.least) return;
        shiftPull(controller);
        const rest = pull.filled % pull.element;
        if (rest > 0) {
            const end = pull.byteOffset + pull.filled;
            const copy = native.slice(bytesView(pull.buffer, end - rest, rest), 0, rest);
            enqueueBytes(controller, TypedArrayBuffer(copy), 0, rest);
        }
        pull.filled -= rest;
        const filled = fillAllFromQueue(controller);
        commitPull(controller.stream, pull);
        commitAll(controller, filled);
    }

    // ---------------------------------------------------------------- tee

    function teeStream(stream) { return stream.controller.isByte ? teeBytes(stream) : teeDefault(stream, false); }

    const structured = (chunk) => load('clone').clone(chunk);

    function teeDefault(stream, cloneForBranch2) {
        const reader = readerRecord();
        setUpDefaultReader(reader, stream);
        let reading = false;
        let readAgain = false;
        const canceled = [false, false];
        const reasons = [undefined, undefined];
        const branches = [];
        const cancelled = deferred();
        const pull = () => {
            if (reading) {
                readAgain = true;
                return resolved(undefined);
            }
            reading = true;
            defaultRead(reader, {
                chunk(chunk) {
                    then(resolved(undefined), () => {
                        readAgain = false;
                        let second = chunk;
                        if (!canceled[1] && cloneForBranch2) {
                            try {
                                second = structured(chunk);
                            } catch (error) {
                                defaultError(branches[0].controller, error);
                                defaultError(branches[1].controller, error);
                                cancelled.resolve(cancelStream(stream, error));
                                return;
                            }
                        }
                        if (!canceled[0]) defaultEnqueue(branches[0].controller, chunk);
                        if (!canceled[1]) defaultEnqueue(branches[1].controller, second);
                        reading = false;
                        if (readAgain) pull();
                    });
                },
                close() {
                    reading = false;
                    if (!canceled[0]) defaultClose(branches[0].controller);
                    if (!canceled[1]) defaultClose(branches[1].controller);
                    if (!canceled[0] || !canceled[1]) cancelled.resolve(undefined);
                },
                error() { reading = false; },
            });
            return resolved(undefined);
        };
        const cancel = (index) => (reason) => {
            canceled[index] = true;
            reasons[index] = reason;
            if (canceled[1 - index]) cancelled.resolve(cancelStream(stream, [reasons[0], reasons[1]]));
            return cancelled.promise;
        };
        branches[0] = createReadable(noop, pull, cancel(0));
        branches[1] = createReadable(noop, pull, cancel(1));
        then(reader.closed.promise, noop, (error) => {
            defaultError(branches[0].controller, error);
            defaultError(branches[1].controller, error);
            if (!canceled[0] || !canceled[1]) cancelled.resolve(undefined);
        });
        return branches;
    }

    function teeBytes(stream) {
        let reader = readerRecord();
        setUpDefaultReader(reader, stream);
        let reading = false;
        const again = [false, false];
        const canceled = [false, false];
        const reasons = [undefined, undefined];
        const branches = [];
        const cancelled = deferred();
        const forwardError = (thisReader) => {
            then(thisReader.closed.promise, noop, (error) => {
                if (thisReader !== reader) return;
                byteError(branches[0].controller, error);
                byteError(branches[1].controller, error);
                if (!canceled[0] || !canceled[1]) cancelled.resolve(undefined);
            });
        };
        const copyOf = (chunk) => {
            const { buffer, byteOffset, byteLength } = viewInfo(chunk);
            return native.slice(bytesView(buffer, byteOffset, byteLength), 0, byteLength);
        };
        const failBoth = (error) => {
            byteError(branches[0].controller, error);
            byteError(branches[1].controller, error);
            cancelled.resolve(cancelStream(stream, error));
        };
        const next = () => {
            reading = false;
            if (again[0]) pull(0);
            else if (again[1]) pull(1);
        };
        const pullWithDefault = () => {
            if (reader.isByob) {
                releaseByob(reader);
                reader = readerRecord();
                setUpDefaultReader(reader, stream);
                forwardError(reader);
            }
            defaultRead(reader, {
                chunk(chunk) {
                    then(resolved(undefined), () => {
                        again[0] = false;
                        again[1] = false;
                        let second = chunk;
                        if (!canceled[0] && !canceled[1]) {
                            try {
                                second = copyOf(chunk);
                            } catch (error) {
                                failBoth(error);
                                return;
                            }
                        }
                        if (!canceled[0]) byteEnqueue(branches[0].controller, viewInfo(chunk));
                        if (!canceled[1]) byteEnqueue(branches[1].controller, viewInfo(second));
                        next();
                    });
                },
                close() {
                    reading = false;
                    for (let i = 0; i < 2; i++) {
                        if (!canceled[i]) byteClose(branches[i].controller);
                        if (branches[i].controller.pendingPulls.length > 0) byteRespond(branches[i].controller, 0);
                    }
                    if (!canceled[0] || !canceled[1]) cancelled.resolve(undefined);
                },
                error() { reading = false; },
            });
        };
        const pullWithByob = (view, forBranch) => {
            if (!reader.isByob) {
                releaseDefault(reader);
                reader = readerRecord();
                setUpByobReader(reader, stream);
                forwardError(reader);
            }
            const own = branches[forBranch];
            const other = branches[1 - forBranch];
            stream.disturbed = true;
            bytePullInto(stream.controller, viewInfo(view), 1, {
                chunk(chunk) {
                    then(resolved(undefined), () => {
                        again[0] = false;
                        again[1] = false;
                        if (!canceled[1 - forBranch]) {
                            let copy;
                            try {
                                copy = copyOf(chunk);
                            } catch (error) {
                                failBoth(error);
                                return;
                            }
                            if (!canceled[forBranch]) byteRespondWithNewView(own.controller, viewInfo(chunk));
                            byteEnqueue(other.controller, viewInfo(copy));
                        } else if (!canceled[forBranch]) {
                            byteRespondWithNewView(own.controller, viewInfo(chunk));
                        }
                        next();
                    });
                },
                close(chunk) {
                    reading = false;
                    if (!canceled[forBranch]) byteClose(own.controller);
                    if (!canceled[1 - forBranch]) byteClose(other.controller);
                    if (chunk !== undefined) {
                        if (!canceled[forBranch]) byteRespondWithNewView(own.controller, viewInfo(chunk));
                        if (!canceled[1 - forBranch] && other.controller.pendingPulls.length > 0) byteRespond(other.controller, 0);
                    }
                    if (!canceled[0] || !canceled[1]) cancelled.resolve(undefined);
                },
                error() { reading = false; },
            });
        };
        function pull(index) {
            if (reading) {
                again[index] = true;
                return resolved(undefined);
            }
            reading = true;
            const request = byobRequestOf(branches[index].controller);
            if (request === null) pullWithDefault();
            else pullWithByob(request.view, index);
            return resolved(undefined);
        }
        const cancel = (index) => (reason) => {
            canceled[index] = true;
            reasons[index] = reason;
            if (canceled[1 - index]) cancelled.resolve(cancelStream(stream, [reasons[0], reasons[1]]));
            return cancelled.promise;
        };
        branches[0] = createByteStream(noop, () => pull(0), cancel(0));
        branches[1] = createByteStream(noop, () => pull(1), cancel(1));
        forwardError(reader);
        return branches;
    }

    // ---------------------------------------------------------------- pipeTo

    function pipeTo(source, destination, { preventAbort, preventCancel, preventClose, signal }) {
        const reader = readerRecord();
        setUpDefaultReader(reader, source);
        const writer = writerRecord();
        setUpWriter(writer, destination);
        source.disturbed = true;
        const done = deferred();
        let shuttingDown = false;
        let lastWrite = resolved(undefined);
        let onAbort;

        const finalize = (failed, error) => {
            releaseWriter(writer);
            releaseDefault(reader);
            if (signal !== undefined) load('events').removeAlgorithm(signal, onAbort);
            if (failed) done.reject(error);
            else done.resolve(undefined);
        };
        /** Waits until all that was read is written. */
        const written = () => {
            const write = lastWrite;
            return then(write, () => (write === lastWrite ? undefined : written()), () => (write === lastWrite ? undefined : written()));
        };
        const shutdown = (action, failed, error) => {
            if (shuttingDown) return;
            shuttingDown = true;
            const act = () => {
                if (action === undefined) {
                    finalize(failed, error);
                    return;
                }
                then(action(), () => { finalize(failed, error); }, (other) => { finalize(true, other); });
            };
            if (destination.state === 'writable' && !closeQueuedOrInFlight(destination)) then(written(), act);
            else act();
        };

        if (signal !== undefined) {
            onAbort = () => {
                const { reason } = signal;
                const actions = [];
                if (!preventAbort) actions[actions.length] = () => (destination.state === 'writable' ? abortWritable(destination, reason) : resolved(undefined));
                if (!preventCancel) actions[actions.length] = () => (source.state === 'readable' ? cancelStream(source, reason) : resolved(undefined));
                shutdown(() => all(actions), true, reason);
            };
            const events = load('events');
            if (events.isAborted(signal)) {
                onAbort();
                return done.promise;
            }
            events.addAlgorithm(signal, onAbort);
        }

        const onSourceError = (error) => {
            if (preventAbort) shutdown(undefined, true, error);
            else shutdown(() => abortWritable(destination, error), true, error);
        };
        const onDestinationError = (error) => {
            if (preventCancel) shutdown(undefined, true, error);
            else shutdown(() => cancelStream(source, error), true, error);
        };
        const onSourceClosed = () => {
            if (preventClose) shutdown(undefined, false);
            else shutdown(() => closeWithErrorPropagation(writer), false);
        };
        if (source.state === 'errored') onSourceError(source.storedError);
        else then(reader.closed.promise, noop, onSourceError);
        if (destination.state === 'errored') onDestinationError(destination.storedError);
        else then(writer.closed.promise, noop, onDestinationError);
        if (source.state === 'closed') onSourceClosed();
        else then(reader.closed.promise, onSourceClosed, noop);
        if (closeQueuedOrInFlight(destination) || destination.state === 'closed') {
            const error = typeError('the destination closed before all was written');
            if (preventCancel) shutdown(undefined, true, error);
            else shutdown(() => cancelStream(source, error), true, error);
        }

        const step = () => {
            if (shuttingDown) return resolved(true);
            return then(writer.ready.promise, () => {
                if (shuttingDown) return true;
                const { promise, resolve, reject } = deferred();
                defaultRead(reader, {
                    chunk(chunk) {
                        lastWrite = then(resolved(undefined), () => {
                            const write = then(writeToWriter(writer, chunk), noop, noop);
                            resolve(false);
                            return write;
                        });
                    },
                    close() { resolve(true); },
                    error: reject,
                });
                return promise;
            });
        };
        const loop = () => {
            then(step(), (end) => { if (!end) loop(); }, noop);
        };
        loop();
        return done.promise;
    }

    /** A promise for all actions, run at once. */
    function all(actions) {
        const { promise, resolve, reject } = deferred();
        let left = actions.length;
        if (left === 0) resolve(undefined);
        for (let i = 0; i < actions.length; i++) {
            const action = actions[i];
            then(action(), () => { if (--left === 0) resolve(undefined); }, reject);
        }
        return promise;
    }

    // ================================================================ writable streams

    let writableOf;
    let isWritableStream;

    const newWritable = () => ({
        object: null, state: 'writable', storedError: undefined, writer: undefined, controller: undefined, writeRequests: new Queue(),
        inFlightWrite: undefined, closeRequest: undefined, inFlightClose: undefined, pendingAbort: undefined, backpressure: false,
    });

    class WritableStream {
        #record;

        constructor(underlyingSink = undefined, strategy = {}) {
            if (underlyingSink === INTERNAL) {
                this.#record = strategy;
                strategy.object = this;
                return;
            }
            const sink = underlyingSink === undefined ? null : underlyingSink;
            if (sink === null && underlyingSink !== undefined) throw typeError('the sink is not an object');
            const given = dictionary(sink, 'the sink');
            const queuing = strategyOf(strategy);
            const members = {
                abort: memberOf(given, 'abort'), close: memberOf(given, 'close'), start: memberOf(given, 'start'), type: given.type,
                write: memberOf(given, 'write'),
            };
            if (members.type !== undefined) throw rangeError('the sink has a `type`');
            const record = newWritable();
            record.object = this;
            this.#record = record;
            const size = sizeOf(queuing);
            writableControllerFrom(record, sink, members, markOf(queuing, 1), size);
        }

        static {
            writableOf = (stream) => stream.#record;
            isWritableStream = (value) => isObject(value) && #record in value;
        }

        get locked() { return isWriterLocked(this.#record); }

        abort(reason = undefined) {
            return promising(() => {
                if (isWriterLocked(this.#record)) throw typeError('a locked stream cannot be aborted');
                return abortWritable(this.#record, reason);
            });
        }

        close() {
            return promising(() => {
                if (isWriterLocked(this.#record)) throw typeError('a locked stream cannot be closed');
                if (closeQueuedOrInFlight(this.#record)) throw typeError('the stream is being closed already');
                return closeWritable(this.#record);
            });
        }

        getWriter() {
            this.#record;
            return new WritableStreamDefaultWriter(this);
        }
    }
    idl(WritableStream, 'WritableStream');

    const isWriterLocked = (stream) => stream.writer !== undefined;
    const closeQueuedOrInFlight = (stream) => stream.closeRequest !== undefined || stream.inFlightClose !== undefined;

    function abortWritable(stream, reason) {
        if (stream.state === 'closed' || stream.state === 'errored') return resolved(undefined);
        load('events').abortSignal(stream.controller.signal, reason);
        const { state } = stream;
        if (state === 'closed' || state === 'errored') return resolved(undefined);
        if (stream.pendingAbort !== undefined) return stream.pendingAbort.promise;
        const wasErroring = state === 'erroring';
        const settle = deferred();
        stream.pendingAbort = { promise: settle.promise, settle, reason: wasErroring ? undefined : reason, wasErroring };
        if (!wasErroring) startErroring(stream, reason);
        return settle.promise;
    }

    function closeWritable(stream) {
        const { state, writer } = stream;
        if (state === 'closed' || state === 'errored') return rejected(typeError(`the stream is ${state}`));
        const request = deferred();
        stream.closeRequest = request;
        if (writer !== undefined && stream.backpressure && state === 'writable') writer.ready.resolve(undefined);
        enqueueClose(stream.controller);
        return request.promise;
    }

    function startErroring(stream, reason) {
        const { controller, writer } = stream;
        stream.state = 'erroring';
        stream.storedError = reason;
        if (writer !== undefined) rejectReady(writer, reason);
        if (stream.inFlightWrite === undefined && stream.inFlightClose === undefined && controller.started) finishErroring(stream);
    }

    function finishErroring(stream) {
        stream.state = 'errored';
        const { controller, storedError } = stream;
        resetQueue(controller);
        while (stream.writeRequests.length > 0) stream.writeRequests.shift().reject(storedError);
        if (stream.pendingAbort === undefined) {
            rejectCloseAndClosed(stream);
            return;
        }
        const request = stream.pendingAbort;
        stream.pendingAbort = undefined;
        if (request.wasErroring) {
            request.settle.reject(storedError);
            rejectCloseAndClosed(stream);
            return;
        }
        const { abort } = controller;
        const result = abort(request.reason);
        clearWritable(controller);
        then(result, () => {
            request.settle.resolve(undefined);
            rejectCloseAndClosed(stream);
        }, (error) => {
            request.settle.reject(error);
            rejectCloseAndClosed(stream);
        });
    }

    function rejectCloseAndClosed(stream) {
        if (stream.closeRequest !== undefined) {
            stream.closeRequest.reject(stream.storedError);
            stream.closeRequest = undefined;
        }
        const { writer } = stream;
        if (writer !== undefined) {
            writer.closed.reject(stream.storedError);
            markHandled(writer.closed.promise);
        }
    }

    function dealWithRejection(stream, error) {
        if (stream.state === 'writable') startErroring(stream, error);
        else finishErroring(stream);
    }

    function finishClose(stream) {
        stream.inFlightClose.resolve(undefined);
        stream.inFlightClose = undefined;
        if (stream.state === 'erroring') {
            stream.storedError = undefined;
            if (stream.pendingAbort !== undefined) {
                stream.pendingAbort.settle.resolve(undefined);
                stream.pendingAbort = undefined;
            }
        }
        stream.state = 'closed';
        if (stream.writer !== undefined) stream.writer.closed.resolve(undefined);
    }

    function failClose(stream, error) {
        stream.inFlightClose.reject(error);
        stream.inFlightClose = undefined;
        if (stream.pendingAbort !== undefined) {
            stream.pendingAbort.settle.reject(error);
            stream.pendingAbort = undefined;
        }
        dealWithRejection(stream, error);
    }

    function updateBackpressure(stream, backpressure) {
        const { writer } = stream;
        if (writer !== undefined && backpressure !== stream.backpressure) {
            if (backpressure) writer.ready = deferred();
            else writer.ready.resolve(undefined);
        }
        stream.backpressure = backpressure;
    }

    // ---------------------------------------------------------------- the writer

    const writerRecord = () => ({ stream: undefined, closed: deferred(), ready: deferred() });

    function settledDeferred() {
        const made = deferred();
        made.resolve(undefined);
        return made;
    }

    function failedDeferred(error) {
        const made = deferred();
        made.reject(error);
        markHandled(made.promise);
        return made;
    }

    function rejectReady(writer, error) {
        if (native.promiseState(writer.ready.promise) === 0) {
            writer.ready.reject(error);
            markHandled(writer.ready.promise);
        } else {
            writer.ready = failedDeferred(error);
        }
    }

    function setUpWriter(writer, stream) {
        if (isWriterLocked(stream)) throw typeError('the stream is locked');
        writer.stream = stream;
        stream.writer = writer;
        switch (stream.state) {
            case 'writable':
                if (closeQueuedOrInFlight(stream) || !stream.backpressure) writer.ready = settledDeferred();
                break;
            case 'erroring':
                writer.ready = failedDeferred(stream.storedError);
                break;
            case 'closed':
                writer.ready = settledDeferred();
                writer.closed = settledDeferred();
                break;
            default:
                writer.ready = failedDeferred(stream.storedError);
                writer.closed = failedDeferred(stream.storedError);
        }
    }

    function releaseWriter(writer) {
        const { stream } = writer;
        const error = typeError('the writer was released');
        rejectReady(writer, error);
        if (native.promiseState(writer.closed.promise) === 0) {
            writer.closed.reject(error);
            markHandled(writer.closed.promise);
        } else {
            writer.closed = failedDeferred(error);
        }
        stream.writer = undefined;
        writer.stream = undefined;
    }

    function closeWithErrorPropagation(writer) {
        const { stream } = writer;
        if (closeQueuedOrInFlight(stream) || stream.state === 'closed') return resolved(undefined);
        if (stream.state === 'errored') return rejected(stream.storedError);
        return closeWritable(stream);
    }

    function writeToWriter(writer, chunk) {
        const { stream } = writer;
        const { controller } = stream;
        const size = chunkSize(controller, chunk);
        if (stream !== writer.stream) return rejected(typeError('the writer was released'));
        if (stream.state === 'errored') return rejected(stream.storedError);
        if (closeQueuedOrInFlight(stream) || stream.state === 'closed') return rejected(typeError('the stream is closed or being closed'));
        if (stream.state === 'erroring') return rejected(stream.storedError);
        const request = deferred();
        stream.writeRequests.push(request);
        controllerWrite(controller, chunk, size);
        return request.promise;
    }

    class WritableStreamDefaultWriter {
        #record = writerRecord();

        constructor(stream) {
            needs(arguments.length, 1, 'WritableStreamDefaultWriter');
            if (!isWritableStream(stream)) throw typeError('the argument is not a WritableStream');
            setUpWriter(this.#record, writableOf(stream));
        }

        get closed() {
            try {
                return this.#record.closed.promise;
            } catch (error) {
                return rejected(error);
            }
        }

        get desiredSize() {
            const { stream } = this.#record;
            if (stream === undefined) throw typeError('the writer was released');
            if (stream.state === 'errored' || stream.state === 'erroring') return null;
            return stream.state === 'closed' ? 0 : writableDesiredSize(stream.controller);
        }

        get ready() {
            try {
                return this.#record.ready.promise;
            } catch (error) {
                return rejected(error);
            }
        }

        abort(reason = undefined) {
            return promising(() => {
                if (this.#record.stream === undefined) throw typeError('the writer was released');
                return abortWritable(this.#record.stream, reason);
            });
        }

        close() {
            return promising(() => {
                const { stream } = this.#record;
                if (stream === undefined) throw typeError('the writer was released');
                if (closeQueuedOrInFlight(stream)) throw typeError('the stream is being closed already');
                return closeWritable(stream);
            });
        }

        releaseLock() { if (this.#record.stream !== undefined) releaseWriter(this.#record); }

        write(chunk = undefined) {
            return promising(() => {
                if (this.#record.stream === undefined) throw typeError('the writer was released');
                return writeToWriter(this.#record, chunk);
            });
        }
    }
    idl(WritableStreamDefaultWriter, 'WritableStreamDefaultWriter');

    // ---------------------------------------------------------------- the writable controller

    class WritableStreamDefaultController {
        #record;

        constructor(key = undefined, record = undefined) {
            if (key !== INTERNAL) throw illegal();
            this.#record = record;
        }

        get signal() { return this.#record.signal; }

        error(e = undefined) {
            if (this.#record.stream.state === 'writable') writableError(this.#record, e);
        }
    }
    idl(WritableStreamDefaultController, 'WritableStreamDefaultController');

    const CLOSE = { __proto__: null };

    function newWritableController() {
        let signal;
        const controller = {
            object: null, stream: undefined, queue: new Queue(), total: 0, started: false, size: undefined, mark: 0, write: undefined,
            close: undefined, abort: undefined,
            get signal() {
                signal ??= load('events').newSignal();
                return signal;
            },
        };
        controller.object = new WritableStreamDefaultController(INTERNAL, controller);
        return controller;
    }

    function createWritable(start, write, close, abort, mark = 1, size = () => 1) {
        const record = newWritable();
        new WritableStream(INTERNAL, record);
        setUpWritableController(record, newWritableController(), start, write, close, abort, mark, size);
        return record;
    }

    function setUpWritableController(stream, controller, start, write, close, abort, mark, size) {
        controller.stream = stream;
        stream.controller = controller;
        controller.size = size;
        controller.mark = mark;
        controller.write = write;
        controller.close = close;
        controller.abort = abort;
        updateBackpressure(stream, writableDesiredSize(controller) <= 0);
        then(resolved(start()), () => {
            controller.started = true;
            advance(controller);
        }, (error) => {
            controller.started = true;
            dealWithRejection(stream, error);
        });
    }

    function writableControllerFrom(stream, sink, { start, write, close, abort }, mark, size) {
        const controller = newWritableController();
        const face = controller.object;
        const nothing = () => resolved(undefined);
        setUpWritableController(
            stream,
            controller,
            start === undefined ? noop : () => ReflectApply(start, sink, [face]),
            write === undefined ? nothing : (chunk) => promising(() => ReflectApply(write, sink, [chunk, face])),
            close === undefined ? nothing : () => promising(() => ReflectApply(close, sink, [])),
            abort === undefined ? nothing : (reason) => promising(() => ReflectApply(abort, sink, [reason])),
            mark,
            size,
        );
    }

    function clearWritable(controller) {
        controller.write = undefined;
        controller.close = undefined;
        controller.abort = undefined;
        controller.size = undefined;
    }

    const writableDesiredSize = ({ mark, total }) => mark - total;

    function chunkSize(controller, chunk) {
        if (controller.size === undefined) return 1;
        try {
            return controller.size(chunk);
        } catch (error) {
            errorIfNeeded(controller, error);
            return 1;
        }
    }

    function errorIfNeeded(controller, error) {
        if (controller.stream.state === 'writable') writableError(controller, error);
    }

    function writableError(controller, error) {
        clearWritable(controller);
        startErroring(controller.stream, error);
    }

    function controllerWrite(controller, chunk, size) {
        const { stream } = controller;
        try {
            enqueueWithSize(controller, chunk, size);
        } catch (error) {
            errorIfNeeded(controller, error);
            return;
        }
        if (!closeQueuedOrInFlight(stream) && stream.state === 'writable') {
            updateBackpressure(stream, writableDesiredSize(controller) <= 0);
        }
        advance(controller);
    }

    function enqueueClose(controller) {
        enqueueWithSize(controller, CLOSE, 0);
        advance(controller);
    }

    function advance(controller) {
        const { stream } = controller;
        if (!controller.started || stream.inFlightWrite !== undefined) return;
        if (stream.state === 'erroring') {
            finishErroring(stream);
            return;
        }
        if (controller.queue.length === 0 || stream.state !== 'writable') return;
        const { value } = controller.queue.peek();
        if (value === CLOSE) processClose(controller);
        else processWrite(controller, value);
    }

    function processClose(controller) {
        const { stream } = controller;
        stream.inFlightClose = stream.closeRequest;
        stream.closeRequest = undefined;
        dequeue(controller);
        const result = controller.close();
        clearWritable(controller);
        then(result, () => { finishClose(stream); }, (error) => { failClose(stream, error); });
    }

    function processWrite(controller, chunk) {
        const { stream } = controller;
        stream.inFlightWrite = stream.writeRequests.shift();
        then(controller.write(chunk), () => {
            stream.inFlightWrite.resolve(undefined);
            stream.inFlightWrite = undefined;
            const { state } = stream;
            dequeue(controller);
            if (!closeQueuedOrInFlight(stream) && state === 'writable') {
                updateBackpressure(stream, writableDesiredSize(controller) <= 0);
            }
            advance(controller);
        }, (error) => {
            if (stream.state === 'writable') clearWritable(controller);
            stream.inFlightWrite.reject(error);
            stream.inFlightWrite = undefined;
            dealWithRejection(stream, error);
        });
    }

    // ================================================================ transform streams


    class TransformStream {
        #record;

        constructor(transformer = undefined, writableStrategy = {}, readableStrategy = {}) {
            if (transformer === INTERNAL) {
                this.#record = writableStrategy;
                return;
            }
            const source = transformer === undefined ? null : transformer;
            if (source === null && transformer !== undefined) throw typeError('the transformer is not an object');
            const given = dictionary(source, 'the transformer');
            const writing = strategyOf(writableStrategy);
            const reading = strategyOf(readableStrategy);
            const members = {
                cancel: memberOf(given, 'cancel'), flush: memberOf(given, 'flush'), readableType: given.readableType,
                start: memberOf(given, 'start'), transform: memberOf(given, 'transform'), writableType: given.writableType,
            };
            if (members.readableType !== undefined) throw rangeError('the transformer has a `readableType`');
            if (members.writableType !== undefined) throw rangeError('the transformer has a `writableType`');
            const readableMark = markOf(reading, 0);
            const readableSize = sizeOf(reading);
            const writableMark = markOf(writing, 1);
            const writableSize = sizeOf(writing);
            const started = deferred();
            const record = newTransform(started.promise, writableMark, writableSize, readableMark, readableSize);
            this.#record = record;
            transformerControl(record, source, members);
            started.resolve(members.start === undefined ? undefined : ReflectApply(members.start, source, [record.controller.object]));
        }

        get readable() { return this.#record.readable.object; }

        get writable() { return this.#record.writable.object; }
    }
    idl(TransformStream, 'TransformStream');

    class TransformStreamDefaultController {
        #record;

        constructor(key = undefined, record = undefined) {
            if (key !== INTERNAL) throw illegal();
            this.#record = record;
        }

        get desiredSize() { return desiredSize(this.#record.stream.readable.controller); }

        enqueue(chunk = undefined) { transformEnqueue(this.#record, chunk); }

        error(reason = undefined) { transformError(this.#record.stream, reason); }

        terminate() { transformTerminate(this.#record); }
    }
    idl(TransformStreamDefaultController, 'TransformStreamDefaultController');

    function newTransform(started, writableMark, writableSize, readableMark, readableSize) {
        const stream = { readable: undefined, writable: undefined, controller: undefined, backpressure: undefined, change: deferred() };
        const start = () => started;
        stream.writable = createWritable(
            start, (chunk) => sinkWrite(stream, chunk), () => sinkClose(stream), (reason) => sinkAbort(stream, reason), writableMark, writableSize,
        );
        stream.readable = createReadable(
            start, () => sourcePull(stream), (reason) => sourceCancel(stream, reason), readableMark, readableSize,
        );
        stream.backpressure = undefined;
        setTransformBackpressure(stream, true);
        const controller = { object: null, stream, transform: undefined, flush: undefined, cancel: undefined, finish: undefined };
        controller.object = new TransformStreamDefaultController(INTERNAL, controller);
        stream.controller = controller;
        return stream;
    }

    function transformerControl({ controller }, source, { transform, flush, cancel }) {
        const face = controller.object;
        controller.transform = transform === undefined ? (chunk) => promising(() => { transformEnqueue(controller, chunk); })
            : (chunk) => promising(() => ReflectApply(transform, source, [chunk, face]));
        controller.flush = flush === undefined ? () => resolved(undefined) : () => promising(() => ReflectApply(flush, source, [face]));
        controller.cancel = cancel === undefined ? () => resolved(undefined)
            : (reason) => promising(() => ReflectApply(cancel, source, [reason]));
    }

    /** A transform of ours: `transform(chunk, enqueue)` and `flush(enqueue)`; the pair of its sides. */
    function transformer(transform, flush) {
        const record = newTransform(resolved(undefined), 1, () => 1, 0, () => 1);
        const { controller } = record;
        const enqueue = (chunk) => { transformEnqueue(controller, chunk); };
        controller.transform = (chunk) => promising(() => transform(chunk, enqueue));
        controller.flush = () => promising(() => flush(enqueue));
        controller.cancel = () => resolved(undefined);
        return { readable: record.readable.object, writable: record.writable.object };
    }

    function clearTransform(controller) {
        controller.transform = undefined;
        controller.flush = undefined;
        controller.cancel = undefined;
    }

    function setTransformBackpressure(stream, backpressure) {
        if (stream.backpressure !== undefined) stream.change.resolve(undefined);
        stream.change = deferred();
        stream.backpressure = backpressure;
    }

    function transformError(stream, error) {
        defaultError(stream.readable.controller, error);
        errorWritableAndUnblock(stream, error);
    }

    function errorWritableAndUnblock(stream, error) {
        clearTransform(stream.controller);
        errorIfNeeded(stream.writable.controller, error);
        unblockWrite(stream);
    }

    function unblockWrite(stream) { if (stream.backpressure) setTransformBackpressure(stream, false); }

    function transformEnqueue(controller, chunk) {
        const { stream } = controller;
        const readable = stream.readable.controller;
        if (!canCloseOrEnqueue(readable)) throw typeError('the readable side takes no chunk any more');
        try {
            defaultEnqueue(readable, chunk);
        } catch (error) {
            errorWritableAndUnblock(stream, error);
            throw stream.readable.storedError;
        }
        const backpressure = !shouldPull(readable);
        if (backpressure !== stream.backpressure) setTransformBackpressure(stream, true);
    }

    function transformTerminate(controller) {
        const { stream } = controller;
        defaultClose(stream.readable.controller);
        errorWritableAndUnblock(stream, typeError('the transform was terminated'));
    }

    function performTransform(controller, chunk) {
        return then(controller.transform(chunk), undefined, (error) => {
            transformError(controller.stream, error);
            throw error;
        });
    }

    function sinkWrite(stream, chunk) {
        const { controller, writable } = stream;
        if (!stream.backpressure) return performTransform(controller, chunk);
        return then(stream.change.promise, () => {
            if (writable.state === 'erroring') throw writable.storedError;
            return performTransform(controller, chunk);
        });
    }

    function sinkAbort(stream, reason) {
        const { controller, readable } = stream;
        if (controller.finish !== undefined) return controller.finish.promise;
        const finish = deferred();
        controller.finish = finish;
        const result = controller.cancel(reason);
        clearTransform(controller);
        then(result, () => {
            if (readable.state === 'errored') {
                finish.reject(readable.storedError);
            } else {
                defaultError(readable.controller, reason);
                finish.resolve(undefined);
            }
        }, (error) => {
            defaultError(readable.controller, error);
            finish.reject(error);
        });
        return finish.promise;
    }

    function sinkClose(stream) {
        const { controller, readable } = stream;
        if (controller.finish !== undefined) return controller.finish.promise;
        const finish = deferred();
        controller.finish = finish;
        const result = controller.flush();
        clearTransform(controller);
        then(result, () => {
            if (readable.state === 'errored') {
                finish.reject(readable.storedError);
            } else {
                defaultClose(readable.controller);
                finish.resolve(undefined);
            }
        }, (error) => {
            defaultError(readable.controller, error);
            finish.reject(error);
        });
        return finish.promise;
    }

    function sourceCancel(stream, reason) {
        const { controller, writable } = stream;
        if (controller.finish !== undefined) return controller.finish.promise;
        const finish = deferred();
        controller.finish = finish;
        const result = controller.cancel(reason);
        clearTransform(controller);
        then(result, () => {
            if (writable.state === 'errored') {
                finish.reject(writable.storedError);
            } else {
                errorIfNeeded(writable.controller, reason);
                unblockWrite(stream);
                finish.resolve(undefined);
            }
        }, (error) => {
            errorIfNeeded(writable.controller, error);
            unblockWrite(stream);
            finish.reject(error);
        });
        return finish.promise;
    }

    function sourcePull(stream) {
        setTransformBackpressure(stream, false);
        return stream.change.promise;
    }

    // ================================================================ for our own files

    /** A stream of bytes from `pull(controller)`, where the controller takes views. */
    function make({ pull, cancel }) {
        const stream = createByteStream(noop, () => promising(() => pull({
            enqueue: (chunk) => { byteEnqueue(stream.controller, viewInfo(chunk)); },
            close() {
                byteClose(stream.controller);
                if (stream.controller.pendingPulls.length > 0) byteRespond(stream.controller, 0);
            },
            error: (error) => { byteError(stream.controller, error); },
        })), (reason) => promising(() => cancel(reason)));
        return stream.object;
    }

    /** A stream of bytes that gives `bytes` and ends. */
    function streamOf(bytes) {
        let rest = bytes;
        return make({
            pull(controller) {
                if (rest !== null && native.byteLength(rest) > 0) controller.enqueue(rest);
                else controller.close();
                rest = null;
            },
            cancel: noop,
        });
    }

    /** A promise of all bytes of a stream that gives `Uint8Array`s, in a box. */
    function gather(object) {
        const reader = readerRecord();
        const { promise, resolve, reject } = deferred();
        setUpDefaultReader(reader, recordOf(object));
        const chunks = [];
        const read = () => {
            defaultRead(reader, {
                chunk(chunk) {
                    if (TypedArrayTagOf(chunk) !== 'Uint8Array') {
                        const error = typeError('a body is a stream of Uint8Arrays');
                        markHandled(readerCancel(reader, error));
                        reject(error);
                        return;
                    }
                    chunks[chunks.length] = native.slice(chunk, 0, native.byteLength(chunk));
                    then(resolved(undefined), read);
                },
                close: () => { resolve({ __proto__: null, bytes: native.concat(chunks) }); },
                error: reject,
            });
        };
        read();
        return promise;
    }

    const TypedArrayTagOf = (value) => (isObject(value) ? TypedArrayTag(value) : undefined);

    /** A stream in the place of one that is taken over. */
    function proxied(object) {
        const source = recordOf(object);
        const sides = transformer((chunk, enqueue) => { enqueue(chunk); }, noop);
        markHandled(pipeTo(source, writableOf(sides.writable), {
            preventAbort: false, preventCancel: false, preventClose: false, signal: undefined,
        }));
        return sides.readable;
    }

    return {
        __proto__: null,
        ByteLengthQueuingStrategy, CountQueuingStrategy, ReadableByteStreamController, ReadableStream, ReadableStreamBYOBReader,
        ReadableStreamBYOBRequest, ReadableStreamDefaultController, ReadableStreamDefaultReader, TransformStream,
        TransformStreamDefaultController, WritableStream, WritableStreamDefaultController, WritableStreamDefaultWriter,
        isReadableStream, isWritableStream, gather, make, proxied, streamOf, transformer,
        cancel: (object, reason) => {
            const record = recordOf(object);
            if (record.state === 'readable') {
                if (record.controller.isByte) byteError(record.controller, reason);
                else defaultError(record.controller, reason);
            }
        },
        /** Marks a stream whose bytes were read in another way: nobody can read it any more. */
        disturb: (object) => {
            const record = recordOf(object);
            record.disturbed = true;
            if (!isLocked(record)) setUpReader(readerRecord(), record);
        },
        isDisturbed: (object) => recordOf(object).disturbed,
        isLocked: (object) => isLocked(recordOf(object)),
        tee: (object) => {
            const record = recordOf(object);
            const branches = record.controller.isByte ? teeBytes(record) : teeDefault(record, true);
            return [branches[0].object, branches[1].object];
        },
    };
}
