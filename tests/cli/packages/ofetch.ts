import { ofetch } from 'ofetch';

addEventListener('go', async (resolve) => {
  resolve(await ofetch('https://api.example.com/todos', { query: { page: 2 } }));
});
