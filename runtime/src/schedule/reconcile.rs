//! What a trigger changes: the schedules that are in force afterwards, and how far they are.

use std::collections::HashMap;

use super::{
    input::{Conditions, Platform, Registration, RunOutcome, Runner, Trigger},
    output::{Reason, Run, Subject, Verdict, Warnings},
    state::{Entry, Source, State, Status},
};

/// Errors that the same script, called in the same way, makes again.
const LASTING: [&str; 5] =
    ["EVENT_NOT_FOUND", "SOURCE_NOT_FOUND", "RUNNER_NOT_FOUND", "SCRIPT_ERROR", "INVALID_ARGUMENT"];

/// A plan in the making.
pub(super) struct Plan {
    pub(super) platform: Platform,
    pub(super) now: i64,
    pub(super) runners: Vec<Runner>,
    pub(super) state: State,
    /// Why schedules are gone, by label and id.
    pub(super) gone: HashMap<(String, String), Reason>,
    pub(super) run: Vec<Run>,
    pub(super) result: Option<Verdict>,
    /// The work that the system has handed out, and that asks for this plan.
    pub(super) launched: Option<String>,
}

impl Plan {
    pub(super) fn new(platform: Platform, now: i64, runners: Vec<Runner>, state: State) -> Self {
        let gone = HashMap::new();
        Self { platform, now, runners, state, gone, run: Vec::new(), result: None, launched: None }
    }

    pub(super) fn apply(&mut self, trigger: &Trigger, warnings: &mut Warnings) {
        match trigger {
            Trigger::Start { background } => self.reconcile(!background),
            Trigger::Background | Trigger::Boot | Trigger::ConfigChanged => self.reconcile(false),
            Trigger::Query => {}
            Trigger::Launched { name, conditions } => self.launch(name, conditions),
            Trigger::Finished { label, id, outcome, error_code } => {
                self.finish(label, id, *outcome, error_code.as_deref());
            }
            Trigger::Register { schedule } => self.register(schedule, warnings),
            Trigger::Cancel { label, id } => self.cancel(label, id.as_deref()),
        }
        self.state.schedules.sort_by(|a, b| (&a.label, &a.id).cmp(&(&b.label, &b.id)));
    }

    pub(super) fn runner(&self, label: &str) -> Option<&Runner> {
        self.runners.iter().find(|runner| runner.label == label)
    }

    /// Makes the schedules those of the config, beside those of the app.
    fn reconcile(&mut self, fresh: bool) {
        self.drop_unwanted();
        for runner in self.runners.iter().filter(|runner| runner.auto_start) {
            for (id, spec) in &runner.schedules {
                let entries = &mut self.state.schedules;
                match entries.iter_mut().find(|entry| entry.is(&runner.label, id)) {
                    None => entries.push(Entry::new(
                        &runner.label,
                        id,
                        Source::Config,
                        spec.clone(),
                        self.now,
                    )),
                    Some(entry) if entry.source == Source::App && entry.is_planned() => {}
                    Some(entry) => {
                        entry.source = Source::Config;
                        entry.spec = spec.clone();
                        if fresh && !entry.is_planned() {
                            entry.restart(self.now);
                        }
                    }
                }
            }
        }
    }

    fn drop_unwanted(&mut self) {
        let Self { runners, state, gone, .. } = self;
        state.schedules.retain(|entry| match unwanted(runners, entry) {
            None => true,
            Some(reason) => {
                gone.insert((entry.label.clone(), entry.id.clone()), reason);
                false
            }
        });
    }

    /// The system hands out the work `name`: what is due is run, and its next time begins. The app may
    /// not have been opened since its config changed, or since the state was lost.
    fn launch(&mut self, name: &str, conditions: &Conditions) {
        self.reconcile(false);
        self.launched = Some(name.to_owned());
        let conditions = conditions.or_as_requested(self.state.submitted.get(name));
        let (platform, now) = (self.platform, self.now);
        let entries = self.state.schedules.iter_mut().filter(|entry| {
            // Android starts work only when its constraints hold.
            let may_start = platform == Platform::Android || conditions.allow(&entry.spec);
            may_start && entry.is_planned() && entry.belongs_to(platform, name)
        });
        let mut ready: Vec<_> = entries.collect();
        ready.sort_by_key(|entry| entry.next());
        // What is handed out early was asked for by a debugger, or by a clock that was set back.
        let due = ready.iter().filter(|entry| entry.next() <= now).count().max(1);
        for entry in ready.into_iter().take(due) {
            entry.begin(platform, now);
            let runner = self.runners.iter().find(|runner| runner.label == entry.label);
            self.run.push(entry.run(runner.and_then(|runner| runner.granted_timeout(platform))));
        }
    }

    fn finish(&mut self, label: &str, id: &str, outcome: RunOutcome, code: Option<&str>) {
        let platform = self.platform;
        let now = self.now;
        self.launched = (platform == Platform::Android).then(|| platform.name(label, id));
        let entry = self.state.schedules.iter_mut().find(|entry| entry.is(label, id));
        self.result = Some(match (entry, outcome) {
            (Some(entry), _) => entry.finish(platform, outcome, code, now),
            (None, RunOutcome::Resolved) => Verdict::Success,
            (None, RunOutcome::Failed | RunOutcome::Abandoned) => Verdict::Failure,
        });
    }

    fn register(&mut self, registration: &Registration, warnings: &mut Warnings) {
        let label = &registration.label;
        let id = registration.schedule.id();
        let Some(runner) = self.runner(label) else {
            let subject = Subject { label, id: Some(id) };
            warnings.add(
                "RUNNER_NOT_FOUND",
                subject,
                "no runner of the config has this label: nothing is planned",
            );
            return;
        };
        let new = Entry::new(
            label,
            id,
            Source::App,
            runner.spec(registration.schedule.clone(), warnings),
            self.now,
        );
        let entries = &mut self.state.schedules;
        match entries.iter_mut().find(|entry| entry.is(label, id)) {
            None => entries.push(new),
            Some(entry) => entry.replace(new),
        }
    }

    fn cancel(&mut self, label: &str, id: Option<&str>) {
        let Self { state, gone, .. } = self;
        state.schedules.retain_mut(|entry| {
            let meant = entry.label == label && id.is_none_or(|id| entry.id == id);
            if meant {
                gone.insert((entry.label.clone(), entry.id.clone()), Reason::Cancelled);
                entry.status = Status::Cancelled;
            }
            !meant || entry.source == Source::Config
        });
    }
}

/// Why a stored schedule has no place in the config, if it has none.
fn unwanted(runners: &[Runner], entry: &Entry) -> Option<Reason> {
    let Some(runner) = runners.iter().find(|runner| runner.label == entry.label) else {
        return Some(Reason::RunnerRemoved);
    };
    match entry.source {
        Source::App => None,
        Source::Config if !runner.auto_start => Some(Reason::AutoStartOff),
        Source::Config if runner.schedules.iter().any(|(id, _)| *id == entry.id) => None,
        Source::Config => Some(Reason::ScheduleRemoved),
    }
}

impl Entry {
    /// Its next time begins with the run, so that a run that ends in a crash still has a next one.
    fn begin(&mut self, platform: Platform, now: i64) {
        if !self.is_retry(platform, now) {
            self.since_ms = now;
            self.attempts = 0;
        }
        self.retry_at_ms = None;
        if platform != Platform::Android && !self.spec.repeat {
            self.status = Status::Done;
        }
    }

    /// Whether a run that begins now is a new attempt. A regular run that is due as well takes its place,
    /// but for Android, which counts attempts until one of them has an end.
    fn is_retry(&self, platform: Platform, now: i64) -> bool {
        let regular = self.since_ms.saturating_add(self.spec.interval_ms) <= now;
        let superseded = platform != Platform::Android && self.spec.repeat && regular;
        self.retry_at_ms.is_some() && !superseded
    }

    fn finish(
        &mut self,
        platform: Platform,
        outcome: RunOutcome,
        code: Option<&str>,
        now: i64,
    ) -> Verdict {
        if platform == Platform::Android && code == Some("CANCELLED") {
            return Verdict::Retry;
        }
        if outcome == RunOutcome::Failed && self.may_retry(code) {
            self.attempts = self.attempts.saturating_add(1);
            self.retry_at_ms = Some(now.saturating_add(self.backoff(self.attempts)));
            if self.status == Status::Done {
                self.status = Status::Planned;
            }
            return if platform == Platform::Android { Verdict::Retry } else { Verdict::Failure };
        }
        self.settle(platform, now);
        if outcome == RunOutcome::Resolved { Verdict::Success } else { Verdict::Failure }
    }

    fn may_retry(&self, code: Option<&str>) -> bool {
        let lasting = code.is_some_and(|code| LASTING.contains(&code));
        self.status != Status::Cancelled && !lasting && self.attempts < self.spec.retry.attempts
    }

    /// No new attempt follows.
    fn settle(&mut self, platform: Platform, now: i64) {
        self.attempts = 0;
        self.retry_at_ms = None;
        if self.is_planned() && !self.spec.repeat {
            self.status = Status::Done;
        }
        // Android counts the interval from here; on iOS it began with the run.
        if platform == Platform::Android {
            self.since_ms = now;
        }
    }

    /// The app registers it once more. Repeating work keeps its time.
    fn replace(&mut self, new: Entry) {
        let keeps_its_time = self.is_planned() && (new.spec.repeat || new.spec == self.spec);
        let old = std::mem::replace(self, new);
        if keeps_its_time {
            self.since_ms = old.since_ms;
            self.retry_at_ms = old.retry_at_ms;
            self.attempts = old.attempts;
        }
    }

    fn run(&self, timeout_ms: Option<i64>) -> Run {
        Run {
            label: self.label.clone(),
            id: self.id.clone(),
            event: self.spec.event.clone(),
            details: self.spec.details.clone(),
            attempt: self.attempts.saturating_add(1),
            timeout_ms,
        }
    }
}
