//! Which device APIs a script has: those of the schema, and those that the app registered.

use serde::{Deserialize, Deserializer, de::Error as _};
use serde_json::Value;

use crate::json::{Json, Read, Wrong};

#[path = "../../../generated/rust/apis.rs"]
mod generated;

/// A global object of the script whose methods the host implements.
#[derive(Clone, Debug, PartialEq)]
pub struct ApiSpec {
    /// The global's name.
    pub name: String,
    /// Its name in the `apis` of the configuration; none for the name itself.
    pub short: Option<String>,
    /// Its methods.
    pub methods: Vec<MethodSpec>,
    /// The platforms that have it; empty means all.
    pub platforms: Vec<String>,
    /// Whether it takes what earlier releases took in another type, with a warning.
    pub lenient: bool,
}

/// A function of a device API, or a property.
#[derive(Clone, Debug, PartialEq)]
pub struct MethodSpec {
    /// As the script calls it.
    pub name: String,
    /// In order.
    pub params: Vec<ParamSpec>,
    /// What the host answers.
    pub returns: TypeSpec,
    /// Whether the script gets a promise.
    pub is_async: bool,
    /// Whether the script reads it without calling it.
    pub property: bool,
    /// The platforms that have it; empty means all.
    pub platforms: Vec<String>,
}

/// A parameter of a method, or a property of an object.
#[derive(Clone, Debug, PartialEq)]
pub struct ParamSpec {
    /// Its name.
    pub name: String,
    /// What it takes.
    pub ty: TypeSpec,
    /// Whether it may be left out.
    pub optional: bool,
}

/// What a value may be. In JSON: `"string"`, `{"array": "number"}`, `{"object": [...]}`...
#[derive(Clone, Debug, Default, PartialEq)]
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

/// For what reads other files as well.
impl<'de> Deserialize<'de> for ApiSpec {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::read(&Json::of(&Value::deserialize(deserializer)?)).map_err(D::Error::custom)
    }
}

impl Read for ApiSpec {
    fn read(json: &Json<'_>) -> Result<Self, Wrong> {
        let fields = json.only(&["name", "short", "methods", "platforms", "lenient"])?;
        Ok(Self {
            name: fields.need("name")?,
            short: fields.maybe("short")?,
            methods: fields.need("methods")?,
            platforms: fields.or_default("platforms")?,
            lenient: fields.or_default("lenient")?,
        })
    }
}

impl Read for MethodSpec {
    fn read(json: &Json<'_>) -> Result<Self, Wrong> {
        let fields = json.only(&["name", "params", "returns", "async", "property", "platforms"])?;
        Ok(Self {
            name: fields.need("name")?,
            params: fields.or_default("params")?,
            returns: fields.or_default("returns")?,
            is_async: fields.or_default("async")?,
            property: fields.or_default("property")?,
            platforms: fields.or_default("platforms")?,
        })
    }
}

impl Read for ParamSpec {
    fn read(json: &Json<'_>) -> Result<Self, Wrong> {
        let fields = json.only(&["name", "type", "optional"])?;
        Ok(Self {
            name: fields.need("name")?,
            ty: fields.need("type")?,
            optional: fields.or_default("optional")?,
        })
    }
}

impl Read for TypeSpec {
    fn read(json: &Json<'_>) -> Result<Self, Wrong> {
        let value = json.value();
        Ok(match value.as_str() {
            Some("void") => Self::Void,
            Some("string") => Self::String,
            Some("number") => Self::Number,
            Some("integer") => Self::Integer,
            Some("boolean") => Self::Boolean,
            Some("any") => Self::Any,
            Some("date") => Self::Date,
            _ => {
                let name =
                    value.as_object().filter(|it| it.len() == 1).and_then(|it| it.keys().next());
                let name = name.map(String::as_str).unwrap_or_default();
                match name {
                    "literals" => Self::Literals(json.fields()?.need(name)?),
                    "integers" => Self::Integers(json.fields()?.need(name)?),
                    "array" => Self::Array(json.fields()?.need(name)?),
                    "nullable" => Self::Nullable(json.fields()?.need(name)?),
                    "record" => Self::Record(json.fields()?.need(name)?),
                    "object" => Self::Object(json.fields()?.need(name)?),
                    "union" => Self::Union(json.fields()?.need(name)?),
                    _ => return Err(json.is_no("a type")),
                }
            }
        })
    }
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
            lenient: api.lenient,
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
