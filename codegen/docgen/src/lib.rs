//! What documents any Capacitor plugin: README sections and `docs.json` from its declarations, and
//! what changed between two revisions of them.
//!
//! ```text
//! files ──> program ──> checker ──> printer ──┬──> compatible ──> README, docs.json
//!              │                              │
//!              └──> lint, mistakes            ├──> clean ───────> README, site, docs.json
//!                                             └──> diff ────────> Changes
//! ```

#![forbid(unsafe_code)]
// What comes from outside (declarations, prose) is neither unwrapped nor indexed.
#![deny(clippy::indexing_slicing, clippy::string_slice, clippy::unwrap_used, clippy::expect_used)]

// The layers from the top down: none names one that stands above it (`tests/layers.rs`).

pub mod diff;

mod lint;

mod clean;

mod compatible;

mod mistakes;

mod page;

mod printer;

mod checker;

mod program;

pub use clean::{
    Anchors, Arrangement, Clean, Fault, Gap, Locale, Order, Page, Reference, Translation,
    Untranslated, clean, clean_json, current_prose, front_matter, prose_findings, site,
    untranslated, with_anchors,
};
pub use compatible::{Data, compatible, describe};
pub use lint::{Finding, Place, lint};
pub use mistakes::{
    MarkerMistake, doubtful, has_markers, marker_mistake, missing_files, missing_interface,
    second_declaration, unknown_bases,
};
pub use program::{
    Disk, Entry, Failure, Library, Mapping, Mistake, Options, Program, Project, SyntaxErrors,
    project,
};

/// What has to change in the file `name` to turn `old` into `new`.
#[must_use]
pub fn unified_diff(name: &str, old: &str, new: &str) -> String {
    let diff = similar::TextDiff::from_lines(old, new);
    diff.unified_diff()
        .context_radius(3)
        .header(&format!("a/{name}"), &format!("b/{name}"))
        .to_string()
}
