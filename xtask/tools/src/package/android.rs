//! `cargo xtask package-android`: a shared library for each of Android's processors.

use std::path::{Path, PathBuf};

use miette::Result;

use super::{
    Request, UNSHIPPABLE,
    plan::{Command, Plan, Step},
    provider::{LIBRARY, PROFILE, Provider, headers, stubs},
    target::{Platform, Target, select},
    verify::{Expected, android_imports},
};

/// LLVM's unwinder, which the NDK has as a library: its files, whose endings say the language of each.
/// `EHABI` is ARM's on 32-bit processors, and empty for others.
const UNWINDER: [&str; 6] = [
    "libunwind.cpp",
    "Unwind-EHABI.cpp",
    "UnwindLevel1.c",
    "UnwindLevel1-gcc-ext.c",
    "UnwindRegistersRestore.S",
    "UnwindRegistersSave.S",
];

/// What leads from the sources to the libraries, to their symbols, and to where Gradle looks for them.
pub(super) fn plan(request: &Request, targets: &[&'static Target]) -> Result<Plan> {
    let ships = request.provider.ships(Platform::Android);
    let folder = request.places.target.join(if ships { "android" } else { "android-unshippable" });
    let (libraries, symbols) = (folder.join("jniLibs"), folder.join("symbols"));
    let suffix = if ships { "" } else { UNSHIPPABLE };
    let mut steps = vec![Step::Empty(folder)];
    for target in targets {
        let name = format!("{LIBRARY}{suffix}.so");
        let symbols = symbols.join(target.arch).join(&name);
        let library = libraries.join(target.arch).join(&name);
        steps.extend(link(request, target, &symbols));
        steps.push(Step::Copy { from: symbols.clone(), to: library.clone() });
        steps.push(Step::Run(strip(request, &library)));
    }
    let expected = Expected::JniLibs(targets.to_vec());
    steps.push(Step::Verify { path: libraries.clone(), expected });
    // A part of them would only hide that the rest is missing.
    if ships && targets.len() == select(&[Platform::Android], &[])?.len() {
        let to = super::npm::jni_libs(&request.places.root.join("generated"));
        steps.push(Step::Place { from: libraries, to });
    }
    Ok(Plan { steps, places: request.named_places() })
}

/// What leads from the sources to the library with its symbols.
pub(super) fn link(request: &Request, target: &Target, to: &Path) -> Vec<Step> {
    let mut steps = Vec::new();
    if let Provider::Selfhost(toolchain) = &request.provider
        && target.platform == Platform::Android
    {
        steps.extend(stand_ins(request, toolchain, target));
    }
    steps.push(Step::Run(request.build(target, "cdylib")));
    steps.push(Step::Copy { from: built(request, target), to: to.to_owned() });
    steps
}

/// What cargo leaves.
pub(super) fn built(request: &Request, target: &Target) -> PathBuf {
    request.places.target.join(target.triple).join(PROFILE).join(format!("{LIBRARY}.so"))
}

/// Removes the symbols that only crash reports need.
pub(super) fn strip(request: &Request, library: &Path) -> Command {
    request.provider.strip().args(["--strip-all".to_owned(), library.display().to_string()])
}

/// Stands in for what the NDK has: libraries that offer exactly the names which the list of imports
/// allows, so that linking fails on any other, and the unwinder.
fn stand_ins(request: &Request, toolchain: &Path, target: &Target) -> Vec<Step> {
    let folder = stubs(&request.places, target);
    let mut steps = vec![Step::Empty(folder.clone()), sizes(request, toolchain, target)];
    let names = android_imports();
    let all: Vec<_> = names.iter().map(|name| format!("void {name}(void) {{}}\n")).collect();
    let all = all.concat();
    let none = String::new();
    for (library, text) in
        [("libc", all), ("libdl", none.clone()), ("liblog", none.clone()), ("libm", none)]
    {
        let source = folder.join(format!("{library}.c"));
        steps.push(Step::Write { to: source.clone(), text });
        let link = clang(request, toolchain, target)
            .args(["-w", "-fno-builtin", "-ffreestanding", "-fPIC", "-nostdlib", "-shared"])
            .args(["-fuse-ld=lld", &format!("-Wl,-soname,{library}.so")])
            .args([source.display().to_string(), "-o".to_owned()])
            .arg(folder.join(format!("{library}.so")).display().to_string());
        steps.push(Step::Run(link));
    }
    steps.extend(unwinder(request, toolchain, target, &folder));
    steps
}

/// Compares what C code exchanges with the C library with what Android's has.
fn sizes(request: &Request, toolchain: &Path, target: &Target) -> Step {
    let headers = headers(toolchain, &request.floors, target);
    let check = clang(request, toolchain, target)
        .args(headers.split(' ').skip(1))
        .args(["-std=c11", "-D_GNU_SOURCE", "-fsyntax-only"])
        .arg(request.places.root.join("xtask/tools/src/package/bionic.c").display().to_string());
    Step::Run(check)
}

/// Compiles the unwinder, for another C library's name of `errno` than its headers have.
fn unwinder(request: &Request, toolchain: &Path, target: &Target, folder: &Path) -> Vec<Step> {
    let sources = toolchain.join("headers/libunwind");
    let headers = headers(toolchain, &request.floors, target);
    let (mut steps, mut objects) = (Vec::new(), Vec::new());
    for file in UNWINDER {
        let language: &[&str] = match Path::new(file).extension().and_then(|it| it.to_str()) {
            Some("cpp") => {
                &["-x", "c++", "-std=c++17", "-fno-exceptions", "-fno-rtti", "-nostdinc++"]
            }
            Some("c") => &["-std=c17"],
            _ => &[],
        };
        let object = folder.join(format!("{file}.o")).display().to_string();
        objects.push(object.clone());
        let compile = clang(request, toolchain, target)
            .args(language.iter().copied())
            .args(headers.split(' ').skip(1))
            .arg(format!("-I{}", sources.join("include").display()))
            .args(["-DNDEBUG", "-D__errno_location=__errno", "-D_LIBUNWIND_IS_NATIVE_ONLY"])
            .args(["-D_LIBUNWIND_HIDE_SYMBOLS", "-fvisibility=hidden", "-funwind-tables"])
            .args(["-O2", "-fPIC", "-c"])
            .args([sources.join("src").join(file).display().to_string(), "-o".to_owned(), object]);
        steps.push(Step::Run(compile));
    }
    let archive = folder.join("libunwind.a").display().to_string();
    let program = format!("{}/bin/llvm-ar", toolchain.display());
    let pack = Command::new(program, super::SELFHOST).args(["rcsD".to_owned(), archive]);
    steps.push(Step::Run(pack.args(objects)));
    steps
}

/// clang for a target.
fn clang(request: &Request, toolchain: &Path, target: &Target) -> Command {
    Command::new(format!("{}/bin/clang", toolchain.display()), super::SELFHOST)
        .arg(format!("--target={}{}", target.clang, request.floors.android))
}
