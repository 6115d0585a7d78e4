//! HTTP on a developer's machine: the host file's rules first, then the network.

use std::{
    io::{self, Read},
    thread,
    time::Duration,
};

use ureq::{
    Agent, Body,
    http::{HeaderMap, HeaderName, HeaderValue, Request, Response, StatusCode},
};

use super::{
    host_file::{self, HttpRule},
    pace::{AtWork, Pace},
    redirect::{self, Next},
};
use crate::host::{FetchHead, FetchReply, FetchRequest, HostError};

/// How long finding a server and connecting to it may take: a cancel does not reach into these.
const CONNECT: Duration = Duration::from_secs(30);

/// As many redirects as the Fetch standard allows.
const MAX_REDIRECTS: usize = 20;

/// The bytes of a body that are passed on at a time, at most.
const CHUNK: usize = 64 * 1024;

/// The network as the runner sees it.
#[derive(Clone)]
pub(super) struct Http {
    rules: Vec<HttpRule>,
    passthrough: bool,
    pace: Pace,
}

/// A response, from a rule or from the network.
struct Answer {
    status: StatusCode,
    headers: Vec<(String, String)>,
    body: Box<dyn Read>,
}

impl Http {
    pub(super) fn new(rules: Vec<HttpRule>, passthrough: bool, pace: Pace) -> Self {
        Self { rules, passthrough, pace }
    }

    /// Transfers `request` on a thread of its own.
    pub(super) fn fetch(&self, request: FetchRequest, reply: FetchReply) {
        let http = self.clone();
        let at_work = self.pace.at_work();
        let transfer = move || http.transfer(request, reply, &at_work);
        // A reply that is dropped with its thread fails the fetch by itself.
        let _ = thread::Builder::new().name("fetch".to_owned()).spawn(transfer);
    }

    fn transfer(&self, request: FetchRequest, reply: FetchReply, at_work: &AtWork) {
        match self
            .follow(request, &reply, at_work)
            .and_then(|(head, body)| deliver(head, body, &reply))
        {
            Ok(()) => reply.done(),
            Err(error) => reply.fail(error),
        }
    }

    /// The response at the end of the redirects.
    fn follow(
        &self,
        mut request: FetchRequest,
        reply: &FetchReply,
        at_work: &AtWork,
    ) -> Result<(FetchHead, Box<dyn Read>), HostError> {
        for hops in 0..=MAX_REDIRECTS {
            let answer = self.answer(&request, reply, at_work)?;
            match redirect::next(request, answer.status, &answer.headers)? {
                Next::Deliver(url) => return Ok((answer.head(url, hops > 0), answer.body)),
                Next::Request(next) => request = next,
            }
        }
        Err(HostError::new("TOO_MANY_REDIRECTS", format!("more than {MAX_REDIRECTS} redirects")))
    }

    fn answer(
        &self,
        request: &FetchRequest,
        reply: &FetchReply,
        at_work: &AtWork,
    ) -> Result<Answer, HostError> {
        if let Some(rule) = self.rules.iter().find(|rule| rule.matches(request)) {
            at_work.wait(Duration::from_millis(rule.delay_ms), reply);
            return rule.answer();
        }
        if self.passthrough {
            return over_the_network(request, reply).map_err(|error| failure(request, &error));
        }
        let FetchRequest { method, url, .. } = request;
        let message =
            format!("no `http` rule answers {method} {url}, and `httpPassthrough` is false");
        Err(HostError::new("NO_RULE", message))
    }
}

impl Answer {
    fn head(&self, url: String, redirected: bool) -> FetchHead {
        FetchHead {
            status: self.status.as_u16(),
            status_text: self.status.canonical_reason().unwrap_or_default().to_owned(),
            url,
            redirected,
            headers: self.headers.clone(),
        }
    }
}

fn deliver(head: FetchHead, mut body: Box<dyn Read>, reply: &FetchReply) -> Result<(), HostError> {
    reply.head(head);
    let mut buffer = vec![0; CHUNK];
    while !reply.is_cancelled() {
        match body.read(&mut buffer) {
            Ok(0) => break,
            Ok(length) => reply.chunk(buffer.get(..length).unwrap_or(&buffer)),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => {
                let message = format!("the connection broke while the body was read: {error}");
                return Err(HostError::new(code(error.kind()), message));
            }
        }
    }
    Ok(())
}

impl HttpRule {
    fn matches(&self, request: &FetchRequest) -> bool {
        let method = self.method.as_deref().is_none_or(|m| m.eq_ignore_ascii_case(&request.method));
        let url = request.url.split('#').next().unwrap_or_default();
        // `https://example.com` is requested as `https://example.com/`.
        method
            && (glob(&self.url, url)
                || url.strip_suffix('/').is_some_and(|url| glob(&self.url, url)))
    }

    fn answer(&self) -> Result<Answer, HostError> {
        if let Some(error) = &self.error {
            return Err(HostError::new("NETWORK", error));
        }
        Ok(Answer {
            status: StatusCode::from_u16(self.status)
                .map_err(|error| HostError::failed(error.to_string()))?,
            headers: self.headers.iter().flat_map(|(name, value)| value.lines(name)).collect(),
            body: Box::new(io::Cursor::new(self.body.clone().into_bytes())),
        })
    }
}

impl host_file::HeaderValue {
    fn lines(&self, name: &str) -> Vec<(String, String)> {
        let values = match self {
            Self::One(value) => std::slice::from_ref(value),
            Self::Several(values) => values,
        };
        values.iter().map(|value| (name.to_ascii_lowercase(), value.clone())).collect()
    }
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

fn over_the_network(request: &FetchRequest, reply: &FetchReply) -> Result<Answer, ureq::Error> {
    let agent = agent();
    let on_cancel = agent.clone();
    reply.on_cancel(move || on_cancel.shutdown());
    let (parts, body) = send(&agent, request)?.into_parts();
    Ok(Answer {
        status: parts.status,
        headers: parts.headers.iter().map(header_from_wire).collect(),
        body: Box::new(body.into_reader()),
    })
}

/// One for each request: to cancel a request is to close its agent's connections.
fn agent() -> Agent {
    Agent::config_builder()
        .http_status_as_error(false)
        .max_redirects(0)
        .max_redirects_will_error(false)
        .allow_non_standard_methods(true)
        .timeout_resolve(Some(CONNECT))
        .timeout_connect(Some(CONNECT))
        .user_agent(concat!("background-runner/", env!("CARGO_PKG_VERSION")))
        .build()
        .into()
}

fn send(agent: &Agent, request: &FetchRequest) -> Result<Response<Body>, ureq::Error> {
    let mut head = Request::builder().method(request.method.as_str()).uri(&request.url);
    if let Some(headers) = head.headers_mut() {
        *headers = headers_to_wire(&request.headers)?;
    }
    let expects_body = matches!(request.method.as_str(), "POST" | "PUT" | "PATCH");
    match &request.body {
        Some(body) => agent.run(head.body(body.as_slice())?),
        None if expects_body => agent.run(head.body(&[][..])?),
        None => agent.run(head.body(())?),
    }
}

/// Header text is Latin-1, as the standard has it. Lengths are the client's own business.
fn headers_to_wire(headers: &[(String, String)]) -> Result<HeaderMap, ureq::http::Error> {
    let mut wire = HeaderMap::new();
    for (name, value) in headers {
        if !matches!(name.as_str(), "content-length" | "transfer-encoding" | "connection") {
            let bytes: Vec<u8> = value.chars().map(|c| u8::try_from(c).unwrap_or(b'?')).collect();
            wire.append(HeaderName::from_bytes(name.as_bytes())?, HeaderValue::from_bytes(&bytes)?);
        }
    }
    Ok(wire)
}

fn header_from_wire((name, value): (&HeaderName, &HeaderValue)) -> (String, String) {
    (name.to_string(), value.as_bytes().iter().copied().map(char::from).collect())
}

fn failure(request: &FetchRequest, error: &ureq::Error) -> HostError {
    let code = match error {
        ureq::Error::Io(error) => code(error.kind()),
        ureq::Error::Timeout(_) => "TIMEOUT",
        ureq::Error::HostNotFound => "HOST_NOT_FOUND",
        ureq::Error::Tls(_) | ureq::Error::Rustls(_) => "TLS",
        _ => "NETWORK",
    };
    HostError::new(code, format!("{} {}: {error}", request.method, request.url))
}

fn code(kind: io::ErrorKind) -> &'static str {
    match kind {
        io::ErrorKind::ConnectionRefused => "CONNECTION_REFUSED",
        io::ErrorKind::ConnectionReset | io::ErrorKind::UnexpectedEof => "CONNECTION_LOST",
        io::ErrorKind::TimedOut => "TIMEOUT",
        _ => "NETWORK",
    }
}
