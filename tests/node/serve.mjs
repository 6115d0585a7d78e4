// The WebAssembly module in Node, for a test that is its host: frames on the standard input and output,
// and a pipe, the second argument, for answers that a script waits for. See `runner.rs`.

import { closeSync, openSync, readFileSync, readSync, writeSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';

// Some scripts keep this thread at work for ever: another one sees that the test is gone.
const watch = `
  const { workerData: parent } = require('node:worker_threads');
  setInterval(() => process.ppid === parent || process.kill(process.pid, 'SIGKILL'), 500);`;
new Worker(watch, { eval: true, workerData: process.ppid }).unref();

const [glue, wasm, answersPath] = process.argv.slice(2);
const { Runtime, compile, realClock } = await import(pathToFileURL(glue));
const module = await compile(readFileSync(wasm));
const answers = openSync(answersPath, 'r');
const empty = new Uint8Array();

function say(head, body = empty) {
  const text = Buffer.from(JSON.stringify(head));
  const frame = Buffer.alloc(8 + text.length + body.length);
  frame.writeUInt32LE(text.length, 0);
  frame.writeUInt32LE(body.length, 4);
  frame.set(text, 8);
  frame.set(body, 8 + text.length);
  for (let at = 0; at < frame.length; ) {
    try {
      at += writeSync(1, frame, at);
    } catch (error) {
      if (error.code !== 'EAGAIN') throw error;
    }
  }
}

/** The next frame of the pipe, for which everything waits. */
function next() {
  const read = (length) => {
    const bytes = Buffer.alloc(length);
    for (let at = 0; at < length; ) {
      const got = readSync(answers, bytes, at, length - at);
      if (got === 0) process.exit(0);
      at += got;
    }
    return bytes;
  };
  const sizes = read(8);
  const head = JSON.parse(read(sizes.readUInt32LE(0)).toString());
  return { head, body: read(sizes.readUInt32LE(4)) };
}

const replies = new Map();
const dispatches = new Map();
let lastCall = 0;
let runtime;

/** Time that jumps to where something is to be done, unless the host is to answer before. */
function jumping() {
  const origin = Date.now();
  let time = 0;
  return {
    isVirtual: true,
    now: () => time,
    wall: () => origin + time,
    wait(milliseconds, wake, forHost) {
      if (forHost) return () => {};
      const timer = setImmediate(() => {
        time += milliseconds;
        wake();
      });
      return () => clearImmediate(timer);
    },
  };
}

/** What the host says to a question. */
function hear({ op, call, ...rest }, body) {
  const reply = replies.get(call);
  let flow = 'over';
  if (reply) {
    if (op === 'head') reply.head(rest.head);
    if (op === 'chunk') flow = reply.chunk(body);
    if (op === 'done' || op === 'failed') replies.delete(call);
    if (op === 'done') reply.done(body);
    if (op === 'failed') reply.fail(rest.error);
  }
  return flow;
}

/** Asks the host, and hears what it says at once. */
function ask(op, reply, question, body) {
  const call = ++lastCall;
  replies.set(call, reply);
  reply.oncancel = () => {
    replies.delete(call);
    say({ op: 'cancel', call });
  };
  reply.onresume = () => say({ op: 'resume', call });
  say({ op, call, ...question }, body);
  for (;;) {
    const { head, body: given } = next();
    if (head.op === 'returned') return;
    const flow = hear(head, given);
    if (head.op === 'chunk') say({ op: 'flow', flow, ticket: head.ticket });
  }
}

const host = {
  load: (path, reply) => ask('load', reply, { path }),
  call: (question, reply) => ask('call', reply, { question }),
  fetch({ body, ...request }, reply) {
    ask('fetch', reply, { request, hasBody: body !== undefined }, body);
  },
  log(record) {
    say({ op: 'log', record });
  },
  look() {
    if (performance.now() - lastLook < 1) return;
    lastLook = performance.now();
    for (let bytes = arrived(); bytes; bytes = arrived()) receive(bytes);
    // What a script that is at work can hear of.
    waiting = waiting.filter(({ head }) => !['dispatch', 'cancel', 'stop'].includes(head.op) || commands[head.op](head));
    if (waiting.length > 0) setImmediate(serve);
  },
};

let lastLook = 0;

/** What the test has said meanwhile, if it has. */
function arrived() {
  const bytes = Buffer.alloc(65536);
  try {
    const length = readSync(0, bytes);
    return length > 0 ? bytes.subarray(0, length) : null;
  } catch (error) {
    if (error.code === 'EAGAIN') return null;
    throw error;
  }
}

const commands = {
  open({ settings, isVirtual }) {
    runtime?.close();
    replies.clear();
    dispatches.clear();
    try {
      runtime = new Runtime(module, settings, host, isVirtual ? jumping() : realClock);
      say({ op: 'opened' });
    } catch (error) {
      say({ op: 'opened', error: { code: error.code ?? 'INTERNAL', message: error.message } });
    }
  },
  dispatch({ dispatch, request }) {
    // It is told at once: the next script may keep the thread.
    const tell = (outcome) => {
      dispatches.delete(dispatch);
      say({ op: 'outcome', dispatch, outcome, allocations: runtime.allocations });
    };
    dispatches.set(dispatch, runtime.begin(request, tell));
  },
  cancel({ dispatch }) {
    dispatches.get(dispatch)?.cancel();
  },
  stop({ dispatch, grace, reason }) {
    dispatches.get(dispatch)?.stop(grace, reason);
  },
  history({ query }) {
    say({ op: 'history', runs: runtime.history(query) });
  },
  clearHistory() {
    runtime.clearHistory();
    say({ op: 'cleared' });
  },
  close() {
    closeSync(answers);
    process.exit(0);
  },
};

let pending = Buffer.alloc(0);
/** Frames that nobody has looked at. */
let waiting = [];

/** Takes frames out of what has arrived. */
function receive(data) {
  pending = Buffer.concat([pending, data]);
  while (pending.length >= 8) {
    const [text, body] = [pending.readUInt32LE(0), pending.readUInt32LE(4)];
    if (pending.length < 8 + text + body) return;
    const head = JSON.parse(pending.subarray(8, 8 + text).toString());
    waiting.push({ head, body: pending.subarray(8 + text, 8 + text + body) });
    pending = pending.subarray(8 + text + body);
  }
}

/** Does what the test has said. */
function serve() {
  for (let frame = waiting.shift(); frame; frame = waiting.shift()) {
    const { head, body } = frame;
    if (commands[head.op]) {
      commands[head.op](head);
    } else {
      const flow = hear(head, body);
      if (head.op === 'chunk') say({ op: 'flow', flow, ticket: head.ticket });
    }
  }
}

process.stdin.on('data', (data) => {
  receive(data);
  serve();
});
process.stdin.on('end', () => process.exit(0));
