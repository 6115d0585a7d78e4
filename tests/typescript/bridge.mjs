// Values on their way over the bridge: `node bridge.mjs <the built bridge.js>`.

import assert from 'node:assert/strict';
import { pathToFileURL } from 'node:url';

const { carried, overBridge } = await import(pathToFileURL(process.argv[2]));

/** The plugin over a bridge that is a function, as Capacitor's proxy has it. */
function plugin(answer) {
  const calls = [];
  const native = new Proxy(
    {},
    {
      get: (_, method) => async (options) => {
        // What a bridge does to a value.
        calls.push([method, options === undefined ? undefined : JSON.parse(JSON.stringify(options))]);
        return answer(options);
      },
    },
  );
  return { calls, plugin: overBridge(native) };
}

// Every JSON value comes through, in both directions.
const values = [null, true, false, 0, -1.5, 1e300, '', 'é\u0000\u{1F600}', [], [[null]], {}, { a: { b: [1, 'x'] } }];
for (const value of values) {
  const { calls, plugin: echo } = plugin((options) => ({ value: options.details.value }));
  const result = await echo.dispatchEvent({ label: 'l', event: 'e', details: { value } });
  assert.deepEqual(result, value);
  assert.deepEqual(calls, [['dispatchEvent', { label: 'l', event: 'e', details: { value } }]]);
}

// Nothing stays nothing, and is not `null`.
assert.equal(await plugin(() => ({})).plugin.dispatchEvent({ label: 'l', event: 'e' }), undefined);
assert.equal(await plugin(() => undefined).plugin.dispatchEvent({ label: 'l', event: 'e' }), undefined);
assert.equal(await plugin(() => ({ value: null })).plugin.dispatchEvent({ label: 'l', event: 'e' }), null);

// What JSON cannot carry is refused before the bridge, with its place.
const loop = { name: 'loop' };
loop.self = loop;
const deep = {};
let inner = deep;
for (let level = 0; level < 200_000; level++) inner = inner.a = {};
const refused = [
  [() => 1, /`options\.details\.value` is a function/],
  [Symbol('s'), /`options\.details\.value` is a symbol/],
  [10n, /`options\.details\.value` is a bigint/],
  [NaN, /`options\.details\.value` is NaN/],
  [[1, -Infinity], /`options\.details\.value\[1\]` is -Infinity/],
  [[undefined], /`options\.details\.value\[0\]` is undefined/],
  [loop, /`options\.details\.value\.self` contains itself/],
  [new Map([[1, 2]]), /`options\.details\.value` is a Map/],
  [{ list: [new Set()] }, /`options\.details\.value\.list\[0\]` is a Set/],
  [new Uint8Array(2), /`options\.details\.value` is a Uint8Array/],
  [Promise.resolve(1), /`options\.details\.value` is a Promise/],
  [new Error('x'), /`options\.details\.value` is a Error/],
  [deep, /nested too deeply/],
  [{ toJSON: () => 1n }, /is a bigint/],
  [{ get bad() { throw new Error('no'); } }, /^no$/],
];
for (const [value, message] of refused) {
  const { calls, plugin: never } = plugin(() => ({}));
  const error = await never.dispatchEvent({ label: 'l', event: 'e', details: { value } }).then(
    () => assert.fail(`${String(message)} was let through`),
    (error) => error,
  );
  assert.ok(error instanceof TypeError, String(error));
  assert.match(error.message, message);
  assert.equal(error.code, 'INVALID_ARGUMENT');
  assert.deepEqual(calls, [], 'the bridge was not reached');
}

// The same object twice is no cycle; `undefined` properties are left out; dates are texts; classes are their fields.
const shared = { a: 1 };
class User {
  name = 'Ada';
  #secret = 1;
}
const date = new Date(0);
assert.deepEqual(carried({ x: shared, y: shared, no: undefined, date, user: new User() }, 'v'), {
  x: { a: 1 },
  y: { a: 1 },
  date: '1970-01-01T00:00:00.000Z',
  user: { name: 'Ada' },
});
assert.equal(carried(undefined, 'v'), undefined);

// What is passed on is a copy, so that later changes do not reach the runner.
const details = { list: [1] };
let seen;
const { plugin: copying } = plugin((options) => ({ value: (seen = options.details) }));
await copying.dispatchEvent({ label: 'l', event: 'e', details });
assert.notEqual(seen, details);

// Other methods go straight through.
const { calls, plugin: other } = plugin(() => ({ geolocation: 'granted' }));
assert.deepEqual(await other.checkPermissions(), { geolocation: 'granted' });
assert.deepEqual(calls, [['checkPermissions', undefined]]);

console.log('ok');
