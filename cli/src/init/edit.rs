//! A property more in a configuration's text, of which everything else stays as it is.

use serde_json::Value;
use typescript::{Slot, slot};

/// How a text is written.
struct Style<'a> {
    text: &'a str,
    newline: &'static str,
    /// One level of indentation.
    unit: String,
    /// Whether names and texts are quoted as in JSON.
    is_json: bool,
}

/// A text with `value` at `path`, whose last name is new; none where there is no object to add it to.
pub(super) fn add(text: &str, path: &[&str], value: &Value) -> Option<String> {
    let (_, parents) = path.split_last()?;
    let slot = slot(text, parents)?;
    let style = Style::of(text);
    let (name, missing) = path.get(slot.depth..)?.split_first()?;
    // Objects that are not there yet.
    let value = missing.iter().rev().fold(value.clone(), |inner, name| {
        Value::Object(std::iter::once(((*name).to_owned(), inner)).collect())
    });
    Some(style.insert(slot, name, &value))
}

/// The same, as the first property of the whole.
pub(super) fn add_first(text: &str, name: &str, value: &Value) -> Option<String> {
    let slot = slot(text, &[])?;
    let Some(first) = slot.first else { return add(text, &[name], value) };
    let style = Style::of(text);
    let indent = style.indent_of(first);
    let property = style.property(name, value, indent.as_deref().unwrap_or_default());
    let separator =
        indent.map_or_else(|| " ".to_owned(), |indent| style.newline.to_owned() + &indent);
    let (before, after) = text.split_at_checked(first)?;
    Some(format!("{before}{property},{separator}{after}"))
}

impl<'a> Style<'a> {
    fn of(text: &'a str) -> Self {
        let first = slot(text, &[]).and_then(|slot| slot.first);
        let newline = if text.contains("\r\n") { "\r\n" } else { "\n" };
        let is_json = text.trim_start_matches('\u{feff}').trim_start().starts_with('{');
        let mut style = Self { text, newline, unit: String::new(), is_json };
        let unit = first.and_then(|first| style.indent_of(first)).filter(|unit| !unit.is_empty());
        style.unit = unit.unwrap_or_else(|| "  ".to_owned());
        style
    }

    fn insert(&self, slot: Slot, name: &str, value: &Value) -> String {
        let closing = self.line_indent(slot.open);
        let own = slot.first.and_then(|first| self.indent_of(first));
        let indent = own.unwrap_or_else(|| format!("{closing}{}", self.unit));
        let property = self.property(name, value, &indent);
        let Some(last) = slot.last else {
            let body = format!("{0}{indent}{property}{0}{closing}", self.newline);
            return self.with(slot.open, slot.close, &body);
        };
        let comma = self.comma(last, slot.close);
        let end = self.end_of_line(comma.unwrap_or(last), slot.close);
        let tail = if comma.is_some() && !self.is_json { "," } else { "" };
        let rest = self.text.get(end..slot.close).unwrap_or_default();
        // A closing brace on the same line goes to one of its own.
        let close = if rest.contains('\n') {
            rest.to_owned()
        } else {
            format!("{}{closing}", self.newline)
        };
        let between = self.text.get(last..end).unwrap_or_default().trim_end();
        let between = if comma.is_some() { between.to_owned() } else { format!(",{between}") };
        let body = format!("{between}{}{indent}{property}{tail}{close}", self.newline);
        self.with(last, slot.close, &body)
    }

    fn with(&self, from: usize, to: usize, body: &str) -> String {
        let before = self.text.get(..from).unwrap_or_default();
        let after = self.text.get(to..).unwrap_or_default();
        format!("{before}{body}{after}")
    }

    /// Behind the comma that stands behind a property.
    fn comma(&self, from: usize, to: usize) -> Option<usize> {
        let mut at = from;
        loop {
            let rest = self.text.get(at..to)?;
            let blank = rest.len() - rest.trim_start().len();
            at = at.saturating_add(blank);
            let rest = rest.trim_start();
            let comment = if rest.starts_with("//") {
                rest.find('\n')
            } else if rest.starts_with("/*") {
                rest.find("*/").map(|end| end.saturating_add(2))
            } else {
                return rest.starts_with(',').then(|| at.saturating_add(1));
            };
            at = at.saturating_add(comment?);
        }
    }

    /// The end of the line, where nothing but a comment comes before it.
    fn end_of_line(&self, from: usize, to: usize) -> usize {
        let rest = self.text.get(from..to).unwrap_or_default();
        let line = rest.split(['\r', '\n']).next().unwrap_or_default();
        let told = line.trim_start();
        let is_comment =
            told.starts_with("//") || told.starts_with("/*") && told.trim_end().ends_with("*/");
        if told.is_empty() || is_comment {
            from.saturating_add(line.trim_end().len())
        } else {
            from
        }
    }

    /// What stands before a place on its line, if that is blank.
    fn indent_of(&self, at: usize) -> Option<String> {
        let line = self.text.get(..at)?.rsplit('\n').next()?;
        line.trim_start_matches('\u{feff}')
            .chars()
            .all(char::is_whitespace)
            .then(|| line.to_owned())
    }

    fn line_indent(&self, at: usize) -> String {
        let line = self.text.get(..at).unwrap_or_default().rsplit('\n').next().unwrap_or_default();
        line.chars().take_while(|it| matches!(it, ' ' | '\t')).collect()
    }

    fn property(&self, name: &str, value: &Value, indent: &str) -> String {
        format!("{}: {}", self.name(name), self.value(value, indent))
    }

    fn name(&self, name: &str) -> String {
        let is_plain = name.chars().all(|it| it.is_ascii_alphanumeric() || it == '_');
        if self.is_json || !is_plain { self.quoted(name) } else { name.to_owned() }
    }

    fn quoted(&self, text: &str) -> String {
        let json = Value::from(text).to_string();
        let plain = !self.is_json && !text.contains(['\'', '\\', '"']) && !json.contains('\\');
        if plain { format!("'{text}'") } else { json }
    }

    fn value(&self, value: &Value, indent: &str) -> String {
        let inner = format!("{indent}{}", self.unit);
        let comma = if self.is_json { "" } else { "," };
        let wrapped = |open: char, items: Vec<String>, close: char| {
            let separator = format!(",{}{inner}", self.newline);
            let items = items.join(&separator);
            format!("{open}{0}{inner}{items}{comma}{0}{indent}{close}", self.newline)
        };
        match value {
            Value::String(text) => self.quoted(text),
            Value::Object(map) if !map.is_empty() => {
                let items = map.iter().map(|(name, value)| self.property(name, value, &inner));
                wrapped('{', items.collect(), '}')
            }
            Value::Array(list) if !list.is_empty() => {
                wrapped('[', list.iter().map(|value| self.value(value, &inner)).collect(), ']')
            }
            plain => plain.to_string(),
        }
    }
}
