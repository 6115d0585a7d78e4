//! `TextEncoder` and `TextDecoder`, after <https://encoding.spec.whatwg.org/>.

use std::cell::RefCell;

use encoding_rs::{CoderResult, DecoderResult, Encoding, UTF_8};
use rquickjs::{Class, Coerced, Ctx, Object, Result, Value, qjs};

use super::{
    labels,
    views::{Kind, lent, view_of},
};
use crate::engine::{
    memory::Charged,
    native::{
        Call, Held, State, UINT8, adopt, class, constructor, define, getter, instance, list,
        method, object, receiver, state, tag, uint8_array,
    },
    value::{self, message},
};

pub(crate) fn init<'js>(ctx: &Ctx<'js>, exports: &Object<'js>) -> Result<()> {
    // The engine forgets the shape of an object with the last one of it, and takes its time to make
    // it again: one array keeps those of all others.
    exports.set("first", uint8_array(ctx, &[])?)?;
    exports.set("TextEncoder", encoder_class(ctx)?)?;
    exports.set("TextDecoder", decoder_class(ctx)?)
}

// ---- TextEncoder ------------------------------------------------------------------------------

/// A `TextEncoder` has no state; being one is all that is asked of it.
struct TextEncoder;

class!(TextEncoder, "TextEncoder");
class!(TextDecoder, "TextDecoder");

fn encoder_class<'js>(ctx: &Ctx<'js>) -> Result<Value<'js>> {
    let prototype = Object::new(ctx.clone())?;
    getter(&prototype, "encoding", |call| {
        receiver::<TextEncoder>(call)?;
        call.string("utf-8")
    })?;
    method(&prototype, "encode", 0, encode)?;
    method(&prototype, "encodeInto", 2, encode_into)?;
    tag(&prototype, "TextEncoder")?;
    constructor(&prototype, "TextEncoder", 0, |call| instance(call, 0, || TextEncoder))
}

/// Refuses a receiver that is not a `T`; cheaper than [`receiver`].
fn check_this<T: State>(call: &Call<'_, '_>) -> Result<()> {
    match call.this().as_object() {
        Some(object) if object.instance_of::<Held<T>>() => Ok(()),
        _ => receiver::<T>(call).map(drop),
    }
}

fn encode<'js>(call: &Call<'_, 'js>) -> Result<Value<'js>> {
    check_this::<TextEncoder>(call)?;
    let input = call.arg(0);
    if input.is_undefined() {
        return uint8_array(&call.ctx, &[]);
    }
    uint8_array(&call.ctx, call.text(0)?.as_bytes())
}

fn encode_into<'js>(call: &Call<'_, 'js>) -> Result<Value<'js>> {
    receiver::<TextEncoder>(call)?;
    if call.len() < 2 {
        return Err(call.type_error("`encodeInto` takes a text and a `Uint8Array`"));
    }
    let target = call.arg(1);
    let text = call.text(0)?;
    let view = view_of(&target)?.filter(|view| view.kind == Kind::Array(UINT8.cast_signed()));
    let Some(view) = view else {
        return Err(call.type_error("`encodeInto` writes into a `Uint8Array`"));
    };
    if view.immutable {
        return Err(call.type_error("`encodeInto` cannot write into what is immutable"));
    }
    // SAFETY: the value is alive, nothing of the script runs meanwhile, and no other reference of
    // ours is into its bytes: the text is a string of the engine's, or our own.
    let (read, written) = fill(&text, unsafe { view.bytes_mut() });
    let result = Object::new(call.ctx.clone())?;
    define(&result, "read", read)?;
    define(&result, "written", written)?;
    Ok(result.into_value())
}

/// Copies as many whole characters as fit; says how many UTF-16 units and bytes that were.
fn fill(text: &str, bytes: &mut [u8]) -> (usize, usize) {
    let (fitting, _) = text.split_at(text.floor_char_boundary(bytes.len()));
    bytes.iter_mut().zip(fitting.bytes()).for_each(|(place, byte)| *place = byte);
    (fitting.chars().map(char::len_utf16).sum(), fitting.len())
}

// ---- TextDecoder ------------------------------------------------------------------------------

/// What a `TextDecoder` was made for, and where it is in a stream.
struct TextDecoder {
    encoding: &'static Encoding,
    fatal: bool,
    ignore_bom: bool,
    /// The decoder of a stream that is not finished.
    stream: RefCell<Option<encoding_rs::Decoder>>,
}

fn decoder_class<'js>(ctx: &Ctx<'js>) -> Result<Value<'js>> {
    let prototype = Object::new(ctx.clone())?;
    getter(&prototype, "encoding", |call| {
        call.string(&receiver::<TextDecoder>(call)?.borrow().encoding.name().to_ascii_lowercase())
    })?;
    getter(&prototype, "fatal", |call| {
        Ok(Value::new_bool(call.ctx.clone(), receiver::<TextDecoder>(call)?.borrow().fatal))
    })?;
    getter(&prototype, "ignoreBOM", |call| {
        Ok(Value::new_bool(call.ctx.clone(), receiver::<TextDecoder>(call)?.borrow().ignore_bom))
    })?;
    method(&prototype, "decode", 0, decode)?;
    tag(&prototype, "TextDecoder")?;
    constructor(&prototype, "TextDecoder", 0, new_decoder)
}

fn new_decoder<'js>(call: &Call<'_, 'js>) -> Result<Value<'js>> {
    let decoder = decoder_for(call)?;
    instance(call, 0, || decoder)
}

/// The decoder for a label and options, the arguments 0 and 1.
fn decoder_for(call: &Call<'_, '_>) -> Result<TextDecoder> {
    let label = if call.arg(0).is_undefined() { None } else { Some(call.text(0)?) };
    let fatal = flag(call, 1, "fatal")?;
    let ignore_bom = flag(call, 1, "ignoreBOM")?;
    let label = label.as_deref().unwrap_or("utf-8");
    let Some(encoding) = labels::encoding(label) else {
        let message = message(format_args!("`{label}` is not the label of an encoding"));
        return Err(value::throw_range(&call.ctx, &message));
    };
    Ok(TextDecoder { encoding, fatal, ignore_bom, stream: RefCell::default() })
}

/// A boolean member of the options at `index`.
fn flag(call: &Call<'_, '_>, index: usize, name: &str) -> Result<bool> {
    let options = call.arg(index);
    if options.is_undefined() || options.is_null() {
        return Ok(false);
    }
    let Some(options) = options.as_object() else {
        return Err(call.type_error("the options are not an object"));
    };
    Ok(options.get::<_, Coerced<bool>>(name)?.0)
}

fn decode<'js>(call: &Call<'_, 'js>) -> Result<Value<'js>> {
    let this = receiver::<TextDecoder>(call)?;
    let input = call.arg(0);
    is_source(call, &input)?;
    let more = flag(call, 1, "stream")?;
    decode_source(call, &this.borrow(), &input, more)
}

/// Refuses what is neither bytes nor left out.
fn is_source(call: &Call<'_, '_>, input: &Value<'_>) -> Result<()> {
    if !input.is_undefined() && view_of(input)?.is_none() {
        return Err(call.type_error("the input is neither an `ArrayBuffer` nor a view on one"));
    }
    Ok(())
}

fn decode_source<'js>(
    call: &Call<'_, 'js>,
    this: &TextDecoder,
    input: &Value<'js>,
    more: bool,
) -> Result<Value<'js>> {
    // The options may have run code of the script: look again where the bytes are.
    // SAFETY: nothing of the script runs while they are read.
    let bytes = unsafe { lent(input)? };
    if this.encoding == UTF_8 && !more && this.stream.borrow().is_none() {
        let text = if this.ignore_bom { bytes } else { bytes.strip_prefix(BOM).unwrap_or(bytes) };
        if let Ok(text) = str::from_utf8(text) {
            return call.string(text);
        }
    }
    this.decode(call, bytes, more)
}

/// Puts the functions on what our JavaScript gets as `native`.
pub(crate) fn install(natives: &Object<'_>) -> Result<()> {
    method(natives, "textDecoder", 2, |call| {
        let decoder = decoder_for(call)?;
        object(&call.ctx, 0, || decoder)
    })?;
    // For `console`: the interface, of the two here, that an object is of.
    method(natives, "textCoder", 1, |call| {
        let value = call.arg(0);
        if state::<TextDecoder>(&value).is_some() {
            return call.string(TextDecoder::NAME);
        }
        match state::<TextEncoder>(&value) {
            Some(_) => call.string(TextEncoder::NAME),
            None => Ok(call.undefined()),
        }
    })?;
    method(natives, "decoderInfo", 1, |call| {
        let decoder = decoder_of(call)?;
        let decoder = decoder.borrow();
        let info = list(&call.ctx)?;
        info.set(0, decoder.encoding.name().to_ascii_lowercase())?;
        info.set(1, decoder.fatal)?;
        info.set(2, decoder.ignore_bom)?;
        Ok(info.into_value())
    })?;
    method(natives, "decodeText", 3, |call| {
        let decoder = decoder_of(call)?;
        let input = call.arg(1);
        is_source(call, &input)?;
        let more = call.arg(2).as_bool().unwrap_or_default();
        decode_source(call, &decoder.borrow(), &input, more)
    })
}

/// The decoder that argument 0 is.
fn decoder_of<'js>(call: &Call<'_, 'js>) -> Result<Class<'js, Held<TextDecoder>>> {
    state(&call.arg(0)).ok_or_else(|| call.type_error("not a decoder"))
}

/// U+FEFF in UTF-8.
const BOM: &[u8] = b"\xef\xbb\xbf";

impl TextDecoder {
    fn decode<'js>(&self, call: &Call<'_, 'js>, bytes: &[u8], more: bool) -> Result<Value<'js>> {
        let mut decoder = self.stream.take().unwrap_or_else(|| self.start());
        let length = decoder.max_utf16_buffer_length(bytes.len()).unwrap_or(bytes.len() * 2 + 2);
        let mut units = Charged::list(&call.memory());
        units.resize(length, 0)?;
        let units = units.as_mut_slice();
        let written = if self.fatal {
            let (result, _, written) =
                decoder.decode_to_utf16_without_replacement(bytes, units, !more);
            if matches!(result, DecoderResult::Malformed(..)) {
                let message = format!("the data is not valid {}", self.encoding.name());
                return Err(call.type_error(&message));
            }
            written
        } else {
            let (result, _, written, _) = decoder.decode_to_utf16(bytes, units, !more);
            debug_assert_eq!(result, CoderResult::InputEmpty, "the buffer is long enough");
            written
        };
        if more {
            *self.stream.borrow_mut() = Some(decoder);
        }
        utf16(&call.ctx, units.get(..written).unwrap_or_default())
    }

    fn start(&self) -> encoding_rs::Decoder {
        if self.ignore_bom {
            self.encoding.new_decoder_without_bom_handling()
        } else {
            self.encoding.new_decoder_with_bom_removal()
        }
    }
}

/// UTF-16 as a value of the script.
fn utf16<'js>(ctx: &Ctx<'js>, units: &[u16]) -> Result<Value<'js>> {
    // SAFETY: the engine copies the units before it returns.
    unsafe {
        let len = units.len() as _;
        adopt(ctx, qjs::JS_NewStringUTF16(ctx.as_raw().as_ptr(), units.as_ptr(), len))
    }
}
