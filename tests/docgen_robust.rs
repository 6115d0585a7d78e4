//! What `docgen` does with files that no person would write, and with broken ones.

use std::{
    collections::BTreeMap,
    fs, panic,
    process::Command,
    sync::{Mutex, PoisonError},
};

use background_runner_tests::{background_runner, root, target_dir};
use docgen::{Data, Disk, Options, Program};
use typescript::parse;

const PATH: &str = "/plugin/definitions.ts";

struct Memory(BTreeMap<String, String>);

impl Disk for Memory {
    fn read(&self, path: &str) -> Option<String> {
        self.0.get(path).cloned()
    }

    fn is_file(&self, path: &str) -> bool {
        self.0.contains_key(path)
    }

    fn folders(&self, _: &str) -> Vec<String> {
        Vec::new()
    }

    fn sources(&self, _: &str) -> Vec<String> {
        self.0.keys().cloned().collect()
    }
}

fn program(text: &str) -> Program {
    let disk = Memory(BTreeMap::from([(PATH.to_owned(), text.to_owned())]));
    let options = Options { strict_null_checks: true, ..Options::default() };
    Program::load(&disk, &[PATH.to_owned()], options, "/plugin")
}

fn describe(text: &str) -> Data {
    docgen::describe(&program(text), "ShapesPlugin")
}

/// Declarations that lead back to themselves, most of them in more than one way.
const ROUND: &str = "export interface ShapesPlugin extends Omit<ShapesPlugin, 'x'>, Partial<Again>, Again, Again {
  m(): ShapesPlugin['m'];
  n(): ReturnType<ShapesPlugin['n']>;
  o(a: Keys['a'], b: Names<string>['a'], c: Pick<Again, All>, d: Loop): Deep<string>;
  p: typeof f;
}
export interface Again extends Again, Omit<Again, All>, Required<ShapesPlugin>, Partial<Loop>, Pick<Again, All> {
  api: ShapesPlugin;
}
export type All = All | All | All | All | All | All | keyof Again | Exclude<All, All>;
export type Loop = Partial<Loop> & Partial<Loop> & Omit<Loop, All> & { a: Again };
export type Keys = { [K in 'a' | 'b' | 'c' as K]: Keys[K] };
export type Names<T> = { [K in 'a' | 'b' | 'c' as Names<[T]>[K]]: Names<[T]>[K] };
export type Deep<T> = { [K in 'a' | 'b']: Deep<T[]>['a'] | Deep<T[]>['b'] };
export declare function f(a: typeof f): typeof f;
";

#[test]
fn what_leads_back_to_itself_comes_to_an_end() {
    assert!(describe(ROUND).api.is_some());
    let page = docgen::Page { api: "ShapesPlugin", ..docgen::Page::default() };
    let clean = docgen::clean(&program(ROUND), "<docgen-api></docgen-api>", page);
    assert!(clean.expect("the interface is there").text.contains("### o(...)"));
    assert!(docgen::clean_json(&program(ROUND), "", page).is_ok());
}

#[test]
fn no_damage_makes_the_parser_or_the_printer_panic() {
    static PANICS: Mutex<Vec<String>> = Mutex::new(Vec::new());
    let default = panic::take_hook();
    panic::set_hook(Box::new(|info| {
        PANICS.lock().unwrap_or_else(PoisonError::into_inner).push(info.to_string());
    }));
    let mut dice = 0x9e37_79b9_7f4a_7c15_u64;
    let mut roll = |sides: usize| {
        dice ^= dice << 13;
        dice ^= dice >> 7;
        dice ^= dice << 17;
        usize::try_from(dice >> 33).unwrap_or_default() % sides.max(1)
    };
    let words = [
        "{", "}", "(", "<", "=>", "`", "'", "/**", "*/", "\\", "\u{0}", "é", "@", "...", "?", "${",
    ];
    for name in ["shapes.ts", "enums.ts"] {
        let path = root().join("tests/docgen/fixtures").join(name);
        let whole: Vec<char> =
            fs::read_to_string(path).expect("it is in the repository").chars().collect();
        for _ in 0..60 {
            let mut text = whole.clone();
            for _ in 0..=roll(3) {
                let at = roll(text.len());
                let to = (at + roll(12)).min(text.len());
                let word = words[roll(words.len())].chars();
                drop(text.splice(at..to, word));
            }
            let text: String = text.into_iter().collect();
            let outcome = panic::catch_unwind(|| describe(&text).to_json());
            if outcome.is_err() {
                PANICS.lock().unwrap_or_else(PoisonError::into_inner).push(format!("in\n{text}"));
            }
        }
    }
    panic::set_hook(default);
    let panics = PANICS.lock().unwrap_or_else(PoisonError::into_inner);
    assert!(panics.is_empty(), "{} panics, first: {}", panics.len(), panics[0]);
}

#[test]
fn five_megabytes_of_definitions_are_described_to_the_end() {
    let mut text = String::from("export interface ShapesPlugin {\n");
    let mut count = 0;
    while text.len() < 5 << 20 {
        text += &format!("  /** Number {count}. */\n  m{count}(a?: T{count}): Promise<string>;\n");
        count += 1;
    }
    text += "}\n";
    let data = describe(&text);
    let api = data.api.expect("the interface is there");
    assert_eq!(api.methods.len(), count);
    assert_eq!(api.methods[count - 1].docs, format!("Number {}.", count - 1));
}

#[test]
fn ten_thousand_levels_are_an_error_and_no_crash() {
    for (open, close) in [("{ a: ", " }"), ("Array<", ">"), ("(", ")"), ("[", "]")] {
        let (open, close) = (open.repeat(10_000), close.repeat(10_000));
        let deep = format!("export interface ShapesPlugin {{ a(): {open}string{close}; }}\n");
        let errors = parse("definitions.ts", &deep).expect_err("that is too deep");
        assert!(errors[0].message.starts_with("nested too deeply"), "{errors:?}");
        assert!(describe(&deep).api.is_none());
        let files = program(&deep).syntax_errors();
        assert_eq!(files.len(), 1);
    }
}

#[test]
fn syntax_errors_are_shown_where_they_are() {
    let folder = target_dir().join("tmp").join("docgen-syntax");
    fs::create_dir_all(&folder).expect("the target folder can be written");
    let source = "export interface ShapesPlugin {\n  one(): string;\n  two(: string;\n}\n";
    fs::write(folder.join("definitions.ts"), source).expect("it can be written");
    fs::write(folder.join("tsconfig.json"), r#"{ "files": ["definitions.ts"] }"#)
        .expect("it can be written");
    let output = Command::new(background_runner())
        .args(["docgen", "--api", "ShapesPlugin", "-j", "docs.json"])
        .current_dir(&folder)
        .env("NO_COLOR", "1")
        .output()
        .expect("the command line is built");
    let shown = String::from_utf8_lossy(&output.stderr);
    assert!(shown.contains("definitions.ts:3:"), "{shown}");
    assert!(shown.contains("two(: string;"), "{shown}");
    assert!(!shown.contains("panicked"), "{shown}");
}

/// What is called like an array need not be one: nothing is known of its elements.
#[test]
fn an_array_without_arguments_is_described() {
    let text = "
        export interface Array { length: number }
        export interface RowArray { [index: number]: string }
        export interface Entry { a: string }
        export interface ShapesPlugin {
          first(options: { bytes: Uint8Array[number] }): Promise<RowArray[number]>;
          second(rest: Array[number]): Promise<{ of: Array }>;
          third(...all: Array): Promise<Entry[keyof RowArray]>;
        }";
    let data = describe(text);
    let names: Vec<_> = data.api.iter().flat_map(|api| &api.methods).map(|it| &it.name).collect();
    assert_eq!(names, ["first", "second", "third"]);
}
