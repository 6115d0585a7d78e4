import nacl from 'tweetnacl';

addEventListener('go', async (resolve) => {
  const pair = nacl.sign.keyPair.fromSeed(new Uint8Array(32));
  const signature = nacl.sign.detached(new Uint8Array([1, 2]), pair.secretKey);
  resolve([[...pair.publicKey], [...signature], nacl.sign.detached.verify(new Uint8Array([1, 2]), signature, pair.publicKey)]);
});
