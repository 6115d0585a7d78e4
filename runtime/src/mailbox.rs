//! Where the host's answers wait for the dispatch's thread, which sleeps here.

use std::{
    collections::VecDeque,
    sync::{Condvar, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use crate::host::{FetchHead, HostError};

/// The code of an answer that is larger than the memory limit.
pub(crate) const OUT_OF_MEMORY: &str = "OUT_OF_MEMORY";

/// Locks what no panic can leave half done.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A piece of an answer to the host call `call`.
#[derive(Debug)]
pub(crate) struct Message {
    pub(crate) call: u64,
    pub(crate) answer: Answer,
}

/// What a host says to a call.
#[derive(Debug)]
pub(crate) enum Answer {
    /// The status line and headers of a fetch.
    Head(FetchHead),
    /// A piece of a body.
    Chunk(Vec<u8>),
    /// The result, or the end of a body.
    Done(Vec<u8>),
    /// It failed.
    Failed(HostError),
}

impl Answer {
    /// About how many bytes it holds: a thousand small pieces are no small thing either.
    fn size(&self) -> usize {
        let held = match self {
            Answer::Chunk(bytes) | Answer::Done(bytes) => bytes.len(),
            Answer::Head(head) => {
                let lines = head.headers.iter();
                lines.map(|(name, value)| PIECE + name.len() + value.len()).sum::<usize>()
            }
            Answer::Failed(error) => error.message.len(),
        };
        held.saturating_add(PIECE)
    }
}

/// What a message costs beside what it says, about.
const PIECE: usize = size_of::<Message>();

/// One dispatch's letter box: any thread posts, the dispatch's thread takes.
#[derive(Debug)]
pub(crate) struct Mailbox {
    state: Mutex<State>,
    changed: Condvar,
    /// The most bytes that may wait: a host that pushes faster than the script reads is told off.
    capacity: usize,
}

#[derive(Debug, Default)]
struct State {
    messages: VecDeque<Message>,
    bytes: usize,
    /// The calls whose answer was too large: what else is said to them is not heard.
    refused: Vec<u64>,
    closed: bool,
    /// Somebody wants the sleeper to look around.
    nudged: bool,
}

impl State {
    /// What `call` was told makes room for the others, and what it is told from now on is dropped.
    fn refuse(&mut self, call: u64) {
        self.refused.push(call);
        self.messages.retain(|message| message.call != call);
        self.bytes = self.messages.iter().map(|message| message.answer.size()).sum();
    }
}

/// What a call hears whose answer does not fit.
pub(crate) fn too_large() -> HostError {
    HostError::new(OUT_OF_MEMORY, "the answer exceeds the memory limit")
}

impl Mailbox {
    pub(crate) fn new(capacity: usize) -> Self {
        Self { state: Mutex::default(), changed: Condvar::new(), capacity }
    }

    /// Leaves a message, unless the dispatch is over.
    pub(crate) fn post(&self, message: Message) {
        let mut state = lock(&self.state);
        if state.closed || state.refused.contains(&message.call) {
            return;
        }
        let fits = state.bytes.saturating_add(message.answer.size()) <= self.capacity;
        let message = if fits {
            message
        } else {
            state.refuse(message.call);
            Message { call: message.call, answer: Answer::Failed(too_large()) }
        };
        state.bytes = state.bytes.saturating_add(message.answer.size());
        state.messages.push_back(message);
        self.changed.notify_one();
    }

    /// Wakes the sleeper.
    pub(crate) fn nudge(&self) {
        lock(&self.state).nudged = true;
        self.changed.notify_one();
    }

    /// The oldest message, if there is one.
    pub(crate) fn take(&self) -> Option<Message> {
        let mut state = lock(&self.state);
        let message = state.messages.pop_front()?;
        state.bytes = state.bytes.saturating_sub(message.answer.size());
        Some(message)
    }

    /// The oldest message for `call`, leaving the others where they are.
    pub(crate) fn take_for(&self, call: u64) -> Option<Answer> {
        let mut state = lock(&self.state);
        let index = state.messages.iter().position(|message| message.call == call)?;
        let message = state.messages.remove(index)?;
        state.bytes = state.bytes.saturating_sub(message.answer.size());
        Some(message.answer)
    }

    /// Sleeps until something is `wanted`, until a nudge, or for `limit`.
    pub(crate) fn wait(&self, limit: Duration, wanted: impl Fn(&Message) -> bool) {
        let until = Instant::now().checked_add(limit);
        let mut state = lock(&self.state);
        while !state.nudged && !state.messages.iter().any(&wanted) {
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
        let messages = {
            let mut state = lock(&self.state);
            state.closed = true;
            std::mem::take(&mut state.messages)
        };
        drop(messages);
    }
}
