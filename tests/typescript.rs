//! The TypeScript half of the package, through the tools that its users have: tsc, rollup, eslint,
//! prettier and Node, installed into the cache folder from the npm registry.

use std::{
    collections::hash_map::DefaultHasher,
    fs,
    hash::{Hash as _, Hasher as _},
    path::{Path, PathBuf},
    process::{Command, Output},
};

use background_runner_tests::{background_runner, npm_packages, or_skip, root};
use walkdir::WalkDir;

#[test]
fn the_package_builds_and_its_users_compile() {
    let tools = or_skip!(tools());
    let workshop = tempfile::tempdir_in(&tools).expect("the cache folder can be written");
    let package = workshop.path().join("package");
    copy(&root().join("generated"), &package);
    let tool = |name: &str, folder: &Path, arguments: &[&str]| {
        run(&tools.join("node_modules/.bin").join(name), folder, arguments);
    };
    tool("tsc", &package, &[]);
    tool("rollup", &package, &["--silent", "--config", "rollup.config.mjs"]);
    tool("eslint", &package, &["--max-warnings", "0", "."]);
    tool("prettier", &package, &["--check", "{src/**/*,*}.{js,mjs,ts}"]);

    let bridge = package.join("bridge.mjs");
    fs::copy(package.join("dist/esm/bridge.js"), &bridge).expect("tsc wrote it");
    let test = root().join("tests/typescript/bridge.mjs");
    run(Path::new("node"), &package, &[&text(&test), &text(&bridge)]);
    fs::remove_file(bridge).expect("it was just written");

    let app = workshop.path().join("app");
    copy(&package, &app.join("node_modules/@capacitor/background-runner"));
    for name in ["app.ts", "runner.ts"] {
        fs::copy(root().join("tests/typescript").join(name), app.join(name)).expect("it is there");
    }
    let strict = ["--noEmit", "--strict", "--module", "esnext", "--moduleResolution", "bundler"];
    tool("tsc", &app, &[&strict[..], &["--lib", "es2022,dom", "app.ts"]].concat());
    let runner = ["--lib", "es2023", "--types", "@capacitor/background-runner/runner", "runner.ts"];
    tool("tsc", &app, &[&strict[..], &runner].concat());

    // A misspelt event is told, and the declarations of the usual clients check as well.
    let clients = serde_json::json!({ "@supabase/supabase-js": "2.109.0", "axios": "1.21.1", "ky": "1.14.3" });
    let clients = or_skip!(npm_packages("clients-1", &clients, &[]));
    let beside = tempfile::tempdir_in(&clients).expect("the cache folder can be written");
    copy(&package, &beside.path().join("node_modules/@capacitor/background-runner"));
    for name in ["clients.ts", "events.ts"] {
        fs::copy(root().join("tests/typescript").join(name), beside.path().join(name))
            .expect("it is there");
        let runner = ["--lib", "es2023", "--types", "@capacitor/background-runner/runner", name];
        tool("tsc", beside.path(), &[&strict[..], &runner].concat());
    }

    // The typings of an app's own functions find what they are of.
    let write = |name: &str, text: &str| {
        let path = app.join(name);
        fs::create_dir_all(path.parent().expect("it is in the app")).expect("the folder is ours");
        fs::write(path, text).expect("the folder is ours");
    };
    write("native/host.ts", "export interface Lamp { turn(on: boolean): void }\n");
    write("runners/lamp.ts", "addEventListener('dark', (resolve) => resolve(Lamp.turn(true)));\n");
    let host =
        ["apis", "native/host.ts", "-o", "host.json", "--typings", "runners/types/host.d.ts"];
    run(background_runner(), &app, &host);
    let files = ["runners/lamp.ts", "runners/types/host.d.ts"];
    let types = ["--lib", "es2023", "--types", "@capacitor/background-runner/runner"];
    tool("tsc", &app, &[&strict[..], &types, &files].concat());

    // What `init` writes needs no change to be checked.
    for (language, settings) in
        [("--javascript", "jsconfig.json"), ("--typescript", "tsconfig.json")]
    {
        let first = text(&app.join("first").join(settings));
        run(background_runner(), &app, &["init", &first, language]);
        tool("tsc", &app, &["--noEmit", "--project", &format!("{first}/runners/{settings}")]);
    }
}

/// The folder with the package's own development tools, installed once for each list of them.
fn tools() -> Result<PathBuf, String> {
    let manifest = fs::read_to_string(root().join("generated/package.json")).expect("it is there");
    let manifest: serde_json::Value = serde_json::from_str(&manifest).expect("it is JSON");
    let list = serde_json::json!({ "private": true, "dependencies": manifest["devDependencies"] });
    let list = list.to_string();
    let mut hasher = DefaultHasher::new();
    list.hash(&mut hasher);
    npm_packages(&format!("typescript-{:016x}", hasher.finish()), &manifest["devDependencies"], &[])
}

/// Runs a tool and shows what it said when it fails.
fn run(program: &Path, folder: &Path, arguments: &[&str]) {
    let output: Output = Command::new(program)
        .args(arguments)
        .current_dir(folder)
        .output()
        .unwrap_or_else(|error| panic!("{} cannot be started: {error}", program.display()));
    assert!(
        output.status.success(),
        "{} {} failed:\n{}{}",
        program.display(),
        arguments.join(" "),
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
}

/// Copies the files that the TypeScript half is made of.
fn copy(from: &Path, to: &Path) {
    let native = |name: &str| ["android", "ios", "rust", "node_modules"].contains(&name);
    let entries = WalkDir::new(from)
        .into_iter()
        .filter_entry(|entry| entry.depth() != 1 || !native(&entry.file_name().to_string_lossy()));
    for entry in entries {
        let entry = entry.expect("the folder can be read");
        let target = to.join(entry.path().strip_prefix(from).expect("it is inside"));
        if entry.file_type().is_dir() {
            fs::create_dir_all(target).expect("the folder is ours");
        } else {
            fs::copy(entry.path(), target).expect("the folder is ours");
        }
    }
}

fn text(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}
