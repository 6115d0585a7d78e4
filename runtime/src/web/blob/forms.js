// Forms as bodies: `multipart/form-data` (RFC 7578), and
// <https://url.spec.whatwg.org/#urlencoded-parsing>.

import {
    StringCharAt, StringIndexOf, StringSlice, StringToLowerCase, StringTrim,
} from 'primordials';
import { newList, typeError } from 'base';
import { bytesOf, typeOf } from './blob.js';
import { fileWith, nameOf } from './file.js';
import { entriesOf, FormData } from './form_data.js';

const QUOTED = { __proto__: null, '\n': '%0A', '\r': '%0D', '"': '%22' };

function quotedName(text) {
    let quoted = '';
    for (let i = 0; i < text.length; i++) quoted += QUOTED[text[i]] ?? text[i];
    return quoted;
}

/** Line ends as HTTP has them. */
function withCrlf(text) {
    let converted = '';
    for (let i = 0; i < text.length; i++) {
        if (text[i] === '\r') {
            converted += '\r\n';
            if (StringCharAt(text, i + 1) === '\n') i++;
        } else {
            converted += text[i] === '\n' ? '\r\n' : text[i];
        }
    }
    return converted;
}

export function encodeMultipart(data) {
    const boundary = `----formdata-runner-${native.randomDigits()}`;
    const entries = entriesOf(data).list;
    const parts = newList();
    const add = (part) => { parts[parts.length] = typeof part === 'string' ? native.encode(part) : part; };
    for (let i = 0; i < entries.length; i++) {
        const name = entries[i][0];
        const value = entries[i][1];
        const head = `--${boundary}\r\nContent-Disposition: form-data; name="${quotedName(withCrlf(name))}"`;
        if (typeof value === 'string') {
            add(`${head}\r\n\r\n${withCrlf(value)}\r\n`);
        } else {
            const type = typeOf(value) === '' ? 'application/octet-stream' : typeOf(value);
            add(`${head}; filename="${quotedName(nameOf(value))}"\r\nContent-Type: ${type}\r\n\r\n`);
            add(bytesOf(value));
            add('\r\n');
        }
    }
    add(`--${boundary}--\r\n`);
    return { bytes: native.concat(parts), type: `multipart/form-data; boundary=${boundary}` };
}

/** The parameter `name` of a header value such as `form-data; name="a"`. */
export function parameter(value, name) {
    let at = StringIndexOf(value, ';');
    while (at >= 0) {
        let start = at + 1;
        while (start < value.length && (value[start] === ' ' || value[start] === '\t')) start++;
        const equals = StringIndexOf(value, '=', start);
        if (equals < 0) return undefined;
        const key = StringToLowerCase(StringTrim(StringSlice(value, start, equals)));
        let text = '';
        let end = equals + 1;
        if (StringCharAt(value, end) === '"') {
            for (end++; end < value.length && value[end] !== '"'; end++) {
                if (value[end] === '\\' && StringCharAt(value, end + 1) === '"') end++;
                text += value[end];
            }
            end = StringIndexOf(value, ';', end);
        } else {
            end = StringIndexOf(value, ';', end);
            text = StringTrim(StringSlice(value, equals + 1, end < 0 ? value.length : end));
        }
        if (key === name) return text;
        at = end;
    }
    return undefined;
}

const UNQUOTED = { __proto__: null, '%0A': '\n', '%0D': '\r', '%22': '"' };

function unquotedName(text) {
    let plain = '';
    for (let i = 0; i < text.length; i++) {
        const code = text[i] === '%' ? UNQUOTED[primordials.StringToUpperCase(StringSlice(text, i, i + 3))] : undefined;
        plain += code ?? text[i];
        if (code !== undefined) i += 2;
    }
    return plain;
}

const malformed = () => typeError('the body is not valid multipart/form-data');

export function decodeMultipart(bytes, boundary) {
    const data = new FormData();
    const entries = entriesOf(data);
    const dashes = native.encode(`--${boundary}`);
    const width = native.byteLength(dashes);
    const blank = native.encode('\r\n\r\n');
    const next = native.encode(`\r\n--${boundary}`);
    let at = native.find(bytes, dashes, 0);
    if (at < 0) throw malformed();
    at += width;
    for (;;) {
        const mark = native.latin1(bytes, at, at + 2);
        if (mark === '--') return data;
        if (mark !== '\r\n') throw malformed();
        const headEnd = native.find(bytes, blank, at);
        if (headEnd < 0) throw malformed();
        const end = native.find(bytes, next, headEnd + 2);
        if (end < 0) throw malformed();
        const head = headersOf(native.utf8(native.slice(bytes, at + 2, headEnd < at + 2 ? at + 2 : headEnd), false));
        const content = native.slice(bytes, headEnd + 4, end > headEnd + 4 ? end : headEnd + 4);
        const disposition = head['content-disposition'];
        if (disposition === undefined || !primordials.StringStartsWith(StringToLowerCase(disposition), 'form-data')) throw malformed();
        const name = parameter(disposition, 'name');
        if (name === undefined) throw malformed();
        const filename = parameter(disposition, 'filename');
        const value = filename === undefined
            ? native.utf8(content, true)
            : fileWith(content, head['content-type'] ?? 'text/plain', unquotedName(filename));
        entries.append(unquotedName(name), value);
        at = end + width + 2;
    }
}

function headersOf(text) {
    const headers = { __proto__: null };
    const lines = primordials.StringSplit(text, '\r\n');
    for (let i = 0; i < lines.length; i++) {
        const colon = StringIndexOf(lines[i], ':');
        if (colon < 0) throw malformed();
        headers[StringToLowerCase(StringTrim(StringSlice(lines[i], 0, colon)))] = StringTrim(StringSlice(lines[i], colon + 1));
    }
    return headers;
}

export function decodeForm(bytes) {
    const data = new FormData();
    const entries = entriesOf(data);
    const flat = native.formParse(native.utf8(bytes, false));
    for (let i = 0; i < flat.length; i += 2) entries.append(flat[i], flat[i + 1]);
    return data;
}
