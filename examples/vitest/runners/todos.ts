/// <reference types="@capacitor/background-runner/runner" />

interface Todo {
  id: number;
  title: string;
}

addEventListener('syncTodos', async (resolve, reject, args: { retries?: number }, { signal }) => {
  const seen = Number(CapacitorKV.get('seen')?.value ?? 0);
  const fresh = (await todos(args.retries ?? 1, signal)).filter(({ id }) => id > seen);
  if (fresh.length > 0) {
    CapacitorKV.set('seen', String(Math.max(...fresh.map(({ id }) => id))));
    const body = fresh.map(({ title }) => title).join(', ');
    CapacitorNotifications.schedule([{ id: 1, title: 'To do', body }]);
  }
  resolve({ fresh: fresh.length });
});

/** Asks again after five seconds when the server is busy. */
async function todos(retries: number, signal: AbortSignal): Promise<Todo[]> {
  const response = await fetch('https://todos.example.com/todos', { signal });
  if (response.ok) {
    return response.json();
  }
  if (retries === 0) {
    throw new Error(`the server answered ${response.status}`);
  }
  await new Promise((done) => setTimeout(done, 5000));
  return todos(retries - 1, signal);
}
