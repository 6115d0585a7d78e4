// What stands beside the larger standards: `performance` and `reportError`.

(native, primordials, load) => {
    const { INTERNAL, idl, illegal, needs } = load('base');
    const { EventTarget } = load('events');

    class Performance extends EventTarget {
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
    idl(Performance, 'Performance');

    function reportError(e) {
        needs(arguments.length, 1, 'reportError');
        native.reportError(e);
    }

    return {
        __proto__: null, Performance, reportError, performance: new Performance(INTERNAL),
    };
}
