import { load, type Runner } from '@capacitor/background-runner/testing';
import { afterEach, beforeEach, expect, test } from 'vitest';

const url = 'https://todos.example.com/todos';
const todos = [{ id: 1, title: 'Water the plants' }];

let runner: Runner;

beforeEach(async () => {
  runner = await load('runners/todos.ts', { host: { http: [{ method: 'GET', url, body: JSON.stringify(todos) }] } });
});

// Every request had a rule, every rule was asked, and no run left work behind.
afterEach(() => runner.check());

test('tells of what is new', async () => {
  const { value, host } = await runner.dispatch('syncTodos');
  expect(value).toEqual({ fresh: 1 });
  expect(host.notifications).toMatchObject([{ title: 'To do', body: 'Water the plants' }]);
});

test('tells of it once', async () => {
  await runner.dispatch('syncTodos');
  const { value } = await runner.dispatch('syncTodos');
  expect(value).toEqual({ fresh: 0 });
  expect(runner.host.kv).toEqual({ seen: '1' });
});

test('asks a busy server again after five seconds', async () => {
  runner.change({ http: [{ url, status: 503 }] });
  const run = runner.begin('syncTodos');
  await run.advance(4999);
  expect(run.requests).toHaveLength(1);
  await run.advance(1);
  expect(run.requests).toHaveLength(2);
  const { error } = await run.finish();
  expect(error?.message).toBe('the server answered 503');
  expect(error?.stack).toContain('runners/todos.ts:26:');
});

test('needs the permission to tell', async () => {
  runner.change({ permissions: { notifications: 'denied' } });
  const { error } = await runner.dispatch('syncTodos');
  expect(error).toMatchObject({ code: 'HOST_ERROR', scriptCode: 'PERMISSION_DENIED' });
});
