//! The systems that the runtime is built for.

use std::fmt;

use miette::{Result, miette};

/// What a library has to be, as its file says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Platform {
    /// An iPhone or iPad.
    Ios,
    /// The simulator on a Mac: the same processor does not make it the same platform.
    Simulator,
    /// Android.
    Android,
    /// Linux, where what only a phone's processor does can be run.
    Linux,
    /// WebAssembly, without a system.
    Wasm,
}

/// One of them.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Target {
    /// The compiler's name for it.
    pub(crate) triple: &'static str,
    pub(crate) platform: Platform,
    /// The platform's name for the processor, which names folders and slices.
    pub(crate) arch: &'static str,
    /// What clang calls it, without the version of the platform.
    pub(crate) clang: &'static str,
}

/// All of them, in the order in which they are built.
pub(crate) const TARGETS: [Target; 10] = [
    Target {
        triple: "aarch64-apple-ios",
        platform: Platform::Ios,
        arch: "arm64",
        clang: "arm64-apple-ios",
    },
    Target {
        triple: "aarch64-apple-ios-sim",
        platform: Platform::Simulator,
        arch: "arm64",
        clang: "arm64-apple-ios-simulator",
    },
    Target {
        triple: "x86_64-apple-ios",
        platform: Platform::Simulator,
        arch: "x86_64",
        clang: "x86_64-apple-ios-simulator",
    },
    Target {
        triple: "aarch64-linux-android",
        platform: Platform::Android,
        arch: "arm64-v8a",
        clang: "aarch64-linux-android",
    },
    Target {
        triple: "armv7-linux-androideabi",
        platform: Platform::Android,
        arch: "armeabi-v7a",
        clang: "armv7a-linux-androideabi",
    },
    Target {
        triple: "x86_64-linux-android",
        platform: Platform::Android,
        arch: "x86_64",
        clang: "x86_64-linux-android",
    },
    Target {
        triple: "i686-linux-android",
        platform: Platform::Android,
        arch: "x86",
        clang: "i686-linux-android",
    },
    Target {
        triple: "aarch64-unknown-linux-gnu",
        platform: Platform::Linux,
        arch: "arm64",
        clang: "aarch64-linux-gnu",
    },
    Target {
        triple: "armv7-unknown-linux-gnueabihf",
        platform: Platform::Linux,
        arch: "arm",
        clang: "arm-linux-gnueabihf",
    },
    Target {
        triple: "wasm32-unknown-unknown",
        platform: Platform::Wasm,
        arch: "wasm32",
        clang: "wasm32-unknown-unknown",
    },
];

impl Target {
    /// The name in the form that environment variables have it: `aarch64_apple_ios`.
    pub(crate) fn variable(&self) -> String {
        self.triple.replace('-', "_")
    }

    /// Whether the processor is one of Intel's kind, as those of emulators are.
    pub(crate) fn is_intel(&self) -> bool {
        self.arch.starts_with("x86")
    }

    /// Whether pointers have 64 bits.
    pub(crate) fn is_64_bit(&self) -> bool {
        let narrow = ["armv7", "i686", "wasm32"];
        !narrow.iter().any(|processor| self.triple.starts_with(processor))
    }

    /// Whether Debian's standard library is linked as it is, which saves compiling it: nobody ships
    /// what is linked with it. The library for 32-bit Linux is compiled as that for Android is.
    pub(crate) fn has_std(&self) -> bool {
        self.platform == Platform::Linux && self.is_64_bit()
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.triple)
    }
}

/// The targets of `platforms`, or those of them that `names` lists.
pub(crate) fn select(platforms: &[Platform], names: &[String]) -> Result<Vec<&'static Target>> {
    let all = || TARGETS.iter().filter(|target| platforms.contains(&target.platform));
    let known = all().map(|target| target.triple).collect::<Vec<_>>().join(", ");
    for name in names {
        if !all().any(|target| target.triple == name) {
            return Err(miette!(help = format!("the targets are {known}"), "no target `{name}`"));
        }
    }
    let wanted = |target: &&Target| names.is_empty() || names.iter().any(|n| n == target.triple);
    Ok(all().filter(wanted).collect())
}
