// Objects of the interfaces of this environment: their attributes, or the pairs that they hold.

import { ArrayJoin, Map, MapGet, MapHas, MapSet, StringSplit } from 'primordials';
import { newList } from 'native';
import { push } from './limits.js';
import { quoted } from './primitives.js';
import { prefix, shownKey } from './names.js';
import { formatValue, plain } from './values.js';
import { more } from './kinds.js';

/** What is shown of an instance: attributes of its interface, by the interface's name. */
const EVENT = 'type defaultPrevented cancelable timeStamp';
const SHOWN = {
    __proto__: null,
    AbortController: 'signal', AbortSignal: 'aborted',
    Blob: 'size type', File: 'size type name lastModified',
    ByteLengthQueuingStrategy: 'highWaterMark', CountQueuingStrategy: 'highWaterMark',
    CryptoKey: 'type extractable algorithm usages',
    Event: EVENT, CustomEvent: `${EVENT} detail`, MessageEvent: `${EVENT} data`,
    ErrorEvent: `${EVENT} message filename lineno colno error`, PromiseRejectionEvent: `${EVENT} reason`,
    FileReader: 'readyState result error', ProgressEvent: `${EVENT} lengthComputable loaded total`,
    MessageChannel: 'port1 port2', Performance: 'timeOrigin',
    Request: 'method url headers destination referrer referrerPolicy mode credentials cache redirect integrity keepalive signal',
    Response: 'status statusText headers body bodyUsed ok redirected type url',
    ReadableStream: 'locked state supportsBYOB', WritableStream: 'locked state',
    TransformStream: 'readable writable backpressure',
    ReadableStreamDefaultReader: 'stream readRequests close', ReadableStreamBYOBReader: 'stream readIntoRequests close',
    WritableStreamDefaultWriter: 'stream close ready desiredSize',
    WritableStreamDefaultController: 'stream', TransformStreamDefaultController: 'stream',
    ReadableStreamBYOBRequest: 'view controller',
    TextDecoder: 'encoding fatal ignoreBOM', TextEncoder: 'encoding',
    CompressionStream: 'readable writable', DecompressionStream: 'readable writable',
    TextDecoderStream: 'encoding fatal ignoreBOM readable writable', TextEncoderStream: 'encoding readable writable',
    URL: 'href origin protocol username password host hostname port pathname search searchParams hash',
    URLPattern: 'protocol username password hostname port pathname search hash',
};

export function faceShape({ context, value, depth, name, tag, keys }, face) {
    const own = newList();
    for (let i = 0; i < keys.length; i++) if (keys[i] !== 'isTrusted') push(own, keys[i]);
    const shape = plain(prefix(name, tag === face ? '' : tag, 'Object'), own);
    shape.face = true;
    const held = pairsOf(value, face);
    if (held === undefined && SHOWN[face] === undefined) return shape;
    shape.list = () => {
        context.indent += 2;
        const items = held === undefined
            ? attributes(context, value, depth, face) : pairItems(context, held, depth, face);
        context.indent -= 2;
        return items;
    };
    shape.always = held === undefined || held.size > 0;
    return shape;
}

/** The pairs that an object of ours holds; none for what only looks like one. */
function pairsOf(value, face) {
    try {
        return native.pairLists[face]?.(value);
    } catch {
        return undefined;
    }
}

/** An attribute of ours, or what stands for one that only `console` shows. */
function attribute(value, name, face) {
    try {
        const inside = native.insides?.[face]?.[name];
        return inside === undefined ? value[name] : inside(value);
    } catch {
        return undefined;
    }
}

/** A body of which nobody has asked for the stream yet: to look at it is to make one. */
const UNSEEN = 'ReadableStream { locked: false, state: \'readable\', supportsBYOB: true }';

function shownAttribute(context, value, name, depth, face) {
    if (face !== 'Response' || name !== 'body') return formatValue(context, attribute(value, name, face), depth);
    const body = attribute(value, name, face);
    if (body !== undefined) return formatValue(context, body, depth);
    return depth > context.depth ? '[ReadableStream]' : UNSEEN;
}

function attributes(context, value, depth, face) {
    const items = newList();
    const names = StringSplit(SHOWN[face], ' ');
    for (let i = 0; i < names.length; i++) {
        push(items, `${names[i]}: ${shownAttribute(context, value, names[i], depth, face)}`);
    }
    return items;
}

function pairItems(context, pairs, depth, face) {
    const items = newList();
    const values = new Map();
    for (let i = 0; i < pairs.size && i < context.most; i++) {
        const pair = pairs.at(i);
        const name = pair[0];
        const shown = formatValue(context, pair[1], depth);
        if (face === 'URLSearchParams') {
            push(items, `${quoted(name)} => ${shown}`);
        } else if (face === 'FormData' && MapHas(values, name)) {
            // Several values of one name stand at its first place.
            const at = MapGet(values, name);
            push(at.all, shown);
            items[at.index] = `${shownKey(name)}: [ ${ArrayJoin(at.all, ', ')} ]`;
        } else {
            const all = newList();
            push(all, shown);
            MapSet(values, name, { __proto__: null, index: items.length, all });
            push(items, `${shownKey(name)}: ${shown}`);
        }
    }
    if (pairs.size > context.most) push(items, more(pairs.size - context.most));
    return items;
}
