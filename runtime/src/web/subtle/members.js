// How the members of an algorithm are read, after
// <https://www.w3.org/TR/webcrypto/#algorithm-normalization-internal>.

import { enforced, sourceOf, typeError } from 'base';
import { normalize } from './algorithms.js';

/** A member of a dictionary that has to be there, read once. */
export function required(given, name) {
    const value = given[name];
    if (value === undefined) throw typeError(`\`${name}\` is missing`);
    return value;
}

export const hashMember = (given) => normalize(required(given, 'hash'), 'digest').params;
/** Bytes are copied when all members are there: an algorithm says in `sources` which of its members have some. */
export const bytesMember = (given, name) => sourceOf(required(given, name), `\`${name}\``);
export const numberMember = (given, name, limit) => enforced(required(given, name), limit, `\`${name}\``);
export const optionalNumber = (given, name, limit) => {
    const value = given[name];
    return value === undefined ? undefined : enforced(value, limit, `\`${name}\``);
};
