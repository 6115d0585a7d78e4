//! Types as the text that TypeScript's checker writes for them.
//!
//! `printed` puts printed types together and `text` writes words; `signatures`, `objects`, `mapped`
//! and `lists` print what the checker made, `written` what the compiler copies from the source.

mod lists;
mod mapped;
mod objects;
mod printed;
mod signatures;
mod text;
mod written;

use std::cell::{Cell, RefCell};

pub(crate) use printed::{Arrow, Printed};
pub(crate) use written::{modifiers, print_syntax};

use crate::{
    checker::mentions::{contains_infer, infers_of},
    checker::{Checker, Decl, Kind, Place, Scope, TypeId, known},
};
use lists::enum_member;
use printed::{
    Shape, conditional_text, indexed_text, joined, prefixed, reference, suffixed, template,
};
use text::{number_text, quoted};
use typescript::syntax::{Conditional, Item, Module, TypeExpr};

/// A type as written, in the compiler's layout.
pub(crate) fn type_text(ty: &TypeExpr, module: &Module) -> String {
    print_syntax(ty, module).text.replace('"', "'")
}

/// How a type is written.
#[derive(Clone)]
pub(crate) struct Style<'p> {
    /// Quotes of string literals that are not copied from the source.
    pub(crate) quote: char,
    /// The declaration whose own annotations are copied from the source, and where it stands: names
    /// are written as they are called there.
    pub(crate) within: Option<(Place<'p>, miette::SourceSpan)>,
    /// The length, as the compiler estimates it, from which lists are cut.
    pub(crate) limit: usize,
}

impl Style<'_> {
    pub(crate) const TABLE: Style<'static> = Style { quote: '\'', within: None, limit: usize::MAX };

    /// The compiler's own style for what is shown to people.
    pub(crate) const SHORT: Style<'static> = Style { quote: '"', within: None, limit: 160 };
}

pub(crate) struct Printer<'c, 'p> {
    pub(crate) checker: &'c Checker<'p>,
    style: Style<'p>,
    /// The anonymous types that are being printed.
    open: RefCell<Vec<TypeId>>,
    /// The length so far, as the compiler estimates it: not that of the text.
    length: Cell<usize>,
    /// Whether a signature is being printed: another is within it.
    nested: Cell<bool>,
    /// The names of the parameters of the signatures that are within another.
    hidden: RefCell<Vec<String>>,
    /// Whether names are written with all that leads to them.
    qualified: Cell<bool>,
}

pub(super) const NESTED: usize = 24;

impl<'c, 'p> Printer<'c, 'p> {
    pub(crate) fn new(checker: &'c Checker<'p>, style: Style<'p>) -> Self {
        Self {
            checker,
            style,
            open: RefCell::default(),
            length: Cell::default(),
            nested: Cell::default(),
            hidden: RefCell::default(),
            qualified: Cell::default(),
        }
    }

    pub(super) fn count(&self, length: usize) {
        self.length.set(self.length.get() + length);
    }

    /// Whether what is printed is so long that lists are cut.
    pub(super) fn is_long(&self) -> bool {
        self.length.get() > self.style.limit
    }

    /// Prints a list, or its ends.
    pub(super) fn list(&self, types: &[TypeId], bare: bool) -> Vec<Printed> {
        let more = |count: usize| Printed::plain(format!("... {count} more ..."));
        match types {
            [_, ..] if self.is_long() && !bare => return vec![Printed::plain("...")],
            [first, middle @ .., last] if self.is_long() && !middle.is_empty() => {
                return vec![self.print(*first), more(middle.len()), self.print(*last)];
            }
            _ => {}
        }
        let mut parts = Vec::with_capacity(types.len());
        for (index, &ty) in types.iter().enumerate() {
            if self.is_long() && index + 4 < types.len() {
                parts.push(more(types.len() - index - 1));
                parts.extend(types.last().map(|&last| self.print(last)));
                break;
            }
            self.count(2);
            parts.push(self.print(ty));
        }
        if parts.len() == types.len() {
            self.tell_apart(types, &mut parts);
        }
        parts
    }

    /// Types that are not the same, but of the same name, are written with all of their names.
    fn tell_apart(&self, types: &[TypeId], parts: &mut [Printed]) {
        let same_name = |a: &Printed, b: &Printed| a.top.is_some() && a.top == b.top;
        let is_other = |a: TypeId, b: TypeId| self.declaration(a) != self.declaration(b);
        let ambiguous: Vec<usize> = (0..parts.len())
            .filter(|&at| {
                let (part, ty) = (parts.get(at), types.get(at));
                parts.iter().zip(types).any(|(other, &other_ty)| {
                    part.is_some_and(|part| same_name(part, other))
                        && ty.is_some_and(|&ty| is_other(ty, other_ty))
                })
            })
            .collect();
        let was = self.qualified.replace(!ambiguous.is_empty());
        for at in ambiguous {
            if let (Some(part), Some(&ty)) = (parts.get_mut(at), types.get(at)) {
                *part = self.print(ty);
            }
        }
        self.qualified.set(was);
    }

    /// What a type is declared by, as far as it has a name.
    fn declaration(&self, ty: TypeId) -> Option<*const Item> {
        let data = self.checker.get(ty);
        match (&data.alias, &data.kind) {
            (Some(alias), _) => Some(std::ptr::from_ref(alias.decl.item)),
            (None, Kind::Named(decl, _) | Kind::Enum(decl)) => Some(std::ptr::from_ref(decl.item)),
            _ => None,
        }
    }

    pub(crate) fn print(&self, id: TypeId) -> Printed {
        let data = self.checker.get(id);
        match &data.alias {
            Some(alias) => self.declared(&alias.decl, &alias.args),
            None => self.print_kind(id, &data.kind),
        }
    }

    fn print_kind(&self, id: TypeId, kind: &Kind<'p>) -> Printed {
        match kind {
            Kind::Intrinsic(word) => self.counted(*word, intrinsic_length(word)),
            Kind::String(text) => {
                let length = text.encode_utf16().count() + 2;
                self.counted(quoted(text, self.style.quote), length)
            }
            Kind::Number(number) => self.literal(number_text(*number)),
            Kind::BigInt(text) => self.literal(text.clone()),
            Kind::Param(name) => self.named(name, &[]),
            Kind::This => self.counted("this", 4),
            Kind::Enum(decl) => self.declared(decl, &[]),
            Kind::EnumMember(decl, index) => {
                let parent = self.name_of(decl);
                self.count_name(&parent);
                enum_member(decl.item, &parent, *index)
            }
            Kind::Named(decl, args) => self.interface(decl, args),
            Kind::Tuple(elements, readonly) => self.tuple(elements, *readonly),
            Kind::Union(..) if id == known::BOOLEAN => Printed::plain("boolean"),
            Kind::Union(types, origin) => self.union(origin.as_ref().unwrap_or(types)),
            Kind::Intersection(types) => {
                let parts = self.list(types, true).into_iter().map(Printed::member);
                joined(parts, " & ", Shape::Loose)
            }
            Kind::Anonymous(ty, scope) => self.anonymous(id, ty, scope),
            Kind::Function(callable) => self.function(id, callable),
            Kind::Mapped(mapped, scope) => self.mapped(mapped, scope),
            Kind::Record(fields) => self.record(fields),
            Kind::Conditional(conditional, scope) => self.conditional(conditional, scope),
            Kind::KeyOf(ty) => {
                self.count(6);
                prefixed("keyof ", self.print(*ty).member())
            }
            Kind::Indexed(object, index) => {
                indexed_text(self.print(*object).member(), self.print(*index))
            }
            Kind::Template(texts, types) => template(texts, types.iter().map(|&ty| self.print(ty))),
            Kind::Mapping(name, ty) => self.named(name, &[*ty]),
            Kind::TypeOf(name) => self.type_query(name),
            Kind::EnumObject(decl) | Kind::ClassObject(decl) => {
                self.type_query(&self.name_of(decl))
            }
            Kind::Circular(name, args) => self.named(name, args),
        }
    }

    fn counted(&self, text: impl Into<String>, length: usize) -> Printed {
        self.count(length);
        Printed::plain(text)
    }

    fn type_query(&self, name: &str) -> Printed {
        self.count_name(name);
        prefixed("typeof ", Printed::plain(name))
    }

    fn literal(&self, text: String) -> Printed {
        let length = text.len();
        self.counted(text, length)
    }

    fn conditional(&self, conditional: &'p Conditional, scope: &Scope<'p>) -> Printed {
        self.count(15);
        let mut inner = scope.clone();
        for param in infers_of(&conditional.extends) {
            let ty = self.checker.inferred(param);
            inner.bind(&param.name.text, ty);
        }
        let parts = [
            self.print(self.checker.eval(&conditional.check, scope)).condition(),
            self.extends(&conditional.extends, scope).condition(),
            self.print(self.checker.eval(&conditional.yes, &inner)),
            self.print(self.checker.eval(&conditional.no, scope)),
        ];
        conditional_text(parts)
    }

    /// The condition of a conditional type keeps its `infer`s.
    fn extends(&self, ty: &'p TypeExpr, scope: &Scope<'p>) -> Printed {
        if contains_infer(ty) {
            return print_syntax(ty, scope.place.module);
        }
        self.print(self.checker.eval(ty, scope))
    }

    pub(super) fn named(&self, name: &str, args: &[TypeId]) -> Printed {
        let args = self.list(args, false);
        self.count_name(name);
        reference(name, args)
    }

    pub(super) fn count_name(&self, name: &str) {
        self.count(2 * (name.encode_utf16().count() + 1));
    }

    pub(super) fn declared(&self, decl: &Decl<'p>, args: &[TypeId]) -> Printed {
        self.named(&self.name_of(decl), args)
    }

    /// What the declaration is called where the type is printed.
    pub(super) fn name_of(&self, decl: &Decl<'p>) -> String {
        let within = self.style.within.as_ref();
        if self.qualified.get() {
            return self.checker.qualified(decl);
        }
        let name = within.and_then(|(place, _)| self.checker.accessible(decl, place));
        name.unwrap_or_else(|| decl.name().to_owned())
    }

    fn interface(&self, decl: &Decl<'p>, args: &[TypeId]) -> Printed {
        match (decl.name(), args) {
            ("Array", [element]) => suffixed(self.print(*element).element(), "[]"),
            ("ReadonlyArray", [element]) => {
                prefixed("readonly ", suffixed(self.print(*element).element(), "[]"))
            }
            _ => self.declared(decl, args),
        }
    }
}

/// How long the compiler takes a word of the language to be.
fn intrinsic_length(word: &str) -> usize {
    match word {
        "unknown" => 0,
        word => word.len(),
    }
}
