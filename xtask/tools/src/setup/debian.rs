//! A Debian of its own below the cache folder: newer compilers than the machine's, beside the machine.
//!
//! It is made with `debootstrap` from the mirror that the machine's apt already uses, with apt's own
//! state in the cache folder. Nothing stays mounted: each command gets a mount namespace of its own.

use std::fs;
use std::path::{Path, PathBuf};

use miette::{Context, IntoDiagnostic, Result, miette};
use xshell::{Cmd, Shell, cmd};

/// The release whose compilers the tests use.
const RELEASE: &str = "trixie";

/// Runs a command inside: `enter FOLDER COMMAND...`, where FOLDER becomes `/mnt` and the place to be.
const ENTER: &str = r#"#!/bin/sh
# Runs a command in the Debian beside this file: enter FOLDER COMMAND... (FOLDER is its /mnt)
root=$(dirname "$(realpath "$0")")/root
exec unshare --mount --propagation private sh -ec '
root=$0 folder=$1; shift
mount -t proc proc "$root/proc"
mount --rbind /dev "$root/dev"
mount --bind "$folder" "$root/mnt"
exec chroot "$root" /usr/bin/env -i HOME=/root LANG=C.UTF-8 \
  PATH=/usr/libexec/swift/bin:/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin \
  sh -c "cd /mnt && exec \"\$@\"" sh "$@"
' "$root" "$@"
"#;

/// The installation: `root/` is the system, `enter` runs a command in it.
pub(crate) struct Debian {
    folder: PathBuf,
}

impl Debian {
    /// The system in `cache` with `packages` installed; made where it is missing.
    pub(crate) fn with(sh: &Shell, cache: &Path, packages: &[&str]) -> Result<Self> {
        let debian = Self { folder: cache.join(format!("debian-{RELEASE}")) };
        if !debian.folder.join("complete").exists() {
            debian.make(sh)?;
        }
        let enter = debian.folder.join("enter");
        fs::write(&enter, ENTER).into_diagnostic()?;
        silent(cmd!(sh, "chmod 755 {enter}"))?;
        debian.add(sh, packages)?;
        Ok(debian)
    }

    /// Removes it, so that the next [`Debian::with`] starts from nothing.
    pub(crate) fn remove(cache: &Path) -> Result<()> {
        let folder = cache.join(format!("debian-{RELEASE}"));
        if folder.exists() { fs::remove_dir_all(folder).into_diagnostic() } else { Ok(()) }
    }

    /// Where it is.
    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// The output of a command inside, with `folder` as its `/mnt`.
    pub(crate) fn read(&self, sh: &Shell, folder: &Path, command: &[&str]) -> Result<String> {
        let enter = self.folder.join("enter");
        silent(cmd!(sh, "{enter} {folder} {command...}"))
    }

    /// Bootstraps the system. `complete` is written last: an interrupted attempt starts over.
    fn make(&self, sh: &Shell) -> Result<()> {
        for tool in ["apt-get", "dpkg-deb", "unshare", "chroot"] {
            silent(cmd!(sh, "which {tool}"))
                .wrap_err_with(|| format!("`{tool}` is needed to unpack a Debian"))?;
        }
        if silent(cmd!(sh, "id -u"))?.trim() != "0" {
            return Err(miette!("only root can enter another Debian"));
        }
        if self.folder.exists() {
            fs::remove_dir_all(&self.folder).into_diagnostic()?;
        }
        let mirror = mirror(sh)?;
        let tool = self.debootstrap(sh, &mirror)?;
        println!("unpacking Debian {RELEASE} (about a minute)");
        let root = self.folder.join("root");
        let script = "exec \"$0\" --variant=minbase --keyring=/usr/share/keyrings/debian-archive-keyring.gpg \"$@\"";
        silent(
            cmd!(sh, "unshare --mount --propagation private sh -c {script} {tool}/usr/sbin/debootstrap {RELEASE} {root} {mirror}")
                .env("DEBOOTSTRAP_DIR", tool.join("usr/share/debootstrap")),
        )?;
        self.copy_network_settings(sh)?;
        fs::write(self.folder.join("complete"), "").into_diagnostic()
    }

    /// `debootstrap` of the release itself, unpacked and not installed.
    fn debootstrap(&self, sh: &Shell, mirror: &str) -> Result<PathBuf> {
        let apt = self.folder.join("apt");
        for folder in ["state/lists/partial", "cache/archives/partial", "tool"] {
            fs::create_dir_all(apt.join(folder)).into_diagnostic()?;
        }
        let source = format!(
            "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] {mirror} {RELEASE} main\n"
        );
        fs::write(apt.join("sources.list"), source).into_diagnostic()?;
        let at = apt.display();
        let settings = format!(
            "Dir::State \"{at}/state\";\nDir::State::status \"/var/lib/dpkg/status\";\n\
             Dir::Cache \"{at}/cache\";\nDir::Etc::sourcelist \"{at}/sources.list\";\n\
             Dir::Etc::sourceparts \"-\";\nAPT::Sandbox::User \"root\";\n"
        );
        fs::write(apt.join("apt.conf"), settings).into_diagnostic()?;
        let _inside = sh.push_dir(&apt);
        let _settings = sh.push_env("APT_CONFIG", apt.join("apt.conf"));
        silent(cmd!(sh, "apt-get update"))?;
        silent(cmd!(sh, "apt-get download debootstrap/{RELEASE}"))?;
        let package = sh
            .read_dir(&apt)
            .into_diagnostic()?
            .into_iter()
            .find(|path| path.extension().is_some_and(|extension| extension == "deb"))
            .ok_or_else(|| miette!("apt downloaded no `debootstrap`"))?;
        silent(cmd!(sh, "dpkg-deb -x {package} tool"))?;
        Ok(apt.join("tool"))
    }

    /// The machine's way to the network: its name servers, and apt's proxies and checks.
    fn copy_network_settings(&self, sh: &Shell) -> Result<()> {
        let etc = self.folder.join("root/etc");
        fs::copy("/etc/resolv.conf", etc.join("resolv.conf")).into_diagnostic()?;
        let settings = silent(cmd!(sh, "apt-config dump Acquire"))?;
        let wanted = ["Acquire::http", "Acquire::Check-", "Acquire::Retries"];
        let lines: Vec<&str> = settings
            .split_inclusive('\n')
            .filter(|line| wanted.iter().any(|prefix| line.starts_with(prefix)))
            .collect();
        fs::write(etc.join("apt/apt.conf.d/99machine"), lines.concat()).into_diagnostic()
    }

    /// Installs the packages that `installed` does not list yet.
    fn add(&self, sh: &Shell, packages: &[&str]) -> Result<()> {
        let list = self.folder.join("installed");
        let installed = fs::read_to_string(&list).unwrap_or_default();
        let new: Vec<&str> = packages
            .iter()
            .copied()
            .filter(|package| !installed.lines().any(|line| line == *package))
            .collect();
        if new.is_empty() {
            return Ok(());
        }
        println!("installing {} (some minutes, once)", new.join(", "));
        let script =
            "apt-get update && apt-get install -y --no-install-recommends \"$@\" && apt-get clean";
        let mut command = vec!["env", "DEBIAN_FRONTEND=noninteractive", "sh", "-ec", script, "sh"];
        command.extend(&new);
        self.read(sh, &self.folder.join("apt"), &command)?;
        fs::write(list, format!("{installed}{}\n", new.join("\n"))).into_diagnostic()
    }
}

/// The mirror that the machine's own apt uses.
pub(crate) fn mirror(sh: &Shell) -> Result<String> {
    let uris = silent(cmd!(sh, "apt-get update --print-uris"))?;
    let mirrors =
        uris.lines().filter_map(|line| line.trim_start_matches('\'').split_once("/dists/"));
    let mut mirrors =
        mirrors.map(|(mirror, _)| mirror).filter(|mirror| mirror.ends_with("/debian"));
    let first = mirrors.next().map(str::to_owned);
    first
        .ok_or_else(|| miette!("apt's sources name no Debian mirror (this needs a Debian machine)"))
}

/// The output of a command that says nothing unless it fails.
pub(crate) fn silent(command: Cmd<'_>) -> Result<String> {
    let shown = command.to_string();
    let output = command.quiet().ignore_status().output().into_diagnostic()?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    if output.status.success() {
        return Ok(text);
    }
    let said = format!("{text}{}", String::from_utf8_lossy(&output.stderr));
    let from = said.lines().count().saturating_sub(20);
    let tail: Vec<&str> = said.lines().skip(from).collect();
    Err(miette!("`{shown}` failed:\n{}", tail.join("\n")))
}
