//! Reply tokens: how a host answers, from any thread, once.

use std::{
    fmt,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
};

use super::{FetchHead, HostError};
use crate::mailbox::{Answer, Mailbox, Message, lock};

type Hook = Box<dyn FnOnce() + Send>;

/// The dispatch's side of a question: it can take the question back.
#[derive(Clone)]
pub(crate) struct Call(Arc<Token>);

struct Token {
    id: u64,
    mailbox: Arc<Mailbox>,
    cancellation: Mutex<Cancellation>,
}

/// Whether the answer is still wanted, and who wants to know when it is not.
enum Cancellation {
    Wanted(Option<Hook>),
    Unwanted,
}

impl Call {
    pub(crate) fn new(id: u64, mailbox: Arc<Mailbox>) -> Self {
        let cancellation = Mutex::new(Cancellation::Wanted(None));
        Self(Arc::new(Token { id, mailbox, cancellation }))
    }

    pub(crate) fn id(&self) -> u64 {
        self.0.id
    }

    pub(crate) fn reply(&self) -> Reply {
        Reply { token: Arc::clone(&self.0), answered: AtomicBool::new(false) }
    }

    pub(crate) fn fetch_reply(&self) -> FetchReply {
        FetchReply(self.reply())
    }

    /// Tells the host that the answer is no longer wanted, unless it has given it.
    pub(crate) fn cancel(&self) {
        let hook = match std::mem::replace(&mut *lock(&self.0.cancellation), Cancellation::Unwanted)
        {
            Cancellation::Wanted(hook) => hook,
            Cancellation::Unwanted => None,
        };
        if let Some(hook) = hook {
            guarded(hook);
        }
    }
}

/// Runs code of the host, whose panics are its own.
pub(crate) fn guarded(code: impl FnOnce()) {
    // What unwinds through here is only the host's: our side of a reply is a lock and a queue.
    let _ = catch_unwind(AssertUnwindSafe(code));
}

/// The right to answer one question.
///
/// Dropped without an answer, the question fails with `HOST_ERROR`; an answer that comes after
/// the dispatch is over does nothing.
pub struct Reply {
    token: Arc<Token>,
    answered: AtomicBool,
}

impl Reply {
    /// Answers: the JSON result of a call (empty for none), or the text of a file.
    pub fn ok(self, result: impl Into<Vec<u8>>) {
        self.settle(Answer::Done(result.into()));
    }

    /// Answers that it failed.
    pub fn fail(self, error: HostError) {
        self.settle(Answer::Failed(error));
    }

    /// A piece of the answer.
    pub(crate) fn chunk(&self, bytes: &[u8]) {
        self.piece(Answer::Chunk(bytes.to_vec()));
    }

    /// A piece of the answer, which is lost when the last one has been said.
    fn piece(&self, answer: Answer) {
        if !self.answered.load(Ordering::Acquire) {
            self.post(answer);
        }
    }

    /// The last piece of the answer, for a caller that cannot give up the reply.
    pub(crate) fn settle(&self, answer: Answer) {
        if !self.answered.swap(true, Ordering::AcqRel) {
            // From now on there is nothing to take back.
            let hook = match &mut *lock(&self.token.cancellation) {
                Cancellation::Wanted(hook) => hook.take(),
                Cancellation::Unwanted => None,
            };
            drop(hook);
            self.post(answer);
        }
    }

    /// Whether nobody waits for the answer any more.
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        matches!(*lock(&self.token.cancellation), Cancellation::Unwanted)
    }

    /// Has `hook` called when the answer is no longer wanted; at once if that is so already.
    pub fn on_cancel(&self, hook: impl FnOnce() + Send + 'static) {
        {
            let mut cancellation = lock(&self.token.cancellation);
            if let Cancellation::Wanted(slot) = &mut *cancellation {
                *slot = Some(Box::new(hook));
                return;
            }
        }
        hook();
    }

    fn post(&self, answer: Answer) {
        self.token.mailbox.post(Message { call: self.token.id, answer });
    }
}

impl Drop for Reply {
    fn drop(&mut self) {
        self.settle(Answer::Failed(HostError::failed("the host dropped the call")));
    }
}

impl fmt::Debug for Reply {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Reply").field("call", &self.token.id).finish_non_exhaustive()
    }
}

/// The right to answer one fetch: a head, then chunks, then the end.
#[derive(Debug)]
pub struct FetchReply(Reply);

impl FetchReply {
    /// The response has begun.
    pub fn head(&self, head: FetchHead) {
        self.0.piece(Answer::Head(head));
    }

    /// A piece of the body.
    pub fn chunk(&self, bytes: impl Into<Vec<u8>>) {
        self.0.piece(Answer::Chunk(bytes.into()));
    }

    /// The last piece, for a caller that cannot give up the reply.
    pub(crate) fn settle(&self, answer: Answer) {
        self.0.settle(answer);
    }

    /// The body is complete.
    pub fn done(self) {
        self.0.ok(Vec::new());
    }

    /// The transfer failed.
    pub fn fail(self, error: HostError) {
        self.0.fail(error);
    }

    /// Whether nobody waits for the response any more.
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        self.0.is_cancelled()
    }

    /// Has `hook` called when the response is no longer wanted; at once if that is so already.
    pub fn on_cancel(&self, hook: impl FnOnce() + Send + 'static) {
        self.0.on_cancel(hook);
    }
}
