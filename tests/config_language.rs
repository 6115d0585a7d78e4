//! What an editor proposes, shows and marks while `capacitor.config.json` and `capacitor.config.ts`
//! are written: the language services of VS Code and of TypeScript, installed into the cache folder
//! from the npm registry.

use std::{path::PathBuf, process::Command};

use background_runner_tests::{npm_packages, or_skip, root};
use serde_json::json;

/// What is installed, and the folder's name: another list needs another folder.
const TOOLS: [(&str, &str); 3] = [
    ("vscode-json-languageservice", "5.7.2"),
    ("typescript", "5.9.3"),
    ("@capacitor/cli", "8.0.0"),
];

/// What stands in the plugin's block, with `|` for the cursor; everything around it is right.
const JSON: [&str; 24] = [
    "|",
    "{|}",
    r#"{"label":"a","src":"a.js","int|erval":15}"#,
    r#"{"label":"a","src":"a.js","repeat":|}"#,
    r#"{"label":"a","src":"a.js","apis":["|"]}"#,
    r#"{"label":"a","src":"a.js","apis":["k|v"]}"#,
    r#"{"label":"a","src":"a.js","constraints":{|}}"#,
    r#"{"label":"a","src":"a.js","constraints":{"network":|}}"#,
    r#"{"label":"a","src":"a.js","constraints":{"net|work":"unmetered"}}"#,
    r#"{"label":"a","src":"a.js","retry":{"backoff":"|"}}"#,
    r#"{"label":"a","src":"a.js","schedules":[|]}"#,
    r#"{"label":"a","src":"a.js","schedules":[{|}]}"#,
    r#"{"runners":[|]}"#,
    r#"{"runners":[{|}]}"#,
    "{}",
    "[]",
    r#"{"label":"a"}"#,
    r#"{"label":"a","src":"a.js","runners":[]}"#,
    r#"{"label":"a","src":"a.js","intervall":15}"#,
    r#"{"label":"a","src":"a.js","interval":"15"}"#,
    r#"{"label":"","src":"a.js","interval":0}"#,
    r#"{"label":"a","src":"a.js","apis":["camera"],"constraints":{"network":"wifi"}}"#,
    r#"{"runners":[{"label":"a"}]}"#,
    r#"{"label":"a","src":"a.js","schedules":[{"event":"e"}]}"#,
];

const TYPESCRIPT: [&str; 13] = [
    "{ | }",
    "{ label: 'a', src: 'a.js', apis: ['|'] }",
    "{ label: 'a', src: 'a.js', constraints: { | } }",
    "{ label: 'a', src: 'a.js', constraints: { network: '|' } }",
    "{ label: 'a', src: 'a.js', schedules: [{ | }] }",
    "{ runners: [{ | }] }",
    "{ label: 'a', src: 'a.js', interval: 15, apis: ['kv'] }",
    "{ runners: [{ label: 'a', src: 'a.js' }], maxConcurrent: 2 }",
    "{ label: 'a', src: 'a.js', intervall: 15 }",
    "{ label: 'a', src: 'a.js', interval: '15' }",
    "{ label: 'a', src: 'a.js', apis: ['camera'], constraints: { network: 'wifi' } }",
    "{ runners: [{ label: 'a' }] }",
    "{ label: 'a', src: 'a.js', schedules: [{ event: 'e' }] }",
];

#[test]
fn an_editor_helps_to_write_the_configuration() {
    let tools = or_skip!(tools());
    let whole = |block: &str| format!(r#"{{"plugins":{{"BackgroundRunner":{block}}}}}"#);
    let outside = ["{|}", r#"{"plugins":{|}}"#];
    let json = outside.map(str::to_owned).into_iter().chain(JSON.map(whole));
    let json = json.map(|source| ["json".to_owned(), source]);
    let outside = ["{ plugins: { | } }".to_owned()];
    let whole = |block: &str| format!("{{ plugins: {{ BackgroundRunner: {block} }} }}");
    let typescript = outside.into_iter().chain(TYPESCRIPT.map(whole));
    let typescript = typescript.map(|source| ["typescript".to_owned(), source]);
    let cases: Vec<_> = json.chain(typescript).collect();
    let output = Command::new("node")
        .arg(root().join("tests/config_language.js"))
        .arg(tools.join("node_modules"))
        .arg(root().join("generated"))
        .arg(serde_json::to_string(&cases).expect("texts are JSON"))
        .output()
        .expect("npm has brought Node");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let said: Vec<Vec<String>> =
        serde_json::from_slice(&output.stdout).expect("a list for each case");
    assert_eq!(said.len(), cases.len());
    let table = cases.iter().zip(said).map(|([language, source], lines)| {
        let lines: String =
            lines.iter().map(|line| format!("  {}\n", line.replace('\n', "\n    "))).collect();
        format!("{language} {source}\n{lines}\n")
    });
    insta::assert_snapshot!(table.collect::<String>());
}

/// The folder with the language services, installed once.
fn tools() -> Result<PathBuf, String> {
    let versions: Vec<_> = TOOLS.iter().map(|(_, version)| *version).collect();
    let list: serde_json::Map<_, _> =
        TOOLS.iter().map(|(name, version)| ((*name).to_owned(), json!(version))).collect();
    npm_packages(&format!("editor-{}", versions.join("-")), &list.into(), &[])
}
