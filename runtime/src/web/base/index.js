// What the files that implement a standard share: how an interface looks from outside, the
// conversions of WebIDL, collections, and promises that no script can tamper with.

export {
    INTERNAL, alias, asyncIterator, facade, idl, illegal, isPlatform, iterator, needs,
} from './interfaces.js';
export { Queue } from './queue.js';
export {
    byteString, callback, clamped, copyOf, dictionary, enforced, enumeration, isObject, itemsOf,
    mimeType, number, sequence, sourceOf, unsigned, usv,
} from './conversions.js';
export { iterable, iteratorPrototypes } from './iteration.js';
export { attempt, chain, deferred, noop, promising } from './promises.js';
export { construct } from './realm.js';
export { unlessRefused } from './refused.js';
export { flagsOf } from './regexp.js';
export {
    arrayOf, domException, markHandled, newList, rangeError, rejected, resolved, string, then,
    typeError,
} from 'native';
