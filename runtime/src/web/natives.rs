//! The native functions that our JavaScript is given: what the language itself cannot ask.

use std::ffi::c_void;
use std::rc::Rc;
use std::time::Duration;

use rquickjs::{Ctx, Error, Object, Result, Value, qjs};

#[cfg(feature = "compression")]
use super::compression;
#[cfg(feature = "crypto-subtle")]
use super::subtle;
use super::views::view_of;
use super::{bytes, dom, fetch, promises, report, text, url};
use crate::engine::native::{Call, adopt, list, method, record};
use crate::{
    engine::{
        errors::{self, Field},
        iterators,
        memory::Charged,
        value,
    },
    error::Code,
    world::{World, stack},
};

/// The object that each file of ours gets as `native`.
pub(crate) fn object<'js>(ctx: &Ctx<'js>) -> Result<Object<'js>> {
    let object = record(ctx)?;
    method(&object, "kind", 1, kind)?;
    method(&object, "isError", 1, is_error)?;
    method(&object, "stackOf", 1, |call| field(call, Field::Stack))?;
    method(&object, "nameOf", 1, |call| field(call, Field::Name))?;
    method(&object, "messageOf", 1, |call| field(call, Field::Message))?;
    method(&object, "isRefused", 1, is_refused)?;
    method(&object, "noteRefused", 1, note_refused)?;
    method(&object, "proxyTarget", 1, proxy_target)?;
    method(&object, "collectionRest", 2, collection_rest)?;
    method(&object, "namedKeys", 1, named_keys)?;
    method(&object, "hex", 2, hex)?;
    bytes::install(&object)?;
    promises::install(&object)?;
    fetch::install(&object)?;
    url::install(&object)?;
    text::install(&object)?;
    #[cfg(feature = "compression")]
    compression::install(&object)?;
    #[cfg(feature = "crypto-subtle")]
    subtle::install(&object)?;
    method(&object, "typeError", 1, |call| Ok(caught(call, call.type_error(&call.text(0)?))))?;
    method(&object, "rangeError", 1, |call| {
        Ok(caught(call, value::throw_range(&call.ctx, &call.text(0)?)))
    })?;
    method(&object, "domException", 2, dom_exception)?;
    method(&object, "domExceptionClass", 0, |call| super::global(&call.ctx, "DOMException"))?;
    method(&object, "reportError", 2, report_error)?;
    method(&object, "iteratorPrototypes", 0, iterator_prototypes)?;
    method(&object, "prototypeOf", 1, prototype_of)?;
    method(&object, "now", 0, |call| number(call, World::of(&call.ctx).now()))?;
    method(&object, "wall", 0, |call| number(call, World::of(&call.ctx).wall().floor()))?;
    method(&object, "timeOrigin", 0, |call| number(call, World::of(&call.ctx).time_origin()))?;
    method(&object, "setTimer", 2, set_timer)?;
    method(&object, "origin", 0, origin)?;
    method(&object, "askedAt", 4, asked_at)?;
    Ok(object)
}

fn number<'js>(call: &Call<'_, 'js>, number: f64) -> Result<Value<'js>> {
    Ok(Value::new_number(call.ctx.clone(), number))
}

/// What was just thrown, as a value.
fn caught<'js>(call: &Call<'_, 'js>, _: Error) -> Value<'js> {
    call.ctx.catch()
}

/// `domException(name, message)`
fn dom_exception<'js>(call: &Call<'_, 'js>) -> Result<Value<'js>> {
    let error = dom::throw(&call.ctx, &call.text(0)?, &call.text(1)?);
    Ok(caught(call, error))
}

/// `reportError(error, what)`: reports what belongs to no handler (contract D15).
fn report_error<'js>(call: &Call<'_, 'js>) -> Result<Value<'js>> {
    report::exception(&call.ctx, &call.text(1)?, &call.arg(0));
    Ok(call.undefined())
}

/// `iteratorPrototypes()`: `%IteratorPrototype%` and `%AsyncIteratorPrototype%` of the script,
/// found from generators, so that no global is asked.
fn iterator_prototypes<'js>(call: &Call<'_, 'js>) -> Result<Value<'js>> {
    let prototypes = list(&call.ctx)?;
    for (index, source) in ["(function* () {})", "(async function* () {})"].iter().enumerate() {
        let generator: Object<'js> = call.ctx.eval(*source)?;
        let own: Object<'js> = generator.get("prototype")?;
        let shared = own.get_prototype().and_then(|generators| generators.get_prototype());
        prototypes.set(index, shared)?;
    }
    Ok(prototypes.into_value())
}

/// `prototypeOf(value)`: the script's own prototype of a primitive value, found without its globals.
fn prototype_of<'js>(call: &Call<'_, 'js>) -> Result<Value<'js>> {
    // SAFETY: the prototype comes with its own reference.
    unsafe {
        adopt(&call.ctx, qjs::JS_GetPrototype(call.ctx.as_raw().as_ptr(), call.arg(0).as_raw()))
    }
}

/// `setTimer(body, delay)`: a task of ours, of which no script knows.
fn set_timer<'js>(call: &Call<'_, 'js>) -> Result<Value<'js>> {
    let body = call.arg(0).into_function().ok_or_else(|| call.type_error("not a function"))?;
    let delay = Duration::try_from_secs_f64(call.number(1) / 1000.0).unwrap_or(Duration::MAX);
    // What has a delay shows where it was asked for.
    let origin = if delay.is_zero() { None } else { stack::caller(&call.ctx) };
    World::of(&call.ctx).queue_task(body, delay, origin.unwrap_or_default())?;
    Ok(call.undefined())
}

/// `origin()`: the place in the script that is calling, for what comes later.
fn origin<'js>(call: &Call<'_, 'js>) -> Result<Value<'js>> {
    stack::caller(&call.ctx).map_or_else(|| Ok(call.undefined()), |place| call.string(&place))
}

/// `askedAt(origin, body, first, second)`: `body(first, second)`, whose errors show the place where it
/// was asked for.
fn asked_at<'js>(call: &Call<'_, 'js>) -> Result<Value<'js>> {
    let origin = call.arg(0).as_string().map(value::text).transpose()?.map(|text| Rc::from(&*text));
    let body = call.arg(1).into_function().ok_or_else(|| call.type_error("not a function"))?;
    let world = World::of(&call.ctx);
    world.stacks.asked_at(origin, || body.call((call.arg(2), call.arg(3))))
}

/// `kind(object)`: the engine's own class of it, such as `Map` or `AsyncFunction`.
fn kind<'js>(call: &Call<'_, 'js>) -> Result<Value<'js>> {
    match class_name(&call.ctx, &call.arg(0))? {
        Some(name) => Ok(name),
        None => call.string(""),
    }
}

/// The name of an object's class.
fn class_name<'js>(ctx: &Ctx<'js>, value: &Value<'js>) -> Result<Option<Value<'js>>> {
    let raw = ctx.as_raw().as_ptr();
    if !value.is_object() {
        return Ok(None);
    }
    // SAFETY: the value is an object, so it has a class, and the class a name; the atom that
    // `JS_GetClassName` returns is ours to free, which is done after use.
    unsafe {
        let class = qjs::JS_GetClassID(value.as_raw());
        let atom = qjs::JS_GetClassName(qjs::JS_GetRuntime(raw), class);
        let name = qjs::JS_AtomToString(raw, atom);
        qjs::JS_FreeAtom(raw, atom);
        adopt(ctx, name).map(Some)
    }
}

/// `isError(value)`: whether the engine made it as an error.
fn is_error<'js>(call: &Call<'_, 'js>) -> Result<Value<'js>> {
    // SAFETY: only reads the value.
    let is = unsafe { qjs::JS_IsError(call.arg(0).as_raw()) };
    Ok(Value::new_bool(call.ctx.clone(), is))
}

/// `stackOf(error)`, and of a `DOMException` also `nameOf(error)` and `messageOf(error)`: what the script
/// set on it, or what the engine knows.
fn field<'js>(call: &Call<'_, 'js>, field: Field) -> Result<Value<'js>> {
    let error = call.arg(0);
    let known = error.as_object().and_then(|error| errors::field(&call.ctx, error, field));
    Ok(known.unwrap_or_else(|| call.undefined()))
}

/// `isRefused(thrown)`: whether it was thrown because memory was refused.
fn is_refused<'js>(call: &Call<'_, 'js>) -> Result<Value<'js>> {
    let thrown = call.arg(0);
    let error = value::describe(&call.ctx, &thrown, Code::Exception);
    let is = World::of(&call.ctx).is_out_of_memory(&thrown, &error);
    Ok(Value::new_bool(call.ctx.clone(), is))
}

/// `noteRefused(thrown)`: it is told by an event, which may not be listened to; a dispatch that ends
/// nowhere then says that memory was refused (contract D12).
fn note_refused<'js>(call: &Call<'_, 'js>) -> Result<Value<'js>> {
    if is_refused(call)?.as_bool() == Some(true) {
        World::of(&call.ctx).ran_out.set(true);
    }
    Ok(call.undefined())
}

/// `proxyTarget(value)`: what a proxy stands for, `null` when it is revoked, `undefined` for
/// anything but a proxy.
fn proxy_target<'js>(call: &Call<'_, 'js>) -> Result<Value<'js>> {
    let value = call.arg(0);
    // SAFETY: only reads the value; the target comes with its own reference.
    unsafe {
        if !qjs::JS_IsProxy(value.as_raw()) {
            return Ok(call.undefined());
        }
        let target = qjs::JS_GetProxyTarget(call.ctx.as_raw().as_ptr(), value.as_raw());
        if qjs::JS_VALUE_GET_NORM_TAG(target) == qjs::JS_TAG_EXCEPTION {
            call.ctx.catch();
            return Ok(Value::new_null(call.ctx.clone()));
        }
        adopt(&call.ctx, target)
    }
}

/// `collectionRest(iterator, most)`: what an iterator of a `Map` or a `Set` has left, the first `most` of
/// it, as `{ pairs, items, count }`; `undefined` for anything else.
fn collection_rest<'js>(call: &Call<'_, 'js>) -> Result<Value<'js>> {
    let value = call.arg(0);
    let class = class_name(&call.ctx, &value)?;
    let name = class.as_ref().and_then(Value::as_string).map(value::text).transpose()?;
    let is_set = match name.as_deref() {
        Some("Map Iterator") => false,
        Some("Set Iterator") => true,
        _ => return Ok(call.undefined()),
    };
    // SAFETY: those are the engine's own names, and no script makes classes.
    let rest = unsafe { iterators::rest(&call.ctx, &value, is_set, call.uint(1) as usize)? };
    let Some(rest) = rest else { return Ok(call.undefined()) };
    let (shown, items) = (record(&call.ctx)?, list(&call.ctx)?);
    for (index, item) in rest.items.into_iter().enumerate() {
        items.set(index, item)?;
    }
    shown.set("pairs", rest.is_pairs)?;
    shown.set("items", items)?;
    shown.set("count", rest.count)?;
    Ok(shown.into_value())
}

/// `namedKeys(object)`: its own keys without the array indices, which may be millions.
fn named_keys<'js>(call: &Call<'_, 'js>) -> Result<Value<'js>> {
    let keys = Keys::of(&call.ctx, &call.arg(0))?;
    let named = list(&call.ctx)?;
    for index in 0..keys.len {
        let key = keys.get(index)?;
        if key.is_symbol() || key.as_string().is_some_and(|text| !is_index(text)) {
            named.set(named.len(), key)?;
        }
    }
    Ok(named.into_value())
}

/// Whether a key is an array index: a number below 2^32 - 1 as it is written.
fn is_index(key: &rquickjs::String<'_>) -> bool {
    value::text(key).is_ok_and(|text| {
        let is_written_so = &*text == "0" || !text.starts_with(['0', '+']);
        is_written_so && text.parse::<u32>().is_ok_and(|number| number != u32::MAX)
    })
}

/// The own keys of an object, as the engine lists them.
struct Keys<'js> {
    ctx: Ctx<'js>,
    start: *mut qjs::JSPropertyEnum,
    len: usize,
}

impl<'js> Keys<'js> {
    fn of(ctx: &Ctx<'js>, value: &Value<'js>) -> Result<Self> {
        let (mut start, mut len) = (std::ptr::null_mut(), 0);
        let flags = qjs::JS_GPN_STRING_MASK | qjs::JS_GPN_SYMBOL_MASK;
        // SAFETY: on success the list and its atoms are ours, freed in `drop`.
        let status = unsafe {
            qjs::JS_GetOwnPropertyNames(
                ctx.as_raw().as_ptr(),
                &raw mut start,
                &raw mut len,
                value.as_raw(),
                flags.cast_signed(),
            )
        };
        if status < 0 {
            return Err(Error::Exception);
        }
        Ok(Self { ctx: ctx.clone(), start, len: usize::try_from(len).unwrap_or(0) })
    }

    fn get(&self, index: usize) -> Result<Value<'js>> {
        // SAFETY: `index` is below `len`.
        unsafe {
            let atom = (*self.start.add(index)).atom;
            adopt(&self.ctx, qjs::JS_AtomToValue(self.ctx.as_raw().as_ptr(), atom))
        }
    }
}

impl Drop for Keys<'_> {
    fn drop(&mut self) {
        let raw = self.ctx.as_raw().as_ptr();
        // SAFETY: the list is the engine's, and freed once.
        unsafe {
            for index in 0..self.len {
                qjs::JS_FreeAtom(raw, (*self.start.add(index)).atom);
            }
            qjs::js_free(raw, self.start.cast::<c_void>());
        }
    }
}

/// `hex(buffer, limit)`: its first bytes as `01 02 ff`; `undefined` for a detached buffer.
fn hex<'js>(call: &Call<'_, 'js>) -> Result<Value<'js>> {
    let buffer = call.arg(0);
    let Some(view) = view_of(&buffer)?.filter(|view| !view.is_nowhere()) else {
        return Ok(call.undefined());
    };
    let mut text = Charged::text(&call.memory());
    // SAFETY: the value is alive, nothing of the script runs while its bytes are read.
    for (index, byte) in unsafe { view.bytes() }.iter().take(call.uint(1) as usize).enumerate() {
        let space = if index > 0 { " " } else { "" };
        text.push_fmt(format_args!("{space}{byte:02x}"))?;
    }
    call.string(&text)
}
