import superjson from 'superjson';

addEventListener('go', async (resolve) => {
  const text = superjson.stringify({ at: new Date(0), set: new Set([1]), map: new Map([['a', 1n]]) });
  resolve([text, superjson.parse<any>(text).set.has(1)]);
});
