import ICAL from 'ical.js';

addEventListener('go', async (resolve) => {
  const event = new ICAL.Component(ICAL.parse('BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nSUMMARY:Hi\r\nEND:VEVENT\r\nEND:VCALENDAR'));
  resolve(event.getFirstSubcomponent('vevent').getFirstPropertyValue('summary'));
});
