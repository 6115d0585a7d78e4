//! One JavaScript world: its globals, its state, and the services that web APIs build on.
//!
//! # For the modules in `web/`
//!
//! [`World::of`] gives the world of a context. It lends no borrow of the engine's user data, so a
//! module may keep state of its own with `ctx.store_userdata` (at `init`, for instance).
//!
//! A Rust closure given to the engine must not own JavaScript values: the collector does not see
//! them, so a cycle through them never dies. What has to be kept goes into the world
//! ([`World::set_timer`], [`World::fetch`]), into a property, or into a class that traces it.
//! Memory that a script can make grow outside the engine's heap is counted with [`World::charge`].

use std::{
    cell::{Cell, RefCell},
    collections::HashMap,
    ptr::NonNull,
    rc::Rc,
    sync::Arc,
    time::Duration,
};

use rquickjs::{
    Ctx, Error, Exception, Function, JsLifetime, Object, Promise, Result, Value,
    context::intrinsic, promise::PromiseState, qjs,
};

use crate::{
    clock::{Clock, millis},
    control::Control,
    dispatch::Task,
    error::RunError,
    handlers::{self, Handlers},
    host::{self, ApiSpec, Call, FetchHead, FetchRequest, HostCall, HostError, Level, LogRecord},
    mailbox::Answer,
    script::Script,
    timers::{self, Callback, Timers},
    value, web,
};

/// What a question to the host costs outside the engine's heap, about.
const CALL_COST: usize = 512;

/// How many errors of the host are remembered, to tell them from the script's own.
const REMEMBERED: usize = 16;

/// What the engine puts into a realm: everything but `DOMException`, `atob`, `btoa` and `performance`,
/// which are made when a script touches them (see `web/dom.rs` and `web/misc.js`).
pub(crate) type Intrinsics = (
    intrinsic::Date,
    intrinsic::Eval,
    intrinsic::RegExp,
    intrinsic::Json,
    intrinsic::Proxy,
    intrinsic::MapSet,
    intrinsic::TypedArrays,
    intrinsic::Promise,
    intrinsic::WeakRef,
);

/// The state of one world. See the module's documentation for how to use it.
pub(crate) struct World<'js> {
    task: Arc<Task>,
    /// The context of the script, among those that its runtime may have.
    realm: NonNull<qjs::JSContext>,
    clock: Arc<dyn Clock>,
    /// The clock's time when the world began.
    origin: Duration,
    /// The same moment in milliseconds since 1970.
    time_origin: f64,
    pub(crate) handlers: Handlers<'js>,
    pub(crate) web: web::Exports<'js>,
    timers: RefCell<Timers<'js>>,
    pending: RefCell<HashMap<u64, Pending<'js>>>,
    next_call: Cell<u64>,
    host_errors: RefCell<Vec<Value<'js>>>,
    rejections: RefCell<Vec<Rejection<'js>>>,
    warned: Cell<bool>,
    /// The modules that are just being compiled.
    pub(crate) importing: RefCell<Vec<Script>>,
    failed_import: RefCell<Option<RunError>>,
    /// How often the script tried to settle.
    pub(crate) claims: Cell<u32>,
}

/// A rejected promise that nobody has handled yet.
struct Rejection<'js> {
    promise: Value<'js>,
    reason: Value<'js>,
}

/// A question that the host has not answered yet.
struct Pending<'js> {
    call: Call,
    sink: Sink<'js>,
}

/// Who takes the answers of the host.
type Sink<'js> = Rc<dyn Fn(&Ctx<'js>, Answer) -> Result<()> + 'js>;

/// The piece of a response that has just come.
#[derive(Debug)]
pub(crate) enum FetchEvent {
    /// Status and headers; once, first.
    Head(FetchHead),
    /// A piece of the body.
    Chunk(Vec<u8>),
    /// The body is complete; the last event.
    Done,
    /// The transfer failed; the last event.
    Failed(HostError),
}

/// Keeps the world where [`World::of`] finds it.
struct Slot<'js>(Rc<World<'js>>);

// SAFETY: the type is the same but for the lifetime of its values.
unsafe impl<'js> JsLifetime<'js> for Slot<'js> {
    type Changed<'to> = Slot<'to>;
}

impl<'js> World<'js> {
    /// Makes the world of a context: its globals, and its state.
    pub(crate) fn install(ctx: &Ctx<'js>, task: &Arc<Task>) -> Result<Rc<Self>> {
        let clock = task.shared.host.clock();
        let (origin, time_origin) = (clock.now(), clock.wall());
        let world = Rc::new(Self {
            task: Arc::clone(task),
            realm: ctx.as_raw(),
            clock,
            origin,
            time_origin,
            handlers: Handlers::default(),
            web: web::Exports::default(),
            timers: RefCell::default(),
            pending: RefCell::default(),
            next_call: Cell::new(1),
            host_errors: RefCell::default(),
            rejections: RefCell::default(),
            warned: Cell::new(false),
            importing: RefCell::default(),
            failed_import: RefCell::default(),
            claims: Cell::new(0),
        });
        ctx.store_userdata(Slot(Rc::clone(&world)))?;
        handlers::install(ctx)?;
        web::install(ctx)?;
        Ok(world)
    }

    /// The world of a context.
    pub(crate) fn of(ctx: &Ctx<'js>) -> Rc<Self> {
        #[expect(clippy::expect_used, reason = "no script runs before `install`")]
        let slot = ctx.userdata::<Slot<'js>>().expect("a context has its world from the start");
        Rc::clone(&slot.0)
    }

    /// The context that the script runs in, wherever a call of it comes from.
    pub(crate) fn realm(&self) -> Ctx<'js> {
        // SAFETY: a world lives in its context, and goes before it.
        unsafe { Ctx::from_raw(self.realm) }
    }

    // ---- who and when -------------------------------------------------------------------------

    /// The label of the runner.
    pub(crate) fn label(&self) -> &str {
        &self.control().label
    }

    /// The event of the dispatch.
    pub(crate) fn event(&self) -> &str {
        &self.control().event
    }

    /// The number of the dispatch.
    pub(crate) fn dispatch_id(&self) -> u64 {
        self.control().id
    }

    /// `ios`, `android`, `web` or `desktop`.
    pub(crate) fn platform(&self) -> &str {
        &self.task.shared.settings.platform
    }

    /// The device APIs of the app.
    pub(crate) fn apis(&self) -> &[ApiSpec] {
        &self.task.shared.apis
    }

    /// Those that the runner may use; none for all of them.
    pub(crate) fn allowed_apis(&self) -> Option<&[String]> {
        self.task.shared.settings.runner(self.label())?.apis.as_deref()
    }

    /// Whether the app adds this API, and not the device.
    pub(crate) fn is_added(&self, api: &ApiSpec) -> bool {
        self.task.shared.settings.apis.iter().any(|added| added.name == api.name)
    }

    /// `performance.now()`: milliseconds since the world began.
    pub(crate) fn now(&self) -> f64 {
        millis(self.elapsed())
    }

    /// `performance.timeOrigin`
    pub(crate) fn time_origin(&self) -> f64 {
        self.time_origin
    }

    /// `Date.now()`: milliseconds since 1970, on the world's own clock.
    pub(crate) fn wall(&self) -> f64 {
        self.clock.wall()
    }

    /// Whether the clock jumps instead of waiting.
    pub(crate) fn is_virtual(&self) -> bool {
        self.clock.is_virtual()
    }

    fn elapsed(&self) -> Duration {
        self.clock.now().saturating_sub(self.origin)
    }

    /// How long until the deadline, or the end of the grace period.
    pub(crate) fn remaining(&self) -> Duration {
        let real = self.control().time_left();
        match self.task.virtual_budget.filter(|_| self.is_virtual()) {
            Some(budget) => real.min(budget.saturating_sub(self.elapsed())),
            None => real,
        }
    }

    /// Whether JavaScript must not go on.
    pub(crate) fn is_over(&self) -> bool {
        self.control().usage.is_stopped() || self.remaining().is_zero()
    }

    pub(crate) fn control(&self) -> &Control {
        &self.task.control
    }

    pub(crate) fn task(&self) -> &Arc<Task> {
        &self.task
    }

    // ---- memory and chance --------------------------------------------------------------------

    /// Counts `bytes` held outside the engine's heap against the memory limit.
    ///
    /// # Errors
    ///
    /// `InternalError: out of memory` when they do not fit.
    pub(crate) fn charge(&self, bytes: usize) -> Result<()> {
        if self.control().usage.charge(bytes) { Ok(()) } else { Err(Error::Allocation) }
    }

    /// Takes back what [`World::charge`] counted.
    pub(crate) fn discharge(&self, bytes: usize) {
        self.control().usage.give(bytes);
    }

    /// Fills `bytes` from the system's secure generator.
    ///
    /// # Errors
    ///
    /// An `Error`, when the system has none.
    #[expect(clippy::unused_self, reason = "chance is a service of the world, as time is")]
    pub(crate) fn random(&self, ctx: &Ctx<'js>, bytes: &mut [u8]) -> Result<()> {
        getrandom::fill(bytes).map_err(|error| {
            let message = format!("the system gives no random numbers: {error}");
            Exception::throw_message(ctx, &message)
        })
    }

    // ---- log ----------------------------------------------------------------------------------

    /// Makes one record of the script's log.
    pub(crate) fn log(&self, level: Level, text: &str) {
        let record = LogRecord {
            level,
            text,
            time_ms: self.wall(),
            label: self.label(),
            event: self.event(),
            dispatch_id: self.dispatch_id(),
        };
        self.control().tail.push(&record);
        host::guarded(|| self.task.shared.host.log(&record));
    }

    /// Logs an exception that belongs to no handler (contract D15).
    pub(crate) fn log_uncaught(&self, ctx: &Ctx<'js>, what: &str, thrown: &Value<'js>) {
        let error = value::describe(ctx, thrown, crate::error::Code::Exception);
        let stack = error.stack.as_deref().map_or(String::new(), |stack| format!("\n{stack}"));
        let text = format!("uncaught in {what}: {}: {}{stack}", error.name, error.message);
        self.log(Level::Error, text.trim_end());
    }

    // ---- timers -------------------------------------------------------------------------------

    /// Calls `function` with `args` after `delay`, once or (`repeat`) again and again.
    ///
    /// # Errors
    ///
    /// `InternalError: out of memory` when there are too many.
    pub(crate) fn set_timer(
        &self,
        function: Function<'js>,
        args: Vec<Value<'js>>,
        delay: Duration,
        repeat: bool,
    ) -> Result<i32> {
        self.charge(timers::COST)?;
        let callback = Callback { function, args };
        let times = (self.clock.now(), delay);
        Ok(self.timers.borrow_mut().set(callback, times, repeat))
    }

    /// Forgets a timer; an unknown id is ignored.
    pub(crate) fn clear_timer(&self, id: i32) {
        // The callback is dropped when the timers are free again: it may be the last of its kind.
        let callback = self.timers.borrow_mut().clear(id);
        if callback.is_some() {
            self.discharge(timers::COST);
        }
    }

    /// Calls the first timer that is due; false when there is none.
    pub(crate) fn fire_timer(&self, ctx: &Ctx<'js>) -> bool {
        let due = self.timers.borrow_mut().take_due(self.clock.now());
        let Some((callback, last)) = due else { return false };
        if last {
            self.discharge(timers::COST);
        }
        let mut args = rquickjs::function::Args::new(ctx.clone(), callback.args.len());
        let result = args
            .push_args(callback.args)
            .and_then(|()| callback.function.call_arg::<Value<'js>>(args));
        self.timers.borrow_mut().fired();
        if let Err(error) = result {
            self.uncaught(ctx, "a timer", &error);
        }
        true
    }

    /// When the next timer is due, counted from now.
    pub(crate) fn next_timer(&self) -> Option<Duration> {
        let due = self.timers.borrow().next_due()?;
        Some(due.saturating_sub(self.clock.now()))
    }

    /// Lets `time` pass without sleeping, where the clock can.
    pub(crate) fn jump(&self, time: Duration) -> bool {
        self.clock.jump(self.clock.now().saturating_add(time), self.is_waiting())
    }

    /// Logs what an event loop's step threw, unless it was the end of the dispatch.
    pub(crate) fn uncaught(&self, ctx: &Ctx<'js>, what: &str, error: &Error) {
        let thrown = value::caught(ctx, error);
        if !self.is_over() {
            self.log_uncaught(ctx, what, &thrown);
        }
    }

    // ---- questions to the host ----------------------------------------------------------------

    /// Calls a device API and waits for its result.
    ///
    /// # Errors
    ///
    /// The host's error, thrown; an interruption when the dispatch ends meanwhile.
    pub(crate) fn call(
        &self,
        ctx: &Ctx<'js>,
        api: &str,
        method: &str,
        args_json: String,
    ) -> Result<Value<'js>> {
        let call = self.question();
        self.ask(&call, api, method, args_json);
        match self.task.answer(&call) {
            Ok(Answer::Done(json)) => self.result(ctx, (api, method), &json),
            Ok(Answer::Failed(error)) => {
                call.cancel();
                Err(self.throw_host_error(ctx, &error))
            }
            Ok(Answer::Head(_) | Answer::Chunk(_)) => {
                call.cancel();
                let error = HostError::failed("the host answered a call with a piece of a body");
                Err(self.throw_host_error(ctx, &error))
            }
            Err(_) => Err(interrupt(ctx)),
        }
    }

    /// Calls a device API; the promise settles when the host answers.
    ///
    /// # Errors
    ///
    /// `InternalError: out of memory` when there are too many calls.
    pub(crate) fn call_async(
        &self,
        ctx: &Ctx<'js>,
        (api, method): (&str, &str),
        args_json: String,
    ) -> Result<Promise<'js>> {
        let (promise, resolve, reject) = ctx.promise()?;
        let name = (api.to_owned(), method.to_owned());
        let sink = move |ctx: &Ctx<'js>, answer: Answer| {
            let world = World::of(ctx);
            let result = match answer {
                Answer::Done(json) => world.result(ctx, (&name.0, &name.1), &json),
                Answer::Failed(error) => Err(world.throw_host_error(ctx, &error)),
                Answer::Head(_) | Answer::Chunk(_) => return Ok(()),
            };
            match result {
                Ok(value) => resolve.call((value,)),
                Err(error) => reject.call((value::caught(ctx, &error),)),
            }
        };
        let call = self.question();
        self.expect_answer(&call, Rc::new(sink))?;
        self.ask(&call, api, method, args_json);
        Ok(promise)
    }

    /// Starts a transfer; `sink` takes what comes, on this thread, between two tasks.
    ///
    /// The id is for [`World::cancel_fetch`]. What `sink` throws is logged.
    ///
    /// # Errors
    ///
    /// `InternalError: out of memory` when there are too many transfers.
    pub(crate) fn fetch(
        &self,
        request: FetchRequest,
        sink: impl Fn(&Ctx<'js>, FetchEvent) -> Result<()> + 'js,
    ) -> Result<u64> {
        let call = self.question();
        let sink = move |ctx: &Ctx<'js>, answer: Answer| match answer {
            Answer::Head(head) => sink(ctx, FetchEvent::Head(head)),
            Answer::Chunk(bytes) => sink(ctx, FetchEvent::Chunk(bytes)),
            Answer::Done(bytes) if bytes.is_empty() => sink(ctx, FetchEvent::Done),
            Answer::Done(bytes) => {
                sink(ctx, FetchEvent::Chunk(bytes))?;
                sink(ctx, FetchEvent::Done)
            }
            Answer::Failed(error) => sink(ctx, FetchEvent::Failed(error)),
        };
        self.expect_answer(&call, Rc::new(sink))?;
        host::guarded(|| self.task.shared.host.fetch(request, call.fetch_reply()));
        Ok(call.id())
    }

    /// Stops a transfer: the host hears of it, the sink hears nothing more.
    pub(crate) fn cancel_fetch(&self, id: u64) {
        let pending = self.pending.borrow_mut().remove(&id);
        if let Some(pending) = pending {
            self.discharge(CALL_COST);
            pending.call.cancel();
        }
    }

    /// Gives a message of the host to whom it is for; false when there is none.
    pub(crate) fn deliver(&self, ctx: &Ctx<'js>) -> bool {
        let Some(message) = self.control().mailbox.take() else { return false };
        let last = matches!(message.answer, Answer::Done(_) | Answer::Failed(_));
        let sink = if last {
            let pending = self.pending.borrow_mut().remove(&message.call);
            pending.map(|Pending { call, sink }| {
                self.discharge(CALL_COST);
                // Of a failure that is not the host's own, as an answer too large, it hears here.
                call.cancel();
                sink
            })
        } else {
            self.pending.borrow().get(&message.call).map(|pending| Rc::clone(&pending.sink))
        };
        if let Some(sink) = sink
            && let Err(error) = sink(ctx, message.answer)
        {
            self.uncaught(ctx, "an answer of the host", &error);
        }
        true
    }

    /// Whether anything can still happen by itself: a timer, or an answer of the host.
    pub(crate) fn is_idle(&self) -> bool {
        self.timers.borrow().is_empty() && !self.is_waiting()
    }

    /// Whether the host owes an answer.
    pub(crate) fn is_waiting(&self) -> bool {
        !self.pending.borrow().is_empty()
    }

    /// Loads a file of the bundle.
    pub(crate) fn load(&self, call: &Call, path: &str) -> std::result::Result<Vec<u8>, RunError> {
        host::guarded(|| self.task.shared.host.load(path, call.reply()));
        self.task.receive(call, path)
    }

    /// An import that the host could not serve; when it ends the dispatch, this is the reason.
    pub(crate) fn import_failed(&self, error: RunError) {
        self.failed_import.replace(Some(error));
    }

    /// The import that failed with this message.
    pub(crate) fn failed_import(&self, message: &str) -> Option<RunError> {
        self.failed_import.borrow().clone().filter(|error| error.message == message)
    }

    pub(crate) fn question(&self) -> Call {
        let id = self.next_call.replace(self.next_call.get() + 1);
        Call::new(id, Arc::clone(&self.control().mailbox))
    }

    fn expect_answer(&self, call: &Call, sink: Sink<'js>) -> Result<()> {
        self.charge(CALL_COST)?;
        self.pending.borrow_mut().insert(call.id(), Pending { call: call.clone(), sink });
        Ok(())
    }

    fn ask(&self, call: &Call, api: &str, method: &str, args_json: String) {
        let question = HostCall {
            dispatch_id: self.dispatch_id(),
            label: self.label().to_owned(),
            api: api.to_owned(),
            method: method.to_owned(),
            args_json,
        };
        host::guarded(|| self.task.shared.host.call(question, call.reply()));
    }

    /// A host's JSON as a value; an empty answer is `undefined`.
    fn result(&self, ctx: &Ctx<'js>, call: (&str, &str), json: &[u8]) -> Result<Value<'js>> {
        if json.is_empty() {
            return Ok(Value::new_undefined(ctx.clone()));
        }
        value::parse(ctx, json).map_err(|error| {
            let thrown = value::caught(ctx, &error);
            let reason = value::describe(ctx, &thrown, crate::error::Code::HostError).message;
            let (api, method) = call;
            let message = format!("the host's answer to `{api}.{method}` is not JSON: {reason}");
            self.throw_host_error(ctx, &HostError::failed(message))
        })
    }

    /// Throws an `Error` with the host's code and message.
    pub(crate) fn throw_host_error(&self, ctx: &Ctx<'js>, error: &HostError) -> Error {
        match self.host_error(ctx, error) {
            Ok(value) => ctx.throw(value),
            Err(error) => error,
        }
    }

    /// An `Error` with the host's code and message.
    pub(crate) fn host_error(&self, ctx: &Ctx<'js>, error: &HostError) -> Result<Value<'js>> {
        let object = Exception::from_message(ctx.clone(), &error.message)?.into_object();
        object.set("code", error.code.as_str())?;
        let value = object.into_value();
        let mut remembered = self.host_errors.borrow_mut();
        if remembered.len() == REMEMBERED {
            remembered.remove(0);
        }
        remembered.push(value.clone());
        Ok(value)
    }

    /// Whether this very error came from the host.
    pub(crate) fn is_host_error(&self, value: &Value<'js>) -> bool {
        self.host_errors.borrow().contains(value)
    }

    // ---- rejections ---------------------------------------------------------------------------

    /// A promise was rejected that nobody handles, or somebody handles one after all.
    pub(crate) fn track_rejection(&self, promise: Value<'js>, reason: Value<'js>, handled: bool) {
        let mut rejections = self.rejections.borrow_mut();
        if handled {
            rejections.retain(|rejection| rejection.promise != promise);
        } else {
            rejections.push(Rejection { promise, reason });
        }
    }

    /// Logs the rejections that nobody handled until now, but for that of `own`.
    pub(crate) fn report_rejections(&self, ctx: &Ctx<'js>, own: Option<&Promise<'js>>) {
        let rejections = self.rejections.take();
        for Rejection { promise, reason } in rejections {
            if own.is_none_or(|own| *own.as_value() != promise) {
                self.log_uncaught(ctx, "a promise", &reason);
            }
        }
    }

    // ---- the end ------------------------------------------------------------------------------

    /// Whether it is time to warn the script of its end; true only once.
    pub(crate) fn take_warning(&self) -> bool {
        let due = self.control().is_cancelled() || self.warning_in().is_zero();
        due && !self.warned.replace(true)
    }

    /// How long until the script is warned; the end when it was.
    pub(crate) fn warning_in(&self) -> Duration {
        let lead = Duration::from_secs(2).min(self.task.budget / 10);
        let lead = if self.warned.get() { Duration::ZERO } else { lead };
        self.remaining().saturating_sub(lead)
    }

    /// The outcome is known: the host need not answer any more.
    pub(crate) fn close(&self) {
        let pending = self.pending.take();
        for Pending { call, .. } in pending.values() {
            call.cancel();
        }
        drop(pending);
        drop(self.timers.take());
        drop(self.rejections.take());
        drop(self.host_errors.take());
        self.handlers.clear();
        self.web.clear();
    }
}

/// Whether a promise has an end, and which.
pub(crate) fn rejected<'js>(promise: &Promise<'js>) -> Option<Value<'js>> {
    match promise.state() {
        PromiseState::Rejected => match promise.result::<Value<'js>>() {
            Some(Err(_)) => Some(promise.ctx().catch()),
            _ => None,
        },
        _ => None,
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

/// The object that a script gets as `context` (contract D3).
pub(crate) fn context<'js>(ctx: &Ctx<'js>, world: &World<'js>) -> Result<Object<'js>> {
    let context = Object::new(ctx.clone())?;
    context.set("deadline", world.wall() + millis(world.remaining()))?;
    let remaining = |ctx: Ctx<'js>| millis(World::of(&ctx).remaining());
    context.set("timeRemaining", Function::new(ctx.clone(), remaining)?)?;
    context.set("label", world.label())?;
    context.set("event", world.event())?;
    #[expect(clippy::cast_precision_loss, reason = "nobody counts to 2^53 dispatches")]
    context.set("dispatchId", world.dispatch_id() as f64)?;
    web::signal(ctx, &context)?;
    Ok(context)
}
