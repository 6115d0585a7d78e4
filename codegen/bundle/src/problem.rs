//! What stands in the way.

use std::{ops::Range, path::PathBuf};

/// Why there is no bundle, or what is odd about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Lower case, without a full stop.
    pub message: String,
    /// The way out.
    pub help: Option<String>,
    /// Where it is.
    pub file: PathBuf,
    /// What is in the file.
    pub text: String,
    /// The place in it.
    pub at: Range<usize>,
}
