//! The package in a real app: what Capacitor's command line makes of it.

use std::{
    collections::BTreeMap,
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

use background_runner_tests::{or_skip, root};
use serde_json::{Value, json};
use tempfile::TempDir;
use walkdir::WalkDir;

use super::tools::{Tools, run};

/// The options of the example in the README.
fn options() -> Value {
    json!({
        "label": "com.example.background.task", "src": "runners/background.js", "event": "sync",
        "repeat": true, "interval": 15, "autoStart": true, "apis": ["kv", "notifications"],
    })
}

/// An app that has only Capacitor, with the platforms that the arguments of `cap add` name.
struct App {
    folder: TempDir,
    tools: &'static Tools,
}

impl App {
    fn new(tools: &'static Tools, platforms: &[&[&str]]) -> Self {
        let app = Self { folder: TempDir::new().expect("there is a place for it"), tools };
        run(Command::new("cp").arg("-a").arg(tools.app().join("node_modules")).arg(app.path()));
        fs::copy(tools.app().join("package.json"), app.path().join("package.json"))
            .expect("it is installed");
        app.write("www/index.html", "<!doctype html>\n");
        app.write(
            "www/runners/background.js",
            "addEventListener('sync', (resolve) => resolve());\n",
        );
        let config = json!({
            "appId": "com.example.app", "appName": "Example", "webDir": "www",
            "plugins": { "BackgroundRunner": options() },
        });
        app.write("capacitor.config.json", &config.to_string());
        for platform in platforms {
            app.cap(&[&["add"], *platform].concat());
        }
        app
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.path().join(path);
        fs::create_dir_all(path.parent().expect("it is in the app"))
            .expect("the app can be written");
        fs::write(path, text).expect("the app can be written");
    }

    fn read(&self, path: &str) -> String {
        fs::read_to_string(self.path().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
    }

    /// Capacitor's command line, on the Node that it asks for.
    fn cap(&self, arguments: &[&str]) -> String {
        let node = self.tools.node();
        let folder = node.parent().expect("node is in a folder");
        let path = env::var_os("PATH").unwrap_or_default();
        let path = env::join_paths([folder.to_owned()].into_iter().chain(env::split_paths(&path)));
        let mut command = Command::new(&node);
        command.arg(self.path().join("node_modules/@capacitor/cli/bin/capacitor")).args(arguments);
        command
            .current_dir(self.path())
            .env("CI", "1")
            .env("PATH", path.expect("no path has a separator"));
        run(&mut command)
    }

    /// Packs the plugin as npm publishes it, and puts it where npm puts it.
    fn install_plugin(&self) {
        let mut pack = Command::new("npm");
        pack.args(["pack", "--silent", "--ignore-scripts", "--pack-destination"]).arg(self.path());
        let said = run(pack.current_dir(root().join("generated")));
        let archive = self.path().join(said.trim().lines().last().expect("npm names the archive"));
        let target = self.path().join("node_modules/@capacitor/background-runner");
        fs::create_dir_all(&target).expect("the app can be written");
        run(Command::new("tar")
            .arg("xzf")
            .arg(&archive)
            .arg("--strip-components=1")
            .arg("-C")
            .arg(target));
        fs::remove_file(archive).expect("the app can be written");
        let mut package: Value =
            serde_json::from_str(&self.read("package.json")).expect("npm wrote it");
        package["dependencies"]["@capacitor/background-runner"] = json!("4.0.0");
        self.write("package.json", &package.to_string());
    }

    /// Every file of the two platforms' projects.
    fn files(&self) -> BTreeMap<PathBuf, Vec<u8>> {
        let platforms = ["android", "ios"].map(|platform| self.path().join(platform));
        let entries = platforms.iter().flat_map(WalkDir::new).filter_map(Result::ok);
        let files = entries.filter(|entry| entry.file_type().is_file());
        let relative =
            |path: &Path| path.strip_prefix(self.path()).expect("it is in the app").to_owned();
        files
            .map(|file| (relative(file.path()), fs::read(file.path()).expect("it can be read")))
            .collect()
    }

    /// Installs the plugin, synchronises, and tells which files are other than before.
    fn changes(&self) -> Vec<String> {
        self.cap(&["sync"]);
        let before = self.files();
        self.install_plugin();
        self.cap(&["sync"]);
        let after = self.files();
        let changed = after.iter().filter(|(path, text)| before.get(*path) != Some(text));
        let removed = before.keys().filter(|path| !after.contains_key(*path));
        let changed = changed.map(|(path, _)| path).chain(removed);
        changed.map(|path| path.to_string_lossy().into_owned()).collect()
    }
}

#[test]
fn an_app_with_swift_packages_gets_the_plugin() {
    let app = App::new(or_skip!(Tools::find()), &[&["android"], &["ios"]]);
    let expected = [
        "android/app/capacitor.build.gradle",
        "android/app/src/main/assets/capacitor.plugins.json",
        "android/capacitor.settings.gradle",
        "ios/App/App/capacitor.config.json",
        "ios/App/CapApp-SPM/Package.swift",
    ];
    assert_eq!(app.changes(), expected);
    let gradle = app.read("android/app/capacitor.build.gradle");
    assert!(gradle.contains("implementation project(':capacitor-background-runner')"), "{gradle}");
    let plugins = app.read("android/app/src/main/assets/capacitor.plugins.json");
    let plugins: Value = serde_json::from_str(&plugins).expect("the command line wrote it");
    let class = "io.ionic.backgroundrunner.BackgroundRunnerPlugin";
    assert_eq!(plugins, json!([{ "pkg": "@capacitor/background-runner", "classpath": class }]));
    let package = app.read("ios/App/CapApp-SPM/Package.swift");
    let product =
        r#".product(name: "CapacitorBackgroundRunner", package: "CapacitorBackgroundRunner")"#;
    assert!(package.contains(product), "{package}");
    let config: Value =
        serde_json::from_str(&app.read("ios/App/App/capacitor.config.json")).expect("it is JSON");
    assert_eq!(config["packageClassList"], json!(["BackgroundRunnerPlugin"]));
    // This is where the plugin's build script and the plugin itself look for the configuration.
    let config = app.read("android/app/src/main/assets/capacitor.config.json");
    let config: Value = serde_json::from_str(&config).expect("it is JSON");
    assert_eq!(config["plugins"]["BackgroundRunner"], options());
    assert!(app.path().join("android/app/src/main/assets/public/runners/background.js").exists());
}

#[test]
fn an_app_with_cocoapods_gets_the_plugin() {
    let app = App::new(or_skip!(Tools::find()), &[&["ios", "--packagemanager", "CocoaPods"]]);
    assert_eq!(app.changes(), ["ios/App/App/capacitor.config.json", "ios/App/Podfile"]);
    let podfile = app.read("ios/App/Podfile");
    let pod = "pod 'CapacitorBackgroundRunner', :path => '../../node_modules/@capacitor/background-runner'";
    assert!(podfile.contains(pod), "{podfile}");
    let root = app.path().join("node_modules/@capacitor/background-runner");
    assert!(
        root.join("CapacitorBackgroundRunner.podspec").exists(),
        "the podspec has another name"
    );
}

/// The package carries what the platforms build from, and nothing that would have to run at installation.
#[test]
fn the_package_needs_no_script_at_installation() {
    let app = App::new(or_skip!(Tools::find()), &[]);
    app.install_plugin();
    let package = app.read("node_modules/@capacitor/background-runner/package.json");
    let package: Value = serde_json::from_str(&package).expect("it is JSON");
    for script in ["preinstall", "install", "postinstall", "prepare"] {
        assert_eq!(package["scripts"].get(script), None, "`{script}` would not run everywhere");
    }
    let folder = app.path().join("node_modules/@capacitor/background-runner");
    for path in [
        "android/build.gradle",
        "android/consumer-rules.pro",
        "android/src/main/AndroidManifest.xml",
        "Package.swift",
    ] {
        assert!(folder.join(path).exists(), "`{path}` is not in the package");
    }
    assert!(!folder.join("rust").exists(), "the runtime's sources are in the package");
    let gradle = app.read("node_modules/@capacitor/background-runner/android/build.gradle");
    assert!(!gradle.contains("flatDir"), "archives in folders are found by chance");
}

#[test]
fn a_phone_gets_no_runtime_for_browsers() {
    let app = App::new(or_skip!(Tools::find()), &[&["android"], &["ios"]]);
    app.install_plugin();
    let packed = "H4sIAAAAAAACA".repeat(1000);
    let module = "node_modules/@capacitor/background-runner/wasm/module.mjs";
    app.write(module, &format!("export default '{packed}';\n"));
    // What bundlers make of it, and what holds more than it.
    let files = [
        ("assets/module-1a2b.js", format!("const a='{packed}';export{{a as default}};"), true),
        ("chunk.mjs.map", json!({ "sourcesContent": [format!("'{packed}'")] }).to_string(), true),
        ("main.js", format!("{}'{packed}'", "call();".repeat(1000)), false),
        (
            "runners/background.js",
            "addEventListener('sync', (resolve) => resolve());".into(),
            false,
        ),
    ];
    for (name, text, _) in &files {
        app.write(&format!("www/{name}"), text);
    }
    app.cap(&["sync"]);
    for public in ["android/app/src/main/assets/public", "ios/App/App/public"] {
        for (name, text, is_emptied) in &files {
            let expected = if *is_emptied { "" } else { text };
            let copied = app.read(&format!("{public}/{name}"));
            assert!(copied == expected, "{public}/{name} has {} bytes", copied.len());
        }
    }
    assert_eq!(app.read("www/assets/module-1a2b.js"), files[0].1, "the app's own files stay");
}
