//! The threads of a runner: a bounded number of workers, and one watchdog over them.

use std::{
    collections::VecDeque,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, Condvar, Mutex, PoisonError},
    thread,
    time::{Duration, Instant},
};

use crate::{control::Control, error::RunError, mailbox::lock};

/// How long an idle thread stays for the next dispatch.
const IDLE: Duration = Duration::from_secs(2);

/// What a dispatch's thread gets to end by itself before the watchdog answers in its place.
const SLACK: Duration = Duration::from_millis(20);

/// Room for JavaScript's own limit, our frames, and those of the host's callbacks.
const STACK: usize = 4 * 1024 * 1024;

/// Room for the host's callbacks, without JavaScript.
const SMALL_STACK: usize = 256 * 1024;

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
    watch: Mutex<Watch>,
    change: Condvar,
}

#[derive(Default)]
struct Workers {
    queue: VecDeque<Job>,
    /// Threads that wait for a job.
    idle: usize,
    /// Threads that count against the limit.
    active: usize,
    closed: bool,
}

#[derive(Default)]
struct Watch {
    /// The dispatches that may have to be ended from outside.
    watched: Vec<Arc<Control>>,
    /// When the watchdog looks next; none when there is no watchdog.
    next: Option<Instant>,
    /// Whether the watchdog goes as soon as there is nothing to watch.
    closed: bool,
}

impl Pool {
    pub(crate) fn new(limit: usize) -> Arc<Self> {
        Arc::new(Self {
            limit,
            workers: Mutex::default(),
            work: Condvar::new(),
            watch: Mutex::default(),
            change: Condvar::new(),
        })
    }

    /// Queues a job.
    pub(crate) fn submit(self: &Arc<Self>, job: Job) {
        lock(&self.workers).queue.push_back(job);
        self.staff();
    }

    /// Asks a dispatch to end, and sees to it.
    pub(crate) fn cancel(self: &Arc<Self>, control: &Arc<Control>) {
        control.cancel();
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
        let running = {
            let mut watch = lock(&self.watch);
            watch.closed = true;
            watch.watched.clone()
        };
        self.change.notify_one();
        for control in waiting.iter().chain(&running) {
            self.cancel(control);
        }
    }

    /// Wakes or starts a thread when jobs wait for one.
    fn staff(self: &Arc<Self>) {
        let mut workers = lock(&self.workers);
        if workers.idle >= workers.queue.len() {
            self.work.notify_one();
        } else if workers.active < self.limit {
            if self.start("background-runner", STACK, Self::serve) {
                workers.active += 1;
            } else if workers.active == 0 {
                let stranded = std::mem::take(&mut workers.queue);
                drop(workers);
                strand(&stranded);
            }
        }
    }

    fn start(self: &Arc<Self>, name: &str, stack: usize, body: fn(&Arc<Self>)) -> bool {
        let pool = Arc::clone(self);
        spawn(name, stack, Box::new(move || body(&pool)))
    }

    /// A worker's life: one job after the other.
    fn serve(self: &Arc<Self>) {
        while let Some(job) = self.next() {
            if !perform(job, |control| self.attend(control), |control| self.unwatch(control)) {
                // The watchdog gave this thread's place to another one.
                return;
            }
        }
    }

    /// Has the watchdog look after a dispatch that has left the queue.
    fn attend(self: &Arc<Self>, control: &Arc<Control>) {
        self.watch(control);
        // `close` may have looked when the dispatch was in neither the queue nor the watch.
        if lock(&self.workers).closed {
            self.cancel(control);
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
        let due = Instant::now().checked_add(control.time_left() + SLACK);
        let mut watch = lock(&self.watch);
        if !watch.watched.iter().any(|other| other.id == control.id) {
            watch.watched.push(Arc::clone(control));
        }
        match (watch.next, due) {
            (None, _) => {
                // Where the system has no thread to give now, the next dispatch asks again.
                let started = self.start("background-runner-watch", SMALL_STACK, Self::guard);
                watch.next = due.filter(|_| started);
            }
            (Some(next), Some(due)) if due < next => {
                watch.next = Some(due);
                self.change.notify_one();
            }
            _ => {}
        }
    }

    fn unwatch(&self, control: &Control) {
        lock(&self.watch).watched.retain(|other| other.id != control.id);
    }

    /// The watchdog's life: to end what does not end by itself.
    fn guard(self: &Arc<Self>) {
        while let Some(late) = self.late() {
            for control in &late {
                if control.abandon() {
                    lock(&self.workers).active -= 1;
                    self.staff();
                }
            }
            tell(late);
        }
    }

    /// The dispatches that are over and did not end; none when nobody needs a watchdog any more.
    fn late(&self) -> Option<Vec<Arc<Control>>> {
        let mut watch = lock(&self.watch);
        loop {
            let overdue = |control: &mut Arc<Control>| control.overdue(SLACK);
            let late: Vec<_> = watch.watched.extract_if(.., overdue).collect();
            if !late.is_empty() {
                return Some(late);
            }
            let idle = watch.watched.is_empty();
            if idle && watch.closed {
                watch.next = None;
                return None;
            }
            let nearest = watch.watched.iter().map(|control| control.time_left() + SLACK).min();
            let wait = nearest.unwrap_or(IDLE);
            watch.next = Instant::now().checked_add(wait);
            let (guard, timeout) =
                self.change.wait_timeout(watch, wait).unwrap_or_else(PoisonError::into_inner);
            watch = guard;
            if idle && timeout.timed_out() && watch.watched.is_empty() {
                watch.next = None;
                return None;
            }
        }
    }
}

/// Tells of dispatches that were given up, on a thread of their own: who hears of one and does not
/// return keeps the watchdog from nothing.
fn tell(late: Vec<Arc<Control>>) {
    let late = Arc::new(late);
    let theirs = Arc::clone(&late);
    let settle = |late: &[Arc<Control>]| late.iter().for_each(|it| it.settle(Err(it.reason())));
    if !spawn("background-runner-late", SMALL_STACK, Box::new(move || settle(&theirs))) {
        settle(&late);
    }
}

/// Starts a thread; false when the system has none to give.
///
/// The body is boxed for the library's size: a thread for each kind of closure is code of its own.
fn spawn(name: &str, stack: usize, body: Box<dyn FnOnce() + Send>) -> bool {
    let thread = thread::Builder::new().name(name.to_owned()).stack_size(stack);
    thread.spawn(body).is_ok()
}

/// Does a job; false when the watchdog gave it up.
fn perform(job: Job, watch: impl Fn(&Arc<Control>), unwatch: impl Fn(&Control)) -> bool {
    let Job { control, budget, work } = job;
    if !control.begin(budget) {
        unwatch(&control);
        return true;
    }
    watch(&control);
    // Whatever a panic left behind belongs to this dispatch alone and dies with it.
    if let Err(panic) = catch_unwind(AssertUnwindSafe(work)) {
        control.settle(Err(RunError::internal(message(&*panic))));
    }
    // A job that ends without an outcome would leave its caller waiting for ever.
    control.settle(Err(RunError::internal("the dispatch ended without an outcome")));
    unwatch(&control);
    control.finish()
}

/// The system gives no thread at all: the waiting dispatches fail instead of hanging.
fn strand(jobs: &VecDeque<Job>) {
    for job in jobs {
        job.control.settle(Err(RunError::internal("the system has no thread to give")));
    }
}

/// What a panic said.
pub(crate) fn message(panic: &(dyn std::any::Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("a panic")
}
