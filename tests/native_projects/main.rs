//! The project files of the package, evaluated by the tools that they are written for: Gradle, Android's manifest
//! merger and resource compiler, SwiftPM, and Ruby.
//!
//! The tools are those that `cargo xtask setup-tests` installs; without them the tests say that they were skipped.

mod android;
mod apple;

use std::path::PathBuf;

use background_runner_tests::root;

/// What of these tests is not Rust.
fn sources() -> PathBuf {
    root().join("tests/native/projects")
}
