//! What the tests share: where things are, and how a test says that it could not run.

mod debian;
mod npm;
mod page;

use std::{
    env,
    fmt::Display,
    fs::{self, OpenOptions},
    io::Write as _,
    path::{Path, PathBuf},
    process::{Command, Output},
    sync::OnceLock,
    thread,
};

pub use debian::{Debian, said};
pub use npm::npm_packages;
pub use page::{differs, played};

/// The scenarios of `abi/main.c` that end by themselves, and what each prints, on this processor and on
/// an emulated one.
pub const ABI_SCENARIOS: [(&str, &str); 13] = [
    (
        "examples",
        "{\"outcome\":\"resolved\"}\n\
         {\"outcome\":\"resolved\",\"value\":{\"firstName\":\"John 你好\",\"lastName\":\"Doe 世界\"}}\n\
         {\"outcome\":\"resolved\"}\n\
         CapacitorNotifications.schedule([[{\"id\":100,\"title\":\"Enterprise Background Runner\",\
         \"body\":\"A silent push notification came in\"}]])\n",
    ),
    ("deadline", ""),
    ("cancel", ""),
    ("stop", ""),
    ("silent", ""),
    ("faults", "{\"outcome\":\"resolved\",\"value\":\"HOST_ERROR\"}\n"),
    ("endless", ""),
    ("body", ""),
    ("compiler", ""),
    ("members", ""),
    ("misuse", "{\"outcome\":\"resolved\",\"value\":\"a\\u0000b\"}\n"),
    ("waits", ""),
    ("crowd", ""),
];

/// The root of the workspace.
///
/// # Panics
///
/// If this crate is moved out of the workspace.
#[must_use]
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the crate stands in the workspace")
}

/// The runtime's own JavaScript: each file's path in `runtime/src/web/`, and its text.
///
/// # Panics
///
/// If a file cannot be read.
#[must_use]
pub fn our_javascript() -> Vec<(String, String)> {
    let web = root().join("runtime/src/web");
    let mut folders = vec![web.clone()];
    let mut files = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("the folder is there") {
            let path = entry.expect("it can be read").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "js") {
                let name =
                    path.strip_prefix(&web).expect("it is in the folder").display().to_string();
                files.push((name, fs::read_to_string(&path).expect("it can be read")));
            }
        }
    }
    assert!(files.len() > 50, "the files are there");
    files.sort();
    files
}

/// The folder of this run's build results, as cargo has it.
///
/// # Panics
///
/// If the test does not run from a cargo target folder.
#[must_use]
pub fn target_dir() -> PathBuf {
    // .../target/debug/deps/test-hash
    let exe = env::current_exe().expect("a running test has a path");
    exe.ancestors().nth(3).expect("tests run from target/<profile>/deps").to_path_buf()
}

/// The folder for what is large and can be made again: compilers, a chroot, npm packages.
///
/// `BACKGROUND_RUNNER_CACHE` decides, else `XDG_CACHE_HOME`, else `~/.cache`.
///
/// # Panics
///
/// If none of the three is set.
#[must_use]
pub fn cache_dir() -> PathBuf {
    if let Some(dir) = env::var_os("BACKGROUND_RUNNER_CACHE") {
        return dir.into();
    }
    let base = env::var_os("XDG_CACHE_HOME")
        .map(PathBuf::from)
        .or_else(|| env::var_os("HOME").map(|home| Path::new(&home).join(".cache")))
        .expect("HOME, XDG_CACHE_HOME or BACKGROUND_RUNNER_CACHE is set");
    base.join("background-runner")
}

/// The built command line, `background-runner`, built once for each test binary.
///
/// # Panics
///
/// If it does not build: the compiler's messages are in the panic.
#[must_use]
pub fn background_runner() -> &'static Path {
    static BINARY: OnceLock<PathBuf> = OnceLock::new();
    BINARY.get_or_init(|| {
        cargo(&["build", "--quiet", "--package", "background-runner-cli"]);
        target_dir().join("debug").join("background-runner")
    })
}

/// Runs `background-runner docgen` in a folder, without colours.
///
/// # Panics
///
/// If the command line cannot be built.
#[must_use]
pub fn docgen(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(background_runner())
        .arg("docgen")
        .args(arguments)
        .current_dir(folder)
        .env("NO_COLOR", "1")
        .env_remove("npm_package_name")
        .output()
        .expect("the command line is built")
}

/// Runs this toolchain's cargo in the workspace, into the target folder of this test run.
///
/// # Panics
///
/// If cargo fails: what it printed is in the panic.
pub fn cargo(arguments: &[&str]) {
    let output = Command::new(env!("CARGO"))
        .args(arguments)
        .current_dir(root())
        .env("CARGO_TARGET_DIR", target_dir())
        .output()
        .expect("cargo can be started");
    assert!(
        output.status.success(),
        "cargo {} failed:\n{}",
        arguments.join(" "),
        String::from_utf8_lossy(&output.stderr)
    );
}

/// Says that the running test could not run, and why. Use it through [`or_skip!`].
///
/// The line goes to the standard error and to `skipped-tests.txt` in the target folder, from where
/// `cargo xtask test` counts and shows it.
///
/// # Panics
///
/// If the line cannot be written: a test must not be skipped in silence.
pub fn skipped(why: impl Display) {
    let name = thread::current().name().unwrap_or("a test").to_owned();
    let line = format!("SKIPPED {name}: {why}\n").replace('\n', " ");
    eprintln!("{line}");
    let path = target_dir().join("skipped-tests.txt");
    fs::create_dir_all(target_dir()).expect("the target folder can be made");
    let mut file = OpenOptions::new().create(true).append(true).open(path).expect("it can be kept");
    writeln!(file, "{}", line.trim_end()).expect("it can be kept");
}

/// The value of a `Result`, or the end of the test, reported as skipped with the error's text.
#[macro_export]
macro_rules! or_skip {
    ($result:expr) => {
        match $result {
            Ok(value) => value,
            Err(why) => {
                $crate::skipped(why);
                return;
            }
        }
    };
}
