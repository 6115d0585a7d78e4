//! One dispatch: from the request to the outcome, on a thread of the pool.

use std::{
    sync::{Arc, Weak},
    time::Duration,
};

use rquickjs::{Context, Runtime, qjs};

use crate::{
    control::{Control, Done},
    error::{Code, RunError},
    event_loop,
    heap::{Heap, Usage},
    history,
    host::{self, Call},
    mailbox::{self, Answer},
    modules::Bundle,
    pool::{Job, Pool},
    runner::Shared,
    script::{self, Script},
    settings::{DEFAULT_MEMORY_LIMIT, DEFAULT_TIMEOUT, RunnerSpec},
    world::{Intrinsics, World},
};

/// What JavaScript may use of the thread's stack.
const STACK_LIMIT: usize = 1024 * 1024;

/// The engine collects cycles when its heap holds this part of the limit, within bounds: most
/// dispatches end before, and then all of it is given back at once.
const GC_SHARE: usize = 16;
const GC_BOUNDS: (usize, usize) = (256 * 1024, 4 * 1024 * 1024);

/// The call that loads the source; calls of the script count from there.
const LOAD: u64 = 0;

/// An event for a runner.
#[derive(Clone, Debug, Default)]
pub struct Request {
    /// The runner.
    pub label: String,
    /// The event that its script has a handler for.
    pub event: String,
    /// The handler's `args`, a JSON object; none for `{}`.
    pub details: Option<String>,
    /// Who asks, for the run's record: `app`, `schedule`, `notification`...
    pub trigger: String,
    /// The time budget; none for the runner's.
    pub timeout: Option<Duration>,
    /// How long the script may go on after a cancel.
    pub grace: Option<Duration>,
    /// The heap limit in bytes; none for the runner's.
    pub memory_limit: Option<usize>,
}

/// A dispatch that was started.
#[derive(Clone)]
pub struct Dispatch {
    control: Arc<Control>,
    pool: Weak<Pool>,
}

impl Dispatch {
    pub(crate) fn new(control: &Arc<Control>, pool: &Arc<Pool>) -> Self {
        Self { control: Arc::clone(control), pool: Arc::downgrade(pool) }
    }

    /// The id in its outcome and its log records.
    #[must_use]
    pub fn id(&self) -> u64 {
        self.control.id
    }

    /// Asks it to end with `CANCELLED`; harmless when it was asked before, or has ended.
    pub fn cancel(&self) {
        match self.pool.upgrade() {
            Some(pool) => pool.cancel(&self.control),
            None => self.control.cancel(),
        }
    }
}

/// The work that answers `request`.
pub(crate) fn job(shared: &Arc<Shared>, id: u64, request: Request, done: Done) -> Job {
    let spec = shared.settings.runner(&request.label);
    let timeout = request.timeout.or_else(|| spec?.timeout);
    let memory_limit = request.memory_limit.or_else(|| spec?.memory_limit);
    let memory_limit = memory_limit.filter(|limit| *limit > 0).unwrap_or(DEFAULT_MEMORY_LIMIT);
    let control = Arc::new_cyclic(|control| {
        let done = recorded(shared, Weak::clone(control), request.trigger, done);
        Control::new(
            id,
            (request.label.clone(), request.event.clone()),
            request.grace.unwrap_or_default(),
            Usage::new(memory_limit, shared.settings.faults.clone()),
            done,
        )
    });
    let budget = timeout.unwrap_or(DEFAULT_TIMEOUT);
    let details = request.details;
    let task = Arc::new(Task {
        shared: Arc::clone(shared),
        control: Arc::clone(&control),
        budget,
        virtual_budget: timeout,
    });
    Job { control, budget, work: Box::new(move || task.perform(details.as_deref())) }
}

/// Has an outcome remembered, in the file as well, before it is told: who hears of it may let the
/// system end the process.
fn recorded(shared: &Arc<Shared>, control: Weak<Control>, trigger: String, done: Done) -> Done {
    let shared = Arc::clone(shared);
    Box::new(move |outcome| {
        if let Some(control) = control.upgrade() {
            shared.history.add(history::record(&control, trigger, &outcome));
        }
        done(outcome);
    })
}

/// One dispatch at work.
pub(crate) struct Task {
    pub(crate) shared: Arc<Shared>,
    pub(crate) control: Arc<Control>,
    pub(crate) budget: Duration,
    /// A budget that somebody asked for holds in virtual time too; the default is for real time.
    pub(crate) virtual_budget: Option<Duration>,
}

impl Task {
    fn perform(self: &Arc<Self>, details: Option<&str>) {
        if let Err(error) = self.source().and_then(|script| self.live(&script, details)) {
            self.control.settle(Err(error));
        }
        self.control.mailbox.close();
    }

    /// Finds the runner and has its source loaded.
    fn source(&self) -> Result<Script, RunError> {
        if self.control.event.is_empty() {
            return Err(RunError::new(Code::InvalidArgument, "the event has no name"));
        }
        let spec = self.spec()?;
        let call = Call::new(LOAD, Arc::clone(&self.control.mailbox));
        host::guarded(|| self.shared.host.load(&spec.src, call.reply()));
        let text = self.receive(&call, &spec.src)?;
        Script::known(&spec.src, text, &self.shared.compiled)
    }

    pub(crate) fn spec(&self) -> Result<&RunnerSpec, RunError> {
        let label = &self.control.label;
        self.shared.settings.runner(label).ok_or_else(|| {
            let runners = &self.shared.settings.runners;
            let known: Vec<_> = runners.iter().map(|runner| runner.label.as_str()).collect();
            let message = match known[..] {
                [] => format!("no runner has the label `{label}`: none is configured"),
                _ => {
                    format!("no runner has the label `{label}`: there is `{}`", known.join("`, `"))
                }
            };
            RunError::new(Code::RunnerNotFound, message)
        })
    }

    /// Waits for a file, in one piece or in chunks.
    pub(crate) fn receive(&self, call: &Call, path: &str) -> Result<Vec<u8>, RunError> {
        let mut text = Vec::new();
        loop {
            match self.answer(call)? {
                Answer::Head(_) => {}
                Answer::Chunk(bytes)
                    if text.len().saturating_add(bytes.len()) > self.control.usage.limit() =>
                {
                    call.cancel();
                    return Err(script::load_error(path, &mailbox::too_large()));
                }
                Answer::Chunk(bytes) => text.extend_from_slice(&bytes),
                Answer::Done(bytes) if text.is_empty() => return Ok(bytes),
                Answer::Done(bytes) => {
                    text.extend_from_slice(&bytes);
                    return Ok(text);
                }
                Answer::Failed(error) => {
                    call.cancel();
                    return Err(script::load_error(path, &error));
                }
            }
        }
    }

    /// Sleeps until the host answers `call`, or the dispatch is over.
    pub(crate) fn answer(&self, call: &Call) -> Result<Answer, RunError> {
        loop {
            match self.control.mailbox.take_for(call.id()) {
                // A host that is closed as well fails what it was asked: the cancel came first.
                Some(Answer::Failed(_)) if self.control.is_over() => {
                    call.cancel();
                    return Err(self.control.reason());
                }
                Some(answer) => return Ok(answer),
                None => {}
            }
            if self.control.is_over() {
                call.cancel();
                return Err(self.control.reason());
            }
            let left = self.control.time_left();
            self.control.mailbox.wait(left, |message| message.call == call.id());
        }
    }

    /// One world, from its creation to its end; the outcome is delivered before the end.
    fn live(self: &Arc<Self>, script: &Script, details: Option<&str>) -> Result<(), RunError> {
        let heap = Heap::new(Arc::clone(&self.control.usage)).ok_or_else(out_of_memory)?;
        let runtime = Runtime::new_with_alloc(heap).map_err(|_| out_of_memory())?;
        runtime.set_max_stack_size(STACK_LIMIT);
        let (least, most) = GC_BOUNDS;
        let threshold = self.control.usage.limit() / GC_SHARE;
        runtime.set_gc_threshold(threshold.clamp(least, most));
        runtime.set_loader(Bundle, Bundle);
        let control = Arc::clone(&self.control);
        runtime.set_interrupt_handler(Some(Box::new(move || control.interrupts())));
        runtime.set_host_promise_rejection_tracker(Some(Box::new(
            |ctx, promise, reason, handled| {
                World::of(&ctx).track_rejection(promise, reason, handled);
            },
        )));
        let context = Context::custom::<Intrinsics>(&runtime).map_err(|_| out_of_memory())?;
        context.with(|ctx| {
            let world = World::install(&ctx, self).map_err(|_| out_of_memory())?;
            let usage = &self.control.usage;
            usage.learn(|| script::compile_nothing(&ctx));
            // SAFETY: the context is of this runtime, which lives until after `disarm`, on this
            // thread; its heap has this usage.
            if !unsafe { usage.arm(qjs::JS_GetRuntime(ctx.as_raw().as_ptr())) } {
                return Err(out_of_memory());
            }
            let end = End { world: &world, usage };
            let verdict = event_loop::run(&ctx, &world, script, details);
            self.control.settle(verdict);
            drop(end);
            Ok(())
        })
    }
}

/// Ends a world, also when a panic passes: the host need not answer what it was asked, and the
/// heap forgets the engine before that is gone.
struct End<'a, 'js> {
    world: &'a World<'js>,
    usage: &'a Usage,
}

impl Drop for End<'_, '_> {
    fn drop(&mut self) {
        self.world.close();
        self.usage.disarm();
    }
}

/// The heap limit does not even hold an empty world.
fn out_of_memory() -> RunError {
    RunError::new(Code::OutOfMemory, "the memory limit is too small for a world")
}
