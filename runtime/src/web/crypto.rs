//! `crypto`, after <https://www.w3.org/TR/webcrypto/>: chance here, `subtle` in `subtle.js`.

use rquickjs::{Ctx, Object, Result, Value, qjs};

#[cfg(feature = "crypto-subtle")]
use super::js;
use super::{
    dom,
    views::{Kind, unshared_view_of},
};
#[cfg(feature = "crypto-subtle")]
use crate::engine::native::getter;
use crate::{
    engine::native::{Call, class, constructor, method, object_of, receiver, tag},
    world::World,
};

/// The one `Crypto` of a world has no state; being it is all that is asked of it.
struct Crypto;

class!(Crypto, "Crypto");

/// How many bytes one call of `getRandomValues` gives at most.
const QUOTA: usize = 65_536;

pub(crate) fn init<'js>(ctx: &Ctx<'js>, exports: &Object<'js>) -> Result<()> {
    let prototype = Object::new(ctx.clone())?;
    method(&prototype, "getRandomValues", 1, get_random_values)?;
    method(&prototype, "randomUUID", 0, random_uuid)?;
    #[cfg(feature = "crypto-subtle")]
    getter(&prototype, "subtle", |call| {
        receiver::<Crypto>(call)?;
        js::module(&call.ctx, "subtle")?.get("subtle")
    })?;
    tag(&prototype, "Crypto")?;
    exports.set(
        "Crypto",
        constructor(&prototype, "Crypto", 0, |call| Err(call.type_error("illegal constructor")))?,
    )?;
    exports.set("crypto", object_of(prototype, 0, || Crypto)?)
}

fn get_random_values<'js>(call: &Call<'_, 'js>) -> Result<Value<'js>> {
    receiver::<Crypto>(call)?;
    let array = call.arg(0);
    let view = unshared_view_of(&array)?.filter(|view| view.kind != Kind::Buffer);
    let Some(view) = view else {
        return Err(call.type_error("`getRandomValues` fills a typed array"));
    };
    if !matches!(view.kind, Kind::Array(0..FIRST_FLOAT)) {
        let message = "`getRandomValues` fills typed arrays of integers";
        return Err(dom::throw(&call.ctx, "TypeMismatchError", message));
    }
    if view.immutable {
        return Err(call.type_error("`getRandomValues` cannot fill what is immutable"));
    }
    if view.len > QUOTA {
        let message = format!("{} bytes are more than the {QUOTA} that one call gives", view.len);
        return Err(dom::throw_quota(&call.ctx, &message));
    }
    // SAFETY: the value is alive, and nothing of the script runs while its bytes are filled.
    World::of(&call.ctx).random(&call.ctx, unsafe { view.bytes_mut() })?;
    Ok(array)
}

/// The engine's number of the first typed array that holds no integers.
const FIRST_FLOAT: i32 = qjs::JSTypedArrayEnum_JS_TYPED_ARRAY_FLOAT16.cast_signed();

/// A random UUID, version 4 (RFC 9562).
fn random_uuid<'js>(call: &Call<'_, 'js>) -> Result<Value<'js>> {
    receiver::<Crypto>(call)?;
    let mut bytes = [0; 16];
    World::of(&call.ctx).random(&call.ctx, &mut bytes)?;
    bytes[6] = bytes[6] & 0x0f | 0x40;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let mut text = String::with_capacity(36);
    for (index, byte) in bytes.iter().enumerate() {
        if matches!(index, 4 | 6 | 8 | 10) {
            text.push('-');
        }
        let digits = [byte >> 4, byte & 15];
        text.extend(digits.iter().filter_map(|digit| char::from_digit((*digit).into(), 16)));
    }
    call.string(&text)
}
