//! `docs.json` of the clean mode: what the page says, as data. Every key that the compatible mode
//! writes is there with the same meaning; `docs/docs-json.md` describes all of them.

use serde::Serialize;
use typescript::syntax::Docs;

use super::{
    facts::{
        Body, Comment, Config, Declaration, EnumMember, Facts, Group, Member, MemberKind, Param,
        Piece, Section, SectionKind, Text,
    },
    layout::{Key, Layout},
    said,
};
use crate::page::anchors::slug;

/// The whole file.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Whole {
    api: Option<Object>,
    interfaces: Vec<Object>,
    enums: Vec<Enum>,
    type_aliases: Vec<Alias>,
    plugin_configs: Vec<PluginConfig>,
}

/// What a comment says, in one place for everything that can have one.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Said {
    docs: String,
    tags: Vec<Tag>,
    /// Why; empty where it is only said that.
    #[serde(skip_serializing_if = "Option::is_none")]
    deprecated: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    since: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    platforms: Vec<String>,
}

#[derive(Serialize)]
struct Tag {
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<String>,
}

/// An interface, a class, or an alias of an object.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Object {
    name: String,
    slug: String,
    #[serde(flatten)]
    said: Said,
    type_parameters: Vec<String>,
    extends: Vec<Type>,
    methods: Vec<Method>,
    properties: Vec<Property>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Method {
    name: String,
    signature: String,
    parameters: Vec<Parameter>,
    returns: String,
    #[serde(flatten)]
    said: Said,
    complex_types: Vec<String>,
    slug: String,
    optional: bool,
    #[serde(rename = "static", skip_serializing_if = "is_false")]
    is_static: bool,
    /// What is said of the result.
    #[serde(skip_serializing_if = "Option::is_none")]
    returns_docs: Option<String>,
    throws: Vec<String>,
}

#[derive(Serialize)]
struct Parameter {
    name: String,
    docs: String,
    #[serde(rename = "type")]
    ty: String,
    optional: bool,
    rest: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Property {
    name: String,
    #[serde(flatten)]
    said: Said,
    complex_types: Vec<String>,
    #[serde(rename = "type")]
    ty: String,
    optional: bool,
    readonly: bool,
    #[serde(rename = "static", skip_serializing_if = "is_false")]
    is_static: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    default: Option<String>,
}

#[derive(Serialize)]
struct Enum {
    name: String,
    slug: String,
    #[serde(flatten)]
    said: Said,
    members: Vec<Choice>,
}

#[derive(Serialize)]
struct Choice {
    name: String,
    value: String,
    #[serde(flatten)]
    said: Said,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Alias {
    name: String,
    slug: String,
    #[serde(flatten)]
    said: Said,
    type_parameters: Vec<String>,
    types: Vec<Type>,
    methods: Vec<Method>,
    properties: Vec<Property>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Type {
    text: String,
    complex_types: Vec<String>,
}

#[derive(Serialize)]
struct PluginConfig {
    name: String,
    slug: String,
    properties: Vec<Property>,
    #[serde(flatten)]
    said: Said,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks so")]
fn is_false(value: &bool) -> bool {
    !value
}

/// The file, with two spaces of indentation and without a final line break.
pub(super) fn json(facts: &Facts, layout: &Layout<'_>) -> String {
    let writer = Writer { layout };
    let found = |group| facts.declarations().filter(move |found| found.group == group);
    let whole = Whole {
        api: facts.section(SectionKind::Api).map(|section| writer.api(section)),
        interfaces: found(Group::Interfaces).map(|found| writer.object(found)).collect(),
        enums: found(Group::Enums).map(|found| writer.enumeration(found)).collect(),
        type_aliases: found(Group::Aliases).map(|found| writer.alias(found)).collect(),
        plugin_configs: facts.section(SectionKind::Config).map_or_else(Vec::new, |section| {
            section.configs.iter().map(|config| writer.config(config)).collect()
        }),
    };
    serde_json::to_string_pretty(&whole).unwrap_or_default()
}

struct Writer<'a> {
    layout: &'a Layout<'a>,
}

impl Writer<'_> {
    fn api(&self, section: &Section) -> Object {
        let slugs = (0..).map(|index| self.layout.slug(&Key::Method(SectionKind::Api, index)));
        Object {
            name: section.name.clone(),
            slug: slug(&section.name),
            said: section.comment.as_ref().map_or_else(Said::nothing, Said::new),
            type_parameters: Vec::new(),
            extends: Vec::new(),
            methods: section
                .methods()
                .zip(slugs)
                .filter_map(|((member, _), slug)| method(member, slug))
                .collect(),
            properties: properties(&section.members),
        }
    }

    fn slug(&self, found: &Declaration) -> String {
        self.layout.slug(&Key::Declaration(found.id)).to_owned()
    }

    fn object(&self, found: &Declaration) -> Object {
        let Parts { extends, methods, properties } = self.parts(found);
        Object {
            name: found.name.clone(),
            slug: self.slug(found),
            said: Said::new(&found.comment),
            type_parameters: found.params.iter().map(Text::to_plain).collect(),
            extends,
            methods,
            properties,
        }
    }

    fn parts(&self, found: &Declaration) -> Parts {
        let Body::Object { extends, members } = &found.body else { return Parts::default() };
        // The methods of a type have no headings of their own.
        let slug = self.slug(found);
        Parts {
            extends: extends.iter().map(Type::new).collect(),
            methods: members.iter().filter_map(|member| method(member, &slug)).collect(),
            properties: properties(members),
        }
    }

    fn alias(&self, found: &Declaration) -> Alias {
        let parts = self.parts(found);
        Alias {
            name: found.name.clone(),
            slug: self.slug(found),
            said: Said::new(&found.comment),
            type_parameters: found.params.iter().map(Text::to_plain).collect(),
            types: match &found.body {
                Body::Alias { parts, .. } => parts.iter().map(Type::new).collect(),
                _ => parts.extends,
            },
            methods: parts.methods,
            properties: parts.properties,
        }
    }

    fn enumeration(&self, found: &Declaration) -> Enum {
        let members: &[EnumMember] = match &found.body {
            Body::Enum(members) => members,
            _ => &[],
        };
        let members = members.iter().map(|member| Choice {
            name: member.name.clone(),
            value: member.value.clone(),
            said: Said::new(&member.comment),
        });
        Enum {
            name: found.name.clone(),
            slug: self.slug(found),
            said: Said::new(&found.comment),
            members: members.collect(),
        }
    }

    fn config(&self, config: &Config) -> PluginConfig {
        let slug = match self.layout.slug(&Key::Examples(config.name.clone())) {
            "" => slug(&config.name),
            slug => slug.to_owned(),
        };
        PluginConfig {
            name: config.name.clone(),
            slug,
            properties: properties(&config.members),
            said: Said::new(&config.comment),
        }
    }
}

/// What an object is made of.
#[derive(Default)]
struct Parts {
    extends: Vec<Type>,
    methods: Vec<Method>,
    properties: Vec<Property>,
}

fn method(member: &Member, slug: &str) -> Option<Method> {
    let MemberKind::Method(method) = &member.kind else { return None };
    let docs = &member.comment.docs;
    let returned = Some(said::returned(docs, &method.returns)).filter(|text| !text.is_empty());
    let throws = docs.tags.iter().filter(|tag| tag.name == "throws");
    Some(Method {
        name: member.name.clone(),
        signature: method.signature.to_plain(),
        parameters: method.params.iter().map(|param| parameter(param, docs)).collect(),
        returns: method.returns.to_plain(),
        said: Said::new(&member.comment),
        complex_types: method.signature.names(),
        slug: slug.to_owned(),
        optional: member.optional,
        is_static: member.is_static,
        returns_docs: returned.map(str::to_owned),
        throws: throws.map(|tag| tag.text.clone().unwrap_or_default()).collect(),
    })
}

fn parameter(param: &Param, docs: &Docs) -> Parameter {
    let text = said::param(&param.name, param.docs.as_deref(), docs, &param.ty);
    Parameter {
        name: param.name.clone(),
        docs: text.to_owned(),
        ty: param.ty.to_plain(),
        optional: param.optional,
        rest: param.rest,
    }
}

fn properties(members: &[Member]) -> Vec<Property> {
    let properties = members.iter().filter_map(|member| {
        let MemberKind::Property(ty) = &member.kind else { return None };
        let docs = &member.comment.docs;
        let default = docs.tag("default").or(docs.tag("defaultValue"));
        Some(Property {
            name: member.name.clone(),
            said: Said::new(&member.comment),
            complex_types: ty.names(),
            ty: ty.to_plain(),
            optional: member.optional,
            readonly: member.readonly,
            is_static: member.is_static,
            default: default.map(str::to_owned),
        })
    });
    properties.collect()
}

impl Said {
    fn new(comment: &Comment) -> Self {
        let docs = &comment.docs;
        let tags = docs.tags.iter();
        Self {
            docs: docs.text.clone().unwrap_or_default(),
            tags: tags.map(|tag| Tag { name: tag.name.clone(), text: tag.text.clone() }).collect(),
            deprecated: docs.tag("deprecated").map(str::to_owned),
            since: docs.tag("since").filter(|text| !text.is_empty()).map(str::to_owned),
            platforms: said::platforms(docs)
                .iter()
                .map(said::Platform::shown)
                .filter(|shown| !shown.is_empty())
                .collect(),
        }
    }

    fn nothing() -> Self {
        Self {
            docs: String::new(),
            tags: Vec::new(),
            deprecated: None,
            since: None,
            platforms: Vec::new(),
        }
    }
}

impl Type {
    fn new(text: &Text) -> Self {
        Self { text: text.to_plain(), complex_types: text.names() }
    }
}

impl Text {
    /// The declarations that it names, each once.
    fn names(&self) -> Vec<String> {
        let mut names: Vec<String> = Vec::new();
        for piece in &self.pieces {
            if let Piece::Name(name, _) = piece
                && !names.contains(name)
            {
                names.push(name.clone());
            }
        }
        names
    }
}
