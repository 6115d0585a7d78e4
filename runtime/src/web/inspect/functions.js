// Functions and classes.

import {
    FunctionFileName, FunctionToString, StringSlice, StringStartsWith,
} from 'primordials';
import { dataProperty, descriptor, prototypeOf } from './names.js';

const FUNCTION_KINDS = {
    __proto__: null,
    AsyncFunction: 'AsyncFunction', AsyncGeneratorFunction: 'AsyncGeneratorFunction',
    GeneratorFunction: 'GeneratorFunction',
};

export function functionText(value, kind, name, tag) {
    const own = dataProperty(value, 'name');
    const known = typeof own === 'string' && own !== '' ? own : undefined;
    if (isClass(value)) return classText(value, known, name);
    const type = FUNCTION_KINDS[kind] ?? 'Function';
    let text = known === undefined ? `[${type} (anonymous)` : `[${type}: ${known}`;
    if (name === null) text = `[${type} (null prototype)${StringSlice(text, type.length + 1)}`;
    text += ']';
    if (name !== null && name !== type && name !== 'Function') text += ` ${name}`;
    return tag !== '' && tag !== name && tag !== type ? `${text} [${tag}]` : text;
}

/** A class has a prototype that is fixed; what is compiled without its source does not read as one. */
function isClass(value) {
    if (StringStartsWith(FunctionToString(value), 'class')) return true;
    const own = descriptor(value, 'prototype');
    return own !== undefined && own.writable === false && FunctionFileName(value) !== undefined;
}

function classText(value, own, name) {
    let text = `[class ${own ?? '(anonymous)'}`;
    if (name !== 'Function' && name !== null) text += ` [${name}]`;
    const parent = prototypeOf(value);
    const parentName = parent === null ? 'null' : dataProperty(parent, 'name');
    if (typeof parentName === 'string' && parentName !== '') text += ` extends ${parentName}`;
    return `${text}]`;
}
