//! The part of a text that changed.

use std::ops::Range;

use typescript::Cut as _;
use unicode_width::UnicodeWidthStr;

/// What is not the same at the begin and at the end of two texts, in whole words; `None` when all is.
pub(super) fn changed(old: &str, new: &str) -> Option<(Range<usize>, Range<usize>)> {
    if old == new {
        return None;
    }
    let (old_words, new_words) = (words(old), words(new));
    let same = old_words.iter().zip(&new_words).take_while(|(a, b)| a == b).count();
    let rest = old_words.len().min(new_words.len()) - same;
    let tails = old_words.iter().rev().zip(new_words.iter().rev());
    let tail = tails.take(rest).take_while(|(a, b)| a == b).count();
    let length = |words: &[&str]| words.iter().map(|word| word.len()).sum::<usize>();
    let range = |text: &str, words: &[&str]| {
        length(words.cut(..same))..text.len() - length(words.cut(words.len() - tail..))
    };
    Some((range(old, &old_words), range(new, &new_words)))
}

/// A text in words, numbers, spaces and single marks.
fn words(text: &str) -> Vec<&str> {
    let is_part = |c: char| c.is_alphanumeric() || matches!(c, '_' | '$' | '\'');
    let mut words = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let length = if is_part(first) {
            rest.find(|c| !is_part(c)).unwrap_or(rest.len())
        } else {
            first.len_utf8()
        };
        words.push(rest.cut(..length));
        rest = rest.cut(length..);
    }
    words
}

/// The lines of a text behind a sign, each with the changed part underlined below it.
pub(super) fn marked(sign: char, text: &str, mark: Option<Range<usize>>) -> String {
    let mut out = String::new();
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let shown = line.trim_end();
        out += &format!("\n  {sign} {shown}");
        let (from, to) = mark.as_ref().map_or((0, 0), |mark| {
            let within = |at: usize| at.clamp(start, start + shown.len()) - start;
            (within(mark.start), within(mark.end))
        });
        if from < to {
            let (before, changed) = (shown.cut(..from), shown.cut(from..to));
            out += &format!("\n    {}{}", " ".repeat(before.width()), "^".repeat(changed.width()));
        }
        start += line.len();
    }
    out
}
