import moment from 'moment-timezone';

addEventListener('go', async (resolve) => {
  resolve([moment.tz('2026-07-01 10:00', 'Asia/Tokyo').tz('Europe/Berlin').format(), moment.duration(3, 'days').humanize()]);
});
