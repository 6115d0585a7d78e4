//! From the evaluated script to the settled dispatch: microtasks, timers, answers of the host,
//! and sleep in between.

use std::time::Duration;

use rquickjs::{Ctx, Function, Object, Promise, Result, Value, promise::PromiseState};

use crate::{
    control::Verdict,
    error::{Code, RunError},
    handlers,
    host::Level,
    script::{self, Script},
    value, web,
    world::{self, World},
};

/// Evaluates the script, calls the handler, and goes on until the dispatch is settled.
pub(crate) fn run<'js>(
    ctx: &Ctx<'js>,
    world: &World<'js>,
    script: &Script,
    details: Option<&str>,
) -> Verdict {
    let turns = Loop { ctx, world };
    turns.evaluate(script)?;
    let handler = world.handlers.find(world.event())?;
    let returned = turns.call(&handler, details)?;
    turns.finish(returned)
}

struct Loop<'a, 'js> {
    ctx: &'a Ctx<'js>,
    world: &'a World<'js>,
}

/// What one turn of the loop came to.
#[derive(PartialEq)]
enum Turn {
    /// Something was done.
    Busy,
    /// Nothing is left that could be done.
    Idle,
}

impl<'js> Loop<'_, 'js> {
    /// Runs the file; a module may take its time with top-level `await`.
    fn evaluate(&self, script: &Script) -> std::result::Result<(), RunError> {
        let evaluated = script.evaluate(self.ctx, &self.world.task().shared.compiled);
        let promise = evaluated.map_err(|error| self.broken(&value::caught(self.ctx, &error)))?;
        let Some(promise) = promise else { return self.drain(None) };
        loop {
            let turn = self.turn(Some(&promise))?;
            if let Some(reason) = world::rejected(&promise) {
                return Err(self.broken(&reason));
            }
            if promise.state() == PromiseState::Resolved {
                return Ok(());
            }
            if turn == Turn::Idle {
                let message = "a top-level `await` waits for what will never happen";
                return Err(RunError::new(Code::NeverSettled, message));
            }
        }
    }

    /// Why the file could not be evaluated, with the place in it (contract D16).
    fn broken(&self, thrown: &Value<'js>) -> RunError {
        let mut error = self.world.failure(self.ctx, thrown, Code::ScriptError);
        if let Some(import) = self.world.failed_import(&error.message) {
            return import;
        }
        let place = error.stack.as_deref().and_then(script::place);
        if let Some(place) = place.filter(|_| error.code == Code::ScriptError) {
            error.message = format!("{} ({place})", error.message);
        }
        error
    }

    /// Calls the handler; gives the promise that an `async` one returned.
    fn call(
        &self,
        handler: &Function<'js>,
        details: Option<&str>,
    ) -> std::result::Result<Option<Promise<'js>>, RunError> {
        let args = self.arguments(details)?;
        let called = self.prepared(args).and_then(|args| handler.call::<_, Value<'js>>(args));
        match called {
            Ok(returned) => Ok(returned.into_promise()),
            Err(error) if self.world.control().is_decided() => {
                self.world.uncaught(self.ctx, "the handler, after it settled", &error);
                Ok(None)
            }
            Err(error) => Err(self.failed(&error, Code::Exception)),
        }
    }

    fn prepared(
        &self,
        args: Object<'js>,
    ) -> Result<(Function<'js>, Function<'js>, Object<'js>, Object<'js>)> {
        let (resolve, reject) = handlers::settlers(self.ctx)?;
        Ok((resolve, reject, args, world::context(self.ctx, self.world)?))
    }

    /// The handler's `args`: a copy of the details, or an empty object.
    fn arguments(&self, details: Option<&str>) -> std::result::Result<Object<'js>, RunError> {
        let invalid = |message: String| RunError::new(Code::InvalidArgument, message);
        let Some(details) = details else {
            let args = Object::new(self.ctx.clone());
            return args.map_err(|error| self.failed(&error, Code::Exception));
        };
        let parsed = value::parse(self.ctx, details.as_bytes()).map_err(|error| {
            let thrown = value::caught(self.ctx, &error);
            match self.world.failure(self.ctx, &thrown, Code::InvalidArgument) {
                error if error.code == Code::InvalidArgument => {
                    invalid(format!("the details are not JSON: {}", error.message))
                }
                error => error,
            }
        })?;
        let kind = parsed.type_name();
        match parsed.into_object().filter(|object| !object.is_array()) {
            Some(object) => Ok(object),
            None => Err(invalid(format!("the details are not an object but {kind}"))),
        }
    }

    /// Goes on until the script settles, or nothing is left that could make it.
    fn finish(&self, returned: Option<Promise<'js>>) -> Verdict {
        let mut returned = returned;
        loop {
            let turn = self.turn(returned.as_ref())?;
            if self.world.control().is_decided() {
                // The decision is delivered by whoever settles the dispatch.
                return Ok(None);
            }
            if let Some(promise) = returned.take_if(|it| it.state() != PromiseState::Pending)
                && let Some(reason) = world::rejected(&promise)
            {
                return Err(self.world.failure(self.ctx, &reason, Code::Exception));
            }
            if turn == Turn::Idle {
                let message = "neither `resolve()` nor `reject()` was called, and nothing is left \
                               that could call them";
                return Err(RunError::new(Code::NeverSettled, message));
            }
        }
    }

    /// One turn: all microtasks, then one task, or sleep until there is one.
    fn turn(&self, own: Option<&Promise<'js>>) -> std::result::Result<Turn, RunError> {
        self.drain(own)?;
        if self.world.control().is_decided() {
            return Ok(Turn::Idle);
        }
        if self.world.take_warning() {
            web::abort(self.ctx, self.world);
            return Ok(Turn::Busy);
        }
        if own.is_some_and(|promise| promise.state() != PromiseState::Pending) {
            return Ok(Turn::Busy);
        }
        if self.world.fire_timer(self.ctx) || self.world.deliver(self.ctx) {
            return Ok(Turn::Busy);
        }
        if self.world.is_idle() && !web::awaits_abort(self.ctx, self.world) {
            return Ok(Turn::Idle);
        }
        self.sleep();
        Ok(Turn::Busy)
    }

    /// Runs the microtasks, and those that they queue.
    fn drain(&self, own: Option<&Promise<'js>>) -> std::result::Result<(), RunError> {
        while self.step() {
            if self.world.is_over() {
                break;
            }
        }
        if self.world.is_over() {
            return Err(self.world.control().reason());
        }
        self.world.report_rejections(self.ctx, own);
        Ok(())
    }

    /// Runs one microtask; false when there is none.
    fn step(&self) -> bool {
        let ran = self.ctx.execute_pending_job();
        if self.ctx.has_exception() {
            let thrown = self.ctx.catch();
            if !self.world.is_over() {
                self.world.log_uncaught(self.ctx, "a microtask", &thrown);
            }
        }
        ran
    }

    /// Sleeps until the next timer, an answer, a cancel, the warning or the deadline.
    fn sleep(&self) {
        let soonest = self.world.warning_in().min(self.world.remaining());
        let next = self.world.next_timer().map_or(soonest, |timer| timer.min(soonest));
        if !self.world.jump(next) {
            self.world.control().mailbox.wait(next.max(Duration::from_micros(1)), |_| true);
        }
    }

    /// What an error of the engine means for the dispatch.
    fn failed(&self, error: &rquickjs::Error, code: Code) -> RunError {
        let thrown = value::caught(self.ctx, error);
        self.world.failure(self.ctx, &thrown, code)
    }
}

impl<'js> World<'js> {
    /// The first to settle may; the others hear a warning, once.
    pub(crate) fn claim(&self) -> bool {
        match self.claims.replace(self.claims.get().saturating_add(1)) {
            0 => true,
            1 => {
                let text = "`resolve` or `reject` was called again; only the first call counts";
                self.log(Level::Warn, text);
                false
            }
            _ => false,
        }
    }

    /// What a thrown value means for the dispatch: `code`, unless there is more to say.
    pub(crate) fn failure(&self, ctx: &Ctx<'js>, thrown: &Value<'js>, code: Code) -> RunError {
        let error = value::describe(ctx, thrown, code);
        if self.is_over() {
            // Also when the value's own getters took the rest of the time.
            return self.control().reason();
        }
        let own = code == Code::Rejected || code == Code::Exception;
        let usage = &self.control().usage;
        if usage.exhausted() && is_out_of_memory(thrown, &error) {
            let limit = self.control().usage.limit();
            let message = format!("the memory limit of {limit} bytes was reached");
            return RunError { code: Code::OutOfMemory, message, ..error };
        }
        if own && code == Code::Exception && self.is_host_error(thrown) {
            return RunError { code: Code::HostError, ..error };
        }
        error
    }
}

/// Whether the engine threw this because it got no memory; `null` when not even for an error.
fn is_out_of_memory(thrown: &Value<'_>, error: &RunError) -> bool {
    thrown.is_null() || (thrown.is_error() && error.message == "out of memory")
}
