//! What a type is, once it is evaluated: plain data.

use std::{cell::OnceCell, rc::Rc};

use typescript::syntax::{
    Conditional, Mapped, Module, NameStyle, PropertyName, Signature, TypeExpr,
};

use super::{
    lib_order::Met,
    scope::{Decl, Scope},
};

/// An interned type; the order of ids is the order of creation, which orders unions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct TypeId(pub(super) u32);

/// The types that exist from the start, in TypeScript's order of creation.
pub(crate) mod known {
    use super::TypeId;

    pub(crate) const ANY: TypeId = TypeId(0);
    pub(crate) const ERROR: TypeId = TypeId(1);
    pub(crate) const UNKNOWN: TypeId = TypeId(2);
    pub(crate) const UNDEFINED: TypeId = TypeId(3);
    pub(crate) const NULL: TypeId = TypeId(4);
    pub(crate) const STRING: TypeId = TypeId(5);
    pub(crate) const NUMBER: TypeId = TypeId(6);
    pub(crate) const BIGINT: TypeId = TypeId(7);
    pub(crate) const FALSE: TypeId = TypeId(8);
    pub(crate) const TRUE: TypeId = TypeId(9);
    pub(crate) const BOOLEAN: TypeId = TypeId(10);
    pub(crate) const SYMBOL: TypeId = TypeId(11);
    pub(crate) const VOID: TypeId = TypeId(12);
    pub(crate) const NEVER: TypeId = TypeId(13);
    pub(crate) const OBJECT: TypeId = TypeId(14);
    /// What a generic global that no file declares becomes: it prints `{}`.
    pub(crate) const EMPTY: TypeId = TypeId(15);
    /// The last of the literals that the checker makes for itself.
    pub(crate) const LAST: TypeId = TypeId(25);
}

/// An alias that a type is printed by.
#[derive(Clone)]
pub(crate) struct Alias<'p> {
    pub(crate) decl: Decl<'p>,
    pub(crate) args: Vec<TypeId>,
    /// The alias whose definition the type is, if that is another.
    pub(super) defining: Option<Rc<Alias<'p>>>,
}

impl<'p> Alias<'p> {
    /// The alias with the arguments that `scope` gives its parameters.
    pub(crate) fn rebound(&self, scope: &Scope<'p>) -> Self {
        let params = self.decl.type_params().iter().zip(&self.args);
        let args = params.map(|(param, &arg)| scope.get(&param.name.text).unwrap_or(arg));
        Self { args: args.collect(), ..self.clone() }
    }

    /// The alias whose definition the type is.
    pub(super) fn innermost(&self) -> &Self {
        self.defining.as_deref().unwrap_or(self)
    }
}

pub(crate) struct Type<'p> {
    pub(crate) kind: Kind<'p>,
    pub(crate) alias: Option<Alias<'p>>,
    /// When the compiler first meets it, once that was asked.
    pub(super) met: OnceCell<Met>,
}

#[derive(Clone)]
pub(crate) enum Kind<'p> {
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
pub(crate) struct Callable<'p> {
    /// Never empty.
    pub(crate) signatures: Vec<&'p Signature>,
    pub(crate) scope: Scope<'p>,
    /// The result, where no signature says it.
    pub(crate) returns: Option<TypeId>,
}

/// A property of an object that is written out.
#[derive(Debug, Clone)]
pub(crate) struct Field {
    pub(crate) key: Key,
    pub(crate) ty: TypeId,
    pub(crate) readonly: bool,
    pub(crate) is_method: bool,
}

/// What a property is called.
#[derive(Debug, Clone)]
pub(crate) struct Key {
    /// Without quotes; of a symbol, the expression that leads to it.
    pub(crate) text: String,
    pub(crate) style: KeyStyle,
}

/// How a property's name is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum KeyStyle {
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
    pub(crate) fn ident(text: &str) -> Self {
        Self { text: text.to_owned(), style: KeyStyle::Plain }
    }

    /// A name that is the value of something else.
    pub(crate) fn late(text: String) -> Self {
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
    pub(crate) fn of(name: &PropertyName, module: &Module) -> Self {
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
pub(crate) struct Element {
    pub(crate) label: Option<String>,
    pub(crate) ty: TypeId,
    pub(crate) optional: bool,
    pub(crate) rest: bool,
    /// A rest whose type is that of the whole list, not of one in it: a type parameter.
    pub(crate) variadic: bool,
}

impl Element {
    /// A plain element.
    pub(super) fn required(ty: TypeId) -> Self {
        Self { label: None, ty, optional: false, rest: false, variadic: false }
    }
}

pub(crate) fn is_primitive(kind: &Kind<'_>) -> bool {
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
