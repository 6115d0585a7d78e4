//! The mathematics of `crypto.subtle`: bytes in, bytes out; `undefined` says that it did not work.

mod aes;
#[cfg(feature = "crypto-curves")]
mod curves;
mod secret;

use std::{mem, ops::Deref};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hkdf::Hkdf;
use hmac::{Hmac, KeyInit, Mac};
use rquickjs::{Class, Object, Result, Value};
use sha1::Sha1;
use sha2::{Digest, Sha256, Sha384, Sha512};
use zeroize::{Zeroize, Zeroizing};

use self::secret::Secret;
use crate::web::views::lent;
use crate::{
    engine::{
        memory::Charge,
        native::{Call, method, state, uint8_array},
    },
    world::World,
};

/// Bytes that are wiped when they are dropped, as everything here may be a key or tell one.
type Bytes = Zeroizing<Vec<u8>>;

/// Puts the functions on what our JavaScript gets as `native`.
pub(crate) fn install(natives: &Object<'_>) -> Result<()> {
    method(natives, "digest", 2, |call| bytes(call, digest(&call.text(0)?, &input(call, 1)?)))?;
    method(natives, "hmac", 3, |call| {
        bytes(call, hmac(&call.text(0)?, &input(call, 1)?, &input(call, 2)?))
    })?;
    method(natives, "pbkdf2", 5, pbkdf2)?;
    method(natives, "hkdf", 5, hkdf)?;
    method(natives, "equal", 2, |call| truth(call, same(&input(call, 0)?, &input(call, 1)?)))?;
    method(natives, "randomBytes", 1, random_bytes)?;
    method(natives, "firstBits", 2, first_bits)?;
    method(natives, "size", 1, |call| {
        #[expect(clippy::cast_precision_loss, reason = "a length is below 2^53")]
        Ok(Value::new_number(call.ctx.clone(), input(call, 0)?.len() as f64))
    })?;
    method(natives, "toBase64Url", 1, |call| {
        call.string(&Zeroizing::new(URL_SAFE_NO_PAD.encode(&*input(call, 0)?)))
    })?;
    method(natives, "fromBase64Url", 1, |call| {
        bytes(call, URL_SAFE_NO_PAD.decode(&*call.text(0)?).ok().map(Zeroizing::new))
    })?;
    method(natives, "fromHex", 1, |call| bytes(call, from_hex(&call.text(0)?)))?;
    secret::install(natives)?;
    #[cfg(feature = "crypto-curves")]
    curves::install(natives)?;
    aes::install(natives)
}

/// A copy of an argument's bytes, charged while it is there.
struct Input {
    bytes: Bytes,
    _charge: Charge,
}

impl Input {
    /// The bytes, for as long as the call lasts.
    fn take(mut self) -> Bytes {
        mem::take(&mut self.bytes)
    }
}

impl Deref for Input {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.bytes
    }
}

/// A copy of the bytes of an argument: of a view, or of key material.
fn input(call: &Call<'_, '_>, index: usize) -> Result<Input> {
    let value = call.arg(index);
    let secret = state::<Secret>(&value);
    let secret = secret.as_ref().map(Class::borrow);
    let bytes = match &secret {
        Some(secret) => secret.bytes(),
        // SAFETY: the bytes are copied at once.
        None => unsafe { lent(&value)? },
    };
    let charge = Charge::new(&call.memory(), bytes.len())?;
    Ok(Input { bytes: Bytes::new(bytes.to_vec()), _charge: charge })
}

/// Bytes as a value of the script, `undefined` for none.
fn bytes<'js>(call: &Call<'_, 'js>, bytes: Option<Bytes>) -> Result<Value<'js>> {
    match bytes {
        Some(bytes) => uint8_array(&call.ctx, &bytes),
        None => Ok(call.undefined()),
    }
}

fn truth<'js>(call: &Call<'_, 'js>, truth: bool) -> Result<Value<'js>> {
    Ok(Value::new_bool(call.ctx.clone(), truth))
}

/// Compares in constant time.
fn same(one: &[u8], two: &[u8]) -> bool {
    one.len() == two.len() && one.iter().zip(two).fold(0, |sum, (a, b)| sum | (a ^ b)) == 0
}

fn from_hex(text: &str) -> Option<Bytes> {
    let bytes: Option<Vec<u8>> = (0..text.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(text.get(at..at + 2)?, 16).ok())
        .collect();
    bytes.map(Bytes::new)
}

/// `firstBits(bytes, count)`: the leading bits, the rest of the last byte zero.
fn first_bits<'js>(call: &Call<'_, 'js>) -> Result<Value<'js>> {
    let mut all = input(call, 0)?.take();
    let count = call.uint(1) as usize;
    all.truncate(count.div_ceil(8));
    if !count.is_multiple_of(8)
        && let Some(last) = all.last_mut()
    {
        *last &= 0xff << (8 - count % 8);
    }
    bytes(call, Some(all))
}

/// `randomBytes(count)`: a new secret key.
fn random_bytes<'js>(call: &Call<'_, 'js>) -> Result<Value<'js>> {
    let count = call.uint(0) as usize;
    let world = World::of(&call.ctx);
    let _charge = Charge::new(world.memory(), count)?;
    let mut key = Bytes::new(vec![0; count]);
    world.random(&call.ctx, &mut key)?;
    Secret::value(call, key)
}

// ---- hashes -----------------------------------------------------------------------------------

fn digest(hash: &str, data: &[u8]) -> Option<Bytes> {
    Some(Bytes::new(match hash {
        "SHA-1" => Sha1::digest(data).to_vec(),
        "SHA-256" => Sha256::digest(data).to_vec(),
        "SHA-384" => Sha384::digest(data).to_vec(),
        "SHA-512" => Sha512::digest(data).to_vec(),
        _ => return None,
    }))
}

/// Does the same with the type that a hash's name stands for.
macro_rules! with_hash {
    ($name:expr, $hash:ident => $body:expr) => {
        match $name {
            "SHA-1" => {
                type $hash = Sha1;
                $body
            }
            "SHA-256" => {
                type $hash = Sha256;
                $body
            }
            "SHA-384" => {
                type $hash = Sha384;
                $body
            }
            "SHA-512" => {
                type $hash = Sha512;
                $body
            }
            _ => None,
        }
    };
}

fn hmac(hash: &str, key: &[u8], data: &[u8]) -> Option<Bytes> {
    with_hash!(hash, Hash => {
        let mut mac = <Hmac<Hash> as KeyInit>::new_from_slice(key).ok()?;
        mac.update(data);
        Some(Bytes::new(mac.finalize().into_bytes().to_vec()))
    })
}

/// `hkdf(hash, secret, salt, info, size)`
fn hkdf<'js>(call: &Call<'_, 'js>) -> Result<Value<'js>> {
    let (secret, salt, info) = (input(call, 1)?, input(call, 2)?, input(call, 3)?);
    let size = call.uint(4) as usize;
    if size > 255 * 64 {
        return Ok(call.undefined());
    }
    let mut output = Bytes::new(vec![0; size]);
    let derived = with_hash!(&*call.text(0)?, Hash => {
        Hkdf::<Hash>::new(Some(&salt), &secret).expand(&info, &mut output).ok()
    });
    bytes(call, derived.map(|()| output))
}

/// How many iterations run between two looks at the clock.
const ROUNDS: u32 = 1000;

/// `pbkdf2(hash, secret, salt, iterations, size)` (RFC 8018), which ends with the dispatch.
fn pbkdf2<'js>(call: &Call<'_, 'js>) -> Result<Value<'js>> {
    let hash = call.text(0)?;
    let (secret, salt) = (input(call, 1)?, input(call, 2)?);
    let (iterations, size) = (call.uint(3), call.uint(4) as usize);
    let world = World::of(&call.ctx);
    let _charge = Charge::new(world.memory(), size)?;
    let derived = with_hash!(&*hash, Hash => {
        let keyed = <Hmac<Hash> as KeyInit>::new_from_slice(&secret).ok();
        keyed.and_then(|keyed| stretch(&world, &keyed, &salt, iterations, size))
    });
    bytes(call, derived)
}

/// The blocks of PBKDF2, as many as `size` needs; none when the dispatch is over.
fn stretch<M: Mac + Clone>(
    world: &World<'_>,
    keyed: &M,
    salt: &[u8],
    iterations: u32,
    size: usize,
) -> Option<Bytes> {
    // All at once: a buffer that grew would leave what it held behind.
    let mut output = Bytes::new(Vec::with_capacity(size.next_multiple_of(64)));
    for block in 1_u32.. {
        if output.len() >= size {
            break;
        }
        let first = keyed.clone().chain_update(salt).chain_update(block.to_be_bytes());
        let mut round = first.finalize().into_bytes();
        let mut sum = round.clone();
        for count in 1..iterations {
            if count % ROUNDS == 0 && world.is_over() {
                return None;
            }
            round = keyed.clone().chain_update(&round).finalize().into_bytes();
            sum.iter_mut().zip(&round).for_each(|(sum, byte)| *sum ^= byte);
        }
        if world.is_over() {
            return None;
        }
        output.extend_from_slice(&sum);
        sum.zeroize();
        round.zeroize();
    }
    output.truncate(size);
    Some(output)
}
