// https://streams.spec.whatwg.org/, https://compression.spec.whatwg.org/ and the streams of encoding

const collect = async (stream) => {
    const chunks = [];
    for await (const chunk of stream) chunks.push(chunk);
    return chunks;
};
const numbers = (count) => new ReadableStream({
    start(controller) {
        for (let i = 0; i < count; i++) controller.enqueue(i);
        controller.close();
    },
});

test('a stream gives its chunks and ends', async () => {
    const reader = numbers(2).getReader();
    equal([await reader.read(), await reader.read(), await reader.read()],
        [{ value: 0, done: false }, { value: 1, done: false }, { value: undefined, done: true }]);
    await reader.closed;
    equal(await collect(ReadableStream.from(['a', Promise.resolve('b')])), ['a', 'b']);
});

test('a stream pulls only what is wanted', async () => {
    let pulled = 0;
    const stream = new ReadableStream({ pull(controller) { controller.enqueue(pulled++); } }, { highWaterMark: 2 });
    await new Promise((done) => setTimeout(done, 1));
    equal(pulled, 2);
    await stream.getReader().read();
    await new Promise((done) => setTimeout(done, 1));
    equal(pulled, 3);
});

test('a reader locks, and can be released', async () => {
    const stream = numbers(1);
    const reader = stream.getReader();
    equal(stream.locked, true);
    throws('TypeError', () => stream.getReader());
    await rejects('TypeError', stream.cancel());
    reader.releaseLock();
    equal(stream.locked, false);
    await rejects('TypeError', reader.read());
    equal(await collect(stream), [0]);
});

test('errors and cancels go to the right side', async () => {
    const mine = new Error('mine');
    await rejects(mine, new ReadableStream({ pull() { throw mine; } }).getReader().read());
    let reason;
    await new ReadableStream({ cancel(given) { reason = given; } }).cancel('why');
    equal(reason, 'why');
    for await (const chunk of new ReadableStream({ pull(controller) { controller.enqueue(1); }, cancel() { reason = 'left'; } })) {
        equal(chunk, 1);
        break;
    }
    equal(reason, 'left');
});

test('tee gives the same twice', async () => {
    const [one, two] = numbers(3).tee();
    equal([await collect(one), await collect(two)], [[0, 1, 2], [0, 1, 2]]);
});

test('a byte stream fills the view it is given', async () => {
    const stream = new ReadableStream({
        type: 'bytes',
        pull(controller) {
            const request = controller.byobRequest;
            new Uint8Array(request.view.buffer, request.view.byteOffset).fill(7, 0, 2);
            request.respond(2);
        },
    });
    const reader = stream.getReader({ mode: 'byob' });
    const { value, done } = await reader.read(new Uint8Array(4));
    equal([value, done, value.buffer.byteLength], [new Uint8Array([7, 7]), false, 4]);
    const plain = new ReadableStream({ type: 'bytes', autoAllocateChunkSize: 3, pull(c) { c.byobRequest.view[0] = 1; c.byobRequest.respond(1); } });
    equal((await plain.getReader().read()).value, new Uint8Array([1]));
});

test('a writer writes in order and waits', async () => {
    const written = [];
    const stream = new WritableStream({ async write(chunk) { await null; written.push(chunk); }, close() { written.push('closed'); } });
    const writer = stream.getWriter();
    equal(writer.desiredSize, 1);
    writer.write('a');
    writer.write('b');
    equal(writer.desiredSize, -1);
    await writer.close();
    equal(written, ['a', 'b', 'closed']);
    await rejects('TypeError', writer.write('c'));
});

test('an abort reaches the sink and its signal', async () => {
    const mine = new Error('mine');
    let seen;
    const stream = new WritableStream({ start(controller) { controller.signal.addEventListener('abort', () => { seen = controller.signal.reason; }); } });
    const writer = stream.getWriter();
    await writer.abort(mine);
    ok(seen === mine, 'the reason');
    await rejects(mine, writer.closed);
});

test('pipes pass chunks, ends and errors', async () => {
    const written = [];
    await numbers(3).pipeTo(new WritableStream({ write(chunk) { written.push(chunk); } }));
    equal(written, [0, 1, 2]);
    const doubled = numbers(3).pipeThrough(new TransformStream({
        transform(chunk, controller) { controller.enqueue(chunk * 2); }, flush(controller) { controller.enqueue('end'); },
    }));
    equal(await collect(doubled), [0, 2, 4, 'end']);
    const mine = new Error('mine');
    await rejects(mine, numbers(1).pipeTo(new WritableStream({ write() { throw mine; } })));
    await rejects('AbortError', numbers(1).pipeTo(new WritableStream(), { signal: AbortSignal.abort() }));
});

test('strategies count', () => {
    equal([new CountQueuingStrategy({ highWaterMark: 3 }).size('abc'), new ByteLengthQueuingStrategy({ highWaterMark: 3 }).size(new Uint8Array(5))], [1, 5]);
    throws('TypeError', () => new CountQueuingStrategy());
    throws('RangeError', () => new ReadableStream({}, { highWaterMark: -1 }));
});

test('text streams keep characters whole', async () => {
    const encoded = ReadableStream.from(['a\ud83d', '\udc4d', '\ud800']).pipeThrough(new TextEncoderStream());
    const bytes = await collect(encoded);
    equal(bytes.map((chunk) => [...chunk]).flat(), [97, 240, 159, 145, 141, 239, 191, 189]);
    const decoded = ReadableStream.from([new Uint8Array([240, 159]), new Uint8Array([145, 141, 97])]).pipeThrough(new TextDecoderStream());
    equal((await collect(decoded)).join(''), '👍a');
    equal(new TextDecoderStream('latin1', { fatal: true }).encoding, 'windows-1252');
});

test('what is compressed can be decompressed', async () => {
    const text = 'the same again and again, '.repeat(200);
    for (const format of ['gzip', 'deflate', 'deflate-raw']) {
        const small = new Response(new Blob([text]).stream().pipeThrough(new CompressionStream(format)));
        const bytes = await small.bytes();
        ok(bytes.length < text.length / 10, `${format} is smaller`);
        const back = new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream(format)));
        equal(await back.text() === text, true, format);
        await rejects('TypeError', new Response(new Blob([bytes.slice(0, -1)]).stream().pipeThrough(new DecompressionStream(format))).text(), `${format} cut`);
        await rejects('TypeError', new Response(new Blob([bytes, 'x']).stream().pipeThrough(new DecompressionStream(format))).text(), `${format} longer`);
        await rejects('TypeError', new Response(new Blob(['no such data']).stream().pipeThrough(new DecompressionStream(format))).text(), `${format} broken`);
    }
    throws('TypeError', () => new CompressionStream('zip'));
});

test('gzip has the header and the checksums of its standard', async () => {
    const through = (chunks, stream) => new Response(ReadableStream.from(chunks).pipeThrough(stream)).bytes();
    const crc = (bytes) => bytes.reduce((sum, byte) => {
        sum ^= byte;
        for (let bit = 0; bit < 8; bit++) sum = sum & 1 ? (sum >>> 1) ^ 0xedb88320 : sum >>> 1;
        return sum;
    }, -1) ^ -1;
    const plain = new TextEncoder().encode('a text of its own');
    const bytes = await through([plain.subarray(0, 5), plain.subarray(5)], new CompressionStream('gzip'));
    equal([...bytes.subarray(0, 10)], [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff]);
    const body = bytes.subarray(10, -8);
    equal([...new Int32Array(bytes.slice(-8).buffer)], [crc(plain), plain.length]);
    equal(await through([body], new DecompressionStream('deflate-raw')), plain);
    equal([...await through([], new CompressionStream('gzip'))].length, 20);

    // With every field that a header may have, in chunks of one byte.
    const header = [0x1f, 0x8b, 8, 0b11111, 1, 2, 3, 4, 2, 3, 3, 0, 0, 7, 0, 0x61, 0, 0x62, 0x63, 0];
    const sum = crc(header);
    const whole = [...header, sum & 0xff, (sum >> 8) & 0xff, ...bytes.subarray(10)];
    const unzip = (all) => through(all.map((byte) => new Uint8Array([byte])), new DecompressionStream('gzip'));
    equal(await unzip(whole), plain);
    for (const [at, why] of [[0, 'magic number'], [2, 'method'], [20, "header's checksum"], [whole.length - 8, 'checksum'], [whole.length - 1, 'length']]) {
        await rejects('TypeError', unzip(whole.with(at, whole[at] ^ 1)), why);
    }
    await rejects('TypeError', unzip(whole.with(3, 0x80)), 'reserved flag');
    for (const end of [9, 11, 14, 16, 21, whole.length - 1]) {
        await rejects('TypeError', unzip(whole.slice(0, end)), `cut at ${end}`);
    }
});

test('the body of a response is a stream of bytes', async () => {
    const { body } = new Response('text');
    ok(body instanceof ReadableStream, 'a stream');
    equal(await collect(body), [new Uint8Array([116, 101, 120, 116])]);
    const response = new Response(ReadableStream.from([new Uint8Array([104]), new Uint8Array([105])]));
    equal(await response.text(), 'hi');
    const network = await fetch('http://server.test/bytes');
    equal((await collect(network.body)).map((chunk) => [...chunk]).flat(), [0, 1, 2, 253, 254, 255]);
    equal(network.bodyUsed, true);
    const read = new Response('text');
    await read.text();
    throws('TypeError', () => read.body.getReader());
});

// ---------------------------------------------------------------- failure on either side

/** A source that gives two chunks and then what `end` does; it notes what it is told. */
const failing = (end, bytes) => {
    const seen = [];
    const stream = new ReadableStream({
        type: bytes ? 'bytes' : undefined,
        start(controller) { seen.controller = controller; },
        pull(controller) {
            if (seen.length < 2) {
                seen.push('pull');
                controller.enqueue(new Uint8Array([seen.length]));
            } else if (end !== undefined) {
                end(controller);
                controller.byobRequest?.respond(0);
            }
        },
        cancel(reason) {
            seen.push(reason);
            if (end?.cancel) throw end.cancel;
        },
    }, { highWaterMark: 0 });
    return [stream, seen];
};

const settled = async (promise) => promise.then((value) => ['fulfilled', value], (error) => ['rejected', error]);
const within = async (promise) => Promise.race([settled(promise), new Promise((done) => setTimeout(done, 20, 'pending'))]);

test('a tee passes on errors, ends and cancels of either side', async () => {
    const mine = new Error('mine');
    for (const bytes of [false, true]) {
        for (const mode of bytes ? [undefined, 'byob'] : [undefined]) {
            const what = `bytes: ${bytes}, mode: ${mode}`;
            const reading = (branch) => {
                const reader = branch.getReader({ mode });
                return { reader, read: () => reader.read(...mode ? [new Uint8Array(8)] : []) };
            };
            // The end comes to both, whoever reads first.
            {
                const [stream] = failing((controller) => controller.close(), bytes);
                const [a, b] = stream.tee().map(reading);
                for (const { read } of [a, b]) {
                    const all = [];
                    for (let step = await read(); !step.done; step = await read()) all.push(...step.value);
                    equal(all, [1, 2], what);
                }
                await a.reader.closed;
                await b.reader.closed;
            }
            // An error comes to both, also to the one that does not read.
            {
                const [stream] = failing((controller) => controller.error(mine), bytes);
                const [a, b] = stream.tee().map(reading);
                await a.read();
                await a.read();
                await rejects(mine, a.read(), what);
                await rejects(mine, b.read(), what);
                await rejects(mine, b.reader.closed, what);
            }
            // One branch that is cancelled does not end the other; both are told when both are.
            {
                const [stream, seen] = failing((controller) => controller.close(), bytes);
                const [a, b] = stream.tee();
                const first = a.cancel('a');
                equal(await within(first), 'pending', what);
                const { read, reader } = reading(b);
                equal([...(await read()).value], [1], what);
                equal(await within(first), 'pending', what);
                reader.cancel('b');
                equal(await within(first), ['fulfilled', undefined], what);
                equal(seen.at(-1), ['a', 'b'], what);
            }
            // A cancel that fails is heard by both.
            {
                const [stream] = failing({ cancel: mine }, bytes);
                const [a, b] = stream.tee();
                const first = a.cancel(1);
                const second = b.cancel(2);
                await rejects(mine, first, what);
                await rejects(mine, second, what);
            }
            // A branch that was cancelled is done when the other one has come to its end.
            for (const end of [(controller) => controller.close(), (controller) => controller.error(mine)]) {
                const [stream] = failing(end, bytes);
                const [a, b] = stream.tee();
                const first = a.cancel(1);
                const { read } = reading(b);
                await read();
                await read();
                await settled(read());
                equal(await within(first), ['fulfilled', undefined], what);
            }
        }
    }
});

test('the branches of a tee of bytes share no memory', async () => {
    const [stream] = failing((controller) => controller.close(), true);
    const [a, b] = stream.tee().map((branch) => branch.getReader());
    const { value } = await a.read();
    value[0] = 99;
    equal((await b.read()).value, new Uint8Array([1]));
});

test('a branch reads into its own view, whatever the other does', async () => {
    const [stream] = failing((controller) => controller.close(), true);
    const [a, b] = stream.tee();
    const into = a.getReader({ mode: 'byob' });
    const plain = b.getReader();
    const all = [into.read(new Uint8Array(4)), plain.read(), plain.read(), into.read(new Uint8Array(4)), plain.read(), into.read(new Uint8Array(4))];
    equal((await Promise.all(all)).map(({ value, done }) => [done, value === undefined ? null : [...value]]),
        [[false, [1]], [false, [1]], [false, [2]], [false, [2]], [true, null], [true, []]]);
});

test('a pipe passes on errors, ends and aborts as its options say', async () => {
    const mine = new Error('mine');
    const theirs = new Error('theirs');
    const flags = [{}, { preventClose: true }, { preventAbort: true }, { preventCancel: true }];
    // [how it ends, the pipe's result, does the sink hear, does the source hear] for each of the options.
    const ends = {
        close: { end: (controller) => controller.close(), result: ['fulfilled', undefined], sink: ['close'], source: [], quiet: 'preventClose' },
        error: { end: (controller) => controller.error(mine), result: ['rejected', mine], sink: ['abort', mine], source: [], quiet: 'preventAbort' },
        write: { write: theirs, result: ['rejected', theirs], sink: [], source: [theirs], quiet: 'preventCancel' },
        start: { start: theirs, result: ['rejected', theirs], sink: [], source: [theirs], quiet: 'preventCancel' },
    };
    for (const options of flags) {
        for (const [name, { end, write, start, result, sink, source, quiet }] of Object.entries(ends)) {
            const what = `${name} with ${JSON.stringify(options)}`;
            const [stream, seen] = failing(end, false);
            const heard = [];
            const destination = new WritableStream({
                start() { return start && Promise.reject(start); },
                write(chunk) { if (write) throw write; heard.push(chunk[0]); },
                close() { heard.push('close'); },
                abort(reason) { heard.push('abort', reason); },
            });
            equal(await within(stream.pipeTo(destination, options)), result, what);
            const told = heard.filter((item) => typeof item !== 'number');
            equal(told, options[quiet] ? [] : sink, what);
            equal(seen.filter((item) => item !== 'pull'), options[quiet] ? [] : source, what);
            equal([stream.locked, destination.locked], [false, false], what);
        }
    }
});

test('a pipe that is aborted tells both sides, but for those that it must not', async () => {
    for (const when of ['before', 'while it waits', 'while it writes']) {
        for (const options of [{}, { preventAbort: true }, { preventCancel: true }, { preventAbort: true, preventCancel: true }]) {
            const what = `${when} with ${JSON.stringify(options)}`;
            const controller = new AbortController();
            const reason = new Error('enough');
            const [stream, seen] = failing(undefined, false);
            const heard = [];
            let finish;
            const destination = new WritableStream({
                write() { if (when === 'while it writes') return new Promise((done) => { finish = done; }); },
                abort(why) { heard.push(why); },
            });
            if (when === 'before') controller.abort(reason);
            const pipe = stream.pipeTo(destination, { ...options, signal: controller.signal });
            if (when !== 'before') await new Promise((done) => setTimeout(done, 5));
            controller.abort(reason);
            if (when === 'while it writes') {
                equal(await within(pipe), 'pending', `${what}: what was read is written first`);
                finish();
            }
            equal(await within(pipe), ['rejected', reason], what);
            equal(heard, options.preventAbort ? [] : [reason], what);
            equal(seen.filter((item) => item !== 'pull'), options.preventCancel ? [] : [reason], what);
            equal([stream.locked, destination.locked], [false, false], what);
        }
    }
});

test('a pipe into what is closed cancels its source', async () => {
    const destination = new WritableStream();
    await destination.close();
    for (const options of [{}, { preventCancel: true }]) {
        const [stream, seen] = failing((controller) => controller.close(), false);
        const error = await rejects('TypeError', stream.pipeTo(destination, options));
        equal(seen.filter((item) => item !== 'pull'), options.preventCancel ? [] : [error]);
    }
});

test('a pipe ends with what an abort or a cancel fails with', async () => {
    const late = new Error('late');
    const destination = () => new WritableStream({ abort() { throw late; } });
    await rejects(late, failing((controller) => controller.error(1), false)[0].pipeTo(destination()));
    const bad = new WritableStream({ write() { throw 1; } });
    await rejects(late, failing({ cancel: late }, false)[0].pipeTo(bad));
});

test('all that was read is written before a pipe ends', async () => {
    const written = [];
    const source = new ReadableStream({
        start(controller) {
            for (let i = 0; i < 3; i++) controller.enqueue(i);
            setTimeout(() => controller.error('end'), 5);
        },
    });
    const slow = new WritableStream({
        async write(chunk) {
            await new Promise((done) => setTimeout(done, 10));
            written.push(chunk);
        },
    }, { highWaterMark: 3 });
    equal(await settled(source.pipeTo(slow, { preventAbort: true })), ['rejected', 'end']);
    equal(written, [0, 1, 2]);
});

test('a transferred buffer is of the script, and is not resizable', async () => {
    const buffer = new ArrayBuffer(3, { maxByteLength: 8 });
    const stream = new ReadableStream({ type: 'bytes', start(controller) { controller.enqueue(new Uint8Array(buffer)); controller.close(); } });
    const { value } = await stream.getReader().read();
    ok(value.buffer instanceof ArrayBuffer && Object.getPrototypeOf(value.buffer) === ArrayBuffer.prototype, 'an ArrayBuffer of the script');
    equal([buffer.detached, value.length, value.buffer.resizable], [true, 3, false]);
});

test('a tee whose branch ends in the middle of an element hurts nobody else', async () => {
    const seen = [];
    let face;
    const stream = new ReadableStream({ type: 'bytes', start(controller) { face = controller; }, cancel(reason) { seen.push(reason); } });
    const [a, b] = stream.tee();
    const wide = a.getReader({ mode: 'byob' });
    const first = settled(wide.read(new Uint16Array(4)));
    const plain = b.getReader();
    await new Promise((done) => setTimeout(done, 1));
    face.enqueue(new Uint8Array([1]));
    equal((await plain.read()).value, new Uint8Array([1]));
    face.close();
    face.byobRequest?.respond(0);
    equal((await within(first))[1][1].name, 'TypeError');
    equal((await plain.read()).done, true);
    await plain.closed;
    await rejects('TypeError', wide.closed);
});

test('the cancelled side of a transform hears nothing of an error that comes after it', async () => {
    for (const end of [(controller) => controller.error(new Error('late')), (controller) => controller.terminate()]) {
        let controller;
        const { readable, writable } = new TransformStream({ start(it) { controller = it; } });
        const cancelled = readable.cancel('reason');
        end(controller);
        equal(await cancelled, undefined);
        await writable.getWriter().closed.then(() => fail('it closed'), () => {});
    }
});
