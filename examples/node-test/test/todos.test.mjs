import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';

import { load } from '@capacitor/background-runner/testing';

const url = 'https://todos.example.com/todos';
const todos = [{ id: 1, title: 'Water the plants' }];

let runner;

beforeEach(async () => {
  runner = await load('runners/todos.js', { host: { http: [{ method: 'GET', url, body: JSON.stringify(todos) }] } });
});

// Every request had a rule, every rule was asked, and no run left work behind.
afterEach(() => runner.check());

test('tells of what is new', async () => {
  const { value, host } = await runner.dispatch('syncTodos');
  assert.deepEqual(value, { fresh: 1 });
  assert.deepEqual(host.notifications, [{ id: 1, title: 'To do', body: 'Water the plants' }]);
});

test('tells of it once', async () => {
  await runner.dispatch('syncTodos');
  const { value } = await runner.dispatch('syncTodos');
  assert.deepEqual(value, { fresh: 0 });
  assert.deepEqual(runner.host.kv, { seen: '1' });
});

test('asks a busy server again after five seconds', async () => {
  runner.change({ http: [{ url, status: 503 }] });
  const run = runner.begin('syncTodos');
  await run.advance(4999);
  assert.equal(run.requests.length, 1);
  await run.advance(1);
  assert.equal(run.requests.length, 2);
  const { error } = await run.finish();
  assert.equal(error.message, 'the server answered 503');
  assert.match(error.stack, /runners.todos\.js:19:/);
});

test('needs the permission to tell', async () => {
  runner.change({ permissions: { notifications: 'denied' } });
  const { error } = await runner.dispatch('syncTodos');
  assert.equal(error.code, 'HOST_ERROR');
  assert.equal(error.scriptCode, 'PERMISSION_DENIED');
});
