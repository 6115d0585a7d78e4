//! Swift's tools, and what the tests put in front of them.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
    sync::{Mutex, MutexGuard, PoisonError},
};

use background_runner_tests::{cache_dir, cargo, root, target_dir};
use walkdir::WalkDir;

pub(crate) const MODULE: &str = "CapacitorBackgroundRunner";

/// The version of Capacitor whose Swift sources the plugin is checked against, as the setup fetches it.
const CAPACITOR: &str = "capacitor-ios-8.5.2/package/Capacitor/Capacitor";

/// Capacitor's Swift sources that compile without an Apple SDK; the rest is in `stubs/Capacitor.swift`.
const CAPACITOR_SOURCES: [&str; 13] = [
    "Array+Capacitor.swift",
    "CAPBridgedPlugin+getMethod.swift",
    "CAPLog.swift",
    "CAPPluginCall.swift",
    "CAPPluginMethod.swift",
    "CapacitorExtension.swift",
    "Codable/JSValueDecoder.swift",
    "Codable/JSValueEncoder.swift",
    "Data+Capacitor.swift",
    "JSTypes.swift",
    "KeyPath.swift",
    "PluginCallResult.swift",
    "PluginConfig.swift",
];

/// Swift's tools, and a folder to use them in. One test at a time: they need the memory.
pub(crate) struct Swift {
    enter: PathBuf,
    pub(crate) folder: PathBuf,
    _turn: MutexGuard<'static, ()>,
}

impl Swift {
    /// The tools with a folder of that name, kept from run to run so that little is compiled again.
    pub(crate) fn new(name: &str) -> Result<Self, String> {
        static TURN: Mutex<()> = Mutex::new(());
        let debian = cache_dir().join("debian-trixie");
        let installed = fs::read_to_string(debian.join("installed")).unwrap_or_default();
        if !installed.lines().any(|package| package == "swiftlang") {
            return Err("Swift is not installed: run `cargo xtask setup-tests`".into());
        }
        let folder = target_dir().join("native-swift").join(name);
        fs::create_dir_all(&folder).expect("the target folder is writable");
        let turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(Self { enter: debian.join("enter"), folder, _turn: turn })
    }

    /// Runs a command in the folder.
    pub(crate) fn run(&self, command: &[&str]) -> Output {
        let mut process = Command::new(&self.enter);
        process.arg(&self.folder).args(command).output().expect("the Debian can be entered")
    }

    /// Runs a command that must succeed, and gives what it printed.
    pub(crate) fn expect(&self, command: &[&str]) -> String {
        let output = self.run(command);
        let said = said(&output);
        assert!(output.status.success(), "`{}` failed:\n{said}", command.join(" "));
        said
    }

    /// Makes a folder hold what another one holds. What is the same keeps its time stamp.
    pub(crate) fn place(&self, from: &Path, to: &str) {
        let to = self.folder.join(to);
        let mut wanted = BTreeSet::new();
        for entry in WalkDir::new(from) {
            let path = entry.expect("it can be listed").into_path();
            if path.is_file() {
                let target = to.join(path.strip_prefix(from).expect("it is below"));
                write(&target, &fs::read(&path).expect("it can be read"));
                wanted.insert(target);
            }
        }
        for entry in WalkDir::new(&to) {
            let path = entry.expect("it can be listed").into_path();
            if path.is_file() && !wanted.contains(&path) {
                fs::remove_file(path).expect("it can be removed");
            }
        }
    }
}

/// Writes a file unless it is so already.
pub(crate) fn write(path: &Path, bytes: &[u8]) {
    if fs::read(path).is_ok_and(|present| present == bytes) {
        return;
    }
    fs::create_dir_all(path.parent().expect("it is in a folder")).expect("it can be made");
    fs::write(path, bytes).expect("it can be written");
}

pub(crate) fn said(output: &Output) -> String {
    let text = [output.stdout.as_slice(), &output.stderr].concat();
    String::from_utf8_lossy(&text).into_owned()
}

pub(crate) fn sources(folder: &str) -> PathBuf {
    root().join("tests/native/swift").join(folder)
}

/// The runtime's header as a module of Swift.
pub(crate) fn place_header(swift: &Swift, more: &str) {
    let header = fs::read(root().join("runtime/include/runner.h")).expect("the header is there");
    write(&swift.folder.join("native/runner.h"), &header);
    let map = format!("module {MODULE}Native {{ header \"runner.h\" {more} export * }}\n");
    write(&swift.folder.join("native/module.modulemap"), map.as_bytes());
}

/// The runtime as this machine's archive, for what is linked with it.
pub(crate) fn place_runtime(swift: &Swift) {
    cargo(&[
        "rustc",
        "--quiet",
        "--package",
        "background-runner-runtime",
        "--crate-type",
        "staticlib",
    ]);
    let library = fs::read(target_dir().join("debug/libbackground_runner.a")).expect("it is built");
    write(&swift.folder.join("native/libbackground_runner.a"), &library);
}

/// Capacitor's Swift sources as far as they compile without an Apple SDK, each after a change.
pub(crate) fn place_capacitor(
    swift: &Swift,
    change: impl Fn(&str) -> String,
) -> Result<(), &'static str> {
    let capacitor = cache_dir().join(CAPACITOR);
    for name in CAPACITOR_SOURCES {
        let text = fs::read_to_string(capacitor.join(name))
            .map_err(|_| "Capacitor's sources are not there: run `cargo xtask setup-tests`")?;
        let file = Path::new(name).file_name().expect("it is a file");
        write(&swift.folder.join("capacitor").join(file), change(&text).as_bytes());
    }
    Ok(())
}
