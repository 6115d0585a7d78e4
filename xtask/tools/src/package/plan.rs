//! What packaging does, as data: printed by `--dry-run`, compared by tests, carried out by [`run`].

use std::{
    fmt::{self, Write as _},
    fs,
    path::{Path, PathBuf},
    process::Command as Process,
};

use miette::{Context as _, IntoDiagnostic as _, Result, miette};
use xshell::Shell;

use super::{archive, fat, verify, wasm, zip};

/// Variables of the calling cargo and shell that would change what a build makes.
const CLEARED: [&str; 8] = [
    "CARGO_BUILD_RUSTFLAGS",
    "CARGO_BUILD_TARGET",
    "CARGO_ENCODED_RUSTFLAGS",
    "CARGO_TARGET_DIR",
    "LD_LIBRARY_PATH",
    "RUSTC_WORKSPACE_WRAPPER",
    "RUSTC_WRAPPER",
    "RUSTFLAGS",
];

/// The steps in their order.
#[derive(Debug)]
pub(crate) struct Plan {
    pub(crate) steps: Vec<Step>,
    /// Folders of this machine, and what they are called in print.
    pub(crate) places: Vec<(PathBuf, &'static str)>,
}

/// One thing to do.
#[derive(Debug)]
pub(crate) enum Step {
    /// Starts a program and waits for it.
    Run(Command),
    /// Empties a folder, or makes it.
    Empty(PathBuf),
    /// Copies a file.
    Copy { from: PathBuf, to: PathBuf },
    /// Copies a folder, in place of what was there.
    Place { from: PathBuf, to: PathBuf },
    /// Writes a file.
    Write { to: PathBuf, text: String },
    /// Hides what an Apple archive defines beside the names that apps may use.
    Hide { from: PathBuf, to: PathBuf, exports: Vec<String> },
    /// Makes one file of Apple archives for different processors.
    Join { from: Vec<PathBuf>, to: PathBuf },
    /// Zips a folder, always to the same bytes, and writes the sum of the zip beside it.
    Zip { from: PathBuf, to: PathBuf },
    /// Makes JavaScript of a WebAssembly module.
    Pack { from: PathBuf, to: PathBuf },
    /// Checks a result, and says how large it is.
    Verify { path: PathBuf, expected: verify::Expected },
}

/// A program with its arguments and its environment.
#[derive(Debug, Default)]
pub(crate) struct Command {
    pub(crate) program: String,
    pub(crate) arguments: Vec<String>,
    pub(crate) environment: Vec<(String, String)>,
    /// Why the plan needs it and how to get it, for those who do not have it.
    pub(crate) needed: &'static str,
}

impl Command {
    /// A program, and what to say to those who do not have it.
    pub(crate) fn new(program: impl Into<String>, needed: &'static str) -> Self {
        Self { program: program.into(), needed, ..Self::default() }
    }

    /// With one more argument.
    pub(crate) fn arg(mut self, argument: impl Into<String>) -> Self {
        self.arguments.push(argument.into());
        self
    }

    /// With more arguments.
    pub(crate) fn args<A: Into<String>>(mut self, more: impl IntoIterator<Item = A>) -> Self {
        self.arguments.extend(more.into_iter().map(Into::into));
        self
    }

    /// With one more variable.
    pub(crate) fn env(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.environment.push((name.into(), value.into()));
        self
    }

    fn run(&self) -> Result<()> {
        let mut process = Process::new(&self.program);
        for name in CLEARED {
            process.env_remove(name);
        }
        process
            .args(&self.arguments)
            .envs(self.environment.iter().cloned())
            .current_dir(crate::root());
        let status = process.status().map_err(|error| {
            miette!(help = self.needed.to_owned(), "`{}` does not start: {error}", self.program)
        })?;
        if status.success() { Ok(()) } else { Err(miette!("it ended with {status}")) }
    }
}

/// Carries the steps out, one after the other, in the workspace.
pub(crate) fn run(sh: &Shell, plan: &Plan) -> Result<()> {
    for step in &plan.steps {
        step.run(sh).wrap_err_with(|| {
            let text = plan.named(&step.to_string());
            let command = text.lines().last().unwrap_or_default().trim_start_matches("# ");
            format!("this step failed: {}", command.trim_end_matches('\\'))
        })?;
    }
    Ok(())
}

impl Step {
    fn run(&self, sh: &Shell) -> Result<()> {
        match self {
            Self::Run(command) => command.run(),
            Self::Empty(path) => empty(path),
            Self::Copy { from, to } => write(to, &read(from)?),
            Self::Place { from, to } => place(from, to),
            Self::Write { to, text } => write(to, text.as_bytes()),
            Self::Hide { from, to, exports } => write(to, &archive::hide(&read(from)?, exports)?),
            Self::Join { from, to } => {
                let parts = from.iter().map(|path| read(path)).collect::<Result<Vec<_>>>()?;
                write(to, &fat::join(&parts)?)
            }
            Self::Zip { from, to } => zip::write(from, to),
            Self::Pack { from, to } => write(to, &wasm::pack(&read(from)?)?),
            Self::Verify { path, expected } => verify::accept(sh, path, expected),
        }
    }
}

fn empty(path: &Path) -> Result<()> {
    if path.exists() {
        fs::remove_dir_all(path).into_diagnostic()?;
    }
    fs::create_dir_all(path).into_diagnostic()
}

fn place(from: &Path, to: &Path) -> Result<()> {
    empty(to)?;
    for file in zip::files(from)? {
        let inside = file.strip_prefix(from).expect("it is below the folder");
        write(&to.join(inside), &read(&file)?)?;
    }
    Ok(())
}

fn read(path: &Path) -> Result<Vec<u8>> {
    fs::read(path)
        .into_diagnostic()
        .wrap_err_with(|| format!("`{}` cannot be read", path.display()))
}

/// Writes a file, in a folder that is made where it is missing.
fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    fs::create_dir_all(path.parent().expect("a file is in a folder")).into_diagnostic()?;
    fs::write(path, bytes)
        .into_diagnostic()
        .wrap_err_with(|| format!("`{}` cannot be written", path.display()))
}

impl Plan {
    /// A text with the places of this machine replaced by their names.
    fn named(&self, text: &str) -> String {
        self.places.iter().fold(text.to_owned(), |text, (folder, name)| {
            text.replace(&folder.display().to_string(), name)
        })
    }
}

impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for step in &self.steps {
            writeln!(f, "{}", self.named(&step.to_string()))?;
        }
        Ok(())
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Run(command) => write!(f, "{command}"),
            Self::Empty(path) => write!(f, "# empty {}", path.display()),
            Self::Copy { from, to } => write!(f, "# copy {} to {}", from.display(), to.display()),
            Self::Place { from, to } => {
                write!(f, "# copy all of {} to {}", from.display(), to.display())
            }
            Self::Write { to, text } => {
                write!(f, "# write {} ({} lines)", to.display(), text.lines().count())
            }
            Self::Hide { from, to, exports } => {
                write!(f, "# copy {} to {}, ", from.display(), to.display())?;
                write!(f, "with {} names to be seen from outside", exports.len())
            }
            Self::Join { from, to } => {
                let from: Vec<_> = from.iter().map(|path| path.display().to_string()).collect();
                write!(f, "# join {} into {}", from.join(" and "), to.display())
            }
            Self::Zip { from, to } => write!(f, "# zip {} into {}", from.display(), to.display()),
            Self::Pack { from, to } => write!(f, "# pack {} as {}", from.display(), to.display()),
            Self::Verify { path, expected } => {
                write!(f, "# verify {}: {expected}", path.display())
            }
        }
    }
}

impl fmt::Display for Command {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (name, value) in &self.environment {
            writeln!(f, "{name}={} \\", quoted(value))?;
        }
        write!(f, "{}", self.program)?;
        for argument in &self.arguments {
            write!(f, " {}", quoted(argument))?;
        }
        Ok(())
    }
}

/// A word as a shell takes it.
fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./=:,+@$".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        return word.to_owned();
    }
    let mut text = String::new();
    write!(text, "'{}'", word.replace('\'', r"'\''")).expect("writing to a string cannot fail");
    text
}
