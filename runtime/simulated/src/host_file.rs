//! `HOST.json`: the simulated device and network of a dispatch, as a developer writes them down.

use std::{collections::BTreeMap, fmt, marker::PhantomData};

use serde::{
    Deserialize, Deserializer, Serialize,
    de::{self, MapAccess, Visitor, value::MapAccessDeserializer},
};

pub use super::generated::ConnectionType;
use super::json::{self, JsonError};

/// What the runner finds around itself. Every key may be left out, an unknown one is refused.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
pub struct HostFile {
    /// What editors check the file by.
    #[serde(rename = "$schema", deserialize_with = "given")]
    pub schema: Option<String>,
    /// What `CapacitorDevice.getBatteryStatus()` returns.
    #[serde(deserialize_with = "object")]
    pub battery: Battery,
    /// What `CapacitorDevice.getNetworkStatus()` returns.
    #[serde(deserialize_with = "object")]
    pub network: Network,
    /// What `CapacitorKV` holds before the dispatch.
    #[serde(deserialize_with = "given")]
    pub kv: Option<BTreeMap<String, String>>,
    /// The last known position, if there is one.
    #[serde(deserialize_with = "object_or_null")]
    pub location: Option<Location>,
    /// What the user has allowed.
    #[serde(deserialize_with = "given_object")]
    pub permissions: Option<Permissions>,
    /// What `CapacitorApp` returns.
    #[serde(deserialize_with = "object")]
    pub app: App,
    /// The watch beside the phone.
    #[serde(deserialize_with = "object")]
    pub watch: Watch,
    /// The phone's operating system.
    pub platform: Platform,
    /// Answers to requests; the first one that matches wins.
    #[serde(deserialize_with = "objects")]
    pub http: Vec<HttpRule>,
    /// Whether a request that matches no rule goes to the network; left out, it does while there are no
    /// rules.
    #[serde(deserialize_with = "given")]
    pub http_passthrough: Option<bool>,
    /// What drives timers, `Date` and `performance.now()`.
    pub clock: ClockKind,
    /// What the functions return that the app adds, by the name of API and method.
    pub apis: BTreeMap<String, BTreeMap<String, serde_json::Value>>,
}

/// The `battery` of a host file.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
pub struct Battery {
    /// From 0 to 1; -1 when it is unknown.
    pub battery_level: f64,
    /// Whether the device is plugged in.
    pub is_charging: bool,
}

/// The `network` of a host file.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
pub struct Network {
    /// Whether there is a network.
    pub connected: bool,
    /// What kind it is; left out, it follows from `connected`.
    pub connection_type: Option<ConnectionType>,
}

/// The `location` of a host file.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
pub struct Location {
    /// In degrees.
    pub latitude: f64,
    /// In degrees.
    pub longitude: f64,
    /// In metres.
    pub accuracy: f64,
    /// In metres, where it is known.
    pub altitude: Option<f64>,
    /// In metres, where it is known.
    pub altitude_accuracy: Option<f64>,
    /// In metres a second, where it is known.
    pub speed: Option<f64>,
    /// In degrees from north, where it is known.
    pub heading: Option<f64>,
    /// In milliseconds since 1970; left out, the fix is from just now.
    pub timestamp: Option<f64>,
}

/// The `permissions` of a host file.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
pub struct Permissions {
    /// What `CapacitorGeolocation` needs.
    pub geolocation: Permission,
    /// What `CapacitorNotifications` needs.
    pub notifications: Permission,
}

/// What the user said when asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Permission {
    /// Nothing yet: not asked.
    Prompt,
    /// Nothing yet: asked before, and to be asked again with a reason.
    PromptWithRationale,
    /// Yes.
    Granted,
    /// No.
    Denied,
}

/// The `app` of a host file.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
pub struct App {
    /// What `CapacitorApp.getState()` returns.
    #[serde(deserialize_with = "object")]
    pub state: AppState,
    /// What `CapacitorApp.getInfo()` returns.
    #[serde(deserialize_with = "object")]
    pub info: AppInfo,
}

/// The `app.state` of a host file.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
pub struct AppState {
    /// Whether the app is in the foreground.
    pub is_active: bool,
}

/// The `app.info` of a host file.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
#[expect(missing_docs, reason = "the names say it")]
pub struct AppInfo {
    pub name: String,
    pub id: String,
    pub build: String,
    pub version: String,
}

/// The `watch` of a host file.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
pub struct Watch {
    /// Whether messages arrive at once.
    pub reachable: bool,
}

/// The operating systems whose device APIs can be simulated.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "the names say it")]
pub enum Platform {
    #[default]
    Ios,
    Android,
    Web,
}

/// The clocks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ClockKind {
    /// The machine's own.
    #[default]
    Real,
    /// One that jumps to the next timer as soon as there is nothing else to do.
    Virtual,
}

/// One answer of the simulated network.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
pub struct HttpRule {
    /// The request's method; left out, any.
    pub method: Option<String>,
    /// The request's URL, in which `*` stands for any text.
    pub url: String,
    /// The answer's status.
    #[serde(deserialize_with = "status")]
    pub status: u16,
    /// The answer's headers.
    pub headers: BTreeMap<String, HeaderValue>,
    /// The answer's body.
    pub body: String,
    /// How long the answer takes.
    pub delay_ms: u64,
    /// Instead of an answer, why there is none: the request fails with this text.
    pub error: Option<String>,
}

/// One value of a header, or several under the same name.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged, expecting = "a string or an array of strings")]
#[expect(missing_docs, reason = "the names say it")]
pub enum HeaderValue {
    One(String),
    Several(Vec<String>),
}

/// What the script left behind: the `host` of the command's JSON line.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct HostState {
    /// What `CapacitorKV` holds.
    pub kv: BTreeMap<String, String>,
    /// The notifications that are scheduled, in the order of the calls.
    pub notifications: Vec<serde_json::Value>,
    /// The number on the app's icon, if one was set.
    pub badge: Option<i32>,
    /// What was sent to the watch, in the order of the calls.
    pub watch: Vec<WatchMessage>,
    /// How many messages went before, because they were too many.
    #[serde(skip_serializing_if = "is_zero")]
    pub watch_omitted: u64,
    /// The calls of functions that the app adds, in their order.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub calls: Vec<AppCall>,
    /// How many calls went before, because they were too many.
    #[serde(skip_serializing_if = "is_zero")]
    pub calls_omitted: u64,
}

/// Whether there is nothing to say.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_zero(number: &u64) -> bool {
    *number == 0
}

/// One call of a function that the app adds.
#[derive(Clone, Debug, Serialize)]
pub struct AppCall {
    /// The global.
    pub api: String,
    /// Its method.
    pub method: String,
    /// What it was called with.
    pub arguments: serde_json::Value,
}

/// One call that sends something to the watch.
#[derive(Clone, Debug, Serialize)]
pub struct WatchMessage {
    /// The method of `CapacitorWatch`.
    pub method: &'static str,
    /// Its argument.
    pub options: serde_json::Value,
}

impl HostFile {
    /// Reads the text of a host file.
    ///
    /// # Errors
    ///
    /// When it is not JSON, has a key that nobody reads, or a value of the wrong type.
    pub fn parse(text: &str) -> Result<Self, JsonError> {
        json::parse(text).map(|Object(file)| file)
    }

    /// Whether a request that matches no rule goes to the network.
    #[must_use]
    pub fn passes_through(&self) -> bool {
        self.http_passthrough.unwrap_or(self.http.is_empty())
    }

    /// Whether the file says what a runner finds when it begins: then nothing of an earlier run counts.
    #[must_use]
    pub fn sets_the_scene(&self) -> bool {
        self.kv.is_some() || self.permissions.is_some()
    }
}

impl Default for Battery {
    fn default() -> Self {
        Self { battery_level: 1.0, is_charging: false }
    }
}

impl Default for Network {
    fn default() -> Self {
        Self { connected: true, connection_type: None }
    }
}

impl Network {
    /// The kind of network, also where the file says only whether there is one.
    #[must_use]
    pub fn connection_type(&self) -> ConnectionType {
        let default = if self.connected { ConnectionType::Wifi } else { ConnectionType::None };
        self.connection_type.unwrap_or(default)
    }
}

impl Default for Permissions {
    fn default() -> Self {
        Self { geolocation: Permission::Granted, notifications: Permission::Granted }
    }
}

impl Permissions {
    /// Those of an app that has asked for nothing yet.
    #[must_use]
    pub fn fresh() -> Self {
        Self { geolocation: Permission::Prompt, notifications: Permission::Prompt }
    }
}

impl Permission {
    /// The text of the Capacitor API.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Prompt => "prompt",
            Self::PromptWithRationale => "prompt-with-rationale",
            Self::Granted => "granted",
            Self::Denied => "denied",
        }
    }
}

impl Default for AppInfo {
    fn default() -> Self {
        Self {
            name: "Demo".to_owned(),
            id: "com.example.demo".to_owned(),
            build: "1".to_owned(),
            version: "1.0.0".to_owned(),
        }
    }
}

impl Default for Watch {
    fn default() -> Self {
        Self { reachable: true }
    }
}

impl Platform {
    /// The text of the Capacitor API.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ios => "ios",
            Self::Android => "android",
            Self::Web => "web",
        }
    }
}

impl Default for HttpRule {
    fn default() -> Self {
        Self {
            method: None,
            url: "*".to_owned(),
            status: 200,
            headers: BTreeMap::new(),
            body: String::new(),
            delay_ms: 0,
            error: None,
        }
    }
}

/// A struct that is written as an object: serde would take an array of its values as well.
struct Object<T>(T);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(ObjectVisitor(PhantomData))
    }
}

struct ObjectVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for ObjectVisitor<T> {
    type Value = Object<T>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
        T::deserialize(MapAccessDeserializer::new(map)).map(Object)
    }
}

fn object<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<T, D::Error> {
    Object::deserialize(deserializer).map(|Object(value)| value)
}

/// A key that was written, whose value is then no `null`.
fn given<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}

fn given_object<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    object(deserializer).map(Some)
}

fn object_or_null<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    Ok(Option::<Object<T>>::deserialize(deserializer)?.map(|Object(value)| value))
}

fn objects<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
) -> Result<Vec<T>, D::Error> {
    let objects = Vec::<Object<T>>::deserialize(deserializer)?;
    Ok(objects.into_iter().map(|Object(value)| value).collect())
}

fn status<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u16, D::Error> {
    let status = u16::deserialize(deserializer)?;
    if (200..=599).contains(&status) {
        return Ok(status);
    }
    Err(de::Error::custom(format_args!("the status {status} is not between 200 and 599")))
}
