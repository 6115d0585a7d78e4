// Looks for to-dos that are new on the server, remembers the last one it has seen,
// and tells the user about the rest in one notification.
//
//   background-runner run examples/todos.js --event syncTodos --host examples/todos.host.json

const SERVER = 'https://todos.example.com';

addEventListener('syncTodos', async (resolve, reject, args, { signal }) => {
  const lastSeen = Number(CapacitorKV.get('lastSeen')?.value ?? 0);
  try {
    const fresh = (await todos(signal)).filter((todo) => todo.id > lastSeen);
    if (fresh.length > 0) {
      notify(fresh);
      CapacitorKV.set('lastSeen', String(Math.max(...fresh.map((todo) => todo.id))));
    }
    resolve({ fresh: fresh.length });
  } catch (error) {
    console.error('the to-dos could not be fetched', error);
    reject(error);
  }
});

async function todos(signal) {
  const response = await fetch(SERVER + '/todos', {
    headers: { authorization: 'Bearer ' + CapacitorKV.get('token')?.value },
    signal,
  });
  if (!response.ok) {
    throw new Error('the server answered ' + response.status);
  }
  return response.json();
}

function notify(fresh) {
  CapacitorNotifications.schedule([
    {
      id: 1,
      title: fresh.length === 1 ? 'A new to-do' : fresh.length + ' new to-dos',
      body: fresh.map((todo) => todo.title).join(', '),
      scheduleAt: new Date(),
    },
  ]);
}
