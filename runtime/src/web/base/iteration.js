// The iteration of an interface that has pairs, after
// <https://webidl.spec.whatwg.org/#js-iterable>.

import { ObjectDefineProperty, ReflectApply } from 'primordials';
import { newList, typeError } from 'native';
import { alias, iterator, needs, toStringTag } from './interfaces.js';
import { callback } from './conversions.js';

export const iteratorPrototypes = native.iteratorPrototypes();

/** What is left of an iterator that shows it. */
let restOf = () => undefined;
native.iteratorRest = (value) => restOf(value);

/** How the pairs of an interface are listed, by its name. */
export const pairLists = { __proto__: null };
// For `console`, which shows what is there, and loads nothing.
native.pairLists = pairLists;

/** Gives a class the iteration of WebIDL's pairs; `pairsOf` gives them as they are now, by `size` and `at`. */
export function iterable(constructor, name, pairsOf) {
    pairLists[name] = pairsOf;
    const PairIterator = iteratorOf(name, pairsOf);
    const methods = {
        entries() { pairsOf(this); return new PairIterator(this, 'entries'); },
        keys() { pairsOf(this); return new PairIterator(this, 'keys'); },
        values() { pairsOf(this); return new PairIterator(this, 'values'); },
        forEach(body, thisArg = undefined) {
            pairsOf(this);
            needs(arguments.length, 1, `${name}.forEach`);
            callback(body, 'the callback');
            for (let i = 0; ; i++) {
                const pairs = pairsOf(this);
                if (i >= pairs.size) return;
                const pair = pairs.at(i);
                ReflectApply(body, thisArg, [pair[1], pair[0], this]);
            }
        },
    };
    const names = ['entries', 'keys', 'values', 'forEach'];
    for (let i = 0; i < names.length; i++) {
        ObjectDefineProperty(constructor.prototype, names[i], {
            __proto__: null, value: methods[names[i]], writable: true, enumerable: true, configurable: true,
        });
    }
    alias(constructor.prototype, iterator, 'entries');
}

/** <https://webidl.spec.whatwg.org/#js-default-iterator-object>, a class for each interface. */
function iteratorOf(name, pairsOf) {
    class PairIterator {
        #target;

        #kind;

        #index = 0;

        constructor(target, kind) {
            this.#target = target;
            this.#kind = kind;
        }

        static {
            // Only these show what is left of them: those of other interfaces are an object to Node.
            if (name === 'URLSearchParams') restOf = (value) => (#target in value ? value.#rest() : undefined);
        }

        /** What is still to come, which nobody hears of. */
        #rest() {
            const pairs = pairsOf(this.#target);
            const items = newList();
            for (let i = this.#index; i < pairs.size; i++) items[items.length] = this.#item(pairs.at(i));
            return { __proto__: null, name, items };
        }

        #item(pair) {
            const kind = this.#kind;
            return kind === 'keys' ? pair[0] : kind === 'values' ? pair[1] : [pair[0], pair[1]];
        }

        next() {
            if (!(#target in this)) throw typeError(`the receiver is not a ${name} iterator`);
            const pairs = pairsOf(this.#target);
            if (this.#index >= pairs.size) return { value: undefined, done: true };
            return { value: this.#item(pairs.at(this.#index++)), done: false };
        }
    }
    const { prototype } = PairIterator;
    primordials.ObjectSetPrototypeOf(prototype, iteratorPrototypes[0]);
    ObjectDefineProperty(prototype, 'next', { __proto__: null, enumerable: true });
    ObjectDefineProperty(prototype, toStringTag, { __proto__: null, value: `${name} Iterator`, configurable: true });
    delete prototype.constructor;
    return PairIterator;
}
