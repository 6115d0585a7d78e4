//! The native half of `fetch`: a transfer of the host, and its pieces for `fetch.js`.

use rquickjs::{Array, Ctx, Function, Object, Result, Value};

use super::native::{Call, bytes_of, method, uint8_array};
use crate::host::{FetchHead, FetchRequest, HostError};
use crate::world::{FetchEvent, World};

/// Puts the functions on what our JavaScript gets as `native`.
pub(crate) fn install(natives: &Object<'_>) -> Result<()> {
    method(natives, "fetch", 6, fetch)?;
    method(natives, "cancelFetch", 1, cancel)?;
    method(natives, "hostError", 2, host_error)?;
    method(natives, "userAgent", 0, |call| call.string(USER_AGENT))
}

/// How the runtime names itself to servers and scripts.
pub(crate) const USER_AGENT: &str = concat!("BackgroundRunner/", env!("CARGO_PKG_VERSION"));

/// `fetch(url, method, lines, redirect, body, on)`: starts a transfer and gives its number;
/// `on(kind, value)` hears of the head (0), chunks (1), the end (2) and a failure (3).
fn fetch<'js>(call: &Call<'_, 'js>) -> Result<Value<'js>> {
    let request = FetchRequest {
        url: call.text(0)?,
        method: call.text(1)?,
        headers: pairs(call)?,
        redirect: call.text(3)?,
        body: body(call),
    };
    let on = call.arg(5).into_function().ok_or_else(|| call.type_error("not a function"))?;
    let world = World::of(&call.ctx);
    let id = world.fetch(request, move |ctx, event| hear(ctx, &on, event))?;
    #[expect(clippy::cast_precision_loss, reason = "nobody starts 2^53 transfers")]
    Ok(Value::new_number(call.ctx.clone(), id as f64))
}

/// The header lines, which come as names and values in turns.
fn pairs(call: &Call<'_, '_>) -> Result<Vec<(String, String)>> {
    let flat = call.arg(2).into_array().ok_or_else(|| call.type_error("not a list"))?;
    (0..flat.len() / 2).map(|index| Ok((flat.get(2 * index)?, flat.get(2 * index + 1)?))).collect()
}

fn body(call: &Call<'_, '_>) -> Option<Vec<u8>> {
    let body = call.arg(4);
    if body.is_undefined() {
        return None;
    }
    // SAFETY: the bytes are copied at once, nothing of the script runs meanwhile.
    Some(bytes_of(&body).map_or_else(Vec::new, |bytes| unsafe { bytes.as_ref() }.to_vec()))
}

/// Passes a piece of the transfer on.
fn hear<'js>(ctx: &Ctx<'js>, on: &Function<'js>, event: FetchEvent) -> Result<()> {
    match event {
        FetchEvent::Head(head) => on.call((0, head_object(ctx, head)?)),
        FetchEvent::Chunk(bytes) if bytes.is_empty() => Ok(()),
        FetchEvent::Chunk(bytes) => on.call((1, uint8_array(ctx, &bytes)?)),
        FetchEvent::Done => on.call((2,)),
        FetchEvent::Failed(error) => on.call((3, World::of(ctx).host_error(ctx, &error)?)),
    }
}

fn head_object<'js>(ctx: &Ctx<'js>, head: FetchHead) -> Result<Object<'js>> {
    let headers = Array::new(ctx.clone())?;
    for (index, (name, value)) in head.headers.iter().enumerate() {
        headers.set(2 * index, name.as_str())?;
        headers.set(2 * index + 1, value.as_str())?;
    }
    let object = Object::new(ctx.clone())?;
    object.set("status", head.status)?;
    object.set("statusText", head.status_text)?;
    object.set("url", head.url)?;
    object.set("redirected", head.redirected)?;
    object.set("headers", headers)?;
    Ok(object)
}

/// `cancelFetch(id)`
fn cancel<'js>(call: &Call<'_, 'js>) -> Result<Value<'js>> {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "ids are counted")]
    World::of(&call.ctx).cancel_fetch(call.number(0) as u64);
    Ok(call.undefined())
}

/// `hostError(code, message)`: an `Error` as the host's failures come.
fn host_error<'js>(call: &Call<'_, 'js>) -> Result<Value<'js>> {
    let error = HostError::new(call.text(0)?, call.text(1)?);
    World::of(&call.ctx).host_error(&call.ctx, &error)
}
