//! What a type is, once it is evaluated: plain data.

use std::{cell::OnceCell, rc::Rc};

use super::{
    lib_order::Met,
    scope::{Decl, Scope},
};
use crate::syntax::{Conditional, Mapped, Module, NameStyle, PropertyName, Signature, TypeExpr};

/// An interned type; the order of ids is the order of creation, which orders unions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(in crate::docgen) struct TypeId(pub(super) u32);

/// The types that exist from the start, in TypeScript's order of creation.
pub(in crate::docgen) mod known {
    use super::TypeId;

    pub(in crate::docgen) const ANY: TypeId = TypeId(0);
    pub(in crate::docgen) const ERROR: TypeId = TypeId(1);
    pub(in crate::docgen) const UNKNOWN: TypeId = TypeId(2);
    pub(in crate::docgen) const UNDEFINED: TypeId = TypeId(3);
    pub(in crate::docgen) const NULL: TypeId = TypeId(4);
    pub(in crate::docgen) const STRING: TypeId = TypeId(5);
    pub(in crate::docgen) const NUMBER: TypeId = TypeId(6);
    pub(in crate::docgen) const BIGINT: TypeId = TypeId(7);
    pub(in crate::docgen) const FALSE: TypeId = TypeId(8);
    pub(in crate::docgen) const TRUE: TypeId = TypeId(9);
    pub(in crate::docgen) const BOOLEAN: TypeId = TypeId(10);
    pub(in crate::docgen) const SYMBOL: TypeId = TypeId(11);
    pub(in crate::docgen) const VOID: TypeId = TypeId(12);
    pub(in crate::docgen) const NEVER: TypeId = TypeId(13);
    pub(in crate::docgen) const OBJECT: TypeId = TypeId(14);
    /// What a generic global that no file declares becomes: it prints `{}`.
    pub(in crate::docgen) const EMPTY: TypeId = TypeId(15);
    /// The last of the literals that the checker makes for itself.
    pub(in super::super) const LAST: TypeId = TypeId(25);
}

/// An alias that a type is printed by.
#[derive(Clone)]
pub(in crate::docgen) struct Alias<'p> {
    pub(in crate::docgen) decl: Decl<'p>,
    pub(in crate::docgen) args: Vec<TypeId>,
    /// The alias whose definition the type is, if that is another.
    pub(super) defining: Option<Rc<Alias<'p>>>,
}

impl<'p> Alias<'p> {
    /// The alias with the arguments that `scope` gives its parameters.
    pub(in crate::docgen) fn rebound(&self, scope: &Scope<'p>) -> Self {
        let params = self.decl.type_params().iter().zip(&self.args);
        let args = params.map(|(param, &arg)| scope.get(&param.name.text).unwrap_or(arg));
        Self { args: args.collect(), ..self.clone() }
    }

    /// The alias whose definition the type is.
    pub(super) fn innermost(&self) -> &Self {
        self.defining.as_deref().unwrap_or(self)
    }
}

pub(in crate::docgen) struct Type<'p> {
    pub(in crate::docgen) kind: Kind<'p>,
    pub(in crate::docgen) alias: Option<Alias<'p>>,
    /// When the compiler first meets it, once that was asked.
    pub(super) met: OnceCell<Met>,
}

#[derive(Clone)]
pub(in crate::docgen) enum Kind<'p> {
    /// A word of the language.
    Intrinsic(&'static str),
    String(String),
    Number(f64),
    BigInt(String),
    Enum(Decl<'p>),
    EnumMember(Decl<'p>, usize),
    Param(String),
    This,
    /// An interface or class.
    Named(Decl<'p>, Vec<TypeId>),
    Tuple(Vec<Element>, bool),
    Union(Vec<TypeId>, Option<Vec<TypeId>>),
    Intersection(Vec<TypeId>),
    /// An inline object, function or constructor type.
    Anonymous(&'p TypeExpr, Scope<'p>),
    /// The type of a function or method that is declared.
    Function(Callable<'p>),
    Mapped(&'p Mapped, Scope<'p>),
    Conditional(&'p Conditional, Scope<'p>),
    KeyOf(TypeId),
    Indexed(TypeId, TypeId),
    /// The type of an object that is written out.
    Record(Vec<Field>),
    Template(Vec<String>, Vec<TypeId>),
    /// `Uppercase<T>` and its like.
    Mapping(String, TypeId),
    TypeOf(String),
    /// `typeof Enum`.
    EnumObject(Decl<'p>),
    /// `typeof Class`.
    ClassObject(Decl<'p>),
    /// An alias inside of its own definition.
    Circular(String, Vec<TypeId>),
}

/// The overloads of a function.
#[derive(Clone)]
pub(in crate::docgen) struct Callable<'p> {
    /// Never empty.
    pub(in crate::docgen) signatures: Vec<&'p Signature>,
    pub(in crate::docgen) scope: Scope<'p>,
    /// The result, where no signature says it.
    pub(in crate::docgen) returns: Option<TypeId>,
}

/// A property of an object that is written out.
#[derive(Debug, Clone)]
pub(in crate::docgen) struct Field {
    pub(in crate::docgen) key: Key,
    pub(in crate::docgen) ty: TypeId,
    pub(in crate::docgen) readonly: bool,
    pub(in crate::docgen) is_method: bool,
}

/// What a property is called.
#[derive(Debug, Clone)]
pub(in crate::docgen) struct Key {
    /// Without quotes; of a symbol, the expression that leads to it.
    pub(in crate::docgen) text: String,
    pub(in crate::docgen) style: KeyStyle,
}

/// How a property's name is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::docgen) enum KeyStyle {
    /// As an identifier or a number where that can be, in double quotes where not.
    Plain,
    /// In quotes of this kind, unless it is an identifier.
    Quoted(char),
    /// A number.
    Number,
    /// `[text]`.
    Computed,
}

impl Key {
    pub(in crate::docgen) fn ident(text: &str) -> Self {
        Self { text: text.to_owned(), style: KeyStyle::Plain }
    }

    /// A name that is the value of something else.
    pub(in crate::docgen) fn late(text: String) -> Self {
        let is_negative = text.starts_with('-') && text.parse::<f64>().is_ok();
        let style = if is_negative { KeyStyle::Computed } else { KeyStyle::Plain };
        Self { text, style }
    }

    /// A number that is the value of something else.
    pub(super) fn late_number(number: f64) -> Self {
        let style = if number < 0.0 { KeyStyle::Computed } else { KeyStyle::Number };
        Self { text: number.to_string(), style }
    }

    /// A name as written.
    pub(in crate::docgen) fn of(name: &PropertyName, module: &Module) -> Self {
        let quoted = |text: &str| text.chars().next().filter(|c| matches!(c, '\'' | '"' | '`'));
        let style = match name.style {
            NameStyle::Ident => KeyStyle::Plain,
            NameStyle::Number => KeyStyle::Number,
            NameStyle::Quoted => KeyStyle::Quoted(quoted(module.slice(name.span)).unwrap_or('"')),
            NameStyle::Computed => {
                if let Some(quote) = quoted(&name.text)
                    && let Some(inner) = name.text.strip_prefix(quote)
                    && let Some(inner) = inner.strip_suffix(quote)
                {
                    return Self::ident(inner);
                }
                if let Ok(number) = name.text.parse() {
                    return Self::late_number(number);
                }
                KeyStyle::Computed
            }
        };
        Self { text: name.text.clone(), style }
    }
}

/// An element of a tuple type.
#[derive(Clone, Debug)]
pub(in crate::docgen) struct Element {
    pub(in crate::docgen) label: Option<String>,
    pub(in crate::docgen) ty: TypeId,
    pub(in crate::docgen) optional: bool,
    pub(in crate::docgen) rest: bool,
    /// A rest whose type is that of the whole list, not of one in it: a type parameter.
    pub(in crate::docgen) variadic: bool,
}

impl Element {
    /// A plain element.
    pub(super) fn required(ty: TypeId) -> Self {
        Self { label: None, ty, optional: false, rest: false, variadic: false }
    }
}

pub(in crate::docgen) fn is_primitive(kind: &Kind<'_>) -> bool {
    match kind {
        Kind::Intrinsic(word) => !matches!(*word, "object" | "{}" | "any" | "unknown"),
        Kind::String(_) | Kind::Number(_) | Kind::BigInt(_) => true,
        _ => false,
    }
}

pub(super) fn is_object(kind: &Kind<'_>) -> bool {
    matches!(
        kind,
        Kind::Intrinsic("object")
            | Kind::Named(..)
            | Kind::Anonymous(..)
            | Kind::Function(..)
            | Kind::Tuple(..)
            | Kind::Record(..)
            | Kind::Mapped(..)
            | Kind::ClassObject(..)
            | Kind::EnumObject(..)
    )
}
