// A small test harness: `test(name, body)` runs in order, `body` may be async; what fails is
// delivered with its message by the event `test`.

const tests = [];
const test = (name, body) => { tests.push([name, body]); };

const shown = (value) => {
    if (typeof value === 'string') return JSON.stringify(value);
    if (typeof value === 'bigint') return `${value}n`;
    if (Object.is(value, -0)) return '-0';
    if (value instanceof Error) return `${value.name}: ${value.message}`;
    if (ArrayBuffer.isView(value) && !(value instanceof DataView)) return `${value.constructor.name}[${Array.from(value)}]`;
    if (value instanceof ArrayBuffer) return `ArrayBuffer[${Array.from(new Uint8Array(value))}]`;
    if (Array.isArray(value)) return `[${value.map(shown).join(', ')}]`;
    if (value !== null && typeof value === 'object') {
        return `{${Object.entries(value).map(([key, item]) => `${key}: ${shown(item)}`).join(', ')}}`;
    }
    return String(value);
};

const fail = (message) => { throw new Error(message); };

const equal = (actual, expected, what = '') => {
    const [a, b] = [shown(actual), shown(expected)];
    if (a !== b) fail(`${what}${what ? ': ' : ''}got ${a}, expected ${b}`);
};

const ok = (value, what) => { if (!value) fail(`not so: ${what}`); };

const isError = (error, expected, what) => {
    const name = typeof expected === 'string' ? error?.name : error;
    if (name !== expected) fail(`${what}: threw ${shown(error)}, expected ${shown(expected)}`);
};

/** `body` throws an error of this name, or this very value. */
const throws = (expected, body, what = String(body)) => {
    let result;
    try {
        result = body();
    } catch (error) {
        isError(error, expected, what);
        return error;
    }
    return fail(`${what}: returned ${shown(result)}, expected it to throw ${shown(expected)}`);
};

/** The promise rejects with an error of this name, or with this very value. */
const rejects = async (expected, promise, what = 'the promise') => {
    let result;
    try {
        result = await promise;
    } catch (error) {
        isError(error, expected, what);
        return error;
    }
    return fail(`${what}: resolved with ${shown(result)}, expected a rejection with ${shown(expected)}`);
};

addEventListener('test', async (resolve) => {
    const failed = [];
    for (const [name, body] of tests) {
        try {
            await body();
        } catch (error) {
            failed.push(`${name}: ${error?.message ?? error}\n${error?.stack ?? ''}`);
        }
    }
    resolve({ passed: tests.length - failed.length, failed });
});
