//! Programs that a command runs one after the other.

use std::{
    env,
    ffi::OsStr,
    path::{Path, PathBuf},
    process::{Command, ExitStatus},
};

/// Why a command ends here.
pub(crate) enum Failure {
    /// What to say about it.
    Said(String),
    /// The program that failed has told why; its exit code.
    Told(u8),
}

/// A program with its arguments, run in the root of the project.
pub(crate) struct Step(Command);

impl Step {
    pub(crate) fn new(program: impl AsRef<OsStr>) -> Self {
        let mut command = Command::new(program);
        command.current_dir(root());
        Self(command)
    }

    pub(crate) fn args<A: AsRef<OsStr>>(mut self, arguments: impl IntoIterator<Item = A>) -> Self {
        self.0.args(arguments);
        self
    }

    pub(crate) fn env(mut self, name: &str, value: &str) -> Self {
        self.0.env(name, value);
        self
    }

    /// Says what is run, and runs it.
    pub(crate) fn shown(self) -> Result<(), Failure> {
        let program = Path::new(self.0.get_program()).file_name().unwrap_or_default();
        let words = std::iter::once(program).chain(self.0.get_args()).map(OsStr::to_string_lossy);
        eprintln!("$ {}", words.collect::<Vec<_>>().join(" "));
        self.run()
    }

    /// Runs it.
    pub(crate) fn run(mut self) -> Result<(), Failure> {
        let status = self.0.status().map_err(|error| self.unable(&error))?;
        ended(status)
    }

    /// Runs it for what it prints.
    pub(crate) fn read(mut self) -> Result<String, Failure> {
        self.0.stderr(std::process::Stdio::inherit());
        let output = self.0.output().map_err(|error| self.unable(&error))?;
        ended(output.status)?;
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }

    fn unable(&self, error: &std::io::Error) -> Failure {
        let program = self.0.get_program().to_string_lossy();
        Failure::Said(format!("`{program}` cannot be run: {error}"))
    }
}

fn ended(status: ExitStatus) -> Result<(), Failure> {
    if status.success() {
        return Ok(());
    }
    Err(Failure::Told(status.code().and_then(|code| u8::try_from(code).ok()).unwrap_or(1)))
}

/// Says what cargo is asked for, and asks it.
pub(crate) fn cargo(arguments: &[&str]) -> Result<(), Failure> {
    Step::new("cargo").args(arguments).shown()
}

/// The root of the workspace.
fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("xtask stands in the workspace")
}

/// The folder of cargo's build results.
pub(crate) fn target_dir() -> PathBuf {
    env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from)
}
