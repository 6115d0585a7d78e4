//! Real artifacts, where the self-hosted toolchain is installed: built, verified, linked, executed.
//!
//! They are built when `BACKGROUND_RUNNER_ARTIFACTS` is set, one target of each platform; with
//! `BACKGROUND_RUNNER_ALL_TARGETS` every target that can be. Compiled results stay in the cache
//! folder, and what was built of the very same sources is only looked at again.

use std::{
    env,
    ffi::OsStr,
    fs,
    hash::{DefaultHasher, Hash as _, Hasher as _},
    path::{Path, PathBuf},
    process::Command,
    sync::{Mutex, PoisonError},
};

use background_runner_tests::{ABI_SCENARIOS, cache_dir, or_skip, root};
use walkdir::WalkDir;

use crate::{interface, said, verify, xtask};

/// The seconds that one artifact may take when nothing is compiled yet.
const BUDGET: &str = "1800";
/// What an app may grow by.
const GROWTH: u64 = 2_000_000;
/// The module of the C interface.
pub(crate) const MODULE: &str = "CapacitorBackgroundRunnerNative";
/// What an artifact is made of, beside the compilers.
const SOURCES: [&str; 6] = [
    "Cargo.lock",
    "Cargo.toml",
    "generated/rust",
    "runtime",
    "schema/plugin.json",
    "xtask/src/package",
];

/// The installed toolchain, or why it is not used.
pub(crate) fn toolchain() -> Result<PathBuf, String> {
    if env::var_os("BACKGROUND_RUNNER_ARTIFACTS").is_none() && !all() {
        return Err("real artifacts are built when BACKGROUND_RUNNER_ARTIFACTS is set".to_owned());
    }
    let folder = cache_dir().join("selfhost");
    let complete = folder.join("complete").is_file();
    complete
        .then_some(folder)
        .ok_or_else(|| "`cargo xtask setup-tests selfhost` has not installed a compiler".to_owned())
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

/// Whether every target is to be built.
fn all() -> bool {
    env::var_os("BACKGROUND_RUNNER_ALL_TARGETS").is_some()
}

/// Runs a program that has to succeed without a word.
fn run(program: &Path, arguments: &[&OsStr]) {
    let output = Command::new(program).args(arguments).output().expect("it can be started");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success() && said.is_empty(), "{} said:\n{said}", program.display());
}

/// Links an app's worth of a slice: everything that the interface reaches, and nothing undefined.
fn link(toolchain: &Path, library: &Path, (arch, platform, sdk): (&str, &str, &str)) -> u64 {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let linked = folder.path().join("linked.dylib");
    let mut arguments: Vec<String> =
        ["-arch", arch, "-platform_version", platform, "15.0", "17.0"].map(str::to_owned).to_vec();
    arguments.extend(["-dylib", "-dead_strip"].map(str::to_owned));
    for name in interface() {
        let flags = ["-u", "-exported_symbol"];
        arguments.extend(flags.iter().flat_map(|flag| [(*flag).to_owned(), format!("_{name}")]));
    }
    let system = toolchain.join("sdk").join(sdk).join("usr/lib/libSystem.tbd");
    for path in [library, &system, Path::new("-o"), &linked] {
        arguments.push(path.display().to_string());
    }
    let arguments: Vec<&OsStr> = arguments.iter().map(OsStr::new).collect();
    run(&toolchain.join("bin/ld64.lld"), &arguments);
    run(&toolchain.join("bin/llvm-strip"), &[OsStr::new("-x"), linked.as_os_str()]);
    fs::metadata(&linked).expect("it was linked").len()
}

/// The framework with the slices that are built, and what the verifier says of it.
pub(crate) fn framework(toolchain: &Path) -> (PathBuf, String) {
    let targets = ["aarch64-apple-ios", "aarch64-apple-ios-sim", "x86_64-apple-ios"];
    let targets = if all() { &targets[..] } else { &targets[..1] };
    build(toolchain, "package-ios", targets);
    let framework = builds().join(format!("package/ios/{MODULE}.xcframework"));
    let options: Vec<_> = targets.iter().flat_map(|target| ["--target", target]).collect();
    let said = verify(&framework, &options).expect("it stays good");
    (framework, said)
}

#[test]
fn an_ios_framework_is_built_and_links() {
    let toolchain = or_skip!(toolchain());
    let (framework, said) = framework(&toolchain);
    println!("{said}");
    let phone = framework.join(format!("ios-arm64/lib{MODULE}.a"));
    let growth = link(&toolchain, &phone, ("arm64", "ios", "iphoneos"));
    println!("an app grows by {growth} bytes");
    assert!(growth <= GROWTH, "an app grows by {growth} bytes, more than {GROWTH}");
    if all() {
        let simulator = framework.join(format!("ios-arm64_x86_64-simulator/lib{MODULE}.a"));
        for arch in ["arm64", "x86_64"] {
            link(&toolchain, &simulator, (arch, "ios-simulator", "iphonesimulator"));
        }
    }
}

#[test]
fn a_library_for_android_is_built_and_marked() {
    let toolchain = or_skip!(toolchain());
    let targets = ["aarch64-linux-android", "x86_64-linux-android"];
    let targets = if all() { &targets[..] } else { &targets[..1] };
    build(&toolchain, "package-android", targets);
    let folder = builds().join("package/android-unshippable");
    for arch in ["arm64-v8a", "x86_64"].iter().take(targets.len()) {
        let name = format!("{arch}/libbackground_runner-unshippable.so");
        let (library, symbols) =
            (folder.join("jniLibs").join(&name), folder.join("symbols").join(&name));
        let size = |path: &Path| fs::metadata(path).expect("it was made").len();
        assert!(size(&library) < size(&symbols), "the library is stripped, the symbols are not");
        println!("{}", verify(&library, &[]).expect("it stays good"));
    }
}

#[test]
fn the_library_runs_on_a_phones_processor() {
    let toolchain = or_skip!(toolchain());
    build(&toolchain, "package-linux", &[]);
    let program = compile(&toolchain).expect("the program of the C interface compiles");
    let example = root().join("examples/background.js");
    let chaos = ["chaos", "1", "100"].map(OsStr::new);
    let scenarios = ABI_SCENARIOS.map(|scenario| vec![OsStr::new(scenario), example.as_os_str()]);
    for arguments in scenarios.into_iter().chain([chaos.to_vec()]) {
        let output = Command::new(toolchain.join("bin/qemu-aarch64"))
            .args([OsStr::new("-L"), toolchain.join("root/usr/aarch64-linux-gnu").as_os_str()])
            .args(["-E", &format!("LD_LIBRARY_PATH={}", library_folder().display())])
            .args(["-E", "ABI_TEST_SLOW=1"])
            .arg(&program)
            .args(&arguments)
            .output()
            .expect("the emulator can be started");
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        let errors = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{arguments:?}: {said}{errors}");
    }
}

/// Where the library for an emulated processor is.
fn library_folder() -> PathBuf {
    builds().join("package/linux/arm64")
}

/// Compiles `abi/main.c` for the emulated processor, and says where it is.
fn compile(toolchain: &Path) -> Result<PathBuf, String> {
    let program = builds().join("package/linux/abi");
    let cross = toolchain.join("root/usr/aarch64-linux-gnu");
    let output = Command::new(toolchain.join("bin/clang"))
        .args(["--target=aarch64-linux-gnu", "-fuse-ld=lld", "-std=c11", "-D_GNU_SOURCE"])
        .args(["-Wall", "-Wextra", "-Werror", "-g"])
        .arg(format!("--sysroot={}", toolchain.join("root").display()))
        .arg(format!("-isystem{}", cross.join("include").display()))
        .arg(format!("-I{}", root().join("runtime/include").display()))
        .arg(root().join("tests/abi/main.c"))
        .arg(format!("-L{}", library_folder().display()))
        .args(["-lbackground_runner", "-lpthread", "-lm", "-o"])
        .arg(&program)
        .output()
        .map_err(|error| error.to_string())?;
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    if output.status.success() { Ok(program) } else { Err(errors) }
}
