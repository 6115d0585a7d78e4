import { produce, enablePatches, produceWithPatches } from 'immer';

addEventListener('go', async (resolve) => {
  enablePatches();
  const before = { list: [1], deep: { a: 1 } };
  const after = produce(before, (draft) => { draft.list.push(2); });
  resolve([after, after.deep === before.deep, produceWithPatches(before, (draft) => { draft.deep.a = 2; })[1]]);
});
