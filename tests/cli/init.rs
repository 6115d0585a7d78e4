//! `background-runner init`: from an empty folder, or an app, to a runner that answers.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use background_runner_tests::background_runner;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::command;

/// A folder whose name an app can have, with these files.
fn folder(name: &str, files: &[(&str, &str)]) -> (TempDir, PathBuf) {
    let outer = tempfile::tempdir().expect("there is room for a folder");
    let folder = outer.path().join(name);
    fs::create_dir_all(&folder).expect("it is writable");
    for (path, text) in files {
        let path = folder.join(path);
        fs::create_dir_all(path.parent().expect("it is in the folder")).expect("it is writable");
        fs::write(path, text).expect("it is writable");
    }
    (outer, folder)
}

fn init(folder: &Path, arguments: &[&str]) -> Value {
    let ran = command(folder, ["init", "--json"].iter().chain(arguments));
    assert_eq!(ran.code, 0, "{}{}", ran.stdout, ran.stderr);
    assert_eq!(ran.stdout.lines().count(), 1);
    serde_json::from_str(&ran.stdout).expect("the line is JSON")
}

fn runs(folder: &Path) {
    let ran = command(folder, ["run", "--json", "--fresh"]);
    let line: Value = serde_json::from_str(&ran.stdout).unwrap_or_default();
    assert_eq!(line["value"], json!({ "runs": 1 }), "{}{}", ran.stdout, ran.stderr);
    assert_eq!(ran.stderr, "");
}

/// Stands for the package: `npx` finds the command in the folder.
fn installed(folder: &Path) {
    let bin = folder.join("node_modules/.bin");
    fs::create_dir_all(&bin).expect("it is writable");
    fs::copy(background_runner(), bin.join("background-runner")).expect("it is writable");
}

fn tool(folder: &Path, program: &str, arguments: &[&str]) -> (bool, String) {
    let output = Command::new(program).args(arguments).current_dir(folder).output();
    let output = output.expect("Node.js brings it");
    let text = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
    (output.status.success(), text.into_owned())
}

#[test]
fn two_commands_lead_from_nothing_to_a_running_event() {
    let (_outer, folder) = folder("My Todos 2", &[]);
    installed(&folder);
    let (done, said) = tool(&folder, "npx", &["--offline", "background-runner", "init"]);
    assert!(done, "{said}");
    assert!(said.contains("next    npx background-runner run"), "{said}");
    let (done, said) = tool(&folder, "npx", &["--offline", "background-runner", "run"]);
    assert!(done && said.contains("\"runs\": 1"), "{said}");
    let config = fs::read_to_string(folder.join("capacitor.config.json")).unwrap();
    let config: Value = serde_json::from_str(&config).unwrap();
    assert_eq!(config["appId"], "com.example.mytodos2");
    assert_eq!(config["appName"], "My Todos 2");
}

#[test]
fn a_folder_can_be_named_and_gets_typescript_on_demand() {
    let (outer, _) = folder("x", &[]);
    let report =
        init(outer.path(), &["new/app", "--typescript", "--event", "sync", "--label", "a.b"]);
    let written = json!([
        "package.json",
        "capacitor.config.json",
        "runners/background.ts",
        "runners/tsconfig.json",
        "runners/background.test.mjs"
    ]);
    assert_eq!(report["written"], written);
    assert_eq!(report["next"], json!(["cd new/app && npx background-runner run"]));
    let folder = outer.path().join("new/app");
    runs(&folder);
    let ran = command(&folder, ["run"]);
    assert!(ran.stdout.starts_with("a.b: sync in runners/background.ts"), "{}", ran.stdout);
}

/// Configurations as people write them.
const CONFIGS: [(&str, &str); 9] = [
    (
        "capacitor.config.ts",
        "import type { CapacitorConfig } from '@capacitor/cli';\n\nconst config: CapacitorConfig = {\n  appId: 'com.example.one',\n  appName: 'One', // shown below the icon\n  webDir: 'dist',\n};\n\nexport default config;\n",
    ),
    (
        "capacitor.config.ts",
        "import { KeyboardResize } from '@capacitor/keyboard';\n\nexport default {\n\tappId: 'com.example.two',\n\tplugins: {\n\t\tKeyboard: {\n\t\t\tresize: KeyboardResize.Body, // not Native\n\t\t},\n\t\t// the next one\n\t},\n\twebDir: 'www'\n} satisfies CapacitorConfig;",
    ),
    (
        "capacitor.config.ts",
        "const plugins = { SplashScreen: { launchShowDuration: 0 } };\nconst config = { appId: 'com.example.three', plugins };\nexport default config;\n",
    ),
    (
        "capacitor.config.js",
        "module.exports = {\n  appId: \"com.example.four\",\n  plugins: {}\n}\n",
    ),
    (
        "capacitor.config.json",
        "{\n  \"appId\": \"com.example.five\",\n  \"plugins\": {\n    \"SplashScreen\": { \"launchShowDuration\": 0 }\n  },\n  \"webDir\": \"www\"\n}",
    ),
    (
        "capacitor.config.json",
        "{\n\t\"appId\": \"com.example.six\",\n\t  \"_server\": {},\n\t\"webDir\": \"build\"}",
    ),
    ("capacitor.config.json", "{\"appId\":\"com.example.seven\"}"),
    ("capacitor.config.json", "{}"),
    (
        "src-capacitor/capacitor.config.json",
        "{\n  \"appId\": \"com.example.eight\",\n  \"webDir\": \"www\"\n}",
    ),
];

#[test]
fn an_app_gets_what_it_lacks_and_stays_as_it_is_otherwise() {
    let package = "{\n  \"name\": \"x\",\n  \"scripts\": { \"build\": \"vite build\" },\n  \"dependencies\": {}\n}\n";
    for (name, text) in CONFIGS {
        for (windows, mark) in [(false, ""), (true, ""), (false, "\u{feff}"), (true, "\u{feff}")] {
            let styled = |text: &str| {
                mark.to_owned()
                    + &if windows { text.replace('\n', "\r\n") } else { text.to_owned() }
            };
            let (before, package) = (styled(text), styled(package));
            let (_outer, folder) = folder("app", &[(name, &before), ("package.json", &package)]);
            let report = init(&folder, &[]);
            let after = fs::read_to_string(folder.join(name)).unwrap();
            let kept = |before: &str, after: &str| {
                let mut lines = after.lines();
                for line in before.lines().map(|it| it.trim_start_matches('\u{feff}').trim()) {
                    let line = line.trim_start_matches('{').trim_end_matches(['}', ',', ';', ' ']);
                    assert!(lines.any(|it| it.contains(line)), "{line}\n{after}");
                }
                assert_eq!(after.starts_with('\u{feff}'), !mark.is_empty(), "{after}");
                if before.contains("\r\n") {
                    assert_eq!(
                        after.matches('\n').count(),
                        after.matches("\r\n").count(),
                        "{after:?}"
                    );
                }
            };
            kept(&before, &after);
            assert!(
                report["todo"].to_string().contains("@capacitor/background-runner"),
                "{report}"
            );
            runs(&folder);
            // The second time there is nothing to do.
            let (config, package_after) =
                (after, fs::read_to_string(folder.join("package.json")).unwrap());
            kept(&package, &package_after);
            assert!(
                package_after.contains("\"runner\": \"background-runner run\""),
                "{package_after}"
            );
            let report = init(&folder, &[]);
            assert_eq!(
                (&report["written"], &report["changed"]),
                (&json!([]), &json!([])),
                "{report}"
            );
            assert_eq!(fs::read_to_string(folder.join(name)).unwrap(), config);
            assert_eq!(fs::read_to_string(folder.join("package.json")).unwrap(), package_after);
        }
    }
}

#[test]
fn a_block_is_added_in_the_style_of_its_file() {
    let texts = CONFIGS[..6].iter().map(|(name, text)| {
        let (_outer, folder) = folder("app", &[(name, text)]);
        init(&folder, &[]);
        format!("{name}\n{}\n---\n", fs::read_to_string(folder.join(name)).unwrap())
    });
    insta::assert_snapshot!(texts.collect::<String>());
}

#[test]
fn what_cannot_be_edited_is_told_as_a_snippet() {
    let config = "const plugins = make();\nexport default { appId: 'com.x', plugins };";
    let (_outer, folder) =
        folder("app", &[("capacitor.config.ts", config), ("tsconfig.json", "{}")]);
    // What is computed is run, and here that fails.
    let ran = command(&folder, ["init", "--json"]);
    assert_eq!(ran.code, 2, "{}", ran.stdout);
    assert!(ran.stderr.contains("capacitor.config.ts"), "{}", ran.stderr);
    let config = "const plugins = Object.assign({}, { A: {} });\nmodule.exports = { appId: 'com.x', plugins };";
    fs::remove_file(folder.join("capacitor.config.ts")).unwrap();
    fs::write(folder.join("capacitor.config.js"), config).unwrap();
    let report = init(&folder, &[]);
    let todo = report["todo"].to_string();
    assert!(todo.contains("capacitor.config.js") && todo.contains("com.x.background"), "{report}");
    assert!(folder.join("runners/background.ts").is_file(), "the app has a tsconfig.json");
    assert_eq!(fs::read_to_string(folder.join("capacitor.config.js")).unwrap(), config);
}

#[test]
fn a_configured_runner_without_a_file_gets_one_and_other_files_are_kept() {
    let config = r#"{"appId":"com.x","plugins":{"BackgroundRunner":{"label":"com.x.sync","src":"assets/sync.js","event":"syncTodos"}}}"#;
    let test = ("runners/sync.test.mjs", "mine");
    let (_outer, folder) = folder("app", &[("capacitor.config.json", config), test]);
    let report = init(&folder, &["--javascript"]);
    assert_eq!(report["written"], json!(["runners/sync.js", "runners/jsconfig.json"]), "{report}");
    assert!(report["kept"].to_string().contains("runners/sync.test.mjs"), "{report}");
    assert_eq!(fs::read_to_string(folder.join("runners/sync.test.mjs")).unwrap(), "mine");
    assert_eq!(fs::read_to_string(folder.join("capacitor.config.json")).unwrap(), config);
    runs(&folder);
    let vitest = [
        ("capacitor.config.json", config),
        ("package.json", r#"{"devDependencies":{"vitest":"^4"}}"#),
        ("pnpm-lock.yaml", ""),
    ];
    let (_outer, folder) = self::folder("app", &vitest);
    let report = init(&folder, &[]);
    assert!(report["todo"].to_string().contains("pnpm add @capacitor"), "{report}");
    let test = fs::read_to_string(folder.join("runners/sync.test.js")).unwrap();
    let words = ["from 'vitest'", "'syncTodos'", "./sync.js"];
    assert!(words.iter().all(|word| test.contains(word)), "{test}");
    let package = fs::read_to_string(folder.join("package.json")).unwrap();
    assert!(package.contains("vitest run runners/sync.test.js"), "{package}");
}

#[test]
fn capacitor_bundles_the_runner_before_it_copies() {
    for language in ["--javascript", "--typescript"] {
        let (_outer, folder) = folder("app", &[]);
        init(&folder, &[language]);
        let package = fs::read_to_string(folder.join("package.json")).unwrap();
        let package: Value = serde_json::from_str(&package).unwrap();
        assert_eq!(package["scripts"]["capacitor:copy:before"], "background-runner build");
        // As Capacitor calls it.
        installed(&folder);
        let (done, said) = tool(&folder, "npm", &["run", "capacitor:copy:before"]);
        assert!(done, "{said}");
        let config = fs::read_to_string(folder.join("capacitor.config.json")).unwrap();
        let config: Value = serde_json::from_str(&config).unwrap();
        let src = config["plugins"]["BackgroundRunner"]["src"].as_str().unwrap();
        let built = Path::new(config["webDir"].as_str().unwrap()).join(src);
        let ran = command(&folder, ["run", &built.to_string_lossy(), "--json", "--fresh"]);
        assert!(ran.stdout.contains("{\"runs\":1}"), "{}{}", ran.stdout, ran.stderr);
    }
}
