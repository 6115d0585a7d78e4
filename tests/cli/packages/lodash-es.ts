import { chunk, debounce, groupBy, template, merge } from 'lodash-es';
import capitalize from 'lodash-es/capitalize';

addEventListener('go', async (resolve) => {
  resolve([chunk([1, 2, 3], 2), groupBy([1.2, 1.8, 2], Math.floor), template('hi <%= name %>')({ name: capitalize('ADA') }), merge({ a: { b: 1 } }, { a: { c: 2 } }), typeof debounce(() => {}, 1)]);
});
