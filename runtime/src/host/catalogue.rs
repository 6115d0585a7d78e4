//! Which device APIs a script has: those of the schema, and those that the app registered.

use serde::Deserialize;

#[path = "../../../generated/rust/apis.rs"]
mod generated;

/// A global object of the script whose methods the host implements.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ApiSpec {
    /// The global's name.
    pub name: String,
    /// Its name in the `apis` of the configuration; none for the name itself.
    #[serde(default)]
    pub short: Option<String>,
    /// Its methods.
    pub methods: Vec<MethodSpec>,
    /// The platforms that have it; empty means all.
    #[serde(default)]
    pub platforms: Vec<String>,
}

/// A function of a device API, or a property.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct MethodSpec {
    /// As the script calls it.
    pub name: String,
    /// In order.
    #[serde(default)]
    pub params: Vec<ParamSpec>,
    /// What the host answers.
    #[serde(default)]
    pub returns: TypeSpec,
    /// Whether the script gets a promise.
    #[serde(default, rename = "async")]
    pub is_async: bool,
    /// Whether the script reads it without calling it.
    #[serde(default)]
    pub property: bool,
    /// The platforms that have it; empty means all.
    #[serde(default)]
    pub platforms: Vec<String>,
}

/// A parameter of a method, or a property of an object.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ParamSpec {
    /// Its name.
    pub name: String,
    /// What it takes.
    #[serde(rename = "type")]
    pub ty: TypeSpec,
    /// Whether it may be left out.
    #[serde(default)]
    pub optional: bool,
}

/// What a value may be. In JSON: `"string"`, `{"array": "number"}`, `{"object": [...]}`...
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum TypeSpec {
    /// Nothing.
    #[default]
    Void,
    /// A text.
    String,
    /// A finite number.
    Number,
    /// A whole number of 32 bits.
    Integer,
    /// `true` or `false`.
    Boolean,
    /// Anything that JSON can carry.
    Any,
    /// A `Date`; on the wire a text in ISO 8601.
    Date,
    /// One of these texts.
    Literals(Vec<String>),
    /// One of these numbers.
    Integers(Vec<i32>),
    /// A list.
    Array(Box<TypeSpec>),
    /// `null`, or this.
    Nullable(Box<TypeSpec>),
    /// An object with values of this type under any name.
    Record(Box<TypeSpec>),
    /// An object with these properties.
    Object(Vec<ParamSpec>),
    /// One of these.
    Union(Vec<TypeSpec>),
}

/// The APIs of the schema, in its order.
pub(crate) fn schema() -> Vec<ApiSpec> {
    generated::APIS.iter().map(ApiSpec::from).collect()
}

impl ApiSpec {
    /// Whether a runner's list of APIs names this one.
    pub(crate) fn is_named(&self, list: &[String]) -> bool {
        list.iter().any(|name| *name == self.name || Some(name) == self.short.as_ref())
    }
}

/// Whether a list of platforms, empty for all, holds `platform`.
///
/// The desktop plays every device, so it has what any of them has.
pub(crate) fn available(platforms: &[String], platform: &str) -> bool {
    platforms.is_empty()
        || matches!(platform, "" | "desktop")
        || platforms.iter().any(|other| other == platform)
}

fn owned(list: &[&str]) -> Vec<String> {
    list.iter().map(ToString::to_string).collect()
}

impl From<&generated::Api> for ApiSpec {
    fn from(api: &generated::Api) -> Self {
        Self {
            name: api.name.to_owned(),
            short: Some(api.short.to_owned()),
            methods: api.methods.iter().map(MethodSpec::from).collect(),
            platforms: owned(api.platforms),
        }
    }
}

impl From<&generated::Method> for MethodSpec {
    fn from(method: &generated::Method) -> Self {
        Self {
            name: method.name.to_owned(),
            params: method.params.iter().map(ParamSpec::from).collect(),
            returns: TypeSpec::from(&method.returns),
            is_async: method.is_async,
            property: method.property,
            platforms: owned(method.platforms),
        }
    }
}

impl From<&generated::Param> for ParamSpec {
    fn from(param: &generated::Param) -> Self {
        Self {
            name: param.name.to_owned(),
            ty: TypeSpec::from(&param.ty),
            optional: param.optional,
        }
    }
}

impl From<&generated::Type> for TypeSpec {
    fn from(ty: &generated::Type) -> Self {
        use generated::Type;
        let boxed = |ty: &Type| Box::new(TypeSpec::from(ty));
        match ty {
            Type::Void => Self::Void,
            Type::String => Self::String,
            Type::Number => Self::Number,
            Type::Integer => Self::Integer,
            Type::Boolean => Self::Boolean,
            Type::Any => Self::Any,
            Type::Date => Self::Date,
            Type::Literals(texts) => Self::Literals(owned(texts)),
            Type::Integers(numbers) => Self::Integers(numbers.to_vec()),
            Type::Array(item) => Self::Array(boxed(item)),
            Type::Nullable(inner) => Self::Nullable(boxed(inner)),
            Type::Record(inner) => Self::Record(boxed(inner)),
            Type::Object(_, fields) => Self::Object(fields.iter().map(ParamSpec::from).collect()),
            Type::Union(members) => Self::Union(members.iter().map(TypeSpec::from).collect()),
        }
    }
}
