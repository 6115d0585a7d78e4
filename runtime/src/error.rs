//! Why a dispatch failed.

use std::{any::Any, fmt::Display};

use serde::Serialize;

/// The stable codes of a failed dispatch (contract D17): the same strings in every language.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Code {
    /// An empty event, details that are not an object, or invalid JSON.
    InvalidArgument,
    /// No runner has this label.
    RunnerNotFound,
    /// The host has no file at the runner's path.
    SourceNotFound,
    /// The runner's file does not parse, or throws while it is evaluated.
    ScriptError,
    /// The script registered no handler for the event.
    EventNotFound,
    /// The handler threw, or its promise was rejected.
    Exception,
    /// The script called `reject`.
    Rejected,
    /// The value given to `resolve` has no JSON form.
    NotSerializable,
    /// Nothing was left that could have called `resolve` or `reject`.
    NeverSettled,
    /// The time budget was used up.
    DeadlineExceeded,
    /// The host cancelled the dispatch.
    Cancelled,
    /// The heap limit was reached.
    OutOfMemory,
    /// A native implementation failed.
    HostError,
    /// A bug of the runtime.
    Internal,
}

impl Code {
    /// Every code.
    pub const ALL: [Code; 14] = [
        Code::InvalidArgument,
        Code::RunnerNotFound,
        Code::SourceNotFound,
        Code::ScriptError,
        Code::EventNotFound,
        Code::Exception,
        Code::Rejected,
        Code::NotSerializable,
        Code::NeverSettled,
        Code::DeadlineExceeded,
        Code::Cancelled,
        Code::OutOfMemory,
        Code::HostError,
        Code::Internal,
    ];

    /// The code as every language spells it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Code::InvalidArgument => "INVALID_ARGUMENT",
            Code::RunnerNotFound => "RUNNER_NOT_FOUND",
            Code::SourceNotFound => "SOURCE_NOT_FOUND",
            Code::ScriptError => "SCRIPT_ERROR",
            Code::EventNotFound => "EVENT_NOT_FOUND",
            Code::Exception => "EXCEPTION",
            Code::Rejected => "REJECTED",
            Code::NotSerializable => "NOT_SERIALIZABLE",
            Code::NeverSettled => "NEVER_SETTLED",
            Code::DeadlineExceeded => "DEADLINE_EXCEEDED",
            Code::Cancelled => "CANCELLED",
            Code::OutOfMemory => "OUT_OF_MEMORY",
            Code::HostError => "HOST_ERROR",
            Code::Internal => "INTERNAL",
        }
    }
}

impl Serialize for Code {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

/// Why a dispatch failed.
#[derive(Clone, Debug, PartialEq, thiserror::Error, Serialize)]
#[error("{}: {message}", code.as_str())]
#[serde(rename_all = "camelCase")]
pub struct RunError {
    /// The stable code.
    pub code: Code,
    /// The error's `name`: `TypeError`, or the script's own.
    pub name: String,
    /// What went wrong, for a person.
    pub message: String,
    /// Where in the script, as the engine shows it.
    pub stack: Option<String>,
    /// The `code` property of the script's own error.
    pub script_code: Option<serde_json::Value>,
    /// The `cause` property of the script's own error, as far as it has a JSON form.
    pub cause: Option<serde_json::Value>,
}

impl RunError {
    /// An error that has no more to tell than a message.
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self {
            code,
            name: "Error".to_owned(),
            message: message.into(),
            stack: None,
            script_code: None,
            cause: None,
        }
    }

    /// The error as it crosses to other languages: one JSON object.
    #[must_use]
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// A bug of the runtime, told by what was seen of it.
    pub(crate) fn internal(what: impl Display) -> Self {
        Self::new(Code::Internal, format!("the runtime has a bug: {what}"))
    }
}

/// What a panic said.
pub(crate) fn panic_text(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("a panic")
}
