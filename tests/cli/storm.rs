//! The allocation storm (contract D12): a row for each way through each global, which keeps what it makes
//! until its dispatch is out of memory, in a process that may not become larger than its limit allows.
//!
//! `BACKGROUND_RUNNER_STORM=1` has every row meet every limit with small, middling and large pieces, and
//! says on the way how far it is.

use std::{
    collections::{BTreeSet, VecDeque},
    env, fs,
    io::{self, Write as _},
    process::{Command, Stdio},
    sync::Mutex,
    thread,
    time::Instant,
};

use serde_json::{Value, json};

use crate::{Bench, command};

const SCRIPT: &str = include_str!("storm/storm.js");

/// Globals through which nothing is held: they are numbers, or give some, or are the place of one function.
const HOLD_NOTHING: [&str; 11] = [
    "Infinity",
    "Math",
    "NaN",
    "isFinite",
    "isNaN",
    "onerror",
    "onrejectionhandled",
    "onunhandledrejection",
    "parseFloat",
    "parseInt",
    "undefined",
];

/// The limits, in mebibytes.
const LIMITS: [usize; 5] = [8, 16, 32, 64, 128];

/// What a process may hold beyond its limit and what it holds for an empty dispatch, in mebibytes. The
/// contract has 24 with that, which the binary of a test, not optimised, may take for itself.
const BEYOND: usize = 16;

/// Rows that are fast enough to meet every limit each time.
const AT_EVERY_LIMIT: [&str; 14] = [
    "Array push",
    "ArrayBuffer",
    "Blob of blobs",
    "CompressionStream new",
    "Event",
    "FormData",
    "JSON parse",
    "Map",
    "Promise",
    "String split",
    "URL",
    "crypto SubtleCrypto generate",
    "setTimeout arguments",
    "structuredClone",
];

struct Storm {
    row: String,
    /// In mebibytes.
    limit: usize,
    /// How large its pieces are, in bytes.
    size: usize,
}

#[test]
fn d12_every_global_has_a_row_in_the_storm() {
    let rows = rows();
    let covered: BTreeSet<&str> = rows.iter().flat_map(|row| row.split(' ')).collect();
    let globals = told("globals");
    let missing: Vec<_> = globals
        .iter()
        .filter(|it| !covered.contains(it.as_str()) && !HOLD_NOTHING.contains(&it.as_str()))
        .collect();
    assert!(missing.is_empty(), "add rows to tests/cli/storm/storm.js for {missing:?}");
}

#[test]
fn d12_no_api_holds_memory_outside_the_limit() {
    let bench = bench();
    let (_, empty) = measured(&bench, &["--event", "rows"]);
    let storms = storms();
    let (all, start) = (storms.len(), Instant::now());
    let storms = Mutex::new(storms);
    let complaints = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for _ in 0..thread::available_parallelism().map_or(2, usize::from) {
            scope.spawn(|| {
                loop {
                    let (storm, left) = {
                        let mut storms = storms.lock().expect("no panic");
                        (storms.pop_front(), storms.len())
                    };
                    let Some(storm) = storm else { break };
                    if is_whole() && left % 100 == 0 {
                        tell(all - left, all, start);
                    }
                    if let Some(complaint) = storm.complaint(&bench, empty) {
                        complaints.lock().expect("no panic").push(complaint);
                    }
                }
            });
        }
    });
    let complaints = complaints.into_inner().expect("no panic");
    assert!(complaints.is_empty(), "\n{}", complaints.join("\n"));
}

/// Files that do not fit are refused before they are read: half a gibibyte of nothing, which no disk holds.
#[test]
fn d12_a_file_over_the_limit_is_not_read() {
    let bench = bench();
    bench.write("imports.mjs", "addEventListener('rows', () => import('./large.json'))");
    for name in ["large.js", "large.json"] {
        let file = fs::File::create(bench.folder.path().join(name)).expect("it is writable");
        file.set_len(512 << 20).expect("no disk is that full");
    }
    let options = ["--event", "rows", "--memory", "8MiB"];
    let (_, empty) = measured(&bench, &options);
    for file in ["large.js", "imports.mjs"] {
        let (line, resident) = measured_of(file, &bench, &options);
        assert_eq!(line["error"]["code"], "OUT_OF_MEMORY", "{file}: {line}");
        let most = (empty + (BEYOND << 20)).max(own_peak());
        assert!(resident <= most, "{file}: {resident} bytes");
    }
}

/// Says how far it is, past what gathers the output of tests.
fn tell(begun: usize, all: usize, start: Instant) {
    let seconds = start.elapsed().as_secs();
    let _ = writeln!(io::stderr(), "    storm {begun} of {all}, after {seconds} s");
}

fn storms() -> VecDeque<Storm> {
    let mut storms = VecDeque::new();
    for row in rows() {
        for limit in LIMITS {
            let sizes: &[usize] = match is_whole() {
                true => &[8, 64 << 10, limit << 16],
                false if limit == LIMITS[0] || AT_EVERY_LIMIT.contains(&row.as_str()) => {
                    &[64 << 10]
                }
                false => &[],
            };
            storms.extend(sizes.iter().map(|&size| Storm { row: row.clone(), limit, size }));
        }
    }
    storms
}

impl Storm {
    /// What is wrong with how it ends.
    fn complaint(&self, bench: &Bench, empty: usize) -> Option<String> {
        let whole = is_whole();
        let details = json!({ "row": self.row, "size": self.size, "whole": whole }).to_string();
        let memory = format!("{}MiB", self.limit);
        let options = ["--event", "storm", "--timeout", "60s", "--memory", &memory];
        let (line, resident) = measured(bench, &[&options[..], &["--details", &details]].concat());
        let most = empty + ((self.limit + BEYOND) << 20);
        let beyond = resident.saturating_sub(most.max(own_peak()));
        let code = &line["error"]["code"];
        // By itself, a row with small pieces may not come to a large limit in its minute.
        let is_slow = whole && code == "DEADLINE_EXCEEDED";
        let is_right = (code == "OUT_OF_MEMORY" || is_slow) && beyond == 0;
        (!is_right).then(|| {
            let Self { row, limit, size } = self;
            let message = &line["error"]["message"];
            format!("{row} ({size} bytes, {limit} MiB): {code} {message}, {beyond} bytes too many")
        })
    }
}

/// Whether every row meets every limit, and comes to it by itself.
fn is_whole() -> bool {
    env::var_os("BACKGROUND_RUNNER_STORM").is_some()
}

fn rows() -> Vec<String> {
    told("rows")
}

/// The list that the script resolves an event with.
fn told(event: &str) -> Vec<String> {
    let ran = command(bench().folder.path(), ["run", "storm.js", "--json", "--event", event]);
    let line: Value = serde_json::from_str(&ran.stdout).expect("the line is JSON");
    serde_json::from_value(line["value"].clone()).expect("a list of texts")
}

fn bench() -> Bench {
    let bench = Bench::named("storm.js", SCRIPT);
    bench
        .write("host.json", r#"{ "http": [{ "url": "http://simulated/", "body": "simulated" }] }"#);
    bench
}

/// The line of a run of the storm, and the most bytes that its process had resident.
fn measured(bench: &Bench, options: &[&str]) -> (Value, usize) {
    measured_of("storm.js", bench, options)
}

/// The same for any file.
#[expect(clippy::zombie_processes, reason = "`peak` waits for it, as the system's call wants")]
fn measured_of(file: &str, bench: &Bench, options: &[&str]) -> (Value, usize) {
    let output = bench.folder.path().join(format!("{:?}.json", thread::current().id()));
    let child = Command::new(background_runner_tests::background_runner())
        .args(["run", file, "--host", "host.json", "--json"])
        .args(options)
        .current_dir(bench.folder.path())
        .stdout(fs::File::create(&output).expect("it is writable"))
        .stderr(Stdio::null())
        .spawn()
        .expect("the binary starts");
    let resident = peak(child.id());
    let line = fs::read_to_string(output).expect("it was written");
    (serde_json::from_str(&line).unwrap_or(Value::Null), resident)
}

/// Waits for a child process, and gives the most bytes that it had resident at one time.
fn peak(process: u32) -> usize {
    let process = libc::pid_t::try_from(process).expect("it is a process");
    let mut usage = std::mem::MaybeUninit::<libc::rusage>::zeroed();
    let mut status = 0;
    // SAFETY: both places are writable, and the process is a child that nobody else waits for.
    let ended = unsafe { libc::wait4(process, &raw mut status, 0, usage.as_mut_ptr()) };
    assert_eq!(ended, process, "it ended");
    // SAFETY: the call has filled it.
    resident(&unsafe { usage.assume_init() })
}

/// The most bytes that this process had resident: a child begins as a copy of it, and the system counts
/// that as the child's.
fn own_peak() -> usize {
    let mut usage = std::mem::MaybeUninit::<libc::rusage>::zeroed();
    // SAFETY: the place is writable, and zeroed where the call does not fill it.
    let usage = unsafe {
        libc::getrusage(libc::RUSAGE_SELF, usage.as_mut_ptr());
        usage.assume_init()
    };
    resident(&usage)
}

fn resident(usage: &libc::rusage) -> usize {
    let unit = if cfg!(target_os = "linux") { 1024 } else { 1 };
    usize::try_from(usage.ru_maxrss).expect("it is a size") * unit
}
