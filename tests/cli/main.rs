//! The command line, through its binary.

mod apis;
mod app;
mod build;
mod console;
mod documents;
mod generate;
mod http;
mod imports;
mod init;
mod inspect;
mod layouts;
mod mistakes;
mod run;
mod server;
mod simulated;
mod source_maps;
mod storm;
mod tls;

use std::{
    ffi::OsStr,
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
    time::Instant,
};

use serde_json::Value;
use tempfile::TempDir;

/// A folder with a runner in it, and what its command line says.
struct Bench {
    folder: TempDir,
    arguments: Vec<String>,
}

/// What the command did.
struct Ran {
    code: i32,
    stdout: String,
    stderr: String,
}

impl Bench {
    /// A runner file with this text, to be sent the event `go`.
    fn new(script: &str) -> Self {
        Self::named("runner.js", script)
    }

    /// The same, under a name of its own.
    fn named(name: &str, script: &str) -> Self {
        let folder = tempfile::tempdir().expect("there is room for a folder");
        let arguments = ["run", name, "--event", "go"].map(str::to_owned).to_vec();
        let bench = Self { folder, arguments };
        bench.write(name, script);
        bench
    }

    /// A handler of the event `go` with this body.
    fn handler(body: &str) -> Self {
        Self::new(&format!(
            "addEventListener('go', async (resolve, reject, args, context) => {{ {body} }});"
        ))
    }

    fn write(&self, name: &str, text: impl AsRef<[u8]>) -> PathBuf {
        let path = self.folder.path().join(name);
        fs::create_dir_all(path.parent().expect("it is in the folder")).expect("it is writable");
        fs::write(&path, text).expect("it is writable");
        path
    }

    fn arg(mut self, argument: &str) -> Self {
        self.arguments.push(argument.to_owned());
        self
    }

    /// Options that stand for others of the same name.
    fn with(self, option: &str, value: &str) -> Self {
        self.arg(option).arg(value)
    }

    fn host(self, text: &str) -> Self {
        self.write("host.json", text);
        self.with("--host", "host.json")
    }

    fn ran(&self) -> Ran {
        command(self.folder.path(), &self.arguments)
    }

    /// Runs with `--json` and gives the line, whose outcome fits the exit code.
    fn line(&self) -> Value {
        let arguments = self.arguments.iter().map(String::as_str).chain(["--json"]);
        let ran = command(self.folder.path(), arguments);
        assert_eq!(ran.stdout.lines().count(), 1, "{}{}", ran.stdout, ran.stderr);
        assert!(ran.stdout.ends_with('\n'));
        assert_eq!(ran.stderr, "");
        let line: Value = serde_json::from_str(&ran.stdout).expect("the line is JSON");
        assert_eq!(ran.code, i32::from(line["outcome"] != "resolved"), "{line}");
        line
    }

    /// The value of a run that must resolve.
    fn value(&self) -> Value {
        let line = self.line();
        assert_eq!(line["outcome"], "resolved", "{line}");
        line["value"].clone()
    }

    /// The error of a run that must fail.
    fn error(&self) -> Value {
        let line = self.line();
        assert_eq!(line["outcome"], "failed", "{line}");
        line["error"].clone()
    }
}

/// The time, once the binary is built: that is not what a test measures.
fn now() -> Instant {
    let _built = background_runner_tests::background_runner();
    Instant::now()
}

fn command<A: AsRef<OsStr>>(folder: &Path, arguments: impl IntoIterator<Item = A>) -> Ran {
    let binary = background_runner_tests::background_runner();
    let output = Command::new(binary).args(arguments).current_dir(folder).output();
    let Output { status, stdout, stderr } = output.expect("the binary starts");
    Ran {
        code: status.code().expect("no signal ended it"),
        stdout: String::from_utf8(stdout).expect("text"),
        stderr: String::from_utf8(stderr).expect("text"),
    }
}
