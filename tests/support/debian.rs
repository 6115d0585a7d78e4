//! The Debian of `cargo xtask setup-tests`, as tests use it: a folder of theirs is its `/mnt`.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use walkdir::WalkDir;

use crate::{cache_dir, target_dir};

/// The Debian, with a folder that is kept from run to run so that little has to be made again.
pub struct Debian {
    enter: PathBuf,
    folder: PathBuf,
}

impl Debian {
    /// The Debian that has `package`, with the folder `name` (relative to the target folder).
    ///
    /// # Errors
    ///
    /// If the package is not installed: what to run, for [`or_skip!`](crate::or_skip).
    ///
    /// # Panics
    ///
    /// If the folder cannot be made.
    pub fn with(package: &str, name: &str) -> Result<Self, String> {
        let debian = cache_dir().join("debian-trixie");
        let installed = fs::read_to_string(debian.join("installed")).unwrap_or_default();
        if !installed.lines().any(|line| line == package) {
            return Err(format!("`{package}` is not installed: run `cargo xtask setup-tests`"));
        }
        let folder = target_dir().join(name);
        fs::create_dir_all(&folder).expect("the target folder is writable");
        Ok(Self { enter: debian.join("enter"), folder })
    }

    /// The folder that commands run in.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Runs a command in the folder.
    ///
    /// # Panics
    ///
    /// If the Debian cannot be entered.
    #[must_use]
    pub fn run(&self, command: &[&str]) -> Output {
        let mut process = Command::new(&self.enter);
        process.arg(&self.folder).args(command).output().expect("the Debian can be entered")
    }

    /// Runs a command that must succeed, and gives what it printed.
    ///
    /// # Panics
    ///
    /// If it fails: what it printed is in the panic.
    #[must_use]
    pub fn expect(&self, command: &[&str]) -> String {
        let output = self.run(command);
        let said = said(&output);
        assert!(output.status.success(), "`{}` failed:\n{said}", command.join(" "));
        said
    }

    /// Makes a folder hold what another one holds. What is the same keeps its time stamp.
    ///
    /// # Panics
    ///
    /// If one cannot be read or the other not written.
    pub fn place(&self, from: &Path, to: &str) {
        self.place_changed(from, to, |_, bytes| bytes);
    }

    /// Like [`Debian::place`], with a change of each file's bytes by its path.
    ///
    /// # Panics
    ///
    /// If one cannot be read or the other not written.
    pub fn place_changed(&self, from: &Path, to: &str, change: impl Fn(&Path, Vec<u8>) -> Vec<u8>) {
        let mut wanted = BTreeSet::new();
        for path in files(from) {
            let relative = path.strip_prefix(from).expect("it is below");
            let bytes = change(&path, fs::read(&path).expect("it can be read"));
            self.write(&format!("{to}/{}", relative.display()), &bytes);
            wanted.insert(self.folder.join(to).join(relative));
        }
        for path in files(&self.folder.join(to)) {
            if !wanted.contains(&path) {
                fs::remove_file(path).expect("it can be removed");
            }
        }
    }

    /// Writes a file of the folder unless it is so already.
    ///
    /// # Panics
    ///
    /// If it cannot be written.
    pub fn write(&self, path: &str, bytes: &[u8]) {
        let path = self.folder.join(path);
        if fs::read(&path).is_ok_and(|present| present == bytes) {
            return;
        }
        fs::create_dir_all(path.parent().expect("it is in a folder")).expect("it can be made");
        fs::write(path, bytes).expect("it can be written");
    }
}

/// What a command printed, in both ways.
#[must_use]
pub fn said(output: &Output) -> String {
    let text = [output.stdout.as_slice(), &output.stderr].concat();
    String::from_utf8_lossy(&text).into_owned()
}

/// The files below a folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = WalkDir::new(folder).into_iter();
    let paths = entries.map(|entry| entry.expect("it can be listed").into_path());
    paths.filter(|path| path.is_file()).collect()
}
