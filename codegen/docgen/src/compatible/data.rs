//! The facts that docgen writes down: `docs.json`, and what the Markdown is made from.

use std::{cell::OnceCell, collections::HashMap};

use serde::Serialize;

/// Everything about one plugin.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Data {
    /// The plugin's interface; `None` when no file declares it.
    pub api: Option<Interface>,
    /// The interfaces that it refers to.
    pub interfaces: Vec<Interface>,
    /// The enums that it refers to.
    pub enums: Vec<Enum>,
    /// The type aliases that it refers to.
    pub type_aliases: Vec<TypeAlias>,
    /// What it adds to Capacitor's configuration.
    pub plugin_configs: Vec<PluginConfig>,
    /// The anchors by what they are called, when somebody asked for one.
    #[serde(skip)]
    pub(super) anchors: OnceCell<HashMap<String, String>>,
}

/// An interface.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Interface {
    pub name: String,
    pub slug: String,
    pub docs: String,
    pub tags: Vec<PropertyTag>,
    pub methods: Vec<Method>,
    pub properties: Vec<Property>,
}

/// A method of an interface.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Method {
    pub name: String,
    pub signature: String,
    pub parameters: Vec<Parameter>,
    pub returns: String,
    pub tags: Vec<Tag>,
    pub docs: String,
    pub complex_types: Vec<String>,
    pub slug: String,
}

/// A parameter of a method.
#[derive(Debug, Clone, Serialize)]
pub struct Parameter {
    pub name: String,
    pub docs: String,
    #[serde(rename = "type")]
    pub ty: String,
}

/// A property of an interface.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Property {
    pub name: String,
    pub tags: Vec<PropertyTag>,
    pub docs: String,
    pub complex_types: Vec<String>,
    #[serde(rename = "type")]
    pub ty: String,
}

/// A JSDoc tag of a method.
#[derive(Debug, Clone, Serialize)]
pub struct Tag {
    pub name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
}

/// A JSDoc tag of anything else: the other order of keys.
#[derive(Debug, Clone, Serialize)]
pub struct PropertyTag {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    pub name: String,
}

/// An enum.
#[derive(Debug, Clone, Serialize)]
pub struct Enum {
    pub name: String,
    pub slug: String,
    pub members: Vec<EnumMember>,
}

/// A member of an enum.
#[derive(Debug, Clone, Serialize)]
pub struct EnumMember {
    pub name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    pub tags: Vec<PropertyTag>,
    pub docs: String,
}

/// A type alias.
#[derive(Debug, Clone, Serialize)]
pub struct TypeAlias {
    pub name: String,
    pub slug: String,
    pub docs: String,
    pub types: Vec<AliasType>,
}

/// One constituent of a type alias.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AliasType {
    pub text: String,
    pub complex_types: Vec<String>,
}

/// What a plugin adds to Capacitor's configuration.
#[derive(Debug, Clone, Serialize)]
pub struct PluginConfig {
    pub name: String,
    pub slug: String,
    pub properties: Vec<Property>,
    pub docs: String,
}

impl Data {
    /// The anchor of a documented declaration, or of a member `Name.member` of one: the first that is
    /// called so.
    pub(super) fn anchor(&self, name: &str) -> Option<&str> {
        self.anchors.get_or_init(|| self.named_anchors()).get(name).map(String::as_str)
    }

    fn named_anchors(&self) -> HashMap<String, String> {
        let mut anchors = HashMap::new();
        let mut add = |name: &str, member: Option<&str>, slug: &str| {
            let name = member.map_or_else(|| name.to_owned(), |member| format!("{name}.{member}"));
            anchors.entry(name).or_insert_with(|| slug.to_owned());
        };
        for found in &self.interfaces {
            add(&found.name, None, &found.slug);
            let methods = found.methods.iter().map(|method| &method.name);
            let names = methods.chain(found.properties.iter().map(|property| &property.name));
            names.for_each(|member| add(&found.name, Some(member), &found.slug));
        }
        for found in &self.type_aliases {
            add(&found.name, None, &found.slug);
        }
        for found in &self.enums {
            add(&found.name, None, &found.slug);
            found.members.iter().for_each(|it| add(&found.name, Some(&it.name), &found.slug));
        }
        anchors
    }

    /// The bytes of `docs.json`.
    ///
    /// # Panics
    ///
    /// Never: every value of [`Data`] is JSON.
    #[must_use]
    #[expect(clippy::expect_used, reason = "strings and lists are JSON")]
    pub fn to_json(&self) -> String {
        serde_json::to_string_pretty(self).expect("strings and lists are JSON")
    }
}
