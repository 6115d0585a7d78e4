//! `DOMException`, `atob` and `btoa`, after <https://webidl.spec.whatwg.org/> and
//! <https://html.spec.whatwg.org/#atob>.
//!
//! The engine has them, but making its `DOMException` (with a constant for each of 25 codes, twice)
//! costs a small dispatch more than all our other globals together, so it is made on first touch.

use std::mem::MaybeUninit;

use base64::{
    Engine as _, alphabet,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig, general_purpose::STANDARD},
};
use rquickjs::{Ctx, Error, Exception, Object, Result, Value, atom::PredefinedAtom, qjs};

use super::bytes::{base64_of, characters};
use crate::engine::{
    errors::{self, Field},
    memory::Charged,
    native::{Call, function},
    value::{Utf8, cut},
};

/// Without padding, which `atob` takes off before, and with any bits behind the last byte.
const FORGIVING: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(DecodePaddingMode::RequireNone),
);

pub(crate) fn init<'js>(ctx: &Ctx<'js>, exports: &Object<'js>) -> Result<()> {
    exports.set("DOMException", exception_class(ctx)?)?;
    exports.set("atob", function(ctx, "atob", 1, atob)?)?;
    exports.set("btoa", function(ctx, "btoa", 1, btoa)?)
}

/// Throws a `DOMException`.
pub(crate) fn throw(ctx: &Ctx<'_>, name: &str, message: &str) -> Error {
    match super::global(ctx, "DOMException") {
        Ok(_) => Exception::throw_dom(ctx, name, &cut(message)),
        Err(error) => error,
    }
}

/// Throws the `DOMException` for what exceeds a quota.
pub(crate) fn throw_quota(ctx: &Ctx<'_>, message: &str) -> Error {
    let error = super::js::export(ctx, "quota", "newError")
        .and_then(|make| make.call::<_, Value<'_>>((cut(message),)));
    match error {
        Ok(error) => ctx.throw(error),
        Err(error) => error,
    }
}

/// The engine's class, made now. What the script has under its name stays there.
fn exception_class<'js>(ctx: &Ctx<'js>) -> Result<Value<'js>> {
    let (raw, globals) = (ctx.as_raw().as_ptr(), ctx.globals());
    let mut own = MaybeUninit::<qjs::JSPropertyDescriptor>::zeroed();
    // SAFETY: the context and the global object are alive, the atom is one of the engine's own; the
    // descriptor is read only where the engine says that it wrote one, and its three values, which
    // are ours then, are freed once.
    let status = unsafe {
        let atom = PredefinedAtom::DOMException as qjs::JSAtom;
        let found = qjs::JS_GetOwnProperty(raw, own.as_mut_ptr(), globals.as_raw(), atom);
        if found < 0 {
            return Err(Error::Exception);
        }
        let added = qjs::JS_AddIntrinsicDOMException(raw);
        if found == 0 {
            added.min(qjs::JS_DeleteProperty(raw, globals.as_raw(), atom, 0))
        } else {
            let own = own.assume_init();
            let (value, getter, setter) = (own.value, own.getter, own.setter);
            let flags = own.flags | has(own.flags);
            let status =
                qjs::JS_DefineProperty(raw, globals.as_raw(), atom, value, getter, setter, flags);
            for value in [value, getter, setter] {
                qjs::JS_FreeValue(raw, value);
            }
            added.min(status)
        }
    };
    if status < 0 {
        return Err(Error::Exception);
    }
    // Nobody but us has seen an exception of the class: its constructor is where the engine put it.
    Exception::throw_dom(ctx, "AbortError", "");
    let thrown = ctx.catch();
    let prototype = thrown.as_object().and_then(Object::get_prototype).ok_or(Error::Unknown)?;
    errors::remember(&prototype, Field::Name)?;
    errors::remember(&prototype, Field::Message)?;
    prototype.get("constructor")
}

/// What a descriptor of these flags says of its property.
fn has(flags: i32) -> i32 {
    let kind = if flags.cast_unsigned() & qjs::JS_PROP_GETSET == 0 {
        qjs::JS_PROP_HAS_VALUE | qjs::JS_PROP_HAS_WRITABLE
    } else {
        qjs::JS_PROP_HAS_GET | qjs::JS_PROP_HAS_SET
    };
    (kind | qjs::JS_PROP_HAS_CONFIGURABLE | qjs::JS_PROP_HAS_ENUMERABLE).cast_signed()
}

/// Text in base64 as the bytes that it stands for, a character each.
fn atob<'js>(call: &Call<'_, 'js>) -> Result<Value<'js>> {
    let given = given(call, "atob")?;
    let mut text = Charged::list(&call.memory());
    text.reserve(given.len())?;
    for part in given.as_bytes().split(|byte| is_space(*byte)) {
        text.extend(part)?;
    }
    let bare = match text.len() % 4 {
        0 => text.strip_suffix(b"==").or_else(|| text.strip_suffix(b"=")).unwrap_or(&text),
        _ => &text,
    };
    let mut bytes = Charged::list(&call.memory());
    bytes.resize(base64::decoded_len_estimate(bare.len()), 0)?;
    match FORGIVING.decode_slice(bare, bytes.as_mut_slice()) {
        Ok(length) => {
            let bytes = bytes.get(..length).unwrap_or_default();
            call.string(&characters(&call.memory(), bytes)?)
        }
        Err(_) => Err(throw(&call.ctx, "InvalidCharacterError", "the text is not base64")),
    }
}

/// ASCII whitespace, as <https://infra.spec.whatwg.org/#ascii-whitespace> has it.
fn is_space(byte: u8) -> bool {
    matches!(byte, b'\t' | b'\n' | 0x0c | b'\r' | b' ')
}

/// Characters up to U+00FF, a byte each, in base64.
fn btoa<'js>(call: &Call<'_, 'js>) -> Result<Value<'js>> {
    let text = given(call, "btoa")?;
    let mut bytes = Charged::list(&call.memory());
    for character in text.chars() {
        let Ok(byte) = u8::try_from(character) else {
            let message = "the text has characters beyond U+00FF";
            return Err(throw(&call.ctx, "InvalidCharacterError", message));
        };
        bytes.push(byte)?;
    }
    call.string(&base64_of(&call.memory(), &bytes, &STANDARD)?)
}

fn given<'js>(call: &Call<'_, 'js>, name: &str) -> Result<Utf8<'js>> {
    if call.len() == 0 {
        return Err(call.type_error(&format!("`{name}` takes a text")));
    }
    call.text(0)
}
