//! What the tags of a comment say, without what only repeats the types.

use super::{
    facts::Text,
    prose::{Links, escaped},
};
use crate::syntax::Docs;

/// The texts of all tags of one name.
pub(super) fn texts<'d>(docs: &'d Docs, tag: &'d str) -> impl Iterator<Item = &'d str> {
    let tags = docs.tags.iter().filter(move |found| found.name == tag);
    tags.filter_map(|tag| tag.text.as_deref()).map(str::trim).filter(|text| !text.is_empty())
}

/// `{Error} text` with the type as code.
pub(super) fn thrown(text: &str) -> String {
    let typed = text.strip_prefix('{').filter(|rest| !rest.starts_with('@'));
    let typed = typed.and_then(|rest| rest.split_once('}'));
    match typed {
        Some((ty, text)) => format!("`{ty}` {}", text.trim()).trim().to_owned(),
        None => text.to_owned(),
    }
}

/// The text of a `@see` tag, without what TypeScript's own parser makes of an address in it.
pub(super) fn seen(text: &str) -> String {
    text.replace(" ://", "://")
}

/// The text of a parameter: its own comment, else the method's `@param` tag; nothing where that
/// only repeats the type.
pub(super) fn param<'d>(name: &str, own: Option<&'d str>, docs: &'d Docs, ty: &Text) -> &'d str {
    let text = without_dash(own.or_else(|| docs.param(name)).unwrap_or_default());
    if is_type(text, ty) { "" } else { text }
}

/// What `@param options.limit` and its like say about the members of the parameter `name`.
pub(super) fn dotted<'d>(
    name: &'d str,
    docs: &'d Docs,
) -> impl Iterator<Item = (&'d str, &'d str)> {
    let tags = ["param", "arg", "argument"].into_iter().flat_map(|tag| texts(docs, tag));
    tags.filter_map(move |text| {
        let inner = text.strip_prefix(name)?.strip_prefix('.')?;
        let (path, text) = inner.split_once(char::is_whitespace)?;
        let text = without_dash(text);
        (!text.is_empty()).then_some((path, text))
    })
}

/// What `@returns` says; nothing where that only repeats the type.
pub(super) fn returned<'d>(docs: &'d Docs, ty: &Text) -> &'d str {
    let text = docs.tag("returns").or(docs.tag("return")).unwrap_or_default();
    let text = without_dash(text);
    if is_type(text, ty) { "" } else { text }
}

/// What `@template T` or `@typeParam T` says.
pub(super) fn type_param<'d>(docs: &'d Docs, name: &str) -> Option<&'d str> {
    let mut tags =
        ["template", "typeParam", "typeparam"].into_iter().flat_map(|tag| texts(docs, tag));
    let text = tags.find_map(|text| {
        let rest = text.strip_prefix(name)?;
        rest.starts_with(char::is_whitespace).then(|| without_dash(rest))
    });
    text.filter(|text| !text.is_empty())
}

/// Whether a method with this result gives nothing.
pub(super) fn is_nothing(ty: &Text) -> bool {
    matches!(ty.to_plain().as_str(), "void" | "Promise<void>")
}

/// Whether a text is only a type: the one that stands beside it, or what its promise gives.
fn is_type(text: &str, ty: &Text) -> bool {
    let bare = |text: &str| text.replace([' ', '`', ';', '\n'], "").replace('"', "'");
    let said = bare(text.trim_matches(['{', '}', '.']));
    let whole = bare(&ty.to_plain());
    let given = whole.strip_prefix("Promise<").and_then(|rest| rest.strip_suffix('>'));
    said == whole || given == Some(&said)
}

fn without_dash(text: &str) -> &str {
    let text = text.trim();
    let text =
        ["- ", "– ", "— ", ": "].iter().find_map(|mark| text.strip_prefix(mark)).unwrap_or(text);
    text.trim()
}

/// `iOS, Android`, from `@platform ios, android`.
pub(super) fn platforms(docs: &Docs) -> String {
    platform_names(docs).join(", ")
}

/// The platforms of `@platform ios, android`, as their makers write them.
pub(super) fn platform_names(docs: &Docs) -> Vec<String> {
    let tags = texts(docs, "platform").chain(texts(docs, "platforms"));
    let words = tags.flat_map(|text| text.split([',', ' ', '|', '/'])).filter(|w| !w.is_empty());
    let names = words.map(|word| match word.to_lowercase().as_str() {
        "ios" => "iOS".to_owned(),
        "android" => "Android".to_owned(),
        "web" => "Web".to_owned(),
        _ => word.to_owned(),
    });
    names.collect()
}

/// Whether a default is a value, not a sentence about values.
pub(super) fn is_value(text: &str) -> bool {
    let text = text.trim();
    let inner = text.trim_matches('`');
    let is_literal = text.starts_with(['{', '[']) && !text.starts_with("{@");
    is_literal || !inner.contains('`') && !inner.contains("{@link")
}

/// A value as code, whatever the author put around it.
pub(super) fn value(text: &str) -> String {
    let value = text.trim().trim_matches('`');
    if value.is_empty() {
        return String::new();
    }
    format!("<code>{}</code>", escaped(value))
}

/// An `@example` as a block of code, unless it already has one; its caption stands above it.
pub(super) fn example(text: &str, links: &Links) -> Option<String> {
    let text = text.trim();
    let captioned = text.strip_prefix("<caption>").and_then(|rest| rest.split_once("</caption>"));
    let (caption, text) = captioned.map_or(("", text), |(caption, text)| (caption, text.trim()));
    let code = match text {
        "" => return None,
        text if text.contains("```") => links.prose(text),
        text => format!("```typescript\n{text}\n```"),
    };
    let caption = links.prose(caption);
    Some(if caption.is_empty() { code } else { format!("{caption}\n\n{code}") })
}

/// An `@example` that fits into a cell: one line of code.
pub(super) fn short_example(text: &str) -> Option<&str> {
    let text = text.trim();
    let text = text.strip_prefix('`').and_then(|rest| rest.strip_suffix('`')).unwrap_or(text);
    let fits = !text.contains(['\n', '`']) && !text.starts_with("<caption>");
    (fits && !text.is_empty()).then_some(text)
}
