//! Comments and tags as their author meant them, where TypeScript's own parser sees them otherwise.

use std::borrow::Cow;

use miette::SourceSpan;

use super::names::Place;
use crate::cut::Cut as _;
use crate::syntax::{Docs, Tag};

/// A comment; TypeScript itself does not see one on the line of the token before, but an author
/// who wrote it in front of something on the same line means that.
pub(super) fn docs<'d>(docs: &'d Docs, span: SourceSpan, place: &Place<'_>) -> Cow<'d, Docs> {
    let source = &place.module.text;
    if docs.span.is_some() {
        return restored(docs, source);
    }
    let before = source.cut(..span.offset()).trim_end_matches([' ', '\t']);
    let from = before.strip_suffix("*/").and_then(|inner| inner.rfind("/*"));
    match from.filter(|from| before.len() > from + 4 && before.cut(*from..).starts_with("/**")) {
        Some(from) => {
            let comment = before.cut(from..);
            let mut docs = restored(&crate::parse::comment(comment), comment).into_owned();
            docs.span = Some(SourceSpan::from((from, comment.len())));
            Cow::Owned(docs)
        }
        None => Cow::Borrowed(docs),
    }
}

/// A comment whose tags say what their author wrote. `source` is the text that its places are in.
fn restored<'d>(docs: &'d Docs, source: &str) -> Cow<'d, Docs> {
    let Some(whole) = docs.span.filter(|_| docs.tags.iter().any(may_lose)) else {
        return Cow::Borrowed(docs);
    };
    let mut docs = docs.clone();
    // TypeScript reads `{@link` behind the name of a tag as the start of another one.
    docs.tags.retain(|tag| {
        let before = source.get(..tag.span.offset()).unwrap_or_default();
        !(before.ends_with('{') && tag.name.starts_with("link"))
    });
    let end = whole.offset() + whole.len().saturating_sub(2);
    let starts = docs.tags.iter().skip(1).map(|tag| tag.span.offset());
    let ends: Vec<_> = starts.chain([end]).collect();
    for (tag, end) in docs.tags.iter_mut().zip(ends) {
        let start = tag.span.offset() + tag.span.len();
        let written = without_stars(source.get(start..end).unwrap_or_default());
        if may_lose(tag) && (tag.name == "see" || written.starts_with("{@")) {
            tag.text = Some(written).filter(|text| !text.is_empty());
        }
    }
    Cow::Owned(docs)
}

/// Whether a tag may start with a type or a name, which is no part of its text.
fn may_lose(tag: &Tag) -> bool {
    matches!(tag.name.as_str(), "see" | "returns" | "return" | "throws" | "exception")
}

/// The lines of a comment without the stars in front of them.
fn without_stars(text: &str) -> String {
    let lines = text.trim().lines().map(|line| {
        let inner = line.trim_start();
        inner
            .strip_prefix('*')
            .map_or(line, |rest| rest.strip_prefix(' ').unwrap_or(rest))
            .trim_end()
    });
    let lines: Vec<_> = lines.collect();
    lines.join("\n").trim().to_owned()
}
