import { z } from 'zod';
import * as core from 'zod/v4/core';

addEventListener('go', async (resolve) => {
  const Todo = z.object({ id: z.number().int(), title: z.string().min(2), tags: z.array(z.enum(['a', 'b'])).default([]) });
  const right = Todo.parse({ id: 1, title: 'ok' });
  const wrong = Todo.safeParse({ id: 'x', title: '', tags: ['c'] });
  resolve([right, wrong.error?.issues, z.toJSONSchema(Todo), typeof core.$ZodType, wrong.error?.constructor.name]);
});
