import { answer } from 'an-answer';
import { double } from './parts/double';

enum Kind {
  Doubled = 'doubled',
}

addEventListener('answers', (resolve: (answer: unknown) => void) => resolve({ [Kind.Doubled]: double(answer) }));

addEventListener('fails', () => {
  throw new RangeError('too far');
});
