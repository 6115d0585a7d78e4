// `integrity`, after <https://w3c.github.io/webappsec-subresource-integrity/#does-response-match-metadatalist>.

import {
    StringIndexOf, StringSlice, StringSplit, StringToLowerCase, StringTrim,
} from 'primordials';
import { newList, typeError } from 'base';

/** The hashes, the stronger ones behind. */
const HASHES = ['sha256', 'sha384', 'sha512'];
const NAMES = ['SHA-256', 'SHA-384', 'SHA-512'];

/** Throws unless the bytes have one of the strongest hashes that the metadata names, if it names any. */
export function checkIntegrity(url, bytes, metadata) {
    const { strength, values } = strongest(metadata);
    if (strength < 0) return;
    // A build may leave the hashes out.
    if (native.digest === undefined) throw typeError(`fetch of \`${url}\` failed: this build has no hashes to check \`integrity\``);
    const hash = native.base64(native.digest(NAMES[strength], bytes));
    for (let i = 0; i < values.length; i++) if (values[i] === hash) return;
    throw typeError(`fetch of \`${url}\` failed: the response is not what \`integrity\` says`);
}

export const hasIntegrity = (metadata) => metadata !== '' && strongest(metadata).strength >= 0;

/** The values of the strongest hash that is named. */
function strongest(metadata) {
    let strength = -1;
    let values = newList();
    const words = StringSplit(metadata, ' ');
    for (let i = 0; i < words.length; i++) {
        const word = StringTrim(words[i]);
        const dash = StringIndexOf(word, '-');
        const place = dash < 0 ? -1 : placeOf(StringToLowerCase(StringSlice(word, 0, dash)));
        if (place < strength || place < 0) continue;
        if (place > strength) values = newList();
        strength = place;
        values[values.length] = plain(StringSlice(word, dash + 1));
    }
    return { __proto__: null, strength, values };
}

function placeOf(name) {
    for (let i = 0; i < HASHES.length; i++) if (HASHES[i] === name) return i;
    return -1;
}

/** A hash in base64 without its options, whichever alphabet it has. */
function plain(value) {
    const mark = StringIndexOf(value, '?');
    const text = mark < 0 ? value : StringSlice(value, 0, mark);
    let written = '';
    for (let i = 0; i < text.length; i++) written += text[i] === '-' ? '+' : text[i] === '_' ? '/' : text[i];
    return written;
}
