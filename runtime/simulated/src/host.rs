//! What is asked of a device and its network, and how they answer.

use serde::{Deserialize, Serialize};

/// How something failed, for programs and for people.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct HostError {
    /// A stable word for programs.
    pub code: String,
    /// What went wrong.
    pub message: String,
}

/// An HTTP request.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Request {
    /// An absolute `http:` or `https:` URL.
    pub url: String,
    /// The method, in the case that goes on the wire.
    pub method: String,
    /// Names are lower case; a name may come twice.
    pub headers: Vec<(String, String)>,
    /// `follow`, `manual` or `error`.
    pub redirect: String,
    /// Whether it has a body, which stays with who asks.
    pub has_body: bool,
}

/// How an HTTP response begins.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Response {
    /// `200`
    pub status: u16,
    /// `OK`
    pub status_text: String,
    /// Where it came from in the end.
    pub url: String,
    /// Whether that is another place than what was asked for.
    pub redirected: bool,
    /// As they came.
    pub headers: Vec<(String, String)>,
}

impl HostError {
    /// An error with a code.
    pub fn new(code: impl Into<String>, message: impl Into<String>) -> Self {
        Self { code: code.into(), message: message.into() }
    }

    /// A failure without a code of its own.
    pub fn failed(message: impl Into<String>) -> Self {
        Self::new("HOST_ERROR", message)
    }
}
