//! Promises that were rejected and that nobody handles, and those that somebody handles after all.

use std::cell::{Cell, RefCell};

use rquickjs::{Promise, Value, promise::PromiseState, qjs};

use super::World;
use crate::engine::memory::ChargedMap;

/// The rejections of which the script has not been told, by the addresses of their promises.
#[derive(Default)]
pub(super) struct Rejections<'js> {
    unhandled: RefCell<ChargedMap<usize, Rejection<'js>>>,
    /// Those of which the script was told, and which somebody has handled since.
    handled: RefCell<ChargedMap<usize, Rejection<'js>>>,
    /// The promise of whose rejection the script is just told.
    telling: Cell<usize>,
    /// How many there were so far.
    count: Cell<u64>,
}

/// A rejected promise.
struct Rejection<'js> {
    /// How many there were before it.
    place: u64,
    promise: Value<'js>,
    reason: Value<'js>,
}

/// What the script hears of a rejection.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Heard {
    /// Nobody handles it.
    Unhandled,
    /// Somebody handles it after all.
    Handled,
}

impl Rejections<'_> {
    pub(super) fn clear(&self) {
        drop(self.unhandled.take());
        drop(self.handled.take());
    }
}

impl<'js> World<'js> {
    /// A promise was rejected that nobody handles, or somebody handles one after all.
    pub(crate) fn track_rejection(&self, promise: Value<'js>, reason: Value<'js>, handled: bool) {
        // SAFETY: a promise is an object, which is a pointer.
        let address = unsafe { qjs::JS_VALUE_GET_PTR(promise.as_raw()) }.addr();
        let all = &self.rejections;
        let place = all.count.replace(all.count.get().saturating_add(1));
        let rejection = Rejection { place, promise, reason };
        if !handled {
            return self.keep_rejection(&all.unhandled, address, rejection);
        }
        let untold = all.unhandled.borrow_mut().remove(&address);
        if untold.is_none() && all.telling.get() != address {
            self.keep_rejection(&all.handled, address, rejection);
        }
    }

    fn keep_rejection(
        &self,
        rejections: &RefCell<ChargedMap<usize, Rejection<'js>>>,
        address: usize,
        rejection: Rejection<'js>,
    ) {
        // The list in which they are told.
        let listed = size_of::<(u64, usize)>();
        let kept = rejections.borrow_mut().insert(self.memory(), listed, || (address, rejection));
        if kept.is_err() {
            // Nothing can be thrown here: a script that goes on would never hear of it.
            self.memory().stop();
        }
    }

    /// Has `tell` tell of the rejections that nobody handled until now, but for that of the promise
    /// which the dispatch waits for, and of those that somebody handled after all.
    pub(crate) fn tell_rejections(&self, tell: impl Fn(Heard, &Value<'js>, &Value<'js>)) {
        let all = &self.rejections;
        if all.unhandled.borrow().is_empty() && all.handled.borrow().is_empty() {
            return;
        }
        for address in in_order(&all.unhandled) {
            // Who was told before may have handled it.
            let rejection = all.unhandled.borrow_mut().remove(&address);
            let Some(Rejection { promise, reason, .. }) = rejection else { continue };
            if !self.awaits(&promise) {
                all.telling.set(address);
                tell(Heard::Unhandled, &promise, &reason);
                all.telling.set(0);
            }
        }
        for address in in_order(&all.handled) {
            let rejection = all.handled.borrow_mut().remove(&address);
            if let Some(Rejection { promise, reason, .. }) = rejection {
                tell(Heard::Handled, &promise, &reason);
            }
        }
    }

    /// Whether the dispatch itself waits for a promise: until it is settled, its rejection is the
    /// outcome.
    fn awaits(&self, promise: &Value<'js>) -> bool {
        !self.is_decided() && self.is_dispatched(promise)
    }

    /// Whether a promise is that of the script's handler, or of its module.
    pub(crate) fn is_dispatched(&self, promise: &Value<'js>) -> bool {
        self.awaited.borrow().as_ref().is_some_and(|awaited| awaited.as_value() == promise)
    }
}

/// The addresses of rejected promises in the order in which they were noted.
fn in_order(rejections: &RefCell<ChargedMap<usize, Rejection<'_>>>) -> Vec<usize> {
    let rejections = rejections.borrow();
    let mut listed: Vec<_> = rejections.iter().map(|(address, it)| (it.place, *address)).collect();
    listed.sort_unstable();
    listed.into_iter().map(|(_, address)| address).collect()
}

/// Why a promise was rejected, if it was.
pub(crate) fn rejected<'js>(promise: &Promise<'js>) -> Option<Value<'js>> {
    match promise.state() {
        PromiseState::Rejected => match promise.result::<Value<'js>>() {
            Some(Err(_)) => Some(promise.ctx().catch()),
            _ => None,
        },
        _ => None,
    }
}
