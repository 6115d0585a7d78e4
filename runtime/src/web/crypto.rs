//! `crypto`, after <https://www.w3.org/TR/webcrypto/>: chance here, `subtle` in `subtle.js`.

use rquickjs::{Ctx, Object, Result, Value, qjs};

use super::dom;
#[cfg(feature = "crypto-subtle")]
use super::js;
#[cfg(feature = "crypto-subtle")]
use super::native::getter;
use super::native::{Call, constructor, method, tag, view_of};
use crate::world::World;

/// How many bytes one call of `getRandomValues` gives at most.
const QUOTA: usize = 65_536;

pub(crate) fn init<'js>(ctx: &Ctx<'js>, exports: &Object<'js>) -> Result<()> {
    let prototype = Object::new(ctx.clone())?;
    method(&prototype, "getRandomValues", 1, get_random_values)?;
    method(&prototype, "randomUUID", 0, random_uuid)?;
    #[cfg(feature = "crypto-subtle")]
    getter(&prototype, "subtle", |call| js::module(&call.ctx, "subtle")?.get("subtle"))?;
    tag(&prototype, "Crypto")?;
    exports.set(
        "Crypto",
        constructor(&prototype, "Crypto", 0, |call| Err(call.type_error("illegal constructor")))?,
    )?;
    exports.set("crypto", Object::new_proto(ctx.clone(), Some(&prototype))?)
}

fn get_random_values<'js>(call: &Call<'_, 'js>) -> Result<Value<'js>> {
    let array = call.arg(0);
    let Some(view) = view_of(&array) else {
        return Err(call.type_error("`getRandomValues` fills a typed array"));
    };
    // SAFETY: only reads the value.
    let kind = unsafe { qjs::JS_GetTypedArrayType(array.as_raw()) };
    let is_integer = (0..FIRST_FLOAT).contains(&kind);
    if !is_integer {
        let message = "`getRandomValues` fills typed arrays of integers";
        // SAFETY: only reads the value.
        let is_buffer = unsafe { qjs::JS_IsArrayBuffer(array.as_raw()) };
        return Err(if is_buffer {
            call.type_error(message)
        } else {
            dom::throw(&call.ctx, "TypeMismatchError", message)
        });
    }
    if view.immutable {
        return Err(call.type_error("`getRandomValues` cannot fill what is immutable"));
    }
    if view.len > QUOTA {
        let message = format!("{} bytes are more than the {QUOTA} that one call gives", view.len);
        return Err(dom::throw(&call.ctx, "QuotaExceededError", &message));
    }
    if view.len > 0 {
        // SAFETY: the view's memory is live, and nothing of the script runs while it is filled.
        let bytes = unsafe { std::slice::from_raw_parts_mut(view.start, view.len) };
        World::of(&call.ctx).random(&call.ctx, bytes)?;
    }
    Ok(array)
}

/// The engine's number of the first typed array that holds no integers.
const FIRST_FLOAT: i32 = qjs::JSTypedArrayEnum_JS_TYPED_ARRAY_FLOAT16.cast_signed();

/// A random UUID, version 4 (RFC 9562).
fn random_uuid<'js>(call: &Call<'_, 'js>) -> Result<Value<'js>> {
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
