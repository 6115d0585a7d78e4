//! Where the links of a page lead: the slugs that GitHub gives to its headings, repeats numbered.

use std::{collections::HashMap, ops::Range};

use super::super::data::slug;
use crate::cut::Cut as _;

/// Gives slugs to headings in the order of the page.
#[derive(Default)]
pub(in super::super) struct Slugger {
    given: HashMap<String, usize>,
}

impl Slugger {
    /// The slug of the next heading: `name`, then `name-1`, `name-2`.
    pub(in super::super) fn next(&mut self, heading: &str) -> String {
        let plain = slug(heading);
        let mut result = plain.clone();
        while self.given.contains_key(&result) {
            let repeats = self.given.entry(plain.clone()).or_default();
            *repeats += 1;
            result = format!("{plain}-{repeats}");
        }
        self.given.insert(result.clone(), 0);
        result
    }
}

/// A heading of a Markdown text.
pub(in super::super) struct Heading<'t> {
    /// The number of `#`.
    pub(in super::super) level: usize,
    /// Without `#`.
    pub(in super::super) text: &'t str,
    /// The whole line, without its line break.
    pub(in super::super) range: Range<usize>,
}

/// The headings of a Markdown text, outside of fenced code.
pub(in super::super) fn headings(text: &str) -> Vec<Heading<'_>> {
    let mut headings = Vec::new();
    for line in lines(text).filter(|line| !line.code) {
        let level = line.text.len() - line.text.trim_start_matches('#').len();
        if (1..=6).contains(&level) && line.text.cut(level..).starts_with(' ') {
            let range = line.start..line.start + line.text.len();
            headings.push(Heading { level, text: line.text.cut(level..).trim(), range });
        }
    }
    headings
}

/// A line of a Markdown text, without its line break.
pub(in super::super) struct Line<'t> {
    pub(in super::super) text: &'t str,
    /// Where it starts.
    pub(in super::super) start: usize,
    /// Whether it belongs to fenced code, the fences included.
    pub(in super::super) code: bool,
}

/// The lines of a Markdown text.
pub(in super::super) fn lines(text: &str) -> impl Iterator<Item = Line<'_>> {
    let mut start = 0;
    let mut fence: Option<&str> = None;
    text.split_inclusive('\n').map(move |whole| {
        let line = whole.trim_end_matches(['\n', '\r']);
        let inner = line.trim_start();
        let length = inner.len() - inner.trim_start_matches(['`', '~']).len();
        let code = if let Some(open) = fence {
            if length >= open.len() && inner.starts_with(open) && inner.len() == length {
                fence = None;
            }
            true
        } else {
            fence = (length >= 3).then_some(inner.cut(..length));
            fence.is_some()
        };
        let line = Line { text: line, start, code };
        start += whole.len();
        line
    })
}
