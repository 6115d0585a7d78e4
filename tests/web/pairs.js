// The lists of names and values behind `Headers`, `FormData` and `URLSearchParams`: whatever is added,
// taken out and iterated in between, they hold what a plain list holds, and stay fast.

/** A plain list with the methods of the three interfaces, in the order of `sort`. */
class Model {
    constructor(sorts) {
        this.pairs = [];
        this.sorts = sorts;
    }

    append(name, value) { this.pairs.push([name, value]); }

    delete(name, value) { this.pairs = this.pairs.filter((pair) => pair[0] !== name || (value !== undefined && pair[1] !== value)); }

    set(name, value) {
        const first = this.pairs.findIndex((pair) => pair[0] === name);
        if (first < 0) {
            this.append(name, value);
            return;
        }
        this.pairs[first] = [name, value];
        this.pairs = this.pairs.filter((pair, index) => index === first || pair[0] !== name);
    }

    list() {
        if (!this.sorts) return this.pairs;
        const names = [...new Set(this.pairs.map(([name]) => name))].sort();
        return names.map((name) => [name, this.pairs.filter((pair) => pair[0] === name).map((pair) => pair[1]).join(', ')]);
    }
}

/** Numbers that look random, the same in every run. */
function sequence(seed) {
    let state = seed;
    return (limit) => {
        state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
        return Math.floor(state / 2 ** 32 * limit);
    };
}

const KINDS = [
    ['URLSearchParams', () => new URLSearchParams(), false, true],
    ['FormData', () => new FormData(), false, false],
    ['Headers', () => new Headers(), true, false],
];

/** How many pairs are too many for what looks at all of them each time; the hostile run counts calls. */
const MANY = typeof __h === 'undefined' ? 8000 : 200;

for (const [kind, make, sorts, deletesValues] of KINDS) {
    test(`${kind} holds what a plain list holds`, () => {
        for (let seed = 1; seed <= 20; seed++) {
            const random = sequence(seed);
            const [pairs, model] = [make(), new Model(sorts)];
            const name = () => `n${random(seed)}`;
            let iterator = pairs.entries();
            let at = 0;
            for (let step = 0; step < 300; step++) {
                const [key, value] = [name(), `v${random(4)}`];
                const both = (body) => { body(pairs); body(model); };
                switch (random(8)) {
                    case 0:
                    case 1:
                    case 2: both((it) => it.append(key, value)); break;
                    case 3: both((it) => it.set(key, value)); break;
                    case 4: both((it) => it.delete(key)); break;
                    case 5:
                        if (deletesValues) both((it) => it.delete(key, value));
                        break;
                    case 6: {
                        const next = iterator.next();
                        const expected = model.list()[at++];
                        equal(next, expected === undefined ? { value: undefined, done: true } : { value: expected, done: false }, `seed ${seed}, step ${step}`);
                        if (next.done) {
                            iterator = pairs.entries();
                            at = 0;
                        }
                        break;
                    }
                    default: {
                        const own = model.pairs.filter((pair) => pair[0] === key);
                        equal(pairs.has(key), own.length > 0, `seed ${seed}, step ${step}`);
                        equal(pairs.get(key), own.length === 0 ? null : sorts ? own.map((pair) => pair[1]).join(', ') : own[0][1]);
                        if (deletesValues) equal(pairs.has(key, value), own.some((pair) => pair[1] === value));
                        if (pairs.getAll) equal(pairs.getAll(key), own.map((pair) => pair[1]));
                    }
                }
            }
            equal([...pairs], model.list(), `seed ${seed}`);
        }
    });

    test(`${kind} with many names is emptied as fast as it is filled`, () => {
        const count = MANY;
        const fill = () => {
            const pairs = make();
            for (let i = 0; i < count; i++) pairs.append(`name-${i}`, 'value');
            return pairs;
        };
        const whileIterating = fill();
        let left = 0;
        for (const [name] of whileIterating) {
            left++;
            whileIterating.delete(name);
        }
        // An iterator goes on at its index: each second name is passed over.
        equal(left, count / 2);
        const alternating = fill();
        for (let i = 0; i < count; i++) {
            alternating.delete(`name-${i}`);
            equal(alternating.keys().next().done, i === count - 1);
        }
    });
}

test('many values of one name are taken out by their value', () => {
    const params = new URLSearchParams();
    for (let i = 0; i < MANY; i++) params.append('name', i);
    for (let i = 0; i < MANY; i++) {
        equal(params.has('name', i), true);
        params.delete('name', i);
        equal(params.has('name', i), false);
    }
    equal(params.size, 0);
});

test('headers that grow while they are iterated', () => {
    const name = (index) => `name-${String(index).padStart(6, '0')}`;
    const headers = new Headers({ [name(0)]: 'value' });
    let count = 0;
    for (const [seen] of headers) {
        equal(seen, name(count));
        count++;
        if (count < MANY / 8) headers.set(name(count), 'value');
    }
    equal(count, MANY / 8);
});

test('a long value of a header is looked at in one go', () => {
    const value = 'x'.repeat(MANY * 200);
    equal(new Headers({ a: value }).get('a').length, value.length);
    equal(throws('TypeError', () => new Headers({ a: `${value}\u0100` })).message.endsWith(` at ${value.length}`), true);
    for (const bad of ['a\0b', 'a\rb', 'a\nb']) throws('TypeError', () => new Headers({ a: bad }), bad);
});
