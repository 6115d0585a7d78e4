// The events of HTML: `ErrorEvent` and `PromiseRejectionEvent`
// (<https://html.spec.whatwg.org/multipage/webappapis.html#runtime-script-errors>), `MessageEvent`
// (<https://html.spec.whatwg.org/multipage/comms.html#the-messageevent-interface>).

import {
    arrayOf, dictionary, facade, isObject, needs, sequence, string, typeError, unsigned,
} from 'base';
import { Event, trust } from './event.js';

class HiddenErrorEvent extends Event {
    #message;

    #filename;

    #line;

    #column;

    #error;

    constructor(type, eventInitDict = undefined) {
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
export const ErrorEvent = facade(HiddenErrorEvent, 'ErrorEvent');

class HiddenPromiseRejectionEvent extends Event {
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
export const PromiseRejectionEvent = facade(HiddenPromiseRejectionEvent, 'PromiseRejectionEvent');

export let newMessage;

class HiddenMessageEvent extends Event {
    #data;

    #origin;

    #lastEventId;

    #source;

    #ports;

    constructor(type, eventInitDict = undefined) {
        needs(arguments.length, 1, 'MessageEvent');
        super(type, eventInitDict);
        const init = dictionary(eventInitDict, 'eventInitDict');
        const { data, lastEventId, origin, ports, source } = init;
        this.#data = data === undefined ? null : data;
        this.#lastEventId = lastEventId === undefined ? '' : string(lastEventId);
        this.#origin = origin === undefined ? '' : load('base').usv(origin);
        this.#ports = arrayOf(ports === undefined ? [] : sequence(ports, 'ports', (port) => port));
        this.#source = source === undefined ? null : source;
        primordials.ObjectFreeze(this.#ports);
    }

    static {
        newMessage = (data, ports) => {
            const event = new MessageEvent('message');
            event.#data = data;
            event.#ports = primordials.ObjectFreeze(arrayOf(ports));
            return trust(event);
        };
    }

    get data() { return this.#data; }

    get origin() { return this.#origin; }

    get lastEventId() { return this.#lastEventId; }

    get source() { return this.#source; }

    get ports() { return this.#ports; }
}
export const MessageEvent = facade(HiddenMessageEvent, 'MessageEvent');
