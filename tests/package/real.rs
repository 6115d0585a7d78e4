//! Real artifacts, where the self-hosted toolchain is installed: built once of the same sources.
//!
//! One slice for iOS, Android's 64-bit processors and Linux on a phone's processors are always built;
//! with `BACKGROUND_RUNNER_ALL_TARGETS` every slice and processor. Compiled results stay in the cache folder: only
//! what changed is compiled, and what was built of the very same sources is only looked at again.

use std::{
    env,
    ffi::OsStr,
    fs::{self, File},
    hash::{DefaultHasher, Hash as _, Hasher as _},
    path::{Path, PathBuf},
    process::Command,
    sync::{Mutex, OnceLock, PoisonError},
};

use background_runner_tests::{cache_dir, root};
use walkdir::WalkDir;

use crate::{said, xtask};

/// The seconds that one artifact may take when nothing is compiled yet.
const BUDGET: &str = "1800";
/// The module of the C interface.
pub(crate) const MODULE: &str = "CapacitorBackgroundRunnerNative";
/// The targets for iOS: always the first, the others on demand.
const IOS: [&str; 3] = ["aarch64-apple-ios", "aarch64-apple-ios-sim", "x86_64-apple-ios"];
/// The targets for Android, and the folders of their libraries: always those of 64 bits, the others on
/// demand.
const ANDROID: [(&str, &str); 4] = [
    ("aarch64-linux-android", "arm64-v8a"),
    ("x86_64-linux-android", "x86_64"),
    ("armv7-linux-androideabi", "armeabi-v7a"),
    ("i686-linux-android", "x86"),
];

/// A phone's processor that can be emulated.
#[derive(Clone, Copy)]
pub(crate) struct Processor {
    target: &'static str,
    /// The folder of its library.
    folder: &'static str,
    /// What clang calls it, and the folder of its C library.
    pub(crate) clang: &'static str,
    /// The emulator.
    pub(crate) emulator: &'static str,
}

/// The processor of nearly every phone.
pub(crate) const ARM64: Processor = Processor {
    target: "aarch64-unknown-linux-gnu",
    folder: "arm64",
    clang: "aarch64-linux-gnu",
    emulator: "qemu-aarch64",
};

/// The processor of old phones, where a pointer has 32 bits, and the engine's values another form.
pub(crate) const ARM: Processor = Processor {
    target: "armv7-unknown-linux-gnueabihf",
    folder: "arm",
    clang: "arm-linux-gnueabihf",
    emulator: "qemu-arm",
};
/// The file of a library for Android that may not be shipped.
pub(crate) const UNSHIPPABLE: &str = "libbackground_runner-unshippable.so";
/// What an artifact is made of, beside the compilers.
const SOURCES: [&str; 6] = [
    "Cargo.lock",
    "Cargo.toml",
    "generated/rust",
    "runtime",
    "schema/plugin.json",
    "xtask/tools/src/package",
];

/// The installed toolchain, or why it is not used.
pub(crate) fn toolchain() -> Result<PathBuf, String> {
    let folder = cache_dir().join("selfhost");
    let complete = folder.join("complete").is_file();
    complete
        .then_some(folder)
        .ok_or_else(|| "`cargo xtask setup-tests selfhost` has not installed a compiler".to_owned())
}

/// Whether every target is to be built.
pub(crate) fn all() -> bool {
    env::var_os("BACKGROUND_RUNNER_ALL_TARGETS").is_some()
}

/// The targets of the framework that are built.
pub(crate) fn slices() -> &'static [&'static str] {
    if all() { &IOS } else { &IOS[..1] }
}

/// The framework with the slices that are built.
pub(crate) fn framework(toolchain: &Path) -> PathBuf {
    build(toolchain, "package-ios", slices());
    builds().join(format!("package/ios/{MODULE}.xcframework"))
}

/// The targets for Android that are built, and the folders of their libraries. The first two have 64
/// bits.
pub(crate) fn processors() -> &'static [(&'static str, &'static str)] {
    if all() { &ANDROID } else { &ANDROID[..2] }
}

/// The folder with Android's libraries, and their symbols beside them.
pub(crate) fn android(toolchain: &Path) -> PathBuf {
    let targets: Vec<_> = processors().iter().map(|(target, _)| *target).collect();
    build(toolchain, "package-android", &targets);
    builds().join("package/android-unshippable")
}

/// The folder with the library for an emulated processor.
pub(crate) fn linux(toolchain: &Path, processor: Processor) -> PathBuf {
    build(toolchain, "package-linux", &[ARM64, ARM].map(|it| it.target));
    builds().join("package/linux").join(processor.folder)
}

/// The WebAssembly module.
pub(crate) fn wasm(toolchain: &Path) -> PathBuf {
    build(toolchain, "package-wasm", &["wasm32-unknown-unknown"]);
    builds().join("package/wasm/background_runner.wasm")
}

/// Where artifacts are built and left.
fn builds() -> PathBuf {
    cache_dir().join("builds")
}

/// Builds an artifact within its budget, unless it was built of these very sources. One at a time:
/// they need the memory, and cargo would have them wait for each other in any case.
fn build(toolchain: &Path, command: &str, targets: &[&str]) {
    static TURN: Mutex<()> = Mutex::new(());
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    reserve();
    let (stamp, key) = (builds().join(format!("{command}.key")), key(toolchain, targets));
    if fs::read_to_string(&stamp).is_ok_and(|built| built == key) {
        return println!("{command}: built before of the same sources");
    }
    let _ = fs::remove_file(&stamp);
    let xtask = xtask();
    let mut timed = Command::new("timeout");
    timed.current_dir(root()).args([OsStr::new(BUDGET), xtask.get_program()]);
    timed.args([command, "--toolchain", "selfhost"]).env("CARGO_TARGET_DIR", builds());
    for target in targets {
        timed.args(["--target", target]);
    }
    let output = timed.output().expect("`timeout` can be started");
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    println!("{}", said(&output).unwrap_or_else(|_| panic!("{command} failed:\n{errors}")));
    fs::write(stamp, key).expect("the cache folder is writable");
}

/// Keeps the tests of another checkout from building while these look at what they built.
fn reserve() {
    static LOCK: OnceLock<File> = OnceLock::new();
    LOCK.get_or_init(|| {
        fs::create_dir_all(builds()).expect("the cache folder is writable");
        let lock = File::create(builds().join("lock")).expect("the cache folder is writable");
        lock.lock().expect("a file can be locked");
        lock
    });
}

/// What tells one set of sources, compilers and targets from another.
fn key(toolchain: &Path, targets: &[&str]) -> String {
    let mut hasher = DefaultHasher::new();
    targets.hash(&mut hasher);
    fs::read(toolchain.join("versions.txt")).expect("it lists what is installed").hash(&mut hasher);
    for source in SOURCES {
        for entry in WalkDir::new(root().join(source)).sort_by_file_name() {
            let path = entry.expect("sources can be listed").into_path();
            if path.is_file() {
                path.strip_prefix(root()).expect("it is inside").hash(&mut hasher);
                fs::read(&path).expect("sources can be read").hash(&mut hasher);
            }
        }
    }
    format!("{:016x}", hasher.finish())
}
