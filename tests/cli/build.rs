//! `background-runner build`: a runner and what it imports in one file, which does what they did.

use std::{
    fs,
    hash::{DefaultHasher, Hash as _, Hasher as _},
    path::Path,
    process::Command,
};

use background_runner_tests::{npm_packages, or_skip, root};
use serde_json::{Value, json};

use crate::{Bench, Ran, command};

/// A bundle of `main` of a case, whose files are told apart by lines of `--- path`; the first one is its
/// runner.
struct Case {
    name: String,
    expected: Value,
    bench: Bench,
    entry: String,
}

impl Case {
    fn read(path: &Path) -> Self {
        let name = path.file_stem().expect("it has a name").to_string_lossy().into_owned();
        let text = fs::read_to_string(path).expect("it can be read");
        let (expected, files) = text.split_once("\n--- ").expect("it has files");
        let expected = serde_json::from_str(expected.trim_start_matches("= "));
        let expected = expected.unwrap_or_else(|error| panic!("{name}: {error}"));
        let files: Vec<_> = files.split("\n--- ").map(|it| it.split_once('\n')).collect();
        let entry = files[0].expect("it has a text").0.to_owned();
        let bench = Bench::named("runner.js", "");
        for (path, text) in files.into_iter().flatten() {
            bench.write(path, text);
        }
        Self { name, expected, bench, entry }
    }

    /// What its event comes to, bundled with these options.
    fn value(&self, options: &[&str]) -> Value {
        let folder = self.bench.folder.path();
        let words = ["build", &self.entry, "--output", "out/runner.js"];
        let built = command(folder, words.iter().chain(options));
        assert_eq!(built.code, 0, "{}: {}{}", self.name, built.stdout, built.stderr);
        let code = fs::read_to_string(folder.join("out/runner.js")).expect("it was written");
        let ran = command(folder, ["run", "out/runner.js", "--event", "go", "--json"]);
        let line: Value = serde_json::from_str(&ran.stdout).unwrap_or_default();
        assert_eq!(line["outcome"], "resolved", "{}: {}{}\n{code}", self.name, line, ran.stderr);
        line["value"].clone()
    }
}

#[test]
fn a_bundle_means_what_its_files_meant() {
    let folder = root().join("tests/cli/build");
    let mut paths: Vec<_> = fs::read_dir(folder)
        .expect("the cases are there")
        .map(|entry| entry.expect("it can be read").path())
        .collect();
    paths.sort();
    assert!(paths.len() > 40, "the cases are there");
    let mut wrong = Vec::new();
    for path in paths {
        let case = Case::read(&path);
        let value = case.value(&[]);
        if value != case.expected {
            wrong.push(format!("{}: {value}, not {}", case.name, case.expected));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// An app whose runner imports a file of its own and a package.
fn app(files: &[(&str, &str)]) -> Bench {
    let bench = Bench::named("capacitor.config.json", CONFIG);
    bench.write("runners/background.ts", RUNNER);
    bench.write("runners/lib/deep.ts", DEEP);
    bench.write("node_modules/shouts/package.json", r#"{ "name": "shouts", "version": "1.0.0" }"#);
    bench.write("node_modules/shouts/index.js", PACKAGE);
    for (path, text) in files {
        bench.write(path, text);
    }
    bench
}

const CONFIG: &str = r#"{ "appId": "com.example.a", "webDir": "www", "plugins": { "BackgroundRunner": {
    "label": "a", "src": "runners/background.js" } } }"#;

const RUNNER: &str = "import shout from 'shouts';
import { deep } from './lib/deep';

interface Nothing { a: 1 }

/* ünïcödé 🎈 */ addEventListener('throws', () => { const 你好: string = '🎈'; deep(你好); });
addEventListener('calls', (resolve) => resolve(shout('hi')));
addEventListener('fails', () => {
  shout(undefined as never);
});
addEventListener('loops', () => {
  for (;;) Math.max(1, 2);
});
";

const DEEP: &str = "interface Settings { name: string }
export function deep(suffix: string): never {
  throw new TypeError(`deep${suffix}`);
}
";

const PACKAGE: &str = "'use strict';
module.exports = function shout(text) {
  return text.toUpperCase() + '!';
};
";

fn event(bench: &Bench, words: &[&str], event: &str) -> Value {
    let rest = ["--event", event, "--json", "--timeout", "1s"];
    let ran = command(bench.folder.path(), ["run"].iter().chain(words).chain(&rest));
    serde_json::from_str(&ran.stdout).unwrap_or_else(|_| panic!("{}{}", ran.stdout, ran.stderr))
}

#[test]
fn places_are_those_of_the_sources_in_a_run_and_in_what_was_built() {
    let bench = app(&[]);
    let built = command(bench.folder.path(), ["build"]);
    assert_eq!(built.code, 0, "{}", built.stderr);
    // As it is run, and as it is in the app.
    for words in [&[][..], &["www/runners/background.js"]] {
        let stack = |name: &str| {
            let line = event(&bench, words, name);
            line["error"]["stack"].as_str().unwrap_or_default().to_owned()
        };
        let thrown = stack("throws");
        let places: Vec<_> = thrown.lines().collect();
        assert!(places[0].contains("at deep (runners/lib/deep.ts:3:30)"), "{words:?}: {thrown}");
        assert!(places[1].contains("(runners/background.ts:6:83)"), "{words:?}: {thrown}");
        assert!(!thrown.contains("background.js"), "{words:?}: {thrown}");
        let failed = stack("fails");
        assert!(failed.contains("(node_modules/shouts/index.js:3:"), "{words:?}: {failed}");
        assert!(failed.contains("(runners/background.ts:9:9)"), "{words:?}: {failed}");
        assert_eq!(event(&bench, words, "calls")["value"], "HI!");
    }
    let looped = event(&bench, &[], "loops")["error"].clone();
    assert_eq!(looped["code"], "DEADLINE_EXCEEDED");
    assert!(looped["stack"].to_string().contains("(runners/background.ts:12:"), "{looped}");
}

#[test]
fn an_app_is_built_where_it_looks_for_its_runners() {
    let bench = app(&[]);
    let folder = bench.folder.path();
    let built = command(folder, ["build", "--json"]);
    assert_eq!((built.code, built.stderr.as_str()), (0, ""));
    let line: Value = serde_json::from_str(&built.stdout).expect("the line is JSON");
    let first = &line["built"][0];
    assert_eq!((&first["label"], &first["files"]), (&json!("a"), &json!(3)), "{line}");
    assert_eq!(first["file"], "www/runners/background.js", "{line}");
    assert_eq!(first["packages"], json!(["shouts"]), "{line}");
    let read = |path: &str| fs::read_to_string(folder.join(path)).expect("it was written");
    let code = read("www/runners/background.js");
    assert!(code.ends_with("//# sourceMappingURL=background.js.map\n"), "{code}");
    let map: Value = serde_json::from_str(&read("www/runners/background.js.map")).expect("JSON");
    let sources = json!([
        "../../node_modules/shouts/index.js",
        "../../runners/lib/deep.ts",
        "../../runners/background.ts",
    ]);
    assert_eq!((&map["version"], &map["sources"]), (&json!(3), &sources));

    let Ran { code, stdout, .. } = command(folder, ["build", "--no-map", "-o", "other/x.js"]);
    assert_eq!(code, 0, "{stdout}");
    assert!(stdout.starts_with("other/x.js: ") && stdout.contains("of 3 files, with shouts"));
    assert!(!read("other/x.js").contains("sourceMappingURL"));
    assert!(!folder.join("other/x.js.map").exists());
}

/// What stands in the way, planted in a file, and what is said of it: the place, and the way out.
const MISTAKES: [(&str, &str, &str, &str); 12] = [
    ("import './page.css';", "1:8", "is neither code nor JSON", "fetch"),
    ("import 'not-there';", "1:8", "there is no package `not-there`", "npm install not-there"),
    ("\nimport './lib/depe';", "2:8", "there is no file `./lib/depe`", ""),
    ("import './lib/Deep';", "1:8", "there is no file `./lib/Deep`", "there is `deep.ts`"),
    ("import fs from 'node:fs'; fs();", "1:16", "belongs to Node.js", "made for browsers"),
    ("import { deeep } from './lib/deep'; deeep();", "1:23", "exports no `deeep`", ""),
    ("import deep from './lib/deep'; deep();", "1:18", "exports no `default`", "import { deep }"),
    ("import 'https://a.example/x.js';", "1:8", "cannot be bundled", "download it"),
    ("import { deep } from './lib/deep'; deep = 1;", "1:36", "cannot be assigned", ""),
    ("import shout from 'shouts/none'; shout();", "1:19", "has no `none`", ""),
    ("enum A { B }", "1:1", "an `enum`", "constant object"),
    ("import data from './data.json'; data();", "2:2", "it is not JSON", ""),
];

#[test]
fn what_stands_in_the_way_has_its_place_and_a_way_out() {
    for (text, place, message, help) in MISTAKES {
        let bench = app(&[
            ("runners/background.ts", text),
            ("runners/data.json", "{\n}}"),
            ("runners/page.css", ""),
        ]);
        let built = command(bench.folder.path(), ["build", "--json"]);
        let line: Value = serde_json::from_str(&built.stdout).expect("the line is JSON");
        let error = &line["errors"][0];
        assert_eq!(built.code, 1, "{text}: {line}");
        assert_eq!(format!("{}:{}", error["line"], error["column"]), place, "{text}: {line}");
        let file = error["file"].as_str().unwrap_or_default();
        assert!(file.starts_with("runners/"), "{text}: {line}");
        let said = error["message"].as_str().unwrap_or_default();
        assert!(said.contains(message), "{text}: {line}");
        let way_out = format!("{}{said}", error["help"].as_str().unwrap_or_default());
        assert!(way_out.contains(help), "{text}: {line}");
        assert!(!bench.folder.path().join("www").exists(), "{text}: nothing is written");
        let shown = command(bench.folder.path(), ["build"]);
        assert!(shown.stderr.contains(message) && shown.stdout.is_empty(), "{}", shown.stderr);
    }
}

#[test]
fn what_cannot_be_built_is_told_before() {
    for (words, config, message) in [
        (&["build", "runners/none.ts"][..], CONFIG, "does not exist"),
        (&["build", "runners/lib/deep.ts"], CONFIG, "is the runner of no app"),
        (&["build", "--label", "b"], CONFIG, "has no runner `b`"),
        (&["build"], "{}", "has no runner"),
        (
            &["build", "runners/background.ts", "-o", "runners/lib/deep.ts"],
            CONFIG,
            "is a source of the bundle itself",
        ),
    ] {
        let bench = app(&[("capacitor.config.json", config)]);
        let ran = command(bench.folder.path(), words);
        assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{words:?}: {}", ran.stderr);
        assert!(ran.stderr.contains(message), "{words:?}: {}", ran.stderr);
    }
}

/// Those of `packages/` that every run bundles: modules, `CommonJS`, and both in one; the rest are for
/// `BACKGROUND_RUNNER_PACKAGES=1`.
const USUAL: [&str; 10] = [
    "axios",
    "crypto-js",
    "date-fns",
    "dayjs",
    "graphql-request",
    "ky",
    "qs",
    "rxjs",
    "supabase",
    "zod",
];

#[test]
fn a_bundle_of_packages_does_what_one_of_esbuild_does() {
    let folder = root().join("tests/cli/packages");
    let read = |name: &str| fs::read_to_string(folder.join(name)).expect("it can be read");
    let manifest: Value = serde_json::from_str(&read("package.json")).expect("it is JSON");
    let mut hasher = DefaultHasher::new();
    read("package.json").hash(&mut hasher);
    let name = format!("bundled-{:016x}", hasher.finish());
    let tools = or_skip!(npm_packages(&name, &manifest["dependencies"], &[]));
    let bench = tempfile::tempdir_in(&tools).expect("the cache folder can be written");
    fs::write(bench.path().join("host.json"), read("host.json")).expect("it is writable");
    let all = std::env::var_os("BACKGROUND_RUNNER_PACKAGES").is_some();
    let mut names: Vec<String> = fs::read_dir(&folder)
        .expect("it is there")
        .map(|it| it.expect("it can be read").file_name().to_string_lossy().into_owned())
        .filter_map(|name| name.strip_suffix(".ts").map(str::to_owned))
        .filter(|name| all || USUAL.contains(&name.as_str()))
        .collect();
    names.sort();
    assert!(names.len() >= USUAL.len());
    let mut wrong = Vec::new();
    for name in names {
        let file = format!("{name}.ts");
        fs::write(bench.path().join(&file), read(&file)).expect("it is writable");
        let theirs = Command::new(tools.join("node_modules/@esbuild/linux-x64/bin/esbuild"))
            .args([&file, "--bundle", "--format=iife", "--outfile=theirs.js", "--log-level=error"])
            .arg("--define:process.env.NODE_ENV=\"production\"")
            .current_dir(bench.path())
            .output()
            .expect("esbuild can be started");
        assert!(theirs.status.success(), "{name}: {}", String::from_utf8_lossy(&theirs.stderr));
        let ours = command(bench.path(), ["build", &file, "--output", "ours.js"]);
        assert_eq!(ours.code, 0, "{name}: {}", ours.stderr);
        let [theirs, ours] = ["theirs.js", "ours.js"].map(|file| {
            let words = ["run", file, "--event", "go", "--host", "host.json", "--json"];
            let ran = command(bench.path(), words);
            serde_json::from_str::<Value>(&ran.stdout).expect("the line is JSON")
        });
        if ours["outcome"] != "resolved" || ours["value"] != theirs["value"] {
            wrong.push(format!("{name}: {ours}\nesbuild: {theirs}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
