//! Bytes and text for our JavaScript: views of the script's own realm, made and read natively.

use std::sync::Arc;

use base64::{
    Engine as _,
    engine::{GeneralPurpose, general_purpose::STANDARD},
};
use rquickjs::{Array, Error, Object, Result, Value, qjs};

use super::js;
use super::views::{Kind, lent, unshared_view_of, view_of};
use crate::{
    engine::{
        heap::Usage,
        memory::Charged,
        native::{Call, adopt, array_buffer, define, filled, list, method, uint8_array},
        value,
    },
    world::World,
};

/// Puts the functions on what our JavaScript gets as `native`.
pub(crate) fn install(natives: &Object<'_>) -> Result<()> {
    method(natives, "newList", 0, |call| list(&call.ctx).map(Array::into_value))?;
    method(natives, "arrayOf", 1, array_of)?;
    method(natives, "string", 1, string)?;
    method(natives, "usv", 1, |call| call.string(&call.text(0)?))?;
    method(natives, "encode", 1, |call| uint8_array(&call.ctx, call.text(0)?.as_bytes()))?;
    method(natives, "utf8", 2, utf8)?;
    method(natives, "latin1", 3, latin1)?;
    method(natives, "bytes", 1, bytes)?;
    method(natives, "isSource", 1, is_source)?;
    method(natives, "isShared", 1, is_shared)?;
    method(natives, "byteLength", 1, byte_length)?;
    method(natives, "slice", 3, slice)?;
    method(natives, "bufferOf", 1, buffer_of)?;
    method(natives, "concat", 1, concat)?;
    method(natives, "find", 3, find)?;
    method(natives, "isDetached", 1, is_detached)?;
    method(natives, "transfer", 1, transfer)?;
    method(natives, "beyondLatin1", 1, beyond_latin1)?;
    method(natives, "isFieldValue", 1, |call| {
        let is = !call.text(0)?.bytes().any(|byte| matches!(byte, 0 | b'\r' | b'\n'));
        Ok(Value::new_bool(call.ctx.clone(), is))
    })?;
    method(natives, "base64", 1, base64)?;
    method(natives, "newBuffer", 1, new_buffer)?;
    method(natives, "copy", 5, copy)?;
    method(natives, "viewKind", 1, |call| {
        Ok(Value::new_int(call.ctx.clone(), kind_of(&call.arg(0))))
    })?;
    method(natives, "elementSize", 1, element_size)?;
    method(natives, "typedArray", 4, typed_array)?;
    method(natives, "jsonParse", 1, json_parse)?;
    method(natives, "jsonStringify", 1, json_stringify)?;
    method(natives, "randomDigits", 0, random_digits)
}

/// `arrayOf(list)`: an array for the script with the elements of a list of ours.
fn array_of<'js>(call: &Call<'_, 'js>) -> Result<Value<'js>> {
    let items = call.arg(0).into_array().ok_or_else(|| call.type_error("not a list"))?;
    let array = Array::new(call.ctx.clone())?;
    for (index, item) in (0_u32..).zip(items.iter::<Value<'js>>()) {
        define(array.as_object(), index, item?)?;
    }
    Ok(array.into_value())
}

/// `string(value)`: `ToString`, which throws for a symbol.
fn string<'js>(call: &Call<'_, 'js>) -> Result<Value<'js>> {
    // SAFETY: the value is alive; the text comes with its own reference.
    unsafe { adopt(&call.ctx, qjs::JS_ToString(call.ctx.as_raw().as_ptr(), call.arg(0).as_raw())) }
}

/// `utf8(bytes, strip)`: the text, without a byte order mark if `strip`.
fn utf8<'js>(call: &Call<'_, 'js>) -> Result<Value<'js>> {
    let value = call.arg(0);
    // SAFETY: `string` makes a string, which runs nothing of the script.
    let bytes = unsafe { lent(&value)? };
    let strip = call.arg(1).as_bool().unwrap_or_default();
    let bytes = if strip { bytes.strip_prefix(BOM).unwrap_or(bytes) } else { bytes };
    match str::from_utf8(bytes) {
        Ok(text) => call.string(text),
        Err(_) => call.string(&lossy(&call.memory(), bytes)?),
    }
}

/// U+FEFF in UTF-8.
const BOM: &[u8] = b"\xef\xbb\xbf";

/// Bytes as text, with U+FFFD for what is not UTF-8 (<https://encoding.spec.whatwg.org/#utf-8-decoder>).
fn lossy(memory: &Arc<Usage>, bytes: &[u8]) -> Result<Charged<String>> {
    let mut text = Charged::text(memory);
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid())?;
        if !chunk.invalid().is_empty() {
            text.push_str("\u{fffd}")?;
        }
    }
    Ok(text)
}

/// `latin1(bytes, start, end)`: one character a byte.
fn latin1<'js>(call: &Call<'_, 'js>) -> Result<Value<'js>> {
    let value = call.arg(0);
    // SAFETY: as in `utf8`.
    let bytes = unsafe { lent(&value)? };
    call.string(&characters(&call.memory(), part(call, bytes))?)
}

/// A character for each byte, from U+0000 to U+00FF.
pub(crate) fn characters(memory: &Arc<Usage>, bytes: &[u8]) -> Result<Charged<String>> {
    let mut text = Charged::text(memory);
    for part in bytes.chunks(64) {
        let mut room = [0; 128];
        let mut length = 0;
        for byte in part {
            let place = room.get_mut(length..).unwrap_or_default();
            length += char::from(*byte).encode_utf8(place).len();
        }
        text.push_str(
            room.get(..length).and_then(|it| str::from_utf8(it).ok()).unwrap_or_default(),
        )?;
    }
    Ok(text)
}

/// Bytes in base64.
pub(crate) fn base64_of(
    memory: &Arc<Usage>,
    bytes: &[u8],
    engine: &GeneralPurpose,
) -> Result<Charged<String>> {
    let mut text = Charged::text(memory);
    // Three bytes are four characters, so that parts of this length end with a whole group.
    for part in bytes.chunks(48) {
        let mut room = [0; 64];
        let length = engine.encode_slice(part, &mut room).unwrap_or_default();
        let characters = room.get(..length).and_then(|it| str::from_utf8(it).ok());
        text.push_str(characters.unwrap_or_default())?;
    }
    Ok(text)
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

/// `bytes(source)`: a copy of a buffer source's bytes, `undefined` for anything else; no view on
/// shared memory is taken.
fn bytes<'js>(call: &Call<'_, 'js>) -> Result<Value<'js>> {
    let value = call.arg(0);
    match unshared_view_of(&value)? {
        // SAFETY: making the copy runs nothing of the script.
        Some(view) => uint8_array(&call.ctx, unsafe { view.bytes() }),
        None => Ok(call.undefined()),
    }
}

/// `isSource(value)`: whether it is a buffer source; no view on shared memory is taken.
fn is_source<'js>(call: &Call<'_, 'js>) -> Result<Value<'js>> {
    let is = unshared_view_of(&call.arg(0))?.is_some();
    Ok(Value::new_bool(call.ctx.clone(), is))
}

/// `isShared(view)`: whether it is a view on shared memory.
fn is_shared<'js>(call: &Call<'_, 'js>) -> Result<Value<'js>> {
    let is = view_of(&call.arg(0))?.is_some_and(|view| view.shared);
    Ok(Value::new_bool(call.ctx.clone(), is))
}

fn byte_length<'js>(call: &Call<'_, 'js>) -> Result<Value<'js>> {
    let len = view_of(&call.arg(0))?.map_or(0, |view| view.len);
    #[expect(clippy::cast_precision_loss, reason = "a length is below 2^53")]
    Ok(Value::new_number(call.ctx.clone(), len as f64))
}

/// `slice(bytes, start, end)`: a copy of a part.
fn slice<'js>(call: &Call<'_, 'js>) -> Result<Value<'js>> {
    let value = call.arg(0);
    // SAFETY: as in `bytes`.
    let bytes = unsafe { lent(&value)? };
    uint8_array(&call.ctx, part(call, bytes))
}

/// `bufferOf(bytes)`: an `ArrayBuffer` with a copy.
fn buffer_of<'js>(call: &Call<'_, 'js>) -> Result<Value<'js>> {
    let value = call.arg(0);
    // SAFETY: as in `bytes`.
    array_buffer(&call.ctx, unsafe { lent(&value)? })
}

/// `concat(views)`
fn concat<'js>(call: &Call<'_, 'js>) -> Result<Value<'js>> {
    let views = call.arg(0).into_array().ok_or_else(|| call.type_error("not a list"))?;
    let mut parts = Charged::list(&call.memory());
    let mut length = 0_usize;
    for index in 0..views.len() {
        let view: Value<'js> = views.get(index)?;
        length = length.saturating_add(view_of(&view)?.map_or(0, |view| view.len));
        parts.push(view)?;
    }
    filled(&call.ctx, length, |mut rest| {
        for part in parts.iter() {
            // SAFETY: copying runs nothing of the script, nor did making the array.
            let bytes = unsafe { lent(part) }.unwrap_or_default();
            let (place, after) = rest.split_at_mut(bytes.len().min(rest.len()));
            place.copy_from_slice(bytes.split_at(place.len()).0);
            rest = after;
        }
    })
}

/// `find(bytes, part, from)`: where `part` begins, -1 when it is not there.
fn find<'js>(call: &Call<'_, 'js>) -> Result<Value<'js>> {
    let (whole, part) = (call.arg(0), call.arg(1));
    // SAFETY: searching runs nothing of the script.
    let (whole, part) = unsafe { (lent(&whole)?, lent(&part)?) };
    let from = (call.uint(2) as usize).min(whole.len());
    let (_, rest) = whole.split_at(from);
    let found = memchr::memmem::find(rest, part).map(|at| at.saturating_add(from));
    #[expect(clippy::cast_precision_loss, reason = "a length is below 2^53")]
    Ok(Value::new_number(call.ctx.clone(), found.map_or(-1.0, |at| at as f64)))
}

/// `isDetached(buffer)`, and whether a view is outside of its buffer.
fn is_detached<'js>(call: &Call<'_, 'js>) -> Result<Value<'js>> {
    Ok(Value::new_bool(call.ctx.clone(), is_gone(&call.arg(0))?))
}

/// `transfer(buffer)`: a new `ArrayBuffer` with the bytes of one that is detached by it, which are
/// not copied.
fn transfer<'js>(call: &Call<'_, 'js>) -> Result<Value<'js>> {
    let buffer = call.arg(0);
    let Some(view) = unshared_view_of(&buffer)?.filter(|view| view.kind == Kind::Buffer) else {
        return Err(call.type_error("shared memory cannot be transferred"));
    };
    if view.is_nowhere() {
        return Err(call.type_error("the buffer is detached"));
    }
    if view.immutable {
        return Err(call.type_error("an immutable buffer cannot be detached"));
    }
    let transfer = js::primordial(&call.ctx, "ArrayBufferTransferToFixedLength")?;
    let moved: Value<'js> = transfer.call((buffer,))?;
    // It is of the realm of the primordials: the script's has its own prototype.
    // SAFETY: the buffer is an object of this runtime; the prototype comes with its own reference.
    unsafe {
        let context = call.ctx.as_raw().as_ptr();
        let prototype = qjs::JS_GetClassProto(context, qjs::JS_GetClassID(moved.as_raw()));
        let status = qjs::JS_SetPrototype(context, moved.as_raw(), prototype);
        qjs::JS_FreeValue(context, prototype);
        if status < 0 { Err(Error::Exception) } else { Ok(moved) }
    }
}

/// Whether there is no memory behind a value.
fn is_gone(value: &Value<'_>) -> Result<bool> {
    Ok(view_of(value)?.is_none_or(|view| view.is_nowhere()))
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
    let bytes = filled(&call.ctx, length, |_| {})?;
    let nowhere = std::ptr::null_mut();
    // SAFETY: the view is alive; the buffer comes with its own reference.
    unsafe {
        let context = call.ctx.as_raw().as_ptr();
        let view = bytes.as_raw();
        adopt(&call.ctx, qjs::JS_GetTypedArrayBuffer(context, view, nowhere, nowhere, nowhere))
    }
}

/// `copy(to, toOffset, from, fromOffset, count)` between two buffers.
fn copy<'js>(call: &Call<'_, 'js>) -> Result<Value<'js>> {
    let place = |index| call.uint(index) as usize;
    let (to, from, count) = (call.arg(0), call.arg(2), place(4));
    let outside = || value::throw_range(&call.ctx, "the range is not within the buffer");
    let target = view_of(&to)?.ok_or_else(outside)?;
    if target.immutable {
        return Err(call.type_error("the buffer is immutable"));
    }
    let source = view_of(&from)?.ok_or_else(outside)?;
    let end = place(3).checked_add(count).ok_or_else(outside)?;
    let target_end = place(1).checked_add(count).ok_or_else(outside)?;
    if end > source.len || target_end > target.len {
        return Err(outside());
    }
    // SAFETY: both values are alive and both ranges within their memory, which may be the same.
    unsafe { target.copy_from(place(1), &source, place(3), count) };
    Ok(call.undefined())
}

/// `elementSize(array)`: the bytes of one element of a typed array, also when there are none.
fn element_size<'js>(call: &Call<'_, 'js>) -> Result<Value<'js>> {
    let size = match kind_of(&call.arg(0)).cast_unsigned() {
        qjs::JSTypedArrayEnum_JS_TYPED_ARRAY_INT16
        | qjs::JSTypedArrayEnum_JS_TYPED_ARRAY_UINT16
        | qjs::JSTypedArrayEnum_JS_TYPED_ARRAY_FLOAT16 => 2,
        qjs::JSTypedArrayEnum_JS_TYPED_ARRAY_INT32
        | qjs::JSTypedArrayEnum_JS_TYPED_ARRAY_UINT32
        | qjs::JSTypedArrayEnum_JS_TYPED_ARRAY_FLOAT32 => 4,
        qjs::JSTypedArrayEnum_JS_TYPED_ARRAY_BIG_INT64
        | qjs::JSTypedArrayEnum_JS_TYPED_ARRAY_BIG_UINT64
        | qjs::JSTypedArrayEnum_JS_TYPED_ARRAY_FLOAT64 => 8,
        _ => 1,
    };
    Ok(Value::new_int(call.ctx.clone(), size))
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

/// `beyondLatin1(text)`: where the first character is that has more than a byte, or -1.
fn beyond_latin1<'js>(call: &Call<'_, 'js>) -> Result<Value<'js>> {
    let place = call.text(0)?.chars().position(|character| character > '\u{ff}');
    let place = place.map_or(-1, |place| i32::try_from(place).unwrap_or(i32::MAX));
    Ok(Value::new_int(call.ctx.clone(), place))
}

/// `base64(bytes)`
fn base64<'js>(call: &Call<'_, 'js>) -> Result<Value<'js>> {
    let value = call.arg(0);
    // SAFETY: nothing of the script runs while the bytes are read.
    let bytes = unsafe { lent(&value)? };
    call.string(&base64_of(&call.memory(), bytes, &STANDARD)?)
}

/// `jsonParse(bytes)`: `JSON.parse` of UTF-8, which no script can replace.
fn json_parse<'js>(call: &Call<'_, 'js>) -> Result<Value<'js>> {
    let value = call.arg(0);
    // SAFETY: the text is copied before it is parsed.
    let bytes = unsafe { lent(&value)? };
    let bytes = bytes.strip_prefix(BOM).unwrap_or(bytes);
    match str::from_utf8(bytes) {
        Ok(text) => value::parse(&call.ctx, text.as_bytes()),
        Err(_) => value::parse(&call.ctx, lossy(&call.memory(), bytes)?.as_bytes()),
    }
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
