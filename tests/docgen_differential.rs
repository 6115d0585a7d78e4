//! `background-runner docgen` against the tool that it replaces: the same bytes, for published
//! plugins (`docgen/plugins.tsv`), for our own fixtures (`docgen/fixtures`) and for declarations out of
//! a grammar (`docgen/grammar.rs`).
//!
//! Both tools run on packages of exact versions from the npm registry, installed into the cache
//! folder once, as is what the original writes. Known differences stand in `docgen/differences.tsv`, each with its reason.

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

use background_runner_tests::{background_runner, cache_dir, or_skip, root};
use serde_json::json;

const README: &str = "# Plugin\n\n<docgen-index></docgen-index>\n\n## Configuration\n\n\
    <docgen-config></docgen-config>\n\n## API\n\n<docgen-api>\nold\n</docgen-api>\n\nThe end.\n";

const TOOLS: [(&str, &str); 4] = [
    ("@capacitor/docgen", "0.3.1"),
    ("@capacitor/core", "8.5.2"),
    ("@capacitor/cli", "7.6.9"),
    ("@types/node", "26.6.6"),
];

/// Names and texts.
type Files = Vec<(String, String)>;

struct Case {
    name: String,
    api: String,
    folder: PathBuf,
}

#[test]
fn docgen_writes_the_bytes_that_the_original_writes() {
    let workshop = or_skip!(workshop());
    let cases = cases(&workshop);
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
    let gone: Vec<&String> =
        known.iter().map(|row| &row[0]).filter(|name| !different.contains_key(*name)).collect();
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
    let folder = cache_dir().join("npm").join(format!("docgen-{:016x}", hash(&versions)));
    if !folder.join("complete").exists() {
        install(&folder, &versions)?;
        fs::write(folder.join("complete"), "").map_err(|error| error.to_string())?;
    }
    Ok(folder)
}

fn hash(value: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

fn install(folder: &Path, versions: &BTreeMap<&str, &str>) -> Result<(), String> {
    fs::create_dir_all(folder).map_err(|error| error.to_string())?;
    let manifest = json!({ "private": true, "dependencies": versions }).to_string();
    fs::write(folder.join("package.json"), manifest).map_err(|error| error.to_string())?;
    let arguments =
        "install --ignore-scripts --legacy-peer-deps --no-audit --no-fund --loglevel=error";
    run(folder, "npm", &arguments.split(' ').map(str::to_owned).collect::<Vec<_>>())
}

fn run(folder: &Path, program: &str, arguments: &[String]) -> Result<(), String> {
    let output = Command::new(program).args(arguments).current_dir(folder).output();
    let output = output.map_err(|error| format!("{program} cannot be started: {error}"))?;
    let error = String::from_utf8_lossy(&output.stderr);
    if output.status.success() { Ok(()) } else { Err(format!("{program} failed: {error}")) }
}

/// Every case in its own folder, which holds its input and is named after it: what the original
/// made of the same input before is still there.
fn cases(workshop: &Path) -> Vec<Case> {
    let published = table("plugins.tsv").into_iter().map(|row| {
        let entry = format!("../../node_modules/{}/{}", row[0], row[2]);
        // What is installed is not written.
        case(workshop, &row[0], &row[3], &entry, &[(entry.clone(), String::new())])
    });
    let ours = fixtures()
        .into_iter()
        .map(|(name, entry, files)| case(workshop, &name, "ShapesPlugin", &entry, &files));
    let generated = (1..=generated_files()).map(|seed| {
        let name = format!("generated{seed}.ts");
        let files = [(name.clone(), grammar::definitions(seed))];
        case(workshop, &name, "ShapesPlugin", &name, &files)
    });
    published.chain(ours).chain(generated).collect()
}

/// How many files come out of the grammar: `BACKGROUND_RUNNER_GRAMMAR_SEEDS`.
fn generated_files() -> u64 {
    let wanted = std::env::var("BACKGROUND_RUNNER_GRAMMAR_SEEDS").ok();
    wanted.and_then(|wanted| wanted.parse().ok()).unwrap_or(12)
}

fn case(workshop: &Path, name: &str, api: &str, entry: &str, sources: &[(String, String)]) -> Case {
    let options = json!({ "strict": true, "target": "es2017", "lib": ["dom", "es2017"] });
    let mut files = vec![
        (
            "tsconfig.json".to_owned(),
            json!({ "compilerOptions": options, "files": [entry] }).to_string(),
        ),
        ("case.json".to_owned(), json!({ "api": api, "npmName": name }).to_string()),
        ("expected.md".to_owned(), README.to_owned()),
    ];
    files.extend_from_slice(sources);
    let folder = format!("{}-{:016x}", name.replace('/', "+"), hash(&files));
    let folder = workshop.join("cases").join(folder);
    if !folder.join("complete").exists() {
        let own = files.iter().filter(|(file, _)| !file.starts_with(".."));
        for (file, text) in own {
            let path = folder.join(file);
            fs::create_dir_all(path.parent().expect("it is in the folder"))
                .expect("the cache folder can be written");
            fs::write(path, text).expect("the cache folder can be written");
        }
    }
    Case { name: name.to_owned(), api: api.to_owned(), folder }
}

/// What the original writes for the cases that it has not seen yet, in two processes.
fn run_the_original(workshop: &Path, cases: &[Case]) -> Result<(), String> {
    let fresh: Vec<String> = cases
        .iter()
        .filter(|case| !case.folder.join("complete").exists())
        .map(|case| text(&case.folder))
        .collect();
    let start = [text(&data("original.js")), text(&workshop.join("node_modules"))];
    let halves: Vec<_> = fresh.chunks(fresh.len().div_ceil(2).max(1)).collect();
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

fn data(name: &str) -> PathBuf {
    root().join("tests/docgen").join(name)
}

/// Our own cases: each a file, or a folder with an `index.ts`, as (name, entry, files). What stands
/// in comments and between tokens is tried with tabs and carriage returns too.
fn fixtures() -> Vec<(String, String, Files)> {
    let mut cases = Vec::new();
    for name in names(&data("fixtures")) {
        let path = data("fixtures").join(&name);
        if path.is_dir() {
            let files = names(&path).into_iter().map(|file| {
                (file.clone(), fs::read_to_string(path.join(file)).expect("it is a text"))
            });
            cases.push((name, "index.ts".to_owned(), files.collect()));
            continue;
        }
        let text = fs::read_to_string(&path).expect("it is a text");
        if ["config.ts", "jsdoc.ts", "members.ts", "shapes.ts"].contains(&name.as_str()) {
            let dos = vec![(name.clone(), with_tabs_and_returns(&text))];
            cases.push((format!("{name}, tabs and carriage returns"), name.clone(), dos));
        }
        cases.push((name.clone(), name.clone(), vec![(name, text)]));
    }
    cases
}

/// The files below a folder of fixtures, and the folders that have an `index.ts` of their own.
fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).expect("it is in the repository").flatten();
    let mut names: Vec<String> = Vec::new();
    for entry in entries {
        let name = entry.file_name().to_string_lossy().into_owned();
        if entry.path().is_dir() && folder != data("fixtures") {
            names.extend(self::names(&entry.path()).iter().map(|inner| format!("{name}/{inner}")));
        } else {
            names.push(name);
        }
    }
    names.sort();
    names
}

fn with_tabs_and_returns(text: &str) -> String {
    text.lines()
        .map(|line| {
            let rest = line.trim_start_matches(' ');
            format!("{}{rest}\r\n", "\t".repeat((line.len() - rest.len()) / 2))
        })
        .collect()
}

/// The rows of a list, without its comments.
fn table(name: &str) -> Vec<Vec<String>> {
    let text = fs::read_to_string(data(name)).expect("it is in the repository");
    let rows = text.lines().filter(|line| !line.starts_with('#') && !line.is_empty());
    rows.map(|row| row.split('\t').map(str::to_owned).collect()).collect()
}

fn text(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}
