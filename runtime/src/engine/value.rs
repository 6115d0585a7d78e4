//! Between JavaScript's values and Rust's, whatever a script has done to them.

use std::{
    ffi::c_char,
    fmt::{self, Write as _},
    mem::MaybeUninit,
    ops::Deref,
    ptr, slice,
    sync::Arc,
};

use rquickjs::{Array, Ctx, Error, Exception, Object, Result, Value, atom::PredefinedAtom, qjs};

use super::{
    errors::{self, Field},
    heap::Usage,
    memory::Charged,
};
use crate::error::{Code, RunError};

/// The most bytes of an error's message and of its stack (contract D6), and of a message of ours.
pub(crate) const MESSAGE_LENGTH: usize = 64 * 1024;

/// A message, cut where it is too long.
pub(crate) fn message(text: fmt::Arguments<'_>) -> String {
    let mut message = Cut::new(MESSAGE_LENGTH);
    message.push_fmt(text);
    message.into_text()
}

/// The beginning of a text, as far as a message goes.
pub(crate) fn cut(text: &str) -> String {
    message(format_args!("{text}"))
}

/// What stands for the rest of a text.
const ELLIPSIS: char = '…';

/// A text of so many bytes at most, of which an ellipsis for the rest takes the last.
pub(crate) struct Cut {
    text: String,
    most: usize,
    is_full: bool,
}

impl Cut {
    pub(crate) fn new(most: usize) -> Self {
        Self { text: String::new(), most, is_full: false }
    }

    /// Adds a text; false when there is no room for more.
    pub(crate) fn push(&mut self, text: &str) -> bool {
        if self.is_full {
            return text.is_empty();
        }
        let left = self.most.saturating_sub(self.text.len());
        let (shown, rest) = text.split_at(text.floor_char_boundary(left));
        self.text.push_str(shown);
        if !rest.is_empty() {
            let room = self.most.saturating_sub(ELLIPSIS.len_utf8());
            self.text.truncate(self.text.floor_char_boundary(room));
            self.text.push(ELLIPSIS);
            self.is_full = true;
        }
        !self.is_full
    }

    /// The text.
    pub(crate) fn into_text(self) -> String {
        self.text
    }

    /// Adds what [`format_args!`] say.
    pub(crate) fn push_fmt(&mut self, text: fmt::Arguments<'_>) {
        // Formatting ends when there is no room for more, and this is no error.
        let _ = self.write_fmt(text);
    }
}

impl fmt::Write for Cut {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        if self.push(text) { Ok(()) } else { Err(fmt::Error) }
    }
}

impl Deref for Cut {
    type Target = str;

    fn deref(&self) -> &str {
        &self.text
    }
}

/// Throws a `TypeError`.
pub(crate) fn throw_type(ctx: &Ctx<'_>, message: &str) -> Error {
    with_message(ctx, Exception::throw_type(ctx, short(message)), message)
}

/// Throws a `RangeError`.
pub(crate) fn throw_range(ctx: &Ctx<'_>, message: &str) -> Error {
    with_message(ctx, Exception::throw_range(ctx, short(message)), message)
}

/// As much of a message as the engine's own constructors take.
fn short(message: &str) -> &str {
    message.split_at(message.floor_char_boundary(200)).0
}

/// The engine cuts long messages: the whole one takes the place of the cut one.
fn with_message(ctx: &Ctx<'_>, error: Error, message: &str) -> Error {
    if message.len() < 200 && !message.contains('\0') {
        return error;
    }
    let thrown = ctx.catch();
    if let Some(object) = thrown.as_object()
        && object.set("message", cut(message)).is_err()
    {
        ctx.catch();
    }
    ctx.throw(thrown)
}

/// The length of an array of the script's, which may be 2^31 and more: the engine gives that as a
/// float, of which [`Array::len`] knows nothing.
pub(crate) fn length(array: &Array<'_>) -> Result<usize> {
    let length: f64 = array.as_object().get(PredefinedAtom::Length)?;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "below 2^32")]
    Ok(length as usize)
}

/// The text of a JavaScript string, with U+FFFD for each half of a character.
pub(crate) fn text<'js>(string: &rquickjs::String<'js>) -> Result<Utf8<'js>> {
    Utf8::of(string.ctx(), string.as_value())
}

/// The text of a JavaScript value: the engine's own, in its heap, and not copied if it is ASCII.
pub(crate) struct Utf8<'js> {
    ctx: Ctx<'js>,
    start: *const c_char,
    length: usize,
    /// What it is with U+FFFD for each half of a character, where it has some.
    mended: Option<Charged<String>>,
}

impl<'js> Utf8<'js> {
    /// The text that `value` is, or is converted to with `ToString`.
    pub(crate) fn of(ctx: &Ctx<'js>, value: &Value<'js>) -> Result<Self> {
        let mut length = 0;
        // SAFETY: context and value are alive, `length` is writable.
        let start = unsafe {
            qjs::JS_ToCStringLen2(ctx.as_raw().as_ptr(), &raw mut length, value.as_raw(), false)
        };
        if start.is_null() {
            return Err(Error::Exception);
        }
        let length = usize::try_from(length).unwrap_or_default();
        let mut text = Self { ctx: ctx.clone(), start, length, mended: None };
        if str::from_utf8(text.bytes()).is_err() {
            text.mended = Some(mended(&Usage::of(ctx), text.bytes())?);
        }
        Ok(text)
    }

    fn bytes(&self) -> &[u8] {
        // SAFETY: the engine said that so many bytes are there; nobody writes to them, and they
        // live until the drop.
        unsafe { slice::from_raw_parts(self.start.cast(), self.length) }
    }
}

impl Deref for Utf8<'_> {
    type Target = str;

    fn deref(&self) -> &str {
        match &self.mended {
            Some(text) => text,
            // SAFETY: `of` has looked at the bytes, to which nobody writes.
            None => unsafe { str::from_utf8_unchecked(self.bytes()) },
        }
    }
}

impl Drop for Utf8<'_> {
    fn drop(&mut self) {
        // SAFETY: made by `JS_ToCStringLen2` of the same context; freed once.
        unsafe { qjs::JS_FreeCString(self.ctx.as_raw().as_ptr(), self.start) }
    }
}

/// The engine's UTF-8, in which a lone surrogate, three bytes long, becomes one U+FFFD.
fn mended(memory: &Arc<Usage>, bytes: &[u8]) -> Result<Charged<String>> {
    let mut text = Charged::text(memory);
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid())?;
        // The three bytes are three chunks, of which only the first is no continuation.
        if chunk.invalid().first().is_some_and(|byte| !is_continuation(*byte)) {
            text.push_str("\u{fffd}")?;
        }
    }
    Ok(text)
}

fn is_continuation(byte: u8) -> bool {
    byte & 0b1100_0000 == 0b1000_0000
}

/// `JSON.stringify`, which no script can replace; none for what has no JSON form.
///
/// # Errors
///
/// What a getter, a proxy or a `toJSON` throws; a `TypeError` for a cycle or a `BigInt`.
pub(crate) fn stringify<'js>(ctx: &Ctx<'js>, value: Value<'js>) -> Result<Option<Utf8<'js>>> {
    ctx.json_stringify(value)?.as_ref().map(text).transpose()
}

/// `JSON.parse`, which no script can replace.
///
/// # Errors
///
/// A `SyntaxError`.
pub(crate) fn parse<'js>(ctx: &Ctx<'js>, json: &[u8]) -> Result<Value<'js>> {
    if memchr::memchr(0, json).is_some() {
        return Err(Exception::throw_syntax(ctx, "a JSON text contains a NUL character"));
    }
    let mut text = Charged::list(&Usage::of(ctx));
    text.reserve(json.len().saturating_add(1))?;
    text.extend(json)?;
    text.push(0)?;
    let (start, name) = (text.as_ptr().cast(), c"<input>".as_ptr());
    // SAFETY: the context is alive; the text ends with a NUL that its length does not count.
    unsafe {
        let parsed = qjs::JS_ParseJSON(ctx.as_raw().as_ptr(), start, json.len() as _, name);
        adopt(ctx, parsed)
    }
}

/// Takes over a value that the engine returned, or its exception.
///
/// # Safety
///
/// `raw` is owned by the caller and belongs to `ctx`.
pub(crate) unsafe fn adopt<'js>(ctx: &Ctx<'js>, raw: qjs::JSValue) -> Result<Value<'js>> {
    // SAFETY: the caller's promise.
    unsafe {
        if qjs::JS_VALUE_GET_NORM_TAG(raw) == qjs::JS_TAG_EXCEPTION {
            return Err(Error::Exception);
        }
        Ok(Value::from_raw(ctx.clone(), raw))
    }
}

/// What was thrown, or the error of Rust's that has no value yet.
pub(crate) fn caught<'js>(ctx: &Ctx<'js>, error: &Error) -> Value<'js> {
    raise(ctx, error);
    ctx.catch()
}

/// Leaves an error as the exception of its context: the one place where Rust's errors become the
/// script's. Memory that was refused is the engine's own `InternalError: out of memory`, by which
/// `World::failure` knows it.
pub(crate) fn raise(ctx: &Ctx<'_>, error: &Error) {
    match error {
        Error::Exception => {}
        Error::Allocation => {
            // SAFETY: the context is alive.
            unsafe { qjs::JS_ThrowOutOfMemory(ctx.as_raw().as_ptr()) };
        }
        error => {
            throw_type(ctx, &error.to_string());
        }
    }
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
    if let Some(name) = told(ctx, object, Field::Name) {
        error.name = name;
    }
    error.message = match told(ctx, object, Field::Message) {
        Some(message) => message,
        None => shown(ctx, object.as_value()),
    };
    error.script_code = own_json(ctx, object, "code");
    if object.is_error() || is_dom_exception(object) {
        error.stack = told(ctx, object, Field::Stack).filter(|stack| !stack.is_empty());
        error.cause = own_json(ctx, object, "cause");
    }
}

/// Whether an object is the engine's own `DOMException`, which is no `Error` to it.
pub(crate) fn is_dom_exception(object: &Object<'_>) -> bool {
    let raw = object.ctx().as_raw().as_ptr();
    // SAFETY: the object has a class, and the class a name; the atom is ours to free, which is done
    // after the comparison.
    unsafe {
        let class = qjs::JS_GetClassID(object.as_raw());
        let atom = qjs::JS_GetClassName(qjs::JS_GetRuntime(raw), class);
        let is = atom == PredefinedAtom::DOMException as qjs::JSAtom;
        qjs::JS_FreeAtom(raw, atom);
        is
    }
}

/// An own property that is a string, and no getter.
pub(crate) fn own_text<'js>(ctx: &Ctx<'js>, object: &Object<'js>, name: &str) -> Option<String> {
    swallow(ctx, text(own_data(ctx, object, name)?.as_string()?)).map(|text| cut(&text))
}

/// An own property that is no getter.
pub(crate) fn own_data<'js>(
    ctx: &Ctx<'js>,
    object: &Object<'js>,
    name: &str,
) -> Option<Value<'js>> {
    let raw = ctx.as_raw().as_ptr();
    let mut own = MaybeUninit::<qjs::JSPropertyDescriptor>::zeroed();
    // SAFETY: context and object are alive; the descriptor is read only where the engine says that it
    // wrote one, and its three values, which are ours then, are taken over once.
    unsafe {
        let atom = qjs::JS_NewAtomLen(raw, name.as_ptr().cast(), name.len() as _);
        let found = qjs::JS_GetOwnProperty(raw, own.as_mut_ptr(), object.as_raw(), atom);
        qjs::JS_FreeAtom(raw, atom);
        if found <= 0 {
            return swallow(ctx, if found < 0 { Err(Error::Exception) } else { Ok(None) })?;
        }
        let own = own.assume_init();
        qjs::JS_FreeValue(raw, own.getter);
        qjs::JS_FreeValue(raw, own.setter);
        Some(Value::from_raw(ctx.clone(), own.value))
    }
}

/// Whether a property is an object's own.
pub(crate) fn is_own(ctx: &Ctx<'_>, object: &Object<'_>, name: &str) -> bool {
    let raw = ctx.as_raw().as_ptr();
    // SAFETY: context and object are alive; the engine describes nothing where there is no place for it.
    let found = unsafe {
        let atom = qjs::JS_NewAtomLen(raw, name.as_ptr().cast(), name.len() as _);
        let found = qjs::JS_GetOwnProperty(raw, ptr::null_mut(), object.as_raw(), atom);
        qjs::JS_FreeAtom(raw, atom);
        found
    };
    swallow(ctx, if found < 0 { Err(Error::Exception) } else { Ok(found > 0) }).unwrap_or(false)
}

/// A field that is a string, cut; a getter that throws has none. What the engine knows is not asked
/// from prototypes, which are the script's.
fn told<'js>(ctx: &Ctx<'js>, object: &Object<'js>, field: Field) -> Option<String> {
    let value = if field == Field::Stack || is_dom_exception(object) {
        errors::field(ctx, object, field)?
    } else {
        property(ctx, object, field.name())?
    };
    let text = swallow(ctx, text(value.as_string()?))?;
    Some(cut(&text))
}

/// An own property as plain data, as Node shows them: what a prototype says of all its objects, or a
/// script put on `Object.prototype`, is not about this one. Errors among it keep their name and
/// message. What is longer as JSON than a message is the beginning of that JSON.
fn own_json<'js>(ctx: &Ctx<'js>, object: &Object<'js>, name: &str) -> Option<serde_json::Value> {
    let value = is_own(ctx, object, name).then(|| property(ctx, object, name)).flatten();
    let value = value.filter(|value| !value.is_undefined())?;
    let is_error = |inner: &&Object<'js>| inner.is_error() || is_dom_exception(inner);
    if let Some(inner) = value.as_object().filter(is_error) {
        let name = told(ctx, inner, Field::Name).unwrap_or_else(|| "Error".to_owned());
        let message = told(ctx, inner, Field::Message).unwrap_or_default();
        return Some(serde_json::json!({ "name": name, "message": message }));
    }
    let text = swallow(ctx, stringify(ctx, value))??;
    if text.len() > MESSAGE_LENGTH {
        return Some(serde_json::Value::String(cut(&text)));
    }
    serde_json::from_str(&text).ok()
}

fn property<'js>(ctx: &Ctx<'js>, object: &Object<'js>, name: &str) -> Option<Value<'js>> {
    swallow(ctx, object.get::<_, Value<'js>>(name))
}

/// A value for a person to read, when it is not an error.
fn shown<'js>(ctx: &Ctx<'js>, value: &Value<'js>) -> String {
    if let Some(string) = value.as_string() {
        return swallow(ctx, text(string)).map(|text| cut(&text)).unwrap_or_default();
    }
    if value.is_undefined() {
        return "undefined".to_owned();
    }
    if let Some(symbol) = value.as_symbol() {
        let description = symbol.description().ok().and_then(Value::into_string);
        let description = description.and_then(|string| swallow(ctx, text(&string)));
        return message(format_args!("Symbol({})", description.as_deref().unwrap_or_default()));
    }
    if value.is_function() {
        return "a function".to_owned();
    }
    if let Some(number) = value.as_number()
        && !number.is_finite()
    {
        return number.to_string();
    }
    match swallow(ctx, stringify(ctx, value.clone())).flatten() {
        Some(json) => cut(&json),
        None => message(format_args!("a value of type {}", value.type_name())),
    }
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
