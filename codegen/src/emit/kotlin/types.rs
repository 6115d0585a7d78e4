//! Types of the schema in Kotlin: their names, how JSON becomes one, and how one becomes JSON.

use std::collections::BTreeMap;

use crate::{
    model::{Docs, InlineProperty, Model, Property, Type, TypeDeclaration, TypeKind},
    names,
};

/// A class that carries an object of the schema.
pub(super) struct DataClass {
    pub(super) name: String,
    pub(super) docs: Docs,
    pub(super) properties: Vec<Field>,
}

/// A property of a [`DataClass`].
#[derive(Clone)]
pub(super) struct Field {
    pub(super) name: String,
    pub(super) docs: Docs,
    pub(super) ty: Type,
    pub(super) optional: bool,
}

impl From<&Property> for Field {
    fn from(property: &Property) -> Self {
        let Property { name, docs, ty, optional, .. } = property;
        Self { name: name.clone(), docs: docs.clone(), ty: ty.clone(), optional: *optional }
    }
}

impl From<&InlineProperty> for Field {
    fn from(property: &InlineProperty) -> Self {
        let InlineProperty { name, ty, optional } = property;
        let docs = Docs::default();
        Self { name: name.clone(), docs, ty: ty.clone(), optional: *optional }
    }
}

/// The types that are reached from where the collection started, by name.
pub(super) struct Types<'a> {
    model: &'a Model,
    /// Declarations in use.
    pub(super) declared: BTreeMap<&'a str, &'a TypeDeclaration>,
    /// Inline objects, which Kotlin needs a name for.
    pub(super) inline: BTreeMap<String, DataClass>,
}

impl<'a> Types<'a> {
    /// Nothing yet.
    pub(super) fn new(model: &'a Model) -> Self {
        Self { model, declared: BTreeMap::new(), inline: BTreeMap::new() }
    }

    /// Collects a type and all that it is made of. `path` names an inline object.
    pub(super) fn reach(&mut self, ty: &Type, path: &str) {
        match ty {
            Type::Array(item) | Type::Nullable(item) | Type::Record(item) => self.reach(item, path),
            Type::Object(properties) => self.reach_inline(properties, path),
            Type::Named(name) => self.reach_declared(name),
            _ => {}
        }
    }

    fn reach_inline(&mut self, properties: &[InlineProperty], path: &str) {
        let name = names::upper_first(path);
        let properties: Vec<Field> = properties.iter().map(Field::from).collect();
        for property in &properties {
            self.reach(&property.ty, &format!("{name}{}", names::upper_first(&property.name)));
        }
        let docs =
            Docs { text: "An object that the definitions write inline.".into(), ..Docs::default() };
        self.inline.insert(name.clone(), DataClass { name, docs, properties });
    }

    fn reach_declared(&mut self, name: &str) {
        let Some(declaration) = self.model.declaration(name) else { return };
        if self.declared.insert(&declaration.name, declaration).is_some() {
            return;
        }
        match &declaration.kind {
            TypeKind::Object(properties) => {
                for property in properties {
                    let path = format!("{name}{}", names::upper_first(&property.name));
                    self.reach(&property.ty, &path);
                }
            }
            TypeKind::Alias(target) => self.reach(target, name),
            TypeKind::Literals(_) | TypeKind::Integers(_) => {}
        }
    }

    /// What Kotlin calls the type. `path` names an inline object.
    pub(super) fn name(&self, ty: &Type, path: &str) -> String {
        match ty {
            Type::Void => "Unit".into(),
            Type::String | Type::Literals(_) | Type::Capacitor(_) => "String".into(),
            Type::Number => "Double".into(),
            Type::Integer => "Int".into(),
            Type::Boolean => "Boolean".into(),
            Type::Any => "Any?".into(),
            Type::Union(_) => "Any".into(),
            Type::Date => "Date".into(),
            Type::Array(item) => format!("List<{}>", self.name(item, path)),
            Type::Record(item) => format!("Map<String, {}>", self.name(item, path)),
            Type::Nullable(item) => nullable(self.name(item, path)),
            Type::Object(_) => names::upper_first(path),
            Type::Named(name) => match self.model.declaration(name).map(|found| &found.kind) {
                Some(TypeKind::Alias(target)) => self.name(target, name),
                Some(_) => name.clone(),
                None => "Any?".into(),
            },
        }
    }

    /// An expression that makes the type of the org.json value `value`; `label` is for complaints.
    pub(super) fn decode(&self, ty: &Type, path: &str, value: &str, label: &str) -> String {
        let check = |function: &str| format!("{function}({value}, \"{label}\")");
        match ty {
            Type::Void => "Unit".into(),
            Type::String | Type::Capacitor(_) => check("asText"),
            Type::Literals(values) => {
                let values: Vec<String> = values.iter().map(|it| format!("\"{it}\"")).collect();
                format!("asOneOf({value}, \"{label}\", {})", values.join(", "))
            }
            Type::Number => check("asDouble"),
            Type::Integer => check("asInt"),
            Type::Boolean => check("asBoolean"),
            Type::Any => format!("anyOrNull({value})"),
            Type::Union(_) => check("asAny"),
            Type::Date => check("asDate"),
            Type::Array(item) => {
                format!("{} {{ {} }}", check("asList"), self.decode(item, path, "it", label))
            }
            Type::Record(item) => {
                format!("{} {{ {} }}", check("asMap"), self.decode(item, path, "it", label))
            }
            Type::Nullable(item) => self.decode_nullable(item, path, value, label),
            Type::Object(_) => {
                format!("{}.fromJson({})", names::upper_first(path), check("asObject"))
            }
            Type::Named(name) => match self.model.declaration(name).map(|found| &found.kind) {
                Some(TypeKind::Alias(target)) => self.decode(target, name, value, label),
                Some(TypeKind::Object(_)) => format!("{name}.fromJson({})", check("asObject")),
                Some(TypeKind::Literals(_)) => format!("{name}.fromJson({})", check("asText")),
                Some(TypeKind::Integers(_)) => format!("{name}.fromJson({})", check("asInt")),
                None => format!("anyOrNull({value})"),
            },
        }
    }

    /// The same for a value that may be missing or `null`.
    pub(super) fn decode_nullable(
        &self,
        ty: &Type,
        path: &str,
        value: &str,
        label: &str,
    ) -> String {
        let name = self.name(ty, path);
        if name == "Any?" || name == "Any" {
            return format!("anyOrNull({value})");
        }
        let inner = if let Type::Nullable(inner) = ty { inner } else { ty };
        format!("orNull({value}) {{ {} }}", self.decode(inner, path, "it", label))
    }

    /// An expression that makes a value of org.json.
    pub(super) fn encode(&self, ty: &Type, value: &str) -> String {
        match ty {
            Type::Void
            | Type::String
            | Type::Literals(_)
            | Type::Capacitor(_)
            | Type::Integer
            | Type::Boolean
            | Type::Union(_) => value.into(),
            Type::Number => format!("number({value})"),
            Type::Any => format!("{value} ?: JSONObject.NULL"),
            Type::Date => format!("IsoDate.format({value})"),
            Type::Array(item) => format!("array({value}) {{ {} }}", self.encode_item(item)),
            Type::Record(item) => format!("record({value}) {{ {} }}", self.encode_item(item)),
            Type::Nullable(item) => {
                format!("{} ?: JSONObject.NULL", self.encode_optional(item, value))
            }
            Type::Object(_) => format!("{value}.toJson()"),
            Type::Named(name) => match self.model.declaration(name).map(|found| &found.kind) {
                Some(TypeKind::Alias(target)) => self.encode(target, value),
                Some(TypeKind::Object(_)) => format!("{value}.toJson()"),
                Some(_) => format!("{value}.value"),
                None => format!("{value} ?: JSONObject.NULL"),
            },
        }
    }

    /// `array` and `record` turn null into `JSONObject.NULL` themselves.
    fn encode_item(&self, ty: &Type) -> String {
        let encoded = self.encode(ty, "it");
        encoded.strip_suffix(" ?: JSONObject.NULL").unwrap_or(&encoded).to_owned()
    }

    /// The same for a value that may be null, which stays null.
    pub(super) fn encode_optional(&self, ty: &Type, value: &str) -> String {
        let encoded = self.encode_item(ty);
        if encoded == "it" {
            return value.into();
        }
        match encoded.strip_prefix("it.") {
            Some(rest) => format!("{value}?.{rest}"),
            None => format!("{value}?.let {{ {encoded} }}"),
        }
    }
}

/// `T?`, once.
pub(super) fn nullable(name: String) -> String {
    if name.ends_with('?') { name } else { name + "?" }
}
