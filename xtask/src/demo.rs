//! `cargo xtask demo`: the main job, from the schema to a dispatched event.

use crate::steps::{Failure, Step, cargo, target_dir};

/// The events of `examples/background.js`, with the details that each is sent.
const EVENTS: [(&str, &str); 3] = [
    ("myCustomEvent", "{}"),
    ("myCustomEventWithReturnData", r#"{"user":{"firstName":"Ada","lastName":"Lovelace"}}"#),
    ("remoteNotification", r#"{"aps":{"content-available":1}}"#),
];

const BUILD: [&str; 3] = ["build", "--package", "background-runner-cli"];

/// Builds the command line with the runtime in it, has it generate the plugin, and dispatches the
/// three events of the example runner.
pub(crate) fn run() -> Result<(), Failure> {
    cargo(&BUILD)?;
    let runner = || Step::new(target_dir().join("debug/background-runner"));
    runner().args(["generate"]).shown()?;
    // With what was generated: mostly what is built already.
    cargo(&BUILD)?;
    for (event, details) in EVENTS {
        let arguments = ["run", "examples/background.js", "--event", event, "--details", details];
        runner().args(arguments).shown()?;
    }
    Ok(())
}
