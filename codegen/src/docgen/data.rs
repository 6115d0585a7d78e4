//! The facts that docgen writes down: `docs.json`, and what the Markdown is made from.

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

/// What GitHub makes of a heading.
pub(super) fn slug(heading: &str) -> String {
    heading
        .to_lowercase()
        .chars()
        .filter(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | ' ' | '\u{300}'..='\u{36f}'))
        .map(|c| if c == ' ' { '-' } else { c })
        .collect()
}
