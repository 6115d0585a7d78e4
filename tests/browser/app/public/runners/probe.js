// What the tests ask of a runner in a browser.

addEventListener('set', (resolve, reject, { key, value }) => {
  CapacitorKV.set(key, value);
  resolve(CapacitorKV.get(key).value);
});

addEventListener('get', (resolve, reject, { key }) => resolve(CapacitorKV.get(key)?.value ?? null));

addEventListener('endless', () => {
  for (;;) {}
});

// A single operation of the engine, which nothing interrupts, after something that is to be kept.
addEventListener('stuck', () => {
  CapacitorKV.set('stuck', 'yes');
  const text = 'a'.repeat(8e6);
  text.indexOf(text.slice(4e6) + 'b');
});

addEventListener('device', (resolve) => {
  const shown = (ask) => {
    try {
      return ask();
    } catch (error) {
      return error.code;
    }
  };
  resolve({
    app: CapacitorApp.getInfo(),
    isActive: CapacitorApp.getState().isActive,
    battery: CapacitorDevice.getBatteryStatus(),
    network: CapacitorDevice.getNetworkStatus(),
    position: shown(() => CapacitorGeolocation.getCurrentPosition()),
    watch: shown(() => CapacitorWatch.isReachable),
    pending: CapacitorNotifications.getPending(),
  });
});

addEventListener('plan', (resolve, reject, { id, minutes }) => {
  const scheduleAt = new Date(Date.now() + minutes * 60_000);
  CapacitorNotifications.schedule([{ id, title: 'Later', body: 'in some minutes', scheduleAt }]);
  resolve(CapacitorNotifications.getPending().map((it) => it.id));
});

addEventListener('fetch', async (resolve, reject, { url, ...init }) => {
  try {
    const response = await fetch(url, init);
    resolve({ status: response.status, redirected: response.redirected, text: await response.text() });
  } catch (error) {
    reject(error.cause ?? error);
  }
});

addEventListener('wait', (resolve, reject, { key }) => {
  const look = () => (CapacitorKV.get(key) ? resolve(CapacitorKV.get(key).value) : setTimeout(look, 20));
  look();
});

addEventListener('log', (resolve) => {
  console.warn('a line of the log');
  resolve();
});

addEventListener('throws', () => {
  throw new Error('on purpose');
});

addEventListener('tick', (resolve) => {
  CapacitorKV.set('ticks', String(Number(CapacitorKV.get('ticks')?.value ?? 0) + 1));
  resolve();
});
