//! Debian's packages, downloaded by an apt of their own and unpacked, not installed.

use std::{fs, path::Path};

use miette::{IntoDiagnostic as _, Result, miette};
use xshell::{Shell, cmd};

use crate::setup::debian::{mirror, silent};

/// The release with a recent compiler in its security archive. Its programs run on newer ones too.
const RELEASE: &str = "bookworm";

/// The packages, by name: the archive moves, so the versions are taken as they are and recorded.
/// What stands in braces comes from the compiler's own dependencies.
const PACKAGES: [&str; 20] = [
    "cargo-web",
    "rustc-web",
    "rust-web-src",
    "libstd-rust-web-dev",
    "{std}",
    "{libllvm}",
    "clang-{llvm}",
    "lld-{llvm}",
    "llvm-{llvm}",
    "libclang-common-{llvm}-dev",
    "libclang1-{llvm}",
    "libclang-cpp{llvm}",
    // What cargo links.
    "libgit2-1.5",
    "libssh2-1",
    "libhttp-parser2.9",
    "libmbedtls14",
    "libmbedx509-1",
    "libmbedcrypto7",
    // The foreign system with a standard library of its own, which is not compiled here.
    "libstd-rust-web-dev:arm64",
    "qemu-user-static",
];

/// The C libraries of the foreign systems whose programs can be executed here. They go with any
/// compiler.
const FOREIGN: [&str; 10] = [
    "libc6-arm64-cross",
    "libc6-dev-arm64-cross",
    "linux-libc-dev-arm64-cross",
    "libgcc-s1-arm64-cross",
    "libgcc-12-dev-arm64-cross",
    "libc6-armhf-cross",
    "libc6-dev-armhf-cross",
    "linux-libc-dev-armhf-cross",
    "libgcc-s1-armhf-cross",
    "libgcc-12-dev-armhf-cross",
];

/// What was unpacked.
pub(super) struct Packages {
    /// `llvm-22`: the name of the folder and of the tools' package.
    pub(super) llvm: String,
    /// One `package version` a line.
    pub(super) versions: String,
}

/// Unpacks every package into `root/`. apt checks the archive's signature and each package's sum.
pub(super) fn unpack(sh: &Shell, folder: &Path) -> Result<Packages> {
    for tool in ["apt-get", "apt-cache", "dpkg-deb"] {
        if cmd!(sh, "which {tool}").quiet().ignore_stdout().run().is_err() {
            return Err(miette!(
                help = "the self-hosted toolchain needs Debian or one of its kin, on x86-64",
                "there is no `{tool}`, which unpacks the compiler's packages"
            ));
        }
    }
    with_apt(sh, folder, || {
        let (names, llvm) = names(sh)?;
        println!("downloading a compiler for other systems (about 230 MB, once)");
        Ok(Packages { llvm, versions: download(sh, folder, &names)? })
    })
}

/// Unpacks the foreign systems' packages that `installed` does not list, and lists them.
pub(super) fn add(sh: &Shell, folder: &Path, installed: &str) -> Result<String> {
    let listed = |name: &str| installed.lines().any(|line| line.split(' ').next() == Some(name));
    let missing: Vec<_> =
        FOREIGN.iter().filter(|name| !listed(name)).map(ToString::to_string).collect();
    if missing.is_empty() {
        return Ok(String::new());
    }
    println!("downloading {}", missing.join(", "));
    with_apt(sh, folder, || download(sh, folder, &missing))
}

/// Lets `work` use an apt that has the archive's lists, in its folder.
fn with_apt<T>(sh: &Shell, folder: &Path, work: impl FnOnce() -> Result<T>) -> Result<T> {
    let apt = folder.join("apt");
    configure(sh, &apt)?;
    let inside = sh.push_dir(&apt);
    let _settings = sh.push_env("APT_CONFIG", apt.join("apt.conf"));
    silent(cmd!(sh, "apt-get update"))?;
    let result = work()?;
    drop(inside);
    fs::remove_dir_all(&apt).into_diagnostic()?;
    Ok(result)
}

/// Unpacks packages into `root/`, and says what their versions are.
fn download(sh: &Shell, folder: &Path, names: &[String]) -> Result<String> {
    silent(cmd!(sh, "apt-get download").args(names))?;
    let root = folder.join("root");
    for package in sh.read_dir(folder.join("apt")).into_diagnostic()? {
        if package.extension().is_some_and(|extension| extension == "deb") {
            silent(cmd!(sh, "dpkg-deb -x {package} {root}"))?;
        }
    }
    versions(sh, names)
}

/// An apt whose state, cache and sources are all below `apt`.
fn configure(sh: &Shell, apt: &Path) -> Result<()> {
    for folder in ["state/lists/partial", "cache/archives/partial"] {
        fs::create_dir_all(apt.join(folder)).into_diagnostic()?;
    }
    let mirror = mirror(sh)?;
    let options = "[arch=amd64,arm64 signed-by=/usr/share/keyrings/debian-archive-keyring.gpg]";
    let sources = format!(
        "deb {options} {mirror} {RELEASE} main\n\
         deb {options} {mirror}-security {RELEASE}-security main\n"
    );
    fs::write(apt.join("sources.list"), sources).into_diagnostic()?;
    fs::write(apt.join("status"), "").into_diagnostic()?;
    let at = apt.display();
    let settings = format!(
        "Dir::State \"{at}/state\";\nDir::State::status \"{at}/status\";\nDir::Cache \"{at}/cache\";\n\
         Dir::Etc::sourcelist \"{at}/sources.list\";\nDir::Etc::sourceparts \"-\";\n\
         APT::Sandbox::User \"root\";\nAPT::Architecture \"amd64\";\n\
         APT::Architectures {{ \"amd64\"; \"arm64\"; }};\n"
    );
    fs::write(apt.join("apt.conf"), settings).into_diagnostic()
}

/// The packages' full names, and the name of the LLVM among them.
fn names(sh: &Shell) -> Result<(Vec<String>, String)> {
    let std = dependency(sh, "libstd-rust-web-dev", "libstd-rust-web-")?;
    let libllvm = dependency(sh, &std, "libllvm")?;
    let llvm = libllvm.trim_start_matches("libllvm");
    let names = PACKAGES.iter().chain(&FOREIGN).map(|name| {
        name.replace("{std}", &std).replace("{libllvm}", &libllvm).replace("{llvm}", llvm)
    });
    Ok((names.collect(), format!("llvm-{llvm}")))
}

/// The dependency of the newest `package` whose name starts with `prefix`.
fn dependency(sh: &Shell, package: &str, prefix: &str) -> Result<String> {
    let shown = silent(cmd!(sh, "apt-cache show --no-all-versions {package}"))?;
    let depends = shown.lines().find_map(|line| line.strip_prefix("Depends: "));
    depends
        .into_iter()
        .flat_map(|list| list.split(", "))
        .filter_map(|dependency| dependency.split(' ').next())
        .find(|name| name.starts_with(prefix))
        .map(str::to_owned)
        .ok_or_else(|| miette!("Debian's `{package}` no longer depends on a `{prefix}...`"))
}

/// What each package's newest version is.
fn versions(sh: &Shell, names: &[String]) -> Result<String> {
    let mut versions = Vec::new();
    for name in names {
        let shown = silent(cmd!(sh, "apt-cache show --no-all-versions {name}"))?;
        let version = shown.lines().find_map(|line| line.strip_prefix("Version: "));
        versions.push(format!("{name} {}\n", version.unwrap_or("unknown")));
    }
    Ok(versions.concat())
}
