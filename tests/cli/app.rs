//! `background-runner run` in the folder of an app: what its configuration says, and where its files are.

use std::path::Path;

use serde_json::Value;

use crate::{Bench, Ran, command};

const RUNNER: &str = "addEventListener('sync', (resolve) => resolve('ran'));";

/// Names and texts.
type Files<'a> = &'a [(&'a str, &'a str)];

/// An app of these files, in which the command is typed in `folder`.
struct Project {
    bench: Bench,
    folder: &'static str,
}

impl Project {
    fn new(files: Files<'_>) -> Self {
        let bench = Bench::new("");
        for (name, text) in files {
            bench.write(name, text);
        }
        Self { bench, folder: "" }
    }

    fn inside(mut self, folder: &'static str) -> Self {
        self.folder = folder;
        self
    }

    fn path(&self) -> std::path::PathBuf {
        self.bench.folder.path().join(self.folder)
    }

    fn ran(&self, arguments: &[&str]) -> Ran {
        command(&self.path(), ["run"].iter().chain(arguments))
    }

    fn line(&self, arguments: &[&str]) -> Value {
        let ran = self.ran(&[arguments, &["--json"]].concat());
        serde_json::from_str(&ran.stdout).unwrap_or_else(|_| panic!("{}{}", ran.stdout, ran.stderr))
    }

    fn value(&self, arguments: &[&str]) -> Value {
        let line = self.line(arguments);
        assert_eq!(line["outcome"], "resolved", "{line}");
        line["value"].clone()
    }
}

/// A configuration with one runner of this file, and more of its block.
fn config(src: &str, more: &str) -> String {
    format!(
        r#"{{"appId":"com.example.app","webDir":"dist","plugins":{{"BackgroundRunner":{{"label":"com.example.app.sync","src":"{src}","event":"sync"{more}}}}}}}"#
    )
}

/// The same as a module.
fn module(src: &str, more: &str) -> String {
    format!(
        "/// <reference types=\"@capacitor/background-runner\" />\n\
         import type {{ CapacitorConfig }} from '@capacitor/cli';\n\n\
         const config: CapacitorConfig = {{\n  appId: 'com.example.app', // ours\n  webDir: `dist`,\n  \
         plugins: {{\n    BackgroundRunner: {{\n      label: 'com.example.app.sync', src: '{src}',\n      \
         event: 'sync',\n      interval: 10 + 5, // 60 seconds\n      {more}\n    }},\n  }},\n}};\n\n\
         export default config;\n"
    )
}

#[test]
fn a_run_without_arguments_is_that_of_the_app() {
    let layouts: [(&str, Files<'_>, &str); 9] = [
        (
            "Vite",
            &[
                ("capacitor.config.ts", "TS runners/background.js"),
                ("public/runners/background.js", RUNNER),
            ],
            "",
        ),
        (
            "a script copies it",
            &[("capacitor.config.ts", "TS assets/background.js"), ("src/background.js", RUNNER)],
            "",
        ),
        (
            "Angular",
            &[
                ("capacitor.config.json", "JSON runners/sync.js"),
                ("src/app/runners/sync.js", RUNNER),
            ],
            "src/app",
        ),
        (
            "Angular's assets",
            &[("capacitor.config.ts", "TS assets/sync.js"), ("src/assets/sync.js", RUNNER)],
            "",
        ),
        (
            "Quasar",
            &[
                ("src-capacitor/capacitor.config.json", "JSON runners/sync.js"),
                ("public/runners/sync.js", RUNNER),
            ],
            "src-capacitor",
        ),
        (
            "Quasar, from its root",
            &[
                ("src-capacitor/capacitor.config.json", "JSON runners/sync.js"),
                ("public/runners/sync.js", RUNNER),
            ],
            "",
        ),
        (
            "SvelteKit",
            &[
                ("capacitor.config.json", "JSON runners/sync.js"),
                ("static/runners/sync.js", RUNNER),
            ],
            "",
        ),
        (
            "one below",
            &[
                ("package.json", "{}"),
                ("packages/app/capacitor.config.ts", "TS sync.js"),
                ("packages/app/client/public/sync.js", RUNNER),
            ],
            "",
        ),
        ("built only", &[("capacitor.config.json", "JSON sync.js"), ("dist/sync.js", RUNNER)], ""),
    ];
    for (name, files, folder) in layouts {
        for windows in [false, true] {
            let written = files.iter().map(|(path, text)| {
                let text = match text.split_once(' ') {
                    Some(("TS", src)) => module(src, ""),
                    Some(("JSON", src)) => config(src, ""),
                    _ => (*text).to_owned(),
                };
                let text =
                    if windows { format!("\u{feff}{}", text.replace('\n', "\r\n")) } else { text };
                (*path, text)
            });
            let written: Vec<_> = written.collect();
            let written: Vec<_> =
                written.iter().map(|(path, text)| (*path, text.as_str())).collect();
            let project = Project::new(&written).inside(folder);
            assert_eq!(project.value(&[]), "ran", "{name}, windows: {windows}");
        }
    }
}

#[test]
fn the_source_is_run_and_not_what_was_made_of_it() {
    let project = Project::new(&[
        ("capacitor.config.json", &config("runners/background.js", "")),
        (
            "runners/background.ts",
            "addEventListener('sync', (resolve: (it: string) => void) => resolve('source'));",
        ),
        ("public/runners/background.js", RUNNER),
        ("dist/runners/background.js", RUNNER),
    ]);
    assert_eq!(project.value(&[]), "source");
    assert_eq!(project.value(&["public/runners/background.js"]), "ran");
}

#[test]
fn a_configuration_in_another_file_is_followed() {
    let block = "plugins: { BackgroundRunner: { label: 'com.example.app.sync', src: 'sync.js', event: 'sync' } }";
    let cases: [Files<'_>; 5] = [
        &[
            (
                "demo/capacitor.config.ts",
                "import { demo } from './demo.config';\nexport default demo satisfies CapacitorConfig;",
            ),
            ("demo/demo.config.ts", &format!("export const demo = {{ {block} }};")),
        ],
        &[(
            "demo/capacitor.config.ts",
            &format!(
                "const plugins = {{ SplashScreen: {{ style: Style.Dark }} }};\nconst base = {{ ...other() }};\n\
             const config = {{ ...base, webDir: process.argv[2], {block} }} as Config;\n\
             if (process.env.DEV) {{ config.server = {{ url: 'x' }}; }}\nexport default config;"
            ),
        )],
        &[("demo/capacitor.config.js", &format!("module.exports = {{ {block} }};"))],
        &[(
            "demo/capacitor.config.ts",
            &format!("const config = {{ {block} }};\nexport = config;"),
        )],
        &[
            ("demo/capacitor.config.ts", "export { default } from './base.json';"),
            (
                "demo/base.json",
                r#"{"plugins":{"BackgroundRunner":{"label":"com.example.app.sync","src":"sync.js","event":"sync"}}}"#,
            ),
        ],
    ];
    for files in cases {
        let files = [files, &[("demo/public/sync.js", RUNNER)]].concat();
        assert_eq!(Project::new(&files).value(&[]), "ran", "{}", files[0].1);
    }
}

#[test]
fn a_configuration_that_is_computed_is_run_by_node() {
    let cases = [
        (
            "capacitor.config.js",
            "const label = ['com', 'x'].join('.');\nmodule.exports = { plugins: { BackgroundRunner: { label, src: 'sync.js', event: 'sync' } } };",
        ),
        (
            "capacitor.config.js",
            "console.log('{}');\nexport default async () => ({ plugins: { BackgroundRunner: { label: 'a', src: 'sync.js', event: 'sync' } } });",
        ),
        (
            "capacitor.config.js",
            "const config = { plugins: {} };\nconfig.plugins.BackgroundRunner = { label: 'a', src: 'sync.js', event: 'sync' };\nmodule.exports = config;",
        ),
    ];
    for (name, text) in cases {
        let package = if text.contains("export default") { r#"{"type":"module"}"# } else { "{}" };
        let files = [(name, text), ("package.json", package), ("public/sync.js", RUNNER)];
        assert_eq!(Project::new(&files).value(&[]), "ran", "{text}");
    }
    let fails =
        [("capacitor.config.js", "throw new Error('no secrets here');\nmodule.exports = f();")];
    let ran = Project::new(&fails).ran(&[]);
    assert_eq!(ran.code, 2);
    assert!(ran.stderr.contains("no secrets here"), "{}", ran.stderr);
}

#[test]
fn several_apps_runners_or_events_are_a_list_and_no_guess() {
    let several = Project::new(&[
        ("apps/one/capacitor.config.ts", &module("sync.js", "")),
        ("apps/two/capacitor.config.json", "{}"),
        ("node_modules/x/capacitor.config.json", "{}"),
    ]);
    let ran = several.ran(&[]);
    assert_eq!(ran.code, 2, "{}", ran.stdout);
    let list = Path::new("apps").join("one").display().to_string();
    assert!(ran.stderr.contains(&list) && !ran.stderr.contains("node_modules"), "{}", ran.stderr);

    let runners = r#"{"plugins":{"BackgroundRunner":{"runners":[
        {"label":"a","src":"a.js","event":"sync"},
        {"label":"b","src":"b.js","schedules":[{"event":"x","interval":15},{"event":"y","interval":15}]}]}}}"#;
    let project = Project::new(&[
        ("capacitor.config.json", runners),
        ("public/a.js", RUNNER),
        ("public/b.js", "addEventListener('x', (resolve) => resolve('x'));"),
    ]);
    let ran = project.ran(&[]);
    assert!(
        ran.code == 2 && ran.stderr.contains("`a`, `b`") && ran.stderr.contains("--label"),
        "{}",
        ran.stderr
    );
    assert_eq!(project.value(&["--label", "a"]), "ran");
    let ran = project.ran(&["--label", "b"]);
    assert!(
        ran.code == 2 && ran.stderr.contains("`x`, `y`") && ran.stderr.contains("--event"),
        "{}",
        ran.stderr
    );
    assert_eq!(project.value(&["--label", "b", "--event", "x"]), "x");
    assert_eq!(project.value(&["public/a.js"]), "ran");
    let ran = project.ran(&["--label", "c"]);
    assert!(ran.code == 2 && ran.stderr.contains("`a`, `b`"), "{}", ran.stderr);
}

#[test]
fn what_is_missing_has_a_way_out() {
    let empty = Project::new(&[]).ran(&[]);
    assert!(empty.code == 2 && empty.stderr.contains("background-runner init"), "{}", empty.stderr);
    let none = Project::new(&[("capacitor.config.json", "{}")]).ran(&[]);
    assert!(none.code == 2 && none.stderr.contains("background-runner init"), "{}", none.stderr);
    let lost = Project::new(&[("capacitor.config.json", &config("lost.js", ""))]).ran(&[]);
    assert!(lost.code == 2 && lost.stderr.contains("public/"), "{}", lost.stderr);
    let broken = Project::new(&[("capacitor.config.json", "{\"plugins\": }")]).ran(&[]);
    assert!(
        broken.code == 2 && broken.stderr.contains("capacitor.config.json:1:13"),
        "{}",
        broken.stderr
    );
    let broken = Project::new(&[(
        "capacitor.config.ts",
        "const config = {\n  appId: \n};\nexport default config;",
    )])
    .ran(&[]);
    assert!(
        broken.code == 2 && broken.stderr.contains("capacitor.config.ts:3:1"),
        "{}",
        broken.stderr
    );
}

#[test]
fn the_only_event_of_a_file_need_not_be_named() {
    let bench = Bench::new("addEventListener('only', (resolve) => resolve('ran'));");
    let ran = command(bench.folder.path(), ["run", "runner.js"]);
    assert!(ran.code == 0 && ran.stdout.contains("ran"), "{}{}", ran.stdout, ran.stderr);
    bench.write(
        "runner.js",
        "addEventListener('a', f); self.addEventListener('b', f); function f() {}",
    );
    let ran = command(bench.folder.path(), ["run", "runner.js"]);
    assert!(ran.code == 2 && ran.stderr.contains("`a`, `b`"), "{}{}", ran.stdout, ran.stderr);
    bench.write("runner.js", "const = 1;");
    let ran = command(bench.folder.path(), ["run", "runner.js"]);
    assert!(ran.code == 1 && ran.stdout.contains("runner.js:1:7"), "{}{}", ran.stdout, ran.stderr);
}

#[test]
fn the_configurations_limits_and_apis_hold() {
    let with = |more: &str, body: &str| {
        let runner = format!("addEventListener('sync', async (resolve, reject) => {{ {body} }});");
        let config = config("sync.js", more);
        Project::new(&[("capacitor.config.json", config.as_str()), ("public/sync.js", &runner)])
            .line(&[])
    };
    let line =
        with(r#","timeout":0.3"#, "await new Promise((done) => setTimeout(done, 2000)); resolve()");
    assert_eq!(line["error"]["code"], "DEADLINE_EXCEEDED", "{line}");
    let line = with(r#","memoryLimit":4"#, "resolve('x'.repeat(8e6).length)");
    assert_eq!(line["error"]["code"], "OUT_OF_MEMORY", "{line}");
    let line = with(
        r#","apis":["device"]"#,
        "CapacitorDevice.getBatteryStatus(); CapacitorKV.get('a'); resolve()",
    );
    assert_eq!(line["error"]["scriptCode"], "UNAVAILABLE", "{line}");
    let apis =
        r#","hostApis":[{"name":"Lamp","methods":[{"name":"on","params":[],"returns":"void"}]}]"#;
    let line = with(apis, "resolve(typeof Lamp)");
    assert_ne!(line["value"], "undefined", "{line}");
}

#[test]
fn what_a_runner_stores_stays_until_the_next_run() {
    let runner = "addEventListener('sync', (resolve) => {
        const count = Number(CapacitorKV.get('count')?.value ?? 0) + 1;
        CapacitorKV.set('count', String(count));
        resolve(count);
    });";
    let config = config("sync.js", "");
    let project = Project::new(&[("capacitor.config.json", &config), ("public/sync.js", runner)]);
    assert_eq!(project.value(&[]), 1);
    assert_eq!(project.value(&["public/sync.js"]), 2);
    assert_eq!(project.value(&["--fresh"]), 1);
    project.bench.write("host.json", r#"{"kv":{"count":"40"}}"#);
    assert_eq!(project.value(&["--host", "host.json"]), 41);
    project.bench.write("host.json", r#"{"clock":"virtual"}"#);
    assert_eq!(project.value(&["--host", "host.json"]), 3);
    assert_eq!(project.value(&["--label", "another", "public/sync.js"]), 1);
    let ignored = std::fs::read_to_string(project.path().join(".background-runner/.gitignore"));
    assert_eq!(ignored.unwrap(), "*\n");
    project.bench.write(".background-runner/kv.json", "{oops");
    let ran = project.ran(&[]);
    assert!(ran.code == 2 && ran.stderr.contains("--fresh"), "{}", ran.stderr);
    assert_eq!(project.value(&["--fresh"]), 1);
    // What is no app keeps nothing.
    let bench = Bench::new(runner);
    for _ in 0..2 {
        let ran = command(bench.folder.path(), ["run", "runner.js", "--json"]);
        assert!(ran.stdout.contains("\"value\":1"), "{}", ran.stdout);
    }
    assert!(!bench.folder.path().join(".background-runner").exists());
}

#[test]
fn an_app_begins_without_permissions_and_says_who_asks_for_them() {
    let runner = "addEventListener('sync', (resolve) => {
        CapacitorNotifications.schedule([{ id: 1, title: 't', body: 'b' }]);
        resolve('shown');
    });";
    let config = config("sync.js", "");
    let project = Project::new(&[("capacitor.config.json", &config), ("public/sync.js", runner)]);
    let error = project.line(&[])["error"].clone();
    assert_eq!(error["scriptCode"], "PERMISSION_DENIED", "{error}");
    let message = error["message"].as_str().unwrap();
    for part in ["requestPermissions({ apis: ['notifications'] })", "--allow notifications"] {
        assert!(message.contains(part), "{message}");
    }
    assert_eq!(project.value(&["--allow", "notifications"]), "shown");
    project.bench.write("host.json", r#"{"permissions":{"geolocation":"denied"}}"#);
    assert_eq!(project.value(&["--host", "host.json"]), "shown");
}

#[test]
fn an_odd_configuration_is_told_and_run() {
    let config =
        config("sync.js", r#","intervall":15,"repeat":"yes","retry":{"backoff":"linaer"}"#);
    let project = Project::new(&[("capacitor.config.json", &config), ("public/sync.js", RUNNER)]);
    let ran = project.ran(&[]);
    assert_eq!(ran.code, 0);
    for part in [
        "`plugins.BackgroundRunner.intervall` is no option; did you mean `interval`?",
        "`plugins.BackgroundRunner.repeat` is `\"yes\"`, not `true` or `false`",
        "did you mean `linear`?",
    ] {
        assert!(ran.stderr.contains(part), "{}", ran.stderr);
    }
    assert!(
        ran.stdout.starts_with("com.example.app.sync: sync in public/sync.js\n"),
        "{}",
        ran.stdout
    );
    // What the runtime itself refuses.
    let wrong = crate::app::config("sync.js", r#","timeout":"10""#);
    let ran =
        Project::new(&[("capacitor.config.json", &wrong), ("public/sync.js", RUNNER)]).ran(&[]);
    assert!(
        ran.code == 2 && ran.stderr.contains("plugins.BackgroundRunner.timeout"),
        "{}",
        ran.stderr
    );
}
