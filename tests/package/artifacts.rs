//! Real artifacts in use: verified, linked as an app links them, executed.

use std::{
    ffi::OsStr,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use background_runner_tests::{ABI_SCENARIOS, or_skip, root};

use crate::{
    interface,
    real::{
        ARM, ARM64, MODULE, Processor, UNSHIPPABLE, all, android, framework, linux, processors,
        slices, toolchain,
    },
    verify,
};

/// What an app may grow by: the must of 2.0 MB, as `docs/releasing.md` says.
const GROWTH: u64 = 2_016_000;

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
    let framework = framework(&toolchain);
    let options: Vec<_> = slices().iter().flat_map(|target| ["--target", target]).collect();
    println!("{}", verify(&framework, &options).expect("it stays good"));
    let phone = framework.join(format!("ios-arm64/lib{MODULE}.a"));
    let growth = link(&toolchain, &phone, ("arm64", "ios", "iphoneos"));
    println!("an app grows by {growth} bytes");
    assert!(growth <= GROWTH, "an app grows by {growth} bytes, more than {GROWTH}");
    if all() {
        let simulator = framework.join(format!("ios-arm64_x86_64-simulator/lib{MODULE}.a"));
        for arch in ["arm64", "x86_64"] {
            let growth = link(&toolchain, &simulator, (arch, "ios-simulator", "iphonesimulator"));
            println!("an app for the simulator on {arch} grows by {growth} bytes");
        }
    }
}

#[test]
fn libraries_for_android_are_built_and_marked() {
    let toolchain = or_skip!(toolchain());
    let folder = android(&toolchain);
    for (_, arch) in processors() {
        let name = format!("{arch}/{UNSHIPPABLE}");
        let (library, symbols) =
            (folder.join("jniLibs").join(&name), folder.join("symbols").join(&name));
        let size = |path: &Path| fs::metadata(path).expect("it was made").len();
        assert!(size(&library) < size(&symbols), "the library is stripped, the symbols are not");
        println!("{}", verify(&library, &[]).expect("it stays good"));
    }
}

#[test]
fn the_library_runs_on_a_phones_processor() {
    execute(&or_skip!(toolchain()), ARM64);
}

#[test]
fn the_library_runs_on_a_phones_processor_of_32_bits() {
    execute(&or_skip!(toolchain()), ARM);
}

/// Runs the programs of the C interface, and the standards' scripts that need no server, in an emulator.
fn execute(toolchain: &Path, processor: Processor) {
    let library = linux(toolchain, processor);
    let program = compile(toolchain, processor, &library);
    let program = program.expect("the program of the C interface compiles");
    let cross = toolchain.join("root/usr").join(processor.clang);
    let emulated = |arguments: &[&OsStr]| {
        let output = Command::new("timeout")
            .arg("600")
            .arg(toolchain.join("bin").join(processor.emulator))
            .args([OsStr::new("-L"), cross.as_os_str()])
            .args(["-E", &format!("LD_LIBRARY_PATH={}", library.display())])
            .args(["-E", "ABI_TEST_SLOW=1"])
            .arg(&program)
            .args(arguments)
            .output()
            .expect("the emulator can be started");
        let errors = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{arguments:?}: {}\n{errors}", output.status);
        String::from_utf8(output.stdout).expect("it prints UTF-8")
    };
    let example = root().join("examples/background.js");
    for (scenario, prints) in ABI_SCENARIOS {
        assert_eq!(emulated(&[OsStr::new(scenario), example.as_os_str()]), prints, "{scenario}");
    }
    for seed in ["1", "2"] {
        emulated(&["chaos", seed, "200"].map(OsStr::new));
    }
    let script = library.join("script.js");
    for standard in standards() {
        fs::write(&script, &standard).expect("the cache folder is writable");
        let said = emulated(&[OsStr::new("script"), script.as_os_str()]);
        assert!(said.ends_with(",\"failed\":[]}}\n"), "{said}");
    }
}

/// The scripts of `tests/web.rs`, but for those that talk to its server.
fn standards() -> Vec<String> {
    let read = |path: &Path| fs::read_to_string(path).expect("a test can be read");
    let web = root().join("tests/web");
    let harness = read(&web.join("support/harness.js"));
    let paths = fs::read_dir(web).expect("the folder is there");
    let paths = paths.map(|entry| entry.expect("it can be listed").path());
    let scripts = paths.filter(|path| path.extension().is_some_and(|it| it == "js"));
    let scripts = scripts.map(|path| format!("{harness}\n{}", read(&path)));
    let alone: Vec<_> = scripts.filter(|text| !text.contains("http://server.test")).collect();
    assert!(alone.len() > 5, "most need no server");
    alone
}

/// Compiles `abi/main.c` for the emulated processor, and says where it is.
fn compile(toolchain: &Path, processor: Processor, library: &Path) -> Result<PathBuf, String> {
    let program = library.join("abi");
    let cross = toolchain.join("root/usr").join(processor.clang);
    let output = Command::new(toolchain.join("bin/clang"))
        .arg(format!("--target={}", processor.clang))
        .args(["-fuse-ld=lld", "-std=c11", "-D_GNU_SOURCE"])
        .args(["-Wall", "-Wextra", "-Werror", "-g", "-DOWN_THREADS=2"])
        .arg(format!("--sysroot={}", toolchain.join("root").display()))
        .arg(format!("-isystem{}", cross.join("include").display()))
        .arg(format!("-I{}", root().join("runtime/include").display()))
        .arg(root().join("tests/abi/main.c"))
        .arg(format!("-L{}", library.display()))
        .args(["-lbackground_runner", "-lpthread", "-lm", "-o"])
        .arg(&program)
        .output()
        .map_err(|error| error.to_string())?;
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    if output.status.success() { Ok(program) } else { Err(errors) }
}
