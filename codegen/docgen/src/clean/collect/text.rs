//! Types as texts, in which the names of other declarations are links.

use typescript::{
    Cut as _,
    syntax::{TypeExpr, TypeParam},
};

use super::{Collector, names::Place};
use crate::{
    clean::facts::{Id, Piece, Text},
    printer::{modifiers, print_syntax},
};

impl<'p> Collector<'p> {
    /// A type as written, in one layout; what it names gets a place on the page.
    pub(super) fn text(&mut self, ty: &TypeExpr, place: &Place<'p>) -> Text {
        let printed = print_syntax(ty, place.module);
        let text = without_double_quotes(&printed.text);
        let mut made = Text { pieces: Vec::new(), loose: printed.is_loose() };
        let mut start = 0;
        for name in names(&text) {
            let is_value = text.cut(..name.start).trim_end().ends_with("typeof");
            let refs = if is_value { None } else { Some(printed.refs.as_slice()) };
            let Some(piece) = self.named(&name, refs, place) else { continue };
            made.push(text.cut(start..name.start));
            match piece {
                Named::Declaration(id, shown) => {
                    made.pieces.push(Piece::Name(name.shown(shown), id));
                    start = name.end_of(shown);
                }
                Named::Argument(argument) => {
                    let bare = !argument.loose || is_enclosed(&text, name.start, name.end_of(1));
                    made.push(if bare { "" } else { "(" });
                    made.pieces.extend(argument.pieces);
                    made.push(if bare { "" } else { ")" });
                    start = name.end_of(1);
                    made.loose |= start - name.start == text.len() && argument.loose;
                }
            }
        }
        made.push(text.cut(start..));
        made
    }

    /// `refs` are the names of types in the whole; `None` where a value is named.
    fn named(
        &mut self,
        name: &Name<'_>,
        refs: Option<&[String]>,
        place: &Place<'p>,
    ) -> Option<Named> {
        let parts: Vec<&str> = name.parts.iter().map(|(_, part)| *part).collect();
        let first = parts.first().copied()?;
        let (ids, shown) = if let Some(from) = name.from {
            self.imported_types(place, from, &parts)
        } else if let Some(refs) = refs {
            if !refs.iter().any(|found| found == first) {
                return None;
            }
            if place.is_param(first) {
                let argument = place.argument(first);
                return argument.map(|argument| Named::Argument(argument.text.clone()));
            }
            self.types(place, &parts)
        } else {
            self.values(place, &parts)
        };
        let id = *ids.first()?;
        self.reach(id);
        Some(Named::Declaration(id, shown))
    }

    /// `const T extends C = D`.
    pub(super) fn type_param(&mut self, param: &TypeParam, place: &Place<'p>) -> Text {
        let mut text = Text::default();
        let modifiers = modifiers(param, place.module);
        text.push(&format!("{modifiers}{}", param.name.text));
        for (word, ty) in [(" extends ", &param.constraint), (" = ", &param.default)] {
            if let Some(ty) = ty {
                text.push(word);
                text.pieces.extend(self.text(ty, place).pieces);
            }
        }
        text
    }
}

/// What a declaration of a value says behind its name, in one line and without comments.
pub(super) fn worth(declaration: &str) -> String {
    let mut text = declaration.to_owned();
    for comment in typescript::comments(declaration).into_iter().rev() {
        text.replace_range(comment, " ");
    }
    let (_, worth) = text.split_once('=').unwrap_or(("", &text));
    let words: Vec<_> = worth.split_whitespace().collect();
    words.join(" ").trim_end_matches(';').replace(", }", " }").replace(",]", "]")
}

/// What a name in a type stands for.
enum Named {
    /// A declaration, by so many parts of the name.
    Declaration(Id, usize),
    /// The argument for a type parameter.
    Argument(Text),
}

/// A name in a text that may be that of a type.
struct Name<'t> {
    start: usize,
    /// Of `import('from').Name`.
    from: Option<&'t str>,
    /// The parts between the dots, with their places; never empty.
    parts: Vec<(usize, &'t str)>,
}

impl Name<'_> {
    /// The first parts, joined by dots.
    fn shown(&self, parts: usize) -> String {
        self.parts.iter().take(parts).map(|(_, part)| *part).collect::<Vec<_>>().join(".")
    }

    /// Where the first parts end.
    fn end_of(&self, parts: usize) -> usize {
        let last = self.parts.iter().take(parts).next_back();
        last.map_or(self.start, |(at, part)| at + part.len())
    }
}

/// Literals in single quotes, where that needs no escape.
fn without_double_quotes(text: &str) -> String {
    if text.contains('\'') { text.to_owned() } else { text.replace('"', "'") }
}

/// Whether what stands between `start` and `end` needs no parentheses of its own.
fn is_enclosed(text: &str, start: usize, end: usize) -> bool {
    let (before, after) = (text.cut(..start).trim_end(), text.cut(end..).trim_start());
    let opens = before.is_empty() || before.ends_with(['(', '<', ',', ':', '=', '{', '>', '[']);
    let closes = after.is_empty() || after.starts_with([')', '>', ',', ';', '=', '}', ']']);
    opens && closes
}

fn is_part(c: char) -> bool {
    c.is_alphanumeric() || c == '_' || c == '$'
}

/// The length of the identifier that a text starts with.
fn identifier(text: &str) -> usize {
    text.find(|c| !is_part(c)).unwrap_or(text.len())
}

/// The names in a type that may be those of other types.
fn names(text: &str) -> Vec<Name<'_>> {
    let mut names = Vec::new();
    let mut at = 0;
    while let Some(c) = text.cut(at..).chars().next() {
        if matches!(c, '\'' | '"') {
            let inner = text.cut(at + 1..);
            at += 1 + inner.find(c).map_or(inner.len(), |end| end + 1);
            continue;
        }
        if !is_part(c) {
            at += c.len_utf8();
            continue;
        }
        let start = at;
        let mut from = None;
        if let Some((specifier, length)) = imported(text.cut(at..)) {
            from = Some(specifier);
            at += length;
        }
        let mut parts = Vec::new();
        loop {
            let length = identifier(text.cut(at..));
            parts.push((at, text.cut(at..at + length)));
            at += length;
            match text.cut(at..).strip_prefix('.') {
                Some(rest) if rest.starts_with(is_part) => at += 1,
                _ => break,
            }
        }
        let (before, after) = (text.cut(..start), text.cut(at..));
        let is_key = after.starts_with(':') || after.starts_with("?:") || after.starts_with('(');
        if !is_key && (!before.ends_with('.') || before.ends_with("...")) {
            names.push(Name { start, from, parts });
        }
    }
    names
}

/// The specifier in front of a name in `import('specifier').Name`, and the length up to that name.
fn imported(text: &str) -> Option<(&str, usize)> {
    let rest = text.strip_prefix("import(")?;
    let quote = rest.chars().next().filter(|c| matches!(c, '\'' | '"'))?;
    let (specifier, after) = rest.cut(1..).split_once(quote)?;
    let name = after.strip_prefix(").")?;
    name.starts_with(is_part).then(|| (specifier, text.len() - name.len()))
}
