// Names of events: those of native code, those of the app, and misspelt ones.
addEventListener('remoteNotification', (resolve, reject, args) => resolve(args.anything));
addEventListener('currentLocation', (resolve, reject, { locations }) => resolve(locations[0].latitude));
addEventListener('sync', (resolve, reject, args) => resolve(args.anything));
addEventListener<{ count: number }>('sync', (resolve, reject, args) => resolve(args.count.toFixed()));
for (const event of ['currentPosition', 'notification', 'locationUpdate'] as const) {
  addEventListener(event, async (resolve) => resolve());
}
const computed: string = 'sync'.trim();
addEventListener(computed, (resolve) => resolve());

// @ts-expect-error a letter is missing
addEventListener('remoteNotifcation', (resolve) => resolve());
// @ts-expect-error it is written with capitals
addEventListener('remotenotification', (resolve) => resolve());
// @ts-expect-error there is a letter too much
addEventListener('currentLocations', (resolve) => resolve());
// @ts-expect-error two letters are in each other's place
addEventListener('WatchConnectivity_didRecieveMessage', (resolve) => resolve());
// @ts-expect-error nobody can make one
new WebSocket('wss://example.com');
