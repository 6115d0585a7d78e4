//! The native half of `CompressionStream` and `DecompressionStream`.

mod gzip;

use std::{cell::RefCell, mem};

use miniz_oxide::{
    DataFormat, MZError, MZFlush, MZStatus,
    deflate::{CompressionLevel, core::CompressorOxide, stream::deflate},
    inflate::stream::{InflateState, inflate},
};
use rquickjs::{Class, Object, Result, Value};

use self::gzip::{Reader, Writer};
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
    Compress(Compress),
    Decompress(Decompress),
    Finished,
}

/// What bytes become, or why they cannot become anything.
type Coded = std::result::Result<Vec<u8>, &'static str>;

/// `coder(format, decompress)`
fn coder<'js>(call: &Call<'_, 'js>) -> Result<Value<'js>> {
    let decompress = call.arg(1).as_bool().unwrap_or_default();
    let format = call.text(0)?;
    let data = if format == "deflate" { DataFormat::Zlib } else { DataFormat::Raw };
    let gzip = format == "gzip";
    let format = if decompress {
        Format::Decompress(Decompress {
            state: InflateState::new_boxed(data),
            has_ended: false,
            frame: gzip.then(Reader::default),
        })
    } else {
        let state = CompressorOxide::with_format_and_level(data, CompressionLevel::DefaultLevel);
        Format::Compress(Compress { state: Box::new(state), frame: gzip.then(Writer::default) })
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
    let bytes = done.map_err(|reason| {
        *format = Format::Finished;
        call.type_error(&format!("the compressed data is not valid: {reason}"))
    })?;
    World::of(&call.ctx).charge(bytes.len())?;
    let array = uint8_array(&call.ctx, &bytes);
    World::of(&call.ctx).discharge(bytes.len());
    array
}

impl Format {
    fn write(&mut self, chunk: &[u8]) -> Coded {
        match self {
            Self::Compress(compress) => compress.write(chunk),
            Self::Decompress(decompress) => decompress.write(chunk),
            Self::Finished => Err("the stream is over"),
        }
    }

    fn finish(&mut self) -> Coded {
        match mem::replace(self, Self::Finished) {
            Self::Compress(compress) => compress.finish(),
            Self::Decompress(decompress) => decompress.finish(),
            Self::Finished => Err("the stream is over"),
        }
    }
}

/// The room that output is given before more is known.
const ROOM: usize = 16 << 10;

/// The most bytes that one chunk may become.
const MAX_OUTPUT: usize = 256 << 20;

/// Bytes that become fewer.
struct Compress {
    state: Box<CompressorOxide>,
    /// What gzip puts around them.
    frame: Option<Writer>,
}

impl Compress {
    fn write(&mut self, chunk: &[u8]) -> Coded {
        let mut output = Vec::new();
        if let Some(frame) = &mut self.frame {
            frame.write(chunk, &mut output);
        }
        self.deflate(chunk, MZFlush::None, &mut output)?;
        Ok(output)
    }

    fn finish(mut self) -> Coded {
        let mut output = Vec::new();
        if let Some(frame) = &mut self.frame {
            frame.write(&[], &mut output);
        }
        self.deflate(&[], MZFlush::Finish, &mut output)?;
        if let Some(frame) = self.frame {
            frame.finish(&mut output);
        }
        Ok(output)
    }

    fn deflate(
        &mut self,
        mut rest: &[u8],
        flush: MZFlush,
        output: &mut Vec<u8>,
    ) -> std::result::Result<(), &'static str> {
        let finishes = flush == MZFlush::Finish;
        while finishes || !rest.is_empty() {
            let step = into_room(output, ROOM, |room| deflate(&mut self.state, rest, room, flush));
            rest = rest.get(step.bytes_consumed..).unwrap_or_default();
            match step.status {
                Ok(MZStatus::StreamEnd) => break,
                Ok(_) => {}
                Err(_) => return Err("it cannot be compressed"),
            }
        }
        Ok(())
    }
}

/// Bytes that become what they were.
struct Decompress {
    state: Box<InflateState>,
    has_ended: bool,
    /// What gzip puts around them.
    frame: Option<Reader>,
}

impl Decompress {
    fn write(&mut self, chunk: &[u8]) -> Coded {
        let mut output = Vec::new();
        let Some(mut frame) = self.frame.take() else {
            let rest = self.inflate(chunk, &mut output)?;
            return if rest.is_empty() { Ok(output) } else { Err("more follows its end") };
        };
        if let Some(body) = frame.body(chunk)? {
            let rest = self.inflate(&body, &mut output)?;
            frame.check(&output, rest)?;
        }
        self.frame = Some(frame);
        Ok(output)
    }

    fn finish(self) -> Coded {
        let is_whole = self.has_ended && self.frame.is_none_or(|frame| frame.is_whole());
        if is_whole { Ok(Vec::new()) } else { Err("it ends too early") }
    }

    /// Adds what `rest` becomes, and returns what follows the end.
    fn inflate<'a>(
        &mut self,
        mut rest: &'a [u8],
        output: &mut Vec<u8>,
    ) -> std::result::Result<&'a [u8], &'static str> {
        while !self.has_ended {
            let room = rest.len().saturating_mul(2).clamp(ROOM, 1 << 20);
            let state = &mut self.state;
            let step = into_room(output, room, |room| inflate(state, rest, room, MZFlush::None));
            rest = rest.get(step.bytes_consumed..).unwrap_or_default();
            match step.status {
                Ok(status) => self.has_ended = status == MZStatus::StreamEnd,
                Err(MZError::Buf) => {}
                Err(_) => return Err("it is damaged"),
            }
            if output.len() > MAX_OUTPUT {
                return Err("one chunk becomes too large");
            }
            if rest.is_empty() && step.bytes_written < room {
                break;
            }
        }
        Ok(rest)
    }
}

/// Has `step` write into new room at the end, and keeps what it wrote.
fn into_room(
    output: &mut Vec<u8>,
    room: usize,
    step: impl FnOnce(&mut [u8]) -> miniz_oxide::StreamResult,
) -> miniz_oxide::StreamResult {
    let start = output.len();
    output.resize(start.saturating_add(room), 0);
    let done = step(output.get_mut(start..).unwrap_or_default());
    output.truncate(start.saturating_add(done.bytes_written));
    done
}
