// The canonical form of values, after <https://urlpattern.spec.whatwg.org/#canon>.

import { RegExp, RegExpTest, StringCharAt, StringIncludes, StringSlice } from 'primordials';
import { string, typeError } from 'base';
import { SPECIAL } from './components.js';

const invalid = (part, value) => typeError(`\`${value}\` is not a valid ${part}`);

/** Has the URL parser bring a value into its canonical form. */
const through = (part, index, base) => (value) => {
    if (value === '') return '';
    const record = native.urlParse(base, undefined);
    native.urlSet(record, index, value);
    return native.urlGet(record, index);
};
const cut = (encode) => (value) => StringSlice(encode(value), value === '' ? 0 : 1);

export const canonicalUsername = through('username', 2, 'https://dummy.test/');
export const canonicalPassword = through('password', 3, 'https://dummy.test/');
export const canonicalSearch = cut(through('search', 7, 'https://dummy.test/'));
export const canonicalHash = cut(through('hash', 8, 'https://dummy.test/'));

export function canonicalProtocol(value) {
    if (value === '') return '';
    const record = native.urlParse(`${value}://dummy.test`, undefined);
    if (record === undefined) throw invalid('protocol', value);
    const protocol = native.urlGet(record, 1);
    return StringSlice(protocol, 0, protocol.length - 1);
}

const HOST_ENDS = '/\\?#';

/** The hostname state of the URL parser: what is behind the host is passed over. */
export function canonicalHostname(value) {
    if (value === '') return '';
    let end = 0;
    for (; end < value.length && !StringIncludes(HOST_ENDS, value[end]); end++) {
        if (value[end] === '@' || (value[end] === ':' && value[0] !== '[')) throw invalid('hostname', value);
    }
    const record = native.urlParse(`https://${StringSlice(value, 0, end)}/`, undefined);
    if (record === undefined) throw invalid('hostname', value);
    return native.urlGet(record, 5);
}

const IPV6 = new RegExp('^[0-9a-fA-F:\\[\\]]*$');

export function canonicalIpv6(value) {
    if (!RegExpTest(IPV6, value)) throw invalid('hostname', value);
    return primordials.StringToLowerCase(value);
}

/** The port state of the URL parser: what is behind the digits is passed over. */
export function canonicalPort(value, protocol) {
    if (value === '') return '';
    let digits = '';
    for (let i = 0; i < value.length; i++) {
        if (StringIncludes('\t\n\r', value[i])) continue;
        if (!StringIncludes('0123456789', value[i])) break;
        digits += value[i];
    }
    if (digits === '' || +digits > 65535) throw invalid('port', value);
    const port = string(+digits);
    return SPECIAL[protocol] === port ? '' : port;
}

export function canonicalPathname(value) {
    if (value === '') return '';
    const slash = StringCharAt(value, 0) === '/';
    const record = native.urlParse('https://dummy.test/', undefined);
    native.urlSet(record, 6, slash ? value : `/-${value}`);
    return StringSlice(native.urlGet(record, 6), slash ? 0 : 2);
}

export function canonicalOpaque(value) {
    if (value === '') return '';
    const record = native.urlParse(`data:${value}`, undefined);
    if (record === undefined) throw invalid('pathname', value);
    return native.urlGet(record, 6);
}
