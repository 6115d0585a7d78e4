//! The timers of one world, in the order in which they are due.

use std::{
    collections::{BTreeMap, HashMap},
    time::Duration,
};

use rquickjs::{Function, Value};

/// What one timer costs outside the engine's heap, about.
pub(crate) const COST: usize = 192;

/// From this depth of timers set by timers, none is faster than [`CLAMP`] (HTML, timers).
const DEEP: u32 = 5;

const CLAMP: Duration = Duration::from_millis(4);

/// What a timer calls.
#[derive(Clone)]
pub(crate) struct Callback<'js> {
    pub(crate) function: Function<'js>,
    pub(crate) args: Vec<Value<'js>>,
}

struct Timer<'js> {
    callback: Callback<'js>,
    due: (Duration, u64),
    /// How long between two calls; none for a timer that fires once.
    period: Option<Duration>,
    depth: u32,
}

/// The timers of one world.
#[derive(Default)]
pub(crate) struct Timers<'js> {
    set: HashMap<i32, Timer<'js>>,
    /// Ids by due time, those due at the same time by their age.
    order: BTreeMap<(Duration, u64), i32>,
    last_id: i32,
    sequence: u64,
    /// How deep the timer that is firing is nested.
    depth: u32,
}

impl<'js> Timers<'js> {
    /// Sets a timer and gives its id, a positive number.
    pub(crate) fn set(
        &mut self,
        callback: Callback<'js>,
        (now, delay): (Duration, Duration),
        repeat: bool,
    ) -> i32 {
        let depth = self.depth + 1;
        let delay = if depth > DEEP { delay.max(CLAMP) } else { delay };
        let id = self.next_id();
        let due = self.schedule(id, now, delay);
        self.set.insert(id, Timer { callback, due, period: repeat.then_some(delay), depth });
        id
    }

    /// Forgets a timer; an unknown id is ignored. The callback is the caller's to drop.
    pub(crate) fn clear(&mut self, id: i32) -> Option<Callback<'js>> {
        let timer = self.set.remove(&id)?;
        self.order.remove(&timer.due);
        Some(timer.callback)
    }

    /// When the next timer is due.
    pub(crate) fn next_due(&self) -> Option<Duration> {
        self.order.first_key_value().map(|((due, _), _)| *due)
    }

    /// The callback of the first timer that is due at `now`, and whether it was its last call.
    pub(crate) fn take_due(&mut self, now: Duration) -> Option<(Callback<'js>, bool)> {
        let (&key, &id) = self.order.first_key_value().filter(|((due, _), _)| *due <= now)?;
        self.order.remove(&key);
        let mut timer = self.set.remove(&id)?;
        self.depth = timer.depth;
        let callback = timer.callback.clone();
        let Some(period) = timer.period else { return Some((callback, true)) };
        timer.depth = timer.depth.saturating_add(1);
        let period = if timer.depth > DEEP { period.max(CLAMP) } else { period };
        timer.due = self.schedule(id, now, period);
        self.set.insert(id, timer);
        Some((callback, false))
    }

    /// The callback has returned: timers set from now on are not nested in it.
    pub(crate) fn fired(&mut self) {
        self.depth = 0;
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.set.is_empty()
    }

    fn schedule(&mut self, id: i32, now: Duration, delay: Duration) -> (Duration, u64) {
        self.sequence += 1;
        let due = (now.saturating_add(delay), self.sequence);
        self.order.insert(due, id);
        due
    }

    /// The next free id; after 2^31 of them they start again.
    fn next_id(&mut self) -> i32 {
        loop {
            self.last_id = self.last_id.checked_add(1).unwrap_or(1);
            if !self.set.contains_key(&self.last_id) {
                return self.last_id;
            }
        }
    }
}
