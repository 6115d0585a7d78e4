//! The web APIs of a script: every one costs a getter until it is touched.
//!
//! A module defines the globals of one standard. It has a line in [`APIS`] and a function
//! `init(ctx, exports)` that sets the values of its globals on `exports`, or a file of JavaScript
//! that exports them; nothing else makes them global. The first touch of any of its globals calls it. Each global then becomes a plain
//! property (writable, configurable, not enumerable), unless the script has replaced it already.
//! [`global`] gives the original value of a global, whatever a script has put in its place.

#![expect(clippy::unnecessary_wraps, reason = "native functions have one shape")]

mod bytes;
mod compression;
mod console;
mod crypto;
mod fetch;
mod js;
mod native;
mod natives;
mod promises;
mod subtle;
mod text;
mod timers;
mod url;

use std::{
    any::Any,
    cell::{Cell, RefCell},
    ffi::c_int,
    panic::{AssertUnwindSafe, catch_unwind},
    ptr::NonNull,
};

use rquickjs::{
    Ctx, Error, Exception, Object, Result, Value,
    object::{Accessor, Property},
    qjs,
};

use crate::{host::apis, pool, value, world::World};

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
    Api { globals: &["crypto", "Crypto"], source: Source::Native(crypto::init) },
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
            "CompressionStream",
            "DecompressionStream",
        ],
        source: Source::Script("transforms"),
    },
    Api {
        globals: &["structuredClone", "MessageChannel", "MessagePort"],
        source: Source::Script("clone"),
    },
    Api {
        globals: &["performance", "Performance", "navigator", "Navigator", "reportError"],
        source: Source::Script("misc"),
    },
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
}

impl Exports<'_> {
    pub(crate) fn clear(&self) {
        drop(self.touched.take());
        drop(self.signal.take());
    }
}

/// Puts a lazy getter for every global on the global object.
pub(crate) fn install(ctx: &Ctx<'_>) -> Result<()> {
    let mut magic = 0;
    for api in APIS {
        for name in api.globals {
            lazy(ctx, name, magic)?;
            magic += 1;
        }
    }
    for name in apis::names(&World::of(ctx)) {
        lazy(ctx, name, magic)?;
        magic += 1;
    }
    if World::of(ctx).is_virtual() {
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
    let object = Object::new_proto(ctx.clone(), None)?;
    match APIS[index].source {
        Source::Native(init) => init(ctx, &object)?,
        Source::Script(name) => js::install(ctx, &object, name, APIS[index].globals)?,
    }
    world.web.touched.borrow_mut().push((index, object.clone()));
    Ok(object)
}

/// Defines the accessor of one global: the same function reads and replaces it.
fn lazy(ctx: &Ctx<'_>, name: &str, magic: c_int) -> Result<()> {
    let raw = ctx.as_raw().as_ptr();
    let flags = (qjs::JS_PROP_CONFIGURABLE | qjs::JS_PROP_HAS_CONFIGURABLE).cast_signed();
    let globals = ctx.globals();
    let accessor = qjs::JSCFunctionType { generic_magic: Some(accessor) };
    let kind = qjs::JSCFunctionEnum_JS_CFUNC_generic_magic;
    // SAFETY: the context and the global object are alive; the name is readable for its length;
    // the engine calls the accessor as what `kind` says it is, takes over both references to it,
    // and does nothing for an atom or a function that there was no memory for.
    let defined = unsafe {
        let function = qjs::JS_NewCFunction2(raw, accessor.generic, c"".as_ptr(), 0, kind, magic);
        if qjs::JS_IsException(function) {
            return Err(Error::Exception);
        }
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
    raw: *mut qjs::JSContext,
    _this: qjs::JSValue,
    count: c_int,
    arguments: *mut qjs::JSValue,
    magic: c_int,
) -> qjs::JSValue {
    // SAFETY: the engine calls with its own context, which lives until the call returns.
    let ctx = unsafe { Ctx::from_raw(NonNull::new_unchecked(raw)) };
    let given = (count > 0).then(|| {
        // SAFETY: there is one argument at least, which the engine lends for the call.
        unsafe { Value::from_raw(ctx.clone(), qjs::JS_DupValue(raw, *arguments)) }
    });
    let touched = catch_unwind(AssertUnwindSafe(|| touch(&ctx, magic, given)));
    match touched.unwrap_or_else(|panic| Err(broken(&ctx, &*panic))) {
        // SAFETY: the reference goes to the engine, which frees it.
        Ok(value) => unsafe { qjs::JS_DupValue(raw, value.as_raw()) },
        Err(error) => {
            if !error.is_exception() {
                Exception::throw_internal(&ctx, &error.to_string());
            }
            qjs::JS_EXCEPTION
        }
    }
}

/// Gives a global its value, and makes it a plain property.
fn touch<'js>(ctx: &Ctx<'js>, magic: c_int, given: Option<Value<'js>>) -> Result<Value<'js>> {
    let world = World::of(ctx);
    let web = APIS.iter().flat_map(|api| api.globals).copied();
    let count = web.clone().count();
    let index = usize::try_from(magic).unwrap_or_default();
    let name = web.chain(apis::names(&world)).nth(index);
    let name = name.expect("an accessor was made for a global");
    let value = match given {
        Some(value) => value,
        None if index < count => global(ctx, name)?,
        None => apis::build(ctx, index - count)?,
    };
    let property = Property::from(value.clone()).writable().configurable();
    ctx.globals().prop(name, property)?;
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
