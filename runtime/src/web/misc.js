// What stands beside the larger standards: `performance`, `navigator` and `reportError`.

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

    class Navigator {
        #agent;

        constructor(key = undefined) {
            if (key !== INTERNAL) throw illegal();
            this.#agent = native.userAgent();
        }

        get userAgent() { return this.#agent; }
    }
    idl(Navigator, 'Navigator');

    function reportError(e) {
        needs(arguments.length, 1, 'reportError');
        native.reportError(e);
    }

    return {
        __proto__: null, Navigator, Performance, reportError, navigator: new Navigator(INTERNAL), performance: new Performance(INTERNAL),
    };
}
