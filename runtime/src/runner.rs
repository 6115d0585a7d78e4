//! A runner: the scripts of one app, ready for events.

use std::{
    num::NonZero,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
        mpsc,
    },
    thread,
};

use crate::{
    dispatch::{self, Dispatch},
    error::RunError,
    host::Host,
    outcome::Outcome,
    pool::Pool,
};

pub use crate::{
    dispatch::Request,
    settings::{RunnerSpec, Settings},
};

/// The runners of one app, ready for events.
///
/// Dropping it cancels what runs and what waits; it does not block.
pub struct Runner {
    shared: Arc<Shared>,
    pool: Arc<Pool>,
    next_id: AtomicU64,
}

/// What the dispatches of a runner have in common.
pub(crate) struct Shared {
    pub(crate) settings: Settings,
    pub(crate) host: Arc<dyn Host>,
}

impl Runner {
    /// A runner for the scripts of `settings`, served by `host`.
    ///
    /// # Errors
    ///
    /// `INVALID_ARGUMENT` when two runners have the same label, or one has none.
    pub fn new(settings: Settings, host: Arc<dyn Host>) -> Result<Self, RunError> {
        settings.check()?;
        let cores = || thread::available_parallelism().map_or(1, NonZero::get);
        let limit = settings.max_concurrent.map_or_else(cores, NonZero::get);
        Ok(Self {
            shared: Arc::new(Shared { settings, host }),
            pool: Pool::new(limit),
            next_id: AtomicU64::new(1),
        })
    }

    /// Starts a dispatch; `done` hears of its outcome exactly once, on a thread of the runner.
    pub fn dispatch(
        &self,
        request: Request,
        done: impl FnOnce(Outcome) + Send + 'static,
    ) -> Dispatch {
        let id = self.next_id.fetch_add(1, Ordering::Relaxed);
        let job = dispatch::job(&self.shared, id, request, Box::new(done));
        let dispatch = Dispatch::new(&job.control, &self.pool);
        self.pool.submit(job);
        dispatch
    }

    /// Dispatches and waits for the outcome.
    #[must_use]
    pub fn run(&self, request: Request) -> Outcome {
        let (sender, receiver) = mpsc::sync_channel(1);
        self.dispatch(request, move |outcome| {
            // The receiver waits below for as long as there is a sender.
            let _ = sender.send(outcome);
        });
        receiver.recv().expect("every dispatch has an outcome")
    }
}

impl Drop for Runner {
    fn drop(&mut self) {
        self.pool.close();
    }
}
