//! A runner: the scripts of one app, ready for events.

use std::{
    num::NonZero,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
        mpsc,
    },
    thread,
    time::Duration,
};

#[cfg(target_family = "wasm")]
use super::alone::{Job, Pool, Rest};
#[cfg(not(target_family = "wasm"))]
use super::pool::{Job, Pool};
use super::{
    compiled::Cache,
    control::Done,
    dispatch::{self, Dispatch},
    shared::Shared,
};
use crate::{
    error::RunError,
    history::{History, HistoryQuery, RunRecord},
    host::{Host, catalogue},
    outcome::Outcome,
    settings::{App, Settings},
};

pub use super::dispatch::Request;

/// The runners of one app, ready for events.
///
/// Dropping it cancels what runs and what waits; it does not block.
pub struct Runner {
    shared: Arc<Shared>,
    pool: Arc<Pool>,
    next_id: AtomicU64,
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
        let history = History::open(settings.state_dir.as_deref(), settings.history_limit);
        let next_id = AtomicU64::new(history.next_id());
        let apis = catalogue::schema().into_iter().chain(settings.apis.clone()).collect();
        let app = Arc::new(App { settings, apis });
        Ok(Self {
            shared: Arc::new(Shared { app, host, history, compiled: Cache::default() }),
            pool: Pool::new(limit),
            next_id,
        })
    }

    /// Starts a dispatch; `done` hears of its outcome exactly once, on a thread of the runner.
    pub fn dispatch(
        &self,
        request: Request,
        done: impl FnOnce(Outcome) + Send + 'static,
    ) -> Dispatch {
        let (dispatch, job) = self.prepare(request, Box::new(done));
        self.submit(job);
        dispatch
    }

    /// The last runs that `query` asks for, newest first.
    #[must_use]
    pub fn history(&self, query: &HistoryQuery) -> Vec<RunRecord> {
        self.shared.history.query(query)
    }

    /// Forgets the runs of the past.
    pub fn clear_history(&self) {
        self.shared.history.clear();
    }

    /// A dispatch that begins when its job is submitted.
    pub(crate) fn prepare(&self, request: Request, done: Done) -> (Dispatch, Job) {
        let id = self.next_id.fetch_add(1, Ordering::Relaxed);
        #[cfg(not(target_family = "wasm"))]
        let job = dispatch::job(&self.shared, self.pool.watchdog(), id, request, done);
        #[cfg(target_family = "wasm")]
        let job = dispatch::job(&self.shared, id, request, done);
        (Dispatch::new(&job.control, &self.pool), job)
    }

    /// Begins a dispatch.
    pub(crate) fn submit(&self, job: Job) {
        self.pool.submit(job);
    }

    /// Cancels what runs and what waits; it does not block.
    pub fn shutdown(&self) {
        self.pool.close();
    }

    /// Gives the next dispatch its number.
    #[cfg(target_family = "wasm")]
    pub(crate) fn number(&self, next: u64) {
        self.next_id.store(next, Ordering::Relaxed);
    }

    /// Takes every dispatch on until it is over or has to wait.
    #[cfg(target_family = "wasm")]
    pub(crate) fn turn(&self) -> Rest {
        self.pool.turn()
    }

    /// How many allocations there were while the settings have one fail.
    #[cfg(target_family = "wasm")]
    pub(crate) fn allocations(&self) -> usize {
        self.shared.app.settings.faults.count.load(Ordering::Relaxed)
    }

    /// Dispatches and waits for the outcome; where nobody may wait, a dispatch that has to fails.
    #[must_use]
    pub fn run(&self, request: Request) -> Outcome {
        let (sender, receiver) = mpsc::sync_channel(1);
        let dispatch = self.dispatch(request, move |outcome| {
            // The receiver waits below for as long as there is a sender.
            let _ = sender.send(outcome);
        });
        #[cfg(target_family = "wasm")]
        {
            self.turn();
            dispatch.cancel();
            self.turn();
        }
        drop(dispatch);
        receiver.recv().unwrap_or_else(|_| Outcome {
            result: Err(RunError::internal("the dispatch ended without an outcome")),
            duration: Duration::ZERO,
            heap_peak_bytes: 0,
            dispatch_id: 0,
        })
    }
}

impl Drop for Runner {
    fn drop(&mut self) {
        self.shutdown();
    }
}
