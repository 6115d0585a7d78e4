// Events, their targets and aborting, after <https://dom.spec.whatwg.org/> without trees, with the
// events of HTML that belong to a worker; a file for each section.

// First, since its classes extend that of `target.js`, which asks signals in turn.
export {
    AbortController, AbortSignal, abortSignal, addAlgorithm, isAborted, isSignal, makeDependent,
    newSignal, reasonOf, removeAlgorithm,
} from './abort.js';
export { CustomEvent, Event, trust } from './event.js';
export { ErrorEvent, MessageEvent, PromiseRejectionEvent, newMessage } from './html.js';
export { EventTarget, fire, isListened } from './target.js';
export { handlerAttribute } from './handler.js';
export { cancelError, tellError, tellRejection, timeoutError } from './report.js';
