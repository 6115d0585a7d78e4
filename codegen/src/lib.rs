//! Text in, files out: the generator of native plugin projects.
//!
//! ```text
//! schema ──> parse ──> syntax ──> lower ──> Model ──> check ──> emit ──> Files
//! ```

#![forbid(unsafe_code)]
// What comes from outside (schemas, declarations, prose) is neither unwrapped nor indexed.
#![deny(clippy::indexing_slicing, clippy::string_slice, clippy::unwrap_used, clippy::expect_used)]

mod check;
mod cut;
pub mod diff;
pub mod docgen;
mod emit;
mod error;
pub mod host;
mod lower;
pub mod model;
pub mod parse;
pub mod project;
pub mod syntax;

use std::collections::BTreeMap;

pub use emit::Files;
use emit::docs::Documentation;
pub use error::{Complaint, FileError, SchemaError};

/// The whole package that a schema says.
///
/// # Errors
///
/// Every complaint about every file of the schema at once.
pub fn generate(schema: &Schema) -> Result<Files, SchemaError> {
    Ok(package(schema)?.0)
}

/// The whole package that a schema says, and what of its documentation is not translated, or not
/// any more, in each of the schema's languages.
///
/// # Errors
///
/// Every complaint about every file of the schema at once.
pub fn package(schema: &Schema) -> Result<(Files, Vec<docgen::Untranslated>), SchemaError> {
    let model = understand(schema)?;
    let documentation = Documentation::new(&model);
    Ok((emit::emit(&model, &documentation), documentation.untranslated(schema)))
}

/// The files of the schema's languages, by name, with an empty translation for everything that has
/// none.
///
/// # Errors
///
/// Every complaint about every file of the schema at once.
pub fn completed_locales(schema: &Schema) -> Result<Vec<(String, String)>, SchemaError> {
    Ok(Documentation::new(&understand(schema)?).completed())
}

/// What a schema says, as the backends see it.
///
/// # Errors
///
/// Every complaint about every file of the schema at once.
///
/// # Panics
///
/// Never: a schema without a Model has complaints.
pub fn understand(schema: &Schema) -> Result<model::Model, SchemaError> {
    let mut complaints = error::Complaints::default();
    let model = lower::lower(schema, &mut complaints);
    if let Some(model) = &model {
        check::check(model, &mut complaints);
    }
    complaints.into_result(&lower::FILES, |name| schema.text(name).to_owned())?;
    #[expect(clippy::expect_used, reason = "what has no model has complaints")]
    let model = model.expect("what has no model has complaints");
    Ok(model)
}

/// The texts of a schema, by the names that the files have in its folder.
#[derive(Clone, Debug, Default)]
pub struct Schema(BTreeMap<String, String>);

impl Schema {
    /// The text of a file; `None` when there is no such file.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// Replaces or adds a file.
    pub fn insert(&mut self, name: impl Into<String>, text: impl Into<String>) {
        self.0.insert(name.into(), unmarked(text.into()));
    }

    /// Every file's name and text, in the order of the names.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, text)| (name.as_str(), text.as_str()))
    }

    /// The text of a file; nothing when there is no such file.
    fn text(&self, name: &str) -> &str {
        self.get(name).unwrap_or_default()
    }
}

impl<N: Into<String>, T: Into<String>> FromIterator<(N, T)> for Schema {
    fn from_iter<I: IntoIterator<Item = (N, T)>>(files: I) -> Self {
        Self(files.into_iter().map(|(name, text)| (name.into(), unmarked(text.into()))).collect())
    }
}

/// A text without the byte order mark that some editors put in front.
fn unmarked(text: String) -> String {
    text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text)
}
