//! `console`, after <https://console.spec.whatwg.org/>: one record a call, every argument shown
//! (contract W6). Plain values are joined here; objects and formats are shown by `inspect.js`.

use std::cell::{Cell, RefCell};
use std::fmt;
use std::ops::Deref;

use rquickjs::{Ctx, Error, Exception, JsLifetime, Object, Result, Value, qjs};

use super::js;
use crate::{
    engine::{
        errors::{self, Field},
        memory::ChargedMap,
        native::{Call, list, method, tag},
        value::{self, Cut, Utf8},
    },
    host::Level,
    world::{RECORD_LENGTH, World, stack},
};

/// What the script's calls leave behind.
#[derive(Default)]
struct State {
    /// How many groups are open.
    groups: Cell<usize>,
    counts: RefCell<ChargedMap<String, f64>>,
    /// When they were started.
    timers: RefCell<ChargedMap<String, f64>>,
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
    let place = world.wants_places().then(|| stack::caller(ctx)).flatten();
    if groups == 0 {
        return world.log_at(level, text, place.as_deref());
    }
    let mut shown = Cut::new(RECORD_LENGTH);
    for (index, line) in text.split('\n').enumerate() {
        shown.push(if index > 0 { "\n" } else { "" });
        for _ in 0..groups.min(MAX_GROUPS) {
            shown.push("  ");
        }
        if !shown.push(line) {
            break;
        }
    }
    world.log_at(level, &shown, place.as_deref());
}

// ---- the text of a call -----------------------------------------------------------------------

/// The arguments from `first` on as one text.
fn format(call: &Call<'_, '_>, first: usize) -> Result<Cut> {
    match plain(call, first)? {
        Some(text) => Ok(text),
        None => inspected(call, first),
    }
}

/// The joined arguments, when none of them needs more than `ToString`.
fn plain(call: &Call<'_, '_>, first: usize) -> Result<Option<Cut>> {
    let mut text = Cut::new(RECORD_LENGTH);
    for index in first..call.len() {
        let value = call.arg(index);
        if !is_plain(&value) {
            return Ok(None);
        }
        let part = call.text(index)?;
        if index == first && call.len() > first + 1 && value.is_string() && part.contains('%') {
            return Ok(None);
        }
        text.push(if index > first { " " } else { "" });
        text.push(&part);
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
fn inspected(call: &Call<'_, '_>, first: usize) -> Result<Cut> {
    let args: Vec<_> = (first..call.len()).map(|index| call.arg(index)).collect();
    formatted(&call.ctx, &args)
}

fn formatted<'js>(ctx: &Ctx<'js>, values: &[Value<'js>]) -> Result<Cut> {
    let shown = (|| {
        let args = list(ctx)?;
        for (index, value) in values.iter().enumerate() {
            args.set(index, value.clone())?;
        }
        let shown: Value<'js> = js::export(ctx, "inspect", "format")?.call((args,))?;
        cut(ctx, &shown)
    })();
    shown.or_else(|error| survive(ctx, error))
}

/// A text of ours, as far as a record goes.
fn cut<'js>(ctx: &Ctx<'js>, text: &Value<'js>) -> Result<Cut> {
    let mut shown = Cut::new(RECORD_LENGTH);
    shown.push(&Utf8::of(ctx, text)?);
    Ok(shown)
}

/// A value that could not be shown, for want of memory or stack, is no reason to throw;
/// the end of the dispatch is.
fn survive(ctx: &Ctx<'_>, error: Error) -> Result<Cut> {
    let thrown = value::caught(ctx, &error);
    // SAFETY: only reads the value.
    if unsafe { qjs::JS_IsUncatchableError(thrown.as_raw()) } {
        ctx.throw(thrown);
        return Err(Error::Exception);
    }
    let mut shown = Cut::new(RECORD_LENGTH);
    shown.push("[value that cannot be shown]");
    Ok(shown)
}

/// `show(value, depth, hidden)` of `inspect.js`.
fn shown<'js>(ctx: &Ctx<'js>, value: Value<'js>, depth: f64, hidden: bool) -> Result<Cut> {
    let shown = js::export(ctx, "inspect", "show")
        .and_then(|show| show.call::<_, Value<'_>>((value, depth, hidden)))
        .and_then(|text| cut(ctx, &text));
    shown.or_else(|error| survive(ctx, error))
}

// ---- logging ----------------------------------------------------------------------------------

fn trace<'js>(call: &Call<'_, 'js>) -> Result<Value<'js>> {
    let text = format(call, 0)?;
    Exception::throw_message(&call.ctx, "");
    let stack: Option<Value<'js>> = call
        .ctx
        .catch()
        .as_object()
        .and_then(|error| errors::field(&call.ctx, error, Field::Stack));
    let stack =
        stack.filter(Value::is_string).map(|stack| Utf8::of(&call.ctx, &stack)).transpose()?;
    let frames = stack.as_deref().unwrap_or_default().lines();
    let mut shown = Cut::new(RECORD_LENGTH);
    shown.push(if text.is_empty() { "Trace" } else { "Trace: " });
    shown.push(&text);
    for frame in frames.filter(|line| !line.trim_start().starts_with("at trace (native)")) {
        shown.push("\n");
        shown.push(frame);
    }
    record(&call.ctx, Level::Trace, &shown);
    Ok(call.undefined())
}

fn assert<'js>(call: &Call<'_, 'js>) -> Result<Value<'js>> {
    if truthy(&call.arg(0)) {
        return Ok(call.undefined());
    }
    let mut shown = Cut::new(RECORD_LENGTH);
    shown.push("Assertion failed");
    if call.len() > 1 {
        shown.push(if call.arg(1).is_string() { ": " } else { " " });
        shown.push(&format(call, 1)?);
    }
    record(&call.ctx, Level::Error, &shown);
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
            record(&call.ctx, Level::Log, &Utf8::of(&call.ctx, &text)?);
        }
        // What is no table is logged, alone.
        Ok(_) => record(&call.ctx, Level::Log, &formatted(&call.ctx, &[call.arg(0)])?),
        Err(error) => {
            let text = survive(&call.ctx, error)?;
            record(&call.ctx, Level::Log, &text);
        }
    }
    Ok(call.undefined())
}

// ---- counting ---------------------------------------------------------------------------------

/// The label of a count or a timer; `default` when there is none.
struct Label<'js>(Option<Utf8<'js>>);

impl Deref for Label<'_> {
    type Target = str;

    fn deref(&self) -> &str {
        self.0.as_deref().unwrap_or("default")
    }
}

impl<'js> Label<'js> {
    fn of(call: &Call<'_, 'js>) -> Result<Self> {
        let is_given = !call.arg(0).is_undefined();
        is_given.then(|| call.text(0)).transpose().map(Self)
    }
}

/// Makes a record of a text of ours around a label.
fn say(call: &Call<'_, '_>, level: Level, text: fmt::Arguments<'_>) {
    let mut shown = Cut::new(RECORD_LENGTH);
    shown.push_fmt(text);
    record(&call.ctx, level, &shown);
}

fn count<'js>(call: &Call<'_, 'js>) -> Result<Value<'js>> {
    let label = Label::of(call)?;
    let mut number = 1.0;
    if let Some(state) = call.ctx.userdata::<State>() {
        let mut counts = state.counts.borrow_mut();
        match counts.get_mut(&*label) {
            Some(counted) => {
                *counted += 1.0;
                number = *counted;
            }
            None => set(call, &mut counts, &label, number)?,
        }
    }
    say(call, Level::Log, format_args!("{}: {number}", &*label));
    Ok(call.undefined())
}

fn set(
    call: &Call<'_, '_>,
    map: &mut ChargedMap<String, f64>,
    label: &str,
    number: f64,
) -> Result<()> {
    map.insert(&call.memory(), label.len(), || (label.to_owned(), number)).map(drop)
}

fn count_reset<'js>(call: &Call<'_, 'js>) -> Result<Value<'js>> {
    let label = Label::of(call)?;
    let known = call.ctx.userdata::<State>().is_some_and(|state| {
        let mut counts = state.counts.borrow_mut();
        counts.get_mut(&*label).map(|number| *number = 0.0).is_some()
    });
    if !known {
        say(call, Level::Warn, format_args!("Count for '{}' does not exist", &*label));
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
    let label = Label::of(call)?;
    let Some(state) = call.ctx.userdata::<State>() else { return Ok(call.undefined()) };
    let mut timers = state.timers.borrow_mut();
    if timers.get(&*label).is_some() {
        say(call, Level::Warn, format_args!("Label '{}' already exists", &*label));
    } else {
        set(call, &mut timers, &label, World::of(&call.ctx).now())?;
    }
    Ok(call.undefined())
}

fn time_log<'js>(call: &Call<'_, 'js>, end: bool) -> Result<Value<'js>> {
    let label = Label::of(call)?;
    let world = World::of(&call.ctx);
    let started = call.ctx.userdata::<State>().and_then(|state| {
        let mut timers = state.timers.borrow_mut();
        if end { timers.remove(&*label) } else { timers.get(&*label).copied() }
    });
    let Some(started) = started else {
        say(call, Level::Warn, format_args!("No such label '{}'", &*label));
        return Ok(call.undefined());
    };
    let passed = duration(world.now() - started);
    if end || call.len() < 2 {
        say(call, Level::Log, format_args!("{}: {passed}", &*label));
    } else {
        let more = format(call, 1)?;
        say(call, Level::Log, format_args!("{}: {passed} {}", &*label, &*more));
    }
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
