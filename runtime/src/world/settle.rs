//! `resolve` and `reject`: the script's two ways to settle, of which the first call counts.

use std::cell::{Cell, RefCell};

use rquickjs::{Ctx, Error, Function, Result, Value};

use super::{World, driver::Verdict, failure::interrupt, lossy};
use crate::{
    engine::{
        memory::{Charge, Charged},
        native::{Call, function},
        value,
    },
    error::{Code, RunError},
    host::Level,
};

/// What a script has settled so far.
#[derive(Default)]
pub(super) struct Settlement {
    /// How often it tried to.
    claims: Cell<u32>,
    /// Whether it did.
    is_decided: Cell<bool>,
    /// Whether that was by `resolve`, with what has a JSON form.
    is_resolved: Cell<bool>,
    /// For the result: it is there as long as the world is.
    result: RefCell<Option<Charge>>,
}

/// The longest JSON of which is looked for what it lost.
const LOOKED_THROUGH: usize = 64 * 1024;

impl<'js> World<'js> {
    /// Warns of what a result loses as JSON.
    fn warn_of_loss(&self, ctx: &Ctx<'js>, given: &Value<'js>, json: Option<&str>) {
        if json.is_none_or(|json| json.len() <= LOOKED_THROUGH)
            && let Some(lost) = lossy::lost(ctx, given)
        {
            self.log(Level::Warn, &format!("`resolve(value)` takes what JSON can carry: {lost}"));
        }
    }
}

impl World<'_> {
    /// Whether the script has settled.
    pub(crate) fn is_decided(&self) -> bool {
        self.settlement.is_decided.get()
    }

    /// Whether it called `resolve` first, and with what has a JSON form.
    pub(super) fn is_resolved(&self) -> bool {
        self.settlement.is_resolved.get()
    }

    /// The first to settle may; the others hear a warning, once.
    fn claim(&self) -> bool {
        match self.settlement.claims.replace(self.settlement.claims.get().saturating_add(1)) {
            0 => true,
            1 => {
                let text = "`resolve` or `reject` was called again; only the first call counts";
                self.log(Level::Warn, text);
                false
            }
            _ => false,
        }
    }
}

/// The script's two ways to settle, and what they make of a value.
pub(crate) fn settlers<'js>(ctx: &Ctx<'js>) -> Result<(Function<'js>, Function<'js>)> {
    let settler = |made: Value<'js>| made.into_function().ok_or(Error::Unknown);
    let resolve = settler(function(ctx, "resolve", 0, resolve)?)?;
    Ok((resolve, settler(function(ctx, "reject", 0, reject)?)?))
}

fn resolve<'js>(call: &Call<'_, 'js>) -> Result<Value<'js>> {
    let ctx = &call.ctx;
    let world = World::of(ctx);
    if !world.claim() {
        return Ok(call.undefined());
    }
    let given = (call.len() > 0).then(|| call.arg(0));
    let verdict = match given.clone().map(|given| result(ctx, &world, given)).transpose() {
        Ok(json) => {
            let json = json.flatten();
            if let Some(given) = &given {
                world.warn_of_loss(ctx, given, json.as_deref());
            }
            Ok(json)
        }
        Err(error) => {
            let thrown = value::caught(ctx, &error);
            if world.is_over() {
                // The conversion was interrupted: the deadline says what there is to say.
                return Err(ctx.throw(thrown));
            }
            let mut error = world.failure(ctx, &thrown, Code::NotSerializable);
            let reason = given.as_ref().and_then(|given| lossy::reason(ctx, given));
            if let Some(reason) = reason.filter(|_| error.code == Code::NotSerializable) {
                error.message = format!("{}: {reason}", error.message);
            }
            Err(error)
        }
    };
    world.settlement.is_resolved.set(verdict.is_ok());
    decide(call, &world, verdict)
}

/// The JSON of what was given to `resolve`, for which the world is charged from now on.
fn result<'js>(ctx: &Ctx<'js>, world: &World<'js>, given: Value<'js>) -> Result<Option<String>> {
    let Some(json) = value::stringify(ctx, given)? else { return Ok(None) };
    // The host makes a copy of its own to pass it on.
    let copies = json.len().saturating_mul(2);
    let (json, charge) = Charged::new(world.memory(), copies, || (*json).to_owned())?.into_parts();
    world.settlement.result.replace(Some(charge));
    Ok(Some(json))
}

fn reject<'js>(call: &Call<'_, 'js>) -> Result<Value<'js>> {
    let world = World::of(&call.ctx);
    if !world.claim() {
        return Ok(call.undefined());
    }
    let reason = call.arg(0);
    let error = if reason.is_undefined() {
        RunError::new(Code::Rejected, "rejected without a reason")
    } else {
        world.failure(&call.ctx, &reason, Code::Rejected)
    };
    decide(call, &world, Err(error))
}

/// Settles, unless it is too late for that: what swallowed the interruption decides nothing.
fn decide<'js>(call: &Call<'_, 'js>, world: &World<'js>, verdict: Verdict) -> Result<Value<'js>> {
    if world.remaining().is_zero() {
        return Err(interrupt(&call.ctx));
    }
    world.settlement.is_decided.set(true);
    world.driver.decide(verdict.map_err(|error| world.shown_error(error)));
    Ok(call.undefined())
}
