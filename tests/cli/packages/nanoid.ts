import { customAlphabet, nanoid } from 'nanoid';

addEventListener('go', async (resolve) => {
  resolve([nanoid().length, /^[ab]{5}$/.test(customAlphabet('ab', 5)())]);
});
