// A queue (<https://infra.spec.whatwg.org/#queue>).

import { newList } from 'native';

/** First in, first out, without moving what is left. */
export class Queue {
    #items = newList();

    #head = 0;

    get length() { return this.#items.length - this.#head; }

    push(item) { this.#items[this.#items.length] = item; }

    peek() { return this.#items[this.#head]; }

    shift() {
        const item = this.#items[this.#head];
        this.#items[this.#head++] = undefined;
        if (this.#head === this.#items.length) {
            this.#items = newList();
            this.#head = 0;
        } else if (this.#head > 1024 && this.#head * 2 > this.#items.length) {
            this.#items = primordials.ArraySlice(this.#items, this.#head);
            this.#head = 0;
        }
        return item;
    }

    clear() {
        this.#items = newList();
        this.#head = 0;
    }
}
