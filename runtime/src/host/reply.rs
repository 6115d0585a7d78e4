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
use crate::lock::lock;

/// What a host says to a question.
#[derive(Debug)]
pub(crate) enum Answer {
    /// The status line and headers of a fetch.
    Head(FetchHead),
    /// A piece of a file or of a body.
    Chunk(Vec<u8>),
    /// The result, or the end of a body.
    Done(Vec<u8>),
    /// It failed.
    Failed(HostError),
}

/// What a host does after it has handed over a piece of a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flow {
    /// It goes on.
    More,
    /// It goes on when it is told so: see [`FetchReply::on_resume`].
    Wait,
    /// It stops: nobody wants the rest.
    Over,
}

/// Where the answers of a dispatch go, from any thread.
pub(crate) trait Post: Send + Sync {
    /// Leaves an answer to `call`, and says whether the next one is welcome.
    fn post(&self, call: u64, answer: Answer) -> Flow;

    /// The most bytes that an answer may have.
    fn room(&self) -> usize {
        usize::MAX
    }
}

type Hook = Box<dyn FnOnce() + Send>;

/// The dispatch's side of a question: it can take the question back.
#[derive(Clone)]
pub(crate) struct Asked(Arc<Token>);

struct Token {
    id: u64,
    post: Arc<dyn Post>,
    cancellation: Mutex<Cancellation>,
    resumption: Mutex<Resumption>,
}

/// Whether the host may go on with a body, and who wants to know it.
#[derive(Default)]
struct Resumption {
    resumed: bool,
    hook: Option<Hook>,
}

/// Whether the answer is still wanted, and who wants to know when it is not.
enum Cancellation {
    Wanted(Option<Hook>),
    Unwanted,
}

impl Asked {
    pub(crate) fn new(id: u64, post: Arc<dyn Post>) -> Self {
        let cancellation = Mutex::new(Cancellation::Wanted(None));
        Self(Arc::new(Token { id, post, cancellation, resumption: Mutex::default() }))
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

    /// Tells the host, which was told to wait, to go on with its body.
    pub(crate) fn resume(&self) {
        let hook = {
            let mut resumption = lock(&self.0.resumption);
            let hook = resumption.hook.take();
            resumption.resumed = hook.is_none();
            hook
        };
        if let Some(hook) = hook {
            guarded(hook);
        }
    }

    /// Tells the host that the answer is no longer wanted, unless it has given it.
    pub(crate) fn cancel(&self) {
        let hook = match std::mem::replace(&mut *lock(&self.0.cancellation), Cancellation::Unwanted)
        {
            Cancellation::Wanted(hook) => hook,
            Cancellation::Unwanted => None,
        };
        // Whom it keeps alive may call back: no lock is held when it goes.
        let resumption = lock(&self.0.resumption).hook.take();
        drop(resumption);
        if let Some(hook) = hook {
            guarded(hook);
        }
    }
}

impl Token {
    fn is_cancelled(&self) -> bool {
        matches!(*lock(&self.cancellation), Cancellation::Unwanted)
    }

    fn on_cancel(&self, hook: Hook) {
        {
            let mut cancellation = lock(&self.cancellation);
            if let Cancellation::Wanted(slot) = &mut *cancellation {
                *slot = Some(hook);
                return;
            }
        }
        hook();
    }

    fn on_resume(&self, hook: Hook) {
        {
            let mut resumption = lock(&self.resumption);
            if !self.is_cancelled() && !std::mem::take(&mut resumption.resumed) {
                resumption.hook = Some(hook);
                return;
            }
        }
        if !self.is_cancelled() {
            hook();
        }
    }
}

/// Hears what becomes of an answer; see [`FetchReply::on_resume`] and [`FetchReply::on_cancel`].
#[cfg(feature = "desktop")]
pub(crate) struct Watch(Arc<Token>);

#[cfg(feature = "desktop")]
impl Watch {
    pub(crate) fn on_cancel(&self, hook: impl FnOnce() + Send + 'static) {
        self.0.on_cancel(Box::new(hook));
    }

    pub(crate) fn on_resume(&self, hook: impl FnOnce() + Send + 'static) {
        self.0.on_resume(Box::new(hook));
    }
}

/// A question that somebody else has asked: for tests that stand between a host and a runtime elsewhere.
#[cfg(feature = "desktop")]
#[doc(hidden)]
pub struct Relay(Asked);

/// What a host says to a [`Relay`].
#[cfg(feature = "desktop")]
#[doc(hidden)]
pub enum Said {
    Head(FetchHead),
    Chunk(Vec<u8>),
    Done(Vec<u8>),
    Failed(HostError),
}

#[cfg(feature = "desktop")]
impl<F: Fn(Said) -> Flow + Send + Sync> Post for F {
    fn post(&self, _: u64, answer: Answer) -> Flow {
        self(match answer {
            Answer::Head(head) => Said::Head(head),
            Answer::Chunk(bytes) => Said::Chunk(bytes),
            Answer::Done(bytes) => Said::Done(bytes),
            Answer::Failed(error) => Said::Failed(error),
        })
    }
}

#[cfg(feature = "desktop")]
#[allow(missing_docs, reason = "for tests alone")]
impl Relay {
    pub fn new(said: impl Fn(Said) -> Flow + Send + Sync + 'static) -> Self {
        Self(Asked::new(0, Arc::new(said)))
    }

    #[must_use]
    pub fn reply(&self) -> Reply {
        self.0.reply()
    }

    #[must_use]
    pub fn fetch_reply(&self) -> FetchReply {
        self.0.fetch_reply()
    }

    pub fn resume(&self) {
        self.0.resume();
    }

    pub fn cancel(&self) {
        self.0.cancel();
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
    pub(crate) fn chunk(&self, bytes: &[u8]) -> Flow {
        self.piece(Answer::Chunk(bytes.to_vec()))
    }

    /// The most bytes that an answer may have: those of the dispatch's memory limit.
    #[must_use]
    pub fn room(&self) -> usize {
        self.token.post.room()
    }

    /// A piece of the answer, which is lost when the last one has been said.
    fn piece(&self, answer: Answer) -> Flow {
        if self.answered.load(Ordering::Acquire) || self.is_cancelled() {
            return Flow::Over;
        }
        self.post(answer)
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
            let _ = self.post(answer);
        }
    }

    /// Whether nobody waits for the answer any more.
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        self.token.is_cancelled()
    }

    /// Has `hook` called when the answer is no longer wanted; at once if that is so already.
    pub fn on_cancel(&self, hook: impl FnOnce() + Send + 'static) {
        self.token.on_cancel(Box::new(hook));
    }

    fn post(&self, answer: Answer) -> Flow {
        self.token.post.post(self.token.id, answer)
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

    /// A piece of the body. It is taken also when the host is to wait: a host that does not is
    /// told `OUT_OF_MEMORY` in the end, when the memory limit is reached.
    pub fn chunk(&self, bytes: impl Into<Vec<u8>>) -> Flow {
        self.0.piece(Answer::Chunk(bytes.into()))
    }

    /// After [`Flow::Wait`]: has `hook` called, once, when the script wants more; at once if that
    /// is so already. It is dropped when nobody wants more.
    pub fn on_resume(&self, hook: impl FnOnce() + Send + 'static) {
        self.0.token.on_resume(Box::new(hook));
    }

    /// A way to hear what becomes of the answer, for who gives the reply away meanwhile.
    #[cfg(feature = "desktop")]
    pub(crate) fn watch(&self) -> Watch {
        Watch(Arc::clone(&self.0.token))
    }

    /// The last piece, for a caller that cannot give up the reply.
    pub(crate) fn settle(&self, answer: Answer) {
        self.0.settle(answer);
    }

    /// As [`Reply::room`].
    pub(crate) fn room(&self) -> usize {
        self.0.room()
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
