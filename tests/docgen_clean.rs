//! The clean mode of `docgen`: what it writes beside what the original tool writes.

use std::{
    fs,
    path::Path,
    process::{Command, Output},
};

use background_runner_tests::{background_runner, root};

#[path = "docgen/rendered.rs"]
mod rendered;

const README: &str = "# Demo\n\n<docgen-index></docgen-index>\n\n## Examples\n\n<docgen-config></docgen-config>\n\n<docgen-api></docgen-api>\n";

/// What a plugin's library would bring: enough to be in the way.
const LIBRARY: &str = "interface Array<T> { length: number; }\ninterface ReadonlyArray<T> { readonly length: number; }\ninterface Promise<T> { then(): void; }\ninterface Date { getTime(): number; }\ninterface Error { name: string; }\ntype Partial<T> = { [P in keyof T]?: T[P]; };\ntype Exclude<T, U> = T extends U ? never : T;\ntype Pick<T, K extends keyof T> = { [P in K]: T[P]; };\ntype Omit<T, K extends keyof any> = Pick<T, Exclude<keyof T, K>>;\n";

/// What a plugin's declarations import.
const REMOTE: &str = "export * as inner from './inner';\nexport type Far = (remote: Remote) => void;\n/** From another file. */\nexport interface Remote {\n  /** How far. */\n  far: number;\n}\n";

/// A plugin's folder with these files.
fn plugin(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("there is room for a folder");
    let library = "node_modules/typescript/lib";
    let own = [
        ("README.md", README),
        ("package.json", r#"{ "name": "demo" }"#),
        (&format!("{library}/lib.es5.d.ts"), LIBRARY),
        (&format!("{library}/lib.esnext.full.d.ts"), "/// <reference lib=\"es5\" />\n"),
    ];
    for (name, text) in own.iter().chain(files) {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().expect("it is in a folder")).expect("the folder is ours");
        fs::write(path, text).expect("the folder is ours");
    }
    folder
}

fn docgen(folder: &Path, arguments: &[&str]) -> Output {
    background_runner_tests::docgen(folder, &[&["--api", "DemoPlugin"], arguments].concat())
}

/// The README that a mode writes.
fn readme(folder: &Path, mode: &str) -> String {
    fs::write(folder.join("README.md"), README).expect("the folder is ours");
    let output = docgen(folder, &["--output-readme", "README.md", "--mode", mode]);
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    fs::read_to_string(folder.join("README.md")).expect("it was written")
}

#[test]
fn what_users_patch_is_right_in_clean_mode() {
    insta::glob!("docgen/clean/*.ts", |path| {
        let text = fs::read_to_string(path).expect("it is in the repository");
        let tsconfig =
            r#"{ "compilerOptions": { "strict": true }, "files": ["src/definitions.ts"] }"#;
        let folder = plugin(&[
            ("src/definitions.ts", &text),
            // A script has no declarations.
            ("src/nowhere.js", ""),
            ("src/remote.ts", REMOTE),
            ("node_modules/demo-base/index.d.ts", "export interface Plugin {}\n"),
            ("src/inner.ts", "export interface Deeper {\n  deep: true;\n}\n"),
            ("tsconfig.json", tsconfig),
        ]);
        let (compatible, clean) =
            (readme(folder.path(), "compatible"), readme(folder.path(), "clean"));
        rendered::assert_sound(&clean);
        insta::assert_snapshot!(format!(
            "=== compatible ===\n{compatible}\n=== clean ===\n{clean}"
        ));
    });
}

#[test]
fn the_page_about_docgen_shows_what_it_writes() {
    let page = fs::read_to_string(root().join("docs/docgen.md")).expect("it is in the repository");
    let block = |open: &str, close: &str, index: usize| {
        let inner = page.split(open).nth(index + 1).and_then(|rest| rest.split(close).next());
        inner.unwrap_or_else(|| panic!("there is no block {index} of {open:?}"))
    };
    let definitions = block("\n```ts\n", "\n```\n", 0).replace("LampPlugin", "DemoPlugin");
    let folder = plugin(&[
        ("src/definitions.ts", &definitions),
        (
            "tsconfig.json",
            r#"{ "compilerOptions": { "strict": true }, "files": ["src/definitions.ts"] }"#,
        ),
    ]);
    for (index, mode) in ["compatible", "clean"].into_iter().enumerate() {
        let written = readme(folder.path(), mode);
        let shown = block("\n````md\n", "\n````\n", index);
        assert!(written.contains(&format!("\n\n{shown}\n\n</docgen-api>")), "{mode}:\n{written}");
    }
}

#[test]
fn the_json_of_clean_mode_says_what_the_page_says() {
    let definitions = concat!(
        include_str!("docgen/clean/utilities.ts"),
        "/** @platform ios, web */\nexport interface DemoPlugin {\n  /**\n   * Gone.\n   *\n   * @param why the reason\n   * @returns nothing\n   * @throws {Error} always\n   * @deprecated use `use()`\n   * @since 1.2.0\n   */\n  gone?(why?: string, ...more: Kind[]): Promise<void>;\n  on(event: 'a'): void;\n  on(event: 'b'): void;\n}\nexport enum Kind { A, /** @deprecated */ B = 'b' }\ndeclare module '@capacitor/cli' {\n  interface PluginsConfig {\n    Demo?: { /** @default 1 */ readonly level?: number };\n  }\n}\n",
    );
    let folder = plugin(&[
        ("src/definitions.ts", definitions),
        ("tsconfig.json", r#"{ "files": ["src/definitions.ts"] }"#),
    ]);
    let output = docgen(folder.path(), &["-j", "docs.json", "-r", "README.md", "--mode", "clean"]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let read = |name: &str| fs::read_to_string(folder.path().join(name)).expect("it was written");
    let clean: serde_json::Value = serde_json::from_str(&read("docs.json")).expect("it is JSON");
    insta::assert_snapshot!(serde_json::to_string_pretty(&clean).expect("it is JSON"));
    for method in clean["api"]["methods"].as_array().expect("it is a list") {
        let link = format!("](#{})", method["slug"].as_str().expect("it is a text"));
        assert!(read("README.md").contains(&link), "{link}");
    }
    // What reads the compatible file finds every key there.
    docgen(folder.path(), &["-j", "docs.json"]);
    let compatible = serde_json::from_str(&read("docs.json")).expect("it is JSON");
    assert_superset(&clean, &compatible, "");
}

/// Every key of `part` is in `whole`, in the first item of lists as well.
fn assert_superset(whole: &serde_json::Value, part: &serde_json::Value, at: &str) {
    if let Some(members) = part.as_object() {
        for (key, value) in members {
            let found = whole.get(key);
            assert!(found.is_some(), "{at}.{key} is missing");
            assert_superset(found.expect("it is there"), value, &format!("{at}.{key}"));
        }
    } else if let (Some(whole), Some(part)) = (whole.get(0), part.get(0)) {
        assert_superset(whole, part, &format!("{at}[0]"));
    }
}

#[test]
fn a_clean_page_stays_as_it_is() {
    let text = include_str!("docgen/clean/code.ts");
    let folder = plugin(&[
        ("src/definitions.ts", text),
        ("tsconfig.json", r#"{ "files": ["src/definitions.ts"] }"#),
    ]);
    let arguments = ["-r", "README.md", "--mode", "clean", "--check"];
    let stale = docgen(folder.path(), &arguments);
    assert_eq!(stale.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&stale.stdout).contains("+### open()"));
    readme(folder.path(), "clean");
    assert!(docgen(folder.path(), &arguments).status.success());
}

#[test]
fn markers_in_code_are_no_markers() {
    let folder = plugin(&[
        ("src/definitions.ts", include_str!("docgen/clean/properties.ts")),
        ("tsconfig.json", "{}"),
    ]);
    let fence = "```html\n<docgen-api></docgen-api>\n```\n";
    let text =
        format!("Put `<docgen-api></docgen-api>` in:\n\n{fence}\n<docgen-api></docgen-api>\n");
    fs::write(folder.path().join("README.md"), &text).expect("the folder is ours");
    docgen(folder.path(), &["-r", "README.md", "--mode", "clean"]);
    let written = fs::read_to_string(folder.path().join("README.md")).expect("it was written");
    let before = &text[..text.rfind("<docgen-api>").expect("it is there")];
    assert!(written.starts_with(before), "{written}");
    assert!(written.contains("### stop()"), "{written}");
}

/// Where a comment breaks off within a fence, as TypeScript has it before an `@` at the beginning of a
/// line, its code ends with it, and the page can be written again.
#[test]
fn a_fence_ends_with_its_comment() {
    let fences = [
        "```ts\n * @Component({})\n * ```",
        "~~~\n * @a\n * ~~~",
        "````md\n * ```\n * @b\n * ````",
    ];
    for fence in fences {
        let method = |name: &str| format!("  /**\n * A\n *\n * {fence}\n */\n  {name}(): void;\n");
        let example = format!("  /**\n * A\n * @example\n * {fence}\n */\n  c(): void;\n");
        let text =
            format!("export interface DemoPlugin {{\n{}{example}{}}}\n", method("a"), method("b"));
        let folder = plugin(&[("src/definitions.ts", text.as_str()), ("tsconfig.json", "{}")]);
        let first = readme(folder.path(), "clean");
        let headings = first.lines().scan(None, |open: &mut Option<String>, line| {
            let ticks: String = line.chars().take_while(|it| matches!(it, '`' | '~')).collect();
            match open {
                Some(fence) if line == fence => *open = None,
                None if ticks.len() >= 3 => *open = Some(ticks),
                _ => {}
            }
            Some(open.is_none() && line.starts_with("### "))
        });
        assert_eq!(headings.filter(|it| *it).count(), 3, "{first}");
        let again = docgen(folder.path(), &["-r", "README.md", "--mode", "clean", "--check"]);
        assert!(again.status.success(), "{fence}");
    }
}

#[test]
fn the_whole_of_tsconfig_counts() {
    let folder = plugin(&[
        ("tsconfig.json", r#"{ "files": [], "references": [{ "path": "./app" }] }"#),
        (
            "app/tsconfig.json",
            r#"{ "extends": "../base", "references": [{ "path": "../shared/tsconfig.lib.json" }] }"#,
        ),
        (
            "base.json",
            r#"{ "compilerOptions": { "strict": true }, /* a comment */ "include": ["src"], }"#,
        ),
        (
            "app/src/definitions.ts",
            "export interface DemoPlugin {\n  run(job?: Job): Promise<void>;\n}\nimport { Job } from '../../shared/job';\n",
        ),
        ("app/other/second.ts", "export interface DemoPlugin {\n  wrong(): Promise<void>;\n}\n"),
        (
            "shared/tsconfig.lib.json",
            r#"{ "include": ["*.ts"], "references": [{ "path": "../app" }] }"#,
        ),
        ("shared/job.ts", "export interface Job {\n  /** Its name. */\n  name: string;\n}\n"),
        (
            "shared/config.ts",
            "declare module '@capacitor/cli' {\n  interface PluginsConfig {\n    Demo?: {\n      /** How much. */\n      level?: number;\n    };\n  }\n}\nexport {};\n",
        ),
    ]);
    let base = folder.path().join("base.json");
    let text = fs::read_to_string(&base).expect("it is there").replace("\"src\"", "\"app/src\"");
    fs::write(base, text).expect("the folder is ours");
    let written = readme(folder.path(), "clean");
    for wanted in ["### run(...)", "href=\"#job\"", "Its name.", "**`level?`**"] {
        assert!(written.contains(wanted), "{wanted} is missing in\n{written}");
    }
    assert!(!written.contains("wrong"), "{written}");
}

#[test]
fn an_interface_that_does_not_exist_has_a_nearest_one() {
    let folder = plugin(&[
        ("src/definitions.ts", "export interface DemoPlugins {\n  stop(): Promise<void>;\n}\n"),
        ("tsconfig.json", "{}"),
    ]);
    let output = docgen(folder.path(), &["-r", "README.md", "--mode", "clean"]);
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("`DemoPlugin`; did you mean `DemoPlugins`?"), "{said}");
    let text = fs::read_to_string(folder.path().join("README.md")).expect("it is there");
    assert_eq!(text, README, "nothing is written");
}

#[test]
fn a_page_is_arranged_as_its_author_asks() {
    let folder = plugin(&[
        ("src/definitions.ts", include_str!("docgen/clean/activities.ts")),
        ("tsconfig.json", r#"{ "files": ["src/definitions.ts"] }"#),
    ]);
    let write = |more: &[&str]| {
        fs::write(folder.path().join("README.md"), README).expect("the folder is ours");
        let arguments = ["-r", "README.md", "-j", "docs.json", "--mode", "clean"];
        let output = docgen(folder.path(), &[&arguments[..], more].concat());
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let page = fs::read_to_string(folder.path().join("README.md")).expect("it was written");
        rendered::assert_sound(&page);
        page
    };
    let all = ["--group-by", "category", "--deprecated-last", "--platform-table", "--no-since"];
    insta::assert_snapshot!(write(&all));
    // Each alone changes what it says, and nothing else.
    let plain = write(&[]);
    let methods = |page: &str| -> Vec<String> {
        let lines = page.lines().filter(|line| line.starts_with("###") && line.ends_with(')'));
        lines.map(|line| line.trim_start_matches(['#', ' ']).to_owned()).collect()
    };
    let declared = ["start(...)", "end(...)", "endAll()", "isAvailable()", "list(...)"];
    assert_eq!(methods(&plain), declared);
    let last = ["start(...)", "end(...)", "isAvailable()", "list(...)", "endAll()"];
    assert_eq!(methods(&write(&["--deprecated-last"])), last);
    let sorted = ["end(...)", "endAll()", "isAvailable()", "list(...)", "start(...)"];
    assert_eq!(methods(&write(&["--order", "alphabet"])), sorted);
    assert_eq!(methods(&write(&["--order", "file"])), declared);
    let grouped = ["list(...)", "start(...)", "end(...)", "endAll()", "isAvailable()"];
    assert_eq!(methods(&write(&["--group-by", "@category"])), grouped);
    assert_eq!(methods(&write(&["--platform-table"])), declared);
    assert!(plain.contains("**Since:** 1.0.0") && !write(&["--no-since"]).contains("Since"));
    let refused = docgen(folder.path(), &["-r", "README.md", "--order", "file"]);
    assert_eq!(refused.status.code(), Some(1));
    let said = String::from_utf8_lossy(&refused.stderr);
    assert!(said.contains("add \"--mode clean\""), "{said}");
}

#[test]
fn markup_is_read_where_the_name_says_so_and_a_syntax_error_is_never_fine() {
    let component = "import type { ReactNode } from 'react'\nexport const Demo = (): ReactNode => <T,>(a: T) => <b title=\"it's\">{'`'}</b>\n/** Behind it. */\nexport interface DemoPlugin {\n  /** Shows it. */\n  show(): Promise<void>\n}\n";
    let folder = plugin(&[
        ("src/definitions.tsx", component),
        ("tsconfig.json", r#"{ "files": ["src/definitions.tsx"] }"#),
    ]);
    for mode in ["compatible", "clean"] {
        let page = readme(folder.path(), mode);
        assert!(page.contains("Behind it.") && page.contains("Shows it."), "{mode}:\n{page}");
    }
    let broken = component.replace("show():", "wrong(: ;\n  show():");
    fs::write(folder.path().join("src/definitions.tsx"), broken).expect("the folder is ours");
    let output = docgen(folder.path(), &["-r", "README.md", "--mode", "clean"]);
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("definitions.tsx:6:"), "{said}");
}

#[test]
fn scripts_of_modules_are_their_sources() {
    let folder = plugin(&[
        (
            "src/definitions.mts",
            "import type { A } from './a.mjs';\nimport type { B } from './b.cjs';\nimport type { C } from 'demo-c';\nimport type { D } from 'demo-c/part';\nexport interface DemoPlugin {\n  all(a: A, b: B, c: C, d: D): void;\n}\n",
        ),
        ("src/a.mts", "/** From a. */\nexport interface A {\n  a: string;\n}\n"),
        ("src/b.d.cts", "/** From b. */\nexport interface B {\n  b: string;\n}\n"),
        (
            "node_modules/demo-c/package.json",
            r#"{ "name": "demo-c", "exports": { ".": { "types": "./types/c.d.ts" }, "./*": { "import": "./esm/*.mjs" } } }"#,
        ),
        (
            "node_modules/demo-c/types/c.d.ts",
            "/** From c. */\nexport interface C {\n  c: string;\n}\n",
        ),
        (
            "node_modules/demo-c/esm/part.d.mts",
            "/** From d. */\nexport interface D {\n  d: string;\n}\n",
        ),
        ("tsconfig.json", r#"{ "include": ["src"] }"#),
    ]);
    let clean = readme(folder.path(), "clean");
    for text in ["From a.", "From b.", "From c.", "From d."] {
        assert!(clean.contains(text), "{text}: {clean}");
    }
}

#[test]
fn what_is_passed_on_from_another_package_leads_there() {
    let folder = plugin(&[
        ("src/definitions.ts", include_str!("docgen/clean/biometry.ts")),
        ("src/remote.ts", "export type Far = (distance: number) => void;\n"),
        ("tsconfig.json", r#"{ "files": ["src/definitions.ts"] }"#),
        (
            "node_modules/@demo/shared/package.json",
            r#"{ "name": "@demo/shared", "types": "index.d.ts", "repository": { "url": "git+https://example.com/shared.git" } }"#,
        ),
        (
            "node_modules/@demo/shared/index.d.ts",
            "export interface Options { a: string; }\nexport declare const Remote: string;\n",
        ),
        (
            "node_modules/@demo/everything/package.json",
            r#"{ "name": "@demo/everything", "homepage": "https://example.com/everything" }"#,
        ),
    ]);
    let page = readme(folder.path(), "clean");
    let shared = "**Re-exported:** `SharedOptions` ([`@demo/shared`](https://example.com/shared))";
    assert!(page.contains(shared), "{page}");
    let all = "**Re-exported:** `*` ([`@demo/everything`](https://example.com/everything))";
    assert!(page.contains(all), "{page}");
}

#[test]
fn our_own_pages_are_what_the_command_writes() {
    let locales = root().join("schema/locales").display().to_string();
    let chinese = ["--locale", "zh-CN", "--locales", &locales];
    let folder = generated();
    for (readme, more) in [("README.md", &[][..]), ("README.zh-CN.md", &chinese)] {
        let output = Command::new(background_runner())
            .args(["docgen", "--mode", "clean", "--check", "-r", readme, "-p", "docs.json"])
            .args(["--api", "BackgroundRunnerPlugin", "--device-api", "CapacitorAPI"])
            .args(more)
            .current_dir(folder.path())
            .output()
            .expect("the command line is built");
        let said = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
    }
}

/// The generated package with what it imports.
fn generated() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("there is room for a folder");
    let package = root().join("generated");
    let core = "node_modules/@capacitor/core/index.d.ts";
    let sources = ["src/definitions.ts", "src/apis.ts", "src/config.ts"];
    for name in ["README.md", "README.zh-CN.md", "package.json"].into_iter().chain(sources) {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().expect("it is in a folder")).expect("the folder is ours");
        fs::copy(package.join(name), path).expect("it is generated");
    }
    fs::create_dir_all(folder.path().join("node_modules/@capacitor/core"))
        .expect("the folder is ours");
    fs::copy(root().join("templates/docs/core.d.ts"), folder.path().join(core))
        .expect("it is in the repository");
    let files = r#"{ "files": ["src/definitions.ts", "src/apis.ts", "src/config.ts"] }"#;
    fs::write(folder.path().join("docs.json"), files).expect("the folder is ours");
    folder
}
