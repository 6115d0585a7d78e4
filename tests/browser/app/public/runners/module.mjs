// A runner of several files.

import { greeting } from './part.mjs';

addEventListener('greet', (resolve, reject, { name }) => resolve(greeting(name)));
