//! The threads of a runner: a bounded number of workers, and one watchdog over them.

use std::{
    collections::VecDeque,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    thread,
    time::{Duration, Instant},
};

use super::{
    control::{Control, Stop},
    watchdog::Watchdog,
};
use crate::{
    error::{Code, RunError, panic_text},
    lock::lock,
};

/// How long an idle thread stays for the next dispatch.
const IDLE: Duration = Duration::from_secs(2);

/// Room for JavaScript's own limit, our frames, and those of the host's callbacks.
///
/// Every thread has it: the watchdog's and that of the late run the host's callbacks as well, in
/// which there may be another language's machine. What is not touched costs no memory.
const STACK: usize = 4 * 1024 * 1024;

/// How many threads may be at work on dispatches that are given up, beside those that count against
/// the limit.
const GIVEN_UP: usize = 4;

/// A dispatch that waits for a thread.
pub(crate) struct Job {
    pub(crate) control: Arc<Control>,
    /// How long it may take, from its first moment on a thread.
    pub(crate) budget: Duration,
    pub(crate) work: Box<dyn FnOnce() + Send>,
}

/// Works on jobs in their order, `limit` at a time.
pub(crate) struct Pool {
    limit: usize,
    workers: Mutex<Workers>,
    work: Condvar,
    watchdog: Arc<Watchdog>,
}

#[derive(Default)]
struct Workers {
    queue: VecDeque<Job>,
    /// Threads that wait for a job.
    idle: usize,
    /// Threads that count against the limit.
    active: usize,
    /// Those of them whose dispatch is given up: they keep their place, since there are
    /// [`GIVEN_UP`] others already.
    stuck: usize,
    /// Threads whose dispatch is given up, and whose place another one has.
    given_up: usize,
    closed: bool,
}

impl Pool {
    pub(crate) fn new(limit: usize) -> Arc<Self> {
        Arc::new(Self {
            limit,
            workers: Mutex::default(),
            work: Condvar::new(),
            watchdog: Arc::default(),
        })
    }

    /// Who ends dispatches from outside.
    pub(crate) fn watchdog(&self) -> &Arc<Watchdog> {
        &self.watchdog
    }

    /// Queues a job.
    pub(crate) fn submit(self: &Arc<Self>, job: Job) {
        lock(&self.workers).queue.push_back(job);
        self.staff();
    }

    /// Asks a dispatch to end, and sees to it.
    pub(crate) fn cancel(self: &Arc<Self>, control: &Arc<Control>, stop: Option<Stop>) {
        control.cancel(stop);
        self.watch(control);
    }

    /// Cancels every dispatch and sends the threads home.
    pub(crate) fn close(self: &Arc<Self>) {
        let waiting: Vec<_> = {
            let mut workers = lock(&self.workers);
            workers.closed = true;
            workers.queue.iter().map(|job| Arc::clone(&job.control)).collect()
        };
        self.work.notify_all();
        let running = self.watchdog.close();
        for control in waiting.iter().chain(&running) {
            self.cancel(control, None);
        }
    }

    /// Wakes or starts a thread when jobs wait for one; fails them when there is none to wait for.
    fn staff(self: &Arc<Self>) {
        let mut workers = lock(&self.workers);
        if workers.idle >= workers.queue.len() {
            self.work.notify_one();
        } else if workers.active < self.limit {
            if self.start("background-runner", Self::serve) {
                workers.active += 1;
            } else if workers.active == 0 {
                strand(workers, "the system has no thread to give");
            }
        } else if workers.stuck == workers.active {
            strand(workers, "every thread still works on a dispatch whose time is over");
        }
    }

    fn start(self: &Arc<Self>, name: &str, body: fn(&Arc<Self>)) -> bool {
        let pool = Arc::clone(self);
        spawn(name, Box::new(move || body(&pool)))
    }

    /// A worker's life: one job after the other.
    fn serve(self: &Arc<Self>) {
        while let Some(job) = self.next() {
            let unwatch = |control: &Control| self.watchdog.unwatch(control);
            if !perform(job, |control| self.attend(control), unwatch) && !self.comes_back() {
                return;
            }
        }
    }

    /// The watchdog gave this thread's place to another one, or will, which has the lock until then.
    /// False when there is no place for it any more.
    fn comes_back(&self) -> bool {
        let mut workers = lock(&self.workers);
        if workers.stuck > 0 {
            // Its place, or that of another one, which is one of the others from now on.
            workers.stuck -= 1;
            return true;
        }
        workers.given_up -= 1;
        false
    }

    /// Has the watchdog look after a dispatch that has left the queue.
    fn attend(self: &Arc<Self>, control: &Arc<Control>) {
        self.watch(control);
        // `close` may have looked when the dispatch was in neither the queue nor the watch.
        if lock(&self.workers).closed {
            self.cancel(control, None);
        }
    }

    /// The next job; none when there was none for a while.
    fn next(&self) -> Option<Job> {
        let until = Instant::now() + IDLE;
        let mut workers = lock(&self.workers);
        loop {
            if let Some(job) = workers.queue.pop_front() {
                return Some(job);
            }
            let left = until.saturating_duration_since(Instant::now());
            if workers.closed || left.is_zero() {
                workers.active -= 1;
                return None;
            }
            workers.idle += 1;
            workers =
                self.work.wait_timeout(workers, left).unwrap_or_else(PoisonError::into_inner).0;
            workers.idle -= 1;
        }
    }

    /// Has the watchdog look after a dispatch, from now or with its new end.
    fn watch(self: &Arc<Self>, control: &Arc<Control>) {
        self.watchdog.watch(control, || self.start("background-runner-watch", Self::guard));
    }

    /// The watchdog's life: to end what does not end by itself.
    fn guard(self: &Arc<Self>) {
        while let Some(late) = self.watchdog.late() {
            for control in &late {
                self.give_up(control);
            }
            tell(late);
        }
    }

    /// Gives the place of a thread that does not come to an end to another one, while there are few.
    fn give_up(self: &Arc<Self>, control: &Control) {
        let mut workers = lock(&self.workers);
        // The thread that is just ending waits in `comes_back` until it is counted.
        if !control.abandon() {
            return;
        }
        if workers.given_up < GIVEN_UP {
            workers.given_up += 1;
            workers.active -= 1;
        } else {
            workers.stuck += 1;
        }
        drop(workers);
        self.staff();
    }
}

/// Tells of dispatches that were given up, on a thread of their own: who hears of one and does not
/// return keeps the watchdog from nothing.
fn tell(late: Vec<Arc<Control>>) {
    let late = Arc::new(late);
    let theirs = Arc::clone(&late);
    let settle = |late: &[Arc<Control>]| late.iter().for_each(|it| it.settle(Err(it.reason())));
    if !spawn("background-runner-late", Box::new(move || settle(&theirs))) {
        settle(&late);
    }
}

/// Starts a thread; false when the system has none to give.
///
/// The body is boxed for the library's size: a thread for each kind of closure is code of its own.
fn spawn(name: &str, body: Box<dyn FnOnce() + Send>) -> bool {
    let thread = thread::Builder::new().name(name.to_owned()).stack_size(STACK);
    thread.spawn(body).is_ok()
}

/// Does a job; false when the watchdog gave it up meanwhile.
fn perform(job: Job, watch: impl Fn(&Arc<Control>), unwatch: impl Fn(&Control)) -> bool {
    let Job { control, budget, work } = job;
    if !control.begin(budget) {
        // It was cancelled in the queue.
        control.settle(Err(control.reason()));
        unwatch(&control);
        return true;
    }
    watch(&control);
    // Whatever a panic left behind belongs to this dispatch alone and dies with it.
    if let Err(panic) = catch_unwind(AssertUnwindSafe(work)) {
        control.settle(Err(RunError::internal(panic_text(&*panic))));
    }
    // A job that ends without an outcome would leave its caller waiting for ever.
    control.settle(Err(RunError::internal("the dispatch ended without an outcome")));
    unwatch(&control);
    control.finish()
}

/// There is no thread, and none to wait for: the waiting dispatches fail instead of hanging.
fn strand(mut workers: MutexGuard<'_, Workers>, why: &str) {
    let jobs = std::mem::take(&mut workers.queue);
    drop(workers);
    for job in &jobs {
        job.control.settle(Err(RunError::new(Code::Internal, why)));
    }
}
