//! The engines that ours is held against, each used when it can be installed.

use std::{
    fs,
    path::{Path, PathBuf},
};

use miette::{IntoDiagnostic as _, Result, miette};
use xshell::{Shell, cmd};

use super::inputs::{DETAILS, EVENT};
use crate::setup;

const VM: &str = include_str!("peers/vm.mjs");
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
    environment: Vec<(&'static str, String)>,
}

impl Peer {
    /// CPU microseconds of each of `runs` cold dispatches in one process.
    pub(super) fn cold(&self, sh: &Shell, file: &Path, runs: usize) -> Result<Vec<f64>> {
        let (program, arguments) = (&self.program, &self.arguments);
        let runs = runs.to_string();
        let mut command =
            cmd!(sh, "{program} {arguments...} {file} {EVENT} {DETAILS} {runs}").quiet();
        for (name, value) in &self.environment {
            command = command.env(name, value);
        }
        serde_json::from_str(&command.read().into_diagnostic()?).into_diagnostic()
    }
}

/// Installs what can be installed; says what could not, and why.
pub(super) fn install(sh: &Shell) -> Result<Vec<Peer>> {
    let folder = setup::cache()?.join("bench");
    let script = folder.join("vm.mjs");
    fs::write(&script, VM).into_diagnostic()?;
    let mut peers = Vec::new();
    for (name, peer) in [
        ("JSC", jsc(sh, &folder)),
        ("Node", node(sh, &script)),
        ("Bun", from_npm(sh, &folder, "Bun", "@oven/bun-linux-x64@1.4.5", "bin/bun", &script)),
        ("Deno", from_npm(sh, &folder, "Deno", "@deno/linux-x64-glibc@2.9.6", "deno", &script)),
    ] {
        match peer {
            Ok(peer) => peers.push(peer),
            Err(error) => eprintln!("{name} is left out: {error}"),
        }
    }
    Ok(peers)
}

fn node(sh: &Shell, script: &Path) -> Result<Peer> {
    cmd!(sh, "node --version").quiet().ignore_stdout().run().into_diagnostic()?;
    Ok(vm_peer("Node", "node".into(), script))
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
    name: &'static str,
    package: &str,
    program: &str,
    script: &Path,
) -> Result<Peer> {
    let prefix = folder.join(name);
    let bare = package.rsplit_once('@').map_or(package, |(bare, _)| bare);
    let program = prefix.join("node_modules").join(bare).join(program);
    if !program.exists() {
        cmd!(sh, "npm install --no-audit --no-fund --no-save --ignore-scripts --prefix {prefix} {package}")
            .quiet()
            .ignore_stdout()
            .run()
            .into_diagnostic()?;
    }
    Ok(vm_peer(name, program, script))
}

/// `JavaScriptCore` out of Debian's packages, unpacked into the cache folder.
fn jsc(sh: &Shell, folder: &Path) -> Result<Peer> {
    let (root, program) = (folder.join("jsc"), folder.join("jsc/dispatch"));
    let libraries = root.join("usr/lib/x86_64-linux-gnu");
    if !program.exists() {
        unpack(sh, &root)?;
        let source = root.join("jsc.c");
        fs::write(&source, JSC).into_diagnostic()?;
        let include = format!("-I{}", root.join("usr/include/webkitgtk-4.1").display());
        let library = format!("-L{}", libraries.display());
        let link = format!("-Wl,-rpath-link,{}", libraries.display());
        cmd!(sh, "cc -O2 {include} {source} -o {program} {library} {link} -Wl,--allow-shlib-undefined -ljavascriptcoregtk-4.1")
            .quiet()
            .run()
            .into_diagnostic()?;
    }
    let environment =
        vec![("JSC_useJIT", "0".to_owned()), ("LD_LIBRARY_PATH", libraries.display().to_string())];
    Ok(Peer { name: "JSC", program, arguments: Vec::new(), environment })
}

fn unpack(sh: &Shell, root: &Path) -> Result<()> {
    fs::create_dir_all(root).into_diagnostic()?;
    let _dir = sh.push_dir(root);
    cmd!(sh, "apt-get download {JSC_PACKAGES...}")
        .quiet()
        .ignore_stdout()
        .run()
        .map_err(|error| miette!("Debian's packages cannot be had ({error})"))?;
    for entry in fs::read_dir(root).into_diagnostic()? {
        let path = entry.into_diagnostic()?.path();
        if path.extension().is_some_and(|extension| extension == "deb") {
            cmd!(sh, "dpkg -x {path} .").quiet().run().into_diagnostic()?;
        }
    }
    Ok(())
}
