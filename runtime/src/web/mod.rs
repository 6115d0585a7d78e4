//! The web APIs of a script: every one costs a getter until it is touched.
//!
//! A module defines the globals of one standard. It has a line in [`APIS`] and a function
//! `init(ctx, exports)` that sets the values of its globals on `exports`, or a file of JavaScript
//! that exports them; nothing else makes them global. The first touch of any of its globals calls it. Each global then becomes a plain
//! property (writable, configurable, not enumerable), unless the script has replaced it already.
//! [`global`] gives the original value of a global, whatever a script has put in its place.

#![expect(clippy::unnecessary_wraps, reason = "native functions have one shape")]

mod bytes;
#[cfg(feature = "compression")]
mod compression;
mod console;
mod crypto;
mod dom;
mod fetch;
mod functions;
mod js;
mod native;
mod natives;
mod navigator;
mod promises;
#[cfg(feature = "crypto-subtle")]
mod subtle;
mod text;
mod timers;
mod url;

use std::{
    any::Any,
    cell::{Cell, RefCell},
    ffi::c_int,
    panic::{AssertUnwindSafe, catch_unwind},
    ptr::{self, NonNull},
};

use rquickjs::{
    Ctx, Error, Exception, Object, Result, Value,
    object::{Accessor, Property},
    qjs,
};

use self::native::into_raw;
use crate::{host::apis, pool, value, world::World};

pub(crate) use functions::hide_file;

/// A standard: the globals that it defines, and who makes them.
struct Api {
    globals: &'static [&'static str],
    source: Source,
}

/// Where the values of globals come from.
enum Source {
    /// A Rust function that sets them on the object it is given.
    Native(for<'js> fn(&Ctx<'js>, &Object<'js>) -> Result<()>),
    /// A file of ours that exports them.
    Script(&'static str),
}

/// Every web API.
const APIS: &[Api] = &[
    Api { globals: &["console"], source: Source::Native(console::init) },
    Api {
        globals: &["setTimeout", "setInterval", "clearTimeout", "clearInterval"],
        source: Source::Native(timers::init),
    },
    Api { globals: &["TextEncoder", "TextDecoder"], source: Source::Native(text::init) },
    Api { globals: &["DOMException", "atob", "btoa"], source: Source::Native(dom::init) },
    Api { globals: &["crypto", "Crypto"], source: Source::Native(crypto::init) },
    Api { globals: &["navigator", "Navigator"], source: Source::Native(navigator::init) },
    #[cfg(feature = "crypto-subtle")]
    Api { globals: &["CryptoKey", "SubtleCrypto"], source: Source::Script("subtle") },
    Api {
        globals: &[
            "Event",
            "EventTarget",
            "CustomEvent",
            "ErrorEvent",
            "PromiseRejectionEvent",
            "MessageEvent",
            "AbortController",
            "AbortSignal",
        ],
        source: Source::Script("events"),
    },
    Api { globals: &["fetch", "Headers", "Request", "Response"], source: Source::Script("fetch") },
    Api { globals: &["URL", "URLSearchParams"], source: Source::Script("url") },
    #[cfg(feature = "url-pattern")]
    Api { globals: &["URLPattern"], source: Source::Script("urlpattern") },
    Api {
        globals: &[
            "ReadableStream",
            "ReadableStreamDefaultReader",
            "ReadableStreamBYOBReader",
            "ReadableStreamDefaultController",
            "ReadableByteStreamController",
            "ReadableStreamBYOBRequest",
            "WritableStream",
            "WritableStreamDefaultWriter",
            "WritableStreamDefaultController",
            "TransformStream",
            "TransformStreamDefaultController",
            "ByteLengthQueuingStrategy",
            "CountQueuingStrategy",
        ],
        source: Source::Script("streams"),
    },
    Api {
        globals: &[
            "TextEncoderStream",
            "TextDecoderStream",
            #[cfg(feature = "compression")]
            "CompressionStream",
            #[cfg(feature = "compression")]
            "DecompressionStream",
        ],
        source: Source::Script("transforms"),
    },
    Api {
        globals: &["structuredClone", "MessageChannel", "MessagePort"],
        source: Source::Script("clone"),
    },
    Api { globals: &["performance", "Performance", "reportError"], source: Source::Script("misc") },
    Api { globals: &["Blob", "File", "FormData"], source: Source::Script("blob") },
];

/// The APIs that were touched, with the values of their globals.
#[derive(Default)]
pub(crate) struct Exports<'js> {
    touched: RefCell<Vec<(usize, Object<'js>)>>,
    /// The signal in the handler's `context`, once a script has looked at it.
    signal: RefCell<Option<Value<'js>>>,
    /// Whether it is to be aborted.
    aborted: Cell<bool>,
    functions: functions::Functions<'js>,
}

impl Exports<'_> {
    pub(crate) fn clear(&self) {
        drop(self.touched.take());
        drop(self.signal.take());
        self.functions.clear();
    }
}

/// Puts a lazy getter for every global on the global object.
pub(crate) fn install(ctx: &Ctx<'_>) -> Result<()> {
    let (world, accessors) = (World::of(ctx), accessors(ctx)?);
    for (index, name) in names(&world).enumerate() {
        lazy(ctx, accessors, name, index)?;
    }
    if world.is_virtual() {
        let date: Value<'_> = js::module(ctx, "date")?.get("Date")?;
        ctx.globals().prop("Date", Property::from(date).writable().configurable())?;
    }
    let globals = ctx.globals();
    globals.prop("self", Property::from(globals.clone()).writable().configurable())
}

/// The original value of a global, built now if it was not touched yet.
pub(crate) fn global<'js>(ctx: &Ctx<'js>, name: &str) -> Result<Value<'js>> {
    match APIS.iter().position(|api| api.globals.contains(&name)) {
        Some(index) => exports(ctx, index)?.get(name),
        None => Err(Exception::throw_reference(ctx, &format!("`{name}` is not a global"))),
    }
}

/// The values of an API's globals.
fn exports<'js>(ctx: &Ctx<'js>, index: usize) -> Result<Object<'js>> {
    let world = World::of(ctx);
    let known = |(other, object): &(usize, Object<'js>)| (*other == index).then(|| object.clone());
    if let Some(object) = world.web.touched.borrow().iter().find_map(known) {
        return Ok(object);
    }
    let api = APIS.get(index).ok_or(Error::Unknown)?;
    let object = Object::new_proto(ctx.clone(), None)?;
    match api.source {
        Source::Native(init) => init(ctx, &object)?,
        Source::Script(name) => js::install(ctx, &object, name, api.globals)?,
    }
    world.web.touched.borrow_mut().push((index, object.clone()));
    Ok(object)
}

/// The names of all lazy globals; the place of one is what its accessor knows.
fn names<'a>(world: &'a World<'_>) -> impl Iterator<Item = &'a str> {
    APIS.iter().flat_map(|api| api.globals).copied().chain(apis::names(world))
}

/// The class of accessors: functions without a name, a length or anything else that an ordinary
/// function is born with. There is one for each global of each world, so their price counts.
fn accessors(ctx: &Ctx<'_>) -> Result<qjs::JSClassID> {
    let raw = ctx.as_raw().as_ptr();
    let class = qjs::JSClassDef {
        class_name: c"Function".as_ptr(),
        finalizer: None,
        gc_mark: None,
        call: Some(accessor),
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

/// Defines the accessor of one global: the same function reads and replaces it.
fn lazy(ctx: &Ctx<'_>, class: qjs::JSClassID, name: &str, index: usize) -> Result<()> {
    let raw = ctx.as_raw().as_ptr();
    let flags = (qjs::JS_PROP_CONFIGURABLE | qjs::JS_PROP_HAS_CONFIGURABLE).cast_signed();
    let globals = ctx.globals();
    // SAFETY: the context and the global object are alive; the name is readable for its length;
    // the opaque pointer is a number that nobody follows; the engine takes over both references to
    // the accessor, and does nothing for an atom or a function that there was no memory for.
    let defined = unsafe {
        let function = qjs::JS_NewObjectClass(raw, class);
        if qjs::JS_IsException(function) {
            return Err(Error::Exception);
        }
        qjs::JS_SetOpaque(function, ptr::without_provenance_mut(index));
        let atom = qjs::JS_NewAtomLen(raw, name.as_ptr().cast(), name.len() as _);
        if atom == qjs::JS_ATOM_NULL as qjs::JSAtom {
            qjs::JS_FreeValue(raw, function);
            return Err(Error::Exception);
        }
        let setter = qjs::JS_DupValue(raw, function);
        let defined =
            qjs::JS_DefinePropertyGetSet(raw, globals.as_raw(), atom, function, setter, flags);
        qjs::JS_FreeAtom(raw, atom);
        defined
    };
    if defined < 0 { Err(Error::Exception) } else { Ok(()) }
}

/// The first touch of a global: reading it builds its API, writing it replaces it.
unsafe extern "C" fn accessor(
    caller: *mut qjs::JSContext,
    function: qjs::JSValue,
    _this: qjs::JSValue,
    count: c_int,
    arguments: *mut qjs::JSValue,
    _flags: c_int,
) -> qjs::JSValue {
    // SAFETY: the engine calls with the context of the caller, which lives until the call returns,
    // as does that of the world; the function is an accessor, which has a number for a pointer.
    let (caller, index) = unsafe {
        let mut class = 0;
        let index = qjs::JS_GetAnyOpaque(function, &raw mut class).addr();
        (Ctx::from_raw(NonNull::new_unchecked(caller)), index)
    };
    let touched = catch_unwind(AssertUnwindSafe(|| {
        let ctx = World::of(&caller).realm();
        // SAFETY: where there is an argument, the engine lends it for the call; all contexts of
        // the runtime share their values.
        let given = (count > 0).then(|| unsafe {
            Value::from_raw(ctx.clone(), qjs::JS_DupValue(ctx.as_raw().as_ptr(), *arguments))
        });
        touch(&ctx, index, given).map(|value| into_raw(&value))
    }));
    match touched.unwrap_or_else(|panic| Err(broken(&caller, &*panic))) {
        Ok(value) => value,
        Err(error) => {
            if !error.is_exception() {
                Exception::throw_internal(&caller, &error.to_string());
            }
            qjs::JS_EXCEPTION
        }
    }
}

/// Gives a global its value, and makes it a plain property.
fn touch<'js>(ctx: &Ctx<'js>, index: usize, given: Option<Value<'js>>) -> Result<Value<'js>> {
    let world = World::of(ctx);
    let count: usize = APIS.iter().map(|api| api.globals.len()).sum();
    let name = names(&world).nth(index).ok_or(Error::Unknown)?;
    let is_read = given.is_none();
    let value = match given {
        Some(value) => value,
        None => match index.checked_sub(count) {
            Some(device) => apis::build(ctx, device)?,
            None => global(ctx, name)?,
        },
    };
    let property = Property::from(value.clone()).writable().configurable();
    match ctx.globals().prop(name, property) {
        // A script may freeze its globals: reading them goes on.
        Err(error) if is_read => drop(value::swallow::<()>(ctx, Err(error))),
        defined => defined?,
    }
    Ok(value)
}

/// A web API that panicked: a bug of ours, but the script's to catch.
fn broken(ctx: &Ctx<'_>, panic: &(dyn Any + Send)) -> Error {
    let message = format!("the runtime has a bug: {}", pool::message(panic));
    Exception::throw_internal(ctx, &message)
}

/// The abort signal in a handler's `context`: made when a script looks at it.
pub(crate) fn signal<'js>(ctx: &Ctx<'js>, context: &Object<'js>) -> Result<()> {
    let signal = Accessor::new_get(|ctx: Ctx<'js>| context_signal(&ctx));
    let _ = ctx;
    context.prop("signal", signal.enumerable().configurable())
}

/// The one signal of the dispatch.
fn context_signal<'js>(ctx: &Ctx<'js>) -> Result<Value<'js>> {
    let world = World::of(ctx);
    if let Some(signal) = &*world.web.signal.borrow() {
        return Ok(signal.clone());
    }
    let signal: Value<'js> = js::export(ctx, "events", "newSignal")?.call(())?;
    *world.web.signal.borrow_mut() = Some(signal.clone());
    if world.web.aborted.get() {
        abort(ctx, &world);
    }
    Ok(signal)
}

/// Whether the script listens to the signal, so that its abort may still settle the dispatch.
pub(crate) fn awaits_abort<'js>(ctx: &Ctx<'js>, world: &World<'js>) -> bool {
    let Some(signal) = world.web.signal.borrow().clone() else { return false };
    let listened = js::export(ctx, "events", "isListened").and_then(|it| it.call((signal,)));
    !world.web.aborted.get() && value::swallow(ctx, listened).unwrap_or(false)
}

/// Aborts the signal in the handler's `context`.
pub(crate) fn abort<'js>(ctx: &Ctx<'js>, world: &World<'js>) {
    world.web.aborted.set(true);
    let Some(signal) = world.web.signal.borrow().clone() else { return };
    let reason = if world.control().is_cancelled() { "cancelError" } else { "timeoutError" };
    let aborted = js::export(ctx, "events", reason)
        .and_then(|reason| reason.call::<_, Value<'js>>(()))
        .and_then(|reason| {
            js::export(ctx, "events", "abortSignal")?.call::<_, ()>((signal, reason))
        });
    if let Err(error) = aborted {
        world.uncaught(ctx, "the abort of the signal", &error);
    }
}
