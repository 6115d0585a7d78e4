// The bytes of views: whatever a view shows of its buffer now, every native takes, no more and no
// less. What a view shows is told by an oracle that does not ask the view.

const { subtle } = crypto;
const hex = (source) => Array.from(new Uint8Array(source), (byte) => byte.toString(16).padStart(2, '0')).join('');

const KINDS = [Int8Array, Uint8Array, Uint8ClampedArray, Int16Array, Uint16Array, Int32Array, Uint32Array, BigInt64Array,
    BigUint64Array, Float16Array, Float32Array, Float64Array, DataView];
const unitOf = (Kind) => Kind.BYTES_PER_ELEMENT ?? 1;

/** A buffer, a view on it, and what the oracle knows of both. */
class Case {
    /** `size`, `max`: of the buffer (without `max` it is fixed); `at`, `length`: of the view (without `length` it tracks the buffer). */
    constructor(Kind, { size, max, at = 0, length }) {
        this.Kind = Kind;
        this.unit = unitOf(Kind);
        this.buffer = max === undefined ? new ArrayBuffer(size) : new ArrayBuffer(size, { maxByteLength: max });
        this.at = at;
        this.length = length ?? (max === undefined ? Math.floor((size - at) / this.unit) * this.unit : undefined);
        this.memory = Array.from({ length: size }, (_, index) => 0x21 + (index * 7) % 90);
        new Uint8Array(this.buffer).set(this.memory);
        const count = length === undefined ? undefined : length / this.unit;
        this.view = max === undefined && length === undefined && (size - at) % this.unit !== 0
            ? new Kind(this.buffer, at, Math.floor((size - at) / this.unit)) : new Kind(this.buffer, at, count);
    }

    resize(size) {
        this.buffer.resize(size);
        const kept = this.memory.slice(0, size);
        this.memory = [...kept, ...Array.from({ length: size - kept.length }, () => 0)];
    }

    detach() {
        this.buffer.transfer();
        this.memory = null;
    }

    /** Whether the view is on memory at all. */
    get isThere() {
        return this.memory !== null && this.at + (this.length ?? 0) <= this.memory.length;
    }

    /** The bytes that the view shows. */
    get shows() {
        if (!this.isThere) return [];
        const length = this.length ?? Math.floor((this.memory.length - this.at) / this.unit) * this.unit;
        return this.memory.slice(this.at, this.at + length);
    }

    /** The bytes of the whole buffer, read through a view that is made for it. */
    get all() { return this.memory === null ? [] : Array.from(new Uint8Array(this.buffer)); }

    toString() {
        return `${this.Kind.name} at ${this.at}, ${this.length ?? 'tracking'}, of ${this.memory?.length ?? 'detached'}`;
    }
}

/** Every kind of view in every relation to its buffer, and what happens to the buffer meanwhile; a part of them in a hostile world, which is slow. */
function* cases() {
    let count = 0;
    for (const make of allCases()) {
        if (typeof __h === 'undefined' || count++ % 41 === 0) yield make;
    }
}

function* allCases() {
    for (const Kind of KINDS) {
        for (const shape of [{ size: 24 }, { size: 24, at: 8 }, { size: 24, at: 8, length: 8 }, { size: 29, at: 8 }]) {
            yield () => new Case(Kind, shape);
        }
        for (const shape of [{ at: 0 }, { at: 8 }, { at: 8, length: 8 }, { at: 0, length: 24 }, { at: 24 }, { at: 16, length: 0 }]) {
            for (const sizes of [[], [64], [29], [24, 64], [17], [12], [8], [7], [0], [0, 40], [5, 24], [63, 33]]) {
                yield () => {
                    const made = new Case(Kind, { size: 24, max: 64, ...shape });
                    for (const size of sizes) made.resize(size);
                    return made;
                };
            }
            yield () => {
                const made = new Case(Kind, { size: 24, max: 64, ...shape });
                made.detach();
                return made;
            };
        }
    }
}

/** Natives that read bytes, each as a function that says what it read. */
const plain = (list) => new Uint8Array(list);
const aes = await0(() => subtle.importKey('raw', plain(Array(16).fill(7)), 'AES-CTR', false, ['encrypt', 'decrypt']));
const hmac = await0(() => subtle.importKey('raw', plain([1, 2, 3]), { name: 'HMAC', hash: 'SHA-256' }, false, ['sign', 'verify']));
const hkdf = await0(() => subtle.importKey('raw', plain([1, 2, 3]), 'HKDF', false, ['deriveBits']));
const gcm = await0(() => subtle.importKey('raw', plain(Array(16).fill(7)), 'AES-GCM', false, ['encrypt', 'decrypt']));

/** A value that is made once, when it is first asked for. */
function await0(make) {
    let made;
    return () => (made ??= make());
}

const ctr = { name: 'AES-CTR', counter: plain(Array(16).fill(0)), length: 64 };
const nonce = { name: 'AES-GCM', iv: plain(Array(12).fill(1)) };

/** `[name, async (source) => anything that depends on the bytes]` */
const READERS = [
    ['TextDecoder', (source) => new TextDecoder('x-user-defined').decode(source)],
    ['TextDecoder, streaming', (source) => new TextDecoder('x-user-defined').decode(source, { stream: true })],
    ['Blob', async (source) => hex(await new Blob(['<', source, '>']).arrayBuffer())],
    ['File', async (source) => hex(await new File([source], 'f').bytes())],
    ['Response', async (source) => hex(await new Response(source).arrayBuffer())],
    ['Request', async (source) => hex(await new Request('http://a/', { method: 'POST', body: source }).bytes())],
    ['digest', async (source) => hex(await subtle.digest('SHA-1', source))],
    ['sign', async (source) => hex(await subtle.sign('HMAC', await hmac(), source))],
    ['encrypt', async (source) => hex(await subtle.encrypt(ctr, await aes(), source))],
    ['decrypt', async (source) => hex(await subtle.decrypt(ctr, await aes(), source))],
    ['additionalData', async (source) => hex(await subtle.encrypt({ ...nonce, additionalData: source }, await gcm(), plain([1])))],
    ['iv', async (source) => hex(await subtle.encrypt({ name: 'AES-GCM', iv: source }, await gcm(), plain([1])))],
    ['salt', async (source) => hex(await subtle.deriveBits({ name: 'HKDF', hash: 'SHA-256', info: plain([]), salt: source }, await hkdf(), 128))],
    ['info', async (source) => hex(await subtle.deriveBits({ name: 'HKDF', hash: 'SHA-256', info: source, salt: plain([]) }, await hkdf(), 128))],
    ['importKey', async (source) => {
        try {
            return hex(await subtle.exportKey('raw', await subtle.importKey('raw', source, { name: 'HMAC', hash: 'SHA-1' }, true, ['sign'])));
        } catch (error) {
            return error.name;
        }
    }],
];

/** The slower ones, which are not asked in every case. */
const SLOW = [
    ['verify', async (source) => subtle.verify('HMAC', await hmac(), await subtle.sign('HMAC', await hmac(), plain([5])), source)],
    ['TextDecoderStream', async (source) => {
        const stream = new TextDecoderStream('x-user-defined');
        const writer = stream.writable.getWriter();
        writer.write(source).then(() => writer.close());
        let text = '';
        for await (const piece of stream.readable) text += piece;
        return text;
    }],
    ['CompressionStream', async (source) => {
        const stream = new CompressionStream('deflate-raw');
        const writer = stream.writable.getWriter();
        writer.write(source).then(() => writer.close());
        return hex(await new Response(stream.readable.pipeThrough(new DecompressionStream('deflate-raw'))).bytes());
    }],
    ['fetch', async (source) => (await (await fetch('http://server.test/echo', { method: 'POST', body: source })).json()).body],
];

test('every native reads what a view shows now', async () => {
    let count = 0;
    for (const make of cases()) {
        const one = make();
        const readers = count++ % 23 === 0 ? [...READERS, ...SLOW] : [READERS[count % READERS.length], READERS[(count * 7) % READERS.length]];
        for (const [name, read] of readers) {
            equal(await read(one.view), await read(plain(one.shows)), `${name} of ${one}`);
        }
    }
});

test('every native reads all of a buffer as it is now', async () => {
    for (const [name, read] of [...READERS, ...SLOW]) {
        for (const size of [24, 64, 0, 7]) {
            const one = new Case(Uint8Array, { size: 24, max: 64 });
            one.resize(size);
            equal(await read(one.buffer), await read(plain(one.memory)), `${name} of a buffer of ${size}`);
        }
        const gone = new Case(Uint8Array, { size: 24, max: 64 });
        gone.detach();
        equal(await read(gone.buffer), await read(plain([])), `${name} of a detached buffer`);
    }
});

test('getRandomValues fills what a view shows now, and nothing else', () => {
    for (const make of cases()) {
        const one = make();
        const { name } = one.Kind;
        if (name === 'DataView' || name.startsWith('Float')) {
            throws('TypeMismatchError', () => crypto.getRandomValues(one.view), String(one));
            continue;
        }
        const before = one.all;
        const touched = before.map(() => false);
        for (let round = 0; round < 12; round++) {
            equal(crypto.getRandomValues(one.view) === one.view, true);
            one.all.forEach((byte, index) => { touched[index] ||= byte !== before[index]; });
        }
        const { length } = one.shows;
        const expected = before.map((_, index) => index >= one.at && index < one.at + length);
        equal(touched, expected, String(one));
    }
    // The quota is one of the bytes that are there now.
    const grown = new Uint8Array(new ArrayBuffer(8, { maxByteLength: 65537 }));
    grown.buffer.resize(65537);
    throws('QuotaExceededError', () => crypto.getRandomValues(grown));
    grown.buffer.resize(65536);
    crypto.getRandomValues(grown);
});

test('encodeInto fills what a view shows now, and nothing else', () => {
    const text = 'é'.repeat(40);
    for (const make of cases()) {
        const one = make();
        if (one.Kind !== Uint8Array) {
            throws('TypeError', () => new TextEncoder().encodeInto('x', one.view), String(one));
            continue;
        }
        const room = Math.floor(one.shows.length / 2);
        const expected = one.all;
        for (let i = 0; i < room; i++) [expected[one.at + 2 * i], expected[one.at + 2 * i + 1]] = [0xc3, 0xa9];
        equal(new TextEncoder().encodeInto(text, one.view), { read: room, written: 2 * room }, String(one));
        equal(one.all, expected, String(one));
    }
});

test('structuredClone keeps what a view is', () => {
    for (const make of cases()) {
        const one = make();
        if (!one.isThere) {
            throws('DataCloneError', () => structuredClone(one.view), String(one));
            continue;
        }
        const before = one.all;
        const view = structuredClone(one.view);
        equal(one.all, before, `${one}: the original`);
        const clone = Object.assign(Object.create(Case.prototype), one, { view, buffer: view.buffer, memory: [...one.memory] });
        equal([view.constructor === one.Kind, view.byteOffset, view.buffer.resizable, view.buffer.maxByteLength],
            [true, one.at, one.buffer.resizable, one.buffer.maxByteLength], String(one));
        for (const size of one.buffer.resizable ? [null, 64, 31, 8, 3, 0, 24] : [null]) {
            if (size !== null) clone.resize(size);
            equal(clone.all, clone.memory, `${clone}: the memory`);
            equal(Array.from(new Uint8Array(bytesOf(clone.view))), clone.shows, `${clone} after ${size}`);
        }
    }
});

/** What a view shows, read through its own interface. */
function bytesOf(view) {
    try {
        return view.buffer.slice(view.byteOffset, view.byteOffset + view.byteLength);
    } catch {
        return [];
    }
}

test('whether a view tracks its buffer is kept where nothing tells it but the next resize', () => {
    for (const [size, max] of [[8, 8], [8, 9], [8, 15], [8, 16], [13, 16], [16, 16], [1, 1], [3, 3]]) {
        for (const Kind of [Uint8Array, Float64Array, Int32Array, DataView]) {
            const unit = unitOf(Kind);
            const length = Math.floor(size / unit) * unit;
            for (const [name, one] of [['fixed', new Case(Kind, { size, max, length })], ['tracking', new Case(Kind, { size, max })]]) {
                const { view } = structuredClone({ view: one.view });
                const clone = Object.assign(Object.create(Case.prototype), one, { view, buffer: view.buffer, memory: [...one.memory] });
                for (const next of [0, size - 1, max, size]) {
                    clone.resize(next);
                    equal(Array.from(new Uint8Array(bytesOf(view))), clone.shows, `${name} ${Kind.name} of ${size} to ${max}, then ${next}`);
                }
                equal(one.all, one.memory, 'the original');
            }
        }
    }
});

test('views share the clone of their buffer, and move with it', () => {
    const one = new Case(Uint8Array, { size: 24, max: 64, at: 8 });
    const fixed = new Uint16Array(one.buffer, 2, 3);
    const copy = structuredClone({ view: one.view, fixed });
    ok(copy.view.buffer === copy.fixed.buffer && copy.view.buffer !== one.buffer, 'one buffer');
    const moved = structuredClone({ view: one.view, fixed }, { transfer: [one.buffer] });
    equal([one.buffer.detached, moved.view.length, moved.fixed.length], [true, 16, 3]);
    moved.view.buffer.resize(64);
    equal([moved.view.length, moved.view[0]], [56, one.memory[8]]);
    // A getter resizes what is transferred, before and after the views of it are met.
    const late = new Case(Uint8Array, { size: 8, max: 64 });
    const got = structuredClone({ first: late.view, get then() { late.resize(32); return new Uint8Array(late.buffer, 24, 8); }, last: late.view },
        { transfer: [late.buffer] });
    equal([got.first.length, got.then.length, got.last === got.first, got.then.byteOffset], [32, 8, true, 24]);
});

test('what a script does during the conversions of a call is done before the bytes are read', async () => {
    const changes = [(one) => one.resize(64), (one) => one.resize(9), (one) => one.resize(0), (one) => one.detach()];
    /** `[name, (view, during) => what was read]` */
    const calls = [
        ['decode', (view, during) => new TextDecoder('x-user-defined').decode(view, { get stream() { during(); return false; } })],
        ['Blob', async (view, during) => hex(await new Blob([view, { toString() { during(); return ''; } }]).bytes())],
        ['Blob options', async (view, during) => hex(await new Blob([view], { get type() { during(); return ''; } }).bytes())],
        ['File', async (view, during) => hex(await new File([view], 'f', { get type() { during(); return ''; } }).bytes())],
        ['Response', async (view, during) => hex(await new Response(view, { get status() { during(); return 200; } }).bytes())],
        ['Request', async (view, during) => hex(await new Request('http://a/', { body: view, get method() { during(); return 'POST'; } }).bytes())],
        ['iv', async (view, during) => hex(await subtle.encrypt({ name: 'AES-GCM', get iv() { during(); return view; } }, await gcm(), plain([1])))],
    ];
    for (const [name, call] of calls) {
        for (const change of changes) {
            for (const shape of [{}, { at: 8 }, { at: 8, length: 8 }]) {
                const one = new Case(Uint8Array, { size: 24, max: 64, ...shape });
                const read = await call(one.view, () => change(one));
                equal(read, await call(plain(one.shows), () => {}), `${name}: ${one}`);
            }
        }
    }
});

test('what a script does while an algorithm is read leaves the bytes of one moment', async () => {
    const changes = [(one) => one.resize(64), (one) => one.resize(9), (one) => one.detach()];
    const calls = [
        async (view, during) => hex(await subtle.digest({ get name() { during(); return 'SHA-256'; } }, view)),
        async (view, during) => hex(await subtle.encrypt({ ...ctr, get name() { during(); return 'AES-CTR'; } }, await aes(), view)),
        async (view, during) => hex(await subtle.sign({ get name() { during(); return 'HMAC'; } }, await hmac(), view)),
        async (view, during) => {
            const algorithm = { hash: 'SHA-1', get name() { during(); return 'HMAC'; } };
            const key = await subtle.importKey('raw', view, algorithm, true, ['sign']).catch(() => null);
            return key === null ? 'none' : hex(await subtle.exportKey('raw', key));
        },
    ];
    for (const call of calls) {
        for (const change of changes) {
            const one = new Case(Uint8Array, { size: 24, max: 64, at: 8 });
            const before = plain(one.shows);
            const read = await call(one.view, () => change(one));
            const either = [await call(before, () => {}), await call(plain(one.shows), () => {})];
            ok(either.includes(read), `${call}: ${one}`);
        }
    }
});

test('byte streams take and give what a view shows now', async () => {
    for (const make of cases()) {
        const one = make();
        const expected = one.shows;
        const stream = new ReadableStream({ type: 'bytes', start(controller) { this.controller = controller; } });
        if (expected.length === 0) {
            let failed;
            const other = new ReadableStream({ type: 'bytes', start(controller) { try { controller.enqueue(one.view); } catch (error) { failed = error; } } });
            equal([failed?.name, other.locked], ['TypeError', false], `enqueue ${one}`);
            await rejects('TypeError', stream.getReader({ mode: 'byob' }).read(one.view), `read into ${one}`);
            continue;
        }
        const source = new ReadableStream({ type: 'bytes', start(controller) { controller.enqueue(plain(Array.from({ length: 80 }, (_, i) => i))); } });
        const { constructor } = one.view;
        const { value } = await source.getReader({ mode: 'byob' }).read(one.view);
        equal([value.constructor === constructor, value.byteOffset, value.byteLength, one.buffer.detached], [true, one.at, expected.length, true], `read into ${one}`);
        equal(Array.from(new Uint8Array(bytesOf(value))), expected.map((_, index) => index), `read into ${one}`);
    }
    for (const make of cases()) {
        const one = make();
        const expected = one.shows;
        if (expected.length === 0) continue;
        const source = new ReadableStream({ type: 'bytes', start(controller) { controller.enqueue(one.view); } });
        const { value } = await source.getReader().read();
        equal(Array.from(value), expected, `enqueue ${one}`);
    }
});

test('the length that counts for a BYOB read is that after the options were read', async () => {
    const one = new Case(Uint8Array, { size: 8, max: 64 });
    const source = new ReadableStream({ type: 'bytes', start(controller) { controller.enqueue(plain(Array(40).fill(5))); } });
    const { value } = await source.getReader({ mode: 'byob' }).read(one.view, { get min() { one.resize(32); return 20; } });
    equal(Array.from(value), Array(32).fill(5));
    const gone = new Case(DataView, { size: 8, max: 64, at: 4 });
    await rejects('TypeError', new ReadableStream({ type: 'bytes' }).getReader({ mode: 'byob' }).read(gone.view, { get min() { gone.resize(2); return 1; } }));
});

test('shared memory is taken where the standards say so, and nowhere else', async () => {
    const shared = new SharedArrayBuffer(4);
    const bytes = new Uint8Array(shared);
    bytes.set([65, 66, 67, 68]);
    const views = [bytes, new DataView(shared), new Uint16Array(shared), new Uint8Array(shared, 4)];
    for (const view of views) {
        for (const [name, read] of [...READERS, ...SLOW]) {
            if (name.startsWith('TextDecoder')) continue;
            if (name === 'importKey') equal(await read(view), 'TypeError', name);
            else await rejects('TypeError', (async () => read(view))(), `${name} of a shared ${view.constructor.name}`);
        }
        throws('DataCloneError', () => structuredClone(view));
        throws('TypeError', () => crypto.getRandomValues(view));
        await rejects('TypeError', new ReadableStream({ type: 'bytes' }).getReader({ mode: 'byob' }).read(view));
        let failed;
        new ReadableStream({ type: 'bytes', start(controller) { try { controller.enqueue(view); } catch (error) { failed = error; } } });
        equal(failed?.name, 'TypeError');
    }
    equal(hex(shared.slice(0)), '41424344');
    // `[AllowShared]`: decoding and encoding text.
    equal([new TextDecoder().decode(bytes), new TextDecoder().decode(shared), new TextDecoder().decode(new DataView(shared, 2))], ['ABCD', 'ABCD', 'CD']);
    equal(new TextEncoder().encodeInto('xy', bytes), { read: 2, written: 2 });
    equal(Array.from(bytes), [120, 121, 67, 68]);
    equal(await SLOW[1][1](shared), 'xyCD');
    // A `SharedArrayBuffer` itself is no buffer source: where a text is taken as well, it is one.
    equal(await new Blob([shared]).text(), '[object SharedArrayBuffer]');
    equal(await new Response(shared).text(), '[object SharedArrayBuffer]');
    await rejects('TypeError', subtle.digest('SHA-1', shared));
    throws('TypeError', () => crypto.getRandomValues(shared));
    throws('DataCloneError', () => structuredClone(shared));
    throws('DataCloneError', () => structuredClone(1, { transfer: [shared] }));
});

test('immutable memory is read, never written, never moved', async () => {
    const buffer = plain([65, 66, 67, 68]).buffer.transferToImmutable();
    const view = new Uint8Array(buffer, 1, 2);
    equal([new TextDecoder().decode(view), await new Blob([view, buffer]).text(), hex(structuredClone(view))], ['BC', 'BCABCD', '4243']);
    throws('TypeError', () => crypto.getRandomValues(view));
    throws('TypeError', () => new TextEncoder().encodeInto('x', view));
    throws('DataCloneError', () => structuredClone(buffer, { transfer: [buffer] }));
    const source = new ReadableStream({ type: 'bytes', start(controller) { controller.enqueue(plain([1])); } });
    await rejects('TypeError', source.getReader({ mode: 'byob' }).read(view));
    equal(hex(buffer), '41424344');
});
