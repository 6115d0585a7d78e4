import { v5, validate, NIL } from 'uuid';

addEventListener('go', async (resolve) => {
  resolve([v5('hello', v5.URL), validate(NIL), validate('x')]);
});
