// https://fetch.spec.whatwg.org/, and rule W5 of the contract.

const server = 'http://server.test';
const echo = async (init, path = '/echo') => (await fetch(server + path, init)).json();
const text = (bytes) => new TextDecoder().decode(bytes);

test('headers are given as an object, as pairs or as Headers', () => {
    for (const init of [{ 'X-A': '1', b: '2' }, [['X-A', '1'], ['b', '2']], new Headers({ b: '2', 'x-a': '1' }), new Map([['x-a', '1'], ['b', '2']])]) {
        equal([...new Headers(init)], [['b', '2'], ['x-a', '1']]);
    }
    equal([...new Headers()], []);
    equal([...new Headers(undefined)], []);
    for (const init of [null, 1, 'a: b', [['a']], [['a', 'b', 'c']], [1], { 'a b': '1' }, { a: 'x\ny' }, { a: '\u0000' }, { a: '你' }, { 'ä': '1' }]) {
        throws('TypeError', () => new Headers(init), shown(init));
    }
});

test('headers combine, sort and forget', () => {
    const headers = new Headers();
    headers.append('B', ' 1\t');
    headers.append('a', '2');
    headers.append('b', '3');
    equal(headers.get('B'), '1, 3');
    equal(headers.get('missing'), null);
    equal([headers.has('A'), headers.has('c')], [true, false]);
    equal([...headers.keys()], ['a', 'b']);
    headers.set('b', '4');
    equal([...headers.values()], ['2', '4']);
    headers.delete('A');
    equal([...headers.entries()], [['b', '4']]);
    const seen = [];
    headers.forEach(function (value, name, all) { seen.push([value, name, all === headers, this.x]); }, { x: 1 });
    equal(seen, [['4', 'b', true, 1]]);
    headers.append('set-cookie', 'a=1');
    headers.append('Set-Cookie', 'b=2');
    equal(headers.getSetCookie(), ['a=1', 'b=2']);
    equal([...headers].filter(([name]) => name === 'set-cookie').length, 2);
    equal(Object.prototype.toString.call(headers.entries()), '[object Headers Iterator]');
});

test('a request has the defaults of the standard', () => {
    const request = new Request('http://x.test/a/../b?q#f');
    equal([request.method, request.url, request.redirect, request.mode, request.credentials, request.cache],
        ['GET', 'http://x.test/b?q#f', 'follow', 'cors', 'same-origin', 'default']);
    equal([request.body, request.bodyUsed, request.signal.aborted, request.duplex], [null, false, false, 'half']);
});

test('methods are normalised as the standard says, and no further', () => {
    for (const [given, expected] of [['get', 'GET'], ['Post', 'POST'], ['pUt', 'PUT'], ['delete', 'DELETE'], ['head', 'HEAD'],
        ['options', 'OPTIONS'], ['patch', 'patch'], ['custom', 'custom']]) {
        equal(new Request(server, { method: given }).method, expected);
    }
    for (const method of ['', 'a b', 'TRACE', 'track', 'Connect', 'ä']) throws('TypeError', () => new Request(server, { method }), method);
});

test('a request takes over from another one', async () => {
    const first = new Request(server, { method: 'POST', body: 'text', headers: { a: '1' } });
    const copy = first.clone();
    const second = new Request(first, { headers: { b: '2' } });
    equal([second.method, second.headers.get('a'), second.headers.get('b'), first.bodyUsed], ['POST', null, '2', true]);
    equal([await second.text(), await copy.text()], ['text', 'text']);
    throws('TypeError', () => new Request(first));
    throws('TypeError', () => first.clone());
});

test('what a request refuses', () => {
    for (const init of [{ body: 'x' }, { method: 'HEAD', body: 'x' }, { mode: 'navigate' }, { mode: 'x' }, { redirect: 'x' }, { cache: 'x' },
        { credentials: 'x' }, { signal: {} }, { window: 1 }, { cache: 'only-if-cached' }]) {
        throws('TypeError', () => new Request(server, init), shown(init));
    }
    for (const url of ['/relative', 'relative', '', 'http://', 'http://user:password@x.test/']) throws('TypeError', () => new Request(url), url);
});

test('a response has the defaults of the standard', async () => {
    const response = new Response();
    equal([response.status, response.statusText, response.ok, response.type, response.url, response.redirected, response.body],
        [200, '', true, 'default', '', false, null]);
    equal(await response.text(), '');
    equal(Response.error().type, 'error');
    equal(Response.error().status, 0);
    throws('TypeError', () => Response.error().headers.set('a', 'b'));
    const redirect = Response.redirect('http://x.test/a', 301);
    equal([redirect.status, redirect.headers.get('location')], [301, 'http://x.test/a']);
    throws('RangeError', () => Response.redirect('http://x.test', 200));
    const json = Response.json({ a: [1] }, { status: 201 });
    equal([json.status, json.headers.get('content-type'), await json.json()], [201, 'application/json', { a: [1] }]);
    throws('TypeError', () => Response.json(undefined));
});

test('what a response refuses', () => {
    for (const status of [0, 100, 199, 600, 1000]) throws('RangeError', () => new Response('', { status }), String(status));
    for (const status of [204, 205, 304]) {
        throws('TypeError', () => new Response('', { status }), String(status));
        equal(new Response(null, { status }).status, status);
    }
    throws('TypeError', () => new Response('', { statusText: 'a\nb' }));
});

test('bodies of every kind, and the types they bring', async () => {
    const bytes = new Uint8Array([104, 105]);
    const cases = [
        ['hi', 'text/plain;charset=UTF-8'], [bytes, null], [bytes.buffer, null], [new DataView(bytes.buffer), null],
        [new Uint8Array([0, 104, 105, 0]).subarray(1, 3), null], [new Blob(['hi'], { type: 'a/b' }), 'a/b'], [new Blob(['hi']), null],
        [new URLSearchParams({ a: '1 2' }), 'application/x-www-form-urlencoded;charset=UTF-8', 'a=1+2'],
        [{ toString: () => 'hi' }, 'text/plain;charset=UTF-8'], [12, 'text/plain;charset=UTF-8', '12'],
    ];
    for (const [body, type, expected = 'hi'] of cases) {
        const response = new Response(body);
        equal(response.headers.get('content-type'), type, shown(body));
        equal(await response.text(), expected, shown(body));
        equal(response.bodyUsed, true);
    }
    equal(new Response('', { headers: { 'content-type': 'x/y' } }).headers.get('content-type'), 'x/y');
});

test('bodies are read once, in any form', async () => {
    const make = () => new Response('{"a":"é"}', { headers: { 'content-type': 'x/Y' } });
    equal(await make().json(), { a: 'é' });
    equal((await make().arrayBuffer()).byteLength, 10);
    equal((await make().bytes()).length, 10);
    const blob = await make().blob();
    equal([blob.size, blob.type, await blob.text()], [10, 'x/y', '{"a":"é"}']);
    const once = make();
    await once.text();
    await rejects('TypeError', once.text());
    throws('TypeError', () => once.clone());
    await rejects('SyntaxError', new Response('{').json());
    await rejects('SyntaxError', new Response('').json());
    equal(await new Response('\ufeffa').text(), 'a');
    await rejects('TypeError', Response.prototype.text.call({}));
});

test('forms cross HTTP both ways', async () => {
    const form = new FormData();
    form.append('a', 'line\none');
    form.append('ä"', new File(['data'], 'n"ame.txt', { type: 'text/x' }));
    const response = new Response(form);
    ok(response.headers.get('content-type').startsWith('multipart/form-data; boundary='), 'a boundary');
    const back = await response.formData();
    equal(back.get('a'), 'line\r\none');
    const file = back.get('ä"');
    equal([file.name, file.type, await file.text()], ['n"ame.txt', 'text/x', 'data']);
    const encoded = await new Response(new URLSearchParams('a=1&b=%20&a=2')).formData();
    equal([...encoded], [['a', '1'], ['b', ' '], ['a', '2']]);
    const received = await (await fetch(`${server}/multipart`)).formData();
    equal([received.get('a'), received.get('f').name, received.get('f').type, await received.get('f').text()], ['1', 'n.txt', 'text/x', 'line\r\n']);
    await rejects('TypeError', new Response('x').formData());
    await rejects('TypeError', new Response('broken', { headers: { 'content-type': 'multipart/form-data; boundary=b' } }).formData());
});

test('fetch sends what it was given', async () => {
    const get = await echo();
    equal([get.method, get.hasBody, get.redirect, get.headers.accept], ['GET', false, 'follow', '*/*']);
    const post = await echo({ method: 'post', body: 'text', headers: { 'X-Own': 'é' }, redirect: 'manual' });
    equal([post.method, post.body, post.headers['x-own'], post.headers['content-type'], post.redirect],
        ['POST', 'text', 'é', 'text/plain;charset=UTF-8', 'manual']);
    equal((await echo({ method: 'PUT', body: new Uint8Array([65, 66]).subarray(1) })).body, 'B');
    equal((await echo({ method: 'PUT', body: '' })).hasBody, true);
    const form = new FormData();
    form.set('name', 'value');
    ok((await echo({ method: 'POST', body: form })).body.includes('name="name"\r\n\r\nvalue\r\n'), 'the form');
    equal((await echo({ method: 'patch' })).method, 'patch');
    equal((await (await fetch(new Request(`${server}/echo`, { method: 'POST', body: 'r' }))).json()).body, 'r');
    equal((await (await fetch(new URL(`${server}/echo`))).json()).method, 'GET');
});

test('any HTTP status resolves', async () => {
    for (const status of [200, 204, 301, 304, 404, 500, 599]) {
        const response = await fetch(`${server}/status?${status}`);
        equal([response.status, response.ok, await response.text()], [status, status >= 200 && status < 300, ''], String(status));
    }
    equal((await fetch(`${server}/status?204`)).body, null);
});

test('a response from the network', async () => {
    const response = await fetch(`${server}/bytes#fragment`);
    equal([response.url, response.type, response.redirected], [`${server}/bytes`, 'basic', false]);
    equal(await response.bytes(), new Uint8Array([0, 1, 2, 253, 254, 255]));
    const two = await fetch(`${server}/echo`);
    equal(two.headers.get('x-two'), '1, 2');
    throws('TypeError', () => two.headers.delete('x-two'));
    await two.text();
});

test('requests run in parallel', async () => {
    const begin = performance.now();
    const texts = await Promise.all(Array.from({ length: 8 }, async () => (await fetch(`${server}/slow`)).text()));
    equal(texts, Array(8).fill('slow'));
    ok(performance.now() - begin < 8 * 60, 'eight slow responses take less than their sum');
});

test('failures of the network are TypeErrors with a cause', async () => {
    const error = await rejects('TypeError', fetch(`${server}/unknown`));
    equal([error.cause instanceof Error, error.cause.code, error.cause.message], [true, 'REFUSED', 'connection refused']);
    ok(error.message.includes(`${server}/unknown`), error.message);
    await rejects('TypeError', fetch(`${server}/dropped`));
    const half = await fetch(`${server}/half`);
    equal((await rejects('TypeError', half.text())).cause.code, 'CONNECTION_LOST');
});

test('URLs that fetch cannot load', async () => {
    const error = await rejects('TypeError', fetch('/relative'));
    ok(error.message.includes('/relative') && error.message.includes('absolute'), error.message);
    await rejects('TypeError', fetch('ftp://x.test/'));
    await rejects('TypeError', fetch('file:///etc/passwd'));
    await rejects('TypeError', fetch());
    const data = await fetch('data:text/x;charset=utf-8;base64,aGk=');
    equal([data.headers.get('content-type'), await data.text()], ['text/x;charset=utf-8', 'hi']);
    await rejects('TypeError', fetch('data:nothing'));
});

test('a signal stops a request at any time', async () => {
    await rejects('AbortError', fetch(`${server}/echo`, { signal: AbortSignal.abort() }));
    const reason = new Error('mine');
    await rejects(reason, fetch(`${server}/echo`, { signal: AbortSignal.abort(reason) }));
    const controller = new AbortController();
    const pending = fetch(`${server}/never`, { signal: controller.signal });
    setTimeout(() => controller.abort(reason), 5);
    await rejects(reason, pending);
    await rejects('TimeoutError', fetch(`${server}/never`, { signal: AbortSignal.timeout(5) }));
    const late = new AbortController();
    const response = await fetch(`${server}/echo`, { signal: late.signal });
    equal((await response.json()).method, 'GET');
    late.abort();
});

test('a clone reads the same', async () => {
    const response = await fetch(`${server}/bytes`);
    const clone = response.clone();
    const [one, two] = await Promise.all([response.bytes(), clone.bytes()]);
    equal(one, two);
    equal(one.length, 6);
    equal(clone.headers.get('content-type'), 'application/octet-stream');
});

test('the stream that is sent is cancelled with the request', async () => {
    for (const early of [true, false]) {
        const controller = new AbortController();
        const reason = new Error('enough');
        let heard;
        const body = new ReadableStream({ pull() { return new Promise(() => {}); }, cancel(why) { heard = why; } });
        if (early) controller.abort(reason);
        const sent = fetch(server + '/echo', { method: 'POST', duplex: 'half', body, signal: controller.signal });
        if (!early) setTimeout(() => controller.abort(reason), 1);
        await rejects(reason, sent);
        equal(heard, reason, `early: ${early}`);
    }
});

test('a body that is aborted breaks for whoever reads it, and also when nobody does', async () => {
    for (const use of [(r) => r.text(), (r) => r.body.getReader().closed, (r) => r.body.pipeTo(new WritableStream()),
        (r) => r.body.tee()[0].getReader().read(), async (r) => { for await (const chunk of r.body) void chunk; }]) {
        const controller = new AbortController();
        const reason = new Error('enough');
        const response = await fetch(server + '/stalled', { signal: controller.signal });
        const used = rejects(reason, use(response), String(use));
        setTimeout(() => controller.abort(reason), 1);
        await used;
    }
});

test('a response is what `integrity` says, or none', async () => {
    const bytes = await (await fetch(server + '/bytes')).arrayBuffer();
    const hash = async (name) => btoa(String.fromCharCode(...new Uint8Array(await crypto.subtle.digest(name, bytes))));
    const [weak, strong] = [`sha256-${await hash('SHA-256')}`, `sha512-${await hash('SHA-512')}`];
    const wrong = `sha512-${'A'.repeat(86)}==`;
    for (const integrity of [weak, strong, `${weak} ${strong}?option`, `${wrong} ${strong}`, `sha1-nothing`, 'nothing', `sha256-wrong ${strong}`,
        strong.replaceAll('+', '-').replaceAll('/', '_')]) {
        const response = await fetch(server + '/bytes', { integrity });
        equal([response.url, response.bodyUsed, (await response.arrayBuffer()).byteLength], [`${server}/bytes`, false, bytes.byteLength], integrity);
    }
    for (const integrity of [wrong, 'sha256-wrong', `${weak} ${wrong}`, `SHA384-${weak.slice(7)}`]) {
        await rejects('TypeError', fetch(server + '/bytes', { integrity }), integrity);
    }
    await rejects('TypeError', fetch(server + '/status?204', { integrity: strong }));
    await rejects('TypeError', fetch('data:,text', { integrity: strong }));
});

test('the mode `no-cors` has few headers', () => {
    const request = new Request(server, { mode: 'no-cors', headers: { accept: 'a', 'x-own': 'b', 'content-type': 'application/json' } });
    const { headers } = request;
    equal([...headers], [['accept', 'a']]);
    headers.set('content-type', 'text/plain;charset=utf-8');
    headers.set('accept-language', 'de(');
    headers.append('accept', 'x'.repeat(126));
    headers.set('range', 'bytes=0-1');
    equal([...headers], [['accept', 'a'], ['content-type', 'text/plain;charset=utf-8']]);
    const copy = request.clone();
    copy.headers.append('x-own', 'b');
    copy.headers.delete('accept');
    equal([...copy.headers.keys()], ['content-type']);
    const free = new Request(request, { mode: 'cors' });
    free.headers.append('x-own', 'b');
    equal(free.headers.get('x-own'), 'b');
    equal([...new Request(free, { mode: 'no-cors' }).headers.keys()], ['accept', 'content-type']);
    throws('TypeError', () => Response.error().clone().headers.set('a', 'b'));
});

test('a stream that breaks on its way is a network failure', async () => {
    const why = new RangeError('boom');
    for (const source of [{ start(c) { c.error(why); } }, { pull() { throw why; } }, { pull: () => Promise.reject(why) }]) {
        const sent = fetch(server + '/echo', { method: 'POST', duplex: 'half', body: new ReadableStream(source) });
        equal((await rejects('TypeError', sent)).cause, why);
    }
    const strange = await rejects('TypeError', fetch(server + '/echo', { method: 'POST', duplex: 'half', body: new ReadableStream({ start(c) { c.error('text'); } }) }));
    equal(strange.cause, 'text');
});
