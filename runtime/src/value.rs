//! Between JavaScript's values and Rust's, whatever a script has done to them.

use std::{ffi::c_char, slice};

use rquickjs::{Ctx, Error, Exception, Object, Result, Value, qjs};

use crate::error::{Code, RunError};

/// Throws a `TypeError` with a message of any length.
pub(crate) fn throw_type(ctx: &Ctx<'_>, message: &str) -> Error {
    with_message(ctx, Exception::throw_type(ctx, message), message)
}

/// Throws a `RangeError` with a message of any length.
pub(crate) fn throw_range(ctx: &Ctx<'_>, message: &str) -> Error {
    with_message(ctx, Exception::throw_range(ctx, message), message)
}

/// The engine cuts long messages: the whole one takes the place of the cut one.
fn with_message(ctx: &Ctx<'_>, error: Error, message: &str) -> Error {
    if message.len() < 200 && !message.contains('\0') {
        return error;
    }
    let thrown = ctx.catch();
    if let Some(object) = thrown.as_object()
        && object.set("message", message).is_err()
    {
        ctx.catch();
    }
    ctx.throw(thrown)
}

/// The text of a JavaScript string, with U+FFFD for each half of a character.
pub(crate) fn text(string: &rquickjs::String<'_>) -> Result<String> {
    with_text(string.ctx(), string.as_value(), str::to_owned)
}

/// Calls `use_text` with the text of `value` (converted with `ToString`), with U+FFFD for each half
/// of a character, without copying text that is ASCII.
pub(crate) fn with_text<T>(
    ctx: &Ctx<'_>,
    value: &Value<'_>,
    use_text: impl FnOnce(&str) -> T,
) -> Result<T> {
    let context = ctx.as_raw().as_ptr();
    let mut length = 0;
    // SAFETY: context and value are alive, `length` is writable.
    let start = unsafe { qjs::JS_ToCStringLen2(context, &raw mut length, value.as_raw(), false) };
    if start.is_null() {
        return Err(Error::Exception);
    }
    let freed = EngineText { context, start };
    let length = usize::try_from(length).map_err(|_| Error::Unknown)?;
    // SAFETY: the engine says that so many bytes are there; nobody writes to them, and they live
    // until `freed` is dropped, whatever `use_text` does with the engine.
    let bytes = unsafe { slice::from_raw_parts(start.cast::<u8>(), length) };
    let result = match str::from_utf8(bytes) {
        Ok(text) => use_text(text),
        Err(_) => use_text(&lossy(bytes)),
    };
    drop(freed);
    Ok(result)
}

/// Gives the engine's text back, also when a panic passes.
struct EngineText {
    context: *mut qjs::JSContext,
    start: *const c_char,
}

impl Drop for EngineText {
    fn drop(&mut self) {
        // SAFETY: made by `JS_ToCStringLen2` of the same context, which outlives `with_text`; freed
        // once.
        unsafe { qjs::JS_FreeCString(self.context, self.start) }
    }
}

/// The engine's UTF-8, in which a lone surrogate, three bytes long, becomes one U+FFFD.
fn lossy(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        // The three bytes are three chunks, of which only the first is no continuation.
        if chunk.invalid().first().is_some_and(|byte| !is_continuation(*byte)) {
            text.push(char::REPLACEMENT_CHARACTER);
        }
    }
    text
}

fn is_continuation(byte: u8) -> bool {
    byte & 0b1100_0000 == 0b1000_0000
}

/// `JSON.stringify`, which no script can replace; none for what has no JSON form.
///
/// # Errors
///
/// What a getter, a proxy or a `toJSON` throws; a `TypeError` for a cycle or a `BigInt`.
pub(crate) fn stringify<'js>(ctx: &Ctx<'js>, value: Value<'js>) -> Result<Option<String>> {
    ctx.json_stringify(value)?.as_ref().map(text).transpose()
}

/// `JSON.parse`, which no script can replace.
///
/// # Errors
///
/// A `SyntaxError`.
pub(crate) fn parse<'js>(ctx: &Ctx<'js>, json: &[u8]) -> Result<Value<'js>> {
    ctx.json_parse(json).map_err(|error| match error {
        Error::Exception => error,
        _ => Exception::throw_syntax(ctx, "a JSON text contains a NUL character"),
    })
}

/// What was thrown, or the error of Rust's that has no value yet.
pub(crate) fn caught<'js>(ctx: &Ctx<'js>, error: &Error) -> Value<'js> {
    if !error.is_exception() {
        // The engine's message is the best there is.
        Exception::throw_message(ctx, &error.to_string());
    }
    ctx.catch()
}

/// A thrown value or a reason, told to the caller (contract D6 and D7).
pub(crate) fn describe<'js>(ctx: &Ctx<'js>, thrown: &Value<'js>, code: Code) -> RunError {
    let mut error = RunError::new(code, String::new());
    match thrown.as_object() {
        Some(object) => from_object(ctx, object, &mut error),
        None => error.message = shown(ctx, thrown),
    }
    error
}

fn from_object<'js>(ctx: &Ctx<'js>, object: &Object<'js>, error: &mut RunError) {
    if let Some(name) = string(ctx, object, "name") {
        error.name = name;
    }
    error.message = match string(ctx, object, "message") {
        Some(message) => message,
        None => shown(ctx, object.as_value()),
    };
    error.script_code = json(ctx, object, "code");
    if object.is_error() {
        error.stack = string(ctx, object, "stack").filter(|stack| !stack.is_empty());
        error.cause = json(ctx, object, "cause");
    }
}

/// A property that is a string; a getter that throws has none.
fn string<'js>(ctx: &Ctx<'js>, object: &Object<'js>, name: &str) -> Option<String> {
    let value = property(ctx, object, name)?;
    swallow(ctx, text(value.as_string()?))
}

/// A property as plain data; errors among it keep their name and message.
fn json<'js>(ctx: &Ctx<'js>, object: &Object<'js>, name: &str) -> Option<serde_json::Value> {
    let value = property(ctx, object, name).filter(|value| !value.is_undefined())?;
    if let Some(inner) = value.as_object().filter(|inner| inner.is_error()) {
        let name = string(ctx, inner, "name").unwrap_or_else(|| "Error".to_owned());
        let message = string(ctx, inner, "message").unwrap_or_default();
        return Some(serde_json::json!({ "name": name, "message": message }));
    }
    let text = swallow(ctx, stringify(ctx, value))??;
    serde_json::from_str(&text).ok()
}

fn property<'js>(ctx: &Ctx<'js>, object: &Object<'js>, name: &str) -> Option<Value<'js>> {
    swallow(ctx, object.get::<_, Value<'js>>(name))
}

/// A value for a person to read, when it is not an error.
fn shown<'js>(ctx: &Ctx<'js>, value: &Value<'js>) -> String {
    if let Some(string) = value.as_string() {
        return swallow(ctx, text(string)).unwrap_or_default();
    }
    if value.is_undefined() {
        return "undefined".to_owned();
    }
    if let Some(symbol) = value.as_symbol() {
        let description = symbol.description().ok().and_then(Value::into_string);
        let description = description.and_then(|string| swallow(ctx, text(&string)));
        return format!("Symbol({})", description.unwrap_or_default());
    }
    if value.is_function() {
        return "a function".to_owned();
    }
    if let Some(number) = value.as_number()
        && !number.is_finite()
    {
        return number.to_string();
    }
    let json = swallow(ctx, stringify(ctx, value.clone())).flatten();
    json.unwrap_or_else(|| format!("a value of type {}", value.type_name()))
}

/// A result whose exception nobody misses.
pub(crate) fn swallow<T>(ctx: &Ctx<'_>, result: Result<T>) -> Option<T> {
    result
        .inspect_err(|error| {
            if error.is_exception() {
                ctx.catch();
            }
        })
        .ok()
}
