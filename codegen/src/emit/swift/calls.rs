//! `Calls.swift`: what the web view calls, and what it can listen for.

use askama::Template;

use super::{
    Names,
    apis::{Requirement, declaration},
    types::swift,
    words::{comment, escaped, identifier, method_comment},
};
use crate::{
    emit::Files,
    model::{Method, Model, Type},
    names,
};

/// `Calls.swift`: what the web view calls, and what it can listen for.
#[derive(Template)]
#[template(path = "swift/core/Calls.swift.jinja")]
struct Calls {
    names: Names,
    interface: String,
    methods: Vec<Requirement>,
    events: Vec<EventCase>,
}

struct EventCase {
    name: String,
    key: String,
    docs: Vec<String>,
    payload: Option<String>,
}

pub(super) fn emit(model: &Model, names: &Names, files: &mut Files) {
    let definitions = &model.definitions;
    let calls = Calls {
        interface: definitions.name.clone(),
        names: names.clone(),
        methods: definitions.methods.iter().map(|method| call_requirement(model, method)).collect(),
        events: definitions
            .events
            .iter()
            .map(|event| EventCase {
                name: escaped(&identifier(&event.name)),
                key: event.name.clone(),
                docs: comment(&event.docs.text, 4),
                payload: event.payload.as_ref().map(|payload| {
                    swift(model, &payload.ty, &names::upper_first(&event.name), &mut Vec::new())
                }),
            })
            .collect(),
    };
    files.add(format!("ios/Sources/{}/Calls.swift", names.core), &calls);
}

/// A method of the web view. Its first parameter is the object that crosses the bridge.
fn call_requirement(model: &Model, method: &Method) -> Requirement {
    let hint = names::upper_first(&method.name);
    let returns = match swift(model, &method.returns, &format!("{hint}Result"), &mut Vec::new()) {
        any if any == "JSONValue" => "JSONValue?".to_owned(),
        other => other,
    };
    let returns_nothing = method.returns == Type::Void;
    let arguments: Vec<String> = method
        .params
        .iter()
        .map(|param| format!("{}: Wire.value(from: options)", identifier(&param.name)))
        .collect();
    let call = format!("{}({})", escaped(&identifier(&method.name)), arguments.join(", "));
    Requirement {
        key: method.name.clone(),
        docs: method_comment(&method.docs, method),
        declaration: declaration(
            model,
            &escaped(&identifier(&method.name)),
            &hint,
            method,
            &returns,
        ),
        call: match returns.as_str() {
            _ if returns_nothing => format!("try await {call}"),
            "JSONValue?" => format!("return try await {call}"),
            _ => format!("return try await Wire.json({call})"),
        },
        returns_nothing,
    }
}
