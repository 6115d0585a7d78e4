import { addDays, format, formatDistance, parseISO } from 'date-fns';
import { de, zhCN } from 'date-fns/locale';

addEventListener('go', async (resolve) => {
  const day = parseISO('2026-02-03T10:00:00');
  resolve([format(addDays(day, 30), 'PPPP', { locale: de }), formatDistance(day, addDays(day, 3), { locale: zhCN, addSuffix: true })]);
});
