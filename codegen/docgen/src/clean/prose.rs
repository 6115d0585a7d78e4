//! Texts of JSDoc comments and types as Markdown.

use std::{borrow::Cow, collections::HashMap};

use typescript::Cut as _;

use super::{
    cell,
    facts::{Id, Piece, Text},
};
use crate::page::anchors;

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
        for line in lines(text) {
            match line {
                Line::Code(code) | Line::Fence(code) => {
                    out += &self.inline(&std::mem::take(&mut plain));
                    out += code.trim_end();
                    out.push('\n');
                }
                Line::Text(text) => {
                    plain += &without_hashes(text.trim_end());
                    plain.push('\n');
                }
            }
        }
        out += &self.inline(&plain);
        // A fence ends with its comment: the rest of the page is none of its code.
        if let Some(fence) = anchors::open_fence(text) {
            out += fence;
        }
        out.trim().to_owned()
    }

    /// The text of a `@see` tag: `Interface.member` in front of it leads there. TypeScript's own parser
    /// puts a space into addresses.
    pub(super) fn seen(&self, text: &str) -> String {
        self.prose(&self.with_target(text))
    }

    /// [`Links::seen`] for a cell of a table.
    pub(super) fn seen_in_cell(&self, text: &str) -> String {
        self.cell(&self.with_target(text))
    }

    /// A text whose first word is a `{@link}` where it names something on the page.
    fn with_target(&self, text: &str) -> String {
        let text = text.trim().replace(" ://", "://");
        let end = text.find(|c: char| c.is_whitespace() || c == ',').unwrap_or(text.len());
        let (word, rest) = (text.cut(..end), text.cut(end..));
        let name = word.trim_end_matches(['.', ';', ':']);
        match self.slug(name) {
            Some(_) => format!("{{@link {name}}}{}{rest}", word.cut(name.len()..)),
            None => text,
        }
    }

    /// Where a name leads: `Type`, `Type.member`, `Type#member`, `method`, `method()`.
    fn slug(&self, name: &str) -> Option<&String> {
        let name = name.replace(['#', '~'], ".");
        let bare = name.strip_suffix("()").unwrap_or(&name);
        let names = &self.by_name;
        names.get(&name).or_else(|| names.get(&format!("{name}()"))).or_else(|| names.get(bare))
    }

    /// [`Links::prose`] for a cell of a table.
    pub(super) fn cell(&self, text: &str) -> String {
        self.inline(&cell::one_line(text))
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
        let (tag, inner) = text.cut(..end).split_once(char::is_whitespace).unwrap_or_default();
        let inner = inner.trim();
        let (target, label) = match inner.split_once('|').or(inner.split_once(char::is_whitespace))
        {
            Some((target, label)) => (target.trim(), label.trim()),
            None => (inner, ""),
        };
        let is_address = target.contains("://");
        let name = if is_address { target.to_owned() } else { target.replace(['#', '~'], ".") };
        let slug = self.slug(&name);
        let code = match label {
            "" if tag == "{@linkplain" => name.clone(),
            "" => format!("`{name}`"),
            label => label.to_owned(),
        };
        match slug {
            Some(slug) => out.push_str(&format!("[{code}](#{slug})")),
            None if is_address && label.is_empty() => {
                out.push_str(&format!("<{target}>"));
            }
            None if is_address => out.push_str(&format!("[{label}]({target})")),
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

/// A line of a comment.
pub(super) enum Line<'t> {
    /// Of code in a fence, or indented.
    Code(&'t str),
    Fence(&'t str),
    Text(&'t str),
}

/// The lines of a comment.
pub(super) fn lines(text: &str) -> impl Iterator<Item = Line<'_>> {
    // Indented code starts behind an empty line, and within a list it is a paragraph.
    let (mut may_start, mut in_list) = (true, false);
    anchors::lines(text).map(move |line| {
        let inner = line.text.trim_start();
        if line.code {
            // A fence is the first or the last line of its block.
            let is_fence = inner.starts_with("```") || inner.starts_with("~~~");
            let line = if is_fence { Line::Fence(line.text) } else { Line::Code(line.text) };
            may_start = true;
            return line;
        }
        let is_indented = line.text.starts_with("    ") || line.text.starts_with('\t');
        if is_indented && may_start && !in_list && !inner.is_empty() {
            return Line::Code(line.text);
        }
        in_list = is_item(inner) || in_list && (inner.is_empty() || line.text != inner);
        may_start = inner.is_empty();
        Line::Text(line.text)
    })
}

/// Whether a line without its indentation starts an item of a list.
fn is_item(line: &str) -> bool {
    cell::item(line).is_some()
}

/// A heading within a comment as bold text: it is none of the page's.
pub(super) fn without_hashes(line: &str) -> Cow<'_, str> {
    let level = line.len() - line.trim_start_matches('#').len();
    match line.cut(level..).strip_prefix(' ') {
        Some(heading) if (1..=6).contains(&level) && !heading.trim().is_empty() => {
            Cow::Owned(format!("**{}**", heading.trim().trim_end_matches('#').trim_end()))
        }
        _ => Cow::Borrowed(line),
    }
}

/// Code in a line, between as many backticks as it takes.
pub(super) fn code(text: &str) -> String {
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let ticks = "`".repeat(longest + 1);
    let gap = if text.starts_with('`') || text.ends_with('`') { " " } else { "" };
    format!("{ticks}{gap}{text}{gap}{ticks}")
}

/// A text as a heading shows it, without anything that Markdown would take for its own.
pub(super) fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut before = None;
    for (at, c) in text.char_indices() {
        let after = text.cut(at + c.len_utf8()..).chars().next();
        let in_word = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
        let marks = match c {
            '<' | '*' | '[' | ']' | '`' | '\\' => true,
            '_' => !(in_word(before) && in_word(after)),
            _ => false,
        };
        out.extend(marks.then_some('\\'));
        out.push(c);
        before = Some(c);
    }
    out
}

/// A text inside of an HTML element in a paragraph.
pub(super) fn escaped(text: &str) -> String {
    let mut html = String::with_capacity(text.len());
    // Two of them may be taken for a formula.
    let has_formula = text.matches('$').count() > 1;
    let mut before = None;
    for (at, c) in text.char_indices() {
        let after = text.cut(at + c.len_utf8()..).chars().next();
        let in_word = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
        match c {
            '&' => html += "&amp;",
            '<' => html += "&lt;",
            '>' => html += "&gt;",
            '`' => html += "&#96;",
            '*' => html += "&#42;",
            '\\' => html += "&#92;",
            '_' if !(in_word(before) && in_word(after)) => html += "&#95;",
            '$' if has_formula => html += "&#36;",
            c => html.push(c),
        }
        before = Some(c);
    }
    html
}
