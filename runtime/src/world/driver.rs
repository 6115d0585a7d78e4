//! What a world needs from outside: a driver, which has the clock, the host and the time that is left.
//!
//! A world never sleeps, and starts no thread. Its driver calls the pump (`pump/`), which runs the
//! script until it has to wait, and says for what. What the script wants to know in the middle of its
//! work is asked here.

use std::{ffi::CStr, sync::Arc, time::Duration};

use super::{
    bytecode::Compiled,
    inbox::{Message, Pulled},
};
use crate::{
    error::RunError,
    host::{FetchRequest, HostCall, HostError, LogRecord},
};

/// What a dispatch came to: the JSON text of its value, or why there is none.
pub(crate) type Verdict = Result<Option<String>, RunError>;

/// Who drives a world. Every function answers at once, as far as the world is concerned: a driver that
/// has a thread to block may block it.
pub(crate) trait Driver {
    // ---- time ---------------------------------------------------------------------------------

    /// The time that timers go by. It has a beginning of its own, and never goes back.
    fn now(&self) -> Duration;

    /// Milliseconds since 1970-01-01 UTC, as `Date.now()` shows them.
    fn wall(&self) -> f64;

    /// Whether time jumps instead of being waited for: then `Date` follows [`Driver::wall`].
    fn is_virtual(&self) -> bool;

    // ---- the end ------------------------------------------------------------------------------

    /// How long until the deadline, or the end of the grace period.
    fn remaining(&self) -> Duration;

    /// Whether JavaScript is to be interrupted; the engine asks every now and then.
    fn interrupts(&self) -> bool;

    /// Whether somebody asked for the end.
    fn is_cancelled(&self) -> bool;

    /// Why the dispatch has to end before it has settled.
    fn reason(&self) -> RunError;

    /// The script has settled: this stands, whatever it does from now on.
    fn decide(&self, verdict: Verdict);

    // ---- the host -----------------------------------------------------------------------------

    /// Asks the host something; the answer is delivered later.
    fn ask(&self, call: u64, question: Question);

    /// Asks the host something that the script waits for; none when the dispatch is over before.
    fn answer(&self, call: u64, question: HostCall) -> Option<Result<Vec<u8>, HostError>>;

    /// The text of a file of the bundle.
    fn load(&self, call: u64, path: &str) -> Result<Vec<u8>, RunError>;

    /// The host, which was told to wait, may go on with a body.
    fn resume(&self, call: u64);

    /// Nobody waits for what the host says to `call` any more; it may have been said.
    fn cancel(&self, call: u64);

    /// Takes one record of the script's log.
    fn log(&self, record: &LogRecord<'_>);

    /// What the host has said so far.
    fn mail(&self) -> &dyn Mail;

    // ---- what is kept for the next dispatch ---------------------------------------------------

    /// The compiled form of exactly this source.
    fn compiled(&self, path: &CStr, source: &[u8]) -> Option<Arc<Compiled>>;

    /// Keeps a compiled source, in place of an older one of the same path.
    fn keep(&self, path: &CStr, compiled: Compiled);
}

/// A question to the host whose answer comes later.
pub(crate) enum Question {
    /// A call of a device API.
    Call(HostCall),
    /// A transfer.
    Fetch(FetchRequest),
}

/// The world's side of its inbox, wherever the driver keeps it: see [`Inbox`](super::inbox::Inbox).
pub(crate) trait Mail {
    /// The oldest message, if there is one.
    fn take(&self) -> Option<Message>;

    /// The next piece of a body, and the calls whose hosts can go on.
    fn pull(&self, call: u64) -> (Pulled, Vec<u64>);

    /// What `call` is told after its head waits until it is pulled.
    fn open(&self, call: u64);

    /// Nobody wants the rest of a body.
    fn forget(&self, call: u64);

    /// Nobody can read a body any more: its transfer is to be ended.
    fn abandon(&self, call: u64);
}
