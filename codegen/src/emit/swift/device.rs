//! `AppDevice.swift`: what implements each device API on a phone.

use askama::Template;

use super::{
    Names,
    apis::{Requirement, apis, on_ios, requirement},
    words::lower_first,
};
use crate::{emit::Files, model::Model};

/// The APIs whose implementation is a template, and what makes one.
const IMPLEMENTATIONS: [(&str, &str); 6] = [
    ("CapacitorApp", "AppStatus()"),
    ("CapacitorDevice", "DeviceStatus()"),
    ("CapacitorGeolocation", "Geolocation()"),
    ("CapacitorKV", "LabelledStore(store: store, label: label)"),
    ("CapacitorNotifications", "Notifications()"),
    ("CapacitorWatch", "Watch()"),
];

/// `AppDevice.swift`: the implementation of each device API on a phone.
#[derive(Template)]
#[template(path = "swift/plugin/AppDevice.swift.jinja")]
struct AppDevice {
    names: Names,
    apis: Vec<Implementation>,
}

struct Implementation {
    name: String,
    key: String,
    accessor: String,
    made_by: String,
    /// Whether no template has it.
    missing: bool,
    methods: Vec<MissingMethod>,
}

struct MissingMethod {
    key: String,
    declaration_start: String,
    declaration_end: &'static str,
}

pub(super) fn emit(model: &Model, names: &Names, files: &mut Files) {
    let apis = apis(model).map(|api| {
        let known = IMPLEMENTATIONS.iter().find(|(name, _)| *name == api.name);
        Implementation {
            name: api.name.clone(),
            key: api.name.clone(),
            accessor: lower_first(&api.name),
            made_by: known.map_or(format!("Missing{}()", api.name), |(_, made)| (*made).to_owned()),
            missing: known.is_none(),
            methods: api
                .methods
                .iter()
                .filter(|method| on_ios(&method.platforms))
                .map(|method| missing_method(requirement(model, api, method)))
                .collect(),
        }
    });
    let device = AppDevice { names: names.clone(), apis: apis.collect() };
    files.add(format!("ios/Sources/{}/AppDevice.swift", names.swift_module), &device);
}

/// The head of a method whose body only throws; a property's body is an accessor.
fn missing_method(requirement: Requirement) -> MissingMethod {
    let declaration = requirement.declaration;
    match declaration.strip_suffix(" { get async throws }") {
        Some(property) => MissingMethod {
            key: requirement.key,
            declaration_start: format!("{property} {{ get async throws"),
            declaration_end: " }",
        },
        None => MissingMethod {
            key: requirement.key,
            declaration_start: declaration,
            declaration_end: "",
        },
    }
}
