//! What errors mean for the dispatch: those that a script throws, and those that its host answers.

use std::cell::RefCell;

use rquickjs::{Ctx, Error, Exception, Result, Type, Value, qjs};

use super::World;
use crate::{
    engine::{native, value},
    error::{Code, RunError},
    host::{HostError, OUT_OF_MEMORY},
};

/// What the engine says when it gets no memory.
const REFUSED: [&str; 2] = ["out of memory", "out of memory in regexp execution"];

/// How many errors of the host are remembered, to tell them from the script's own.
const REMEMBERED: usize = 16;

/// The last errors that the host answered.
#[derive(Default)]
pub(super) struct HostErrors<'js>(RefCell<Vec<Value<'js>>>);

impl HostErrors<'_> {
    pub(super) fn clear(&self) {
        drop(self.0.take());
    }
}

impl<'js> World<'js> {
    /// What a thrown value means for the dispatch: `code`, unless there is more to say.
    pub(crate) fn failure(&self, ctx: &Ctx<'js>, thrown: &Value<'js>, code: Code) -> RunError {
        let error = value::describe(ctx, thrown, code);
        if self.is_over() {
            // Also when the value's own getters took the rest of the time.
            return self.driver.reason();
        }
        let own = code == Code::Rejected || code == Code::Exception;
        if self.is_out_of_memory(thrown, &error) {
            let message = self.limit_reached();
            return RunError { code: Code::OutOfMemory, message, ..error };
        }
        if own && code == Code::Exception && self.is_host_error(thrown) {
            return RunError { code: Code::HostError, ..error };
        }
        error
    }

    /// Whether this was thrown because memory was refused: `null` or nothing at all when there was not
    /// even memory for an error.
    pub(crate) fn is_out_of_memory(&self, thrown: &Value<'js>, error: &RunError) -> bool {
        let has_no_error = thrown.is_null() || thrown.type_of() == Type::Uninitialized;
        let is_the_engines = thrown.is_error() && REFUSED.contains(&error.message.as_str());
        self.memory().exhausted() && (has_no_error || is_the_engines)
    }

    /// What a dispatch hears that holds too much.
    pub(crate) fn limit_reached(&self) -> String {
        format!("the memory limit of {} bytes was reached", self.memory().limit())
    }

    /// Throws an `Error` with the host's code and message.
    pub(crate) fn throw_host_error(&self, ctx: &Ctx<'js>, error: &HostError) -> Error {
        match self.host_error(ctx, error) {
            Ok(value) => ctx.throw(value),
            Err(error) => error,
        }
    }

    /// An `Error` with the host's code and message.
    /// An answer that does not fit into the memory is what the engine says of its own.
    pub(crate) fn host_error(&self, ctx: &Ctx<'js>, error: &HostError) -> Result<Value<'js>> {
        if error.code == OUT_OF_MEMORY {
            self.memory().refuse();
            return Ok(value::caught(ctx, &Error::Allocation));
        }
        let object = Exception::from_message(ctx.clone(), &error.message)?.into_object();
        native::define(&object, "code", error.code.as_str())?;
        let value = object.into_value();
        let mut remembered = self.host_errors.0.borrow_mut();
        if remembered.len() == REMEMBERED {
            remembered.remove(0);
        }
        remembered.push(value.clone());
        Ok(value)
    }

    /// Whether this very error came from the host.
    pub(crate) fn is_host_error(&self, value: &Value<'js>) -> bool {
        self.host_errors.0.borrow().contains(value)
    }
}

/// Throws what no script can catch: the dispatch is over.
pub(crate) fn interrupt(ctx: &Ctx<'_>) -> Error {
    let error = Exception::throw_internal(ctx, "interrupted");
    let thrown = ctx.catch();
    // SAFETY: the context is alive and the value is of it.
    unsafe { qjs::JS_SetUncatchableError(ctx.as_raw().as_ptr(), thrown.as_raw()) };
    ctx.throw(thrown);
    error
}
