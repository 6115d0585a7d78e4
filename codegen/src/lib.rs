//! Text in, files out: the generator of native plugin projects.

mod emit;
pub mod model;

pub use emit::Files;
