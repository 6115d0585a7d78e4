// Runs a runner in Node.js under a debugger. What it asks of its device goes to the command, line by line:
// a question on the standard output, its answer on the standard input.
import fs from 'node:fs';
import inspector from 'node:inspector';
import { pathToFileURL } from 'node:url';
import { format } from 'node:util';
import vm from 'node:vm';

const [, , file, port] = process.argv;
/** What a runner does not have. */
const ABSENT = ['process', 'Buffer', 'global', 'setImmediate', 'clearImmediate'];

let input = '';

/** Waits for the next line. */
function receive() {
  const chunk = Buffer.alloc(65536);
  let bytes = [];
  for (;;) {
    const end = input.indexOf('\n');
    if (end >= 0) {
      const line = input.slice(0, end);
      input = input.slice(end + 1);
      return JSON.parse(line);
    }
    try {
      const length = fs.readSync(0, chunk);
      if (length === 0) process.exit(0);
      bytes.push(Buffer.from(chunk.subarray(0, length)));
      if (chunk.subarray(0, length).includes(10)) {
        input += Buffer.concat(bytes).toString();
        bytes = [];
      }
    } catch (error) {
      if (error.code !== 'EAGAIN') throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
    }
  }
}

function send(message) {
  let bytes = Buffer.from(JSON.stringify(message) + '\n');
  while (bytes.length > 0) {
    try {
      bytes = bytes.subarray(fs.writeSync(1, bytes));
    } catch (error) {
      if (error.code !== 'EAGAIN') throw error;
    }
  }
}

function ask(message) {
  send(message);
  return receive();
}

/** A value with what JSON cannot carry. */
function encode(value) {
  if (Array.isArray(value)) return value.map(encode);
  switch (typeof value) {
    case 'undefined':
      return { $: 'undefined' };
    case 'number':
      return Number.isFinite(value) ? value : { $: 'number', text: String(value) };
    case 'bigint':
      return { $: 'bigint', text: String(value) };
    case 'function':
      return { $: 'function' };
    case 'symbol':
      return { $: 'symbol', text: value.description };
    case 'object':
      break;
    default:
      return value;
  }
  if (value === null) return null;
  if (value instanceof Date) return { $: 'Date', text: Number(value) };
  if (value instanceof Map) return { $: 'Map', entries: encode([...value]) };
  if (value instanceof Set) return { $: 'Set', entries: encode([...value]) };
  if (typeof value.toJSON === 'function') return encode(value.toJSON());
  const of = Object.fromEntries(Object.entries(value).map(([key, member]) => [key, encode(member)]));
  return { $: 'object', of };
}

function described(error) {
  if (!(error instanceof Error)) return { thrown: error };
  const { name, message, code, stack } = error;
  // Our own lines are nobody's business.
  const lines = String(stack).split('\n').slice(1);
  const own = lines.filter((line) => !line.includes('/driver.mjs') && !line.includes('node:'));
  return { name, message, code, stack: own.join('\n') };
}

function failure({ name, message, code, cause, thrown }) {
  if (thrown !== undefined) return thrown;
  const type = typeof globalThis[name] === 'function' ? globalThis[name] : Error;
  const error = new type(message, cause && { cause: failure(cause) });
  if (code !== undefined) error.code = code;
  return error;
}

/** What a call of a device API came to. */
function result({ value, isNothing, isPromise, error }) {
  if (isPromise) return error ? Promise.reject(failure(error)) : Promise.resolve(isNothing ? undefined : value);
  if (error) throw failure(error);
  return isNothing ? undefined : value;
}

let isOver = false;

/** Tells how it ended, once. */
function end(message) {
  if (isOver) return;
  isOver = true;
  send(message);
  setTimeout(() => process.exit(0), 0);
}

const { event, label, args, deadline, apis } = receive();
const handlers = new Map();

function install(name, value) {
  Object.defineProperty(globalThis, name, { value, writable: true, configurable: true });
}

for (const [api, members] of Object.entries(apis)) {
  const object = {};
  for (const [name, kind] of Object.entries(members)) {
    const call = (...args) => result(ask({ kind: 'call', api, name, args: args.map(encode) }));
    const descriptor =
      kind === 'property' ? { get: () => result(ask({ kind: 'get', api, name })) } : { value: call, writable: true };
    Object.defineProperty(object, name, { ...descriptor, enumerable: true, configurable: true });
  }
  install(api, object);
}

install('addEventListener', (name, handler) => void handlers.set(String(name), handler));
install('removeEventListener', (name) => void handlers.delete(String(name)));
install('self', globalThis);
install('fetch', async (resource, init) => {
  const request = new Request(resource, init);
  request.signal.throwIfAborted();
  const { url, method, redirect } = request;
  const body = request.body ? Buffer.from(await request.arrayBuffer()).toString('base64') : undefined;
  const answer = ask({ kind: 'fetch', url, method, redirect, headers: [...request.headers], body });
  if (answer.error) throw failure(answer.error);
  const { status, statusText, headers, ...rest } = answer.value;
  const bytes = [101, 204, 205, 304].includes(status) ? null : Buffer.from(rest.body, 'base64');
  const response = new Response(bytes, { status, statusText, headers });
  return Object.defineProperties(response, { url: { value: rest.url }, redirected: { value: rest.redirected } });
});
for (const level of ['debug', 'error', 'info', 'log', 'trace', 'warn']) {
  const show = inspector.console[level];
  console[level] = (...data) => {
    show?.(...data);
    ask({ kind: 'log', level, text: format(...data) });
  };
}

const context = {
  signal: new AbortController().signal,
  deadline,
  timeRemaining: () => Math.max(0, deadline - Date.now()),
  label,
  event,
  dispatchId: 1,
};

async function run() {
  if (file.endsWith('.mjs')) await import(pathToFileURL(file));
  else vm.compileFunction(fs.readFileSync(file, 'utf8'), ABSENT, { filename: pathToFileURL(file).href })();
  const handler = handlers.get(event);
  if (!handler) throw new Error(`no handler is registered for \`${event}\``);
  await handler((value) => end({ kind: 'resolve', value: encode(value) }), (reason) => end({ kind: 'reject', error: described(reason) }), args, context);
}

process.on('unhandledRejection', (reason) => console.error('unhandled promise rejection:', reason));
process.on('uncaughtException', (error) => console.error('uncaught error:', error));
process.on('beforeExit', () => end({ kind: 'idle' }));
inspector.open(Number(port), '127.0.0.1', true);
run().catch((error) => end({ kind: 'throw', error: described(error) }));
