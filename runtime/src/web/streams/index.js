// Streams, after <https://streams.spec.whatwg.org/>, a file for each of its sections. The functions
// bear the names of the standard's abstract operations, shortened; what it calls an internal slot
// is a field of the record behind an object.

export { ByteLengthQueuingStrategy, CountQueuingStrategy } from './strategies.js';
export { ReadableStream, isReadableStream } from './readable.js';
export { ReadableStreamBYOBReader, ReadableStreamDefaultReader } from './readers.js';
export { ReadableStreamDefaultController } from './default_controller.js';
export { ReadableByteStreamController } from './byte_controller.js';
export { ReadableStreamBYOBRequest } from './byob_requests.js';
export { WritableStream, isWritableStream } from './writable.js';
export { WritableStreamDefaultWriter } from './writer.js';
export { WritableStreamDefaultController } from './writable_controller.js';
export { TransformStream, TransformStreamDefaultController } from './transform.js';
export {
    gather, make, proxied, streamOf, transformer, cancelObject as cancel, disturb, isDisturbed,
    isObjectLocked as isLocked, teeObject as tee,
} from './others.js';
