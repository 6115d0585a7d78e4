//! What a run shows: a log to read as it comes, or one line of JSON at the end.

use std::{
    collections::VecDeque,
    io::{self, Write as _},
    path::Path,
    sync::{Mutex, PoisonError},
};

use background_runner::{LogRecord, Outcome, RunError, desktop::HostState};
use serde::Serialize;
use serde_json::value::RawValue;

use super::style::Style;

/// Where the records and the outcome of one run go.
pub(super) struct Output {
    json: bool,
    style: Style,
    logs: Mutex<Logs>,
}

/// The most bytes of the log that are kept for the JSON line: the last ones.
const KEPT: usize = 4 * 1024 * 1024;

/// What a record takes beside its text, about.
const RECORD: usize = 128;

/// The records for the JSON line.
#[derive(Default)]
struct Logs {
    records: VecDeque<Log>,
    bytes: usize,
    /// How many went because there were too many.
    omitted: u64,
}

impl Logs {
    fn push(&mut self, log: Log) {
        self.bytes += log.message.len() + RECORD;
        self.records.push_back(log);
        while self.bytes > KEPT
            && let Some(first) = self.records.pop_front()
        {
            self.bytes -= first.message.len() + RECORD;
            self.omitted += 1;
        }
    }
}

/// One record, as the JSON line has it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Log {
    level: &'static str,
    message: String,
    time_ms: f64,
}

/// The JSON line.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Line<'a> {
    outcome: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<&'a RawValue>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<&'a RunError>,
    logs: &'a VecDeque<Log>,
    #[serde(skip_serializing_if = "is_zero")]
    logs_omitted: u64,
    /// `null` while the device is still at work on a call of a script that was given up.
    host: Option<&'a HostState>,
    duration_ms: f64,
    heap_peak_bytes: u64,
}

/// Whether there is nothing to say.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_zero(number: &u64) -> bool {
    *number == 0
}

impl Output {
    pub(super) fn new(json: bool) -> Self {
        Self { json, style: Style::of_stdout(), logs: Mutex::default() }
    }

    /// Shows what is run.
    pub(super) fn introduce(&self, label: &str, src: &str, event: &str) {
        if !self.json {
            print(&(self.style.dim(&format!("{label}: {event} in {src}")) + "\n"));
        }
    }

    /// Takes a record of `time` milliseconds after the begin: shows it at once, or keeps it for the line.
    pub(super) fn log(&self, record: &LogRecord<'_>, time: f64) {
        let log = Log {
            level: record.level.as_str(),
            message: record.text.to_owned(),
            time_ms: tenths(time),
        };
        if self.json {
            self.logs.lock().unwrap_or_else(PoisonError::into_inner).push(log);
        } else {
            print(&self.readable_log(&log));
        }
    }

    /// Shows how it ended, and what it left behind.
    pub(super) fn outcome(&self, outcome: &Outcome, host: Option<&HostState>) {
        print(&if self.json { self.line(outcome, host) } else { self.readable(outcome, host) });
    }

    fn line(&self, outcome: &Outcome, host: Option<&HostState>) -> String {
        let logs = self.logs.lock().unwrap_or_else(PoisonError::into_inner);
        let line = Line {
            outcome: if outcome.result.is_ok() { "resolved" } else { "failed" },
            value: value(outcome),
            error: outcome.result.as_ref().err(),
            logs: &logs.records,
            logs_omitted: logs.omitted,
            host,
            duration_ms: tenths(outcome.duration.as_secs_f64() * 1000.0),
            heap_peak_bytes: outcome.heap_peak_bytes,
        };
        #[expect(clippy::expect_used, reason = "nothing in it refuses to be written")]
        let line = serde_json::to_string(&line).expect("the line is plain data");
        line + "\n"
    }

    fn readable_log(&self, log: &Log) -> String {
        let time = self.style.dim(&format!("{:>9.1} ms", log.time_ms));
        let level = self.style.level(log.level);
        let indent = format!("\n{:20}", "");
        format!("{time}  {level} {}\n", log.message.replace('\n', &indent))
    }

    fn readable(&self, outcome: &Outcome, host: Option<&HostState>) -> String {
        let mut lines = vec![self.verdict(outcome)];
        lines.extend(value(outcome).map(pretty));
        lines.extend(outcome.result.as_ref().err().into_iter().flat_map(failure));
        match host {
            Some(host) => lines.extend(left_behind(host)),
            None => lines.push("device: it is still at work on a call of the runner".to_owned()),
        }
        lines.join("\n") + "\n"
    }

    fn verdict(&self, outcome: &Outcome) -> String {
        let took = self.style.dim(&format!(
            "{:.1} ms, {} KiB of heap at its peak",
            outcome.duration.as_secs_f64() * 1000.0,
            outcome.heap_peak_bytes / 1024
        ));
        match outcome.result {
            Ok(_) => format!("{} in {took}", self.style.good("resolved")),
            Err(_) => format!("{} after {took}", self.style.bad("failed")),
        }
    }
}

/// The engine's own JSON text, passed on as it is.
fn value(outcome: &Outcome) -> Option<&RawValue> {
    let json = outcome.result.as_ref().ok()?.as_deref()?;
    serde_json::from_str(json).ok()
}

fn pretty(value: &RawValue) -> String {
    let parsed = serde_json::from_str::<serde_json::Value>(value.get());
    parsed.and_then(|v| serde_json::to_string_pretty(&v)).unwrap_or_else(|_| value.to_string())
}

fn failure(error: &RunError) -> Vec<String> {
    let mut lines = vec![format!("{}: {}", error.code.as_str(), error.message)];
    lines.extend(error.script_code.iter().map(|code| format!("code: {code}")));
    lines.extend(error.cause.iter().map(|cause| format!("cause: {cause}")));
    let stack = error.stack.iter().flat_map(|stack| stack.lines());
    lines.extend(stack.map(|line| format!("    {}", line.trim())));
    lines
}

/// What the script changed on the simulated device, one line a thing.
fn left_behind(host: &HostState) -> impl Iterator<Item = String> {
    let kv = host.kv.iter().map(|(key, value)| format!("kv {key} = {value:?}"));
    let notifications = host.notifications.iter().map(|n| format!("notification {n}"));
    let badge = host.badge.iter().map(|count| format!("badge {count}"));
    let watch = host.watch.iter().map(|m| format!("watch {} {}", m.method, m.options));
    kv.chain(notifications).chain(badge).chain(watch).map(|line| format!("device: {line}"))
}

/// Shows that another run begins, since a file changed.
pub(super) fn separate(number: u64, changed: &Path) {
    let name = changed.file_name().unwrap_or_default().to_string_lossy();
    let line = format!("\n---- run {number}: {name} has changed ----\n");
    print(&Style::of_stdout().dim(&line));
}

fn tenths(milliseconds: f64) -> f64 {
    (milliseconds * 10.0).round() / 10.0
}

/// Writes at once; a reader that has gone is no reason to fail.
fn print(text: &str) {
    let mut out = io::stdout().lock();
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}
