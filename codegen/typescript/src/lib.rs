//! TypeScript text in, declarations out: the syntax that is documented and generated from, with its
//! comments.
//!
//! ```text
//! text ──> parse ──> syntax
//! ```
//!
//! The only crate that names swc.

#![forbid(unsafe_code)]
// What comes from outside (schemas, declarations) is neither unwrapped nor indexed.
#![deny(clippy::indexing_slicing, clippy::string_slice, clippy::unwrap_used, clippy::expect_used)]

// The layers from the top down: none names one that stands above it (`tests/layers.rs`).

pub mod link;

mod parse;

pub mod syntax;

mod nearest;

mod cut;

pub use cut::Cut;
pub use nearest::nearest;
pub use parse::{
    Chunk, ChunkKind, Data, Entries, Outline, ParseError, Slot, before_gap, comment, comments,
    exports, first_arguments, is_declarations, outline, parse, parse_lenient, references, slot,
    strip,
};
