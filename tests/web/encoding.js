// https://encoding.spec.whatwg.org/

const bytes = (...values) => new Uint8Array(values);
const encode = (text) => new TextEncoder().encode(text);
const decode = (label, options, ...values) => new TextDecoder(label, options).decode(bytes(...values));

test('encode gives UTF-8 in a view of its own size', () => {
    const cases = [
        ['', []], ['a', [97]], ['é', [195, 169]], ['你', [228, 189, 160]], ['👍', [240, 159, 145, 141]],
        ['\u0000', [0]], ['\ud800', [239, 191, 189]], ['a\udc00b', [97, 239, 191, 189, 98]],
        ['\ud83d\ud83d\udc4d', [239, 191, 189, 240, 159, 145, 141]], ['\ufeff', [239, 187, 191]],
    ];
    for (const [text, expected] of cases) {
        const encoded = encode(text);
        equal(encoded, bytes(...expected), shown(text));
        equal([encoded.byteOffset, encoded.buffer.byteLength], [0, expected.length], shown(text));
    }
    equal(new TextEncoder().encode(), bytes());
    equal(encode(undefined), bytes());
    equal(encode(null), encode('null'));
    equal(encode(12), encode('12'));
    equal(encode('x'.repeat(1 << 20)).length, 1 << 20);
});

test('the encoder is an interface of WebIDL', () => {
    equal(new TextEncoder().encoding, 'utf-8');
    equal(String(new TextEncoder()), '[object TextEncoder]');
    throws('TypeError', () => TextEncoder());
    throws('TypeError', () => TextEncoder.prototype.encode.call({}));
    throws('TypeError', () => encode(Symbol('s')));
    class Mine extends TextEncoder {}
    ok(new Mine() instanceof Mine, 'a subclass makes its own');
    equal(new Mine().encode('a'), bytes(97));
});

test('encodeInto writes whole characters', () => {
    const cases = [
        ['abc', 2, [2, 2], [97, 98]], ['é', 1, [0, 0], [0]], ['aé', 3, [2, 3], [97, 195, 169]],
        ['👍', 3, [0, 0], [0, 0, 0]], ['👍', 4, [2, 4], [240, 159, 145, 141]], ['\ud800', 3, [1, 3], [239, 191, 189]],
    ];
    for (const [text, size, [read, written], expected] of cases) {
        const target = new Uint8Array(size);
        const result = new TextEncoder().encodeInto(text, target);
        equal([result.read, result.written], [read, written], text);
        equal(target, bytes(...expected), text);
    }
    const whole = new Uint8Array(6);
    new TextEncoder().encodeInto('xy', whole.subarray(2, 4));
    equal(whole, bytes(0, 0, 120, 121, 0, 0));
    throws('TypeError', () => new TextEncoder().encodeInto('a', new Int8Array(1)));
    throws('TypeError', () => new TextEncoder().encodeInto('a'));
});

test('labels name encodings', () => {
    const cases = {
        utf8: 'utf-8', 'UTF-8': 'utf-8', ' unicode-1-1-utf-8\n': 'utf-8', latin1: 'windows-1252', ascii: 'windows-1252',
        'iso-8859-1': 'windows-1252', l2: 'iso-8859-2', cyrillic: 'iso-8859-5', sjis: 'shift_jis', 'x-sjis': 'shift_jis',
        'euc-jp': 'euc-jp', 'iso-2022-jp': 'iso-2022-jp', gbk: 'gbk', gb2312: 'gbk', gb18030: 'gb18030', big5: 'big5',
        'ks_c_5601-1987': 'euc-kr', 'utf-16': 'utf-16le', 'utf-16be': 'utf-16be', 'koi8-r': 'koi8-r', macintosh: 'macintosh',
        'x-user-defined': 'x-user-defined', 'windows-1251': 'windows-1251', ibm866: 'ibm866',
    };
    for (const [label, name] of Object.entries(cases)) equal(new TextDecoder(label).encoding, name, label);
    for (const label of ['', 'utf', 'replacement', 'hz-gb-2312', 'utf-8\u0000', 'utf-32']) {
        throws('RangeError', () => new TextDecoder(label), label);
    }
});

test('decode turns bytes into text', () => {
    equal(decode('utf-8', {}, 228, 189, 160, 97), '你a');
    equal(decode('utf-8', {}, 0xff, 97), '\ufffda');
    equal(decode('utf-8', {}, 0xe4, 0xbd), '\ufffd');
    equal(decode('utf-8', {}, 0xed, 0xa0, 0x80), '\ufffd\ufffd\ufffd');
    equal(decode('utf-16le', {}, 0x60, 0x4f), '你');
    equal(decode('utf-16be', {}, 0x4f, 0x60), '你');
    equal(decode('utf-16le', {}, 0x00, 0xd8), '\ufffd');
    equal(decode('windows-1252', {}, 0x80), '€');
    equal(decode('shift_jis', {}, 0x82, 0xa0), 'あ');
    equal(decode('gbk', {}, 0xc4, 0xe3), '你');
    equal(decode('big5', {}, 0xa7, 0x41), '你');
    equal(decode('euc-kr', {}, 0xb0, 0xa1), '가');
    equal(new TextDecoder().decode(), '');
});

test('the byte order mark is taken away or kept', () => {
    equal(decode('utf-8', {}, 0xef, 0xbb, 0xbf, 97), 'a');
    equal(decode('utf-8', { ignoreBOM: true }, 0xef, 0xbb, 0xbf, 97), '\ufeffa');
    equal(decode('utf-8', {}, 0xef, 0xbb, 0xbf, 0xef, 0xbb, 0xbf), '\ufeff');
    equal(decode('utf-16le', {}, 0xff, 0xfe, 97, 0), 'a');
    equal(decode('utf-16be', {}, 0xff, 0xfe, 0, 97), '\ufffea');
});

test('a fatal decoder throws, and works again afterwards', () => {
    const decoder = new TextDecoder('utf-8', { fatal: true });
    throws('TypeError', () => decoder.decode(bytes(0xff)));
    equal(decoder.decode(bytes(97)), 'a');
    throws('TypeError', () => decoder.decode(bytes(0xe4)));
    equal(decoder.fatal, true);
    throws('TypeError', () => new TextDecoder('utf-16le', { fatal: true }).decode(bytes(0, 0xd8)));
});

test('a stream goes on where it stopped', () => {
    const decoder = new TextDecoder();
    const stream = { stream: true };
    equal(decoder.decode(bytes(0xf0, 0x9f), stream), '');
    equal(decoder.decode(bytes(0x91), stream), '');
    equal(decoder.decode(bytes(0x8d, 0xe4), stream), '👍');
    equal(decoder.decode(), '\ufffd');
    equal(decoder.decode(bytes(0xef, 0xbb), stream) + decoder.decode(bytes(0xbf, 97)), 'a');
});

test('exactly the view is read', () => {
    const all = encode('abcdef');
    equal(new TextDecoder().decode(all.subarray(2, 4)), 'cd');
    equal(new TextDecoder().decode(new DataView(all.buffer, 1, 2)), 'bc');
    equal(new TextDecoder().decode(all.buffer), 'abcdef');
    equal(new TextDecoder().decode(new Uint16Array(all.buffer, 2, 1)), 'cd');
    for (const input of ['text', 1, null, {}, [97]]) throws('TypeError', () => new TextDecoder().decode(input), shown(input));
});

test('text of any size makes the round trip', () => {
    const text = 'ascii, é, 你好, 👍 '.repeat(5000);
    equal(new TextDecoder().decode(encode(text)) === text, true);
});

// https://html.spec.whatwg.org/#atob
test('base64 is read as forgivingly as HTML says, and no more', () => {
    const read = [
        ['', ''], ['YQ==', 'a'], ['YQ', 'a'], [' Y\tQ =\f=\r\n', 'a'], ['YR', 'a'], ['/+8=', '\xff\xef'],
        ['YWJj', 'abc'], [null, '\x9e\xe9e'], [12, '\xd7'],
    ];
    for (const [text, expected] of read) equal(atob(text), expected, shown(text));
    for (const text of ['a', 'YQ=', 'YQ===', '=', '====', 'YQ=a', 'Y*Q', 'YWI=YQ==', '\xa0', 'YQ\x0b', '你', '-_']) {
        equal(throws('InvalidCharacterError', () => atob(text)) instanceof DOMException, true, shown(text));
    }
    const written = [['', ''], ['a', 'YQ=='], ['\xff\xef', '/+8='], [undefined, 'dW5kZWZpbmVk']];
    for (const [text, expected] of written) equal(btoa(text), expected, shown(text));
    throws('InvalidCharacterError', () => btoa('\u0100'));
    throws('TypeError', () => atob());
    throws('TypeError', () => btoa());
});

test('a view is what it is, whatever a script says of it', () => {
    const view = new DataView(bytes(120, 97, 98, 99, 121).buffer, 1, 3);
    const said = {
        buffer: () => new ArrayBuffer(1 << 16), byteOffset: () => 0, byteLength: () => 1 << 16,
    };
    for (const [name, get] of Object.entries(said)) {
        Object.defineProperty(view, name, { get });
    }
    equal(new TextDecoder().decode(view), 'abc');
    const { prototype } = DataView;
    const own = Object.getOwnPropertyDescriptors(prototype);
    for (const [name, get] of Object.entries(said)) Object.defineProperty(prototype, name, { get });
    equal(new TextDecoder().decode(new DataView(bytes(97, 98).buffer)), 'ab');
    Object.defineProperties(prototype, own);
});

test('what is immutable is read and not written', () => {
    const buffer = bytes(97, 98, 99).buffer.transferToImmutable();
    const view = new Uint8Array(buffer);
    equal(new TextDecoder().decode(view), 'abc');
    throws('TypeError', () => new TextEncoder().encodeInto('xyz', view));
    throws('TypeError', () => crypto.getRandomValues(view));
    equal(view, bytes(97, 98, 99));
});
