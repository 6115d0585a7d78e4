//! Comments and directives: what stands between tokens.

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

    /// The JSDoc of the node whose first token is at `start`.
    pub(super) fn docs(&self, start: usize) -> Docs {
        self.last_jsdoc(start, false)
            .map(|(from, to)| jsdoc::parse(self.text, from, to))
            .unwrap_or_default()
    }

    /// The JSDoc of a parameter, which may stand on the line of the token before it.
    pub(super) fn param_docs(&self, start: usize) -> Docs {
        self.last_jsdoc(start, true)
            .map(|(from, to)| jsdoc::parse(self.text, from, to))
            .unwrap_or_default()
    }

    /// The last JSDoc comment between the token before `start` and `start`. One on the same line as
    /// that token belongs to it, not to what follows.
    fn last_jsdoc(&self, start: usize, same_line: bool) -> Option<(usize, usize)> {
        let after = self.ranges.partition_point(|range| range.0 < start);
        let mut gap_end = start;
        let mut last = None;
        for &(from, to) in self.ranges.cut(..after).iter().rev() {
            if !self.is_blank(to, gap_end) {
                break;
            }
            if last.is_none() && self.is_jsdoc(from, to) {
                last = Some((from, to));
            }
            gap_end = from;
        }
        let (from, to) = last?;
        let token_end = self.text.cut(..gap_end).trim_end_matches(is_space).len();
        let attached = same_line
            || self.text.cut(..token_end).trim_start_matches('\u{feff}').is_empty()
            || self.text.cut(token_end..from).contains(['\n', '\r']);
        attached.then_some((from, to))
    }

    fn is_blank(&self, from: usize, to: usize) -> bool {
        from <= to && self.text.cut(from..to).chars().all(is_space)
    }

    fn is_jsdoc(&self, from: usize, to: usize) -> bool {
        let comment = self.text.cut(from..to);
        comment.starts_with("/**") && comment.len() > 4 && !comment.starts_with("/**/")
    }
}

fn is_space(c: char) -> bool {
    c.is_whitespace() || c == '\u{feff}'
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
