//! Content codings: the one that is asked for, `gzip`, is undone
//! (<https://www.rfc-editor.org/rfc/rfc9110#field.content-encoding>).

use std::io::{self, BufRead, BufReader, Read};

use flate2::bufread::MultiGzDecoder;

/// The body of a response as a script reads it; its headers stay as they are.
pub(super) fn decoded(
    headers: &[(String, String)],
    body: impl Read + Send + 'static,
) -> Box<dyn Read + Send> {
    let is_gzip = |value: &str| ["gzip", "x-gzip"].iter().any(|it| value.eq_ignore_ascii_case(it));
    let coding = headers.iter().find(|(name, _)| name == "content-encoding");
    match coding {
        Some((_, value)) if is_gzip(value.trim()) => {
            Box::new(Gzip::Unopened(Some(BufReader::new(body))))
        }
        _ => Box::new(body),
    }
}

/// What is packed; nothing at all is nothing, and no broken pack.
enum Gzip<R> {
    Unopened(Option<BufReader<R>>),
    Open(MultiGzDecoder<BufReader<R>>),
}

impl<R: Read> Read for Gzip<R> {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        if let Self::Unopened(body) = self {
            if body.as_mut().map(BufRead::fill_buf).transpose()?.is_none_or(<[u8]>::is_empty) {
                return Ok(0);
            }
            if let Some(body) = body.take() {
                *self = Self::Open(MultiGzDecoder::new(body));
            }
        }
        match self {
            Self::Open(decoder) => decoder.read(bytes),
            Self::Unopened(_) => Ok(0),
        }
    }
}
