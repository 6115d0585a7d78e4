import axios, { AxiosError } from 'axios';

addEventListener('go', async (resolve) => {
  const { data, status, headers } = await axios.get('https://api.example.com/todos', { adapter: 'fetch', params: { page: 2 } });
  const failed = await axios.post('https://api.example.com/missing', { a: 1 }, { adapter: 'fetch' }).catch((error) => error);
  resolve([data, status, headers['content-type'], failed instanceof AxiosError, failed.code, failed.response?.status]);
});
