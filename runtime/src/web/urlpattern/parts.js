// The parts of a pattern, after <https://urlpattern.spec.whatwg.org/#parts> and
// <https://urlpattern.spec.whatwg.org/#parsing>.

import { ArrayIndexOf, StringIncludes } from 'primordials';
import { newList, typeError } from 'base';
import { tokenize } from './tokens.js';

export const FULL = '.*';

/** The parts of a pattern: `{ type, value, modifier, name, prefix, suffix }`. */
export const parsePattern = (input, options, encode) => new PatternParser(input, options, encode).parse();

/** <https://urlpattern.spec.whatwg.org/#pattern-parser> */
class PatternParser {
    #input;

    #options;

    #encode;

    #segment;

    #tokens;

    #index = 0;

    #parts = newList();

    #names = newList();

    /** Text that goes into a part of its own. */
    #fixed = '';

    #nextName = 0;

    constructor(input, options, encode) {
        this.#input = input;
        this.#options = options;
        this.#encode = encode;
        this.#segment = segmentOf(options);
        this.#tokens = tokenize(input, false);
    }

    /** <https://urlpattern.spec.whatwg.org/#parse-a-pattern-string> */
    parse() {
        while (this.#index < this.#tokens.length) {
            const char = this.#take('char');
            const name = this.#take('name');
            const matcher = this.#takeMatcher(name);
            if (name !== undefined || matcher !== undefined) this.#addMatcher(char, name, matcher);
            else if (!this.#takeLiteral(char) && !this.#takeGroup()) this.#end();
        }
        return this.#parts;
    }

    /** A name or a group that matches: the character before it may be its prefix. */
    #addMatcher(char, name, matcher) {
        let prefix = char === undefined ? '' : char.value;
        if (prefix !== '' && prefix !== this.#options.prefix) {
            this.#fixed += prefix;
            prefix = '';
        }
        this.#flush();
        this.#addPart(prefix, name, matcher, '', this.#takeModifier());
    }

    #takeLiteral(char) {
        const literal = char ?? this.#take('escaped');
        if (literal !== undefined) this.#fixed += literal.value;
        return literal !== undefined;
    }

    /** `{prefix:name(matcher)suffix}` */
    #takeGroup() {
        if (this.#take('open') === undefined) return false;
        const prefix = this.#takeText();
        const name = this.#take('name');
        const matcher = this.#takeMatcher(name);
        const suffix = this.#takeText();
        if (this.#take('close') === undefined) throw typeError(`the pattern \`${this.#input}\` has a brace that is not closed`);
        this.#addPart(prefix, name, matcher, suffix, this.#takeModifier());
        return true;
    }

    #end() {
        this.#flush();
        if (this.#take('end') === undefined) throw typeError(`the pattern \`${this.#input}\` is not valid at ${this.#tokens[this.#index].index}`);
    }

    /** <https://urlpattern.spec.whatwg.org/#try-to-consume-a-token> */
    #take(type) { return this.#tokens[this.#index].type === type ? this.#tokens[this.#index++] : undefined; }

    #takeMatcher(name) { return this.#take('regexp') ?? (name === undefined ? this.#take('asterisk') : undefined); }

    #takeModifier() { return this.#take('modifier') ?? this.#take('asterisk'); }

    #takeText() {
        let text = '';
        for (;;) {
            const token = this.#take('char') ?? this.#take('escaped');
            if (token === undefined) return text;
            text += token.value;
        }
    }

    /** <https://urlpattern.spec.whatwg.org/#maybe-add-a-part-from-the-pending-fixed-value> */
    #flush() {
        if (this.#fixed === '') return;
        this.#addFixed(this.#fixed, '');
        this.#fixed = '';
    }

    #addFixed(text, modifier) { this.#push('fixed', this.#encode(text), modifier, '', '', ''); }

    /** <https://urlpattern.spec.whatwg.org/#add-a-part> */
    #addPart(prefix, name, matcher, suffix, modifierToken) {
        const modifier = modifierToken === undefined ? '' : modifierToken.value;
        const isFixed = name === undefined && matcher === undefined;
        if (isFixed && modifier === '') {
            this.#fixed += prefix;
            return;
        }
        this.#flush();
        if (isFixed) {
            if (prefix !== '') this.#addFixed(prefix, modifier);
            return;
        }
        const value = matcher === undefined ? this.#segment : matcher.type === 'asterisk' ? FULL : matcher.value;
        const type = value === this.#segment ? 'segment' : value === FULL ? 'full' : 'regexp';
        const own = this.#newName(name);
        this.#push(type, type === 'regexp' ? value : '', modifier, own, this.#encode(prefix), this.#encode(suffix));
    }

    /** The name of a part: the script's, or a number. */
    #newName(name) {
        const own = name === undefined ? `${this.#nextName++}` : name.value;
        const names = this.#names;
        if (ArrayIndexOf(names, own) >= 0) throw typeError(`the pattern \`${this.#input}\` uses the name \`${own}\` twice`);
        names[names.length] = own;
        return own;
    }

    #push(type, value, modifier, name, prefix, suffix) {
        this.#parts[this.#parts.length] = { type, value, modifier, name, prefix, suffix };
    }
}

/** The regular expression of a segment: up to the next delimiter. */
export const segmentOf = (options) => `[^${escapeRegExp(options.delimiter)}]+?`;

const escapeWith = (special) => (text) => {
    let escaped = '';
    for (let i = 0; i < text.length; i++) escaped += StringIncludes(special, text[i]) ? `\\${text[i]}` : text[i];
    return escaped;
};
export const escapeRegExp = escapeWith('.+*?^${}()[]|/\\');
export const escapePattern = escapeWith('+*?:{}()\\');
