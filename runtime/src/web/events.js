// `Event` and its kin, `EventTarget`, `AbortController` and `AbortSignal`,
// after <https://dom.spec.whatwg.org/> without trees.

(native, primordials, load) => {
    const { ReflectApply, ArraySlice, ArraySplice, ArrayIndexOf, ObjectDefineProperty } = primordials;
    const {
        INTERNAL, dictionary, domException, enforced, idl, illegal, isObject, needs, number, sequence,
        string, typeError, unsigned,
    } = load('base');

    // ---------------------------------------------------------------- events

    let isDispatching;
    let isInitialized;
    let begin;
    let end;
    let stops;
    let setPassive;
    let trust;
    let trusted;
    const { get: isTrusted } = primordials.ObjectGetOwnPropertyDescriptor({
        get isTrusted() { return trusted(this); },
    }, 'isTrusted');

    class Event {
        #type;

        #bubbles;

        #cancelable;

        #composed;

        #target = null;

        #phase = 0;

        #stopPropagation = false;

        #stopImmediate = false;

        #canceled = false;

        #passive = false;

        #dispatching = false;

        #initialized = true;

        #trusted = false;

        #time = native.now();

        constructor(type, eventInitDict = {}) {
            needs(arguments.length, 1, 'Event');
            this.#type = string(type);
            const init = dictionary(eventInitDict, 'eventInitDict');
            this.#bubbles = !!init.bubbles;
            this.#cancelable = !!init.cancelable;
            this.#composed = !!init.composed;
            ObjectDefineProperty(this, 'isTrusted', {
                __proto__: null, get: isTrusted, set: undefined, enumerable: true, configurable: false,
            });
        }

        static {
            isDispatching = (event) => event.#dispatching;
            isInitialized = (event) => event.#initialized;
            begin = (event, target) => {
                event.#dispatching = true;
                event.#target = target;
                event.#phase = 2;
            };
            end = (event) => {
                event.#phase = 0;
                event.#dispatching = false;
                event.#stopPropagation = false;
                event.#stopImmediate = false;
                return !event.#canceled;
            };
            stops = (event, immediately) => (immediately ? event.#stopImmediate : event.#stopPropagation);
            setPassive = (event, passive) => { event.#passive = passive; };
            trust = (event) => { event.#trusted = true; return event; };
            trusted = (event) => event.#trusted;
        }

        get type() { return this.#type; }

        get target() { return this.#target; }

        get srcElement() { return this.#target; }

        get currentTarget() { return this.#dispatching ? this.#target : null; }

        composedPath() { return this.#dispatching && this.#target !== null ? [this.#target] : []; }

        get eventPhase() { return this.#phase; }

        stopPropagation() { this.#stopPropagation = true; }

        get cancelBubble() { return this.#stopPropagation; }

        set cancelBubble(value) { this.#stopPropagation ||= !!value; }

        stopImmediatePropagation() {
            this.#stopPropagation = true;
            this.#stopImmediate = true;
        }

        get bubbles() { return this.#bubbles; }

        get cancelable() { return this.#cancelable; }

        get returnValue() { return !this.#canceled; }

        set returnValue(value) {
            this.#canceled;
            if (!value) this.#cancel();
        }

        preventDefault() { this.#cancel(); }

        #cancel() {
            if (this.#cancelable && !this.#passive) this.#canceled = true;
        }

        get defaultPrevented() { return this.#canceled; }

        get composed() { return this.#composed; }

        get timeStamp() { return this.#time; }

        initEvent(type, bubbles = false, cancelable = false) {
            needs(arguments.length, 1, 'Event.initEvent');
            const name = string(type);
            if (this.#dispatching) return;
            this.#initialized = true;
            this.#stopPropagation = false;
            this.#stopImmediate = false;
            this.#canceled = false;
            this.#trusted = false;
            this.#target = null;
            this.#type = name;
            this.#bubbles = !!bubbles;
            this.#cancelable = !!cancelable;
        }
    }
    idl(Event, 'Event', { NONE: 0, CAPTURING_PHASE: 1, AT_TARGET: 2, BUBBLING_PHASE: 3 });

    class CustomEvent extends Event {
        #detail;

        constructor(type, eventInitDict = {}) {
            needs(arguments.length, 1, 'CustomEvent');
            super(type, eventInitDict);
            const { detail } = dictionary(eventInitDict, 'eventInitDict');
            this.#detail = detail === undefined ? null : detail;
        }

        get detail() { return this.#detail; }

        initCustomEvent(type, bubbles = false, cancelable = false, detail = null) {
            needs(arguments.length, 1, 'CustomEvent.initCustomEvent');
            this.#detail;
            if (isDispatching(this)) return;
            this.initEvent(type, bubbles, cancelable);
            this.#detail = detail;
        }
    }
    idl(CustomEvent, 'CustomEvent');

    class ErrorEvent extends Event {
        #message;

        #filename;

        #line;

        #column;

        #error;

        constructor(type, eventInitDict = {}) {
            needs(arguments.length, 1, 'ErrorEvent');
            super(type, eventInitDict);
            const init = dictionary(eventInitDict, 'eventInitDict');
            const { colno, error, filename, lineno, message } = init;
            this.#column = colno === undefined ? 0 : unsigned(colno, 2 ** 32);
            this.#error = error;
            this.#filename = filename === undefined ? '' : load('base').usv(filename);
            this.#line = lineno === undefined ? 0 : unsigned(lineno, 2 ** 32);
            this.#message = message === undefined ? '' : string(message);
        }

        get message() { return this.#message; }

        get filename() { return this.#filename; }

        get lineno() { return this.#line; }

        get colno() { return this.#column; }

        get error() { return this.#error; }
    }
    idl(ErrorEvent, 'ErrorEvent');

    class PromiseRejectionEvent extends Event {
        #promise;

        #reason;

        constructor(type, eventInitDict) {
            needs(arguments.length, 2, 'PromiseRejectionEvent');
            super(type, eventInitDict);
            const init = dictionary(eventInitDict, 'eventInitDict');
            const { promise, reason } = init;
            if (!isObject(promise)) throw typeError('PromiseRejectionEvent needs a `promise`');
            this.#promise = promise;
            this.#reason = reason;
        }

        get promise() { return this.#promise; }

        get reason() { return this.#reason; }
    }
    idl(PromiseRejectionEvent, 'PromiseRejectionEvent');

    class MessageEvent extends Event {
        #data;

        #origin;

        #lastEventId;

        #source;

        #ports;

        constructor(type, eventInitDict = {}) {
            needs(arguments.length, 1, 'MessageEvent');
            super(type, eventInitDict);
            const init = dictionary(eventInitDict, 'eventInitDict');
            const { data, lastEventId, origin, ports, source } = init;
            this.#data = data === undefined ? null : data;
            this.#lastEventId = lastEventId === undefined ? '' : string(lastEventId);
            this.#origin = origin === undefined ? '' : load('base').usv(origin);
            this.#ports = ports === undefined ? [] : sequence(ports, 'ports', (port) => port);
            this.#source = source === undefined ? null : source;
            primordials.ObjectFreeze(this.#ports);
        }

        get data() { return this.#data; }

        get origin() { return this.#origin; }

        get lastEventId() { return this.#lastEventId; }

        get source() { return this.#source; }

        get ports() { return this.#ports; }
    }
    idl(MessageEvent, 'MessageEvent');

    // ---------------------------------------------------------------- targets

    let addListener;
    let fire;
    let isListened;

    const captureOf = (options) => (isObject(options) ? !!options.capture : !!options);

    class EventTarget {
        #listeners = [];

        constructor() {}

        static {
            addListener = (target, type, callback, options) => { target.#add(type, callback, options); };
            fire = (target, event) => target.#dispatch(event);
            isListened = (target) => target.#listeners.length > 0;
        }

        addEventListener(type, callback, options = {}) {
            const target = this ?? globalThis;
            target.#listeners;
            needs(arguments.length, 2, 'EventTarget.addEventListener');
            const name = string(type);
            if (callback !== null && callback !== undefined && !isObject(callback)) {
                throw typeError('the listener is neither a function nor an object');
            }
            const capture = captureOf(options);
            let once = false;
            let passive = false;
            let signal;
            if (isObject(options)) {
                once = !!options.once;
                passive = !!options.passive;
                ({ signal } = options);
                if (signal !== undefined && !isSignal(signal)) throw typeError('`signal` is not an AbortSignal');
            }
            target.#add(name, callback ?? null, { capture, once, passive, signal });
        }

        #add(type, callback, options) {
            const { capture, once, passive, signal } = options;
            if (signal !== undefined && isAborted(signal)) return;
            if (callback === null) return;
            if (this.#find(type, callback, capture) >= 0) return;
            const listener = { __proto__: null, type, callback, capture, once, passive, removed: false };
            this.#listeners[this.#listeners.length] = listener;
            if (signal !== undefined) {
                addAlgorithm(signal, () => { this.#drop(listener); });
            }
        }

        #find(type, callback, capture) {
            const listeners = this.#listeners;
            for (let i = 0; i < listeners.length; i++) {
                const listener = listeners[i];
                if (listener.type === type && listener.callback === callback && listener.capture === capture) return i;
            }
            return -1;
        }

        #drop(listener) {
            const index = ArrayIndexOf(this.#listeners, listener);
            listener.removed = true;
            if (index >= 0) ArraySplice(this.#listeners, index, 1);
        }

        removeEventListener(type, callback, options = {}) {
            this.#listeners;
            needs(arguments.length, 2, 'EventTarget.removeEventListener');
            const name = string(type);
            if (callback !== null && callback !== undefined && !isObject(callback)) {
                throw typeError('the listener is neither a function nor an object');
            }
            const index = this.#find(name, callback ?? null, captureOf(options));
            if (index >= 0) this.#drop(this.#listeners[index]);
        }

        dispatchEvent(event) {
            this.#listeners;
            needs(arguments.length, 1, 'EventTarget.dispatchEvent');
            if (!isObject(event) || !isEvent(event)) throw typeError('`dispatchEvent` takes an Event');
            if (isDispatching(event) || !isInitialized(event)) {
                throw domException('InvalidStateError', 'the event is being dispatched already');
            }
            return this.#dispatch(event);
        }

        #dispatch(event) {
            begin(event, this);
            const listeners = ArraySlice(this.#listeners);
            const { type } = event;
            // At its target, an event meets capturing listeners first.
            for (let phase = 0; phase < 2; phase++) {
                if (stops(event, false)) break;
                for (let i = 0; i < listeners.length; i++) {
                    const listener = listeners[i];
                    if (listener.type !== type || listener.removed || listener.capture !== (phase === 0)) continue;
                    if (listener.once) this.#drop(listener);
                    setPassive(event, listener.passive);
                    this.#call(listener.callback, event);
                    setPassive(event, false);
                    if (stops(event, true)) break;
                }
            }
            return end(event);
        }

        #call(callback, event) {
            try {
                if (typeof callback === 'function') {
                    ReflectApply(callback, this, [event]);
                    return;
                }
                const { handleEvent } = callback;
                if (typeof handleEvent !== 'function') throw typeError('`handleEvent` is not a function');
                ReflectApply(handleEvent, callback, [event]);
            } catch (error) {
                native.reportError(error);
            }
        }
    }
    idl(EventTarget, 'EventTarget');

    const isEvent = (value) => {
        try {
            isDispatching(value);
            return true;
        } catch {
            return false;
        }
    };

    /** The attribute `on<type>`: one listener, at the place where it was first set. */
    function handlerAttribute(constructor, type, onSet) {
        const handlers = new primordials.WeakMap();
        ObjectDefineProperty(constructor.prototype, `on${type}`, {
            __proto__: null,
            enumerable: true,
            configurable: true,
            get() { return check(this, constructor) && (primordials.WeakMapGet(handlers, this)?.body ?? null); },
            set(value) {
                check(this, constructor);
                onSet?.(this);
                let slot = primordials.WeakMapGet(handlers, this);
                const body = isObject(value) ? value : null;
                if (slot === undefined) {
                    if (body === null) return;
                    slot = { __proto__: null, body };
                    primordials.WeakMapSet(handlers, this, slot);
                } else if (slot.body !== null) {
                    slot.body = body;
                    if (body === null) this.removeEventListener(type, slot.listener);
                    return;
                } else {
                    slot.body = body;
                }
                if (body === null) return;
                slot.listener = function listener(event) {
                    if (typeof slot.body !== 'function') return;
                    if (ReflectApply(slot.body, this, [event]) === false) event.preventDefault();
                };
                addListener(this, type, slot.listener, { capture: false, once: false, passive: false, signal: undefined });
            },
        });
    }

    function check(value, constructor) {
        if (!(value instanceof constructor)) throw typeError('the receiver is of another class');
        return true;
    }

    // ---------------------------------------------------------------- abort

    let isSignal;
    let isAborted;
    let abortSignal;
    let addAlgorithm;
    let removeAlgorithm;
    let makeDependent;

    class AbortSignal extends EventTarget {
        #aborted = false;

        #reason;

        #algorithms = [];

        #sources = [];

        #dependents = [];

        #dependent = false;

        constructor(key = undefined) {
            if (key !== INTERNAL) throw illegal();
            super();
        }

        static {
            isSignal = (value) => isObject(value) && #aborted in value;
            isAborted = (signal) => signal.#aborted;
            addAlgorithm = (signal, algorithm) => {
                if (!signal.#aborted) signal.#algorithms[signal.#algorithms.length] = algorithm;
            };
            removeAlgorithm = (signal, algorithm) => {
                const index = ArrayIndexOf(signal.#algorithms, algorithm);
                if (index >= 0) ArraySplice(signal.#algorithms, index, 1);
            };
            abortSignal = (signal, reason) => {
                if (signal.#aborted) return;
                signal.#mark(reason === undefined ? aborted() : reason);
                const dependents = [];
                for (let i = 0; i < signal.#dependents.length; i++) {
                    const dependent = signal.#dependents[i];
                    if (dependent.#aborted) continue;
                    dependent.#mark(signal.#reason);
                    dependents[dependents.length] = dependent;
                }
                signal.#run();
                for (let i = 0; i < dependents.length; i++) dependents[i].#run();
            };
            makeDependent = (signals) => {
                const result = new AbortSignal(INTERNAL);
                result.#dependent = true;
                for (let i = 0; i < signals.length; i++) {
                    if (signals[i].#aborted) {
                        result.#mark(signals[i].#reason);
                        return result;
                    }
                }
                for (let i = 0; i < signals.length; i++) {
                    const sources = signals[i].#dependent ? signals[i].#sources : [signals[i]];
                    for (let j = 0; j < sources.length; j++) {
                        if (ArrayIndexOf(result.#sources, sources[j]) >= 0) continue;
                        result.#sources[result.#sources.length] = sources[j];
                        sources[j].#dependents[sources[j].#dependents.length] = result;
                    }
                }
                return result;
            };
        }

        #mark(reason) {
            this.#aborted = true;
            this.#reason = reason;
        }

        #run() {
            const algorithms = this.#algorithms;
            this.#algorithms = [];
            for (let i = 0; i < algorithms.length; i++) {
                const algorithm = algorithms[i];
                algorithm();
            }
            fire(this, trust(new Event('abort')));
        }

        static abort(reason = undefined) {
            const signal = new AbortSignal(INTERNAL);
            signal.#mark(reason === undefined ? aborted() : reason);
            return signal;
        }

        static timeout(milliseconds) {
            needs(arguments.length, 1, 'AbortSignal.timeout');
            const delay = enforced(milliseconds, 9007199254740991, 'the time');
            const signal = new AbortSignal(INTERNAL);
            native.setTimer(() => {
                abortSignal(signal, domException('TimeoutError', 'the operation timed out'));
            }, delay);
            return signal;
        }

        static any(signals) {
            needs(arguments.length, 1, 'AbortSignal.any');
            return makeDependent(sequence(signals, 'signals', (signal) => {
                if (!isSignal(signal)) throw typeError('`signals` holds what is not an AbortSignal');
                return signal;
            }));
        }

        get aborted() { return this.#aborted; }

        get reason() { return this.#reason; }

        throwIfAborted() {
            if (this.#aborted) throw this.#reason;
        }
    }
    idl(AbortSignal, 'AbortSignal');
    handlerAttribute(AbortSignal, 'abort');

    const aborted = () => domException('AbortError', 'the operation was aborted');

    class AbortController {
        #signal = new AbortSignal(INTERNAL);

        constructor() {}

        get signal() { return this.#signal; }

        abort(reason = undefined) { abortSignal(this.#signal, reason); }
    }
    idl(AbortController, 'AbortController');

    const newSignal = () => new AbortSignal(INTERNAL);

    return {
        __proto__: null,
        AbortController, AbortSignal, CustomEvent, ErrorEvent, Event, EventTarget, MessageEvent,
        PromiseRejectionEvent,
        // For our own files and for the runtime.
        abortSignal, addAlgorithm, fire, handlerAttribute, isAborted, isListened, isSignal, makeDependent, newSignal,
        removeAlgorithm, trust,
        cancelError: () => domException('AbortError', 'the dispatch was cancelled'),
        timeoutError: () => domException('TimeoutError', 'the dispatch is about to reach its deadline'),
    };
}
