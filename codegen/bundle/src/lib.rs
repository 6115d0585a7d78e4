//! A runner and what it imports, joined into one file that needs nothing else.
//!
//! ```text
//! entry ──> graph ──> live ──> names ──> emit ──> code, map
//!          (files)   (what    (what it   (text, cut and
//!                    is used) is called) put together)
//! ```
//!
//! Nothing is printed anew: what stays of a file is its own text, cut at the places that
//! `typescript::link` tells, so that every place of the bundle is one of a source.

#![forbid(unsafe_code)]
// What comes from outside (packages, configurations) is neither unwrapped nor indexed.
#![deny(clippy::indexing_slicing, clippy::string_slice, clippy::unwrap_used, clippy::expect_used)]

// The layers from the top down: none names one that stands above it (`tests/layers.rs`).

mod emit;

mod edits;

mod map;

mod names;

mod order;

mod live;

mod exports;

mod graph;

mod resolve;

mod paths;

mod package;

mod problem;

mod chosen;

use std::path::Path;

pub use chosen::{Bundle, Options};
pub use problem::Problem;

/// Joins a file and what it imports.
///
/// # Errors
///
/// Everything that stands in the way, file by file; never empty.
pub fn bundle(entry: &Path, options: &Options) -> Result<Bundle, Vec<Problem>> {
    let graph = graph::read(entry, options)?;
    let live = live::of(&graph)?;
    Ok(emit::bundle(&graph, &live, options))
}

/// Whether a runner imports what the runtime does not find by itself: a package, or a file in another
/// form than a module's. Files that cannot be read or understood need nothing: the runtime tells why.
#[must_use]
pub fn is_needed(entry: &Path) -> bool {
    graph::is_needed(entry)
}

/// What mappings say of a place, which is counted from 0: the number of its source, line and column.
#[must_use]
pub fn original(mappings: &str, line: usize, column: usize) -> Option<[usize; 3]> {
    map::original(mappings, line, column)
}

/// The mappings' file in the form that tools read, for these names of the sources.
#[must_use]
pub fn source_map(file: &str, sources: &[String], mappings: &str) -> String {
    map::json(file, sources, mappings)
}
