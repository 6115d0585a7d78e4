//! Exceptions and rejections that belong to no handler (contract D15): the script hears of them as a
//! worker does, and what it does not silence is logged once.
//!
//! After <https://html.spec.whatwg.org/multipage/webappapis.html#report-an-exception>.

use rquickjs::{Array, Ctx, Error, Result, Value};

use super::{Web, js};
use crate::{
    engine::value::{self, Cut},
    error::{Code, RunError},
    host::Level,
    world::{RECORD_LENGTH, World, rejections::Heard, script},
};

/// Where an exception is from that the script's handler threw too late for an outcome.
pub(crate) const AFTER_IT_SETTLED: &str = "the handler, after it settled";

/// Reports what an event loop's step threw, unless it was the end of the dispatch.
pub(crate) fn uncaught(ctx: &Ctx<'_>, what: &str, error: &Error) {
    exception(ctx, what, &value::caught(ctx, error));
}

/// Reports an exception; `what` threw it, for the log.
pub(crate) fn exception<'js>(ctx: &Ctx<'js>, what: &str, thrown: &Value<'js>) {
    let world = World::of(ctx);
    if world.is_over() {
        return;
    }
    let error = value::describe(ctx, thrown, Code::Exception);
    notice_lack_of_memory(&world, thrown, &error);
    let silenced = tell(ctx, &world, "error", |listeners, handler| {
        let place = error.stack.as_deref().and_then(script::place).unwrap_or_default();
        let message = format!("Uncaught {}: {}", error.name, error.message);
        let tell = js::export(ctx, "events", "tellError")?;
        tell.call((ctx.globals(), listeners, handler, message, place, thrown.clone()))
    });
    if !silenced {
        log(&world, what, &error);
    }
}

/// Reports a promise that was rejected and that nobody handles, or that somebody handles after all.
pub(crate) fn rejection<'js>(
    ctx: &Ctx<'js>,
    heard: Heard,
    promise: &Value<'js>,
    reason: &Value<'js>,
) {
    let world = World::of(ctx);
    if world.is_over() {
        return;
    }
    if heard == Heard::Handled {
        tell_rejection(ctx, &world, "rejectionhandled", promise, reason);
        return;
    }
    let error = value::describe(ctx, reason, Code::Exception);
    notice_lack_of_memory(&world, reason, &error);
    if !tell_rejection(ctx, &world, "unhandledrejection", promise, reason) {
        let is_handlers = world.is_dispatched(promise);
        log(&world, if is_handlers { AFTER_IT_SETTLED } else { "a promise" }, &error);
    }
}

fn tell_rejection<'js>(
    ctx: &Ctx<'js>,
    world: &World<'js>,
    name: &'static str,
    promise: &Value<'js>,
    reason: &Value<'js>,
) -> bool {
    tell(ctx, world, name, |listeners, handler| {
        let tell = js::export(ctx, "events", "tellRejection")?;
        tell.call((ctx.globals(), listeners, handler, name, promise.clone(), reason.clone()))
    })
}

/// A dispatch that never settles says so then (contract D12).
fn notice_lack_of_memory<'js>(world: &World<'js>, thrown: &Value<'js>, error: &RunError) {
    if world.is_out_of_memory(thrown, error) {
        world.ran_out.set(true);
    }
}

fn log(world: &World<'_>, what: &str, error: &RunError) {
    let mut text = Cut::new(RECORD_LENGTH);
    text.push_fmt(format_args!("uncaught in {what}: {}: {}", error.name, error.message));
    if let Some(stack) = &error.stack {
        text.push_fmt(format_args!("\n{stack}"));
    }
    world.log(Level::Error, text.trim_end());
}

/// Has `tell` tell the script's global listeners and `on<name>`, where there are any; whether one of
/// them took care of it.
fn tell<'js>(
    ctx: &Ctx<'js>,
    world: &World<'js>,
    name: &'static str,
    tell: impl FnOnce(Array<'js>, Option<Value<'js>>) -> Result<bool>,
) -> bool {
    let handler = value::own_data(ctx, &ctx.globals(), &format!("on{name}"));
    let handler = handler.filter(Value::is_function);
    // A script that is called for an event of this name has a handler of it, and no listener.
    let is_dispatched = world.event() == name;
    let listeners = (!is_dispatched).then(|| world.handlers.listeners(name));
    let listeners = listeners.unwrap_or_default();
    let web = Web::of(ctx);
    if (handler.is_none() && listeners.is_empty()) || web.is_reporting.replace(true) {
        return false;
    }
    let told = Array::new(ctx.clone()).and_then(|list| {
        for (index, listener) in listeners.into_iter().enumerate() {
            list.set(index, listener)?;
        }
        tell(list, handler)
    });
    web.is_reporting.set(false);
    value::swallow(ctx, told).unwrap_or(false)
}
