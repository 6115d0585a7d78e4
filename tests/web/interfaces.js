// How the interfaces look from outside, and that nothing internal gets out of them (WebIDL, contract W2).

const INHERITING = {
    AbortSignal: ['EventTarget', 0], CustomEvent: ['Event', 1], ErrorEvent: ['Event', 1], File: ['Blob', 2],
    FileReader: ['EventTarget', 0], MessageEvent: ['Event', 1], MessagePort: ['EventTarget', 0],
    Performance: ['EventTarget', 0], PromiseRejectionEvent: ['Event', 2], ProgressEvent: ['Event', 1],
};

test('interfaces that inherit look like classes', () => {
    for (const [name, [base, length]] of Object.entries(INHERITING)) {
        const own = globalThis[name];
        // The hostile run has others in their places.
        if (own === undefined || typeof __h !== 'undefined') continue;
        equal([typeof own, own.name, own.length], ['function', name, length], name);
        equal(Object.getPrototypeOf(own) === globalThis[base], true, name);
        equal(Object.getPrototypeOf(own.prototype) === globalThis[base].prototype, true, name);
        equal(own.prototype.constructor === own, true, name);
        equal(Object.getOwnPropertyDescriptor(own, 'prototype').writable, false, name);
        equal(Object.getOwnPropertyDescriptor(own.prototype, 'constructor').enumerable, false, name);
        throws('TypeError', () => own('a', 'b'), name);
    }
    equal([AbortSignal.abort.name, AbortSignal.any.length, Object.keys(AbortSignal)], ['abort', 1, ['abort', 'timeout', 'any']]);
});

test('an interface can be extended', () => {
    class Named extends File {
        constructor(name) { super(['text'], name); }

        get shout() { return this.name.toUpperCase(); }
    }
    const file = new Named('a');
    equal([file instanceof Named, file instanceof File, file instanceof Blob, file.shout, file.size], [true, true, true, 'A', 4]);
    const other = Reflect.construct(CustomEvent, ['type', { detail: 1 }], Named);
    equal([other instanceof Named, other instanceof CustomEvent], [true, false]);
    equal(Object.getOwnPropertyDescriptor(CustomEvent.prototype, 'detail').get.call(other), 1);
});

test('a script that gives our constructors other prototypes is given nothing internal', async () => {
    const names = [...Object.keys(INHERITING), 'Event', 'EventTarget', 'Blob', 'Headers', 'Request', 'Response', 'FormData',
        'ReadableStream', 'WritableStream', 'TransformStream', 'URLSearchParams', 'URL', 'AbortController', 'MessageChannel'];
    const constructors = names.map((name) => globalThis[name]).filter((own) => own !== undefined);
    const before = constructors.map((own) => Object.getPrototypeOf(own));
    const calls = [];
    class Evil {
        constructor(...given) {
            calls.push(given);
            return {};
        }
    }
    for (const own of constructors) Object.setPrototypeOf(own, Evil);
    try {
        const file = new File(['a'], 'a');
        equal([file.name, file.size], ['a', 1]);
        equal(structuredClone(file).name, 'a');
        const form = new FormData();
        form.append('file', new Blob(['b']), 'b');
        equal(form.get('file').name, 'b');
        equal(new CustomEvent('c', { detail: 1 }).detail, 1);
        new ErrorEvent('e');
        new MessageEvent('m');
        new PromiseRejectionEvent('p', { promise: {} });
        const controller = new AbortController();
        const request = new Request('http://a.test/', { signal: AbortSignal.any([controller.signal, AbortSignal.abort()]), body: form, method: 'POST' });
        equal([request.signal.aborted, request.clone().signal.aborted], [true, true]);
        const decoded = await new Response(form).formData();
        equal(decoded.get('file').name, 'b');
        const { port1, port2 } = new MessageChannel();
        const heard = new Promise((resolve) => { port2.onmessage = (event) => resolve(event.data); });
        port1.postMessage('hello');
        equal(await heard, 'hello');
        const [one] = new Blob(['x']).stream().tee();
        for await (const chunk of one.pipeThrough(new TransformStream())) equal(chunk.length, 1);
        equal(calls, []);
    } finally {
        constructors.forEach((own, index) => Object.setPrototypeOf(own, before[index]));
    }
});

test('an exceeded quota is an exception that says how much', () => {
    const error = new QuotaExceededError('full', { quota: 1.5, requested: 2 });
    equal([error.name, error.message, error.code, error.quota, error.requested], ['QuotaExceededError', 'full', 22, 1.5, 2]);
    equal([error instanceof DOMException, error instanceof Error, String(error)], [true, true, 'QuotaExceededError: full']);
    const bare = new QuotaExceededError();
    equal([bare.message, bare.quota, bare.requested], ['', null, null]);
    for (const options of [{ quota: -1 }, { requested: -1 }, { quota: 2, requested: 1 }]) {
        throws('RangeError', () => new QuotaExceededError('', options));
    }
    throws('TypeError', () => new QuotaExceededError('', { quota: NaN }));
    const copy = structuredClone(error);
    equal([copy instanceof QuotaExceededError, copy.quota, copy.requested, copy.message], [true, 1.5, 2, 'full']);
    const old = structuredClone(new DOMException('full', 'QuotaExceededError'));
    equal([old instanceof QuotaExceededError, old instanceof DOMException], [false, true]);
    const thrown = throws('QuotaExceededError', () => crypto.getRandomValues(new Uint8Array(65537)));
    equal([thrown instanceof QuotaExceededError, thrown.quota], [true, null]);
});

test('attributes called `name` are enumerable, as others are', () => {
    equal(Object.getOwnPropertyDescriptor(File.prototype, 'name').enumerable, true);
    equal(Object.getOwnPropertyDescriptor(File, 'name').enumerable, false);
});

test('what is iterated is converted item by item', () => {
    const seen = [];
    const parts = {
        [Symbol.iterator]() {
            const left = ['a', 'b'];
            const next = () => {
                if (left.length === 0) return { done: true, value: undefined };
                const [part] = left.splice(0, 1);
                seen.push(`give ${part}`);
                return { done: false, value: { toString() { seen.push(`convert ${part}`); return part; } } };
            };
            return { next };
        },
    };
    equal(new Blob(parts).size, 2);
    equal(seen, ['give a', 'convert a', 'give b', 'convert b']);
});
