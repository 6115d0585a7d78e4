// Runs in the runtime, and does there what a runner wants that runs in Node.js.

/** What JSON cannot carry, as driver.mjs writes it. */
function decode(value) {
  if (Array.isArray(value)) return value.map(decode);
  if (value === null || typeof value !== 'object') return value;
  switch (value.$) {
    case 'undefined':
      return undefined;
    case 'number':
      return Number(value.text);
    case 'bigint':
      return BigInt(value.text);
    case 'Date':
      return new Date(value.text);
    case 'Map':
      return new Map(decode(value.entries));
    case 'Set':
      return new Set(decode(value.entries));
    case 'function':
      return () => {};
    case 'symbol':
      return Symbol(value.text);
    case 'object':
      return Object.fromEntries(Object.entries(value.of).map(([key, member]) => [key, decode(member)]));
  }
}

function described(error) {
  if (!(error instanceof Error)) return { thrown: error };
  const { name, message, code, cause } = error;
  return { name, message, code, cause: cause && described(cause) };
}

/** The device APIs, and of each its functions and properties. */
function apis(names) {
  const shape = (api) =>
    Object.entries(Object.getOwnPropertyDescriptors(api)).map(([name, { get }]) => [name, get ? 'property' : 'function']);
  const known = names.filter((name) => typeof globalThis[name] === 'object');
  return Object.fromEntries(known.map((name) => [name, Object.fromEntries(shape(globalThis[name]))]));
}

function base64(bytes) {
  let text = '';
  for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return btoa(text);
}

async function fetched({ url, method, headers, redirect, body }) {
  const init = { method, headers, redirect };
  if (body !== undefined) init.body = Uint8Array.from(atob(body), (letter) => letter.charCodeAt(0));
  const response = await fetch(url, init);
  return {
    status: response.status,
    statusText: response.statusText,
    headers: [...response.headers],
    url: response.url,
    redirected: response.redirected,
    body: base64(new Uint8Array(await response.arrayBuffer())),
  };
}

/** What was asked for, done. */
async function done(asked) {
  try {
    if (asked.kind === 'fetch') return { value: await fetched(asked) };
    if (asked.kind === 'log') return { value: console[asked.level](asked.text) ?? null };
    const api = globalThis[asked.api];
    const value = asked.kind === 'get' ? api[asked.name] : api[asked.name](...decode(asked.args));
    if (!(value instanceof Promise)) return { value, isNothing: value === undefined };
    return value.then(
      (value) => ({ isPromise: true, value, isNothing: value === undefined }),
      (error) => ({ isPromise: true, error: described(error) }),
    );
  } catch (error) {
    return { error: described(error) };
  }
}

function failure({ name, message, code, stack, thrown }) {
  if (thrown !== undefined) return thrown;
  const error = new (Error[name] ?? globalThis[name] ?? Error)(message);
  if (code !== undefined) error.code = code;
  return Object.defineProperty(error, 'stack', { value: stack });
}

addEventListener(EVENT, async (resolve, reject, args, context) => {
  const names = Object.getOwnPropertyNames(globalThis).filter((name) => /^[A-Z]/.test(name) && name !== 'InspectedInNode');
  const { event, label, deadline } = context;
  let answer = { event, label, args, deadline, apis: apis(names.filter((name) => isApi(name))) };
  for (;;) {
    const asked = JSON.parse(await InspectedInNode.next(JSON.stringify(answer)));
    if (asked.kind === 'resolve') return resolve(decode(asked.value));
    if (asked.kind === 'reject') return reject(failure(asked.error));
    if (asked.kind === 'throw') throw failure(asked.error);
    if (asked.kind === 'idle') return;
    answer = await done(asked);
  }
});

/** Whether a global is a device API: an object of nothing but native functions, and no constructor's. */
function isApi(name) {
  const value = globalThis[name];
  return typeof value === 'object' && value !== null && !['JSON', 'Math', 'Reflect', 'Atomics', 'Intl', 'WebAssembly', 'Temporal'].includes(name);
}
