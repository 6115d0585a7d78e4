//! Guards around the built-ins that go through array-like objects and are not interrupted.
//!
//! Some of the engine's go through a whole array-like object without a look at the time, and `length` may say
//! anything: `[].join.call({ length: 2 ** 53 - 1 })` takes years. A guard calls the engine's own
//! function, at once where the receiver is no longer than an array that memory holds, and else on a
//! proxy for it (`arrays.js`), whose traps are calls, which the engine counts.

use std::{
    cell::RefCell,
    ffi::c_int,
    panic::{AssertUnwindSafe, catch_unwind},
    ptr::NonNull,
    slice,
};

use rquickjs::{Array, Ctx, Error, Exception, Object, Result, Value, atom::PredefinedAtom, qjs};

use super::{Web, js};
use crate::{
    engine::{
        native::{into_raw, list},
        table::Table,
    },
    error::panic_text,
    world::World,
};

/// The built-ins whose loops neither ask whether to go on nor call anything for what is not there,
/// with their `length`s: of `Array.prototype`, and the last one of `String`.
static GUARDS: Table<GUARDED> = Table::new(
    [
        (c"concat", 1),
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
        (c"raw", 1),
    ],
    guard,
);

/// How many there are.
const GUARDED: usize = 14;

/// The one that goes through its arguments as well, `concat`.
const CONCAT: usize = 0;

/// The one that goes through its first argument's `raw`.
const RAW: usize = GUARDED - 1;

/// What the engine goes through in a moment: as many elements as there are in 64 MiB.
const SHORT: f64 = 4_194_304.0;

/// The engine's own functions, in the order of the guards.
#[derive(Default)]
pub(super) struct Guarded<'js>(RefCell<Vec<Value<'js>>>);

impl Guarded<'_> {
    pub(super) fn clear(&self) {
        drop(self.0.take());
    }
}

/// Puts the guards in the place of what they guard, in a realm that no script has touched.
pub(super) fn install<'js>(ctx: &Ctx<'js>, web: &Web<'js>) -> Result<()> {
    let prototype = Array::new(ctx.clone())?.as_object().get_prototype().ok_or(Error::Unknown)?;
    let string: Object<'_> = ctx.globals().get(PredefinedAtom::String)?;
    let mut originals = web.guarded.0.borrow_mut();
    GUARDS.put(&prototype, 0..RAW, Some(&mut originals))?;
    GUARDS.put(&string, RAW..GUARDED, Some(&mut originals))
}

/// A call of a guarded function.
unsafe extern "C" fn guard(
    caller: *mut qjs::JSContext,
    this: qjs::JSValue,
    count: c_int,
    arguments: *mut qjs::JSValue,
    index: c_int,
) -> qjs::JSValue {
    // SAFETY: the engine calls with a live context, which is that of the world, and so many arguments.
    let (ctx, given) = unsafe {
        let count = usize::try_from(count).unwrap_or(0);
        let given = if count == 0 { &[][..] } else { slice::from_raw_parts(arguments, count) };
        (Ctx::from_raw(NonNull::new_unchecked(caller)), given)
    };
    let index = usize::try_from(index).unwrap_or(GUARDED);
    let original = Web::of(&ctx).guarded.0.borrow().get(index).map(Value::as_raw);
    let Some(original) = original else {
        Exception::throw_type(&ctx, "the dispatch has ended");
        return qjs::JS_EXCEPTION;
    };
    // SAFETY: the values are alive for the call.
    let short = unsafe {
        if index == RAW {
            given.first().is_none_or(|&strings| has_short_raw(caller, strings))
        } else {
            is_short(caller, this)
                && (index != CONCAT || given.iter().all(|&item| is_spread_soon(caller, item)))
        }
    };
    if short {
        // SAFETY: as above; the world keeps the original.
        return unsafe { qjs::JS_Call(caller, original, this, count, arguments) };
    }
    let called = catch_unwind(AssertUnwindSafe(|| slowly(&ctx, original, this, given)));
    match called.unwrap_or_else(|panic| Err(Exception::throw_internal(&ctx, panic_text(&*panic)))) {
        Ok(value) => into_raw(&value),
        Err(error) => {
            if !error.is_exception() {
                Exception::throw_internal(&ctx, &error.to_string());
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
