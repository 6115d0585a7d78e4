// What a runner writes: it has to compile against the typings of runners, without the DOM.

addEventListener('remoteNotification', (resolve, reject, args) => {
  CapacitorNotifications.schedule([{ id: 100, title: 'a', body: String(args['aps']) }]);
  resolve();
});

addEventListener<{ user: { name: string } }>('update', async (resolve, reject, args, context) => {
  try {
    const response = await fetch('https://example.com', { signal: context.signal, headers: { a: 'b' } });
    const seen = CapacitorKV.get('seen')?.value ?? '';
    CapacitorKV.set('seen', seen + args.user.name);
    const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(await response.text()));
    const timer = setTimeout(() => reject(new Error('late')), context.timeRemaining());
    clearTimeout(timer);
    for await (const chunk of new ReadableStream<Uint8Array>({ start: (stream) => stream.close() })) {
      console.log(chunk.byteLength, new URL('https://a/b').searchParams.get('c'));
    }
    resolve({ size: digest.byteLength, watch: CapacitorWatch.isReachable });
  } catch (error) {
    reject(error);
  }
});

addEventListener('upload', async (resolve) => {
  const body = new Blob(['a']).stream();
  const request = new Request('https://example.com', { method: 'POST', body, duplex: 'half', integrity: '', cache: 'no-store' });
  resolve({ mode: request.mode, duplex: request.duplex, answer: (await fetch(request, { keepalive: true, credentials: 'omit' })).status });
});

addEventListener('currentLocation', (resolve, reject, { locations }) => resolve(locations[0]?.latitude));

// @ts-expect-error there is no page
document.title = 'nothing';
// @ts-expect-error a store holds texts
CapacitorKV.set('count', 1);
// @ts-expect-error there may be no position
CapacitorGeolocation.getCurrentPosition().latitude;
// @ts-expect-error a handler is a function
addEventListener('nothing', 'nobody');
