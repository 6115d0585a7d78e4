// Texts, numbers, symbols and the other primitive values.

import {
    BigIntToString, NumberToString, ObjectIs, StringCharCodeAt, StringIncludes, StringPadStart,
    StringRepeat, StringSlice, StringSplit, StringToUpperCase, SymbolToString,
} from 'primordials';
import { MAX_TEXT, WIDTH } from './limits.js';

const ESCAPES = { '\b': '\\b', '\t': '\\t', '\n': '\\n', '\f': '\\f', '\r': '\\r', '\\': '\\\\' };
const hex = (code, width) => StringPadStart(NumberToString(code, 16), width, '0');

function escaped(character, code, quote) {
    if (character === quote) return `\\${quote}`;
    if (code === 92 || (code >= 8 && code <= 13 && code !== 11)) return ESCAPES[character];
    if (code < 32 || (code >= 127 && code < 160)) return `\\x${StringToUpperCase(hex(code, 2))}`;
    return `\\u${hex(code, 4)}`;
}

const isLoneSurrogate = (text, index, code) => {
    if (code < 0xd800 || code > 0xdfff) return false;
    if (code < 0xdc00) {
        const next = StringCharCodeAt(text, index + 1);
        return !(next >= 0xdc00 && next <= 0xdfff);
    }
    const before = index > 0 ? StringCharCodeAt(text, index - 1) : 0;
    return !(before >= 0xd800 && before <= 0xdbff);
};

function quoteFor(text) {
    if (!StringIncludes(text, "'")) return "'";
    if (!StringIncludes(text, '"')) return '"';
    if (!StringIncludes(text, '`') && !StringIncludes(text, '${')) return '`';
    return "'";
}

export function quoted(text) {
    const quote = quoteFor(text);
    let shown = quote;
    let start = 0;
    for (let i = 0; i < text.length; i++) {
        const code = StringCharCodeAt(text, i);
        const character = text[i];
        if (character === quote || code === 92 || code < 32 || (code >= 127 && code < 160)
            || isLoneSurrogate(text, i, code)) {
            shown += StringSlice(text, start, i) + escaped(character, code, quote);
            start = i + 1;
        }
    }
    return shown + StringSlice(text, start) + quote;
}

function shownText(context, text) {
    let rest = '';
    if (text.length > MAX_TEXT) {
        const more = text.length - MAX_TEXT;
        rest = `... ${more} more character${more > 1 ? 's' : ''}`;
        text = StringSlice(text, 0, MAX_TEXT);
    }
    if (context.compact && text.length > 16 && text.length > WIDTH - context.indent - 4
        && StringIncludes(text, '\n')) {
        const lines = StringSplit(text, '\n');
        let shown = '';
        for (let i = 0; i < lines.length; i++) {
            const last = i === lines.length - 1;
            if (last && lines[i] === '') break;
            if (i > 0) shown += ` +\n${StringRepeat(' ', context.indent + 2)}`;
            shown += quoted(last ? lines[i] : `${lines[i]}\n`);
        }
        return shown + rest;
    }
    return quoted(text) + rest;
}

export const shownNumber = (number) => (ObjectIs(number, -0) ? '-0' : `${number}`);

export function shownSymbol(symbol) {
    return SymbolToString(symbol);
}

export function shownPrimitive(context, value) {
    switch (typeof value) {
        case 'string': return shownText(context, value);
        case 'number': return shownNumber(value);
        case 'bigint': return `${BigIntToString(value)}n`;
        case 'symbol': return shownSymbol(value);
        default: return `${value}`;
    }
}

export const text = (value) => (typeof value === 'string' ? value : '');
