//! HTTP on a developer's machine: the host file's rules first, then the network.

use std::{
    io::{self, Read},
    sync::Arc,
    time::Duration,
};

use simulated::{
    host_file::{HostFile, HttpRule},
    redirect::{self, Next},
    rules::{Fate, Head, MAX_REDIRECTS, Rules, too_many_redirects},
};
use ureq::{
    Agent, Body,
    http::{HeaderMap, HeaderName, HeaderValue, Request, Response},
};

use super::{
    coding,
    pace::{AtWork, Pace},
    ports,
    threads::Threads,
    tls, told,
};
use crate::host::{FetchHead, FetchReply, FetchRequest, Flow, HostError};

/// How long finding a server and connecting to it may take: a cancel does not reach into these.
const CONNECT: Duration = Duration::from_secs(30);

/// The bytes of a body that are passed on at a time, at most.
const CHUNK: usize = 64 * 1024;

/// The bytes that the headers of a response have at most, as in Node, and so a connection's buffers.
const HEADERS: usize = 16 * 1024;

/// The most bytes of a response before its body.
const MAX_HEAD: usize = HEADERS - 1024;

/// The network as the runner sees it.
#[derive(Clone)]
pub(super) struct Http(Arc<Network>);

struct Network {
    rules: Rules,
    pace: Pace,
    threads: Threads,
}

/// A response, from a rule or from the network.
struct Answer {
    head: Head,
    body: Box<dyn Read + Send>,
}

impl Http {
    pub(super) fn new(file: &HostFile, pace: Pace) -> Self {
        Self(Arc::new(Network { rules: Rules::new(file), pace, threads: Threads::default() }))
    }

    /// Transfers `request`, on threads that all transfers share.
    pub(super) fn fetch(&self, request: FetchRequest, reply: FetchReply) {
        let at_work = self.0.pace.at_work();
        let exchange = Exchange { http: self.clone(), request, hops: 0, reply };
        self.0.threads.run(move || exchange.begin(at_work));
    }
}

/// A request on its way to a response.
struct Exchange {
    http: Http,
    request: FetchRequest,
    hops: usize,
    reply: FetchReply,
}

impl Exchange {
    fn begin(self, at_work: AtWork) {
        if self.reply.is_cancelled() {
            return;
        }
        let Network { rules, threads, .. } = &*self.http.0;
        match rules.fate(&asked(&self.request)) {
            Fate::Rule(_, rule) if rule.delay_ms > 0 => {
                let (threads, watch) = (threads.clone(), self.reply.watch());
                let delay = Duration::from_millis(rule.delay_ms);
                let answer = move |at_work| self.go_on(answer_of(&rule), at_work);
                at_work.after(delay, &watch, threads, answer);
            }
            Fate::Rule(_, rule) => self.go_on(answer_of(&rule), at_work),
            Fate::Network => {
                if let Some(port) = ports::blocked(&self.request.url) {
                    let message =
                        format!("{} is on port {port}, which is not for HTTP", self.request.url);
                    return self.reply.fail(HostError::new("BLOCKED_PORT", message));
                }
                let answer = over_the_network(&self.request, &self.reply);
                let answer = answer.map_err(|error| failure(&self.request, &error));
                self.go_on(answer, at_work);
            }
            Fate::Nothing(error) => self.reply.fail(told(error)),
        }
    }

    /// Follows a redirect, or delivers the response.
    fn go_on(self, answer: Result<Answer, HostError>, at_work: AtWork) {
        let Self { http, request, hops, reply } = self;
        let next = answer.and_then(|answer| {
            let Head { status, headers } = &answer.head;
            let next = redirect::next(asked(&request), *status, headers).map_err(told)?;
            Ok((next, answer))
        });
        match next {
            Err(error) => reply.fail(error),
            Ok((Next::Deliver(url), answer)) => {
                reply.head(head(&answer.head, url, hops > 0));
                Delivery { http, body: answer.body, reply }.go_on(at_work);
            }
            Ok((Next::Request(_), _)) if hops >= MAX_REDIRECTS => {
                reply.fail(told(too_many_redirects()));
            }
            Ok((Next::Request(next), _)) => {
                let simulated::Request { url, method, headers, redirect, has_body } = next;
                let body = request.body.filter(|_| has_body);
                let request = FetchRequest { url, method, headers, redirect, body };
                Self { http, request, hops: hops + 1, reply }.begin(at_work);
            }
        }
    }
}

/// A request, as rules and redirects see it.
fn asked(request: &FetchRequest) -> simulated::Request {
    simulated::Request {
        url: request.url.clone(),
        method: request.method.clone(),
        headers: request.headers.clone(),
        redirect: request.redirect.clone(),
        has_body: request.body.is_some(),
    }
}

/// How a response begins, as a host says it.
fn head(head: &Head, url: String, redirected: bool) -> FetchHead {
    let simulated::Response { status, status_text, url, redirected, headers } =
        head.told(url, redirected);
    FetchHead { status, status_text, url, redirected, headers }
}

fn answer_of(rule: &HttpRule) -> Result<Answer, HostError> {
    let head = rule.head().map_err(told)?;
    Ok(Answer { head, body: Box::new(io::Cursor::new(rule.body.clone().into_bytes())) })
}

/// A body on its way to the script.
struct Delivery {
    http: Http,
    body: Box<dyn Read + Send>,
    reply: FetchReply,
}

impl Delivery {
    /// Hands the body over, piece by piece, as fast as the script reads it.
    fn go_on(mut self, at_work: AtWork) {
        loop {
            match self.piece() {
                Ok(Some(Flow::More)) => {}
                Ok(Some(Flow::Wait)) => return self.wait(at_work),
                Ok(Some(Flow::Over) | None) => return self.reply.done(),
                Err(error) => return self.reply.fail(error),
            }
        }
    }

    /// Goes on when the script wants more; the thread is free meanwhile, and virtual time passes.
    fn wait(self, at_work: AtWork) {
        let watch = self.reply.watch();
        watch.on_resume(move || {
            let at_work = self.http.0.pace.at_work();
            let threads = self.http.0.threads.clone();
            threads.run(move || self.go_on(at_work));
        });
        drop(at_work);
    }

    /// Hands over one piece, and hears whether the next one is wanted; nothing at the end.
    fn piece(&mut self) -> Result<Option<Flow>, HostError> {
        let mut bytes = vec![0; CHUNK];
        let length = loop {
            match self.body.read(&mut bytes) {
                Ok(length) => break length,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => {
                    let message = format!("the connection broke while the body was read: {error}");
                    return Err(HostError::new(code(error.kind()), message));
                }
            }
        };
        bytes.truncate(length);
        bytes.shrink_to_fit();
        Ok((length > 0).then(|| self.reply.chunk(bytes)))
    }
}

fn over_the_network(request: &FetchRequest, reply: &FetchReply) -> Result<Answer, ureq::Error> {
    let agent = agent();
    let on_cancel = agent.clone();
    reply.on_cancel(move || on_cancel.shutdown());
    let (parts, body) = send(&agent, request)?.into_parts();
    let headers: Vec<_> = parts.headers.iter().map(header_from_wire).collect();
    let body = coding::decoded(&headers, body.into_reader());
    Ok(Answer { head: Head { status: parts.status.as_u16(), headers }, body })
}

/// One for each request: to cancel a request is to close its agent's connections.
fn agent() -> Agent {
    Agent::config_builder()
        .http_status_as_error(false)
        .max_redirects(0)
        .max_redirects_will_error(false)
        .allow_non_standard_methods(true)
        .tls_config(tls::config())
        .timeout_resolve(Some(CONNECT))
        .timeout_connect(Some(CONNECT))
        // A response that nobody reads yet holds these.
        .input_buffer_size(HEADERS)
        // Less than the buffer, which would be full first.
        .max_response_header_size(MAX_HEAD)
        .output_buffer_size(HEADERS)
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
    wire.entry("accept-encoding").or_insert(HeaderValue::from_static("gzip"));
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
    let message = match error {
        ureq::Error::LargeResponseHeader(..) => {
            format!("the headers of the response are longer than {MAX_HEAD} bytes")
        }
        error => tls::explained(&error.to_string()),
    };
    HostError::new(code, format!("{} {}: {message}", request.method, request.url))
}

fn code(kind: io::ErrorKind) -> &'static str {
    match kind {
        io::ErrorKind::ConnectionRefused => "CONNECTION_REFUSED",
        io::ErrorKind::ConnectionReset | io::ErrorKind::UnexpectedEof => "CONNECTION_LOST",
        io::ErrorKind::TimedOut => "TIMEOUT",
        _ => "NETWORK",
    }
}
