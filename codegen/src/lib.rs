//! Text in, files out: the generator of native plugin projects.

pub mod model;
