import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';

addEventListener('go', async (resolve) => {
  resolve(bytesToHex(sha256(utf8ToBytes('a'))));
});
