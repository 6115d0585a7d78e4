//! Who compiles: Xcode, the NDK, or the self-hosted toolchain.

use std::{
    env, fs,
    path::{Path, PathBuf},
};

use miette::{IntoDiagnostic as _, Result, miette};
use xshell::Shell;

use super::{
    plan::Command,
    target::{Platform, Target},
    toolchain::Toolchain,
};

/// The cargo profile of what apps link.
pub(super) const PROFILE: &str = "phone";

/// The standard library is built with the runtime, for size, and without what prints the lines of a
/// backtrace, which no phone shows.
const STANDARD_LIBRARY: [&str; 2] =
    ["-Zbuild-std=std,panic_unwind", "-Zbuild-std-features=panic-unwind,optimize_for_size"];

/// Where nothing unwinds, a panic ends the module.
const ABORTING: [&str; 2] =
    ["-Zbuild-std=std,panic_abort", "-Zbuild-std-features=optimize_for_size"];

/// Panics do not say where in Rust's sources they began, and unwind from calls alone, not from any
/// instruction; what is printed for developers alone names types and variants without what they hold;
/// curves are computed without vectors, which would be there for emulators alone, and ciphers and
/// hashes in loops where the processor has no instructions for them.
const SMALL: [&str; 6] = [
    "-Zlocation-detail=none",
    "-Zuse-sync-unwind=yes",
    "-Zfmt-debug=shallow",
    "--cfg=curve25519_dalek_backend=\"serial\"",
    "--cfg=aes_backend_soft=\"compact\"",
    "--cfg=sha2_backend_soft=\"compact\"",
];

/// Code that comes more than once is made a function of its own where that saves more than the
/// function's entry in the tables for panics, which on iOS takes next to nothing.
const SHARED_CODE: &str = "-Cllvm-args=-outliner-benefit-threshold=36";

/// Intel's processors are those of emulators: they do without instructions for ciphers and hashes, and
/// address their locals by a frame pointer, which shortens the tables for panics.
const SMALL_ON_INTEL: [&str; 3] =
    ["--cfg=aes_backend=\"soft\"", "--cfg=sha2_backend=\"soft\"", "-Cforce-frame-pointers=yes"];

/// For Intel's processors LLVM has to be asked to share code between functions. On those of 32 bits it
/// would take the addresses of data out of the function that they are counted from: "expected
/// relocatable expression".
const SHARED_ON_INTEL: &str = "-Cllvm-args=-enable-machine-outliner=always";

/// WebAssembly: what is printed for developers alone is nothing, and a panic ends the module without a
/// word; chance and the local time come from outside (`runtime/src/wasm.rs`).
const EMBEDDED: [&str; 6] = [
    "-Zfmt-debug=none",
    "-Zunstable-options",
    "-Cpanic=immediate-abort",
    "--cfg=getrandom_backend=\"custom\"",
    "-Clink-arg=--wrap=localtime_r",
    "-Clink-arg=--strip-all",
];

/// The engine is compiled for speed, but for its liberal inlining, which is a quarter of its size; for
/// emulators it is compiled for size. No exception passes through it, so it has no tables for them.
fn engine(target: &Target) -> String {
    let small = target.is_intel() || target.platform == Platform::Wasm;
    let speed = if small { "-Oz" } else { "-mllvm -inline-threshold=50" };
    format!("{speed} -fno-asynchronous-unwind-tables -fno-unwind-tables")
}

/// Where there is a Java side, the functions that it calls.
fn features(platform: Platform) -> &'static [&'static str] {
    match platform {
        Platform::Android => &["--features", "jni"],
        _ => &[],
    }
}

/// The first versions of the platforms that the plugin runs on, from `schema/plugin.json`.
#[derive(Debug, Clone)]
pub(crate) struct Floors {
    pub(crate) ios: String,
    pub(crate) android: u64,
}

/// Where a build finds things and leaves things.
#[derive(Debug, Clone)]
pub(crate) struct Places {
    /// The workspace.
    pub(crate) root: PathBuf,
    /// Cargo's own folder, whose paths stand in what it compiles.
    pub(crate) cargo_home: PathBuf,
    /// The target folder of packaging.
    pub(crate) target: PathBuf,
}

/// One of the three.
#[derive(Debug)]
pub(crate) enum Provider {
    /// Apple's tools, on a Mac.
    Xcode,
    /// Google's tools, in this folder.
    Ndk(PathBuf),
    /// Debian's tools, in this folder: see [`Toolchain`].
    Selfhost(PathBuf),
}

impl Provider {
    /// The provider by name; without a name, the one that this machine has.
    ///
    /// A plan that is only printed needs no tools.
    pub(crate) fn find(
        sh: &Shell,
        name: Option<&str>,
        platform: Platform,
        cache: &Path,
        dry: bool,
    ) -> Result<Self> {
        let default = match platform {
            Platform::Android if ndk().is_some() => "ndk",
            Platform::Ios if cfg!(target_os = "macos") => "xcode",
            _ => "selfhost",
        };
        match (name.unwrap_or(default), platform) {
            ("xcode", Platform::Ios) => Ok(Self::Xcode),
            ("ndk", Platform::Android) => match ndk() {
                Some(folder) => Ok(Self::Ndk(folder)),
                None if dry => Ok(Self::Ndk("$ANDROID_NDK_HOME".into())),
                None => Err(miette!(
                    help = "install it with Android Studio or `sdkmanager`, then set `ANDROID_NDK_HOME` or `ANDROID_HOME`",
                    "there is no NDK, whose compiler and headers make the libraries for Android"
                )),
            },
            ("selfhost", _) if dry => Ok(Self::Selfhost(Toolchain::at(cache).folder().into())),
            ("selfhost", _) => Ok(Self::Selfhost(Toolchain::ready(sh, cache)?.folder().into())),
            (name @ ("xcode" | "ndk"), _) => {
                Err(miette!("`{name}` does not build for this platform"))
            }
            (name, _) => Err(miette!(
                help = "the toolchains are `xcode`, `ndk` and `selfhost`",
                "no toolchain `{name}`"
            )),
        }
    }

    /// Whether what it makes may reach users. Its Android headers are those of another C library.
    pub(crate) fn ships(&self, platform: Platform) -> bool {
        match self {
            Self::Xcode | Self::Ndk(_) => true,
            Self::Selfhost(_) => matches!(platform, Platform::Ios | Platform::Wasm),
        }
    }

    /// The command that compiles a package's library as `kind` for `target`, up to its features.
    pub(crate) fn build(
        &self,
        places: &Places,
        floors: &Floors,
        target: &Target,
        (package, kind): (&str, &str),
    ) -> Command {
        let command = match self {
            Self::Selfhost(folder) => Command::new(
                format!("{}/bin/cargo", folder.display()),
                "run `cargo xtask setup-tests selfhost`",
            ),
            _ => Command::new("cargo", "install Rust, and `rustup component add rust-src`"),
        };
        let command = command
            .args(["rustc", "--locked", "--package", package, "--lib"])
            .args(["--profile", PROFILE, "--crate-type", kind, "--target", target.triple])
            .args(["--target-dir".to_owned(), places.target.display().to_string()])
            .args(features(target.platform).iter().copied())
            // For all of them: some crates are compiled again whenever this changes.
            .env("RUSTC_BOOTSTRAP", "1");
        let command = match target.platform {
            Platform::Wasm => command.args(ABORTING),
            _ if target.has_std() => command,
            _ => command.args(STANDARD_LIBRARY),
        };
        let command = match self {
            Self::Xcode => command
                .env(format!("CFLAGS_{}", target.variable()), engine(target))
                .env("IPHONEOS_DEPLOYMENT_TARGET", &floors.ios),
            Self::Ndk(folder) => with_ndk(command, folder, floors, target),
            Self::Selfhost(folder) => with_selfhost(command, folder, places, floors, target),
        };
        let variable = format!("CARGO_TARGET_{}_RUSTFLAGS", target.variable().to_uppercase());
        command.env(variable, self.rustc_flags(places, floors, target).join(" "))
    }

    /// What rustc is told beyond the profile.
    fn rustc_flags(&self, places: &Places, floors: &Floors, target: &Target) -> Vec<String> {
        let mut flags = vec![renamed(&places.cargo_home, "cargo")];
        if !target.has_std() {
            flags.extend(SMALL.map(str::to_owned));
            if matches!(target.platform, Platform::Android | Platform::Linux) {
                flags.push(SHARED_CODE.to_owned());
            }
            if target.platform == Platform::Wasm {
                flags.extend(EMBEDDED.map(str::to_owned));
            }
            if target.is_intel() {
                flags.extend(SMALL_ON_INTEL.map(str::to_owned));
                if target.is_64_bit() {
                    flags.push(SHARED_ON_INTEL.to_owned());
                }
            }
        }
        let mut link = Vec::new();
        if target.platform == Platform::Android {
            link.extend(
                [
                    "-Wl,-z,max-page-size=16384",
                    "-Wl,--build-id=sha1",
                    "-Wl,--no-undefined",
                    "-Wl,--pack-dyn-relocs=android",
                ]
                .map(str::to_owned),
            );
            link.push(format!("-Wl,-soname,{LIBRARY}.so"));
        }
        if let Self::Selfhost(folder) = self {
            flags.push(renamed(folder, "toolchain"));
            match target.platform {
                Platform::Android => {
                    link.push(format!("--target={}{}", target.clang, floors.android));
                    link.extend(
                        ["-nostdlib", "-fuse-ld=lld", "-Wl,--error-limit=0"].map(str::to_owned),
                    );
                    link.push(format!("-L{}", stubs(places, target).display()));
                }
                Platform::Linux => {
                    link.push(format!("--target={}", target.clang));
                    link.extend([
                        format!("--sysroot={}/root", folder.display()),
                        "-fuse-ld=lld".to_owned(),
                    ]);
                }
                Platform::Ios | Platform::Simulator | Platform::Wasm => {}
            }
        }
        flags.extend(link.into_iter().map(|argument| format!("-Clink-arg={argument}")));
        flags
    }

    /// The program that removes symbols from a library for Android or Linux.
    pub(crate) fn strip(&self) -> Command {
        let (program, needed) = match self {
            Self::Ndk(folder) => {
                (format!("{}/llvm-strip", ndk_tools(folder)), "it comes with the NDK")
            }
            Self::Selfhost(folder) => (
                format!("{}/bin/llvm-strip", folder.display()),
                "run `cargo xtask setup-tests selfhost`",
            ),
            Self::Xcode => ("strip".to_owned(), "it comes with Xcode"),
        };
        Command::new(program, needed)
    }
}

/// What makes the compiler write `name` where it would write a folder of this machine.
pub(super) fn renamed(folder: &Path, name: &str) -> String {
    format!("--remap-path-prefix={}={name}", folder.display())
}

/// The library's file name, without an ending.
pub(super) const LIBRARY: &str = "libbackground_runner";

/// Where the libraries are that stand in for those of a phone when linking.
pub(super) fn stubs(places: &Places, target: &Target) -> PathBuf {
    places.target.join("stubs").join(target.arch)
}

/// Google's compiler for a platform version knows its own headers and libraries.
fn with_ndk(command: Command, folder: &Path, floors: &Floors, target: &Target) -> Command {
    let tools = ndk_tools(folder);
    let clang = format!("{tools}/{}{}-clang", target.clang, floors.android);
    let sysroot = Path::new(&tools).parent().expect("it is `bin`").join("sysroot");
    let name = target.variable();
    command
        .env(format!("CC_{name}"), &clang)
        .env(format!("AR_{name}"), format!("{tools}/llvm-ar"))
        .env(format!("CFLAGS_{name}"), engine(target))
        .env(format!("CARGO_TARGET_{}_LINKER", name.to_uppercase()), &clang)
        .env(
            format!("BINDGEN_EXTRA_CLANG_ARGS_{name}"),
            format!("--target={}{} --sysroot={}", target.clang, floors.android, sysroot.display()),
        )
}

/// The self-hosted compiler builds the standard library too, and is told where headers are.
fn with_selfhost(
    command: Command,
    folder: &Path,
    places: &Places,
    floors: &Floors,
    target: &Target,
) -> Command {
    let (at, name) = (folder.display(), target.variable());
    let headers = headers(folder, floors, target);
    let maps = format!(
        "-ffile-prefix-map={}=cargo -ffile-prefix-map={at}=toolchain",
        places.cargo_home.display()
    );
    let command = command
        .env("RUSTC", format!("{at}/bin/rustc"))
        .env("CLANG_PATH", format!("{at}/bin/clang"))
        .env("LIBCLANG_PATH", format!("{at}/root/usr/lib/x86_64-linux-gnu"))
        .env(format!("CC_{name}"), format!("{at}/bin/clang"))
        .env(format!("AR_{name}"), format!("{at}/bin/llvm-ar"))
        .env(format!("CFLAGS_{name}"), format!("{headers} {maps} {}", engine(target)))
        .env(format!("BINDGEN_EXTRA_CLANG_ARGS_{name}"), headers);
    let linker = format!("CARGO_TARGET_{}_LINKER", name.to_uppercase());
    match target.platform {
        Platform::Ios | Platform::Simulator => command
            .env("SDKROOT", sdk(folder, target).display().to_string())
            .env("IPHONEOS_DEPLOYMENT_TARGET", &floors.ios),
        Platform::Android | Platform::Linux => command.env(linker, format!("{at}/bin/clang")),
        Platform::Wasm => command.env(linker, format!("{at}/bin/wasm-ld")),
    }
}

/// The arguments by which clang finds a platform's headers.
pub(super) fn headers(folder: &Path, floors: &Floors, target: &Target) -> String {
    let at = folder.display();
    match target.platform {
        // The engine's crate has headers of its own.
        Platform::Wasm => format!("--target={}", target.clang),
        Platform::Ios | Platform::Simulator => {
            format!("-isysroot {}", sdk(folder, target).display())
        }
        Platform::Linux => {
            format!(
                "--target={0} --sysroot={at}/root -isystem {at}/root/usr/{0}/include",
                target.clang
            )
        }
        Platform::Android => {
            let processor = match target.clang.split('-').next().unwrap_or_default() {
                "armv7a" => "arm",
                "i686" => "x86",
                other => other,
            };
            let libc = format!("{at}/headers/libc/include");
            let includes = [
                format!("{at}/headers/bionic/{processor}"),
                format!("{libc}/{processor}-linux-musl"),
                format!("{libc}/generic-musl"),
                format!("{libc}/{processor}-linux-any"),
                format!("{libc}/any-linux-any"),
            ];
            let includes = includes.map(|folder| format!(" -isystem {folder}")).concat();
            format!("--target={}{} -nostdlibinc{includes}", target.clang, floors.android)
        }
    }
}

/// The folder that Apple's tools call an SDK.
pub(super) fn sdk(folder: &Path, target: &Target) -> PathBuf {
    let system = if target.platform == Platform::Ios { "iphoneos" } else { "iphonesimulator" };
    folder.join("sdk").join(system)
}

/// The NDK that the environment names, else the newest of the SDK.
fn ndk() -> Option<PathBuf> {
    let named = ["ANDROID_NDK_HOME", "ANDROID_NDK_ROOT"].iter().find_map(env::var_os);
    named.map(PathBuf::from).or_else(|| {
        let versions = fs::read_dir(Path::new(&env::var_os("ANDROID_HOME")?).join("ndk")).ok()?;
        let number = |path: &PathBuf| -> Vec<u64> {
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            name.split('.').filter_map(|part| part.parse().ok()).collect()
        };
        versions.filter_map(|entry| Some(entry.ok()?.path())).max_by_key(number)
    })
}

/// Where the NDK keeps its programs for this kind of machine.
fn ndk_tools(folder: &Path) -> String {
    let host = if cfg!(target_os = "macos") { "darwin-x86_64" } else { "linux-x86_64" };
    format!("{}/toolchains/llvm/prebuilt/{host}/bin", folder.display())
}

/// What `schema/plugin.json` says.
pub(crate) fn floors(root: &Path) -> Result<Floors> {
    let text = fs::read_to_string(root.join("schema/plugin.json")).into_diagnostic()?;
    let plugin: serde_json::Value = serde_json::from_str(&text).into_diagnostic()?;
    let platforms = &plugin["platforms"];
    let ios = platforms["ios"].as_str().map(str::to_owned);
    ios.zip(platforms["androidMinSdk"].as_u64())
        .map(|(ios, android)| Floors { ios, android })
        .ok_or_else(|| miette!("`schema/plugin.json` does not name the platforms' first versions"))
}
