//! One list of methods, and one of events, in everything that is generated: what the app compiles against, what the
//! platforms offer, what is handed on, and what the documentation shows. Each is read from its own text.

use std::{collections::BTreeSet, fs};

use background_runner_tests::root;
use walkdir::WalkDir;

/// A text of the package, and how names stand in it.
struct Side {
    path: &'static str,
    names: fn(&str) -> BTreeSet<String>,
}

const METHODS: [Side; 5] = [
    Side { path: "src/definitions.ts", names: interface_methods },
    Side {
        path: "android/src/main/java/io/ionic/backgroundrunner/BackgroundRunnerPlugin.kt",
        names: plugin_methods,
    },
    Side {
        path: "ios/Sources/CapacitorBackgroundRunner/BackgroundRunnerPlugin.swift",
        names: |text| between(text, "CAPPluginMethod(#selector(", "(_:))"),
    },
    Side {
        path: "ios/Sources/CapacitorBackgroundRunnerCore/Calls.swift",
        names: |text| between(text, "        case \"", "\":\n"),
    },
    Side { path: "README.md", names: headings },
];

const EVENTS: [Side; 4] = [
    Side { path: "src/definitions.ts", names: |text| between(text, "eventName: '", "'") },
    Side {
        path: "android/src/main/java/io/ionic/backgroundrunner/BackgroundRunnerPlugin.kt",
        names: |text| {
            let constants =
                text.lines().filter(|line| line.contains("const val BACKGROUND_RUNNER"));
            constants.flat_map(|line| between(line, " = \"", "\"")).collect()
        },
    },
    Side {
        path: "ios/Sources/CapacitorBackgroundRunnerCore/Calls.swift",
        names: |text| {
            let cases = text.lines().filter(|line| line.contains(": return \""));
            cases.flat_map(|line| between(line, ": return \"", "\"")).collect()
        },
    },
    Side { path: "README.md", names: |text| between(text, "\n### addListener('", "'") },
];

/// What stands between two texts, wherever they do.
fn between(text: &str, start: &str, end: &str) -> BTreeSet<String> {
    let found = text.split(start).skip(1).filter_map(|rest| rest.split_once(end));
    found.map(|(name, _)| name.to_owned()).collect()
}

/// What Capacitor offers for every plugin.
fn is_own(name: &str) -> bool {
    !["addListener", "removeListener", "removeAllListeners"].contains(&name)
}

/// The word that a line starts with.
fn first_word(text: &str) -> String {
    text.chars().take_while(|letter| letter.is_alphanumeric()).collect()
}

/// The methods of the interface that the plugin has in TypeScript.
fn interface_methods(text: &str) -> BTreeSet<String> {
    let body = text.split_once("export interface BackgroundRunnerPlugin {").expect("it is there").1;
    let body = body.split_once("\n}\n").expect("it ends").0;
    let members = body.lines().filter_map(|line| line.strip_prefix("  "));
    let names = members.map(|line| (first_word(line), line)).filter(|(name, line)| {
        is_own(name) && line[name.len()..].starts_with(['(', '<']) && !name.is_empty()
    });
    names.map(|(name, _)| name).collect()
}

/// The functions that Capacitor finds by their annotation.
fn plugin_methods(text: &str) -> BTreeSet<String> {
    let annotated = text.split("@PluginMethod").skip(1);
    let functions = annotated.filter_map(|rest| rest.split_once("fun ").map(|(_, rest)| rest));
    functions.map(first_word).filter(|name| is_own(name)).collect()
}

/// The methods that the reference has a section for.
fn headings(text: &str) -> BTreeSet<String> {
    let reference = text.split_once("\n## API\n").expect("there is a reference").1;
    let reference = reference.split_once("\n### Interfaces").expect("it ends").0;
    let titles = reference.lines().filter_map(|line| line.strip_prefix("### "));
    titles.filter(|title| title.contains('(')).map(first_word).filter(|name| is_own(name)).collect()
}

/// The sides that have other names than the first, each with what is too much or too little.
fn disagreements(sides: &[Side], read: impl Fn(&str) -> String) -> Vec<String> {
    let first = (sides[0].names)(&read(sides[0].path));
    assert!(!first.is_empty(), "{} has no names", sides[0].path);
    let others = sides.iter().map(|side| (side.path, (side.names)(&read(side.path))));
    let others = others.filter(|(_, names)| *names != first);
    others
        .map(|(path, names)| {
            format!("{path}: {:?}", names.symmetric_difference(&first).collect::<Vec<_>>())
        })
        .collect()
}

fn generated(path: &str) -> String {
    fs::read_to_string(root().join("generated").join(path)).expect("it is generated")
}

#[test]
fn every_side_has_the_same_methods_and_events() {
    assert_eq!(disagreements(&METHODS, generated), Vec::<String>::new());
    assert_eq!(disagreements(&EVENTS, generated), Vec::<String>::new());
}

/// The check is one: a name that only one side changes is found, on every side.
#[test]
fn a_name_that_one_side_changes_is_found() {
    for (sides, name) in [(&METHODS[..], "kvKeys"), (&EVENTS[..], "backgroundRunnerLog")] {
        for changed in sides {
            let read = |path: &str| {
                let text = generated(path);
                assert!(text.contains(name), "{path} has no `{name}`");
                if path == changed.path { text.replace(name, "renamed") } else { text }
            };
            assert_ne!(disagreements(sides, read), Vec::<String>::new(), "{}", changed.path);
        }
    }
}

/// `docs/native-defects.md` names tests; a test that is gone, or has another name, is found.
#[test]
fn the_tests_of_native_defects_exist() {
    let page = fs::read_to_string(root().join("docs/native-defects.md")).expect("it is there");
    let rows = page.lines().filter(|line| line.starts_with("| ")).skip(2);
    let named: BTreeSet<String> = rows
        .filter_map(|row| {
            row.splitn(3, '|').nth(2).map(|cells| cells.split('`').skip(1).step_by(2))
        })
        .flatten()
        .filter(|name| is_test(name))
        .map(str::to_owned)
        .collect();
    assert!(named.len() > 100, "{named:?}");
    let entries = WalkDir::new(root().join("tests")).into_iter().filter_map(Result::ok);
    let texts: Vec<String> = entries
        .filter(|entry| entry.path().extension().is_some_and(|it| it == "rs" || it == "swift"))
        .filter_map(|entry| fs::read_to_string(entry.path()).ok())
        .collect();
    let is_there = |name: &String| {
        let listed = format!("    {name}\n");
        let function = format!("{name}() {{");
        texts.iter().any(|text| text.contains(&listed) || text.contains(&function))
            || texts.iter().any(|text| text.contains(&format!("func {name}()")))
            || texts.iter().any(|text| text.contains(&format!("    \"{name}\": ")))
    };
    let missing: Vec<&String> = named.iter().filter(|name| !is_there(name)).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

/// Whether this is the name of a test: several words in lower case. A platform's names are not.
fn is_test(name: &str) -> bool {
    let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    name.matches('_').count() > 1 && !name.starts_with('_') && name.chars().all(is_plain)
}

/// Where the code of a language is, by the column of the glossary.
const LANGUAGES: [(&str, &[&str]); 5] = [
    ("Rust", &["runtime/src", "codegen"]),
    ("C", &["runtime/include"]),
    ("Swift", &["generated/ios/Sources"]),
    ("Kotlin", &["generated/android/src/main/java"]),
    ("TypeScript", &["generated/src", "generated/types", "schema"]),
];

#[test]
fn the_names_in_the_glossary_are_there() {
    let glossary = fs::read_to_string(root().join("docs/glossary.md")).expect("it is there");
    let rows: Vec<Vec<&str>> = glossary
        .lines()
        .filter(|line| line.starts_with("| "))
        .map(|line| line.trim_matches('|').split('|').map(str::trim).collect())
        .collect();
    let (head, rows) = (&rows[0], &rows[2..]);
    assert!(rows.len() > 20, "the glossary has {} rows", rows.len());
    let mut missing = Vec::new();
    for (language, places) in LANGUAGES {
        let column = head.iter().position(|it| *it == language).expect("there is a column");
        let text: String = places.iter().map(|place| all_of(place)).collect();
        for row in rows {
            let names = row[column].split('`').skip(1).step_by(2);
            let is_missing =
                |name: &&str| !text.split(|it: char| !is_of_name(it)).any(|it| it == *name);
            missing.extend(names.filter(is_missing).map(|name| format!("{language}: `{name}`")));
        }
    }
    assert!(missing.is_empty(), "the glossary names what is not there: {missing:?}");
}

fn is_of_name(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '_'
}

/// The texts of a folder's files, one after the other.
fn all_of(place: &str) -> String {
    let files = WalkDir::new(root().join(place)).into_iter().filter_map(Result::ok);
    files.filter_map(|file| fs::read_to_string(file.path()).ok()).collect()
}
