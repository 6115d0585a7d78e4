//! Real artifacts, where the self-hosted toolchain is installed: built, verified, linked, executed.
//!
//! They take ten minutes, and are built when `BACKGROUND_RUNNER_ARTIFACTS` is set. Compiled results
//! stay in the cache folder, so that only what changed is compiled again. With
//! `BACKGROUND_RUNNER_ALL_TARGETS` set every target is built, without it one for each platform.

use std::{
    env,
    ffi::OsStr,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use background_runner_tests::{cache_dir, or_skip, root};

use crate::{interface, said, verify, xtask};

/// The seconds that one artifact may take when nothing is compiled yet.
const BUDGET: &str = "1800";
/// What an app may grow by.
const GROWTH: u64 = 3_000_000;

/// The installed toolchain, or why it is not used.
fn toolchain() -> Result<PathBuf, String> {
    if env::var_os("BACKGROUND_RUNNER_ARTIFACTS").is_none() {
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

/// Builds an artifact within its budget, and says what the verifier found.
fn build(command: &str, targets: &[&str]) -> String {
    let xtask = xtask();
    let mut timed = Command::new("timeout");
    timed.current_dir(root()).args([OsStr::new(BUDGET), xtask.get_program()]);
    timed.args([command, "--toolchain", "selfhost"]).env("CARGO_TARGET_DIR", builds());
    for target in targets {
        timed.args(["--target", target]);
    }
    let output = timed.output().expect("`timeout` can be started");
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    said(&output).unwrap_or_else(|_| panic!("{command} failed:\n{errors}"))
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

#[test]
fn an_ios_framework_is_built_and_links() {
    let toolchain = or_skip!(toolchain());
    let targets = ["aarch64-apple-ios", "aarch64-apple-ios-sim", "x86_64-apple-ios"];
    let targets = if all() { &targets[..] } else { &targets[..1] };
    println!("{}", build("package-ios", targets));
    let name = "CapacitorBackgroundRunnerNative";
    let framework = builds().join(format!("package/ios/{name}.xcframework"));
    let phone = framework.join(format!("ios-arm64/lib{name}.a"));
    let growth = link(&toolchain, &phone, ("arm64", "ios", "iphoneos"));
    println!("an app grows by {growth} bytes");
    assert!(growth <= GROWTH, "an app grows by {growth} bytes, more than {GROWTH}");
    if all() {
        let simulator = framework.join(format!("ios-arm64_x86_64-simulator/lib{name}.a"));
        for arch in ["arm64", "x86_64"] {
            link(&toolchain, &simulator, (arch, "ios-simulator", "iphonesimulator"));
        }
    }
    let zip = builds().join(format!("package/ios/{name}.xcframework.zip.checksum"));
    assert_eq!(fs::read_to_string(zip).expect("it was written").trim().len(), 64);
}

#[test]
fn a_library_for_android_is_built_and_marked() {
    or_skip!(toolchain());
    let targets = ["aarch64-linux-android", "x86_64-linux-android"];
    let targets = if all() { &targets[..] } else { &targets[..1] };
    println!("{}", build("package-android", targets));
    let folder = builds().join("package/android-unshippable");
    let name = "arm64-v8a/libbackground_runner-unshippable.so";
    let (library, symbols) = (folder.join("jniLibs").join(name), folder.join("symbols").join(name));
    let size = |path: &Path| fs::metadata(path).expect("it was made").len();
    assert!(size(&library) < size(&symbols), "the library is stripped and the symbols are not");
    verify(&library, &[]).expect("it stays good");
}

#[test]
fn the_library_runs_on_a_phones_processor() {
    let toolchain = or_skip!(toolchain());
    println!("{}", build("package-linux", &[]));
    let program = compile(&toolchain).expect("the small app compiles");
    let output = Command::new(toolchain.join("bin/qemu-aarch64"))
        .args([OsStr::new("-L"), toolchain.join("root/usr/aarch64-linux-gnu").as_os_str()])
        .arg("-E")
        .arg(format!("LD_LIBRARY_PATH={}", library_folder().display()))
        .arg(&program)
        .output()
        .expect("the emulator can be started");
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{said}{errors}");
}

/// Where the library for an emulated processor is.
fn library_folder() -> PathBuf {
    builds().join("package/linux/arm64")
}

/// Compiles the small app for the emulated processor, and says where it is.
fn compile(toolchain: &Path) -> Result<PathBuf, String> {
    let program = builds().join("package/linux/smoke");
    let cross = toolchain.join("root/usr/aarch64-linux-gnu");
    let output = Command::new(toolchain.join("bin/clang"))
        .args(["--target=aarch64-linux-gnu", "-fuse-ld=lld", "-Wall", "-Wextra", "-Werror"])
        .arg(format!("--sysroot={}", toolchain.join("root").display()))
        .arg(format!("-isystem{}", cross.join("include").display()))
        .arg(format!("-I{}", root().join("runtime/include").display()))
        .arg(root().join("tests/package/smoke.c"))
        .arg(format!("-L{}", library_folder().display()))
        .args(["-lbackground_runner", "-o"])
        .arg(&program)
        .output()
        .map_err(|error| error.to_string())?;
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    if output.status.success() { Ok(program) } else { Err(errors) }
}
