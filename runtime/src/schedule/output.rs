//! What the native side is told: the shapes of the output.

use serde::Serialize;
use serde_json::{Map, Number, Value};

use super::{input::MINUTE, state::State};

/// The output of a plan.
#[derive(Serialize)]
pub(super) struct Output {
    pub(super) cancel: Vec<Cancel>,
    pub(super) submit: Vec<Value>,
    pub(super) run: Vec<Run>,
    pub(super) result: Option<Verdict>,
    pub(super) schedules: Vec<ScheduleInfo>,
    /// The labels of the config.
    pub(super) runners: Vec<String>,
    pub(super) warnings: Vec<Warning>,
    pub(super) state: State,
}

/// Work that must go.
#[derive(Serialize)]
pub(super) struct Cancel {
    pub(super) name: String,
    pub(super) reason: Reason,
}

/// Why work must go.
#[derive(Clone, Copy, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) enum Reason {
    RunnerRemoved,
    ScheduleRemoved,
    AutoStartOff,
    Cancelled,
    Replaced,
    Unknown,
}

/// An event to dispatch now.
#[derive(Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Run {
    pub(super) label: String,
    pub(super) id: String,
    pub(super) event: String,
    pub(super) details: Map<String, Value>,
    /// How often it was started for this, from 1 on.
    pub(super) attempt: u32,
    /// What is granted of the runner's time, where that is less.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) timeout_ms: Option<i64>,
}

/// What the operating system is told of a run.
#[derive(Clone, Copy, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Verdict {
    Success,
    Failure,
    Retry,
}

/// A schedule, as `getSchedules()` returns it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ScheduleInfo {
    pub(super) label: String,
    pub(super) id: String,
    pub(super) event: String,
    pub(super) repeat: bool,
    pub(super) interval: Number,
    pub(super) effective_interval: Number,
    pub(super) next_run_at: Option<i64>,
    pub(super) source: super::state::Source,
}

/// Something that the developer should know.
#[derive(Serialize)]
pub(super) struct Warning {
    code: &'static str,
    label: String,
    id: Option<String>,
    message: String,
}

/// What a warning is about.
#[derive(Clone, Copy)]
pub(super) struct Subject<'a> {
    pub(super) label: &'a str,
    pub(super) id: Option<&'a str>,
}

/// The warnings of a plan, kept only when somebody will read them.
pub(super) struct Warnings {
    wanted: bool,
    pub(super) list: Vec<Warning>,
}

impl Warnings {
    pub(super) fn new(wanted: bool) -> Self {
        Self { wanted, list: Vec::new() }
    }

    pub(super) fn add(&mut self, code: &'static str, subject: Subject<'_>, message: &str) {
        if self.wanted {
            self.list.push(Warning {
                code,
                label: subject.label.to_owned(),
                id: subject.id.map(str::to_owned),
                message: message.to_owned(),
            });
        }
    }
}

/// Milliseconds as the API counts them: in minutes, without a fraction where there is none.
pub(super) fn minutes(milliseconds: i64) -> Number {
    if milliseconds % MINUTE == 0 {
        return (milliseconds / MINUTE).into();
    }
    #[expect(clippy::cast_precision_loss, reason = "intervals are far below 2^53")]
    let minutes = milliseconds as f64 / MINUTE as f64;
    Number::from_f64(minutes).unwrap_or_else(|| (milliseconds / MINUTE).into())
}
