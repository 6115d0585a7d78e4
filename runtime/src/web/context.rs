//! The object that a handler gets as `context` (contract D3), with the signal that warns it of its end.

use rquickjs::{Ctx, Object, Result, Value, object::Accessor};

use super::{Web, js, report};
use crate::{
    clock::millis,
    engine::{native, value},
    world::World,
};

/// The object that a script gets as `context` (contract D3).
pub(crate) fn new<'js>(ctx: &Ctx<'js>, world: &World<'js>) -> Result<Object<'js>> {
    let context = Object::new(ctx.clone())?;
    native::define(&context, "deadline", world.wall() + millis(world.remaining()))?;
    let remaining = native::function(ctx, "timeRemaining", 0, |call| {
        let left = millis(World::of(&call.ctx).remaining());
        Ok(Value::new_number(call.ctx.clone(), left))
    });
    native::define(&context, "timeRemaining", remaining?)?;
    native::define(&context, "label", world.label())?;
    native::define(&context, "event", world.event())?;
    #[expect(clippy::cast_precision_loss, reason = "nobody counts to 2^53 dispatches")]
    native::define(&context, "dispatchId", world.dispatch_id() as f64)?;
    signal(ctx, &context)?;
    Ok(context)
}

/// The signal: made when a script looks at it.
fn signal<'js>(ctx: &Ctx<'js>, context: &Object<'js>) -> Result<()> {
    let signal = Accessor::new_get(|ctx: Ctx<'js>| context_signal(&ctx));
    let _ = ctx;
    context.prop("signal", signal.enumerable().configurable())
}

/// The one signal of the dispatch.
fn context_signal<'js>(ctx: &Ctx<'js>) -> Result<Value<'js>> {
    let web = Web::of(ctx);
    if let Some(signal) = &*web.signal.borrow() {
        return Ok(signal.clone());
    }
    let signal: Value<'js> = js::export(ctx, "events", "newSignal")?.call(())?;
    *web.signal.borrow_mut() = Some(signal.clone());
    if web.aborted.get() {
        abort(ctx);
    }
    Ok(signal)
}

/// Whether the script listens to the signal, so that its abort may still settle the dispatch.
pub(crate) fn awaits_abort(ctx: &Ctx<'_>) -> bool {
    let web = Web::of(ctx);
    let Some(signal) = web.signal.borrow().clone() else { return false };
    let listened = js::export(ctx, "events", "isListened").and_then(|it| it.call((signal,)));
    !web.aborted.get() && value::swallow(ctx, listened).unwrap_or(false)
}

/// Aborts the signal in the handler's `context`.
pub(crate) fn abort<'js>(ctx: &Ctx<'js>) {
    let web = Web::of(ctx);
    web.aborted.set(true);
    let Some(signal) = web.signal.borrow().clone() else { return };
    let is_cancelled = World::of(ctx).driver.is_cancelled();
    let reason = if is_cancelled { "cancelError" } else { "timeoutError" };
    let aborted = js::export(ctx, "events", reason)
        .and_then(|reason| reason.call::<_, Value<'js>>(()))
        .and_then(|reason| {
            js::export(ctx, "events", "abortSignal")?.call::<_, ()>((signal, reason))
        });
    if let Err(error) = aborted {
        report::uncaught(ctx, "the abort of the signal", &error);
    }
}
