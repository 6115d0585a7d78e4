//! The syntax of a TypeScript declarations file, as plain data.
//!
//! `parse` fills it. `lower` turns the part that a native plugin can have into the Model; `docgen`
//! and `diff` read it whole. Every span is a byte range of [`Module::text`].

use miette::SourceSpan;

/// One TypeScript file.
#[derive(Debug, Clone, Default)]
pub struct Module {
    /// As it was passed to `parse`, for messages.
    pub file: String,
    /// The file's text, byte order mark included.
    pub text: String,
    /// The top-level statements, in source order.
    pub items: Vec<Item>,
    /// The `/// <reference ... />` lines at the top of the file.
    pub references: Vec<Reference>,
}

/// A triple-slash directive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reference {
    /// `/// <reference path="..." />`
    Path(String),
    /// `/// <reference types="..." />`
    Types(String),
    /// `/// <reference lib="..." />`
    Lib(String),
}

/// A statement of a file, of a namespace or of `declare module`.
#[derive(Debug, Clone)]
pub struct Item {
    /// What it declares.
    pub kind: ItemKind,
    /// The JSDoc comment in front of it.
    pub docs: Docs,
    /// Whether `export` stands in front of it.
    pub exported: bool,
    /// Whether `export default` stands in front of it.
    pub default: bool,
    /// The statement, `export` included.
    pub span: SourceSpan,
}

/// What a statement declares.
#[derive(Debug, Clone)]
pub enum ItemKind {
    /// `import ...`.
    Import(Import),
    /// `export { ... }`, `export * from`, `export =`.
    Export(Export),
    /// `interface X { ... }`.
    Interface(Interface),
    /// `type X = ...`.
    Alias(Alias),
    /// `enum X { ... }`.
    Enum(Enum),
    /// `class X { ... }`.
    Class(Class),
    /// `const`, `let` and `var`: one for each declarator.
    Variable(Variable),
    /// `function x(...)`.
    Function(Function),
    /// `namespace X { ... }`, `declare module 'x' { ... }`, `declare global { ... }`.
    Namespace(Namespace),
    /// A statement that declares nothing.
    Statement,
}

/// A name and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Name {
    /// The identifier, or the value of a string.
    pub text: String,
    /// Where it stands.
    pub span: SourceSpan,
}

/// `import type { a as b } from 'c'`.
#[derive(Debug, Clone)]
pub struct Import {
    /// The module's specifier as written between the quotes; of `import a = b.c`, the name `b.c`.
    pub from: Name,
    /// What it binds; empty for `import 'c'`.
    pub names: Vec<ImportName>,
    /// `import type`.
    pub type_only: bool,
}

/// One name that an import binds.
#[derive(Debug, Clone)]
pub struct ImportName {
    /// What of the module it takes.
    pub imported: Imported,
    /// The name in this file.
    pub local: Name,
}

/// What of a module an import takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Imported {
    /// `{ name }`.
    Named(String),
    /// `import x from`.
    Default,
    /// `* as x`, and `import x = require(...)`.
    Everything,
    /// `import x = a.b`: an alias of an entity in scope.
    Entity(Vec<String>),
}

/// A statement that exports what is declared elsewhere.
#[derive(Debug, Clone)]
pub struct Export {
    /// The module's specifier; `None` when the names are this file's.
    pub from: Option<Name>,
    /// What it exports.
    pub what: Exported,
    /// `export type`.
    pub type_only: bool,
}

/// What an export statement exports.
#[derive(Debug, Clone)]
pub enum Exported {
    /// `export *`.
    Everything,
    /// `export * as x`.
    Namespace(Name),
    /// `export { local as name }`, as pairs of local and exported name.
    Names(Vec<(Name, Name)>),
    /// `export = x`, `export default x`: the identifier, if it is one.
    Value(Option<Name>),
}

/// `interface Name<T> extends A, B { ... }`.
#[derive(Debug, Clone)]
pub struct Interface {
    /// Its name.
    pub name: Name,
    /// Its type parameters.
    pub type_params: Vec<TypeParam>,
    /// What it extends: each a [`TypeKind::Reference`].
    pub extends: Vec<TypeExpr>,
    /// In source order.
    pub members: Vec<Member>,
}

/// `type Name<T> = ty`.
#[derive(Debug, Clone)]
pub struct Alias {
    /// Its name.
    pub name: Name,
    /// Its type parameters.
    pub type_params: Vec<TypeParam>,
    /// What it stands for.
    pub ty: TypeExpr,
}

/// `const enum Name { ... }`.
#[derive(Debug, Clone)]
pub struct Enum {
    /// Its name.
    pub name: Name,
    /// `const enum`.
    pub constant: bool,
    /// In source order.
    pub members: Vec<EnumMember>,
}

/// `Name = value`.
#[derive(Debug, Clone)]
pub struct EnumMember {
    /// Its name.
    pub name: PropertyName,
    /// The initializer's source text and span.
    pub initializer: Option<Name>,
    /// What the member is worth: given, or counted on from the member before it.
    pub value: EnumValue,
    /// The JSDoc comment in front of it.
    pub docs: Docs,
    /// The whole member.
    pub span: SourceSpan,
}

/// The value of an enum member.
#[derive(Debug, Clone, PartialEq)]
pub enum EnumValue {
    /// `'text'`.
    String(String),
    /// `1`, `-1`, `1 << 2`, or counted.
    Number(f64),
    /// An expression that only a program can know.
    Computed,
}

/// `class Name extends B implements C { ... }`.
#[derive(Debug, Clone)]
pub struct Class {
    /// Its name; empty for `export default class {}`.
    pub name: Name,
    /// Its type parameters.
    pub type_params: Vec<TypeParam>,
    /// What it extends, when that is a plain reference.
    pub extends: Option<TypeExpr>,
    /// What it implements.
    pub implements: Vec<TypeExpr>,
    /// The public members, in source order; a constructor is a `Construct`, and each of its parameters
    /// that is a property as well is one.
    pub members: Vec<Member>,
    /// The public members of the class itself: those with `static`.
    pub statics: Vec<Member>,
    /// `abstract`.
    pub is_abstract: bool,
    /// Whether its constructor is `private` or `protected`.
    pub is_closed: bool,
}

/// `const name: ty = ...`.
#[derive(Debug, Clone)]
pub struct Variable {
    /// Its name.
    pub name: Name,
    /// `const`.
    pub constant: bool,
    /// Its declared type.
    pub ty: Option<TypeExpr>,
    /// The initializer, as far as a type can be read from it.
    pub initializer: Option<Value>,
}

/// An expression, as far as a type can be read from it.
#[derive(Debug, Clone)]
pub enum Value {
    /// `'text'`.
    String(String),
    /// `1`.
    Number(String),
    /// `1n`, as written.
    BigInt(String),
    /// `true`.
    Boolean(bool),
    /// `null`.
    Null,
    /// `/x/`.
    RegExp,
    /// `[a, b]`.
    Array(Vec<Value>),
    /// `{ a: b }`.
    Object(Vec<ValuePart>),
    /// `(a: A): B => b`, `function (a: A): B { ... }`, and methods of objects.
    Function {
        /// Its parameters and result.
        signature: Box<Signature>,
        /// `async`.
        is_async: bool,
        /// What follows the arrow, when that is an expression.
        result: Option<Box<Value>>,
    },
    /// `a.b`.
    Reference(EntityName),
    /// `new A<B>(...)`.
    New(EntityName, Vec<TypeExpr>),
    /// `a.b<C>(...)`.
    Call(EntityName, Vec<TypeExpr>),
    /// `value as const`.
    Const(Box<Value>),
    /// `value as ty`, `<ty>value`, and what an operator always makes.
    As(Box<TypeExpr>),
    /// `typeof value`.
    TypeName,
    /// Anything else.
    Other,
}

/// What stands between the braces of an object.
#[derive(Debug, Clone)]
pub enum ValuePart {
    /// `name: value`, `name`.
    Property(PropertyName, Value),
    /// `name(...) { ... }`.
    Method(PropertyName, Value),
    /// `get name() { ... }`, with what it gives.
    Getter(PropertyName, Value),
    /// `...value`.
    Spread(Value),
}

/// `function name(...): ty`.
#[derive(Debug, Clone)]
pub struct Function {
    /// Its name.
    pub name: Name,
    /// Its parameters and result.
    pub signature: Signature,
}

/// `namespace A.B { ... }` and its relatives.
#[derive(Debug, Clone)]
pub struct Namespace {
    /// What kind of name it has.
    pub name: NamespaceName,
    /// In source order.
    pub items: Vec<Item>,
}

/// The name of a namespace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NamespaceName {
    /// `namespace A`; `namespace A.B` is `B` inside of `A`.
    Ident(Name),
    /// `declare module 'x'`.
    Module(Name),
    /// `declare global`.
    Global,
}

/// A member of an interface, of a class or of an inline object type.
#[derive(Debug, Clone)]
pub struct Member {
    /// What it is.
    pub kind: MemberKind,
    /// The JSDoc comment in front of it.
    pub docs: Docs,
    /// The member without its separator.
    pub span: SourceSpan,
}

/// What a member is.
#[derive(Debug, Clone)]
pub enum MemberKind {
    /// `name?: ty`.
    Property(Property),
    /// `name?<T>(...): ty`.
    Method(Method),
    /// `(...): ty`.
    Call(Signature),
    /// `new (...): ty`.
    Construct(Signature),
    /// `[key: string]: ty`.
    Index(Index),
    /// `get name(): ty`.
    Getter(Property),
    /// `set name(value: ty)`.
    Setter(Property),
}

/// `readonly name?: ty`.
#[derive(Debug, Clone)]
pub struct Property {
    /// Its name.
    pub name: PropertyName,
    /// `?`.
    pub optional: bool,
    /// `readonly`.
    pub readonly: bool,
    /// Its type; `None` when nothing is written.
    pub ty: Option<TypeExpr>,
    /// What a class gives it.
    pub initializer: Option<Value>,
}

/// `name?<T>(...): ty`.
#[derive(Debug, Clone)]
pub struct Method {
    /// Its name.
    pub name: PropertyName,
    /// `?`.
    pub optional: bool,
    /// Its parameters and result.
    pub signature: Signature,
}

/// `[key: string]: ty`.
#[derive(Debug, Clone)]
pub struct Index {
    /// The key's name and type.
    pub param: Box<Param>,
    /// The value's type.
    pub ty: Option<TypeExpr>,
    /// `readonly`.
    pub readonly: bool,
}

/// The name of a property, method or enum member.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PropertyName {
    /// The name itself: without quotes, escapes resolved.
    pub text: String,
    /// How it is written.
    pub style: NameStyle,
    /// Where it stands, quotes or brackets included.
    pub span: SourceSpan,
}

/// How a property's name is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NameStyle {
    /// `name`.
    Ident,
    /// `'name'`.
    Quoted,
    /// `1`.
    Number,
    /// `[expression]`: the text is the expression's source.
    Computed,
}

/// `<T>(a: A, b?: B): R`.
#[derive(Debug, Clone)]
pub struct Signature {
    /// Its type parameters.
    pub type_params: Vec<TypeParam>,
    /// In order.
    pub params: Vec<Param>,
    /// The result's type; `None` when nothing is written, and nothing follows from what it does.
    pub returns: Option<TypeExpr>,
    /// Whether it does something: then a result that is not written is not `any`, but unknown.
    pub has_body: bool,
}

/// The constructor of a class that writes none.
pub static NO_CONSTRUCTOR: Signature =
    Signature { type_params: Vec::new(), params: Vec::new(), returns: None, has_body: false };

/// A parameter.
#[derive(Debug, Clone)]
pub struct Param {
    /// Its name; for a pattern, the pattern's source text.
    pub name: Name,
    /// Whether the name is an identifier, not a pattern.
    pub simple: bool,
    /// `?`, or a default value.
    pub optional: bool,
    /// `...`.
    pub rest: bool,
    /// Its type; `None` when nothing is written.
    pub ty: Option<TypeExpr>,
    /// Its default value.
    pub default: Option<Value>,
    /// The JSDoc comment in front of it.
    pub docs: Docs,
    /// The whole parameter.
    pub span: SourceSpan,
}

/// `const T extends C = D`.
#[derive(Debug, Clone)]
pub struct TypeParam {
    /// Its name.
    pub name: Name,
    /// What follows `extends`, or `in` in a mapped type.
    pub constraint: Option<TypeExpr>,
    /// What follows `=`.
    pub default: Option<TypeExpr>,
    /// The whole parameter.
    pub span: SourceSpan,
}

/// A type as written.
#[derive(Debug, Clone)]
pub struct TypeExpr {
    /// What it is.
    pub kind: TypeKind,
    /// Where it stands.
    pub span: SourceSpan,
}

/// The type grammar.
#[derive(Debug, Clone)]
pub enum TypeKind {
    /// `string`.
    Keyword(Keyword),
    /// `this`.
    This,
    /// `'a'`, `1`, `-1n`, `true`.
    Literal(Literal),
    /// `` `a${T}b` ``: one more text than types, escapes resolved.
    Template {
        /// The texts around the types.
        texts: Vec<String>,
        /// The types between the texts.
        types: Vec<TypeExpr>,
    },
    /// `A.B<C>`.
    Reference {
        /// The dotted name.
        name: EntityName,
        /// The type arguments.
        args: Vec<TypeExpr>,
    },
    /// `typeof a.b<C>`.
    Query {
        /// The dotted name.
        name: EntityName,
        /// The type arguments.
        args: Vec<TypeExpr>,
    },
    /// `import('x').A<C>`.
    Import {
        /// The module's specifier.
        from: Name,
        /// The name after it.
        name: Option<EntityName>,
        /// The type arguments.
        args: Vec<TypeExpr>,
        /// `typeof import('x')`.
        query: bool,
    },
    /// `T[]`.
    Array(Box<TypeExpr>),
    /// `[a: A, B?, ...C[]]`.
    Tuple(Vec<TupleElement>),
    /// `A | B`.
    Union(Vec<TypeExpr>),
    /// `A & B`.
    Intersection(Vec<TypeExpr>),
    /// `(a: A) => R`.
    Function(Box<Signature>),
    /// `abstract new (a: A) => R`.
    Constructor {
        /// Its parameters and result.
        signature: Box<Signature>,
        /// `abstract`.
        is_abstract: bool,
    },
    /// `{ a: A }`.
    Object(Vec<Member>),
    /// `{ readonly [K in T as N]?: V }`.
    Mapped(Box<Mapped>),
    /// `A extends B ? C : D`.
    Conditional(Box<Conditional>),
    /// `infer T extends C`.
    Infer(Box<TypeParam>),
    /// `(T)`.
    Parenthesized(Box<TypeExpr>),
    /// `keyof T`, `readonly T[]`, `unique symbol`.
    Operator {
        /// Which.
        operator: Operator,
        /// What it applies to.
        ty: Box<TypeExpr>,
    },
    /// `T[K]`.
    Indexed {
        /// `T`.
        object: Box<TypeExpr>,
        /// `K`.
        index: Box<TypeExpr>,
    },
    /// `asserts x is T`.
    Predicate {
        /// `x`, or `this`.
        param: Name,
        /// `asserts`.
        asserts: bool,
        /// `T`.
        ty: Option<Box<TypeExpr>>,
    },
}

/// A type that is a word of the language.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "each is its word")]
pub enum Keyword {
    Any,
    Unknown,
    Number,
    Object,
    Boolean,
    BigInt,
    String,
    Symbol,
    Void,
    Undefined,
    Null,
    Never,
    Intrinsic,
}

impl Keyword {
    /// The word.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Any => "any",
            Self::Unknown => "unknown",
            Self::Number => "number",
            Self::Object => "object",
            Self::Boolean => "boolean",
            Self::BigInt => "bigint",
            Self::String => "string",
            Self::Symbol => "symbol",
            Self::Void => "void",
            Self::Undefined => "undefined",
            Self::Null => "null",
            Self::Never => "never",
            Self::Intrinsic => "intrinsic",
        }
    }
}

/// A literal type.
#[derive(Debug, Clone, PartialEq)]
pub enum Literal {
    /// `'text'`, without quotes, escapes resolved.
    String(String),
    /// `-1`.
    Number(f64),
    /// `1n`, as written.
    BigInt(String),
    /// `true`.
    Boolean(bool),
}

/// A dotted name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntityName {
    /// Never empty.
    pub parts: Vec<Name>,
}

impl EntityName {
    /// The leftmost identifier.
    #[must_use]
    pub fn first(&self) -> &str {
        self.parts.first().map_or("", |part| &part.text)
    }

    /// The name, if it has no dots.
    #[must_use]
    pub fn single(&self) -> Option<&str> {
        match self.parts.as_slice() {
            [name] => Some(&name.text),
            _ => None,
        }
    }

    /// The parts, joined by dots.
    #[must_use]
    pub fn dotted(&self) -> String {
        self.parts.iter().map(|part| part.text.as_str()).collect::<Vec<_>>().join(".")
    }
}

/// `label?: T`, `...T`.
#[derive(Debug, Clone)]
pub struct TupleElement {
    /// The label.
    pub label: Option<Name>,
    /// `?`.
    pub optional: bool,
    /// `...`.
    pub rest: bool,
    /// Its type, without `?` and `...`.
    pub ty: TypeExpr,
}

/// `{ readonly [K in T as N]?: V }`.
#[derive(Debug, Clone)]
pub struct Mapped {
    /// `K in T`.
    pub param: TypeParam,
    /// `N`.
    pub name: Option<TypeExpr>,
    /// `V`.
    pub ty: Option<TypeExpr>,
    /// `readonly`, `+readonly`, `-readonly`.
    pub readonly: Option<Modifier>,
    /// `?`, `+?`, `-?`.
    pub optional: Option<Modifier>,
}

/// How a mapped type changes a modifier.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Modifier {
    /// `?`.
    Plain,
    /// `+?`.
    Plus,
    /// `-?`.
    Minus,
}

/// `check extends extends ? yes : no`.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "the names are the grammar's")]
pub struct Conditional {
    pub check: TypeExpr,
    pub extends: TypeExpr,
    pub yes: TypeExpr,
    pub no: TypeExpr,
}

/// A prefix operator of the type grammar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is its word")]
pub enum Operator {
    KeyOf,
    Unique,
    ReadOnly,
}

/// The JSDoc comment of a declaration: the last one in front of it.
#[derive(Debug, Clone, Default)]
pub struct Docs {
    /// The text before the first tag; `None` when there is none.
    pub text: Option<String>,
    /// In source order.
    pub tags: Vec<Tag>,
    /// The whole comment.
    pub span: Option<SourceSpan>,
    /// Where there is none: one that stands on the declaration's line, and on that of the token
    /// before. TypeScript gives it to neither; an author means what follows.
    pub beside: Option<SourceSpan>,
}

/// One `@tag` of a JSDoc comment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tag {
    /// Without the at sign.
    pub name: String,
    /// What TypeScript calls the tag's text; `None` for a bare tag. That of `@param a text` is `a text`.
    pub text: Option<String>,
    /// Of `@param`: the plain name, and the text after it.
    pub param: Option<(String, Option<String>)>,
    /// From the at sign to the end of the name.
    pub span: SourceSpan,
}

impl Docs {
    /// The text of the first tag with that name.
    #[must_use]
    pub fn tag(&self, name: &str) -> Option<&str> {
        self.tags.iter().find(|tag| tag.name == name).map(|tag| tag.text.as_deref().unwrap_or(""))
    }

    /// The text of the `@param` tag for the parameter with that name.
    #[must_use]
    pub fn param(&self, name: &str) -> Option<&str> {
        self.tags.iter().find_map(|tag| match &tag.param {
            Some((param, text)) if param == name => text.as_deref(),
            _ => None,
        })
    }
}

impl Module {
    /// The source text at `span`.
    #[must_use]
    pub fn slice(&self, span: SourceSpan) -> &str {
        self.text.get(span.offset()..span.offset() + span.len()).unwrap_or_default()
    }
}

impl TypeExpr {
    /// The type inside of any parentheses.
    #[must_use]
    pub fn unparenthesized(&self) -> &TypeExpr {
        let mut ty = self;
        while let TypeKind::Parenthesized(inner) = &ty.kind {
            ty = inner;
        }
        ty
    }

    /// The name and arguments, if it is a reference to a name without dots.
    #[must_use]
    pub fn reference(&self) -> Option<(&str, &[TypeExpr])> {
        match &self.unparenthesized().kind {
            TypeKind::Reference { name, args } => name.single().map(|name| (name, args.as_slice())),
            _ => None,
        }
    }
}

impl Member {
    /// The member's name; `None` for signatures.
    #[must_use]
    pub fn name(&self) -> Option<&PropertyName> {
        match &self.kind {
            MemberKind::Property(property)
            | MemberKind::Getter(property)
            | MemberKind::Setter(property) => Some(&property.name),
            MemberKind::Method(method) => Some(&method.name),
            MemberKind::Call(_) | MemberKind::Construct(_) | MemberKind::Index(_) => None,
        }
    }
}

impl Item {
    /// The name it declares, if it declares one that is an identifier.
    #[must_use]
    pub fn name(&self) -> Option<&Name> {
        match &self.kind {
            ItemKind::Interface(item) => Some(&item.name),
            ItemKind::Alias(item) => Some(&item.name),
            ItemKind::Enum(item) => Some(&item.name),
            ItemKind::Class(item) => Some(&item.name),
            ItemKind::Variable(item) => Some(&item.name),
            ItemKind::Function(item) => Some(&item.name),
            ItemKind::Namespace(item) => match &item.name {
                NamespaceName::Ident(name) => Some(name),
                _ => None,
            },
            ItemKind::Import(_) | ItemKind::Export(_) | ItemKind::Statement => None,
        }
    }
}
