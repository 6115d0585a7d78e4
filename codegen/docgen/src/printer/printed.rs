//! A printed type, and how printed types are put together.

use std::fmt::Write as _;

use typescript::Cut as _;

/// A printed type.
#[derive(Clone, Default)]
pub(crate) struct Printed {
    pub(crate) text: String,
    /// The names that it refers to, in the order in which docgen collects them.
    pub(crate) refs: Vec<String>,
    /// The name, if it is a plain reference.
    pub(super) top: Option<String>,
    pub(super) shape: Shape,
}

/// What decides whether a type needs parentheses.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Shape {
    #[default]
    Plain,
    /// A union, intersection or function: in parentheses as an element or constituent.
    Loose,
    Conditional,
    /// `keyof T`, `typeof x`, `infer T`: in parentheses as an array's element.
    Prefixed,
}

impl Printed {
    pub(super) fn plain(text: impl Into<String>) -> Self {
        Self { text: text.into(), ..Self::default() }
    }

    /// Whether it needs parentheses as a part of another type.
    pub(crate) fn is_loose(&self) -> bool {
        self.shape != Shape::Plain
    }

    pub(super) fn member(self) -> Self {
        if matches!(self.shape, Shape::Loose | Shape::Conditional) {
            self.parenthesized()
        } else {
            self
        }
    }

    pub(super) fn element(self) -> Self {
        if self.shape == Shape::Prefixed { self.parenthesized() } else { self.member() }
    }

    pub(super) fn condition(self) -> Self {
        if self.shape == Shape::Conditional { self.parenthesized() } else { self }
    }

    /// The same references under another text.
    pub(super) fn with_text(self, text: String) -> Self {
        Self { text, ..self }
    }

    pub(super) fn parenthesized(self) -> Self {
        Self { text: format!("({})", self.text), shape: Shape::Plain, top: None, ..self }
    }
}

/// What of a signature's grammar varies.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Arrow {
    /// `(a: A) => R`
    Arrow,
    /// `(a: A): R`
    Colon,
}

pub(super) fn reference(name: &str, args: Vec<Printed>) -> Printed {
    let mut refs = vec![leftmost(name).to_owned()];
    refs.extend(args.iter().filter_map(|arg| arg.top.clone()));
    let text = if args.is_empty() {
        name.to_owned()
    } else {
        let list: Vec<&str> = args.iter().map(|arg| arg.text.as_str()).collect();
        format!("{name}<{}>", list.join(", "))
    };
    refs.extend(args.into_iter().flat_map(|arg| arg.refs));
    let top = (!name.contains('.')).then(|| name.to_owned());
    Printed { text, refs, top, shape: Shape::Plain }
}

pub(super) fn suffixed(printed: Printed, suffix: &str) -> Printed {
    Printed { text: printed.text + suffix, refs: printed.refs, ..Printed::default() }
}

pub(super) fn prefixed(prefix: &str, printed: Printed) -> Printed {
    Printed {
        text: format!("{prefix}{}", printed.text),
        refs: printed.refs,
        top: None,
        shape: Shape::Prefixed,
    }
}

pub(super) fn loose(printed: Printed) -> Printed {
    Printed { shape: Shape::Loose, top: None, ..printed }
}

pub(super) fn joined(
    parts: impl Iterator<Item = Printed>,
    separator: &str,
    shape: Shape,
) -> Printed {
    let mut all = Printed { shape, ..Printed::default() };
    for (index, part) in parts.enumerate() {
        if index > 0 {
            all.text += separator;
        }
        all.text += &part.text;
        all.refs.extend(part.refs);
    }
    all
}

pub(super) fn block(parts: Vec<Printed>) -> Printed {
    if parts.is_empty() {
        return Printed::plain("{}");
    }
    let inner = joined(parts.into_iter(), "; ", Shape::Plain);
    Printed { text: format!("{{ {}; }}", inner.text), ..inner }
}

pub(super) fn leftmost(name: &str) -> &str {
    name.split_once('.').map_or(name, |(first, _)| first)
}

pub(super) fn conditional_text(parts: [Printed; 4]) -> Printed {
    let [check, extends, yes, no] = parts;
    Printed {
        text: format!("{} extends {} ? {} : {}", check.text, extends.text, yes.text, no.text),
        refs: [check.refs, extends.refs, yes.refs, no.refs].concat(),
        top: None,
        shape: Shape::Conditional,
    }
}

pub(super) fn template(texts: &[String], types: impl Iterator<Item = Printed>) -> Printed {
    let mut all = Printed::plain(format!("`{}", texts.first().map_or("", String::as_str)));
    for (ty, text) in types.zip(texts.cut(1..)) {
        let _ = write!(all.text, "${{{}}}{text}", ty.text);
        all.refs.extend(ty.refs);
    }
    all.text.push('`');
    all
}

pub(super) fn indexed_text(object: Printed, index: Printed) -> Printed {
    Printed {
        text: format!("{}[{}]", object.text, index.text),
        refs: [object.refs, index.refs].concat(),
        ..Printed::default()
    }
}
