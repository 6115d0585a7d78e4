// `EventTarget`, after <https://dom.spec.whatwg.org/#interface-eventtarget>.

import { MapDelete, MapForEach, MapGet, MapHas, MapSet, MapSize, ReflectApply } from 'primordials';
import { domException, idl, isObject, needs, newList, string, typeError } from 'base';
import {
    begin, end, isDispatching, isEvent, isInitialized, setPassive, stops, typeOf,
} from './event.js';
import { addAlgorithm, hold, isAborted, isSignal, removeAlgorithm } from './abort.js';

export let addListener;
export let fire;
export let isListened;

const captureOf = (options) => (isObject(options) ? !!options.capture : !!options);

export class EventTarget {
    /** By type: the listeners that capture and the others, each by its callback. */
    #types = null;

    constructor() {}

    static {
        addListener = (target, type, callback, options) => { target.#add(type, callback, options); };
        fire = (target, event) => target.#dispatch(event);
        isListened = (target) => target.#types !== null && MapSize(target.#types) > 0;
    }

    addEventListener(type, callback, options = undefined) {
        const target = this;
        target.#types;
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
        const listeners = this.#listeners(type, capture);
        if (MapHas(listeners, callback)) return;
        const listener = { __proto__: null, type, callback, capture, once, passive, removed: false, signal, stop: undefined };
        MapSet(listeners, callback, listener);
        hold(this);
        if (signal !== undefined) {
            listener.stop = () => { this.#drop(listener); };
            addAlgorithm(signal, listener.stop);
        }
    }

    /** The listeners of a type that capture, or the others, to add one. */
    #listeners(type, capture) {
        this.#types ??= new primordials.Map();
        let kinds = MapGet(this.#types, type);
        if (kinds === undefined) {
            kinds = [undefined, undefined];
            MapSet(this.#types, type, kinds);
        }
        return kinds[capture ? 0 : 1] ??= new primordials.Map();
    }

    #find(type, capture) {
        return this.#types === null ? undefined : MapGet(this.#types, type)?.[capture ? 0 : 1];
    }

    #drop(listener) {
        if (listener.removed) return;
        listener.removed = true;
        const { type, callback, capture, signal, stop } = listener;
        const listeners = this.#find(type, capture);
        MapDelete(listeners, callback);
        if (MapSize(listeners) === 0) {
            const kinds = MapGet(this.#types, type);
            kinds[capture ? 0 : 1] = undefined;
            if (kinds[capture ? 1 : 0] === undefined) MapDelete(this.#types, type);
        }
        if (signal !== undefined) removeAlgorithm(signal, stop);
        hold(this);
    }

    removeEventListener(type, callback, options = undefined) {
        this.#types;
        needs(arguments.length, 2, 'EventTarget.removeEventListener');
        const name = string(type);
        if (callback !== null && callback !== undefined && !isObject(callback)) {
            throw typeError('the listener is neither a function nor an object');
        }
        const listeners = this.#find(name, captureOf(options));
        const listener = listeners === undefined ? undefined : MapGet(listeners, callback);
        if (listener !== undefined) this.#drop(listener);
    }

    dispatchEvent(event) {
        this.#types;
        needs(arguments.length, 1, 'EventTarget.dispatchEvent');
        if (!isObject(event) || !isEvent(event)) throw typeError('`dispatchEvent` takes an Event');
        if (isDispatching(event) || !isInitialized(event)) {
            throw domException('InvalidStateError', 'the event is being dispatched already');
        }
        return this.#dispatch(event);
    }

    #dispatch(event) {
        begin(event, this);
        // At its target, an event meets capturing listeners first.
        for (let phase = 0; phase < 2; phase++) {
            if (stops(event, false)) break;
            const found = this.#find(typeOf(event), phase === 0);
            if (found === undefined) continue;
            const listeners = newList();
            MapForEach(found, (listener) => { listeners[listeners.length] = listener; });
            for (let i = 0; i < listeners.length; i++) {
                const listener = listeners[i];
                if (listener.removed) continue;
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
            native.reportError(error, 'an event listener');
        }
    }
}
idl(EventTarget, 'EventTarget');
// As they are before any script sees them.
const { removeEventListener } = EventTarget.prototype;

export { removeEventListener };
