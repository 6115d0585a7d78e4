//! The globals on the global object: each costs an accessor until it is touched, and is a data
//! property (writable, configurable, not enumerable) for all that a script can tell.
//!
//! The first read builds the API, the first write replaces it; both leave a plain property. The
//! functions that would show the accessor, or change it, have it touched first: see [`WATCHED`]. They
//! are watched as soon as a script reaches for one of them: see [`VEILED`]. What is left: a `Proxy` of
//! the global object without a trap for it describes an untouched global as an accessor.

use std::{
    any::Any,
    cell::{Cell, RefCell},
    ffi::{CString, c_int},
    mem,
    panic::{AssertUnwindSafe, catch_unwind},
    ptr::{self, NonNull},
    slice,
};

use rquickjs::{Ctx, Error, Exception, Function, Object, Result, Value, object::Property, qjs};

use super::{APIS, Web, global};
use crate::{
    device,
    engine::{
        native::{adopt, callable, define, into_raw, numbered},
        property::Own,
        table::Table,
        value,
    },
    error::panic_text,
    world::World,
};

/// Puts every global of a world on its global object.
pub(super) fn install<'js>(ctx: &Ctx<'js>, world: &World<'js>, web: &Web<'js>) -> Result<()> {
    // There is an accessor for each global of each world, so their price counts.
    let (class, watched) = (callable(ctx, accessor)?, &web.watched);
    watched.class.set(class);
    let globals = ctx.globals();
    let mut count = 0;
    let mut add = |name: &str| {
        lazy(&globals, class, name, count)?;
        count = count.saturating_add(1);
        Ok::<_, Error>(())
    };
    // In the order of `names`, whose iterator every world would pay for.
    for api in APIS {
        for name in api.globals {
            add(name)?;
        }
    }
    for name in device::names(world) {
        add(name)?;
    }
    watched.count.set(count);
    veil(ctx, web, &globals, class, count)
}

/// The names of all lazy globals; the place of one is what its accessor knows.
fn names<'a>(world: &'a World<'_>) -> impl Iterator<Item = &'a str> {
    APIS.iter().flat_map(|api| api.globals).copied().chain(device::names(world))
}

// ---- accessors --------------------------------------------------------------------------------

/// Defines one accessor: the same function reads and replaces the value.
fn lazy(holder: &Object<'_>, class: qjs::JSClassID, name: &str, index: usize) -> Result<()> {
    let raw = holder.ctx().as_raw().as_ptr();
    let flags = (qjs::JS_PROP_CONFIGURABLE | qjs::JS_PROP_HAS_CONFIGURABLE).cast_signed();
    // SAFETY: the context and the holder are alive; the name is readable for its length;
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
            qjs::JS_DefinePropertyGetSet(raw, holder.as_raw(), atom, function, setter, flags);
        qjs::JS_FreeAtom(raw, atom);
        defined
    };
    if defined < 0 { Err(Error::Exception) } else { Ok(()) }
}

/// The first touch of a global.
unsafe extern "C" fn accessor(
    caller: *mut qjs::JSContext,
    function: qjs::JSValue,
    this: qjs::JSValue,
    count: c_int,
    arguments: *mut qjs::JSValue,
    _flags: c_int,
) -> qjs::JSValue {
    // SAFETY: the engine calls an accessor, which has the number of its global.
    let (caller, index) = unsafe { numbered(caller, function) };
    guarded(&caller, |ctx| {
        let veiled = index.checked_sub(Web::of(ctx).watched.count.get());
        if let Some(index) = veiled {
            return unveiled(ctx, index, (count > 0).then_some((this, arguments)));
        }
        if count == 0 {
            return read(ctx, index);
        }
        // SAFETY: the engine lends `this` and the argument for the call; all contexts of the runtime
        // share their values.
        let (receiver, value) = unsafe { (lend(ctx, this), lend(ctx, *arguments)) };
        write(ctx, index, &receiver, value)
    })
}

/// Gives a global its value, and makes it a plain property.
fn read<'js>(ctx: &Ctx<'js>, index: usize) -> Result<Value<'js>> {
    let world = World::of(ctx);
    let name = names(&world).nth(index).ok_or(Error::Unknown)?;
    let count: usize = APIS.iter().map(|api| api.globals.len()).sum();
    let value = match index.checked_sub(count) {
        Some(device) => device::build(ctx, device)?,
        None => global(ctx, name)?,
    };
    // A script may have frozen its globals in a way that nobody saw: reading them goes on.
    let _ = value::swallow(ctx, plain(ctx, name, value.clone()));
    Ok(value)
}

/// Assigns to a global, or to what inherits from the global object or stands before it.
fn write<'js>(
    ctx: &Ctx<'js>,
    index: usize,
    receiver: &Value<'js>,
    value: Value<'js>,
) -> Result<Value<'js>> {
    let world = World::of(ctx);
    let name = names(&world).nth(index).ok_or(Error::Unknown)?;
    let undefined = Value::new_undefined(ctx.clone());
    if receiver.is_undefined() || *receiver == *ctx.globals().as_value() {
        plain(ctx, name, value)?;
        return Ok(undefined);
    }
    read(ctx, index)?;
    if let Some(receiver) = receiver.as_object() {
        assign(receiver, name, value)?;
    }
    Ok(undefined)
}

fn plain<'js>(ctx: &Ctx<'js>, name: &str, value: Value<'js>) -> Result<()> {
    ctx.globals().prop(name, Property::from(value).writable().configurable())
}

/// `OrdinarySet` for a receiver that is not the holder of the data property: it gets a property of
/// its own, or its own one gets the value. What refuses that is left as it is, as sloppy code has it.
fn assign<'js>(receiver: &Object<'js>, name: &str, value: Value<'js>) -> Result<()> {
    match Own::of(receiver, name)? {
        None => define(receiver, name, value).or_else(|error| refused(receiver.ctx(), error)),
        Some(own) if own.is_accessor() || !own.has(qjs::JS_PROP_WRITABLE) => Ok(()),
        Some(_) => receiver.set(name, value).or_else(|error| refused(receiver.ctx(), error)),
    }
}

/// An object that takes no property is no error; anything else is.
fn refused(ctx: &Ctx<'_>, error: Error) -> Result<()> {
    let thrown = value::caught(ctx, &error);
    let is_type_error = thrown.as_object().is_some_and(|it| {
        it.is_error()
            && value::describe(ctx, &thrown, crate::error::Code::Exception).name == "TypeError"
    });
    if is_type_error { Ok(()) } else { Err(ctx.throw(thrown)) }
}

// ---- what leads to a function that tells an accessor from a property --------------------------

/// What leads a script to the functions of [`WATCHED`], as properties of the global object and, with
/// `true`, of `Object.prototype`. Until one of them is touched, nothing needs to be watched.
const VEILED: [(bool, &str); 3] = [(false, "Object"), (false, "Reflect"), (true, "constructor")];

/// Puts accessors in the place of what is veiled, and keeps what it was.
fn veil<'js>(
    ctx: &Ctx<'js>,
    web: &Web<'js>,
    globals: &Object<'js>,
    class: qjs::JSClassID,
    count: usize,
) -> Result<()> {
    let prototype = Object::new(ctx.clone())?.get_prototype().ok_or(Error::Unknown)?;
    LEGACY.put(&prototype, 0..LEGACY_COUNT, None)?;
    for (index, (is_method, name)) in VEILED.iter().enumerate() {
        let holder = if *is_method { &prototype } else { globals };
        let value = holder.get(*name)?;
        web.watched.veiled.borrow_mut().push((holder.clone(), value));
        lazy(holder, class, name, count.saturating_add(index))?;
    }
    Ok(())
}

/// Watches what is to be watched, and does what the script wanted: reads the property, or assigns.
fn unveiled<'js>(
    ctx: &Ctx<'js>,
    index: usize,
    assigned: Option<(qjs::JSValue, *mut qjs::JSValue)>,
) -> Result<Value<'js>> {
    let known = Web::of(ctx).watched.veiled.borrow().get(index).cloned();
    let (Some((holder, value)), Some((_, name))) = (known, VEILED.get(index)) else {
        return Err(value::throw_type(ctx, "the dispatch has ended"));
    };
    unveil(ctx)?;
    let Some((this, arguments)) = assigned else {
        // A function of ours may have taken its place.
        let now: Value<'js> = holder.get(*name)?;
        return Ok(if now.is_undefined() { value } else { now });
    };
    // SAFETY: the engine lends `this` and the argument for the call; all contexts of the runtime share
    // their values.
    let (receiver, value) = unsafe { (lend(ctx, this), lend(ctx, *arguments)) };
    if receiver.is_undefined() || receiver == *holder.as_value() {
        holder.set(*name, value)?;
    } else if let Some(receiver) = receiver.as_object() {
        assign(receiver, name, value)?;
    }
    Ok(Value::new_undefined(ctx.clone()))
}

/// Makes what is veiled what it was, and has the functions watched; once.
pub(super) fn unveil(ctx: &Ctx<'_>) -> Result<()> {
    let watched = &Web::of(ctx).watched;
    if watched.is_watching.replace(true) {
        return Ok(());
    }
    let veiled = watched.veiled.borrow().clone();
    for ((holder, value), (_, name)) in veiled.iter().zip(VEILED) {
        // A script may have deleted it.
        if Own::of(holder, name)?.is_some_and(|own| own.is_of(watched.class.get())) {
            holder.prop(name, Property::from(value.clone()).writable().configurable())?;
        }
    }
    for (index, watch) in WATCHED.iter().enumerate() {
        let Some((_, value)) = veiled.get(usize::from(watch.holder == "Reflect")) else { continue };
        watch_in(value.as_object().ok_or(Error::Unknown)?, watch, index)?;
    }
    Ok(())
}

// ---- what would tell an accessor from a property ----------------------------------------------

/// A function of the engine that shows or changes how properties are described.
struct Watch {
    /// The global that has it.
    holder: &'static str,
    name: &'static str,
    length: c_int,
    /// Whether it is about all properties, and not the one that its second argument names.
    is_about_all: bool,
}

const fn of(holder: &'static str, name: &'static str, length: c_int, is_about_all: bool) -> Watch {
    Watch { holder, name, length, is_about_all }
}

/// Those that a script calls on its global object: the globals it means are touched first.
const WATCHED: [Watch; 8] = [
    of("Object", "defineProperty", 3, false),
    of("Object", "defineProperties", 2, true),
    of("Object", "getOwnPropertyDescriptor", 2, false),
    of("Object", "getOwnPropertyDescriptors", 1, true),
    of("Object", "freeze", 1, true),
    of("Object", "seal", 1, true),
    of("Reflect", "defineProperty", 3, false),
    of("Reflect", "getOwnPropertyDescriptor", 2, false),
];

/// The functions that [`WATCHED`] names, as the engine made them.
#[derive(Default)]
pub(super) struct Watched<'js> {
    functions: RefCell<Vec<Function<'js>>>,
    /// What is veiled, and where: in the order of [`VEILED`].
    veiled: RefCell<Vec<(Object<'js>, Value<'js>)>>,
    is_watching: Cell<bool>,
    /// How many globals are lazy: the accessors behind them veil.
    count: Cell<usize>,
    /// The class of accessors.
    class: Cell<qjs::JSClassID>,
}

impl Watched<'_> {
    pub(super) fn clear(&self) {
        drop(self.functions.take());
        drop(self.veiled.take());
    }
}

/// How the engine calls a function, whatever it says of its arguments.
type Plain = unsafe extern "C" fn(
    *mut qjs::JSContext,
    qjs::JSValue,
    c_int,
    *mut qjs::JSValue,
) -> qjs::JSValue;

/// Puts a function of ours in the place of the engine's.
fn watch_in(holder: &Object<'_>, watched: &Watch, index: usize) -> Result<()> {
    let ctx = holder.ctx();
    Web::of(ctx).watched.functions.borrow_mut().push(holder.get(watched.name)?);
    let name = CString::new(watched.name).map_err(|_| Error::Unknown)?;
    let kind = qjs::JSCFunctionEnum_JS_CFUNC_generic_magic;
    // SAFETY: a function of the kind `generic_magic` is called with the number behind its arguments;
    // the name outlives the call.
    let function = unsafe {
        let body = mem::transmute::<*const (), Plain>(watching as *const ());
        let index = c_int::try_from(index).unwrap_or(0);
        let raw = ctx.as_raw().as_ptr();
        adopt(
            ctx,
            qjs::JS_NewCFunction2(raw, Some(body), name.as_ptr(), watched.length, kind, index),
        )?
    };
    holder.prop(watched.name, Property::from(function).writable().configurable())
}

/// Touches the globals that the call is about, and has the engine do the rest.
unsafe extern "C" fn watching(
    caller: *mut qjs::JSContext,
    this: qjs::JSValue,
    count: c_int,
    arguments: *mut qjs::JSValue,
    index: c_int,
) -> qjs::JSValue {
    // SAFETY: the engine calls with the context of the caller, which lives until the call returns,
    // and with `count` readable arguments.
    let (caller, arguments) = unsafe {
        let count = usize::try_from(count).unwrap_or(0);
        let arguments = if count == 0 { &[][..] } else { slice::from_raw_parts(arguments, count) };
        (Ctx::from_raw(NonNull::new_unchecked(caller)), arguments)
    };
    let index = usize::try_from(index).unwrap_or(0);
    guarded(&caller, |ctx| {
        let world = World::of(ctx);
        let watched = WATCHED.get(index).ok_or(Error::Unknown)?;
        // SAFETY: the engine lends the values for the call; all contexts of the runtime share theirs.
        let mut given: Vec<_> = arguments.iter().map(|raw| unsafe { lend(ctx, *raw) }).collect();
        // SAFETY: as above.
        let this = unsafe { lend(ctx, this) };
        let is_global = given.first() == Some(ctx.globals().as_value());
        if is_global && watched.is_about_all {
            names(&world).try_for_each(|name| settle(ctx, name))?;
        } else if is_global && let Some(key) = given.get_mut(1) {
            name_of(key)?.map_or(Ok(()), |name| settle(ctx, &name))?;
        }
        let function = Web::of(ctx).watched.functions.borrow().get(index).cloned();
        let function = function.ok_or_else(|| value::throw_type(ctx, "the dispatch has ended"))?;
        call(&function, &this, &given)
    })
}

/// The name that a key is, which is converted once for all; none for a symbol.
fn name_of(key: &mut Value<'_>) -> Result<Option<String>> {
    let ctx = key.ctx().clone();
    // SAFETY: the key is alive; the atom is freed once, and the value has a reference of its own.
    *key = unsafe {
        let raw = ctx.as_raw().as_ptr();
        let atom = qjs::JS_ValueToAtom(raw, key.as_raw());
        if atom == qjs::JS_ATOM_NULL as qjs::JSAtom {
            return Err(Error::Exception);
        }
        let name = adopt(&ctx, qjs::JS_AtomToValue(raw, atom));
        qjs::JS_FreeAtom(raw, atom);
        name?
    };
    key.as_string().map(|name| value::text(name).map(|name| (*name).to_owned())).transpose()
}

/// Touches a global if nobody has.
fn settle(ctx: &Ctx<'_>, name: &str) -> Result<()> {
    let globals = ctx.globals();
    let class = Web::of(ctx).watched.class.get();
    let is_lazy = Own::of(&globals, name)?.is_some_and(|own| own.is_of(class));
    if is_lazy { globals.get::<_, Value<'_>>(name).map(drop) } else { Ok(()) }
}

fn call<'js>(
    function: &Function<'js>,
    this: &Value<'js>,
    given: &[Value<'js>],
) -> Result<Value<'js>> {
    let ctx = function.ctx();
    let mut raw: Vec<_> = given.iter().map(Value::as_raw).collect();
    // SAFETY: function and values are alive during the call, and the result is taken over.
    unsafe {
        let count = c_int::try_from(raw.len()).unwrap_or(0);
        let (context, start) = (ctx.as_raw().as_ptr(), raw.as_mut_ptr());
        adopt(ctx, qjs::JS_Call(context, function.as_raw(), this.as_raw(), count, start))
    }
}

// ---- the methods of `Object.prototype` that do the same ----------------------------------------

/// `Object.prototype.__defineGetter__` and the three like it, which are ours: what is so small is not
/// worth a veil in every world (<https://tc39.es/ecma262/#sec-object.prototype.__defineGetter__>).
static LEGACY: Table<LEGACY_COUNT> = Table::new(
    [
        (c"__defineGetter__", 2),
        (c"__defineSetter__", 2),
        (c"__lookupGetter__", 1),
        (c"__lookupSetter__", 1),
    ],
    legacy,
);

const LEGACY_COUNT: usize = 4;

/// How many prototypes are looked through between two looks at the time: proxies make endless chains.
const LINKS: usize = 10_000;

unsafe extern "C" fn legacy(
    caller: *mut qjs::JSContext,
    this: qjs::JSValue,
    count: c_int,
    arguments: *mut qjs::JSValue,
    index: c_int,
) -> qjs::JSValue {
    // SAFETY: the engine calls with the context of the caller, which lives until the call returns,
    // and with `count` readable arguments.
    let (caller, arguments) = unsafe {
        let count = usize::try_from(count).unwrap_or(0);
        let arguments = if count == 0 { &[][..] } else { slice::from_raw_parts(arguments, count) };
        (Ctx::from_raw(NonNull::new_unchecked(caller)), arguments)
    };
    guarded(&caller, |ctx| {
        let argument = |index: usize| {
            let raw = arguments.get(index).copied().unwrap_or(qjs::JS_UNDEFINED);
            // SAFETY: the engine lends the values for the call; all contexts of the runtime share theirs.
            unsafe { lend(ctx, raw) }
        };
        // SAFETY: as above; the object comes with a reference.
        let this = unsafe { adopt(ctx, qjs::JS_ToObject(ctx.as_raw().as_ptr(), this))? };
        let (is_setter, defines) = (index % 2 == 1, index < 2);
        let function = argument(1);
        if defines && !function.is_function() {
            return Err(value::throw_type(ctx, "not a function"));
        }
        let mut key = argument(0);
        let name = name_of(&mut key)?.unwrap_or_default();
        if !defines {
            return accessor_of(this, &key, &name, is_setter);
        }
        if this == *ctx.globals().as_value() {
            settle(ctx, &name)?;
        }
        define_accessor(&this, &key, &function, is_setter)
    })
}

/// `obj.__defineGetter__(key, function)`, or a setter.
fn define_accessor<'js>(
    object: &Value<'js>,
    key: &Value<'js>,
    function: &Value<'js>,
    is_setter: bool,
) -> Result<Value<'js>> {
    let (ctx, raw) = (object.ctx(), object.ctx().as_raw().as_ptr());
    let kind = if is_setter { qjs::JS_PROP_HAS_SET } else { qjs::JS_PROP_HAS_GET };
    let flags = kind
        | qjs::JS_PROP_THROW
        | qjs::JS_PROP_HAS_ENUMERABLE
        | qjs::JS_PROP_ENUMERABLE
        | qjs::JS_PROP_HAS_CONFIGURABLE
        | qjs::JS_PROP_CONFIGURABLE;
    let (nothing, function) = (qjs::JS_UNDEFINED, function.as_raw());
    let (getter, setter) = if is_setter { (nothing, function) } else { (function, nothing) };
    // SAFETY: the values are alive, and only lent; the atom is freed once.
    let defined = unsafe {
        let atom = qjs::JS_ValueToAtom(raw, key.as_raw());
        let object = object.as_raw();
        let flags = flags.cast_signed();
        let defined = qjs::JS_DefineProperty(raw, object, atom, nothing, getter, setter, flags);
        qjs::JS_FreeAtom(raw, atom);
        defined
    };
    if defined < 0 { Err(Error::Exception) } else { Ok(Value::new_undefined(ctx.clone())) }
}

/// `obj.__lookupGetter__(key)`, or the setter.
fn accessor_of<'js>(
    object: Value<'js>,
    key: &Value<'js>,
    name: &str,
    is_setter: bool,
) -> Result<Value<'js>> {
    let (ctx, mut next) = (object.ctx().clone(), object.into_object());
    let globals = ctx.globals();
    for link in 0_usize.. {
        let Some(object) = next else { break };
        if object == globals {
            settle(&ctx, name)?;
        }
        if let Some(own) = Own::at(&object, key)? {
            let [_, setter] = own.rest;
            return Ok(if is_setter { setter } else { own.getter });
        }
        if link % LINKS == LINKS - 1 {
            World::of(&ctx).let_through(&ctx)?;
        }
        // SAFETY: the object is alive; its prototype comes with a reference.
        next = unsafe {
            adopt(&ctx, qjs::JS_GetPrototype(ctx.as_raw().as_ptr(), object.as_raw()))?.into_object()
        };
    }
    Ok(Value::new_undefined(ctx))
}

// ---- between the engine and us ----------------------------------------------------------------

/// A value that the engine lends for a call, with a reference of its own.
///
/// # Safety
///
/// `raw` is alive and belongs to the runtime of `ctx`.
unsafe fn lend<'js>(ctx: &Ctx<'js>, raw: qjs::JSValue) -> Value<'js> {
    // SAFETY: the caller's promise.
    unsafe { Value::from_raw(ctx.clone(), qjs::JS_DupValue(ctx.as_raw().as_ptr(), raw)) }
}

/// Runs `body` in the script's context, and lets no panic pass.
fn guarded<'js>(
    caller: &Ctx<'js>,
    body: impl FnOnce(&Ctx<'js>) -> Result<Value<'js>>,
) -> qjs::JSValue {
    let outcome = catch_unwind(AssertUnwindSafe(|| {
        let ctx = World::of(caller).realm();
        body(&ctx).map(|value| into_raw(&value))
    }));
    match outcome.unwrap_or_else(|panic| Err(broken(caller, &*panic))) {
        Ok(value) => value,
        Err(error) => {
            if !error.is_exception() {
                Exception::throw_internal(caller, &error.to_string());
            }
            qjs::JS_EXCEPTION
        }
    }
}

/// A web API that panicked: a bug of ours, but the script's to catch.
fn broken(ctx: &Ctx<'_>, panic: &(dyn Any + Send)) -> Error {
    let message = format!("the runtime has a bug: {}", panic_text(panic));
    Exception::throw_internal(ctx, &message)
}
