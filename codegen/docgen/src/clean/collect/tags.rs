//! Comments and tags as their author meant them, where TypeScript's own parser sees them otherwise.

use std::borrow::Cow;

use typescript::{
    Cut as _,
    syntax::{Docs, Tag},
};

use super::names::Place;

/// A comment; TypeScript itself does not see one on the line of the token before, but an author
/// who wrote it in front of something on the same line means that.
pub(super) fn docs<'d>(docs: &'d Docs, place: &Place<'_>) -> Cow<'d, Docs> {
    let source = &place.module.text;
    let Some(at) = docs.span.or(docs.beside) else { return Cow::Borrowed(docs) };
    let comment = source.cut(at.offset()..at.offset() + at.len());
    let found = if docs.span.is_none() || has_tags_in_code(comment) {
        let mut docs = read(comment);
        docs.span = Some(at);
        Cow::Owned(docs)
    } else {
        restored(docs, source)
    };
    if found.tags.iter().any(|tag| meant(&tag.name) != Meant::Itself) {
        return Cow::Owned(as_meant(found.into_owned()));
    }
    found
}

/// What a comment says that stands alone.
pub(super) fn read(comment: &str) -> Docs {
    let masked = masked(comment);
    let mut docs = restored(&typescript::comment(&masked), &masked).into_owned();
    let unmask = |text: &mut String| *text = text.replace(MASK, "@");
    docs.text.iter_mut().for_each(unmask);
    for tag in &mut docs.tags {
        tag.text.iter_mut().for_each(unmask);
        tag.param.iter_mut().filter_map(|(_, text)| text.as_mut()).for_each(unmask);
    }
    docs
}

/// What stands for an at sign in code, as long as it does.
const MASK: char = '\u{1}';

/// Whether TypeScript's own parser takes something in a fence for a tag.
fn has_tags_in_code(comment: &str) -> bool {
    (comment.contains("```") || comment.contains("~~~")) && masked(comment) != comment
}

/// A comment whose code has no at signs: none of them is a tag.
fn masked(comment: &str) -> String {
    let mut fence: Option<String> = None;
    let lines = comment.split_inclusive('\n').map(|line| {
        let inner = line.trim_start().trim_start_matches('*').trim();
        let inner = inner.strip_prefix("/**").map_or(inner, str::trim_start);
        let length = inner.len() - inner.trim_start_matches(['`', '~']).len();
        let marks = inner.get(..length).unwrap_or_default();
        match &fence {
            Some(open) if marks.len() >= open.len() && marks.starts_with(open.as_str()) => {
                fence = None;
                line.to_owned()
            }
            Some(_) => line.replace('@', &MASK.to_string()),
            None => {
                fence = (length >= 3).then(|| marks.to_owned());
                line.to_owned()
            }
        }
    });
    lines.collect()
}

/// What the author of a tag means.
#[derive(PartialEq, Eq)]
enum Meant {
    Itself,
    /// Another name for a tag.
    Tag(&'static str),
    /// A part of the text.
    Text,
}

fn meant(tag: &str) -> Meant {
    match tag {
        "description" | "desc" | "summary" | "remarks" => Meant::Text,
        "throw" | "exception" => Meant::Tag("throws"),
        "return" => Meant::Tag("returns"),
        "defaultvalue" | "defaultValue" => Meant::Tag("default"),
        "examples" => Meant::Tag("example"),
        _ => Meant::Itself,
    }
}

/// A comment without the tags that only say in other words what it says.
fn as_meant(mut docs: Docs) -> Docs {
    let mut tags = Vec::new();
    for mut tag in std::mem::take(&mut docs.tags) {
        match meant(&tag.name) {
            Meant::Itself => tags.push(tag),
            Meant::Tag(name) => {
                name.clone_into(&mut tag.name);
                tags.push(tag);
            }
            Meant::Text => {
                let texts = [docs.text.take(), tag.text];
                let texts: Vec<_> = texts.into_iter().flatten().collect();
                docs.text = Some(texts.join("\n\n")).filter(|text| !text.is_empty());
            }
        }
    }
    docs.tags = tags;
    docs
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
