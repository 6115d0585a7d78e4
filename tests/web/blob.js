// https://w3c.github.io/FileAPI/ and https://xhr.spec.whatwg.org/#interface-formdata

test('a blob joins its parts', async () => {
    const blob = new Blob(['a', new Uint8Array([98, 99]), new Blob(['d']), new Uint8Array([0, 101]).subarray(1), 1], { type: 'Text/X' });
    equal([blob.size, blob.type, await blob.text()], [6, 'text/x', 'abcde1']);
    equal((await blob.arrayBuffer()).byteLength, 6);
    equal(await blob.bytes(), new Uint8Array([97, 98, 99, 100, 101, 49]));
    equal([new Blob().size, new Blob([], { type: 'ä' }).type], [0, '']);
    equal(await new Blob(['a\r\nb\rc\nd'], { endings: 'native' }).text(), 'a\nb\nc\nd');
    throws('TypeError', () => new Blob('text'));
    throws('TypeError', () => new Blob([Symbol('s')]));
});

test('a slice is a part', async () => {
    const blob = new Blob(['abcdef']);
    for (const [start, end, expected] of [[1, 3, 'bc'], [-2, undefined, 'ef'], [0, -4, 'ab'], [4, 2, ''], [undefined, 99, 'abcdef'], [NaN, 1, 'a']]) {
        equal(await blob.slice(start, end).text(), expected, `${start}..${end}`);
    }
    equal(blob.slice(0, 1, 'A/B').type, 'a/b');
});

test('a file has a name and a time', () => {
    const file = new File(['x'], 'ä.txt', { lastModified: 5, type: 'a/b' });
    equal([file.name, file.lastModified, file.type, file.size, file instanceof Blob, String(file)], ['ä.txt', 5, 'a/b', 1, true, '[object File]']);
    ok(Math.abs(new File([], '').lastModified - Date.now()) < 10000, 'now');
    throws('TypeError', () => new File([]));
});

test('a form keeps its entries in order', () => {
    const form = new FormData();
    form.append('a', 1);
    form.append('b', new Blob(['x']), 'named');
    form.append('a', '2');
    equal([form.get('a'), form.getAll('a'), form.has('b'), form.get('c')], ['1', ['1', '2'], true, null]);
    const file = form.get('b');
    equal([file instanceof File, file.name], [true, 'named']);
    form.set('a', '3');
    equal([...form.keys()], ['a', 'b']);
    form.delete('b');
    equal([...form], [['a', '3']]);
    throws('TypeError', () => form.append('a', 'text', 'name'));
    throws('TypeError', () => new FormData({}));
});

test('what was parsed out of a body adds no line to another one', async () => {
    const part = (type, name = 'n', file = 'f') => `--b\r\nContent-Disposition: form-data; name="${name}"; filename="${file}"\r\nContent-Type: ${type}\r\n\r\nx\r\n--b--\r\n`;
    const parsed = (text) => new Response(text, { headers: { 'content-type': 'multipart/form-data; boundary=b' } }).formData();
    for (const type of ['text/x\nX-Own: 1', 'text/x\rX-Own: 1', 'text/x\u0000', 'text/ä', '\n']) {
        const data = await parsed(part(type));
        equal(data.get('n').type, '', shown(type));
        equal(data.get('n').slice().type, '', shown(type));
        const sent = await new Response(data).text();
        ok(!/[\r\n]X-Own/.test(sent) && sent.split('\r\n').length === 7, sent);
        const request = new Request('https://a/', { method: 'POST', body: data.get('n') });
        equal(request.headers.get('content-type'), null);
        equal((await new Response(data.get('n')).blob()).type, '');
    }
    equal((await parsed(part('Text/X; a="b"'))).get('n').type, 'text/x; a="b"');
    for (const name of ['a\nX-Own: 1', 'a\rX-Own: 1', 'a"; X-Own="1']) {
        const form = new FormData();
        form.append(name, new File(['x'], name, { type: 'text/x' }));
        const sent = await new Response(form).text();
        ok(sent.split('\r\n').length === 7 && !sent.includes('"; X-Own='), sent);
        const back = await new Response(form).formData();
        equal([...back.keys()].length, 1);
    }
    // Nor does what a script makes of a file afterwards.
    const file = new File(['x'], 'f', { type: 'text/x' });
    Object.defineProperty(file, 'type', { value: 'a\r\nX-Own: 1' });
    Object.defineProperty(file, 'name', { value: 'a\r\nX-Own: 1' });
    const form = new FormData();
    form.append('f', file);
    ok(!(await new Response(form).text()).includes('X-Own'), 'its own type and name are what counts');
});
