// A pattern as one text, after <https://urlpattern.spec.whatwg.org/#constructor-string-parsing>.

import { ArrayIndexOf, StringSlice } from 'primordials';
import { matchesSpecial, PARTS } from './components.js';
import { tokenize } from './tokens.js';

/** Takes a constructor string apart, as the URL parser would a URL: the members of a `URLPatternInit`. */
export const parseConstructor = (input) => new ConstructorStringParser(input).parse();

/** <https://urlpattern.spec.whatwg.org/#constructor-string-parser> */
class ConstructorStringParser {
    #input;

    #tokens;

    #result = { __proto__: null };

    #state = 'init';

    /** Where the component begins that is being read. */
    #start = 0;

    #index = 0;

    #increment = 1;

    #groupDepth = 0;

    #bracketDepth = 0;

    #isSpecial = false;

    constructor(input) {
        this.#input = input;
        this.#tokens = tokenize(input, true);
    }

    /** <https://urlpattern.spec.whatwg.org/#parse-a-constructor-string> */
    parse() {
        while (this.#state !== 'done') {
            this.#increment = 1;
            if (this.#at(this.#index).type === 'end') this.#end();
            else if (!this.#isInGroup()) this.#read();
            this.#index += this.#increment;
        }
        const result = this.#result;
        if (result.hostname !== undefined && result.port === undefined) result.port = '';
        return result;
    }

    /** At the end of the text: what has no scheme is relative, what has no user begins with the host. */
    #end() {
        switch (this.#state) {
            case 'init':
                this.#rewind();
                if (this.#isHashPrefix()) this.#changeState('hash', 1);
                else if (this.#isSearchPrefix()) this.#changeState('search', 1);
                else this.#changeState('pathname', 0);
                break;
            case 'authority':
                this.#rewindTo('hostname');
                break;
            default:
                this.#changeState('done', 0);
        }
    }

    /** Whether a token belongs to a group in braces, inside of which nothing ends a component. */
    #isInGroup() {
        const { type } = this.#at(this.#index);
        if (type === 'open') this.#groupDepth++;
        if (this.#groupDepth === 0) return false;
        if (type === 'close') this.#groupDepth--;
        return true;
    }

    /** Looks for the end of the component that is being read. */
    #read() {
        switch (this.#state) {
            case 'init':
                if (this.#isChar(0, ':')) this.#rewindTo('protocol');
                break;
            case 'protocol':
                if (this.#isChar(0, ':')) this.#endProtocol();
                break;
            case 'authority':
                if (this.#isChar(0, '@')) this.#rewindTo('username');
                else if (this.#isChar(0, '/') || this.#isSearchPrefix() || this.#isHashPrefix()) this.#rewindTo('hostname');
                break;
            case 'username':
                if (this.#isChar(0, ':')) this.#changeState('password', 1);
                else if (this.#isChar(0, '@')) this.#changeState('hostname', 1);
                break;
            case 'password':
                if (this.#isChar(0, '@')) this.#changeState('hostname', 1);
                break;
            case 'hostname':
                if (this.#isChar(0, '[')) this.#bracketDepth++;
                else if (this.#isChar(0, ']')) this.#bracketDepth--;
                else if (this.#isChar(0, ':') && this.#bracketDepth === 0) this.#changeState('port', 1);
                else this.#endBefore('pathname');
                break;
            case 'port':
                this.#endBefore('pathname');
                break;
            case 'pathname':
                this.#endBefore('search');
                break;
            default:
                if (this.#state === 'search') this.#endBefore('hash');
        }
    }

    /** What follows the colon behind a protocol. */
    #endProtocol() {
        this.#isSpecial = matchesSpecial(this.#component());
        if (this.#isChar(1, '/') && this.#isChar(2, '/')) this.#changeState('authority', 3);
        else if (this.#isSpecial) this.#changeState('authority', 1);
        else this.#changeState('pathname', 1);
    }

    /** Ends a component where a later one begins: `first`, or one behind that. */
    #endBefore(first) {
        if (first === 'pathname' && this.#isChar(0, '/')) this.#changeState('pathname', 0);
        else if (first !== 'hash' && this.#isSearchPrefix()) this.#changeState('search', 1);
        else if (this.#isHashPrefix()) this.#changeState('hash', 1);
    }

    /** <https://urlpattern.spec.whatwg.org/#change-state> */
    #changeState(state, skip) {
        const before = this.#state;
        if (before !== 'init' && before !== 'authority' && before !== 'done') this.#result[before] = this.#component();
        if (before !== 'init' && state !== 'done') this.#fillBetween(before, state);
        this.#state = state;
        this.#index += skip;
        this.#start = this.#index;
        this.#increment = 0;
    }

    /** What stands between two components, and was left out, is empty. */
    #fillBetween(before, state) {
        const result = this.#result;
        const from = ArrayIndexOf(PARTS, before === 'authority' ? 'hostname' : before);
        const to = ArrayIndexOf(PARTS, state === 'authority' ? 'username' : state);
        const isSkipped = (name) => from < ArrayIndexOf(PARTS, name) && to > ArrayIndexOf(PARTS, name) && result[name] === undefined;
        if (from < 3 && to > 3 && result.hostname === undefined) result.hostname = '';
        if (isSkipped('pathname')) result.pathname = this.#isSpecial ? '/' : '';
        if (isSkipped('search')) result.search = '';
    }

    #rewind() {
        this.#index = this.#start;
        this.#increment = 0;
    }

    #rewindTo(state) {
        this.#rewind();
        this.#state = state;
    }

    #at(index) { return this.#tokens[index] ?? this.#tokens[this.#tokens.length - 1]; }

    /** Whether the token so far ahead is this character, and nothing of a pattern. */
    #isChar(ahead, value) {
        const token = this.#at(this.#index + ahead);
        return token.value === value && (token.type === 'char' || token.type === 'escaped' || token.type === 'invalid');
    }

    #isHashPrefix() { return this.#isChar(0, '#'); }

    /** A question mark, unless it says that what stands before it may be left out. */
    #isSearchPrefix() {
        if (this.#isChar(0, '?')) return true;
        const { type, value } = this.#at(this.#index);
        if (value !== '?' || type !== 'modifier') return false;
        if (this.#index === 0) return true;
        const before = this.#at(this.#index - 1).type;
        return before !== 'name' && before !== 'regexp' && before !== 'close' && before !== 'asterisk';
    }

    /** The text of the component so far. */
    #component() { return StringSlice(this.#input, this.#at(this.#start).index, this.#at(this.#index).index); }
}
