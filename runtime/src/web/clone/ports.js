// `MessageChannel` and `MessagePort`, after
// <https://html.spec.whatwg.org/multipage/web-messaging.html#channel-messaging>.

import { callback, facade, idl, illegal, INTERNAL, isObject, itemsOf, iterator, needs, Queue } from 'base';
import * as events from 'events';
import { checkedObject, cloneWith, transferList } from './transfer.js';

export let isPort;
export let isDetachedPort;
export let newPort;
export let movePort;
let entangle;
let startPort;

class HiddenMessagePort extends events.EventTarget {
    /** The other end; `null` when there is none any more. */
    #other = null;

    #queue = new Queue();

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
        newPort = () => new HiddenMessagePort(INTERNAL);
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
            from.#queue = new Queue();
        };
        startPort = (port) => {
            port.#started = true;
            port.#schedule();
        };
    }

    postMessage(message, options = undefined) {
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
        other.#queue.push({ data: made, ports });
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
            if (this.#queue.length === 0) return;
            const message = this.#queue.shift();
            this.#schedule();
            events.fire(this, events.newMessage(message.data, message.ports));
        }, 0);
    }
}
export const MessagePort = facade(HiddenMessagePort, 'MessagePort');
events.handlerAttribute(MessagePort, 'message', (port) => { startPort(port); });
events.handlerAttribute(MessagePort, 'messageerror');

export class MessageChannel {
    #port1 = newPort();

    #port2 = newPort();

    constructor() { entangle(this.#port1, this.#port2); }

    get port1() { return this.#port1; }

    get port2() { return this.#port2; }
}
idl(MessageChannel, 'MessageChannel');
