//! Words of Swift: identifiers, literals, comments, lines that are not too long.

use crate::{
    model::{Docs, Method},
    names,
};

/// The longest line of the generated sources.
const WIDTH: usize = 120;

/// A function's head, on one line or with a line for each parameter.
pub(super) fn signature(start: &str, parameters: &[String], end: &str) -> String {
    let line = format!("{start}({}){end}", parameters.join(", "));
    if line.len() <= WIDTH {
        return line;
    }
    let indent = " ".repeat(start.len() - start.trim_start().len());
    let inner = parameters.join(&format!(",\n{indent}    "));
    format!("{start}(\n{indent}    {inner}\n{indent}){end}")
}

/// The doc comment of a method: its text, then its parameters.
pub(super) fn method_comment(docs: &Docs, method: &Method) -> Vec<String> {
    let mut lines = comment(&docs.text, 4);
    let described = method.params.iter().filter(|param| !param.docs.is_empty());
    for (index, param) in described.enumerate() {
        if index == 0 {
            lines.push("///".into());
        }
        lines.push(format!(
            "/// - Parameter {}: {}",
            identifier(&param.name),
            param.docs.replace('\n', " ")
        ));
    }
    lines
}

/// A text as a documentation comment, wrapped for its indentation.
pub(super) fn comment(text: &str, indent: usize) -> Vec<String> {
    let width = WIDTH - indent - "/// ".len();
    text.lines()
        .flat_map(|line| wrapped(line, width))
        .map(|line| format!("/// {line}").trim_end().to_owned())
        .collect()
}

fn wrapped(line: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in line.split(' ') {
        #[expect(clippy::expect_used, reason = "it begins with one, and none is taken away")]
        let last = lines.last_mut().expect("there is always a last line");
        if !last.is_empty() && last.chars().count() + 1 + word.chars().count() > width {
            lines.push(word.to_owned());
        } else {
            if !last.is_empty() {
                last.push(' ');
            }
            last.push_str(word);
        }
    }
    lines
}

/// A Swift string literal.
pub(super) fn literal(text: &str) -> String {
    let escaped: String = text
        .chars()
        .map(|letter| match letter {
            '"' => "\\\"".into(),
            '\\' => "\\\\".into(),
            letter if letter.is_control() => format!("\\u{{{:x}}}", u32::from(letter)),
            letter => letter.to_string(),
        })
        .collect();
    format!("\"{escaped}\"")
}

pub(super) fn lower_first(name: &str) -> String {
    let mut letters = name.chars();
    let first = letters.next().map(|letter| letter.to_lowercase().to_string());
    first.unwrap_or_default() + letters.as_str()
}

/// A key of the schema as an identifier; most are one already.
pub(super) fn identifier(key: &str) -> String {
    let plain = key.chars().all(|letter| letter.is_alphanumeric() || letter == '_');
    names::identifier(if plain { key.to_owned() } else { names::camel(key) })
}

/// A name that is a word of the language goes in backticks.
pub(super) fn escaped(name: &str) -> String {
    const RESERVED: &[&str] = &[
        "Any",
        "Self",
        "Type",
        "as",
        "associatedtype",
        "break",
        "case",
        "catch",
        "class",
        "continue",
        "default",
        "defer",
        "deinit",
        "do",
        "else",
        "enum",
        "extension",
        "fallthrough",
        "false",
        "fileprivate",
        "for",
        "func",
        "guard",
        "if",
        "import",
        "in",
        "init",
        "inout",
        "internal",
        "is",
        "let",
        "nil",
        "operator",
        "precedencegroup",
        "private",
        "protocol",
        "public",
        "repeat",
        "rethrows",
        "return",
        "self",
        "static",
        "struct",
        "subscript",
        "super",
        "switch",
        "throw",
        "throws",
        "true",
        "try",
        "typealias",
        "var",
        "where",
        "while",
    ];
    if RESERVED.contains(&name) { format!("`{name}`") } else { name.to_owned() }
}
