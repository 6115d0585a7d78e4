// A runner with the clients that people bundle, checked without `skipLibCheck`.
import ky from 'ky';
import axios from 'axios';
import { createClient } from '@supabase/supabase-js';

addEventListener('sync', async (resolve, reject, args, { signal }) => {
  const todos = await ky.get('https://a.example/todos', { signal, timeout: 5000 }).json<{ id: number }[]>();
  const { data } = await axios.get<string>('https://a.example', { adapter: 'fetch', signal });
  const supabase = createClient('https://a.supabase.co', 'key');
  const { data: rows, error } = await supabase.from('todos').select('*').abortSignal(signal);
  if (error) reject(error);
  resolve({ todos: todos.length, data, rows });
});
