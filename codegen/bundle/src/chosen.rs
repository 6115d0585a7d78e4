//! What goes in beside the files, and what comes out.

use std::path::PathBuf;

/// What may be chosen.
#[derive(Clone, Debug)]
pub struct Options {
    /// What stands for `process.env.NODE_ENV`.
    pub environment: String,
    /// The folder that files are named from in comments and in the map.
    pub root: PathBuf,
}

/// A runner in one file.
#[derive(Debug)]
pub struct Bundle {
    /// What the runtime gets.
    pub code: String,
    /// The source map's `mappings`.
    pub mappings: String,
    /// The files that the map speaks of, in its order.
    pub sources: Vec<PathBuf>,
    /// Whether it waits at its top level, and so has to be a module.
    pub is_module: bool,
    /// The packages that are in it.
    pub packages: Vec<String>,
    /// Every file that was read for it.
    pub read: Vec<PathBuf>,
}
