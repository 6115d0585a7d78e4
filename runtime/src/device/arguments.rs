//! From a script's arguments to the JSON that the host gets, checked against the definition.
//!
//! Every value is read once: what was checked is what is sent, whatever getters and proxies do.

use std::fmt;

use rquickjs::{Array, Coerced, Ctx, Error, Object, Result, Value, qjs};

use crate::{
    engine::{
        memory::Charged,
        value::{self, Utf8, cut, message},
    },
    host::{
        Level,
        catalogue::{ApiSpec, MethodSpec, ParamSpec, TypeSpec},
    },
    world::{World, failure::interrupt},
};

/// The arguments of a call as a JSON array.
///
/// # Errors
///
/// A `TypeError` that names API, method, parameter, expected and actual type, and shows the call.
pub(crate) fn to_json<'js>(
    ctx: &Ctx<'js>,
    (api, method): (&ApiSpec, &MethodSpec),
    given: &[Value<'js>],
) -> Result<Charged<String>> {
    let world = World::of(ctx);
    let mut writer = Writer {
        ctx,
        call: (api, method),
        path: Charged::text(world.memory()),
        json: Charged::text(world.memory()),
    };
    writer.json.push_str("[")?;
    for (index, param) in method.params.iter().enumerate() {
        let missing = || Value::new_undefined(ctx.clone());
        let value = given.get(index).cloned().unwrap_or_else(missing);
        if index > 0 {
            writer.json.push_str(",")?;
        }
        writer.path.truncate(0);
        writer.path.push_str(&param.name)?;
        if param.optional && value.is_undefined() {
            writer.json.push_str("null")?;
        } else {
            writer.write(&param.ty, &value)?;
        }
    }
    writer.json.push_str("]")?;
    Ok(writer.json)
}

struct Writer<'a, 'js> {
    ctx: &'a Ctx<'js>,
    call: (&'a ApiSpec, &'a MethodSpec),
    /// `options[0].id`
    path: Charged<String>,
    json: Charged<String>,
}

impl<'js> Writer<'_, 'js> {
    fn write(&mut self, ty: &TypeSpec, value: &Value<'js>) -> Result<()> {
        match ty {
            TypeSpec::Nullable(inner) if !value.is_null() => self.write(inner, value),
            TypeSpec::Any => self.any(value),
            TypeSpec::Date => self.date(value),
            TypeSpec::Array(item) => self.array(item, ty, value),
            TypeSpec::Record(inner) => self.record(inner, ty, value),
            TypeSpec::Object(fields) => self.object(fields, ty, value),
            TypeSpec::Union(members) => {
                match members.iter().find(|member| has_kind(member, value)) {
                    Some(member) => self.write(member, value),
                    None => Err(self.mismatch(ty, value)),
                }
            }
            _ => self.plain(ty, value),
        }
    }

    /// A value that is no object.
    fn plain(&mut self, ty: &TypeSpec, value: &Value<'js>) -> Result<()> {
        if let Some(string) = value.as_string().filter(|_| takes_text(ty)) {
            let text = value::text(string)?;
            if matches!(ty, TypeSpec::Literals(texts) if !texts.iter().any(|it| **it == *text)) {
                return Err(self.mismatch_with(ty, &quoted(&text)));
            }
            return self.json.push_json(&text);
        }
        if let Some(number) = value.as_number().filter(|number| takes_number(ty, *number)) {
            return match (integer(number), serde_json::Number::from_f64(number)) {
                (Some(whole), _) => self.json.push_fmt(format_args!("{whole}")),
                (None, Some(shown)) => self.json.push_fmt(format_args!("{shown}")),
                (None, None) => self.json.push_str("null"),
            };
        }
        match (ty, value.as_bool()) {
            (TypeSpec::Boolean, Some(truth)) => {
                self.json.push_str(if truth { "true" } else { "false" })
            }
            (TypeSpec::Nullable(_) | TypeSpec::Void, _) if !value.is_undefined() || is_void(ty) => {
                self.json.push_str("null")
            }
            _ if self.call.0.lenient => self.legacy(ty, value),
            _ => Err(self.mismatch(ty, value)),
        }
    }

    /// A value of another type, as release 3 read it: `String(value)` for a text, and
    /// `JSONObject.optInt` and `optBoolean` of Android for the others.
    fn legacy(&mut self, ty: &TypeSpec, value: &Value<'js>) -> Result<()> {
        let is_text = value.is_string();
        if !(is_text || value.is_number() || value.is_bool() || value.is_big_int()) {
            return Err(self.mismatch(ty, value));
        }
        let text = cut(&Utf8::of(self.ctx, value)?);
        let (json, advice) = match ty {
            TypeSpec::String => (quoted(&text), "write `String(value)`"),
            TypeSpec::Integer if is_text || value.is_number() => {
                let Some(number) = low_bits(value, &text)? else {
                    return Err(self.mismatch(ty, value));
                };
                let is_whole = value.as_number().is_none_or(|number| number.fract() == 0.0);
                let advice = match (is_text, is_whole) {
                    (true, _) if text == number.to_string() => "leave out the quotes",
                    (true, _) => "write a whole number of 32 bits, without quotes",
                    (false, false) => "write a whole number, such as `Math.trunc(value)`",
                    (false, true) => "write a smaller number, such as `Date.now() % 2147483647`",
                };
                (number.to_string(), advice)
            }
            TypeSpec::Boolean if text == "true" || text == "false" => {
                (text.clone(), "leave out the quotes")
            }
            _ => return Err(self.mismatch(ty, value)),
        };
        let Self { call: (api, method), path, .. } = self;
        let given = if is_text { quoted(&text) } else { text };
        let subject: String = path.chars().filter(|it| !it.is_ascii_digit()).collect();
        let subject = format!("{}.{}: `{subject}`", api.name, method.name);
        let text = message(format_args!(
            "{}.{}: `{}` must be {}, but it is {given}: it is taken as {json}, as in release 3; \
             {advice}",
            api.name,
            method.name,
            &**path,
            expected(ty),
        ));
        World::of(self.ctx).log_once(Level::Warn, &subject, &text);
        self.json.push_str(&json)
    }

    fn any(&mut self, value: &Value<'js>) -> Result<()> {
        let json = value::stringify(self.ctx, value.clone())?;
        self.json.push_str(json.as_deref().unwrap_or("null"))
    }

    /// A `Date`, a time in milliseconds, or an ISO text with a zone.
    fn date(&mut self, value: &Value<'js>) -> Result<()> {
        if let Some(string) = value.as_string() {
            let text = value::text(string)?;
            if !is_iso(&text) {
                return Err(self.mismatch_with(&TypeSpec::Date, &quoted(&text)));
            }
            return self.json.push_json(&text);
        }
        // SAFETY: the value is alive; the engine only looks at its class.
        if !value.is_number() && !unsafe { qjs::JS_IsDate(value.as_raw()) } {
            return Err(self.mismatch(&TypeSpec::Date, value));
        }
        let time = value.get::<Coerced<f64>>()?.0;
        match iso(time) {
            Some(text) => self.json.push_json(&text),
            None => Err(self.mismatch_with(&TypeSpec::Date, "an invalid date")),
        }
    }

    fn array(&mut self, item: &TypeSpec, ty: &TypeSpec, value: &Value<'js>) -> Result<()> {
        let Some(array) = value.as_array() else { return Err(self.no_array(ty, value)) };
        self.json.push_str("[")?;
        for (index, element) in elements(self.ctx, array)?.enumerate() {
            if index > 0 {
                self.json.push_str(",")?;
            }
            self.inside(format_args!("[{index}]"), item, &element?)?;
        }
        self.json.push_str("]")
    }

    fn record(&mut self, inner: &TypeSpec, ty: &TypeSpec, value: &Value<'js>) -> Result<()> {
        let object = self.plain_object(ty, value)?;
        self.json.push_str("{")?;
        let mut first = true;
        for entry in object.props::<rquickjs::String<'js>, Value<'js>>() {
            let (key, element) = entry?;
            if element.is_undefined() {
                continue;
            }
            let key = value::text(&key)?;
            self.key(&key, &mut first)?;
            self.inside(format_args!("[{}]", quoted(&key)), inner, &element)?;
        }
        self.json.push_str("}")
    }

    fn object(&mut self, fields: &[ParamSpec], ty: &TypeSpec, value: &Value<'js>) -> Result<()> {
        let object = self.plain_object(ty, value)?;
        self.json.push_str("{")?;
        let mut first = true;
        for field in fields {
            let element: Value<'js> = object.get(field.name.as_str())?;
            let missing = element.is_undefined() || (self.call.0.lenient && element.is_null());
            if field.optional && missing {
                continue;
            }
            self.key(&field.name, &mut first)?;
            self.inside(format_args!(".{}", field.name), &field.ty, &element)?;
        }
        self.warn_of_others(fields, &object);
        self.json.push_str("}")
    }

    /// Warns of what other plugins of the kind take, and this one passes over.
    fn warn_of_others(&self, fields: &[ParamSpec], object: &Object<'js>) {
        const OTHERS: &[(&str, &str)] = &[("schedule", "scheduleAt")];
        let (api, method) = self.call;
        for (other, own) in OTHERS {
            let is_meant = fields.iter().any(|field| field.name == *own);
            if is_meant && value::own_data(self.ctx, object, other).is_some() {
                let subject = format!("{}.{}.{other}", api.name, method.name);
                let text = message(format_args!(
                    "{}.{}: `{}.{other}` is not known here and passed over: write `{own}: date`",
                    api.name, method.name, &*self.path
                ));
                World::of(self.ctx).log_once(Level::Warn, &subject, &text);
            }
        }
    }

    /// An object that is no array and no function.
    fn plain_object(&self, ty: &TypeSpec, value: &Value<'js>) -> Result<Object<'js>> {
        let object = value.as_object().filter(|_| !value.is_array() && !value.is_function());
        object.cloned().ok_or_else(|| self.mismatch(ty, value))
    }

    fn key(&mut self, key: &str, first: &mut bool) -> Result<()> {
        if !std::mem::replace(first, false) {
            self.json.push_str(",")?;
        }
        self.json.push_json(key)?;
        self.json.push_str(":")
    }

    /// Writes a part of a value, of which messages know the place.
    fn inside(
        &mut self,
        step: fmt::Arguments<'_>,
        ty: &TypeSpec,
        value: &Value<'js>,
    ) -> Result<()> {
        let outside = self.path.len();
        self.path.push_fmt(step)?;
        self.write(ty, value)?;
        self.path.truncate(outside);
        Ok(())
    }

    fn mismatch(&self, ty: &TypeSpec, value: &Value<'js>) -> Error {
        self.mismatch_with(ty, &actual(value))
    }

    fn mismatch_with(&self, ty: &TypeSpec, actual: &str) -> Error {
        let Self { call: (api, method), path, .. } = self;
        let call = format!("{}.{}", api.name, method.name);
        let message = message(format_args!(
            "{call}: `{}` must be {}, but it is {actual}; write `{call}({})`",
            &**path,
            expected(ty),
            shape(&method.params)
        ));
        value::throw_type(self.ctx, &message)
    }

    /// What was given for an array: maybe an object around it, as other plugins have it.
    fn no_array(&self, ty: &TypeSpec, value: &Value<'js>) -> Error {
        let list = value.as_object().filter(|_| !value.is_function()).and_then(|object| {
            let mut keys = object.keys::<String>();
            keys.find_map(|key| {
                let key = value::swallow(self.ctx, key)?;
                value::own_data(self.ctx, object, &key)?.is_array().then_some(key)
            })
        });
        match list {
            Some(key) => self.mismatch_with(ty, &format!("an object with the array in `{key}`")),
            None => self.mismatch(ty, value),
        }
    }
}

/// The elements of an array, which may change while they are read; one in a thousand times the
/// dispatch's end is looked at.
fn elements<'a, 'js>(
    ctx: &'a Ctx<'js>,
    array: &'a Array<'js>,
) -> Result<impl Iterator<Item = Result<Value<'js>>> + 'a> {
    let world = World::of(ctx);
    Ok((0..value::length(array)?).map(move |index| {
        if index % 1024 == 1023 && world.is_over() {
            return Err(interrupt(ctx));
        }
        array.get(index)
    }))
}

/// Whether a member of a union is meant, by the kind of the value alone.
fn has_kind(ty: &TypeSpec, value: &Value<'_>) -> bool {
    match ty {
        TypeSpec::Any => true,
        TypeSpec::Void => value.is_undefined(),
        TypeSpec::Boolean => value.is_bool(),
        TypeSpec::String | TypeSpec::Literals(_) => value.is_string(),
        TypeSpec::Number | TypeSpec::Integer | TypeSpec::Integers(_) => value.is_number(),
        // SAFETY: the value is alive; the engine only looks at its class.
        TypeSpec::Date => unsafe { qjs::JS_IsDate(value.as_raw()) },
        TypeSpec::Array(_) => value.is_array(),
        TypeSpec::Nullable(inner) => value.is_null() || has_kind(inner, value),
        TypeSpec::Record(_) | TypeSpec::Object(_) => {
            value.is_object() && !value.is_array() && !value.is_function()
        }
        TypeSpec::Union(members) => members.iter().any(|member| has_kind(member, value)),
    }
}

fn takes_text(ty: &TypeSpec) -> bool {
    matches!(ty, TypeSpec::String | TypeSpec::Literals(_))
}

fn takes_number(ty: &TypeSpec, number: f64) -> bool {
    match ty {
        TypeSpec::Number => number.is_finite(),
        TypeSpec::Integer => integer(number).is_some(),
        TypeSpec::Integers(numbers) => integer(number).is_some_and(|it| numbers.contains(&it)),
        _ => false,
    }
}

fn is_void(ty: &TypeSpec) -> bool {
    matches!(ty, TypeSpec::Void)
}

/// The number, when it is whole and has 32 bits.
fn integer(number: f64) -> Option<i32> {
    #[expect(clippy::cast_possible_truncation, reason = "compared with what it came from")]
    let whole = number as i32;
    (f64::from(whole).total_cmp(&(number + 0.0)).is_eq()).then_some(whole)
}

/// The low 32 bits of a number, or of one that is written in a text, without its fraction.
fn low_bits(value: &Value<'_>, text: &str) -> Result<Option<i32>> {
    // For the engine, nothing is 0, and `0x10` a number.
    let is_decimal = |it: char| it.is_ascii_digit() || matches!(it, '+' | '-' | '.' | 'e' | 'E');
    let written = text.trim();
    if written.is_empty() || !written.chars().all(is_decimal) {
        return Ok(None);
    }
    let number = value.get::<Coerced<f64>>()?.0;
    if !number.is_finite() {
        return Ok(None);
    }
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "below 2^32")]
    let bits = number.trunc().rem_euclid(4_294_967_296.0) as u32;
    Ok(Some(bits.cast_signed()))
}

/// Parameters, or properties that an object needs, as they are written in a call.
fn shape(params: &[ParamSpec]) -> String {
    let mut shown = String::new();
    for param in params.iter().filter(|param| !param.optional) {
        if !shown.is_empty() {
            shown.push_str(", ");
        }
        let item = match &param.ty {
            TypeSpec::Array(item) => item,
            ty => ty,
        };
        let part = match item {
            TypeSpec::Object(fields) => format!("{{ {} }}", shape(fields)),
            _ => param.name.clone(),
        };
        let is_list = matches!((&param.ty, item), (TypeSpec::Array(_), TypeSpec::Object(_)));
        shown.push_str(&if is_list { format!("[{part}]") } else { part });
    }
    shown
}

/// A type in words.
fn expected(ty: &TypeSpec) -> String {
    let either = |parts: Vec<String>| parts.join(" or ");
    match ty {
        TypeSpec::Void => "undefined".to_owned(),
        TypeSpec::String => "a string".to_owned(),
        TypeSpec::Number => "a finite number".to_owned(),
        TypeSpec::Integer => "a whole number of 32 bits".to_owned(),
        TypeSpec::Boolean => "a boolean".to_owned(),
        TypeSpec::Any => "a value".to_owned(),
        TypeSpec::Date => "a Date, a time in milliseconds or an ISO 8601 text".to_owned(),
        TypeSpec::Literals(texts) => either(texts.iter().map(|text| quoted(text)).collect()),
        TypeSpec::Integers(numbers) => either(numbers.iter().map(ToString::to_string).collect()),
        TypeSpec::Array(_) => "an array".to_owned(),
        TypeSpec::Nullable(inner) => format!("{} or null", expected(inner)),
        TypeSpec::Record(_) | TypeSpec::Object(_) => "an object".to_owned(),
        TypeSpec::Union(members) => either(members.iter().map(expected).collect()),
    }
}

/// What a value is, in words.
fn actual(value: &Value<'_>) -> String {
    if value.is_undefined() || value.is_null() {
        return value.type_name().to_owned();
    }
    if let Some(number) = value.as_number() {
        return format!("the number {number}");
    }
    let kind = match value {
        _ if value.is_string() => "a string",
        _ if value.is_bool() => "a boolean",
        _ if value.is_array() => "an array",
        _ if value.is_function() => "a function",
        _ if value.is_symbol() => "a symbol",
        _ if value.is_big_int() => "a bigint",
        _ => "an object",
    };
    kind.to_owned()
}

/// The beginning of a text as JSON, for a message.
fn quoted(text: &str) -> String {
    serde_json::to_string(&cut(text)).unwrap_or_default()
}

/// A time as `Date.prototype.toISOString` writes it; none for an invalid one.
fn iso(time: f64) -> Option<String> {
    /// The range of a `Date`.
    const MOST: f64 = 8.64e15;
    if !(-MOST..=MOST).contains(&time) {
        return None;
    }
    #[expect(clippy::cast_possible_truncation, reason = "within the range of a `Date`")]
    let millis = time.trunc() as i64;
    let (days, of_day) = (millis.div_euclid(86_400_000), millis.rem_euclid(86_400_000));
    let (year, month, day) = civil(days);
    let year = match year {
        0..=9999 => format!("{year:04}"),
        _ => format!("{year:+07}"),
    };
    let (hours, minutes) = (of_day / 3_600_000, of_day / 60_000 % 60);
    let (seconds, millis) = (of_day / 1000 % 60, of_day % 1000);
    Some(format!("{year}-{month:02}-{day:02}T{hours:02}:{minutes:02}:{seconds:02}.{millis:03}Z"))
}

/// Year, month and day of a day counted from 1970-01-01 (Gregorian, March-based).
fn civil(days: i64) -> (i64, i64, i64) {
    let shifted = days + 719_468;
    let (era, of_era) = (shifted.div_euclid(146_097), shifted.rem_euclid(146_097));
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}

/// Whether a text is `2026-01-31T12:00`, with optional seconds, fraction, and a zone.
fn is_iso(text: &str) -> bool {
    /// What is longer is not looked at.
    const MOST: usize = 64;
    if text.len() > MOST {
        return false;
    }
    let Some((date, time)) = text.split_once('T') else { return false };
    let (clock, zone) = match time.find(['Z', '+', '-']) {
        Some(at) => time.split_at(at),
        None => return false,
    };
    let zone = zone == "Z" || zone.get(1..).is_some_and(|zone| digits(zone, ':', &[2, 2]));
    let (clock, fraction) = clock.split_once('.').unwrap_or((clock, "0"));
    let fraction = !fraction.is_empty() && fraction.bytes().all(|byte| byte.is_ascii_digit());
    let clock = digits(clock, ':', &[2, 2]) || digits(clock, ':', &[2, 2, 2]);
    digits(date, '-', &[4, 2, 2]) && clock && fraction && zone
}

/// Whether a text is groups of digits of these lengths.
fn digits(text: &str, separator: char, lengths: &[usize]) -> bool {
    let groups: Vec<_> = text.split(separator).collect();
    groups.len() == lengths.len()
        && groups.iter().zip(lengths).all(|(group, length)| {
            group.len() == *length && group.bytes().all(|byte| byte.is_ascii_digit())
        })
}
