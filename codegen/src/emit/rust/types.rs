//! The schema's types as Rust structs and enums that serde reads and writes.

use std::collections::{BTreeSet, VecDeque};

use proc_macro2::{Ident, Literal as Token, Span, TokenStream};
use quote::{format_ident, quote};

use super::{docs, ident, type_ident};
use crate::{
    model::{Docs, Literal, Model, Type, TypeDeclaration, TypeKind},
    names::{camel, identifier, pascal, snake},
};

/// A property of a struct.
pub(super) struct Field<'a> {
    pub(super) name: &'a str,
    pub(super) docs: Docs,
    pub(super) ty: &'a Type,
    pub(super) optional: bool,
}

/// Collects the types that are referred to, each once.
pub(super) struct Types<'a> {
    model: &'a Model,
    /// Whether a `@default` fills in what was left out.
    defaults: bool,
    items: Vec<TokenStream>,
    seen: BTreeSet<&'a str>,
    queue: VecDeque<&'a TypeDeclaration>,
}

impl<'a> Types<'a> {
    /// `defaults`: whether a `@default` fills in what was left out.
    pub(super) fn new(model: &'a Model, defaults: bool) -> Self {
        let (items, seen, queue) = (Vec::new(), BTreeSet::new(), VecDeque::new());
        Self { model, defaults, items, seen, queue }
    }

    /// Every type that was referred to, and those that they refer to.
    pub(super) fn finish(mut self) -> Vec<TokenStream> {
        while let Some(declaration) = self.queue.pop_front() {
            self.declaration(declaration);
        }
        self.items
    }

    fn declaration(&mut self, declaration: &'a TypeDeclaration) {
        let name = &declaration.name;
        match &declaration.kind {
            TypeKind::Object(properties) => {
                let fields = properties.iter().map(|property| Field {
                    name: &property.name,
                    docs: property.docs.clone(),
                    ty: &property.ty,
                    optional: property.optional,
                });
                self.structure(name, &declaration.docs, fields.collect());
            }
            TypeKind::Literals(literals) => self.literals(name, &declaration.docs, literals),
            TypeKind::Integers(members) => self.integers(name, &declaration.docs, members),
            TypeKind::Alias(target) => {
                let target = self.ty(target, name);
                let (docs, name) = (docs(&declaration.docs, name), type_ident(name));
                self.items.push(quote! { #docs pub type #name = #target; });
            }
        }
    }

    /// A type in Rust. What has no name in the schema is named after its place.
    pub(super) fn ty(&mut self, ty: &'a Type, place: &str) -> TokenStream {
        match ty {
            Type::Void => quote! { () },
            Type::Number => quote! { f64 },
            Type::Integer => quote! { i32 },
            Type::Boolean => quote! { bool },
            Type::Any => quote! { serde_json::Value },
            Type::String | Type::Date | Type::Literals(_) | Type::Capacitor(_) => quote! { String },
            Type::Array(item) => {
                let item = self.ty(item, place);
                quote! { Vec<#item> }
            }
            Type::Nullable(inner) => {
                let inner = self.ty(inner, place);
                quote! { Option<#inner> }
            }
            Type::Record(value) => {
                let value = self.ty(value, place);
                quote! { std::collections::BTreeMap<String, #value> }
            }
            Type::Object(properties) => {
                let fields = properties.iter().map(|property| Field {
                    name: &property.name,
                    docs: Docs::default(),
                    ty: &property.ty,
                    optional: property.optional,
                });
                let place = self.free(place);
                self.structure(&place, &Docs::default(), fields.collect());
                let name = type_ident(&place);
                quote! { #name }
            }
            Type::Union(parts) => self.union(parts, place),
            Type::Named(name) => self.named(name),
        }
    }

    /// A name for what has none in the schema: the place's, unless the schema uses it.
    fn free(&self, place: &str) -> String {
        let mut name = place.to_owned();
        while self.model.declaration(&name).is_some() {
            name.push_str("Value");
        }
        name
    }

    fn named(&mut self, name: &str) -> TokenStream {
        let Some(declaration) = self.model.declaration(name) else {
            return quote! { serde_json::Value };
        };
        if self.seen.insert(&declaration.name) {
            self.queue.push_back(declaration);
        }
        let name = type_ident(name);
        quote! { #name }
    }

    pub(super) fn structure(&mut self, name: &str, about: &Docs, fields: Vec<Field<'a>>) {
        let (about, type_name) = (docs(about, name), type_ident(name));
        let mut defaults = Vec::new();
        let mut given = Vec::new();
        let mut members = Vec::new();
        for field in &fields {
            let place = format!("{name}{}", pascal(field.name));
            let ty = self.ty(field.ty, &place);
            let rename = (!follows(field.name)).then(|| {
                let name = field.name;
                quote! { #[serde(rename = #name)] }
            });
            let (about, member) = (docs(&field.docs, field.name), ident(field.name));
            let (attributes, ty) = match self.default_value(field) {
                _ if !field.optional => (quote! {}, ty),
                Some(value) => {
                    let function = format_ident!("default_{}", snake(field.name));
                    let path = format!("{type_name}::{function}");
                    defaults.push(quote! { fn #function() -> #ty { #value } });
                    given.push(quote! { #member: Self::#function() });
                    (quote! { #[serde(default = #path)] }, ty)
                }
                None => {
                    given.push(quote! { #member: None });
                    optional(field.ty, ty)
                }
            };
            members.push(quote! { #about #rename #attributes pub #member: #ty });
        }
        let default = (given.len() == fields.len()).then(|| {
            quote! {
                impl Default for #type_name {
                    fn default() -> Self {
                        Self { #(#given),* }
                    }
                }
            }
        });
        let defaults = (!defaults.is_empty()).then(|| quote! { impl #type_name { #(#defaults)* } });
        self.items.push(quote! {
            #about
            #[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
            #[serde(rename_all = "camelCase")]
            pub struct #type_name { #(#members),* }
            #default
            #defaults
        });
    }

    /// The value of a `@default` tag, where Rust can say it.
    fn default_value(&self, field: &Field<'_>) -> Option<TokenStream> {
        let text = field.docs.tag("default").filter(|_| self.defaults)?;
        let json: serde_json::Value = serde_json::from_str(text).ok()?;
        match (field.ty, json) {
            (Type::Boolean, serde_json::Value::Bool(value)) => Some(quote! { #value }),
            (Type::Number, serde_json::Value::Number(value)) => {
                let value = Token::f64_unsuffixed(value.as_f64()?);
                Some(quote! { #value })
            }
            (Type::Integer, serde_json::Value::Number(value)) => {
                let value = Token::i32_unsuffixed(value.as_i64()?.try_into().ok()?);
                Some(quote! { #value })
            }
            (Type::String | Type::Literals(_), serde_json::Value::String(value)) => {
                Some(quote! { #value.to_owned() })
            }
            (Type::Array(_), serde_json::Value::Array(items)) if items.is_empty() => {
                Some(quote! { Vec::new() })
            }
            (Type::Record(_), serde_json::Value::Object(values)) if values.is_empty() => {
                Some(quote! { std::collections::BTreeMap::new() })
            }
            _ => None,
        }
    }

    fn literals(&mut self, name: &str, about: &Docs, literals: &[Literal]) {
        let (about, type_name) = (docs(about, name), type_ident(name));
        let values: Vec<_> = literals.iter().map(|literal| &literal.value).collect();
        let names: Vec<_> = literals.iter().map(|literal| variant(&literal.name)).collect();
        let docs = literals.iter().map(|literal| docs(&literal.docs, &literal.value));
        self.items.push(quote! {
            #about
            #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
            pub enum #type_name {
                #(#docs #[serde(rename = #values)] #names,)*
            }
            impl #type_name {
                /// The text on the wire.
                pub fn as_str(self) -> &'static str {
                    match self {
                        #(Self::#names => #values,)*
                    }
                }
            }
        });
    }

    fn integers(&mut self, name: &str, about: &Docs, members: &[(String, i64, Docs)]) {
        let (about, type_name) = (docs(about, name), type_ident(name));
        let values: Vec<_> = members.iter().map(|(_, v, _)| Token::i64_unsuffixed(*v)).collect();
        let names: Vec<_> = members.iter().map(|(name, ..)| variant(name)).collect();
        let docs = members.iter().map(|(name, _, about)| docs(about, name));
        let unknown = format!("{{value}} is no `{name}`");
        self.items.push(quote! {
            #about
            #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
            #[serde(try_from = "i32", into = "i32")]
            pub enum #type_name {
                #(#docs #names,)*
            }
            impl TryFrom<i32> for #type_name {
                type Error = String;
                fn try_from(value: i32) -> Result<Self, String> {
                    match value {
                        #(#values => Ok(Self::#names),)*
                        _ => Err(format!(#unknown)),
                    }
                }
            }
            impl From<#type_name> for i32 {
                fn from(value: #type_name) -> Self {
                    match value {
                        #(#type_name::#names => #values,)*
                    }
                }
            }
        });
    }

    fn union(&mut self, parts: &'a [Type], place: &str) -> TokenStream {
        let place = &self.free(place);
        let name = type_ident(place);
        let mut variants = Vec::new();
        for part in parts {
            let word = word(part);
            let (label, about) = (type_ident(&word), format!(" As {word}."));
            let ty = self.ty(part, &format!("{place}{word}"));
            variants.push(quote! { #[doc = #about] #label(#ty) });
        }
        let about = docs(&Docs::default(), place);
        self.items.push(quote! {
            #about
            #[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
            #[serde(untagged)]
            pub enum #name { #(#variants),* }
        });
        quote! { #name }
    }
}

/// Whether serde finds a field's name on the wire by its own rule.
fn follows(name: &str) -> bool {
    let field = ident(name).to_string();
    camel(&snake(name)) == name && field.trim_start_matches("r#") == snake(name)
}

/// An optional field: left out when it is not there, unless `null` is a value of its own.
fn optional(ty: &Type, rust: TokenStream) -> (TokenStream, TokenStream) {
    match ty {
        Type::Nullable(_) => (quote! { #[serde(default)] }, rust),
        _ => (
            quote! { #[serde(default, skip_serializing_if = "Option::is_none")] },
            quote! { Option<#rust> },
        ),
    }
}

/// What a part of a union is called.
fn word(ty: &Type) -> String {
    match ty {
        Type::Named(name) | Type::Capacitor(name) => pascal(name),
        Type::Number | Type::Integer => "Number".to_owned(),
        Type::Boolean => "Boolean".to_owned(),
        Type::Array(_) => "Array".to_owned(),
        Type::Record(_) | Type::Object(_) => "Object".to_owned(),
        _ => "Text".to_owned(),
    }
}

fn variant(name: &str) -> Ident {
    let name = identifier(pascal(name));
    syn::parse_str(&name).unwrap_or_else(|_| Ident::new(&format!("{name}_"), Span::call_site()))
}
