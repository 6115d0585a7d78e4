//! One JavaScript world: its globals, its state, and the services that web APIs build on.
//!
//! # For the modules in `web/`
//!
//! [`World::of`] gives the world of a context. It lends no borrow of the engine's user data, so a
//! module may keep state of its own with `ctx.store_userdata` (at `init`, for instance).
//!
//! Nothing in here sleeps, knows a clock or starts a thread: that is the [`Driver`]'s.
//!
//! A Rust closure given to the engine must not own JavaScript values: the collector does not see
//! them, so a cycle through them never dies. What has to be kept goes into the world
//! ([`World::set_timer`], [`World::fetch`]), into a property, or into a class that traces it.
//! Memory that a script can make grow outside the engine's heap is [`Charged`](crate::engine::memory::Charged).

pub(crate) mod bytecode;
mod cut_off;
pub(crate) mod driver;
mod explain;
pub(crate) mod failure;
mod frames;
pub(crate) mod functions;
pub(crate) mod handlers;
pub(crate) mod inbox;
pub(crate) mod locate;
mod lossy;
pub(crate) mod modules;
mod original;
pub(crate) mod questions;
mod receiver;
pub(crate) mod rejections;
pub(crate) mod script;
pub(crate) mod settle;
mod sources;
pub(crate) mod stack;
mod timers;
pub(crate) mod transfers;

use std::{
    cell::{Cell, RefCell},
    ptr::NonNull,
    rc::Rc,
    sync::Arc,
    time::Duration,
};

use rquickjs::{Ctx, Exception, JsLifetime, Promise, Result, context::intrinsic, qjs};

use self::{
    driver::Driver, failure::HostErrors, functions::Functions, handlers::Handlers,
    modules::Imports, original::Originals, questions::Questions, rejections::Rejections,
    script::Script, settle::Settlement, stack::Stacks, timers::Timers,
};
use crate::{
    clock::millis,
    engine::{heap::Usage, value::Cut},
    host::{ApiSpec, Level, LogRecord},
    settings::App,
};

/// The most bytes of a record of the log (contract W6).
pub(crate) const RECORD_LENGTH: usize = 256 * 1024;

/// How long before its end a script is warned: this, or a tenth of its time (contract D10).
const WARNING: Duration = Duration::from_secs(2);

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

/// What a world is made for.
pub(crate) struct Assignment {
    pub(crate) app: Arc<App>,
    pub(crate) label: String,
    pub(crate) event: String,
    pub(crate) dispatch_id: u64,
    /// How long it may take.
    pub(crate) budget: Duration,
    pub(crate) usage: Arc<Usage>,
}

/// The state of one world. See the module's documentation for how to use it.
pub(crate) struct World<'js> {
    pub(crate) driver: Rc<dyn Driver>,
    assignment: Assignment,
    /// The context of the script, among those that its runtime may have.
    realm: NonNull<qjs::JSContext>,
    /// The driver's time when the world began.
    origin: Duration,
    /// The same moment in milliseconds since 1970.
    time_origin: f64,
    pub(crate) handlers: Handlers<'js>,
    pub(crate) stacks: Stacks<'js>,
    originals: Originals,
    functions: Functions<'js>,
    timers: RefCell<Timers<'js>>,
    questions: Questions<'js>,
    host_errors: HostErrors<'js>,
    rejections: Rejections<'js>,
    settlement: Settlement,
    /// The modules that are just being compiled.
    importing: RefCell<Vec<Script>>,
    imports: Imports,
    /// What the script was warned of once.
    said: RefCell<Vec<String>>,
    /// The promise that the dispatch waits for: that of its module, then of its handler.
    pub(crate) awaited: RefCell<Option<Promise<'js>>>,
    /// Whether the handler returned a value, which is no outcome.
    pub(crate) returned: Cell<bool>,
    /// Whether it was warned of its end.
    warned: Cell<bool>,
    /// Whether nobody caught that memory was refused, in a timer or a promise.
    pub(crate) ran_out: Cell<bool>,
}

/// Keeps the world where [`World::of`] finds it.
struct Slot<'js>(Rc<World<'js>>);

// SAFETY: the type is the same but for the lifetime of its values.
unsafe impl<'js> JsLifetime<'js> for Slot<'js> {
    type Changed<'to> = Slot<'to>;
}

impl<'js> World<'js> {
    /// Makes the world of a context: its state, and what is there before any API.
    pub(crate) fn install(
        ctx: &Ctx<'js>,
        driver: Rc<dyn Driver>,
        assignment: Assignment,
    ) -> Result<Rc<Self>> {
        let (origin, time_origin) = (driver.now(), driver.wall());
        let world = Rc::new(Self {
            driver,
            assignment,
            realm: ctx.as_raw(),
            origin,
            time_origin,
            handlers: Handlers::default(),
            stacks: Stacks::default(),
            originals: Originals::default(),
            functions: Functions::default(),
            timers: RefCell::default(),
            questions: Questions::default(),
            host_errors: HostErrors::default(),
            rejections: Rejections::default(),
            settlement: Settlement::default(),
            importing: RefCell::default(),
            imports: Imports::default(),
            said: RefCell::default(),
            awaited: RefCell::default(),
            returned: Cell::new(false),
            warned: Cell::new(false),
            ran_out: Cell::new(false),
        });
        ctx.store_userdata(Slot(Rc::clone(&world)))?;
        stack::install(ctx)?;
        handlers::install(ctx)?;
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
        &self.assignment.label
    }

    /// The event of the dispatch.
    pub(crate) fn event(&self) -> &str {
        &self.assignment.event
    }

    /// The number of the dispatch.
    pub(crate) fn dispatch_id(&self) -> u64 {
        self.assignment.dispatch_id
    }

    /// `ios`, `android`, `web` or `desktop`.
    pub(crate) fn platform(&self) -> &str {
        &self.assignment.app.settings.platform
    }

    /// The device APIs of the app.
    pub(crate) fn apis(&self) -> &[ApiSpec] {
        &self.assignment.app.apis
    }

    /// Those that the runner may use; none for all of them.
    pub(crate) fn allowed_apis(&self) -> Option<&[String]> {
        self.assignment.app.settings.runner(self.label())?.apis.as_deref()
    }

    /// Whether the app adds this API, and not the device.
    pub(crate) fn is_added(&self, api: &ApiSpec) -> bool {
        self.assignment.app.settings.apis.iter().any(|added| added.name == api.name)
    }

    /// `performance.now()`: milliseconds since the world began.
    pub(crate) fn now(&self) -> f64 {
        millis(self.driver.now().saturating_sub(self.origin))
    }

    /// `performance.timeOrigin`
    pub(crate) fn time_origin(&self) -> f64 {
        self.time_origin
    }

    /// `Date.now()`: milliseconds since 1970, on the world's own clock.
    pub(crate) fn wall(&self) -> f64 {
        self.driver.wall()
    }

    /// How long until the deadline, or the end of the grace period.
    pub(crate) fn remaining(&self) -> Duration {
        self.driver.remaining()
    }

    /// Whether JavaScript must not go on.
    pub(crate) fn is_over(&self) -> bool {
        self.memory().is_stopped() || self.remaining().is_zero()
    }

    /// Lets a script's question through to the host while there is time; what swallows the engine's
    /// interruption gets no further than here.
    pub(crate) fn let_through(&self, ctx: &Ctx<'js>) -> Result<()> {
        if self.is_over() { Err(failure::interrupt(ctx)) } else { Ok(()) }
    }

    /// Whether it is time to warn the script of its end; true only once.
    pub(crate) fn take_warning(&self) -> bool {
        let due = self.driver.is_cancelled() || self.warning_in().is_zero();
        due && !self.warned.replace(true)
    }

    /// How long until the script is warned; the end when it was.
    pub(crate) fn warning_in(&self) -> Duration {
        let lead = WARNING.min(self.assignment.budget / 10);
        let lead = if self.warned.get() { Duration::ZERO } else { lead };
        self.remaining().saturating_sub(lead)
    }

    // ---- memory and chance --------------------------------------------------------------------

    /// What a [`Charge`](crate::engine::memory::Charge) counts against.
    pub(crate) fn memory(&self) -> &Arc<Usage> {
        &self.assignment.usage
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

    /// Makes one record of the script's log, cut where it is too long; none once it is over.
    pub(crate) fn log(&self, level: Level, text: &str) {
        self.log_at(level, text, None);
    }

    /// Makes one record that was asked for where a stack begins.
    pub(crate) fn log_at(&self, level: Level, text: &str, stack: Option<&str>) {
        if self.is_over() {
            return;
        }
        let (text, stack) = (self.shown(text), stack.map(|stack| self.shown(stack)));
        let place = stack.as_deref().and_then(stack::first_place);
        if text.len() <= RECORD_LENGTH {
            return self.record(level, &text, place);
        }
        let mut shown = Cut::new(RECORD_LENGTH);
        shown.push(&text);
        self.record(level, &shown, place);
    }

    /// Whether records are to say where they were made.
    pub(crate) fn wants_places(&self) -> bool {
        self.assignment.app.settings.places
    }

    fn record(&self, level: Level, text: &str, place: Option<&str>) {
        self.driver.log(&LogRecord {
            level,
            text,
            time_ms: self.wall(),
            label: self.label(),
            event: self.event(),
            dispatch_id: self.dispatch_id(),
            place,
        });
    }

    /// Makes one record, unless there was one about the same subject in this dispatch.
    pub(crate) fn log_once(&self, level: Level, subject: &str, text: &str) {
        let mut said = self.said.borrow_mut();
        if !said.iter().any(|other| other == subject) {
            said.push(subject.to_owned());
            drop(said);
            self.log(level, text);
        }
    }

    // ---- the end ------------------------------------------------------------------------------

    /// Whether anything can still happen by itself: a timer, or an answer of the host.
    pub(crate) fn is_idle(&self) -> bool {
        self.timers.borrow().is_empty() && !self.is_waiting()
    }

    /// The outcome is known: the host need not answer any more.
    pub(crate) fn close(&self) {
        self.cancel_questions();
        drop(self.timers.take());
        drop(self.awaited.take());
        self.rejections.clear();
        self.host_errors.clear();
        self.handlers.clear();
        self.functions.clear();
        self.stacks.clear();
    }
}
