// `URL` and `URLSearchParams`, after <https://url.spec.whatwg.org/>; parsing is the native half's.

(native, primordials, load) => {
    const { ArraySort, ReflectApply, ReflectOwnKeys, StringSlice } = primordials;
    const { INTERNAL, callback, idl, isObject, itemsOf, iterable, iterator, needs, sequence, typeError, usv } = load('base');

    let listOf;
    let paramsOf;
    let refresh;

    class URLSearchParams {
        #list = [];

        #url = null;

        constructor(init = '') {
            if (init === INTERNAL) return;
            if (isObject(init)) {
                const method = init[iterator];
                this.#list = method === undefined || method === null
                    ? pairsOfRecord(init) : pairsOfSequence(itemsOf(init, callback(method, 'its iterator')));
            } else {
                const text = usv(init);
                this.#list = parsed(text[0] === '?' ? StringSlice(text, 1) : text);
            }
        }

        static {
            paramsOf = (url, query) => {
                const params = new URLSearchParams(INTERNAL);
                params.#url = url;
                params.#list = parsed(query);
                return params;
            };
            listOf = (params) => params.#list;
            refresh = (params, query) => { params.#list = parsed(query); };
        }

        #update() {
            if (this.#url !== null) setSearch(this.#url, this.#serialized());
        }

        #serialized() {
            const flat = [];
            for (let i = 0; i < this.#list.length; i++) {
                flat[2 * i] = this.#list[i][0];
                flat[2 * i + 1] = this.#list[i][1];
            }
            return native.formSerialize(flat);
        }

        get size() { return this.#list.length; }

        append(name, value) {
            this.#list;
            needs(arguments.length, 2, 'URLSearchParams.append');
            this.#list[this.#list.length] = [usv(name), usv(value)];
            this.#update();
        }

        delete(name, value = undefined) {
            this.#list;
            needs(arguments.length, 1, 'URLSearchParams.delete');
            const key = usv(name);
            const only = value === undefined ? undefined : usv(value);
            const list = [];
            for (let i = 0; i < this.#list.length; i++) {
                const pair = this.#list[i];
                if (pair[0] !== key || (only !== undefined && pair[1] !== only)) list[list.length] = pair;
            }
            this.#list = list;
            this.#update();
        }

        get(name) {
            this.#list;
            needs(arguments.length, 1, 'URLSearchParams.get');
            const key = usv(name);
            for (let i = 0; i < this.#list.length; i++) {
                if (this.#list[i][0] === key) return this.#list[i][1];
            }
            return null;
        }

        getAll(name) {
            this.#list;
            needs(arguments.length, 1, 'URLSearchParams.getAll');
            const key = usv(name);
            const values = [];
            for (let i = 0; i < this.#list.length; i++) {
                if (this.#list[i][0] === key) values[values.length] = this.#list[i][1];
            }
            return values;
        }

        has(name, value = undefined) {
            this.#list;
            needs(arguments.length, 1, 'URLSearchParams.has');
            const key = usv(name);
            const only = value === undefined ? undefined : usv(value);
            for (let i = 0; i < this.#list.length; i++) {
                const pair = this.#list[i];
                if (pair[0] === key && (only === undefined || pair[1] === only)) return true;
            }
            return false;
        }

        set(name, value) {
            this.#list;
            needs(arguments.length, 2, 'URLSearchParams.set');
            const key = usv(name);
            const text = usv(value);
            const list = [];
            let found = false;
            for (let i = 0; i < this.#list.length; i++) {
                const pair = this.#list[i];
                if (pair[0] !== key) {
                    list[list.length] = pair;
                } else if (!found) {
                    found = true;
                    list[list.length] = [key, text];
                }
            }
            if (!found) list[list.length] = [key, text];
            this.#list = list;
            this.#update();
        }

        sort() {
            const order = (a, b) => (a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : 0);
            ArraySort(this.#list, order);
            this.#update();
        }

        toString() { return this.#serialized(); }
    }
    idl(URLSearchParams, 'URLSearchParams');
    iterable(URLSearchParams, 'URLSearchParams', (params) => listOf(params));

    function parsed(query) {
        const flat = native.formParse(query);
        const list = [];
        for (let i = 0; i < flat.length; i += 2) list[i / 2] = [flat[i], flat[i + 1]];
        return list;
    }

    function pairsOfSequence(items) {
        const list = [];
        for (let i = 0; i < items.length; i++) {
            const pair = sequence(items[i], 'a name-value pair', usv);
            if (pair.length !== 2) throw typeError('a name-value pair has two items');
            list[i] = pair;
        }
        return list;
    }

    function pairsOfRecord(record) {
        const keys = ReflectOwnKeys(record);
        const list = [];
        const places = { __proto__: null };
        for (let i = 0; i < keys.length; i++) {
            const own = primordials.ObjectGetOwnPropertyDescriptor(record, keys[i]);
            if (own === undefined || !own.enumerable) continue;
            const name = usv(keys[i]);
            const value = usv(record[keys[i]]);
            // Two keys may become one where lone surrogates are replaced.
            const place = places[name] ?? list.length;
            places[name] = place;
            list[place] = [name, value];
        }
        return list;
    }

    let setSearch;

    class URL {
        #record;

        #params = null;

        constructor(url, base = undefined) {
            needs(arguments.length, 1, 'URL');
            const text = usv(url);
            const from = base === undefined ? undefined : usv(base);
            const record = native.urlParse(text, from);
            if (record === undefined) {
                throw typeError(from === undefined
                    ? `\`${text}\` is not an absolute URL` : `\`${text}\` is not a URL on the base \`${from}\``);
            }
            this.#record = record;
        }

        static {
            setSearch = (url, query) => { native.urlSet(url.#record, 7, query); };
        }

        static parse(url, base = undefined) {
            needs(arguments.length, 1, 'URL.parse');
            const text = usv(url);
            const from = base === undefined ? undefined : usv(base);
            return native.urlParse(text, from) === undefined ? null : new URL(text, from);
        }

        static canParse(url, base = undefined) {
            needs(arguments.length, 1, 'URL.canParse');
            return native.urlParse(usv(url), base === undefined ? undefined : usv(base)) !== undefined;
        }

        get href() { return native.urlGet(this.#record, 0); }

        set href(value) {
            this.#record;
            const text = usv(value);
            const record = native.urlParse(text, undefined);
            if (record === undefined) throw typeError(`\`${text}\` is not an absolute URL`);
            this.#record = record;
            this.#refresh();
        }

        #refresh() {
            if (this.#params !== null) refresh(this.#params, StringSlice(native.urlGet(this.#record, 7), 1));
        }

        get origin() { return native.urlGet(this.#record, 9); }

        get protocol() { return native.urlGet(this.#record, 1); }

        set protocol(value) { native.urlSet(this.#record, 1, usv(value)); }

        get username() { return native.urlGet(this.#record, 2); }

        set username(value) { native.urlSet(this.#record, 2, usv(value)); }

        get password() { return native.urlGet(this.#record, 3); }

        set password(value) { native.urlSet(this.#record, 3, usv(value)); }

        get host() { return native.urlGet(this.#record, 4); }

        set host(value) { native.urlSet(this.#record, 4, usv(value)); }

        get hostname() { return native.urlGet(this.#record, 5); }

        set hostname(value) { native.urlSet(this.#record, 5, usv(value)); }

        get port() { return native.urlGet(this.#record, 10); }

        set port(value) { native.urlSet(this.#record, 10, usv(value)); }

        get pathname() { return native.urlGet(this.#record, 6); }

        set pathname(value) { native.urlSet(this.#record, 6, usv(value)); }

        get search() { return native.urlGet(this.#record, 7); }

        set search(value) {
            native.urlSet(this.#record, 7, usv(value));
            this.#refresh();
        }

        get searchParams() {
            this.#params ??= paramsOf(this, StringSlice(native.urlGet(this.#record, 7), 1));
            return this.#params;
        }

        get hash() { return native.urlGet(this.#record, 8); }

        set hash(value) { native.urlSet(this.#record, 8, usv(value)); }

        toJSON() { return native.urlGet(this.#record, 0); }

        toString() { return native.urlGet(this.#record, 0); }
    }
    idl(URL, 'URL');

    return {
        __proto__: null, URL, URLSearchParams, pairsOfRecord,
        serialize: (params) => ReflectApply(URLSearchParams.prototype.toString, params, []),
        isParams: (value) => {
            try {
                return listOf(value) !== undefined;
            } catch {
                return false;
            }
        },
    };
}
