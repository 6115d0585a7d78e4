//! What `background-runner docgen` says when something is wrong: one message with the place and the
//! way out, also when it is silent, and the files stay as they were.

use std::{collections::BTreeMap, ffi::OsStr, fs, path::Path, process::Command};

use background_runner_tests::{background_runner, docgen};

const DEFINITIONS: &str = "export interface ShapesPlugin {\n  round(): void;\n}\n";
const README: &str =
    "# Shapes\n\n## API\n\n<docgen-index></docgen-index>\n\n<docgen-api></docgen-api>\n";
const BOTH: &[&str] = &["--api", "ShapesPlugin", "-r", "README.md", "-j", "docs.json"];

/// One thing that is wrong.
struct Case {
    name: &'static str,
    /// Files over those of a plugin in order; without a text they are missing.
    files: &'static [(&'static str, Option<&'static [u8]>)],
    arguments: &'static [&'static str],
    /// The exit codes in compatible mode, which are those of the original tool wherever that does
    /// not damage the file, and in clean mode.
    codes: [i32; 2],
    /// What is said on stderr: the place and the way out.
    said: &'static [&'static str],
    /// Whether it is no error, and so not said when silent.
    quiet: bool,
}

const fn case(
    name: &'static str,
    files: &'static [(&'static str, Option<&'static [u8]>)],
    codes: [i32; 2],
    said: &'static [&'static str],
) -> Case {
    Case { name, files, arguments: BOTH, codes, said, quiet: false }
}

const CASES: &[Case] = &[
    Case { arguments: &["-r", "README.md"], ..case("no name", &[], [1, 1], &["\"--api\""]) },
    Case {
        arguments: &["--api", "ShapesPlugin"],
        ..case("no output", &[], [1, 1], &["\"--output-readme\" or \"--output-json\""])
    },
    Case {
        arguments: &["--api", "ShapePlugin", "-r", "README.md", "-j", "docs.json"],
        ..case("a name that is not there", &[], [1, 1], &["`ShapePlugin`", "did you mean `ShapesPlugin`?"])
    },
    Case {
        arguments: &["--api", "Other", "-r", "README.md"],
        ..case("a name like none", &[], [1, 1], &["`Other`", "there are `ShapesPlugin`"])
    },
    case(
        "an empty file",
        &[("definitions.ts", Some(b""))],
        [1, 1],
        &["`ShapesPlugin`", "see `files` and `include`"],
    ),
    case(
        "no README",
        &[("README.md", None)],
        [1, 1],
        &["README.md\"", "create the file first"],
    ),
    Case {
        arguments: &["--api", "ShapesPlugin", "-r", "folder"],
        ..case("a README that is a folder", &[("folder/a", Some(b""))], [1, 1], &["folder\" (", "create the file"])
    },
    case(
        "a README in another encoding",
        &[("README.md", Some(b"# Caf\xe9\n\n<docgen-api></docgen-api>\n"))],
        [1, 1],
        &["README.md:1:6", "is not UTF-8", "save the file"],
    ),
    case(
        "a marker without an end",
        &[("README.md", Some(b"# Shapes\n\n<docgen-api>\n\nText\n"))],
        [0, 1],
        &["README.md:3:1", "`<docgen-api>` has no end", "write `</docgen-api>`"],
    ),
    case(
        "an end without a start",
        &[("README.md", Some(b"# Shapes\n\n</docgen-index>\n\nText\n"))],
        [0, 1],
        &["README.md:3:1", "`</docgen-index>` has no start", "write `<docgen-index>`"],
    ),
    case(
        "an end in front of the start",
        &[("README.md", Some(b"</docgen-api>\n\n<docgen-api>\n"))],
        [1, 1],
        &["README.md:", "docgen-api>`", "write "],
    ),
    Case {
        quiet: true,
        ..case(
            "no marker at all",
            &[("README.md", Some(b"# Shapes\n"))],
            [0, 0],
            &["README.md` has no markers", "`<docgen-api></docgen-api>`"],
        )
    },
    case("no tsconfig", &[("tsconfig.json", None)], [1, 1], &["tsconfig.json", "\"--project\""]),
    Case {
        arguments: &["--api", "ShapesPlugin", "-r", "README.md", "-p", "no.json"],
        ..case("another tsconfig", &[], [1, 1], &["no.json\"", "\"--project\""])
    },
    case(
        "a broken tsconfig",
        &[("tsconfig.json", Some(b"/* what\n counts */ {\n  // here\n  \"files\": [\"definitions.ts\",],\n  \"include\" []\n}"))],
        [1, 1],
        &["tsconfig.json:5:13", "expected `:`", "mend"],
    ),
    case(
        "a tsconfig that extends nothing",
        &[("tsconfig.json", Some(b"{ \"extends\": \"./base\", \"files\": [\"definitions.ts\"] }"))],
        [1, 1],
        &["./base\" (extended by", "Mend the path"],
    ),
    case(
        "a file that is not there",
        &[("tsconfig.json", Some(b"{\n  \"files\": [\"definitions.ts\", \"gone.ts\"]\n}"))],
        [0, 1],
        &["tsconfig.json:2:32", "gone.ts`, which is no file", "mend the path"],
    ),
    case(
        "definitions in another encoding",
        &[("definitions.ts", Some(b"export interface ShapesPlugin {\n  /** Caf\xe9. */\n  round(): void;\n}\n"))],
        [0, 1],
        &["definitions.ts:2:10", "is not UTF-8", "save the file"],
    ),
    case(
        "a syntax error",
        &[("definitions.ts", Some(b"export interface ShapesPlugin {\n  round(): void;\n}\nexport type X = ;\n"))],
        [1, 1],
        &["definitions.ts:4:17", "unexpected token", "`-- here", "mend them"],
    ),
    case(
        "a comment without an end",
        &[("definitions.ts", Some(b"export interface ShapesPlugin {\n  round(): void;\n}\n\n/* one */ // two\n/** Three.\nexport interface Box {}\n"))],
        [1, 1],
        &["definitions.ts:6:1", "this comment has no end", "mend them"],
    ),
    case(
        "a syntax error in an imported file",
        &[
            ("definitions.ts", Some(b"import type { Box } from './box';\nexport interface ShapesPlugin {\n  round(box: Box): void;\n}\n")),
            ("box.ts", Some(b"export interface Box {\n  a: ;\n}\n")),
        ],
        [1, 1],
        &["box.ts:2:6", "mend them"],
    ),
    case(
        "an export of a file that is not there",
        &[("definitions.ts", Some(b"export * from './missing';\nexport interface ShapesPlugin {\n  round(): void;\n}\n"))],
        [0, 1],
        &["definitions.ts:1:15", "`./missing` leads to no file", "mend the path"],
    ),
    case(
        "a base that nobody declares",
        &[("definitions.ts", Some(b"export interface ShapesPlugin extends Omit<Shape, 'a'> {\n  round(): void;\n}\n"))],
        [0, 1],
        &["definitions.ts:1:44", "nobody declares `Shape`", "install the package"],
    ),
    case(
        "a base from a package that is not installed",
        &[("definitions.ts", Some(b"import type { Shape } from 'shapes';\nexport interface ShapesPlugin extends Shape {\n  round(): void;\n}\n"))],
        [0, 1],
        &["definitions.ts:2:39", "nobody declares `Shape`", "install the package"],
    ),
    case(
        "a base that TypeScript declares",
        &[
            ("definitions.ts", Some(b"export interface ShapesPlugin extends EventTarget {\n  round(): void;\n}\n")),
            ("node_modules/typescript/lib/lib.es5.d.ts", Some(b"interface Array<T> {}\ninterface EventTarget { dispatchEvent(): void }\n")),
            ("node_modules/typescript/lib/lib.esnext.full.d.ts", Some(b"/// <reference lib=\"es5\" />\n")),
        ],
        [0, 0],
        &[],
    ),
    Case {
        quiet: true,
        ..case(
            "a second declaration",
            &[
                ("second.ts", Some(b"export interface ShapesPlugin {}\n")),
                ("tsconfig.json", Some(b"{ \"files\": [\"definitions.ts\", \"second.ts\"] }")),
            ],
            [0, 0],
            &["second.ts:1:18", "two files declare `ShapesPlugin`", "rename one"],
        )
    },
    Case {
        arguments: &["--api", "ShapesPlugin", "-j", "folder", "-r", "README.md"],
        ..case("an output that is a folder", &[("folder/a", Some(b""))], [1, 1], &["folder\" cannot be written", "the path of a file"])
    },
    Case {
        arguments: &["--api", "ShapesPlugin", "-j", "tsconfig.json/docs.json", "-r", "README.md"],
        ..case("an output below a file", &[], [1, 1], &["docs.json\" cannot be written", "give another one"])
    },
];

/// A plugin's folder, changed as the case says.
fn plugin(case: &Case) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("there is room for a folder");
    let own: [(&str, Option<&[u8]>); 3] = [
        ("definitions.ts", Some(DEFINITIONS.as_bytes())),
        ("README.md", Some(README.as_bytes())),
        ("tsconfig.json", Some(br#"{ "files": ["definitions.ts"] }"#)),
    ];
    for (name, text) in own.iter().chain(case.files) {
        let path = folder.path().join(name);
        match text {
            Some(text) => {
                let parent = path.parent().expect("it is in a folder");
                fs::create_dir_all(parent).expect("the folder is ours");
                fs::write(path, text).expect("the folder is ours");
            }
            None => fs::remove_file(path).expect("it is there"),
        }
    }
    folder
}

/// Every file of a folder.
fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    for entry in fs::read_dir(folder).expect("it is a folder").flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        if entry.path().is_dir() {
            files.extend(self::files(&entry.path()));
        } else {
            files.insert(name, fs::read(entry.path()).expect("it is a file"));
        }
    }
    files
}

#[test]
fn what_is_wrong_is_told_with_its_place_and_the_way_out() {
    for case in CASES {
        for (mode, code) in ["compatible", "clean"].into_iter().zip(case.codes) {
            for silent in [false, true] {
                let folder = plugin(case);
                let before = files(folder.path());
                let mut arguments = [case.arguments, &["--mode", mode]].concat();
                arguments.extend(silent.then_some("--silent"));
                let output = docgen(folder.path(), &arguments);
                let said = String::from_utf8_lossy(&output.stderr);
                let context = format!("{}, {arguments:?}: {said}", case.name);
                assert_eq!(output.status.code(), Some(code), "{context}");
                let is_told = !(silent && case.quiet);
                for words in case.said {
                    assert_eq!(said.matches(words).count() > 0, is_told, "{words}: {context}");
                }
                assert_eq!(
                    said.matches("DocGen Error").count(),
                    usize::from(code == 1),
                    "{context}"
                );
                assert!(!silent || output.stdout.is_empty(), "{context}");
                if code == 1 {
                    assert_eq!(files(folder.path()), before, "{context}");
                }
            }
        }
    }
}

#[cfg(unix)]
#[test]
fn what_cannot_be_written_stays() {
    use std::os::unix::fs::PermissionsExt as _;

    let case = case("fine", &[], [0, 0], &[]);
    let folder = plugin(&case);
    let readme = folder.path().join("README.md");
    let mut rights = fs::metadata(&readme).expect("it is there").permissions();
    rights.set_readonly(true);
    fs::set_permissions(&readme, rights).expect("it is ours");
    // Nothing is read-only for the superuser, who can be somebody else.
    let mut command = Command::new(background_runner());
    if fs::OpenOptions::new().write(true).open(&readme).is_ok() {
        let nobody = [
            OsStr::new("--reuid=65534"),
            OsStr::new("--clear-groups"),
            background_runner().as_os_str(),
        ];
        let able = Command::new("setpriv").args(nobody).arg("--version").output();
        if !able.is_ok_and(|output| output.status.success()) {
            return background_runner_tests::skipped("nothing is read-only for this user");
        }
        command = Command::new("setpriv");
        command.args(nobody);
        let all = fs::Permissions::from_mode(0o777);
        fs::set_permissions(folder.path(), all).expect("it is ours");
    }
    command.arg("docgen").args(BOTH).arg("--silent").current_dir(folder.path());
    let output = command.output().expect("the command line is built");
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("README.md\" cannot be written") && said.contains("writable"), "{said}");
    assert!(!folder.path().join("docs.json").exists(), "the other output is not written either");
}

#[test]
fn types_that_nobody_declares_are_told() {
    let folder = plugin(&case("fine", &[], [0, 0], &[]));
    for (mode, told) in [("compatible", true), ("clean", false)] {
        let output = docgen(folder.path(), &[BOTH, &["--silent", "--mode", mode]].concat());
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{said}");
        assert_eq!(said.contains("npm install --save-dev typescript"), told, "{said}");
    }
    let library = folder.path().join("node_modules/typescript/lib");
    fs::create_dir_all(&library).expect("the folder is ours");
    fs::write(library.join("lib.es5.d.ts"), "interface Array<T> {}\n").expect("it is ours");
    fs::write(library.join("lib.esnext.full.d.ts"), "/// <reference lib=\"es5\" />\n")
        .expect("it is ours");
    let output = docgen(folder.path(), &[BOTH, &["--silent"]].concat());
    assert!(output.status.success() && output.stderr.is_empty());
}

#[test]
fn a_check_fails_with_a_word_also_when_it_is_silent() {
    let stale = docgen(plugin(&CASES[0]).path(), &[BOTH, &["--check", "--silent"]].concat());
    assert_eq!(stale.status.code(), Some(1));
    let diff = String::from_utf8_lossy(&stale.stdout).into_owned();
    assert!(diff.contains("--- a/README.md\n") && diff.contains("+### round()"), "{diff}");
    let name = "a marker without an end";
    let case = CASES.iter().find(|case| case.name == name).expect("it is one of them");
    let folder = plugin(case);
    assert!(docgen(folder.path(), BOTH).status.success());
    let output = docgen(folder.path(), &[BOTH, &["--check", "--silent"]].concat());
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(case.said.iter().all(|words| said.contains(words)), "{said}");
    let lacking = docgen(plugin(&CASES[0]).path(), &[BOTH, &["--lint", "--silent"]].concat());
    assert_eq!(lacking.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&lacking.stderr).contains("`round` has no `@since`"));
}

/// A limit for the size of a file ends the process in the middle of the write, as nothing else does
/// here.
#[cfg(unix)]
#[test]
fn what_is_written_in_part_stays_and_a_link_stays_one() {
    let case = case("fine", &[], [0, 0], &[]);
    let folder = plugin(&case);
    let (readme, linked) = (folder.path().join("README.md"), folder.path().join("linked.md"));
    let old = fs::read_to_string(&readme).expect("it is there") + &"It stays.\n".repeat(400);
    fs::write(&linked, &old).expect("it can be written");
    fs::remove_file(&readme).expect("it is ours");
    std::os::unix::fs::symlink("linked.md", &readme).expect("the disk has links");
    let run = |limit: &str| {
        let mut command = Command::new("sh");
        command.args(["-c", &format!("ulimit -f {limit}; exec \"$@\""), "sh"]);
        command.arg(background_runner());
        command.args(["docgen", "--api", "ShapesPlugin", "-r", "README.md", "--silent"]);
        command.current_dir(folder.path()).status().expect("there is a shell").success()
    };
    assert!(!run("4"), "4 blocks are too small for the README");
    assert_eq!(fs::read_to_string(&linked).expect("it is there"), old);
    assert!(run("unlimited"));
    assert!(readme.is_symlink(), "the link is still one");
    assert_ne!(fs::read_to_string(&linked).expect("it is there"), old);
}
