// Memory that was refused, of which no standard speaks: it is never taken for a fault of what was given.

import { isRefused } from 'native';

/** Throws what was caught on, if it was thrown because memory was refused. */
export function unlessRefused(error) {
    if (isRefused(error)) throw error;
}
