// What stands beside the larger standards: `performance` and `reportError`.

import { facade, illegal, INTERNAL, needs } from 'base';
import { EventTarget } from 'events';

class HiddenPerformance extends EventTarget {
    #origin;

    constructor(key = undefined) {
        if (key !== INTERNAL) throw illegal();
        super();
        this.#origin = native.timeOrigin();
    }

    now() {
        this.#origin;
        return native.now();
    }

    get timeOrigin() { return this.#origin; }

    toJSON() { return { timeOrigin: this.#origin }; }
}
export const Performance = facade(HiddenPerformance, 'Performance');

export function reportError(e) {
    needs(arguments.length, 1, 'reportError');
    native.reportError(e, '`reportError`');
}

export const performance = new HiddenPerformance(INTERNAL);
