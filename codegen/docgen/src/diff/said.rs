//! What is said about a declaration: its comment, and those within it.

use miette::SourceSpan;
use typescript::{
    Cut as _,
    syntax::{Docs, Module},
};

/// The text of a comment, then its tags: without what only its layout says. One on the line of the
/// token before counts as well.
pub(super) fn said(docs: &Docs, module: &Module) -> String {
    match docs.beside.filter(|_| docs.span.is_none()) {
        Some(at) => plain(&typescript::comment(module.slice(at))),
        None => plain(docs),
    }
}

fn plain(docs: &Docs) -> String {
    let text = docs.text.iter().map(|text| text.trim().to_owned());
    let tags = docs.tags.iter().map(|tag| {
        format!("@{} {}", tag.name, tag.text.as_deref().unwrap_or_default()).trim().to_owned()
    });
    let lines: Vec<_> = text.chain(tags).filter(|line| !line.is_empty()).collect();
    lines.join("\n").replace("\r\n", "\n")
}

/// What is said between two places of a file: within a type, of the members of a union.
pub(super) fn within(module: &Module, from: SourceSpan, to: SourceSpan) -> Vec<String> {
    let (start, end) = (from.offset() + from.len(), to.offset() + to.len());
    let text = module.text.get(start..end).unwrap_or_default();
    let comments = typescript::comments(text).into_iter().map(|range| text.cut(range));
    let is_doc = |comment: &&str| comment.starts_with("/**") && comment.len() > 4;
    let said = comments.filter(is_doc).map(|comment| plain(&typescript::comment(comment)));
    said.filter(|said| !said.is_empty()).collect()
}
