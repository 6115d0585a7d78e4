// The tokens of a pattern, after <https://urlpattern.spec.whatwg.org/#tokens>.

import {
    RegExp, RegExpTest, StringCharCodeAt, StringCodePointAt, StringFromCodePoint, StringSlice,
} from 'primordials';
import { newList, typeError } from 'base';

const START = new RegExp('[$_\\p{ID_Start}]', 'u');
export const REST = new RegExp('[$_\\u200C\\u200D\\p{ID_Continue}]', 'u');
const isAscii = (text) => {
    for (let i = 0; i < text.length; i++) {
        if (StringCharCodeAt(text, i) > 127) return false;
    }
    return true;
};

/** The tokens of a pattern: `{ type, index, value }`; a lenient run marks what it cannot read. */
export function tokenize(input, lenient) {
    const tokens = newList();
    let index = 0;
    const characterAt = (at) => StringFromCodePoint(StringCodePointAt(input, at));
    const add = (type, end, from, to) => {
        tokens[tokens.length] = { type, index, value: StringSlice(input, from, to) };
        index = end;
    };
    const fail = (end, from, why) => {
        if (!lenient) throw typeError(`the pattern \`${input}\` ${why}`);
        add('invalid', end, from, end);
    };
    while (index < input.length) {
        const character = characterAt(index);
        const next = index + character.length;
        if (character === '*') add('asterisk', next, index, next);
        else if (character === '+' || character === '?') add('modifier', next, index, next);
        else if (character === '{') add('open', next, index, next);
        else if (character === '}') add('close', next, index, next);
        else if (character === '\\') {
            if (next >= input.length) {
                fail(next, index, 'ends with a backslash');
            } else {
                const end = next + characterAt(next).length;
                add('escaped', end, next, end);
            }
        } else if (character === ':') {
            const end = nameEnd(input, next, characterAt);
            if (end === next) fail(next, index, 'has a colon without a name');
            else add('name', end, next, end);
        } else if (character === '(') {
            const end = groupEnd(input, next, characterAt);
            if (end < 0) fail(next, index, 'has a group that is not valid');
            else add('regexp', end, next, end - 1);
        } else {
            add('char', next, index, next);
        }
    }
    tokens[tokens.length] = { type: 'end', index, value: '' };
    return tokens;
}

/** Where a name that begins at `start` ends. */
function nameEnd(input, start, characterAt) {
    let end = start;
    while (end < input.length) {
        const letter = characterAt(end);
        if (!RegExpTest(end === start ? START : REST, letter)) break;
        end += letter.length;
    }
    return end;
}

/** Where a group that begins at `start` ends; -1 when it is not valid. */
function groupEnd(input, start, characterAt) {
    let depth = 1;
    let at = start;
    while (at < input.length) {
        const character = characterAt(at);
        if (!isAscii(character) || (at === start && character === '?')) return -1;
        at += character.length;
        if (character === '\\') {
            if (at >= input.length || !isAscii(characterAt(at))) return -1;
            at += characterAt(at).length;
        } else if (character === ')') {
            depth--;
            if (depth === 0) return at - 1 === start ? -1 : at;
        } else if (character === '(') {
            depth++;
            if (input[at] !== '?') return -1;
        }
    }
    return -1;
}
