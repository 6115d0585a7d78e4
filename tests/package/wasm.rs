//! The WebAssembly module in Node: the tests of the contract and of the web APIs again, with it in the
//! place of the runtime of this machine (`node/runner.rs`).

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
    thread,
    time::{Duration, Instant},
};

use background_runner_tests::{or_skip, root, target_dir};

use crate::{
    real::{toolchain, wasm},
    verify,
};

/// The test programs that can have another runner.
const PROGRAMS: [&str; 2] = ["contract", "web"];

/// What a test that cannot pass gets to fail in.
const PATIENCE: Duration = Duration::from_secs(10);

/// The most that may be excepted: one in so many.
const SHARE: usize = 20;

#[test]
fn b1_one_thread_is_shared_and_ended_by_its_clock() {
    holds("b1", &[]);
}

#[test]
fn b2_a_host_answers_at_once_what_a_script_waits_for() {
    holds("b2", &[]);
}

#[test]
fn b3_what_is_too_deep_is_a_range_error() {
    holds("b3", &[]);
}

#[test]
fn b4_time_zone_and_chance_are_the_embedders() {
    holds("b4", &[]);
}

#[test]
fn b5_an_instance_that_ends_is_replaced() {
    holds("b5", &["--stack-size=250"]);
}

/// Holds the module to a rule of `node/rules.mjs`, in a Node with these options.
fn holds(rule: &str, options: &[&str]) {
    let toolchain = or_skip!(toolchain());
    or_skip!(node());
    let module = wasm(&toolchain);
    let output = Command::new("node")
        .args(options)
        .arg(root().join("tests/node/rules.mjs"))
        .arg(root().join("generated/wasm/runtime.mjs"))
        .arg(module)
        .arg(rule)
        .env("TZ", "America/New_York")
        .output()
        .expect("Node can be started");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{said}");
}

#[test]
fn b1_b4_a_module_keeps_the_rest_of_the_contract() {
    let toolchain = or_skip!(toolchain());
    or_skip!(node());
    let module = wasm(&toolchain);
    println!("{}", verify(&module, &[]).expect("it stays good"));
    let programs = programs();
    let exceptions = exceptions();
    let (mut complaints, mut count) = (Vec::new(), scripts());
    for (name, program) in &programs {
        let all = list(program);
        count += all.len();
        let excepted: Vec<_> = all.iter().filter(|test| exceptions.contains_key(*test)).collect();
        let skips = excepted.iter().flat_map(|test| ["--skip", test.as_str()]);
        let output = run(program, &module, &["--exact", "--test-threads=2"])
            .args(skips)
            .output()
            .expect("it can be started");
        if !output.status.success() {
            complaints.push(format!("{name}:\n{}", failures(&output)));
        }
        for test in excepted {
            // One that depends on how quick the machine is passes now and then.
            if (0..3).all(|_| passes(program, &module, test)) {
                complaints.push(format!("`{test}` passes: take it off the list of the contract"));
            }
        }
    }
    let known = |test: &String| programs.values().any(|program| list(program).contains(test));
    complaints.extend(
        exceptions.keys().filter(|test| !known(test)).map(|test| format!("there is no `{test}`")),
    );
    println!("{} of {count} are excepted", exceptions.len());
    if exceptions.len() * SHARE > count {
        complaints.push(format!("{} of {count} are too many exceptions", exceptions.len()));
    }
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}

fn node() -> Result<(), String> {
    let output = Command::new("node").arg("--version").output();
    output.map(drop).map_err(|error| format!("there is no Node: {error}"))
}

/// The built test programs.
fn programs() -> BTreeMap<&'static str, PathBuf> {
    let built = |name: &'static str| {
        let output = Command::new(env!("CARGO"))
            .args(["test", "--package", "background-runner-tests", "--test", name, "--no-run"])
            .args(["--message-format", "json"])
            .current_dir(root())
            .env("CARGO_TARGET_DIR", target_dir())
            .output()
            .expect("cargo can be started");
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        let program = said
            .lines()
            .filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok())
            .filter(|message| message["target"]["name"] == name)
            .find_map(|message| message["executable"].as_str().map(PathBuf::from));
        (name, program.unwrap_or_else(|| panic!("`{name}` was not built:\n{said}")))
    };
    PROGRAMS.map(built).into()
}

/// The names of a program's tests.
fn list(program: &Path) -> Vec<String> {
    let output = Command::new(program).args(["--list", "--format", "terse"]).output();
    let text = String::from_utf8(output.expect("it can be started").stdout).expect("it is text");
    let names: Vec<_> =
        text.lines().filter_map(|line| line.strip_suffix(": test")).map(str::to_owned).collect();
    assert!(names.len() > 10, "{} has no tests", program.display());
    names
}

/// How many tests the standards' scripts have.
fn scripts() -> usize {
    let files = fs::read_dir(root().join("tests/web")).expect("the folder is there");
    let texts =
        files.filter_map(|file| fs::read_to_string(file.expect("it is listed").path()).ok());
    texts.map(|text| text.lines().filter(|line| line.starts_with("test(")).count()).sum()
}

fn run(program: &Path, module: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(program);
    command.args(arguments).env("BACKGROUND_RUNNER_WASM", module).current_dir(root().join("tests"));
    // There are thousands of allocations that may fail.
    command.env("BACKGROUND_RUNNER_SWEEP_STEP", "17");
    command
}

/// Whether a test passes in time.
fn passes(program: &Path, module: &Path, test: &str) -> bool {
    let mut child = run(program, module, &["--exact", test])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("it can be started");
    let start = Instant::now();
    while start.elapsed() < PATIENCE {
        if let Some(status) = child.try_wait().expect("it can be asked") {
            return status.success();
        }
        thread::sleep(Duration::from_millis(20));
    }
    let _ = child.kill();
    let _ = child.wait();
    false
}

/// What a program says of the tests that failed.
fn failures(output: &Output) -> String {
    let text = String::from_utf8_lossy(&output.stdout);
    text.split_once("\nfailures:\n").map_or_else(|| text.to_string(), |(_, rest)| rest.to_owned())
}

/// The tests that a module cannot pass, with the reasons: a list of the contract.
fn exceptions() -> BTreeMap<String, String> {
    let contract = fs::read_to_string(root().join("docs/contract.md")).expect("it is there");
    let rows = contract.lines().filter_map(|line| line.strip_prefix("| `")?.strip_suffix(" |"));
    rows.filter_map(|row| row.split_once("` | "))
        .filter(|(test, _)| PROGRAMS.iter().any(|_| test.contains("::") || test.starts_with('w')))
        .map(|(test, why)| (test.to_owned(), why.to_owned()))
        .collect()
}
