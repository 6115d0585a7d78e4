//! The dispatches of a runner where there is one thread, which must not sleep: whoever embeds the
//! runtime takes them on from turn to turn.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
    time::Duration,
};

use super::{
    control::{Control, Stop},
    thread::{Running, Work},
};
use crate::lock::lock;

/// A dispatch that waits for its turn.
pub(crate) struct Job {
    pub(crate) control: Arc<Control>,
    /// How long it may take, from its first turn on.
    pub(crate) budget: Duration,
    pub(super) work: Work,
}

/// What the dispatches wait for after a turn of each: less time where something else comes first.
pub(crate) struct Rest {
    /// How many are left.
    pub(crate) dispatches: usize,
    /// Until one of them has something to do again.
    pub(crate) at_most: Duration,
    /// Whether one of them waits for an answer of the host.
    pub(crate) for_host: bool,
}

/// Works on jobs in their order, `limit` at a time.
pub(crate) struct Pool {
    limit: usize,
    queue: Mutex<VecDeque<Job>>,
    running: Mutex<VecDeque<Own>>,
}

/// A dispatch that has begun, which never leaves its thread.
struct Own(Running);

// SAFETY: there is one thread.
unsafe impl Send for Own {}

impl Pool {
    pub(crate) fn new(limit: usize) -> Arc<Self> {
        Arc::new(Self { limit, queue: Mutex::default(), running: Mutex::default() })
    }

    /// Queues a job.
    pub(crate) fn submit(&self, job: Job) {
        lock(&self.queue).push_back(job);
    }

    /// Asks a dispatch to end, which it does in its next turn; at once, when it has not begun.
    pub(crate) fn cancel(&self, control: &Arc<Control>, stop: Option<Stop>) {
        control.cancel(stop);
        let mut queue = lock(&self.queue);
        let place = queue.iter().position(|job| Arc::ptr_eq(&job.control, control));
        let queued = place.and_then(|place| queue.remove(place));
        drop(queue);
        if queued.is_some() {
            control.settle(Err(control.reason()));
        }
    }

    /// Cancels every dispatch.
    pub(crate) fn close(&self) {
        let queued: Vec<_> = lock(&self.queue).iter().map(|job| Arc::clone(&job.control)).collect();
        let running: Vec<_> =
            lock(&self.running).iter().map(|own| Arc::clone(own.0.control())).collect();
        for control in queued.iter().chain(&running) {
            control.cancel(None);
        }
    }

    /// Begins what may begin, and takes each dispatch on until it is over or has to wait.
    ///
    /// No lock is held meanwhile: a script's host may dispatch and cancel.
    pub(crate) fn turn(&self) -> Rest {
        let mut rest = Rest { dispatches: 0, at_most: Duration::MAX, for_host: false };
        let running = self.running();
        for _ in 0..running {
            let next = lock(&self.running).pop_front();
            if let Some(own) = next {
                self.take_on(own.0, &mut rest);
            }
        }
        while self.running() < self.limit {
            let next = lock(&self.queue).pop_front();
            let Some(job) = next else { break };
            if let Some(running) = begin(job) {
                self.take_on(running, &mut rest);
            }
        }
        rest.dispatches = self.running() + lock(&self.queue).len();
        rest
    }

    fn running(&self) -> usize {
        lock(&self.running).len()
    }

    /// Takes a dispatch on, and keeps it when it has to wait.
    fn take_on(&self, running: Running, rest: &mut Rest) {
        match running.pump() {
            Some(wait) => {
                rest.at_most = rest.at_most.min(wait.at_most);
                rest.for_host |= wait.for_host;
                lock(&self.running).push_back(Own(running));
            }
            None => running.end(),
        }
    }
}

/// Makes the world of a job; none when that is the end of it.
fn begin(job: Job) -> Option<Running> {
    let Job { control, budget, work } = job;
    if control.begin(budget) {
        return work.begin();
    }
    // It was cancelled in the queue.
    control.settle(Err(control.reason()));
    None
}
