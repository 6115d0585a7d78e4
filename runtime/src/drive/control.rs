//! What a dispatch's thread shares with the rest of the world: its end, and its one outcome.

use std::{
    sync::{
        Arc, Mutex, OnceLock,
        atomic::{AtomicBool, AtomicU8, AtomicU64, Ordering},
    },
    time::Duration,
};

use super::mailbox::Mailbox;
use crate::{
    clock::{Instant, wall_clock},
    engine::heap::Usage,
    error::{Code, RunError},
    history::{self, RunRecord, Tail},
    host::guarded,
    lock::lock,
    outcome::Outcome,
    world::driver::Verdict,
};

/// Who hears of the outcome.
pub(crate) type Done = Box<dyn FnOnce(Outcome) + Send>;

/// How long a script may go on after it has settled (`finally` blocks, queued microtasks).
const AFTERMATH: Duration = Duration::from_secs(1);

/// That the system ends a dispatch: how long the script may still go on, and why.
pub(crate) struct Stop {
    pub(crate) grace: Duration,
    pub(crate) reason: String,
}

const QUEUED: u8 = 0;
const RUNNING: u8 = 1;
const FINISHED: u8 = 2;
const ABANDONED: u8 = 3;

/// One dispatch, as every thread sees it.
pub(crate) struct Control {
    pub(crate) id: u64,
    pub(crate) label: String,
    pub(crate) event: String,
    /// Who asked for it, for its record.
    pub(crate) trigger: String,
    pub(crate) mailbox: Arc<Mailbox>,
    pub(crate) usage: Arc<Usage>,
    /// The last lines of its log.
    pub(crate) tail: Tail,
    created: Instant,
    /// When it left the queue, by both clocks.
    started: OnceLock<(Instant, f64)>,
    phase: AtomicU8,
    /// When JavaScript is interrupted, in nanoseconds since `created`.
    stop_at: AtomicU64,
    cancelled: AtomicBool,
    /// Why the system ended it, if that did.
    stop_reason: OnceLock<String>,
    grace: Duration,
    /// What the script decided; it stands whatever happens afterwards.
    decision: Mutex<Option<Verdict>>,
    done: Mutex<Option<Done>>,
}

impl Control {
    pub(crate) fn new(
        id: u64,
        [label, event, trigger]: [String; 3],
        grace: Duration,
        usage: Usage,
        done: Done,
    ) -> Self {
        let usage = Arc::new(usage);
        Self {
            id,
            label,
            event,
            trigger,
            mailbox: Arc::new(Mailbox::new(&usage)),
            usage,
            tail: Tail::default(),
            created: Instant::now(),
            started: OnceLock::new(),
            phase: AtomicU8::new(QUEUED),
            stop_at: AtomicU64::new(u64::MAX),
            cancelled: AtomicBool::new(false),
            stop_reason: OnceLock::new(),
            grace,
            decision: Mutex::default(),
            done: Mutex::new(Some(done)),
        }
    }

    /// The dispatch leaves the queue and has `budget` from now; false when it was given up there.
    pub(crate) fn begin(&self, budget: Duration) -> bool {
        let (now, _) = *self.started.get_or_init(|| (Instant::now(), wall_clock()));
        self.stop_by(now, budget);
        self.advance(QUEUED, RUNNING)
    }

    /// The dispatch's thread is done with it; false when it was abandoned.
    pub(crate) fn finish(&self) -> bool {
        self.advance(RUNNING, FINISHED)
    }

    fn advance(&self, from: u8, to: u8) -> bool {
        self.phase.compare_exchange(from, to, Ordering::AcqRel, Ordering::Acquire).is_ok()
    }

    /// How long the dispatch has been at work.
    pub(crate) fn elapsed(&self) -> Duration {
        self.started.get().map_or(Duration::ZERO, |(instant, _)| instant.elapsed())
    }

    /// When it left the queue, or ended without, in milliseconds since 1970.
    pub(crate) fn start_ms(&self) -> f64 {
        self.started.get().map_or_else(wall_clock, |(_, time)| *time)
    }

    /// Moves the end forward to `limit` from now, if it is not nearer already.
    pub(crate) fn stop_within(&self, limit: Duration) {
        self.stop_by(Instant::now(), limit);
    }

    fn stop_by(&self, from: Instant, limit: Duration) {
        let at = from.saturating_duration_since(self.created).saturating_add(limit);
        let nanos = u64::try_from(at.as_nanos()).unwrap_or(u64::MAX);
        self.stop_at.fetch_min(nanos, Ordering::AcqRel);
    }

    /// How long until JavaScript is interrupted.
    pub(crate) fn time_left(&self) -> Duration {
        let at = Duration::from_nanos(self.stop_at.load(Ordering::Acquire));
        at.saturating_sub(self.created.elapsed())
    }

    /// Whether it is over: JavaScript must not go on.
    pub(crate) fn is_over(&self) -> bool {
        self.usage.is_stopped() || self.time_left().is_zero()
    }

    /// Whether JavaScript is to be interrupted; the engine asks every now and then.
    ///
    /// What it throws then is swallowed where it calls a function for its own purposes (a promise's
    /// executor, `Error.prepareStackTrace`), so that no function can be called from then on.
    pub(crate) fn interrupts(&self) -> bool {
        let over = self.is_over();
        if over {
            self.usage.expire();
        }
        over
    }

    /// Whether it should have ended `slack` ago.
    pub(crate) fn overdue(&self, slack: Duration) -> bool {
        let at = Duration::from_nanos(self.stop_at.load(Ordering::Acquire));
        at.saturating_add(slack) <= self.created.elapsed()
    }

    /// Asks the dispatch to end: at once while it waits in the queue, or after a grace period (its own
    /// one where `stop` names none). The first to ask decides.
    ///
    /// It either leaves the queue, and has the grace, or is given up there: never both.
    pub(crate) fn cancel(&self, stop: Option<Stop>) {
        if self.cancelled.swap(true, Ordering::AcqRel) {
            return;
        }
        let grace = stop.map_or(self.grace, |Stop { grace, reason }| {
            // Only the first to ask comes here.
            let _ = self.stop_reason.set(reason);
            grace
        });
        let queued = self.advance(QUEUED, ABANDONED);
        self.stop_within(if queued { Duration::ZERO } else { grace });
        self.mailbox.nudge();
    }

    /// Why the system ended it, if that did.
    pub(crate) fn stop_reason(&self) -> Option<&str> {
        self.stop_reason.get().map(String::as_str)
    }

    /// Whether somebody asked for the end.
    pub(crate) fn is_cancelled(&self) -> bool {
        self.cancelled.load(Ordering::Acquire)
    }

    /// Why the dispatch had to end before it settled.
    pub(crate) fn reason(&self) -> RunError {
        if self.usage.is_stopped() {
            let message = format!("the memory limit of {} bytes was reached", self.usage.limit());
            RunError::new(Code::OutOfMemory, message)
        } else if self.is_cancelled() {
            RunError::new(Code::Cancelled, "the dispatch was cancelled")
        } else {
            let message = format!(
                "`{}` did not settle within its time budget: {} ms passed",
                self.event,
                self.elapsed().as_millis()
            );
            RunError::new(Code::DeadlineExceeded, message)
        }
    }

    /// The script has settled: what it does from now on changes nothing. Says how long that may take.
    pub(crate) fn decide(&self, verdict: Verdict) -> Duration {
        lock(&self.decision).get_or_insert(verdict);
        self.stop_within(AFTERMATH);
        AFTERMATH
    }

    /// The record of a dispatch that begins, or with an `outcome`, that has just ended.
    pub(crate) fn record(&self, outcome: Option<&Outcome>) -> RunRecord {
        let run = history::Run {
            id: self.id,
            label: &self.label,
            event: &self.event,
            trigger: &self.trigger,
            started_at: self.start_ms(),
            stop_reason: self.stop_reason(),
        };
        history::record(&run, outcome.map(|outcome| (outcome, &self.tail)))
    }

    /// Delivers the outcome, unless there was one already: the script's decision, or `otherwise`.
    pub(crate) fn settle(&self, otherwise: Verdict) {
        let Some(done) = lock(&self.done).take() else { return };
        let result = lock(&self.decision).take().unwrap_or(otherwise);
        guarded(|| {
            done(Outcome {
                result,
                duration: self.elapsed(),
                heap_peak_bytes: self.usage.peak() as u64,
                dispatch_id: self.id,
            });
        });
    }

    /// Gives up the dispatch, which is late and is to be settled next.
    ///
    /// True when its thread is still at it, so that its place can be given to another one.
    pub(crate) fn abandon(&self) -> bool {
        self.usage.expire();
        self.advance(QUEUED, ABANDONED);
        self.advance(RUNNING, ABANDONED)
    }
}
