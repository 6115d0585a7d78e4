//! `Types.swift`: what the types of the schema are in Swift.

use askama::Template;

use super::{
    Names,
    apis::methods,
    words::{comment, escaped, identifier, literal, signature},
};
use crate::{
    emit::Files,
    model::{InlineProperty, Model, Property, Type, TypeKind},
    names,
};

/// `Types.swift`: every named type of the schema, and those written inline.
#[derive(Default, Template)]
#[template(path = "swift/core/Types.swift.jinja")]
struct Types {
    enumerations: Vec<Enumeration>,
    aliases: Vec<Alias>,
    structures: Vec<Structure>,
}

struct Enumeration {
    /// Whether apps see it, or only the package.
    access: &'static str,
    name: String,
    docs: Vec<String>,
    raw: &'static str,
    cases: Vec<Case>,
}

struct Case {
    name: String,
    docs: Vec<String>,
    /// As Swift writes it; `None` where the name says it.
    value: Option<String>,
}

struct Alias {
    name: String,
    docs: Vec<String>,
    target: String,
}

struct Structure {
    name: String,
    docs: Vec<String>,
    fields: Vec<Field>,
    /// Whether a name in Swift is not the key on the wire.
    renames: bool,
    /// Whether a key has to be written even when its value is `null`.
    writes_null: bool,
    /// Whether a list that is left out is an empty one: the web view's options are read with lenience.
    lenient: bool,
    initializer: String,
}

struct Field {
    name: String,
    key: String,
    docs: Vec<String>,
    ty: String,
    optional: bool,
}

impl Field {
    fn is_required_list(&self) -> bool {
        !self.optional
            && self.ty.starts_with('[')
            && !self.ty.contains(':')
            && self.ty.ends_with(']')
    }

    /// How it is read when lists may be left out.
    fn reading(&self) -> String {
        let of = self.ty.trim_end_matches('?');
        let read = if self.ty.ends_with('?') || self.is_required_list() {
            "decodeIfPresent"
        } else {
            "decode"
        };
        let otherwise = if self.is_required_list() { " ?? []" } else { "" };
        format!("try container.{read}({of}.self, forKey: .{}){otherwise}", self.name)
    }
}

pub(super) fn emit(model: &Model, names: &Names, files: &mut Files) {
    let mut types = Types { enumerations: vec![permission_state()], ..Types::default() };
    types.object(
        model,
        names.config_type.clone(),
        comment(&model.config.docs.text, 0),
        &model.config.options,
    );
    for declaration in model.types.iter().chain(&model.config.types) {
        let docs = comment(&declaration.docs.text, 0);
        let name = declaration.name.clone();
        match &declaration.kind {
            TypeKind::Object(properties) => types.object(model, name, docs, properties),
            TypeKind::Literals(literals) => {
                let cases = literals.iter().map(|literal| {
                    case(&literal.name, Some(&literal.value), comment(&literal.docs.text, 4))
                });
                types.enumerations.push(Enumeration {
                    access: access(&name),
                    name,
                    docs,
                    raw: "String",
                    cases: cases.collect(),
                });
            }
            TypeKind::Integers(members) => {
                let cases = members.iter().map(|(member, value, docs)| Case {
                    name: escaped(&names::camel(member)),
                    docs: comment(&docs.text, 4),
                    value: Some(value.to_string()),
                });
                types.enumerations.push(Enumeration {
                    access: access(&name),
                    name,
                    docs,
                    raw: "Int",
                    cases: cases.collect(),
                });
            }
            TypeKind::Alias(target) => {
                let target = types.write(model, target, &name);
                types.aliases.push(Alias { name, docs, target });
            }
        }
    }
    types.read_options_with_lenience(model);
    for (api, method) in methods(model) {
        let hint = format!("{}{}", api.name, names::upper_first(&method.name));
        types.write(model, &method.returns, &format!("{hint}Result"));
        for param in &method.params {
            types.write(model, &param.ty, &format!("{hint}{}", names::upper_first(&param.name)));
        }
    }
    files.add(format!("ios/Sources/{}/Types.swift", names.core), &types);
}

/// An app's native code needs the codes of errors; all else would only be in the way of its own names.
fn access(name: &str) -> &'static str {
    if name == "RunnerErrorCode" { "public" } else { "package" }
}

/// The one enumeration of `@capacitor/core` that a schema can name.
fn permission_state() -> Enumeration {
    let values = ["prompt", "prompt-with-rationale", "granted", "denied"];
    Enumeration {
        access: access("PermissionState"),
        name: "PermissionState".into(),
        docs: comment("What the user has said to a permission.", 0),
        raw: "String",
        cases: values.iter().map(|value| case(value, Some(value), Vec::new())).collect(),
    }
}

fn case(name: &str, value: Option<&str>, docs: Vec<String>) -> Case {
    let name = names::camel(name);
    let value = value.filter(|value| *value != name).map(literal);
    Case { name: escaped(&name), docs, value }
}

impl Types {
    fn object(&mut self, model: &Model, name: String, docs: Vec<String>, properties: &[Property]) {
        let mut fields = Vec::new();
        for property in properties {
            fields.push(self.field(
                model,
                &name,
                (&property.name, &property.ty, property.optional),
                comment(&property.docs.text, 4),
            ));
        }
        self.structures.push(structure(name, docs, fields));
    }

    /// Marks what the web view passes and has lists that it may leave out.
    fn read_options_with_lenience(&mut self, model: &Model) {
        let params = model.definitions.methods.iter().flat_map(|method| &method.params);
        for name in params
            .filter_map(|param| if let Type::Named(name) = &param.ty { Some(name) } else { None })
        {
            let options = self.structures.iter_mut().filter(|structure| structure.name == *name);
            for structure in options {
                structure.lenient = structure.fields.iter().any(Field::is_required_list);
            }
        }
    }

    fn inline_object(&mut self, model: &Model, name: &str, properties: &[InlineProperty]) {
        if self.structures.iter().any(|known| known.name == name) {
            return;
        }
        let mut fields = Vec::new();
        for property in properties {
            let facts = (property.name.as_str(), &property.ty, property.optional);
            fields.push(self.field(model, name, facts, Vec::new()));
        }
        let docs = comment("An object that the schema describes where it is used.", 0);
        self.structures.push(structure(name.to_owned(), docs, fields));
    }

    fn field(
        &mut self,
        model: &Model,
        owner: &str,
        (key, ty, optional): (&str, &Type, bool),
        docs: Vec<String>,
    ) -> Field {
        let hint = format!("{owner}{}", names::upper_first(key));
        let ty = self.write(model, ty, &hint);
        let ty = if optional { optional_of(&ty) } else { ty };
        Field { name: escaped(&identifier(key)), key: key.to_owned(), docs, ty, optional }
    }

    /// The type in Swift's words; an inline object becomes a structure with the hinted name.
    fn write(&mut self, model: &Model, ty: &Type, hint: &str) -> String {
        let mut objects = Vec::new();
        let written = swift(model, ty, hint, &mut objects);
        for (name, properties) in objects {
            self.inline_object(model, &name, &properties);
        }
        written
    }
}

/// The type in Swift's words. Inline objects are left in `objects` with the name they get.
pub(super) fn swift(
    model: &Model,
    ty: &Type,
    hint: &str,
    objects: &mut Vec<(String, Vec<InlineProperty>)>,
) -> String {
    match ty {
        Type::Void => "Void".into(),
        Type::String | Type::Literals(_) => "String".into(),
        Type::Number => "Double".into(),
        Type::Integer => "Int".into(),
        Type::Boolean => "Bool".into(),
        Type::Any | Type::Union(_) => "JSONValue".into(),
        Type::Date => "Date".into(),
        Type::Array(of) => format!("[{}]", swift(model, of, hint, objects)),
        Type::Nullable(of) => optional_of(&swift(model, of, hint, objects)),
        Type::Record(of) => format!("[String: {}]", swift(model, of, hint, objects)),
        Type::Object(properties) => {
            objects.push((hint.to_owned(), properties.clone()));
            hint.to_owned()
        }
        Type::Named(name) => match model.declaration(name) {
            Some(declaration) => declaration.name.clone(),
            None => "JSONValue".into(),
        },
        Type::Capacitor(name) => name.clone(),
    }
}

pub(super) fn optional_of(ty: &str) -> String {
    if ty.ends_with('?') { ty.to_owned() } else { format!("{ty}?") }
}

fn structure(name: String, docs: Vec<String>, fields: Vec<Field>) -> Structure {
    let parameters: Vec<String> = fields
        .iter()
        .map(|field| {
            let default = if field.optional { " = nil" } else { "" };
            format!("{}: {}{default}", field.name, field.ty)
        })
        .collect();
    Structure {
        name,
        docs,
        renames: fields.iter().any(|field| field.name.trim_matches('`') != field.key),
        lenient: false,
        writes_null: fields.iter().any(|field| !field.optional && field.ty.ends_with('?')),
        initializer: signature("    package init", &parameters, " {"),
        fields,
    }
}
