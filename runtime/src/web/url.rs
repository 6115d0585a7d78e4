//! The native half of `URL`: parsing and serializing, after <https://url.spec.whatwg.org/>.

use std::cell::RefCell;

use rquickjs::{Class, Object, Result, Value};
use url::{Url, form_urlencoded, quirks};

use crate::engine::{
    memory::{Charge, Charged},
    native::{Call, Held, class, list, method, object, state, uint8_array},
    value::Utf8,
};

/// A parsed URL, in the hands of `url.js`.
struct Record(RefCell<Charged<Url>>);

class!(Record, "URLRecord");

/// Puts the functions on what our JavaScript gets as `native`.
pub(crate) fn install(natives: &Object<'_>) -> Result<()> {
    method(natives, "urlParse", 2, parse)?;
    method(natives, "urlGet", 2, get)?;
    method(natives, "urlSet", 3, set)?;
    method(natives, "formParse", 1, form_parse)?;
    method(natives, "formSerialize", 1, form_serialize)?;
    method(natives, "dataUrl", 1, data_url)
}

/// What a URL takes that is parsed from so many bytes, at most: each may be escaped in three, and
/// its buffer is twice as large as its text when that has grown.
fn most(bytes: usize) -> usize {
    bytes.saturating_mul(6)
}

/// What a URL takes.
fn held(url: &Url) -> usize {
    url.as_str().len().saturating_mul(2)
}

/// `urlParse(text, base)`: a record, `undefined` for what is no URL.
fn parse<'js>(call: &Call<'_, 'js>) -> Result<Value<'js>> {
    let base = if call.arg(1).is_undefined() {
        None
    } else {
        match parsed(call, &call.text(1)?, None)? {
            Some(base) => Some(base),
            None => return Ok(call.undefined()),
        }
    };
    match parsed(call, &call.text(0)?, base.as_deref())? {
        Some(url) => object(&call.ctx, 0, || Record(RefCell::new(url))),
        None => Ok(call.undefined()),
    }
}

/// A text as a URL, if it is one.
fn parsed(call: &Call<'_, '_>, text: &str, base: Option<&Url>) -> Result<Option<Charged<Url>>> {
    let most = most(text.len()).saturating_add(base.map_or(0, held));
    let parse = || Url::options().base_url(base).parse(text).ok();
    let Some(mut url) = Charged::new(&call.memory(), most, parse)?.transpose() else {
        return Ok(None);
    };
    url.change(0, |_| (), held)?;
    Ok(Some(url))
}

fn record<'js>(call: &Call<'_, 'js>) -> Result<Class<'js, Held<Record>>> {
    state(&call.arg(0)).ok_or_else(|| call.type_error("not the record of a URL"))
}

/// `urlGet(record, part)`
fn get<'js>(call: &Call<'_, 'js>) -> Result<Value<'js>> {
    let record = record(call)?;
    let record = record.borrow();
    let url = record.0.borrow();
    if call.uint(1) == 9 {
        return call.string(&Charged::new(&call.memory(), held(&url), || quirks::origin(&url))?);
    }
    call.string(match call.uint(1) {
        0 => quirks::href(&url),
        1 => quirks::protocol(&url),
        2 => quirks::username(&url),
        3 => quirks::password(&url),
        4 => quirks::host(&url),
        5 => quirks::hostname(&url),
        6 => quirks::pathname(&url),
        7 => quirks::search(&url),
        8 => quirks::hash(&url),
        _ => quirks::port(&url),
    })
}

/// `urlSet(record, part, value)`: what the standard does not allow changes nothing.
fn set<'js>(call: &Call<'_, 'js>) -> Result<Value<'js>> {
    let record = record(call)?;
    let record = record.borrow();
    let mut url = record.0.borrow_mut();
    let (part, value) = (call.uint(1), call.text(2)?);
    // The setters keep copies of parts of the text while they change it.
    let most = most(value.len()).saturating_add(held(&url).saturating_mul(2));
    url.change(most, |url| set_part(url, part, &value), held)?;
    Ok(call.undefined())
}

fn set_part(url: &mut Url, part: u32, value: &str) {
    let _ = match part {
        1 => quirks::set_protocol(url, value),
        2 => quirks::set_username(url, value),
        3 => quirks::set_password(url, value),
        4 => quirks::set_host(url, value),
        5 => quirks::set_hostname(url, value),
        6 => {
            quirks::set_pathname(url, value);
            Ok(())
        }
        7 => {
            quirks::set_search(url, value);
            Ok(())
        }
        8 => {
            quirks::set_hash(url, value);
            Ok(())
        }
        _ => quirks::set_port(url, value),
    };
}

/// `formParse(query)`: names and values in turns.
fn form_parse<'js>(call: &Call<'_, 'js>) -> Result<Value<'js>> {
    let query = call.text(0)?;
    let flat = list(&call.ctx)?;
    // A name and its value are unescaped one at a time, to no more than three times their length.
    let _room = Charge::new(&call.memory(), query.len().saturating_mul(3))?;
    for (index, (name, value)) in form_urlencoded::parse(query.as_bytes()).enumerate() {
        flat.set(2 * index, name.as_ref())?;
        flat.set(2 * index + 1, value.as_ref())?;
    }
    Ok(flat.into_value())
}

/// `formSerialize(flat)`: the query of names and values in turns.
fn form_serialize<'js>(call: &Call<'_, 'js>) -> Result<Value<'js>> {
    let flat = call.arg(0).into_array().ok_or_else(|| call.type_error("not a list"))?;
    let mut query = Charged::text(&call.memory());
    for index in 0..flat.len() {
        let separator = match index {
            0 => "",
            _ if index % 2 == 0 => "&",
            _ => "=",
        };
        query.push_str(separator)?;
        let text = Utf8::of(&call.ctx, &flat.get(index)?)?;
        for escaped in form_urlencoded::byte_serialize(text.as_bytes()) {
            query.push_str(escaped)?;
        }
    }
    call.string(&query)
}

/// `dataUrl(url)`: the mime type and the bytes of a `data:` URL.
fn data_url<'js>(call: &Call<'_, 'js>) -> Result<Value<'js>> {
    let text = call.text(0)?;
    let parts = list(&call.ctx)?;
    let decode = || {
        let url = data_url::DataUrl::process(&text).ok()?;
        let (bytes, _) = url.decode_to_vec().ok()?;
        Some((url.mime_type().to_string(), bytes))
    };
    // The bytes come in a buffer that is at most twice as large, and so does the type.
    let decoded = Charged::new(&call.memory(), text.len().saturating_mul(4), decode)?;
    let Some((mime_type, bytes)) = &*decoded else { return Ok(call.undefined()) };
    parts.set(0, mime_type.as_str())?;
    parts.set(1, uint8_array(&call.ctx, bytes)?)?;
    Ok(parts.into_value())
}
