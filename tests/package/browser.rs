//! The package in a browser: one small app, built by the tools that apps are built by, in Debian's
//! Chromium (`browser/`). Vite's is always built, all with `BACKGROUND_RUNNER_ALL_BUILDERS`.

use std::{
    collections::BTreeMap,
    env, fs,
    os::unix::fs::symlink,
    path::{Path, PathBuf},
    process::Command,
    sync::{Mutex, OnceLock, PoisonError},
};

use background_runner_tests::{cache_dir, npm_packages, or_skip, root, said, target_dir};
use serde_json::{Value, json};

use crate::{
    npm::{Files, copy, packed, place_all, unpack},
    real::{toolchain, wasm},
};

/// A tool that builds apps.
struct Builder {
    name: &'static str,
    /// The folder of `browser/` with what it needs of an app.
    sources: &'static str,
    /// The packages of an app, beside Capacitor and the plugin.
    packages: fn() -> Value,
    /// The program, in the packages, and its arguments.
    build: &'static [&'static str],
}

/// The first is always built.
const BUILDERS: [Builder; 4] = [
    Builder {
        name: "vite",
        sources: "vite",
        packages: || json!({ "vite": "^7.0.0" }),
        build: &["vite/bin/vite.js", "build", "--logLevel", "warn"],
    },
    Builder {
        name: "vite-5",
        sources: "vite",
        packages: || json!({ "vite": "^5.4.0" }),
        build: &["vite/bin/vite.js", "build", "--logLevel", "warn"],
    },
    Builder {
        name: "webpack",
        sources: "webpack",
        packages: || json!({ "webpack": "^5.100.0", "webpack-cli": "^6.0.0" }),
        build: &["webpack/bin/webpack.js", "--mode=production", "--entry=./main.js"],
    },
    Builder {
        name: "angular",
        sources: "angular",
        packages: || {
            let mut packages = json!({ "rxjs": "^7.8", "tslib": "^2.8", "typescript": "~5.9.0" });
            for name in
                ["build", "cli", "common", "compiler", "compiler-cli", "core", "platform-browser"]
            {
                packages[format!("@angular/{name}")] = "^21.0.0".into();
            }
            packages
        },
        build: &["@angular/cli/bin/ng.js", "build"],
    },
];

#[test]
fn b6_a_run_has_a_worker_that_can_be_ended() {
    hold("b6");
}

#[test]
fn b7_the_device_is_what_the_page_knows() {
    hold("b7");
}

#[test]
fn b8_pages_of_one_app_share_what_is_planned() {
    hold("b8");
}

#[test]
fn a_runner_that_is_being_written_is_seen_by_the_next_dispatch() {
    or_skip!(browser());
    let folder = or_skip!(app(&BUILDERS[0], "development"));
    // Nobody tells the plugin its configuration: the development server has it.
    let main = "import { BackgroundRunner } from '@capacitor/background-runner';\n\
                Object.assign(window, { BackgroundRunner });\n";
    let json = folder.join("capacitor.config.json");
    let config = fs::read_to_string(&json).expect("it is there");
    fs::remove_file(json).expect("it is ours");
    let config = format!("const config: object = {config};\nexport default config;\n");
    fs::write(folder.join("capacitor.config.ts"), config).expect("it is ours");
    fs::write(folder.join("main.js"), main).expect("it is ours");
    drive("dev.mjs", &folder, "development", &[]);
}

/// Holds an app of each builder to the scenarios of a rule.
fn hold(rule: &str) {
    or_skip!(browser());
    let all = env::var_os("BACKGROUND_RUNNER_ALL_BUILDERS").is_some();
    for builder in BUILDERS.iter().take(if all { BUILDERS.len() } else { 1 }) {
        let folder = or_skip!(built(builder));
        drive("drive.mjs", &folder.join("dist"), builder.name, &[rule]);
    }
}

/// The app's folder, where it is built in `dist/`, once.
fn built(builder: &'static Builder) -> Result<PathBuf, String> {
    static BUILT: Mutex<BTreeMap<&str, PathBuf>> = Mutex::new(BTreeMap::new());
    let mut built = BUILT.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(folder) = built.get(builder.name) {
        return Ok(folder.clone());
    }
    let folder = app(builder, builder.name)?;
    let (program, arguments) = builder.build.split_first().expect("there is one");
    let output = Command::new("node")
        .arg(folder.join("node_modules").join(program))
        .args(arguments)
        .current_dir(&folder)
        .output()
        .expect("Node can be started");
    assert!(output.status.success(), "{}: {}", builder.name, said(&output));
    if builder.sources == "webpack" {
        // It builds scripts alone.
        copy(&folder.join("index.html"), &folder.join("dist/index.html"));
        place_all(&folder.join("public"), &folder.join("dist"));
    }
    built.insert(builder.name, folder.clone());
    Ok(folder)
}

/// The app as its developer has it: its own files, Capacitor, the plugin and the builder.
fn app(builder: &Builder, name: &str) -> Result<PathBuf, String> {
    let toolchain = toolchain()?;
    let mut packages = (builder.packages)();
    packages["@capacitor/core"] = "^8.0.0".into();
    let tools = npm_packages(&format!("app-{}", builder.name), &packages, &[])?;
    let folder = target_dir().join("browser").join(name);
    if folder.exists() {
        fs::remove_dir_all(&folder).expect("it is ours");
    }
    for sources in ["app", builder.sources] {
        place_all(&root().join("tests/browser").join(sources), &folder);
    }
    let runner = "runners/background.js";
    copy(&root().join("examples/background.js"), &folder.join("public").join(runner));
    let modules = folder.join("node_modules");
    link_all(&tools.join("node_modules"), &modules);
    for (path, content) in plugin(&toolchain) {
        let path = path.trim_start_matches("package/");
        let path = modules.join("@capacitor/background-runner").join(path);
        fs::create_dir_all(path.parent().expect("it is in a folder")).expect("it is ours");
        fs::write(path, content).expect("it is ours");
    }
    Ok(folder)
}

/// Makes the packages of a folder known in another one.
fn link_all(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("it is ours");
    for entry in fs::read_dir(from).expect("it is there") {
        let entry = entry.expect("it is listed");
        let target = to.join(entry.file_name());
        if entry.file_name().to_string_lossy().starts_with('@') {
            link_all(&entry.path(), &target);
        } else {
            symlink(entry.path(), target).expect("it is ours");
        }
    }
}

/// The plugin's files, as npm unpacks them.
fn plugin(toolchain: &Path) -> &'static Files {
    static FILES: OnceLock<Files> = OnceLock::new();
    FILES.get_or_init(|| {
        let folder = tempfile::tempdir().expect("a folder can be made");
        let module = wasm(toolchain).with_file_name("module.mjs");
        copy(&module, &folder.path().join("wasm/module.mjs"));
        unpack(&packed(folder.path()))
    })
}

/// Runs a script that drives Chromium. What a page that fails looks like, and says, stays in the target
/// folder.
fn drive(script: &str, app: &Path, name: &str, arguments: &[&str]) {
    let (tools, chromium) = browser().expect("it was there");
    let out = target_dir().join("browser").join(format!("{name}-pages"));
    let output = Command::new("node")
        .arg(root().join("tests/browser").join(script))
        .args([&tools, &chromium, app, &out])
        .args(arguments)
        .output()
        .expect("Node can be started");
    println!("{name}:\n{}", said(&output));
    assert!(output.status.success(), "{name}:\n{}", said(&output));
}

/// Playwright's folder, and the program of Chromium.
fn browser() -> Result<(PathBuf, PathBuf), String> {
    let program = cache_dir().join("debian-trixie/chromium");
    if !program.exists() {
        return Err("Chromium is not installed: run `cargo xtask setup-tests browser`".to_owned());
    }
    let tools = npm_packages("playwright", &json!({ "playwright-core": "^1.56.0" }), &[])?;
    Ok((tools, program))
}
