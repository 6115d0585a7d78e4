//! Swift's tools, and what the tests put in front of them.

use std::{
    fs,
    ops::Deref,
    path::{Path, PathBuf},
    sync::{Mutex, MutexGuard, PoisonError},
};

use background_runner_tests::{Debian, cache_dir, cargo, root, target_dir};

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
    debian: Debian,
    _turn: MutexGuard<'static, ()>,
}

impl Swift {
    /// The tools with a folder of that name.
    pub(crate) fn new(name: &str) -> Result<Self, String> {
        static TURN: Mutex<()> = Mutex::new(());
        let debian = Debian::with("swiftlang", &format!("native-swift/{name}"))?;
        let turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(Self { debian, _turn: turn })
    }
}

impl Deref for Swift {
    type Target = Debian;

    fn deref(&self) -> &Debian {
        &self.debian
    }
}

pub(crate) fn sources(folder: &str) -> PathBuf {
    root().join("tests/native/swift").join(folder)
}

/// A script of ours that compiles the plugin, and the list of modules that it sources.
pub(crate) fn place_script(swift: &Swift, name: &str) {
    for file in [name, "modules.sh"] {
        swift.write(file, &fs::read(sources(file)).expect("it is there"));
    }
}

/// The runtime's header as a module of Swift.
pub(crate) fn place_header(swift: &Swift, more: &str) {
    let header = fs::read(root().join("runtime/include/runner.h")).expect("the header is there");
    swift.write("native/runner.h", &header);
    let map = format!("module {MODULE}Native {{ header \"runner.h\" {more} export * }}\n");
    swift.write("native/module.modulemap", map.as_bytes());
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
    swift.write("native/libbackground_runner.a", &library);
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
        swift.write(&format!("capacitor/{}", file.display()), change(&text).as_bytes());
    }
    Ok(())
}
