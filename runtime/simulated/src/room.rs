//! What the simulated device has room for, so that no script fills the machine's memory with what it leaves.

use std::collections::VecDeque;

use crate::host::HostError;

/// The most that all stores of `CapacitorKV` hold, in bytes.
const STORES: usize = 8 << 20;

/// The most that one call of `CapacitorKV` has, in bytes: as on iOS.
pub(super) const TEXT: usize = 4 << 20;

/// The most that notifications take, and messages to the watch, and what is told of the app's own
/// functions: in memory, each.
pub(super) const KEPT: usize = 4 << 20;

/// What an entry of a store takes beside its texts, about.
const ENTRY: usize = 128;

/// What an object takes beside its text, and what each value in a list or an object does, about.
const OBJECT: usize = 640;
const VALUE: usize = 104;

/// About how many bytes the values of a JSON text take, without a look at what is between quotes.
pub(super) fn weight(json: &str) -> usize {
    json.bytes().fold(json.len(), |sum, byte| {
        sum.saturating_add(match byte {
            b'{' => OBJECT,
            b',' => VALUE,
            _ => 0,
        })
    })
}

/// What an entry of a store takes.
pub(super) fn entry(key: &str, value: &str) -> usize {
    ENTRY.saturating_add(key.len()).saturating_add(value.len())
}

/// Whether the stores may grow by what `new` has over `old`; they may always shrink.
pub(super) fn stores_take(held: usize, old: usize, new: usize) -> Result<(), HostError> {
    if new <= old || held.saturating_sub(old).saturating_add(new) <= STORES {
        return Ok(());
    }
    Err(full(&format!("the stores of its runners hold {} MiB", STORES >> 20)))
}

/// Refuses arguments that take more than `most`, before they are read.
pub(super) fn takes(weight: usize, most: usize) -> Result<(), HostError> {
    if weight <= most { Ok(()) } else { Err(full(&format!("it takes {} MiB of this", most >> 20))) }
}

fn full(why: &str) -> HostError {
    HostError::new("STORAGE_FAILED", format!("the simulated device is full: {why} at most"))
}

/// What was told of calls: the last ones.
pub(super) struct Recorded<T> {
    items: VecDeque<(T, usize)>,
    bytes: usize,
    omitted: u64,
}

impl<T> Default for Recorded<T> {
    fn default() -> Self {
        Self { items: VecDeque::new(), bytes: 0, omitted: 0 }
    }
}

impl<T: Clone> Recorded<T> {
    pub(super) fn push(&mut self, item: T, weight: usize) {
        self.items.push_back((item, weight));
        self.bytes = self.bytes.saturating_add(weight);
        while self.bytes > KEPT
            && let Some((_, weight)) = self.items.pop_front()
        {
            self.bytes = self.bytes.saturating_sub(weight);
            self.omitted = self.omitted.saturating_add(1);
        }
    }

    pub(super) fn items(&self) -> Vec<T> {
        self.items.iter().map(|(item, _)| item.clone()).collect()
    }

    /// How many went because there were too many.
    pub(super) fn omitted(&self) -> u64 {
        self.omitted
    }
}
