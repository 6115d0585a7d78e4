//! Text in, files out: the generator of native plugin projects.

mod emit;
pub mod model;
pub mod parse;
pub mod syntax;

pub use emit::Files;
