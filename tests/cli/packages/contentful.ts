import { createClient } from 'contentful';

addEventListener('go', async (resolve) => {
  const client = createClient({ space: 's', accessToken: 't' });
  resolve([typeof client.getEntries, client.version]);
});
