//! The JavaScript engine as Rust uses it: values, functions, buffers, and the memory that all of it
//! holds.
//!
//! Nothing in here knows what a script is for.

pub(crate) mod errors;
pub(crate) mod heap;
pub(crate) mod iterators;
pub(crate) mod memory;
pub(crate) mod native;
pub(crate) mod property;
pub(crate) mod table;
pub(crate) mod value;
