//! `background-runner docgen` against the tool that it replaces: the same bytes, for published
//! plugins (`docgen/plugins.tsv`), for our own fixtures (`docgen/fixtures`) and for declarations out of
//! a grammar (`docgen/grammar.rs`); as they are, as Prettier writes them without semicolons, and as it
//! writes them with tabs, carriage returns and short lines. In the two other forms, every plugin is
//! tried where `BACKGROUND_RUNNER_DOCGEN_FORMS` is set, else a part of them.
//!
//! Both tools run on packages of exact versions from the npm registry, installed into the cache
//! folder once, as is what the original writes. Known differences stand in `docgen/differences.tsv`, each with its reason.

#[path = "docgen/cases.rs"]
mod cases;
#[path = "docgen/grammar.rs"]
mod grammar;

use std::{
    collections::{BTreeMap, hash_map::DefaultHasher},
    fs,
    hash::{Hash, Hasher as _},
    path::{Path, PathBuf},
    process::Command,
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

use background_runner_tests::{background_runner, npm_packages, or_skip};
use cases::{Case, cases, data, table};
use serde_json::json;

const README: &str = "# Plugin\n\n<docgen-index></docgen-index>\n\n## Configuration\n\n\
    <docgen-config></docgen-config>\n\n## API\n\n<docgen-api>\nold\n</docgen-api>\n\nThe end.\n";

const TOOLS: [(&str, &str); 4] = [
    ("@capacitor/docgen", "0.3.1"),
    ("@capacitor/core", "8.5.2"),
    ("@capacitor/cli", "7.6.9"),
    ("@types/node", "26.6.6"),
];

/// What writes the other forms of a case.
const PRETTIER: (&str, &str) = ("prettier", "3.10.1");

#[test]
fn docgen_writes_the_bytes_that_the_original_writes() {
    let workshop = or_skip!(workshop());
    let cases = cases(&workshop, std::env::var_os("BACKGROUND_RUNNER_DOCGEN_FORMS").is_some());
    or_skip!(run_prettier(&workshop, &cases));
    or_skip!(run_the_original(&workshop, &cases));
    let known = table("differences.tsv");
    let different = Mutex::new(BTreeMap::new());
    two_at_a_time(&cases, |case| {
        if let Some(diff) = difference(case) {
            different.lock().expect("no thread panics").insert(case.name.clone(), diff);
        }
    });
    let different = different.into_inner().expect("no thread panics");
    println!("{} of {} cases are equal", cases.len() - different.len(), cases.len());
    let is_known = |name: &String| known.iter().any(|row| row[0] == *name);
    let new: Vec<&String> = different.keys().filter(|name| !is_known(name)).collect();
    let shown: String =
        new.iter().map(|name| format!("== {name}\n{}\n", different[*name])).collect();
    assert!(new.is_empty(), "{} cases differ:\n{shown}", new.len());
    let is_tried = |name: &&String| cases.iter().any(|case| case.name == **name);
    let names = known.iter().map(|row| &row[0]).filter(is_tried);
    let gone: Vec<&String> = names.filter(|name| !different.contains_key(*name)).collect();
    assert!(gone.is_empty(), "no longer different: take {gone:?} out of differences.tsv");
}

fn two_at_a_time<T: Sync>(items: &[T], work: impl Fn(&T) + Sync) {
    let next = AtomicUsize::new(0);
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while let Some(item) = items.get(next.fetch_add(1, Ordering::Relaxed)) {
                    work(item);
                }
            });
        }
    });
}

/// The folder with the packages of these versions, installed once.
fn workshop() -> Result<PathBuf, String> {
    let plugins = table("plugins.tsv");
    let versions: BTreeMap<&str, &str> = TOOLS
        .into_iter()
        .chain(plugins.iter().map(|row| (row[0].as_str(), row[1].as_str())))
        .collect();
    let name = format!("docgen-{:016x}", hash(&versions));
    npm_packages(&name, &json!(versions), &["--legacy-peer-deps"])
}

fn hash(value: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

fn run(folder: &Path, program: &str, arguments: &[String]) -> Result<(), String> {
    let output = Command::new(program).args(arguments).current_dir(folder).output();
    let output = output.map_err(|error| format!("{program} cannot be started: {error}"))?;
    let error = String::from_utf8_lossy(&output.stderr);
    if output.status.success() { Ok(()) } else { Err(format!("{program} failed: {error}")) }
}

/// Writes the forms of the cases that the original has not seen yet.
fn run_prettier(workshop: &Path, cases: &[Case]) -> Result<(), String> {
    let raw: Vec<_> = cases.iter().filter(|case| !case.is_complete() && case.is_raw()).collect();
    if raw.is_empty() {
        return Ok(());
    }
    let (name, version) = PRETTIER;
    let tools = npm_packages(&format!("{name}-{version}"), &json!({ name: version }), &[])?;
    in_two_processes(workshop, "prettier.js", &tools, &raw)
}

/// What the original writes for the cases that it has not seen yet.
fn run_the_original(workshop: &Path, cases: &[Case]) -> Result<(), String> {
    let fresh: Vec<_> = cases.iter().filter(|case| !case.is_complete()).collect();
    in_two_processes(workshop, "original.js", workshop, &fresh)
}

/// Runs a script of ours on the folders of cases, with the packages that are installed in `tools`.
fn in_two_processes(
    workshop: &Path,
    script: &str,
    tools: &Path,
    cases: &[&Case],
) -> Result<(), String> {
    let folders: Vec<String> = cases.iter().map(|case| text(&case.folder)).collect();
    let start = [text(&data(script)), text(&tools.join("node_modules"))];
    let halves: Vec<_> = folders.chunks(folders.len().div_ceil(2).max(1)).collect();
    let errors = Mutex::new(Vec::new());
    two_at_a_time(&halves, |half| {
        let done = run(workshop, "node", &[&start[..], half].concat());
        errors.lock().expect("no thread panics").extend(done.err());
    });
    errors.into_inner().expect("no thread panics").pop().map_or(Ok(()), Err)
}

/// What differs between the original's files and ours, if anything does.
fn difference(case: &Case) -> Option<String> {
    let folder = &case.folder;
    fs::write(folder.join("ours.md"), README).expect("the cache folder can be written");
    let _ = fs::remove_file(folder.join("ours.json"));
    let output = Command::new(background_runner())
        .args(["docgen", "--silent", "--api", &case.api, "-r", "ours.md", "-j", "ours.json"])
        .current_dir(folder)
        .env("npm_package_name", &case.name)
        .output()
        .expect("the command line is built");
    if let Ok(error) = fs::read_to_string(folder.join("error.txt")) {
        return output.status.success().then(|| format!("the original fails here: {error}"));
    }
    if !output.status.success() {
        return Some(format!("ours fails: {}", String::from_utf8_lossy(&output.stderr)));
    }
    let read = |name: &str| fs::read_to_string(folder.join(name)).expect("both tools wrote it");
    let diff: String = [("expected.json", "ours.json"), ("expected.md", "ours.md")]
        .into_iter()
        .filter_map(|(expected, ours)| {
            let (expected, ours) = (read(expected), read(ours));
            let diff = similar::TextDiff::from_lines(&expected, &ours);
            (expected != ours).then(|| diff.unified_diff().context_radius(1).to_string())
        })
        .collect();
    (!diff.is_empty()).then_some(diff)
}

fn text(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}
