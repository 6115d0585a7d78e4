// https://dom.spec.whatwg.org/#events and #aborting-ongoing-activities

test('an event carries what it was made with', () => {
    const event = new Event('a', { bubbles: true, cancelable: true });
    equal([event.type, event.bubbles, event.cancelable, event.composed, event.defaultPrevented, event.eventPhase, event.isTrusted],
        ['a', true, true, false, false, 0, false]);
    equal([event.target, event.currentTarget, event.composedPath()], [null, null, []]);
    equal(new CustomEvent('b', { detail: { x: 1 } }).detail, { x: 1 });
    const error = new ErrorEvent('e', { message: 'm', filename: 'f', lineno: 1, colno: 2, error: 3 });
    equal([error.message, error.filename, error.lineno, error.colno, error.error], ['m', 'f', 1, 2, 3]);
    const rejection = new PromiseRejectionEvent('r', { promise: Promise.resolve(), reason: 4 });
    equal(rejection.reason, 4);
    throws('TypeError', () => new Event());
    throws('TypeError', () => new PromiseRejectionEvent('r', {}));
    throws('TypeError', () => Event('a'));
});

test('listeners are called in order, once each, with the target', () => {
    const target = new EventTarget();
    const order = [];
    const one = function (event) { order.push(['one', this === target, event.target === target, event.eventPhase]); };
    target.addEventListener('x', one);
    target.addEventListener('x', one);
    target.addEventListener('x', { handleEvent() { order.push(['object']); } });
    target.addEventListener('x', () => order.push(['captured']), true);
    target.addEventListener('x', () => order.push(['once']), { once: true });
    target.addEventListener('other', () => order.push(['other']));
    equal(target.dispatchEvent(new Event('x')), true);
    target.removeEventListener('x', one);
    target.dispatchEvent(new Event('x'));
    equal(order, [['captured'], ['one', true, true, 2], ['object'], ['once'], ['captured'], ['object']]);
});

test('a listener can stop, cancel and be stopped by a signal', () => {
    const target = new EventTarget();
    const seen = [];
    const controller = new AbortController();
    target.addEventListener('x', () => seen.push('signal'), { signal: controller.signal });
    target.addEventListener('x', (event) => { seen.push('stop'); event.preventDefault(); event.stopImmediatePropagation(); });
    target.addEventListener('x', () => seen.push('never'));
    equal(target.dispatchEvent(new Event('x', { cancelable: true })), false);
    controller.abort();
    equal(target.dispatchEvent(new Event('x')), true);
    equal(seen, ['signal', 'stop', 'stop']);
    target.addEventListener('p', (event) => event.preventDefault(), { passive: true });
    equal(target.dispatchEvent(new Event('p', { cancelable: true })), true);
});

test('a listener that throws does not stop the others', () => {
    const target = new EventTarget();
    let called = false;
    target.addEventListener('x', () => { throw new Error('logged'); });
    target.addEventListener('x', () => { called = true; });
    target.dispatchEvent(new Event('x'));
    ok(called, 'the second listener');
});

test('what dispatchEvent refuses', () => {
    const target = new EventTarget();
    throws('TypeError', () => target.dispatchEvent({}));
    throws('TypeError', () => target.addEventListener('x'));
    throws('TypeError', () => target.addEventListener('x', 1));
    target.addEventListener('x', (event) => throws('InvalidStateError', () => target.dispatchEvent(event)));
    target.dispatchEvent(new Event('x'));
});

test('a controller aborts its signal once', () => {
    const controller = new AbortController();
    const { signal } = controller;
    const seen = [];
    signal.onabort = (event) => seen.push(['on', event.type, event.isTrusted]);
    signal.addEventListener('abort', () => seen.push(['listener', signal.reason]));
    signal.throwIfAborted();
    controller.abort('why');
    controller.abort('again');
    equal([signal.aborted, signal.reason, seen], [true, 'why', [['on', 'abort', true], ['listener', 'why']]]);
    throws('why', () => { try { signal.throwIfAborted(); } catch (reason) { throw { name: reason }; } });
    equal(AbortSignal.abort().reason.name, 'AbortError');
    throws('TypeError', () => new AbortSignal());
});

test('signals follow time and each other', async () => {
    const controller = new AbortController();
    const any = AbortSignal.any([controller.signal, new AbortController().signal]);
    const nested = AbortSignal.any([any]);
    equal(any.aborted, false);
    controller.abort(7);
    equal([any.reason, nested.reason], [7, 7]);
    equal(AbortSignal.any([AbortSignal.abort(1), AbortSignal.abort(2)]).reason, 1);
    equal(AbortSignal.any([]).aborted, false);
    const late = AbortSignal.timeout(1);
    await new Promise((done) => late.addEventListener('abort', done));
    equal(late.reason.name, 'TimeoutError');
    throws('TypeError', () => AbortSignal.timeout(-1));
    throws('TypeError', () => AbortSignal.any([1]));
});
