// Lists of names and values, as headers, forms and queries have them: whatever a script does with them,
// each step takes a time that hardly grows with their length.

import { Map, MapDelete, MapGet, MapSet } from 'primordials';
import { newList } from 'native';

/** From how many pairs on a name is looked up in an index, and a value among those of a name. */
const INDEXED = 16;

/** Names and values in their order; a name may come again. */
export class Pairs {
    /** The pairs; `null` where one was taken out. */
    #list;

    #holes = 0;

    /** Where each name is, when the list is long and somebody asked for one. */
    #names = null;

    /** How many pairs are where, when there are holes and somebody asked for a rank. */
    #ranks = null;

    constructor(list) { this.#list = list; }

    get size() { return this.#list.length - this.#holes; }

    /** The pairs as they are now, to be read only. */
    get list() {
        if (this.#holes > 0) this.#close();
        return this.#list;
    }

    /** Takes other pairs. */
    reset(list) {
        this.#list = list;
        this.#holes = 0;
        this.#names = null;
        this.#ranks = null;
    }

    /** The pair with so many before it. */
    at(rank) {
        if (this.#holes === 0) return this.#list[rank];
        this.#ranks ??= new Ranks(this.#list);
        return this.#list[this.#ranks.place(rank)];
    }

    append(name, value) { this.#add(name, value); }

    #add(name, value) {
        const place = this.#list.length;
        this.#list[place] = [name, value];
        if (this.#names !== null) note(this.#names, name, value, place);
        if (this.#ranks !== null) this.#ranks.append();
    }

    values(name) {
        const values = newList();
        const places = this.#find(name);
        for (let i = 0; i < places.length; i++) {
            const pair = this.#list[places[i]];
            if (pair !== null) values[values.length] = pair[1];
        }
        return values;
    }

    /** The first value of a name, or `null`. */
    get(name) {
        const place = this.#first(name);
        return place < 0 ? null : this.#list[place][1];
    }

    /** Whether there is a pair of the name; where a value is given, one that has it. */
    has(name, value = undefined) {
        if (value === undefined) return this.#first(name) >= 0;
        return this.#places(name, value).length > 0;
    }

    /** Takes out the pairs of a name; where a value is given, only those that have it. */
    delete(name, value = undefined) {
        const places = value === undefined ? this.#find(name) : this.#places(name, value);
        for (let i = 0; i < places.length; i++) this.#take(places[i]);
        if (this.#names !== null) forget(this.#names, name, value);
        if (this.#holes * 2 > this.#list.length) this.#close();
    }

    /** The first pair of a name gets the value, the others go. */
    set(name, value) {
        const first = this.#first(name);
        if (first < 0) {
            this.#add(name, value);
            return;
        }
        const places = this.#find(name);
        for (let i = 0; i < places.length; i++) if (places[i] !== first) this.#take(places[i]);
        this.#list[first] = [name, value];
        if (this.#names !== null) {
            MapDelete(this.#names, name);
            note(this.#names, name, value, first);
        }
        if (this.#holes * 2 > this.#list.length) this.#close();
    }

    /** Where the pairs of a name are, in their order; some of them may be holes. */
    #find(name) { return this.#index(name)?.places ?? newList(); }

    /** Where the first pair of a name is; -1 for none. */
    #first(name) {
        const found = this.#index(name);
        if (found === undefined) return -1;
        const { places } = found;
        while (found.first < places.length && this.#list[places[found.first]] === null) found.first++;
        return found.first < places.length ? places[found.first] : -1;
    }

    /** Where the pairs of a name with a value are. */
    #places(name, value) {
        const found = this.#index(name);
        if (found === undefined) return newList();
        const { places } = found;
        if (places.length < INDEXED) {
            const chosen = newList();
            for (let i = 0; i < places.length; i++) if (this.#list[places[i]]?.[1] === value) chosen[chosen.length] = places[i];
            return chosen;
        }
        found.values ??= valuesOf(this.#list, places);
        return MapGet(found.values, value) ?? newList();
    }

    /** What is known of a name: looked for in a short list, looked up for a long one. */
    #index(name) {
        const list = this.#list;
        if (list.length < INDEXED) {
            const found = entry();
            for (let i = 0; i < list.length; i++) if (list[i]?.[0] === name) push(found.places, i);
            return found;
        }
        if (this.#names === null) {
            this.#names = new Map();
            for (let i = 0; i < list.length; i++) if (list[i] !== null) note(this.#names, list[i][0], list[i][1], i);
        }
        return MapGet(this.#names, name);
    }

    #take(place) {
        if (this.#list[place] === null) return;
        this.#list[place] = null;
        this.#holes++;
        if (this.#ranks !== null) this.#ranks.take(place);
    }

    /** Closes the holes. */
    #close() {
        const present = newList();
        for (let i = 0; i < this.#list.length; i++) if (this.#list[i] !== null) push(present, this.#list[i]);
        this.reset(present);
    }
}

const push = (list, item) => { list[list.length] = item; };

/** What is known of a name: its places, the first that may be none of holes, and its places by value. */
const entry = () => ({ __proto__: null, places: newList(), first: 0, values: null });

function note(names, name, value, place) {
    let found = MapGet(names, name);
    if (found === undefined) {
        found = entry();
        MapSet(names, name, found);
    }
    push(found.places, place);
    if (found.values !== null) noteValue(found.values, value, place);
}

function noteValue(values, value, place) {
    let places = MapGet(values, value);
    if (places === undefined) {
        places = newList();
        MapSet(values, value, places);
    }
    push(places, place);
}

/** The places of a name by their values. */
function valuesOf(list, places) {
    const values = new Map();
    for (let i = 0; i < places.length; i++) {
        const pair = list[places[i]];
        if (pair !== null) noteValue(values, pair[1], places[i]);
    }
    return values;
}

function forget(names, name, value) {
    if (value === undefined) {
        MapDelete(names, name);
        return;
    }
    const values = MapGet(names, name)?.values ?? null;
    if (values !== null) MapDelete(values, value);
}

/** How many of a list's items stand where, as a tree of sums (Fenwick's). */
class Ranks {
    /** At `i`, the number of items in the places before `i`, as many of them as `i`'s lowest bit says. */
    #sums = newList();

    constructor(list) {
        this.#sums[0] = 0;
        for (let i = 0; i < list.length; i++) this.#add(list[i] === null ? 0 : 1);
    }

    append() { this.#add(1); }

    #add(count) {
        const sums = this.#sums;
        const end = sums.length;
        let sum = count;
        for (let bit = 1; bit < (end & -end); bit *= 2) sum += sums[end - bit];
        sums[end] = sum;
    }

    take(place) {
        const sums = this.#sums;
        for (let i = place + 1; i < sums.length; i += i & -i) sums[i]--;
    }

    /** The place of the item with so many before it. */
    place(rank) {
        const sums = this.#sums;
        let left = rank + 1;
        let bit = 1;
        while (bit * 2 < sums.length) bit *= 2;
        let place = 0;
        for (; bit >= 1; bit /= 2) {
            if (place + bit < sums.length && sums[place + bit] < left) {
                place += bit;
                left -= sums[place];
            }
        }
        return place;
    }
}
