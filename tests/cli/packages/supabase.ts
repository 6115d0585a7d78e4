import { createClient, AuthError } from '@supabase/supabase-js';

addEventListener('go', async (resolve) => {
  const supabase = createClient('https://api.example.com', 'key', { auth: { persistSession: false } });
  const { data, error } = await supabase.from('todos').select('id, title').eq('done', false).order('id');
  resolve([data, error, new AuthError('a') instanceof Error]);
});
