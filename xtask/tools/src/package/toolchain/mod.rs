//! The self-hosted toolchain: what a Linux machine without Xcode and the NDK builds the runtime with.
//!
//! Debian has a Rust compiler with the matching source of its standard library, and clang and lld of
//! the same LLVM; the headers of other systems come with a wheel of the zig compiler. All of it is
//! unpacked below the cache folder, probed, kept, and made again when it is missing or broken. The
//! machine's own packages, sources and settings are never touched.

mod debian;
mod headers;

use std::{
    fs::{self, File},
    path::{Path, PathBuf},
    process::Command,
};

use miette::{Context as _, IntoDiagnostic as _, Result, miette};
use xshell::Shell;

/// Changes when what an installation holds changes, so that older ones are made again. Where only
/// something is added, [`Toolchain::extend`] adds it to older ones.
const EDITION: &str = "1\n";

/// The file that lists what was installed, one `package version` a line.
const VERSIONS: &str = "versions.txt";

/// The tools that plans name, and where Debian's packages have them. `LLVM` is the folder of the
/// compiler's own LLVM.
const TOOLS: [(&str, &str); 11] = [
    ("cargo", "usr/bin/cargo"),
    ("rustc", "usr/bin/rustc"),
    ("clang", "LLVM/bin/clang"),
    ("ld.lld", "LLVM/bin/ld.lld"),
    ("ld64.lld", "LLVM/bin/ld64.lld"),
    ("wasm-ld", "LLVM/bin/wasm-ld"),
    ("llvm-ar", "LLVM/bin/llvm-ar"),
    ("llvm-strip", "LLVM/bin/llvm-strip"),
    ("llvm-symbolizer", "LLVM/bin/llvm-symbolizer"),
    ("qemu-aarch64", "usr/bin/qemu-aarch64-static"),
    ("qemu-arm", "usr/bin/qemu-arm-static"),
];

/// An installation, or the place for one.
pub(crate) struct Toolchain {
    folder: PathBuf,
}

impl Toolchain {
    /// The place of the installation below `cache`, whether or not anything is there.
    pub(crate) fn at(cache: &Path) -> Self {
        Self { folder: cache.join("selfhost") }
    }

    /// The installation below `cache`: made when it is missing, made again when it does not answer.
    pub(crate) fn ready(sh: &Shell, cache: &Path) -> Result<Self> {
        let toolchain = Self::at(cache);
        let lock = File::create(cache.join("selfhost.lock")).into_diagnostic()?;
        lock.lock().into_diagnostic().wrap_err("another process installs the toolchain")?;
        if toolchain.probe().is_err() && toolchain.extend(sh).is_err() {
            toolchain.make(sh).wrap_err("the self-hosted toolchain could not be installed")?;
        }
        toolchain.probe()?;
        Ok(toolchain)
    }

    /// The folder of all of it.
    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// A program, by the name that plans use.
    pub(crate) fn tool(&self, name: &str) -> PathBuf {
        self.folder.join("bin").join(name)
    }

    /// Makes all of it. `complete` is written last: an interrupted attempt starts over.
    fn make(&self, sh: &Shell) -> Result<()> {
        if self.folder.exists() {
            fs::remove_dir_all(&self.folder).into_diagnostic()?;
        }
        fs::create_dir_all(self.folder.join("bin")).into_diagnostic()?;
        let packages = debian::unpack(sh, &self.folder)?;
        let headers = headers::unpack(sh, &self.folder)?;
        self.write_tools(&packages.llvm)?;
        let versions = format!("{}{headers}\n", packages.versions);
        fs::write(self.folder.join(VERSIONS), versions).into_diagnostic()?;
        fs::write(self.folder.join("complete"), EDITION).into_diagnostic()
    }

    /// Adds what an older installation lacks, and leaves alone what others may be using.
    fn extend(&self, sh: &Shell) -> Result<()> {
        self.check_edition()?;
        let installed = fs::read_to_string(self.folder.join(VERSIONS)).into_diagnostic()?;
        let llvm =
            installed.lines().find_map(|line| line.split(' ').next()?.strip_prefix("libllvm"));
        let llvm = llvm.ok_or_else(|| miette!("`{VERSIONS}` lists no LLVM"))?;
        let added = debian::add(sh, &self.folder, &installed)?;
        self.write_tools(&format!("llvm-{llvm}"))?;
        headers::adapt(&self.folder)?;
        fs::write(self.folder.join(VERSIONS), format!("{installed}{added}")).into_diagnostic()?;
        self.probe()
    }

    /// A starter for each tool, which finds the libraries beside it: the machine has other versions.
    fn write_tools(&self, llvm: &str) -> Result<()> {
        for (name, path) in TOOLS.iter().filter(|(name, _)| !self.tool(name).exists()) {
            let path = path.replace("LLVM", &format!("usr/lib/{llvm}"));
            let script = format!(
                "#!/bin/sh\nroot=$(dirname \"$(dirname \"$(realpath \"$0\")\")\")/root\n\
                 export LD_LIBRARY_PATH=\"$root/usr/lib/x86_64-linux-gnu:$root/usr/lib/{llvm}/lib\"\n\
                 exec \"$root/{path}\" \"$@\"\n"
            );
            let starter = self.tool(name);
            fs::write(&starter, script).into_diagnostic()?;
            make_executable(&starter)?;
        }
        Ok(())
    }

    /// Whether all of it was installed, by a version of this program that installs the same.
    fn check_edition(&self) -> Result<()> {
        let edition = fs::read_to_string(self.folder.join("complete")).into_diagnostic()?;
        if edition != EDITION {
            return Err(miette!("the installed toolchain is of another edition"));
        }
        Ok(())
    }

    /// Whether it is complete and every tool answers.
    fn probe(&self) -> Result<()> {
        self.check_edition()?;
        headers::probe(&self.folder)?;
        for (name, _) in TOOLS {
            let output = Command::new(self.tool(name)).arg("--version").output();
            if !output.into_diagnostic()?.status.success() {
                return Err(miette!("`{name}` of the self-hosted toolchain does not start"));
            }
        }
        Ok(())
    }
}

/// Installs it for `cargo xtask setup-tests`, and says what the compiler calls itself.
pub(crate) fn install(sh: &Shell, cache: &Path) -> Result<String> {
    let toolchain = Toolchain::ready(sh, cache)?;
    let output = Command::new(toolchain.tool("rustc")).arg("--version").output();
    let said = String::from_utf8_lossy(&output.into_diagnostic()?.stdout).trim().to_owned();
    Ok(format!("{said}, listed in {}", toolchain.folder.join(VERSIONS).display()))
}

/// Lets everybody start a script.
fn make_executable(path: &Path) -> Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).into_diagnostic()
}
