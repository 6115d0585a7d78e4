// A server of an app's files as they are deployed: with a strict policy, and the app's page for what is not there.

import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';

const TYPES = {
  '.css': 'text/css',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.mjs': 'text/javascript; charset=utf-8',
};

/** What the documentation says that an app has to allow; the styles are the test page's own. */
const POLICY =
  "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; connect-src 'self'; " +
  "img-src 'self' data:; style-src 'unsafe-inline'";

/** Serves a folder; `changed` has other texts for some paths, `asked` hears of each path. */
export async function serve(folder, { changed = new Map(), asked = () => {} } = {}) {
  const server = createServer(async (request, response) => {
    const path = normalize(decodeURIComponent(new URL(request.url, 'http://host').pathname));
    asked(path);
    if (path === '/api/echo') {
      const parts = [];
      for await (const part of request) parts.push(part);
      response.setHeader('content-type', 'text/plain');
      return response.end(`${request.method} ${Buffer.concat(parts)}`);
    }
    if (path === '/api/gone') {
      return request.socket.destroy();
    }
    if (path === '/api/moved') {
      return response.writeHead(302, { location: '/api/echo' }).end();
    }
    const found = changed.get(path) ?? (await readFile(join(folder, path)).catch(() => undefined));
    const file = found ?? (await readFile(join(folder, 'index.html')));
    response.setHeader('content-security-policy', POLICY);
    response.setHeader('content-type', found ? (TYPES[extname(path)] ?? 'application/octet-stream') : TYPES['.html']);
    response.end(file);
  });
  await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
  return { address: `http://127.0.0.1:${server.address().port}`, close: () => server.close() };
}
