//! Guards around the built-ins that go through array-like objects and are not interrupted.
//!
//! Some of the engine's go through a whole array-like object without a look at the time, and `length` may say
//! anything: `[].join.call({ length: 2 ** 53 - 1 })` takes years. A guard calls the engine's own
//! function, at once where the receiver is no longer than an array that memory holds, and else on a
//! proxy for it (`arrays.js`), whose traps are calls, which the engine counts.

use std::{
    ffi::{CStr, c_int},
    panic::{AssertUnwindSafe, catch_unwind},
    ptr::NonNull,
    slice,
};

use rquickjs::{Array, Ctx, Error, Exception, Object, Result, Value, atom::PredefinedAtom, qjs};

use super::js;
use crate::{
    engine::native::{into_raw, list},
    error::panic_text,
    world::World,
};

/// The built-ins whose loops neither ask whether to go on nor call anything for what is not there,
/// with their `length`s: of `Array.prototype`, and the last one of `String`.
const GUARDED: [(&CStr, c_int); 14] = [
    (CONCAT, 1),
    (c"fill", 1),
    (c"join", 1),
    (c"toLocaleString", 0),
    (c"shift", 0),
    (c"unshift", 1),
    (c"reverse", 0),
    (c"sort", 1),
    (c"slice", 2),
    (c"splice", 2),
    (c"copyWithin", 2),
    (c"flatMap", 1),
    (c"flat", 0),
    (RAW, 1),
];

/// The one that goes through its arguments as well.
const CONCAT: &CStr = c"concat";

/// The one that goes through its first argument's `raw`.
const RAW: &CStr = c"raw";

/// What the engine goes through in a moment: as many elements as there are in 64 MiB.
const SHORT: f64 = 4_194_304.0;

/// Puts the guards in the place of what they guard, in a realm that no script has touched.
pub(crate) fn install(ctx: &Ctx<'_>) -> Result<()> {
    let prototype = Array::new(ctx.clone())?.as_object().get_prototype().ok_or(Error::Unknown)?;
    let string: Object<'_> = ctx.globals().get(PredefinedAtom::String)?;
    for (index, (name, length)) in GUARDED.iter().enumerate() {
        let holder = if *name == RAW { &string } else { &prototype };
        put(holder, c_int::try_from(index).map_err(|_| Error::Unknown)?, name, *length)?;
    }
    Ok(())
}

/// Puts one guard in the place of the built-in with its name.
fn put(holder: &Object<'_>, index: c_int, name: &CStr, length: c_int) -> Result<()> {
    let raw = holder.ctx().as_raw().as_ptr();
    let flags = (qjs::JS_PROP_WRITABLE | qjs::JS_PROP_CONFIGURABLE).cast_signed();
    // SAFETY: the context and the holder are alive, the name ends with NUL. The function keeps its own
    // reference to the built-in, and the holder takes over that to the function.
    let defined = unsafe {
        let atom = qjs::JS_NewAtom(raw, name.as_ptr());
        let mut original = qjs::JS_GetProperty(raw, holder.as_raw(), atom);
        let data = &raw mut original;
        let guard =
            qjs::JS_NewCFunctionData2(raw, Some(guard), name.as_ptr(), length, index, 1, data);
        qjs::JS_FreeValue(raw, original);
        let defined = qjs::JS_DefinePropertyValue(raw, holder.as_raw(), atom, guard, flags);
        qjs::JS_FreeAtom(raw, atom);
        defined
    };
    if defined < 0 { Err(Error::Exception) } else { Ok(()) }
}

/// A call of a guarded method; `data` holds the engine's own.
unsafe extern "C" fn guard(
    caller: *mut qjs::JSContext,
    this: qjs::JSValue,
    count: c_int,
    arguments: *mut qjs::JSValue,
    magic: c_int,
    data: *mut qjs::JSValue,
) -> qjs::JSValue {
    // SAFETY: the engine calls with a live context, so many arguments, and the one value that
    // `install` gave the function.
    let (original, given) = unsafe {
        let count = usize::try_from(count).unwrap_or(0);
        (*data, if count == 0 { &[][..] } else { slice::from_raw_parts(arguments, count) })
    };
    let name = usize::try_from(magic).ok().and_then(|it| GUARDED.get(it)).map(|(name, _)| *name);
    // SAFETY: the values are alive for the call.
    let short = unsafe {
        if name == Some(RAW) {
            given.first().is_none_or(|&strings| has_short_raw(caller, strings))
        } else {
            is_short(caller, this)
                && (name != Some(CONCAT) || given.iter().all(|&item| is_spread_soon(caller, item)))
        }
    };
    if short {
        // SAFETY: as above.
        return unsafe { qjs::JS_Call(caller, original, this, count, arguments) };
    }
    // SAFETY: as above; the context of the world lives longer than its calls.
    let caller = unsafe { Ctx::from_raw(NonNull::new_unchecked(caller)) };
    let called = catch_unwind(AssertUnwindSafe(|| slowly(&caller, original, this, given)));
    match called
        .unwrap_or_else(|panic| Err(Exception::throw_internal(&caller, panic_text(&*panic))))
    {
        Ok(value) => into_raw(&value),
        Err(error) => {
            if !error.is_exception() {
                Exception::throw_internal(&caller, &error.to_string());
            }
            qjs::JS_EXCEPTION
        }
    }
}

/// Calls the engine's function on a proxy for the receiver.
fn slowly<'js>(
    caller: &Ctx<'js>,
    original: qjs::JSValue,
    this: qjs::JSValue,
    given: &[qjs::JSValue],
) -> Result<Value<'js>> {
    let ctx = World::of(caller).realm();
    let raw = ctx.as_raw().as_ptr();
    // SAFETY: the engine lends the values for the call; each gets a reference of its own.
    let own = |value| unsafe { Value::from_raw(ctx.clone(), qjs::JS_DupValue(raw, value)) };
    let arguments = list(&ctx)?;
    for (index, &value) in given.iter().enumerate() {
        arguments.set(index, own(value))?;
    }
    js::export(&ctx, "arrays", "guarded")?.call((own(original), own(this), arguments))
}

/// Whether a receiver is short, found out without anything that a script could notice.
///
/// # Safety
///
/// The context and the value are alive.
unsafe fn is_short(ctx: *mut qjs::JSContext, value: qjs::JSValue) -> bool {
    // SAFETY: the contract above.
    unsafe {
        if !qjs::JS_IsObject(value) {
            return true;
        }
        let length = own(ctx, value, PredefinedAtom::Length as qjs::JSAtom);
        let mut number = f64::INFINITY;
        if qjs::JS_IsNumber(length) {
            qjs::JS_ToFloat64(ctx, &raw mut number, length);
        }
        qjs::JS_FreeValue(ctx, length);
        number <= SHORT
    }
}

/// Whether the strings of a template are few.
///
/// # Safety
///
/// The context and the value are alive.
unsafe fn has_short_raw(ctx: *mut qjs::JSContext, strings: qjs::JSValue) -> bool {
    // SAFETY: the contract above.
    unsafe {
        let list = own(ctx, strings, PredefinedAtom::Raw as qjs::JSAtom);
        let short = qjs::JS_IsObject(list) && is_short(ctx, list);
        qjs::JS_FreeValue(ctx, list);
        short
    }
}

/// An own property of an object that is no proxy, where it is plain data; else `undefined`.
///
/// # Safety
///
/// The context and the value are alive. The caller owns the result.
unsafe fn own(ctx: *mut qjs::JSContext, value: qjs::JSValue, name: qjs::JSAtom) -> qjs::JSValue {
    let nothing = qjs::JS_UNDEFINED;
    let mut property =
        qjs::JSPropertyDescriptor { flags: 0, value: nothing, getter: nothing, setter: nothing };
    // SAFETY: the contract above. The own property of anything but a proxy is read without a call; what
    // the descriptor holds is freed or handed over, and what the engine throws is taken back.
    unsafe {
        if !qjs::JS_IsObject(value)
            || qjs::JS_IsProxy(value)
            || qjs::JS_GetOwnProperty(ctx, &raw mut property, value, name) <= 0
        {
            if qjs::JS_HasException(ctx) {
                qjs::JS_FreeValue(ctx, qjs::JS_GetException(ctx));
            }
            return nothing;
        }
        qjs::JS_FreeValue(ctx, property.getter);
        qjs::JS_FreeValue(ctx, property.setter);
    }
    property.value
}

/// Whether `concat` is soon done with an argument: it is short, or is not spread.
///
/// # Safety
///
/// The context and the value are alive.
unsafe fn is_spread_soon(ctx: *mut qjs::JSContext, value: qjs::JSValue) -> bool {
    // SAFETY: the contract above; what the engine throws is taken back.
    unsafe {
        if qjs::JS_IsArray(value) || qjs::JS_IsProxy(value) || !qjs::JS_IsObject(value) {
            return is_short(ctx, value);
        }
        let symbol = PredefinedAtom::SymbolIsConcatSpreadable as qjs::JSAtom;
        let found = qjs::JS_HasProperty(ctx, value, symbol);
        if found < 0 {
            qjs::JS_FreeValue(ctx, qjs::JS_GetException(ctx));
        }
        found == 0
    }
}
