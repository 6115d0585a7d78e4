import CryptoJS from 'crypto-js';
import sha256 from 'crypto-js/sha256';
import Base64 from 'crypto-js/enc-base64';

addEventListener('go', async (resolve) => {
  const key = CryptoJS.enc.Hex.parse('000102030405060708090a0b0c0d0e0f');
  const sealed = CryptoJS.AES.encrypt('text', key, { iv: key });
  resolve([sha256('a').toString(), Base64.stringify(sha256('a')), sealed.toString(), CryptoJS.AES.decrypt(sealed, key, { iv: key }).toString(CryptoJS.enc.Utf8)]);
});
