/**
 * The battery, as the device reports it.
 *
 * @since 1.0.0
 */
export interface BatteryStatus {
  /**
   * From 0 (empty) to 1 (full); -1 when the device does not tell.
   *
   * @since 1.0.0
   */
  batteryLevel: number;
  /**
   * Whether it is being charged, or full and plugged in.
   *
   * @since 1.0.0
   */
  isCharging: boolean;
}

/**
 * How the device is connected: `wifi` also stands for a cable.
 *
 * @since 4.0.0
 */
export type ConnectionType = 'wifi' | 'cellular' | 'none' | 'unknown';

/**
 * The network, as the device reports it.
 *
 * @since 1.0.0
 */
export interface NetworkStatus {
  /**
   * Whether there is a way to the internet.
   *
   * @since 1.0.0
   */
  connected: boolean;
  /**
   * What it goes through.
   *
   * @since 1.0.0
   */
  connectionType: ConnectionType;
}

/**
 * The device's battery and network.
 *
 * @since 1.0.0
 */
export interface CapacitorDevice {
  /**
   * Reads the state of the battery.
   *
   * @since 1.0.0
   * @example
   * const { batteryLevel } = CapacitorDevice.getBatteryStatus();
   */
  getBatteryStatus(): BatteryStatus;

  /**
   * Reads the state of the network.
   *
   * @since 1.0.0
   * @example
   * if (!CapacitorDevice.getNetworkStatus().connected) {
   *   return resolve();
   * }
   */
  getNetworkStatus(): NetworkStatus;
}

/**
 * Texts by key, kept on the device: the only thing that one run can leave for the next.
 * Each runner has a store of its own, which the app can reach with `kvGet()` and its sisters.
 *
 * @since 1.0.0
 * @lenient
 */
export interface CapacitorKV {
  /**
   * Stores a text under a key. It is safely stored when the call returns.
   *
   * @param key The key
   * @param value The text; an empty one is a value like any other
   * @since 1.0.0
   * @example
   * CapacitorKV.set('lastSync', new Date().toISOString());
   */
  set(key: string, value: string): void;

  /**
   * Looks up the text that is stored under a key; `null` when there is none.
   *
   * @param key The key
   * @since 1.0.0
   * @example
   * const lastSync = CapacitorKV.get('lastSync')?.value;
   */
  get(key: string): { value: string } | null;

  /**
   * Removes what is stored under a key; a key without anything is fine.
   *
   * @param key The key
   * @since 1.0.0
   */
  remove(key: string): void;
}

/**
 * A notification to show.
 *
 * @since 1.0.0
 */
export interface NotificationScheduleOptions {
  /**
   * Tells notifications apart: a 32 bit integer. One with the same number is replaced.
   *
   * @since 1.0.0
   * @integer
   */
  id: number;
  /**
   * The first line.
   *
   * @since 1.0.0
   */
  title: string;
  /**
   * The text below it.
   *
   * @since 1.0.0
   */
  body: string;
  /**
   * When to show it; at once when left out or past.
   *
   * @since 1.0.0
   */
  scheduleAt?: Date;
  /**
   * The file name of a sound in the app. On Android from version 8 on, the channel's sound counts instead.
   *
   * @since 1.0.0
   */
  sound?: string;
  /**
   * The set of actions to offer. It comes back with the `backgroundRunnerNotificationReceived` event.
   *
   * @since 1.0.0
   */
  actionTypeId?: string;
  /**
   * Notifications with the same value are shown as one thread.
   *
   * @since 1.0.0
   * @platform ios
   */
  threadIdentifier?: string;
  /**
   * What the thread's summary says of this notification.
   *
   * @since 1.0.0
   * @platform ios
   */
  summaryArgument?: string;
  /**
   * Notifications with the same value are shown as one group.
   *
   * @since 1.0.0
   * @platform android
   */
  group?: string;
  /**
   * Whether this notification is the summary of its group; the text `'true'` counts as `true`.
   *
   * @since 1.0.0
   * @platform android
   */
  groupSummary?: boolean | string;
  /**
   * Anything that JSON can carry, kept with the notification.
   *
   * @since 1.0.0
   */
  extra?: any;
  /**
   * Whether it cannot be swiped away.
   *
   * @since 1.0.0
   * @default false
   * @platform android
   */
  ongoing?: boolean;
  /**
   * Whether it goes away when it is tapped.
   *
   * @since 1.0.0
   * @default true
   * @platform android
   */
  autoCancel?: boolean;
  /**
   * A longer text, shown when the notification is expanded.
   *
   * @since 1.0.0
   */
  largeBody?: string;
  /**
   * A detail, shown beside the longer text.
   *
   * @since 1.0.0
   * @platform android
   */
  summaryText?: string;
  /**
   * The name of a drawable resource of the app, for the status bar.
   *
   * @since 1.0.0
   * @platform android
   */
  smallIcon?: string;
  /**
   * The name of a drawable resource of the app, shown beside the text.
   *
   * @since 1.0.0
   * @platform android
   */
  largeIcon?: string;
  /**
   * The channel to post to. Without one, the plugin's own channel is used.
   *
   * @since 1.0.0
   * @platform android
   */
  channelId?: string;
}

/**
 * Names a notification.
 *
 * @since 4.0.0
 */
export interface NotificationNumber {
  /**
   * The number that it was scheduled with.
   *
   * @since 4.0.0
   * @integer
   */
  id: number;
}

/**
 * A notification whose time has not come.
 *
 * @since 4.0.0
 */
export interface PendingNotification {
  /**
   * Its number.
   *
   * @since 4.0.0
   * @integer
   */
  id: number;
  /**
   * The first line.
   *
   * @since 4.0.0
   */
  title: string;
  /**
   * The text below it: on iOS the longer one, where there is one.
   *
   * @since 4.0.0
   */
  body: string;
  /**
   * When it will be shown, in milliseconds since 1970.
   *
   * @since 4.0.0
   */
  scheduleAt: number;
}

/**
 * The number on the app's icon.
 *
 * @since 2.0.0
 */
export interface NotificationBadgeOptions {
  /**
   * The number; 0 removes it.
   *
   * @since 2.0.0
   * @integer
   */
  count: number;
  /**
   * The title of the notification that carries the number, since Android has no badge without one.
   *
   * @since 2.0.0
   * @platform android
   */
  notificationTitle?: string;
  /**
   * The text of the notification that carries the number.
   *
   * @since 2.0.0
   * @platform android
   */
  notificationSubtitle?: string;
}

/**
 * Notifications on the device, and the number on the app's icon.
 *
 * @since 1.0.0
 * @permission notifications
 * @lenient
 */
export interface CapacitorNotifications {
  /**
   * Shows notifications, now or later.
   *
   * @param options The notifications
   * @since 1.0.0
   * @example
   * CapacitorNotifications.schedule([
   *   {
   *     id: 100,
   *     title: 'Background Runner',
   *     body: 'Your data is up to date',
   *     scheduleAt: new Date(Date.now() + 60_000),
   *   },
   * ]);
   */
  schedule(options: NotificationScheduleOptions[]): void;

  /**
   * The notifications that the plugin has scheduled and not shown yet, the nearest first: those of all runners.
   *
   * @since 4.0.0
   * @example
   * const pending = CapacitorNotifications.getPending();
   * console.log(pending.map((it) => `${it.id} at ${new Date(it.scheduleAt).toISOString()}`));
   */
  getPending(): PendingNotification[];

  /**
   * Takes notifications back whose time has not come. What is shown already stays, and a number that no notification
   * has is no error.
   *
   * @param notifications The numbers of the notifications
   * @since 4.0.0
   * @example
   * CapacitorNotifications.cancel([{ id: 100 }]);
   * CapacitorNotifications.cancel(CapacitorNotifications.getPending());
   */
  cancel(notifications: NotificationNumber[]): void;

  /**
   * Sets the number on the app's icon.
   *
   * @param options The number
   * @since 2.0.0
   */
  setBadge(options: NotificationBadgeOptions): void;

  /**
   * Removes the number from the app's icon.
   *
   * @since 2.0.0
   */
  clearBadge(): void;
}

/**
 * Where the device is, or was.
 *
 * @since 1.0.0
 */
export interface GetCurrentPositionResult {
  /**
   * Degrees north.
   *
   * @since 1.0.0
   */
  latitude: number;
  /**
   * Degrees east.
   *
   * @since 1.0.0
   */
  longitude: number;
  /**
   * The radius of uncertainty in metres.
   *
   * @since 1.0.0
   */
  accuracy: number;
  /**
   * Metres above the sea; `null` when unknown.
   *
   * @since 1.0.0
   */
  altitude: number | null;
  /**
   * The uncertainty of the altitude in metres; `null` when unknown.
   *
   * @since 1.0.0
   */
  altitudeAccuracy?: number | null;
  /**
   * Metres per second; `null` when unknown.
   *
   * @since 1.0.0
   */
  speed: number | null;
  /**
   * The direction of travel in degrees from north, clockwise; `null` when unknown.
   *
   * @since 1.0.0
   */
  heading: number | null;
  /**
   * When the position was measured, in milliseconds since 1970.
   *
   * @since 4.0.0
   */
  timestamp: number;
}

/**
 * The device's position.
 *
 * @since 1.0.0
 * @permission geolocation
 */
export interface CapacitorGeolocation {
  /**
   * Reads the position that was measured last; `null` when none is known.
   *
   * @since 1.0.0
   */
  getCurrentPosition(): GetCurrentPositionResult | null;
}

/**
 * What the watch's interface shows.
 *
 * @since 2.0.0
 */
export interface UpdateWatchUIOptions {
  /**
   * The interface's description, as text.
   *
   * @since 2.0.0
   */
  watchUI: string;
}

/**
 * Values for the watch's interface.
 *
 * @since 2.0.0
 */
export interface UpdateWatchDataOptions {
  /**
   * The values by name.
   *
   * @since 2.0.0
   */
  data: { [key: string]: string };
}

/**
 * The Apple Watch that belongs to the phone. On other platforms every call throws an error with the code
 * `UNAVAILABLE`.
 *
 * @since 2.0.0
 * @platform ios
 */
export interface CapacitorWatch {
  /**
   * Sends a message to the watch app, which has to be running.
   *
   * @param options The message
   * @since 2.0.0
   */
  sendMessage(options: { [key: string]: any }): void;

  /**
   * Queues a message for the watch app; it arrives also when the app runs later.
   *
   * @param options The message
   * @since 2.0.0
   */
  transferUserInfo(options: { [key: string]: any }): void;

  /**
   * Replaces the state that the watch app finds when it wakes up.
   *
   * @param options The state
   * @since 2.0.0
   */
  updateApplicationContext(options: { [key: string]: any }): void;

  /**
   * Whether the watch app can be reached right now. It can be called as well, as in earlier releases, so
   * use it as a condition: it is not the same as (`===`) `true` or `false`.
   *
   * @since 2.0.0
   */
  readonly isReachable: boolean;

  /**
   * Replaces what the watch's interface shows.
   *
   * @param options The interface
   * @since 2.0.0
   */
  updateWatchUI(options: UpdateWatchUIOptions): void;

  /**
   * Replaces the values that the watch's interface shows.
   *
   * @param options The values
   * @since 2.0.0
   */
  updateWatchData(options: UpdateWatchDataOptions): void;
}

/**
 * What the app is.
 *
 * @since 2.0.0
 */
export interface AppInfo {
  /**
   * The name under the app's icon.
   *
   * @since 2.0.0
   */
  name: string;
  /**
   * The bundle identifier or application id.
   *
   * @since 2.0.0
   */
  id: string;
  /**
   * The build number, as text.
   *
   * @since 2.0.0
   */
  build: string;
  /**
   * The version that users see.
   *
   * @since 2.0.0
   */
  version: string;
}

/**
 * What the app does.
 *
 * @since 2.0.0
 */
export interface AppState {
  /**
   * Whether the app is in the foreground.
   *
   * @since 2.0.0
   */
  isActive: boolean;
}

/**
 * The app that the runner belongs to.
 *
 * @since 2.0.0
 */
export interface CapacitorApp {
  /**
   * Tells whether the app is in the foreground.
   *
   * @since 2.0.0
   */
  getState(): AppState;

  /**
   * Tells the app's name, identifier and version.
   *
   * @since 2.0.0
   */
  getInfo(): AppInfo;
}
