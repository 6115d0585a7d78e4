//! How fast the simulated world goes: in real time, or as fast as the script can follow.

use std::{
    collections::BTreeMap,
    sync::{Arc, Condvar, Mutex, PoisonError},
    time::{Duration, Instant},
};

use simulated::host_file::ClockKind;

use super::threads::Threads;
use crate::{
    clock::{Clock, RealClock, VirtualClock},
    host::Watch,
    lock::lock,
};

/// How long the dispatch looks away while a transfer is under way that virtual time waits for.
const GLANCE: Duration = Duration::from_millis(5);

/// The time of a host's world.
#[derive(Clone)]
pub(super) enum Pace {
    /// The machine's.
    Real,
    /// One that the dispatch moves on.
    Virtual(Arc<Timeline>),
}

/// Virtual time, which passes only when the script and the simulated network both wait.
pub(super) struct Timeline {
    clock: VirtualClock,
    transfers: Mutex<Transfers>,
    changed: Condvar,
}

/// The transfers that are under way.
#[derive(Default)]
struct Transfers {
    /// How many are at work: time stands still for them.
    busy: usize,
    /// Those that wait for their time, by that time and their age.
    asleep: BTreeMap<(Duration, u64), Sleeper>,
    started: u64,
}

/// What a transfer does when its time has come, and where.
struct Sleeper {
    work: Work,
    threads: Threads,
    pace: Pace,
}

type Work = Box<dyn FnOnce(AtWork) + Send>;

/// Says that a transfer is at work for as long as it lives.
pub(super) struct AtWork(Pace);

impl Pace {
    pub(super) fn new(kind: ClockKind) -> Self {
        match kind {
            ClockKind::Real => Self::Real,
            ClockKind::Virtual => Self::Virtual(Arc::new(Timeline {
                clock: VirtualClock::default(),
                transfers: Mutex::default(),
                changed: Condvar::new(),
            })),
        }
    }

    pub(super) fn clock(&self) -> Arc<dyn Clock> {
        match self {
            Self::Real => Arc::new(RealClock::new()),
            Self::Virtual(timeline) => Arc::clone(timeline) as Arc<dyn Clock>,
        }
    }

    /// A transfer begins.
    pub(super) fn at_work(&self) -> AtWork {
        if let Self::Virtual(timeline) = self {
            lock(&timeline.transfers).busy += 1;
        }
        AtWork(self.clone())
    }
}

impl AtWork {
    /// Does `work` when `time` has passed, or never, when the answer is not wanted any more.
    pub(super) fn after(
        self,
        time: Duration,
        reply: &Watch,
        threads: Threads,
        work: impl FnOnce(AtWork) + Send + 'static,
    ) {
        match &self.0 {
            Pace::Real => threads.run_at(Instant::now() + time, move || work(self)),
            Pace::Virtual(timeline) => {
                let pace = self.0.clone();
                let sleeper = Sleeper { work: Box::new(work), threads, pace };
                let key = timeline.fall_asleep(time, sleeper);
                let timeline = Arc::clone(timeline);
                reply.on_cancel(move || timeline.forget(key));
            }
        }
    }
}

impl Drop for AtWork {
    fn drop(&mut self) {
        if let Pace::Virtual(timeline) = &self.0 {
            lock(&timeline.transfers).busy -= 1;
            timeline.changed.notify_all();
        }
    }
}

impl Timeline {
    /// The transfer that is at work now does `sleeper` later.
    fn fall_asleep(&self, time: Duration, sleeper: Sleeper) -> (Duration, u64) {
        let mut transfers = lock(&self.transfers);
        transfers.started += 1;
        let key = (self.clock.now().saturating_add(time), transfers.started);
        transfers.asleep.insert(key, sleeper);
        key
    }

    fn forget(&self, key: (Duration, u64)) {
        // It goes when the lock does not hold any more: its reply has a last word to say.
        let sleeper = lock(&self.transfers).asleep.remove(&key);
        drop(sleeper);
        self.changed.notify_all();
    }

    /// Each sleeper is woken once, and at work from then on.
    fn wake(&self, sleepers: &[(Duration, u64)]) {
        for key in sleepers {
            let sleeper = lock(&self.transfers).asleep.remove(key);
            if let Some(Sleeper { work, threads, pace }) = sleeper {
                let at_work = pace.at_work();
                threads.run(move || work(at_work));
            }
        }
    }

    /// Who wakes up until `time`, all at the same moment, and which moment that is.
    fn next(&self, time: Duration) -> (Duration, Vec<(Duration, u64)>) {
        let transfers = lock(&self.transfers);
        let first = transfers.asleep.keys().next().map_or(time, |(due, _)| time.min(*due));
        let sleepers = transfers.asleep.keys().take_while(|(due, _)| *due <= first).copied();
        (first, sleepers.collect())
    }
}

impl Clock for Timeline {
    fn now(&self) -> Duration {
        self.clock.now()
    }

    fn wall(&self) -> f64 {
        self.clock.wall()
    }

    fn jump(&self, time: Duration, waiting: bool) -> bool {
        let transfers = lock(&self.transfers);
        if transfers.busy > 0 {
            let guard = self.changed.wait_timeout(transfers, GLANCE);
            drop(guard.unwrap_or_else(PoisonError::into_inner));
            return true;
        }
        if waiting && transfers.asleep.is_empty() {
            return false;
        }
        drop(transfers);
        let (moment, sleepers) = self.next(time);
        self.clock.jump(moment, false);
        self.wake(&sleepers);
        true
    }

    fn is_virtual(&self) -> bool {
        true
    }
}
