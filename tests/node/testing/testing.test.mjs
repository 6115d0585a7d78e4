// What the test library promises, in Node's own test runner; an app of `package/testing.rs` is around it.

import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { test } from 'node:test';

import { FindingsError, RunnerError, load } from '@capacitor/background-runner/testing';

const events = 'runners/events.js';
const lamp = { hostApis: [{ name: 'Lamp', methods: [{ name: 'isOn', params: [{ name: 'name', type: 'string' }], returns: 'boolean' }] }] };

test('a second dispatch finds what the first one stored', async () => {
  const runner = await load(events, { host: { kv: { value: 'a' } } });
  const first = await runner.dispatch('stores', { value: 'b' });
  assert.deepEqual(first.value, { before: 'a' });
  assert.deepEqual(first.host.kv, { value: 'b' });
  assert.deepEqual(first.calls, [
    { api: 'CapacitorKV', method: 'get', arguments: ['value'], result: { value: 'a' } },
    { api: 'CapacitorKV', method: 'set', arguments: ['value', 'b'], result: null },
  ]);
  assert.deepEqual((await runner.dispatch('stores', { value: 'c' })).orThrow(), { before: 'b' });
  assert.deepEqual(runner.host.kv, { value: 'c' });
  // Another runner has a device of its own, and data that have `kv` begin anew.
  assert.deepEqual((await (await load(events)).dispatch('stores', { value: 'x' })).value, { before: null });
  runner.change({ kv: {} });
  assert.deepEqual((await runner.dispatch('stores', { value: 'd' })).value, { before: null });
  runner.check();
});

test('the device is as the data say', async () => {
  const host = {
    battery: { batteryLevel: 0.25, isCharging: true },
    location: { latitude: 47.5, longitude: 8.5, accuracy: 10 },
    app: { state: { isActive: true } },
    apis: { Lamp: { isOn: true } },
  };
  const runner = await load(events, { host, config: lamp });
  const looked = await runner.dispatch('looks');
  assert.deepEqual(looked.orThrow(), { batteryLevel: 0.25, isCharging: true, latitude: 47.5, active: true, lit: true });
  assert.deepEqual(looked.host.calls, [{ api: 'Lamp', method: 'isOn', arguments: ['desk'] }]);
  runner.change({ battery: { batteryLevel: -1 }, permissions: { geolocation: 'denied' } });
  const { error } = await runner.dispatch('looks');
  assert.deepEqual([error.code, error.scriptCode], ['HOST_ERROR', 'PERMISSION_DENIED']);
  await assert.rejects(load(events, { host: { batery: {} } }), /unknown key `batery`.*did you mean `battery`\?/s);
  assert.throws(() => runner.change({ http: [{ status: 99 }] }), /the status 99 is not between 200 and 599/);
});

test('a host file of the command line does as well', async () => {
  writeFileSync('host.json', JSON.stringify({ kv: { value: 'filed' } }));
  const runner = await load(new URL(`./${events}`, import.meta.url), { host: 'host.json' });
  assert.deepEqual((await runner.dispatch('stores', { value: '' })).value, { before: 'filed' });
});

test('time jumps, or passes as far as it is told', async () => {
  const runner = await load(events, { now: '2030-01-01T00:00:00Z' });
  const jumped = await runner.dispatch('waits');
  assert.deepEqual(jumped.value, [1000, 2000, 3000]);
  assert.deepEqual(jumped.logs.map(({ message, timeMs }) => [message, timeMs]), [['turn 0', 1000], ['turn 1', 2000], ['turn 2', 3000]]);
  assert.equal(runner.now, Date.parse('2030-01-01T00:00:03Z'));
  const run = runner.begin('waits');
  await run.advance(999);
  assert.deepEqual(run.logs, []);
  await run.advance(1001);
  assert.equal(run.logs.length, 2);
  assert.equal(run.result, null);
  await runner.advance(5000);
  assert.deepEqual(run.result.value, [1000, 2000, 3000]);
  assert.equal((await run.finish()).outcome, 'resolved');
  const cancelled = runner.begin('waits');
  await cancelled.advance(1500);
  cancelled.cancel();
  assert.equal((await cancelled.finish()).error.code, 'CANCELLED');
  const late = await runner.dispatch('waits', {}, { timeout: 2500 });
  assert.equal(late.error.code, 'DEADLINE_EXCEEDED');
  assert.equal(late.logs.length, 2);
  // Several at a time share the clock.
  const both = await Promise.all([runner.dispatch('waits'), runner.dispatch('waits')]);
  assert.deepEqual(both.map(({ value }) => value), [[1000, 2000, 3000], [1000, 2000, 3000]]);
});

test('rules answer requests, and nothing is left unasked or asked unruled', async () => {
  const http = [
    { method: 'POST', url: 'https://example.com/a', status: 201, body: 'made', delayMs: 5000 },
    { url: 'https://example.com/old', status: 302, headers: { location: '/new' } },
    { url: 'https://example.com/new', body: 'x'.repeat(300000) },
    { url: 'https://example.com/down', error: 'connection reset' },
    { url: 'https://example.com/unasked' },
  ];
  const runner = await load(events, { host: { http } });
  const made = await runner.dispatch('asks', { urls: ['https://example.com/a'], method: 'POST', body: 'b' });
  assert.deepEqual(made.value, [[201, 'https://example.com/a', 'made']]);
  const [{ method, url, body, rule, status }] = made.requests;
  assert.deepEqual([method, url, body, rule, status], ['POST', 'https://example.com/a', 'b', 0, 201]);
  const urls = ['old', 'down', 'unruled'].map((name) => `https://example.com/${name}`);
  const asked = await runner.dispatch('asks', { urls });
  assert.deepEqual(asked.value, [[200, 'https://example.com/new', 'x'.repeat(300000)], 'NETWORK', 'NO_RULE']);
  assert.deepEqual(asked.findings, [{ kind: 'unruled', message: 'no rule of `http` answers GET https://example.com/unruled' }]);
  assert.throws(() => runner.check(), (error) => {
    assert.ok(error instanceof FindingsError);
    assert.deepEqual(error.findings.map(({ kind }) => kind), ['unruled', 'unasked']);
    assert.match(error.message, /rule 5 of `http` answers: any method https:\/\/example\.com\/unasked/);
    return true;
  });
  runner.change({ network: { connected: false } });
  assert.deepEqual((await runner.dispatch('asks', { urls })).value, ['NO_NETWORK', 'NO_NETWORK', 'NO_NETWORK']);
});

test('what an outcome cuts off is found', async () => {
  const runner = await load(events, { host: { http: [{ url: 'https://example.com/slow', delayMs: 1000 }] } });
  const left = await runner.dispatch('leaves');
  assert.equal(left.outcome, 'resolved');
  assert.deepEqual(left.findings.map(({ kind }) => kind), ['left-behind']);
  assert.match(left.findings[0].message, /1 request \(.*slow\), 1 timer/);
  const rejected = await runner.dispatch('leavesAndRejects');
  assert.deepEqual(rejected.findings, [{ kind: 'left-behind', message: 'the run ended before GET https://example.com/slow was answered' }]);
  assert.throws(() => runner.check(), FindingsError);
});

test('the real network answers where the data say so', async () => {
  const server = createServer((request, response) => {
    response.setHeader('x-path', request.url);
    response.end('y'.repeat(600000));
  });
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  const url = `http://127.0.0.1:${server.address().port}/a`;
  try {
    const runner = await load(events, { host: { httpPassthrough: true } });
    assert.deepEqual((await runner.dispatch('asks', { urls: [url] })).value, [[200, url, 'y'.repeat(600000)]]);
    const closed = await load(events);
    assert.deepEqual((await closed.dispatch('asks', { urls: [url] })).value, ['NO_RULE']);
  } finally {
    server.close();
  }
});

test("errors are a runner's own, in its own file and line", async () => {
  const runner = await load(events);
  const failed = await runner.dispatch('fails');
  assert.ok(failed.error instanceof RunnerError && failed.error instanceof Error);
  assert.equal(failed.error.code, 'EXCEPTION');
  assert.equal(failed.error.name, 'TypeError');
  assert.ok(failed.error.stack.includes(`(${resolve(events)}:50:`), failed.error.stack);
  assert.throws(() => failed.orThrow(), failed.error);
  const typed = await (await load('runners/typed.ts')).dispatch('fails');
  assert.ok(typed.error.stack.includes(`(${resolve('runners/typed.ts')}:14:`), typed.error.stack);
  const broken = await (await load('runners/broken.ts')).dispatch('breaks');
  assert.equal(broken.error.code, 'SCRIPT_ERROR');
  assert.ok(broken.error.stack.includes(`(${resolve('runners/broken.ts')}:`), broken.error.stack);
  const never = await runner.dispatch('never');
  assert.equal(never.error.code, 'NEVER_SETTLED');
  assert.ok(never.error.stack.includes(`(${resolve(events)}:53:`), never.error.stack);
  // What has no place of its own has the test's.
  const nobody = await runner.dispatch('nobody');
  assert.equal(nobody.error.code, 'EVENT_NOT_FOUND');
  assert.ok(nobody.error.stack.includes('testing.test.mjs:'), nobody.error.stack);
  await assert.rejects(load('runners/nothing.js'), /runners.nothing\.js` does not exist/);
});

test('TypeScript and its imports are prepared, packages bundled on demand', async () => {
  const typed = await load('runners/typed.ts');
  assert.deepEqual((await typed.dispatch('doubles', { n: 21 })).orThrow(), { n: 42 });
  mkdirSync('node_modules/an-answer', { recursive: true });
  writeFileSync('node_modules/an-answer/index.js', 'export const answer = 21;');
  writeFileSync('node_modules/an-answer/package.json', '{ "type": "module" }');
  const bundled = await load('runners/bundled.ts', { bundle: true });
  assert.deepEqual((await bundled.dispatch('answers')).orThrow(), { doubled: 42 });
  const { error } = await bundled.dispatch('fails');
  assert.ok(error.stack.includes(`(${resolve('runners/bundled.ts')}:11:`), error.stack);
});

test('limits of the configuration hold, and a runner that is stopped leaves its device', async () => {
  const runner = await load(events, { config: { timeout: 0.1 } });
  const spun = await runner.dispatch('spins');
  assert.equal(spun.error.code, 'DEADLINE_EXCEEDED');
  assert.ok(spun.error.stack.includes(`(${resolve(events)}:`), spun.error.stack);
  const dived = await runner.dispatch('dives', {}, { timeout: 5000 });
  assert.equal(dived.outcome, 'failed');
  assert.deepEqual(runner.host.kv, { dived: 'yes' });
  assert.equal((await runner.dispatch('stores', { value: 'a' })).outcome, 'resolved');
});

test('a program without modules has the same', async () => {
  const required = createRequire(import.meta.url)('@capacitor/background-runner/testing');
  const runner = await required.load(events);
  assert.deepEqual((await runner.dispatch('stores', { value: 'a' })).value, { before: null });
});
