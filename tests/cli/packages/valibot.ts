import * as v from 'valibot';

addEventListener('go', async (resolve) => {
  const Schema = v.object({ email: v.pipe(v.string(), v.email()), age: v.optional(v.number(), 3) });
  resolve([v.parse(Schema, { email: 'a@b.co' }), v.safeParse(Schema, { email: 'x' }).issues?.map((it) => it.message)]);
});
