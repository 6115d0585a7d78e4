// Two streams out of one, after
// <https://streams.spec.whatwg.org/#abstract-opdef-readablestreamtee>.

import { attempt, deferred, newList, noop, promising, resolved, then } from 'base';
import { cancelStream, createByteStream, createReadable } from './readable_state.js';
import {
    byobRead, defaultRead, readerRecord, releaseByob, releaseDefault, setUpByobReader,
    setUpDefaultReader,
} from './readers.js';
import { defaultClose, defaultEnqueue, defaultError } from './default_controller.js';
import { copyOfView, viewInfo } from './views.js';
import { byteClose, byteEnqueue, byteError } from './byte_controller.js';
import { byobRequestOf, byteRespondWithNewView, respondNothing, viewOf } from './byob_requests.js';

/** What both ways of <https://streams.spec.whatwg.org/#abstract-opdef-readablestreamtee> share. */
class TeeState {
    stream;

    reader = readerRecord();

    reading = false;

    canceled = [false, false];

    reasons = [undefined, undefined];

    branches = newList();

    cancelled = deferred();

    constructor(stream) {
        this.stream = stream;
        setUpDefaultReader(this.reader, stream);
    }

    /** The cancel algorithm of a branch: the stream is cancelled when both branches are. */
    cancel(index, reason) {
        this.canceled[index] = true;
        this.reasons[index] = reason;
        if (this.canceled[1 - index]) {
            this.#cancelWith([this.reasons[0], this.reasons[1]]);
        }
        return this.cancelled.promise;
    }

    /** The stream is at its end, or broke: a branch that is not cancelled need not be any more. */
    settle() { if (!this.canceled[0] || !this.canceled[1]) this.cancelled.resolve(undefined); }

    /** What cannot be given to both branches ends them, and the stream. */
    fail(error) {
        this.errorBoth(error);
        this.#cancelWith(error);
    }

    #cancelWith(reason) { then(cancelStream(this.stream, reason), this.cancelled.resolve, this.cancelled.reject); }

    /** Whatever the stream breaks with, the branches break with. */
    forwardError() {
        const { reader } = this;
        then(reader.closed.promise, noop, (error) => {
            if (reader !== this.reader) return;
            this.errorBoth(error);
            this.settle();
        });
    }

    /** Does something with a chunk, after the reads that are on their way have been answered. */
    later(body, chunk) { then(resolved(undefined), () => { attempt(body, chunk, (error) => { this.fail(error); }); }); }
}

/** <https://streams.spec.whatwg.org/#abstract-opdef-readablestreamdefaulttee> */
export class Tee extends TeeState {
    #clones;

    #again = false;

    constructor(stream, cloneForBranch2) {
        super(stream);
        this.#clones = cloneForBranch2;
        const pull = () => promising(() => { this.#pull(); });
        for (let i = 0; i < 2; i++) this.branches[i] = createReadable(noop, pull, (reason) => this.cancel(i, reason));
        this.forwardError();
    }

    errorBoth(error) { for (let i = 0; i < 2; i++) defaultError(this.branches[i].controller, error); }

    #pull() {
        if (this.reading) {
            this.#again = true;
            return;
        }
        this.reading = true;
        defaultRead(this.reader, {
            chunk: (chunk) => { this.later((value) => { this.#enqueue(value); }, chunk); },
            close: () => { this.#close(); },
            error: () => { this.reading = false; },
        });
    }

    #enqueue(chunk) {
        this.#again = false;
        const second = !this.canceled[1] && this.#clones ? structured(chunk) : chunk;
        if (!this.canceled[0]) defaultEnqueue(this.branches[0].controller, chunk);
        if (!this.canceled[1]) defaultEnqueue(this.branches[1].controller, second);
        this.reading = false;
        if (this.#again) this.#pull();
    }

    #close() {
        this.reading = false;
        for (let i = 0; i < 2; i++) if (!this.canceled[i]) defaultClose(this.branches[i].controller);
        this.settle();
    }
}

/** <https://streams.spec.whatwg.org/#abstract-opdef-readablebytestreamtee> */
export class ByteTee extends TeeState {
    #again = [false, false];

    constructor(stream) {
        super(stream);
        for (let i = 0; i < 2; i++) {
            const pull = () => promising(() => { this.#pull(i); });
            this.branches[i] = createByteStream(noop, pull, (reason) => this.cancel(i, reason));
        }
        this.forwardError();
    }

    errorBoth(error) { for (let i = 0; i < 2; i++) byteError(this.branches[i].controller, error); }

    #pull(index) {
        if (this.reading) {
            this.#again[index] = true;
            return;
        }
        this.reading = true;
        const request = byobRequestOf(this.branches[index].controller);
        if (request === null) this.#pullWithDefaultReader();
        else this.#pullWithByobReader(viewOf(request), index);
    }

    #pullWithDefaultReader() {
        if (this.reader.isByob) {
            releaseByob(this.reader);
            this.reader = readerRecord();
            setUpDefaultReader(this.reader, this.stream);
            this.forwardError();
        }
        defaultRead(this.reader, {
            chunk: (chunk) => { this.later((view) => { this.#enqueue(view); }, chunk); },
            close: () => { this.#close(); },
            error: () => { this.reading = false; },
        });
    }

    #pullWithByobReader(view, index) {
        if (!this.reader.isByob) {
            releaseDefault(this.reader);
            this.reader = readerRecord();
            setUpByobReader(this.reader, this.stream);
            this.forwardError();
        }
        byobRead(this.reader, viewInfo(view), 1, {
            chunk: (chunk) => { this.later((filled) => { this.#respond(filled, index); }, chunk); },
            close: (chunk) => { this.#closeInto(chunk, index); },
            error: () => { this.reading = false; },
        });
    }

    #enqueue(chunk) {
        this.#again = [false, false];
        const second = this.canceled[0] || this.canceled[1] ? chunk : copyOfView(chunk);
        if (!this.canceled[0]) byteEnqueue(this.branches[0].controller, viewInfo(chunk));
        if (!this.canceled[1]) byteEnqueue(this.branches[1].controller, viewInfo(second));
        this.#next();
    }

    /** What was read into the view of one branch is copied to the other. */
    #respond(chunk, index) {
        this.#again = [false, false];
        const copy = this.canceled[1 - index] ? undefined : copyOfView(chunk);
        if (!this.canceled[index]) byteRespondWithNewView(this.branches[index].controller, viewInfo(chunk));
        if (copy !== undefined) byteEnqueue(this.branches[1 - index].controller, viewInfo(copy));
        this.#next();
    }

    #next() {
        this.reading = false;
        if (this.#again[0]) this.#pull(0);
        else if (this.#again[1]) this.#pull(1);
    }

    #closeBoth() {
        this.reading = false;
        // A branch whose view ends in the middle of an element breaks by itself: that is for who reads it.
        for (let i = 0; i < 2; i++) if (!this.canceled[i]) attempt(byteClose, this.branches[i].controller, noop);
    }

    #close() {
        this.#closeBoth();
        for (let i = 0; i < 2; i++) respondNothing(this.branches[i].controller);
        this.settle();
    }

    #closeInto(chunk, index) {
        this.#closeBoth();
        if (chunk !== undefined) {
            const { controller } = this.branches[index];
            if (!this.canceled[index] && controller.pendingPulls.length > 0) byteRespondWithNewView(controller, viewInfo(chunk));
            if (!this.canceled[1 - index]) respondNothing(this.branches[1 - index].controller);
        }
        this.settle();
    }
}

const structured = (chunk) => load('clone').clone(chunk);
