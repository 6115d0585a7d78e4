//! The run history: what the last dispatches came to, also those before the app's last start.

use std::{
    collections::VecDeque,
    fs::{self, OpenOptions},
    io::{self, Write as _},
    path::{Path, PathBuf},
    sync::Mutex,
};

use serde::Serialize;

use crate::{
    clock::millis,
    engine::value::Cut,
    error::{Code, RunError},
    host::LogRecord,
    json::{self, Json, Read, Wrong},
    lock::lock,
    outcome::Outcome,
};

/// How many runs are remembered by those who do not say.
const RUNS: usize = 100;

/// How many of a run's last log lines are remembered, and how much of each.
const LINES: usize = 20;
const LINE_LENGTH: usize = 400;

/// What a trigger ends with that is for every runner with a handler.
const BROADCAST: char = '*';

const FILE: &str = "history.json";

/// The outcomes of a run that has none: it is under way, or its process ended before it did.
const STARTED: &str = "started";
const LOST: &str = "lost";

/// What one dispatch came to: `RunRecord` of `schema/definitions.ts`.
#[derive(Clone, Debug, PartialEq, Serialize)]
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
    #[serde(skip_serializing_if = "Option::is_none")]
    pub schedule_id: Option<String>,
    /// How often the schedule's work was started for this, from 1 on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attempt: Option<u32>,
    /// When it began, in milliseconds since 1970-01-01 UTC.
    pub started_at: f64,
    /// How long it took; 0 while it runs, and when it is lost.
    pub duration_ms: f64,
    /// `started` while it runs, then `resolved` or `failed`; `lost` when the process ended first.
    pub outcome: String,
    /// Why the system ended it, in the system's words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stop_reason: Option<String>,
    /// Why it failed: one of the stable codes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error_code: Option<String>,
    /// Why it failed, for a person.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error_message: Option<String>,
    /// Its last log lines, oldest first.
    pub logs: Vec<LogLine>,
}

/// One remembered log line: `LogRecord` of `schema/definitions.ts`.
#[derive(Clone, Debug, PartialEq, Serialize)]
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
#[derive(Clone, Debug, Default)]
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
        json::read(json).map_err(|error| {
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
/// Its file has a list of records in one line, and lines for each run since: one when it starts and
/// one when it ends, before anybody hears of the outcome, since a system may end the process of an
/// app at any time. What the file knows the start of only is lost. A line that was cut off is
/// skipped.
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
enum Line {
    All(Vec<RunRecord>),
    One(Box<RunRecord>),
}

impl Read for Line {
    fn read(json: &Json<'_>) -> Result<Self, Wrong> {
        if json.value().is_array() {
            Read::read(json).map(Self::All)
        } else {
            Read::read(json).map(Self::One)
        }
    }
}

impl Read for RunRecord {
    fn read(json: &Json<'_>) -> Result<Self, Wrong> {
        let fields = json.fields()?;
        Ok(Self {
            dispatch_id: fields.need("dispatchId")?,
            label: fields.need("label")?,
            event: fields.need("event")?,
            trigger: fields.need("trigger")?,
            schedule_id: fields.maybe("scheduleId")?,
            attempt: fields.maybe("attempt")?,
            started_at: fields.need("startedAt")?,
            duration_ms: fields.need("durationMs")?,
            outcome: fields.need("outcome")?,
            stop_reason: fields.maybe("stopReason")?,
            error_code: fields.maybe("errorCode")?,
            error_message: fields.maybe("errorMessage")?,
            logs: fields.need("logs")?,
        })
    }
}

impl Read for LogLine {
    fn read(json: &Json<'_>) -> Result<Self, Wrong> {
        let fields = json.fields()?;
        Ok(Self {
            level: fields.need("level")?,
            text: fields.need("text")?,
            time: fields.need("time")?,
            label: fields.need("label")?,
            event: fields.need("event")?,
            dispatch_id: fields.need("dispatchId")?,
        })
    }
}

impl Read for HistoryQuery {
    fn read(json: &Json<'_>) -> Result<Self, Wrong> {
        let fields = json.only(&["label", "event", "outcome", "since", "limit"])?;
        Ok(Self {
            label: fields.maybe("label")?,
            event: fields.maybe("event")?,
            outcome: fields.maybe("outcome")?,
            since: fields.maybe("since")?,
            limit: fields.maybe("limit")?,
        })
    }
}

impl History {
    /// The last `limit` runs, kept in `folder`; what cannot be read is forgotten.
    pub(crate) fn open(folder: Option<&Path>, limit: Option<usize>) -> Self {
        let (file, bytes) = folder.map_or((None, Vec::new()), |folder| kept(folder.join(FILE)));
        let limit = limit.unwrap_or(RUNS);
        let mut state = State { runs: VecDeque::new(), surplus: 0 };
        for line in bytes.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
            match json::read(&String::from_utf8_lossy(line)) {
                Ok(Line::All(runs)) => state.runs.extend(runs),
                Ok(Line::One(run)) => state.put(*run),
                Err(_) => state.surplus = limit,
            }
        }
        for run in state.runs.iter_mut().filter(|run| run.outcome == STARTED) {
            LOST.clone_into(&mut run.outcome);
        }
        state.shorten(limit);
        Self { state: Mutex::new(state), limit, file }
    }

    /// Remembers that a run began, or how it ended, also if the process ends now.
    pub(crate) fn add(&self, record: RunRecord) {
        let mut state = lock(&self.state);
        // A run that is late can be over before its own thread says that it began.
        if record.outcome == STARTED && state.has(record.dispatch_id) {
            return;
        }
        if let Some(file) = self.file.as_ref().filter(|_| self.limit > 0) {
            // A history that cannot be kept is lost at the next start, and nothing else.
            let _ = append(file, &record);
        }
        state.put(record);
        state.shorten(self.limit);
        // Before anybody hears of the run as well: afterwards the file may be that of a new runner.
        if state.surplus >= self.limit.max(1) {
            self.rewrite(&mut state);
        }
    }

    /// A number that no remembered run has, nor a larger one.
    pub(crate) fn next_id(&self) -> u64 {
        let last = lock(&self.state).runs.iter().map(|run| run.dispatch_id).max();
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
    fn has(&self, id: u64) -> bool {
        self.runs.iter().any(|run| run.dispatch_id == id)
    }

    /// Adds a run, or says more about one that is here: its earlier line in the file is surplus then.
    /// An event that was for whoever has a handler leaves no run where there is none.
    fn put(&mut self, record: RunRecord) {
        if record.trigger.ends_with(BROADCAST) {
            self.runs.retain(|run| run.dispatch_id != record.dispatch_id);
            self.surplus = self.surplus.saturating_add(2);
            return;
        }
        let known = self.runs.iter_mut().rev().find(|run| run.dispatch_id == record.dispatch_id);
        match known {
            Some(run) => {
                *run = record;
                self.surplus = self.surplus.saturating_add(1);
            }
            None => self.runs.push_back(record),
        }
    }

    /// Forgets the oldest runs beyond the last `limit`.
    fn shorten(&mut self, limit: usize) {
        let surplus = self.runs.len().saturating_sub(limit);
        self.runs.drain(..surplus);
        self.surplus = self.surplus.saturating_add(surplus);
    }
}

/// What the file holds, and where to keep what comes. What is there and cannot be read, on a phone that was not unlocked
/// yet, is left alone, and not written over: the history of this process is then in memory.
fn kept(file: PathBuf) -> (Option<PathBuf>, Vec<u8>) {
    match fs::read(&file) {
        Ok(bytes) => (Some(file), bytes),
        Err(error) if error.kind() == io::ErrorKind::NotFound => (Some(file), Vec::new()),
        Err(_) => (None, Vec::new()),
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
        let mut lines = lock(&self.0);
        while lines.len() >= LINES {
            lines.pop_front();
        }
        lines.push_back(LogLine {
            level: record.level.as_str().to_owned(),
            text: cut(record.text),
            time: record.time_ms,
            label: cut(record.label),
            event: cut(record.event),
            dispatch_id: record.dispatch_id,
        });
    }

    fn take(&self) -> Vec<LogLine> {
        std::mem::take(&mut *lock(&self.0)).into()
    }
}

/// A text of somebody else, which may be of any length.
fn cut(text: &str) -> String {
    let mut line = Cut::new(LINE_LENGTH);
    line.push(text);
    line.into_text()
}

/// A dispatch, as far as its record tells of it.
pub(crate) struct Run<'a> {
    pub(crate) id: u64,
    pub(crate) label: &'a str,
    pub(crate) event: &'a str,
    pub(crate) trigger: &'a str,
    /// In milliseconds since 1970-01-01 UTC.
    pub(crate) started_at: f64,
    pub(crate) stop_reason: Option<&'a str>,
}

/// The record of a run that begins, or with an `outcome` and the last lines of its log, that has just
/// ended.
///
/// Its trigger names who asked; a schedule says its attempt after a `#`, and which one it is after a
/// colon: `schedule#2:nightly`. Who asks every runner that has a handler says so with a `*` behind it.
pub(crate) fn record(run: &Run<'_>, ended: Option<(&Outcome, &Tail)>) -> RunRecord {
    let (who, schedule) = match run.trigger.split_once(':') {
        Some((who, id)) => (who, Some(id)),
        None => (run.trigger, None),
    };
    let (trigger, attempt) = match who.split_once('#') {
        Some((trigger, attempt)) => (trigger, attempt.parse().ok()),
        None => (who, None),
    };
    let outcome = ended.map(|(outcome, _)| outcome);
    let error = outcome.and_then(|outcome| outcome.result.as_ref().err());
    let is_unheard = error.is_some_and(|error| error.code == Code::EventNotFound);
    let trigger = if is_unheard { trigger } else { trigger.trim_end_matches(BROADCAST) };
    RunRecord {
        dispatch_id: run.id,
        label: cut(run.label),
        event: cut(run.event),
        trigger: cut(trigger),
        schedule_id: schedule.map(cut),
        attempt,
        started_at: run.started_at,
        duration_ms: outcome.map_or(0.0, |outcome| millis(outcome.duration)),
        outcome: match (outcome, error) {
            (None, _) => STARTED,
            (_, None) => "resolved",
            (_, Some(_)) => "failed",
        }
        .to_owned(),
        stop_reason: run.stop_reason.map(cut),
        error_code: error.map(|error| error.code.as_str().to_owned()),
        error_message: error.map(|error| cut(&error.message)),
        logs: ended.map(|(_, tail)| tail.take()).unwrap_or_default(),
    }
}
