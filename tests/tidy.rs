//! The invariants of ARCHITECTURE.md that a search through the text can hold.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use background_runner_tests::root;

/// Words that only some files may say, and why.
const RESERVED: [(&str, &[&str], &str); 4] = [
    (
        "swc_",
        &[
            "codegen/typescript/",
            "Cargo.toml",
            "tests/isolation.rs",
            "tests/web/support/hostile.rs",
        ],
        "only the parser knows swc, and two tests that read JavaScript",
    ),
    ("askama", &["codegen/src/emit/", "Cargo.toml", "askama.toml"], "only backends know askama"),
    ("quickjs_sys", &[], "the engine is reached through rquickjs"),
    ("tokio", &[], "the event loop is the runtime's own"),
];

/// What makes or grows a buffer that nobody is charged for: what a script makes the runtime hold is
/// `Charged` (see `runtime/src/engine/memory.rs`), what it makes the runtime say is `Cut`.
const BARE: [&str; 17] = [
    "Vec::new(",
    "vec![",
    "with_capacity(",
    "extend_from_slice(",
    ".to_vec()",
    ".concat()",
    ".join(",
    ".repeat(",
    ".to_lowercase()",
    ".to_uppercase()",
    ".into_owned()",
    "from_utf8_lossy(",
    "String::from(",
    "HashMap<",
    "HashSet<",
    "VecDeque<",
    "BTreeMap<",
];

/// Where a script's memory is made and held: files and folders of `runtime/src`.
const CHARGED: [&str; 15] = [
    "web/",
    "device/",
    "pump/stage.rs",
    "pump/turn.rs",
    "engine/native.rs",
    "engine/property.rs",
    "engine/value.rs",
    "world/mod.rs",
    "world/failure.rs",
    "world/handlers.rs",
    "world/questions.rs",
    "world/rejections.rs",
    "world/settle.rs",
    "world/timers.rs",
    "world/transfers.rs",
];

/// Places among these that may make a bare buffer, a part of the line, and why.
const BOUNDED: [(&str, &str, &str); 5] = [
    (
        "web/subtle",
        "",
        "inputs are charged as a whole, and what comes out is as long, or of a fixed length",
    ),
    ("web/crypto.rs", "with_capacity(36)", "the length of a UUID"),
    ("web/fetch.rs", "", "a request is charged as a whole before it is made"),
    ("device/arguments.rs", "parts.join(\" or \")", "words of a definition"),
    ("world/timers.rs", "order: BTreeMap<", "charged with the entry of each timer"),
];

/// What no file of the project says.
const FORBIDDEN: [&str; 5] = ["TODO", "FIXME", "todo!(", "unimplemented!(", "#[ignore"];

#[test]
fn every_rust_file_says_what_it_is() {
    let silent: Vec<_> = tracked()
        .into_iter()
        .filter(|path| path.extension().is_some_and(|extension| extension == "rs"))
        .filter(|path| {
            let text = read(path);
            !text.trim_start().starts_with("//!") && !text.starts_with("// Generated")
        })
        .collect();
    assert!(silent.is_empty(), "these files open without `//!`: {silent:?}");
}

#[test]
fn layers_keep_to_their_own_tools() {
    let mut complaints = Vec::new();
    for path in sources() {
        let (name, text) = (path.to_string_lossy().into_owned(), read(&path));
        for (word, allowed, why) in RESERVED {
            let said = text.lines().any(|line| line.contains(word) && !is_comment(line));
            if said && !allowed.iter().any(|place| name.contains(place)) {
                complaints.push(format!("{name} says `{word}`: {why}"));
            }
        }
    }
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}

#[test]
fn nothing_is_left_unfinished() {
    let mut complaints = Vec::new();
    for path in sources() {
        for (number, line) in read(&path).lines().enumerate() {
            if FORBIDDEN.iter().any(|word| line.contains(word)) {
                complaints.push(format!("{}:{}: {}", path.display(), number + 1, line.trim()));
            }
        }
    }
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}

#[test]
fn what_a_script_can_make_grow_is_charged() {
    let sources_of = root().join("runtime/src");
    let gone = CHARGED.iter().filter(|place| !sources_of.join(place).exists());
    let mut complaints: Vec<_> = gone.map(|place| format!("there is no {place}")).collect();
    for path in sources() {
        let Ok(place) = path.strip_prefix("runtime/src") else { continue };
        let place = place.to_string_lossy();
        if !CHARGED.iter().any(|guarded| place.starts_with(guarded)) {
            continue;
        }
        for (number, line) in read(&path).lines().enumerate().filter(|(_, it)| !is_comment(it)) {
            let is_bounded = BOUNDED
                .iter()
                .any(|(file, part, _)| place.starts_with(file) && line.contains(part));
            if let Some(word) = BARE.iter().find(|word| line.contains(**word) && !is_bounded) {
                complaints.push(format!("{place}:{}: `{word}` is not charged", number + 1));
            }
        }
    }
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}

#[test]
fn every_rule_of_the_contract_is_named_by_a_test() {
    let contract = read(Path::new("docs/contract.md"));
    let tests: String =
        sources().iter().filter(|path| path.starts_with("tests")).map(|path| read(path)).collect();
    let missing: Vec<_> = contract
        .lines()
        .filter_map(|line| line.strip_prefix("- **")?.split_once("**"))
        .map(|(id, _)| id)
        .filter(|id| !tests.contains(&format!("fn {}_", id.to_lowercase())))
        .collect();
    assert!(missing.is_empty(), "no test is named after {missing:?}");
}

#[test]
fn links_of_the_documents_lead_somewhere() {
    let mut complaints = Vec::new();
    for path in tracked() {
        let at_root = path.components().count() == 1 || path.starts_with("docs");
        if !at_root || path.extension().is_none_or(|extension| extension != "md") {
            continue;
        }
        let text = read(&path);
        for target in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            let file = target.split('#').next().unwrap_or_default();
            let folder = path.parent().unwrap_or(Path::new(""));
            if !file.is_empty() && !file.contains(':') && !root().join(folder).join(file).exists() {
                complaints.push(format!("{}: {target}", path.display()));
            }
        }
    }
    assert!(complaints.is_empty(), "dead links:\n{}", complaints.join("\n"));
}

/// The files that git tracks or would add, relative to the root.
fn tracked() -> Vec<PathBuf> {
    let output = Command::new("git")
        .args(["ls-files", "--cached", "--others", "--exclude-standard"])
        .current_dir(root())
        .output()
        .expect("git lists the files");
    let list = String::from_utf8(output.stdout).expect("our file names are UTF-8");
    list.lines().map(PathBuf::from).filter(|path| root().join(path).is_file()).collect()
}

/// The files that somebody writes: not the generated ones, not this one.
fn sources() -> Vec<PathBuf> {
    const WRITTEN: [&str; 10] = ["rs", "ts", "js", "mjs", "c", "h", "toml", "jinja", "swift", "kt"];
    tracked()
        .into_iter()
        .filter(|path| !path.starts_with("generated") && !path.ends_with("tests/tidy.rs"))
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| WRITTEN.iter().any(|known| extension == *known))
        })
        .collect()
}

fn is_comment(line: &str) -> bool {
    let line = line.trim_start();
    line.starts_with("//") || line.starts_with('#')
}

fn read(path: &Path) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_default()
}
