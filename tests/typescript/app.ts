// What an app writes: it has to compile against the package as it is published.

import { BackgroundRunner, configureWeb } from '@capacitor/background-runner';
import type {
  CapacitorAPI,
  DispatchEventOptions,
  NotificationScheduleOptions,
  PermissionStatus,
  RunnerErrorCode,
} from '@capacitor/background-runner';
import type { CapacitorConfig } from '@capacitor/cli';

interface User {
  firstName: string;
}

export async function everything(): Promise<void> {
  const status: PermissionStatus = await BackgroundRunner.checkPermissions();
  await BackgroundRunner.requestPermissions({ apis: ['geolocation', 'notifications'] });
  // @ts-expect-error there is no such API
  await BackgroundRunner.requestPermissions({ apis: ['camera'] });
  const user = await BackgroundRunner.dispatchEvent<User>({ label: 'a', event: 'b', details: { c: [1, null] } });
  const nothing: void = await BackgroundRunner.dispatchEvent({ label: 'a', event: 'b' });
  const tap = await BackgroundRunner.addListener('backgroundRunnerNotificationReceived', (event) => {
    console.log(event.notificationId.toFixed(), event.actionTypeId.trim());
  });
  await BackgroundRunner.addListener('backgroundRunnerLog', ({ level, text }) => console.log(level, text));
  await BackgroundRunner.addListener('backgroundRunnerRunFinished', (run) => console.log(run.errorCode));
  // @ts-expect-error there is no such event
  await BackgroundRunner.addListener('nothing', () => undefined);
  await tap.remove();
  await BackgroundRunner.removeNotificationListeners();
  await BackgroundRunner.registerSchedule({
    label: 'a',
    id: 'nightly',
    event: 'sync',
    interval: 60,
    constraints: { network: 'unmetered' },
  });
  const { runs } = await BackgroundRunner.getRunHistory({ outcome: 'failed' });
  const { value } = await BackgroundRunner.kvGet({ label: 'a', key: 'k' });
  console.log(status.geolocation, user.firstName, nothing, runs[0]?.startedAt, value?.length);
}

export const code: RunnerErrorCode = 'NEVER_SETTLED';
export const options: DispatchEventOptions = { label: 'a', event: 'b' };
export const notification: NotificationScheduleOptions = { id: 1, title: 't', body: 'b', groupSummary: 'true' };
export type Battery = ReturnType<CapacitorAPI['CapacitorDevice']['getBatteryStatus']>;

export const single: CapacitorConfig = {
  plugins: {
    BackgroundRunner: { label: 'a', src: 'runners/a.js', event: 'e', repeat: true, interval: 15, autoStart: true },
  },
};

export const several: CapacitorConfig = {
  plugins: {
    BackgroundRunner: {
      runners: [{ label: 'a', src: 'a.js', apis: ['kv'], schedules: [{ event: 'e', interval: 30 }] }],
    },
  },
};

export const wrong: CapacitorConfig = {
  // @ts-expect-error a runner needs a file
  plugins: { BackgroundRunner: { runners: [{ label: 'a' }] } },
};

export const misspelt: CapacitorConfig = {
  // @ts-expect-error there is no such option
  plugins: { BackgroundRunner: { label: 'a', src: 'a.js', intervall: 15 } },
};

export const mistyped: CapacitorConfig = {
  // @ts-expect-error minutes are a number
  plugins: { BackgroundRunner: { label: 'a', src: 'a.js', interval: '15' } },
};

export const unknown: CapacitorConfig = {
  // @ts-expect-error there is no such API
  plugins: { BackgroundRunner: { label: 'a', src: 'a.js', apis: ['camera'] } },
};

configureWeb(several);
// What an editor makes of `capacitor.config.json`.
const json = { appId: 'a', plugins: { BackgroundRunner: { label: 'a', src: 'a.js', constraints: { network: 'any' } } } };
configureWeb(json);
// @ts-expect-error an identifier is a text
configureWeb({ appId: 1 });
