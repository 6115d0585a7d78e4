//! The machine's time where the standard library has none: whoever embeds the module tells it.

use std::time::Duration;

#[link(wasm_import_module = "background_runner")]
unsafe extern "C" {
    /// Milliseconds since some beginning; they never go back.
    safe fn now() -> f64;
    /// Milliseconds since 1970-01-01 UTC.
    safe fn wall() -> f64;
}

/// A moment of the machine's monotonic clock: what [`std::time::Instant`] is elsewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Instant(Duration);

impl Instant {
    pub(crate) fn now() -> Self {
        Self(duration(now()))
    }

    pub(crate) fn elapsed(self) -> Duration {
        Self::now().saturating_duration_since(self)
    }

    pub(crate) fn checked_add(self, time: Duration) -> Option<Self> {
        self.0.checked_add(time).map(Self)
    }

    pub(crate) fn saturating_duration_since(self, earlier: Self) -> Duration {
        self.0.saturating_sub(earlier.0)
    }
}

/// Milliseconds since 1970-01-01 UTC.
pub(crate) fn wall_clock() -> f64 {
    wall()
}

/// A duration of JavaScript's; none where it makes no sense.
pub(crate) fn duration(milliseconds: f64) -> Duration {
    Duration::try_from_secs_f64(milliseconds / 1000.0).unwrap_or_default()
}
