// What is shown on one line, on several, or in columns.

import {
    ArrayJoin, MathFloor, MathMax, MathMin, MathRound, MathSqrt, RegExp, RegExpExec,
    StringCodePointAt, StringIncludes, StringPadEnd, StringPadStart, StringRepeat, StringSplit,
    StringStartsWith,
} from 'primordials';
import { newList } from 'native';
import { COMPACT, push } from './limits.js';

export function indentLines(text, indent) {
    if (!StringIncludes(text, '\n')) return text;
    return ArrayJoin(StringSplit(text, '\n'), `\n${StringRepeat(' ', indent)}`);
}

/** The columns that `text` takes on a terminal: two for wide characters, none for combining ones. */
export function columns(text) {
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

export function joined(context, items, shape, start, depth) {
    const entries = items.length;
    const output = shape.grouped && entries > 6 ? grouped(context, items, shape.keys.length) : items;
    if (context.nesting - depth < COMPACT && entries === output.length && !StringIncludes(start, '\n')) {
        let total = output.length * 2 + context.indent + shape.open.length + start.length + 10;
        for (let i = 0; i < output.length; i++) total += output[i].length;
        if (total <= context.width && !anyIncludes(output, '\n')) {
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
    const widths = newList();
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
    if (cell * 3 + context.indent >= context.width || (total / cell <= 5 && widest > 6)) return items;
    const bias = MathMax(cell - 3 - MathSqrt(cell - total / items.length), 1);
    const across = MathMin(
        MathRound(MathSqrt(2.5 * bias * count) / bias),
        MathFloor((context.width - context.indent) / cell),
        COMPACT * 4,
        15,
    );
    if (across <= 1) return items;
    return rows(items, count, widths, across);
}

function rows(items, count, widths, across) {
    const columnWidths = newList();
    for (let column = 0; column < across; column++) {
        let width = 0;
        for (let i = column; i < count; i += across) width = MathMax(width, widths[i]);
        push(columnWidths, width + 2);
    }
    const pad = areNumbers(items, count) ? StringPadStart : StringPadEnd;
    const output = newList();
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
