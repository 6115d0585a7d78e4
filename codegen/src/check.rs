//! The rules that a schema keeps, one function a rule.

use std::collections::{BTreeMap, BTreeSet};

use miette::SourceSpan;

use crate::{
    error::{Complaint, Complaints},
    model::{Method, Model, Property, Type, TypeDeclaration, TypeKind},
    names::{camel, identifier, is_identifier},
    schema::{APIS, CONFIG, DEFINITIONS},
};

/// The platforms that a `@platform` tag can name.
const PLATFORMS: [&str; 4] = ["ios", "android", "web", "desktop"];

/// The declaration whose values are the features that a device API can need.
const FEATURES: &str = "API";

type Rule = fn(&Model, &mut Complaints);

const RULES: [Rule; 10] = [
    types_have_names_of_their_own,
    properties_have_names_of_their_own,
    literals_have_names_of_their_own,
    methods_have_names_of_their_own,
    events_have_names_of_their_own,
    names_are_identifiers,
    methods_of_the_plugin_cross_the_bridge,
    nothing_contains_itself,
    platforms_are_known,
    features_are_known,
];

/// Complains about everything that the backends could not make sense of.
pub(crate) fn check(model: &Model, complaints: &mut Complaints) {
    for rule in RULES {
        rule(model, complaints);
    }
}

/// A name, as far as it may not be used twice, and where it stands.
type Named<'a> = (String, &'a str, SourceSpan);

fn no_repeats<'a>(
    what: &'static str,
    file: &'static str,
    names: impl IntoIterator<Item = Named<'a>>,
    complaints: &mut Complaints,
) {
    let mut seen = BTreeMap::new();
    for (key, name, at) in names {
        if let Some(first) = seen.get(&key).copied() {
            let (name, first) = (name.to_owned(), Some(first));
            complaints.add(file, Complaint::Duplicate { what, name, at, first });
        } else {
            seen.insert(key, at);
        }
    }
}

fn types_have_names_of_their_own(model: &Model, complaints: &mut Complaints) {
    let types = declarations(model)
        .map(|declaration| (declaration.file.name(), &*declaration.name, declaration.span));
    let apis = model.apis.iter().map(|api| (APIS, &*api.name, api.span));
    let mut seen: BTreeMap<String, (&str, SourceSpan)> = BTreeMap::new();
    for (file, name, at) in types.chain(apis) {
        let first = seen.entry(name.to_lowercase()).or_insert((file, at));
        if *first == (file, at) {
            continue;
        }
        // A label can only point into the file that is shown.
        let first = (first.0 == file).then_some(first.1);
        let name = name.to_owned();
        complaints.add(file, Complaint::Duplicate { what: "type", name, at, first });
    }
}

fn properties_have_names_of_their_own(model: &Model, complaints: &mut Complaints) {
    let key = |property: &Property| camel(&property.name).to_lowercase();
    for declaration in declarations(model) {
        if let TypeKind::Object(properties) = &declaration.kind {
            let names = properties.iter().map(|p| (key(p), &*p.name, p.span));
            no_repeats("property", declaration.file.name(), names, complaints);
        }
    }
    let options = model.config.options.iter().map(|p| (key(p), &*p.name, p.span));
    no_repeats("option", CONFIG, options, complaints);
}

fn literals_have_names_of_their_own(model: &Model, complaints: &mut Complaints) {
    for declaration in declarations(model) {
        let names: Vec<&str> = match &declaration.kind {
            TypeKind::Literals(literals) => literals.iter().map(|literal| &*literal.name).collect(),
            TypeKind::Integers(members) => members.iter().map(|(name, ..)| &**name).collect(),
            TypeKind::Object(_) | TypeKind::Alias(_) => continue,
        };
        let names = names
            .into_iter()
            .map(|name| (identifier(camel(name)).to_lowercase(), name, declaration.span));
        no_repeats("value", declaration.file.name(), names, complaints);
    }
}

fn methods_have_names_of_their_own(model: &Model, complaints: &mut Complaints) {
    for (file, methods) in interfaces(model) {
        let names = methods.iter().map(|m| (camel(&m.name).to_lowercase(), &*m.name, m.span));
        no_repeats("method", file, names, complaints);
        for method in methods {
            let params = method
                .params
                .iter()
                .map(|p| (camel(&p.name).to_lowercase(), &*p.name, method.span));
            no_repeats("parameter", file, params, complaints);
        }
    }
}

fn events_have_names_of_their_own(model: &Model, complaints: &mut Complaints) {
    let events = model.definitions.events.iter();
    let names = events.map(|event| (event.name.clone(), &*event.name, event.span));
    no_repeats("event", DEFINITIONS, names, complaints);
}

fn names_are_identifiers(model: &Model, complaints: &mut Complaints) {
    let mut identifier = |file: &'static str, name: &str, at| {
        if !is_identifier(name) {
            complaints.add(file, Complaint::BadName { name: name.to_owned(), at });
        }
    };
    for declaration in declarations(model) {
        identifier(declaration.file.name(), &declaration.name, declaration.span);
    }
    for api in &model.apis {
        identifier(APIS, &api.name, api.span);
    }
    for (file, methods) in interfaces(model) {
        for method in methods {
            identifier(file, &method.name, method.span);
            for param in &method.params {
                identifier(file, &param.name, method.span);
            }
        }
    }
}

/// Capacitor passes one object to a method, and one object, or nothing, back.
fn methods_of_the_plugin_cross_the_bridge(model: &Model, complaints: &mut Complaints) {
    for method in model.definitions.methods.iter().filter(|method| !method.property) {
        let (name, at) = (method.name.clone(), method.span);
        if !method.is_async {
            complaints.add(DEFINITIONS, Complaint::NotAsync { name, at });
            continue;
        }
        let options = method.params.iter().all(|param| is_object(model, &param.ty));
        let result = method.returns == Type::Void || is_object(model, &method.returns);
        let instead = match (method.params.len(), options, result) {
            (0 | 1, true, true) => continue,
            (0 | 1, true, false) => "return an interface, `void`, or a type parameter",
            _ => "take one parameter, whose type is an interface",
        };
        complaints.add(DEFINITIONS, Complaint::NotBridgeable { name, instead, at });
    }
}

/// Whether JSON has an object for it. A type parameter is the caller's affair.
fn is_object(model: &Model, ty: &Type) -> bool {
    match ty {
        Type::Object(_) | Type::Record(_) | Type::Any => true,
        Type::Named(name) => {
            model.declaration(name).is_none_or(|declaration| match &declaration.kind {
                TypeKind::Object(_) => true,
                TypeKind::Alias(target) => {
                    *target != Type::Named(name.clone()) && is_object(model, target)
                }
                TypeKind::Literals(_) | TypeKind::Integers(_) => false,
            })
        }
        _ => false,
    }
}

/// A value that contains itself other than through an array or a record has no end in any language.
fn nothing_contains_itself(model: &Model, complaints: &mut Complaints) {
    for declaration in declarations(model) {
        let mut seen = BTreeSet::new();
        if reaches(model, declaration, &declaration.name, &mut seen) {
            let (name, at) = (declaration.name.clone(), declaration.span);
            complaints.add(declaration.file.name(), Complaint::Recursive { name, at });
        }
    }
}

fn reaches<'a>(
    model: &'a Model,
    from: &'a TypeDeclaration,
    goal: &str,
    seen: &mut BTreeSet<&'a str>,
) -> bool {
    let mut held = Vec::new();
    match &from.kind {
        TypeKind::Object(properties) => {
            for property in properties {
                holds(&property.ty, false, &mut held);
            }
        }
        // An alias that only stands for itself has no end, whatever it is wrapped in.
        TypeKind::Alias(target) => holds(target, true, &mut held),
        TypeKind::Literals(_) | TypeKind::Integers(_) => {}
    }
    held.into_iter().any(|name| {
        name == goal
            || seen.insert(name)
                && model.declaration(name).is_some_and(|next| reaches(model, next, goal, seen))
    })
}

/// The names of the types that a value of this type holds directly.
fn holds<'a>(ty: &'a Type, through_lists: bool, held: &mut Vec<&'a str>) {
    match ty {
        Type::Named(name) => held.push(name),
        Type::Nullable(inner) => holds(inner, through_lists, held),
        Type::Array(inner) | Type::Record(inner) if through_lists => {
            holds(inner, through_lists, held);
        }
        Type::Union(parts) => parts.iter().for_each(|part| holds(part, through_lists, held)),
        Type::Object(properties) => {
            for property in properties {
                holds(&property.ty, through_lists, held);
            }
        }
        _ => {}
    }
}

fn platforms_are_known(model: &Model, complaints: &mut Complaints) {
    let apis = model.apis.iter().map(|api| (APIS, &api.platforms, api.span));
    let methods = interfaces(model).into_iter().flat_map(|(file, methods)| {
        methods.iter().map(move |method| (file, &method.platforms, method.span))
    });
    for (file, platforms, at) in apis.chain(methods) {
        for name in platforms.iter().filter(|name| !PLATFORMS.contains(&name.as_str())) {
            let (name, known) = (name.clone(), listed(&PLATFORMS));
            complaints.add(file, Complaint::UnknownTag { what: "platform", name, known, at });
        }
    }
}

/// What an API needs of the user is what the plugin can ask the user for.
fn features_are_known(model: &Model, complaints: &mut Complaints) {
    let known: Vec<&str> = match model.declaration(FEATURES).map(|declaration| &declaration.kind) {
        Some(TypeKind::Literals(values)) => values.iter().map(|value| &*value.value).collect(),
        _ => Vec::new(),
    };
    for api in &model.apis {
        let unknown = api.feature.iter().find(|feature| !known.contains(&feature.as_str()));
        if let Some(name) = unknown.cloned() {
            let (known, at) = (listed(&known), api.span);
            complaints.add(APIS, Complaint::UnknownTag { what: "permission", name, known, at });
        }
    }
}

fn listed(names: &[&str]) -> String {
    if names.is_empty() {
        return format!("none, since `{DEFINITIONS}` has no type `{FEATURES}`");
    }
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

fn declarations(model: &Model) -> impl Iterator<Item = &TypeDeclaration> {
    model.types.iter().chain(&model.config.types)
}

/// The methods of the plugin, and of each device API.
fn interfaces(model: &Model) -> Vec<(&'static str, &[Method])> {
    let plugin = (DEFINITIONS, model.definitions.methods.as_slice());
    let apis = model.apis.iter().map(|api| (APIS, api.methods.as_slice()));
    std::iter::once(plugin).chain(apis).collect()
}
