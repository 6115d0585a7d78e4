import * as pako from 'pako';

addEventListener('go', async (resolve) => {
  resolve([pako.inflate(pako.deflate('hello hello'), { to: 'string' }), [...pako.deflate('a')]]);
});
