//! Apps as they are found in the field: each is taken by `init`, `run` and `build` as it is.

use std::fs;

use serde_json::Value;

use crate::{Bench, command};

/// An app, and what its event comes to.
struct Layout {
    name: &'static str,
    files: &'static [(&'static str, &'static str)],
    /// The folder of the app's project, where commands are typed.
    project: &'static str,
    /// Where the runner is when it is built, seen from there.
    built: &'static str,
    /// The value, or a part of the message and the place.
    comes_to: Result<&'static str, (&'static str, &'static str)>,
}

const RUNNER: &str = "addEventListener('sync', (resolve) => resolve('ran'));\n";

const LAYOUTS: [Layout; 7] = [
    Layout {
        name: "A: fresh, with Vite and React",
        files: &[
            (
                "package.json",
                "{\n  \"name\": \"fresh\",\n  \"scripts\": { \"build\": \"vite build\" },\n  \"dependencies\": { \"@capacitor/core\": \"^8.4.0\", \"react\": \"^19.0.0\" },\n  \"devDependencies\": { \"vite\": \"^7.0.0\" }\n}\n",
            ),
            (
                "capacitor.config.ts",
                "/// <reference types=\"@capacitor/background-runner\" />\nimport type { CapacitorConfig } from '@capacitor/cli';\n\nconst config: CapacitorConfig = {\n  appId: 'com.example.fresh',\n  appName: 'Fresh',\n  webDir: 'dist',\n  plugins: {\n    BackgroundRunner: {\n      label: 'com.example.fresh.sync',\n      src: 'runners/background.js',\n      event: 'sync',\n      repeat: true,\n      interval: 15,\n      autoStart: true,\n    },\n  },\n};\n\nexport default config;\n",
            ),
            ("public/runners/background.js", RUNNER),
            ("ios/App/App/Info.plist", "<plist version=\"1.0\"><dict/></plist>\n"),
        ],
        project: "",
        built: "dist/runners/background.js",
        comes_to: Ok("ran"),
    },
    Layout {
        name: "B: Ionic React of the days of 2.x, whose build copies the runner",
        files: &[
            (
                "package.json",
                "{\n  \"name\": \"two\",\n  \"scripts\": { \"build\": \"vite build && node scripts/copy.mjs\" },\n  \"dependencies\": { \"@capacitor/background-runner\": \"^2.0.0\", \"@ionic/react\": \"^8.0.0\" }\n}",
            ),
            (
                "capacitor.config.ts",
                "import { CapacitorConfig } from '@capacitor/cli';\n\nconst config: CapacitorConfig = {\n\tappId: 'com.example.two',\n\twebDir: 'dist',\n\tplugins: { BackgroundRunner: { label: 'com.example.two.task', src: 'assets/background.js', event: 'sync', repeat: true, interval: 30, autoStart: true } }\n};\nexport default config;\n",
            ),
            (
                "src/background.js",
                "const url = '__API_URL__';\naddEventListener('sync', async (resolve, reject, args) => {\n  try { resolve(url.length > 0 ? 'ran' : ''); } catch (err) { reject(err); }\n});\n",
            ),
            ("scripts/copy.mjs", "// copies src/background.js to dist/assets/\n"),
            (".gitignore", "dist\n"),
        ],
        project: "",
        built: "dist/assets/background.js",
        comes_to: Ok("ran"),
    },
    Layout {
        name: "C: Ionic Angular by the tutorial",
        files: &[
            (
                "angular.json",
                "{ \"projects\": { \"app\": { \"architect\": { \"build\": { \"options\": { \"assets\": [{ \"glob\": \"**/*.js\", \"input\": \"src/app/runners\", \"output\": \"./runners\" }] } } } } } }",
            ),
            (
                "package.json",
                "{ \"dependencies\": { \"@angular/core\": \"^20.0.0\", \"@capacitor/background-runner\": \"^2.1.0\" } }",
            ),
            (
                "capacitor.config.ts",
                "import type { CapacitorConfig } from '@capacitor/cli';\nconst config: CapacitorConfig = {\n  appId: 'com.example.tutorial',\n  webDir: 'www',\n  plugins: { BackgroundRunner: { label: 'com.example.background.task', src: 'runners/runner.js', event: 'sync', repeat: true, interval: 1, autoStart: false } },\n};\nexport default config;\n",
            ),
            (
                "src/app/runners/runner.js",
                "addEventListener('sync', async (resolve, reject, args) => {\n  const { value } = CapacitorKV.get('CHECKS');\n  resolve(value);\n});\n",
            ),
            ("tsconfig.json", "{}"),
            (".gitignore", "ios/\nandroid/\n"),
        ],
        project: "",
        built: "www/runners/runner.js",
        comes_to: Err(("CHECKS", "src/app/runners/runner.js:1:")),
    },
    Layout {
        name: "E: Quasar",
        files: &[
            ("quasar.config.js", "module.exports = () => ({});\n"),
            (
                "package.json",
                "{ \"dependencies\": { \"quasar\": \"^2.0.0\", \"@capacitor/background-runner\": \"^2.1.0\" } }\n",
            ),
            ("public/runners/background.js", RUNNER),
            (
                "src-capacitor/package.json",
                "{ \"dependencies\": { \"@capacitor/background-runner\": \"^2.1.0\" } }\n",
            ),
            (
                "src-capacitor/capacitor.config.json",
                "{\n  \"appId\": \"com.example.quasar\",\n  \"webDir\": \"www\",\n  \"plugins\": {\n    \"BackgroundRunner\": {\n      \"label\": \"com.example.quasar.sync\",\n      \"src\": \"runners/background.js\",\n      \"event\": \"sync\",\n      \"repeat\": true,\n      \"interval\": 15\n    }\n  }\n}",
            ),
        ],
        project: "",
        built: "src-capacitor/www/runners/background.js",
        comes_to: Ok("ran"),
    },
    Layout {
        name: "F: SvelteKit, with JSON of many hands",
        files: &[
            (
                "package.json",
                "{ \"type\": \"module\", \"devDependencies\": { \"@sveltejs/kit\": \"^2.0.0\" } }\n",
            ),
            ("svelte.config.js", "export default {};\n"),
            (
                "capacitor.config.json",
                "{\n\t\"appId\": \"com.example.svelte\",\n\t  \"webDir\": \"build\",\n\t\"_server\": { \"url\": \"http://192.168.0.2:5173\" },\n\t\"server\": { \"androidScheme\": \"https\" },\n\t\"plugins\": {\n\t\t\"BackgroundRunner\": {\n\t\t\t\"label\": \"com.example.svelte.sync\",\n\t\t\t\"src\": \"runners/background.js\",\n\t\t\t  \"event\": \"sync\",\n\t\t\t\"repeat\": true, \"interval\": 15, \"autoStart\": true\n\t\t}\n\t}\n}",
            ),
            (
                "static/runners/background.js",
                "addEventListener('sync', (resolve) => {\n  CapacitorKV.set('todos', '[1]');\n  const todos = JSON.parse(CapacitorKV.get('todos'));\n  resolve(todos);\n});\n",
            ),
        ],
        project: "",
        built: "build/runners/background.js",
        comes_to: Err(("JSON", "static/runners/background.js:3:")),
    },
    Layout {
        name: "G: the demo of a library, from its folder",
        files: DEMO,
        project: "demo",
        built: "dist/runners/background.js",
        comes_to: Ok("ran"),
    },
    Layout {
        name: "G: the demo of a library, from the root",
        files: DEMO,
        project: "",
        built: "demo/dist/runners/background.js",
        comes_to: Ok("ran"),
    },
];

const DEMO: &[(&str, &str)] = &[
    (
        "package.json",
        "{ \"devDependencies\": { \"@capacitor/background-runner\": \"^2.1.0\", \"typescript\": \"^5.0.0\" } }\n",
    ),
    (
        "demo/x.config.ts",
        "import type { CapacitorConfig } from '@capacitor/cli';\n\nexport const config = {\n  appId: 'org.example.demo',\n  webDir: 'dist',\n  plugins: {\n    BackgroundRunner: { label: 'org.example.demo.runner', src: 'runners/background.js', event: 'sync', repeat: false, interval: 15, autoStart: false },\n  },\n} satisfies CapacitorConfig;\n",
    ),
    ("demo/capacitor.config.ts", "export { config as default } from './x.config';\n"),
    (
        "demo/capacitor.config.json",
        "{ \"appId\": \"org.example.demo\", \"webDir\": \"dist\", \"ios\": { \"path\": \"ios\" }, \"android\": { \"path\": \"android\" }, \"plugins\": {} }",
    ),
    ("demo/public/runners/background.js", RUNNER),
];

#[test]
fn apps_of_the_field_are_taken_as_they_are() {
    for layout in LAYOUTS {
        let Layout { name, files, project, built, comes_to } = layout;
        let bench = Bench::named("README.md", "");
        for (path, text) in files {
            bench.write(path, text);
        }
        let folder = bench.folder.path().join(project);
        let report = command(&folder, ["init", "--json"]);
        assert_eq!(report.code, 0, "{name}: {}", report.stderr);
        let report: Value = serde_json::from_str(&report.stdout).expect("the line is JSON");
        let kept = report["kept"].to_string();
        assert!(kept.contains("the runner `") && kept.contains(".js"), "{name}: {report}");
        // Only `package.json` may lack something.
        for (path, text) in files.iter().filter(|(path, _)| !path.ends_with("package.json")) {
            let now = fs::read_to_string(bench.folder.path().join(path)).expect("it is there");
            assert_eq!(now, *text, "{name}: {path}");
        }
        let ran = command(&folder, ["run", "--json", "--fresh"]);
        check(name, &ran.stdout, &ran.stderr, comes_to);
        let made = command(&folder, ["build"]);
        assert_eq!(made.code, 0, "{name}: {}", made.stderr);
        assert!(made.stdout.starts_with(built), "{name}: {}", made.stdout);
        // What runs is the source, also when it is built; and what is built does the same.
        let again = command(&folder, ["run", "--json", "--fresh"]);
        check(name, &again.stdout, &again.stderr, comes_to);
        let ran = command(&folder, ["run", built, "--json", "--fresh", "--event", "sync"]);
        check(name, &ran.stdout, &ran.stderr, comes_to);
    }
}

fn check(name: &str, line: &str, errors: &str, comes_to: Result<&str, (&str, &str)>) {
    let line: Value = serde_json::from_str(line).unwrap_or_else(|_| panic!("{name}: {errors}"));
    match comes_to {
        Ok(value) => assert_eq!(line["value"], value, "{name}: {line}"),
        Err((said, place)) => {
            let error = &line["error"];
            assert!(error["message"].to_string().contains(said), "{name}: {line}");
            assert!(error["stack"].to_string().contains(place), "{name}: {line}");
        }
    }
}
