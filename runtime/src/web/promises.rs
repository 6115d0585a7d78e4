//! Promises for our JavaScript: the engine's own, whatever a script has done to `Promise`.

use rquickjs::{Error, Object, Result, Value, qjs};

use crate::engine::{
    native::{Call, adopt, list, method},
    value,
};

/// Puts the functions on what our JavaScript gets as `native`.
pub(crate) fn install(natives: &Object<'_>) -> Result<()> {
    method(natives, "promise", 0, promise)?;
    method(natives, "then", 3, then)?;
    method(natives, "resolved", 1, |call| settled(call, false))?;
    method(natives, "rejected", 1, |call| settled(call, true))?;
    method(natives, "markHandled", 1, mark_handled)?;
    method(natives, "promiseState", 1, promise_state)?;
    method(natives, "promiseResult", 1, promise_result)
}

/// `promise()`: a promise, and the functions that resolve and reject it.
fn promise<'js>(call: &Call<'_, 'js>) -> Result<Value<'js>> {
    let (promise, resolve, reject) = call.ctx.promise()?;
    let parts = list(&call.ctx)?;
    parts.set(0, promise)?;
    parts.set(1, resolve)?;
    parts.set(2, reject)?;
    Ok(parts.into_value())
}

/// `then(promise, onFulfilled, onRejected)`: `PerformPromiseThen`, which asks no species.
fn then<'js>(call: &Call<'_, 'js>) -> Result<Value<'js>> {
    let (promise, fulfilled, rejected) = (call.arg(0), call.arg(1), call.arg(2));
    // SAFETY: the values are alive; the engine keeps its own references.
    unsafe {
        let raw = call.ctx.as_raw().as_ptr();
        let (fulfilled, rejected) = (fulfilled.as_raw(), rejected.as_raw());
        adopt(&call.ctx, qjs::JS_PromiseThen(raw, promise.as_raw(), fulfilled, rejected))
    }
}

/// `resolved(value)` and `rejected(reason)`: a promise is passed on, and not asked for its `constructor`.
fn settled<'js>(call: &Call<'_, 'js>, reject: bool) -> Result<Value<'js>> {
    let value = call.arg(0);
    if !reject && is_plain(&value) {
        return Ok(value);
    }
    // SAFETY: the value is alive; the engine keeps its own reference.
    unsafe {
        let raw = call.ctx.as_raw().as_ptr();
        adopt(&call.ctx, qjs::JS_NewSettledPromise(raw, reject, value.as_raw()))
    }
}

/// Whether a value is a promise as the engine makes them: of no class of the script's, and without a
/// `constructor` of its own.
fn is_plain(value: &Value<'_>) -> bool {
    let raw = value.ctx().as_raw().as_ptr();
    // SAFETY: context and value are alive; both prototypes come with a reference, which is given back.
    let is_promise = unsafe {
        qjs::JS_IsPromise(value.as_raw()) && {
            let own = qjs::JS_GetPrototype(raw, value.as_raw());
            let shared = qjs::JS_GetClassProto(raw, qjs::JS_GetClassID(value.as_raw()));
            let is_shared = qjs::JS_IsStrictEqual(raw, own, shared);
            qjs::JS_FreeValue(raw, own);
            qjs::JS_FreeValue(raw, shared);
            is_shared
        }
    };
    let own = value.as_object().filter(|_| is_promise);
    own.is_some_and(|promise| !value::is_own(value.ctx(), promise, "constructor"))
}

/// `markHandled(promise)`: its rejection is nobody's concern.
fn mark_handled<'js>(call: &Call<'_, 'js>) -> Result<Value<'js>> {
    let promise = call.arg(0);
    // SAFETY: the value is alive; the engine ignores what is no promise.
    unsafe { qjs::JS_PromiseMarkAsHandled(call.ctx.as_raw().as_ptr(), promise.as_raw()) };
    if call.ctx.has_exception() { Err(Error::Exception) } else { Ok(call.undefined()) }
}

/// `promiseState(promise)`: 0 pending, 1 fulfilled, 2 rejected.
fn promise_state<'js>(call: &Call<'_, 'js>) -> Result<Value<'js>> {
    // SAFETY: only reads the value.
    let state = unsafe { qjs::JS_PromiseState(call.ctx.as_raw().as_ptr(), call.arg(0).as_raw()) };
    Ok(Value::new_int(call.ctx.clone(), state))
}

/// `promiseResult(promise)`: what it was settled with.
fn promise_result<'js>(call: &Call<'_, 'js>) -> Result<Value<'js>> {
    // SAFETY: only reads the value; the result comes with its own reference.
    unsafe {
        let raw = call.ctx.as_raw().as_ptr();
        adopt(&call.ctx, qjs::JS_PromiseResult(raw, call.arg(0).as_raw()))
    }
}
