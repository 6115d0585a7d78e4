// What a script can do to hold memory: a row for each way through a global. A row makes one more of its
// kind from a text and bytes of `size`; whoever keeps them all comes to the limit, whatever it is.
//
// `{ row, size }` runs one of them. The event `rows` tells their names, which begin with the globals
// that they go through, and `globals` tells which globals there are.

let size = 0;
const text = (i) => 'x'.repeat(size) + i;
const bytes = () => new Uint8Array(size);
const wide = (i) => 'ü€'.repeat(size / 4) + i;
const never = () => new Promise(() => {});
const nothing = () => {};
/** A promise that is pending as long as the world is, though nobody else has it. */
const pending = (held) => new Promise((resolve) => { setTimeout(resolve, 1e6, held); });
/** A stream that has what it is given, and does not end. */
const stream = (...chunks) => new ReadableStream({ start(it) { chunks.forEach((chunk) => it.enqueue(chunk)); } });
/** A stream of the same chunk, so many times. */
const repeating = (chunk, times) => new ReadableStream({ pull(it) { if (times-- > 0) it.enqueue(chunk); else it.close(); } });
const shared = {};
const once = (name, make) => (name in shared ? shared[name] : shared[name] = make());

const ROWS = {
    // The language.
    'Array push': (i) => [i, i, i],
    'Array fill': () => new Array(size + 1).fill(0),
    'Array from': () => Array.from({ length: size + 1 }, (_, i) => ({ i })),
    'Array join': (i) => [text(i), text(i)].join(),
    'Array splice': (i) => { const list = [i, i]; list.splice(1, 0, text(i)); return list; },
    'ArrayBuffer': () => new ArrayBuffer(size + 1),
    'ArrayBuffer resizable': () => { const it = new ArrayBuffer(1, { maxByteLength: size + 1 }); it.resize(size + 1); return it; },
    'ArrayBuffer transfer': () => new ArrayBuffer(size + 1).transfer(2 * size + 1),
    'SharedArrayBuffer Atomics': () => new SharedArrayBuffer(size + 8),
    'DataView': () => new DataView(new ArrayBuffer(size + 1)),
    'Uint8Array': () => bytes(),
    'Uint8Array from': () => Uint8Array.from({ length: size }, nothing),
    'Uint8ClampedArray Int8Array Uint16Array Int16Array Uint32Array Int32Array Float16Array Float32Array': () =>
        [Uint8ClampedArray, Int8Array, Uint16Array, Int16Array, Uint32Array, Int32Array, Float16Array, Float32Array]
            .map((Kind) => new Kind(size)),
    'Float64Array BigInt64Array BigUint64Array': () => [Float64Array, BigInt64Array, BigUint64Array].map((Kind) => new Kind(size)),
    'BigInt': (i) => 1n << BigInt(Math.min(8 * size, 1e6) + i % 7),
    'BigInt toString': (i) => (1n << BigInt(Math.min(8 * size, 4000) + i % 7)).toString(),
    'Boolean Number Object': (i) => [new Boolean(true), new Number(i), { i }],
    'Date': (i) => new Date(i),
    'Error': (i) => new Error(text(i), { cause: text(i) }),
    'EvalError RangeError ReferenceError SyntaxError TypeError URIError InternalError': (i) =>
        [EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError, InternalError].map((Kind) => new Kind(text(i))),
    'AggregateError SuppressedError': (i) => [new AggregateError([text(i)], text(i)), new SuppressedError(text(i), 1, text(i))],
    'DisposableStack AsyncDisposableStack': () => {
        const stacks = [new DisposableStack(), new AsyncDisposableStack()];
        for (let i = 0; i <= size; i++) stacks.forEach((it) => it.defer(nothing));
        return stacks;
    },
    'FinalizationRegistry WeakRef': (i) => {
        const target = { i };
        once('registry', () => new FinalizationRegistry(nothing)).register(target, text(i));
        return [target, new WeakRef(target)];
    },
    'Function': (i) => new Function(`a${i}`, `/*${text(i)}*/ return [${i}, ${'a,'.repeat(size % 9999)}]`),
    'Function bind': (i) => nothing.bind(...Array(Math.min(size, 60000)), text(i)),
    'eval': (i) => eval(`(() => ${JSON.stringify(text(i))})`),
    'Iterator': (i) => [[text(i)].values().map((it) => it), Iterator.from([text(i)])],
    'JSON parse': (i) => JSON.parse(`[${'{"a":1},'.repeat(size / 8)}${i}]`),
    'JSON stringify': (i) => JSON.stringify([text(i), { a: text(i) }]),
    'Map': (i) => once('map', () => new Map()).set(text(i), i),
    'Set': (i) => once('set', () => new Set()).add(text(i)),
    'WeakMap WeakSet': (i) => {
        const key = { i };
        once('weak', () => new WeakMap()).set(key, text(i));
        return [key, once('weak set', () => new WeakSet()).add(key)];
    },
    'Promise': () => [Promise.resolve(bytes()), new Promise(nothing)],
    'Promise all': () => { const all = Array.from({ length: size % 99 + 1 }, never); return [all, Promise.all(all)]; },
    'Promise reject': (i) => Promise.reject(new Error(text(i))),
    'Promise reject alone': () => { Promise.reject(size); },
    'Promise then': () => once('promise', never).then(nothing, nothing),
    'Proxy Reflect': (i) => new Proxy({ text: text(i) }, {}),
    'RegExp': (i) => new RegExp(text(i) + '|(?:a{1,9}){1,9}', 'u'),
    'RegExp exec': (i) => text(i).match(/(x)|(\d)/g),
    'String concat': (i) => { const s = text(i) + text(i); s.codePointAt(1); return s; },
    'String split': (i) => text(i).split(''),
    'String replace': (i) => text(i).replaceAll('x', 'yy'),
    'String normalize': (i) => wide(i).normalize('NFD'),
    'String toUpperCase': (i) => wide(i).toUpperCase(),
    'String toWellFormed': (i) => ('\ud800' + wide(i)).toWellFormed(),
    'Symbol': (i) => [Symbol(text(i)), Symbol.for(text(i))],
    'encodeURI encodeURIComponent decodeURI decodeURIComponent': (i) => decodeURIComponent(encodeURIComponent(wide(i))) + encodeURI(wide(i)),
    'escape unescape': (i) => unescape(escape(wide(i))) + escape(wide(i)),
    'globalThis self': (i) => { globalThis[`name${i}`] = text(i); },
    'function': () => { const held = bytes(); return () => held; },
    'generator': () => { const it = (function* () { yield bytes(); yield 1; })(); it.next(); return it; },
    'async': () => { (async () => { const held = bytes(); await pending(held); return held; })(); },
    'class': () => class { #a = bytes(); static b = bytes(); },

    // Text and bytes.
    'TextEncoder': (i) => new TextEncoder().encode(wide(i)),
    'TextEncoder new': () => new TextEncoder(),
    'TextDecoder': () => new TextDecoder().decode(bytes()),
    'TextDecoder new': () => new TextDecoder('gb18030'),
    'TextDecoder stream': () => { const it = new TextDecoder('shift_jis'); it.decode(new Uint8Array([0x82]), { stream: true }); return it; },
    'TextDecoder utf-16le': () => new TextDecoder('utf-16le').decode(bytes()),
    'TextDecoder broken': () => new TextDecoder().decode(bytes().fill(255)),
    'atob': () => atob('AAAA'.repeat(size / 4)),
    'btoa': (i) => btoa(text(i)),
    'structuredClone': (i) => structuredClone({ text: text(i), bytes: bytes(), map: new Map([[1, text(i)]]) }),
    'structuredClone transfer': () => { const buffer = bytes().buffer; return structuredClone(buffer, { transfer: [buffer] }); },
    'MessageChannel MessagePort': (i) => { const channel = new MessageChannel(); channel.port1.postMessage(text(i)); channel.port1.postMessage(bytes()); return channel; },
    'MessageChannel one': () => once('channel', () => new MessageChannel()).port1.postMessage(bytes()),

    // Timers and events.
    'setTimeout': () => setTimeout(nothing, 1e6),
    'setTimeout arguments': () => setTimeout(nothing, 1e6, ...Array(Math.min(size, 60000))),
    'setInterval': (i) => setInterval(nothing, 1e6, text(i)),
    'setTimeout clearTimeout': (i) => { clearTimeout(setTimeout(nothing, 1e6, bytes())); return text(i); },
    'setInterval clearInterval': (i) => { clearInterval(setInterval(nothing, 1e6, bytes())); return text(i); },
    'queueMicrotask': (i) => { const held = text(i); queueMicrotask(() => held); return held; },
    'addEventListener': (i) => addEventListener(text(i), nothing),
    'addEventListener removeEventListener': (i) => { addEventListener(text(i), nothing); removeEventListener(text(i)); return bytes(); },
    'EventTarget': (i) => { const target = new EventTarget(); target.addEventListener(text(i), () => i); return target; },
    'EventTarget one': (i) => once('target', () => new EventTarget()).addEventListener(text(i), () => i),
    'Event': (i) => new Event(text(i)),
    'CustomEvent': (i) => new CustomEvent(text(i), { detail: bytes() }),
    'ErrorEvent': (i) => new ErrorEvent('error', { message: text(i), filename: text(i) }),
    'PromiseRejectionEvent': (i) => new PromiseRejectionEvent('a', { promise: never(), reason: text(i) }),
    'ProgressEvent': (i) => new ProgressEvent(text(i), { total: i }),
    'FileReader': () => { const reader = new FileReader(); reader.readAsDataURL(new Blob([bytes()])); return reader; },
    'MessageEvent': (i) => new MessageEvent('a', { data: text(i), origin: text(i) }),
    'AbortController AbortSignal': (i) => { const it = new AbortController(); it.signal.addEventListener('abort', () => i); it.abort(text(i)); return it; },
    'AbortSignal any': () => { const held = bytes(); const it = AbortSignal.any([once('signal', () => new AbortController()).signal]); it.onabort = () => held; return it; },
    'AbortSignal timeout': () => { const held = bytes(); const it = AbortSignal.timeout(1e6); it.onabort = () => held; return it; },
    'QuotaExceededError': (i) => new QuotaExceededError(text(i), { quota: i }),
    'DOMException': (i) => new DOMException(text(i), text(i)),

    // Addresses.
    'URL': (i) => new URL(`http://a/?${text(i)}`),
    'URL base': (i) => new URL(`?${i}`, `http://a/${text(i)}`),
    'URL escaped': (i) => new URL(`http://a/${wide(i)}`),
    'URL set': (i) => { const it = new URL('http://a/'); it.pathname = wide(i); it.search = wide(i); it.hash = wide(i); return it; },
    'URL searchParams': (i) => { const it = new URL('http://a/'); it.searchParams.append(text(i), wide(i)); return it; },
    'URLSearchParams': (i) => new URLSearchParams(`a=${wide(i)}&b=${text(i)}`),
    'URLSearchParams many': (i) => new URLSearchParams('a&'.repeat(size / 8) + i),
    'URLSearchParams toString': (i) => new URLSearchParams({ a: wide(i) }).toString(),
    'URLPattern': (i) => new URLPattern({ pathname: `/${text(i)}/:a` }),

    // Bodies.
    'Blob': (i) => new Blob([text(i), bytes()]),
    'Blob of blobs': () => new Blob([once('blob', () => new Blob([bytes()])), once('blob', nothing)]),
    'Blob growing': () => { shared.grown = new Blob([once('grown', () => new Blob([bytes(), 'x'])), shared.grown]); },
    'Blob slice': () => once('whole', () => new Blob([bytes(), 'x'])).slice(0, size),
    'Blob text': async (i) => new Blob([text(i)]).text(),
    'File': (i) => new File([text(i)], text(i)),
    'FormData': (i) => { const it = new FormData(); it.append(text(i), text(i)); it.append('b', new Blob([bytes()])); return it; },
    'FormData encoded': async (i) => { const it = new FormData(); it.append('a', wide(i)); return new Response(it).bytes(); },
    'FormData parsed': async (i) => new Response(`--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n${text(i)}\r\n--x--`, { headers: { 'content-type': 'multipart/form-data; boundary=x' } }).formData(),
    'Headers': (i) => { const it = new Headers({ a: text(i) }); it.append('b', text(i)); it.append('b', text(i)); return it; },
    'Request': (i) => new Request(`http://a/${text(i)}`, { method: 'POST', body: text(i) }),
    'Request clone': (i) => { const it = new Request('http://a/', { method: 'POST', body: text(i) }); return [it, it.clone()]; },
    'Response': (i) => new Response(text(i), { headers: { a: text(i) } }),
    'Response clone': () => { const it = new Response(stream(bytes())); return [it, it.clone()]; },
    'Response text': async () => new Response(bytes()).text(),
    'Response json': async (i) => new Response(JSON.stringify(text(i))).json(),
    'Response of a stream': async () => { const chunks = [bytes(), bytes(), bytes()]; return new Response(new ReadableStream({ pull(it) { if (chunks.length) it.enqueue(chunks.pop()); else it.close(); } })).arrayBuffer(); },
    'fetch': (i) => { const it = fetch(`http://a/?${i}`, { method: 'POST', body: bytes(), headers: { b: text(i).slice(0, 9999) } }); it.catch(nothing); return it; },
    'fetch data': async (i) => (await fetch(`data:text/plain,${text(i)}`)).text(),
    'fetch answered': async () => [bytes(), await (await fetch('http://simulated/')).arrayBuffer()],

    // Streams.
    'ReadableStream ReadableStreamDefaultController': () => stream(bytes(), bytes()),
    'ReadableStream ReadableByteStreamController': () => new ReadableStream({ type: 'bytes', start(it) { it.enqueue(new Uint8Array(size + 1)); } }),
    'ReadableStreamDefaultReader': () => { const it = new ReadableStream().getReader(); return [it, it.read(), bytes()]; },
    'ReadableStreamBYOBReader ReadableStreamBYOBRequest': () => { const it = new ReadableStream({ type: 'bytes' }).getReader({ mode: 'byob' }); it.read(new Uint8Array(size + 1)); return it; },
    'ReadableStream tee': () => stream(bytes()).tee(),
    'ReadableStream from': () => ReadableStream.from([bytes()]),
    'ReadableStream pipeTo': () => { stream(bytes()).pipeTo(new WritableStream({ write: never })).catch(nothing); },
    'WritableStream WritableStreamDefaultWriter WritableStreamDefaultController': () => { const it = new WritableStream({ write: never }).getWriter(); it.write(bytes()); it.write(bytes()); return it; },
    'WritableStream one': () => { once('writer', () => new WritableStream({ write: never }).getWriter()).write(bytes()); },
    'TransformStream TransformStreamDefaultController': () => { const it = new TransformStream({ transform(chunk, to) { to.enqueue(chunk); } }); it.writable.getWriter().write(bytes()); return it; },
    'ByteLengthQueuingStrategy CountQueuingStrategy': (i) => [new ByteLengthQueuingStrategy({ highWaterMark: i }), new CountQueuingStrategy({ highWaterMark: i }), bytes()],
    'TextEncoderStream': (i) => { const it = new TextEncoderStream(); it.writable.getWriter().write(text(i)); return it; },
    'TextDecoderStream': () => { const it = new TextDecoderStream(); it.writable.getWriter().write(bytes()); return it; },
    'CompressionStream': () => { const it = new CompressionStream('gzip'); it.writable.getWriter().write(bytes()); return it; },
    'CompressionStream new': () => new CompressionStream('deflate'),
    'DecompressionStream new': () => new DecompressionStream('deflate-raw'),
    'DecompressionStream header': () => { const it = new DecompressionStream('gzip'); it.writable.getWriter().write(new Uint8Array([31, 139, 8, 8, 0, 0, 0, 0, 0, 0, ...Array(Math.min(size, 9999)).fill(65)])); return it; },
    'DecompressionStream bomb': async () => {
        const packed = await (shared.packed ??= new Response(repeating(once('zeros', () => new Uint8Array(1 << 20)), 8 + size / 4096).pipeThrough(new CompressionStream('deflate-raw'))).bytes());
        return new Response(new Blob([packed]).stream().pipeThrough(new DecompressionStream('deflate-raw'))).text();
    },

    // Keys.
    'crypto Crypto': () => { crypto.getRandomValues(new Uint8Array(Math.min(size, 65536))); return [crypto.randomUUID(), bytes()]; },
    'crypto SubtleCrypto CryptoKey import': () => crypto.subtle.importKey('raw', new Uint8Array(size + 1), { name: 'HMAC', hash: 'SHA-256' }, true, ['sign']),
    'crypto SubtleCrypto generate': () => crypto.subtle.generateKey({ name: 'HMAC', hash: 'SHA-256', length: 8 * size + 8 }, true, ['sign']),
    'crypto SubtleCrypto digest': async () => [bytes(), await crypto.subtle.digest('SHA-512', new Uint8Array(9))],
    'crypto SubtleCrypto encrypt': async () => crypto.subtle.encrypt({ name: 'AES-CBC', iv: new Uint8Array(16) }, await once('aes', () => crypto.subtle.generateKey({ name: 'AES-CBC', length: 256 }, false, ['encrypt'])), bytes()),
    'crypto SubtleCrypto gcm': async () => crypto.subtle.encrypt({ name: 'AES-GCM', iv: bytes(), additionalData: bytes() }, await once('gcm', () => crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, ['encrypt'])), bytes()),
    'crypto SubtleCrypto jwk': async () => crypto.subtle.exportKey('jwk', await crypto.subtle.importKey('raw', new Uint8Array(size + 1), { name: 'HMAC', hash: 'SHA-256' }, true, ['sign'])),

    // What is shown.
    'console log': (i) => { console.log(text(i)); return bytes(); },
    'console group': (i) => { console.group(); console.log('\n'.repeat(size)); return bytes(); },
    'console count': (i) => console.count(text(i)),
    'console time': (i) => console.time(text(i)),
    'console time timeEnd': (i) => { console.time(text(i)); console.timeEnd(text(i)); return bytes(); },
    'console table': (i) => { console.table([{ a: text(i) }, { a: i }]); return bytes(); },
    'console objects': (i) => { console.log({ a: text(i), b: [bytes(), i] }, '%s'); return bytes(); },
    'reportError': (i) => { reportError(new Error(text(i))); return bytes(); },
    'performance Performance': () => [performance.now(), bytes()],
    'navigator Navigator': () => [navigator.userAgent, bytes()],

    // The device.
    'CapacitorKV': (i) => { onDevice(() => CapacitorKV.set(`a${i % 9}`, text(i))); return bytes(); },
    'CapacitorNotifications': (i) => { onDevice(() => CapacitorNotifications.schedule([{ id: i % 9, title: text(i), body: wide(i) }])); return bytes(); },
    'CapacitorDevice CapacitorGeolocation CapacitorApp': () => [CapacitorDevice.getBatteryStatus(), CapacitorApp.getState(), bytes()],
    'CapacitorWatch': (i) => { onDevice(() => CapacitorWatch.sendMessage({ a: text(i) })); return bytes(); },
};

const isOut = (e) => e === null || e?.message === 'out of memory';

/** Calls the device, which has no room for everything. */
const onDevice = (call) => { try { call(); } catch (e) { if (isOut(e)) throw e; } };

addEventListener('rows', (resolve) => resolve(Object.keys(ROWS)));
addEventListener('globals', (resolve) => resolve(Object.getOwnPropertyNames(globalThis)));

/** What is kept of the rows that give a promise which settles is what it settles with. */
const settles = (row) => !/^(Promise|fetch$)/.test(row);

/** Rows that take seconds to come to a limit by themselves: it comes to meet them. */
const SLOW = /^(Uint8Array from|BigInt toString|Function|String (normalize|replace)|TextDecoder (stream|broken)|atob|btoa|URL base|URLSearchParams|FormData (encoded|parsed)|Headers|Response|fetch |DecompressionStream|crypto|console|CapacitorKV|CapacitorNotifications|CapacitorWatch)/;

addEventListener('storm', async (resolve, reject, args) => {
    const row = ROWS[args.row], waits = settles(args.row), kept = [];
    const met = !args.whole && SLOW.test(args.row);
    size = args.size;
    for (let i = 0; ; i++) {
        const made = row(i);
        kept.push(waits && made instanceof Promise ? await made : made);
        if (met) kept.push(new Uint8Array(1 << 18));
    }
});
