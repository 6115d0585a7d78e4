// The runner of the documentation: what happens for each event that the app or the system sends.

addEventListener('myCustomEvent', (resolve) => {
  console.log('bringing the app up to date');
  resolve();
});

addEventListener('myCustomEventWithReturnData', (resolve, reject, args) => {
  try {
    const { user } = args;
    console.log('got a user: ' + JSON.stringify(user));
    user.firstName += ' 你好';
    user.lastName += ' 世界';
    resolve(user);
  } catch (error) {
    reject(error);
  }
});

addEventListener('remoteNotification', (resolve, reject) => {
  try {
    console.log('a silent push notification came in');
    CapacitorNotifications.schedule([
      { id: 100, title: 'Enterprise Background Runner', body: 'A silent push notification came in' },
    ]);
    resolve();
  } catch (error) {
    reject(error);
  }
});
