import type { PermissionState, PluginListenerHandle } from '@capacitor/core';

import type { Constraints, Retry } from './config';

/**
 * What the user has to agree to.
 *
 * - `geolocation`: the position, while the app is used
 * - `notifications`: notifications
 * - `backgroundLocation`: the position, also while the app is in the background. Android asks for it in a second step,
 *   or in the settings
 * - `exactAlarms`: notifications at the exact time, on Android only, where the user allows it in the settings
 *
 * @since 1.0.0
 */
export type API = 'geolocation' | 'notifications' | 'backgroundLocation' | 'exactAlarms';

/**
 * What the user has agreed to, for each device API that asks.
 *
 * @since 1.0.0
 */
export interface PermissionStatus {
  /**
   * Whether runners may read the device's position.
   *
   * @since 1.0.0
   */
  geolocation: PermissionState;
  /**
   * Whether runners may show notifications.
   *
   * @since 1.0.0
   */
  notifications: PermissionState;
  /**
   * Whether runners may read the position while the app is in the background.
   *
   * @since 4.0.0
   */
  backgroundLocation?: PermissionState;
  /**
   * Whether notifications for later come at the exact time. Android denies it to most new apps since version 14;
   * elsewhere nobody has to ask, and it is left out.
   *
   * @since 4.0.0
   */
  exactAlarms?: PermissionState;
}

/**
 * Which permissions to ask for.
 *
 * @since 1.0.0
 */
export interface RequestPermissionOptions {
  /**
   * The device APIs to ask for. An empty list asks nothing and returns the present state.
   *
   * @since 1.0.0
   */
  apis: API[];
}

/**
 * An event for a runner, and what comes with it.
 *
 * @since 1.0.0
 */
export interface DispatchEventOptions {
  /**
   * The label of the runner, as in the configuration.
   *
   * @since 1.0.0
   * @example 'com.example.background.task'
   */
  label: string;
  /**
   * The name that the runner registered a handler for with `addEventListener`.
   *
   * @since 1.0.0
   * @example 'myCustomEvent'
   */
  event: string;
  /**
   * What the handler receives as `args`: any object that JSON can carry.
   * Cycles, functions, symbols, BigInts and numbers that are not finite are refused before anything runs.
   *
   * @since 1.0.0
   * @default {}
   */
  details?: { [key: string]: any };
  /**
   * The most seconds that this run may take, instead of the runner's configured `timeout`.
   *
   * @since 4.0.0
   */
  timeout?: number;
}

/**
 * The user tapped a notification of a runner, or one of its actions.
 *
 * @since 2.1.1
 */
export interface NotificationActionEvent {
  /**
   * The `actionTypeId` that the notification was scheduled with; empty when it had none.
   *
   * @since 2.1.1
   */
  actionTypeId: string;
  /**
   * The `id` that the notification was scheduled with.
   *
   * @since 2.1.1
   * @integer
   */
  notificationId: number;
  /**
   * What was tapped: `tap` for the notification itself, else the identifier of the action.
   *
   * @since 4.0.0
   */
  actionId?: string;
  /**
   * The `extra` that the notification was scheduled with.
   *
   * @since 4.0.0
   */
  extra?: any;
}

/**
 * Why a run failed. The list is complete, and the same on every platform.
 *
 * - `REJECTED`: the handler called `reject()`
 * - `EXCEPTION`: the handler threw, or its promise was rejected
 * - `EVENT_NOT_FOUND`: the runner has no handler for the event
 * - `NEVER_SETTLED`: the handler ended without `resolve()` or `reject()`, and nothing was left to wait for
 * - `DEADLINE_EXCEEDED`: the time budget was used up
 * - `CANCELLED`: the app or the operating system ended the run
 * - `OUT_OF_MEMORY`: the memory limit was reached
 * - `NOT_SERIALIZABLE`: the value given to `resolve()` cannot be written as JSON
 * - `SCRIPT_ERROR`: the runner file does not parse, or threw while it was loaded
 * - `SOURCE_NOT_FOUND`: the runner file is not in the app
 * - `INVALID_ARGUMENT`: the call itself was wrong
 * - `RUNNER_NOT_FOUND`: no runner has this label
 * - `HOST_ERROR`: native code failed
 * - `INTERNAL`: a bug of the plugin
 *
 * @since 4.0.0
 */
export type RunnerErrorCode =
  | 'REJECTED'
  | 'EXCEPTION'
  | 'EVENT_NOT_FOUND'
  | 'NEVER_SETTLED'
  | 'DEADLINE_EXCEEDED'
  | 'CANCELLED'
  | 'OUT_OF_MEMORY'
  | 'NOT_SERIALIZABLE'
  | 'SCRIPT_ERROR'
  | 'SOURCE_NOT_FOUND'
  | 'INVALID_ARGUMENT'
  | 'RUNNER_NOT_FOUND'
  | 'HOST_ERROR'
  | 'INTERNAL';

/**
 * How loud a line of a runner's log is: the `console` method that wrote it.
 *
 * @since 4.0.0
 */
export type LogLevel = 'log' | 'info' | 'warn' | 'error' | 'debug' | 'trace';

/**
 * One call of `console` in a runner.
 *
 * @since 4.0.0
 */
export interface LogRecord {
  /**
   * The `console` method that was called.
   *
   * @since 4.0.0
   */
  level: LogLevel;
  /**
   * All arguments of the call, as one text.
   *
   * @since 4.0.0
   */
  text: string;
  /**
   * When it was called, in milliseconds since 1970.
   *
   * @since 4.0.0
   */
  time: number;
  /**
   * The runner's label.
   *
   * @since 4.0.0
   */
  label: string;
  /**
   * The event that was handled.
   *
   * @since 4.0.0
   */
  event: string;
  /**
   * The run, as in `RunRecord.dispatchId`.
   *
   * @since 4.0.0
   */
  dispatchId: number;
}

/**
 * What started a run.
 *
 * - `schedule`: the operating system, for a schedule
 * - `app`: `dispatchEvent()`
 * - `push`: a remote notification
 * - `location`: a change of position
 * - `watch`: a message of the watch
 * - `native`: other native code of the app
 *
 * @since 4.0.0
 */
export type RunTrigger = 'schedule' | 'app' | 'push' | 'location' | 'watch' | 'native';

/**
 * How a run ended.
 *
 * - `started`: it has not ended yet
 * - `resolved`: the handler called `resolve()`
 * - `failed`: `errorCode` says why
 * - `lost`: the app's process ended before the run did
 *
 * @since 4.0.0
 */
export type RunOutcome = 'started' | 'resolved' | 'failed' | 'lost';

/**
 * What is known of one run of a runner.
 *
 * @since 4.0.0
 */
export interface RunRecord {
  /**
   * Tells the runs of this installation apart; later runs have larger numbers.
   *
   * @since 4.0.0
   */
  dispatchId: number;
  /**
   * The runner's label.
   *
   * @since 4.0.0
   */
  label: string;
  /**
   * The event that was handled.
   *
   * @since 4.0.0
   */
  event: string;
  /**
   * What started the run.
   *
   * @since 4.0.0
   */
  trigger: RunTrigger;
  /**
   * The schedule it belongs to, when a schedule started it.
   *
   * @since 4.0.0
   */
  scheduleId?: string;
  /**
   * How often the operating system started this, from 1 on: more than once after a failure, after it was stopped,
   * and after the app's process ended. Left out for what it did not start.
   *
   * @since 4.0.0
   * @integer
   */
  attempt?: number;
  /**
   * When it started, in milliseconds since 1970.
   *
   * @since 4.0.0
   */
  startedAt: number;
  /**
   * How long it took, in milliseconds; 0 when that is not known.
   *
   * @since 4.0.0
   */
  durationMs: number;
  /**
   * How it ended.
   *
   * @since 4.0.0
   */
  outcome: RunOutcome;
  /**
   * Why the operating system stopped it, in its own words; left out when it did not. On Android one of
   * `WorkInfo.STOP_REASON_*`, such as `timeout`, `quota` or `constraint-connectivity`; on iOS `expired`.
   *
   * @since 4.0.0
   * @example 'timeout'
   */
  stopReason?: string;
  /**
   * Why it failed; left out when it did not.
   *
   * @since 4.0.0
   */
  errorCode?: RunnerErrorCode;
  /**
   * The error's message; left out when there was none.
   *
   * @since 4.0.0
   */
  errorMessage?: string;
  /**
   * The last lines of its log, oldest first.
   *
   * @since 4.0.0
   */
  logs: LogRecord[];
}

/**
 * Which runs to look up.
 *
 * @since 4.0.0
 */
export interface RunHistoryOptions {
  /**
   * Only runs of the runner with this label.
   *
   * @since 4.0.0
   */
  label?: string;
  /**
   * Only runs that ended in this way.
   *
   * @since 4.0.0
   */
  outcome?: RunOutcome;
  /**
   * Only runs that started at this time or later, in milliseconds since 1970.
   *
   * @since 4.0.0
   */
  since?: number;
  /**
   * At most this many, the newest ones.
   *
   * @since 4.0.0
   * @default 100
   * @integer
   */
  limit?: number;
}

/**
 * Runs of the past.
 *
 * @since 4.0.0
 */
export interface RunHistory {
  /**
   * The runs, newest first.
   *
   * @since 4.0.0
   */
  runs: RunRecord[];
}

/**
 * Work to repeat, or to do once, in the background.
 *
 * @since 4.0.0
 */
export interface RegisterScheduleOptions {
  /**
   * The label of the runner, as in the configuration.
   *
   * @since 4.0.0
   */
  label: string;
  /**
   * Names the schedule among those of its runner. Registering the same name again replaces it.
   *
   * @since 4.0.0
   * @example 'nightly-sync'
   */
  id: string;
  /**
   * The event to dispatch.
   *
   * @since 4.0.0
   */
  event: string;
  /**
   * The minutes until the first run, and between runs when it repeats.
   * Android runs repeating work at most every 15 minutes; iOS picks the moment by itself, never earlier.
   *
   * @since 4.0.0
   */
  interval: number;
  /**
   * Whether it runs again and again, or only once.
   *
   * @since 4.0.0
   * @default false
   */
  repeat?: boolean;
  /**
   * What the handler receives as `args`.
   *
   * @since 4.0.0
   * @default {}
   */
  details?: { [key: string]: any };
  /**
   * What must hold for it to run.
   *
   * @since 4.0.0
   */
  constraints?: Constraints;
  /**
   * What happens after a failed run.
   *
   * @since 4.0.0
   */
  retry?: Retry;
}

/**
 * Which schedule to cancel.
 *
 * @since 4.0.0
 */
export interface CancelScheduleOptions {
  /**
   * The label of the runner.
   *
   * @since 4.0.0
   */
  label: string;
  /**
   * The schedule's name; without one, all schedules of the runner are cancelled.
   *
   * @since 4.0.0
   */
  id?: string;
}

/**
 * Which schedules to list.
 *
 * @since 4.0.0
 */
export interface GetSchedulesOptions {
  /**
   * Only schedules of the runner with this label.
   *
   * @since 4.0.0
   */
  label?: string;
}

/**
 * Who made a schedule: the app's configuration, or `registerSchedule()`.
 *
 * @since 4.0.0
 */
export type ScheduleSource = 'config' | 'app';

/**
 * A schedule as the operating system knows it.
 *
 * @since 4.0.0
 */
export interface ScheduleInfo {
  /**
   * The label of the runner.
   *
   * @since 4.0.0
   */
  label: string;
  /**
   * The schedule's name among those of its runner.
   *
   * @since 4.0.0
   */
  id: string;
  /**
   * The event that is dispatched.
   *
   * @since 4.0.0
   */
  event: string;
  /**
   * Whether it runs again and again.
   *
   * @since 4.0.0
   */
  repeat: boolean;
  /**
   * The minutes that were asked for.
   *
   * @since 4.0.0
   */
  interval: number;
  /**
   * The minutes that the platform grants at best.
   *
   * @since 4.0.0
   */
  effectiveInterval: number;
  /**
   * The earliest time of the next run, in milliseconds since 1970; `null` when none is planned.
   *
   * @since 4.0.0
   */
  nextRunAt: number | null;
  /**
   * Why the operating system does not take it, with the way out. Only iOS refuses: the app is not permitted to, the user
   * has turned off Background App Refresh, or too much waits already.
   *
   * @since 4.0.0
   */
  refusal?: string;
  /**
   * Who made it.
   *
   * @since 4.0.0
   */
  source: ScheduleSource;
}

/**
 * The schedules that are in force.
 *
 * @since 4.0.0
 */
export interface Schedules {
  /**
   * The schedules, by label and name.
   *
   * @since 4.0.0
   */
  schedules: ScheduleInfo[];
}

/**
 * An entry of a runner's `CapacitorKV` store.
 *
 * @since 4.0.0
 */
export interface KVKeyOptions {
  /**
   * The label of the runner whose store is meant.
   *
   * @since 4.0.0
   */
  label: string;
  /**
   * The entry's key.
   *
   * @since 4.0.0
   */
  key: string;
}

/**
 * An entry of a runner's `CapacitorKV` store, and its new value.
 *
 * @since 4.0.0
 */
export interface KVSetOptions {
  /**
   * The label of the runner whose store is meant.
   *
   * @since 4.0.0
   */
  label: string;
  /**
   * The entry's key.
   *
   * @since 4.0.0
   */
  key: string;
  /**
   * The text to store; an empty one is a value like any other.
   *
   * @since 4.0.0
   */
  value: string;
}

/**
 * A runner's `CapacitorKV` store.
 *
 * @since 4.0.0
 */
export interface KVStoreOptions {
  /**
   * The label of the runner whose store is meant.
   *
   * @since 4.0.0
   */
  label: string;
}

/**
 * What a runner's `CapacitorKV` store holds for a key.
 *
 * @since 4.0.0
 */
export interface KVEntry {
  /**
   * The stored text; `null` when the key has none.
   *
   * @since 4.0.0
   */
  value: string | null;
}

/**
 * The keys of a runner's `CapacitorKV` store.
 *
 * @since 4.0.0
 */
export interface KVKeys {
  /**
   * The keys, sorted.
   *
   * @since 4.0.0
   */
  keys: string[];
}

export interface BackgroundRunnerPlugin {
  /**
   * Tells what the user has agreed to, without asking.
   *
   * @since 1.0.0
   */
  checkPermissions(): Promise<PermissionStatus>;

  /**
   * Asks the user for what is not decided yet, and tells what is agreed to afterwards.
   *
   * @param options Which permissions to ask for
   * @since 1.0.0
   */
  requestPermissions(options: RequestPermissionOptions): Promise<PermissionStatus>;

  /**
   * Dispatches an event to a runner, and returns the value that its handler resolved with.
   *
   * A run that fails rejects with an error whose `code` is one of `RunnerErrorCode`.
   *
   * @param options The runner, the event and its details
   * @since 1.0.0
   * @example
   * const user = await BackgroundRunner.dispatchEvent<User>({
   *   label: 'com.example.background.task',
   *   event: 'updateUser',
   *   details: { id: 7 },
   * });
   */
  dispatchEvent<T = void>(options: DispatchEventOptions): Promise<T>;

  /**
   * Calls the listener when the user taps a notification that a runner scheduled, or one of its actions.
   * A tap that started the app is delivered to the first listener.
   *
   * @param eventName The event to listen for
   * @param listenerFunc What to call
   * @since 2.1.1
   */
  addListener(
    eventName: 'backgroundRunnerNotificationReceived',
    listenerFunc: (event: NotificationActionEvent) => void,
  ): Promise<PluginListenerHandle>;

  /**
   * Calls the listener for every line that a runner logs while the app is there to hear it.
   *
   * @param eventName The event to listen for
   * @param listenerFunc What to call
   * @since 4.0.0
   */
  addListener(
    eventName: 'backgroundRunnerLog',
    listenerFunc: (event: LogRecord) => void,
  ): Promise<PluginListenerHandle>;

  /**
   * Calls the listener whenever a run has ended, whatever started it.
   *
   * @param eventName The event to listen for
   * @param listenerFunc What to call
   * @since 4.0.0
   */
  addListener(
    eventName: 'backgroundRunnerRunFinished',
    listenerFunc: (event: RunRecord) => void,
  ): Promise<PluginListenerHandle>;

  /**
   * Removes every listener of `backgroundRunnerNotificationReceived`.
   *
   * @since 2.1.1
   */
  removeNotificationListeners(): Promise<void>;

  /**
   * Plans work at run time, beside what the configuration plans. It stays in force over restarts. When iOS refuses the
   * work, the call fails and says why; the schedule stays, and iOS is asked again with each start of the app.
   *
   * @param options The schedule
   * @since 4.0.0
   * @example
   * await BackgroundRunner.registerSchedule({
   *   label: 'com.example.background.task',
   *   id: 'nightly-sync',
   *   event: 'sync',
   *   interval: 24 * 60,
   *   repeat: true,
   *   constraints: { network: 'unmetered', charging: true },
   * });
   */
  registerSchedule(options: RegisterScheduleOptions): Promise<ScheduleInfo>;

  /**
   * Ends one schedule of a runner, or all of them. A schedule of the configuration comes back with the next start of
   * the app.
   *
   * @param options The schedule
   * @since 4.0.0
   */
  cancelSchedule(options: CancelScheduleOptions): Promise<void>;

  /**
   * Lists the schedules that are in force.
   *
   * @param options Which schedules to list
   * @since 4.0.0
   */
  getSchedules(options?: GetSchedulesOptions): Promise<Schedules>;

  /**
   * Lists runs of the past, those in the background included: when, why, how long, how they ended, what they logged.
   *
   * @param options Which runs to look up
   * @since 4.0.0
   */
  getRunHistory(options?: RunHistoryOptions): Promise<RunHistory>;

  /**
   * Forgets the runs of the past.
   *
   * @since 4.0.0
   */
  clearRunHistory(): Promise<void>;

  /**
   * Reads from a runner's `CapacitorKV` store.
   *
   * @param options The store and the key
   * @since 4.0.0
   */
  kvGet(options: KVKeyOptions): Promise<KVEntry>;

  /**
   * Writes to a runner's `CapacitorKV` store.
   *
   * @param options The store, the key and the value
   * @since 4.0.0
   */
  kvSet(options: KVSetOptions): Promise<void>;

  /**
   * Removes an entry of a runner's `CapacitorKV` store; a key without one is fine.
   *
   * @param options The store and the key
   * @since 4.0.0
   */
  kvRemove(options: KVKeyOptions): Promise<void>;

  /**
   * Lists the keys of a runner's `CapacitorKV` store.
   *
   * @param options The store
   * @since 4.0.0
   */
  kvKeys(options: KVStoreOptions): Promise<KVKeys>;
}
