//! The engines that ours is held against, each used when it can be installed.

use std::{
    fs,
    path::{Path, PathBuf},
};

use miette::{IntoDiagnostic as _, Report, Result, WrapErr as _, miette};
use xshell::{Shell, cmd};

use super::inputs::{DETAILS, EVENT};
use crate::setup::debian::silent;

const VM: &str = include_str!("peers/vm.mjs");
const WASM: &str = include_str!("peers/wasm.mjs");
const JSC: &str = include_str!("peers/jsc.c");

/// The packages that hold the engine that iOS uses, as Debian builds it.
const JSC_PACKAGES: [&str; 3] =
    ["libjavascriptcoregtk-4.1-0", "libjavascriptcoregtk-4.1-dev", "libicu72"];

/// Another engine, ready to dispatch.
pub(super) struct Peer {
    pub(super) name: &'static str,
    program: PathBuf,
    /// What stands before the runner's file on its command line.
    arguments: Vec<String>,
    /// `NAME=VALUE`
    environment: Vec<String>,
}

impl Peer {
    /// CPU microseconds of each of `runs` cold dispatches in one process.
    pub(super) fn cold(&self, sh: &Shell, file: &Path, runs: usize) -> Result<Vec<f64>> {
        let (file, runs) = (file.display().to_string(), runs.to_string());
        let command = self.command(&[&file, EVENT, DETAILS, &runs]);
        let text = silent(cmd!(sh, "env {command...}"))?;
        serde_json::from_str(&text).into_diagnostic()
    }

    /// What `env` is told: the program's environment, the program, and `arguments` behind.
    pub(super) fn command(&self, arguments: &[&str]) -> Vec<String> {
        let program = self.program.display().to_string();
        let own = self.environment.iter().cloned().chain([program]);
        let own = own.chain(self.arguments.iter().cloned());
        own.chain(arguments.iter().map(ToString::to_string)).collect()
    }
}

/// Installs what can be installed; says what could not, and why.
pub(super) fn install(sh: &Shell, folder: &Path) -> (Vec<Peer>, Vec<(&'static str, Report)>) {
    let script = folder.join("vm.mjs");
    let written = fs::write(&script, VM).into_diagnostic();
    let (mut peers, mut missing) = (Vec::new(), Vec::new());
    for (name, peer) in [
        ("JSC", jsc(sh, folder)),
        ("Node", written.and_then(|()| node(sh, &script))),
        ("Bun", from_npm(sh, folder, ("Bun", "@oven/bun-linux-x64", "1.4.5", "bin/bun"), &script)),
        ("Deno", from_npm(sh, folder, ("Deno", "@deno/linux-x64-glibc", "2.9.6", "deno"), &script)),
    ] {
        match peer {
            Ok(peer) => peers.push(peer),
            Err(error) => missing.push((name, error)),
        }
    }
    (peers, missing)
}

/// Puts packages of exact versions into a folder, unless they are there.
pub(super) fn install_packages(sh: &Shell, folder: &Path, packages: &[&str]) -> Result<()> {
    let (complete, wanted) = (folder.join("complete"), packages.join("\n"));
    if fs::read_to_string(&complete).is_ok_and(|installed| installed == wanted) {
        return Ok(());
    }
    fs::create_dir_all(folder).into_diagnostic()?;
    silent(cmd!(
        sh,
        "npm install --no-audit --no-fund --no-save --ignore-scripts --legacy-peer-deps --prefix {folder} {packages...}"
    ))?;
    fs::write(complete, wanted).into_diagnostic()
}

fn node(sh: &Shell, script: &Path) -> Result<Peer> {
    silent(cmd!(sh, "node --version"))?;
    Ok(vm_peer("Node", "node".into(), script))
}

/// Our own library as a WebAssembly module, in Node.
pub(super) fn on_wasm(folder: &Path) -> Result<Peer> {
    let package = crate::root().join("generated/wasm");
    let module = package.join("background_runner.wasm");
    if !module.exists() {
        return Err(miette!("there is no module: `cargo xtask package-wasm` builds it"));
    }
    let script = folder.join("wasm.mjs");
    fs::write(&script, WASM).into_diagnostic()?;
    let arguments = [script, package.join("runtime.mjs"), module];
    let arguments = arguments.iter().map(|it| it.display().to_string()).collect();
    Ok(Peer { name: "wasm", program: "node".into(), arguments, environment: Vec::new() })
}

fn vm_peer(name: &'static str, program: PathBuf, script: &Path) -> Peer {
    let mut arguments = vec![script.display().to_string()];
    if name == "Deno" {
        arguments.splice(0..0, ["run", "--quiet", "--allow-all"].map(str::to_owned));
    }
    Peer { name, program, arguments, environment: Vec::new() }
}

/// An engine whose npm package carries the program.
fn from_npm(
    sh: &Shell,
    folder: &Path,
    (name, package, version, program): (&'static str, &str, &str, &str),
    script: &Path,
) -> Result<Peer> {
    let prefix = folder.join(name);
    install_packages(sh, &prefix, &[&format!("{package}@{version}")])?;
    let program = prefix.join("node_modules").join(package).join(program);
    Ok(vm_peer(name, program, script))
}

/// `JavaScriptCore` out of Debian's packages, unpacked into the cache folder.
fn jsc(sh: &Shell, folder: &Path) -> Result<Peer> {
    let (root, program) = (folder.join("jsc"), folder.join("jsc/dispatch"));
    let libraries = root.join("usr/lib/x86_64-linux-gnu");
    let complete = root.join("complete");
    if !complete.exists() {
        unpack(sh, &root)?;
        let source = root.join("jsc.c");
        fs::write(&source, JSC).into_diagnostic()?;
        let include = format!("-I{}", root.join("usr/include/webkitgtk-4.1").display());
        let library = format!("-L{}", libraries.display());
        let link = format!("-Wl,-rpath-link,{}", libraries.display());
        silent(cmd!(
            sh,
            "cc -O2 {include} {source} -o {program} {library} {link} -Wl,--allow-shlib-undefined -ljavascriptcoregtk-4.1"
        ))?;
        fs::write(complete, "").into_diagnostic()?;
    }
    let libraries = format!("LD_LIBRARY_PATH={}", libraries.display());
    let environment = vec!["JSC_useJIT=0".to_owned(), libraries];
    Ok(Peer { name: "JSC", program, arguments: Vec::new(), environment })
}

fn unpack(sh: &Shell, root: &Path) -> Result<()> {
    fs::create_dir_all(root).into_diagnostic()?;
    let _dir = sh.push_dir(root);
    silent(cmd!(sh, "apt-get download {JSC_PACKAGES...}"))
        .wrap_err("Debian's packages cannot be had (`apt-get update` may help)")?;
    for entry in fs::read_dir(root).into_diagnostic()? {
        let path = entry.into_diagnostic()?.path();
        if path.extension().is_some_and(|extension| extension == "deb") {
            silent(cmd!(sh, "dpkg -x {path} ."))?;
        }
    }
    Ok(())
}
