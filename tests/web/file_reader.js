// `FileReader` and `ProgressEvent`.

const EVENTS = ['loadstart', 'progress', 'load', 'abort', 'error', 'loadend'];

/** What a reader fires until it is done: types, bytes and states. */
const heard = (reader, begin) => new Promise((resolve) => {
    const seen = [];
    for (const type of EVENTS) {
        reader.addEventListener(type, (event) => {
            seen.push([type, event.loaded, event.total, reader.readyState, reader.result === null]);
            if (type === 'loadend') resolve(seen);
        });
    }
    begin();
});

const read = async (method, blob, ...rest) => {
    const reader = new FileReader();
    await heard(reader, () => reader[method](blob, ...rest));
    equal(reader.error, null, method);
    return reader.result;
};

test('a reader tells of each step', async () => {
    const reader = new FileReader();
    equal([reader.readyState, reader.result, reader.error], [0, null, null]);
    const seen = await heard(reader, () => {
        reader.readAsText(new Blob(['text']));
        equal([reader.readyState, reader.result], [1, null]);
    });
    equal(seen, [['loadstart', 0, 4, 1, true], ['progress', 4, 4, 1, true], ['load', 4, 4, 2, false], ['loadend', 4, 4, 2, false]]);
});

test('an empty blob makes no progress', async () => {
    const reader = new FileReader();
    const seen = await heard(reader, () => reader.readAsArrayBuffer(new Blob([])));
    equal(seen.map(([type]) => type), ['loadstart', 'load', 'loadend']);
    equal(reader.result.byteLength, 0);
});

test('a blob is read in four ways', async () => {
    const blob = new Blob([new Uint8Array([104, 195, 182, 255])], { type: 'text/x' });
    equal(await read('readAsText', blob), 'hö\ufffd');
    equal(await read('readAsBinaryString', blob), 'h\u00c3\u00b6\u00ff');
    equal(await read('readAsDataURL', blob), 'data:text/x;base64,aMO2/w==');
    equal(new Uint8Array(await read('readAsArrayBuffer', blob)), new Uint8Array([104, 195, 182, 255]));
    equal(await read('readAsDataURL', new Blob([])), 'data:application/octet-stream;base64,');
});

test('a text has the encoding of its mark, the argument, or its type', async () => {
    const utf16 = new Uint8Array([0, 104, 0, 105]);
    for (const [expected, bytes, type, ...label] of [
        ['hi', utf16, '', 'utf-16be'],
        ['hi', utf16, 'text/plain;charset=utf-16be'],
        ['hi', utf16, 'text/plain;charset=utf-16be', 'no encoding'],
        ['ö', new Uint8Array([0xf6]), 'text/plain;charset=utf-8', 'latin1'],
        ['hi', new Uint8Array([0xfe, 0xff, ...utf16]), '', 'latin1'],
        ['ö', new Uint8Array([0xef, 0xbb, 0xbf, 0xc3, 0xb6]), 'text/plain;charset=utf-16be'],
        ['\0h\0i', utf16, 'text/plain;charset=nothing'],
    ]) {
        equal(await read('readAsText', new Blob([bytes], { type }), ...label), expected, `${type} ${label}`);
    }
});

test('a read is aborted at once', async () => {
    const reader = new FileReader();
    reader.abort();
    equal([reader.readyState, reader.result], [0, null]);
    const seen = await heard(reader, () => {
        reader.onloadstart = () => reader.abort();
        reader.readAsText(new Blob(['text']));
    });
    // The listeners of `loadstart` hear of it in their order, the handler last.
    equal(seen.map(([type, , , state, empty]) => [type, state, empty]), [['loadstart', 1, true], ['abort', 2, true], ['loadend', 2, true]]);
    await new Promise((resolve) => { setTimeout(resolve, 5); });
    equal([reader.readyState, reader.result, reader.error], [2, null, null]);
});

test('a reader reads one blob at a time, and the next one after that', async () => {
    const reader = new FileReader();
    reader.readAsText(new Blob(['one']));
    throws('InvalidStateError', () => reader.readAsText(new Blob(['two'])));
    const results = [];
    await new Promise((resolve) => {
        reader.onload = () => {
            results.push(reader.result);
            if (results.length === 1) reader.readAsText(new Blob(['two']));
            else resolve();
        };
        // Whoever goes on reading is not at the end.
        reader.onloadend = () => results.push('end');
    });
    await new Promise((resolve) => { setTimeout(resolve, 5); });
    equal(results, ['one', 'two', 'end']);
});

test('how readers and their events look', () => {
    throws('TypeError', () => new FileReader().readAsText());
    throws('TypeError', () => new FileReader().readAsText('text'));
    throws('TypeError', () => FileReader.prototype.readAsText.call({}, new Blob([])));
    equal([FileReader.EMPTY, FileReader.LOADING, FileReader.DONE, new FileReader().DONE], [0, 1, 2, 2]);
    const reader = new FileReader();
    for (const type of EVENTS) {
        equal(reader[`on${type}`], null);
        const handler = () => {};
        reader[`on${type}`] = handler;
        equal(reader[`on${type}`] === handler, true);
    }
    const event = new ProgressEvent('p', { lengthComputable: true, loaded: 1.5, total: 2 });
    equal([event.type, event.lengthComputable, event.loaded, event.total, event instanceof Event], ['p', true, 1.5, 2, true]);
    const bare = new ProgressEvent('p');
    equal([bare.lengthComputable, bare.loaded, bare.total], [false, 0, 0]);
    throws('TypeError', () => new ProgressEvent());
    throws('TypeError', () => new ProgressEvent('p', { loaded: NaN }));
});
