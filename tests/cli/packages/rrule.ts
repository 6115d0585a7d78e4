import { RRule, rrulestr } from 'rrule';

addEventListener('go', async (resolve) => {
  const rule = new RRule({ freq: RRule.WEEKLY, count: 3, dtstart: new Date(Date.UTC(2026, 0, 5)), byweekday: [RRule.MO] });
  resolve([rule.toString(), rule.all(), rrulestr('RRULE:FREQ=DAILY;COUNT=2').toText()]);
});
