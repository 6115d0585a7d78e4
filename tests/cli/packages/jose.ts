import { SignJWT, jwtVerify, errors, decodeJwt } from 'jose';

addEventListener('go', async (resolve) => {
  const key = new TextEncoder().encode('a secret that is long enough for it');
  const token = await new SignJWT({ a: 1 }).setProtectedHeader({ alg: 'HS256' }).setIssuedAt(1).sign(key);
  const { payload, protectedHeader } = await jwtVerify(token, key);
  const wrong = await jwtVerify(token + 'x', key).catch((error) => error);
  resolve([token, payload, protectedHeader, wrong instanceof errors.JWSSignatureVerificationFailed, wrong.code, decodeJwt(token)]);
});
