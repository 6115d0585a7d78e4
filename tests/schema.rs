//! What a schema generates, or what it is told. A case is a file in `schema/`, named after the
//! file of the project's own schema that it takes the place of.

use std::{collections::BTreeSet, fs, path::Path};

use background_runner_tests::root;
use codegen::{Files, Schema, SchemaError, generate, project};
use miette::{Diagnostic as _, GraphicalReportHandler, GraphicalTheme};
use similar::TextDiff;

/// The files whose text the cases show; the native halves have tests of their own.
const SHOWN: [&str; 6] =
    ["config.schema.json", "README.md", "runner.d.ts", "rust/", "src/", "package.json"];

#[test]
fn schemas() {
    insta::glob!("schema/*", |path| {
        let snapshot = match generate(&with(path)) {
            Ok(files) => changes(&files),
            Err(error) => report(&error),
        };
        insta::assert_snapshot!(snapshot);
    });
}

/// One runner's options stand at the top, or in an entry of `runners`: they are the same options.
#[test]
fn an_option_of_a_runner_means_the_same_in_both_places() {
    let text = fs::read_to_string(root().join("schema/config.schema.json")).expect("it is there");
    let schema: serde_json::Value = serde_json::from_str(&text).expect("it is JSON");
    let top = &schema["properties"];
    let entry = schema["$defs"]["RunnerConfig"]["properties"].as_object().expect("there are some");
    let words =
        ["default", "enum", "exclusiveMinimum", "items", "maximum", "minimum", "type", "$ref"];
    for (name, option) in entry.iter().filter(|(name, _)| top.get(name.as_str()).is_some()) {
        for word in words {
            assert_eq!(top[name].get(word), option.get(word), "`{word}` of `{name}`");
        }
    }
}

/// The project's schema, with a case instead of one of its files.
fn with(path: &Path) -> Schema {
    let case = path.file_name().expect("a case is a file").to_string_lossy();
    let replaced = match case.split('_').next().expect("every split has a first part") {
        "apis" => "apis.ts",
        "definitions" => "definitions.ts",
        "config" => "config.schema.json",
        "plugin" => "plugin.json",
        other => panic!("there is no schema file `{other}` to replace"),
    };
    let mut schema = own();
    schema.insert(replaced, fs::read_to_string(path).expect("the case can be read"));
    schema
}

fn own() -> Schema {
    project::read_schema(&root().join("schema")).expect("the schema can be read")
}

fn own_files() -> Files {
    generate(&own()).expect("the schema has no faults")
}

/// What a case generates that the project's schema does not: the lines that were added.
fn changes(files: &Files) -> String {
    let own = own_files();
    let mut text = String::new();
    for (path, new) in files {
        let old = own.get(path).unwrap_or_default();
        if old == new || !SHOWN.iter().any(|shown| path.starts_with(shown)) {
            continue;
        }
        text.push_str("=== ");
        text.push_str(path);
        text.push('\n');
        for change in TextDiff::from_lines(old, new).iter_all_changes() {
            if change.tag() == similar::ChangeTag::Insert {
                text.push_str(change.value());
            }
        }
    }
    text
}

/// The complaints as a person sees them.
fn report(error: &SchemaError) -> String {
    let mut text = String::new();
    GraphicalReportHandler::new_themed(GraphicalTheme::unicode_nocolor())
        .with_width(100)
        .render_report(&mut text, error)
        .expect("writing to a string cannot fail");
    text.lines().map(|line| line.trim_end().to_owned() + "\n").collect()
}

#[test]
fn a_missing_file_is_a_complaint() {
    let schema: Schema = own().iter().filter(|(name, _)| *name != "apis.ts").collect();
    let error = generate(&schema).expect_err("a file is missing");
    assert!(report(&error).contains("the schema has no file `apis.ts`"), "{}", report(&error));
}

#[test]
fn every_complaint_names_the_way_out() {
    for entry in fs::read_dir(root().join("tests/schema")).expect("the cases can be read") {
        let path = entry.expect("the cases can be read").path();
        let Err(error) = generate(&with(&path)) else { continue };
        for (file, complaint) in error.complaints() {
            let syntax = matches!(complaint, codegen::Complaint::Syntax { .. });
            assert!(syntax || complaint.help().is_some(), "{file}: {complaint}");
        }
    }
}

/// Words that mean something in one of the languages that are generated.
const WORDS: [&str; 48] = [
    "abstract",
    "as",
    "associatedtype",
    "async",
    "await",
    "box",
    "break",
    "case",
    "class",
    "const",
    "crate",
    "default",
    "defer",
    "do",
    "dyn",
    "enum",
    "extension",
    "fileprivate",
    "fn",
    "for",
    "fun",
    "func",
    "guard",
    "impl",
    "in",
    "init",
    "inout",
    "is",
    "let",
    "match",
    "mod",
    "move",
    "object",
    "operator",
    "package",
    "protocol",
    "ref",
    "self",
    "static",
    "struct",
    "super",
    "switch",
    "throw",
    "try",
    "typealias",
    "val",
    "when",
    "where",
];

/// Names of types that a standard library has, too.
const TYPES: [&str; 9] =
    ["Option", "Result", "Vec", "String", "Data", "List", "Map", "Error", "Self"];

#[test]
fn every_word_can_be_a_name() {
    let properties: String = WORDS.iter().map(|word| format!("  {word}: string;\n")).collect();
    let methods: String =
        WORDS.iter().map(|word| format!("  {word}(it: Words): string;\n")).collect();
    let params = "crate: string, fun: string, func: string, guard: string, init: string, match: \
                  string, object: string, ref: string, self: string, val: string, when: string";
    let literals: Vec<_> = WORDS.iter().map(|word| format!("'{word}'")).collect();
    let types: String = TYPES
        .iter()
        .map(|name| format!("export interface {name} {{\n  text: string;\n}}\n"))
        .collect();
    let uses: String =
        TYPES.iter().map(|name| format!("  use{name}(it: {name}): {name};\n")).collect();
    let text = format!(
        "export type Word = {};\nexport interface Words {{\n  word: Word;\n{properties}}}\n{types}\
         export interface CapacitorWords {{\n  words({params}): void;\n{methods}{uses}}}\n",
        literals.join(" | ")
    );
    let mut schema = own();
    schema.insert("apis.ts", text);
    let files = generate(&schema).unwrap_or_else(|error| panic!("{}", report(&error)));
    let device = files.get("rust/device.rs").expect("it is generated");
    assert!(device.contains("pub struct ResultValue") && device.contains("pub r#match: String"));
}

#[test]
fn a_byte_order_mark_is_skipped() {
    let marked: Schema =
        own().iter().map(|(name, text)| (name, format!("\u{feff}{text}"))).collect();
    assert_eq!(generate(&marked).expect("the schema has no faults"), own_files());
}

#[test]
fn a_translation_that_is_no_json_is_a_complaint() {
    let mut schema = own();
    schema.insert("locales/xx.json", "{ \"labels\": 1 }");
    let error = generate(&schema).expect_err("the translation is broken");
    let files: Vec<_> = error.complaints().map(|(file, _)| file).collect();
    assert_eq!(files, ["locales/xx.json"], "{}", report(&error));
}

/// The outputs that carry a method of a device API.
const WITH_APIS: [&str; 6] = [
    "README.md",
    "src/apis.ts",
    "rust/apis.rs",
    "rust/device.rs",
    "ios/Sources/CapacitorBackgroundRunnerCore/Apis.swift",
    "android/src/main/java/",
];

/// Where a text is new, compared with what the project's schema generates.
fn carriers(schema: &Schema, text: &str) -> Vec<String> {
    let (own, files) = (own_files(), generate(schema).expect("the change is fine"));
    let new = files.iter().filter(|(path, new)| {
        own.get(path).is_none_or(|old| old.matches(text).count() < new.matches(text).count())
    });
    new.filter(|(_, text_of)| text_of.contains(text)).map(|(path, _)| path.to_owned()).collect()
}

fn assert_everywhere(carriers: &[String], places: &[&str]) {
    for place in places {
        let found = carriers.iter().any(|path| path.starts_with(place));
        assert!(found, "nothing in {place}; it is in {carriers:?}");
    }
}

fn edited(file: &str, from: &str, to: &str) -> Schema {
    let mut schema = own();
    let text = schema.get(file).expect("the file is there");
    assert!(text.contains(from), "{file} does not say {from:?} any more");
    let text = text.replacen(from, to, 1);
    schema.insert(file, text);
    schema
}

#[test]
fn a_changed_comment_shows_up_everywhere() {
    let schema = edited("apis.ts", "Reads the state of the battery.", "Looks how full it is.");
    let carriers = carriers(&schema, "Looks how full it is.");
    let without_table = WITH_APIS.iter().filter(|place| **place != "rust/apis.rs");
    assert_everywhere(&carriers, &without_table.copied().collect::<Vec<_>>());
}

#[test]
fn a_new_method_shows_up_everywhere() {
    let schema = edited(
        "apis.ts",
        "getBatteryStatus(): BatteryStatus;",
        "getBatteryStatus(): BatteryStatus;\n\n  /** Warms up. */\n  warmup(to: number): Promise<boolean>;",
    );
    assert_everywhere(&carriers(&schema, "warmup"), &WITH_APIS);
}

/// The project's schema with one more device API.
fn with_a_torch() -> Schema {
    let mut schema = own();
    let text = schema.get("apis.ts").expect("the file is there").to_owned();
    let new = "\n/** Light. */\nexport interface CapacitorTorch {\n  /** Shines. */\n  shine(on: boolean): void;\n}\n";
    schema.insert("apis.ts", text + new);
    schema
}

/// The functions of the C ABI that generated files call.
fn abi(files: &Files) -> BTreeSet<&str> {
    let is_part = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
    let words = files.iter().flat_map(|(_, text)| text.split(move |letter| !is_part(letter)));
    words.filter(|word| word.starts_with("runner_")).collect()
}

#[test]
fn n3_the_abi_does_not_grow_with_a_device_api() {
    let (own, more) = (own_files(), generate(&with_a_torch()).expect("the change is fine"));
    assert!(abi(&own).contains("runner_abi_version"), "the version is asked for: {:?}", abi(&own));
    assert_eq!(abi(&own), abi(&more));
}

#[test]
fn a_new_api_shows_up_everywhere() {
    let schema = with_a_torch();
    let carriers = carriers(&schema, "CapacitorTorch");
    assert_everywhere(&carriers, &WITH_APIS);
    assert_everywhere(&carriers, &["runner.d.ts"]);
    let files = generate(&schema).expect("the change is fine");
    let config = files.get("config.schema.json").expect("it is generated");
    assert!(config.contains("\"torch\""), "a configuration can list the new API");
}

#[test]
fn a_new_method_of_the_plugin_shows_up_everywhere() {
    let schema = edited(
        "definitions.ts",
        "  checkPermissions(): Promise<PermissionStatus>;",
        "  checkPermissions(): Promise<PermissionStatus>;\n\n  /** Sleeps. */\n  hibernate(): Promise<void>;",
    );
    let places =
        ["README.md", "src/definitions.ts", "src/web.ts", "ios/Sources/", "android/src/main/java/"];
    assert_everywhere(&carriers(&schema, "hibernate"), &places);
}

#[test]
fn a_new_option_shows_up_everywhere() {
    let schema = edited(
        "config.schema.json",
        "\"maxConcurrent\": {",
        "\"nightOnly\": { \"type\": \"boolean\", \"description\": \"Only at night.\" },\n    \"maxConcurrent\": {",
    );
    assert_everywhere(
        &carriers(&schema, "nightOnly"),
        &["README.md", "src/config.ts", "config.schema.json"],
    );
    assert_everywhere(&carriers(&schema, "night_only"), &["rust/config.rs"]);
}

#[test]
fn the_same_schema_generates_the_same_bytes() {
    assert_eq!(own_files(), own_files());
}

#[test]
fn files_end_with_one_line_break_and_name_their_source() {
    for (path, text) in &own_files() {
        assert!(text.ends_with('\n') && !text.ends_with("\n\n"), "the end of {path}");
        assert!(!text.contains('\r'), "{path} has line ends of another system");
        let plain = [".json", "LICENSE", ".gitignore", ".generated"];
        let named = text.lines().take(3).any(|line| line.contains("Generated by `cargo xtask"));
        assert!(named || plain.iter().any(|end| path.ends_with(end)), "{path} names no source");
    }
}

/// Numbers that look random and are the same in every run (xorshift).
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % sides.max(1) as u64).expect("it is less than `sides`")
    }
}

/// What a slip of the keyboard makes of a text.
fn slip(text: &str, dice: &mut Dice) -> String {
    const TYPED: [&str; 16] = [
        "{", "}", "(", ")", "|", "?", ":", ";", "'", "\"", "/**", "*/", "é", "\u{0}", "<T>", "any",
    ];
    let mut letters: Vec<char> = text.chars().collect();
    for _ in 0..=dice.roll(3) {
        let at = dice.roll(letters.len());
        match dice.roll(3) {
            0 => drop(letters.drain(at..(at + dice.roll(40)).min(letters.len()))),
            1 => drop(letters.splice(at..at, TYPED[dice.roll(TYPED.len())].chars())),
            _ => {
                let to = dice.roll(letters.len());
                letters.swap(at, to);
            }
        }
    }
    letters.into_iter().collect()
}

#[test]
fn no_slip_of_the_keyboard_makes_it_panic() {
    let mut dice = Dice(0x9E37_79B9_7F4A_7C15);
    let names = ["apis.ts", "definitions.ts", "config.schema.json", "plugin.json"];
    for round in 0..200 {
        let mut schema = own();
        let name = names[round % names.len()];
        let text = slip(schema.get(name).expect("the file is there"), &mut dice);
        schema.insert(name, &*text);
        if let Err(error) = generate(&schema) {
            assert!(error.complaints().count() > 0, "an error without a reason:\n{text}");
            for (file, complaint) in error.complaints() {
                let end = complaint.at().map_or(0, |at| at.offset() + at.len());
                let length = schema.get(file).expect("the file is there").len();
                assert!(end <= length, "{file}: {complaint} points behind the end");
            }
            // The report slices the text: it must not find itself inside a letter.
            let _ = report(&error);
        }
    }
}
