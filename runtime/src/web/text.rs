//! `TextEncoder` and `TextDecoder`, after <https://encoding.spec.whatwg.org/>.

use std::cell::RefCell;

use encoding_rs::{CoderResult, DecoderResult, Encoding, UTF_8};
use rquickjs::class::JsClass;
use rquickjs::{Array, Class, Coerced, Ctx, Exception, Object, Result, Value, qjs};

use super::native::{
    Call, adopt, class, constructor, getter, instance, method, tag, uint8_array, view_of, with_text,
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
        this::<TextEncoder>(call)?;
        call.string("utf-8")
    })?;
    method(&prototype, "encode", 0, encode)?;
    method(&prototype, "encodeInto", 2, encode_into)?;
    tag(&prototype, "TextEncoder")?;
    constructor(&prototype, "TextEncoder", 0, |call| instance(call, TextEncoder))
}

/// The receiver of a call, when it is a `T`.
fn this<'js, T: JsClass<'js>>(call: &Call<'_, 'js>) -> Result<Class<'js, T>> {
    Class::from_value(&call.this())
        .map_err(|_| call.type_error(&format!("the receiver is not a `{}`", T::NAME)))
}

/// Refuses a receiver that is not a `T`; cheaper than [`this`].
fn check_this<'js, T: JsClass<'js>>(call: &Call<'_, 'js>) -> Result<()> {
    match call.this().as_object() {
        Some(object) if object.instance_of::<T>() => Ok(()),
        _ => this::<T>(call).map(drop),
    }
}

fn encode<'js>(call: &Call<'_, 'js>) -> Result<Value<'js>> {
    check_this::<TextEncoder>(call)?;
    let input = call.arg(0);
    if input.is_undefined() {
        return uint8_array(&call.ctx, &[]);
    }
    with_text(&call.ctx, &input, |text| uint8_array(&call.ctx, text.as_bytes()))?
}

fn encode_into<'js>(call: &Call<'_, 'js>) -> Result<Value<'js>> {
    this::<TextEncoder>(call)?;
    if call.len() < 2 {
        return Err(call.type_error("`encodeInto` takes a text and a `Uint8Array`"));
    }
    let target = call.arg(1);
    let (read, written) = with_text(&call.ctx, &call.arg(0), |text| {
        // SAFETY: only reads the value.
        if unsafe { qjs::JS_GetTypedArrayType(target.as_raw()) } != UINT8 {
            return Err(call.type_error("`encodeInto` writes into a `Uint8Array`"));
        }
        let Some(view) = view_of(&target).filter(|view| view.len > 0) else { return Ok((0, 0)) };
        if view.immutable {
            return Err(call.type_error("`encodeInto` cannot write into what is immutable"));
        }
        // SAFETY: the view's memory is live, nothing of the script runs meanwhile, and no other
        // reference of ours is into it: `text` is a string of the engine's.
        let bytes = unsafe { std::slice::from_raw_parts_mut(view.start, view.len) };
        Ok(fill(text, bytes))
    })??;
    let result = Object::new(call.ctx.clone())?;
    result.set("read", read)?;
    result.set("written", written)?;
    Ok(result.into_value())
}

/// The engine's number for `Uint8Array`.
const UINT8: i32 = qjs::JSTypedArrayEnum_JS_TYPED_ARRAY_UINT8.cast_signed();

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
        call.string(&this::<TextDecoder>(call)?.borrow().encoding.name().to_ascii_lowercase())
    })?;
    getter(&prototype, "fatal", |call| {
        Ok(Value::new_bool(call.ctx.clone(), this::<TextDecoder>(call)?.borrow().fatal))
    })?;
    getter(&prototype, "ignoreBOM", |call| {
        Ok(Value::new_bool(call.ctx.clone(), this::<TextDecoder>(call)?.borrow().ignore_bom))
    })?;
    method(&prototype, "decode", 0, decode)?;
    tag(&prototype, "TextDecoder")?;
    constructor(&prototype, "TextDecoder", 0, new_decoder)
}

fn new_decoder<'js>(call: &Call<'_, 'js>) -> Result<Value<'js>> {
    instance(call, decoder_for(call)?)
}

/// The decoder for a label and options, the arguments 0 and 1.
fn decoder_for(call: &Call<'_, '_>) -> Result<TextDecoder> {
    let label = if call.arg(0).is_undefined() { "utf-8".to_owned() } else { call.text(0)? };
    let fatal = flag(call, 1, "fatal")?;
    let ignore_bom = flag(call, 1, "ignoreBOM")?;
    let Some(encoding) = Encoding::for_label_no_replacement(label.as_bytes()) else {
        let message = format!("`{label}` is not the label of an encoding");
        return Err(Exception::throw_range(&call.ctx, &message));
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
    let this = this::<TextDecoder>(call)?;
    let input = call.arg(0);
    is_source(call, &input)?;
    let more = flag(call, 1, "stream")?;
    decode_source(call, &this.borrow(), &input, more)
}

/// Refuses what is neither bytes nor left out.
fn is_source(call: &Call<'_, '_>, input: &Value<'_>) -> Result<()> {
    if view_of(input).is_none() && !input.is_undefined() {
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
    let view = view_of(input).filter(|view| view.len > 0);
    let bytes = match &view {
        // SAFETY: the view's memory is live, and nothing of the script runs while it is read.
        Some(view) => unsafe { std::slice::from_raw_parts(view.start, view.len) },
        None => &[],
    };
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
        Ok(Class::instance(call.ctx.clone(), decoder_for(call)?)?.into_value())
    })?;
    method(natives, "decoderInfo", 1, |call| {
        let decoder: Class<'_, TextDecoder> = Class::from_value(&call.arg(0))?;
        let decoder = decoder.borrow();
        let info = Array::new(call.ctx.clone())?;
        info.set(0, decoder.encoding.name().to_ascii_lowercase())?;
        info.set(1, decoder.fatal)?;
        info.set(2, decoder.ignore_bom)?;
        Ok(info.into_value())
    })?;
    method(natives, "decodeText", 3, |call| {
        let decoder: Class<'_, TextDecoder> = Class::from_value(&call.arg(0))?;
        let input = call.arg(1);
        is_source(call, &input)?;
        let more = call.arg(2).as_bool().unwrap_or_default();
        decode_source(call, &decoder.borrow(), &input, more)
    })
}

/// U+FEFF in UTF-8.
const BOM: &[u8] = b"\xef\xbb\xbf";

impl TextDecoder {
    fn decode<'js>(&self, call: &Call<'_, 'js>, bytes: &[u8], more: bool) -> Result<Value<'js>> {
        let mut decoder = self.stream.take().unwrap_or_else(|| self.start());
        let length = decoder.max_utf16_buffer_length(bytes.len()).unwrap_or(bytes.len() * 2 + 2);
        let mut units = vec![0; length];
        let written = if self.fatal {
            let (result, _, written) =
                decoder.decode_to_utf16_without_replacement(bytes, &mut units, !more);
            if matches!(result, DecoderResult::Malformed(..)) {
                let message = format!("the data is not valid {}", self.encoding.name());
                return Err(call.type_error(&message));
            }
            written
        } else {
            let (result, _, written, _) = decoder.decode_to_utf16(bytes, &mut units, !more);
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
