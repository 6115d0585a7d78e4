// `structuredClone`, `MessageChannel` and `MessagePort`, after
// <https://html.spec.whatwg.org/multipage/structured-data.html> and
// <https://html.spec.whatwg.org/multipage/web-messaging.html>.

(native, primordials, load) => {
    const {
        ArrayBufferByteLength, ArrayBufferMaxByteLength, ArrayBufferResizable, ArrayIndexOf, ArrayIsArray, BigIntValueOf, BooleanValueOf,
        DataViewBuffer, DataViewByteLength, DataViewByteOffset, DateGetTime, MapForEach, MapGet, MapHas, MapSet, NumberValueOf,
        ObjectDefineProperty, ObjectGetOwnPropertyDescriptor, ObjectHasOwnProperty, ObjectKeys, ObjectSetPrototypeOf, ReflectConstruct, RegExpFlags,
        RegExpSource, SetForEach, StringValueOf, SymbolToString, TypedArrayBuffer, TypedArrayByteOffset, TypedArrayLength, TypedArrayTag,
    } = primordials;
    const { INTERNAL, callback, dictionary, domException, idl, illegal, isObject, isPlatform, itemsOf, iterator, needs, sequence, typeError } = load('base');
    const events = load('events');

    /**
     * Stands for the script's realm: what the engine constructs for a function without a prototype
     * gets the built-in one of the function's realm, whatever the script made of its globals.
     */
    const realm = function () {};
    realm.prototype = null;
    const make = (constructor, ...given) => ReflectConstruct(constructor, given, realm);

    /** The object that wraps a primitive value. */
    const wrapped = (value) => ObjectSetPrototypeOf(primordials.Object(value), native.prototypeOf(value));

    const failure = (what) => domException('DataCloneError', `${what} cannot be cloned`);

    const define = (target, key, value) => {
        ObjectDefineProperty(target, key, { __proto__: null, value, writable: true, enumerable: true, configurable: true });
    };

    const ERRORS = ['EvalError', 'RangeError', 'ReferenceError', 'SyntaxError', 'TypeError', 'URIError'];

    /** A deep copy of `value`; what is in `moved` has its new place there already. */
    function copy(value, known) {
        if (!isObject(value)) {
            if (typeof value === 'symbol') throw failure(SymbolToString(value));
            return value;
        }
        if (MapHas(known, value)) return MapGet(known, value);
        const remember = (made) => {
            MapSet(known, value, made);
            return made;
        };
        if (typeof value === 'function') throw failure('a function');
        if (native.proxyTarget(value) !== undefined) throw failure('a proxy');
        const kind = native.kind(value);
        switch (kind) {
            case 'Boolean': return remember(wrapped(BooleanValueOf(value)));
            case 'Number': return remember(wrapped(NumberValueOf(value)));
            case 'BigInt': return remember(wrapped(BigIntValueOf(value)));
            case 'String': return remember(wrapped(StringValueOf(value)));
            case 'Symbol': throw failure('a symbol');
            case 'Date': return remember(make(primordials.Date, DateGetTime(value)));
            case 'RegExp': return remember(make(primordials.RegExp, RegExpSource(value), RegExpFlags(value)));
            case 'ArrayBuffer': return remember(copyBuffer(value));
            case 'DataView': {
                const buffer = copy(DataViewBuffer(value), known);
                return remember(make(primordials.DataView, buffer, DataViewByteOffset(value), DataViewByteLength(value)));
            }
            case 'Map': return copyMap(value, remember, known);
            case 'Set': return copySet(value, remember, known);
            case 'Error': return copyError(value, remember, known);
            case 'DOMException': return remember(domException(value.name, value.message));
            case 'Array': {
                const made = remember([]);
                made.length = value.length;
                return copyProperties(value, made, known);
            }
            case 'Arguments':
            case 'Object': break;
            default:
                if (TypedArrayTag(value) !== undefined) {
                    const buffer = copy(TypedArrayBuffer(value), known);
                    return remember(native.typedArray(native.viewKind(value), buffer, TypedArrayByteOffset(value), TypedArrayLength(value)));
                }
                throw failure(`a ${kind}`);
        }
        if (native.isError(value)) return copyError(value, remember, known);
        const platform = copyPlatform(value);
        if (platform !== undefined) return remember(platform);
        return copyProperties(value, remember({}), known);
    }

    function copyBuffer(buffer) {
        if (native.isDetached(buffer)) throw failure('a detached ArrayBuffer');
        if (!ArrayBufferResizable(buffer)) return native.bufferOf(buffer);
        const made = make(primordials.ArrayBuffer, ArrayBufferByteLength(buffer), { maxByteLength: ArrayBufferMaxByteLength(buffer) });
        native.copy(made, 0, buffer, 0, ArrayBufferByteLength(buffer));
        return made;
    }

    function copyMap(map, remember, known) {
        const made = remember(make(primordials.Map));
        const pairs = [];
        MapForEach(map, (item, key) => {
            pairs[pairs.length] = key;
            pairs[pairs.length] = item;
        });
        for (let i = 0; i < pairs.length; i += 2) {
            const key = copy(pairs[i], known);
            MapSet(made, key, copy(pairs[i + 1], known));
        }
        return made;
    }

    function copySet(set, remember, known) {
        const made = remember(make(primordials.Set));
        const items = [];
        SetForEach(set, (item) => { items[items.length] = item; });
        for (let i = 0; i < items.length; i++) primordials.SetAdd(made, copy(items[i], known));
        return made;
    }

    function copyError(error, remember, known) {
        const name = native.string(error.name ?? 'Error');
        const kind = ArrayIndexOf(ERRORS, name) >= 0 ? name : 'Error';
        const message = ObjectGetOwnPropertyDescriptor(error, 'message');
        const hasMessage = message !== undefined && ObjectHasOwnProperty(message, 'value');
        const made = remember(hasMessage ? make(primordials[kind], native.string(message.value)) : make(primordials[kind]));
        const hidden = (key, value) => {
            ObjectDefineProperty(made, key, { __proto__: null, value, writable: true, enumerable: false, configurable: true });
        };
        const { stack } = error;
        if (typeof stack === 'string') hidden('stack', stack);
        const cause = ObjectGetOwnPropertyDescriptor(error, 'cause');
        if (cause !== undefined && ObjectHasOwnProperty(cause, 'value')) hidden('cause', copy(cause.value, known));
        return made;
    }

    function copyPlatform(value) {
        if (!isPlatform(value)) return undefined;
        const blobs = load('blob');
        if (!blobs.isBlob(value)) throw failure('this object');
        return blobs.copyOf(value);
    }

    function copyProperties(value, made, known) {
        const keys = ObjectKeys(value);
        for (let i = 0; i < keys.length; i++) {
            // A getter that ran before may have taken the property away.
            if (ObjectHasOwnProperty(value, keys[i])) define(made, keys[i], copy(value[keys[i]], known));
        }
        return made;
    }

    /** What `options.transfer` lists, checked. */
    function transferList(options) {
        const { transfer } = dictionary(options, 'options');
        return transfer === undefined ? [] : sequence(transfer, 'transfer', checkedObject);
    }

    function checkedObject(item) {
        if (!isObject(item)) throw typeError('only objects can be transferred');
        return item;
    }

    /** Clones `value`, and moves what is in `list`. */
    function cloneWith(value, list, own) {
        const known = new primordials.Map();
        const ports = [];
        for (let i = 0; i < list.length; i++) {
            const item = list[i];
            if (ArrayIndexOf(list, item) !== i) throw domException('DataCloneError', 'something is transferred twice');
            if (isPort(item)) {
                if (item === own) throw domException('DataCloneError', 'a port cannot transfer itself');
                if (isDetachedPort(item)) throw domException('DataCloneError', 'the port was transferred already');
                MapSet(known, item, newPort());
            } else if (native.kind(item) === 'ArrayBuffer') {
                if (native.isDetached(item)) throw domException('DataCloneError', 'the buffer is detached');
                MapSet(known, item, placeholder(item));
            } else {
                throw domException('DataCloneError', 'this object cannot be transferred');
            }
        }
        const made = copy(value, known);
        for (let i = 0; i < list.length; i++) {
            const item = list[i];
            if (isPort(item)) {
                const port = MapGet(known, item);
                movePort(item, port);
                ports[ports.length] = port;
            } else {
                if (native.isDetached(item)) throw domException('DataCloneError', 'the buffer is detached');
                const target = MapGet(known, item);
                native.copy(target, 0, item, 0, ArrayBufferByteLength(item));
                native.transfer(item);
            }
        }
        return { made, ports };
    }

    /** The buffer that a transferred one becomes. */
    function placeholder(buffer) {
        const length = ArrayBufferByteLength(buffer);
        if (!ArrayBufferResizable(buffer)) return native.newBuffer(length);
        return make(primordials.ArrayBuffer, length, { maxByteLength: ArrayBufferMaxByteLength(buffer) });
    }

    function structuredClone(value, options = {}) {
        needs(arguments.length, 1, 'structuredClone');
        return cloneWith(value, transferList(options), undefined).made;
    }

    // ---------------------------------------------------------------- message channels

    let isPort;
    let isDetachedPort;
    let newPort;
    let movePort;
    let entangle;
    let startPort;

    class MessagePort extends events.EventTarget {
        /** The other end; `null` when there is none any more. */
        #other = null;

        #queue = [];

        #started = false;

        #detached = false;

        #scheduled = false;

        constructor(key = undefined) {
            if (key !== INTERNAL) throw illegal();
            super();
        }

        static {
            isPort = (value) => isObject(value) && #queue in value;
            isDetachedPort = (port) => port.#detached;
            newPort = () => new MessagePort(INTERNAL);
            entangle = (one, two) => {
                one.#other = two;
                two.#other = one;
            };
            movePort = (from, to) => {
                from.#detached = true;
                to.#other = from.#other;
                if (to.#other !== null) to.#other.#other = to;
                from.#other = null;
                to.#queue = from.#queue;
                from.#queue = [];
            };
            startPort = (port) => { port.start(); };
        }

        postMessage(message, options = {}) {
            this.#queue;
            needs(arguments.length, 1, 'MessagePort.postMessage');
            let list;
            if (isObject(options) && options[iterator] !== undefined && options[iterator] !== null) {
                list = itemsOf(options, callback(options[iterator], 'its iterator'));
                for (let i = 0; i < list.length; i++) checkedObject(list[i]);
            } else {
                list = transferList(options);
            }
            const { made, ports } = cloneWith(message, list, this);
            const other = this.#other;
            if (other === null) return;
            other.#queue[other.#queue.length] = { data: made, ports };
            other.#schedule();
        }

        start() {
            this.#queue;
            this.#started = true;
            this.#schedule();
        }

        close() {
            this.#detached = true;
            const other = this.#other;
            this.#other = null;
            if (other !== null) other.#other = null;
        }

        #schedule() {
            if (!this.#started || this.#scheduled || this.#queue.length === 0) return;
            this.#scheduled = true;
            native.setTimer(() => {
                this.#scheduled = false;
                const message = primordials.ArrayShift(this.#queue);
                this.#schedule();
                if (message === undefined) return;
                events.fire(this, events.trust(new events.MessageEvent('message', { data: message.data, ports: message.ports })));
            }, 0);
        }
    }
    events.handlerAttribute(MessagePort, 'message', (port) => { startPort(port); });
    events.handlerAttribute(MessagePort, 'messageerror');
    idl(MessagePort, 'MessagePort');

    class MessageChannel {
        #port1 = newPort();

        #port2 = newPort();

        constructor() { entangle(this.#port1, this.#port2); }

        get port1() { return this.#port1; }

        get port2() { return this.#port2; }
    }
    idl(MessageChannel, 'MessageChannel');

    ObjectDefineProperty(structuredClone, 'length', { __proto__: null, value: 1 });

    return {
        __proto__: null, MessageChannel, MessagePort, structuredClone, clone: (value) => cloneWith(value, [], undefined).made,
    };
}
