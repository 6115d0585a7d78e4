//! What `background-runner docgen` does beyond the tool that it replaces: several plugins at once,
//! and what their documentation lacks.

use std::{fs, path::PathBuf};

use background_runner_tests::{docgen, target_dir};
use serde_json::Value;

/// Everything that is lacking once, and each beside one that is fine.
const LACKING: &str = "\
/// <reference types=\"@capacitor/cli\" />
declare module '@capacitor/cli' {
  export interface PluginsConfig {
    Shapes?: {
      /**
       * @since 1.0.0
       * @example 1
       */
      fine?: number;
      /** @since 1.0.0 */
      bare?: number;
    };
  }
}

export interface ShapesPlugin {
  /**
   * See [there](#round) and [nowhere](#ruond).
   *
   * @since 1.0.0
   */
  round(options: Options): Promise<void>;
  /**
   * @sinse 1.0.0
   * @frobnicated
   */
  square(): Promise<void>;
  /** @hidden */
  hidden(): void;
  /**
   * Turns; `@since` in code and me@since.org are fine. @since 1.0.0
   *
   * @param angel How far
   * @param angle.unit In what
   * @since 1.0.0
   */
  turn(angle: number): void;
}

export interface Options {
  /** A corner. */
  corner: Corner;
}

export enum Corner {
  /** @since 1.0.0 */
  A,
  B,
}

/** No part of the plugin. */
export interface Other {
  unseen: string;
}
";

const README: &str = "# Shapes\n\nSee [the API](#api), [a heading](#square) and [none](#gone).\n\n\
    ```md\n[code](#gone)\n```\n\n## API\n\n<docgen-api></docgen-api>\n";

/// A fresh folder with a plugin in it.
fn plugin(folder: &str, definitions: &str) -> PathBuf {
    let folder = target_dir().join("tmp").join("docgen-command").join(folder);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).expect("the target folder can be written");
    let package = serde_json::json!({
        "name": format!("@example/{}", folder.file_name().expect("it has a name").to_string_lossy()),
        "scripts": { "docgen": "docgen --api ShapesPlugin --output-readme README.md -j 'dist/docs.json'" },
    });
    for (name, text) in [
        ("definitions.ts", definitions),
        ("README.md", README),
        (
            "tsconfig.json",
            r#"{ "files": ["definitions.ts"], "compilerOptions": { "strict": true } }"#,
        ),
        ("package.json", &package.to_string()),
    ] {
        fs::write(folder.join(name), text).expect("it can be written");
    }
    folder
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn what_documentation_lacks_is_told_with_its_place() {
    let folder = plugin("lint", LACKING);
    let flags = ["--api", "ShapesPlugin", "-r", "README.md", "--lint"];
    let output = docgen(&folder, &[&flags[..], &["--json"]].concat());
    assert_eq!(output.status.code(), Some(1));
    let said: Value = serde_json::from_slice(&output.stdout).expect("one line of JSON");
    let found: Vec<String> = said["findings"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|finding| {
            let file = finding["file"].as_str().and_then(|file| file.rsplit('/').next());
            format!(
                "{} {}:{}: {} ({})",
                finding["rule"].as_str().unwrap_or_default(),
                file.unwrap_or_default(),
                finding["line"],
                finding["message"].as_str().unwrap_or_default(),
                finding["help"].as_str().unwrap_or_default(),
            )
        })
        .collect();
    let version = "say in which version it came: `@since 1.0.0`";
    let expected = [
        "dead-anchor definitions.ts:18: `#ruond` leads nowhere (did you mean `#round`?)".to_owned(),
        "unknown-tag definitions.ts:24: `@sinse` is no tag (did you mean `@since`?)".to_owned(),
        "unknown-tag definitions.ts:25: `@frobnicated` is no tag (no tool knows it: say it in the text)"
            .to_owned(),
        format!("missing-since definitions.ts:27: `square` has no `@since` ({version})"),
        "tag-in-line definitions.ts:31: `@since` in the middle of a line is text, no tag (start a line \
         with `@since`)"
            .to_owned(),
        "unknown-param definitions.ts:33: no parameter is called `angel` (did you mean `angle`?)"
            .to_owned(),
        format!("missing-since definitions.ts:42: `corner` has no `@since` ({version})"),
        format!("missing-since definitions.ts:48: `B` has no `@since` ({version})"),
        "config-without-example definitions.ts:11: the option `bare` has no `@example` (write one: \
         without, the example configuration says `undefined`)"
            .to_owned(),
        "dead-anchor README.md:3: `#gone` leads nowhere (link to a heading of the README)".to_owned(),
    ];
    assert_eq!(found, expected);
    let shown = text(&docgen(&folder, &flags).stderr);
    assert!(shown.contains("definitions.ts:24:"), "{shown}");
    assert!(shown.contains("* @sinse 1.0.0"), "{shown}");
    let silent = docgen(&folder, &flags[..4]);
    assert!(silent.status.success(), "off unless asked for");
}

#[test]
fn plugins_of_a_monorepo_are_documented_as_their_scripts_say() {
    let definitions = "export interface ShapesPlugin {\n  /** Round. */\n  round(): void;\n}\n";
    let (a, b) = (plugin("a", definitions), plugin("b", definitions));
    let both = [a.to_str().expect("a text"), b.to_str().expect("a text")];
    let stale = docgen(&a, &[&both[..], &["--check"]].concat());
    assert_eq!(stale.status.code(), Some(1));
    assert!(!a.join("dist").exists(), "`--check` writes nothing");
    let written = docgen(&a, &both);
    assert!(written.status.success(), "{}", text(&written.stderr));
    for folder in [&a, &b] {
        let readme = fs::read_to_string(folder.join("README.md")).expect("it is there");
        assert!(readme.contains("### round()"), "{readme}");
        assert!(folder.join("dist/docs.json").exists());
    }
    assert!(docgen(&a, &[&both[..], &["--check"]].concat()).status.success());
    fs::write(a.join("package.json"), "{}").expect("it can be written");
    let refused = docgen(&a, &both);
    assert_eq!(refused.status.code(), Some(1));
    assert!(text(&refused.stderr).contains("no script `docgen`"), "{}", text(&refused.stderr));
}

#[test]
fn a_syntax_error_is_never_fine() {
    let broken = "export interface ShapesPlugin {\n  one(): string;\n}\nexport type X = ;\n";
    let folder = plugin("broken", broken);
    let flags = ["--api", "ShapesPlugin", "-j", "docs.json"];
    let written = docgen(&folder, &flags);
    assert_eq!(written.status.code(), Some(1), "what stands there would be missing");
    assert!(!folder.join("docs.json").exists(), "half a page is none");
    assert!(text(&written.stderr).contains("definitions.ts:4:"), "{}", text(&written.stderr));
    assert_eq!(docgen(&folder, &[&flags[..], &["--check"]].concat()).status.code(), Some(1));
    fs::write(folder.join("definitions.ts"), broken.replace("export type X = ;\n", ""))
        .expect("it can be written");
    assert!(docgen(&folder, &flags).status.success());
    assert!(docgen(&folder, &[&flags[..], &["--check"]].concat()).status.success());
}
