//! The host: everything that a script's world needs from the app around it.

pub(crate) mod catalogue;
mod reply;

use std::{fmt, sync::Arc};

use serde::Serialize;

use crate::{
    clock::{Clock, RealClock},
    json::{Json, Read, Wrong},
};

pub use catalogue::{ApiSpec, MethodSpec, ParamSpec, TypeSpec};
#[cfg(feature = "desktop")]
pub(crate) use reply::Watch;
pub(crate) use reply::{Answer, Asked, Post, guarded};
pub use reply::{FetchReply, Flow, Reply};
#[cfg(feature = "desktop")]
#[doc(hidden)]
pub use reply::{Relay, Said};

/// The code of an answer that is larger than the memory limit.
pub(crate) const OUT_OF_MEMORY: &str = "OUT_OF_MEMORY";

/// What the app does for its runners.
///
/// Every operation is a question with a reply token. The host answers at once, later, or from
/// another thread; the dispatch keeps its deadline even when it never answers.
/// Methods are called on the thread of the dispatch, several dispatches at a time.
pub trait Host: Send + Sync {
    /// Answers with the text of the runner file at `path`, which is relative to the bundle.
    ///
    /// A file that is not there is [`HostError::not_found`].
    fn load(&self, path: &str, reply: Reply);

    /// Answers with the JSON result of a device API's method.
    fn call(&self, call: HostCall, reply: Reply);

    /// Transfers an HTTP request, as fast as the script reads the response: what
    /// [`FetchReply::chunk`] gives says when to wait.
    fn fetch(&self, request: FetchRequest, reply: FetchReply);

    /// Takes one record of a script's log.
    fn log(&self, record: &LogRecord<'_>);

    /// Where a script has the only thread, it is asked every now and then whether to go on: who can hear
    /// of a cancel without waiting does so here.
    fn look(&self) {}

    /// The clock of the next dispatch.
    fn clock(&self) -> Arc<dyn Clock> {
        Arc::new(RealClock::new())
    }
}

/// A call of a device API, its arguments checked against the definition.
#[derive(Clone, Debug)]
pub struct HostCall {
    /// The dispatch that asks.
    pub dispatch_id: u64,
    /// Its runner's label.
    pub label: String,
    /// `CapacitorKV`
    pub api: String,
    /// `set`
    pub method: String,
    /// The arguments, a JSON array.
    pub args_json: String,
}

/// An HTTP request, complete and normalised.
#[derive(Clone, Debug, Default, Serialize)]
pub struct FetchRequest {
    /// An absolute `http:` or `https:` URL.
    pub url: String,
    /// The method, in the case that goes on the wire.
    pub method: String,
    /// Names are lower case; a name may come twice.
    pub headers: Vec<(String, String)>,
    /// `follow`, `manual` or `error`.
    pub redirect: String,
    /// The body, if there is one.
    #[serde(skip)]
    pub body: Option<Vec<u8>>,
}

/// How an HTTP response begins.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FetchHead {
    /// `200`
    pub status: u16,
    /// `OK`
    pub status_text: String,
    /// Where the response came from in the end.
    pub url: String,
    /// Whether that is another place than what was asked for.
    pub redirected: bool,
    /// As they came.
    pub headers: Vec<(String, String)>,
}

impl Read for FetchHead {
    fn read(json: &Json<'_>) -> Result<Self, Wrong> {
        let fields = json.fields()?;
        Ok(Self {
            status: fields.or_default("status")?,
            status_text: fields.or_default("statusText")?,
            url: fields.or_default("url")?,
            redirected: fields.or_default("redirected")?,
            headers: fields.or_default("headers")?,
        })
    }
}

/// How a host says that something failed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, Serialize)]
#[error("{message}")]
pub struct HostError {
    /// A stable word for programs: `UNAVAILABLE`, `PERMISSION_DENIED`, `HOST_ERROR`...
    pub code: String,
    /// What went wrong, for a person.
    pub message: String,
}

impl Read for HostError {
    fn read(json: &Json<'_>) -> Result<Self, Wrong> {
        let fields = json.fields()?;
        let Self { code, message } = Self::default();
        Ok(Self {
            code: fields.read("code")?.unwrap_or(code),
            message: fields.read("message")?.unwrap_or(message),
        })
    }
}

impl HostError {
    /// An error with a code of the host's choice.
    pub fn new(code: impl Into<String>, message: impl Into<String>) -> Self {
        Self { code: code.into(), message: message.into() }
    }

    /// An error that needs no code of its own.
    pub fn failed(message: impl Into<String>) -> Self {
        Self::new("HOST_ERROR", message)
    }

    /// What a call hears whose answer does not fit.
    #[must_use]
    pub fn too_large() -> Self {
        Self::new(OUT_OF_MEMORY, "the answer exceeds the memory limit")
    }

    /// The answer to [`Host::load`] for a file that is not there.
    pub fn not_found(message: impl Into<String>) -> Self {
        Self::new("NOT_FOUND", message)
    }
}

impl Default for HostError {
    fn default() -> Self {
        Self::failed("the host gave no reason")
    }
}

/// How much a log record matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// `console.trace`
    Trace,
    /// `console.debug`
    Debug,
    /// `console.log`
    Log,
    /// `console.info`
    Info,
    /// `console.warn`
    Warn,
    /// `console.error`
    Error,
}

impl Level {
    /// `log`, as in `console.log`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Level::Trace => "trace",
            Level::Debug => "debug",
            Level::Log => "log",
            Level::Info => "info",
            Level::Warn => "warn",
            Level::Error => "error",
        }
    }
}

impl fmt::Display for Level {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

/// One line that a script, or the runtime on its behalf, has to say.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct LogRecord<'a> {
    /// How much it matters.
    pub level: Level,
    /// What is said.
    pub text: &'a str,
    /// Milliseconds since 1970-01-01 UTC.
    pub time_ms: f64,
    /// The runner that says it.
    pub label: &'a str,
    /// The event it is working on.
    pub event: &'a str,
    /// The dispatch that says it.
    pub dispatch_id: u64,
    /// The file, line and column where a script says it, if the settings ask for it.
    pub place: Option<&'a str>,
}
