import * as Y from 'yjs';

addEventListener('go', async (resolve) => {
  const [one, two] = [new Y.Doc(), new Y.Doc()];
  one.getText('t').insert(0, 'hello');
  one.getMap('m').set('a', [1]);
  Y.applyUpdate(two, Y.encodeStateAsUpdate(one));
  resolve([two.getText('t').toString(), two.getMap('m').toJSON()]);
});
