// https://url.spec.whatwg.org/

const parts = ({ href, origin, protocol, username, password, host, hostname, port, pathname, search, hash }) =>
    ({ href, origin, protocol, username, password, host, hostname, port, pathname, search, hash });

test('a URL is taken apart', () => {
    equal(parts(new URL('HTTP://User:Pass@EXAMPLE.com:8080/a/./b/../c?q=1#h')), {
        href: 'http://User:Pass@example.com:8080/a/c?q=1#h', origin: 'http://example.com:8080', protocol: 'http:', username: 'User',
        password: 'Pass', host: 'example.com:8080', hostname: 'example.com', port: '8080', pathname: '/a/c', search: '?q=1', hash: '#h',
    });
    for (const [input, base, href] of [
        ['../x', 'http://a/b/c/d', 'http://a/b/x'], ['//h/p', 'https://a', 'https://h/p'], ['?q', 'http://a/b#c', 'http://a/b?q'],
        ['http://你好.test', undefined, 'http://xn--6qq79v.test/'], ['http://a:80/', undefined, 'http://a/'], [' \thttp://a/\n', undefined, 'http://a/'],
        ['http://[::1]:3/', undefined, 'http://[::1]:3/'], ['http://0x7f.1/', undefined, 'http://127.0.0.1/'], ['mailto:a@b', undefined, 'mailto:a@b'],
        ['data:text/plain,x', undefined, 'data:text/plain,x'], ['file:///a/../b', undefined, 'file:///b'],
    ]) equal(new URL(input, base).href, href, input);
});

test('hosts that are not ASCII are mapped and checked as UTS 46 says', () => {
    for (const [host, written] of [
        ['Fa\u00df.Example', 'xn--fa-hia.example'], ['\uff27\uff2f.com', 'go.com'], ['a\u00adb.test', 'ab.test'],
        ['e\u0301.test', 'xn--9ca.test'], ['\u1100\u1161\u11a8.test', 'xn--p39a.test'], ['\u05d0\u05d1.test', 'xn--4dbc.test'],
        ['\u{1f600}.test', 'xn--e28h.test'], ['a\u3002b', 'a.b'], ['\u0915\u094d\u200c\u0937.test', 'xn--11b2ezcs70k.test'],
        ['\u05d0b.test', null], ['\u0301a.test', null], ['a\u200cb.test', null], ['xn--a\u00df.test', null], ['xn--zca\u00ad-.test', null],
        ['\u2488com', null], ['xn--a', null],
    ]) equal(URL.parse(`http://${host}/`)?.hostname ?? null, written, host);
});

test('what is no URL', () => {
    for (const input of ['', 'a', '/a', 'http://', 'http://a b/', 'http://a:99999/', 'http://[1]/', '://x']) {
        throws('TypeError', () => new URL(input), input);
        equal([URL.canParse(input), URL.parse(input)], [false, null], input);
    }
    throws('TypeError', () => new URL('a', 'b'));
    throws('TypeError', () => URL('http://a'));
    equal(URL.parse('b', 'http://a').href, 'http://a/b');
});

test('parts can be set', () => {
    const cases = [
        ['protocol', 'https', 'https://u:p@h.test:1/p?q#f'], ['protocol', 'mailto', 'http://u:p@h.test:1/p?q#f'], ['host', 'x.test:2', 'http://u:p@x.test:2/p?q#f'],
        ['hostname', 'y.test', 'http://u:p@y.test:1/p?q#f'], ['port', '', 'http://u:p@h.test/p?q#f'], ['port', '80', 'http://u:p@h.test/p?q#f'],
        ['pathname', 'a b', 'http://u:p@h.test:1/a%20b?q#f'], ['search', '', 'http://u:p@h.test:1/p#f'], ['search', 'x=ä', 'http://u:p@h.test:1/p?x=%C3%A4#f'],
        ['hash', '', 'http://u:p@h.test:1/p?q'], ['username', '@', 'http://%40:p@h.test:1/p?q#f'], ['password', '', 'http://u@h.test:1/p?q#f'],
    ];
    for (const [part, value, href] of cases) {
        const url = new URL('http://u:p@h.test:1/p?q#f');
        url[part] = value;
        equal(url.href, href, `${part} = ${value}`);
    }
    const url = new URL('http://a/');
    throws('TypeError', () => { url.href = 'nothing'; });
    url.href = 'http://b/?x=1';
    equal([String(url), JSON.stringify(url), url.searchParams.get('x')], ['http://b/?x=1', '"http://b/?x=1"', '1']);
});

test('parameters come from text, pairs and records', () => {
    equal(String(new URLSearchParams('?a=1&b=%20+&c&=d&a=2')), 'a=1&b=++&c=&=d&a=2');
    equal(String(new URLSearchParams([['a', '1'], new Set(['b', '2'])])), 'a=1&b=2');
    equal(String(new URLSearchParams({ a: 1, b: 'ä' })), 'a=1&b=%C3%A4');
    equal(String(new URLSearchParams(new URLSearchParams('x=y'))), 'x=y');
    equal(String(new URLSearchParams('a=~!\'()*-._')), 'a=%7E%21%27%28%29*-._');
    throws('TypeError', () => new URLSearchParams([['a']]));
    throws('TypeError', () => new URLSearchParams([1]));
});

test('parameters can be changed', () => {
    const params = new URLSearchParams('b=2&a=1&b=3');
    equal([params.get('b'), params.get('c'), params.getAll('b'), params.has('a'), params.has('b', '3'), params.has('b', '4'), params.size],
        ['2', null, ['2', '3'], true, true, false, 3]);
    params.append('c', '4');
    params.set('b', '5');
    equal(String(params), 'b=5&a=1&c=4');
    params.sort();
    equal([...params], [['a', '1'], ['b', '5'], ['c', '4']]);
    params.delete('a');
    params.delete('b', 'other');
    equal([[...params.keys()], [...params.values()]], [['b', 'c'], ['5', '4']]);
});

test('parameters and their URL change together', () => {
    const url = new URL('http://a/?x=1');
    const { searchParams } = url;
    searchParams.append('y', '2 3');
    equal(url.href, 'http://a/?x=1&y=2+3');
    url.search = '?z=9';
    equal([...searchParams], [['z', '9']]);
    searchParams.delete('z');
    equal(url.href, 'http://a/');
    equal(url.searchParams === searchParams, true);
});
