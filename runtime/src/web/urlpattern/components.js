// The components of a URL and of a pattern: their names, and how a pattern of one becomes a regular
// expression (<https://urlpattern.spec.whatwg.org/#url-pattern-internals>).

import { RegExp, RegExpTest, StringCharAt, StringStartsWith } from 'primordials';
import { typeError, unlessRefused } from 'base';
import { parsePattern } from './parts.js';
import { toPattern, toRegExp } from './regexp.js';
import {
    canonicalHash, canonicalHostname, canonicalIpv6, canonicalOpaque, canonicalPassword,
    canonicalPathname, canonicalPort, canonicalProtocol, canonicalSearch, canonicalUsername,
} from './canonical.js';

export const PARTS = ['protocol', 'username', 'password', 'hostname', 'port', 'pathname', 'search', 'hash'];
export const SPECIAL = { __proto__: null, http: '80', https: '443', ws: '80', wss: '443', ftp: '21', file: '' };

const PLAIN = { delimiter: '', prefix: '' };
const HOST = { delimiter: '.', prefix: '' };
const PATH = { delimiter: '/', prefix: '/' };

/** Whether a pattern of a protocol matches one of the special schemes. */
export function matchesSpecial(pattern) {
    const component = compile(pattern, PLAIN, canonicalProtocol, '');
    return matchesAnySpecial(component);
}

function matchesAnySpecial(component) {
    const schemes = ['http', 'https', 'ws', 'wss', 'ftp', 'file'];
    for (let i = 0; i < schemes.length; i++) {
        if (RegExpTest(component.regexp, schemes[i])) return true;
    }
    return false;
}

function compile(pattern, options, encode, flags) {
    const parts = parsePattern(pattern, options, encode);
    const { source, names } = toRegExp(parts, options);
    let regexp;
    try {
        regexp = new RegExp(source, `v${flags}`);
    } catch (error) {
        unlessRefused(error);
        throw typeError(`the pattern \`${pattern}\` holds a regular expression that is not valid: ${error.message}`);
    }
    let hasGroups = false;
    for (let i = 0; i < parts.length; i++) hasGroups ||= parts[i].type === 'regexp';
    return { pattern: toPattern(parts, options), regexp, names, hasGroups };
}

export function build(init, flags) {
    for (let i = 0; i < PARTS.length; i++) init[PARTS[i]] ??= '*';
    if (SPECIAL[init.protocol] !== undefined && init.port === SPECIAL[init.protocol]) init.port = '';
    const components = { __proto__: null };
    components.protocol = compile(init.protocol, PLAIN, canonicalProtocol, '');
    components.username = compile(init.username, PLAIN, canonicalUsername, '');
    components.password = compile(init.password, PLAIN, canonicalPassword, '');
    const isIpv6 = StringCharAt(init.hostname, 0) === '[' || StringStartsWith(init.hostname, '{[') || StringStartsWith(init.hostname, '\\[');
    components.hostname = compile(init.hostname, HOST, isIpv6 ? canonicalIpv6 : canonicalHostname, '');
    components.port = compile(init.port, PLAIN, (value) => canonicalPort(value, ''), '');
    components.pathname = matchesAnySpecial(components.protocol)
        ? compile(init.pathname, PATH, canonicalPathname, flags) : compile(init.pathname, PLAIN, canonicalOpaque, flags);
    components.search = compile(init.search, PLAIN, canonicalSearch, flags);
    components.hash = compile(init.hash, PLAIN, canonicalHash, flags);
    return components;
}
