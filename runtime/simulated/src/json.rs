//! JSON that people write by hand: what is wrong, where, and what was probably meant.

use std::ops::Range;

use serde::de::DeserializeOwned;

/// Why a text is not the JSON that was asked for.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message} at line {line}, column {column}")]
pub struct JsonError {
    /// One sentence, lower case, without the place.
    pub message: String,
    /// The way out, where there is one.
    pub help: Option<String>,
    /// Counted from 1.
    pub line: usize,
    /// Counted from 1, in characters.
    pub column: usize,
    /// The bytes of the text that the message is about.
    pub span: Range<usize>,
}

/// Reads `text` as a `T`; a byte order mark is skipped.
///
/// # Errors
///
/// When `text` is not JSON, or not a `T`.
pub fn parse<T: DeserializeOwned>(text: &str) -> Result<T, JsonError> {
    let json = text.strip_prefix('\u{feff}').unwrap_or(text);
    serde_json::from_str(json).map_err(|error| locate(text, text.len() - json.len(), &error))
}

fn locate(text: &str, start: usize, error: &serde_json::Error) -> JsonError {
    let (message, help) = explain(error);
    let end = text.ceil_char_boundary(start.saturating_add(end_of(tail(text, start), error)));
    let mut span = token_before(text, start, end);
    if message.starts_with("invalid type: sequence") || message.starts_with("invalid type: map") {
        // An object or array in a wrong place is told before it is read.
        span = token_after(text, end);
    } else if error.is_data() && matches!(text.get(span.clone()), Some("," | "}" | "]")) {
        // A value that is out of range may be told only after what follows it was seen.
        span = token_before(text, start, span.start);
    }
    let before = text.get(start..span.start).unwrap_or_default();
    let line = before.rsplit('\n').next().unwrap_or_default();
    JsonError {
        message,
        help,
        line: before.matches('\n').count().saturating_add(1),
        column: line.chars().count().saturating_add(1),
        span,
    }
}

/// What follows byte `at`.
fn tail(text: &str, at: usize) -> &str {
    text.get(at..).unwrap_or_default()
}

/// Where reading stopped: the parser counts lines from 1, and columns from 1 in bytes.
fn end_of(text: &str, error: &serde_json::Error) -> usize {
    let lines = text.split_inclusive('\n').take(error.line().saturating_sub(1));
    lines.map(str::len).sum::<usize>().saturating_add(error.column()).min(text.len())
}

/// The last token that starts before `end`: what the parser had just read when it stopped there.
fn token_before(text: &str, start: usize, end: usize) -> Range<usize> {
    let mut last = end..end;
    let (mut at, mut rest) = (start, tail(text, start));
    while at < end
        && let Some((token, more)) = rest.split_at_checked(token_length(rest))
    {
        let after = text.len().saturating_sub(more.len());
        if !token.starts_with(char::is_whitespace) {
            last = at..after;
        }
        (at, rest) = (after, more);
    }
    last
}

fn token_after(text: &str, end: usize) -> Range<usize> {
    let rest = tail(text, end).trim_start();
    let start = text.len().saturating_sub(rest.len());
    start..start.saturating_add(token_length(rest))
}

fn token_length(text: &str) -> usize {
    let first = text.chars().next().map_or(0, char::len_utf8);
    match text.as_bytes().first() {
        Some(b'"') => string_length(text),
        Some(b'{' | b'}' | b'[' | b']' | b':' | b',') => 1,
        Some(byte) if byte.is_ascii_whitespace() => 1,
        _ => text
            .find(|c: char| c.is_whitespace() || "{}[]:,\"".contains(c))
            .map_or(text.len(), |end| end.max(first)),
    }
}

fn string_length(text: &str) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            '\n' => return at,
            '"' if !escaped => return at.saturating_add(1),
            _ => escaped = c == '\\' && !escaped,
        }
    }
    text.len()
}

/// The parser's message in our words, and a way out when it names what it knows:
/// ``unknown field `timout`, expected one of `timeout`, `memory` ``.
fn explain(error: &serde_json::Error) -> (String, Option<String>) {
    let text = error.to_string();
    let place = format!(" at line {} column {}", error.line(), error.column());
    let text = text.strip_suffix(&place).unwrap_or(&text);
    let mut names = text.split('`').skip(1).step_by(2);
    match (text.split_once(" `").map(|(kind, _)| kind), names.next()) {
        (Some("unknown field"), Some(key)) => (format!("unknown key `{key}`"), way_out(key, names)),
        (Some("unknown variant"), Some(value)) => {
            (format!("unknown value `{value}`"), way_out(value, names))
        }
        _ => (text.replace("EOF", "the text ends"), None),
    }
}

fn way_out<'a>(found: &str, known: impl Iterator<Item = &'a str>) -> Option<String> {
    let known: Vec<_> = known.collect();
    match nearest(found, &known) {
        Some(name) => Some(format!("did you mean `{name}`?")),
        None if known.is_empty() => None,
        None => Some(format!("there is `{}`", known.join("`, `"))),
    }
}

/// The name that `found` is probably a slip of.
fn nearest<'a>(found: &str, known: &[&'a str]) -> Option<&'a str> {
    let distance = |name: &str| strsim::damerau_levenshtein(found, name);
    let name = known.iter().min_by_key(|name| distance(name))?;
    (distance(name) <= found.chars().count().max(3) / 3).then_some(name)
}
