//! One turn of the event loop: all microtasks, then one task.

use std::ptr;

use rquickjs::{Ctx, promise::PromiseState, qjs};

use super::Wait;
use crate::{
    error::RunError,
    web::{context, report},
    world::World,
};

/// The event loop of a world, for as long as it is pumped.
pub(super) struct Loop<'a, 'js> {
    pub(super) ctx: &'a Ctx<'js>,
    pub(super) world: &'a World<'js>,
}

/// What one turn of the loop came to.
pub(super) enum Turn {
    /// Something was done.
    Busy,
    /// Nothing can be done until something comes from outside, or time has passed.
    Waits(Wait),
    /// Nothing is left that could be done.
    Idle,
}

impl Loop<'_, '_> {
    /// All microtasks, then one task, unless it has come to what it waits for.
    pub(super) fn turn(&self) -> Result<Turn, RunError> {
        self.drain()?;
        if self.world.is_decided() {
            return Ok(Turn::Idle);
        }
        if self.world.take_warning() {
            context::abort(self.ctx);
            return Ok(Turn::Busy);
        }
        if self.has_come() || self.task() {
            return Ok(Turn::Busy);
        }
        if self.world.is_idle() && !context::awaits_abort(self.ctx) {
            return Ok(Turn::Idle);
        }
        Ok(Turn::Waits(self.wait()))
    }

    /// Whether the promise that the dispatch waits for has an end.
    pub(super) fn has_come(&self) -> bool {
        let awaited = self.world.awaited.borrow();
        awaited.as_ref().is_some_and(|promise| promise.state() != PromiseState::Pending)
    }

    /// One timer that is due, or one answer of the host; false when there is none.
    fn task(&self) -> bool {
        let (what, done) = match self.world.fire_timer(self.ctx) {
            Some(done) => ("a timer", done),
            None => match self.world.hear(self.ctx) {
                Some(done) => ("an answer of the host", done),
                None => return false,
            },
        };
        if let Err(error) = done {
            report::uncaught(self.ctx, what, &error);
        }
        true
    }

    /// Until the next timer, an answer, a cancel, the warning or the deadline.
    fn wait(&self) -> Wait {
        let soonest = self.world.warning_in().min(self.world.remaining());
        let at_most = self.world.next_timer().map_or(soonest, |timer| timer.min(soonest));
        Wait { at_most, for_host: self.world.is_waiting() }
    }

    /// Runs the microtasks, and those that they queue.
    pub(super) fn drain(&self) -> Result<(), RunError> {
        while self.microtask() {
            if self.world.is_over() {
                break;
            }
        }
        if self.world.is_over() {
            return Err(self.world.driver.reason());
        }
        self.world.tell_rejections(|heard, promise, reason| {
            report::rejection(self.ctx, heard, promise, reason);
        });
        Ok(())
    }

    /// Runs one microtask; false when there is none.
    fn microtask(&self) -> bool {
        let mut of = ptr::null_mut();
        // SAFETY: the runtime is alive. The job's context, which is one of it, is written whenever a
        // job was there, and lives at least as long as what the job left.
        let ran = unsafe {
            let runtime = qjs::JS_GetRuntime(self.ctx.as_raw().as_ptr());
            qjs::JS_ExecutePendingJob(runtime, &raw mut of)
        };
        if ran < 0 {
            // All contexts of a runtime share its exception.
            let thrown = self.ctx.catch();
            if !self.world.is_over() {
                report::exception(self.ctx, "a microtask", &thrown);
            }
        }
        ran != 0
    }
}
