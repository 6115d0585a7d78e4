// What flows from a readable to a writable stream, after
// <https://streams.spec.whatwg.org/#readable-stream-pipe-to>.

import { attempt, chain, deferred, newList, noop, promising, resolved, then, typeError } from 'base';
import { cancelStream } from './readable_state.js';
import { defaultRead, readerRecord, releaseDefault, setUpDefaultReader } from './readers.js';
import { abortWritable, closeQueuedOrInFlight } from './writable.js';
import {
    closeWithErrorPropagation, releaseWriter, setUpWriter, writerRecord, writeToWriter,
} from './writer.js';

/** <https://streams.spec.whatwg.org/#readable-stream-pipe-to> */
export class Pipe {
    #source;

    #destination;

    #options;

    #reader = readerRecord();

    #writer = writerRecord();

    #done = deferred();

    #shuttingDown = false;

    /** What was read last, on its way into the destination. */
    #lastWrite = resolved(undefined);

    #onAbort = () => { this.#abort(); };

    constructor(source, destination, options) {
        this.#source = source;
        this.#destination = destination;
        this.#options = options;
    }

    /** Starts; gives the promise of the end. */
    begin() {
        setUpDefaultReader(this.#reader, this.#source);
        setUpWriter(this.#writer, this.#destination);
        this.#source.disturbed = true;
        const { signal } = this.#options;
        if (signal !== undefined) {
            const events = load('events');
            if (events.isAborted(signal)) {
                this.#abort();
                return this.#done.promise;
            }
            events.addAlgorithm(signal, this.#onAbort);
        }
        this.#watch();
        this.#loop();
        return this.#done.promise;
    }

    /** Has errors and ends go from one side to the other, in the order of the standard. */
    #watch() {
        const source = this.#source;
        const destination = this.#destination;
        const reader = this.#reader.closed.promise;
        const sourceErrored = (error) => { this.#sourceErrored(error); };
        const destinationErrored = (error) => { this.#destinationEnded(error); };
        const sourceClosed = () => { this.#sourceClosed(); };
        if (source.state === 'errored') sourceErrored(source.storedError);
        else then(reader, noop, sourceErrored);
        if (destination.state === 'errored') destinationErrored(destination.storedError);
        else then(this.#writer.closed.promise, noop, destinationErrored);
        if (source.state === 'closed') sourceClosed();
        else then(reader, sourceClosed, noop);
        if (closeQueuedOrInFlight(destination) || destination.state === 'closed') {
            this.#destinationEnded(typeError('the destination closed before all was written'));
        }
    }

    #sourceErrored(error) {
        if (this.#options.preventAbort) this.#shutdown(undefined, true, error);
        else this.#shutdown(() => abortWritable(this.#destination, error), true, error);
    }

    #destinationEnded(error) {
        if (this.#options.preventCancel) this.#shutdown(undefined, true, error);
        else this.#shutdown(() => cancelStream(this.#source, error), true, error);
    }

    #sourceClosed() {
        if (this.#options.preventClose) this.#shutdown(undefined, false, undefined);
        else this.#shutdown(() => closeWithErrorPropagation(this.#writer), false, undefined);
    }

    #abort() {
        const { preventAbort, preventCancel, signal } = this.#options;
        const reason = load('events').reasonOf(signal);
        const source = this.#source;
        const destination = this.#destination;
        const actions = newList();
        if (!preventAbort) {
            actions[0] = () => (destination.state === 'writable' ? abortWritable(destination, reason) : resolved(undefined));
        }
        if (!preventCancel) {
            actions[actions.length] = () => (source.state === 'readable' ? cancelStream(source, reason) : resolved(undefined));
        }
        this.#shutdown(() => all(actions), true, reason);
    }

    /** "Shutdown with an action", and without one. */
    #shutdown(action, failed, error) {
        if (this.#shuttingDown) return;
        this.#shuttingDown = true;
        const act = () => {
            if (action === undefined) {
                this.#finalize(failed, error);
                return;
            }
            then(promising(action), () => { this.#finalize(failed, error); }, (other) => { this.#finalize(true, other); });
        };
        const destination = this.#destination;
        if (destination.state === 'writable' && !closeQueuedOrInFlight(destination)) then(this.#written(), act);
        else act();
    }

    /** Waits until all that was read is written. */
    #written() {
        const write = this.#lastWrite;
        return chain(write, () => (write === this.#lastWrite ? resolved(undefined) : this.#written()));
    }

    #finalize(failed, error) {
        releaseWriter(this.#writer);
        releaseDefault(this.#reader);
        const { signal } = this.#options;
        if (signal !== undefined) load('events').removeAlgorithm(signal, this.#onAbort);
        if (failed) this.#done.reject(error);
        else this.#done.resolve(undefined);
    }

    #loop() { then(this.#step(), (goesOn) => { if (goesOn) this.#loop(); }, noop); }

    /** Reads one chunk when the destination wants one; whether there is more to do. */
    #step() {
        if (this.#shuttingDown) return resolved(false);
        return chain(this.#writer.ready.promise, () => {
            if (this.#shuttingDown) return resolved(false);
            const { promise, resolve, reject } = deferred();
            attempt((reader) => {
                defaultRead(reader, {
                    chunk: (chunk) => { this.#write(chunk, resolve); },
                    close: () => { resolve(false); },
                    error: reject,
                });
            }, this.#reader, (error) => {
                resolve(false);
                this.#sourceErrored(error);
            });
            return promise;
        });
    }

    #write(chunk, resolve) {
        this.#lastWrite = chain(resolved(undefined), () => {
            const write = then(promising(() => writeToWriter(this.#writer, chunk)), noop, noop);
            resolve(true);
            return write;
        });
    }
}

/** A promise for all actions, run at once. */
function all(actions) {
    const { promise, resolve, reject } = deferred();
    let left = actions.length;
    if (left === 0) resolve(undefined);
    for (let i = 0; i < actions.length; i++) {
        then(promising(actions[i]), () => { if (--left === 0) resolve(undefined); }, reject);
    }
    return promise;
}
