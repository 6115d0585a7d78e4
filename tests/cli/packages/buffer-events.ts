import { Buffer } from 'buffer/';
import EventEmitter, { once } from 'events/';

addEventListener('go', async (resolve) => {
  const emitter = new EventEmitter();
  const seen = once(emitter, 'x');
  emitter.emit('x', Buffer.from('hello').toString('base64'));
  resolve([await seen, Buffer.concat([Buffer.from([1]), Buffer.from('ff', 'hex')]).readUInt16BE(0)]);
});
