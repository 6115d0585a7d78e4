//! `rust/config.rs`: the configuration as structs, with the schema's defaults.

use proc_macro2::TokenStream;
use quote::quote;

use super::types::{Field, Types};
use crate::model::Model;

pub(super) fn items(model: &Model) -> TokenStream {
    let mut types = Types::new(model, true);
    let fields = model.config.options.iter().map(|option| Field {
        name: &option.name,
        docs: option.docs.clone(),
        ty: &option.ty,
        optional: option.optional,
    });
    types.structure(&model.config.name, &model.config.docs, fields.collect());
    let items = types.finish();
    quote! { #(#items)* }
}
