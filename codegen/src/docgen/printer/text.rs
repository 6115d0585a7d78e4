//! Names, strings and numbers as the compiler writes them.

use crate::syntax::{Modifier, Module, NameStyle, PropertyName};

/// A name that needs quotes keeps the kind that its declaration has.
pub(super) fn property_name(name: &PropertyName, module: &Module) -> String {
    let quote = if module.slice(name.span).starts_with('\'') { '\'' } else { '"' };
    match name.style {
        NameStyle::Computed => format!("[{}]", name.text),
        NameStyle::Quoted if !is_identifier(&name.text) => quoted(&name.text, quote),
        _ => name.text.clone(),
    }
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
