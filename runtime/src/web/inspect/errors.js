// Errors: name, message, stack, and what they hold beside it.

import {
    StringEndsWith, StringIncludes, StringIndexOf, StringSlice, StringStartsWith,
} from 'primordials';
import { newList } from 'native';
import { push } from './limits.js';
import { text } from './primitives.js';
import { dataProperty, descriptor, quiet } from './names.js';
import { textShape } from './values.js';
import { indentLines } from './layout.js';

export function errorShape({ context, value, keys, name, tag }) {
    const said = errorText(value, name, tag);
    const shown = newList();
    for (let i = 0; i < keys.length; i++) {
        const key = keys[i];
        if (!isInText(value, key, said)) push(shown, key);
    }
    const hidden = ['cause', 'errors'];
    for (let i = 0; i < hidden.length; i++) {
        const own = descriptor(value, hidden[i]);
        if (own !== undefined && !own.enumerable) push(shown, hidden[i]);
    }
    const start = StringIncludes(said, '\n    at ') ? said : `[${said}]`;
    const indented = context.indent > 0 ? indentLines(start, context.indent) : start;
    return textShape(indented, shown);
}

/** Whether a property need not be listed, since the text has it already. */
function isInText(value, key, said) {
    if (key !== 'name' && key !== 'message' && key !== 'stack') return false;
    const held = quiet(value, key);
    return typeof held === 'string' && (key === 'stack' || StringIncludes(said, held));
}

/** `Name: message` and the lines of the stack. */
function errorText(value, name, tag) {
    // What a script wrote itself stands for all of it, as in Node.
    const assigned = dataProperty(value, 'stack');
    if (typeof assigned === 'string' && assigned !== '' && !StringStartsWith(assigned, '    at ')) return assigned;
    const message = text(quiet(value, 'message'));
    const said = text(quiet(value, 'name'));
    const own = said === '' ? name ?? 'Error' : said;
    let head = message === '' ? own : `${own}: ${message}`;
    if (name !== null && name !== own && StringEndsWith(own, 'Error') && name !== 'Error') {
        const rest = StringSlice(head, own.length);
        head = StringEndsWith(name, own) ? `${name}${rest}` : `${name} [${own}]${rest}`;
    }
    if (tag !== '' && tag !== name && tag !== own && !StringIncludes(head, tag)) head += ` [${tag}]`;
    const frames = framesOf(stackOf(value));
    return frames === '' ? head : `${head}\n${frames}`;
}

/** The text of the frames; a `stack` of the prototype is not asked. */
function stackOf(value) {
    const own = descriptor(value, 'stack');
    return text(own === undefined ? native.stackOf(value) : quiet(value, 'stack'));
}

function framesOf(stack) {
    const at = StringStartsWith(stack, '    at ') ? 0 : StringIndexOf(stack, '\n    at ') + 1;
    if (at === 0 && !StringStartsWith(stack, '    at ')) return '';
    let end = stack.length;
    while (end > at && stack[end - 1] === '\n') end--;
    return StringSlice(stack, at, end);
}
