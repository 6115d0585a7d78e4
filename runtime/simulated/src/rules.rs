//! The simulated network: which rule of the host file answers a request, and with what.

use std::sync::Arc;

use http::StatusCode;

use super::host_file::{HeaderValue, HostFile, HttpRule};
use crate::host::{HostError, Request, Response};

/// As many redirects as the Fetch standard allows.
pub const MAX_REDIRECTS: usize = 20;

/// What there is beyond the device.
pub struct Rules {
    all: Vec<Arc<HttpRule>>,
    passthrough: bool,
    connected: bool,
}

/// What becomes of a request.
pub enum Fate {
    /// The rule at this place answers.
    Rule(usize, Arc<HttpRule>),
    /// It goes to the real network.
    Network,
    /// There is no answer.
    Nothing(HostError),
}

/// How a response begins: of a rule, or of the network.
#[derive(Clone, Debug)]
pub struct Head {
    /// `200`
    pub status: u16,
    /// Names are lower case; a name may come twice.
    pub headers: Vec<(String, String)>,
}

impl Rules {
    /// Those of a host file.
    #[must_use]
    pub fn new(file: &HostFile) -> Self {
        Self {
            all: file.http.iter().cloned().map(Arc::new).collect(),
            passthrough: file.passes_through(),
            connected: file.network.connected,
        }
    }

    /// The first rule that matches decides.
    #[must_use]
    pub fn fate(&self, request: &Request) -> Fate {
        if !self.connected {
            let message = "there is no network: the host file says `\"connected\": false`";
            return Fate::Nothing(HostError::new("NO_NETWORK", message));
        }
        let found = self.all.iter().enumerate().find(|(_, rule)| rule.matches(request));
        match found {
            Some((place, rule)) => Fate::Rule(place, Arc::clone(rule)),
            None if self.passthrough => Fate::Network,
            None => {
                let Request { method, url, .. } = request;
                let message = format!(
                    "no `http` rule of the host file answers {method} {url}: write one, or let what \
                     has none go to the network with `\"httpPassthrough\": true`"
                );
                Fate::Nothing(HostError::new("NO_RULE", message))
            }
        }
    }
}

impl HttpRule {
    fn matches(&self, request: &Request) -> bool {
        let method = self.method.as_deref().is_none_or(|m| m.eq_ignore_ascii_case(&request.method));
        let url = request.url.split('#').next().unwrap_or_default();
        // `https://example.com` is requested as `https://example.com/`.
        method
            && (glob(&self.url, url)
                || url.strip_suffix('/').is_some_and(|url| glob(&self.url, url)))
    }

    /// How its answer begins; the body is `body`.
    ///
    /// # Errors
    ///
    /// Where the rule says that there is no answer.
    pub fn head(&self) -> Result<Head, HostError> {
        if let Some(error) = &self.error {
            return Err(HostError::new("NETWORK", error));
        }
        let headers = self.headers.iter().flat_map(|(name, value)| value.lines(name)).collect();
        Ok(Head { status: self.status, headers })
    }
}

impl Head {
    /// The same for a script, who asked for it or was sent there.
    #[must_use]
    pub fn told(&self, url: String, redirected: bool) -> Response {
        let status = StatusCode::from_u16(self.status).ok();
        Response {
            status: self.status,
            status_text: status.and_then(|it| it.canonical_reason()).unwrap_or_default().to_owned(),
            url,
            redirected,
            headers: self.headers.clone(),
        }
    }
}

impl HeaderValue {
    fn lines(&self, name: &str) -> Vec<(String, String)> {
        let values = match self {
            Self::One(value) => std::slice::from_ref(value),
            Self::Several(values) => values,
        };
        values.iter().map(|value| (name.to_ascii_lowercase(), value.clone())).collect()
    }
}

/// That a request was sent from place to place for too long.
#[must_use]
pub fn too_many_redirects() -> HostError {
    HostError::new("TOO_MANY_REDIRECTS", format!("more than {MAX_REDIRECTS} redirects"))
}

/// Whether `text` is what `pattern` describes, in which `*` stands for any text.
fn glob(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(text) = parts.next().and_then(|start| text.strip_prefix(start)) else {
        return false;
    };
    let Some(end) = parts.next_back() else { return text.is_empty() };
    let Some(mut text) = text.strip_suffix(end) else { return false };
    parts.all(|part| text.split_once(part).map(|(_, rest)| text = rest).is_some())
}
