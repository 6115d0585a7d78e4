//! Redirects, as <https://fetch.spec.whatwg.org/#http-redirect-fetch> follows them.

use url::Url;

use crate::host::{HostError, Request};

/// What comes after a response.
pub enum Next {
    /// It is the one to deliver; where it came from.
    Deliver(String),
    /// It points to another place.
    Request(Request),
}

/// Follows a response to `request`, if it is a redirect and the request wants that.
///
/// # Errors
///
/// Where a redirect must not be followed.
pub fn next(
    request: Request,
    status: u16,
    headers: &[(String, String)],
) -> Result<Next, HostError> {
    let location = headers.iter().find(|(name, _)| name == "location").map(|(_, value)| value);
    match location {
        Some(location) if is_redirect(status) => match request.redirect.as_str() {
            "manual" => Ok(Next::Deliver(request.url)),
            "error" => Err(refused(format!("{} redirects to {location}", request.url))),
            _ => redirected(request, status, location).map(Next::Request),
        },
        _ => Ok(Next::Deliver(request.url)),
    }
}

fn is_redirect(status: u16) -> bool {
    matches!(status, 301 | 302 | 303 | 307 | 308)
}

fn redirected(mut request: Request, status: u16, location: &str) -> Result<Request, HostError> {
    let here = Url::parse(&request.url).map_err(|error| refused(error.to_string()))?;
    let there = here.join(location).map_err(|error| {
        refused(format!("{here} redirects to `{location}`, which is not a URL: {error}"))
    })?;
    if !matches!(there.scheme(), "http" | "https") {
        return Err(refused(format!("{here} redirects to {there}, which is not HTTP")));
    }
    if !there.username().is_empty() || there.password().is_some() {
        // Every place is of another origin than a runner, which has none.
        return Err(refused(format!("{here} redirects to a URL with a user name or a password")));
    }
    if becomes_get(status, &request.method) {
        "GET".clone_into(&mut request.method);
        request.has_body = false;
        drop_headers(&mut request, &OF_A_BODY);
    }
    if here.origin() != there.origin() {
        drop_headers(&mut request, &OF_AN_ORIGIN);
    }
    request.url = there.into();
    Ok(request)
}

/// A form that was posted is followed to a page; the other redirects repeat the request.
fn becomes_get(status: u16, method: &str) -> bool {
    match status {
        301 | 302 => method == "POST",
        303 => !matches!(method, "GET" | "HEAD"),
        _ => false,
    }
}

/// The headers that describe a body, which a redirected request may not have any more.
const OF_A_BODY: [&str; 5] =
    ["content-encoding", "content-language", "content-length", "content-location", "content-type"];

/// The headers that are for one origin only.
const OF_AN_ORIGIN: [&str; 4] = ["authorization", "cookie", "host", "proxy-authorization"];

fn drop_headers(request: &mut Request, dropped: &[&str]) {
    request.headers.retain(|(name, _)| !dropped.contains(&name.as_str()));
}

fn refused(message: String) -> HostError {
    HostError::new("REDIRECT", message)
}
