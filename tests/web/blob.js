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
