// One cold dispatch after another in `vm` contexts of Node, Bun or Deno: a new context, the same set
// of host functions as the other engines get, the runner, its handler, the result as JSON.
// Prints the CPU time of each in microseconds, as a JSON array.
import fs from 'node:fs';
import process from 'node:process';
import vm from 'node:vm';

const [file, event, details, runs] = process.argv.slice(2);
const source = fs.readFileSync(file, 'utf8');

function cpuMicroseconds() {
  const { user, system } = process.cpuUsage();
  return user + system;
}

function dispatch() {
  const listeners = new Map();
  const nothing = () => {};
  const api = (names) => Object.fromEntries(names.map((name) => [name, nothing]));
  const context = vm.createContext({
    console: api(['debug', 'error', 'info', 'log', 'warn']),
    addEventListener: (name, handler) => listeners.set(name, handler),
    setTimeout: nothing,
    setInterval: nothing,
    clearTimeout: nothing,
    clearInterval: nothing,
    crypto: api(['getRandomValues', 'randomUUID']),
    TextEncoder,
    TextDecoder,
    fetch: nothing,
    CapacitorDevice: api(['getBatteryStatus', 'getNetworkStatus']),
    CapacitorKV: api(['set', 'get', 'remove']),
    CapacitorNotifications: api(['schedule', 'setBadge', 'clearBadge']),
    CapacitorGeolocation: api(['getCurrentPosition']),
    CapacitorApp: api(['getState', 'getInfo']),
  });
  vm.runInContext(source, context, { filename: file });
  let outcome;
  listeners.get(event)(
    (value) => (outcome = JSON.stringify(value)),
    (reason) => {
      throw reason;
    },
    JSON.parse(details),
  );
  if (!outcome.includes('HELLO')) throw new Error(`wrong outcome: ${outcome}`);
}

const samples = [];
for (let run = 0; run < Number(runs); run++) {
  const start = cpuMicroseconds();
  dispatch();
  samples.push(cpuMicroseconds() - start);
}
console.log(JSON.stringify(samples));
