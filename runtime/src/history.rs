//! The run history: what the last dispatches came to, also those before the app's last start.

use std::{
    collections::VecDeque,
    fs,
    path::{Path, PathBuf},
    sync::Mutex,
};

use serde::{Deserialize, Serialize};

use crate::{
    clock::millis,
    control::Control,
    error::{Code, RunError},
    host::LogRecord,
    mailbox::lock,
    outcome::Outcome,
};

/// How many runs are remembered by those who do not say.
const RUNS: usize = 100;

/// How many of a run's last log lines are remembered, and how much of each.
const LINES: usize = 20;
const LINE_LENGTH: usize = 400;

const FILE: &str = "history.json";

/// What one dispatch came to: `RunRecord` of `schema/definitions.ts`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RunRecord {
    /// Tells the runs of this installation apart; later ones have larger numbers.
    pub dispatch_id: u64,
    /// The runner.
    pub label: String,
    /// The event.
    pub event: String,
    /// Who asked: `schedule`, `app`, `push`, `location`, `watch` or `native`.
    pub trigger: String,
    /// The schedule that asked, if one did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub schedule_id: Option<String>,
    /// When it began, in milliseconds since 1970-01-01 UTC.
    pub started_at: f64,
    /// How long it took.
    pub duration_ms: f64,
    /// `resolved` or `failed`.
    pub outcome: String,
    /// Why it failed: one of the stable codes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error_code: Option<String>,
    /// Why it failed, for a person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error_message: Option<String>,
    /// Its last log lines, oldest first.
    pub logs: Vec<LogLine>,
}

/// One remembered log line: `LogRecord` of `schema/definitions.ts`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LogLine {
    /// The `console` method that was called.
    pub level: String,
    /// What it said, cut when it was very long.
    pub text: String,
    /// When it said it, in milliseconds since 1970-01-01 UTC.
    pub time: f64,
    /// The runner.
    pub label: String,
    /// The event.
    pub event: String,
    /// The run.
    pub dispatch_id: u64,
}

/// Which runs to tell of; everything is optional: `RunHistoryOptions` of `schema/definitions.ts`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct HistoryQuery {
    /// Only those of this runner.
    pub label: Option<String>,
    /// Only those of this event.
    pub event: Option<String>,
    /// Only those that ended in this way.
    pub outcome: Option<String>,
    /// Only those that began at this time or later.
    pub since: Option<f64>,
    /// At most so many.
    pub limit: Option<usize>,
}

impl HistoryQuery {
    /// A query from JSON; an empty text asks for everything.
    ///
    /// # Errors
    ///
    /// `INVALID_ARGUMENT` for what is not JSON, or asks for something unknown.
    pub fn from_json(json: &str) -> Result<Self, RunError> {
        if json.is_empty() {
            return Ok(Self::default());
        }
        serde_json::from_str(json).map_err(|error| {
            RunError::new(Code::InvalidArgument, format!("the query is not valid: {error}"))
        })
    }

    fn wants(&self, record: &RunRecord) -> bool {
        self.label.as_ref().is_none_or(|label| *label == record.label)
            && self.event.as_ref().is_none_or(|event| *event == record.event)
            && self.outcome.as_ref().is_none_or(|outcome| *outcome == record.outcome)
            && self.since.is_none_or(|since| record.started_at >= since)
    }
}

/// The last runs, newest last.
pub(crate) struct History {
    runs: Mutex<VecDeque<RunRecord>>,
    limit: usize,
    file: Option<PathBuf>,
}

impl History {
    /// The last `limit` runs, kept in `folder`; what cannot be read is forgotten.
    pub(crate) fn open(folder: Option<&Path>, limit: Option<usize>) -> Self {
        let file = folder.map(|folder| folder.join(FILE));
        let text = file.as_ref().and_then(|file| fs::read_to_string(file).ok());
        let runs = text.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default();
        Self { runs: Mutex::new(runs), limit: limit.unwrap_or(RUNS), file }
    }

    /// Remembers a run.
    pub(crate) fn add(&self, record: RunRecord) {
        let mut runs = lock(&self.runs);
        runs.push_back(record);
        while runs.len() > self.limit {
            runs.pop_front();
        }
    }

    /// A number that no remembered run has, nor a larger one.
    pub(crate) fn next_id(&self) -> u64 {
        lock(&self.runs).back().map_or(1, |last| last.dispatch_id.saturating_add(1))
    }

    /// Forgets every run.
    pub(crate) fn clear(&self) {
        lock(&self.runs).clear();
        self.save();
    }

    /// Writes the history to its file, all of it or nothing.
    pub(crate) fn save(&self) {
        let Some(file) = &self.file else { return };
        // The lock is held so that a later state is never overwritten by an earlier one.
        let runs = lock(&self.runs);
        let text = serde_json::to_string(&*runs).expect("a record is plain data");
        let draft = file.with_extension("json.new");
        // A history that cannot be kept is lost at the next start, and nothing else.
        let _ = file
            .parent()
            .map_or(Ok(()), fs::create_dir_all)
            .and_then(|()| fs::write(&draft, text))
            .and_then(|()| fs::rename(&draft, file));
    }

    /// The runs that `query` asks for, newest first.
    pub(crate) fn query(&self, query: &HistoryQuery) -> Vec<RunRecord> {
        let runs = lock(&self.runs);
        let wanted = runs.iter().rev().filter(|record| query.wants(record));
        wanted.take(query.limit.unwrap_or(usize::MAX)).cloned().collect()
    }
}

/// The last lines of one dispatch's log.
#[derive(Default)]
pub(crate) struct Tail(Mutex<VecDeque<LogLine>>);

impl Tail {
    pub(crate) fn push(&self, record: &LogRecord<'_>) {
        let cut = record.text.floor_char_boundary(LINE_LENGTH);
        let more = if cut < record.text.len() { "…" } else { "" };
        let mut lines = lock(&self.0);
        while lines.len() >= LINES {
            lines.pop_front();
        }
        lines.push_back(LogLine {
            level: record.level.as_str().to_owned(),
            text: format!("{}{more}", &record.text[..cut]),
            time: record.time_ms,
            label: record.label.to_owned(),
            event: record.event.to_owned(),
            dispatch_id: record.dispatch_id,
        });
    }

    fn take(&self) -> Vec<LogLine> {
        std::mem::take(&mut *lock(&self.0)).into()
    }
}

/// The record of a dispatch that has just ended. `trigger` names who asked; a schedule says which
/// one it is after a colon: `schedule:nightly`.
pub(crate) fn record(control: &Control, trigger: String, outcome: &Outcome) -> RunRecord {
    let error = outcome.result.as_ref().err();
    let (trigger, schedule_id) = match trigger.split_once(':') {
        Some((who, id)) => (who.to_owned(), Some(id.to_owned())),
        None => (trigger, None),
    };
    RunRecord {
        dispatch_id: outcome.dispatch_id,
        label: control.label.clone(),
        event: control.event.clone(),
        trigger,
        schedule_id,
        started_at: control.start_ms(),
        duration_ms: millis(outcome.duration),
        outcome: if error.is_none() { "resolved" } else { "failed" }.to_owned(),
        error_code: error.map(|error| error.code.as_str().to_owned()),
        error_message: error.map(|error| error.message.clone()),
        logs: control.tail.take(),
    }
}
