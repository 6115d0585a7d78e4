//! Where the links of a page lead: the slugs that GitHub gives to its headings, repeats numbered.

use std::{collections::HashMap, ops::Range};

use typescript::Cut as _;

/// What GitHub makes of a heading.
pub(crate) fn slug(heading: &str) -> String {
    heading
        .to_lowercase()
        .chars()
        .filter(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | ' ' | '\u{300}'..='\u{36f}'))
        .map(|c| if c == ' ' { '-' } else { c })
        .collect()
}

/// Gives slugs to headings in the order of the page.
#[derive(Default)]
pub(crate) struct Slugger {
    given: HashMap<String, usize>,
}

impl Slugger {
    /// The slug of the next heading: `name`, then `name-1`, `name-2`.
    pub(crate) fn next(&mut self, heading: &str) -> String {
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
pub(crate) struct Heading<'t> {
    /// The number of `#`.
    pub(crate) level: usize,
    /// Without `#`.
    pub(crate) text: &'t str,
    /// The whole line, without its line break.
    pub(crate) range: Range<usize>,
}

/// The headings of a Markdown text, outside of fenced code.
pub(crate) fn headings(text: &str) -> Vec<Heading<'_>> {
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
pub(crate) struct Line<'t> {
    pub(crate) text: &'t str,
    /// Where it starts.
    pub(crate) start: usize,
    /// Whether it belongs to fenced code, the fences included.
    pub(crate) code: bool,
}

/// The lines of a Markdown text.
pub(crate) fn lines(text: &str) -> impl Iterator<Item = Line<'_>> {
    let (mut start, mut fence) = (0, Fence::default());
    text.split_inclusive('\n').map(move |whole| {
        let line = whole.trim_end_matches(['\n', '\r']);
        let line = Line { text: line, start, code: fence.has(line) };
        start += whole.len();
        line
    })
}

/// The fence that is open at the end of a Markdown text, such as ` ``` `.
pub(crate) fn open_fence(text: &str) -> Option<&str> {
    let mut fence = Fence::default();
    for line in text.lines() {
        fence.has(line);
    }
    fence.0
}

/// The fence that is open in front of a line.
#[derive(Default)]
struct Fence<'t>(Option<&'t str>);

impl<'t> Fence<'t> {
    /// Whether the next line belongs to fenced code, the fences included.
    fn has(&mut self, line: &'t str) -> bool {
        let inner = line.trim_start();
        let length = inner.len() - inner.trim_start_matches(['`', '~']).len();
        if let Some(open) = self.0 {
            if length >= open.len() && inner.starts_with(open) && inner.len() == length {
                self.0 = None;
            }
            return true;
        }
        self.0 = (length >= 3).then_some(inner.cut(..length));
        self.0.is_some()
    }
}
