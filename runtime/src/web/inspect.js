// How `console` shows values: the notation that developers know from Node's `util.inspect`.
// Nothing that a script does (getters, proxies, replaced built-ins) makes it throw.

(native, primordials) => {
    const {
        ArrayBufferByteLength, ArrayIsArray, ArrayJoin, ArraySlice, ArraySort, BigIntToString,
        BooleanValueOf, BigIntValueOf, DataViewBuffer, DataViewByteLength, DataViewByteOffset,
        DateGetTime, DateToISOString, ErrorToString, FunctionToString, JSONStringify, MapForEach,
        MapGet, MapHas, MapSet, MapSize, Map, MathFloor, MathMax, MathMin, MathRound, MathSqrt,
        NumberParseFloat, NumberParseInt, NumberToString, NumberValueOf, ObjectGetOwnPropertyDescriptor,
        ObjectGetPrototypeOf, ObjectHasOwnProperty, ObjectIs, ReflectApply, ReflectOwnKeys, RegExp,
        RegExpExec, RegExpToString, SetForEach, SetSize, StringCharCodeAt, StringCodePointAt,
        StringEndsWith, StringIncludes, StringIndexOf, StringLastIndexOf, StringPadEnd,
        StringPadStart, StringRepeat, StringSlice, StringSplit, StringStartsWith, StringToUpperCase,
        StringTrim,
        StringValueOf, SymbolDescription, SymbolFor, SymbolToString, SymbolValueOf, TypedArrayLength,
        TypedArrayTag,    } = primordials;
    const CUSTOM = SymbolFor('nodejs.util.inspect.custom');
    const { toStringTag } = primordials.Symbol;
    const WIDTH = 80;
    const COMPACT = 3;
    const MAX_ITEMS = 100;
    const MAX_TEXT = 10000;
    const MAX_NESTING = 1000;
    const push = (list, item) => { list[list.length] = item; };

    const isProxy = (value) => native.proxyTarget(value) !== undefined;
    const isTypedArray = (value) => TypedArrayTag(value) !== undefined;
    const isEngines = (value) => StringIncludes(FunctionToString(value), '[native code]');

    // ---------------------------------------------------------------- primitives

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

    function quoted(text) {
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

    const shownNumber = (number) => (ObjectIs(number, -0) ? '-0' : `${number}`);

    function shownSymbol(symbol) {
        return SymbolToString(symbol);
    }

    function shownPrimitive(context, value) {
        switch (typeof value) {
            case 'string': return shownText(context, value);
            case 'number': return shownNumber(value);
            case 'bigint': return `${BigIntToString(value)}n`;
            case 'symbol': return shownSymbol(value);
            default: return `${value}`;
        }
    }

    // ---------------------------------------------------------------- names

    /** The name of the nearest constructor on the prototype chain; `null` when there is none. */
    function constructorName(value) {
        let holder = value;
        for (let depth = 0; holder !== null && depth < MAX_NESTING; depth++) {
            const own = descriptor(holder, 'constructor');
            if (own !== undefined && typeof own.value === 'function') {
                const { value: constructor } = own;
                const name = dataProperty(constructor, 'name');
                if (typeof name === 'string' && name !== '' && isInstance(value, constructor)) return name;
            }
            holder = prototypeOf(holder);
        }
        return null;
    }

    function isInstance(value, constructor) {
        const prototype = dataProperty(constructor, 'prototype');
        let holder = prototypeOf(value);
        for (let depth = 0; holder !== null && depth < MAX_NESTING; depth++) {
            if (holder === prototype) return true;
            holder = prototypeOf(holder);
        }
        return false;
    }

    function prototypeOf(value) {
        return isProxy(value) ? null : ObjectGetPrototypeOf(value);
    }

    function descriptor(value, key) {
        return isProxy(value) ? undefined : ObjectGetOwnPropertyDescriptor(value, key);
    }

    function dataProperty(value, key) {
        const own = descriptor(value, key);
        return own === undefined || !ObjectHasOwnProperty(own, 'value') ? undefined : own.value;
    }

    /** A property that may be inherited; getters are called, what they throw is ignored. */
    function quiet(value, key) {
        try {
            return value[key];
        } catch {
            return undefined;
        }
    }

    function tagOf(value, name) {
        const own = descriptor(value, toStringTag);
        if (own !== undefined && own.enumerable) return '';
        const tag = quiet(value, toStringTag);
        return typeof tag === 'string' && tag !== '' && tag !== name ? tag : '';
    }

    function prefix(name, tag, fallback, size) {
        const count = size === undefined ? '' : `(${size})`;
        const shown = name === null ? `[${fallback}${count}: null prototype] ` : `${name}${count} `;
        return tag !== '' && name !== tag ? `${shown}[${tag}] ` : shown;
    }

    const IDENTIFIER = new RegExp('^[a-zA-Z_][a-zA-Z_0-9]*$');

    function shownKey(key) {
        if (typeof key === 'symbol') return `[${shownSymbol(key)}]`;
        if (key === '__proto__') return "['__proto__']";
        return RegExpExec(IDENTIFIER, key) === null ? quoted(key) : key;
    }

    // ---------------------------------------------------------------- objects

    const isIndex = (key) => {
        if (typeof key !== 'string' || key.length > 10) return false;
        const number = NumberParseInt(key, 10);
        return number >= 0 && number < 4294967295 && `${number}` === key;
    };

    /** The keys that are shown: the enumerable ones, without the indices where `items` shows them. */
    function keysOf(value, withoutIndices, hidden) {
        const keys = withoutIndices ? native.namedKeys(value) : ReflectOwnKeys(value);
        const shown = [];
        for (let i = 0; i < keys.length; i++) {
            const key = keys[i];
            if (withoutIndices && isIndex(key)) continue;
            const own = ObjectGetOwnPropertyDescriptor(value, key);
            if (own !== undefined && (hidden || own.enumerable)) push(shown, key);
        }
        return shown;
    }

    function formatValue(context, value, depth) {
        if (value === null || (typeof value !== 'object' && typeof value !== 'function')) {
            return shownPrimitive(context, value);
        }
        const target = native.proxyTarget(value);
        if (target === null) return '<Revoked Proxy>';
        if (target !== undefined) return formatValue(context, target, depth);
        const custom = customText(context, value, depth);
        if (custom !== undefined) return custom;
        for (let i = 0; i < context.seen.length; i++) {
            if (context.seen[i] === value) return circular(context, value);
        }
        return formatObject(context, value, depth);
    }

    function circular(context, value) {
        if (!MapHas(context.circular, value)) {
            MapSet(context.circular, value, MapSize(context.circular) + 1);
        }
        return `[Circular *${MapGet(context.circular, value)}]`;
    }

    /** What a `[Symbol.for('nodejs.util.inspect.custom')]` method says. */
    function customText(context, value, depth) {
        const method = quiet(value, CUSTOM);
        if (typeof method !== 'function') return undefined;
        const left = context.depth - depth;
        const said = ReflectApply(method, value, [left, { depth: left }, inspect]);
        if (said === value) return undefined;
        if (typeof said === 'string') return indentLines(said, context.indent);
        return formatValue(context, said, depth);
    }

    function indentLines(text, indent) {
        if (!StringIncludes(text, '\n')) return text;
        return ArrayJoin(StringSplit(text, '\n'), `\n${StringRepeat(' ', indent)}`);
    }

    const plain = (start, keys) => ({ start, open: '{', close: '}', items: [], keys, grouped: false });

    /**
     * What stands around the properties of a value: `text` alone when it has none, else
     * `start open items close`.
     */
    function shapeOf(context, value, depth) {
        const kind = native.kind(value);
        const name = constructorName(value);
        const tag = tagOf(value, name);
        if (kind === 'Array') return arrayShape(context, value, depth, name, tag);
        const keys = keysOf(value, kind === 'String' || isTypedArray(value), context.hidden);
        if (isTypedArray(value)) return typedArrayShape(value, name, tag, keys, kind);
        switch (kind) {
            case 'Set': {
                const shape = plain(prefix(name, tag, 'Set', SetSize(value)), keys);
                shape.fill = () => setItems(context, value, depth);
                shape.always = SetSize(value) > 0;
                return shape;
            }
            case 'Map': {
                const shape = plain(prefix(name, tag, 'Map', MapSize(value)), keys);
                shape.fill = () => mapItems(context, value, depth);
                shape.always = MapSize(value) > 0;
                return shape;
            }
            case 'Arguments': return plain('[Arguments] ', keys);
            case 'RegExp': return textShape(decorated(RegExpToString(value), name, tag, 'RegExp'), keys);
            case 'Date': return textShape(decorated(dateText(value), name, tag, 'Date'), keys);
            case 'Error': return errorShape(context, value, keys, name, tag);
            case 'ArrayBuffer':
            case 'SharedArrayBuffer': return bufferShape(context, value, kind, name, tag, keys);
            case 'DataView': return dataViewShape(context, value, depth, name, tag, keys);
            case 'Promise': {
                const shape = plain(prefix(name, tag, 'Promise'), keys);
                shape.fill = () => promiseItems(context, value, depth);
                shape.always = true;
                return shape;
            }
            case 'WeakSet':
            case 'WeakMap': {
                const shape = plain(prefix(name, tag, kind), keys);
                shape.items = ['<items unknown>'];
                return shape;
            }
            case 'Module': return plain('[Module: null prototype] ', keys);
            case 'Number': return textShape(boxed(context, kind, NumberValueOf(value), name, tag), keys);
            case 'Boolean': return textShape(boxed(context, kind, BooleanValueOf(value), name, tag), keys);
            case 'String': return textShape(boxed(context, kind, StringValueOf(value), name, tag), keys);
            case 'BigInt': return textShape(boxed(context, kind, BigIntValueOf(value), name, tag), keys);
            case 'Symbol': return textShape(boxed(context, kind, SymbolValueOf(value), name, tag), keys);
            default:
        }
        if (typeof value === 'function') return textShape(functionText(value, kind, name, tag), keys);
        if (StringEndsWith(kind, 'Iterator') || StringEndsWith(kind, 'Generator')) {
            return plain(`Object [${tag === '' ? kind : tag}] `, keys);
        }
        if (native.isError(value)) return errorShape(context, value, keys, name, tag);
        const start = name === 'Object' && tag === '' ? '' : prefix(name, tag, 'Object');
        return plain(start, keys);
    }

    const textShape = (text, keys) => ({ ...plain(`${text} `, keys), text });

    function decorated(text, name, tag, expected) {
        const start = prefix(name, tag, expected);
        return start === `${expected} ` ? text : `${start}${text}`;
    }

    const dateText = (date) => {
        const time = DateGetTime(date);
        return time === time ? DateToISOString(date) : 'Invalid Date';
    };

    function boxed(context, kind, primitive, name, tag) {
        let shown = `[${kind}`;
        if (name !== kind) shown += name === null ? ' (null prototype)' : ` (${name})`;
        shown += `: ${shownPrimitive({ ...context, compact: false }, primitive)}]`;
        return tag !== '' && tag !== name ? `${shown} [${tag}]` : shown;
    }

    const FUNCTION_KINDS = {
        __proto__: null,
        AsyncFunction: 'AsyncFunction', AsyncGeneratorFunction: 'AsyncGeneratorFunction',
        GeneratorFunction: 'GeneratorFunction',
    };

    function functionText(value, kind, name, tag) {
        const own = dataProperty(value, 'name');
        const known = typeof own === 'string' && own !== '' ? own : undefined;
        if (StringStartsWith(FunctionToString(value), 'class')) return classText(value, known, name);
        const type = FUNCTION_KINDS[kind] ?? 'Function';
        let text = known === undefined ? `[${type} (anonymous)` : `[${type}: ${known}`;
        if (name === null) text = `[${type} (null prototype)${StringSlice(text, type.length + 1)}`;
        text += ']';
        if (name !== null && name !== type && name !== 'Function') text += ` ${name}`;
        return tag !== '' && tag !== name && tag !== type ? `${text} [${tag}]` : text;
    }

    function classText(value, own, name) {
        let text = `[class ${own ?? '(anonymous)'}`;
        if (name !== 'Function' && name !== null) text += ` [${name}]`;
        const parent = prototypeOf(value);
        const parentName = parent === null ? 'null' : dataProperty(parent, 'name');
        if (typeof parentName === 'string' && parentName !== '') text += ` extends ${parentName}`;
        return `${text}]`;
    }

    // ---------------------------------------------------------------- kinds with items

    const more = (count) => `... ${count} more item${count > 1 ? 's' : ''}`;

    function arrayShape(context, value, depth, name, tag) {
        const length = dataProperty(value, 'length') ?? 0;
        const plainArray = name === 'Array' && tag === '';
        return {
            ...plain(plainArray ? '' : prefix(name, tag, 'Array', length), keysOf(value, true, context.hidden)),
            open: '[', close: ']', grouped: true, always: length > 0,
            fill: () => arrayItems(context, value, depth, length),
        };
    }

    function arrayItems(context, value, depth, length) {
        const items = [];
        let index = 0;
        for (let shown = 0; shown < MAX_ITEMS && index < length; shown++) {
            if (ObjectHasOwnProperty(value, index)) {
                push(items, formatProperty(context, value, index, depth, true));
                index++;
            } else {
                const end = nextIndex(value, index, length);
                const count = end - index;
                push(items, `<${count} empty item${count > 1 ? 's' : ''}>`);
                index = end;
            }
        }
        if (index < length) push(items, more(length - index));
        return items;
    }

    /** The next index at or after `index` that the array has. */
    function nextIndex(value, index, length) {
        for (let near = index; near < index + 64 && near < length; near++) {
            if (ObjectHasOwnProperty(value, near)) return near;
        }
        const keys = ReflectOwnKeys(value);
        for (let i = 0; i < keys.length && isIndex(keys[i]); i++) {
            const at = +keys[i];
            if (at > index) return at;
        }
        return length;
    }

    function typedArrayShape(value, name, tag, keys, kind) {
        const length = TypedArrayLength(value);
        return {
            ...plain(prefix(name, tag === kind ? '' : tag, kind, length), keys),
            open: '[', close: ']', grouped: true, always: length > 0,
            fill() {
                const items = [];
                for (let i = 0; i < length && i < MAX_ITEMS; i++) {
                    const item = value[i];
                    push(items, typeof item === 'bigint' ? `${item}n` : shownNumber(item));
                }
                if (length > MAX_ITEMS) push(items, more(length - MAX_ITEMS));
                return items;
            },
        };
    }

    function setItems(context, set, depth) {
        const items = [];
        context.indent += 2;
        let count = 0;
        SetForEach(set, (item) => {
            if (count++ < MAX_ITEMS) push(items, formatValue(context, item, depth));
        });
        if (count > MAX_ITEMS) push(items, more(count - MAX_ITEMS));
        context.indent -= 2;
        return items;
    }

    function mapItems(context, map, depth) {
        const items = [];
        context.indent += 2;
        let count = 0;
        MapForEach(map, (item, key) => {
            if (count++ < MAX_ITEMS) {
                push(items, `${formatValue(context, key, depth)} => ${formatValue(context, item, depth)}`);
            }
        });
        if (count > MAX_ITEMS) push(items, more(count - MAX_ITEMS));
        context.indent -= 2;
        return items;
    }

    function promiseItems(context, promise, depth) {
        const state = native.promiseState(promise);
        if (state === 0) return ['<pending>'];
        context.indent += 2;
        const result = formatValue(context, native.promiseResult(promise), depth);
        context.indent -= 2;
        return [state === 2 ? `<rejected> ${result}` : result];
    }

    function bufferShape(context, value, kind, name, tag, keys) {
        const shape = plain(prefix(name, tag, kind), keys);
        const bytes = native.hex(value, MAX_ITEMS);
        if (bytes === undefined) {
            shape.items = ['(detached)', 'byteLength: 0'];
            return shape;
        }
        const length = ArrayBufferByteLength(value);
        const rest = length > MAX_ITEMS
            ? ` ... ${length - MAX_ITEMS} more byte${length > MAX_ITEMS + 1 ? 's' : ''}` : '';
        shape.items = [`[Uint8Contents]: <${bytes}${rest}>`, `byteLength: ${length}`];
        return shape;
    }

    function dataViewShape(context, value, depth, name, tag, keys) {
        const shape = plain(prefix(name, tag, 'DataView'), keys);
        shape.always = true;
        shape.fill = () => {
            context.indent += 2;
            const buffer = formatValue(context, DataViewBuffer(value), depth);
            context.indent -= 2;
            return [
                `byteLength: ${DataViewByteLength(value)}`,
                `byteOffset: ${DataViewByteOffset(value)}`,
                `buffer: ${buffer}`,
            ];
        };
        return shape;
    }

    // ---------------------------------------------------------------- errors

    function errorShape(context, value, keys, name, tag) {
        const shown = [];
        for (let i = 0; i < keys.length; i++) {
            const key = keys[i];
            const inStack = (key === 'name' || key === 'message' || key === 'stack')
                && typeof quiet(value, key) === 'string'
                && StringIncludes(errorText(value, name, tag), quiet(value, key));
            if (!inStack) push(shown, key);
        }
        const hidden = ['cause', 'errors'];
        for (let i = 0; i < hidden.length; i++) {
            const own = descriptor(value, hidden[i]);
            if (own !== undefined && !own.enumerable) push(shown, hidden[i]);
        }
        const text = errorText(value, name, tag);
        const start = StringIncludes(text, '\n    at ') ? text : `[${text}]`;
        const indented = context.indent > 0 ? indentLines(start, context.indent) : start;
        return textShape(indented, shown);
    }

    /** `Name: message` and the lines of the stack. */
    function errorText(value, name, tag) {
        const message = text(quiet(value, 'message'));
        const said = text(quiet(value, 'name'));
        const own = said === '' ? name ?? 'Error' : said;
        let head = message === '' ? own : `${own}: ${message}`;
        if (name !== null && name !== own && !StringIncludes(own, name) && name !== 'Error') {
            const rest = StringSlice(head, own.length);
            head = StringEndsWith(name, own) ? `${name}${rest}` : `${name} [${own}]${rest}`;
        }
        if (tag !== '' && tag !== name && tag !== own && !StringIncludes(head, tag)) head += ` [${tag}]`;
        const stack = text(quiet(value, 'stack'));
        const frames = framesOf(stack);
        return frames === '' ? head : `${head}\n${frames}`;
    }

    const text = (value) => (typeof value === 'string' ? value : '');

    function framesOf(stack) {
        const at = StringStartsWith(stack, '    at ') ? 0 : StringIndexOf(stack, '\n    at ') + 1;
        if (at === 0 && !StringStartsWith(stack, '    at ')) return '';
        let end = stack.length;
        while (end > at && stack[end - 1] === '\n') end--;
        return StringSlice(stack, at, end);
    }

    // ---------------------------------------------------------------- properties

    function formatObject(context, value, depth) {
        const shape = shapeOf(context, value, depth + 1);
        const empty = shape.keys.length === 0 && shape.always !== true && shape.items.length === 0;
        if (empty) return shape.text ?? `${shape.start}${shape.open}${shape.close}`;
        if (depth > context.depth && shape.text === undefined) return tooDeep(value, shape);
        if (depth > MAX_NESTING) return tooDeep(value, shape);
        context.seen[context.seen.length] = value;
        context.nesting = depth;
        const items = shape.fill === undefined ? shape.items : shape.fill();
        for (let i = 0; i < shape.keys.length; i++) {
            push(items, formatProperty(context, value, shape.keys[i], depth + 1, false));
        }
        context.seen.length--;
        const reference = MapGet(context.circular, value);
        const start = reference === undefined ? shape.start : `<ref *${reference}> ${shape.start}`;
        return joined(context, items, shape, start, depth);
    }

    function tooDeep(value, shape) {
        if (ArrayIsArray(value)) return shape.start === '' ? '[Array]' : `[${StringTrim(shape.start)}]`;
        const name = constructorName(value);
        const tag = tagOf(value, name);
        const shown = StringTrim(prefix(name, tag, 'Object'));
        return name === null ? shown : `[${shown}]`;
    }

    function formatProperty(context, value, key, depth, isItem) {
        const own = ObjectGetOwnPropertyDescriptor(value, key)
            ?? { value: quiet(value, key), enumerable: true };
        let shown;
        if (ObjectHasOwnProperty(own, 'value')) {
            context.indent += isItem ? 2 : COMPACT === 3 ? 2 : 3;
            shown = formatValue(context, own.value, depth);
            context.indent -= 2;
        } else if (own.get !== undefined) {
            shown = own.set === undefined ? '[Getter]' : '[Getter/Setter]';
        } else {
            shown = own.set === undefined ? 'undefined' : '[Setter]';
        }
        if (isItem) return shown;
        return `${own.enumerable ? shownKey(key) : `[${typeof key === 'symbol' ? shownSymbol(key) : key}]`}: ${shown}`;
    }

    // ---------------------------------------------------------------- lines

    /** The columns that `text` takes on a terminal: two for wide characters, none for combining ones. */
    function columns(text) {
        let width = 0;
        for (let i = 0; i < text.length; i++) {
            const code = StringCodePointAt(text, i);
            if (code > 0xffff) i++;
            if (code < 127) {
                if (code > 31) width++;
            } else {
                width += wideColumns(code);
            }
        }
        return width;
    }

    const COMBINING = [[0x300, 0x36f], [0x200b, 0x200f], [0x20d0, 0x20ff], [0xfe00, 0xfe0f], [0xfe20, 0xfe2f]];
    const WIDE = [[0x1100, 0x115f], [0x2e80, 0x303e], [0x3041, 0xa4cf], [0xac00, 0xd7a3], [0xf900, 0xfaff],
        [0xfe30, 0xfe6f], [0xff00, 0xff60], [0xffe0, 0xffe6], [0x1f300, 0x1f64f], [0x1f900, 0x1f9ff],
        [0x20000, 0x3fffd]];

    function isWithin(ranges, code) {
        for (let i = 0; i < ranges.length; i++) {
            if (code >= ranges[i][0] && code <= ranges[i][1]) return true;
        }
        return false;
    }

    function wideColumns(code) {
        if (code < 160 || isWithin(COMBINING, code)) return 0;
        return isWithin(WIDE, code) ? 2 : 1;
    }

    function joined(context, items, shape, start, depth) {
        const entries = items.length;
        const output = shape.grouped && entries > 6 ? grouped(context, items, shape.keys.length) : items;
        if (context.nesting - depth < COMPACT && entries === output.length && !StringIncludes(start, '\n')) {
            let total = output.length * 2 + context.indent + shape.open.length + start.length + 10;
            for (let i = 0; i < output.length; i++) total += output[i].length;
            if (total <= WIDTH && !anyIncludes(output, '\n')) {
                return `${start}${shape.open} ${ArrayJoin(output, ', ')} ${shape.close}`;
            }
        }
        const line = `\n${StringRepeat(' ', context.indent)}`;
        return `${start}${shape.open}${line}  ${ArrayJoin(output, `,${line}  `)}${line}${shape.close}`;
    }

    function anyIncludes(output, part) {
        for (let i = 0; i < output.length; i++) {
            if (StringIncludes(output[i], part)) return true;
        }
        return false;
    }

    /** Many short items stand in columns, numbers aligned to the right. */
    function grouped(context, items, keys) {
        let count = items.length - keys;
        if (count > 0 && StringStartsWith(items[count - 1], '... ')) count--;
        const widths = [];
        let total = 0;
        let widest = 0;
        for (let i = 0; i < count; i++) {
            const width = columns(items[i]);
            if (StringIncludes(items[i], '\n')) return items;
            push(widths, width);
            total += width + 2;
            widest = MathMax(widest, width);
        }
        const cell = widest + 2;
        if (cell * 3 + context.indent >= WIDTH || (total / cell <= 5 && widest > 6)) return items;
        const bias = MathMax(cell - 3 - MathSqrt(cell - total / items.length), 1);
        const across = MathMin(
            MathRound(MathSqrt(2.5 * bias * count) / bias),
            MathFloor((WIDTH - context.indent) / cell),
            COMPACT * 4,
            15,
        );
        if (across <= 1) return items;
        return rows(items, count, widths, across);
    }

    function rows(items, count, widths, across) {
        const columnWidths = [];
        for (let column = 0; column < across; column++) {
            let width = 0;
            for (let i = column; i < count; i += across) width = MathMax(width, widths[i]);
            push(columnWidths, width + 2);
        }
        const pad = areNumbers(items, count) ? StringPadStart : StringPadEnd;
        const output = [];
        for (let first = 0; first < count; first += across) {
            const end = MathMin(first + across, count);
            let row = '';
            for (let i = first; i < end - 1; i++) {
                const width = columnWidths[i - first] + items[i].length - widths[i];
                row += pad(`${items[i]}, `, width, ' ');
            }
            const last = end - 1;
            row += pad === StringPadStart
                ? StringPadStart(items[last], columnWidths[last - first] + items[last].length - widths[last] - 2, ' ')
                : items[last];
            push(output, row);
        }
        for (let i = count; i < items.length; i++) push(output, items[i]);
        return output;
    }

    const NUMBER = new RegExp('^-?(\\d+(\\.\\d+)?(e[+-]?\\d+)?n?|NaN|Infinity)$');

    function areNumbers(items, count) {
        for (let i = 0; i < count; i++) {
            if (RegExpExec(NUMBER, items[i]) === null) return false;
        }
        return true;
    }

    // ---------------------------------------------------------------- faces

    const contextOf = (depth) => ({
        depth, indent: 0, nesting: 0, seen: [], circular: new Map(), compact: true, hidden: false,
    });

    function inspect(value, options) {
        let depth = 2;
        if (options !== null && typeof options === 'object') {
            const asked = quiet(options, 'depth');
            if (asked === null) depth = Infinity;
            else if (typeof asked === 'number') depth = asked;
        }
        return show(value, depth);
    }

    function show(value, depth, hidden) {
        try {
            return formatValue({ ...contextOf(depth), hidden: hidden === true }, value, 0);
        } catch (error) {
            return failed(error);
        }
    }

    /** What is shown for a value that resists: no detail is worth an exception. */
    function failed(error) {
        try {
            const message = native.isError(error) ? text(quiet(error, 'message')) : '';
            return message === '' ? '[value that cannot be shown]' : `[value that cannot be shown: ${message}]`;
        } catch {
            return '[value that cannot be shown]';
        }
    }

    const topLevel = (value) => (typeof value === 'string' ? value : show(value, 2));

    /** The arguments of one console call as one text. */
    function format(args) {
        let shown = '';
        let next = 0;
        if (typeof args[0] === 'string') {
            if (args.length === 1) return args[0];
            next = 1;
            const template = args[0];
            let start = 0;
            for (let i = 0; i < template.length - 1; i++) {
                if (template[i] !== '%') continue;
                const letter = template[i + 1];
                if (letter === '%') {
                    shown += StringSlice(template, start, i + 1);
                    start = i + 2;
                    i++;
                    continue;
                }
                if (next === args.length || FORMATS[letter] === undefined) continue;
                shown += StringSlice(template, start, i) + FORMATS[letter](args[next++]);
                start = i + 2;
                i++;
            }
            shown += StringSlice(template, start);
        }
        for (; next < args.length; next++) {
            shown += (next === 0 ? '' : ' ') + topLevel(args[next]);
        }
        return shown;
    }

    const guarded = (body) => (value) => {
        try {
            return body(value);
        } catch (error) {
            return failed(error);
        }
    };

    const FORMATS = {
        __proto__: null,
        s: guarded(formatString),
        d: guarded((value) => formatNumber(value, false)),
        i: guarded((value) => formatNumber(value, true)),
        f: guarded((value) => (typeof value === 'symbol' ? 'NaN' : shownNumber(NumberParseFloat(value)))),
        j: guarded(formatJson),
        o: guarded((value) => show(value, 4, true)),
        O: guarded((value) => show(value, 2)),
        c: () => '',
    };

    function formatString(value) {
        if (typeof value === 'bigint') return `${BigIntToString(value)}n`;
        if (typeof value === 'number') return shownNumber(value);
        if (typeof value === 'symbol') return shownSymbol(value);
        if (value === null || (typeof value !== 'object' && typeof value !== 'function')) return `${value}`;
        if (typeof value === 'function' && !hasOwnText(value)) return FunctionToString(value);
        if (hasOwnText(value)) return native.string(value);
        return show(value, 0);
    }

    /** Whether the script itself says how the object reads: a `toString` that is not the engine's. */
    function hasOwnText(value) {
        if (isProxy(value)) return false;
        if (native.isError(value)) return true;
        let holder = value;
        for (let depth = 0; holder !== null && depth < MAX_NESTING; depth++) {
            const own = descriptor(holder, 'toString');
            if (own !== undefined) return typeof own.value === 'function' && !isEngines(own.value);
            holder = prototypeOf(holder);
        }
        return false;
    }

    function formatNumber(value, whole) {
        if (typeof value === 'bigint') return `${BigIntToString(value)}n`;
        if (typeof value === 'symbol') return 'NaN';
        if (whole) return typeof value === 'object' && value !== null ? 'NaN' : shownNumber(NumberParseInt(value));
        return typeof value === 'object' && value !== null ? 'NaN' : shownNumber(+value);
    }

    function formatJson(value) {
        try {
            return JSONStringify(value);
        } catch (error) {
            const message = text(quiet(error, 'message'));
            if (StringIncludes(message, 'circular')) return '[Circular]';
            throw error;
        }
    }

    // ---------------------------------------------------------------- console.table

    function table(data, only) {
        if (data === null || typeof data !== 'object') return undefined;
        const cell = (value) => {
            const nested = value !== null && typeof value === 'object';
            return formatValue({ ...contextOf(nested ? -1 : 0), compact: false }, value, 0);
        };
        const rowNames = [];
        const rowCells = [];
        const names = [];
        let hasValues = false;
        const addRow = (name, value) => {
            push(rowNames, name);
            const cells = new Map();
            if (value !== null && typeof value === 'object' && native.proxyTarget(value) === undefined) {
                const keys = keysOf(value, false);
                for (let i = 0; i < keys.length; i++) {
                    const key = keys[i];
                    if (typeof key === 'symbol' || (only !== undefined && !includes(only, key))) continue;
                    if (!includes(names, key)) push(names, key);
                    MapSet(cells, key, cell(quiet(value, key)));
                }
            } else {
                hasValues = true;
                MapSet(cells, VALUES, cell(value));
            }
            push(rowCells, cells);
        };
        let corner = '(index)';
        const kind = native.kind(data);
        if (kind === 'Map') {
            corner = '(iteration index)';
            let index = 0;
            MapForEach(data, (item, key) => {
                const pair = new Map();
                MapSet(pair, 'Key', cell(key));
                MapSet(pair, VALUES, cell(item));
                push(rowNames, `${index++}`);
                push(rowCells, pair);
            });
            push(names, 'Key');
            hasValues = true;
        } else if (kind === 'Set') {
            corner = '(iteration index)';
            let index = 0;
            SetForEach(data, (item) => {
                const single = new Map();
                MapSet(single, VALUES, cell(item));
                push(rowNames, `${index++}`);
                push(rowCells, single);
            });
            hasValues = true;
        } else {
            const keys = keysOf(data, false);
            for (let i = 0; i < keys.length; i++) {
                if (typeof keys[i] !== 'symbol') addRow(keys[i], quiet(data, keys[i]));
            }
        }
        const listed = only ?? names;
        const headers = [corner];
        const columnsOf = [rowNames];
        const addColumn = (title, key) => {
            const values = [];
            for (let i = 0; i < rowCells.length; i++) push(values, MapGet(rowCells[i], key) ?? '');
            push(headers, title);
            push(columnsOf, values);
        };
        for (let i = 0; i < listed.length; i++) addColumn(listed[i], listed[i]);
        if (hasValues) addColumn('Values', VALUES);
        return drawn(headers, columnsOf);
    }

    const VALUES = SymbolFor('background-runner.console.values');

    function includes(list, item) {
        for (let i = 0; i < list.length; i++) {
            if (list[i] === item) return true;
        }
        return false;
    }

    function drawn(headers, cells) {
        const widths = [];
        for (let i = 0; i < headers.length; i++) {
            let width = columns(headers[i]);
            for (let j = 0; j < cells[i].length; j++) width = MathMax(width, columns(cells[i][j]));
            push(widths, width + 2);
        }
        const edge = (left, middle, right) => {
            let line = left;
            for (let i = 0; i < widths.length; i++) {
                line += (i === 0 ? '' : middle) + StringRepeat('─', widths[i]);
            }
            return line + right;
        };
        const row = (pick) => {
            let line = '│';
            for (let i = 0; i < widths.length; i++) {
                const value = pick(i);
                line += ` ${value}${StringRepeat(' ', widths[i] - columns(value) - 1)}│`;
            }
            return line;
        };
        let drawing = `${edge('┌', '┬', '┐')}\n${row((i) => headers[i])}\n${edge('├', '┼', '┤')}\n`;
        for (let j = 0; j < cells[0].length; j++) drawing += `${row((i) => cells[i][j])}\n`;
        return drawing + edge('└', '┴', '┘');
    }

    return {
        format, inspect, show,
        table(data, only) {
            try {
                return table(data, only);
            } catch {
                return undefined;
            }
        },
    };
}
