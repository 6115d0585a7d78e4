// Queues of chunks with their sizes, after <https://streams.spec.whatwg.org/#queue-with-sizes>.

import { rangeError } from 'base';

export const enqueueWithSize = (container, value, size) => {
    const amount = +size;
    if (amount !== amount || amount < 0 || amount === Infinity) throw rangeError('the size of a chunk is not a finite number of at least 0');
    container.queue.push({ value, size: amount });
    container.total += amount;
};

export const dequeue = (container) => {
    const { value, size } = container.queue.shift();
    container.total -= size;
    if (container.total < 0) container.total = 0;
    return value;
};

export const resetQueue = (container) => {
    container.queue.clear();
    container.total = 0;
};
