//! Runner files in TypeScript: their types are stripped, lines and columns stay what they are.

use std::path::Path;

use background_runner::HostError;
use typescript::ParseError;

/// Makes JavaScript of a file of the bundle, where its name says that it is TypeScript.
pub(crate) fn prepare(path: &str, text: Vec<u8>) -> Result<Vec<u8>, HostError> {
    let extension = Path::new(path).extension().unwrap_or_default();
    if extension != "ts" && extension != "mts" {
        return Ok(text);
    }
    let text = String::from_utf8(text)
        .map_err(|error| script_error(format!("`{path}` is not UTF-8: {error}")))?;
    match typescript::strip(&text) {
        Ok(script) => Ok(script.into_bytes()),
        Err(errors) => {
            let errors: Vec<_> = errors.iter().map(|error| located(path, &text, error)).collect();
            Err(script_error(errors.join("; ")))
        }
    }
}

/// The message behind its place, as the engine writes places.
fn located(path: &str, text: &str, error: &ParseError) -> String {
    let before = text.get(..error.span.offset()).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    format!("{} ({path}:{line}:{column})", error.message)
}

pub(crate) fn script_error(message: String) -> HostError {
    HostError::new("SCRIPT_ERROR", message)
}
