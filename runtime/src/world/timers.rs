//! The timers of one world, in the order in which they are due.

use std::{collections::BTreeMap, rc::Rc, sync::Arc, time::Duration};

use rquickjs::{Ctx, Function, Result, Value};

use super::World;
use crate::engine::{
    heap::Usage,
    memory::{Charged, ChargedMap},
};

/// What a timer takes in the order of them, beside its entry among those that are set.
const IN_ORDER: usize = 64;

/// From this depth of timers set by timers, none is faster than [`CLAMP`] (HTML, timers).
const DEEP: u32 = 5;

const CLAMP: Duration = Duration::from_millis(4);

/// What a timer calls.
#[derive(Clone)]
pub(crate) struct Callback<'js> {
    pub(crate) function: Function<'js>,
    pub(crate) args: Rc<Charged<Vec<Value<'js>>>>,
    /// For a timer that the runtime has set: where the script asked for it.
    pub(crate) origin: Option<Rc<str>>,
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
    set: ChargedMap<i32, Timer<'js>>,
    /// Ids by due time, those due at the same time by their age.
    order: BTreeMap<(Duration, u64), i32>,
    last_id: i32,
    last_task: i32,
    sequence: u64,
    /// How deep the timer that is firing is nested.
    depth: u32,
}

impl<'js> Timers<'js> {
    /// Sets a timer of the script's and gives its id, a positive number.
    ///
    /// # Errors
    ///
    /// [`Error::Allocation`](rquickjs::Error::Allocation) when it does not fit.
    pub(crate) fn set(
        &mut self,
        memory: &Arc<Usage>,
        callback: Callback<'js>,
        (now, delay): (Duration, Duration),
        repeat: bool,
    ) -> Result<i32> {
        let depth = self.depth + 1;
        let delay = if depth > DEEP { delay.max(CLAMP) } else { delay };
        let id = self.next_id();
        self.insert(memory, id, callback, (now, delay), repeat, depth)?;
        Ok(id)
    }

    /// Queues a task of our own, such as a message to a port: it stands in line with the timers, but
    /// no timer is nested in it and no script knows its id, which is negative.
    ///
    /// # Errors
    ///
    /// [`Error::Allocation`](rquickjs::Error::Allocation) when it does not fit.
    pub(crate) fn queue(
        &mut self,
        memory: &Arc<Usage>,
        callback: Callback<'js>,
        times: (Duration, Duration),
    ) -> Result<()> {
        self.last_task = self.last_task.checked_sub(1).unwrap_or(-1);
        self.insert(memory, self.last_task, callback, times, false, 0)
    }

    fn insert(
        &mut self,
        memory: &Arc<Usage>,
        id: i32,
        callback: Callback<'js>,
        (now, delay): (Duration, Duration),
        repeat: bool,
        depth: u32,
    ) -> Result<()> {
        let due = (now.saturating_add(delay), self.next_sequence());
        let timer = Timer { callback, due, period: repeat.then_some(delay), depth };
        self.set.insert(memory, IN_ORDER, || (id, timer))?;
        self.order.insert(due, id);
        Ok(())
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

    /// The callback of the first timer that is due at `now`.
    pub(crate) fn take_due(&mut self, now: Duration) -> Option<Callback<'js>> {
        let (&key, &id) = self.order.first_key_value().filter(|((due, _), _)| *due <= now)?;
        self.order.remove(&key);
        let sequence = self.next_sequence();
        let timer = self.set.get_mut(&id)?;
        self.depth = timer.depth;
        let callback = timer.callback.clone();
        let Some(period) = timer.period else {
            self.set.remove(&id);
            return Some(callback);
        };
        timer.depth = timer.depth.saturating_add(1);
        let period = if timer.depth > DEEP { period.max(CLAMP) } else { period };
        timer.due = (now.saturating_add(period), sequence);
        self.order.insert(timer.due, id);
        Some(callback)
    }

    /// The callback has returned: timers set from now on are not nested in it.
    pub(crate) fn fired(&mut self) {
        self.depth = 0;
    }

    /// How many the script itself has set.
    pub(crate) fn count(&self) -> usize {
        self.set.iter().filter(|(_, timer)| timer.callback.origin.is_none()).count()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.set.is_empty()
    }

    fn next_sequence(&mut self) -> u64 {
        self.sequence += 1;
        self.sequence
    }

    /// The next free id; after 2^31 of them they start again.
    fn next_id(&mut self) -> i32 {
        loop {
            self.last_id = self.last_id.checked_add(1).unwrap_or(1);
            if self.set.get(&self.last_id).is_none() {
                return self.last_id;
            }
        }
    }
}

impl<'js> World<'js> {
    /// Calls `function` with `args` after `delay`, once or (`repeat`) again and again.
    ///
    /// # Errors
    ///
    /// `InternalError: out of memory` when there are too many.
    pub(crate) fn set_timer(
        &self,
        function: Function<'js>,
        args: Charged<Vec<Value<'js>>>,
        delay: Duration,
        repeat: bool,
    ) -> Result<i32> {
        let callback = Callback { function, args: Rc::new(args), origin: None };
        let times = (self.driver.now(), delay);
        self.timers.borrow_mut().set(self.memory(), callback, times, repeat)
    }

    /// Calls `function` after `delay`, for our own purposes; the script asked for it at `origin`.
    ///
    /// # Errors
    ///
    /// `InternalError: out of memory` when there are too many.
    pub(crate) fn queue_task(
        &self,
        function: Function<'js>,
        delay: Duration,
        origin: Rc<str>,
    ) -> Result<()> {
        let args = Rc::new(Charged::list(self.memory()));
        let callback = Callback { function, args, origin: Some(origin) };
        let times = (self.driver.now(), delay);
        self.timers.borrow_mut().queue(self.memory(), callback, times)
    }

    /// Forgets a timer; an unknown id is ignored.
    pub(crate) fn clear_timer(&self, id: i32) {
        // The callback is dropped when the timers are free again: it may be the last of its kind.
        let callback = self.timers.borrow_mut().clear(id);
        drop(callback);
    }

    /// Calls the first timer that is due, and gives what comes of it; none when there is none.
    pub(crate) fn fire_timer(&self, ctx: &Ctx<'js>) -> Option<Result<()>> {
        let callback = self.timers.borrow_mut().take_due(self.driver.now())?;
        let mut args = rquickjs::function::Args::new(ctx.clone(), callback.args.len());
        let result = args.push_args(callback.args.iter().cloned()).and_then(|()| {
            let call = || callback.function.call_arg::<Value<'js>>(args);
            self.stacks.asked_at(callback.origin, call)
        });
        self.timers.borrow_mut().fired();
        Some(result.map(drop))
    }

    /// When the next timer is due, counted from now.
    pub(crate) fn next_timer(&self) -> Option<Duration> {
        let due = self.timers.borrow().next_due()?;
        Some(due.saturating_sub(self.driver.now()))
    }

    /// How many timers of the script are set.
    pub(crate) fn script_timers(&self) -> usize {
        self.timers.borrow().count()
    }
}
