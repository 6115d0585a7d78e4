//! Text in, files out: the generator of native plugin projects.
//!
//! ```text
//! schema ──> typescript ──> lower ──> Model ──> check ──> emit ──> Files
//!              (syntax)                                    │
//!                                                       docgen (the pages)
//! ```

#![forbid(unsafe_code)]
// What comes from outside (schemas, declarations, prose) is neither unwrapped nor indexed.
#![deny(clippy::indexing_slicing, clippy::string_slice, clippy::unwrap_used, clippy::expect_used)]

// The layers from the top down: none names one that stands above it (`tests/layers.rs`).

pub mod project;

mod generate;

mod emit;

pub mod app_functions;

mod check;

mod lower;

pub mod model;

mod schema;

mod error;

mod names;

pub use emit::Files;
pub use error::{Complaint, FileError, SchemaError};
pub use generate::{completed_locales, generate, package, understand};
pub use schema::Schema;
