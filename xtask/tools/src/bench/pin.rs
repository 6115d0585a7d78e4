//! One processor for what is measured by its processor time.
//!
//! The clock of a process knows late what its threads do on other processors: at the next tick, some
//! milliseconds on. What two threads do in turns would be counted for the wrong dispatch.

#[cfg(target_os = "linux")]
use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};

/// While it lives, this thread and the programs that it starts stay on one processor, where the
/// system can do that.
#[cfg(target_os = "linux")]
pub(super) struct Pin(Option<CpuSet>);

#[cfg(target_os = "linux")]
impl Pin {
    pub(super) fn set() -> Self {
        Self(sched_getaffinity(None).ok().filter(|all| {
            let mut one = CpuSet::new();
            // The first processor has the system's own work to do.
            if let Some(last) = (0..CpuSet::MAX_CPU).rev().find(|&cpu| all.is_set(cpu)) {
                one.set(last);
            }
            sched_setaffinity(None, &one).is_ok()
        }))
    }
}

#[cfg(target_os = "linux")]
impl Drop for Pin {
    fn drop(&mut self) {
        // Where this fails, the rest is measured on one processor too.
        let _ = self.0.map(|all| sched_setaffinity(None, &all));
    }
}

#[cfg(not(target_os = "linux"))]
pub(super) struct Pin;

#[cfg(not(target_os = "linux"))]
impl Pin {
    pub(super) fn set() -> Self {
        Self
    }
}
