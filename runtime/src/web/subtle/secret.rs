//! Key material for our JavaScript: it never sees the bytes, and they are wiped when the last key
//! that has them goes.

use rquickjs::{Error, Object, Result, Value};
use zeroize::{Zeroize, Zeroizing};

use super::input;
use crate::engine::native::{Call, array_buffer, class, method, object};
use crate::web::views::view_of;

/// Puts the functions on what our JavaScript gets as `native`.
pub(super) fn install(natives: &Object<'_>) -> Result<()> {
    method(natives, "secret", 1, secret)?;
    method(natives, "reveal", 1, |call| array_buffer(&call.ctx, &input(call, 0)?))?;
    method(natives, "wipe", 1, wipe)
}

/// Bytes that nobody finds in memory once they are dropped.
pub(super) struct Secret(Zeroizing<Vec<u8>>);

class!(Secret, "Secret");

impl Secret {
    /// `bytes` as a value that only natives look into.
    pub(super) fn value<'js>(
        call: &Call<'_, 'js>,
        bytes: Zeroizing<Vec<u8>>,
    ) -> Result<Value<'js>> {
        object(&call.ctx, bytes.len(), || Self(bytes))
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.0
    }
}

/// `secret(bytes)`: the bytes as key material; what they were in is wiped.
fn secret<'js>(call: &Call<'_, 'js>) -> Result<Value<'js>> {
    let secret = Secret::value(call, input(call, 0)?.take())?;
    wipe(call)?;
    Ok(secret)
}

/// `wipe(bytes)`: makes zeros of bytes that no script has seen.
fn wipe<'js>(call: &Call<'_, 'js>) -> Result<Value<'js>> {
    let value = call.arg(0);
    let view = view_of(&value)?.ok_or(Error::Unknown)?;
    // SAFETY: the value is alive, and nothing else refers to its bytes.
    unsafe { view.bytes_mut() }.zeroize();
    Ok(call.undefined())
}
