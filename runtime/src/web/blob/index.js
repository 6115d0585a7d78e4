// `Blob`, `File` and `FormData`, a file for each, with the two ways a form crosses HTTP.

export { Blob, blobWith, bytesOf, isBlob, typeOf } from './blob.js';
export { File, copyOf } from './file.js';
export { FormData, isFormData } from './form_data.js';
export { decodeForm, decodeMultipart, encodeMultipart, parameter } from './forms.js';
