//! AES in the modes of Web Cryptography.
//!
//! CBC and key wrapping come from their crates. CTR with a counter of any number of bits, and GCM
//! with nonces and tags of any length, are written here after NIST SP 800-38A and 800-38D on the
//! block cipher and on GHASH, because no crate has these forms.

use aes::cipher::block_padding::Pkcs7;
use aes::cipher::{BlockCipherEncrypt, BlockModeDecrypt, BlockModeEncrypt, KeyInit, KeyIvInit};
use aes::{Aes128, Aes192, Aes256};
use ghash::GHash;
use ghash::universal_hash::UniversalHash;
use rquickjs::{Object, Result, Value};

use super::{Bytes, bytes, input, same};
use crate::engine::native::{Call, method};

pub(super) fn install(natives: &Object<'_>) -> Result<()> {
    method(natives, "aesCbc", 4, cbc)?;
    method(natives, "aesCtr", 4, ctr)?;
    method(natives, "aesGcm", 6, gcm)?;
    method(natives, "aesKw", 3, kw)
}

type Block = [u8; 16];

/// Does the same with the cipher that a key's length stands for.
macro_rules! with_cipher {
    ($key:expr, $cipher:ident => $body:expr) => {
        match $key.len() {
            16 => {
                type $cipher = Aes128;
                $body
            }
            24 => {
                type $cipher = Aes192;
                $body
            }
            32 => {
                type $cipher = Aes256;
                $body
            }
            _ => None,
        }
    };
}

/// `aesCbc(encrypt, key, iv, data)`
fn cbc<'js>(call: &Call<'_, 'js>) -> Result<Value<'js>> {
    let encrypt = call.arg(0).as_bool().unwrap_or_default();
    let (key, iv, data) = (input(call, 1)?, input(call, 2)?, input(call, 3)?);
    let coded = with_cipher!(key, Cipher => if encrypt {
        let mode = cbc::Encryptor::<Cipher>::new_from_slices(&key, &iv).ok();
        mode.map(|mode| Bytes::new(mode.encrypt_padded_vec::<Pkcs7>(&data)))
    } else {
        let mode = cbc::Decryptor::<Cipher>::new_from_slices(&key, &iv).ok();
        mode.and_then(|mode| mode.decrypt_padded_vec::<Pkcs7>(&data).ok().map(Bytes::new))
    });
    bytes(call, coded)
}

/// `aesKw(wrap, key, data)` (RFC 3394)
fn kw<'js>(call: &Call<'_, 'js>) -> Result<Value<'js>> {
    let wrap = call.arg(0).as_bool().unwrap_or_default();
    let (key, data) = (input(call, 1)?, input(call, 2)?);
    if data.len() % 8 != 0 || data.len() < if wrap { 16 } else { 24 } {
        return Ok(call.undefined());
    }
    let mut output = Bytes::new(vec![0; data.len().saturating_add(8)]);
    let length = with_cipher!(key, Cipher => {
        let kw = aes_kw::AesKw::<Cipher>::new_from_slice(&key).ok();
        kw.and_then(|kw| {
            let done = if wrap {
                kw.wrap_key(&data, &mut output)
            } else {
                kw.unwrap_key(&data, &mut output)
            };
            done.ok().map(<[u8]>::len)
        })
    });
    output.truncate(length.unwrap_or_default());
    bytes(call, length.map(|_| output))
}

/// `aesCtr(key, counter, bits, data)`: only the last `bits` of the counter count.
fn ctr<'js>(call: &Call<'_, 'js>) -> Result<Value<'js>> {
    let (key, counter, mut data) = (input(call, 0)?, input(call, 1)?, input(call, 3)?.take());
    let bits = call.uint(2);
    let Ok(counter) = Block::try_from(&*counter) else { return Ok(call.undefined()) };
    let blocks = data.len().div_ceil(16) as u128;
    if bits < 128 && blocks > 1 << bits {
        return Ok(call.undefined());
    }
    let done = with_cipher!(key, Cipher => {
        Cipher::new_from_slice(&key).ok().map(|cipher| stream(&cipher, counter, bits, &mut data))
    });
    bytes(call, done.map(|()| data))
}

/// Adds the key stream that begins at `counter` to `data`.
fn stream(
    cipher: &impl BlockCipherEncrypt<BlockSize = aes::cipher::consts::U16>,
    counter: Block,
    bits: u32,
    data: &mut [u8],
) {
    let start = u128::from_be_bytes(counter);
    let mask = if bits < 128 { (1 << bits) - 1 } else { u128::MAX };
    let mut count = start & mask;
    for chunk in data.chunks_mut(16) {
        let mut block = ((start & !mask) | count).to_be_bytes().into();
        cipher.encrypt_block(&mut block);
        chunk.iter_mut().zip(block.iter()).for_each(|(byte, key)| *byte ^= key);
        count = count.wrapping_add(1) & mask;
    }
}

/// `aesGcm(encrypt, key, iv, additional, tagBytes, data)`: the tag stands behind the data.
fn gcm<'js>(call: &Call<'_, 'js>) -> Result<Value<'js>> {
    let encrypt = call.arg(0).as_bool().unwrap_or_default();
    let (key, iv, additional) = (input(call, 1)?, input(call, 2)?, input(call, 3)?);
    let (size, data) = (call.uint(4) as usize, input(call, 5)?.take());
    let coded = with_cipher!(key, Cipher => {
        let cipher = Cipher::new_from_slice(&key).ok();
        cipher.and_then(|cipher| if encrypt {
            Some(seal(&cipher, &iv, &additional, size, data))
        } else {
            open(&cipher, &iv, &additional, size, data)
        })
    });
    bytes(call, coded)
}

fn seal(
    cipher: &impl BlockCipherEncrypt<BlockSize = aes::cipher::consts::U16>,
    iv: &[u8],
    additional: &[u8],
    size: usize,
    mut data: Bytes,
) -> Bytes {
    let (hash, first) = prepare(cipher, iv);
    stream(cipher, next(first), 32, &mut data);
    let tag = tag(cipher, &hash, first, additional, &data);
    // In one piece: a buffer that grew would leave what it held behind.
    let mut sealed = Bytes::new(Vec::with_capacity(data.len().saturating_add(size)));
    sealed.extend_from_slice(&data);
    sealed.extend(tag.iter().take(size));
    sealed
}

fn open(
    cipher: &impl BlockCipherEncrypt<BlockSize = aes::cipher::consts::U16>,
    iv: &[u8],
    additional: &[u8],
    size: usize,
    mut data: Bytes,
) -> Option<Bytes> {
    let text = data.len().checked_sub(size)?;
    let given = data.split_off(text);
    let (hash, first) = prepare(cipher, iv);
    let tag = tag(cipher, &hash, first, additional, &data);
    if !same(tag.get(..size).unwrap_or(&tag), &given) {
        return None;
    }
    stream(cipher, next(first), 32, &mut data);
    Some(data)
}

/// GHASH under the key's subkey, and the first counter block that `iv` stands for.
fn prepare(
    cipher: &impl BlockCipherEncrypt<BlockSize = aes::cipher::consts::U16>,
    iv: &[u8],
) -> (GHash, Block) {
    let mut subkey = Block::default().into();
    cipher.encrypt_block(&mut subkey);
    let hash = GHash::new(&subkey);
    let mut first = Block::default();
    if iv.len() == 12 {
        first[..12].copy_from_slice(iv);
        first[15] = 1;
    } else {
        first = hashed(hash.clone(), &[], iv);
    }
    (hash, first)
}

/// GHASH of two padded texts and their lengths.
fn hashed(mut hash: GHash, additional: &[u8], data: &[u8]) -> Block {
    hash.update_padded(additional);
    hash.update_padded(data);
    let mut lengths = Block::default();
    lengths[..8].copy_from_slice(&(additional.len() as u64 * 8).to_be_bytes());
    lengths[8..].copy_from_slice(&(data.len() as u64 * 8).to_be_bytes());
    hash.update(&[lengths.into()]);
    hash.finalize().into()
}

fn tag(
    cipher: &impl BlockCipherEncrypt<BlockSize = aes::cipher::consts::U16>,
    hash: &GHash,
    first: Block,
    additional: &[u8],
    data: &[u8],
) -> Block {
    let mut tag = hashed(hash.clone(), additional, data);
    stream(cipher, first, 32, &mut tag);
    tag
}

/// The counter block after `block`.
fn next(block: Block) -> Block {
    let number = u128::from_be_bytes(block);
    let low = u128::from(u32::MAX);
    ((number & !low) | (number.wrapping_add(1) & low)).to_be_bytes()
}
