//! The C headers of other systems, which no distribution has: out of a wheel of the zig compiler.
//!
//! Nothing of them goes into an artifact but declarations, and nothing of them is kept in this
//! repository.

use std::{
    fs,
    os::unix::fs::symlink,
    path::{Path, PathBuf},
};

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

/// Android's processors.
const PROCESSORS: [&str; 4] = ["aarch64", "arm", "x86", "x86_64"];

/// What Android's C library defines otherwise than the one whose headers the wheel has: all that goes
/// between it and the C of the engine or of the unwinder, compared with `sys/types.h` and
/// `bits/pthread_types.h` of bionic, which the Android Open Source Project publishes in
/// `platform/bionic/libc/include`. `docs/32-bit-abi.md` there says that time stays at 32 bits on
/// 32-bit processors. The check is `package/bionic.c`.
const BIONIC: [(&str, &str); 11] = [
    ("time_t", "long"),
    ("suseconds_t", "long"),
    ("off_t", "long"),
    ("pthread_mutexattr_t", "long"),
    ("pthread_condattr_t", "long"),
    ("pthread_rwlockattr_t", "long"),
    // Initializers have as many braces.
    ("pthread_mutex_t", "struct { union { int __i[sizeof(long) == 8 ? 10 : 1]; } __u; }"),
    ("pthread_cond_t", "struct { union { int __i[sizeof(long) == 8 ? 12 : 1]; } __u; }"),
    ("pthread_rwlock_t", "struct { union { int __i[sizeof(long) == 8 ? 14 : 10]; } __u; }"),
    ("pthread_attr_t", "struct { union { long __i[sizeof(long) == 8 ? 7 : 6]; } __u; }"),
    ("pthread_barrier_t", "struct { union { int __i[8]; } __u; }"),
];

/// By these the headers would use functions for 64 bits of time, which no Android has.
const LONG_TIME: [&str; 2] = ["#define _REDIR_TIME64 ", "#define __USE_TIME_BITS64 "];

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
    adapt(folder)?;
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

/// The header in which all types are defined, with Android's definitions, in `bionic/`: it is found
/// before the one that the wheel has.
pub(super) fn adapt(folder: &Path) -> Result<()> {
    for processor in PROCESSORS {
        let header = adapted(folder, processor);
        fs::create_dir_all(header.parent().expect("it has a folder")).into_diagnostic()?;
        fs::write(header, as_bionic(folder, processor)?).into_diagnostic()?;
    }
    Ok(())
}

/// The header for a processor.
fn adapted(folder: &Path, processor: &str) -> PathBuf {
    folder.join("headers/bionic").join(processor).join("bits/alltypes.h")
}

/// The text of the header, with Android's definitions in place of others that it has to have.
fn as_bionic(folder: &Path, processor: &str) -> Result<String> {
    let header = format!("libc/include/{processor}-linux-musl/bits/alltypes.h");
    let musl = fs::read_to_string(folder.join("headers").join(header)).into_diagnostic()?;
    let kept = musl.lines().filter(|line| !LONG_TIME.iter().any(|start| line.starts_with(start)));
    let mut lines: Vec<String> = kept.map(str::to_owned).collect();
    for (name, definition) in BIONIC {
        let end = format!(" {name};");
        let defined = |line: &&mut String| line.starts_with("typedef ") && line.ends_with(&end);
        let line = lines.iter_mut().find(defined);
        let line = line.ok_or_else(|| miette!("the headers of Linux define no `{name}`"))?;
        *line = format!("typedef {definition} {name};");
    }
    Ok(lines.join("\n") + "\n")
}

/// Whether the headers are there, and as this version makes them.
pub(super) fn probe(folder: &Path) -> Result<()> {
    let needed = [
        "sdk/iphoneos/usr/include/stdio.h",
        "sdk/iphonesimulator/usr/include/stdio.h",
        "headers/libc/include/generic-musl/stdio.h",
        "headers/libunwind/src/libunwind.cpp",
        "root/usr/aarch64-linux-gnu/include/stdio.h",
        "root/usr/arm-linux-gnueabihf/include/stdio.h",
    ];
    if let Some(missing) = needed.iter().find(|path| !folder.join(path).exists()) {
        return Err(miette!("`{missing}` of the self-hosted toolchain is missing"));
    }
    for processor in PROCESSORS {
        let header = fs::read_to_string(adapted(folder, processor)).into_diagnostic()?;
        if header != as_bionic(folder, processor)? {
            return Err(miette!("the headers of Android are not those that are needed"));
        }
    }
    Ok(())
}
