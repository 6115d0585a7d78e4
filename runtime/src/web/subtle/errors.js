// The errors that operations fail with, after
// <https://www.w3.org/TR/webcrypto/#SubtleCrypto-Exceptions>.

import { domException } from 'base';

export const notSupported = (what) => domException('NotSupportedError', what);
export const dataError = (what) => domException('DataError', what);
export const operationError = (what) => domException('OperationError', what);
export const invalidAccess = (what) => domException('InvalidAccessError', what);
export const syntaxError = (what) => domException('SyntaxError', what);
export const failed = () => operationError('the operation failed');

export function outcome(bytes) {
    if (bytes === undefined) throw failed();
    return native.bufferOf(bytes);
}
