// Holds a built app to a rule of the contract: `node drive.mjs TOOLS CHROMIUM DIST OUT RULE`.
// TOOLS has Playwright, OUT gets a picture and the console of a page that fails.

import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

import { serve } from './serve.mjs';

const [tools, executablePath, dist, out, rule] = process.argv.slice(2);
const { chromium } = createRequire(join(tools, 'package.json'))('playwright-core');

const TASK = 'com.example.background.task';
const PROBE = 'com.example.probe';

/** A file of this size is the runtime. */
const LARGE = 500_000;

const changed = new Map();
const { address, close } = await serve(dist, { changed });
const browser = await chromium.launch({ executablePath, chromiumSandbox: false });

/** Dispatches an event in a page: its value, or its error. */
const dispatch = (page, event, details, more) =>
  page.evaluate(
    ([options]) =>
      window.BackgroundRunner.dispatchEvent(options).then(
        (value) => ({ value }),
        (error) => ({ code: error.code, message: error.message, data: error.data }),
      ),
    [{ label: PROBE, event, details, ...more }],
  );

const history = async (page, query = {}) =>
  (await page.evaluate((asked) => window.BackgroundRunner.getRunHistory(asked), query)).runs;

/** Waits for something to become true: a minute at most, for machines that do other things as well. */
async function until(what, check) {
  for (let turn = 0; turn < 3000; turn++) {
    if (await check()) return;
    await new Promise((later) => setTimeout(later, 20));
  }
  assert.fail(`${what} never came`);
}

const tests = {
  async 'b6: the three events of the example are dispatched, and the runtime is loaded by the first'({ open }) {
    const page = await open();
    const large = () => page.responses.filter(({ size }) => size > LARGE);
    await page.evaluate(() => window.BackgroundRunner.getRunHistory());
    assert.deepEqual(large(), []);
    assert.equal(page.workers().length, 0);
    await page.click('text=myCustomEvent >> nth=0');
    await page.waitForSelector('text=myCustomEvent: resolved');
    await until('the runtime', () => large().length === 1);
    await page.click('text=myCustomEventWithReturnData');
    await page.waitForSelector('text={"firstName":"Ada 你好","lastName":"Lovelace 世界"}');
    await page.click('text=remoteNotification');
    await page.waitForSelector('text=remoteNotification: resolved');
    assert.deepEqual(await page.evaluate(() => window.notifications), [
      ['Enterprise Background Runner', 'A silent push notification came in'],
    ]);
    assert.equal(page.workers().length, 1);
    await page.screenshot({ path: join(out, 'page.png') });
    const line = page.lines.find((it) => it.includes('bringing the app up to date'));
    assert.match(line, new RegExp(`\\n    at ${address}/runners/background\\.js:4:\\d+`));
    assert.deepEqual(
      (await history(page)).map(({ event, outcome, trigger }) => [event, outcome, trigger]),
      [
        ['remoteNotification', 'resolved', 'app'],
        ['myCustomEventWithReturnData', 'resolved', 'app'],
        ['myCustomEvent', 'resolved', 'app'],
      ],
    );
  },

  async 'b7: what is stored survives a reload, and the app reads it'({ open }) {
    const page = await open();
    assert.deepEqual(await dispatch(page, 'set', { key: 'name', value: 'Ada' }), { value: 'Ada' });
    await page.reload();
    assert.deepEqual(await dispatch(page, 'get', { key: 'name' }), { value: 'Ada' });
    const kv = (method, options) =>
      page.evaluate(([m, o]) => window.BackgroundRunner[m](o), [method, { label: PROBE, ...options }]);
    assert.deepEqual(await kv('kvGet', { key: 'name' }), { value: 'Ada' });
    await kv('kvSet', { key: 'empty', value: '' });
    assert.deepEqual(await kv('kvKeys'), { keys: ['empty', 'name'] });
    await kv('kvRemove', { key: 'name' });
    assert.deepEqual(await dispatch(page, 'get', { key: 'name' }), { value: null });
    assert.deepEqual(await dispatch(page, 'get', { key: 'empty' }, { label: PROBE }), { value: '' });
  },

  async 'b6: what does not end is ended, and the next dispatch works'({ open }) {
    const page = await open();
    const loop = await dispatch(page, 'endless', {}, { timeout: 0.5 });
    assert.equal(loop.code, 'DEADLINE_EXCEEDED');
    assert.match(loop.data.stack, /runners\/probe\.js:1\d:/);
    const beside = dispatch(page, 'wait', { key: 'after' });
    const stuck = await dispatch(page, 'stuck', {}, { timeout: 0.5 });
    assert.equal(stuck.code, 'DEADLINE_EXCEEDED');
    assert.match(stuck.message, /worker was ended/);
    // What another worker does goes on; what was stored before is stored.
    assert.deepEqual(await dispatch(page, 'get', { key: 'stuck' }), { value: 'yes' });
    await dispatch(page, 'set', { key: 'after', value: '1' });
    assert.deepEqual(await beside, { value: '1' });
    const runs = await history(page);
    assert.deepEqual([...new Set(runs.map((run) => run.dispatchId))].length, runs.length);
    const ended = runs.find((run) => run.event === 'stuck');
    assert.deepEqual([ended.outcome, ended.errorCode], ['failed', 'DEADLINE_EXCEEDED']);
  },

  async 'b6: errors are those of phones'({ open }) {
    const page = await open();
    const codes = [];
    for (const [event, more] of [
      ['throws'],
      ['unknown'],
      ['get', { label: 'com.example.unknown' }],
      ['get', { label: 'com.example.lost' }],
      ['', {}],
    ]) {
      const { code } = await dispatch(page, event, {}, more);
      codes.push(code);
    }
    assert.deepEqual(codes, [
      'EXCEPTION',
      'EVENT_NOT_FOUND',
      'RUNNER_NOT_FOUND',
      'SOURCE_NOT_FOUND',
      'INVALID_ARGUMENT',
    ]);
  },

  async 'b6: a runner of several files, and one that has changed'({ open }) {
    const page = await open();
    const greet = () => dispatch(page, 'greet', { name: 'Ada' }, { label: 'com.example.module' });
    assert.deepEqual(await greet(), { value: 'hello Ada' });
    changed.set('/runners/part.mjs', 'export const greeting = (name) => `good day ${name}`;');
    assert.deepEqual(await greet(), { value: 'good day Ada' });
    changed.set('/runners/module.mjs', "addEventListener('greet', (resolve) => resolve('hi'));");
    assert.deepEqual(await greet(), { value: 'hi' });
  },

  async 'b7: the device is the browser'({ open, context }) {
    const page = await open();
    const denied = await dispatch(page, 'device');
    assert.equal(denied.value.position, 'PERMISSION_DENIED');
    assert.equal(denied.value.watch, 'UNAVAILABLE');
    assert.deepEqual(denied.value.app, { name: 'Example', id: 'com.example.app', build: '', version: '' });
    assert.equal(denied.value.network.connected, true);
    await context.grantPermissions(['geolocation']);
    await context.setGeolocation({ latitude: 48.2, longitude: 16.4 });
    const { value } = await dispatch(page, 'device');
    assert.deepEqual([value.position.latitude, value.position.longitude], [48.2, 16.4]);
    assert.deepEqual(await dispatch(page, 'plan', { id: 7, minutes: 60 }), { value: [7] });
    assert.deepEqual((await dispatch(page, 'device')).value.pending.map((it) => it.title), ['Later']);
    await dispatch(page, 'plan', { id: 8, minutes: 0.01 });
    await until('the notification', () =>
      page.evaluate(() => window.notifications.some(([title]) => title === 'Later')),
    );
    assert.deepEqual((await dispatch(page, 'device')).value.pending.map((it) => it.id), [7]);
  },

  async "b7: requests are the page's"({ open }) {
    const page = await open();
    const post = await dispatch(page, 'fetch', { url: `${address}/api/echo`, method: 'POST', body: 'text' });
    assert.deepEqual(post.value, { status: 200, redirected: false, text: 'POST text' });
    const moved = await dispatch(page, 'fetch', { url: `${address}/api/moved` });
    assert.deepEqual(moved.value, { status: 200, redirected: true, text: 'GET ' });
    const refused = await dispatch(page, 'fetch', { url: `${address}/api/gone` });
    assert.equal(refused.code, 'REJECTED');
  },

  async 'b8: pages of one app hear of each other, and run a schedule once'({ open }) {
    const [first, second] = [await open(), await open()];
    const listen = (page) =>
      page.evaluate(() => {
        window.heard = [];
        const { BackgroundRunner, heard } = window;
        BackgroundRunner.addListener('backgroundRunnerLog', ({ text }) => heard.push(text));
        BackgroundRunner.addListener('backgroundRunnerRunFinished', ({ event }) => heard.push(event));
        return BackgroundRunner.getSchedules();
      });
    await Promise.all([listen(first), listen(second)]);
    await dispatch(first, 'log');
    await until('the log', async () => {
      const heard = await Promise.all([first, second].map((page) => page.evaluate(() => window.heard)));
      return heard.every((it) => it.join() === 'a line of the log,log');
    });
    const interval = 0.02;
    const info = await first.evaluate(
      ([label, interval]) =>
        window.BackgroundRunner.registerSchedule({ label, id: 'tick', event: 'tick', interval, repeat: true }),
      [PROBE, interval],
    );
    assert.deepEqual([info.id, info.effectiveInterval, info.source], ['tick', interval, 'app']);
    const ticks = async (page) => (await history(page)).filter(({ scheduleId }) => scheduleId === 'tick');
    await until('three runs', async () => (await ticks(second)).length >= 3);
    // The other page goes on where the first one ends.
    await first.close();
    const before = (await ticks(second)).length;
    await until('three more runs', async () => (await ticks(second)).length >= before + 3);
    await second.evaluate((label) => window.BackgroundRunner.cancelSchedule({ label, id: 'tick' }), PROBE);
    // Each is begun when the machine comes to it, but none twice: two pages that run it are twice as many.
    const started = (await ticks(second)).map((run) => run.startedAt).reverse();
    const turns = (started.at(-1) - started[0]) / (interval * 60_000);
    assert.ok(started.length <= turns + 2, started.join());
    const { schedules } = await second.evaluate(() => window.BackgroundRunner.getSchedules());
    assert.deepEqual(schedules, []);
  },

  async 'b8: a run whose page is closed is lost'({ open }) {
    const [first, second] = [await open(), await open()];
    const running = dispatch(first, 'wait', { key: 'never' }).catch(() => undefined);
    await until('the run', async () => (await history(second)).some(({ outcome }) => outcome === 'started'));
    await first.close();
    await running;
    await until('the loss', async () => {
      await second.reload();
      return (await history(second)).some(({ outcome }) => outcome === 'lost');
    });
  },

  async 'b6: a phone loads none of it'({ open }) {
    const page = await open({ phone: true });
    const before = page.responses.length;
    await page.evaluate(() => {
      window.BackgroundRunner.dispatchEvent({ label: 'a', event: 'b' }).catch(() => {});
      return new Promise((later) => setTimeout(later, 200));
    });
    assert.deepEqual(
      page.responses.slice(before).filter(({ type }) => type === 'script').map(({ url }) => url),
      [],
    );
  },
};

/** A page of the app, with what it loads and says. */
async function opened(context, { phone = false } = {}) {
  const page = await context.newPage();
  page.lines = [];
  page.responses = [];
  page.on('console', (message) => page.lines.push(`${message.type()}: ${message.text()}`));
  page.on('pageerror', (error) => page.lines.push(`error: ${error}`));
  page.on('response', async (response) => {
    const entry = { url: response.url(), type: response.request().resourceType(), size: 0 };
    page.responses.push(entry);
    entry.size = (await response.body().catch(() => '')).length;
  });
  await page.addInitScript((isPhone) => {
    window.notifications = [];
    window.Notification = class {
      static permission = 'granted';
      constructor(title, { body }) {
        window.notifications.push([title, body]);
      }
    };
    if (isPhone) window.androidBridge = { postMessage() {} };
  }, phone);
  await page.goto(address);
  await page.waitForFunction(() => 'BackgroundRunner' in window);
  return page;
}

mkdirSync(out, { recursive: true });
let failures = 0;
for (const [name, test] of Object.entries(tests).filter(([it]) => it.startsWith(`${rule}:`))) {
  const context = await browser.newContext();
  const pages = [];
  const open = async (options) => {
    const page = await opened(context, options);
    pages.push(page);
    return page;
  };
  try {
    await test({ open, context });
    const complaints = /Content.Security.Policy|MIME|worker\.js/i;
    assert.deepEqual(
      pages.flatMap((page) => page.lines.filter((line) => complaints.test(line))),
      [],
    );
    console.log(`ok      ${name}`);
  } catch (error) {
    failures += 1;
    const place = join(out, name.replaceAll(/\W+/g, '-'));
    for (const [index, page] of pages.entries()) {
      writeFileSync(`${place}-${index}.txt`, page.lines.join('\n'));
      if (!page.isClosed()) await page.screenshot({ path: `${place}-${index}.png` }).catch(() => {});
    }
    console.log(`FAILED  ${name}: ${error.stack}\n${pages.flatMap((page) => page.lines).join('\n')}\nsee ${place}-*`);
  }
  await context.close();
}
await browser.close();
close();
process.exit(failures === 0 ? 0 : 1);
