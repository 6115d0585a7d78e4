//! The deadlines of dispatches: which may have to be ended from outside, and when to look next.

use std::{
    sync::{Arc, Condvar, Mutex, PoisonError},
    time::{Duration, Instant},
};

use super::control::Control;
use crate::lock::lock;

/// What a dispatch's thread gets to end by itself before the watchdog answers in its place.
const SLACK: Duration = Duration::from_millis(20);

/// How long a watchdog without work stays for the next dispatch.
const IDLE: Duration = Duration::from_secs(2);

/// What the watchdog of a pool knows. Any thread tells it; its own thread waits in [`Watchdog::late`].
#[derive(Default)]
pub(crate) struct Watchdog {
    watch: Mutex<Watch>,
    change: Condvar,
}

#[derive(Default)]
struct Watch {
    /// The dispatches that may have to be ended from outside.
    watched: Vec<Arc<Control>>,
    /// When the watchdog looks next; none when it has no thread.
    next: Option<Instant>,
    /// Whether the thread goes as soon as there is nothing to watch.
    closed: bool,
}

impl Watchdog {
    /// Looks after a dispatch, from now or with its new end; `start` gives the watchdog a thread.
    pub(crate) fn watch(&self, control: &Arc<Control>, start: impl FnOnce() -> bool) {
        let due = Instant::now().checked_add(control.time_left() + SLACK);
        let mut watch = lock(&self.watch);
        if !watch.watched.iter().any(|other| other.id == control.id) {
            watch.watched.push(Arc::clone(control));
        }
        if watch.next.is_none() {
            // Where the system has no thread to give now, the next dispatch asks again.
            watch.next = due.filter(|_| start());
        } else {
            self.look_at(&mut watch, due);
        }
    }

    /// The dispatch has ended.
    pub(crate) fn unwatch(&self, control: &Control) {
        lock(&self.watch).watched.retain(|other| other.id != control.id);
    }

    /// A dispatch that is watched ends within `limit` from now: sooner than was said before.
    pub(crate) fn look_within(&self, limit: Duration) {
        let due = Instant::now().checked_add(limit + SLACK);
        self.look_at(&mut lock(&self.watch), due);
    }

    /// Wakes the thread when it would look later than at `due`.
    fn look_at(&self, watch: &mut Watch, due: Option<Instant>) {
        if let (Some(next), Some(due)) = (watch.next, due)
            && due < next
        {
            watch.next = Some(due);
            self.change.notify_one();
        }
    }

    /// No dispatch comes any more; gives those that are watched.
    pub(crate) fn close(&self) -> Vec<Arc<Control>> {
        let mut watch = lock(&self.watch);
        watch.closed = true;
        self.change.notify_one();
        watch.watched.clone()
    }

    /// Waits for dispatches that are over and did not end; none when nobody needs a watchdog any
    /// more, and its thread is to go.
    pub(crate) fn late(&self) -> Option<Vec<Arc<Control>>> {
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
