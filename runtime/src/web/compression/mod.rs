//! The native half of `CompressionStream` and `DecompressionStream`.

mod gzip;

use std::{cell::RefCell, mem};

use miniz_oxide::{
    DataFormat, MZError, MZFlush, MZStatus,
    deflate::{CompressionLevel, core::CompressorOxide, stream::deflate},
    inflate::stream::{InflateState, inflate},
};
use rquickjs::{Array, Class, Object, Result, Value};

use self::gzip::{Reader, Writer};
use crate::web::views::lent;
use crate::{
    engine::{
        memory::Charged,
        native::{Call, Held, class, list, method, object, state, uint8_array},
        value::message,
    },
    world::{World, failure::interrupt},
};

/// Puts the functions on what our JavaScript gets as `native`.
pub(crate) fn install(natives: &Object<'_>) -> Result<()> {
    method(natives, "coder", 2, coder)?;
    method(natives, "code", 2, code)
}

/// A stream of bytes on its way through a format.
struct Coder(RefCell<Charged<Format>>);

class!(Coder, "Coder");

enum Format {
    Compress(Compress),
    Decompress(Decompress),
    Finished,
}

/// Why bytes cannot become anything.
enum Fault {
    /// They are not of the format.
    Invalid(&'static str),
    /// The script's memory, or its time, is at an end.
    Engine(rquickjs::Error),
}

impl From<rquickjs::Error> for Fault {
    fn from(error: rquickjs::Error) -> Self {
        Self::Engine(error)
    }
}

impl From<&'static str> for Fault {
    fn from(reason: &'static str) -> Self {
        Self::Invalid(reason)
    }
}

type Coded<T = ()> = std::result::Result<T, Fault>;

/// The most that a coder takes: a compressor's tables and windows, several boxes of a fixed size.
const MOST: usize = 352 << 10;

/// `coder(format, decompress)`
fn coder<'js>(call: &Call<'_, 'js>) -> Result<Value<'js>> {
    let decompress = call.arg(1).as_bool().unwrap_or_default();
    let format = call.text(0)?;
    let data = if &*format == "deflate" { DataFormat::Zlib } else { DataFormat::Raw };
    let gzip = &*format == "gzip";
    let memory = call.memory();
    let make = || {
        if decompress {
            let frame = gzip.then(|| Reader::new(&memory));
            let state = InflateState::new_boxed(data);
            return Format::Decompress(Decompress { state, has_ended: false, frame });
        }
        let level = CompressionLevel::DefaultLevel;
        let state = Box::new(CompressorOxide::with_format_and_level(data, level));
        Format::Compress(Compress { state, frame: gzip.then(Writer::default) })
    };
    let mut coder = Charged::new(&memory, MOST, make)?;
    coder.change(0, |_| (), Format::held)?;
    object(&call.ctx, 0, || Coder(RefCell::new(coder)))
}

/// `code(coder, chunk)`: the list of pieces that `chunk` becomes; without a chunk, what is left at
/// the end.
fn code<'js>(call: &Call<'_, 'js>) -> Result<Value<'js>> {
    let coder: Class<'js, Held<Coder>> =
        state(&call.arg(0)).ok_or_else(|| call.type_error("not a coder"))?;
    let coder = coder.borrow();
    let mut format = coder.0.borrow_mut();
    let chunk = call.arg(1);
    let mut output = Output::new(call)?;
    // SAFETY: coding runs nothing of the script.
    let bytes = unsafe { lent(&chunk)? };
    let work = |format: &mut Format| {
        let coded = if chunk.is_undefined() {
            mem::replace(format, Format::Finished).finish(&mut output)
        } else {
            format.write(bytes, &mut output)
        };
        let coded = coded.and_then(|()| Ok(output.finish()?));
        coded.inspect_err(|_| *format = Format::Finished)
    };
    format.change(0, work, Format::held)?.map_err(|fault| match fault {
        Fault::Engine(error) => error,
        Fault::Invalid(reason) => {
            call.type_error(&message(format_args!("the compressed data is not valid: {reason}")))
        }
    })
}

/// The length of a piece of output.
const PIECE: usize = 64 << 10;

/// What comes out: pieces in the engine's heap, which counts them as they come.
struct Output<'a, 'js> {
    call: &'a Call<'a, 'js>,
    pieces: Array<'js>,
    count: usize,
    /// The piece that is being filled, up to `filled`.
    room: Charged<Vec<u8>>,
    filled: usize,
}

impl<'a, 'js> Output<'a, 'js> {
    fn new(call: &'a Call<'a, 'js>) -> Result<Self> {
        let mut room = Charged::list(&call.memory());
        room.resize(PIECE, 0)?;
        let pieces = list(&call.ctx)?;
        Ok(Self { call, pieces, count: 0, room, filled: 0 })
    }

    /// Has `step` write into the room that is left, and keeps what it wrote.
    fn step(
        &mut self,
        step: impl FnOnce(&mut [u8]) -> miniz_oxide::StreamResult,
    ) -> Result<miniz_oxide::StreamResult> {
        if self.filled == PIECE {
            self.flush()?;
        }
        let done = step(self.room.as_mut_slice().get_mut(self.filled..).unwrap_or_default());
        self.filled = self.filled.saturating_add(done.bytes_written);
        Ok(done)
    }

    fn write(&mut self, bytes: &[u8]) -> Result<()> {
        for byte in bytes {
            if self.filled == PIECE {
                self.flush()?;
            }
            if let Some(place) = self.room.as_mut_slice().get_mut(self.filled) {
                *place = *byte;
            }
            self.filled = self.filled.saturating_add(1);
        }
        Ok(())
    }

    /// What was written from a place in the present piece on.
    fn since(&self, start: usize) -> &[u8] {
        self.room.get(start..self.filled).unwrap_or_default()
    }

    fn flush(&mut self) -> Result<()> {
        if World::of(&self.call.ctx).is_over() {
            return Err(interrupt(&self.call.ctx));
        }
        let piece = uint8_array(&self.call.ctx, self.room.get(..self.filled).unwrap_or_default())?;
        self.pieces.set(self.count, piece)?;
        self.count = self.count.saturating_add(1);
        self.filled = 0;
        Ok(())
    }

    fn finish(mut self) -> Result<Value<'js>> {
        if self.filled > 0 {
            self.flush()?;
        }
        Ok(self.pieces.into_value())
    }
}

impl Format {
    /// What it takes.
    fn held(&self) -> usize {
        match self {
            Self::Compress(_) => MOST,
            Self::Decompress(_) => size_of::<InflateState>(),
            Self::Finished => 0,
        }
    }

    fn write(&mut self, chunk: &[u8], output: &mut Output<'_, '_>) -> Coded {
        match self {
            Self::Compress(compress) => compress.write(chunk, output),
            Self::Decompress(decompress) => decompress.write(chunk, output),
            Self::Finished => Err("the stream is over".into()),
        }
    }

    fn finish(self, output: &mut Output<'_, '_>) -> Coded {
        match self {
            Self::Compress(compress) => compress.finish(output),
            Self::Decompress(decompress) => decompress.finish(),
            Self::Finished => Err("the stream is over".into()),
        }
    }
}

/// Bytes that become fewer.
struct Compress {
    state: Box<CompressorOxide>,
    /// What gzip puts around them.
    frame: Option<Writer>,
}

impl Compress {
    fn write(&mut self, chunk: &[u8], output: &mut Output<'_, '_>) -> Coded {
        if let Some(frame) = &mut self.frame {
            output.write(frame.note(chunk))?;
        }
        self.deflate(chunk, MZFlush::None, output)
    }

    fn finish(mut self, output: &mut Output<'_, '_>) -> Coded {
        if let Some(frame) = &mut self.frame {
            output.write(frame.note(&[]))?;
        }
        self.deflate(&[], MZFlush::Finish, output)?;
        match self.frame {
            Some(frame) => Ok(output.write(&frame.trailer())?),
            None => Ok(()),
        }
    }

    fn deflate(&mut self, mut rest: &[u8], flush: MZFlush, output: &mut Output<'_, '_>) -> Coded {
        let finishes = flush == MZFlush::Finish;
        while finishes || !rest.is_empty() {
            let step = output.step(|room| deflate(&mut self.state, rest, room, flush))?;
            rest = rest.get(step.bytes_consumed..).unwrap_or_default();
            match step.status {
                Ok(MZStatus::StreamEnd) => break,
                Ok(_) => {}
                Err(_) => return Err("it cannot be compressed".into()),
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
    fn write(&mut self, chunk: &[u8], output: &mut Output<'_, '_>) -> Coded {
        let Some(mut frame) = self.frame.take() else {
            let rest = self.inflate(chunk, output, |_| ())?;
            return if rest.is_empty() { Ok(()) } else { Err("more follows its end".into()) };
        };
        let rest = match frame.body(chunk)? {
            Some(body) => self.inflate(body, output, |bytes| frame.note(bytes))?,
            None => &[],
        };
        frame.check(rest)?;
        self.frame = Some(frame);
        Ok(())
    }

    fn finish(self) -> Coded {
        let is_whole = self.has_ended && self.frame.is_none_or(|frame| frame.is_whole());
        if is_whole { Ok(()) } else { Err("it ends too early".into()) }
    }

    /// Puts out what `rest` becomes, with a word to `note`, and returns what follows the end.
    fn inflate<'a>(
        &mut self,
        mut rest: &'a [u8],
        output: &mut Output<'_, '_>,
        mut note: impl FnMut(&[u8]),
    ) -> Coded<&'a [u8]> {
        while !self.has_ended {
            let state = &mut self.state;
            let mut room = 0;
            let step = output.step(|place| {
                room = place.len();
                inflate(state, rest, place, MZFlush::None)
            })?;
            note(output.since(output.filled.saturating_sub(step.bytes_written)));
            rest = rest.get(step.bytes_consumed..).unwrap_or_default();
            match step.status {
                Ok(status) => self.has_ended = status == MZStatus::StreamEnd,
                Err(MZError::Buf) => {}
                Err(_) => return Err("it is damaged".into()),
            }
            if rest.is_empty() && step.bytes_written < room {
                break;
            }
        }
        Ok(rest)
    }
}
