//! The web APIs of a script: every one costs a getter until it is touched.
//!
//! A module defines the globals of one standard. It has a line in [`APIS`] and a function
//! `init(ctx, exports)` that sets the values of its globals on `exports`; nothing else makes them
//! global. The first touch of any of its globals calls it. Each global then becomes a plain
//! property (writable, configurable, not enumerable), unless the script has replaced it already.
//! [`global`] gives the original value of a global, whatever a script has put in its place.

mod console;
mod crypto;
pub(crate) mod js;
mod native;
mod natives;
mod text;
mod timers;

use std::{
    any::Any,
    cell::RefCell,
    ffi::c_int,
    panic::{AssertUnwindSafe, catch_unwind},
    ptr::NonNull,
};

use rquickjs::{Ctx, Error, Exception, Object, Result, Value, object::Property, qjs};

use crate::{pool, world::World};

/// A standard: the globals that it defines, and who makes them.
struct Api {
    globals: &'static [&'static str],
    init: for<'js> fn(&Ctx<'js>, &Object<'js>) -> Result<()>,
}

/// Every web API.
const APIS: &[Api] = &[
    Api { globals: &["console"], init: console::init },
    Api {
        globals: &["setTimeout", "setInterval", "clearTimeout", "clearInterval"],
        init: timers::init,
    },
    Api { globals: &["TextEncoder", "TextDecoder"], init: text::init },
    Api { globals: &["crypto", "Crypto"], init: crypto::init },
];

/// The APIs that were touched, with the values of their globals.
#[derive(Default)]
pub(crate) struct Exports<'js>(RefCell<Vec<(usize, Object<'js>)>>);

impl Exports<'_> {
    pub(crate) fn clear(&self) {
        drop(self.0.take());
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
    if let Some(object) = world.web.0.borrow().iter().find_map(known) {
        return Ok(object);
    }
    let object = Object::new_proto(ctx.clone(), None)?;
    (APIS[index].init)(ctx, &object)?;
    world.web.0.borrow_mut().push((index, object.clone()));
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
    let mut names = APIS.iter().flat_map(|api| api.globals);
    let name = usize::try_from(magic).ok().and_then(|index| names.nth(index));
    let name = name.expect("an accessor was made for a global");
    let value = match given {
        Some(value) => value,
        None => global(ctx, name)?,
    };
    let property = Property::from(value.clone()).writable().configurable();
    ctx.globals().prop(*name, property)?;
    Ok(value)
}

/// A web API that panicked: a bug of ours, but the script's to catch.
fn broken(ctx: &Ctx<'_>, panic: &(dyn Any + Send)) -> Error {
    let message = format!("the runtime has a bug: {}", pool::message(panic));
    Exception::throw_internal(ctx, &message)
}

/// The abort signal in a handler's `context`.
pub(crate) fn signal<'js>(_ctx: &Ctx<'js>, _context: &Object<'js>) -> Result<()> {
    Ok(())
}

/// Aborts the signal in the handler's `context`.
pub(crate) fn abort<'js>(_ctx: &Ctx<'js>, _world: &World<'js>) {}
