// What a regular expression is, whatever a script has made of its properties.

import {
    RegExpDotAll, RegExpGlobal, RegExpHasIndices, RegExpIgnoreCase, RegExpMultiline, RegExpSticky,
    RegExpUnicode, RegExpUnicodeSets,
} from 'primordials';

const FLAGS = {
    __proto__: null,
    d: RegExpHasIndices, g: RegExpGlobal, i: RegExpIgnoreCase, m: RegExpMultiline, s: RegExpDotAll, u: RegExpUnicode,
    v: RegExpUnicodeSets, y: RegExpSticky,
};
const LETTERS = primordials.ObjectKeys(FLAGS);

/** Its flags, in the order of `RegExp.prototype.flags`. */
export function flagsOf(regexp) {
    let flags = '';
    for (let i = 0; i < LETTERS.length; i++) if (FLAGS[LETTERS[i]](regexp)) flags += LETTERS[i];
    return flags;
}
