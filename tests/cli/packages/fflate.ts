import { gzipSync, gunzipSync, strToU8, strFromU8, zipSync } from 'fflate';

addEventListener('go', async (resolve) => {
  resolve([strFromU8(gunzipSync(gzipSync(strToU8('hello hello')))), zipSync({ 'a.txt': strToU8('a') }, { mtime: '2026-01-01T00:00:00' }).length]);
});
