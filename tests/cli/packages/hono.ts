import { Hono } from 'hono';
import { hc } from 'hono/client';

addEventListener('go', async (resolve) => {
  const app = new Hono().get('/hello/:name', (c) => c.json({ hello: c.req.param('name') }));
  const client = hc<typeof app>('https://api.example.com', { fetch: app.request });
  const response = await client.hello[':name'].$get({ param: { name: 'ada' } });
  resolve([await response.json(), (await app.request('/none')).status]);
});
