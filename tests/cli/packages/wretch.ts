import wretch from 'wretch';
import QueryStringAddon from 'wretch/addons/queryString';

addEventListener('go', async (resolve) => {
  const api = wretch('https://api.example.com').addon(QueryStringAddon);
  resolve([await api.url('/todos').query({ page: 2 }).get().json(), await api.url('/missing').get().notFound(() => 'none').res()]);
});
