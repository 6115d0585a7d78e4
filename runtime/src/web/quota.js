// `QuotaExceededError`, after <https://webidl.spec.whatwg.org/#quotaexceedederror>.

import { dictionary, facade, number, rangeError, string } from 'base';

const DOMException = native.domExceptionClass();

/** What was thrown for a quota; only our own classes know it. */
export let quotaOf;

class HiddenQuotaExceededError extends DOMException {
    #quota;

    #requested;

    constructor(message = '', options = undefined) {
        const text = string(message);
        super(text, 'QuotaExceededError');
        const { quota, requested } = dictionary(options, 'options');
        this.#quota = amount(quota, '`quota`');
        this.#requested = amount(requested, '`requested`');
        if (this.#quota !== null && this.#requested !== null && this.#requested < this.#quota) {
            throw rangeError('`requested` is less than `quota`');
        }
    }

    static {
        quotaOf = (error) => (#quota in error ? { __proto__: null, quota: error.#quota, requested: error.#requested } : undefined);
    }

    get quota() { return this.#quota; }

    get requested() { return this.#requested; }
}
export const QuotaExceededError = facade(HiddenQuotaExceededError, 'QuotaExceededError');

function amount(value, what) {
    if (value === undefined) return null;
    const converted = number(value, what);
    if (converted < 0) throw rangeError(`${what} is negative`);
    return converted;
}

/** The error of our own files. */
export function newError(message, quota = undefined, requested = undefined) {
    return new HiddenQuotaExceededError(message, { __proto__: null, quota, requested });
}
