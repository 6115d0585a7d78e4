// An app in development: `node dev.mjs TOOLS CHROMIUM APP OUT` starts Vite's own server, which has the project's
// `capacitor.config.ts`, and changes the runner's file.

import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const [tools, executablePath, app, out] = process.argv.slice(2);
const { chromium } = createRequire(join(tools, 'package.json'))('playwright-core');
const vite = createRequire(join(app, 'package.json')).resolve('vite');
const { createServer } = await import(pathToFileURL(vite).href);

const server = await createServer({ root: app, logLevel: 'warn', server: { host: '127.0.0.1', port: 0 } });
await server.listen();
const address = `http://127.0.0.1:${server.httpServer.address().port}`;
const browser = await chromium.launch({ executablePath, chromiumSandbox: false });
const page = await browser.newPage();
const lines = [];
page.on('console', (message) => lines.push(`${message.type()}: ${message.text()}`));
page.on('pageerror', (error) => lines.push(`error: ${error}`));

const runner = (text) => writeFileSync(join(app, 'public/runners/background.js'), text);
const dispatch = () =>
  page.evaluate(() => window.BackgroundRunner.dispatchEvent({ label: 'com.example.background.task', event: 'now' }));

let failure;
try {
  runner("addEventListener('now', (resolve) => resolve(1));");
  // A router's address: the files of the app are above it.
  await page.goto(`${address}/some/route`);
  await page.waitForFunction(() => 'BackgroundRunner' in window);
  assert.equal(await dispatch(), 1);
  runner("addEventListener('now', (resolve) => {\n  console.log('changed');\n  resolve(2);\n});");
  assert.equal(await dispatch(), 2);
  const line = lines.find((it) => it.includes('changed'));
  assert.ok(line?.endsWith(`\n    at ${address}/runners/background.js:2:11`), line);
} catch (error) {
  failure = error;
  mkdirSync(out, { recursive: true });
  writeFileSync(join(out, 'dev.txt'), lines.join('\n'));
  await page.screenshot({ path: join(out, 'dev.png') }).catch(() => {});
  console.log(`FAILED  ${error.stack}\n${lines.join('\n')}\nsee ${out}/dev.*`);
}
await browser.close();
await server.close();
process.exit(failure === undefined ? 0 : 1);
