import qs from 'qs';

addEventListener('go', async (resolve) => {
  resolve([qs.stringify({ a: { b: [1, 2] }, c: null }), qs.parse('a[b][0]=1&a[b][1]=2&c')]);
});
