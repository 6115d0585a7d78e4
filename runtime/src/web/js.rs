//! The part of the environment that is JavaScript of ours: bytecode made at build time,
//! loaded when a script first touches one of its globals.
//!
//! Each module is a file or a folder here, written as modules of the language and joined by
//! `build/modules.rs` into one function, `(native, primordials, load) => exports`. The primordials come from
//! a second realm of the same engine that no script ever sees, so that a script may replace any
//! built-in before or after and ours keep working; that realm, too, is made on first touch.

use std::cell::RefCell;
use std::ptr::NonNull;

#[cfg(not(target_family = "wasm"))]
use miniz_oxide::inflate::decompress_to_vec;
use rquickjs::context::Intrinsic as _;
use rquickjs::{Ctx, Error, Function, JsLifetime, Object, Result, Value, qjs};

use super::{NATIVES, globals};
use crate::{
    engine::{
        heap::Usage,
        native::{Call, adopt, function, into_raw},
    },
    world::{Intrinsics, functions, stack},
};

/// The packed bytecode of the module `<name>` in `src/web/`.
macro_rules! bytecode {
    ($($(#[$feature:meta])? $name:literal),+ $(,)?) => {
        &[$($(#[$feature])? ($name, include_bytes!(concat!(env!("OUT_DIR"), "/", $name, ".bc")))),+]
    };
}

/// Every module, by name.
const MODULES: &[(&str, &[u8])] = bytecode![
    "arrays",
    "base",
    "blob",
    "clone",
    "date",
    "events",
    "fetch",
    "file_reader",
    "inspect",
    "misc",
    "pairs",
    "primordials",
    "quota",
    "streams",
    #[cfg(feature = "crypto-subtle")]
    "subtle",
    "transforms",
    "url",
    #[cfg(feature = "url-pattern")]
    "urlpattern",
];

/// What is loaded in one world.
#[derive(Default)]
struct Loaded<'js> {
    exports: RefCell<Vec<(&'static str, Object<'js>)>>,
    shared: RefCell<Option<(Object<'js>, Object<'js>, Value<'js>)>>,
}

// SAFETY: the type holds nothing but values of the context.
unsafe impl<'js> JsLifetime<'js> for Loaded<'js> {
    type Changed<'to> = Loaded<'to>;
}

/// What the module `name` exports; loads it first where that has not happened yet.
pub(crate) fn module<'js>(ctx: &Ctx<'js>, name: &str) -> Result<Object<'js>> {
    let known = |loaded: &Loaded<'js>| {
        let exports = loaded.exports.borrow();
        exports.iter().find(|(known, _)| *known == name).map(|(_, exports)| exports.clone())
    };
    if let Some(exports) = ctx.userdata::<Loaded<'js>>().as_deref().and_then(known) {
        return Ok(exports);
    }
    let (name, bytes) = *MODULES.iter().find(|(known, _)| *known == name).ok_or(Error::Unknown)?;
    let (native, primordials, load) = shared(ctx)?;
    let body = read(ctx, bytes)?.into_function().ok_or(Error::Unknown)?;
    let exports: Object<'js> = body.call((native, primordials, load))?;
    let loaded = ctx.userdata::<Loaded<'js>>().ok_or(Error::Unknown)?;
    loaded.exports.borrow_mut().push((name, exports.clone()));
    Ok(exports)
}

/// Puts what the module `from` exports under `names` on `exports`.
pub(crate) fn install<'js>(
    ctx: &Ctx<'js>,
    exports: &Object<'js>,
    from: &str,
    names: &[&str],
) -> Result<()> {
    let module = module(ctx, from)?;
    for name in names {
        exports.set(*name, module.get::<_, Value<'js>>(*name)?)?;
    }
    Ok(())
}

/// The function `name` that the module `from` exports.
pub(crate) fn export<'js>(ctx: &Ctx<'js>, from: &str, name: &str) -> Result<Function<'js>> {
    module(ctx, from)?.get(name)
}

/// The built-in function that `primordials.js` picked under `name`.
pub(crate) fn primordial<'js>(ctx: &Ctx<'js>, name: &str) -> Result<Function<'js>> {
    shared(ctx)?.1.get(name)
}

/// Has the engine's own functions at hand, as they were before any script.
pub(crate) fn prepare(ctx: &Ctx<'_>) -> Result<()> {
    shared(ctx).map(drop)
}

/// What every module is given: our native functions, the primordials, and `load`.
fn shared<'js>(ctx: &Ctx<'js>) -> Result<(Object<'js>, Object<'js>, Value<'js>)> {
    let known = |loaded: &Loaded<'js>| loaded.shared.borrow().clone();
    if let Some(shared) = ctx.userdata::<Loaded<'js>>().as_deref().and_then(known) {
        return Ok(shared);
    }
    if ctx.userdata::<Loaded<'js>>().is_none() {
        let _ = ctx.store_userdata(Loaded::default());
    }
    // Ours describes the language's objects as they are.
    globals::unveil(ctx)?;
    let natives = NATIVES(ctx)?;
    let shared = (natives, primordials(ctx)?, function(ctx, "load", 1, load)?);
    let loaded = ctx.userdata::<Loaded<'js>>().ok_or(Error::Unknown)?;
    *loaded.shared.borrow_mut() = Some(shared.clone());
    Ok(shared)
}

/// `load(name)`: what another module of ours exports.
fn load<'js>(call: &Call<'_, 'js>) -> Result<Value<'js>> {
    module(&call.ctx, &call.text(0)?).map(Object::into_value)
}

/// The built-ins of a fresh realm, taken out by `primordials.js`.
fn primordials<'js>(ctx: &Ctx<'js>) -> Result<Object<'js>> {
    let (_, bytes) =
        MODULES.iter().find(|(name, _)| *name == "primordials").ok_or(Error::Unknown)?;
    let realm = Realm::new(ctx)?;
    functions::install(&realm.ctx)?;
    stack::install(&realm.ctx)?;
    let picked = read(&realm.ctx, bytes)?;
    // SAFETY: both contexts belong to one runtime, whose values may travel between them.
    let picked = unsafe { Value::from_raw(ctx.clone(), into_raw(&picked)) };
    picked.into_object().ok_or(Error::Unknown)
}

/// A second realm on the runtime of a context; its objects keep it alive after the drop.
struct Realm<'js> {
    ctx: Ctx<'js>,
}

impl<'js> Realm<'js> {
    fn new(ctx: &Ctx<'js>) -> Result<Self> {
        // SAFETY: a new context of the same runtime; `Ctx` takes a reference of its own, so that
        // the first one is given back at once.
        unsafe {
            let runtime = qjs::JS_GetRuntime(ctx.as_raw().as_ptr());
            let Some(raw) = NonNull::new(qjs::JS_NewContextRaw(runtime)) else {
                return Err(Error::Allocation);
            };
            qjs::JS_AddIntrinsicBaseObjects(raw.as_ptr());
            Intrinsics::add_intrinsic(raw);
            let realm = Ctx::from_raw(raw);
            Usage::of(ctx).attach(&realm);
            qjs::JS_FreeContext(raw.as_ptr());
            Ok(Self { ctx: realm })
        }
    }
}

/// Unpacks bytecode of ours, runs it and returns what it evaluates to.
fn read<'js>(ctx: &Ctx<'js>, packed: &[u8]) -> Result<Value<'js>> {
    #[cfg(not(target_family = "wasm"))]
    let bytes = decompress_to_vec(packed).map_err(|_| Error::Unknown)?;
    #[cfg(target_family = "wasm")]
    let bytes = packed;
    let raw = ctx.as_raw().as_ptr();
    // SAFETY: the bytes were written by this very engine at build time (see `build/main.rs`), and
    // `JS_EvalFunction` takes over the reference to the function.
    unsafe {
        let flags = qjs::JS_READ_OBJ_BYTECODE.cast_signed();
        let code = qjs::JS_ReadObject(raw, bytes.as_ptr(), bytes.len() as _, flags);
        if qjs::JS_VALUE_GET_NORM_TAG(code) == qjs::JS_TAG_EXCEPTION {
            return Err(Error::Exception);
        }
        adopt(ctx, qjs::JS_EvalFunction(raw, code))
    }
}
