//! Model in, files out: one module for each backend.

/// Appends formatted text to a string.
macro_rules! append {
    ($text:ident, $($format:tt)+) => {
        std::fmt::Write::write_fmt(&mut $text, format_args!($($format)+))
            .expect("writing to a string cannot fail")
    };
}

pub(crate) mod docs;
mod gradle;
mod kotlin;
mod package;
mod rust;
mod swift;
mod testing;
mod ts;

use std::collections::{BTreeMap, btree_map};

use askama::Template;

use crate::model::Model;

/// The file that lists what was generated, so that files of others are never removed.
pub(crate) const LIST: &str = ".generated";

/// What writes one part of the package.
type Backend = fn(&Model, &mut Files);

/// Every backend but the documentation, which is written already. Each writes files of its own: the
/// order does not matter.
const BACKENDS: [Backend; 7] =
    [package::emit, ts::emit, testing::emit, swift::emit, kotlin::emit, gradle::emit, rust::emit];

/// Everything that is generated from a schema that has no faults.
pub(crate) fn emit(model: &Model, documentation: &docs::Documentation<'_>) -> Files {
    let mut files = Files::default();
    documentation.emit(&mut files);
    for backend in BACKENDS {
        backend(model, &mut files);
    }
    let list: Vec<&str> = files.iter().map(|(path, _)| path).collect();
    let list = list.join("\n");
    files.insert(LIST, list);
    files
}

/// Generated text by path, relative to the package's folder, sorted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Files(BTreeMap<String, String>);

impl Files {
    /// Every path with its text, in the order of the paths.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.into_iter()
    }

    /// The text of one file.
    #[must_use]
    pub fn get(&self, path: &str) -> Option<&str> {
        self.0.get(path).map(String::as_str)
    }

    /// Adds what a template renders.
    #[expect(clippy::expect_used, reason = "writing to a string cannot fail")]
    pub(crate) fn add(&mut self, path: impl Into<String>, template: &impl Template) {
        self.insert(path, template.render().expect("writing to a string cannot fail"));
    }

    /// Adds a text, which ends with exactly one line break afterwards.
    pub(crate) fn insert(&mut self, path: impl Into<String>, text: impl Into<String>) {
        let (path, mut text) = (path.into(), text.into());
        text.truncate(text.trim_end().len());
        text.push('\n');
        let earlier = self.0.insert(path, text);
        debug_assert!(earlier.is_none(), "two backends write the same file");
    }
}

impl<'a> IntoIterator for &'a Files {
    type Item = (&'a str, &'a str);
    type IntoIter = std::iter::Map<
        btree_map::Iter<'a, String, String>,
        fn((&'a String, &'a String)) -> (&'a str, &'a str),
    >;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter().map(|(path, text)| (path.as_str(), text.as_str()))
    }
}
