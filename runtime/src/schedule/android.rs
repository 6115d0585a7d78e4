//! Schedules in the words of Android's `WorkManager`: one unique work each.

use serde_json::{Value, json};

use super::{
    diff::Desired,
    input::{Backoff, MINUTE, Platform, Spec, whole},
    output::{Subject, Warnings},
    reconcile::Plan,
    state::{Entry, LONGEST_BACKOFF},
};

/// `PeriodicWorkRequest.MIN_PERIODIC_INTERVAL_MILLIS`
const SHORTEST_INTERVAL: i64 = 15 * MINUTE;

/// `WorkRequest.MIN_BACKOFF_MILLIS`
const SHORTEST_BACKOFF: i64 = 10_000;

/// `WorkManager` stops work after ten minutes: a run ends before, with time to save and to be told.
/// <https://developer.android.com/develop/background-work/background-tasks/persistent/how-to/long-running>
pub(super) const LONGEST_RUN: i64 = 10 * MINUTE - 30_000;

/// The work that should be there.
pub(super) fn requests(plan: &Plan, warnings: &mut Warnings) -> Vec<Desired> {
    for runner in plan.runners.iter().filter(|it| it.granted_timeout(Platform::Android).is_some()) {
        let subject = Subject { label: &runner.label, id: None };
        let message = "Android stops background work after ten minutes: the `timeout` of scheduled runs is taken as 570 seconds";
        warnings.add("TIMEOUT_TOO_LONG", subject, message);
    }
    let planned = plan.state.schedules.iter().filter(|entry| entry.is_planned());
    planned.map(|entry| request(entry, plan.now, warnings)).collect()
}

/// The unique name of a schedule's work.
pub(super) fn name(label: &str, id: &str) -> String {
    let escape = |text: &str| text.replace('%', "%25").replace('/', "%2F");
    format!("{}/{}", escape(label), escape(id))
}

/// What is granted of an interval.
pub(super) fn effective_interval(spec: &Spec) -> i64 {
    if spec.repeat { spec.interval_ms.max(SHORTEST_INTERVAL) } else { spec.interval_ms }
}

fn request(entry: &Entry, now: i64, warnings: &mut Warnings) -> Desired {
    let Entry { label, id, spec, .. } = entry;
    warn(entry, warnings);
    let kind = if spec.repeat { "periodic" } else { "once" };
    let essence = json!({
        "name": name(label, id),
        "kind": kind,
        "intervalMs": spec.repeat.then(|| effective_interval(spec)),
        "constraints": spec.constraints,
        "backoff": backoff(spec),
        "input": { "label": label, "id": id, "event": spec.event, "details": spec.details },
    });
    let delay = json!({ "initialDelayMs": entry.next().saturating_sub(now).max(0) });
    Desired { name: name(label, id), kind, essence, extra: delay }
}

/// `WorkManager` refuses a backoff for work that waits for an idle device.
fn backoff(spec: &Spec) -> Option<Value> {
    let policy = match spec.retry.backoff {
        Backoff::Linear => "linear",
        Backoff::Exponential => "exponential",
    };
    let wanted = spec.retry.attempts > 0 && !spec.constraints.device_idle;
    wanted.then(|| json!({ "policy": policy, "delayMs": effective_delay(spec) }))
}

fn effective_delay(spec: &Spec) -> i64 {
    whole(spec.retry.delay * 1000.0).clamp(SHORTEST_BACKOFF, LONGEST_BACKOFF)
}

fn warn(entry: &Entry, warnings: &mut Warnings) {
    let spec = &entry.spec;
    let subject = Subject { label: &entry.label, id: Some(&entry.id) };
    if effective_interval(spec) > spec.interval_ms {
        let message =
            "Android repeats work every 15 minutes at most: the `interval` is taken as 15";
        warnings.add("INTERVAL_BELOW_FLOOR", subject, message);
    }
    if spec.retry.attempts == 0 {
        return;
    }
    if spec.constraints.device_idle {
        let message = "Android takes no `delay` and `backoff` for work with the constraint `deviceIdle`: it retries by its own rule";
        warnings.add("RETRY_WITH_IDLE", subject, message);
    } else if effective_delay(spec) != whole(spec.retry.delay * 1000.0) {
        let message = format!(
            "Android retries after 10 seconds to 5 hours: the `delay` is taken as {} seconds",
            effective_delay(spec) / 1000
        );
        warnings.add("RETRY_DELAY_OUT_OF_RANGE", subject, &message);
    }
}
