import ky, { HTTPError } from 'ky';

addEventListener('go', async (resolve) => {
  const todos = await ky.get('https://api.example.com/todos', { searchParams: { page: 2 } }).json();
  const failed = await ky('https://api.example.com/missing', { retry: 0 }).catch((error) => error);
  resolve([todos, failed instanceof HTTPError, failed.name, failed.response.status]);
});
