import { pack, unpack } from 'msgpackr';

addEventListener('go', async (resolve) => {
  resolve([[...pack({ a: [1, 'two', null] })], unpack(pack({ deep: { list: [true, 1.5] } }))]);
});
