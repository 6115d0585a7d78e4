//! Timers, as in <https://html.spec.whatwg.org/multipage/timers-and-user-prompts.html>.

use std::time::Duration;

use rquickjs::{
    Coerced, Ctx, Function, Object, Result, Value,
    function::{Opt, Rest},
};

use crate::{
    engine::{memory::Charged, value},
    world::World,
};

pub(crate) fn init<'js>(ctx: &Ctx<'js>, exports: &Object<'js>) -> Result<()> {
    exports.set("setTimeout", Function::new(ctx.clone(), set_timeout)?.with_name("setTimeout")?)?;
    exports
        .set("setInterval", Function::new(ctx.clone(), set_interval)?.with_name("setInterval")?)?;
    exports.set("clearTimeout", Function::new(ctx.clone(), clear)?.with_name("clearTimeout")?)?;
    exports.set("clearInterval", Function::new(ctx.clone(), clear)?.with_name("clearInterval")?)
}

fn set_timeout<'js>(
    ctx: Ctx<'js>,
    handler: Opt<Value<'js>>,
    delay: Opt<Value<'js>>,
    args: Rest<Value<'js>>,
) -> Result<i32> {
    set(&ctx, "setTimeout", handler, delay, args, false)
}

fn set_interval<'js>(
    ctx: Ctx<'js>,
    handler: Opt<Value<'js>>,
    delay: Opt<Value<'js>>,
    args: Rest<Value<'js>>,
) -> Result<i32> {
    set(&ctx, "setInterval", handler, delay, args, true)
}

fn set<'js>(
    ctx: &Ctx<'js>,
    name: &str,
    handler: Opt<Value<'js>>,
    delay: Opt<Value<'js>>,
    args: Rest<Value<'js>>,
    repeat: bool,
) -> Result<i32> {
    let function = handler.0.as_ref().and_then(Value::as_function).cloned();
    let Some(function) = function else {
        let given = handler.0.as_ref().map_or("undefined", Value::type_name);
        let message = format!("{name}: the callback is {given}, not a function");
        return Err(value::throw_type(ctx, &message));
    };
    let delay = delay.0.map(|delay| delay.get::<Coerced<f64>>()).transpose()?;
    let delay = milliseconds(delay.map_or(0.0, |delay| delay.0));
    let world = World::of(ctx);
    let mut kept = Charged::list(world.memory());
    kept.reserve(args.0.len())?;
    for arg in args.0 {
        kept.push(arg)?;
    }
    world.set_timer(function, kept, delay, repeat)
}

/// A delay as a `long` of Web IDL: whole milliseconds modulo 2^32, nothing below zero.
fn milliseconds(delay: f64) -> Duration {
    let whole = if delay.is_finite() { delay.trunc() } else { 0.0 };
    #[expect(clippy::cast_possible_truncation, reason = "the remainder is below 2^32")]
    let modulo = whole.rem_euclid(4_294_967_296.0) as i64;
    let long = if modulo >= 1 << 31 { modulo - (1 << 32) } else { modulo };
    Duration::from_millis(u64::try_from(long).unwrap_or(0))
}

fn clear<'js>(ctx: Ctx<'js>, id: Opt<Value<'js>>) -> Result<()> {
    let Some(id) = id.0.filter(|id| !id.is_undefined() && !id.is_null()) else { return Ok(()) };
    let id = id.get::<Coerced<f64>>()?.0;
    #[expect(clippy::cast_possible_truncation, reason = "compared with what it came from")]
    let whole = id as i32;
    if whole > 0 && f64::from(whole).to_bits() == id.to_bits() {
        World::of(&ctx).clear_timer(whole);
    }
    Ok(())
}
