//! How many instructions a dispatch takes, counted by callgrind: exact, whatever else the machine does.
//!
//! The counts are of this test's own build, so they say nothing about a release (`cargo xtask bench`
//! does); they say when a change makes every dispatch pay for something new.

use std::{
    env,
    num::NonZero,
    process::Command,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use background_runner::{
    FetchReply, FetchRequest, Host, HostCall, HostError, LogRecord, Reply, Request, Runner,
    RunnerSpec, Settings,
};
use background_runner_tests::or_skip;

/// What is counted in the process that this variable starts: `CASE RUNS`.
const CASE: &str = "BACKGROUND_RUNNER_COUNTED";

/// How a dispatch comes by its script, how often it is repeated, and the millions of instructions
/// that it may take: what it took when the bound was set, and a tenth.
const CASES: [(&str, usize, f64); 3] =
    [("small", 20, 1.85), ("bundle-from-source", 1, 45.9), ("bundle-from-bytecode", 2, 8.3)];

#[test]
fn a_dispatch_takes_no_more_instructions_than_it_did() {
    if let Ok(case) = env::var(CASE) {
        return dispatch(&case);
    }
    let mut complaints = Vec::new();
    for (case, runs, most) in CASES {
        let (short, long) = (or_skip!(counted(case, runs)), or_skip!(counted(case, 2 * runs)));
        #[expect(clippy::cast_precision_loss, reason = "a few runs")]
        let millions = (long - short) / runs as f64 / 1e6;
        println!("{case}: {millions:.3} million instructions");
        if millions > most {
            complaints.push(format!("{case}: {millions:.3} million instead of {most}"));
        }
    }
    assert!(complaints.is_empty(), "dispatches became slower: {complaints:?}");
}

/// The instructions of a process that makes so many dispatches.
fn counted(case: &str, runs: usize) -> Result<f64, String> {
    let this = env::current_exe().expect("a test is a program");
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .arg(this)
        .args(["--exact", "a_dispatch_takes_no_more_instructions_than_it_did"])
        .env(CASE, format!("{case} {runs}"))
        .output()
        .map_err(|error| format!("valgrind cannot be started: {error}"))?;
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "the dispatches of `{case}` failed: {said}");
    let count = said.lines().find_map(|line| line.split_once("Collected :")?.1.trim().parse().ok());
    count.ok_or_else(|| format!("callgrind counted nothing: {said}"))
}

/// Makes the dispatches of one case, and sees them through to the end of their worlds.
fn dispatch(case: &str) {
    let (name, runs) = case.split_once(' ').expect("a case and its runs");
    let script = if name == "small" { SMALL.to_owned() } else { bundle() };
    let loads = AtomicUsize::new(0);
    let spec = RunnerSpec { label: "runner".into(), src: "runner.js".into(), ..Default::default() };
    let settings =
        Settings { runners: vec![spec], max_concurrent: NonZero::new(1), ..Settings::default() };
    let host = Phone { script, is_edited: name == "bundle-from-source", loads };
    let runner = Runner::new(settings, Arc::new(host)).expect("the settings are valid");
    let request = |label: &str| Request {
        label: label.into(),
        event: "echo".into(),
        details: Some(r#"{"items":[1,2,3]}"#.into()),
        ..Request::default()
    };
    for _ in 0..runs.parse().expect("a number of runs") {
        let outcome = runner.run(request("runner"));
        assert_eq!(outcome.result, Ok(Some(r#"{"count":3}"#.to_owned())));
    }
    // The one thread is free for it when the last world is gone.
    assert!(runner.run(request("nobody")).result.is_err());
}

const SMALL: &str = "addEventListener('echo', (resolve, reject, args) => {
    const copy = JSON.parse(JSON.stringify(args));
    resolve({ count: copy.items.length });
});";

/// Hundreds of functions and classes, as a bundler writes them.
fn bundle() -> String {
    let parts: String = (0..200)
        .map(|n| {
            format!(
                "var f{n} = (a, b) => {{ const c = a.map(x => x + {n}); return b ? c : [...c, {{ n: {n} }}]; }};
                 class K{n} {{ constructor(v) {{ this.v = v; }} get w() {{ return f{n}(this.v); }} }}\n"
            )
        })
        .collect();
    format!("(() => {{\n{parts}\n{SMALL}\n}})();")
}

/// A phone that only hands out the runner.
struct Phone {
    script: String,
    /// Whether each load gives another text, so that no bytecode fits.
    is_edited: bool,
    loads: AtomicUsize,
}

impl Host for Phone {
    fn load(&self, _path: &str, reply: Reply) {
        let load = self.loads.fetch_add(1, Ordering::Relaxed);
        let edit = if self.is_edited { format!("// {load}") } else { String::new() };
        reply.ok(format!("{}\n{edit}", self.script).into_bytes());
    }

    fn call(&self, _call: HostCall, reply: Reply) {
        reply.fail(HostError::new("UNAVAILABLE", "this phone has no device"));
    }

    fn fetch(&self, _request: FetchRequest, reply: FetchReply) {
        reply.fail(HostError::new("UNAVAILABLE", "this phone has no network"));
    }

    fn log(&self, _record: &LogRecord<'_>) {}
}
