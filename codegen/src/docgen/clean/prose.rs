//! Texts of JSDoc comments and types as Markdown.

use std::collections::HashMap;

use super::{
    anchors,
    facts::{Id, Piece, Text},
};
use crate::cut::Cut as _;

/// What a name on the page leads to.
#[derive(Default)]
pub(super) struct Links {
    pub(super) by_id: HashMap<Id, String>,
    /// `Type`, `Type.member`, `method()`.
    pub(super) by_name: HashMap<String, String>,
}

/// Tags of HTML that a comment may use; anything else in angle brackets is a type.
const HTML: [&str; 28] = [
    "a",
    "b",
    "blockquote",
    "br",
    "code",
    "details",
    "div",
    "em",
    "h4",
    "h5",
    "hr",
    "i",
    "img",
    "kbd",
    "li",
    "ol",
    "p",
    "pre",
    "s",
    "span",
    "strong",
    "sub",
    "summary",
    "sup",
    "table",
    "td",
    "tr",
    "ul",
];

impl Links {
    /// A comment's text: code stays as it is, `{@link}` and code that names something lead there.
    pub(super) fn prose(&self, text: &str) -> String {
        let mut out = String::new();
        let mut plain = String::new();
        for line in anchors::lines(text) {
            if line.code {
                out += &self.inline(&std::mem::take(&mut plain));
                out += line.text.trim_end();
                out.push('\n');
            } else {
                plain += line.text.trim_end();
                plain.push('\n');
            }
        }
        out += &self.inline(&plain);
        out.trim().to_owned()
    }

    /// The same for a cell of a table: paragraphs and list items become line breaks.
    pub(super) fn cell(&self, text: &str) -> String {
        let mut cell = String::new();
        for line in text.trim().lines() {
            let line = line.trim();
            let item = ["- ", "* ", "+ "].iter().find_map(|mark| line.strip_prefix(mark));
            let separator = match (line.is_empty(), item) {
                (true, _) if !cell.ends_with("<br />") => "<br />",
                (false, Some(_)) if !cell.is_empty() && !cell.ends_with("<br />") => "<br />",
                (false, None) if !cell.is_empty() && !cell.ends_with("<br />") => " ",
                _ => "",
            };
            cell += separator;
            if item.is_some() {
                cell += "• ";
            }
            if !line.starts_with("```") {
                cell += item.unwrap_or(line);
            }
        }
        self.inline(cell.trim())
    }

    fn inline(&self, text: &str) -> String {
        let mut out = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(c) = rest.chars().next() {
            let taken = match c {
                '`' => self.code_span(rest, &mut out),
                '[' => link(rest, &mut out),
                '{' if rest.starts_with("{@link") => self.link_tag(rest, &mut out),
                '<' => angle(rest, &mut out),
                c => {
                    out.push(c);
                    c.len_utf8()
                }
            };
            rest = rest.cut(taken..);
        }
        out
    }

    fn code_span(&self, text: &str, out: &mut String) -> usize {
        let ticks = text.len() - text.trim_start_matches('`').len();
        let inner = text.cut(ticks..);
        let Some(length) = closing(inner, ticks) else {
            out.push_str(text.cut(..ticks));
            return ticks;
        };
        let whole = text.cut(..ticks + length + ticks);
        match self.by_name.get(inner.cut(..length).trim()) {
            Some(slug) => out.push_str(&format!("[{whole}](#{slug})")),
            None => out.push_str(whole),
        }
        whole.len()
    }

    /// `{@link Name}`, `{@link Name text}`, `{@link https://... text}`.
    fn link_tag(&self, text: &str, out: &mut String) -> usize {
        let Some(end) = text.find('}') else {
            out.push('{');
            return 1;
        };
        let inner = text.cut(..end).split_once(char::is_whitespace).map_or("", |(_, inner)| inner);
        let inner = inner.trim();
        let (target, label) = match inner.split_once('|').or(inner.split_once(char::is_whitespace))
        {
            Some((target, label)) => (target.trim(), label.trim()),
            None => (inner, ""),
        };
        let slug = self.by_name.get(target).or(self.by_name.get(&format!("{target}()")));
        let code = if label.is_empty() { format!("`{target}`") } else { label.to_owned() };
        match slug {
            Some(slug) => out.push_str(&format!("[{code}](#{slug})")),
            None if target.contains("://") && label.is_empty() => {
                out.push_str(&format!("<{target}>"));
            }
            None if target.contains("://") => out.push_str(&format!("[{label}]({target})")),
            None => out.push_str(&code),
        }
        end + 1
    }

    /// A type in `<code>`, its names as links.
    pub(super) fn ty(&self, text: &Text) -> String {
        let mut html = String::new();
        for piece in &text.pieces {
            match piece {
                Piece::Plain(text) => html += &escaped(text),
                Piece::Name(name, id) => match self.by_id.get(id) {
                    Some(slug) => html += &format!("<a href=\"#{slug}\">{}</a>", escaped(name)),
                    None => html += &escaped(name),
                },
            }
        }
        if html.is_empty() { html } else { format!("<code>{html}</code>") }
    }
}

/// The length of a code span's content, before as many backticks as opened it.
fn closing(text: &str, ticks: usize) -> Option<usize> {
    let mut at = 0;
    while let Some(found) = text.cut(at..).find('`') {
        let start = at + found;
        let run = text.cut(start..).len() - text.cut(start..).trim_start_matches('`').len();
        if run == ticks {
            return Some(start);
        }
        at = start + run;
    }
    None
}

/// A Markdown link as it is: nothing in its text is a link again.
fn link(text: &str, out: &mut String) -> usize {
    let length = text
        .find("](")
        .filter(|middle| !text.cut(1..*middle).contains('['))
        .and_then(|middle| text.cut(middle..).find(')').map(|end| middle + end + 1))
        .unwrap_or(1);
    out.push_str(text.cut(..length));
    length
}

/// `<https://...>`, `<a href="...">` and comments as they are; any other `<` as text.
fn angle(text: &str, out: &mut String) -> usize {
    let inner = text.cut(1..);
    let end = inner.find('>').unwrap_or(0);
    let body = inner.cut(..end);
    let name = body.trim_start_matches('/').split(|c: char| !c.is_ascii_alphanumeric()).next();
    let autolink = !body.contains(char::is_whitespace)
        && (body.contains("://") || body.starts_with("mailto:") || body.contains('@'));
    let html = name.is_some_and(|name| HTML.contains(&name)) || inner.starts_with("!--");
    let keeps = end > 0 && (autolink || html);
    out.push_str(if keeps { "<" } else { "&lt;" });
    1
}

/// A text inside of an HTML element in a paragraph.
pub(super) fn escaped(text: &str) -> String {
    let mut html = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => html += "&amp;",
            '<' => html += "&lt;",
            '>' => html += "&gt;",
            '`' => html += "&#96;",
            '*' => html += "&#42;",
            '\\' => html += "&#92;",
            c => html.push(c),
        }
    }
    html
}
