//! Where time comes from: the machine, or a clock that jumps to the next timer.

#[cfg(target_family = "wasm")]
pub(crate) mod imported;

#[cfg(not(target_family = "wasm"))]
pub(crate) use std::time::Instant;
use std::{sync::Mutex, time::Duration};

#[cfg(target_family = "wasm")]
pub(crate) use self::imported::{Instant, wall_clock};

/// The time as one dispatch sees it.
///
/// A host hands a clock to each dispatch, so that two dispatches may live in different times.
pub trait Clock: Send + Sync {
    /// Time since the clock's own beginning; it never goes back.
    fn now(&self) -> Duration;

    /// Milliseconds since 1970-01-01 UTC, as `Date.now()` shows them.
    fn wall(&self) -> f64;

    /// Jumps to `time`, or a part of the way, and says whether it did: else the dispatch sleeps.
    ///
    /// A real clock cannot. `waiting` says that the host owes the script an answer: who jumps then
    /// knows when that answer comes.
    fn jump(&self, time: Duration, waiting: bool) -> bool {
        let _ = (time, waiting);
        false
    }

    /// Whether [`Clock::jump`] works: then `Date` and `performance` follow this clock.
    fn is_virtual(&self) -> bool {
        false
    }
}

/// The machine's own clock: monotonic for waiting, the system's for dates.
#[derive(Debug)]
pub struct RealClock {
    start: Instant,
}

impl RealClock {
    /// A clock that begins now.
    #[must_use]
    pub fn new() -> Self {
        Self { start: Instant::now() }
    }
}

impl Default for RealClock {
    fn default() -> Self {
        Self::new()
    }
}

impl Clock for RealClock {
    fn now(&self) -> Duration {
        self.start.elapsed()
    }

    fn wall(&self) -> f64 {
        wall_clock()
    }
}

/// A clock that stands still until somebody waits, and then is there at once.
#[derive(Debug)]
pub struct VirtualClock {
    origin: f64,
    elapsed: Mutex<Duration>,
}

impl VirtualClock {
    /// A clock that begins at `origin`, in milliseconds since 1970-01-01 UTC.
    #[must_use]
    pub fn starting_at(origin: f64) -> Self {
        Self { origin, elapsed: Mutex::default() }
    }

    /// Moves the time on by `step`.
    pub fn advance(&self, step: Duration) {
        let mut elapsed = crate::lock::lock(&self.elapsed);
        *elapsed = elapsed.saturating_add(step);
    }
}

impl Default for VirtualClock {
    fn default() -> Self {
        Self::starting_at(RealClock::new().wall())
    }
}

impl Clock for VirtualClock {
    fn now(&self) -> Duration {
        *crate::lock::lock(&self.elapsed)
    }

    fn wall(&self) -> f64 {
        self.origin + millis(self.now())
    }

    fn jump(&self, time: Duration, waiting: bool) -> bool {
        if waiting {
            return false;
        }
        let mut elapsed = crate::lock::lock(&self.elapsed);
        *elapsed = time.max(*elapsed);
        true
    }

    fn is_virtual(&self) -> bool {
        true
    }
}

/// The system's time, in milliseconds since 1970-01-01 UTC.
#[cfg(not(target_family = "wasm"))]
pub(crate) fn wall_clock() -> f64 {
    use std::time::{SystemTime, UNIX_EPOCH};
    millis(SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default())
}

/// A duration in JavaScript's unit.
pub(crate) fn millis(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1000.0
}
