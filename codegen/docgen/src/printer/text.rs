//! Names, strings and numbers as the compiler writes them.

use typescript::syntax::Modifier;

use crate::checker::{Key, KeyStyle};

/// A name as a key of an object: in quotes where it is no identifier and no number.
pub(super) fn key_text(key: &Key) -> String {
    match key.style {
        KeyStyle::Computed => format!("[{}]", key.text),
        _ if is_identifier(&key.text) => key.text.clone(),
        KeyStyle::Number => key.text.clone(),
        KeyStyle::Plain if is_number(&key.text) => key.text.clone(),
        KeyStyle::Plain => quoted(&key.text, '"'),
        KeyStyle::Quoted(quote) => quoted(&key.text, if quote == '\'' { '\'' } else { '"' }),
    }
}

/// Whether a name is what JavaScript writes for a number.
fn is_number(text: &str) -> bool {
    text.parse::<f64>().is_ok_and(|number| number_text(number) == text)
}

pub(super) fn is_identifier(text: &str) -> bool {
    let mut chars = text.chars();
    chars.next().is_some_and(|first| first == '_' || first == '$' || first.is_alphabetic())
        && chars.all(|c| c == '_' || c == '$' || c.is_alphanumeric())
}

pub(super) fn quoted(text: &str, quote: char) -> String {
    let mut out = String::from(quote);
    for c in text.chars() {
        match c {
            '\\' => out += "\\\\",
            '\n' => out += "\\n",
            '\r' => out += "\\r",
            '\t' => out += "\\t",
            c if c == quote => {
                out.push('\\');
                out.push(c);
            }
            c => out.push(c),
        }
    }
    out.push(quote);
    out
}

/// A number as JavaScript writes it.
pub(super) fn number_text(number: f64) -> String {
    if number.abs() >= 1e21 {
        format!("{number:e}").replace('e', "e+")
    } else if number != 0.0 && number.abs() < 1e-6 {
        format!("{number:e}")
    } else {
        number.to_string()
    }
}

pub(super) fn collapse(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

pub(super) fn modifier_text(modifier: Option<Modifier>, word: &str) -> String {
    match modifier {
        None => String::new(),
        Some(Modifier::Plain) => word.to_owned(),
        Some(Modifier::Plus) => format!("+{word}"),
        Some(Modifier::Minus) => format!("-{word}"),
    }
}
