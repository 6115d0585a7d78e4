import pRetry, { AbortError } from 'p-retry';
import pLimit from 'p-limit';

addEventListener('go', async (resolve) => {
  let tries = 0;
  const value = await pRetry(() => { if (++tries < 3) throw new Error('no'); return tries; }, { minTimeout: 1 });
  const failed = await pRetry(() => { throw new AbortError('stop'); }).catch((error) => error.message);
  const limit = pLimit(1);
  resolve([value, failed, await Promise.all([1, 2].map((it) => limit(async () => it * 2)))]);
});
