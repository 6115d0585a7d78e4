//! The words around what a plugin's comments say, in the language of the page.

use std::collections::BTreeMap;

/// Every word that a page can show, in English: what a translation has to say.
pub(crate) const WORDS: [&str; 27] = [
    "Interfaces",
    "Type Aliases",
    "Enums",
    "Examples",
    "Example",
    "Prop",
    "Param",
    "Type",
    "Description",
    "Default",
    "Platforms",
    "Since",
    "Method",
    "Signature",
    "Members",
    "Value",
    "Returns",
    "Throws",
    "See",
    "Extends",
    "Type parameters",
    "Deprecated",
    "Re-exported",
    "In `capacitor.config.json`:",
    "In `capacitor.config.ts`:",
    ":",
    ": ",
];

/// How a page writes an anchor that its heading does not have by itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Anchors {
    /// `<a id="interfaces"></a>` in front of the heading, as GitHub and npm show it.
    #[default]
    Html,
    /// `{#interfaces}` behind it, as documentation sites read it.
    Braces,
}

/// Words by their English text.
pub(super) struct Words<'a> {
    /// `None` for English.
    pub(super) translated: Option<&'a BTreeMap<String, String>>,
    pub(super) anchors: Anchors,
}

impl Words<'_> {
    /// The word in the page's language; in English when that has none.
    pub(super) fn get<'w>(&'w self, english: &'w str) -> &'w str {
        let found = self.translated.and_then(|words| words.get(english));
        found.map(String::as_str).filter(|word| !word.is_empty()).unwrap_or(english)
    }

    /// A heading's line with the anchor that it does not have by itself.
    pub(super) fn anchored(&self, slug: &str, line: &str) -> String {
        anchored(self.anchors, slug, line)
    }
}

/// A heading's line with an anchor.
pub(super) fn anchored(anchors: Anchors, slug: &str, line: &str) -> String {
    match anchors {
        Anchors::Html => format!("<a id=\"{slug}\"></a>\n\n{line}"),
        Anchors::Braces => format!("{line} {{#{slug}}}"),
    }
}
