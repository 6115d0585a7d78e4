//! `console`, after <https://console.spec.whatwg.org/>: one record a call, every argument shown
//! (contract W6). Plain values are joined here; objects and formats are shown by `inspect.js`.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;

use rquickjs::{Array, Ctx, Error, Exception, JsLifetime, Object, Result, Value, qjs};

use super::js;
use super::native::{Call, method, tag, with_text};
use crate::host::Level;
use crate::world::World;

/// What a label costs outside the engine's heap, about, beside its name.
const COST: usize = 96;

/// What the script's calls leave behind.
#[derive(Default)]
struct State {
    /// How many groups are open.
    groups: Cell<usize>,
    counts: RefCell<HashMap<String, u32>>,
    timers: RefCell<HashMap<String, f64>>,
}

// SAFETY: the type holds no JavaScript values.
unsafe impl JsLifetime<'_> for State {
    type Changed<'to> = State;
}

/// How deep groups are indented at most.
const MAX_GROUPS: usize = 40;

pub(crate) fn init<'js>(ctx: &Ctx<'js>, exports: &Object<'js>) -> Result<()> {
    let _ = ctx.store_userdata(State::default());
    let console = Object::new_proto(ctx.clone(), Some(&Object::new(ctx.clone())?))?;
    method(&console, "log", 0, |call| log(call, Level::Log))?;
    method(&console, "info", 0, |call| log(call, Level::Info))?;
    method(&console, "warn", 0, |call| log(call, Level::Warn))?;
    method(&console, "error", 0, |call| log(call, Level::Error))?;
    method(&console, "debug", 0, |call| log(call, Level::Debug))?;
    method(&console, "dirxml", 0, |call| log(call, Level::Log))?;
    method(&console, "trace", 0, trace)?;
    method(&console, "assert", 0, assert)?;
    method(&console, "dir", 0, dir)?;
    method(&console, "table", 0, table)?;
    method(&console, "count", 0, count)?;
    method(&console, "countReset", 0, count_reset)?;
    method(&console, "group", 0, group)?;
    method(&console, "groupCollapsed", 0, group)?;
    method(&console, "groupEnd", 0, group_end)?;
    method(&console, "time", 0, time)?;
    method(&console, "timeLog", 0, |call| time_log(call, false))?;
    method(&console, "timeEnd", 0, |call| time_log(call, true))?;
    method(&console, "timeStamp", 0, |call| Ok(call.undefined()))?;
    method(&console, "clear", 0, |call| Ok(call.undefined()))?;
    tag(&console, "console")?;
    exports.set("console", console)
}

fn log<'js>(call: &Call<'_, 'js>, level: Level) -> Result<Value<'js>> {
    let text = format(call, 0)?;
    record(&call.ctx, level, &text);
    Ok(call.undefined())
}

/// Makes the record, indented by the open groups.
fn record(ctx: &Ctx<'_>, level: Level, text: &str) {
    let groups = ctx.userdata::<State>().map_or(0, |state| state.groups.get());
    let world = World::of(ctx);
    if groups == 0 {
        return world.log(level, text);
    }
    let indent = "  ".repeat(groups.min(MAX_GROUPS));
    world.log(level, &format!("{indent}{}", text.replace('\n', &format!("\n{indent}"))));
}

// ---- the text of a call -----------------------------------------------------------------------

/// The arguments from `first` on as one text.
fn format(call: &Call<'_, '_>, first: usize) -> Result<String> {
    match plain(call, first)? {
        Some(text) => Ok(text),
        None => inspected(call, first),
    }
}

/// The joined arguments, when none of them needs more than `ToString`.
fn plain(call: &Call<'_, '_>, first: usize) -> Result<Option<String>> {
    let mut text = String::new();
    for index in first..call.len() {
        let value = call.arg(index);
        if !is_plain(&value) {
            return Ok(None);
        }
        if index > first {
            text.push(' ');
        }
        with_text(&call.ctx, &value, |part| text.push_str(part))?;
        if index == first && call.len() > first + 1 && value.is_string() && text.contains('%') {
            return Ok(None);
        }
    }
    Ok(Some(text))
}

fn is_plain(value: &Value<'_>) -> bool {
    let is_negative_zero = |number: f64| number == 0.0 && number.is_sign_negative();
    value.is_string()
        || value.is_int()
        || value.is_bool()
        || value.is_null()
        || value.is_undefined()
        || value.as_float().is_some_and(|number| !is_negative_zero(number))
}

/// What `inspect.js` makes of the arguments.
fn inspected(call: &Call<'_, '_>, first: usize) -> Result<String> {
    let shown = (|| {
        let args = Array::new(call.ctx.clone())?;
        for index in first..call.len() {
            args.set(index - first, call.arg(index))?;
        }
        let shown: Value<'_> = js::export(&call.ctx, "inspect", "format")?.call((args,))?;
        with_text(&call.ctx, &shown, str::to_owned)
    })();
    shown.or_else(|error| survive(&call.ctx, error))
}

/// A value that could not be shown, for want of memory or stack, is no reason to throw;
/// the end of the dispatch is.
fn survive(ctx: &Ctx<'_>, error: Error) -> Result<String> {
    let thrown = ctx.catch();
    // SAFETY: only reads the value.
    if unsafe { qjs::JS_IsUncatchableError(thrown.as_raw()) } {
        ctx.throw(thrown);
        return Err(error);
    }
    Ok("[value that cannot be shown]".to_owned())
}

/// `show(value, depth, hidden)` of `inspect.js`.
fn shown<'js>(ctx: &Ctx<'js>, value: Value<'js>, depth: f64, hidden: bool) -> Result<String> {
    let shown = js::export(ctx, "inspect", "show")
        .and_then(|show| show.call::<_, Value<'_>>((value, depth, hidden)))
        .and_then(|text| with_text(ctx, &text, str::to_owned));
    shown.or_else(|error| survive(ctx, error))
}

// ---- logging ----------------------------------------------------------------------------------

fn trace<'js>(call: &Call<'_, 'js>) -> Result<Value<'js>> {
    let text = format(call, 0)?;
    Exception::throw_message(&call.ctx, "");
    let stack = call.ctx.catch().into_exception().and_then(|error| error.stack());
    let stack = stack.unwrap_or_default();
    let frames = stack.lines().filter(|line| !line.trim_start().starts_with("at trace (native)"));
    let mut record_text = String::from("Trace");
    for part in [": ", &text].iter().filter(|_| !text.is_empty()) {
        record_text.push_str(part);
    }
    for frame in frames {
        record_text.push('\n');
        record_text.push_str(frame);
    }
    record(&call.ctx, Level::Trace, &record_text);
    Ok(call.undefined())
}

fn assert<'js>(call: &Call<'_, 'js>) -> Result<Value<'js>> {
    if truthy(&call.arg(0)) {
        return Ok(call.undefined());
    }
    let text = match (call.len() > 1, call.arg(1).is_string()) {
        (false, _) => "Assertion failed".to_owned(),
        (true, true) => format!("Assertion failed: {}", format(call, 1)?),
        (true, false) => format!("Assertion failed {}", format(call, 1)?),
    };
    record(&call.ctx, Level::Error, &text);
    Ok(call.undefined())
}

/// `ToBoolean`, which no script can observe.
fn truthy(value: &Value<'_>) -> bool {
    value.get::<rquickjs::Coerced<bool>>().is_ok_and(|truth| truth.0)
}

fn dir<'js>(call: &Call<'_, 'js>) -> Result<Value<'js>> {
    let (mut depth, mut hidden) = (2.0, false);
    if let Some(options) = call.arg(1).as_object() {
        let asked: Value<'_> = options.get("depth").unwrap_or_else(|_| call.ctx.catch());
        depth = if asked.is_null() { f64::INFINITY } else { asked.as_number().unwrap_or(2.0) };
        hidden = options.get("showHidden").unwrap_or_default();
    }
    let text = shown(&call.ctx, call.arg(0), depth, hidden)?;
    record(&call.ctx, Level::Log, &text);
    Ok(call.undefined())
}

fn table<'js>(call: &Call<'_, 'js>) -> Result<Value<'js>> {
    let drawn = js::export(&call.ctx, "inspect", "table")
        .and_then(|table| table.call::<_, Value<'_>>((call.arg(0), call.arg(1))));
    match drawn {
        Ok(text) if text.is_string() => {
            with_text(&call.ctx, &text, |text| record(&call.ctx, Level::Log, text))?;
        }
        Ok(_) => record(&call.ctx, Level::Log, &format(call, 0)?),
        Err(error) => {
            let text = survive(&call.ctx, error)?;
            record(&call.ctx, Level::Log, &text);
        }
    }
    Ok(call.undefined())
}

// ---- counting ---------------------------------------------------------------------------------

/// The label of a count or a timer; `default` when there is none.
fn label(call: &Call<'_, '_>) -> Result<String> {
    let given = call.arg(0);
    if given.is_undefined() { Ok("default".to_owned()) } else { call.text(0) }
}

fn count<'js>(call: &Call<'_, 'js>) -> Result<Value<'js>> {
    let label = label(call)?;
    let mut number = 1;
    if let Some(state) = call.ctx.userdata::<State>() {
        let mut counts = state.counts.borrow_mut();
        if !counts.contains_key(&label) {
            World::of(&call.ctx).charge(COST + label.len())?;
        }
        let counted = counts.entry(label.clone()).or_default();
        *counted = counted.saturating_add(1);
        number = *counted;
    }
    record(&call.ctx, Level::Log, &format!("{label}: {number}"));
    Ok(call.undefined())
}

fn count_reset<'js>(call: &Call<'_, 'js>) -> Result<Value<'js>> {
    let label = label(call)?;
    let known = call.ctx.userdata::<State>().is_some_and(|state| {
        let mut counts = state.counts.borrow_mut();
        counts.get_mut(&label).map(|number| *number = 0).is_some()
    });
    if !known {
        record(&call.ctx, Level::Warn, &format!("Count for '{label}' does not exist"));
    }
    Ok(call.undefined())
}

// ---- grouping ---------------------------------------------------------------------------------

fn group<'js>(call: &Call<'_, 'js>) -> Result<Value<'js>> {
    if call.len() > 0 {
        log(call, Level::Log)?;
    }
    if let Some(state) = call.ctx.userdata::<State>() {
        state.groups.set(state.groups.get().saturating_add(1));
    }
    Ok(call.undefined())
}

fn group_end<'js>(call: &Call<'_, 'js>) -> Result<Value<'js>> {
    if let Some(state) = call.ctx.userdata::<State>() {
        state.groups.set(state.groups.get().saturating_sub(1));
    }
    Ok(call.undefined())
}

// ---- timing -----------------------------------------------------------------------------------

fn time<'js>(call: &Call<'_, 'js>) -> Result<Value<'js>> {
    let label = label(call)?;
    let world = World::of(&call.ctx);
    let known = call
        .ctx
        .userdata::<State>()
        .is_some_and(|state| state.timers.borrow().contains_key(&label));
    if known {
        record(&call.ctx, Level::Warn, &format!("Label '{label}' already exists"));
        return Ok(call.undefined());
    }
    world.charge(COST + label.len())?;
    if let Some(state) = call.ctx.userdata::<State>() {
        state.timers.borrow_mut().insert(label, world.now());
    }
    Ok(call.undefined())
}

fn time_log<'js>(call: &Call<'_, 'js>, end: bool) -> Result<Value<'js>> {
    let label = label(call)?;
    let world = World::of(&call.ctx);
    let started = call.ctx.userdata::<State>().and_then(|state| {
        let mut timers = state.timers.borrow_mut();
        if end { timers.remove(&label) } else { timers.get(&label).copied() }
    });
    let Some(started) = started else {
        record(&call.ctx, Level::Warn, &format!("No such label '{label}'"));
        return Ok(call.undefined());
    };
    if end {
        world.discharge(COST + label.len());
    }
    let mut text = format!("{label}: {}", duration(world.now() - started));
    if !end && call.len() > 1 {
        text = format!("{text} {}", format(call, 1)?);
    }
    record(&call.ctx, Level::Log, &text);
    Ok(call.undefined())
}

/// Milliseconds as people read them.
fn duration(milliseconds: f64) -> String {
    if milliseconds >= 60_000.0 {
        format!("{:.3}min", milliseconds / 60_000.0)
    } else if milliseconds >= 1000.0 {
        format!("{:.3}s", milliseconds / 1000.0)
    } else {
        format!("{milliseconds:.3}ms")
    }
}
