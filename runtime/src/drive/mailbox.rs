//! Where the host's answers come in from any thread, and the thread of a dispatch sleeps.

use std::{
    sync::{Arc, Condvar, Mutex, PoisonError},
    time::Duration,
};

use crate::{
    clock::Instant,
    engine::{heap::Usage, memory::Charge},
    host::{Answer, Flow, Post},
    lock::lock,
    world::{
        driver::Mail,
        inbox::{self, Inbox, Message, Pulled},
    },
};

/// One dispatch's letter box: any thread posts, the dispatch's thread takes.
#[derive(Debug)]
pub(crate) struct Mailbox {
    state: Mutex<State>,
    changed: Condvar,
    usage: Arc<Usage>,
}

#[derive(Debug)]
struct State {
    inbox: Inbox,
    /// The call whose answer the sleeper waits for, when no other wakes it, and whether it has come.
    sought: Option<u64>,
    found: bool,
    /// Somebody wants the sleeper to look around.
    nudged: bool,
}

impl Mailbox {
    pub(crate) fn new(usage: &Arc<Usage>) -> Self {
        let inbox = Inbox::new(usage);
        let state = State { inbox, sought: None, found: false, nudged: false };
        Self { state: Mutex::new(state), changed: Condvar::new(), usage: Arc::clone(usage) }
    }

    /// Wakes the sleeper.
    pub(crate) fn nudge(&self) {
        lock(&self.state).nudged = true;
        self.changed.notify_one();
    }

    /// The oldest answer to `call`, leaving what else there is where it is.
    pub(crate) fn take_for(&self, call: u64) -> Option<Answer> {
        lock(&self.state).inbox.take_for(call)
    }

    /// Sleeps until there is a message, for `sought` if that is one call, until a nudge, or for `limit`.
    pub(crate) fn wait(&self, limit: Duration, sought: Option<u64>) {
        let until = Instant::now().checked_add(limit);
        let mut state = lock(&self.state);
        state.found = state.inbox.has(sought);
        state.sought = sought;
        while !state.nudged && !state.found {
            let left = until.map(|until| until.saturating_duration_since(Instant::now()));
            state = match left {
                Some(Duration::ZERO) => break,
                Some(left) => {
                    self.changed.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0
                }
                None => self.changed.wait(state).unwrap_or_else(PoisonError::into_inner),
            };
        }
        state.nudged = false;
    }

    /// Nothing is wanted any more: what waits is dropped, what comes is ignored.
    pub(crate) fn close(&self) {
        let dropped = lock(&self.state).inbox.close();
        drop(dropped);
    }
}

impl Post for Mailbox {
    fn post(&self, call: u64, answer: Answer) -> Flow {
        if !lock(&self.state).inbox.wants(call) {
            return Flow::Over;
        }
        // Without the lock: on the dispatch's own thread it may collect garbage, which may post.
        let charge = Charge::new(&self.usage, inbox::size(&answer)).ok();
        let mut state = lock(&self.state);
        let (flow, is_new) = state.inbox.deliver(call, answer, charge);
        state.found |= is_new && state.sought.is_none_or(|sought| sought == call);
        drop(state);
        self.changed.notify_one();
        flow
    }

    fn room(&self) -> usize {
        self.usage.limit()
    }
}

impl Mail for Mailbox {
    fn take(&self) -> Option<Message> {
        lock(&self.state).inbox.take()
    }

    fn pull(&self, call: u64) -> (Pulled, Vec<u64>) {
        lock(&self.state).inbox.pull(call)
    }

    fn open(&self, call: u64) {
        lock(&self.state).inbox.open(call);
    }

    fn forget(&self, call: u64) {
        lock(&self.state).inbox.forget(call);
    }

    fn abandon(&self, call: u64) {
        lock(&self.state).inbox.abandon(call);
    }
}
