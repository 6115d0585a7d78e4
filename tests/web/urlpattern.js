// https://urlpattern.spec.whatwg.org/

test('a path is matched and taken apart', () => {
    const pattern = new URLPattern({ pathname: '/users/:id/:rest*' });
    equal(pattern.test('https://a.test/users/7'), true);
    equal(pattern.test('https://a.test/other/7'), false);
    equal(pattern.exec('https://a.test/users/7/x/y').pathname, { input: '/users/7/x/y', groups: { id: '7', rest: 'x/y' } });
    equal(pattern.exec({ pathname: '/users/7' }).pathname.groups.rest, undefined);
    equal(pattern.pathname, '/users/:id/:rest*');
});

test('a text is a pattern of all parts', () => {
    const pattern = new URLPattern('https://*.example.com:8080/a?q=*#:hash');
    equal([pattern.protocol, pattern.hostname, pattern.port, pattern.pathname, pattern.search, pattern.hash],
        ['https', '*.example.com', '8080', '/a', 'q=*', ':hash']);
    equal(pattern.exec('https://x.example.com:8080/a?q=1#end').hash.groups.hash, 'end');
    equal(new URLPattern('/b', 'https://x.test/a').test('https://x.test/b'), true);
});

test('groups, options and case', () => {
    equal(new URLPattern({ pathname: '/(\\d+)' }).exec({ pathname: '/42' }).pathname.groups, { 0: '42' });
    equal(new URLPattern({ pathname: '/(\\d+)' }).hasRegExpGroups, true);
    equal(new URLPattern({ pathname: '/{a/}?b' }).test({ pathname: '/b' }), true);
    equal(new URLPattern({ pathname: '/A' }, { ignoreCase: true }).test({ pathname: '/a' }), true);
    equal(new URLPattern({ pathname: '/A' }).test({ pathname: '/a' }), false);
});

test('what is no pattern', () => {
    for (const input of [{ pathname: '/(' }, { pathname: '/:a/:a' }, { pathname: '{' }, { port: 'x' }, { port: '65536' }, { hostname: 'a@b' }, { hostname: 'a\\:b' }]) {
        throws('TypeError', () => new URLPattern(input), shown(input));
    }
    throws('TypeError', () => new URLPattern('/relative'));
});

test('a host ends where the URL parser ends it, and so does a port', () => {
    for (const [given, hostname] of [['a.b/c', 'a.b'], ['a.b\\?c', 'a.b'], ['a.b#c', 'a.b'], ['a.b\\\\c', 'a.b']]) {
        equal(new URLPattern({ hostname: given }).hostname, hostname, given);
    }
    equal(new URLPattern({ port: '80 ' }).port, '80');
    equal(new URLPattern({ port: '80' }).test({ port: '80/x' }), true);
});

test('what the engine takes for reserved is matched as it stands', () => {
    for (const [pattern, url] of [
        ['https://a-b.example/c-d/:e', 'https://a-b.example/c-d/x'],
        ['https://caf\u00e9.com/', 'https://caf\u00e9.com/'],
        ['http://[\\:\\:1]/', 'http://[::1]/'],
        ['http://a/x&&y/(b-c|[a-c]+)', 'http://a/x&&y/b-c'],
        ['http://a/x&&y/(b-c|[a-c]+)', 'http://a/x&&y/abc'],
        ['http://a/((?:d|e-f)!!)', 'http://a/e-f!!'],
    ]) equal(new URLPattern(pattern).test(url), true, pattern);
});
