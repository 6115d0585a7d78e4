//! Dispatches: what is asked for, and the handle of one that was started.

use std::{
    sync::{Arc, Weak},
    time::Duration,
};

#[cfg(target_family = "wasm")]
use super::alone::{Job, Pool};
use super::{
    control::{Control, Done, Stop},
    shared::Shared,
    thread::Work,
};
#[cfg(not(target_family = "wasm"))]
use super::{
    pool::{Job, Pool},
    watchdog::Watchdog,
};
use crate::{
    engine::heap::Usage,
    settings::{DEFAULT_MEMORY_LIMIT, DEFAULT_TIMEOUT},
};

/// An event for a runner.
#[derive(Clone, Debug, Default)]
pub struct Request {
    /// The runner.
    pub label: String,
    /// The event that its script has a handler for.
    pub event: String,
    /// The handler's `args`, a JSON object; none for `{}`.
    pub details: Option<String>,
    /// Who asks, for the run's record: `app`, `push`, `schedule#2:nightly`...
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
        self.end(None);
    }

    /// The system takes its time back (contract D11): the script has `grace` to save its work, and
    /// the record says why, in the system's words.
    pub fn stop(&self, grace: Duration, reason: &str) {
        self.end(Some(Stop { grace, reason: reason.to_owned() }));
    }

    fn end(&self, stop: Option<Stop>) {
        match self.pool.upgrade() {
            Some(pool) => pool.cancel(&self.control, stop),
            None => self.control.cancel(stop),
        }
    }
}

/// The work that answers `request`, looked after by `watchdog`.
pub(crate) fn job(
    shared: &Arc<Shared>,
    #[cfg(not(target_family = "wasm"))] watchdog: &Arc<Watchdog>,
    id: u64,
    request: Request,
    done: Done,
) -> Job {
    let spec = shared.app.settings.runner(&request.label);
    let timeout = request.timeout.or_else(|| spec?.timeout);
    let memory_limit = request.memory_limit.or_else(|| spec?.memory_limit);
    let memory_limit = memory_limit.filter(|limit| *limit > 0).unwrap_or(DEFAULT_MEMORY_LIMIT);
    let control = Arc::new_cyclic(|control| {
        let done = recorded(shared, Weak::clone(control), done);
        Control::new(
            id,
            [request.label, request.event, request.trigger],
            request.grace.unwrap_or_default(),
            Usage::new(memory_limit, shared.app.settings.faults.clone()),
            done,
        )
    });
    #[cfg(target_family = "wasm")]
    {
        let asked = Arc::downgrade(&control);
        control.usage.ask_for_time(move || asked.upgrade().is_some_and(|it| it.is_over()));
    }
    let budget = timeout.unwrap_or(DEFAULT_TIMEOUT);
    let work = Work {
        shared: Arc::clone(shared),
        control: Arc::clone(&control),
        #[cfg(not(target_family = "wasm"))]
        watchdog: Arc::clone(watchdog),
        details: request.details,
        budget,
    };
    #[cfg(not(target_family = "wasm"))]
    let work = Box::new(move || work.perform());
    Job { control, budget, work }
}

/// Has an outcome remembered, in the file as well, before it is told: who hears of it may let the
/// system end the process.
fn recorded(shared: &Arc<Shared>, control: Weak<Control>, done: Done) -> Done {
    let shared = Arc::clone(shared);
    Box::new(move |outcome| {
        if let Some(control) = control.upgrade() {
            shared.history.add(control.record(Some(&outcome)));
        }
        done(outcome);
    })
}
