//! What a plugin is declared in: the texts of a folder.

use std::collections::BTreeMap;

/// The schema's files, in the order in which complaints are shown.
pub(crate) const FILES: [&str; 4] = [PLUGIN, DEFINITIONS, APIS, CONFIG];

/// The names that the ecosystem fixes.
pub(crate) const PLUGIN: &str = "plugin.json";
/// The plugin as the app calls it.
pub(crate) const DEFINITIONS: &str = "definitions.ts";
/// The device APIs of a runner.
pub(crate) const APIS: &str = "apis.ts";
/// The configuration.
pub(crate) const CONFIG: &str = "config.schema.json";

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
    pub(crate) fn text(&self, name: &str) -> &str {
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
