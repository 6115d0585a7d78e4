//! What a run shows: a log to read as it comes, or one line of JSON at the end.

use std::{
    io::{self, Write as _},
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
    logs: Mutex<Vec<Log>>,
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
    logs: &'a [Log],
    host: &'a HostState,
    duration_ms: f64,
    heap_peak_bytes: u64,
}

impl Output {
    pub(super) fn new(json: bool) -> Self {
        Self { json, style: Style::of_stdout(), logs: Mutex::default() }
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
    pub(super) fn outcome(&self, outcome: &Outcome, host: &HostState) {
        print(&if self.json { self.line(outcome, host) } else { self.readable(outcome, host) });
    }

    fn line(&self, outcome: &Outcome, host: &HostState) -> String {
        let line = Line {
            outcome: if outcome.result.is_ok() { "resolved" } else { "failed" },
            value: value(outcome),
            error: outcome.result.as_ref().err(),
            logs: &self.logs.lock().unwrap_or_else(PoisonError::into_inner),
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

    fn readable(&self, outcome: &Outcome, host: &HostState) -> String {
        let mut lines = vec![self.verdict(outcome)];
        lines.extend(value(outcome).map(pretty));
        lines.extend(outcome.result.as_ref().err().into_iter().flat_map(failure));
        lines.extend(left_behind(host));
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

fn tenths(milliseconds: f64) -> f64 {
    (milliseconds * 10.0).round() / 10.0
}

/// Writes at once; a reader that has gone is no reason to fail.
fn print(text: &str) {
    let mut out = io::stdout().lock();
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}
