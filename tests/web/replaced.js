// What a script replaces changes no interface (contract W2): what the hostile run cannot tell, since
// the engine itself makes the calls, or since what is asked was given by the script.

/** Runs `body` with another value under a name, and gives what was called. */
const replacing = async (holder, key, attributes, body) => {
    const own = Object.getOwnPropertyDescriptor(holder, key);
    Object.defineProperty(holder, key, { configurable: true, ...attributes });
    try {
        return await body();
    } finally {
        if (own === undefined) delete holder[key];
        else Object.defineProperty(holder, key, own);
    }
};

const numbers = (type) => {
    let left = 3;
    return new ReadableStream({ type, pull(c) { if (left-- > 0) c.enqueue(new Uint8Array([left])); else c.close(); } });
};
const drained = async (stream) => {
    const reader = stream.getReader();
    for (;;) if ((await reader.read()).done) return;
};
const through = async (transform) => {
    const ends = numbers().pipeThrough(transform);
    await drained(ends);
};

const WAITING = {
    pipeTo: () => numbers().pipeTo(new WritableStream({ write() {} })),
    pipeToClosed: () => numbers().pipeTo(new WritableStream({ write() {}, close() { throw 1; } })).then(null, () => {}),
    pipeToAborted: () => numbers().pipeTo(new WritableStream(), { signal: AbortSignal.abort() }),
    iteration: async () => { for await (const chunk of numbers()) chunk; },
    iterationEnded: async () => { for await (const chunk of numbers()) break; },
    iterationAtOnce: async () => { const all = numbers().values(); const asked = [all.next(), all.next(), all.return(5)]; for (const it of asked) await it; },
    tee: async () => { const two = numbers().tee(); await drained(two[0]); await drained(two[1]); },
    teeBytes: async () => { const two = numbers('bytes').tee(); await drained(two[0]); await drained(two[1]); },
    teeCancelled: async () => { const two = numbers().tee(); two[0].cancel(1); await two[1].cancel(2); },
    from: () => drained(ReadableStream.from([1, 2])),
    cancel: () => numbers().cancel('because'),
    transform: () => through(new TransformStream()),
    transformOwn: () => through(new TransformStream({ transform(chunk, c) { c.enqueue(chunk); }, flush() {} })),
    transformAborted: () => new TransformStream().writable.abort(1),
    compression: () => through(new CompressionStream('gzip')),
    text: () => through(new TextDecoderStream()),
    writer: async () => { const writer = new WritableStream({ write() {} }).getWriter(); writer.write(1); await writer.ready; await writer.close(); await writer.closed; },
    abort: () => new WritableStream().abort(1),
    response: () => new Response('x').text(),
    responseStream: () => new Response(numbers()).bytes(),
    responseClone: async () => { const one = new Response(numbers()); await one.clone().text(); await one.text(); },
    blob: () => new Blob(['x']).arrayBuffer(),
    blobStream: () => drained(new Blob(['x']).stream()),
    fetchData: async () => { const answer = await fetch('data:,x'); await answer.text(); },
    digest: () => crypto.subtle.digest('SHA-256', new Uint8Array(1)),
    unwrap: async () => {
        const key = await crypto.subtle.generateKey({ name: 'AES-KW', length: 128 }, true, ['wrapKey', 'unwrapKey']);
        const wrapped = await crypto.subtle.wrapKey('raw', key, key, 'AES-KW');
        await crypto.subtle.unwrapKey('raw', wrapped, key, 'AES-KW', 'AES-KW', true, ['wrapKey']);
    },
};

// In the hostile run the engine itself asks every promise that is waited for.
if (typeof __h === 'undefined') {
    for (const name of Object.keys(WAITING)) {
        test(`no promise of ours is asked for its \`then\`: ${name}`, async () => {
            const asked = [];
            const { then } = Promise.prototype;
            const spy = function (...given) {
                asked.push(`then(${given.map(String).join()})`);
                return Reflect.apply(then, this, given);
            };
            let done;
            await replacing(Promise.prototype, 'then', { value: spy, writable: true }, async () => {
                done = WAITING[name]();
                // The engine waits without asking for `then`; what was thrown is of no concern.
                try { await done; } catch {}
            });
            equal(asked.filter((it) => !it.includes('null')), []);
        });
    }

    test('no promise of ours is asked for its `constructor`', async () => {
        const asked = [];
        const own = Object.getOwnPropertyDescriptor(Promise.prototype, 'constructor');
        // No `await` in between: the engine asks for it what a script waits for.
        const step = (then) => { setTimeout(() => then(), 0); };
        const done = new Promise((end) => {
            step(() => {
                Object.defineProperty(Promise.prototype, 'constructor', { configurable: true, get() { asked.push('asked'); return own.value; } });
                numbers().pipeTo(new WritableStream());
                numbers().cancel();
                numbers().values().next();
                numbers().tee()[0].getReader().read();
                new Response('x').text();
                new WritableStream().getWriter().write(1);
                step(() => step(() => {
                    Object.defineProperty(Promise.prototype, 'constructor', own);
                    end();
                }));
            });
        });
        await done;
        equal(asked, []);
    });
}

test('clones are of what is inside', async () => {
    const shown = (value) => String(structuredClone(value));
    const regexp = /x/gi;
    Object.defineProperty(regexp, 'global', { value: false });
    Object.defineProperty(regexp, 'source', { value: 'y' });
    Object.defineProperty(regexp, 'flags', { value: 'y' });
    equal([shown(regexp), shown(/a\/b/dgimsuy), shown(/[a--b]/v)], ['/x/gi', '/a\\/b/dgimsuy', '/[a--b]/v']);
    const never = { get() { throw new Error('asked'); } };
    const cases = [
        [RegExp.prototype, 'global', /a/g], [RegExp.prototype, 'flags', /a/g], [RegExp.prototype, 'source', /a/g],
        [Map.prototype, 'size', new Map([[1, 2]])], [Map.prototype, 'forEach', new Map([[1, 2]])], [Set.prototype, 'size', new Set([1])],
        [Date.prototype, 'getTime', new Date(5)], [Date.prototype, 'valueOf', new Date(5)], [Date.prototype, Symbol.toPrimitive, new Date(5)],
        [Number.prototype, 'valueOf', Object(5)], [String.prototype, 'toString', Object('a')], [Boolean.prototype, 'valueOf', Object(true)],
        [BigInt.prototype, 'valueOf', Object(5n)], [ArrayBuffer.prototype, 'byteLength', new ArrayBuffer(4)],
        [ArrayBuffer.prototype, 'resizable', new ArrayBuffer(4, { maxByteLength: 8 })], [ArrayBuffer.prototype, 'maxByteLength', new ArrayBuffer(4, { maxByteLength: 8 })],
        [Object.getPrototypeOf(Uint8Array.prototype), 'length', new Uint8Array(4)], [Object.getPrototypeOf(Uint8Array.prototype), 'buffer', new Uint8Array(4)],
        [Object.getPrototypeOf(Uint8Array.prototype), Symbol.toStringTag, new Uint8Array(4)], [Uint8Array.prototype, 'constructor', new Uint8Array(4)],
        [Uint8Array.prototype, 'BYTES_PER_ELEMENT', new Uint8Array(4)], [DataView.prototype, 'byteLength', new DataView(new ArrayBuffer(4))],
        [Error.prototype, 'stack', new Error('m')], [Error.prototype, 'message', new Error('m')], [Error.prototype, 'toString', new Error('m')],
        [DOMException.prototype, 'name', new DOMException('m', 'DataError')], [DOMException.prototype, 'message', new DOMException('m', 'DataError')],
        [Blob.prototype, 'size', new Blob(['a'])], [File.prototype, 'name', new File(['a'], 'n')], [Array.prototype, 'length', [1, 2]],
    ];
    for (const [holder, key, value] of cases) {
        if (!(Object.getOwnPropertyDescriptor(holder, key)?.configurable ?? true)) continue;
        await replacing(holder, key, never, () => structuredClone(value));
    }
    const error = new DOMException('m', 'DataError');
    const clone = await replacing(DOMException.prototype, 'name', { get() { return 'Evil'; } }, () => structuredClone(error));
    equal([clone.name, clone.message, clone.code], ['DataError', 'm', 0]);
});

test('an assigned `stack` is a property of the error alone', () => {
    const error = new Error('m');
    error.stack = 'mine';
    equal([error.stack, Object.keys(error), new Error('n').stack === 'mine'], ['mine', [], false]);
    error.stack = undefined;
    equal([error.stack, 'stack' in error], [undefined, true]);
    throws('TypeError', () => Object.getOwnPropertyDescriptor(Error.prototype, 'stack').set.call(1, 'x'));
});

test('the console writes through no setter', async () => {
    const written = [];
    const setter = { set(value) { written.push(typeof value); } };
    const form = new FormData();
    for (const value of '123') form.append('a', value);
    for (const index of ['0', '1', '2']) {
        await replacing(Array.prototype, index, setter, () => {
            console.table([{ a: 1, b: [2, 3] }]);
            console.table(new Map([[1, { a: 1 }]]));
            console.table([[1, 2], [3, 4]], ['0']);
            console.log('%s', new Map([[1, { a: 1 }]]), [1, 2, { a: [1, 2] }], form, new Headers({ a: '1', b: '2' }), new Error('m', { cause: [1, 2] }));
            console.log('%o', [1, [2, 3]], Promise.resolve(1), new Set([1, 2]), new Uint8Array(3).buffer);
            structuredClone([1, [2, 3], new Set([1, 2])]);
            new URLSearchParams('a=1&b=2').sort();
        });
    }
    equal(written, []);
});
