//! `docgen`: README sections and `docs.json` of any Capacitor plugin, from its declarations.

mod checker;
mod clean;
mod data;
mod extract;
mod library;
mod libs;
mod lint;
mod markdown;
mod mentions;
mod mistakes;
mod printer;
mod program;
mod scan;
mod sources;
mod table;
mod tsconfig;

pub use clean::{
    Anchors, Clean, Fault, Gap, Locale, Page, Reference, Translation, Untranslated, clean,
    clean_json, front_matter, prose_findings, site, untranslated, with_anchors,
};
pub use data::Data;
pub use library::Library;
pub use lint::{Finding, Place, lint};
pub use mistakes::{
    Failure, MarkerMistake, Mistake, doubtful, has_markers, marker_mistake, missing_interface,
    second_declaration,
};
pub use program::{Disk, Entry, Options, Program, SyntaxErrors};
pub use tsconfig::{Project, project};

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

/// What has to change in the file `name` to turn `old` into `new`.
#[must_use]
pub fn unified_diff(name: &str, old: &str, new: &str) -> String {
    let diff = similar::TextDiff::from_lines(old, new);
    diff.unified_diff()
        .context_radius(3)
        .header(&format!("a/{name}"), &format!("b/{name}"))
        .to_string()
}

/// A type as written, in the compiler's layout.
pub(crate) fn type_text(ty: &crate::syntax::TypeExpr, module: &crate::syntax::Module) -> String {
    printer::print_syntax(ty, module).text.replace('"', "'")
}
