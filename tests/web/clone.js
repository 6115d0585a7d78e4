// https://html.spec.whatwg.org/multipage/structured-data.html and what stands beside it

test('values are cloned deeply, with their cycles', () => {
    const value = { list: [1, , 'x'], at: new Date(5), re: /a/gi, map: new Map([['k', new Set([1n])]]), bytes: new Uint8Array([1, 2]).subarray(1), u: undefined };
    value.self = value;
    const copy = structuredClone(value);
    ok(copy !== value && copy.self === copy, 'the cycle');
    equal([copy.list.length, 1 in copy.list, copy.at.getTime(), String(copy.re), copy.map.get('k').has(1n), copy.bytes, 'u' in copy],
        [3, false, 5, '/a/gi', true, new Uint8Array([2]), true]);
    equal(copy.bytes.buffer.byteLength, 2);
    const error = structuredClone(new RangeError('m', { cause: [1] }));
    equal([error instanceof RangeError, error.message, error.cause], [true, 'm', [1]]);
    class Mine { constructor() { this.a = 1; } get b() { return 2; } }
    equal(structuredClone(new Mine()), { a: 1 });
    equal(structuredClone({ get a() { return 3; } }), { a: 3 });
});

test('what cannot be cloned', () => {
    for (const value of [() => {}, Symbol('s'), { f() {} }, new WeakMap(), Promise.resolve(), new Proxy({}, {}), new Headers(), new URL('http://a')]) {
        throws('DataCloneError', () => structuredClone(value));
    }
    const mine = new Error('mine');
    throws(mine, () => structuredClone({ get a() { throw mine; } }));
});

test('buffers can be moved', () => {
    const buffer = new Uint8Array([1, 2, 3]).buffer;
    const copy = structuredClone({ buffer }, { transfer: [buffer] });
    equal([new Uint8Array(copy.buffer), buffer.byteLength], [new Uint8Array([1, 2, 3]), 0]);
    throws('DataCloneError', () => structuredClone(buffer, { transfer: [buffer] }));
});

test('messages cross a channel', async () => {
    const { port1, port2 } = new MessageChannel();
    const got = new Promise((done) => { port2.onmessage = (event) => done(event.data); });
    port1.postMessage({ a: [1] });
    equal(await got, { a: [1] });
    port1.close();
});

test('what every runtime has', async () => {
    equal(self === globalThis, true);
    ok(navigator.userAgent.startsWith('BackgroundRunner/'), navigator.userAgent);
    equal([String(navigator), navigator instanceof Navigator, 'userAgent' in navigator], ['[object Navigator]', true, true]);
    throws('TypeError', () => new Navigator());
    throws('TypeError', () => Navigator.prototype.userAgent);
    throws('DataCloneError', () => structuredClone(navigator));
    ok(performance.now() >= 0 && Math.abs(performance.timeOrigin + performance.now() - Date.now()) < 10000, 'the time');
    equal(typeof performance.toJSON().timeOrigin, 'number');
    equal([atob('aGk='), btoa('hi')], ['hi', 'aGk=']);
    throws('InvalidCharacterError', () => btoa('你'));
    const order = [];
    queueMicrotask(() => order.push('micro'));
    order.push('now');
    await null;
    equal(order, ['now', 'micro']);
    reportError(new Error('only logged'));
    const error = new DOMException('m', 'AbortError');
    equal([error.name, error.message, error.code, error instanceof Error], ['AbortError', 'm', 20, true]);
});
