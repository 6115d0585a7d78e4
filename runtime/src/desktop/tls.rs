//! Whom HTTPS trusts on a developer's machine: the system's certificates, and those of `SSL_CERT_FILE`,
//! `SSL_CERT_DIR` and `NODE_EXTRA_CA_CERTS`, as `curl` and Node.js have it.

use std::{env, fs, sync::OnceLock};

use ureq::tls::{Certificate, PemItem, RootCerts, TlsConfig, parse_pem};

/// What to do about a certificate that nobody here vouches for.
const ADVICE: &str = "the server's certificate is signed by nobody that this machine trusts; for one of \
                      your own, name the file of its authority in `SSL_CERT_FILE` or \
                      `NODE_EXTRA_CA_CERTS` (PEM)";

/// The trust of this process: the stores are read once.
pub(super) fn config() -> TlsConfig {
    static ROOTS: OnceLock<RootCerts> = OnceLock::new();
    let roots = ROOTS.get_or_init(roots).clone();
    TlsConfig::builder().root_certs(roots).build()
}

fn roots() -> RootCerts {
    let system = rustls_native_certs::load_native_certs().certs;
    let system = system.iter().map(|certificate| Certificate::from_der(certificate).to_owned());
    let trusted: Vec<_> = system.chain(extra()).collect();
    // A machine without a store of its own gets the list that is built in.
    if trusted.is_empty() { RootCerts::WebPki } else { trusted.into() }
}

/// What `NODE_EXTRA_CA_CERTS` adds; a file that cannot be read adds nothing, as with Node.js.
fn extra() -> Vec<Certificate<'static>> {
    let Some(file) = env::var_os("NODE_EXTRA_CA_CERTS") else { return Vec::new() };
    let text = fs::read(file).unwrap_or_default();
    let certificate = |item| match item {
        Ok(PemItem::Certificate(certificate)) => Some(certificate),
        _ => None,
    };
    parse_pem(&text).filter_map(certificate).collect()
}

/// An error's message, with a way out where the certificate is what is wrong.
pub(super) fn explained(message: &str) -> String {
    if message.contains("UnknownIssuer") || message.contains("CaUsedAsEndEntity") {
        return format!("{ADVICE} ({message})");
    }
    message.to_owned()
}
