addEventListener('stores', (resolve, reject, { value }) => {
  const before = CapacitorKV.get('value')?.value ?? null;
  CapacitorKV.set('value', value);
  resolve({ before });
});

addEventListener('looks', (resolve) => {
  const { batteryLevel, isCharging } = CapacitorDevice.getBatteryStatus();
  const { latitude } = CapacitorGeolocation.getCurrentPosition() ?? {};
  resolve({ batteryLevel, isCharging, latitude, active: CapacitorApp.getState().isActive, lit: Lamp.isOn('desk') });
});

addEventListener('waits', async (resolve) => {
  const began = Date.now();
  const passed = [];
  for (let turn = 0; turn < 3; turn++) {
    await new Promise((done) => setTimeout(done, 1000));
    passed.push(Date.now() - began);
    console.log(`turn ${turn}`);
  }
  resolve(passed);
});

addEventListener('asks', async (resolve, reject, { urls, method = 'GET', body }) => {
  const answers = [];
  for (const url of urls) {
    try {
      const response = await fetch(url, { method, body });
      answers.push([response.status, response.url, await response.text()]);
    } catch (error) {
      answers.push(error.cause.code);
    }
  }
  resolve(answers);
});

addEventListener('leaves', (resolve) => {
  setTimeout(() => {}, 60000);
  fetch('https://example.com/slow').catch(() => {});
  setTimeout(resolve, 10);
});

addEventListener('leavesAndRejects', (resolve, reject) => {
  fetch('https://example.com/slow').catch(() => {});
  setTimeout(() => reject(new Error('no')), 10);
});

addEventListener('fails', () => {
  const details = null;
  details.name;
});

addEventListener('never', () => {});

addEventListener('spins', () => {
  for (;;) {}
});

addEventListener('dives', () => {
  const dive = () => [1].map(() => dive());
  CapacitorKV.set('dived', 'yes');
  dive();
});
