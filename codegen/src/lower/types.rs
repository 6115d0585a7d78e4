//! A type as written in TypeScript, as a type that can cross to the host.

use miette::SourceSpan;
use typescript::{
    Cut as _,
    syntax::{Index, Keyword, Literal, Member, MemberKind, Operator, TypeExpr, TypeKind},
};

use super::Lowering;
use crate::{
    error::Complaint,
    model::{InlineProperty, Type},
};

const OBJECT: &str = "use `{ [key: string]: any }`, or declare an interface";
const INTERFACE: &str = "declare an interface with the properties that it has";
const LITERAL: &str = "use `string`, `number`, `boolean`, or a union of string literals";
const CALLBACK: &str = "return a promise, or declare an overload of `addListener`";
const TUPLE: &str = "use an array, or declare an interface";
const TEXT: &str = "use `string` or `number`";
const BYTES: &str = "use `string`, with the bytes in base64";

/// What a value is in JSON: two parts of a union must differ in this.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Shape {
    Text,
    Number,
    Boolean,
    Array,
    Object,
}

impl Lowering<'_> {
    /// A type, and whether it may also be `undefined`.
    pub(super) fn optional_ty(&mut self, expr: &TypeExpr) -> (Type, bool) {
        let expr = expr.unparenthesized();
        let TypeKind::Union(parts) = &expr.kind else { return (self.ty(expr), false) };
        let defined: Vec<_> = parts.iter().filter(|part| !is(part, Keyword::Undefined)).collect();
        (self.union(&defined, expr.span), defined.len() < parts.len())
    }

    /// A type; `any` after a complaint.
    pub(super) fn ty(&mut self, expr: &TypeExpr) -> Type {
        let at = expr.span;
        match &expr.unparenthesized().kind {
            TypeKind::Keyword(word) => self.keyword(*word, at),
            TypeKind::Literal(Literal::String(text)) => Type::Literals(vec![text.clone()]),
            TypeKind::Literal(_) | TypeKind::Template { .. } => self.refuse(at, LITERAL),
            TypeKind::Reference { name, args } => match name.single() {
                Some(name) => self.reference(name, args, at),
                None => self.unknown(&name.dotted(), at),
            },
            TypeKind::Array(item) => Type::Array(Box::new(self.value(item))),
            TypeKind::Operator { operator: Operator::ReadOnly, ty } => self.ty(ty),
            TypeKind::Union(parts) => self.union(&parts.iter().collect::<Vec<_>>(), at),
            TypeKind::Object(members) => self.object(members, at),
            TypeKind::Tuple(_) => self.refuse(at, TUPLE),
            TypeKind::Function(_) | TypeKind::Constructor { .. } => self.refuse(at, CALLBACK),
            _ => self.refuse(at, INTERFACE),
        }
    }

    /// A type that has values: not `void`.
    pub(super) fn value(&mut self, expr: &TypeExpr) -> Type {
        let ty = self.ty(expr);
        if ty == Type::Void {
            return self.refuse(expr.span, "leave it out, or use `null`");
        }
        ty
    }

    fn keyword(&mut self, word: Keyword, at: SourceSpan) -> Type {
        match word {
            Keyword::Any | Keyword::Unknown => Type::Any,
            Keyword::Number => Type::Number,
            Keyword::Boolean => Type::Boolean,
            Keyword::String => Type::String,
            Keyword::Void | Keyword::Undefined => Type::Void,
            Keyword::Object => self.refuse(at, OBJECT),
            Keyword::BigInt | Keyword::Symbol => self.refuse(at, TEXT),
            Keyword::Null => self.refuse(at, "say what it is when it is not `null`"),
            Keyword::Never | Keyword::Intrinsic => self.refuse(at, LITERAL),
        }
    }

    fn reference(&mut self, name: &str, args: &[TypeExpr], at: SourceSpan) -> Type {
        match (name, args) {
            ("Date", []) => Type::Date,
            ("Array" | "ReadonlyArray", [item]) => Type::Array(Box::new(self.value(item))),
            ("Record", [key, value]) => self.record(key, value, at),
            ("Promise", [_]) => self.refuse(at, "only a method can return a promise"),
            (name, []) if self.type_params.iter().any(|param| param == name) => {
                Type::Named(name.to_owned())
            }
            (name, []) if self.capacitor.contains_key(name) => Type::Capacitor(
                self.capacitor.get(name).map(ToString::to_string).unwrap_or_default(),
            ),
            (name, []) if self.names.types.contains(name) => Type::Named(name.to_owned()),
            (name, _) if self.names.types.contains(name) => self.refuse(at, INTERFACE),
            (name, _) if self.names.apis.contains(name) => {
                self.complain(Complaint::ApiAsValue { name: name.to_owned(), at });
                Type::Any
            }
            ("Map" | "Partial" | "Required" | "Pick" | "Omit" | "Readonly", _) => {
                self.refuse(at, INTERFACE)
            }
            ("Set" | "ReadonlySet", _) => self.refuse(at, "use an array"),
            ("Blob" | "ArrayBuffer" | "DataView" | "Uint8Array" | "File", _) => {
                self.refuse(at, BYTES)
            }
            ("Object" | "Function" | "Symbol" | "RegExp" | "Error", _) => self.refuse(at, OBJECT),
            (name, _) => self.unknown(name, at),
        }
    }

    fn record(&mut self, key: &TypeExpr, value: &TypeExpr, at: SourceSpan) -> Type {
        if !is(key, Keyword::String) {
            return self.refuse(at, "the keys of a record are `string`");
        }
        Type::Record(Box::new(self.value(value)))
    }

    fn union(&mut self, parts: &[&TypeExpr], at: SourceSpan) -> Type {
        let mut flat = Vec::new();
        flatten(parts, &mut flat);
        let nullable = flat.iter().any(|part| is(part, Keyword::Null));
        flat.retain(|part| !is(part, Keyword::Null));
        let literals: Option<Vec<String>> = flat.iter().map(|part| string_literal(part)).collect();
        let ty = match (literals, flat.as_slice()) {
            (_, []) if nullable => self.keyword(Keyword::Null, at),
            (_, []) => Type::Void,
            (_, [single]) => self.ty(single),
            (Some(literals), _) => Type::Literals(literals),
            (None, _) => self.mixed(&flat, at),
        };
        if nullable && ty != Type::Any { Type::Nullable(Box::new(ty)) } else { ty }
    }

    /// A union of types that JSON tells apart.
    fn mixed(&mut self, parts: &[&TypeExpr], at: SourceSpan) -> Type {
        let types: Vec<Type> = parts.iter().map(|part| self.value(part)).collect();
        if types.contains(&Type::Any) {
            return Type::Any;
        }
        let shapes: Vec<Option<Shape>> = types.iter().map(|ty| self.shape(ty)).collect();
        let mut distinct = shapes.iter().enumerate();
        let distinct = distinct.all(|(index, shape)| !shapes.cut(..index).contains(shape));
        if !distinct || shapes.contains(&None) {
            return self.refuse(at, "unite types that JSON tells apart, such as `string | number`");
        }
        Type::Union(types)
    }

    fn shape(&self, ty: &Type) -> Option<Shape> {
        Some(match ty {
            Type::String | Type::Date | Type::Literals(_) | Type::Capacitor(_) => Shape::Text,
            Type::Number | Type::Integer => Shape::Number,
            Type::Boolean => Shape::Boolean,
            Type::Array(_) => Shape::Array,
            Type::Record(_) | Type::Object(_) => Shape::Object,
            Type::Named(name) => self.named_shape(name)?,
            Type::Void | Type::Any | Type::Nullable(_) | Type::Union(_) => return None,
        })
    }

    /// Whether a named type is an object or, as an enum or a union of literals, a text.
    fn named_shape(&self, name: &str) -> Option<Shape> {
        use typescript::syntax::ItemKind;
        let items = &self.source.module.items;
        let item = items.iter().find(|item| item.name().is_some_and(|known| known.text == name));
        match item.map(|item| &item.kind) {
            Some(ItemKind::Interface(_)) | None => Some(Shape::Object),
            Some(ItemKind::Alias(alias)) => match &alias.ty.unparenthesized().kind {
                TypeKind::Object(_) => Some(Shape::Object),
                TypeKind::Array(_) => Some(Shape::Array),
                TypeKind::Union(parts)
                    if parts.iter().all(|part| string_literal(part).is_some()) =>
                {
                    Some(Shape::Text)
                }
                _ => None,
            },
            _ => None,
        }
    }

    fn object(&mut self, members: &[Member], at: SourceSpan) -> Type {
        if let [Member { kind: MemberKind::Index(index), .. }] = members {
            return self.index(index, at);
        }
        if members.is_empty() {
            return self.refuse(at, OBJECT);
        }
        let properties: Vec<_> =
            members.iter().filter_map(|member| self.inline_property(member)).collect();
        self.no_repeats(members);
        Type::Object(properties)
    }

    pub(super) fn index(&mut self, index: &Index, at: SourceSpan) -> Type {
        match (&index.param.ty, &index.ty) {
            (Some(key), Some(value)) => self.record(key, value, at),
            _ => self.refuse(at, OBJECT),
        }
    }

    fn inline_property(&mut self, member: &Member) -> Option<InlineProperty> {
        let property = self.plain_property(member)?;
        let name = property.name.text.clone();
        let Some(ty) = &property.ty else {
            self.untyped_property(&name, member.span);
            return None;
        };
        let (ty, undefined) = self.optional_ty(ty);
        Some(InlineProperty { name, ty, optional: property.optional || undefined })
    }

    /// Complains about properties of an inline object that are declared twice.
    fn no_repeats(&mut self, members: &[Member]) {
        for (index, member) in members.iter().enumerate() {
            let Some(name) = member.name() else { continue };
            let earlier = members.cut(..index).iter().filter_map(Member::name);
            let first = earlier.filter(|earlier| earlier.text == name.text).map(|name| name.span);
            if let Some(first) = first.into_iter().next() {
                self.complain(Complaint::Duplicate {
                    what: "property",
                    name: name.text.clone(),
                    at: name.span,
                    first: Some(first),
                });
            }
        }
    }

    fn unknown(&mut self, name: &str, at: SourceSpan) -> Type {
        // Where a file was not understood as a whole, the name may stand in the rest of it.
        if self.names.complete {
            let nearest = self.names.nearest(name);
            self.complain(Complaint::UnknownType { name: name.to_owned(), nearest, at });
        }
        Type::Any
    }

    /// Complains about a type, which is `any` from here on.
    pub(super) fn refuse(&mut self, at: SourceSpan, instead: &'static str) -> Type {
        let found = self.source.module.slice(at).split_whitespace().collect::<Vec<_>>().join(" ");
        self.complain(Complaint::UnsupportedType { found, instead, at });
        Type::Any
    }
}

fn flatten<'a>(parts: &[&'a TypeExpr], flat: &mut Vec<&'a TypeExpr>) {
    for part in parts {
        let part = part.unparenthesized();
        match &part.kind {
            TypeKind::Union(inner) => flatten(&inner.iter().collect::<Vec<_>>(), flat),
            _ => flat.push(part),
        }
    }
}

fn is(expr: &TypeExpr, word: Keyword) -> bool {
    matches!(expr.unparenthesized().kind, TypeKind::Keyword(found) if found == word)
}

/// The text of a string literal type.
pub(super) fn string_literal(expr: &TypeExpr) -> Option<String> {
    match &expr.unparenthesized().kind {
        TypeKind::Literal(Literal::String(text)) => Some(text.clone()),
        _ => None,
    }
}

/// The type with `Integer` for `Number`, however deep.
pub(super) fn integers(ty: Type) -> Type {
    match ty {
        Type::Number => Type::Integer,
        Type::Array(item) => Type::Array(Box::new(integers(*item))),
        Type::Nullable(inner) => Type::Nullable(Box::new(integers(*inner))),
        Type::Record(value) => Type::Record(Box::new(integers(*value))),
        Type::Union(parts) => Type::Union(parts.into_iter().map(integers).collect()),
        other => other,
    }
}
