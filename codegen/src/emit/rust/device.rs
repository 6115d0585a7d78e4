//! `rust/device.rs`: a trait for each device API, and the way from a call to its method.

use proc_macro2::TokenStream;
use quote::quote;

use super::{docs, ident, type_ident, types::Types};
use crate::{
    model::{Api, Method, Model, Param, Type},
    names::pascal,
};

pub(super) fn items(model: &Model) -> TokenStream {
    let mut types = Types::new(model, false);
    let traits: Vec<_> = model.apis.iter().map(|api| interface(api, &mut types)).collect();
    let arms: Vec<_> = model.apis.iter().flat_map(arms).collect();
    let names: Vec<_> = model.apis.iter().map(|api| type_ident(&api.name)).collect();
    let types = types.finish();
    let support = support();
    quote! {
        /// Calls the method that a script named, with its arguments as a JSON array, and returns
        /// its result as JSON.
        ///
        /// # Errors
        ///
        /// What the device answers, or that there is no such method, or no such argument.
        pub fn call(
            device: &mut (impl Sized #(+ #names)*),
            api: &str,
            method: &str,
            args_json: &str,
        ) -> Result<String, crate::host::HostError> {
            let mut arguments = arguments(args_json)?;
            match (api, method) {
                #(#arms)*
                _ => Err(failed(format!("there is no method `{api}.{method}`"))),
            }
        }

        #support
        #(#traits)*
        #(#types)*
    }
}

fn interface<'a>(api: &'a Api, types: &mut Types<'a>) -> TokenStream {
    let (about, name) = (docs(&api.docs, &api.name), type_ident(&api.name));
    let methods: Vec<_> = api.methods.iter().map(|method| signature(api, method, types)).collect();
    quote! {
        #about
        pub trait #name {
            #(#methods)*
        }
    }
}

fn signature<'a>(api: &'a Api, method: &'a Method, types: &mut Types<'a>) -> TokenStream {
    let (about, name) = (docs(&method.docs, &method.name), ident(&method.name));
    let place = format!("{}{}", api.name, pascal(&method.name));
    let params: Vec<_> = method
        .params
        .iter()
        .map(|param| {
            let (name, ty) = (ident(&param.name), param_type(param, &place, types));
            quote! { #name: #ty }
        })
        .collect();
    let returns = types.ty(&method.returns, &format!("{place}Result"));
    quote! {
        #about
        ///
        /// # Errors
        ///
        /// What the script is told when it fails.
        fn #name(&mut self, #(#params),*) -> Result<#returns, crate::host::HostError>;
    }
}

fn param_type<'a>(param: &'a Param, place: &str, types: &mut Types<'a>) -> TokenStream {
    let ty = types.ty(&param.ty, &format!("{place}{}", pascal(&param.name)));
    if param.optional && !matches!(param.ty, Type::Nullable(_)) {
        return quote! { Option<#ty> };
    }
    ty
}

/// The arms of the router that lead to the methods of an API.
fn arms(api: &Api) -> impl Iterator<Item = TokenStream> {
    let interface = type_ident(&api.name);
    api.methods.iter().map(move |method| {
        let (api, name, function) = (&api.name, &method.name, ident(&method.name));
        let params: Vec<_> = method.params.iter().map(|param| &param.name).collect();
        quote! {
            (#api, #name) => {
                written(&#interface::#function(device, #(next(&mut arguments, #params)?),*)?)
            }
        }
    })
}

/// Arguments from JSON, results to JSON.
fn support() -> TokenStream {
    quote! {
        /// The arguments of a call, to be taken one after the other.
        fn arguments(
            json: &str,
        ) -> Result<std::vec::IntoIter<serde_json::Value>, crate::host::HostError> {
            serde_json::from_str::<Vec<_>>(json)
                .map(Vec::into_iter)
                .map_err(|error| failed(format!("the arguments are not a JSON array: {error}")))
        }

        /// The next argument; one that was left out is `null`.
        fn next<T: serde::de::DeserializeOwned>(
            arguments: &mut std::vec::IntoIter<serde_json::Value>,
            name: &str,
        ) -> Result<T, crate::host::HostError> {
            serde_json::from_value(arguments.next().unwrap_or_default())
                .map_err(|error| failed(format!("the argument `{name}` is not valid: {error}")))
        }

        fn written(value: &impl serde::Serialize) -> Result<String, crate::host::HostError> {
            serde_json::to_string(value)
                .map_err(|error| failed(format!("the result is not JSON: {error}")))
        }

        fn failed(message: String) -> crate::host::HostError {
            crate::host::HostError::failed(message)
        }
    }
}
