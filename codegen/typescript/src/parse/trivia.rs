//! Comments and directives: what stands between tokens.

use std::ops::Range;

use swc_common::comments::SingleThreadedComments;

use super::jsdoc;
use crate::cut::Cut as _;
use crate::syntax::{Docs, Reference};

/// Every comment of a file as a byte range, in source order.
pub(super) struct Comments<'a> {
    text: &'a str,
    ranges: Vec<(usize, usize)>,
}

impl<'a> Comments<'a> {
    pub(super) fn new(text: &'a str, comments: &SingleThreadedComments) -> Self {
        let (leading, trailing) = comments.borrow_all();
        let mut ranges: Vec<_> = leading
            .values()
            .chain(trailing.values())
            .flatten()
            .map(|comment| (comment.span.lo.0 as usize - 1, comment.span.hi.0 as usize - 1))
            .collect();
        ranges.sort_unstable();
        ranges.dedup();
        Self { text, ranges }
    }

    /// The JSDoc of the node whose first token is at `start`. One on the line of the token before
    /// belongs to that token.
    pub(super) fn docs(&self, start: usize) -> Docs {
        match self.last_jsdoc(start) {
            Some(Found { from, to, is_fresh: true, .. }) => jsdoc::parse(self.text, from, to),
            Some(Found { from, to, is_near: true, .. }) => {
                Docs { beside: Some((from, to - from).into()), ..Docs::default() }
            }
            _ => Docs::default(),
        }
    }

    /// The JSDoc of a parameter, which may stand on the line of the token before it.
    pub(super) fn param_docs(&self, start: usize) -> Docs {
        let found = self.last_jsdoc(start);
        found.map(|Found { from, to, .. }| jsdoc::parse(self.text, from, to)).unwrap_or_default()
    }

    /// The last JSDoc comment between the token before `start` and `start`.
    fn last_jsdoc(&self, start: usize) -> Option<Found> {
        let after = self.ranges.partition_point(|range| range.0 < start);
        let breaks = |from, to| self.text.cut(from..to).contains(['\n', '\r']);
        let mut gap_end = start;
        let mut last = None;
        // Only a line end between comments ends the line, not one within them.
        let mut is_fresh = false;
        for &(from, to) in self.ranges.cut(..after).iter().rev() {
            if !self.is_blank(to, gap_end) {
                break;
            }
            if last.is_some() {
                is_fresh |= breaks(to, gap_end);
            } else if self.is_jsdoc(from, to) {
                last = Some((from, to));
            }
            gap_end = from;
        }
        let (from, to) = last?;
        let token_end = self.text.cut(..gap_end).trim_end_matches(is_space).len();
        let is_first = self.text.cut(..token_end).trim_start_matches('\u{feff}').is_empty();
        is_fresh |= is_first || breaks(token_end, gap_end);
        Some(Found { from, to, is_fresh, is_near: !breaks(to, start) })
    }

    fn is_blank(&self, from: usize, to: usize) -> bool {
        from <= to && self.text.cut(from..to).chars().all(is_space)
    }

    fn is_jsdoc(&self, from: usize, to: usize) -> bool {
        let comment = self.text.cut(from..to);
        comment.starts_with("/**") && comment.len() > 4 && !comment.starts_with("/**/")
    }
}

/// A JSDoc comment in front of a node.
struct Found {
    from: usize,
    to: usize,
    /// Whether the token before stands on another line, or there is none.
    is_fresh: bool,
    /// Whether the node starts on the line where the comment ends.
    is_near: bool,
}

fn is_space(c: char) -> bool {
    c.is_whitespace() || c == '\u{feff}'
}

/// Where the comments of a text stand, those in quotes left out.
pub(super) fn comments(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(skip) = text.cut(at..).find(['\'', '"', '`', '/']) {
        at += skip;
        let rest = text.cut(at..);
        let is_comment = rest.starts_with("/*") || rest.starts_with("//");
        let length = match rest.chars().next() {
            Some('/') if rest.starts_with("/*") => {
                rest.cut(2..).find("*/").map_or(rest.len(), |end| end + 4)
            }
            Some('/') if is_comment => rest.find('\n').unwrap_or(rest.len()),
            Some('/') | None => 1,
            Some(quote) => quoted(rest, quote),
        };
        found.extend(is_comment.then_some(at..at + length));
        at += length;
    }
    found
}

/// A text without the spaces and the comments between slashes and stars at its end.
pub(super) fn before_gap(text: &str) -> &str {
    let mut rest = text.trim_end_matches(is_space);
    while let Some(start) = rest.strip_suffix("*/").and_then(|comment| comment.rfind("/*")) {
        rest = rest.cut(..start).trim_end_matches(is_space);
    }
    rest
}

/// How long the quotation is that a text starts with.
fn quoted(text: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            c if c == quote => return at + 1,
            _ => {}
        }
    }
    text.len()
}

/// The `/// <reference ... />` lines before the first token.
pub(super) fn references(text: &str) -> Vec<Reference> {
    let mut references = Vec::new();
    let mut rest = text.trim_start();
    loop {
        if let Some(comment) = rest.strip_prefix("//") {
            let line = comment.lines().next().unwrap_or_default();
            references.extend(reference(line));
            rest = comment.cut(line.len()..).trim_start();
        } else if let Some(comment) = rest.strip_prefix("/*") {
            rest = comment.split_once("*/").map_or("", |(_, rest)| rest).trim_start();
        } else if let Some(comment) = rest.strip_prefix("#!") {
            rest = comment.split_once('\n').map_or("", |(_, rest)| rest).trim_start();
        } else {
            return references;
        }
    }
}

fn reference(line: &str) -> Option<Reference> {
    let attributes = line.strip_prefix('/')?.trim_start().strip_prefix("<reference")?;
    let attributes = attributes.strip_prefix(char::is_whitespace)?.split_once("/>")?.0;
    let attribute = |name: &str| {
        let (_, after) = attributes.split_once(name)?;
        let value = after.trim_start().strip_prefix('=')?.trim_start();
        let quote = value.chars().next().filter(|quote| matches!(quote, '"' | '\''))?;
        value.cut(1..).split_once(quote).map(|(value, _)| value.to_owned())
    };
    None.or_else(|| attribute("types").map(Reference::Types))
        .or_else(|| attribute("lib").map(Reference::Lib))
        .or_else(|| attribute("path").map(Reference::Path))
}

/// Where a comment starts that has no end, behind the last statement of a text.
pub(super) fn open_comment(text: &str, from: usize) -> Option<usize> {
    let mut rest = text.cut(from..).trim_start_matches([';', '\u{feff}']).trim_start();
    loop {
        if let Some(comment) = rest.strip_prefix("//") {
            let end = comment.find(['\n', '\r']).unwrap_or(comment.len());
            rest = comment.cut(end..).trim_start();
        } else if let Some(comment) = rest.strip_prefix("/*") {
            let Some((_, after)) = comment.split_once("*/") else {
                return Some(text.len() - rest.len());
            };
            rest = after.trim_start();
        } else if let Some(shebang) = rest.strip_prefix("#!").filter(|_| from == 0) {
            rest = shebang.split_once('\n').map_or("", |(_, rest)| rest).trim_start();
        } else {
            return None;
        }
    }
}

/// The last line from `start` on, and not behind `at`, that starts like a declaration; `start` if
/// there is none.
pub(super) fn declaration_of(text: &str, start: usize, at: usize) -> usize {
    let mut line = start;
    while let Some(next) = next_declaration(text, line).filter(|next| *next <= at) {
        line = next;
    }
    line
}

/// The first line after `from` that starts with a word that only a declaration starts with.
pub(super) fn next_declaration(text: &str, from: usize) -> Option<usize> {
    const WORDS: [&str; 6] = ["export ", "declare ", "interface ", "import ", "type ", "enum "];
    let mut at = from;
    while let Some(length) = text.get(at..)?.find('\n') {
        at += length + 1;
        if WORDS.iter().any(|word| text.cut(at..).starts_with(word)) {
            return Some(at);
        }
    }
    None
}
