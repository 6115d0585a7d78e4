import { jwtDecode, InvalidTokenError } from 'jwt-decode';

addEventListener('go', async (resolve) => {
  let failed;
  try { jwtDecode('x'); } catch (error) { failed = error instanceof InvalidTokenError; }
  resolve([jwtDecode('eyJhbGciOiJIUzI1NiJ9.eyJhIjoxfQ.x'), failed]);
});
