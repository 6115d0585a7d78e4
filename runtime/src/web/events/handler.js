// Attributes such as `onabort`, after
// <https://html.spec.whatwg.org/multipage/webappapis.html#event-handler-attributes>.

import { ObjectDefineProperty, ReflectApply } from 'primordials';
import { isObject, typeError } from 'base';
import { preventDefault } from './event.js';
import { addListener, removeEventListener } from './target.js';

/** The attribute `on<type>`: one listener, at the place where it was first set. */
export function handlerAttribute(constructor, type, onSet) {
    const handlers = new primordials.WeakMap();
    const { prototype } = constructor;
    ObjectDefineProperty(prototype, `on${type}`, {
        __proto__: null,
        enumerable: true,
        configurable: true,
        get() { return check(this, prototype) && (primordials.WeakMapGet(handlers, this)?.body ?? null); },
        set(value) {
            check(this, prototype);
            onSet?.(this);
            let slot = primordials.WeakMapGet(handlers, this);
            const body = isObject(value) ? value : null;
            if (slot === undefined) {
                if (body === null) return;
                slot = { __proto__: null, body };
                primordials.WeakMapSet(handlers, this, slot);
            } else if (slot.body !== null) {
                slot.body = body;
                if (body === null) ReflectApply(removeEventListener, this, [type, slot.listener]);
                return;
            } else {
                slot.body = body;
            }
            if (body === null) return;
            slot.listener = function listener(event) {
                if (typeof slot.body !== 'function') return;
                if (ReflectApply(slot.body, this, [event]) === false) ReflectApply(preventDefault, event, []);
            };
            addListener(this, type, slot.listener, { capture: false, once: false, passive: false, signal: undefined });
        },
    });
}

function check(value, prototype) {
    // The prototype itself is no instance.
    for (let holder = value; isObject(holder);) {
        holder = primordials.ObjectGetPrototypeOf(holder);
        if (holder === prototype) return true;
    }
    throw typeError('the receiver is of another class');
}
