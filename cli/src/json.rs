//! JSON from the command line and from files, with the place of a mistake underlined.

use std::{fs, path::Path};

use background_runner::desktop::JsonError;
use miette::{Diagnostic, IntoDiagnostic as _, NamedSource, SourceSpan, WrapErr as _};

/// A mistake in a JSON text.
#[derive(Debug, thiserror::Error, Diagnostic)]
#[error("{what} is not right: {}", error)]
pub(crate) struct Mistake {
    what: String,
    error: JsonError,
    #[help]
    help: Option<String>,
    #[source_code]
    source_code: NamedSource<String>,
    #[label("here")]
    at: SourceSpan,
}

impl Mistake {
    /// A mistake in `text`, which was found at `name`.
    pub(crate) fn new(what: &str, name: &str, text: &str, error: JsonError) -> Self {
        Self {
            what: what.to_owned(),
            help: error.help.clone(),
            at: error.span.clone().into(),
            source_code: NamedSource::new(name, text.to_owned()),
            error,
        }
    }
}

/// The text of a file that the command line names.
pub(crate) fn read(path: &Path) -> miette::Result<String> {
    fs::read_to_string(path)
        .into_diagnostic()
        .wrap_err_with(|| format!("`{}` cannot be read", path.display()))
}
