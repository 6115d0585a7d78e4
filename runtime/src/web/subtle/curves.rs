//! Elliptic curves: P-256 and P-384, Ed25519 and X25519. A private key is its scalar or seed, a
//! public key its point, uncompressed.

use ed25519_dalek::{Signer, SigningKey, VerifyingKey};
use p256::ecdsa::signature::hazmat::{PrehashSigner, PrehashVerifier};
use p256::pkcs8::{DecodePrivateKey, DecodePublicKey, EncodePrivateKey, EncodePublicKey};
use rquickjs::{Object, Result, Value};
use zeroize::Zeroize;

use super::{Bytes, bytes, digest, input, secret::Secret, truth};
use crate::{
    engine::native::{Call, list, method},
    world::World,
};

pub(super) fn install(natives: &Object<'_>) -> Result<()> {
    method(natives, "generatePair", 1, generate)?;
    method(natives, "publicOf", 2, |call| {
        bytes(call, public_of(&call.text(0)?, &input(call, 1)?))
    })?;
    method(natives, "importPair", 3, import)?;
    method(natives, "exportPair", 3, |call| {
        bytes(call, export(&call.text(0)?, &call.text(1)?, &input(call, 2)?))
    })?;
    method(natives, "agree", 3, |call| {
        bytes(call, agree(&call.text(0)?, &input(call, 1)?, &input(call, 2)?))
    })?;
    method(natives, "ecdsaSign", 4, |call| {
        bytes(call, ecdsa_sign(&call.text(0)?, &call.text(1)?, &input(call, 2)?, &input(call, 3)?))
    })?;
    method(natives, "ecdsaVerify", 5, ecdsa_verify)?;
    method(natives, "edSign", 2, |call| bytes(call, ed_sign(&input(call, 0)?, &input(call, 1)?)))?;
    method(natives, "edVerify", 3, |call| {
        let valid = ed_verify(&input(call, 0)?, &input(call, 1)?, &input(call, 2)?);
        truth(call, valid.is_some())
    })
}

/// `generatePair(curve)`: scalar and point.
fn generate<'js>(call: &Call<'_, 'js>) -> Result<Value<'js>> {
    let curve = call.text(0)?;
    let mut scalar = Bytes::new(vec![0; if &*curve == "P-384" { 48 } else { 32 }]);
    loop {
        World::of(&call.ctx).random(&call.ctx, &mut scalar)?;
        // Almost every number is a scalar of the curve.
        if let Some(point) = public_of(&curve, &scalar) {
            return pair(call, Some(scalar), Some(point));
        }
    }
}

/// A scalar, as key material, and a point, as bytes, in one list; `undefined` for a missing one.
fn pair<'js>(
    call: &Call<'_, 'js>,
    scalar: Option<Bytes>,
    point: Option<Bytes>,
) -> Result<Value<'js>> {
    let list = list(&call.ctx)?;
    list.set(0, scalar.map(|scalar| Secret::value(call, scalar)).transpose()?)?;
    list.set(1, bytes(call, point)?)?;
    Ok(list.into_value())
}

fn public_of(curve: &str, scalar: &[u8]) -> Option<Bytes> {
    match curve {
        "P-256" => Some(p256_point(&p256::SecretKey::from_slice(scalar).ok()?.public_key())),
        "P-384" => Some(p384_point(&p384::SecretKey::from_slice(scalar).ok()?.public_key())),
        "Ed25519" => {
            let key = SigningKey::from_bytes(scalar.try_into().ok()?);
            Some(Bytes::new(key.verifying_key().to_bytes().into()))
        }
        _ => {
            let secret = x25519_dalek::StaticSecret::from(<[u8; 32]>::try_from(scalar).ok()?);
            Some(Bytes::new(x25519_dalek::PublicKey::from(&secret).to_bytes().into()))
        }
    }
}

fn p256_point(key: &p256::PublicKey) -> Bytes {
    Bytes::new(p256::ecdsa::VerifyingKey::from(key).to_sec1_point(false).as_bytes().to_vec())
}

fn p384_point(key: &p384::PublicKey) -> Bytes {
    Bytes::new(p384::ecdsa::VerifyingKey::from(key).to_sec1_point(false).as_bytes().to_vec())
}

/// `importPair(curve, format, data)`: scalar (or `undefined`) and point; `undefined` for neither.
fn import<'js>(call: &Call<'_, 'js>) -> Result<Value<'js>> {
    let (curve, format, data) = (call.text(0)?, call.text(1)?, input(call, 2)?);
    if &*format == "pkcs8" {
        let Some(scalar) = private_from(&curve, &data) else { return Ok(call.undefined()) };
        let point = public_of(&curve, &scalar);
        return pair(call, Some(scalar), point);
    }
    match public_from(&curve, &format, &data) {
        Some(point) => pair(call, None, Some(point)),
        None => Ok(call.undefined()),
    }
}

fn private_from(curve: &str, der: &[u8]) -> Option<Bytes> {
    match curve {
        "P-256" => scalar_of(p256::SecretKey::from_pkcs8_der(der).ok()?.to_bytes()),
        "P-384" => scalar_of(p384::SecretKey::from_pkcs8_der(der).ok()?.to_bytes()),
        _ => {
            let seed = der.strip_prefix(&pkcs8_prefix(curve)[..])?;
            (seed.len() == 32).then(|| Bytes::new(seed.to_vec()))
        }
    }
}

/// A scalar as bytes; the engine of the curve gives it as an array, which is wiped.
fn scalar_of(mut array: impl AsMut<[u8]>) -> Option<Bytes> {
    let scalar = Bytes::new(array.as_mut().to_vec());
    array.as_mut().zeroize();
    Some(scalar)
}

fn public_from(curve: &str, format: &str, data: &[u8]) -> Option<Bytes> {
    match (curve, format) {
        ("P-256", "spki") => Some(p256_point(&p256::PublicKey::from_public_key_der(data).ok()?)),
        ("P-384", "spki") => Some(p384_point(&p384::PublicKey::from_public_key_der(data).ok()?)),
        ("P-256", _) => Some(p256_point(&p256::PublicKey::from_sec1_bytes(data).ok()?)),
        ("P-384", _) => Some(p384_point(&p384::PublicKey::from_sec1_bytes(data).ok()?)),
        (_, "spki") => public_from(curve, "raw", data.strip_prefix(&spki_prefix(curve)[..])?),
        _ => (data.len() == 32).then(|| Bytes::new(data.to_vec())),
    }
}

/// The last byte of the object identifier 1.3.101.*: 110 for X25519, 112 for Ed25519 (RFC 8410).
fn oid(curve: &str) -> u8 {
    if curve == "X25519" { 110 } else { 112 }
}

fn spki_prefix(curve: &str) -> [u8; 12] {
    [0x30, 0x2a, 0x30, 5, 6, 3, 0x2b, 0x65, oid(curve), 3, 0x21, 0]
}

fn pkcs8_prefix(curve: &str) -> [u8; 16] {
    [0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, oid(curve), 4, 0x22, 4, 0x20]
}

/// A private key as `pkcs8`, a point as `spki`.
fn export(curve: &str, format: &str, key: &[u8]) -> Option<Bytes> {
    Some(Bytes::new(match (curve, format) {
        ("P-256", "pkcs8") => {
            p256::SecretKey::from_slice(key).ok()?.to_pkcs8_der().ok()?.as_bytes().to_vec()
        }
        ("P-384", "pkcs8") => {
            p384::SecretKey::from_slice(key).ok()?.to_pkcs8_der().ok()?.as_bytes().to_vec()
        }
        ("P-256", _) => {
            p256::PublicKey::from_sec1_bytes(key).ok()?.to_public_key_der().ok()?.into_vec()
        }
        ("P-384", _) => {
            p384::PublicKey::from_sec1_bytes(key).ok()?.to_public_key_der().ok()?.into_vec()
        }
        (_, "pkcs8") => [&pkcs8_prefix(curve)[..], key].concat(),
        _ => [&spki_prefix(curve)[..], key].concat(),
    }))
}

/// The secret that two keys agree on.
fn agree(curve: &str, scalar: &[u8], point: &[u8]) -> Option<Bytes> {
    Some(Bytes::new(match curve {
        "P-256" => {
            let other = p256::PublicKey::from_sec1_bytes(point).ok()?;
            let secret = p256::SecretKey::from_slice(scalar).ok()?.diffie_hellman(&other);
            secret.raw_secret_bytes().to_vec()
        }
        "P-384" => {
            let other = p384::PublicKey::from_sec1_bytes(point).ok()?;
            let secret = p384::SecretKey::from_slice(scalar).ok()?.diffie_hellman(&other);
            secret.raw_secret_bytes().to_vec()
        }
        _ => {
            let own = x25519_dalek::StaticSecret::from(<[u8; 32]>::try_from(scalar).ok()?);
            let other = x25519_dalek::PublicKey::from(<[u8; 32]>::try_from(point).ok()?);
            let secret = own.diffie_hellman(&other);
            secret.was_contributory().then(|| secret.as_bytes().to_vec())?
        }
    }))
}

fn ecdsa_sign(curve: &str, hash: &str, scalar: &[u8], data: &[u8]) -> Option<Bytes> {
    let digest = padded(curve, &digest(hash, data)?);
    if curve == "P-256" {
        let key = p256::ecdsa::SigningKey::from_slice(scalar).ok()?;
        let signature: p256::ecdsa::Signature = key.sign_prehash(&digest).ok()?;
        Some(Bytes::new(signature.to_vec()))
    } else {
        let key = p384::ecdsa::SigningKey::from_slice(scalar).ok()?;
        let signature: p384::ecdsa::Signature = key.sign_prehash(&digest).ok()?;
        Some(Bytes::new(signature.to_vec()))
    }
}

/// A digest with zeros in front, so that short ones are no reason to refuse.
fn padded(curve: &str, digest: &[u8]) -> Vec<u8> {
    let size = if curve == "P-384" { 48 } else { 32_usize };
    [&vec![0; size.saturating_sub(digest.len())], digest].concat()
}

/// `ecdsaVerify(curve, hash, point, signature, data)`
fn ecdsa_verify<'js>(call: &Call<'_, 'js>) -> Result<Value<'js>> {
    let (curve, hash) = (call.text(0)?, call.text(1)?);
    let (point, signature, data) = (input(call, 2)?, input(call, 3)?, input(call, 4)?);
    let valid = (|| {
        let digest = padded(&curve, &digest(&hash, &data)?);
        if &*curve == "P-256" {
            let key = p256::ecdsa::VerifyingKey::from_sec1_bytes(&point).ok()?;
            let signature = p256::ecdsa::Signature::from_slice(&signature).ok()?;
            key.verify_prehash(&digest, &signature).ok()
        } else {
            let key = p384::ecdsa::VerifyingKey::from_sec1_bytes(&point).ok()?;
            let signature = p384::ecdsa::Signature::from_slice(&signature).ok()?;
            key.verify_prehash(&digest, &signature).ok()
        }
    })();
    truth(call, valid.is_some())
}

fn ed_sign(seed: &[u8], data: &[u8]) -> Option<Bytes> {
    Some(Bytes::new(SigningKey::from_bytes(seed.try_into().ok()?).sign(data).to_bytes().into()))
}

fn ed_verify(point: &[u8], signature: &[u8], data: &[u8]) -> Option<()> {
    let key = VerifyingKey::from_bytes(point.try_into().ok()?).ok()?;
    let signature = ed25519_dalek::Signature::from_slice(signature).ok()?;
    key.verify_strict(data, &signature).ok()
}
