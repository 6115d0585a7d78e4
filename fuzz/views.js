// What the fuzzer `views` has a runner do: its bytes choose buffers, views, resizes and natives. An
// oracle that never asks a view knows what each of them shows; a native that reads or writes anything
// else fails the dispatch.

const KINDS = [Uint8Array, Int8Array, Uint8ClampedArray, Uint16Array, Int32Array, BigUint64Array, Float32Array, Float64Array, DataView];

/** A buffer, and what its memory holds; `memory` is null once it is detached. */
class Memory {
    constructor(size, max, shared) {
        this.shared = shared;
        this.max = max;
        this.buffer = shared ? new SharedArrayBuffer(size) : max === undefined ? new ArrayBuffer(size) : new ArrayBuffer(size, { maxByteLength: max });
        this.memory = Array.from({ length: size }, (_, index) => 33 + (index * 11) % 90);
        new Uint8Array(this.buffer).set(this.memory);
    }

    resize(size) {
        if (this.memory === null || this.max === undefined || size > this.max) return;
        this.buffer.resize(size);
        this.memory = [...this.memory.slice(0, size), ...Array(Math.max(0, size - this.memory.length)).fill(0)];
    }

    get all() { return this.memory === null ? [] : Array.from(new Uint8Array(this.buffer)); }
}

/** A view, and which part of its buffer it shows; without `length` it tracks the buffer. */
class View {
    constructor(of, view, at, length) {
        Object.assign(this, { of, view, at, length, unit: view.constructor.BYTES_PER_ELEMENT ?? 1 });
    }

    get isThere() { return this.of.memory !== null && this.at + (this.length ?? 0) <= this.of.memory.length; }

    get shows() {
        if (!this.isThere) return [];
        const length = this.length ?? Math.floor((this.of.memory.length - this.at) / this.unit) * this.unit;
        return this.of.memory.slice(this.at, this.at + length);
    }
}

const same = (got, expected, what) => {
    if (String(got) !== String(expected)) throw new Error(`${what}: got ${got}, expected ${expected}`);
};

const thrown = (body) => {
    try {
        body();
        return 'nothing';
    } catch (error) {
        return error.name;
    }
};

addEventListener('e', async (resolve, reject, { steps }) => {
    let at = 0;
    const next = (sides) => (steps[at++] ?? 0) % sides;
    let memory = new Memory(16, 64, false);
    let view = new View(memory, new Uint8Array(memory.buffer), 0, undefined);
    const text = (bytes) => new TextDecoder('x-user-defined').decode(new Uint8Array(bytes));
    const actions = [
        () => {
            const size = next(80);
            const shared = next(5) === 0;
            // The engine has no shared memory that grows.
            memory = new Memory(size, shared || next(3) === 0 ? undefined : size + next(80), shared);
            view = new View(memory, new Uint8Array(memory.buffer), 0, memory.max === undefined ? size : undefined);
        },
        () => {
            if (memory.memory === null) return;
            const Kind = KINDS[next(KINDS.length)];
            const unit = Kind.BYTES_PER_ELEMENT ?? 1;
            const start = next(Math.floor(memory.memory.length / unit) + 1) * unit;
            const room = Math.floor((memory.memory.length - start) / unit);
            const tracks = memory.max !== undefined && next(2) === 0;
            const count = tracks ? undefined : next(room + 1);
            view = new View(memory, new Kind(memory.buffer, start, count), start, tracks ? undefined : count * unit);
        },
        () => memory.resize(next(160)),
        () => same(new TextDecoder('x-user-defined').decode(view.view), text(view.shows), 'decode'),
        () => {
            const size = next(160);
            const decoded = new TextDecoder('x-user-defined').decode(view.view, { get stream() { memory.resize(size); return false; } });
            same(decoded, text(view.shows), 'decode with a resize');
        },
        async () => {
            if (memory.shared) return same(thrown(() => new Blob([view.view])), 'TypeError', 'a blob of shared memory');
            return same(new Uint8Array(await new Blob([view.view]).arrayBuffer()), view.shows, 'blob');
        },
        async () => {
            if (memory.shared) return;
            const digest = async (source) => new Uint8Array(await crypto.subtle.digest('SHA-1', source));
            same(await digest(view.view), await digest(new Uint8Array(view.shows)), 'digest');
            same(await new Response(view.view).bytes(), view.shows, 'response');
        },
        () => {
            const isInteger = !/Float|Data/.test(view.view.constructor.name);
            if (memory.shared || !isInteger) {
                const expected = memory.shared ? 'TypeError' : 'TypeMismatchError';
                return same(thrown(() => crypto.getRandomValues(view.view)), expected, 'chance');
            }
            crypto.getRandomValues(view.view);
            const { all } = memory;
            const { length } = view.shows;
            same(all.slice(0, view.at), memory.memory?.slice(0, view.at) ?? [], 'before what is filled');
            same(all.slice(view.at + length), memory.memory?.slice(view.at + length) ?? [], 'behind what is filled');
            if (memory.memory !== null) memory.memory = all;
            return undefined;
        },
        () => {
            if (!(view.view instanceof Uint8Array)) return;
            const { written } = new TextEncoder().encodeInto('x'.repeat(200), view.view);
            same(written, view.shows.length, 'encoded');
            for (let i = 0; i < written; i++) memory.memory[view.at + i] = 120;
            same(memory.all, memory.memory ?? [], 'what was encoded');
        },
        () => {
            if (memory.shared || !view.isThere) return same(thrown(() => structuredClone(view.view)), 'DataCloneError', 'a clone');
            const clone = structuredClone(view.view);
            const old = memory;
            same(memory.all, memory.memory, 'the cloned');
            memory = Object.assign(Object.create(Memory.prototype), memory, { buffer: clone.buffer, memory: [...old.memory] });
            view = new View(memory, clone, view.at, view.length);
            same(memory.all, memory.memory, 'the clone');
            return undefined;
        },
        () => {
            if (memory.shared || memory.memory === null) return;
            const moved = structuredClone({ view: view.isThere ? view.view : null }, { transfer: [memory.buffer] });
            same(memory.buffer.detached, true, 'what was moved');
            const there = view.isThere;
            const old = memory;
            if (there) {
                memory = Object.assign(Object.create(Memory.prototype), old, { buffer: moved.view.buffer });
                view = new View(memory, moved.view, view.at, view.length);
                same(memory.all, memory.memory, 'what came of it');
            } else {
                old.memory = null;
            }
        },
        async () => {
            const { shows } = view;
            const stream = new ReadableStream({ type: 'bytes', start(controller) { controller.enqueue(new Uint8Array(99).fill(7)); } });
            const reader = stream.getReader({ mode: 'byob' });
            if (memory.shared || shows.length === 0) {
                same(await reader.read(view.view).catch((error) => error.name), 'TypeError', 'read into');
                return;
            }
            const { value } = await reader.read(view.view);
            same([value.byteOffset, value.byteLength], [view.at, shows.length], 'read');
            same(new Uint8Array(value.buffer, value.byteOffset, value.byteLength), shows.map(() => 7), 'what was read');
            memory.memory = null;
        },
    ];
    while (at < steps.length) await actions[next(actions.length)]();
    resolve(at);
});
