//! Bytes and text for our JavaScript: views of the script's own realm, made and read natively.

use rquickjs::{Object, Result, Value, qjs};

use super::native::{Call, adopt, array_buffer, bytes_of, method, uint8_array, view_of};
use crate::value;
use crate::world::World;

/// Puts the functions on what our JavaScript gets as `native`.
pub(crate) fn install(natives: &Object<'_>) -> Result<()> {
    method(natives, "string", 1, string)?;
    method(natives, "usv", 1, |call| call.string(&call.text(0)?))?;
    method(natives, "encode", 1, |call| uint8_array(&call.ctx, call.text(0)?.as_bytes()))?;
    method(natives, "utf8", 2, utf8)?;
    method(natives, "latin1", 3, latin1)?;
    method(natives, "bytes", 1, bytes)?;
    method(natives, "byteLength", 1, byte_length)?;
    method(natives, "slice", 3, slice)?;
    method(natives, "bufferOf", 1, buffer_of)?;
    method(natives, "concat", 1, concat)?;
    method(natives, "find", 3, find)?;
    method(natives, "isDetached", 1, is_detached)?;
    method(natives, "transfer", 1, transfer)?;
    method(natives, "newBuffer", 1, new_buffer)?;
    method(natives, "copy", 5, copy)?;
    method(natives, "viewKind", 1, |call| {
        Ok(Value::new_int(call.ctx.clone(), kind_of(&call.arg(0))))
    })?;
    method(natives, "typedArray", 4, typed_array)?;
    method(natives, "jsonParse", 1, json_parse)?;
    method(natives, "jsonStringify", 1, json_stringify)?;
    method(natives, "randomDigits", 0, random_digits)
}

/// `string(value)`: `ToString`, which throws for a symbol.
fn string<'js>(call: &Call<'_, 'js>) -> Result<Value<'js>> {
    // SAFETY: the value is alive; the text comes with its own reference.
    unsafe { adopt(&call.ctx, qjs::JS_ToString(call.ctx.as_raw().as_ptr(), call.arg(0).as_raw())) }
}

/// The bytes of `value`, none for anything but a buffer source.
///
/// # Safety
///
/// Nothing of the script may run while they are in use.
pub(crate) unsafe fn lent<'a>(value: &'a Value<'_>) -> &'a [u8] {
    // SAFETY: the memory is live as long as the value is and no script runs: the caller's promise.
    bytes_of(value).map_or(&[], |bytes| unsafe { bytes.as_ref() })
}

/// `utf8(bytes, strip)`: the text, without a byte order mark if `strip`.
fn utf8<'js>(call: &Call<'_, 'js>) -> Result<Value<'js>> {
    let value = call.arg(0);
    // SAFETY: `string` makes a string, which runs nothing of the script.
    let bytes = unsafe { lent(&value) };
    let strip = call.arg(1).as_bool().unwrap_or_default();
    let text = if strip { bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes) } else { bytes };
    call.string(&String::from_utf8_lossy(text))
}

/// `latin1(bytes, start, end)`: one character a byte.
fn latin1<'js>(call: &Call<'_, 'js>) -> Result<Value<'js>> {
    let value = call.arg(0);
    // SAFETY: as in `utf8`.
    let bytes = unsafe { lent(&value) };
    let text: String = part(call, bytes).iter().map(|byte| char::from(*byte)).collect();
    call.string(&text)
}

/// The part of `bytes` from argument 1 to argument 2, as far as it has one.
fn part<'a>(call: &Call<'_, '_>, bytes: &'a [u8]) -> &'a [u8] {
    let place = |number: f64| {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "saturates")]
        let place = number as usize;
        place.min(bytes.len())
    };
    bytes.get(place(call.number(1))..place(call.number(2))).unwrap_or_default()
}

/// `bytes(source)`: a copy of a buffer source's bytes, `undefined` for anything else.
fn bytes<'js>(call: &Call<'_, 'js>) -> Result<Value<'js>> {
    let value = call.arg(0);
    if view_of(&value).is_none() {
        return Ok(call.undefined());
    }
    // SAFETY: making the copy runs nothing of the script.
    uint8_array(&call.ctx, unsafe { lent(&value) })
}

fn byte_length<'js>(call: &Call<'_, 'js>) -> Result<Value<'js>> {
    let len = view_of(&call.arg(0)).map_or(0, |view| view.len);
    #[expect(clippy::cast_precision_loss, reason = "a length is below 2^53")]
    Ok(Value::new_number(call.ctx.clone(), len as f64))
}

/// `slice(bytes, start, end)`: a copy of a part.
fn slice<'js>(call: &Call<'_, 'js>) -> Result<Value<'js>> {
    let value = call.arg(0);
    // SAFETY: as in `bytes`.
    let bytes = unsafe { lent(&value) };
    uint8_array(&call.ctx, part(call, bytes))
}

/// `bufferOf(bytes)`: an `ArrayBuffer` with a copy.
fn buffer_of<'js>(call: &Call<'_, 'js>) -> Result<Value<'js>> {
    let value = call.arg(0);
    // SAFETY: as in `bytes`.
    array_buffer(&call.ctx, unsafe { lent(&value) })
}

/// `concat(views)`
fn concat<'js>(call: &Call<'_, 'js>) -> Result<Value<'js>> {
    let views = call.arg(0).into_array().ok_or_else(|| call.type_error("not a list"))?;
    let mut all = Vec::new();
    for index in 0..views.len() {
        let view: Value<'js> = views.get(index)?;
        // SAFETY: the bytes are copied at once.
        all.extend_from_slice(unsafe { lent(&view) });
    }
    uint8_array(&call.ctx, &all)
}

/// `find(bytes, part, from)`: where `part` begins, -1 when it is not there.
fn find<'js>(call: &Call<'_, 'js>) -> Result<Value<'js>> {
    let (whole, part) = (call.arg(0), call.arg(1));
    // SAFETY: searching runs nothing of the script.
    let (whole, part) = unsafe { (lent(&whole), lent(&part)) };
    let from = (call.uint(2) as usize).min(whole.len());
    let (_, rest) = whole.split_at(from);
    let found = memchr::memmem::find(rest, part).map(|at| at.saturating_add(from));
    #[expect(clippy::cast_precision_loss, reason = "a length is below 2^53")]
    Ok(Value::new_number(call.ctx.clone(), found.map_or(-1.0, |at| at as f64)))
}

/// `isDetached(buffer)`
fn is_detached<'js>(call: &Call<'_, 'js>) -> Result<Value<'js>> {
    Ok(Value::new_bool(call.ctx.clone(), bytes_of(&call.arg(0)).is_none()))
}

/// `transfer(buffer)`: a new `ArrayBuffer` with the bytes of one that is detached by it.
fn transfer<'js>(call: &Call<'_, 'js>) -> Result<Value<'js>> {
    let buffer = call.arg(0);
    if bytes_of(&buffer).is_none() {
        return Err(call.type_error("the buffer is detached"));
    }
    // SAFETY: making the copy runs nothing of the script.
    let copy = array_buffer(&call.ctx, unsafe { lent(&buffer) })?;
    // SAFETY: the value is a buffer, and nobody looks at its bytes any more.
    unsafe { qjs::JS_DetachArrayBuffer(call.ctx.as_raw().as_ptr(), buffer.as_raw()) };
    if bytes_of(&buffer).is_some() {
        return Err(call.type_error("the buffer cannot be detached"));
    }
    Ok(copy)
}

/// The most bytes that one buffer may be asked for.
const MAX_BUFFER: f64 = 2_147_483_647.0;

/// `newBuffer(length)`: an `ArrayBuffer` of zeros.
fn new_buffer<'js>(call: &Call<'_, 'js>) -> Result<Value<'js>> {
    let length = call.number(0);
    if !(0.0..=MAX_BUFFER).contains(&length) {
        return Err(value::throw_range(&call.ctx, "the buffer is too large"));
    }
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked above")]
    let length = length as usize;
    World::of(&call.ctx).charge(length)?;
    let buffer = array_buffer(&call.ctx, &vec![0; length]);
    World::of(&call.ctx).discharge(length);
    buffer
}

/// `copy(to, toOffset, from, fromOffset, count)` between two buffers.
fn copy<'js>(call: &Call<'_, 'js>) -> Result<Value<'js>> {
    let place = |index| call.uint(index) as usize;
    let (to, from, count) = (call.arg(0), call.arg(2), place(4));
    let outside = || value::throw_range(&call.ctx, "the range is not within the buffer");
    // SAFETY: the bytes are copied at once.
    let bytes = unsafe { lent(&from) };
    let end = place(3).checked_add(count).ok_or_else(outside)?;
    let bytes = bytes.get(place(3)..end).ok_or_else(outside)?.to_vec();
    if view_of(&to).is_some_and(|view| view.immutable) {
        return Err(call.type_error("the buffer is immutable"));
    }
    let target = bytes_of(&to).ok_or_else(outside)?;
    // SAFETY: the memory is live, and `bytes` is a copy, so that nothing else refers to it.
    let target = unsafe { &mut *target.as_ptr() };
    let end = place(1).checked_add(count).ok_or_else(outside)?;
    target.get_mut(place(1)..end).ok_or_else(outside)?.copy_from_slice(&bytes);
    Ok(call.undefined())
}

/// `typedArray(kind, buffer, offset, length)`: a view of the script's own realm.
fn typed_array<'js>(call: &Call<'_, 'js>) -> Result<Value<'js>> {
    let args = [call.arg(1), call.arg(2), call.arg(3)];
    let mut raw = [args[0].as_raw(), args[1].as_raw(), args[2].as_raw()];
    // SAFETY: the three values are alive, and the engine checks what they are.
    unsafe {
        let context = call.ctx.as_raw().as_ptr();
        adopt(&call.ctx, qjs::JS_NewTypedArray(context, 3, raw.as_mut_ptr(), call.uint(0)))
    }
}

/// `jsonParse(bytes)`: `JSON.parse` of UTF-8, which no script can replace.
fn json_parse<'js>(call: &Call<'_, 'js>) -> Result<Value<'js>> {
    let value = call.arg(0);
    // SAFETY: the text is copied at once.
    let bytes = unsafe { lent(&value) };
    let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let text = String::from_utf8_lossy(text).into_owned();
    value::parse(&call.ctx, text.as_bytes())
}

/// `jsonStringify(value)`: `undefined` for what has no JSON form.
fn json_stringify<'js>(call: &Call<'_, 'js>) -> Result<Value<'js>> {
    match call.ctx.json_stringify(call.arg(0))? {
        Some(text) => Ok(text.into_value()),
        None => Ok(call.undefined()),
    }
}

/// `randomDigits()`: twelve decimal digits that nobody can guess.
fn random_digits<'js>(call: &Call<'_, 'js>) -> Result<Value<'js>> {
    let mut bytes = [0; 8];
    World::of(&call.ctx).random(&call.ctx, &mut bytes)?;
    call.string(&format!("{:012}", u64::from_le_bytes(bytes) % 1_000_000_000_000))
}

/// The engine's number of a typed array's kind, negative for anything else.
pub(crate) fn kind_of(value: &Value<'_>) -> i32 {
    // SAFETY: only reads the value.
    unsafe { qjs::JS_GetTypedArrayType(value.as_raw()) }
}
