//! The C headers of other systems, which no distribution has: out of a wheel of the zig compiler.
//!
//! Nothing of them goes into an artifact but declarations, and nothing of them is kept in this
//! repository.

use std::{fs, os::unix::fs::symlink, path::Path};

use miette::{IntoDiagnostic as _, Result, miette};
use xshell::{Shell, cmd};

use crate::setup::debian::silent;

/// The wheel, as pip calls it, and its sum: headers are the one thing whose version matters.
const WHEEL: &str = "ziglang==0.17.1";
const SUM: &str = "sha256:ea6cc5d87b033cf0aedfbc8f9549a908cae6c50ac31f1698188fa48a74524b54";

/// What is kept of the wheel.
const KEPT: [&str; 3] = ["libc/include", "libc/darwin", "libunwind"];

/// The list of what Apple's system library exports, for macOS, rewritten for each other system.
///
/// lld refuses the whole list for one name that it does not know, hence also the rewrites of what
/// nobody asks for.
const SYSTEMS: [(&str, &[(&str, &str)]); 2] = [
    (
        "iphoneos",
        &[
            ("arm64e.x1-macos", "arm64e-ios"),
            ("arm64e.x1-maccatalyst", "arm64e-ios-simulator"),
            ("arm64e-macos", "arm64-ios"),
            ("arm64e-maccatalyst", "arm64-ios-simulator"),
        ],
    ),
    (
        "iphonesimulator",
        &[
            ("arm64e.x1-macos", "arm64e-tvos"),
            ("arm64e.x1-maccatalyst", "arm64e-tvos-simulator"),
            ("arm64-macos", "armv7-ios"),
            ("arm64e-macos", "arm64-ios-simulator"),
            ("x86_64-macos", "x86_64-ios-simulator"),
        ],
    ),
];

/// Unpacks the headers into `headers/` and lays the folders out that Apple's tools call an SDK, in
/// `sdk/`. Says what was installed.
pub(super) fn unpack(sh: &Shell, folder: &Path) -> Result<String> {
    let wheels = folder.join("wheel");
    fs::create_dir_all(&wheels).into_diagnostic()?;
    let requirement = wheels.join("requirement.txt");
    fs::write(&requirement, format!("{WHEEL} --hash={SUM}\n")).into_diagnostic()?;
    silent(cmd!(
        sh,
        "python3 -m pip download --quiet --no-deps --require-hashes --only-binary :all: --dest {wheels} --requirement {requirement}"
    ))
    .map_err(|error| {
        miette!(
            help = "`python3` with `pip` downloads the headers of iOS and Linux on arm64",
            "{error}"
        )
    })?;
    let wheel = sh
        .read_dir(&wheels)
        .into_diagnostic()?
        .into_iter()
        .find(|path| path.extension().is_some_and(|extension| extension == "whl"))
        .ok_or_else(|| miette!("pip downloaded no wheel"))?;
    silent(cmd!(sh, "python3 -m zipfile -e {wheel} {wheels}"))?;
    for kept in KEPT {
        let target = folder.join("headers").join(kept);
        fs::create_dir_all(target.parent().expect("it has a folder")).into_diagnostic()?;
        fs::rename(wheels.join("ziglang/lib").join(kept), target).into_diagnostic()?;
    }
    fs::remove_dir_all(&wheels).into_diagnostic()?;
    lay_out(folder)?;
    Ok(WHEEL.replace("==", " "))
}

/// A folder for each of Apple's systems, as `SDKROOT` names them.
fn lay_out(folder: &Path) -> Result<()> {
    let macos = fs::read_to_string(folder.join("headers/libc/darwin/libSystem.tbd"));
    let macos = macos.into_diagnostic()?;
    for (system, rewrites) in SYSTEMS {
        let usr = folder.join("sdk").join(system).join("usr");
        fs::create_dir_all(usr.join("lib")).into_diagnostic()?;
        symlink(folder.join("headers/libc/include/any-darwin-any"), usr.join("include"))
            .into_diagnostic()?;
        let list = rewrites.iter().fold(macos.clone(), |list, (from, to)| list.replace(from, to));
        fs::write(usr.join("lib/libSystem.tbd"), list).into_diagnostic()?;
    }
    Ok(())
}

/// Whether the headers are there.
pub(super) fn probe(folder: &Path) -> Result<()> {
    let needed = [
        "sdk/iphoneos/usr/include/stdio.h",
        "sdk/iphonesimulator/usr/include/stdio.h",
        "headers/libc/include/generic-musl/stdio.h",
        "headers/libunwind/src/libunwind.cpp",
    ];
    match needed.iter().find(|path| !folder.join(path).exists()) {
        Some(missing) => Err(miette!("`{missing}` of the self-hosted toolchain is missing")),
        None => Ok(()),
    }
}
