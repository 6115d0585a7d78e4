//! The stages of a dispatch: its file is run, its handler is called, and the turns of the event loop
//! go on until it is settled.

use rquickjs::{Error, Function, Object, Result, Value};

use super::{
    Wait,
    turn::{Loop, Turn},
};
use crate::{
    engine::value,
    error::{Code, RunError},
    web::{context, js, report},
    world::{
        functions, locate,
        rejections::rejected,
        script::{self, Script},
        settle,
    },
};

/// What a dispatch does next.
pub(super) enum Stage {
    /// It runs its file.
    File(Script),
    /// It waits for its file: a module, which may take its time with top-level `await`.
    Module,
    /// It waits for its handler, which may have returned a promise.
    Handler,
    /// Nothing any more.
    Over,
}

/// What came of a step.
pub(super) enum Step {
    /// There is a next one.
    Next,
    Waits(Wait),
    /// The script has settled.
    Decided,
}

/// A value, or why the dispatch ends.
type OrEnd<T> = std::result::Result<T, RunError>;

impl<'js> Loop<'_, 'js> {
    /// Goes on with the next thing to do.
    pub(super) fn step(&self, stage: &mut Stage, details: Option<&str>) -> OrEnd<Step> {
        match stage {
            Stage::File(script) => {
                *stage = self.run(script, details)?;
                Ok(Step::Next)
            }
            Stage::Module => {
                let step = self.await_module()?;
                if self.has_come() {
                    self.call(details)?;
                    *stage = Stage::Handler;
                }
                Ok(step)
            }
            Stage::Handler => self.await_handler(),
            Stage::Over => Err(RunError::internal("a dispatch was pumped after its end")),
        }
    }

    /// Runs the file, and calls the handler where that is all.
    fn run(&self, script: &Script, details: Option<&str>) -> OrEnd<Stage> {
        let evaluated = script.evaluate(self.ctx);
        let promise = evaluated.map_err(|error| self.broken(&value::caught(self.ctx, &error)))?;
        if promise.is_some() {
            self.world.awaited.replace(promise);
            return Ok(Stage::Module);
        }
        self.drain()?;
        self.call(details)?;
        Ok(Stage::Handler)
    }

    /// A turn for a module that is not through.
    fn await_module(&self) -> OrEnd<Step> {
        let turn = self.turn()?;
        if let Some(reason) = self.world.awaited.borrow().as_ref().and_then(rejected) {
            return Err(self.broken(&reason));
        }
        match turn {
            Turn::Waits(wait) => Ok(Step::Waits(wait)),
            Turn::Idle if !self.has_come() => {
                Err(self.never_settled("a top-level `await` waits for what will never happen"))
            }
            Turn::Busy | Turn::Idle => Ok(Step::Next),
        }
    }

    /// A turn for a script that has not settled.
    fn await_handler(&self) -> OrEnd<Step> {
        let turn = self.turn()?;
        if self.world.is_decided() {
            self.world.warn_of_cut_off();
            return Ok(Step::Decided);
        }
        if self.has_come()
            && let Some(promise) = self.world.awaited.take()
        {
            if let Some(reason) = rejected(&promise) {
                return Err(self.world.failure(self.ctx, &reason, Code::Exception));
            }
            let value = promise.result::<Value<'js>>();
            self.world.returned.set(matches!(value, Some(Ok(value)) if !value.is_undefined()));
        }
        match turn {
            Turn::Busy => Ok(Step::Next),
            Turn::Waits(wait) => Ok(Step::Waits(wait)),
            Turn::Idle if self.world.returned.get() => Err(self.never_settled(
                "the handler returned a value, which is no outcome: call `resolve(value)` instead",
            )),
            Turn::Idle => Err(self.never_settled(
                "neither `resolve()` nor `reject()` was called, and nothing is left that could \
                 call them",
            )),
        }
    }

    /// Why the file could not be evaluated, with the place in it (contract D16).
    fn broken(&self, thrown: &Value<'js>) -> RunError {
        let mut error = self.world.failure(self.ctx, thrown, Code::ScriptError);
        if let Some(import) = self.world.failed_import(&error.message) {
            error = RunError { stack: error.stack, ..import };
        } else if error.code != Code::ScriptError {
            return error;
        }
        if !thrown.is_error() && error.stack.is_none() {
            error.stack = locate::thrown(self.world, &error.message);
        }
        if let Some(place) = error.stack.as_deref().and_then(script::place) {
            error.message = format!("{} ({place})", error.message);
        }
        error
    }

    /// Calls the handler; an `async` one returns a promise.
    fn call(&self, details: Option<&str>) -> OrEnd<()> {
        self.world.awaited.take();
        let handler = self.world.handlers.find(self.world.event())?;
        let args = self.arguments(details)?;
        let called = self.prepared(args).and_then(|args| handler.call::<_, Value<'js>>(args));
        match called {
            Ok(returned) => {
                let is_value = !returned.is_undefined() && !returned.is_promise();
                self.world.returned.set(is_value);
                self.world.awaited.replace(returned.into_promise());
                Ok(())
            }
            Err(error) if self.world.is_decided() => {
                report::uncaught(self.ctx, report::AFTER_IT_SETTLED, &error);
                Ok(())
            }
            Err(error) => Err(self.failed(&error, Code::Exception)),
        }
    }

    fn prepared(
        &self,
        args: Object<'js>,
    ) -> Result<(Function<'js>, Function<'js>, Object<'js>, Object<'js>)> {
        let (resolve, reject) = settle::settlers(self.ctx)?;
        Ok((resolve, reject, args, context::new(self.ctx, self.world)?))
    }

    /// The handler's `args`: a copy of the details, or an empty object.
    fn arguments(&self, details: Option<&str>) -> OrEnd<Object<'js>> {
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

    /// Why nothing can settle the dispatch any more: for want of memory, if that is what nobody caught.
    fn never_settled(&self, message: &str) -> RunError {
        if self.world.ran_out.get() {
            return RunError::new(Code::OutOfMemory, self.world.limit_reached());
        }
        let stack = self.handler_place();
        RunError { stack, ..RunError::new(Code::NeverSettled, message) }
    }

    /// Where the handler was written.
    fn handler_place(&self) -> Option<String> {
        js::prepare(self.ctx).ok()?;
        let handler = self.world.handlers.find(self.world.event()).ok()?;
        functions::place(self.ctx, &handler)
    }

    /// What an error of the engine means for the dispatch.
    fn failed(&self, error: &Error, code: Code) -> RunError {
        let thrown = value::caught(self.ctx, error);
        self.world.failure(self.ctx, &thrown, code)
    }
}
