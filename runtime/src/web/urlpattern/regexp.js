// What parts become: a regular expression
// (<https://urlpattern.spec.whatwg.org/#converting-part-lists-to-regular-expressions>), or a
// pattern again (<https://urlpattern.spec.whatwg.org/#converting-part-lists-to-pattern-strings>).

import {
    NumberToString, RegExpTest, StringCharAt, StringCharCodeAt, StringCodePointAt, StringFromCodePoint,
    StringIncludes,
} from 'primordials';
import { newList } from 'base';
import { REST } from './tokens.js';
import { escapePattern, escapeRegExp, FULL, segmentOf } from './parts.js';

/** The regular expression of parts, and the names of its groups. */
export function toRegExp(parts, options) {
    let source = '^';
    const names = newList();
    const segment = segmentOf(options);
    for (let i = 0; i < parts.length; i++) {
        const part = parts[i];
        if (part.type === 'fixed') {
            source += part.modifier === '' ? escapeRegExp(part.value) : `(?:${escapeRegExp(part.value)})${part.modifier}`;
            continue;
        }
        names[names.length] = part.name;
        const value = part.type === 'segment' ? segment : part.type === 'full' ? FULL : part.value;
        const prefix = escapeRegExp(part.prefix);
        const suffix = escapeRegExp(part.suffix);
        if (prefix === '' && suffix === '') {
            source += part.modifier === '' || part.modifier === '?' ? `(${value})${part.modifier}` : `((?:${value})${part.modifier})`;
        } else if (part.modifier === '' || part.modifier === '?') {
            source += `(?:${prefix}(${value})${suffix})${part.modifier}`;
        } else {
            source += `(?:${prefix}((?:${value})(?:${suffix}${prefix}(?:${value}))*)${suffix})${part.modifier === '*' ? '?' : ''}`;
        }
    }
    return { source: forEngine(`${source}$`), names };
}

const DOUBLED = '&!#%,:;<=>@`~';

/**
 * The same expression in an engine that takes what the flag `v` reserves in classes for reserved
 * everywhere: hyphens, slashes, and certain characters twice.
 */
function forEngine(source) {
    let written = '';
    let depth = 0;
    for (let i = 0; i < source.length; i++) {
        const character = source[i];
        if (character === '\\') {
            written += character + StringCharAt(source, i + 1);
            i++;
            continue;
        }
        if (character === '[') depth++;
        else if (character === ']' && depth > 0) depth--;
        const isReserved = character === '-' || character === '/'
            || (i > 0 && source[i - 1] === character && StringIncludes(DOUBLED, character));
        written += depth === 0 && isReserved
            ? `\\x${NumberToString(StringCharCodeAt(character, 0), 16)}` : character;
    }
    return written;
}

/** The pattern that parts stand for, in its shortest form. */
export function toPattern(parts, options) {
    let pattern = '';
    for (let i = 0; i < parts.length; i++) {
        const part = parts[i];
        const previous = parts[i - 1];
        const next = parts[i + 1];
        if (part.type === 'fixed') {
            pattern += part.modifier === '' ? escapePattern(part.value) : `{${escapePattern(part.value)}}${part.modifier}`;
            continue;
        }
        const custom = !(part.name >= '0' && part.name <= '9~');
        let grouped = part.suffix !== '' || (part.prefix !== '' && part.prefix !== options.prefix);
        if (!grouped && custom && part.type === 'segment' && part.modifier === '' && next !== undefined && next.prefix === '' && next.suffix === '') {
            grouped = next.type === 'fixed' ? next.value !== '' && RegExpTest(REST, StringFromCodePoint(StringCodePointAt(next.value, 0)))
                : next.name >= '0' && next.name <= '9~';
        }
        if (!grouped && part.prefix === '' && previous !== undefined && previous.type === 'fixed' && options.prefix !== '') {
            grouped = previous.value !== '' && StringCharAt(previous.value, previous.value.length - 1) === options.prefix;
        }
        if (grouped) pattern += '{';
        pattern += escapePattern(part.prefix);
        if (custom) pattern += `:${part.name}`;
        if (part.type === 'regexp') {
            pattern += `(${part.value})`;
        } else if (part.type === 'segment' && !custom) {
            pattern += `(${segmentOf(options)})`;
        } else if (part.type === 'full') {
            const bare = !custom && (previous === undefined || previous.type === 'fixed' || previous.modifier !== '' || grouped || part.prefix !== '');
            pattern += bare ? '*' : `(${FULL})`;
        }
        if (part.type === 'segment' && custom && part.suffix !== '' && RegExpTest(REST, StringFromCodePoint(StringCodePointAt(part.suffix, 0)))) {
            pattern += '\\';
        }
        pattern += escapePattern(part.suffix);
        if (grouped) pattern += '}';
        pattern += part.modifier;
    }
    return pattern;
}
