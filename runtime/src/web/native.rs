//! Rust functions as plain C functions of the engine: nothing is allocated for a
//! function but its object, and nothing is boxed for a call.

use std::ffi::CString;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::ptr::NonNull;
use std::slice;

use rquickjs::atom::PredefinedAtom;
use rquickjs::class::JsClass;
use rquickjs::object::Property;
use rquickjs::{Class, Ctx, Error, Exception, Object, Result, Value, qjs};

use super::js;
use crate::value;
pub(crate) use crate::value::with_text;

/// One call from a script: where it comes from, on what, with what.
pub(crate) struct Call<'a, 'js> {
    pub(crate) ctx: Ctx<'js>,
    this: qjs::JSValue,
    args: &'a [qjs::JSValue],
}

impl<'js> Call<'_, 'js> {
    /// The value the function was called on.
    pub(crate) fn this(&self) -> Value<'js> {
        // SAFETY: the engine keeps `this` alive for the call; the copy owns its own reference.
        unsafe { Value::from_raw(self.ctx.clone(), dup(&self.ctx, self.this)) }
    }

    /// The argument at `index`, `undefined` when it was left out.
    pub(crate) fn arg(&self, index: usize) -> Value<'js> {
        match self.args.get(index) {
            // SAFETY: as in `this`.
            Some(&raw) => unsafe { Value::from_raw(self.ctx.clone(), dup(&self.ctx, raw)) },
            None => Value::new_undefined(self.ctx.clone()),
        }
    }

    /// How many arguments were passed.
    pub(crate) fn len(&self) -> usize {
        self.args.len()
    }

    /// The argument at `index` as the text it holds or converts to, every lone surrogate replaced.
    pub(crate) fn text(&self, index: usize) -> Result<String> {
        with_text(&self.ctx, &self.arg(index), str::to_owned)
    }

    /// The argument at `index` as an integer between 0 and 2^32 - 1, without a second conversion.
    pub(crate) fn uint(&self, index: usize) -> u32 {
        let number = self.arg(index).as_number().unwrap_or_default();
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "saturates")]
        {
            number as u32
        }
    }

    /// The argument at `index` as a number, NaN when it is none.
    pub(crate) fn number(&self, index: usize) -> f64 {
        self.arg(index).as_number().unwrap_or(f64::NAN)
    }

    /// A `TypeError` on its way to the script.
    pub(crate) fn type_error(&self, message: &str) -> Error {
        value::throw_type(&self.ctx, message)
    }

    /// `undefined`, what a function without a result returns.
    pub(crate) fn undefined(&self) -> Value<'js> {
        Value::new_undefined(self.ctx.clone())
    }

    /// `text` as a value of the script.
    pub(crate) fn string(&self, text: &str) -> Result<Value<'js>> {
        rquickjs::String::from_str(self.ctx.clone(), text).map(rquickjs::String::into_value)
    }
}

/// Makes a Rust type without JavaScript values in it the state of objects of the engine.
macro_rules! class {
    ($type:ty, $name:literal) => {
        impl<'js> rquickjs::class::Trace<'js> for $type {
            fn trace<'a>(&self, _: rquickjs::class::Tracer<'a, 'js>) {}
        }

        // SAFETY: the type holds no JavaScript values.
        unsafe impl rquickjs::JsLifetime<'_> for $type {
            type Changed<'to> = $type;
        }

        impl<'js> rquickjs::class::JsClass<'js> for $type {
            const NAME: &'static str = $name;
            type Mutable = rquickjs::class::Readable;

            fn prototype(ctx: &rquickjs::Ctx<'js>) -> rquickjs::Result<Option<Object<'js>>> {
                Ok(Some(Object::new(ctx.clone())?))
            }

            fn constructor(
                _: &rquickjs::Ctx<'js>,
            ) -> rquickjs::Result<Option<rquickjs::function::Constructor<'js>>> {
                Ok(None)
            }
        }
    };
}

pub(crate) use class;

/// What a native function is: a function item or a closure that captures nothing.
pub(crate) trait Body:
    for<'a, 'js> Fn(&Call<'a, 'js>) -> Result<Value<'js>> + Copy + 'static
{
}

impl<F> Body for F where F: for<'a, 'js> Fn(&Call<'a, 'js>) -> Result<Value<'js>> + Copy + 'static {}

/// Puts a function on `target` under `name`, as `WebIDL` wants operations.
pub(crate) fn method(target: &Object<'_>, name: &str, length: i32, body: impl Body) -> Result<()> {
    let function = function(target.ctx(), name, length, body)?;
    target.prop(name, Property::from(function).writable().configurable().enumerable())
}

/// Puts a read-only attribute on `target` under `name`.
pub(crate) fn getter(target: &Object<'_>, name: &str, body: impl Body) -> Result<()> {
    let ctx = target.ctx();
    let function = function(ctx, &format!("get {name}"), 0, body)?;
    let raw = ctx.as_raw().as_ptr();
    let flags = qjs::JS_PROP_CONFIGURABLE | qjs::JS_PROP_ENUMERABLE;
    let flags = flags | qjs::JS_PROP_HAS_CONFIGURABLE | qjs::JS_PROP_HAS_ENUMERABLE;
    // SAFETY: the context, the object and the name are alive; the engine takes over the
    // references to the getter and to `undefined`.
    let defined = unsafe {
        let atom = qjs::JS_NewAtomLen(raw, name.as_ptr().cast(), name.len() as _);
        let getter = into_raw(&function);
        let flags = flags.cast_signed();
        let setter = qjs::JS_UNDEFINED;
        let defined =
            qjs::JS_DefinePropertyGetSet(raw, target.as_raw(), atom, getter, setter, flags);
        qjs::JS_FreeAtom(raw, atom);
        defined
    };
    if defined < 0 { Err(Error::Exception) } else { Ok(()) }
}

/// Names the objects of a prototype, as `Object.prototype.toString` says it.
pub(crate) fn tag(prototype: &Object<'_>, name: &str) -> Result<()> {
    let symbol = PredefinedAtom::SymbolToStringTag;
    prototype.prop(symbol, Property::from(name).configurable())
}

/// A constructor whose instances have `prototype`; `body` gets `new.target` as `this`.
pub(crate) fn constructor<'js>(
    prototype: &Object<'js>,
    name: &str,
    length: i32,
    body: impl Body,
) -> Result<Value<'js>> {
    let ctx = prototype.ctx();
    let kind = qjs::JSCFunctionEnum_JS_CFUNC_constructor;
    let constructor = function_of_kind(ctx, name, length, kind, body)?;
    // SAFETY: both are objects of this context.
    let status = unsafe {
        let raw = ctx.as_raw().as_ptr();
        qjs::JS_SetConstructor(raw, constructor.as_raw(), prototype.as_raw())
    };
    if status < 0 { Err(Error::Exception) } else { Ok(constructor) }
}

/// An instance for a constructor's call: its prototype is that of `new.target`.
pub(crate) fn instance<'js, T: JsClass<'js>>(call: &Call<'_, 'js>, state: T) -> Result<Value<'js>> {
    let target = call.this().into_object().ok_or(Error::Unknown)?;
    let prototype: Value<'js> = target.get("prototype")?;
    match prototype.into_object() {
        Some(prototype) => Class::instance_proto(state, prototype).map(Class::into_value),
        None => Class::instance(call.ctx.clone(), state).map(Class::into_value),
    }
}

/// `body` as a function of the script.
pub(crate) fn function<'js>(
    ctx: &Ctx<'js>,
    name: &str,
    length: i32,
    body: impl Body,
) -> Result<Value<'js>> {
    function_of_kind(ctx, name, length, qjs::JSCFunctionEnum_JS_CFUNC_generic, body)
}

fn function_of_kind<'js, F: Body>(
    ctx: &Ctx<'js>,
    name: &str,
    length: i32,
    kind: qjs::JSCFunctionEnum,
    body: F,
) -> Result<Value<'js>> {
    const { assert!(size_of::<F>() == 0, "a native function captures nothing") };
    let _ = body;
    let name = CString::new(name).map_err(|_| Error::Unknown)?;
    // SAFETY: the trampoline has the signature that both kinds ask for, `name` outlives the call.
    unsafe {
        let raw = ctx.as_raw().as_ptr();
        adopt(
            ctx,
            qjs::JS_NewCFunction2(raw, Some(trampoline::<F>), name.as_ptr(), length, kind, 0),
        )
    }
}

/// What the engine calls for one body: all that is made anew for each of them.
unsafe extern "C" fn trampoline<F: Body>(
    ctx: *mut qjs::JSContext,
    this: qjs::JSValue,
    count: std::ffi::c_int,
    first: *mut qjs::JSValue,
) -> qjs::JSValue {
    fn run<'js, F: Body>(call: &Call<'_, 'js>) -> Result<Value<'js>> {
        // SAFETY: `F` has no bytes (checked where the function is made): any place holds one.
        let body = unsafe { NonNull::<F>::dangling().read() };
        body(call)
    }
    // SAFETY: the engine passes a live context and `count` readable arguments.
    unsafe { enter(ctx, this, count, first, run::<F>) }
}

/// Turns the engine's arguments into a `Call`, and lets no panic pass: the same machine code for
/// every body, of which there are more than a hundred.
///
/// # Safety
///
/// `ctx` is alive, and `first` readable for `count` values.
#[inline(never)]
unsafe fn enter(
    ctx: *mut qjs::JSContext,
    this: qjs::JSValue,
    count: std::ffi::c_int,
    first: *mut qjs::JSValue,
    body: for<'a, 'js> fn(&Call<'a, 'js>) -> Result<Value<'js>>,
) -> qjs::JSValue {
    // SAFETY: the caller's promise.
    let (ctx, args) = unsafe {
        let count = usize::try_from(count).unwrap_or(0);
        let args = if count == 0 { &[][..] } else { slice::from_raw_parts(first, count) };
        (Ctx::from_raw(NonNull::new_unchecked(ctx)), args)
    };
    let call = Call { ctx, this, args };
    let outcome = catch_unwind(AssertUnwindSafe(|| body(&call))).unwrap_or_else(|_| {
        Err(Exception::throw_internal(&call.ctx, "a native function panicked"))
    });
    match outcome {
        Ok(value) => into_raw(&value),
        Err(error) => throw(&call.ctx, &error),
    }
}

/// A reference to `value` for the engine to keep.
pub(crate) fn into_raw(value: &Value<'_>) -> qjs::JSValue {
    // SAFETY: `value` is alive.
    unsafe { dup(value.ctx(), value.as_raw()) }
}

/// Leaves `error` as the context's exception.
fn throw(ctx: &Ctx<'_>, error: &Error) -> qjs::JSValue {
    if !error.is_exception() {
        Exception::throw_type(ctx, &error.to_string());
    }
    qjs::JS_EXCEPTION
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

/// One more reference to `raw`.
///
/// # Safety
///
/// `raw` is alive and belongs to `ctx`.
unsafe fn dup(ctx: &Ctx<'_>, raw: qjs::JSValue) -> qjs::JSValue {
    // SAFETY: the caller's promise.
    unsafe { qjs::JS_DupValue(ctx.as_raw().as_ptr(), raw) }
}

/// The bytes of an `ArrayBuffer` or of a view on one; `None` for anything else and for
/// a detached buffer.
pub(crate) fn bytes_of(value: &Value<'_>) -> Option<NonNull<[u8]>> {
    let view = view_of(value)?;
    let start = NonNull::new(view.start)?;
    Some(NonNull::slice_from_raw_parts(start, view.len))
}

/// Where the bytes of a buffer source are: `len` of them from `start` on, or none with a null
/// `start`. They are there as long as the value is, unless a script runs, which may detach them.
pub(crate) struct View {
    pub(crate) start: *mut u8,
    pub(crate) len: usize,
    /// Whether the buffer is one that nobody may write to.
    pub(crate) immutable: bool,
}

impl View {
    /// A view over no memory.
    const NOWHERE: Self = Self { start: std::ptr::null_mut(), len: 0, immutable: false };
}

/// The view that `value` is, over live memory or over none.
pub(crate) fn view_of(value: &Value<'_>) -> Option<View> {
    let ctx = value.ctx().as_raw().as_ptr();
    let raw = value.as_raw();
    // SAFETY: each call only reads `raw`; the kind is checked before its accessor is used, and
    // an exception that an accessor leaves is taken away.
    unsafe {
        if qjs::JS_IsArrayBuffer(raw) {
            let mut len = 0;
            let start = qjs::JS_GetArrayBuffer(ctx, &raw mut len, raw);
            if start.is_null() {
                qjs::JS_FreeValue(ctx, qjs::JS_GetException(ctx));
            }
            let (len, immutable) = (usize::try_from(len).ok()?, is_immutable(raw));
            return Some(View { start, len, immutable });
        }
        if qjs::JS_IsDataView(raw) {
            return Some(data_view(value));
        }
        if qjs::JS_GetTypedArrayType(raw) < 0 {
            return None;
        }
        let (mut offset, mut len) = (0, 0);
        let no_element = std::ptr::null_mut();
        let buffer =
            qjs::JS_GetTypedArrayBuffer(ctx, raw, &raw mut offset, &raw mut len, no_element);
        if qjs::JS_VALUE_GET_NORM_TAG(buffer) == qjs::JS_TAG_EXCEPTION {
            qjs::JS_FreeValue(ctx, qjs::JS_GetException(ctx));
            return Some(View::NOWHERE);
        }
        let mut whole = 0;
        let start = qjs::JS_GetArrayBuffer(ctx, &raw mut whole, buffer);
        let immutable = is_immutable(buffer);
        // The array keeps its buffer alive.
        qjs::JS_FreeValue(ctx, buffer);
        if start.is_null() {
            qjs::JS_FreeValue(ctx, qjs::JS_GetException(ctx));
            return Some(View::NOWHERE);
        }
        let whole = usize::try_from(whole).ok()?;
        let offset = usize::try_from(offset).ok()?.min(whole);
        let len = usize::try_from(len).ok()?.min(whole.saturating_sub(offset));
        Some(View { start: start.add(offset), len, immutable })
    }
}

/// Whether a buffer is one that nobody may write to.
///
/// # Safety
///
/// `buffer` is alive.
unsafe fn is_immutable(buffer: qjs::JSValue) -> bool {
    // SAFETY: only reads the value, which is alive by the caller's promise.
    unsafe { qjs::JS_IsImmutableArrayBuffer(buffer) > 0 }
}

/// The view that a `DataView` is, or none when it lost its buffer.
///
/// The built-in getters are asked, which no script can replace: what a script's own `buffer` says
/// need not live as long as the view.
fn data_view(value: &Value<'_>) -> View {
    let asked = || -> Result<(Value<'_>, usize, usize)> {
        let built_in = |name| js::primordial(value.ctx(), name);
        Ok((
            built_in("DataViewBuffer")?.call((value.clone(),))?,
            built_in("DataViewByteOffset")?.call((value.clone(),))?,
            built_in("DataViewByteLength")?.call((value.clone(),))?,
        ))
    };
    let Ok((buffer, offset, len)) = asked() else {
        value.ctx().catch();
        return View::NOWHERE;
    };
    let Some(whole) = view_of(&buffer).filter(|whole| !whole.start.is_null()) else {
        return View::NOWHERE;
    };
    if offset.checked_add(len).is_none_or(|end| end > whole.len) {
        return View::NOWHERE;
    }
    // SAFETY: the offset lies within the buffer, which the `DataView` keeps alive.
    View { start: unsafe { whole.start.add(offset) }, len, ..whole }
}

/// A new `Uint8Array` with a copy of `bytes`.
pub(crate) fn uint8_array<'js>(ctx: &Ctx<'js>, bytes: &[u8]) -> Result<Value<'js>> {
    // SAFETY: the engine copies `bytes` before it returns.
    unsafe {
        let len = bytes.len() as _;
        adopt(ctx, qjs::JS_NewUint8ArrayCopy(ctx.as_raw().as_ptr(), bytes.as_ptr(), len))
    }
}

/// A new `ArrayBuffer` with a copy of `bytes`.
pub(crate) fn array_buffer<'js>(ctx: &Ctx<'js>, bytes: &[u8]) -> Result<Value<'js>> {
    // SAFETY: the engine copies `bytes` before it returns.
    unsafe {
        let len = bytes.len() as _;
        adopt(ctx, qjs::JS_NewArrayBufferCopy(ctx.as_raw().as_ptr(), bytes.as_ptr(), len))
    }
}
