// How much of a value is shown.

export const WIDTH = 80;
export const COMPACT = 3;
export const MAX_ITEMS = 100;
export const MAX_TEXT = 10000;
export const MAX_NESTING = 1000;
export const push = (list, item) => { list[list.length] = item; };

export function pushAll(list, items) {
    for (let i = 0; i < items.length; i++) push(list, items[i]);
}
