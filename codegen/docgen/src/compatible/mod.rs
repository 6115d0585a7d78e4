//! Compatible mode: the sections and the `docs.json` that `@capacitor/docgen` writes, byte for byte.
//! Types are written by `printer/`, after what `checker/` makes of them.

mod data;
mod extract;
mod markdown;

pub use data::Data;

use crate::program::Program;

/// The facts about the interface `api` in `program`.
#[must_use]
pub fn describe(program: &Program, api: &str) -> Data {
    extract::extract(program, api)
}

/// `readme` with its sections as the original tool writes them. `package` is the npm name that the
/// example configuration refers to.
#[must_use]
pub fn compatible(readme: &str, data: &Data, package: Option<&str>) -> String {
    markdown::readme(readme, data, package)
}
