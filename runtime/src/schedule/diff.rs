//! What has to be submitted and cancelled, so that the operating system has what the plan wants.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{
    android,
    input::Platform,
    output::{Cancel, Output, Reason, ScheduleInfo, Warnings, minutes},
    reconcile::Plan,
    state::Entry,
};

/// Work that the operating system should have.
pub(super) struct Desired {
    pub(super) name: String,
    pub(super) kind: &'static str,
    /// What makes it another work when it changes.
    pub(super) essence: Value,
    /// What is only said when it is submitted.
    pub(super) extra: Value,
}

/// Compares what is wanted with what was submitted, and with what the system says it has.
pub(super) fn carry_out(
    mut plan: Plan,
    desired: Vec<Desired>,
    pending: Option<&[String]>,
    warnings: Warnings,
) -> Output {
    let submitted = std::mem::take(&mut plan.state.submitted);
    let present = present(&plan, &submitted, pending);
    let mut cancel = leftovers(&plan, &submitted, &present, &desired);
    let mut submit = Vec::new();
    for work in desired {
        let before = submitted.get(&work.name).filter(|_| present.contains(&work.name));
        if before != Some(&work.essence) {
            let same_kind = before.is_some_and(|before| before["kind"] == work.kind);
            if plan.is_at_work(&work.name) && present.contains(&work.name) {
                // To replace it would end the run that asks: the next plan does that.
                plan.state.submitted.extend(before.map(|it| (work.name, it.clone())));
                continue;
            }
            if present.contains(&work.name) && !same_kind && plan.platform == Platform::Android {
                cancel.push(Cancel { name: work.name.clone(), reason: Reason::Replaced });
            }
            submit.push(work.submission(plan.platform, same_kind));
        }
        plan.state.submitted.insert(work.name, work.essence);
    }
    Output {
        cancel,
        submit,
        schedules: schedules(&plan),
        runners: plan.runners.into_iter().map(|runner| runner.label).collect(),
        run: plan.run,
        result: plan.result,
        warnings: warnings.list,
        state: plan.state,
    }
}

/// Tells what is in force and changes nothing.
pub(super) fn report(plan: Plan, warnings: Warnings) -> Output {
    Output {
        cancel: Vec::new(),
        submit: Vec::new(),
        schedules: schedules(&plan),
        runners: plan.runners.into_iter().map(|runner| runner.label).collect(),
        run: plan.run,
        result: plan.result,
        warnings: warnings.list,
        state: plan.state,
    }
}

fn schedules(plan: &Plan) -> Vec<ScheduleInfo> {
    plan.state.schedules.iter().filter_map(|entry| info(entry, plan.platform)).collect()
}

/// The names of the work that the system has, as far as it is ours, each once and in order.
fn present(
    plan: &Plan,
    submitted: &BTreeMap<String, Value>,
    pending: Option<&[String]>,
) -> Vec<String> {
    let mut present: Vec<String> = match (pending, plan.platform) {
        (None, _) => submitted.keys().cloned().collect(),
        (Some(pending), Platform::Android) => pending.to_vec(),
        // Other plugins of the app have requests too: only what we submitted is ours.
        (Some(pending), Platform::Ios | Platform::Web) => {
            pending.iter().filter(|name| submitted.contains_key(*name)).cloned().collect()
        }
    };
    if let (Platform::Ios, Some(launched)) = (plan.platform, &plan.launched) {
        present.retain(|name| name != launched);
    }
    present.sort_unstable();
    present.dedup();
    present
}

/// What the system has and nobody wants. Work that is done ends by itself.
fn leftovers(
    plan: &Plan,
    submitted: &BTreeMap<String, Value>,
    present: &[String],
    desired: &[Desired],
) -> Vec<Cancel> {
    let is_wanted = |name: &str| desired.iter().any(|work| work.name == name);
    let unwanted = present.iter().filter(|name| !is_wanted(name));
    let cancel = unwanted.filter_map(|name| {
        let is_named = |entry: &&Entry| entry.belongs_to(plan.platform, name);
        let entries = || plan.state.schedules.iter().filter(is_named);
        let gone = plan.gone.iter().find(|((label, id), _)| plan.platform.name(label, id) == *name);
        let reason = match gone {
            Some((_, reason)) => *reason,
            None if entries().any(|entry| !entry.is_cancelled()) => return None,
            None if entries().next().is_some() => Reason::Cancelled,
            None if submitted.contains_key(name) => Reason::ScheduleRemoved,
            None => Reason::Unknown,
        };
        Some(Cancel { name: name.clone(), reason })
    });
    cancel.collect()
}

fn info(entry: &Entry, platform: Platform) -> Option<ScheduleInfo> {
    let spec = &entry.spec;
    let effective = match platform {
        Platform::Android => android::effective_interval(spec),
        Platform::Ios | Platform::Web => spec.interval_ms,
    };
    (!entry.is_cancelled()).then(|| ScheduleInfo {
        label: entry.label.clone(),
        id: entry.id.clone(),
        event: spec.event.clone(),
        repeat: spec.repeat,
        interval: minutes(spec.interval_ms),
        effective_interval: minutes(effective),
        next_run_at: entry.is_planned().then(|| entry.next()),
        source: entry.source,
    })
}

impl Desired {
    fn submission(&self, platform: Platform, same_kind: bool) -> Value {
        let mut submission = self.essence.clone();
        if let (Value::Object(all), Value::Object(extra)) = (&mut submission, &self.extra) {
            all.extend(extra.clone());
            if platform == Platform::Android {
                let update = same_kind && self.kind == "periodic";
                let policy = if update { "update" } else { "replace" };
                all.insert("existing".to_owned(), policy.into());
                if let Some(interval) = self.essence.get("intervalMs").filter(|_| update) {
                    // `WorkManager` counts it from when the work was first submitted.
                    all.insert("initialDelayMs".to_owned(), interval.clone());
                }
            }
        }
        submission
    }
}

impl Platform {
    /// Under which name the system has a schedule.
    pub(super) fn name(self, label: &str, id: &str) -> String {
        match self {
            Platform::Android | Platform::Web => android::name(label, id),
            Platform::Ios => label.to_owned(),
        }
    }
}

impl Plan {
    /// Whether this work of Android's is running, and asks for the plan.
    fn is_at_work(&self, name: &str) -> bool {
        self.platform == Platform::Android && self.launched.as_deref() == Some(name)
    }
}

impl Entry {
    pub(super) fn belongs_to(&self, platform: Platform, name: &str) -> bool {
        platform.name(&self.label, &self.id) == name
    }
}
