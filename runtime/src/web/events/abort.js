// `AbortSignal` and `AbortController`, after
// <https://dom.spec.whatwg.org/#aborting-ongoing-activities>.

import { Set, SetAdd, SetDelete, SetForEach, SetSize, WeakRef, WeakRefDeref } from 'primordials';
import {
    attempt, domException, enforced, facade, idl, illegal, INTERNAL, isObject, needs, newList, noop,
    sequence, typeError,
} from 'base';
import { Event, trust } from './event.js';
import { EventTarget, fire, isListened } from './target.js';
import { handlerAttribute } from './handler.js';

/** Has the sources of a signal keep it, as long as somebody would hear of it. */
export let hold;

export let isSignal;
export let isAborted;
export let abortSignal;
export let addAlgorithm;
export let removeAlgorithm;
export let makeDependent;
export let reasonOf;

class HiddenAbortSignal extends EventTarget {
    #aborted = false;

    #reason;

    /** What is done on abort, if anything. */
    #algorithms = null;

    /** The signals that a dependent one follows, none of which is dependent itself. */
    #sources = null;

    /** What stands for the signals that follow this one. */
    #dependents = null;

    /** How many of these there may be before those that are gone are looked for. */
    #room = 16;

    /** What stands for this signal at its sources: `strong` is itself while somebody would hear of it. */
    #link = null;

    constructor(key = undefined) {
        if (key !== INTERNAL) throw illegal();
        super();
    }

    static {
        isSignal = (value) => isObject(value) && #aborted in value;
        isAborted = (signal) => signal.#aborted;
        reasonOf = (signal) => signal.#reason;
        addAlgorithm = (signal, algorithm) => {
            if (signal.#aborted) return;
            signal.#algorithms ??= new Set();
            SetAdd(signal.#algorithms, algorithm);
            hold(signal);
        };
        removeAlgorithm = (signal, algorithm) => {
            if (signal.#algorithms !== null && SetDelete(signal.#algorithms, algorithm)) hold(signal);
        };
        hold = (target) => {
            if (!(#link in target) || target.#link === null) return;
            const heard = (target.#algorithms !== null && SetSize(target.#algorithms) > 0) || isListened(target);
            target.#link.strong = heard && !target.#aborted ? target : null;
        };
        abortSignal = (signal, reason) => {
            if (signal.#aborted) return;
            signal.#mark(reason === undefined ? aborted() : reason);
            const dependents = newList();
            signal.#eachDependent((dependent) => {
                if (dependent.#aborted) return;
                dependent.#mark(signal.#reason);
                dependents[dependents.length] = dependent;
            });
            signal.#run();
            for (let i = 0; i < dependents.length; i++) dependents[i].#run();
        };
        makeDependent = (signals) => {
            const result = new HiddenAbortSignal(INTERNAL);
            result.#sources = new Set();
            for (let i = 0; i < signals.length; i++) {
                if (signals[i].#aborted) {
                    result.#mark(signals[i].#reason);
                    return result;
                }
            }
            for (let i = 0; i < signals.length; i++) {
                const sources = signals[i].#sources;
                if (sources === null) result.#follow(signals[i]);
                else SetForEach(sources, (source) => { result.#follow(source); });
            }
            return result;
        };
    }

    /**
     * Has a source hold this signal as <https://dom.spec.whatwg.org/#abort-signal-garbage-collection> says: weakly,
     * but for the time in which somebody would hear of it.
     */
    #follow(source) {
        SetAdd(this.#sources, source);
        this.#link ??= { __proto__: null, weak: new WeakRef(this), strong: null };
        source.#dependents ??= new Set();
        if (SetSize(source.#dependents) >= source.#room) {
            source.#eachDependent(noop);
            source.#room = SetSize(source.#dependents) * 2 + 16;
        }
        SetAdd(source.#dependents, this.#link);
    }

    /** Calls `body` with each dependent signal that is still there, and forgets the others. */
    #eachDependent(body) {
        const links = this.#dependents;
        if (links === null) return;
        SetForEach(links, (link) => {
            const dependent = WeakRefDeref(link.weak);
            if (dependent === undefined) SetDelete(links, link);
            else body(dependent);
        });
    }

    #mark(reason) {
        this.#aborted = true;
        this.#reason = reason;
        hold(this);
    }

    #run() {
        const algorithms = this.#algorithms;
        this.#algorithms = null;
        if (algorithms !== null) SetForEach(algorithms, (algorithm) => { attempt(algorithm, undefined, native.reportError); });
        fire(this, trust(new Event('abort')));
    }

    static abort(reason = undefined) {
        const signal = new HiddenAbortSignal(INTERNAL);
        signal.#mark(reason === undefined ? aborted() : reason);
        return signal;
    }

    static timeout(milliseconds) {
        needs(arguments.length, 1, 'AbortSignal.timeout');
        const delay = enforced(milliseconds, 9007199254740991, 'the time');
        const signal = new HiddenAbortSignal(INTERNAL);
        native.setTimer(() => {
            abortSignal(signal, domException('TimeoutError', 'the operation timed out'));
        }, delay);
        return signal;
    }

    static any(signals) {
        needs(arguments.length, 1, 'AbortSignal.any');
        return makeDependent(sequence(signals, 'signals', (signal) => {
            if (!isSignal(signal)) throw typeError('`signals` holds what is not an AbortSignal');
            return signal;
        }));
    }

    get aborted() { return this.#aborted; }

    get reason() { return this.#reason; }

    throwIfAborted() {
        if (this.#aborted) throw this.#reason;
    }
}
export const AbortSignal = facade(HiddenAbortSignal, 'AbortSignal');
handlerAttribute(AbortSignal, 'abort');

const aborted = () => domException('AbortError', 'the operation was aborted');

export class AbortController {
    #signal = new HiddenAbortSignal(INTERNAL);

    constructor() {}

    get signal() { return this.#signal; }

    abort(reason = undefined) { abortSignal(this.#signal, reason); }
}
idl(AbortController, 'AbortController');

export const newSignal = () => new HiddenAbortSignal(INTERNAL);
