//! The run history: what the last dispatches came to, also those before the app's last start.

use std::{
    collections::VecDeque,
    fs::{self, OpenOptions},
    io::{self, Write as _},
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
///
/// Its file has a list of records in one line, and a line for each record since: a run that ends
/// adds its own before anybody hears of the outcome, since a system may end the process of an app
/// that is done. A line that was cut off is skipped.
pub(crate) struct History {
    state: Mutex<State>,
    limit: usize,
    file: Option<PathBuf>,
}

struct State {
    runs: VecDeque<RunRecord>,
    /// How many lines the file has beyond those that the next start needs: as many again, at most.
    surplus: usize,
}

/// A line of the file.
#[derive(Deserialize)]
#[serde(untagged)]
enum Line {
    All(Vec<RunRecord>),
    One(Box<RunRecord>),
}

impl History {
    /// The last `limit` runs, kept in `folder`; what cannot be read is forgotten.
    pub(crate) fn open(folder: Option<&Path>, limit: Option<usize>) -> Self {
        let file = folder.map(|folder| folder.join(FILE));
        let bytes = file.as_ref().and_then(|file| fs::read(file).ok()).unwrap_or_default();
        let limit = limit.unwrap_or(RUNS);
        let mut state = State { runs: VecDeque::new(), surplus: 0 };
        for line in bytes.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
            match serde_json::from_slice(line) {
                Ok(Line::All(runs)) => state.runs.extend(runs),
                Ok(Line::One(run)) => state.runs.push_back(*run),
                Err(_) => state.surplus = limit,
            }
        }
        state.shorten(limit);
        Self { state: Mutex::new(state), limit, file }
    }

    /// Remembers a run, also if the process ends now.
    pub(crate) fn add(&self, record: RunRecord) {
        let mut state = lock(&self.state);
        if let Some(file) = self.file.as_ref().filter(|_| self.limit > 0) {
            // A history that cannot be kept is lost at the next start, and nothing else.
            let _ = append(file, &record);
        }
        state.runs.push_back(record);
        state.shorten(self.limit);
        // Before anybody hears of the run as well: afterwards the file may be that of a new runner.
        if state.surplus >= self.limit.max(1) {
            self.rewrite(&mut state);
        }
    }

    /// A number that no remembered run has, nor a larger one.
    pub(crate) fn next_id(&self) -> u64 {
        let last = lock(&self.state).runs.back().map(|last| last.dispatch_id);
        last.map_or(1, |last| last.saturating_add(1))
    }

    /// Forgets every run.
    pub(crate) fn clear(&self) {
        let mut state = lock(&self.state);
        state.runs.clear();
        self.rewrite(&mut state);
    }

    /// Writes all of the file anew, or leaves it as it is. The caller's lock keeps a later state from
    /// being overwritten by an earlier one.
    fn rewrite(&self, state: &mut State) {
        let Some(file) = &self.file else { return };
        let Ok(text) = serde_json::to_string(&state.runs) else { return };
        let draft = file.with_extension("json.new");
        let written = file
            .parent()
            .map_or(Ok(()), fs::create_dir_all)
            .and_then(|()| fs::write(&draft, text))
            .and_then(|()| fs::rename(&draft, file));
        if written.is_ok() {
            state.surplus = 0;
        }
    }

    /// The runs that `query` asks for, newest first.
    pub(crate) fn query(&self, query: &HistoryQuery) -> Vec<RunRecord> {
        let state = lock(&self.state);
        let wanted = state.runs.iter().rev().filter(|record| query.wants(record));
        wanted.take(query.limit.unwrap_or(usize::MAX)).cloned().collect()
    }
}

impl State {
    /// Forgets the oldest runs beyond the last `limit`.
    fn shorten(&mut self, limit: usize) {
        let surplus = self.runs.len().saturating_sub(limit);
        self.runs.drain(..surplus);
        self.surplus = self.surplus.saturating_add(surplus);
    }
}

/// Adds a line: with one write, and on a new line whatever was cut off before.
fn append(file: &Path, record: &RunRecord) -> io::Result<()> {
    let mut line = vec![b'\n'];
    serde_json::to_writer(&mut line, record)?;
    let open = || OpenOptions::new().create(true).append(true).open(file);
    let opened = open().or_else(|_| {
        file.parent().map_or(Ok(()), fs::create_dir_all)?;
        open()
    });
    opened?.write_all(&line)
}

/// The last lines of one dispatch's log.
#[derive(Default)]
pub(crate) struct Tail(Mutex<VecDeque<LogLine>>);

impl Tail {
    pub(crate) fn push(&self, record: &LogRecord<'_>) {
        let (text, rest) = record.text.split_at(record.text.floor_char_boundary(LINE_LENGTH));
        let more = if rest.is_empty() { "" } else { "…" };
        let mut lines = lock(&self.0);
        while lines.len() >= LINES {
            lines.pop_front();
        }
        lines.push_back(LogLine {
            level: record.level.as_str().to_owned(),
            text: format!("{text}{more}"),
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
