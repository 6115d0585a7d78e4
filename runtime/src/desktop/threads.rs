//! The threads that transfers share.

use std::{
    collections::BTreeMap,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, Condvar, Mutex, PoisonError},
    thread,
    time::{Duration, Instant},
};

use crate::lock::lock;

/// As many as there are at most: what comes beyond waits its turn.
const MOST: usize = 64;

/// How long a thread without work stays.
const PATIENCE: Duration = Duration::from_secs(2);

type Work = Box<dyn FnOnce() + Send>;

/// A bounded number of threads, started as they are needed.
#[derive(Clone, Default)]
pub(super) struct Threads(Arc<Shared>);

#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    /// What is to be done when, in the order in which it was asked for.
    work: BTreeMap<(Instant, u64), Work>,
    asked: u64,
    threads: usize,
    idle: usize,
}

impl Threads {
    /// Does `work` as soon as there is a thread for it.
    pub(super) fn run(&self, work: impl FnOnce() + Send + 'static) {
        self.run_at(Instant::now(), work);
    }

    /// Does `work` at `due`, or as soon as there is a thread for it.
    pub(super) fn run_at(&self, due: Instant, work: impl FnOnce() + Send + 'static) {
        let mut state = lock(&self.0.state);
        state.asked += 1;
        let key = (due, state.asked);
        state.work.insert(key, Box::new(work));
        self.attend(&mut state);
    }

    /// Sees to it that somebody looks at the work.
    fn attend(&self, state: &mut State) {
        if state.idle > 0 {
            self.0.changed.notify_one();
        } else if state.threads < MOST {
            let shared = self.clone();
            let spawned =
                thread::Builder::new().name("fetch".to_owned()).spawn(move || shared.serve());
            // Without any thread the work is dropped, and its reply says so.
            match spawned {
                Ok(_) => state.threads += 1,
                Err(_) if state.threads == 0 => state.work.clear(),
                Err(_) => {}
            }
        }
    }

    fn serve(&self) {
        while let Some(work) = self.next() {
            // A transfer that panics ends as one whose reply was dropped.
            let _ = catch_unwind(AssertUnwindSafe(work));
        }
    }

    /// The next work that is due; nothing when there has been none for a while: the thread is over.
    fn next(&self) -> Option<Work> {
        let mut state = lock(&self.0.state);
        loop {
            let now = Instant::now();
            let first = state.work.first_key_value().map(|((due, _), _)| *due);
            if first.is_some_and(|due| due <= now) {
                let (_, work) = state.work.pop_first()?;
                if !state.work.is_empty() {
                    self.attend(&mut state);
                }
                return Some(work);
            }
            let rest = first.map_or(PATIENCE, |due| due.saturating_duration_since(now));
            state.idle += 1;
            let woken = self.0.changed.wait_timeout(state, rest);
            let (guard, timeout) = woken.unwrap_or_else(PoisonError::into_inner);
            state = guard;
            state.idle -= 1;
            if timeout.timed_out() && state.work.is_empty() {
                state.threads -= 1;
                return None;
            }
        }
    }
}
