import { from, interval, lastValueFrom, map, mergeMap, take, toArray } from 'rxjs';
import { fromFetch } from 'rxjs/fetch';

addEventListener('go', async (resolve) => {
  const fetched = fromFetch('https://api.example.com/todos?page=2').pipe(mergeMap((it) => it.json()));
  const ticks = interval(1).pipe(take(3), map((it) => it * 2), toArray());
  resolve([await lastValueFrom(fetched), await lastValueFrom(ticks), await lastValueFrom(from([1, 2]).pipe(toArray()))]);
});
