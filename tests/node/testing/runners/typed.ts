import { double } from './parts/double';

interface Details {
  n: number;
}

type Answer = { n: number };

addEventListener('doubles', (resolve: (answer: Answer) => void, reject: unknown, { n }: Details) => {
  resolve({ n: double(n) });
});

addEventListener('fails', () => {
  throw new RangeError('too far');
});
