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
    mailbox::lock,
    outcome::Outcome,
};

/// How many runs are remembered.
const RUNS: usize = 200;

/// How many of a run's last log lines are remembered, and how much of each.
const LINES: usize = 20;
const LINE_LENGTH: usize = 400;

const FILE: &str = "history.json";

/// What one dispatch came to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RunRecord {
    /// The runner.
    pub label: String,
    /// The event.
    pub event: String,
    /// Who asked.
    pub trigger: String,
    /// When it began, in milliseconds since 1970-01-01 UTC.
    pub start_ms: f64,
    /// How long it took.
    pub duration_ms: f64,
    /// `resolved` or `failed`.
    pub outcome: String,
    /// Why it failed: one of the stable codes.
    pub error_code: Option<String>,
    /// Why it failed, for a person.
    pub error_message: Option<String>,
    /// Its last log lines, oldest first, as `level: text`.
    pub log: Vec<String>,
}

/// Which runs to tell of; everything is optional.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct HistoryQuery {
    /// Only those of this runner.
    pub label: Option<String>,
    /// Only those of this event.
    pub event: Option<String>,
    /// Only those that began at this time or later.
    pub since_ms: Option<f64>,
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
            && self.since_ms.is_none_or(|since| record.start_ms >= since)
    }
}

/// The last runs, newest last.
pub(crate) struct History {
    runs: Mutex<VecDeque<RunRecord>>,
    file: Option<PathBuf>,
}

impl History {
    /// The history kept in `folder`; what cannot be read is forgotten.
    pub(crate) fn open(folder: Option<&Path>) -> Self {
        let file = folder.map(|folder| folder.join(FILE));
        let text = file.as_ref().and_then(|file| fs::read_to_string(file).ok());
        let runs = text.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default();
        Self { runs: Mutex::new(runs), file }
    }

    /// Remembers a run.
    pub(crate) fn add(&self, record: RunRecord) {
        let mut runs = lock(&self.runs);
        while runs.len() >= RUNS {
            runs.pop_front();
        }
        runs.push_back(record);
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
pub(crate) struct Tail(Mutex<VecDeque<String>>);

impl Tail {
    pub(crate) fn push(&self, level: &str, text: &str) {
        let cut = text.floor_char_boundary(LINE_LENGTH);
        let more = if cut < text.len() { "…" } else { "" };
        let mut lines = lock(&self.0);
        while lines.len() >= LINES {
            lines.pop_front();
        }
        lines.push_back(format!("{level}: {}{more}", &text[..cut]));
    }

    fn take(&self) -> Vec<String> {
        std::mem::take(&mut *lock(&self.0)).into()
    }
}

/// The record of a dispatch that has just ended.
pub(crate) fn record(control: &Control, trigger: String, outcome: &Outcome) -> RunRecord {
    let error = outcome.result.as_ref().err();
    RunRecord {
        label: control.label.clone(),
        event: control.event.clone(),
        trigger,
        start_ms: control.start_ms(),
        duration_ms: millis(outcome.duration),
        outcome: if error.is_none() { "resolved" } else { "failed" }.to_owned(),
        error_code: error.map(|error| error.code.as_str().to_owned()),
        error_message: error.map(|error| error.message.clone()),
        log: control.tail.take(),
    }
}
