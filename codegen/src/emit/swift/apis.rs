//! `Apis.swift`: the device APIs as protocols, and the way from a call to its method.

use askama::Template;

use super::{
    Names,
    types::{optional_of, swift},
    words::{comment, escaped, identifier, lower_first, method_comment, signature},
};
use crate::{
    emit::Files,
    model::{Api, Method, Model, Type},
    names,
};

/// `Apis.swift`: one protocol for each device API, and the way from a call to its method.
#[derive(Template)]
#[template(path = "swift/core/Apis.swift.jinja")]
struct Apis {
    apis: Vec<Protocol>,
}

struct Protocol {
    name: String,
    key: String,
    docs: Vec<String>,
    /// The function that gives an implementation: `capacitorKV`.
    accessor: String,
    methods: Vec<Requirement>,
}

pub(super) struct Requirement {
    pub(super) key: String,
    pub(super) docs: Vec<String>,
    pub(super) declaration: String,
    pub(super) call: String,
    pub(super) returns_nothing: bool,
}

pub(super) fn emit(model: &Model, names: &Names, files: &mut Files) {
    let apis = apis(model).map(|api| Protocol {
        name: api.name.clone(),
        key: api.name.clone(),
        docs: comment(&api.docs.text, 0),
        accessor: lower_first(&api.name),
        methods: methods(model)
            .filter(|(owner, _)| owner.name == api.name)
            .map(|(api, method)| requirement(model, api, method))
            .collect(),
    });
    let apis = Apis { apis: apis.collect() };
    files.add(format!("ios/Sources/{}/Apis.swift", names.core), &apis);
}

pub(super) fn requirement(model: &Model, api: &Api, method: &Method) -> Requirement {
    let hint = format!("{}{}", api.name, names::upper_first(&method.name));
    let returns = swift(model, &method.returns, &format!("{hint}Result"), &mut Vec::new());
    let returns_nothing = method.returns == Type::Void;
    let name = escaped(&identifier(&method.name));
    let call = if method.property {
        format!("return try Wire.encode(await {name})")
    } else {
        let arguments: Vec<String> = method
            .params
            .iter()
            .map(|param| {
                let next = if param.optional { "optional" } else { "next" };
                format!("{}: arguments.{next}()", identifier(&param.name))
            })
            .collect();
        let call = format!("{name}({})", arguments.join(", "));
        if returns_nothing {
            format!("try await {call}")
        } else {
            format!("return try await Wire.encode({call})")
        }
    };
    Requirement {
        key: method.name.clone(),
        docs: method_comment(&method.docs, method),
        declaration: declaration(model, &name, &hint, method, &returns),
        call,
        returns_nothing,
    }
}

pub(super) fn declaration(
    model: &Model,
    name: &str,
    hint: &str,
    method: &Method,
    returns: &str,
) -> String {
    if method.property {
        return format!("var {name}: {returns} {{ get async throws }}");
    }
    let parameters: Vec<String> = method
        .params
        .iter()
        .map(|param| {
            let hint = format!("{hint}{}", names::upper_first(&param.name));
            let ty = swift(model, &param.ty, &hint, &mut Vec::new());
            let ty = if param.optional { optional_of(&ty) } else { ty };
            format!("{}: {ty}", identifier(&param.name))
        })
        .collect();
    let result = if returns == "Void" { String::new() } else { format!(" -> {returns}") };
    let head =
        signature(&format!("    func {name}"), &parameters, &format!(" async throws{result}"));
    head.trim_start().to_owned()
}

/// Every method of every device API that iOS has.
pub(super) fn methods(model: &Model) -> impl Iterator<Item = (&Api, &Method)> {
    apis(model).flat_map(|api| {
        let methods = api.methods.iter().filter(|method| on_ios(&method.platforms));
        methods.map(move |method| (api, method))
    })
}

/// Every device API that iOS has.
pub(super) fn apis(model: &Model) -> impl Iterator<Item = &Api> {
    model.apis.iter().filter(|api| on_ios(&api.platforms))
}

pub(super) fn on_ios(platforms: &[String]) -> bool {
    platforms.is_empty() || platforms.iter().any(|platform| platform == "ios")
}
