// What the contract says of the WebAssembly module alone: `node rules.mjs GLUE WASM RULE`.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

const [glue, wasm, rule] = process.argv.slice(2);
const { Runtime, compile, realClock } = await import(pathToFileURL(glue));
const module = await compile(readFileSync(wasm));

/** A runtime with one script, whose log lines and questions are kept. */
function runtime(text, host = {}, clock = realClock) {
  const settings = { platform: 'web', maxConcurrent: 4, config: { label: 'a', src: 'runner.js' } };
  return new Runtime(module, settings, { load: (path, reply) => reply.done(text), ...host }, clock);
}

const request = { label: 'a', event: 'go', timeout: 5000 };
const handler = (body) => `addEventListener('go', async (resolve, reject, args) => { ${body} })`;
const run = (body, host, more) => runtime(handler(body), host).dispatch({ ...request, ...more });

const rules = {
  async b1() {
    const start = performance.now();
    const { error } = await run('for (;;) {}', {}, { timeout: 100 });
    assert.equal(error.code, 'DEADLINE_EXCEEDED');
    assert.ok(performance.now() - start < 2000);
    // So does a loop around what takes long by itself, when that asks for memory.
    const long = "let s = 'x'; for (;;) s = (s + s).slice(0, 3e6)";
    assert.equal((await run(long, {}, { timeout: 100 })).error.code, 'DEADLINE_EXCEEDED');
    assert.ok(performance.now() - start < 4000);
    // What waits keeps nobody else.
    const both = runtime(handler('setTimeout(() => resolve(args.n), args.n)'));
    const ended = [];
    const dispatch = (n) => both.dispatch({ ...request, details: JSON.stringify({ n }) }).then((it) => ended.push(it.value));
    await Promise.all([dispatch(1500), dispatch(10)]);
    assert.deepEqual(ended, [10, 1500]);
    // A dispatch that waits can be cancelled.
    const waits = both.begin({ ...request, details: '{"n":4000}' });
    setTimeout(() => waits.cancel(), 20);
    assert.equal((await waits.outcome).error.code, 'CANCELLED');
    // So can one that computes, and what waits its turn, by a host that looks.
    let looks = 0;
    let begun = [];
    const looking = { look: () => ++looks === 3 && begun.reverse().forEach((it) => it.cancel()) };
    const settings = { platform: 'web', maxConcurrent: 1, config: { label: 'a', src: 'runner.js' } };
    const host = { load: (path, reply) => reply.done(handler('for (;;) {}')), ...looking };
    const busy = new Runtime(module, settings, host);
    begun = [busy.begin(request), busy.begin(request)];
    const outcomes = await Promise.all(begun.map((it) => it.outcome));
    assert.deepEqual(outcomes.map((it) => it.error.code), ['CANCELLED', 'CANCELLED']);
  },

  async b2() {
    const late = { call: (call, reply) => setTimeout(() => reply.done('null'), 1) };
    const { error } = await run("CapacitorKV.get('a'); resolve()", late);
    assert.deepEqual([error.code, error.scriptCode], ['HOST_ERROR', 'UNAVAILABLE']);
    const soon = { call: (call, reply) => reply.done(JSON.stringify({ value: JSON.parse(call.argsJson)[0] })) };
    assert.equal((await run("resolve(CapacitorKV.get('a').value)", soon)).value, 'a');
    const throws = { call: () => { throw Object.assign(new Error('no'), { code: 'STORAGE_FAILED' }); } };
    assert.equal((await run("CapacitorKV.get('a')", throws)).error.scriptCode, 'STORAGE_FAILED');
  },

  async b3() {
    const depth = await run('let n = 0; const f = () => { n++; f() }; try { f() } catch (e) { resolve([n, e.name]) }');
    assert.equal(depth.value[1], 'RangeError');
    assert.ok(depth.value[0] >= 300, `${depth.value[0]} calls`);
    const json = await run("JSON.parse('['.repeat(500) + ']'.repeat(500)); resolve()");
    assert.equal(json.outcome, 'resolved');
    for (const deep of [
      'const f = () => [1].map(() => f()); f()',
      'const f = () => [1, 2].sort(() => f()); f()',
      'const o = { get a() { return this.a } }; o.a',
      'let p = {}; for (let i = 0; i < 100000; i++) p = new Proxy(p, {}); p.x',
      'const o = { toString() { return `${this}` } }; String(o)',
      "JSON.parse('['.repeat(100000))",
      "JSON.parse('{\"a\":'.repeat(100000))",
      'let o = {}; for (let i = 0; i < 100000; i++) o = { o }; JSON.stringify(o)',
      'let o = {}; for (let i = 0; i < 100000; i++) o = { o }; resolve(o)',
      'let a = []; for (let i = 0; i < 100000; i++) a = [a]; a.flat(Infinity)',
      'let a = []; for (let i = 0; i < 100000; i++) a = [a]; structuredClone(a)',
      ...['[', '(', '{', '!', '`${', '1+(', 'a?b:', 'a**', 'if(1)', '()=>', 'function f(){'].map(
        (part) => `eval(${JSON.stringify(part)}.repeat(50000) + '1')`,
      ),
      'class A { constructor() { new A } } new A',
      'function* g() { yield* g() } g().next()',
      "const f = () => 'a'.replace(/a/, f); f()",
    ]) {
      const { error, value } = await run(`try { ${deep} } catch (e) { resolve(e.name) }`);
      assert.match(error?.code ?? value, /^(RangeError|SyntaxError|REJECTED|EXCEPTION|NOT_SERIALIZABLE)$/, deep);
      assert.doesNotMatch(error?.message ?? '', /bug/, deep);
    }
  },

  async b4() {
    const zone = await run("resolve([new Date(2026, 0, 1).getTimezoneOffset(), new Date(2026, 6, 1).getHours()])");
    assert.deepEqual(zone.value, [new Date(2026, 0, 1).getTimezoneOffset(), 0]);
    const chance = await run('resolve([crypto.randomUUID(), crypto.randomUUID()])');
    assert.notEqual(chance.value[0], chance.value[1]);
    const kept = runtime(handler("console.log('hi'); resolve()"));
    await kept.dispatch(request);
    await kept.dispatch({ ...request, event: 'unknown' });
    assert.deepEqual(kept.history().map((it) => it.outcome), ['failed', 'resolved']);
    kept.clearHistory();
    assert.deepEqual(kept.history(), []);
    const lines = [];
    const host = {
      load: (path, reply) => reply.done("addEventListener('go', (resolve) => {\n  console.log('hi'); resolve();\n});"),
      log: ({ text, place, dispatchId }) => lines.push([text, place, dispatchId]),
    };
    const settings = { platform: 'web', places: true, config: { label: 'a', src: 'runner.js' } };
    const placed = new Runtime(module, settings, host);
    placed.number(41);
    await placed.dispatch(request);
    await placed.dispatch(request);
    assert.deepEqual(lines, [['hi', 'runner.js:2:11', 41], ['hi', 'runner.js:2:11', 42]]);
    assert.deepEqual(placed.history().map((it) => it.dispatchId), [42, 41]);
    let time = 0;
    const clock = {
      isVirtual: true,
      now: () => time,
      wall: () => 1e12 + time,
      wait: (milliseconds, wake) => {
        const timer = setImmediate(() => { time += milliseconds; wake(); });
        return () => clearImmediate(timer);
      },
    };
    const jumps = runtime(handler('setTimeout(() => resolve(Date.now()), 9e5)'), {}, clock);
    assert.equal((await jumps.dispatch({ ...request, timeout: 1e6 })).value, 1e12 + 9e5);
  },

  /** In a Node with less stack than the module counts on. */
  async b5() {
    const survives = runtime(handler("if (args.deep) JSON.parse('['.repeat(100000)); resolve(1)"));
    const { error } = await survives.dispatch({ ...request, details: '{"deep":true}' });
    assert.deepEqual([error.code, error.name], ['EXCEPTION', 'RangeError']);
    assert.equal((await survives.dispatch(request)).value, 1);
  },
};

await rules[rule]();
