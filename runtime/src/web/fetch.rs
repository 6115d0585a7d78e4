//! The native half of `fetch`: a transfer of the host, and its pieces for `fetch.js`.

use std::rc::Rc;

use rquickjs::{Ctx, Function, Object, Result, Value};

use super::views::lent;
use crate::{
    engine::{
        memory::Charged,
        native::{Call, class, list, method, object, record, state},
        value::Utf8,
    },
    host::{FetchHead, FetchRequest},
    world::{
        World,
        driver::Driver,
        transfers::{Body, FetchEvent},
    },
};

/// Puts the functions on what our JavaScript gets as `native`.
pub(crate) fn install(natives: &Object<'_>) -> Result<()> {
    method(natives, "fetch", 6, fetch)?;
    method(natives, "pullBody", 2, pull)?;
    method(natives, "cancelFetch", 1, cancel)?;
    method(natives, "userAgent", 0, |call| call.string(USER_AGENT))
}

/// How the runtime names itself to servers and scripts.
pub(crate) const USER_AGENT: &str = concat!("BackgroundRunner/", env!("CARGO_PKG_VERSION"));

/// What our JavaScript knows a transfer by. With the last of them goes whoever could read the body.
struct Transfer {
    id: u64,
    driver: Rc<dyn Driver>,
}

class!(Transfer, "Transfer");

impl Drop for Transfer {
    fn drop(&mut self) {
        self.driver.mail().abandon(self.id);
    }
}

/// `fetch(url, method, lines, redirect, body, on)`: starts a transfer and gives what it is known by;
/// `on(kind, value)` hears of the head (0), that `pullBody` has an answer now (1), and of a failure
/// before the head (2).
fn fetch<'js>(call: &Call<'_, 'js>) -> Result<Value<'js>> {
    let on = call.arg(5).into_function().ok_or_else(|| call.type_error("not a function"))?;
    let world = World::of(&call.ctx);
    world.let_through(&call.ctx)?;
    let id = world.fetch(request(call)?, move |ctx, event| hear(ctx, &on, event))?;
    let driver = Rc::clone(&world.driver);
    object(&call.ctx, 0, || Transfer { id, driver })
}

/// The request that the arguments describe, charged as a whole.
fn request(call: &Call<'_, '_>) -> Result<Charged<FetchRequest>> {
    let (url, method, redirect) = (call.text(0)?, call.text(1)?, call.text(3)?);
    let flat = call.arg(2).into_array().ok_or_else(|| call.type_error("not a list"))?;
    let mut lines = Charged::list(&call.memory());
    let mut size = url.len().saturating_add(method.len()).saturating_add(redirect.len());
    for index in 0..flat.len() / 2 {
        let (name, value) = (flat.get(2 * index)?, flat.get(2 * index + 1)?);
        let line = (Utf8::of(&call.ctx, &name)?, Utf8::of(&call.ctx, &value)?);
        size = size.saturating_add(LINE).saturating_add(line.0.len()).saturating_add(line.1.len());
        lines.push(line)?;
    }
    let body = call.arg(4);
    let body = if body.is_undefined() {
        None
    } else {
        // SAFETY: the bytes are copied at once, nothing of the script runs meanwhile.
        Some(unsafe { lent(&body)? })
    };
    let size = size.saturating_add(body.map_or(0, <[u8]>::len));
    Charged::new(&call.memory(), size, || FetchRequest {
        url: url.to_owned(),
        method: method.to_owned(),
        headers: lines
            .iter()
            .map(|(name, value)| ((**name).to_owned(), (**value).to_owned()))
            .collect(),
        redirect: redirect.to_owned(),
        body: body.map(<[u8]>::to_vec),
    })
}

/// What a header line takes beside its texts.
const LINE: usize = size_of::<(String, String)>();

/// Passes on what comes of the transfer.
fn hear<'js>(ctx: &Ctx<'js>, on: &Function<'js>, event: FetchEvent) -> Result<()> {
    match event {
        FetchEvent::Head(head) => on.call((0, head_object(ctx, head)?)),
        FetchEvent::Ready => on.call((1,)),
        FetchEvent::Failed(error) => on.call((2, World::of(ctx).host_error(ctx, &error)?)),
    }
}

/// `pullBody(transfer, whole)`: the next piece of a body, `null` at its end; or `whole`, all of it.
/// `undefined` when it has not come. Throws what the transfer failed with.
fn pull<'js>(call: &Call<'_, 'js>) -> Result<Value<'js>> {
    let whole = call.arg(1).as_bool().unwrap_or_default();
    match World::of(&call.ctx).pull(&call.ctx, id(call), whole)? {
        Body::Piece(bytes) | Body::Whole(bytes) => Ok(bytes),
        Body::End => Ok(Value::new_null(call.ctx.clone())),
        Body::Nothing => Ok(call.undefined()),
    }
}

fn head_object<'js>(ctx: &Ctx<'js>, head: FetchHead) -> Result<Object<'js>> {
    let headers = list(ctx)?;
    for (index, (name, value)) in head.headers.iter().enumerate() {
        headers.set(2 * index, name.as_str())?;
        headers.set(2 * index + 1, value.as_str())?;
    }
    let object = record(ctx)?;
    object.set("status", head.status)?;
    object.set("statusText", head.status_text)?;
    object.set("url", head.url)?;
    object.set("redirected", head.redirected)?;
    object.set("headers", headers)?;
    Ok(object)
}

/// `cancelFetch(transfer)`
fn cancel<'js>(call: &Call<'_, 'js>) -> Result<Value<'js>> {
    World::of(&call.ctx).cancel_fetch(id(call));
    Ok(call.undefined())
}

/// The number of the transfer that is the first argument; 0, which none has, for anything else.
fn id(call: &Call<'_, '_>) -> u64 {
    state::<Transfer>(&call.arg(0)).map_or(0, |transfer| transfer.borrow().id)
}
