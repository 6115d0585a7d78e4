//! What `background-runner diff` reports, from files, folders, archives and npm's cache; and that no
//! input makes the tools behind it panic.

use std::{
    fs::{self, File},
    io::{Read as _, Write as _},
    net::{TcpListener, TcpStream},
    path::Path,
    process::{Command, Output},
    thread,
};

use background_runner_tests::background_runner;
use docgen::{
    Disk, Options, Program,
    diff::{Declarations, changes},
};
use flate2::{Compression, write::GzEncoder};
use serde_json::{Value, json};
use typescript::parse_lenient;

const OLD: &str = "/** The plugin. */
export interface Plugin {
  /** Opens it. */
  open(options: Options): Promise<void>;
  /** Goes. */
  gone(): void;
  same(): Promise<Result>;
  /** Says it. */
  addListener(event: 'a', listener: (result: Result) => void): Promise<Handle>;
  addListener(event: 'b', listener: (result: Result) => void): Promise<Handle>;
}
export interface Options { x: string; y: number; mode?: Mode }
export interface Result { state: State; more?: string }
export interface Handle { remove: () => Promise<void>; }
export type Mode = 'fast' | 'slow';
export type State = 'on' | 'off';
export enum Level { A, B }
";

const NEW: &str = "/** The plugin, as it is now. */
export interface Plugin {
  /**
   * Opens it.
   *
   * @deprecated use `start`
   */
  open(options: Options, how?: string): Promise<void>;
  same(): Promise<Result>;
  /** Says it. */
  addListener(event: 'a', listener: (result: Result) => void): Promise<Handle>;
  addListener(event: 'c', listener: (result: Result) => void): Promise<Handle>;
  addListener(event: 'b', listener: (result: Result) => void): Promise<Handle>;
  start(): Promise<number>;
}
export interface Options { x: string | number; y?: number; z: boolean; mode?: Mode }
export interface Result { state: State; more: string; extra: number }
export interface Handle { remove(): Promise<void> }
export type Mode = 'fast' | 'slow' | 'turbo';
export type State = 'on' | 'off' | 'unknown';
export enum Level { A, B = 5, C }
";

/// Every change from `OLD` to `NEW`, as `severity: path what`.
const CHANGES: [&str; 16] = [
    "breaking: `Level.B` changed",
    "breaking: `Options.z` is new and required",
    "breaking: `Plugin.gone` was removed",
    "breaking: `State` changed",
    "addition: `Level.C` is new",
    "addition: `Mode` changed",
    "addition: `Options.x` changed",
    "addition: `Options.y` changed",
    "addition: `Plugin.addListener('c')` is new",
    "addition: `Plugin.open` changed",
    "addition: `Plugin.start` is new",
    "addition: `Result.extra` is new",
    "addition: `Result.more` changed",
    "documentation: `Plugin` is documented otherwise",
    "documentation: `Plugin.open` is deprecated",
    "15 changes: 4 breaking, 9 additions, 2 of the documentation",
];

fn diff(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(background_runner())
        .arg("diff")
        .args(arguments)
        .current_dir(folder)
        .env("NO_COLOR", "1")
        .env("npm_config_cache", folder.join("cache"))
        .env("npm_config_fetch_retries", "0")
        .env("npm_config_update_notifier", "false")
        .output()
        .expect("the command line is built")
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn shown(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// A folder with both files.
fn workshop() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("there is room for a folder");
    fs::write(folder.path().join("old.ts"), OLD).expect("the folder is ours");
    fs::write(folder.path().join("new.ts"), NEW).expect("the folder is ours");
    folder
}

#[test]
fn changes_are_told_apart_by_whom_they_concern() {
    let folder = workshop();
    let output = diff(folder.path(), &["old.ts", "new.ts"]);
    let text = shown(&output);
    assert_eq!(output.status.code(), Some(1), "{text}{}", said(&output));
    let lines: Vec<&str> =
        text.lines().filter(|line| !line.starts_with(' ') && !line.is_empty()).collect();
    assert_eq!(lines, CHANGES, "{text}");
    // What changed is marked below it.
    assert!(
        text.contains("  - x: string\n  + x: string | number\n             ^^^^^^^^^\n"),
        "{text}"
    );
    assert!(text.contains("  + open(options: Options, how?: string): Promise<void>\n"), "{text}");
    assert!(text.contains("  + @deprecated use `start`\n"), "{text}");
}

#[test]
fn each_kind_of_change_has_its_severity() {
    let folder = tempfile::tempdir().expect("there is room for a folder");
    let mut wrong = String::new();
    for case in include_str!("docgen/changes.txt").split("\n== ").skip(1) {
        let (name, rest) = case.split_once('\n').expect("it has a name");
        let (old, rest) = rest.split_once("\n--\n").expect("it has an old text");
        let (new, expected) = rest.split_once("\n=>").expect("it has a new text");
        fs::write(folder.path().join("old.ts"), old).expect("the folder is ours");
        fs::write(folder.path().join("new.ts"), new).expect("the folder is ours");
        let output = diff(folder.path(), &["old.ts", "new.ts"]);
        let text = shown(&output);
        let lines: Vec<&str> =
            text.lines().filter(|line| !line.starts_with(' ') && !line.is_empty()).collect();
        let said = lines.split_last().map_or(&[][..], |(_, lines)| lines);
        let expected: Vec<&str> = expected.lines().filter(|line| !line.is_empty()).collect();
        if said != expected {
            wrong += &format!("== {name}\n{text}{}\n", self::said(&output));
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn a_file_is_the_same_as_itself() {
    let folder = background_runner_tests::root().join("tests/docgen");
    for fixtures in ["fixtures", "clean"] {
        for entry in fs::read_dir(folder.join(fixtures)).expect("it is a folder").flatten() {
            let path = entry.path().to_string_lossy().into_owned();
            if entry.path().extension().is_none_or(|end| end != "ts") {
                continue;
            }
            let output = diff(&folder, &[&path, &path]);
            let text = shown(&output);
            let is_fine =
                text.starts_with("no changes") || said(&output).contains("leads to no file");
            assert!(is_fine, "{path}: {text}{}", said(&output));
        }
    }
}

#[test]
fn nothing_is_said_to_be_nothing() {
    let folder = workshop();
    let output = diff(folder.path(), &["new.ts", "new.ts", "--fail-on", "documentation"]);
    assert!(output.status.success());
    assert_eq!(shown(&output), "no changes: both declare the same, with the same comments\n");
    let output = diff(folder.path(), &["new.ts", "new.ts", "--json"]);
    let json: Value = serde_json::from_str(&shown(&output)).expect("it is JSON");
    assert_eq!(json, json!({ "old": "new.ts", "new": "new.ts", "severity": null, "changes": [] }));
    let output = diff(folder.path(), &["new.ts", "new.ts", "--markdown"]);
    assert_eq!(shown(&output), "No changes of the API.\n");
}

#[test]
fn the_exit_code_is_that_of_the_severity_that_is_asked_for() {
    let folder = workshop();
    let write = |name: &str, text: &str| {
        fs::write(folder.path().join(name), text).expect("the folder is ours");
    };
    write("more.ts", &OLD.replace("gone(): void;", "gone(): void;\n  come(): void;"));
    write("said.ts", &OLD.replace("Opens it.", "Opens the box."));
    let code = |new: &str, level: &str| {
        diff(folder.path(), &["old.ts", new, "--fail-on", level]).status.code()
    };
    for (new, levels) in [
        ("new.ts", [Some(1), Some(1), Some(1), Some(0)]),
        ("more.ts", [Some(0), Some(1), Some(1), Some(0)]),
        ("said.ts", [Some(0), Some(0), Some(1), Some(0)]),
        ("old.ts", [Some(0), Some(0), Some(0), Some(0)]),
        ("nowhere.ts", [Some(2), Some(2), Some(2), Some(2)]),
    ] {
        let found =
            ["breaking", "addition", "documentation", "never"].map(|level| code(new, level));
        assert_eq!(found, levels, "{new}");
    }
}

#[test]
fn programs_and_release_notes_get_the_same_changes() {
    let folder = workshop();
    let output = diff(folder.path(), &["old.ts", "new.ts", "--json"]);
    assert_eq!(output.status.code(), Some(1));
    let json: Value = serde_json::from_str(&shown(&output)).expect("it is one line of JSON");
    assert_eq!(json["severity"], "breaking");
    let lines = json["changes"].as_array().expect("it is a list").iter().map(|change| {
        let text = |key: &str| change[key].as_str().expect("it is a text").to_owned();
        format!("{}: `{}` {}", text("severity"), text("path"), text("what"))
    });
    assert_eq!(lines.collect::<Vec<_>>(), CHANGES[..15]);
    let mode =
        json["changes"].as_array().and_then(|all| all.iter().find(|it| it["path"] == "Mode"));
    let expected = json!({
        "severity": "addition", "path": "Mode", "what": "changed",
        "old": "type Mode = 'fast' | 'slow'", "new": "type Mode = 'fast' | 'slow' | 'turbo'",
        "oldMark": [27, 27], "newMark": [27, 37],
    });
    assert_eq!(mode, Some(&expected));
    let markdown = shown(&diff(folder.path(), &["old.ts", "new.ts", "--markdown"]));
    insta::assert_snapshot!(markdown);
}

/// A package's folder whose types are spread over files.
fn package(folder: &Path, version: &str, text: &str) {
    let write = |name: &str, text: &str| {
        let path = folder.join(name);
        fs::create_dir_all(path.parent().expect("it is in a folder")).expect("the folder is ours");
        fs::write(path, text).expect("the folder is ours");
    };
    let (plugin, types) = text.split_once("export interface Options").expect("it has options");
    let types = format!("export interface Options{types}");
    write(
        "package.json",
        &json!({ "name": "@demo/plugin", "version": version, "types": "dist/esm/index.d.ts" })
            .to_string(),
    );
    write(
        "dist/esm/index.d.ts",
        "export * from './definitions';\nexport declare const Demo: import('./definitions').Plugin;\n",
    );
    let imports = "import type { Options, Result, Handle } from './types';\nexport { Level, Mode } from './types';\n";
    write("dist/esm/definitions.d.ts", &format!("{imports}{plugin}"));
    write("dist/esm/types.d.ts", &types);
    write("dist/esm/private.d.ts", "export interface Private { a: string }\n");
}

fn archive(folder: &Path, path: &Path) {
    let file = File::create(path).expect("the folder is ours");
    let mut tar = tar::Builder::new(GzEncoder::new(file, Compression::fast()));
    tar.append_dir_all("package", folder).expect("the folder can be read");
    tar.into_inner().and_then(GzEncoder::finish).expect("the folder is ours");
}

#[test]
fn folders_and_archives_are_compared_by_what_they_export() {
    let folder = workshop();
    let at = |name: &str| folder.path().join(name);
    package(&at("one"), "1.0.0", OLD);
    package(&at("two"), "2.0.0", NEW);
    archive(&at("one"), &at("one.tgz"));
    archive(&at("two"), &at("two.tgz"));
    // The sources of the second, as their author writes them.
    fs::create_dir_all(at("source/src")).expect("the folder is ours");
    fs::write(at("source/package.json"), "{}").expect("the folder is ours");
    fs::write(at("source/src/index.ts"), "import { registerPlugin } from '@capacitor/core'\nimport type { Plugin } from './definitions'\nexport const Demo = registerPlugin<Plugin>('Demo')\nexport type { Plugin, Mode } from './definitions'\nexport { Level } from './definitions'\n").expect("the folder is ours");
    fs::write(at("source/src/definitions.ts"), NEW.replace(';', "\n")).expect("the folder is ours");
    for (old, new) in
        [("one", "two"), ("one.tgz", "two.tgz"), ("one.tgz", "source"), ("one", "two.tgz")]
    {
        let output = diff(folder.path(), &[old, new]);
        let text = shown(&output);
        assert_eq!(output.status.code(), Some(1), "{old} {new}: {}", said(&output));
        let lines: Vec<&str> =
            text.lines().filter(|line| !line.starts_with(' ') && !line.is_empty()).collect();
        assert_eq!(lines, CHANGES, "{old} {new}:\n{text}");
        let same = diff(folder.path(), &[new, new]);
        assert!(same.status.success() && shown(&same).starts_with("no changes"), "{}", said(&same));
    }
}

#[test]
fn a_published_package_is_what_its_manifest_says() {
    let folder = workshop();
    let at = |name: &str| folder.path().join(name);
    let write = |name: &str, text: &str| {
        fs::create_dir_all(at(name).parent().expect("it is in a folder")).expect("it is ours");
        fs::write(at(name), text).expect("the folder is ours");
    };
    // Its sources are another revision than what it ships.
    package(&at("one"), "1.0.0", OLD);
    write("one/src/index.ts", "export interface Source { a: string }\n");
    archive(&at("one"), &at("one.tgz"));
    let exports = json!({ ".": { "import": { "types": "./esm/index.d.mts" } } });
    write("two/package.json", &json!({ "name": "two", "exports": exports }).to_string());
    write("two/esm/index.d.mts", "export * from './more.mjs';\n");
    write("two/esm/more.d.mts", NEW);
    archive(&at("two"), &at("two.tgz"));
    write("two/other.ts", "import './pictures/a.svg';\nexport * from './esm/more.mjs';\n");
    write("two/pictures/a.svg", "<svg/>");
    for (old, new) in [("one.tgz", "two.tgz"), ("one.tgz", "two"), ("old.ts", "two/other.ts")] {
        let output = diff(folder.path(), &[old, new]);
        let text = shown(&output);
        assert_eq!(output.status.code(), Some(1), "{old} {new}: {}", said(&output));
        for line in CHANGES.iter().filter(|line| line.starts_with("breaking")) {
            assert!(text.contains(line), "{old} {new}: {line}: {text}");
        }
        assert!(!text.contains("Source"), "{text}");
    }
}

#[test]
fn what_cannot_be_compared_says_why() {
    let folder = workshop();
    let at = |name: &str| folder.path().join(name);
    fs::create_dir(at("empty")).expect("the folder is ours");
    fs::write(at("text.tgz"), "no archive").expect("the folder is ours");
    fs::write(at("broken.ts"), "export interface A {\n  a: ;\n}\n").expect("the folder is ours");
    fs::create_dir_all(at("bad/src")).expect("the folder is ours");
    fs::write(at("bad/src/index.ts"), "export interface A {\n  a: ;\n}\n").expect("it is ours");
    fs::create_dir_all(at("mute/src")).expect("the folder is ours");
    fs::write(at("mute/src/index.ts"), "export {};\n").expect("it is ours");
    fs::write(at("nothing.ts"), "").expect("the folder is ours");
    fs::write(at("lost.ts"), "export * from './missing';\n").expect("the folder is ours");
    fs::write(at("latin.ts"), b"/** Caf\xe9. */\nexport interface A {}\n").expect("it is ours");
    for (name, words) in [
        ("nothing.ts", "`nothing.ts` exports no declarations"),
        ("lost.ts", "`./missing` leads to no file"),
        ("latin.ts", "is not UTF-8"),
        ("empty", "`empty` has no declarations"),
        ("text.tgz", "`text.tgz` is no archive of a package"),
        ("broken.ts", "broken.ts:2:6"),
        ("bad", "index.ts:2:6"),
        ("mute", "`mute` exports no declarations"),
        ("nowhere/at/all", "cannot read `nowhere/at/all`"),
    ] {
        let output = diff(folder.path(), &["old.ts", name]);
        assert_eq!(output.status.code(), Some(2), "{name}");
        assert!(said(&output).contains(words), "{name}: {}", said(&output));
    }
}

/// A registry that knows one package, until it has said `answers` times what that is.
fn registry(archive: Vec<u8>, answers: usize) -> (String, thread::JoinHandle<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
    let address = format!("http://{}", listener.local_addr().expect("it has an address"));
    let base = address.clone();
    let serving = thread::spawn(move || {
        for stream in listener.incoming().take(answers) {
            answer(&mut stream.expect("npm asks"), &base, &archive);
        }
    });
    (address, serving)
}

fn answer(stream: &mut TcpStream, base: &str, archive: &[u8]) {
    let mut request = Vec::new();
    let mut byte = [0];
    while !request.ends_with(b"\r\n\r\n") && stream.read(&mut byte).unwrap_or(0) == 1 {
        request.push(byte[0]);
    }
    let is_archive = request.starts_with(b"GET /plugin.tgz");
    let manifest = json!({
        "name": "@demo/plugin",
        "dist-tags": { "latest": "1.2.0" },
        "versions": { "1.2.0": {
            "name": "@demo/plugin", "version": "1.2.0",
            "dist": { "tarball": format!("{base}/plugin.tgz") },
        } },
    });
    let (body, kind) = if is_archive {
        (archive.to_vec(), "application/octet-stream")
    } else {
        (manifest.to_string().into_bytes(), "application/json")
    };
    let head = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    );
    let _ = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(&body));
}

#[test]
fn a_package_by_its_name_comes_from_the_cache_of_npm() {
    if Command::new("npm").arg("--version").output().is_err() {
        println!("skipped: npm is not installed");
        return;
    }
    let folder = workshop();
    let at = |name: &str| folder.path().join(name);
    package(&at("one"), "1.2.0", OLD);
    package(&at("two"), "2.0.0", NEW);
    archive(&at("one"), &at("one.tgz"));
    let (address, serving) = registry(fs::read(at("one.tgz")).expect("it was written"), 2);
    fs::write(at(".npmrc"), format!("registry={address}/\n")).expect("the folder is ours");
    // The first time from the registry; then, when that is gone, from the cache.
    for _ in 0..2 {
        let output = diff(folder.path(), &["@demo/plugin@1", "two"]);
        let text = shown(&output);
        assert_eq!(output.status.code(), Some(1), "{}", said(&output));
        assert!(text.ends_with(&format!("{}\n", CHANGES[15])), "{text}");
    }
    serving.join().expect("it answered");
    let output = diff(folder.path(), &["@demo/other@1", "two"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(said(&output).contains("there is no `@demo/other@1` here"), "{}", said(&output));
}

/// One file.
struct Memory(String);

impl Disk for Memory {
    fn read(&self, path: &str) -> Option<String> {
        self.is_file(path).then(|| self.0.clone())
    }

    fn is_file(&self, path: &str) -> bool {
        path == DAMAGED
    }

    fn folders(&self, _: &str) -> Vec<String> {
        Vec::new()
    }

    fn sources(&self, _: &str) -> Vec<String> {
        Vec::new()
    }
}

const DAMAGED: &str = "/plugin/damaged.ts";

/// Every cut and many substitutions of real files: a result or errors, never a panic.
#[test]
fn damaged_files_end_in_errors() {
    let text = include_str!("docgen/fixtures/shapes.ts");
    let junk =
        ["{", "}", "<", ">", "`", "'", "/*", "*/", "\u{feff}", "é", "@", "\r", "", "?:", "=>"];
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    for _ in 0..600 {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        let pick = |bound: usize, shift: u32| usize::try_from(state >> shift).unwrap_or(0) % bound;
        let boundaries: Vec<usize> = text.char_indices().map(|(at, _)| at).collect();
        let (from, length) = (boundaries[pick(boundaries.len(), 3)], pick(40, 17));
        let to = boundaries.iter().copied().find(|&at| at >= from + length).unwrap_or(text.len());
        let damaged = format!("{}{}{}", &text[..from], junk[pick(junk.len(), 29)], &text[to..]);
        let (module, errors) = parse_lenient("damaged.ts", &damaged);
        for error in &errors {
            assert!(error.span.offset() + error.span.len() <= damaged.len());
        }
        drop(module);
        let options = Options { no_default_lib: true, ..Options::default() };
        let program = Program::load(&Memory(damaged), &[DAMAGED.to_owned()], options, "/plugin");
        let both = Declarations::new(&program, DAMAGED);
        assert_eq!(changes(&both, &both), []);
    }
}
