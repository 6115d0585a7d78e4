//! What is wrong with a file, with its place and the way out.

use std::ops::Range;

use miette::{Diagnostic, NamedSource, SourceSpan};
use thiserror::Error;
use typescript::Cut as _;

/// Why a page cannot be written.
#[derive(Debug)]
pub enum Failure {
    /// A sentence or two.
    Said(String),
    /// With a place in a file.
    Placed(Box<Mistake>),
}

impl From<String> for Failure {
    fn from(message: String) -> Self {
        Self::Said(message)
    }
}

impl From<&str> for Failure {
    fn from(message: &str) -> Self {
        Self::Said(message.to_owned())
    }
}

impl From<Mistake> for Failure {
    fn from(mistake: Mistake) -> Self {
        Self::Placed(Box::new(mistake))
    }
}

/// One thing that is wrong in a file.
#[derive(Debug, Error, Diagnostic)]
#[error("{message}")]
pub struct Mistake {
    message: String,
    #[source_code]
    text: NamedSource<String>,
    #[label("here")]
    at: SourceSpan,
    #[help]
    help: String,
}

impl Mistake {
    pub(crate) fn new(
        (file, text): (&str, &str),
        at: Range<usize>,
        message: &str,
        help: &str,
    ) -> Self {
        Self {
            message: message.to_owned(),
            text: NamedSource::new(file, text.to_owned()),
            at: SourceSpan::from((at.start, at.len())),
            help: help.to_owned(),
        }
    }

    /// What is no JSON in a file. The error's place is one in `text`.
    #[must_use]
    pub fn json(file: &str, text: &str, error: &serde_json::Error) -> Self {
        let lines = text.split_inclusive('\n').take(error.line().saturating_sub(1));
        let at = lines.map(str::len).sum::<usize>() + error.column().saturating_sub(1);
        let at = at.min(text.trim_end().len().saturating_sub(1));
        let said = error.to_string();
        let said = said.split(" at line ").next().unwrap_or_default();
        let message = format!("`{file}` is no JSON: {said}");
        Self::new((file, text), at..(at + 1).min(text.len()), &message, "mend what stands there")
    }

    /// The first place in a file that is no UTF-8; `None` when all of it is.
    #[must_use]
    pub fn encoding(file: &str, bytes: &[u8]) -> Option<Self> {
        let at = std::str::from_utf8(bytes).err()?.valid_up_to();
        let text = String::from_utf8_lossy(bytes);
        let end = at + char::REPLACEMENT_CHARACTER.len_utf8();
        let message = format!("`{file}` is not UTF-8");
        let help = "save the file in the encoding UTF-8";
        Some(Self::new((file, &text), at..end.min(text.len()), &message, help))
    }

    /// A file that a project lists, and that cannot be read.
    #[must_use]
    pub fn listed(project: &str, text: &str, file: &str) -> Self {
        let name = file.rsplit('/').next().unwrap_or(file);
        let message = format!("`{project}` lists `{file}`, which is no file that can be read");
        let start = text.find(name).unwrap_or(0);
        let end = if text.cut(start..).starts_with(name) { start + name.len() } else { start };
        Self::new((project, text), start..end, &message, "mend the path, or leave it out")
    }
}
