//! `rust/apis.rs`: a table that the argument checker walks, so that an API adds data and no code.

use std::collections::BTreeMap;

use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::quote;

use crate::{
    model::{Api, Method, Model, Param, Type, TypeKind},
    names::{short, shouting},
};

pub(super) fn items(model: &Model) -> TokenStream {
    let mut table = Table { model, shapes: BTreeMap::new() };
    let apis: Vec<_> = model.apis.iter().map(|api| table.api(api)).collect();
    let shapes = table.shapes.into_values().flatten();
    let vocabulary = vocabulary();
    quote! {
        #vocabulary

        /// Every device API, in the order of the schema.
        pub static APIS: &[Api] = &[#(#apis),*];

        #(#shapes)*
    }
}

/// The words that the table is written in.
fn vocabulary() -> TokenStream {
    quote! {
        /// A global object of the script.
        #[derive(Debug)]
        pub struct Api {
            /// The global's name.
            pub name: &'static str,
            /// Its name in the `apis` of the configuration.
            pub short: &'static str,
            /// In the order of the schema.
            pub methods: &'static [Method],
            /// The platforms that have it; empty means all.
            pub platforms: &'static [&'static str],
            /// What the user has to agree to.
            pub feature: Option<&'static str>,
            /// Whether it takes what earlier releases took in another type, with a warning.
            pub lenient: bool,
        }

        /// A function of a device API, or a property.
        #[derive(Debug)]
        pub struct Method {
            /// As the script calls it.
            pub name: &'static str,
            /// In order.
            pub params: &'static [Param],
            /// What the host answers.
            pub returns: Type,
            /// Whether the script gets a promise.
            pub is_async: bool,
            /// Whether the script reads it without calling it.
            pub property: bool,
            /// The platforms that have it; empty means all.
            pub platforms: &'static [&'static str],
        }

        /// A parameter of a method, or a property of an object.
        #[derive(Debug)]
        pub struct Param {
            /// As written in the schema.
            pub name: &'static str,
            /// What it takes.
            pub ty: Type,
            /// Whether it may be left out.
            pub optional: bool,
        }

        /// What a value may be.
        #[derive(Debug)]
        pub enum Type {
            /// Nothing.
            Void,
            /// A text.
            String,
            /// A number.
            Number,
            /// A whole number of 32 bits.
            Integer,
            /// `true` or `false`.
            Boolean,
            /// Anything that JSON can carry.
            Any,
            /// A `Date`; on the wire a text in ISO 8601.
            Date,
            /// One of these texts.
            Literals(&'static [&'static str]),
            /// One of these numbers.
            Integers(&'static [i32]),
            /// A list.
            Array(&'static Type),
            /// `null`, or this.
            Nullable(&'static Type),
            /// An object with values of this type under any name.
            Record(&'static Type),
            /// An object with these properties, by name if it has one.
            Object(Option<&'static str>, &'static [Param]),
            /// One of these, which JSON tells apart.
            Union(&'static [Type]),
        }
    }
}

struct Table<'a> {
    model: &'a Model,
    /// The properties of the named objects, each as an item; `None` while it is being made.
    shapes: BTreeMap<&'a str, Option<TokenStream>>,
}

impl<'a> Table<'a> {
    fn api(&mut self, api: &'a Api) -> TokenStream {
        let Api { name, platforms, lenient, .. } = api;
        let short = short(name);
        let methods: Vec<_> = api.methods.iter().map(|method| self.method(method)).collect();
        let feature = option(api.feature.as_deref());
        quote! {
            Api {
                name: #name,
                short: #short,
                methods: &[#(#methods),*],
                platforms: &[#(#platforms),*],
                feature: #feature,
                lenient: #lenient,
            }
        }
    }

    fn method(&mut self, method: &'a Method) -> TokenStream {
        let Method { name, is_async, property, platforms, .. } = method;
        let params = self.params(&method.params);
        let returns = self.ty(&method.returns);
        quote! {
            Method {
                name: #name,
                params: &[#(#params),*],
                returns: #returns,
                is_async: #is_async,
                property: #property,
                platforms: &[#(#platforms),*],
            }
        }
    }

    fn params(&mut self, params: &'a [Param]) -> Vec<TokenStream> {
        params.iter().map(|param| self.param(&param.name, &param.ty, param.optional)).collect()
    }

    fn param(&mut self, name: &str, ty: &'a Type, optional: bool) -> TokenStream {
        let ty = self.ty(ty);
        quote! { Param { name: #name, ty: #ty, optional: #optional } }
    }

    fn ty(&mut self, ty: &'a Type) -> TokenStream {
        match ty {
            Type::Void => quote! { Type::Void },
            Type::String | Type::Capacitor(_) => quote! { Type::String },
            Type::Number => quote! { Type::Number },
            Type::Integer => quote! { Type::Integer },
            Type::Boolean => quote! { Type::Boolean },
            Type::Any => quote! { Type::Any },
            Type::Date => quote! { Type::Date },
            Type::Literals(texts) => quote! { Type::Literals(&[#(#texts),*]) },
            Type::Array(item) => {
                let item = self.ty(item);
                quote! { Type::Array(&#item) }
            }
            Type::Nullable(inner) => {
                let inner = self.ty(inner);
                quote! { Type::Nullable(&#inner) }
            }
            Type::Record(value) => {
                let value = self.ty(value);
                quote! { Type::Record(&#value) }
            }
            Type::Union(parts) => {
                let parts: Vec<_> = parts.iter().map(|part| self.ty(part)).collect();
                quote! { Type::Union(&[#(#parts),*]) }
            }
            Type::Object(properties) => {
                let properties: Vec<_> = properties
                    .iter()
                    .map(|property| self.param(&property.name, &property.ty, property.optional))
                    .collect();
                quote! { Type::Object(None, &[#(#properties),*]) }
            }
            Type::Named(name) => self.named(name),
        }
    }

    fn named(&mut self, name: &str) -> TokenStream {
        let Some(declaration) = self.model.declaration(name) else { return quote! { Type::Any } };
        match &declaration.kind {
            TypeKind::Alias(target) => self.ty(target),
            TypeKind::Literals(literals) => {
                let values = literals.iter().map(|literal| &literal.value);
                quote! { Type::Literals(&[#(#values),*]) }
            }
            TypeKind::Integers(members) => {
                let values = members.iter().map(|(_, value, _)| Literal::i64_unsuffixed(*value));
                quote! { Type::Integers(&[#(#values),*]) }
            }
            TypeKind::Object(properties) => {
                let shape = Ident::new(&shouting(name), Span::call_site());
                if !self.shapes.contains_key(declaration.name.as_str()) {
                    self.shapes.insert(&declaration.name, None);
                    let params: Vec<_> = properties
                        .iter()
                        .map(|property| self.param(&property.name, &property.ty, property.optional))
                        .collect();
                    let count = Literal::usize_unsuffixed(params.len());
                    // An array, since a type that holds itself needs its address only.
                    let item = quote! { static #shape: [Param; #count] = [#(#params),*]; };
                    self.shapes.insert(&declaration.name, Some(item));
                }
                quote! { Type::Object(Some(#name), &#shape) }
            }
        }
    }
}

fn option(text: Option<&str>) -> TokenStream {
    text.map_or_else(|| quote! { None }, |text| quote! { Some(#text) })
}
