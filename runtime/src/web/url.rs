//! The native half of `URL`: parsing and serializing, after <https://url.spec.whatwg.org/>.

use std::cell::RefCell;

use rquickjs::{Array, Class, Object, Result, Value};
use url::{Url, form_urlencoded, quirks};

use super::native::{Call, class, method, uint8_array};

/// A parsed URL, in the hands of `url.js`.
struct Record(RefCell<Url>);

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

/// `urlParse(text, base)`: a record, `undefined` for what is no URL.
fn parse<'js>(call: &Call<'_, 'js>) -> Result<Value<'js>> {
    let base = if call.arg(1).is_undefined() {
        None
    } else {
        match Url::parse(&call.text(1)?) {
            Ok(base) => Some(base),
            Err(_) => return Ok(call.undefined()),
        }
    };
    match Url::options().base_url(base.as_ref()).parse(&call.text(0)?) {
        Ok(url) => {
            let record = Class::instance(call.ctx.clone(), Record(RefCell::new(url)))?;
            Ok(record.into_value())
        }
        Err(_) => Ok(call.undefined()),
    }
}

fn record<'js>(call: &Call<'_, 'js>) -> Result<Class<'js, Record>> {
    Class::from_value(&call.arg(0)).map_err(|_| call.type_error("not the record of a URL"))
}

/// `urlGet(record, part)`
fn get<'js>(call: &Call<'_, 'js>) -> Result<Value<'js>> {
    let record = record(call)?;
    let record = record.borrow();
    let url = record.0.borrow();
    if call.uint(1) == 9 {
        return call.string(&quirks::origin(&url));
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
    let value = call.text(2)?;
    let _ = match call.uint(1) {
        1 => quirks::set_protocol(&mut url, &value),
        2 => quirks::set_username(&mut url, &value),
        3 => quirks::set_password(&mut url, &value),
        4 => quirks::set_host(&mut url, &value),
        5 => quirks::set_hostname(&mut url, &value),
        6 => {
            quirks::set_pathname(&mut url, &value);
            Ok(())
        }
        7 => {
            quirks::set_search(&mut url, &value);
            Ok(())
        }
        8 => {
            quirks::set_hash(&mut url, &value);
            Ok(())
        }
        _ => quirks::set_port(&mut url, &value),
    };
    Ok(call.undefined())
}

/// `formParse(query)`: names and values in turns.
fn form_parse<'js>(call: &Call<'_, 'js>) -> Result<Value<'js>> {
    let query = call.text(0)?;
    let flat = Array::new(call.ctx.clone())?;
    for (index, (name, value)) in form_urlencoded::parse(query.as_bytes()).enumerate() {
        flat.set(2 * index, name.as_ref())?;
        flat.set(2 * index + 1, value.as_ref())?;
    }
    Ok(flat.into_value())
}

/// `formSerialize(flat)`: the query of names and values in turns.
fn form_serialize<'js>(call: &Call<'_, 'js>) -> Result<Value<'js>> {
    let flat = call.arg(0).into_array().ok_or_else(|| call.type_error("not a list"))?;
    let mut query = form_urlencoded::Serializer::new(String::new());
    for index in 0..flat.len() / 2 {
        let (name, value): (String, String) = (flat.get(2 * index)?, flat.get(2 * index + 1)?);
        query.append_pair(&name, &value);
    }
    call.string(&query.finish())
}

/// `dataUrl(url)`: the mime type and the bytes of a `data:` URL.
fn data_url<'js>(call: &Call<'_, 'js>) -> Result<Value<'js>> {
    let text = call.text(0)?;
    let Ok(url) = data_url::DataUrl::process(&text) else { return Ok(call.undefined()) };
    let Ok((bytes, _)) = url.decode_to_vec() else { return Ok(call.undefined()) };
    let parts = Array::new(call.ctx.clone())?;
    parts.set(0, url.mime_type().to_string())?;
    parts.set(1, uint8_array(&call.ctx, &bytes)?)?;
    Ok(parts.into_value())
}
