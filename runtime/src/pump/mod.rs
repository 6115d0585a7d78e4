//! The pump: moves one world on, from its file to its outcome, without a clock, a lock or a thread.
//!
//! Who drives a dispatch (`drive/` does where there are threads) starts a pump with a [`Driver`] of its
//! own, and then, until the dispatch is over:
//!
//! - calls [`Pump::pump`], which runs the script as far as it gets and says what it waits for;
//! - delivers what the host says to the world's [`Inbox`](crate::world::inbox::Inbox);
//! - lets time pass.

mod stage;
#[cfg(test)]
mod tests;
mod turn;

use std::{cell::RefCell, rc::Rc, sync::Arc, time::Duration};

use rquickjs::{Context, Ctx, Runtime, qjs};

use self::{
    stage::{Stage, Step},
    turn::Loop,
};
use crate::{
    engine::{
        errors,
        heap::{Heap, Usage},
    },
    error::{Code, RunError},
    web,
    world::{
        Assignment, Intrinsics, World,
        driver::{Driver, Verdict},
        modules::Bundle,
        script::{self, Script},
        stack::STACK_LIMIT,
    },
};

/// The engine collects cycles when its heap holds this part of the limit, within bounds: most
/// dispatches end before, and then all of it is given back at once.
const GC_SHARE: usize = 16;
const GC_BOUNDS: (usize, usize) = (256 * 1024, 4 * 1024 * 1024);

/// One world, from its creation to its end, on whatever thread it was made.
pub(crate) struct Pump {
    stage: RefCell<Stage>,
    details: Option<String>,
    context: Context,
    usage: Arc<Usage>,
    /// Goes last.
    _runtime: Runtime,
}

/// How far a pump came.
pub(crate) enum Pumped {
    /// The dispatch is over: with what the script decided before (see [`Driver::decide`]), or else
    /// with this.
    Over(Verdict),
    /// There is nothing to do.
    Waits(Wait),
}

/// What a dispatch waits for: something in its inbox, a cancel, and so much time at most.
pub(crate) struct Wait {
    pub(crate) at_most: Duration,
    /// Whether the script waits for an answer of the host.
    pub(crate) for_host: bool,
}

impl Pump {
    /// Makes a world for `assignment`, which is to run `script` and call its handler with `details`.
    ///
    /// # Errors
    ///
    /// `OUT_OF_MEMORY` when the limit is too small for a world; why the dispatch is over, if it is.
    pub(crate) fn start(
        driver: &Rc<dyn Driver>,
        assignment: Assignment,
        script: Script,
        details: Option<String>,
    ) -> Result<Self, RunError> {
        let usage = Arc::clone(&assignment.usage);
        let runtime = engine(driver, &usage)?;
        let context = Context::custom::<Intrinsics>(&runtime).map_err(|_| out_of_memory())?;
        context.with(|ctx| {
            make(&ctx, driver, assignment)?;
            usage.compiler.measure_record(|| script::compile_nothing(&ctx));
            // SAFETY: the context is of this runtime, which lives until after `disarm`, on this
            // thread; its heap has this usage.
            if unsafe { usage.arm(qjs::JS_GetRuntime(ctx.as_raw().as_ptr())) } {
                return Ok(());
            }
            usage.disarm();
            Err(out_of_memory())
        })?;
        let stage = RefCell::new(Stage::File(script));
        Ok(Self { stage, details, context, usage, _runtime: runtime })
    }

    /// Runs the script until the dispatch is over or has to wait.
    pub(crate) fn pump(&self) -> Pumped {
        self.context.with(|ctx| {
            let world = World::of(&ctx);
            let turns = Loop { ctx: &ctx, world: &world };
            let mut stage = self.stage.borrow_mut();
            let over = loop {
                match turns.step(&mut stage, self.details.as_deref()) {
                    Ok(Step::Next) => {}
                    Ok(Step::Waits(wait)) => return Pumped::Waits(wait),
                    Ok(Step::Decided) => break Ok(None),
                    Err(error) => break Err(world.shown_error(error)),
                }
            };
            *stage = Stage::Over;
            Pumped::Over(over)
        })
    }
}

/// Ends the world, also when a panic passes: the host need not answer what it was asked, and the heap
/// forgets the engine before that is gone.
impl Drop for Pump {
    fn drop(&mut self) {
        self.context.with(|ctx| {
            World::of(&ctx).close();
            web::close(&ctx);
            errors::forget(&ctx);
        });
        self.usage.disarm();
    }
}

/// An engine whose heap is counted, and which asks the driver whether to go on.
fn engine(driver: &Rc<dyn Driver>, usage: &Arc<Usage>) -> Result<Runtime, RunError> {
    let heap = Heap::new(Arc::clone(usage)).ok_or_else(out_of_memory)?;
    let runtime = Runtime::new_with_alloc(heap).map_err(|_| out_of_memory())?;
    runtime.set_max_stack_size(STACK_LIMIT);
    let (least, most) = GC_BOUNDS;
    runtime.set_gc_threshold((usage.limit() / GC_SHARE).clamp(least, most));
    runtime.set_loader(Bundle, Bundle);
    let asked = Rc::clone(driver);
    runtime.set_interrupt_handler(Some(Box::new(move || asked.interrupts())));
    runtime.set_host_promise_rejection_tracker(Some(Box::new(|ctx, promise, reason, handled| {
        World::of(&ctx).track_rejection(promise, reason, handled);
    })));
    Ok(runtime)
}

/// The world of a context, with its APIs.
fn make(ctx: &Ctx<'_>, driver: &Rc<dyn Driver>, assignment: Assignment) -> Result<(), RunError> {
    let usage = Arc::clone(&assignment.usage);
    // SAFETY: the context's engine was made with the heap of this usage.
    unsafe { usage.attach(ctx) };
    World::install(ctx, Rc::clone(driver), assignment)
        .and_then(|world| web::install(ctx, &world))
        .map_err(|_| {
            let is_over = usage.is_stopped() || driver.remaining().is_zero();
            if is_over { driver.reason() } else { out_of_memory() }
        })
}

/// The heap limit does not even hold an empty world.
fn out_of_memory() -> RunError {
    RunError::new(Code::OutOfMemory, "the memory limit is too small for a world")
}
