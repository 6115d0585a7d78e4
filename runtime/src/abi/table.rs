//! Handles: numbers that name things, so that no pointer of the app's is ever trusted.

use std::sync::Mutex;

use slotmap::{Key as _, KeyData, SlotMap, new_key_type};

use super::types::RunnerStatus;
use crate::lock::lock;

new_key_type! {
    struct Slot;
}

/// The things of one kind that the app has handles of.
///
/// The tables are the only statics of the ABI; what is in them belongs to a handle.
pub(crate) struct Table<T> {
    things: Mutex<Option<SlotMap<Slot, T>>>,
    /// Keeps the handles of two tables apart.
    kind: u64,
}

impl<T> Table<T> {
    pub(crate) const fn new(kind: u64) -> Self {
        // The kind goes into bits of the slot's index that no table grows to.
        Self { things: Mutex::new(None), kind: kind << 28 }
    }

    /// Gives a handle.
    pub(crate) fn insert(&self, thing: T) -> u64 {
        let slot = lock(&self.things).get_or_insert_default().insert(thing);
        slot.data().as_ffi() ^ self.kind
    }

    /// Ends a handle.
    pub(crate) fn remove(&self, handle: u64) -> Result<T, RunnerStatus> {
        self.with(handle, SlotMap::remove)
    }

    /// Looks at what a handle names.
    pub(crate) fn get<R>(&self, handle: u64, look: impl Fn(&T) -> R) -> Result<R, RunnerStatus> {
        self.with(handle, |things, slot| things.get(slot).map(look))
    }

    fn with<R>(
        &self,
        handle: u64,
        use_: impl FnOnce(&mut SlotMap<Slot, T>, Slot) -> Option<R>,
    ) -> Result<R, RunnerStatus> {
        let slot = Slot::from(KeyData::from_ffi(handle ^ self.kind));
        let exact = slot.data().as_ffi() == handle ^ self.kind;
        let mut things = lock(&self.things);
        let found = things.as_mut().filter(|_| exact).and_then(|things| use_(things, slot));
        found.ok_or(RunnerStatus::StaleHandle)
    }
}
