//! A configuration that is computed, run by the Node.js and the TypeScript of the app, as Capacitor's own
//! command line runs it.

use std::{
    path::Path,
    process::{Command, Stdio},
};

use miette::{IntoDiagnostic as _, Result, WrapErr as _, miette};
use serde_json::Value;

/// Loads the configuration, and prints it behind what it may print itself.
const SCRIPT: &str = include_str!("evaluate.js");

/// What comes before the configuration.
const MARK: &str = "\u{1}background-runner\u{1}";

/// The configuration that a file comes to.
pub(super) fn evaluate(path: &Path) -> Result<Value> {
    let name = path.display();
    let ran = Command::new("node")
        .args(["-e", SCRIPT, "--"])
        .arg(path)
        .current_dir(path.parent().unwrap_or(Path::new(".")))
        .stdin(Stdio::null())
        .output();
    let ran = ran.map_err(|error| {
        miette!(
            help = "write `plugins.BackgroundRunner` as plain data, or install Node.js",
            "`{name}` computes what it says of `BackgroundRunner`, and Node.js, which would run it, \
             cannot be started: {error}"
        )
    })?;
    if !ran.status.success() {
        let said = String::from_utf8_lossy(&ran.stderr).trim_end().to_owned();
        return Err(miette!("`{name}` fails in Node.js:\n{said}"));
    }
    let printed = String::from_utf8_lossy(&ran.stdout);
    let json = printed.rsplit_once(MARK).map(|(_, json)| json).unwrap_or_default();
    serde_json::from_str(json)
        .into_diagnostic()
        .wrap_err_with(|| format!("`{name}` came to no configuration in Node.js"))
}
