//! The native half of `CompressionStream` and `DecompressionStream`.

use std::cell::RefCell;
use std::io::{self, Write};

use flate2::{Compression, Decompress, FlushDecompress, Status, write};
use rquickjs::{Class, Object, Result, Value};

use super::bytes::lent;
use super::native::{Call, class, method, uint8_array};
use crate::world::World;

/// Puts the functions on what our JavaScript gets as `native`.
pub(crate) fn install(natives: &Object<'_>) -> Result<()> {
    method(natives, "coder", 2, coder)?;
    method(natives, "code", 2, code)
}

/// A stream of bytes on its way through a format.
struct Coder(RefCell<Format>);

class!(Coder, "Coder");

enum Format {
    Deflate(write::ZlibEncoder<Vec<u8>>),
    DeflateRaw(write::DeflateEncoder<Vec<u8>>),
    Gzip(write::GzEncoder<Vec<u8>>),
    /// `deflate` or `deflate-raw`, and whether its end has come.
    Inflate(Decompress, bool),
    Gunzip(write::GzDecoder<Limited>),
    Finished,
}

/// `coder(format, decompress)`
fn coder<'js>(call: &Call<'_, 'js>) -> Result<Value<'js>> {
    let decompress = call.arg(1).as_bool().unwrap_or_default();
    let level = Compression::default();
    let format = match (call.text(0)?.as_str(), decompress) {
        ("deflate", false) => Format::Deflate(write::ZlibEncoder::new(Vec::new(), level)),
        ("deflate-raw", false) => Format::DeflateRaw(write::DeflateEncoder::new(Vec::new(), level)),
        ("deflate", true) => Format::Inflate(Decompress::new(true), false),
        ("deflate-raw", true) => Format::Inflate(Decompress::new(false), false),
        (_, false) => Format::Gzip(write::GzEncoder::new(Vec::new(), level)),
        (_, true) => Format::Gunzip(write::GzDecoder::new(Limited(Vec::new()))),
    };
    Ok(Class::instance(call.ctx.clone(), Coder(RefCell::new(format)))?.into_value())
}

/// `code(coder, chunk)`: what `chunk` becomes; without a chunk, what is left at the end.
fn code<'js>(call: &Call<'_, 'js>) -> Result<Value<'js>> {
    let coder: Class<'js, Coder> =
        Class::from_value(&call.arg(0)).map_err(|_| call.type_error("not a coder"))?;
    let coder = coder.borrow();
    let mut format = coder.0.borrow_mut();
    let chunk = call.arg(1);
    let done = if chunk.is_undefined() {
        format.finish()
    } else {
        // SAFETY: coding runs nothing of the script.
        format.write(unsafe { lent(&chunk) })
    };
    let bytes = done.map_err(|error| {
        *format = Format::Finished;
        call.type_error(&format!("the compressed data is not valid: {error}"))
    })?;
    World::of(&call.ctx).charge(bytes.len())?;
    let array = uint8_array(&call.ctx, &bytes);
    World::of(&call.ctx).discharge(bytes.len());
    array
}

impl Format {
    fn write(&mut self, chunk: &[u8]) -> io::Result<Vec<u8>> {
        match self {
            Format::Deflate(encoder) => encoder.write_all(chunk).map(|()| taken(encoder.get_mut())),
            Format::DeflateRaw(encoder) => {
                encoder.write_all(chunk).map(|()| taken(encoder.get_mut()))
            }
            Format::Gzip(encoder) => encoder.write_all(chunk).map(|()| taken(encoder.get_mut())),
            Format::Inflate(decoder, ended) => inflate(decoder, ended, chunk),
            Format::Gunzip(decoder) => gunzip(decoder, chunk),
            Format::Finished => Err(invalid("the stream is over")),
        }
    }

    fn finish(&mut self) -> io::Result<Vec<u8>> {
        match std::mem::replace(self, Format::Finished) {
            Format::Deflate(encoder) => encoder.finish(),
            Format::DeflateRaw(encoder) => encoder.finish(),
            Format::Gzip(encoder) => encoder.finish(),
            Format::Inflate(_, true) => Ok(Vec::new()),
            Format::Inflate(_, false) => Err(invalid("it ends too early")),
            Format::Gunzip(decoder) => decoder.finish().map(|rest| rest.0),
            Format::Finished => Err(invalid("the stream is over")),
        }
    }
}

fn taken(bytes: &mut Vec<u8>) -> Vec<u8> {
    std::mem::take(bytes)
}

fn invalid(message: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, message)
}

/// The most bytes that one chunk may become.
const MAX_OUTPUT: usize = 256 << 20;

fn inflate(decoder: &mut Decompress, ended: &mut bool, chunk: &[u8]) -> io::Result<Vec<u8>> {
    let mut output = Vec::new();
    let mut rest = chunk;
    loop {
        if *ended {
            return if rest.is_empty() { Ok(output) } else { Err(invalid("more follows its end")) };
        }
        output.reserve(rest.len().saturating_mul(2).clamp(4096, 1 << 20));
        let before = (decoder.total_in(), output.len());
        let status = decoder.decompress_vec(rest, &mut output, FlushDecompress::None)?;
        let read =
            usize::try_from(decoder.total_in().saturating_sub(before.0)).unwrap_or(rest.len());
        rest = rest.get(read..).unwrap_or_default();
        *ended = status == Status::StreamEnd;
        if output.len() > MAX_OUTPUT {
            return Err(invalid("one chunk becomes too large"));
        }
        let stuck = read == 0 && output.len() == before.1;
        if !*ended && rest.is_empty() && (stuck || output.len() < output.capacity()) {
            return Ok(output);
        }
    }
}

fn gunzip(decoder: &mut write::GzDecoder<Limited>, chunk: &[u8]) -> io::Result<Vec<u8>> {
    let mut rest = chunk;
    while !rest.is_empty() {
        match decoder.write(rest)? {
            0 => return Err(invalid("more follows its end")),
            read => rest = rest.get(read..).unwrap_or_default(),
        }
    }
    decoder.flush()?;
    Ok(taken(&mut decoder.get_mut().0))
}

/// Bytes that do not grow beyond measure.
struct Limited(Vec<u8>);

impl Write for Limited {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.0.len().saturating_add(bytes.len()) > MAX_OUTPUT {
            return Err(invalid("one chunk becomes too large"));
        }
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
