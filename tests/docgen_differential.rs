//! `background-runner docgen` against the tool that it replaces: the same bytes, for published
//! plugins (`docgen/plugins.tsv`) and for our own fixtures (`docgen/fixtures`).
//!
//! Both tools run on packages of exact versions from the npm registry, installed into the cache
//! folder once. Known differences stand in `docgen/differences.tsv`, each with its reason.

use std::{
    collections::{BTreeMap, hash_map::DefaultHasher},
    fs,
    hash::{Hash as _, Hasher as _},
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

struct Case {
    name: String,
    api: String,
    entry: String,
}

#[test]
fn docgen_writes_the_bytes_that_the_original_writes() {
    let folder = or_skip!(workshop());
    let cases = cases(&folder);
    let known = table("differences.tsv");
    let next = AtomicUsize::new(0);
    let different = Mutex::new(BTreeMap::new());
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while let Some(case) = cases.get(next.fetch_add(1, Ordering::Relaxed)) {
                    if let Some(diff) = difference(&folder, case) {
                        different.lock().expect("no thread panics").insert(case.name.clone(), diff);
                    }
                }
            });
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

/// The folder with both tools' input and the original's output.
fn workshop() -> Result<PathBuf, String> {
    let mut hasher = DefaultHasher::new();
    (TOOLS, README, fs::read_to_string(data("plugins.tsv")).map_err(|error| error.to_string())?)
        .hash(&mut hasher);
    for path in fixtures() {
        fs::read(path).map_err(|error| error.to_string())?.hash(&mut hasher);
    }
    let folder = cache_dir().join("npm").join(format!("docgen-{:016x}", hasher.finish()));
    if !folder.join("complete").exists() {
        fs::create_dir_all(&folder).map_err(|error| error.to_string())?;
        install(&folder)?;
        let cases = cases(&folder);
        cases
            .iter()
            .try_for_each(|case| prepare(&folder, case))
            .map_err(|error| error.to_string())?;
        let modules = folder.join("node_modules");
        let script = data("original.js");
        run(&folder, "node", &[&text(&script), &text(&modules), &text(&folder.join("cases"))])?;
        fs::write(folder.join("complete"), "").map_err(|error| error.to_string())?;
    }
    Ok(folder)
}

fn install(folder: &Path) -> Result<(), String> {
    let plugins = table("plugins.tsv");
    let plugins = plugins.iter().map(|row| (row[0].as_str(), row[1].as_str()));
    let list: BTreeMap<&str, &str> = TOOLS.into_iter().chain(plugins).collect();
    let manifest = json!({ "private": true, "dependencies": list }).to_string();
    fs::write(folder.join("package.json"), manifest).map_err(|error| error.to_string())?;
    let arguments =
        "install --ignore-scripts --legacy-peer-deps --no-audit --no-fund --loglevel=error";
    run(folder, "npm", &arguments.split(' ').collect::<Vec<_>>())
}

fn run(folder: &Path, program: &str, arguments: &[&str]) -> Result<(), String> {
    let output = Command::new(program).args(arguments).current_dir(folder).output();
    let output = output.map_err(|error| format!("{program} cannot be started: {error}"))?;
    let error = String::from_utf8_lossy(&output.stderr);
    if output.status.success() { Ok(()) } else { Err(format!("{program} failed: {error}")) }
}

fn cases(folder: &Path) -> Vec<Case> {
    let published = table("plugins.tsv").into_iter().map(|row| Case {
        entry: text(&folder.join("node_modules").join(&row[0]).join(&row[2])),
        name: row[0].clone(),
        api: row[3].clone(),
    });
    let ours = fixtures().into_iter().map(|path| {
        let name = path.file_name().expect("it is a file").to_string_lossy().into_owned();
        // Beside the packages, so that its imports find them.
        let entry = folder.join(&name);
        fs::copy(&path, &entry).expect("the cache folder can be written");
        Case { name, api: "ShapesPlugin".to_owned(), entry: text(&entry) }
    });
    published.chain(ours).collect()
}

fn case_folder(folder: &Path, case: &Case) -> PathBuf {
    folder.join("cases").join(case.name.replace('/', "+"))
}

fn prepare(folder: &Path, case: &Case) -> std::io::Result<()> {
    let folder = case_folder(folder, case);
    fs::create_dir_all(&folder)?;
    let entry = format!(
        "../../{}",
        case.entry
            .rsplit_once("/docgen-")
            .map_or("", |(_, path)| { path.split_once('/').map_or("", |(_, path)| path) })
    );
    let options = json!({ "strict": true, "target": "es2017", "lib": ["dom", "es2017"] });
    let tsconfig = json!({ "compilerOptions": options, "files": [entry] });
    fs::write(folder.join("tsconfig.json"), tsconfig.to_string())?;
    fs::write(
        folder.join("case.json"),
        json!({ "api": case.api, "npmName": case.name }).to_string(),
    )?;
    fs::write(folder.join("expected.md"), README)
}

/// What differs between the original's files and ours, if anything does.
fn difference(folder: &Path, case: &Case) -> Option<String> {
    let folder = case_folder(folder, case);
    fs::write(folder.join("ours.md"), README).expect("the cache folder can be written");
    let output = Command::new(background_runner())
        .args(["docgen", "--silent", "--api", &case.api, "-r", "ours.md", "-j", "ours.json"])
        .current_dir(&folder)
        .env("npm_package_name", &case.name)
        .output()
        .expect("the command line is built");
    if folder.join("error.txt").exists() {
        return output.status.success().then(|| "the original fails here".to_owned());
    }
    let read = |name: &str| fs::read_to_string(folder.join(name)).unwrap_or_default();
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

fn fixtures() -> Vec<PathBuf> {
    let entries = fs::read_dir(data("fixtures")).expect("it is in the repository");
    let mut paths: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    paths.sort();
    paths
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
