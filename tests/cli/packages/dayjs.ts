import dayjs from 'dayjs';
import relativeTime from 'dayjs/plugin/relativeTime';
import 'dayjs/locale/fr';

addEventListener('go', async (resolve) => {
  dayjs.extend(relativeTime);
  const day = dayjs('2026-02-03T10:00:00').locale('fr');
  resolve([day.format('dddd D MMMM YYYY'), day.add(1, 'month').from(day)]);
});
