import { Effect, Schema } from 'effect';

addEventListener('go', async (resolve) => {
  const program = Effect.gen(function* () {
    const one = yield* Effect.succeed(1);
    return one + (yield* Effect.promise(async () => 2));
  });
  const Todo = Schema.Struct({ id: Schema.Number, title: Schema.String });
  resolve([await Effect.runPromise(program), Schema.decodeUnknownSync(Todo)({ id: 1, title: 'a' }), String(await Effect.runPromise(Effect.flip(Effect.fail('no'))))]);
});
