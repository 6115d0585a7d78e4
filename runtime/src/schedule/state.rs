//! What is remembered from one plan to the next.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Map, Value};

use super::{
    input::{Backoff, Spec, whole},
    output::{Subject, Warnings},
};
use crate::json::{Json, Read, Wrong};

/// The version of the state that this code writes and reads.
const VERSION: u32 = 1;

/// No new attempt waits longer: five hours, as in Android's `WorkManager`.
pub(super) const LONGEST_BACKOFF: i64 = 5 * 60 * 60 * 1000;

/// Everything that is remembered.
#[derive(Default, Serialize)]
pub(super) struct State {
    version: u32,
    /// By label and id.
    pub(super) schedules: Vec<Entry>,
    /// What was submitted under each name, as far as a change of it matters.
    pub(super) submitted: BTreeMap<String, Value>,
}

/// A schedule, and how far it is.
#[derive(Clone, Serialize)]
pub(super) struct Entry {
    pub(super) label: String,
    pub(super) id: String,
    pub(super) source: Source,
    pub(super) status: Status,
    pub(super) spec: Spec,
    /// When the interval began: at the last regular run, else when it was first planned.
    pub(super) since_ms: i64,
    /// When a failed run is tried again.
    pub(super) retry_at_ms: Option<i64>,
    /// How many new attempts there were since the last regular run.
    pub(super) attempts: u32,
}

/// Who made a schedule.
#[derive(Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Source {
    Config,
    App,
}

/// Where a schedule stands.
#[derive(Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Status {
    /// The operating system has it.
    Planned,
    /// It was to run once, and did.
    Done,
    /// The app cancelled it; the config brings it back with the next start.
    Cancelled,
}

impl Read for State {
    fn read(json: &Json<'_>) -> Result<Self, Wrong> {
        let fields = json.fields()?;
        Ok(Self {
            version: fields.need("version")?,
            schedules: fields.need("schedules")?,
            submitted: fields.need::<Map<_, _>>("submitted")?.into_iter().collect(),
        })
    }
}

impl Read for Entry {
    fn read(json: &Json<'_>) -> Result<Self, Wrong> {
        let fields = json.fields()?;
        Ok(Self {
            label: fields.need("label")?,
            id: fields.need("id")?,
            source: fields.need("source")?,
            status: fields.need("status")?,
            spec: fields.need("spec")?,
            since_ms: fields.need("since_ms")?,
            retry_at_ms: fields.maybe("retry_at_ms")?,
            attempts: fields.need("attempts")?,
        })
    }
}

impl Read for Source {
    fn read(json: &Json<'_>) -> Result<Self, Wrong> {
        json.choice(&["config", "app"], &[Self::Config, Self::App])
    }
}

impl Read for Status {
    fn read(json: &Json<'_>) -> Result<Self, Wrong> {
        let all = [Self::Planned, Self::Done, Self::Cancelled];
        json.choice(&["planned", "done", "cancelled"], &all)
    }
}

impl State {
    /// The state of the last plan. One that cannot be read is given up, since it only says what the
    /// next start finds out again.
    pub(super) fn restore(stored: Option<&Value>, now: i64, warnings: &mut Warnings) -> Self {
        let Some(stored) = stored.filter(|value| !value.is_null()) else { return Self::empty() };
        let mut state = match Self::read(&Json::of(stored)) {
            Ok(state) if state.version == VERSION => state,
            _ => {
                let subject = Subject { label: "", id: None };
                warnings.add(
                    "STATE_DISCARDED",
                    subject,
                    "the stored state cannot be read: everything is planned anew",
                );
                return Self::empty();
            }
        };
        for entry in &mut state.schedules {
            entry.keep_in_time(now);
        }
        state
    }

    fn empty() -> Self {
        Self { version: VERSION, ..Self::default() }
    }
}

impl Entry {
    pub(super) fn new(label: &str, id: &str, source: Source, spec: Spec, now: i64) -> Self {
        Self {
            label: label.to_owned(),
            id: id.to_owned(),
            source,
            status: Status::Planned,
            spec,
            since_ms: now,
            retry_at_ms: None,
            attempts: 0,
        }
    }

    pub(super) fn is(&self, label: &str, id: &str) -> bool {
        self.label == label && self.id == id
    }

    pub(super) fn is_planned(&self) -> bool {
        self.status == Status::Planned
    }

    pub(super) fn is_cancelled(&self) -> bool {
        self.status == Status::Cancelled
    }

    /// When it runs next, at the earliest.
    pub(super) fn next(&self) -> i64 {
        let regular = self.since_ms.saturating_add(self.spec.interval_ms);
        self.retry_at_ms
            .map_or(regular, |retry| if self.spec.repeat { retry.min(regular) } else { retry })
    }

    /// Begins anew: the next run is an interval away.
    pub(super) fn restart(&mut self, now: i64) {
        self.status = Status::Planned;
        self.since_ms = now;
        self.retry_at_ms = None;
        self.attempts = 0;
    }

    /// The milliseconds before new attempt number `attempt`, from 1 on.
    pub(super) fn backoff(&self, attempt: u32) -> i64 {
        let delay = whole(self.spec.retry.delay.max(0.0) * 1000.0);
        let factor = match self.spec.retry.backoff {
            Backoff::Linear => i64::from(attempt),
            Backoff::Exponential => {
                1_i64.checked_shl(attempt.saturating_sub(1)).filter(|f| *f > 0).unwrap_or(i64::MAX)
            }
        };
        delay.saturating_mul(factor).min(LONGEST_BACKOFF)
    }

    /// A clock that was set back must not put off what is planned.
    fn keep_in_time(&mut self, now: i64) {
        self.since_ms = self.since_ms.min(now);
        self.retry_at_ms =
            self.retry_at_ms.map(|retry| retry.min(now.saturating_add(LONGEST_BACKOFF)));
    }
}
