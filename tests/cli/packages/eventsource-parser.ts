import { createParser } from 'eventsource-parser';
import { EventSourceParserStream } from 'eventsource-parser/stream';

addEventListener('go', async (resolve) => {
  const events: any[] = [];
  createParser({ onEvent: (event) => events.push(event) }).feed('id: 1\ndata: hello\n\n');
  resolve([events, typeof EventSourceParserStream]);
});
