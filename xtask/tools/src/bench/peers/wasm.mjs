// One dispatch after another on the WebAssembly module in Node. Prints the CPU time of each in
// microseconds, as a JSON array: `node wasm.mjs GLUE MODULE FILE EVENT DETAILS RUNS`.
import fs from 'node:fs';
import process from 'node:process';
import { pathToFileURL } from 'node:url';

const [glue, wasm, file, event, details, runs] = process.argv.slice(2);
const { Runtime, compile } = await import(pathToFileURL(glue));
const source = fs.readFileSync(file, 'utf8');
const host = { load: (path, reply) => reply.done(source) };
const settings = { platform: 'web', maxConcurrent: 1, config: { label: 'a', src: 'runner.js' } };
const runtime = new Runtime(await compile(fs.readFileSync(wasm)), settings, host);

function cpuMicroseconds() {
  const { user, system } = process.cpuUsage();
  return user + system;
}

const samples = [];
for (let run = 0; run < Number(runs); run++) {
  const start = cpuMicroseconds();
  const { value } = await runtime.dispatch({ label: 'a', event, details });
  samples.push(cpuMicroseconds() - start);
  if (!JSON.stringify(value).includes('HELLO')) throw new Error(`wrong outcome: ${JSON.stringify(value)}`);
}
console.log(JSON.stringify(samples));
