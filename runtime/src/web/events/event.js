// `Event` and `CustomEvent`, after <https://dom.spec.whatwg.org/#interface-event> and
// <https://dom.spec.whatwg.org/#interface-customevent>.

import { ObjectDefineProperty } from 'primordials';
import { dictionary, facade, idl, needs, string } from 'base';

export let isDispatching;
export let isEvent;
export let isInitialized;
export let begin;
export let end;
export let stops;
export let setPassive;
export let trust;
export let cancel;
let trusted;
export let typeOf;
const { get: isTrusted } = primordials.ObjectGetOwnPropertyDescriptor({
    get isTrusted() { return trusted(this); },
}, 'isTrusted');

export class Event {
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

    constructor(type, eventInitDict = undefined) {
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
        isEvent = (value) => #dispatching in value;
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
        cancel = (event) => { event.#cancel(); };
        trust = (event) => { event.#trusted = true; return event; };
        trusted = (event) => event.#trusted;
        typeOf = (event) => event.#type;
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

class HiddenCustomEvent extends Event {
    #detail;

    constructor(type, eventInitDict = undefined) {
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
export const CustomEvent = facade(HiddenCustomEvent, 'CustomEvent');
const { preventDefault } = Event.prototype;

export { preventDefault };
