// `URLPattern`, after <https://urlpattern.spec.whatwg.org/>, on the engine's own regular expressions.

(native, primordials, load) => {
    const {
        ArrayIndexOf, RegExp, RegExpExec, RegExpTest, StringCharCodeAt, StringCodePointAt, StringFromCodePoint,
        StringIncludes, StringSlice, StringStartsWith,
    } = primordials;
    const { dictionary, idl, isObject, string, typeError, usv } = load('base');

    const PARTS = ['protocol', 'username', 'password', 'hostname', 'port', 'pathname', 'search', 'hash'];
    const SPECIAL = { __proto__: null, http: '80', https: '443', ws: '80', wss: '443', ftp: '21', file: '' };
    const START = new RegExp('[$_\\p{ID_Start}]', 'u');
    const REST = new RegExp('[$_\\u200C\\u200D\\p{ID_Continue}]', 'u');
    const isAscii = (text) => {
        for (let i = 0; i < text.length; i++) {
            if (StringCharCodeAt(text, i) > 127) return false;
        }
        return true;
    };

    // ---------------------------------------------------------------- tokens

    /** The tokens of a pattern: `{ type, index, value }`; a lenient run marks what it cannot read. */
    function tokenize(input, lenient) {
        const tokens = [];
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
                let end = next;
                while (end < input.length) {
                    const letter = characterAt(end);
                    if (!RegExpTest(end === next ? START : REST, letter)) break;
                    end += letter.length;
                }
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

    // ---------------------------------------------------------------- parts of a component

    const FULL = '.*';

    /** The parts of a pattern: `{ type, value, modifier, name, prefix, suffix }`. */
    function parsePattern(input, options, encode) {
        const tokens = tokenize(input, false);
        const segment = `[^${escapeRegExp(options.delimiter)}]+?`;
        const parts = [];
        const names = [];
        let index = 0;
        let fixed = '';
        let nextName = 0;
        const take = (type) => (tokens[index].type === type ? tokens[index++] : undefined);
        const takeModifier = () => take('modifier') ?? take('asterisk');
        const takeCharacter = () => take('char') ?? take('escaped');
        const flush = () => {
            if (fixed === '') return;
            parts[parts.length] = { type: 'fixed', value: encode(fixed), modifier: '', name: '', prefix: '', suffix: '' };
            fixed = '';
        };
        const addPart = (prefix, name, regexp, suffix, modifierToken) => {
            const modifier = modifierToken === undefined ? '' : modifierToken.value;
            if (name === undefined && regexp === undefined && modifier === '') {
                fixed += prefix;
                return;
            }
            flush();
            if (name === undefined && regexp === undefined) {
                if (prefix === '') return;
                parts[parts.length] = { type: 'fixed', value: encode(prefix), modifier, name: '', prefix: '', suffix: '' };
                return;
            }
            let value = regexp === undefined ? segment : regexp.type === 'asterisk' ? FULL : regexp.value;
            let type = 'regexp';
            if (value === segment) {
                type = 'segment';
                value = '';
            } else if (value === FULL) {
                type = 'full';
                value = '';
            }
            const own = name === undefined ? `${nextName++}` : name.value;
            if (ArrayIndexOf(names, own) >= 0) throw typeError(`the pattern \`${input}\` uses the name \`${own}\` twice`);
            names[names.length] = own;
            parts[parts.length] = { type, value, modifier, name: own, prefix: encode(prefix), suffix: encode(suffix) };
        };
        const takeText = () => {
            let text = '';
            for (let token = takeCharacter(); token !== undefined; token = takeCharacter()) text += token.value;
            return text;
        };
        while (index < tokens.length) {
            const char = take('char');
            const name = take('name');
            const regexp = take('regexp') ?? (name === undefined ? take('asterisk') : undefined);
            if (name !== undefined || regexp !== undefined) {
                let prefix = char === undefined ? '' : char.value;
                if (prefix !== '' && prefix !== options.prefix) {
                    fixed += prefix;
                    prefix = '';
                }
                flush();
                addPart(prefix, name, regexp, '', takeModifier());
                continue;
            }
            const literal = char ?? take('escaped');
            if (literal !== undefined) {
                fixed += literal.value;
                continue;
            }
            if (take('open') !== undefined) {
                const prefix = takeText();
                const inner = take('name');
                const group = take('regexp') ?? (inner === undefined ? take('asterisk') : undefined);
                const suffix = takeText();
                if (take('close') === undefined) throw typeError(`the pattern \`${input}\` has a brace that is not closed`);
                addPart(prefix, inner, group, suffix, takeModifier());
                continue;
            }
            flush();
            if (take('end') === undefined) throw typeError(`the pattern \`${input}\` is not valid at ${tokens[index].index}`);
        }
        return parts;
    }

    const escapeWith = (special) => (text) => {
        let escaped = '';
        for (let i = 0; i < text.length; i++) escaped += StringIncludes(special, text[i]) ? `\\${text[i]}` : text[i];
        return escaped;
    };
    const escapeRegExp = escapeWith('.+*?^${}()[]|/\\');
    const escapePattern = escapeWith('+*?:{}()\\');

    /** The regular expression of parts, and the names of its groups. */
    function toRegExp(parts, options) {
        let source = '^';
        const names = [];
        const segment = `[^${escapeRegExp(options.delimiter)}]+?`;
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
        return { source: `${source}$`, names };
    }

    /** The pattern that parts stand for, in its shortest form. */
    function toPattern(parts, options) {
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
                grouped = previous.value[previous.value.length - 1] === options.prefix;
            }
            if (grouped) pattern += '{';
            pattern += escapePattern(part.prefix);
            if (custom) pattern += `:${part.name}`;
            if (part.type === 'regexp') {
                pattern += `(${part.value})`;
            } else if (part.type === 'segment' && !custom) {
                pattern += `([^${escapeRegExp(options.delimiter)}]+?)`;
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

    // ---------------------------------------------------------------- the canonical form of values

    const invalid = (part, value) => typeError(`\`${value}\` is not a valid ${part}`);

    /** Has the URL parser bring a value into its canonical form. */
    const through = (part, index, base) => (value) => {
        if (value === '') return '';
        const record = native.urlParse(base, undefined);
        native.urlSet(record, index, value);
        return native.urlGet(record, index);
    };
    const cut = (encode) => (value) => StringSlice(encode(value), value === '' ? 0 : 1);

    const canonicalUsername = through('username', 2, 'https://dummy.test/');
    const canonicalPassword = through('password', 3, 'https://dummy.test/');
    const canonicalSearch = cut(through('search', 7, 'https://dummy.test/'));
    const canonicalHash = cut(through('hash', 8, 'https://dummy.test/'));

    function canonicalProtocol(value) {
        if (value === '') return '';
        const record = native.urlParse(`${value}://dummy.test`, undefined);
        if (record === undefined) throw invalid('protocol', value);
        const protocol = native.urlGet(record, 1);
        return StringSlice(protocol, 0, protocol.length - 1);
    }

    const HOST_ENDS = '/\\?#@';

    function canonicalHostname(value) {
        if (value === '') return '';
        for (let i = 0; i < value.length; i++) {
            if (StringIncludes(HOST_ENDS, value[i]) || (value[i] === ':' && value[0] !== '[')) throw invalid('hostname', value);
        }
        const record = native.urlParse(`https://${value}/`, undefined);
        if (record === undefined) throw invalid('hostname', value);
        return native.urlGet(record, 5);
    }

    const IPV6 = new RegExp('^[0-9a-fA-F:\\[\\]]*$');

    function canonicalIpv6(value) {
        if (!RegExpTest(IPV6, value)) throw invalid('hostname', value);
        return primordials.StringToLowerCase(value);
    }

    const PORT = new RegExp('^[0-9]{1,5}$');

    function canonicalPort(value, protocol) {
        if (value === '') return '';
        let digits = '';
        for (let i = 0; i < value.length; i++) {
            if (!StringIncludes('\t\n\r', value[i])) digits += value[i];
        }
        if (!RegExpTest(PORT, digits) || +digits > 65535) throw invalid('port', value);
        const port = string(+digits);
        return SPECIAL[protocol] === port ? '' : port;
    }

    function canonicalPathname(value) {
        if (value === '') return '';
        const slash = value[0] === '/';
        const record = native.urlParse('https://dummy.test/', undefined);
        native.urlSet(record, 6, slash ? value : `/-${value}`);
        return StringSlice(native.urlGet(record, 6), slash ? 0 : 2);
    }

    function canonicalOpaque(value) {
        if (value === '') return '';
        const record = native.urlParse(`data:${value}`, undefined);
        if (record === undefined) throw invalid('pathname', value);
        return native.urlGet(record, 6);
    }

    // ---------------------------------------------------------------- what a script gives

    const isSpecialOrEmpty = (protocol) => protocol === '' || SPECIAL[protocol] !== undefined;

    const stripped = (value, first, last) => {
        let text = value;
        if (first !== '' && text[0] === first) text = StringSlice(text, 1);
        if (last !== '' && text[text.length - 1] === last) text = StringSlice(text, 0, text.length - 1);
        return text;
    };

    /** Whether a path of a pattern or of a URL begins at the root. */
    function isAbsolute(path, isPattern) {
        if (path === '') return false;
        if (path[0] === '/') return true;
        return isPattern && path.length > 1 && (path[0] === '\\' || path[0] === '{') && path[1] === '/';
    }

    /** The members of a `URLPatternInit`, completed by its base; `values` has the starting points. */
    function processInit(init, isPattern, values) {
        const result = values;
        let base;
        const canon = (value) => (isPattern ? escapePattern(value) : value);
        if (init.baseURL !== undefined) {
            base = native.urlParse(init.baseURL, undefined);
            if (base === undefined) throw typeError(`the base \`${init.baseURL}\` is not a URL`);
            const get = (index) => native.urlGet(base, index);
            const has = (name) => init[name] !== undefined;
            if (!has('protocol')) result.protocol = canon(stripped(get(1), '', ':'));
            if (!isPattern && !has('protocol') && !has('hostname') && !has('port') && !has('username')) result.username = get(2);
            if (!isPattern && !has('protocol') && !has('hostname') && !has('port') && !has('username') && !has('password')) result.password = get(3);
            if (!has('protocol') && !has('hostname')) result.hostname = canon(get(5));
            if (!has('protocol') && !has('hostname') && !has('port')) result.port = get(10);
            if (!has('protocol') && !has('hostname') && !has('port') && !has('pathname')) result.pathname = canon(get(6));
            if (!has('protocol') && !has('hostname') && !has('port') && !has('pathname') && !has('search')) result.search = canon(stripped(get(7), '?', ''));
            if (!has('protocol') && !has('hostname') && !has('port') && !has('pathname') && !has('search') && !has('hash')) result.hash = canon(stripped(get(8), '#', ''));
        }
        const each = (name, encode, first, last) => {
            if (init[name] === undefined) return;
            const value = stripped(init[name], first, last);
            result[name] = isPattern ? value : encode(value);
        };
        each('protocol', canonicalProtocol, '', ':');
        each('username', canonicalUsername, '', '');
        each('password', canonicalPassword, '', '');
        each('hostname', (value) => (value[0] === '[' ? canonicalIpv6(value) : canonicalHostname(value)), '', '');
        each('port', (value) => canonicalPort(value, result.protocol ?? ''), '', '');
        if (init.pathname !== undefined) {
            let path = init.pathname;
            const opaque = base !== undefined && native.urlGet(base, 6)[0] !== '/';
            if (base !== undefined && !opaque && !isAbsolute(path, isPattern)) {
                const basePath = canon(native.urlGet(base, 6));
                path = StringSlice(basePath, 0, primordials.StringLastIndexOf(basePath, '/') + 1) + path;
            }
            if (!isPattern) path = isSpecialOrEmpty(result.protocol ?? '') ? canonicalPathname(path) : canonicalOpaque(path);
            result.pathname = path;
        }
        each('search', canonicalSearch, '?', '');
        each('hash', canonicalHash, '#', '');
        return result;
    }

    const MEMBERS = ['baseURL', 'hash', 'hostname', 'password', 'pathname', 'port', 'protocol', 'search', 'username'];

    function initOf(value) {
        const given = dictionary(value, 'the input');
        const init = { __proto__: null };
        for (let i = 0; i < MEMBERS.length; i++) {
            const member = given[MEMBERS[i]];
            if (member !== undefined) init[MEMBERS[i]] = usv(member);
        }
        return init;
    }

    // ---------------------------------------------------------------- a pattern as one text

    /** Takes a constructor string apart, as the URL parser would a URL. */
    function parseConstructor(input) {
        const tokens = tokenize(input, true);
        const result = { __proto__: null };
        let state = 'init';
        let start = 0;
        let index = 0;
        let step = 1;
        let groups = 0;
        let brackets = 0;
        let special = false;
        const at = (i) => tokens[i] ?? tokens[tokens.length - 1];
        const isChar = (i, value) => {
            const token = at(i);
            return token.value === value && (token.type === 'char' || token.type === 'escaped' || token.type === 'invalid');
        };
        const text = () => StringSlice(input, at(start).index, at(index).index);
        const change = (next, skip) => {
            if (state !== 'init' && state !== 'authority' && state !== 'done') result[state] = text();
            if (state !== 'init' && next !== 'done') {
                const order = ArrayIndexOf(PARTS, state === 'authority' ? 'hostname' : state);
                const target = ArrayIndexOf(PARTS, next === 'authority' ? 'username' : next);
                const crosses = (name) => order < ArrayIndexOf(PARTS, name) && target > ArrayIndexOf(PARTS, name) && result[name] === undefined;
                if (order < 3 && target > 3 && result.hostname === undefined) result.hostname = '';
                if (crosses('pathname')) result.pathname = special ? '/' : '';
                if (crosses('search')) result.search = '';
            }
            state = next;
            start = index + skip;
            index += skip;
            step = 0;
        };
        const rewind = () => {
            index = start;
            step = 0;
        };
        const isSearch = () => {
            if (isChar(index, '?')) return true;
            if (at(index).value !== '?' || at(index).type !== 'modifier') return false;
            const before = at(index - 1);
            return index === 0 || (before.type !== 'name' && before.type !== 'regexp' && before.type !== 'close' && before.type !== 'asterisk');
        };
        const isHash = () => isChar(index, '#');
        while (index < tokens.length) {
            step = 1;
            if (at(index).type === 'end') {
                if (state === 'init') {
                    rewind();
                    if (isHash()) change('hash', 1);
                    else if (isSearch()) change('search', 1);
                    else change('pathname', 0);
                    index += step;
                    continue;
                }
                if (state === 'authority') {
                    rewind();
                    state = 'hostname';
                    continue;
                }
                change('done', 0);
                break;
            }
            if (at(index).type === 'open') {
                groups++;
                index++;
                continue;
            }
            if (groups > 0) {
                if (at(index).type === 'close') groups--;
                index++;
                continue;
            }
            switch (state) {
                case 'init':
                    if (isChar(index, ':')) {
                        rewind();
                        state = 'protocol';
                    }
                    break;
                case 'protocol':
                    if (isChar(index, ':')) {
                        special = matchesSpecial(text());
                        if (isChar(index + 1, '/') && isChar(index + 2, '/')) change('authority', 3);
                        else if (special) change('authority', 1);
                        else change('pathname', 1);
                    }
                    break;
                case 'authority':
                    if (isChar(index, '@')) {
                        rewind();
                        state = 'username';
                    } else if (isChar(index, '/') || isSearch() || isHash()) {
                        rewind();
                        state = 'hostname';
                    }
                    break;
                case 'username':
                    if (isChar(index, ':')) change('password', 1);
                    else if (isChar(index, '@')) change('hostname', 1);
                    break;
                case 'password':
                    if (isChar(index, '@')) change('hostname', 1);
                    break;
                case 'hostname':
                    if (isChar(index, '[')) brackets++;
                    else if (isChar(index, ']')) brackets--;
                    else if (isChar(index, ':') && brackets === 0) change('port', 1);
                    else if (isChar(index, '/')) change('pathname', 0);
                    else if (isSearch()) change('search', 1);
                    else if (isHash()) change('hash', 1);
                    break;
                case 'port':
                    if (isChar(index, '/')) change('pathname', 0);
                    else if (isSearch()) change('search', 1);
                    else if (isHash()) change('hash', 1);
                    break;
                case 'pathname':
                    if (isSearch()) change('search', 1);
                    else if (isHash()) change('hash', 1);
                    break;
                case 'search':
                    if (isHash()) change('hash', 1);
                    break;
                default:
            }
            index += step;
        }
        if (result.hostname !== undefined && result.port === undefined) result.port = '';
        return result;
    }

    const PLAIN = { delimiter: '', prefix: '' };
    const HOST = { delimiter: '.', prefix: '' };
    const PATH = { delimiter: '/', prefix: '/' };

    /** Whether a pattern of a protocol matches one of the special schemes. */
    function matchesSpecial(pattern) {
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
            throw typeError(`the pattern \`${pattern}\` holds a regular expression that is not valid: ${error.message}`);
        }
        let hasGroups = false;
        for (let i = 0; i < parts.length; i++) hasGroups ||= parts[i].type === 'regexp';
        return { pattern: toPattern(parts, options), regexp, names, hasGroups };
    }

    // ---------------------------------------------------------------- URLPattern

    class URLPattern {
        #components;

        constructor(input = {}, baseOrOptions = undefined, options = undefined) {
            const hasBase = baseOrOptions !== undefined && !isObject(baseOrOptions) && baseOrOptions !== null;
            const given = dictionary(hasBase ? options : baseOrOptions, 'options');
            const flags = given.ignoreCase ? 'i' : '';
            const base = hasBase ? usv(baseOrOptions) : undefined;
            let init;
            if (isObject(input) || input === null || input === undefined) {
                if (hasBase) throw typeError('a base URL goes with a text only');
                init = initOf(input);
            } else {
                init = parseConstructor(usv(input));
                if (base === undefined && init.protocol === undefined) throw typeError('a relative pattern needs a base URL');
                if (base !== undefined) init.baseURL = base;
            }
            this.#components = build(processInit(init, true, { __proto__: null }), flags);
        }

        test(input = {}, baseURL = undefined) {
            return this.#match(input, baseURL, arguments.length > 1) !== null;
        }

        exec(input = {}, baseURL = undefined) {
            return this.#match(input, baseURL, arguments.length > 1);
        }

        #match(input, baseURL, hasBase) {
            const components = this.#components;
            const inputs = [];
            const base = hasBase && baseURL !== undefined ? usv(baseURL) : undefined;
            const values = valuesOf(input, base, inputs);
            if (values === undefined) return null;
            const result = { inputs };
            const found = [];
            for (let i = 0; i < PARTS.length; i++) {
                const match = RegExpExec(components[PARTS[i]].regexp, values[PARTS[i]]);
                if (match === null) return null;
                found[i] = match;
            }
            for (let i = 0; i < PARTS.length; i++) {
                const { names } = components[PARTS[i]];
                const groups = {};
                for (let j = 0; j < names.length; j++) define(groups, names[j], found[i][j + 1]);
                define(result, PARTS[i], { input: values[PARTS[i]], groups });
            }
            return result;
        }

        get protocol() { return this.#components.protocol.pattern; }

        get username() { return this.#components.username.pattern; }

        get password() { return this.#components.password.pattern; }

        get hostname() { return this.#components.hostname.pattern; }

        get port() { return this.#components.port.pattern; }

        get pathname() { return this.#components.pathname.pattern; }

        get search() { return this.#components.search.pattern; }

        get hash() { return this.#components.hash.pattern; }

        get hasRegExpGroups() {
            for (let i = 0; i < PARTS.length; i++) {
                if (this.#components[PARTS[i]].hasGroups) return true;
            }
            return false;
        }
    }
    idl(URLPattern, 'URLPattern');

    const define = (target, key, value) => {
        primordials.ObjectDefineProperty(target, key, { __proto__: null, value, writable: true, enumerable: true, configurable: true });
    };

    function build(init, flags) {
        for (let i = 0; i < PARTS.length; i++) init[PARTS[i]] ??= '*';
        if (SPECIAL[init.protocol] !== undefined && init.port === SPECIAL[init.protocol]) init.port = '';
        const components = { __proto__: null };
        components.protocol = compile(init.protocol, PLAIN, canonicalProtocol, '');
        components.username = compile(init.username, PLAIN, canonicalUsername, '');
        components.password = compile(init.password, PLAIN, canonicalPassword, '');
        const isIpv6 = init.hostname[0] === '[' || StringStartsWith(init.hostname, '{[') || StringStartsWith(init.hostname, '\\[');
        components.hostname = compile(init.hostname, HOST, isIpv6 ? canonicalIpv6 : canonicalHostname, '');
        components.port = compile(init.port, PLAIN, (value) => canonicalPort(value, ''), '');
        components.pathname = matchesAnySpecial(components.protocol)
            ? compile(init.pathname, PATH, canonicalPathname, flags) : compile(init.pathname, PLAIN, canonicalOpaque, flags);
        components.search = compile(init.search, PLAIN, canonicalSearch, flags);
        components.hash = compile(init.hash, PLAIN, canonicalHash, flags);
        return components;
    }

    /** The parts of what is matched; `undefined` when it is no URL. */
    function valuesOf(input, base, inputs) {
        const values = { __proto__: null };
        for (let i = 0; i < PARTS.length; i++) values[PARTS[i]] = '';
        if (isObject(input) || input === null || input === undefined) {
            if (base !== undefined) throw typeError('a base URL goes with a text only');
            inputs[0] = input === null || input === undefined ? {} : input;
            const init = initOf(input);
            try {
                return processInit(init, false, values);
            } catch {
                return undefined;
            }
        }
        const text = usv(input);
        inputs[0] = text;
        if (base !== undefined) inputs[1] = base;
        const record = native.urlParse(text, base);
        if (record === undefined) return undefined;
        const get = (index) => native.urlGet(record, index);
        values.protocol = stripped(get(1), '', ':');
        values.username = get(2);
        values.password = get(3);
        values.hostname = get(5);
        values.port = get(10);
        values.pathname = get(6);
        values.search = stripped(get(7), '?', '');
        values.hash = stripped(get(8), '#', '');
        return values;
    }

    return { __proto__: null, URLPattern };
}
