//! `config.schema.json`, read with the place of every value.

use std::collections::BTreeSet;

use jsonc_parser::{
    CollectOptions, ParseOptions,
    ast::{Object, ObjectProp, Value},
    common::{Range, Ranged as _},
    parse_to_ast,
};
use miette::SourceSpan;

use super::Names;
use crate::{
    error::{Complaint, Complaints},
    model::{
        Config, Docs, InlineProperty, Literal, Property, SchemaFile, Tag, Type, TypeDeclaration,
        TypeKind,
    },
    names::{is_identifier, short},
    schema::CONFIG,
};

/// The file as it was parsed.
pub(super) type Json<'a> = Object<'a>;

const STRICT: ParseOptions = ParseOptions {
    allow_comments: false,
    allow_loose_object_property_names: false,
    allow_trailing_commas: false,
    allow_missing_commas: false,
    allow_single_quoted_strings: false,
    allow_hexadecimal_numbers: false,
    allow_unary_plus_numbers: false,
    allow_bare_decimal_point_numbers: false,
    allow_non_finite_numbers: false,
    allow_extended_string_escapes: false,
};

const TYPES: &str = "`string`, `number`, `integer`, `boolean`, `array`, `object`";
const ADD_TYPE: &str = "add `\"type\"`, `\"enum\"` or `\"$ref\"`";

pub(super) fn parse<'a>(text: &'a str, complaints: &mut Complaints) -> Option<Json<'a>> {
    let mut syntax = |message: String, at: SourceSpan| {
        complaints.add(CONFIG, Complaint::Syntax { message, at });
    };
    match parse_to_ast(text, &CollectOptions::default(), &STRICT) {
        Ok(parsed) => match parsed.value {
            Some(Value::Object(object)) => return Some(object),
            _ => syntax("a JSON Schema is an object".to_owned(), (0, text.len().min(1)).into()),
        },
        Err(error) => syntax(error.kind().to_string().to_lowercase(), span(error.range())),
    }
    None
}

/// The names of the objects that the configuration declares below `$defs`.
pub(super) fn names(json: &Json<'_>) -> BTreeSet<String> {
    let definitions = json.get_object("$defs").map(|object| object.properties.as_slice());
    let definitions = definitions.unwrap_or_default().iter();
    definitions.map(|property| property.name.as_str().to_owned()).collect()
}

/// The options, as far as they could be understood.
pub(super) fn lower(
    text: &str,
    json: Option<&Json<'_>>,
    names: &Names,
    complaints: &mut Complaints,
) -> Config {
    let Some(json) = json else { return Config::default() };
    let mut lowering = Lowering { text, names, complaints };
    let definitions = json.get_object("$defs").map(|object| object.properties.as_slice());
    let types = definitions
        .unwrap_or_default()
        .iter()
        .filter_map(|property| lowering.declaration(property));
    let types = types.collect();
    let options = lowering.properties(json);
    let examples = json.get_array("examples").map(|array| array.elements.as_slice());
    let examples = examples.unwrap_or_default().iter().map(|value| pretty(value.text(text)));
    let title = json.get_string("title");
    if let Some(title) = title.filter(|title| !is_identifier(&title.value)) {
        let (name, at) = (title.value.to_string(), span(title.range));
        lowering.complain(Complaint::BadName { name, at });
    }
    let name = title.map_or("Config".into(), |title| title.value.to_string());
    let mut docs = lowering.docs(json);
    docs.tags.retain(|tag| tag.name != "example");
    Config { name, docs, options, types, schema: lowering.schema(), examples: examples.collect() }
}

struct Lowering<'a> {
    text: &'a str,
    names: &'a Names,
    complaints: &'a mut Complaints,
}

impl Lowering<'_> {
    fn complain(&mut self, complaint: Complaint) {
        self.complaints.add(CONFIG, complaint);
    }

    fn declaration(&mut self, property: &ObjectProp<'_>) -> Option<TypeDeclaration> {
        let name = property.name.as_str().to_owned();
        let at = key(property);
        let Value::Object(object) = &property.value else {
            self.untyped("definition", name, at);
            return None;
        };
        let kind = if object.get_object("properties").is_some() {
            TypeKind::Object(self.properties(object))
        } else {
            match self.ty(object, at, &name) {
                Type::Literals(values) => TypeKind::Literals(
                    values
                        .into_iter()
                        .map(|value| Literal { name: value.clone(), value, docs: Docs::default() })
                        .collect(),
                ),
                ty => TypeKind::Alias(ty),
            }
        };
        let docs = self.docs(object);
        Some(TypeDeclaration { name, docs, kind, file: SchemaFile::Config, span: at })
    }

    fn properties(&mut self, object: &Object<'_>) -> Vec<Property> {
        let required = required(object);
        let properties = object.get_object("properties").map(|object| object.properties.as_slice());
        let lowered = properties.unwrap_or_default().iter().filter_map(|property| {
            let name = property.name.as_str().to_owned();
            let at = key(property);
            let Value::Object(schema) = &property.value else {
                self.untyped("option", name, at);
                return None;
            };
            let ty = self.ty(schema, at, &name);
            let optional = !required.contains(&name);
            Some(Property { name, docs: self.docs(schema), ty, optional, span: at })
        });
        lowered.collect()
    }

    fn untyped(&mut self, what: &'static str, name: String, at: SourceSpan) {
        self.complain(Complaint::Untyped { what, name, instead: ADD_TYPE, at });
    }

    /// The type of the option that `at` points to.
    fn ty(&mut self, schema: &Object<'_>, at: SourceSpan, name: &str) -> Type {
        if let Some(reference) = schema.get("$ref") {
            return self.reference(reference);
        }
        if let Some(values) = schema.get_array("enum") {
            return self.literals(&values.elements, span(values.range));
        }
        let Some(ty) = schema.get("type") else {
            self.untyped("option", name.to_owned(), at);
            return Type::Any;
        };
        match &ty.value {
            Value::StringLit(word) => self.word(&word.value, span(word.range), schema, at, name),
            Value::Array(words) => self.nullable(&words.elements, schema, at, name),
            other => self.refuse(other, "`type` is a text"),
        }
    }

    /// `"type": ["string", "null"]`.
    fn nullable(
        &mut self,
        words: &[Value<'_>],
        schema: &Object<'_>,
        at: SourceSpan,
        name: &str,
    ) -> Type {
        let texts: Vec<_> = words.iter().filter_map(Value::as_string_lit).collect();
        let (null, rest): (Vec<_>, Vec<_>) =
            texts.into_iter().partition(|text| text.value == "null");
        match (null.as_slice(), rest.as_slice()) {
            ([], [word]) => self.word(&word.value, span(word.range), schema, at, name),
            ([_], [word]) => {
                Type::Nullable(Box::new(self.word(&word.value, span(word.range), schema, at, name)))
            }
            _ => {
                let instead = "use one type, and `\"null\"` beside it where that is a value";
                self.complain(Complaint::UnsupportedType { found: "type".to_owned(), instead, at });
                Type::Any
            }
        }
    }

    fn word(
        &mut self,
        word: &str,
        word_at: SourceSpan,
        schema: &Object<'_>,
        at: SourceSpan,
        name: &str,
    ) -> Type {
        match word {
            "string" => self.string(schema),
            "number" => Type::Number,
            "integer" => Type::Integer,
            "boolean" => Type::Boolean,
            "array" => self.array(schema, at, name),
            "object" => self.object(schema, at, name),
            unknown => {
                self.complain(Complaint::UnknownTag {
                    what: "type",
                    name: unknown.to_owned(),
                    known: TYPES.to_owned(),
                    at: word_at,
                });
                Type::Any
            }
        }
    }

    fn array(&mut self, schema: &Object<'_>, at: SourceSpan, name: &str) -> Type {
        if let Some(items) = schema.get_object("items") {
            return Type::Array(Box::new(self.ty(items, at, name)));
        }
        let instead = "add `\"items\"`: the schema of its items";
        self.complain(Complaint::Untyped { what: "array", name: name.to_owned(), instead, at });
        Type::Any
    }

    /// A text: with `"x-values": "apis"`, one of the short names of the device APIs.
    fn string(&mut self, schema: &Object<'_>) -> Type {
        match schema.get("x-values").map(|property| &property.value) {
            None => Type::String,
            Some(Value::StringLit(word)) if word.value == "apis" => {
                Type::Literals(self.names.apis.iter().map(|api| short(api)).collect())
            }
            Some(other) => self.refuse(other, "the only list of values is `apis`"),
        }
    }

    fn object(&mut self, schema: &Object<'_>, at: SourceSpan, name: &str) -> Type {
        if schema.get_object("properties").is_some() {
            let inline = self.properties(schema).into_iter();
            return Type::Object(
                inline
                    .map(|Property { name, ty, optional, .. }| InlineProperty {
                        name,
                        ty,
                        optional,
                    })
                    .collect(),
            );
        }
        match schema.get_object("additionalProperties") {
            Some(values) => Type::Record(Box::new(self.ty(values, at, name))),
            None => Type::Record(Box::new(Type::Any)),
        }
    }

    fn literals(&mut self, values: &[Value<'_>], at: SourceSpan) -> Type {
        let texts: Option<Vec<_>> = values
            .iter()
            .map(|value| value.as_string_lit().map(|text| text.value.to_string()))
            .collect();
        texts.filter(|texts| !texts.is_empty()).map_or_else(
            || {
                let instead = "list texts";
                self.complain(Complaint::UnsupportedType { found: "enum".to_owned(), instead, at });
                Type::Any
            },
            Type::Literals,
        )
    }

    fn reference(&mut self, property: &ObjectProp<'_>) -> Type {
        let Value::StringLit(text) = &property.value else {
            return self.refuse(&property.value, "`$ref` is a text");
        };
        let name = text.value.strip_prefix("#/$defs/");
        if let Some(name) = name.filter(|name| self.names.types.contains(*name)) {
            return Type::Named(name.to_owned());
        }
        let name = name.unwrap_or(&text.value).to_owned();
        let nearest = self.names.nearest(&name);
        self.complain(Complaint::UnknownType { name, nearest, at: span(text.range) });
        Type::Any
    }

    fn refuse(&mut self, value: &Value<'_>, instead: &'static str) -> Type {
        let found = value.text(self.text).to_owned();
        self.complain(Complaint::UnsupportedType { found, instead, at: span(value.range()) });
        Type::Any
    }

    /// The description, and the other keywords that documentation shows, as JSDoc has them.
    fn docs(&self, schema: &Object<'_>) -> Docs {
        const TAGS: [(&str, &str); 5] = [
            ("x-since", "since"),
            ("default", "default"),
            ("x-platform", "platform"),
            ("deprecated", "deprecated"),
            ("examples", "example"),
        ];
        let text = schema.get_string("description").map(|text| text.value.to_string());
        let mut tags = Vec::new();
        for (keyword, tag) in TAGS {
            let Some(property) = schema.get(keyword) else { continue };
            let values = match (&property.value, tag) {
                (Value::Array(array), "example") => array.elements.iter().collect(),
                (value, _) => vec![value],
            };
            tags.extend(
                values
                    .into_iter()
                    .map(|value| Tag { name: tag.to_owned(), text: self.tag_text(value, tag) }),
            );
        }
        Docs { text: text.unwrap_or_default(), tags }
    }

    fn tag_text(&self, value: &Value<'_>, tag: &str) -> String {
        match value {
            Value::StringLit(text) if !matches!(tag, "example" | "default") => {
                text.value.to_string()
            }
            Value::BooleanLit(_) if tag == "deprecated" => String::new(),
            other => other.text(self.text).to_owned(),
        }
    }

    /// The file's text with the lists of values that follow from other files.
    fn schema(&self) -> String {
        let mut json = serde_json::from_str(self.text).unwrap_or_default();
        let apis: Vec<_> = self.names.apis.iter().map(|api| short(api)).collect();
        fill(&mut json, &apis);
        serde_json::to_string_pretty(&json).unwrap_or_default()
    }
}

/// Puts the values of every `x-values` in its place.
fn fill(json: &mut serde_json::Value, apis: &[String]) {
    match json {
        serde_json::Value::Object(object) => {
            if object.remove("x-values").is_some() {
                object.insert("enum".to_owned(), apis.into());
            }
            object.values_mut().for_each(|value| fill(value, apis));
        }
        serde_json::Value::Array(items) => items.iter_mut().for_each(|item| fill(item, apis)),
        _ => {}
    }
}

fn required(object: &Object<'_>) -> Vec<String> {
    let names = object.get_array("required").map(|array| array.elements.as_slice());
    let texts = names.unwrap_or_default().iter().filter_map(Value::as_string_lit);
    texts.map(|text| text.value.to_string()).collect()
}

fn pretty(json: &str) -> String {
    let value: serde_json::Value = serde_json::from_str(json).unwrap_or_default();
    serde_json::to_string_pretty(&value).unwrap_or_default()
}

/// Where the key of a property stands, with its quotes.
fn key(property: &ObjectProp<'_>) -> SourceSpan {
    let start = property.range.start;
    span(Range::new(start, start + property.name.as_str().len() + 2))
}

fn span(range: Range) -> SourceSpan {
    (range.start, range.end.saturating_sub(range.start)).into()
}
