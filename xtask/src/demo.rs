//! `cargo xtask demo`: the main job, from the schema to a dispatched event.

use miette::{IntoDiagnostic as _, Result};
use xshell::{Shell, cmd};

/// The events of `examples/background.js`, with the details that each is sent.
const EVENTS: [(&str, &str); 3] = [
    ("myCustomEvent", "{}"),
    ("myCustomEventWithReturnData", r#"{"user":{"firstName":"Ada","lastName":"Lovelace"}}"#),
    ("remoteNotification", r#"{"aps":{"content-available":1}}"#),
];

/// Generates the plugin, builds the command line with the runtime in it, and dispatches the three
/// events of the example runner.
pub(crate) fn run(sh: &Shell) -> Result<()> {
    crate::generate::run(&[])?;
    cmd!(sh, "cargo build --package background-runner-cli").run().into_diagnostic()?;
    for (event, details) in EVENTS {
        let program = crate::target_dir().join("debug/background-runner");
        cmd!(sh, "{program} run examples/background.js --event {event} --details {details}")
            .run()
            .into_diagnostic()?;
    }
    Ok(())
}
