// `URLPatternInit`, after <https://urlpattern.spec.whatwg.org/#canon-processing-for-init>.

import { StringCharAt, StringSlice } from 'primordials';
import { dictionary, typeError, usv } from 'base';
import { SPECIAL } from './components.js';
import { escapePattern } from './parts.js';
import {
    canonicalHash, canonicalHostname, canonicalIpv6, canonicalOpaque, canonicalPassword,
    canonicalPathname, canonicalPort, canonicalProtocol, canonicalSearch, canonicalUsername,
} from './canonical.js';

const isSpecialOrEmpty = (protocol) => protocol === '' || SPECIAL[protocol] !== undefined;

export const stripped = (value, first, last) => {
    let text = value;
    if (first !== '' && StringCharAt(text, 0) === first) text = StringSlice(text, 1);
    if (last !== '' && StringCharAt(text, text.length - 1) === last) text = StringSlice(text, 0, text.length - 1);
    return text;
};

/** Whether a path of a pattern or of a URL begins at the root. */
function isAbsolute(path, isPattern) {
    if (path === '') return false;
    if (StringCharAt(path, 0) === '/') return true;
    return isPattern && path.length > 1 && (path[0] === '\\' || path[0] === '{') && path[1] === '/';
}

/** The members of a `URLPatternInit`, completed by its base; `values` has the starting points. */
export function processInit(init, isPattern, values) {
    const base = init.baseURL === undefined ? undefined : native.urlParse(init.baseURL, undefined);
    if (base !== undefined) inherit(init, isPattern, base, values);
    else if (init.baseURL !== undefined) throw typeError(`the base \`${init.baseURL}\` is not a URL`);
    const process = (name, encode, first, last) => {
        if (init[name] === undefined) return;
        const value = stripped(init[name], first, last);
        values[name] = isPattern ? value : encode(value);
    };
    process('protocol', canonicalProtocol, '', ':');
    process('username', canonicalUsername, '', '');
    process('password', canonicalPassword, '', '');
    process('hostname', (value) => (StringCharAt(value, 0) === '[' ? canonicalIpv6(value) : canonicalHostname(value)), '', '');
    process('port', (value) => canonicalPort(value, values.protocol ?? ''), '', '');
    if (init.pathname !== undefined) values.pathname = processPathname(init.pathname, isPattern, base, values.protocol ?? '');
    process('search', canonicalSearch, '?', '');
    process('hash', canonicalHash, '#', '');
    return values;
}

/** Takes from the base what stands before everything that is given. */
function inherit(init, isPattern, base, values) {
    const canon = (value) => (isPattern ? escapePattern(value) : value);
    const get = (index) => native.urlGet(base, index);
    const lacks = (name) => init[name] === undefined;
    if (!lacks('protocol')) return;
    values.protocol = canon(stripped(get(1), '', ':'));
    const isUserless = !isPattern && lacks('hostname') && lacks('port') && lacks('username');
    if (isUserless) values.username = get(2);
    if (isUserless && lacks('password')) values.password = get(3);
    if (!lacks('hostname')) return;
    values.hostname = canon(get(5));
    if (!lacks('port')) return;
    values.port = get(10);
    if (!lacks('pathname')) return;
    values.pathname = canon(get(6));
    if (!lacks('search')) return;
    values.search = canon(stripped(get(7), '?', ''));
    if (lacks('hash')) values.hash = canon(stripped(get(8), '#', ''));
}

/** <https://urlpattern.spec.whatwg.org/#process-pathname-for-init>, on the path of the base where it is relative. */
function processPathname(pathname, isPattern, base, protocol) {
    let path = pathname;
    const isOpaque = base !== undefined && StringCharAt(native.urlGet(base, 6), 0) !== '/';
    if (base !== undefined && !isOpaque && !isAbsolute(path, isPattern)) {
        const basePath = native.urlGet(base, 6);
        const own = isPattern ? escapePattern(basePath) : basePath;
        path = StringSlice(own, 0, primordials.StringLastIndexOf(own, '/') + 1) + path;
    }
    if (isPattern) return path;
    return isSpecialOrEmpty(protocol) ? canonicalPathname(path) : canonicalOpaque(path);
}

const MEMBERS = ['baseURL', 'hash', 'hostname', 'password', 'pathname', 'port', 'protocol', 'search', 'username'];

export function initOf(value) {
    const given = dictionary(value, 'the input');
    const init = { __proto__: null };
    for (let i = 0; i < MEMBERS.length; i++) {
        const member = given[MEMBERS[i]];
        if (member !== undefined) init[MEMBERS[i]] = usv(member);
    }
    return init;
}
