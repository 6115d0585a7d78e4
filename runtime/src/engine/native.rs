//! Rust functions as plain C functions of the engine: nothing is allocated for a
//! function but its object, and nothing is boxed for a call.

use std::ffi::{CString, c_int};
use std::ops::Deref;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::ptr::{self, NonNull};
use std::slice;
use std::sync::Arc;

use rquickjs::atom::PredefinedAtom;
use rquickjs::class::{JsClass, Readable, Trace, Tracer};
use rquickjs::function::Constructor;
use rquickjs::object::Property;
use rquickjs::{
    Array, Class, Ctx, Error, Exception, IntoAtom, IntoJs, JsLifetime, Object, Result, Value, qjs,
};

pub(crate) use super::value::adopt;
use super::value::{self, Utf8};
use super::{
    heap::Usage,
    memory::{Charge, Charged},
};

/// A class of objects that are called, and without a name, a length or anything else that an ordinary
/// function is born with.
pub(crate) fn callable(ctx: &Ctx<'_>, call: Called) -> Result<qjs::JSClassID> {
    let raw = ctx.as_raw().as_ptr();
    let class = qjs::JSClassDef {
        class_name: c"Function".as_ptr(),
        finalizer: None,
        gc_mark: None,
        call: Some(call),
        exotic: ptr::null_mut(),
    };
    let mut id = 0;
    // SAFETY: the context is alive; the engine copies the definition, and takes over the reference
    // to the prototype.
    let status = unsafe {
        let runtime = qjs::JS_GetRuntime(raw);
        qjs::JS_NewClassID(runtime, &raw mut id);
        let status = qjs::JS_NewClass(runtime, id, &raw const class);
        if status == 0 {
            qjs::JS_SetClassProto(raw, id, qjs::JS_GetFunctionProto(raw));
        }
        status
    };
    if status < 0 { Err(Error::Exception) } else { Ok(id) }
}

/// What the engine calls for an object of such a class: context, object, `this`, the arguments' number
/// and place, flags.
pub(crate) type Called = unsafe extern "C" fn(
    *mut qjs::JSContext,
    qjs::JSValue,
    qjs::JSValue,
    c_int,
    *mut qjs::JSValue,
    c_int,
) -> qjs::JSValue;

/// Who calls an object of such a class, and the number that the object has in the place of a pointer.
///
/// # Safety
///
/// The engine calls with both, and the object was given a number.
pub(crate) unsafe fn numbered<'js>(
    caller: *mut qjs::JSContext,
    object: qjs::JSValue,
) -> (Ctx<'js>, usize) {
    // SAFETY: the engine calls with a context, which lives until the call returns.
    unsafe {
        let mut class = 0;
        let number = qjs::JS_GetAnyOpaque(object, &raw mut class).addr();
        (Ctx::from_raw(NonNull::new_unchecked(caller)), number)
    }
}

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
    pub(crate) fn text(&self, index: usize) -> Result<Utf8<'js>> {
        Utf8::of(&self.ctx, &self.arg(index))
    }

    /// What memory is charged to that is made or held for the script.
    pub(crate) fn memory(&self) -> Arc<Usage> {
        Usage::of(&self.ctx)
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

/// Makes a Rust type without JavaScript values in it the state of objects of the engine, which hold
/// it charged.
macro_rules! class {
    ($type:ty, $name:literal) => {
        impl crate::engine::native::State for $type {
            const NAME: &'static str = $name;
        }
    };
}

pub(crate) use class;

/// The state of objects of the engine: see [`class!`].
pub(crate) trait State: 'static {
    /// The name of the class.
    const NAME: &'static str;
}

/// A state with its charge, as the engine's objects hold it.
pub(crate) struct Held<T>(Charged<T>);

impl<T> Deref for Held<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<'js, T> Trace<'js> for Held<T> {
    fn trace<'a>(&self, _: Tracer<'a, 'js>) {}
}

// SAFETY: the type holds no JavaScript values.
unsafe impl<T: 'static> JsLifetime<'_> for Held<T> {
    type Changed<'to> = Self;
}

impl<'js, T: State> JsClass<'js> for Held<T> {
    const NAME: &'static str = T::NAME;
    type Mutable = Readable;

    fn prototype(ctx: &Ctx<'js>) -> Result<Option<Object<'js>>> {
        Ok(Some(Object::new(ctx.clone())?))
    }

    fn constructor(_: &Ctx<'js>) -> Result<Option<Constructor<'js>>> {
        Ok(None)
    }
}

/// The state of a value of the script; none when it is no object of that class.
pub(crate) fn state<'js, T: State>(value: &Value<'js>) -> Option<Class<'js, Held<T>>> {
    Class::from_value(value).ok()
}

/// The state of what a method is called on.
///
/// # Errors
///
/// A `TypeError`, whose message `explain` makes anew with the method's name.
pub(crate) fn receiver<'js, T: State>(call: &Call<'_, 'js>) -> Result<Class<'js, Held<T>>> {
    let wrong = || call.type_error(&format!("the receiver is not a `{}`", T::NAME));
    state(&call.this()).ok_or_else(wrong)
}

/// An object of the script with a state, which `make` makes and which points at no more than `bytes`.
pub(crate) fn object<'js, T: State>(
    ctx: &Ctx<'js>,
    bytes: usize,
    make: impl FnOnce() -> T,
) -> Result<Value<'js>> {
    Class::instance(ctx.clone(), held(ctx, bytes, make)?).map(Class::into_value)
}

/// As [`object`], with a prototype.
pub(crate) fn object_of<T: State>(
    prototype: Object<'_>,
    bytes: usize,
    make: impl FnOnce() -> T,
) -> Result<Value<'_>> {
    let state = held(prototype.ctx(), bytes, make)?;
    Class::instance_proto(state, prototype).map(Class::into_value)
}

/// As [`object`], for a constructor's call: the prototype is that of `new.target`.
pub(crate) fn instance<'js, T: State>(
    call: &Call<'_, 'js>,
    bytes: usize,
    make: impl FnOnce() -> T,
) -> Result<Value<'js>> {
    let target = call.this().into_object().ok_or(Error::Unknown)?;
    let prototype: Value<'js> = target.get("prototype")?;
    match prototype.into_object() {
        Some(prototype) => object_of(prototype, bytes, make),
        None => object(&call.ctx, bytes, make),
    }
}

/// A state in its box, with its charge.
fn held<T>(ctx: &Ctx<'_>, bytes: usize, make: impl FnOnce() -> T) -> Result<Held<T>> {
    let bytes = bytes.saturating_add(size_of::<Held<T>>()).saturating_add(BOX);
    Charged::new(&Usage::of(ctx), bytes, make).map(Held)
}

/// What the engine's crate and the allocator put around a state.
const BOX: usize = 32;

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
/// every body, of which there are more than a hundred. Called as C calls, where nothing unwinds, it
/// spares each of them an entry in the tables for panics.
///
/// # Safety
///
/// `ctx` is alive, and `first` readable for `count` values.
#[inline(never)]
#[expect(improper_ctypes_definitions, reason = "called by Rust alone")]
unsafe extern "C" fn enter(
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
        Err(error) => {
            value::raise(&call.ctx, &error);
            qjs::JS_EXCEPTION
        }
    }
}

/// A reference to `value` for the engine to keep.
pub(crate) fn into_raw(value: &Value<'_>) -> qjs::JSValue {
    // SAFETY: `value` is alive.
    unsafe { dup(value.ctx(), value.as_raw()) }
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

/// A list for our JavaScript: an array without a prototype, so that nothing a script makes of arrays
/// is asked when it is read or filled.
pub(crate) fn list<'js>(ctx: &Ctx<'js>) -> Result<Array<'js>> {
    let array = Array::new(ctx.clone())?;
    // SAFETY: an array has a class, of which the engine makes another one.
    let list = unsafe {
        let class = qjs::JS_GetClassID(array.as_raw());
        adopt(ctx, qjs::JS_NewObjectProtoClass(ctx.as_raw().as_ptr(), qjs::JS_NULL, class))?
    };
    list.into_array().ok_or(Error::Unknown)
}

/// An object for our JavaScript, without a prototype.
pub(crate) fn record<'js>(ctx: &Ctx<'js>) -> Result<Object<'js>> {
    Object::new_proto(ctx.clone(), None)
}

/// Gives an object that a script sees a property of its own, whatever it inherits.
pub(crate) fn define<'js>(
    object: &Object<'js>,
    key: impl IntoAtom<'js>,
    value: impl IntoJs<'js>,
) -> Result<()> {
    let value = value.into_js(object.ctx())?;
    object.prop(key, Property::from(value).writable().configurable().enumerable())
}

/// A new `Uint8Array` with a copy of `bytes`.
pub(crate) fn uint8_array<'js>(ctx: &Ctx<'js>, bytes: &[u8]) -> Result<Value<'js>> {
    // SAFETY: the engine copies `bytes` before it returns.
    unsafe {
        let len = bytes.len() as _;
        adopt(ctx, qjs::JS_NewUint8ArrayCopy(ctx.as_raw().as_ptr(), bytes.as_ptr(), len))
    }
}

/// A new `Uint8Array` of `length` bytes, which `fill` writes in their place: nothing else holds them.
///
/// # Errors
///
/// [`Error::Allocation`].
pub(crate) fn filled<'js>(
    ctx: &Ctx<'js>,
    length: usize,
    fill: impl FnOnce(&mut [u8]),
) -> Result<Value<'js>> {
    // The engine has a `RangeError` for 2^31 bytes and more, which do not fit either.
    drop(Charge::new(&Usage::of(ctx), length)?);
    #[expect(clippy::cast_precision_loss, reason = "no limit is near 2^53")]
    let mut length = Value::new_number(ctx.clone(), length as f64).as_raw();
    // SAFETY: a number is no reference; the engine checks it, and makes a view of zeros.
    let array = unsafe {
        adopt(ctx, qjs::JS_NewTypedArray(ctx.as_raw().as_ptr(), 1, &raw mut length, UINT8))?
    };
    let mut size = 0;
    // SAFETY: the context is alive, and the value an `Uint8Array` of it.
    let start =
        unsafe { qjs::JS_GetUint8Array(ctx.as_raw().as_ptr(), &raw mut size, array.as_raw()) };
    let size = usize::try_from(size).unwrap_or_default();
    if !start.is_null() && size > 0 {
        // SAFETY: the array is new: nobody else knows its memory, and `fill` cannot reach it.
        fill(unsafe { slice::from_raw_parts_mut(start, size) });
    }
    Ok(array)
}

/// The engine's number for `Uint8Array`.
pub(crate) const UINT8: qjs::JSTypedArrayEnum = qjs::JSTypedArrayEnum_JS_TYPED_ARRAY_UINT8;

/// A new `ArrayBuffer` with a copy of `bytes`.
pub(crate) fn array_buffer<'js>(ctx: &Ctx<'js>, bytes: &[u8]) -> Result<Value<'js>> {
    // SAFETY: the engine copies `bytes` before it returns.
    unsafe {
        let len = bytes.len() as _;
        adopt(ctx, qjs::JS_NewArrayBufferCopy(ctx.as_raw().as_ptr(), bytes.as_ptr(), len))
    }
}
