//! From a script's arguments to the JSON that the host gets, checked against the definition.
//!
//! Every value is read once: what was checked is what is sent, whatever getters and proxies do.

use rquickjs::{Array, Coerced, Ctx, Error, Object, Result, Value, qjs};

use super::catalogue::{MethodSpec, ParamSpec, TypeSpec};
use crate::{value, world::World};

/// The arguments of a call as a JSON array.
///
/// # Errors
///
/// A `TypeError` that names API, method, parameter, expected and actual type.
pub(crate) fn to_json<'js>(
    ctx: &Ctx<'js>,
    (api, method): (&str, &MethodSpec),
    given: &[Value<'js>],
) -> Result<String> {
    let mut writer = Writer {
        ctx,
        call: format!("{api}.{}", method.name),
        path: String::new(),
        limit: World::of(ctx).control().usage.limit(),
        json: String::from("["),
    };
    for (index, param) in method.params.iter().enumerate() {
        let missing = || Value::new_undefined(ctx.clone());
        let value = given.get(index).cloned().unwrap_or_else(missing);
        if index > 0 {
            writer.json.push(',');
        }
        writer.path.clone_from(&param.name);
        if param.optional && value.is_undefined() {
            writer.json.push_str("null");
        } else {
            writer.write(&param.ty, &value)?;
        }
    }
    writer.json.push(']');
    Ok(writer.json)
}

struct Writer<'a, 'js> {
    ctx: &'a Ctx<'js>,
    /// `CapacitorKV.set`
    call: String,
    /// `options[0].id`
    path: String,
    /// How long the JSON may become.
    limit: usize,
    json: String,
}

impl<'js> Writer<'_, 'js> {
    fn write(&mut self, ty: &TypeSpec, value: &Value<'js>) -> Result<()> {
        if self.json.len() > self.limit {
            return Err(Error::Allocation);
        }
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
            if matches!(ty, TypeSpec::Literals(texts) if !texts.contains(&text)) {
                return Err(self.mismatch_with(ty, &quoted(&text)));
            }
            self.json.push_str(&quoted(&text));
            return Ok(());
        }
        if let Some(number) = value.as_number().filter(|number| takes_number(ty, *number)) {
            self.json.push_str(&serde_json::Number::from_f64(number).map_or_else(
                || "null".to_owned(),
                |shown| match integer(number) {
                    Some(whole) => whole.to_string(),
                    None => shown.to_string(),
                },
            ));
            return Ok(());
        }
        match (ty, value.as_bool()) {
            (TypeSpec::Boolean, Some(truth)) => {
                self.json.push_str(if truth { "true" } else { "false" });
            }
            (TypeSpec::Nullable(_) | TypeSpec::Void, _) if !value.is_undefined() || is_void(ty) => {
                self.json.push_str("null");
            }
            _ => return Err(self.mismatch(ty, value)),
        }
        Ok(())
    }

    fn any(&mut self, value: &Value<'js>) -> Result<()> {
        let json = value::stringify(self.ctx, value.clone())?;
        self.json.push_str(json.as_deref().unwrap_or("null"));
        Ok(())
    }

    /// A `Date`, a time in milliseconds, or an ISO text with a zone.
    fn date(&mut self, value: &Value<'js>) -> Result<()> {
        if let Some(string) = value.as_string() {
            let text = value::text(string)?;
            if !is_iso(&text) {
                return Err(self.mismatch_with(&TypeSpec::Date, &quoted(&text)));
            }
            self.json.push_str(&quoted(&text));
            return Ok(());
        }
        // SAFETY: the value is alive; the engine only looks at its class.
        if !value.is_number() && !unsafe { qjs::JS_IsDate(value.as_raw()) } {
            return Err(self.mismatch(&TypeSpec::Date, value));
        }
        let time = value.get::<Coerced<f64>>()?.0;
        match iso(time) {
            Some(text) => self.json.push_str(&quoted(&text)),
            None => return Err(self.mismatch_with(&TypeSpec::Date, "an invalid date")),
        }
        Ok(())
    }

    fn array(&mut self, item: &TypeSpec, ty: &TypeSpec, value: &Value<'js>) -> Result<()> {
        let Some(array) = value.as_array() else { return Err(self.mismatch(ty, value)) };
        self.json.push('[');
        for (index, element) in elements(self.ctx, array).enumerate() {
            if index > 0 {
                self.json.push(',');
            }
            self.inside(&format!("[{index}]"), item, &element?)?;
        }
        self.json.push(']');
        Ok(())
    }

    fn record(&mut self, inner: &TypeSpec, ty: &TypeSpec, value: &Value<'js>) -> Result<()> {
        let object = self.plain_object(ty, value)?;
        self.json.push('{');
        let mut first = true;
        for entry in object.props::<rquickjs::String<'js>, Value<'js>>() {
            let (key, element) = entry?;
            if element.is_undefined() {
                continue;
            }
            let key = value::text(&key)?;
            self.key(&key, &mut first);
            self.inside(&format!("[{}]", quoted(&key)), inner, &element)?;
        }
        self.json.push('}');
        Ok(())
    }

    fn object(&mut self, fields: &[ParamSpec], ty: &TypeSpec, value: &Value<'js>) -> Result<()> {
        let object = self.plain_object(ty, value)?;
        self.json.push('{');
        let mut first = true;
        for field in fields {
            let element: Value<'js> = object.get(field.name.as_str())?;
            if field.optional && element.is_undefined() {
                continue;
            }
            self.key(&field.name, &mut first);
            self.inside(&format!(".{}", field.name), &field.ty, &element)?;
        }
        self.json.push('}');
        Ok(())
    }

    /// An object that is no array and no function.
    fn plain_object(&self, ty: &TypeSpec, value: &Value<'js>) -> Result<Object<'js>> {
        let object = value.as_object().filter(|_| !value.is_array() && !value.is_function());
        object.cloned().ok_or_else(|| self.mismatch(ty, value))
    }

    fn key(&mut self, key: &str, first: &mut bool) {
        if !std::mem::replace(first, false) {
            self.json.push(',');
        }
        self.json.push_str(&quoted(key));
        self.json.push(':');
    }

    /// Writes a part of a value, of which messages know the place.
    fn inside(&mut self, step: &str, ty: &TypeSpec, value: &Value<'js>) -> Result<()> {
        let outside = self.path.len();
        self.path.push_str(step);
        self.write(ty, value)?;
        self.path.truncate(outside);
        Ok(())
    }

    fn mismatch(&self, ty: &TypeSpec, value: &Value<'js>) -> Error {
        self.mismatch_with(ty, &actual(value))
    }

    fn mismatch_with(&self, ty: &TypeSpec, actual: &str) -> Error {
        let Self { call, path, .. } = self;
        let message = format!("{call}: `{path}` must be {}, but it is {actual}", expected(ty));
        value::throw_type(self.ctx, &message)
    }
}

/// The elements of an array, which may change while they are read; one in a thousand times the
/// dispatch's end is looked at.
fn elements<'a, 'js>(
    ctx: &'a Ctx<'js>,
    array: &'a Array<'js>,
) -> impl Iterator<Item = Result<Value<'js>>> + 'a {
    let world = World::of(ctx);
    (0..array.len()).map(move |index| {
        if index % 1024 == 1023 && world.is_over() {
            return Err(crate::world::interrupt(ctx));
        }
        array.get(index)
    })
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

/// A text as JSON.
fn quoted(text: &str) -> String {
    serde_json::to_string(text).unwrap_or_default()
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
