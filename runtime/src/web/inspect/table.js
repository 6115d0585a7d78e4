// `console.table`, after <https://console.spec.whatwg.org/#table>.

import {
    ArrayIsArray, Map, MapForEach, MapGet, MapSet, MathMax, Set, SetAdd, SetForEach, SetHas,
    StringRepeat, SymbolFor,
} from 'primordials';
import { newList } from 'native';
import { push } from './limits.js';
import { keysOf, quiet } from './names.js';
import { formatValue } from './values.js';
import { columns } from './layout.js';
import { contextOf } from './format.js';

/** What `console.table` prints; nothing for what is no table. */
export function table(data, only) {
    try {
        return data === null || typeof data !== 'object' ? undefined : new Table(only).draw(data);
    } catch {
        return undefined;
    }
}

/** The column of values that are no objects. */
const VALUES = SymbolFor('background-runner.console.values');

class Table {
    /** The columns that the script asks for. */
    #only;

    /** The same, to look them up. */
    #wanted;

    /** What stands above the names of the rows. */
    #corner = '(index)';

    #rowNames = newList();

    /** The cells of each row, by column. */
    #rows = newList();

    /** The columns that rows have, in the order in which they were found. */
    #columns = newList();

    #known = new Set();

    #hasValues = false;

    constructor(only) {
        this.#only = only;
        if (only !== undefined) this.#wanted = setOf(only);
    }

    draw(data) {
        switch (native.kind(data)) {
            case 'Map':
                this.#fillFromMap(data);
                break;
            case 'Set':
                this.#fillFromSet(data);
                break;
            default:
                this.#fillFromObject(data);
        }
        const headers = newList();
        const cells = newList();
        const add = (header, column) => {
            push(headers, header);
            push(cells, column);
        };
        add(this.#corner, this.#rowNames);
        const listed = this.#only ?? this.#columns;
        for (let i = 0; i < listed.length; i++) add(listed[i], this.#column(listed[i]));
        if (this.#hasValues) add('Values', this.#column(VALUES));
        return drawn(headers, cells);
    }

    #fillFromMap(map) {
        this.#corner = '(iteration index)';
        MapForEach(map, (item, key) => {
            const pair = this.#addRow(`${this.#rows.length}`);
            MapSet(pair, 'Key', cellOf(key));
            this.#addValue(pair, item);
        });
        this.#addColumn('Key');
        this.#hasValues = true;
    }

    #fillFromSet(set) {
        this.#corner = '(iteration index)';
        SetForEach(set, (item) => { this.#addValue(this.#addRow(`${this.#rows.length}`), item); });
        this.#hasValues = true;
    }

    #fillFromObject(data) {
        const keys = keysOf(data, false);
        for (let i = 0; i < keys.length; i++) {
            if (typeof keys[i] === 'symbol') continue;
            const value = quiet(data, keys[i]);
            const row = this.#addRow(keys[i]);
            if (value !== null && typeof value === 'object' && native.proxyTarget(value) === undefined) this.#addMembers(row, value);
            else this.#addValue(row, value);
        }
    }

    #addRow(name) {
        const row = new Map();
        push(this.#rowNames, name);
        push(this.#rows, row);
        return row;
    }

    #addValue(row, value) {
        this.#hasValues = true;
        MapSet(row, VALUES, cellOf(value));
    }

    #addMembers(row, value) {
        const keys = keysOf(value, false);
        for (let i = 0; i < keys.length; i++) {
            const key = keys[i];
            if (typeof key === 'symbol' || (this.#wanted !== undefined && !SetHas(this.#wanted, key))) continue;
            this.#addColumn(key);
            MapSet(row, key, cellOf(quiet(value, key)));
        }
    }

    #addColumn(key) {
        if (SetHas(this.#known, key)) return;
        SetAdd(this.#known, key);
        push(this.#columns, key);
    }

    #column(key) {
        const cells = newList();
        for (let i = 0; i < this.#rows.length; i++) push(cells, MapGet(this.#rows[i], key) ?? '');
        return cells;
    }
}

/** Few properties stand in the cell, of an array the first ones. */
function cellOf(value) {
    const isLarge = value !== null && typeof value === 'object' && !ArrayIsArray(value) && keysOf(value, false).length > 2;
    return formatValue({ ...contextOf(isLarge ? -1 : 0), compact: false, width: Infinity, most: 3 }, value, 0);
}

function setOf(list) {
    const set = new Set();
    for (let i = 0; i < list.length; i++) SetAdd(set, list[i]);
    return set;
}

function drawn(headers, cells) {
    const widths = newList();
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
