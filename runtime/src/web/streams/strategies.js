// Queuing strategies, after <https://streams.spec.whatwg.org/#qs>, and how the underlying objects
// of all streams are read.

import { ReflectApply } from 'primordials';
import { callback, dictionary, idl, isObject, needs, rangeError, typeError } from 'base';

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
export const ByteLengthQueuingStrategy = strategyClass('ByteLengthQueuingStrategy', byteSize);
export const CountQueuingStrategy = strategyClass('CountQueuingStrategy', countSize);

export function strategyOf(value) {
    const given = dictionary(value, 'the strategy');
    const { highWaterMark, size } = given;
    const mark = highWaterMark === undefined ? undefined : +highWaterMark;
    return { mark, size: size === undefined ? undefined : callback(size, '`size`') };
}

export function markOf(strategy, otherwise) {
    const { mark } = strategy;
    if (mark === undefined) return otherwise;
    if (mark !== mark || mark < 0) throw rangeError('`highWaterMark` is not a number of at least 0');
    return mark;
}

export const sizeOf = ({ size }) => (size === undefined ? () => 1 : (chunk) => ReflectApply(size, undefined, [chunk]));

/** A member of an underlying object: a function, called on that object. */
export const memberOf = (given, name) => {
    const value = given[name];
    return value === undefined ? undefined : callback(value, `\`${name}\``);
};
