//! Scheduling decisions, once for both platforms (contract N5): a pure function from JSON to JSON.
//!
//! `runner_plan(input)` says what the native side has to submit to `BGTaskScheduler` or
//! `WorkManager`, what to cancel, what to run, and what to tell the developer. It touches no clock,
//! no disk and no operating system: the native side keeps the `state` of each plan and hands it in
//! with the next one.
//!
//! # Input
//!
//! ```json
//! {
//!   "platform": "android",
//!   "nowMs": 1760000000000,
//!   "config": { "label": "com.example.sync", "src": "runners/sync.js", "event": "sync",
//!               "repeat": true, "interval": 15, "autoStart": true },
//!   "state": null,
//!   "pending": ["com.example.sync/sync"],
//!   "trigger": { "type": "start" }
//! }
//! ```
//!
//! | key | is |
//! | --- | --- |
//! | `platform` | `"android"`, `"ios"` or `"web"` |
//! | `nowMs` | the wall clock, in milliseconds since 1970 |
//! | `config` | `plugins.BackgroundRunner` as it stands in the app: one runner, `{"runners": [...]}`, or the array itself; `null` when the app has none |
//! | `state` | the `state` of the last plan, byte for byte; `null` or left out the first time |
//! | `pending` | the names of what the operating system still has: the unique names of the plugin's unfinished work (Android: blocked, enqueued and running, by the plugin's tag), the identifiers of `pendingTaskRequests` (iOS, also those of others). Left out, everything that was submitted counts as still there |
//! | `trigger` | why a plan is asked for |
//!
//! The triggers:
//!
//! | `trigger` | when |
//! | --- | --- |
//! | `{"type":"start"}` | the user's app was loaded. Work that runs once per start is planned anew; schedules that the app cancelled and the config has come back |
//! | `{"type":"start","background":true}` | the app was loaded because the system launched it for background work |
//! | `{"type":"background"}` | the app went to the background |
//! | `{"type":"boot"}` | the device was started |
//! | `{"type":"configChanged"}` | the config is another one than at the last plan, for instance after a live update |
//! | `{"type":"query"}` | the app called `getSchedules()`: `schedules` says what is in force, nothing is to be carried out, and the state stays as it is |
//! | `{"type":"launched","name":"…"}` | the system started the submitted work `name`; `run` says what to dispatch. The schedules become those of the config first, as with `configChanged`: the state may be lost or old. Call it before dispatching: the repetition is submitted here, so that a crash of the run cannot end it. On iOS, `"conditions":{"charging":false,"network":"unmetered"}` says what holds (`network`: what there is, `none`, `connected` or `unmetered`); left out, what the request asked for. |
//! | `{"type":"finished","label":"…","id":"…","outcome":"resolved"}` | a dispatch of `run` ended; `"outcome":"failed"` comes with `"errorCode"`; `"outcome":"abandoned"` is for one that did not begin, since the system had ended too many of them. `result` says what to tell the system |
//! | `{"type":"register","schedule":{…}}` | the app called `registerSchedule(…)` with these options |
//! | `{"type":"cancel","label":"…","id":"…"}` | the app called `cancelSchedule(…)`; without `id`, all schedules of the runner |
//!
//! # Output
//!
//! Every key is always there. Keep `state` first, then carry out `cancel`, then `submit`: a process
//! that ends in between finds out from `pending` what is missing.
//!
//! ```json
//! {
//!   "cancel": [{ "name": "com.example.old/sync", "reason": "runnerRemoved" }],
//!   "submit": [],
//!   "run": [{ "label": "com.example.sync", "id": "sync", "event": "sync", "details": {},
//!             "attempt": 1 }],
//!   "result": "success",
//!   "schedules": [{ "label": "com.example.sync", "id": "sync", "event": "sync", "repeat": true,
//!                   "interval": 15, "effectiveInterval": 15, "nextRunAt": 1760000900000,
//!                   "source": "config" }],
//!   "warnings": [{ "code": "INTERVAL_BELOW_FLOOR", "label": "com.example.sync", "id": "sync",
//!                  "message": "…" }],
//!   "state": { "version": 1, "schedules": [] }
//! }
//! ```
//!
//! - `cancel[].reason`: `runnerRemoved` (also when it was renamed), `scheduleRemoved`,
//!   `autoStartOff`, `cancelled` (by the app), `replaced` (its kind changes: submit follows),
//!   `unknown` (Android: in `pending`, but nobody planned it. On iOS it belongs to somebody else).
//! - `run`: for `launched` only, else empty. `attempt` counts the schedule's own retries; `timeoutMs` is
//!   there when the system grants a run less than the config's `timeout`.
//! - `result`: for `finished` only, else `null`: `success`, `failure`, or (Android) `retry`. iOS
//!   completes its task with success only for `success`.
//! - `schedules`: all that is in force, by label and id, as `getSchedules()` returns it.
//! - `warnings[].code`: `INTERVAL_BELOW_FLOOR`, `INTERVAL_INVALID`, `RETRY_DELAY_OUT_OF_RANGE`,
//!   `RETRY_WITH_IDLE`, `TIMEOUT_TOO_LONG`, `CONSTRAINT_IGNORED`, `DUPLICATE_LABEL`, `DUPLICATE_SCHEDULE`,
//!   `ONE_REFRESH_TASK`, `TOO_MANY_TASKS`, `RUNNER_NOT_FOUND`, `STATE_DISCARDED`.
//!
//! An input that is not as described gives `{"error": "…"}` and nothing else.
//!
//! ## `submit` on Android
//!
//! One unique work for each schedule, named `<label>/<id>` (`%` and `/` inside either are written
//! `%25` and `%2F`).
//!
//! ```json
//! { "name": "com.example.sync/sync", "kind": "periodic", "existing": "update",
//!   "intervalMs": 900000, "initialDelayMs": 900000,
//!   "constraints": { "network": "unmetered", "charging": false, "deviceIdle": false,
//!                    "batteryNotLow": true, "storageNotLow": false },
//!   "backoff": { "policy": "exponential", "delayMs": 30000 },
//!   "input": { "label": "com.example.sync", "id": "sync", "event": "sync", "details": {} } }
//! ```
//!
//! `kind` is `periodic` (`intervalMs` is at least 15 minutes) or `once` (`intervalMs` is `null`).
//! `existing` is the policy for work of the same name: `update` (periodic only) or `replace`. `backoff` is
//! `null` where the system must not be given one. `network` is `none`, `connected`, `unmetered` or
//! `not-roaming`.
//!
//! ## `submit` on iOS
//!
//! One request for each runner, because the identifier is the label that `Info.plist` permits; a
//! request that is submitted again replaces the one before. It stands for the earliest of the runner's
//! schedules that need no power, if there are such; `launched` runs all that are due and may run.
//!
//! ```json
//! { "name": "com.example.sync", "kind": "refresh", "earliestBeginMs": 1760000900000,
//!   "requiresNetwork": false, "requiresPower": false }
//! ```
//!
//! `kind` is `processing` when the work needs power or idleness, or more than the 25 seconds of a
//! refresh that are the script's, else `refresh`. The system accepts one refresh request of an app and ten
//! processing ones: the earliest runner gets the refresh, the others process until it is their turn.
//!
//! ## On the web
//!
//! Nothing is submitted: a page that is open sets a timer for the earliest `nextRunAt`, and says
//! `launched` with the name that Android would have, and with the conditions. When nothing is to be
//! run then, it asks again.
//!
//! # What holds
//!
//! - A plan never postpones work that is already planned: starting the app again and again cannot
//!   starve it. Planning twice submits nothing the second time.
//! - Whatever is pending but not wanted is cancelled: renamed and removed runners and schedules,
//!   `autoStart` turned off, leftovers of other versions. Schedules that the app registered stay as
//!   long as their runner is in the config.
//! - A failed run ends no repetition. It is retried as the `retry` rule says, except when it would
//!   fail again in the same way (`EVENT_NOT_FOUND`, `SOURCE_NOT_FOUND`, `RUNNER_NOT_FOUND`,
//!   `SCRIPT_ERROR`, `INVALID_ARGUMENT`). A run that the system ended (`CANCELLED`) uses up no attempt
//!   on Android, where the system starts it again by itself; what it ended again and again is `abandoned`
//!   until its next time.

mod android;
mod diff;
mod input;
mod ios;
mod output;
mod reconcile;
mod state;
mod web;

use self::{
    input::{Input, Platform, Trigger},
    output::{Output, Warnings},
    reconcile::Plan,
    state::State,
};
use crate::json;

/// The answer to one input, as the module's documentation describes both.
#[must_use]
pub fn plan(input: &str) -> String {
    let answer = json::read(input)
        .map_err(|wrong| wrong.to_string())
        .and_then(|input| serde_json::to_string(&decide(input)).map_err(|error| error.to_string()));
    answer.unwrap_or_else(|error| serde_json::json!({ "error": error }).to_string())
}

fn decide(input: Input) -> Output {
    let mut warnings = Warnings::new(input.trigger.is_for_developers());
    let state = State::restore(input.state.as_ref(), input.now_ms, &mut warnings);
    let runners = input.config.runners(&mut warnings);
    let mut plan = Plan::new(input.platform, input.now_ms, runners, state);
    plan.apply(&input.trigger, &mut warnings);
    if matches!(input.trigger, Trigger::Query) {
        return diff::report(plan, warnings);
    }
    let desired = match input.platform {
        Platform::Android => android::requests(&plan, &mut warnings),
        Platform::Ios => ios::requests(&plan, &mut warnings),
        Platform::Web => web::requests(&plan, &mut warnings),
    };
    diff::carry_out(plan, desired, input.pending.as_deref(), warnings)
}
