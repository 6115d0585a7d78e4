//! A dispatch on a thread of its own: the driver that sleeps where the world has to wait, and blocks
//! where a script waits for the host. Where nobody may sleep, it returns, and the host answers at once.

use std::{cell::RefCell, collections::BTreeMap, ffi::CStr, rc::Rc, sync::Arc, time::Duration};

#[cfg(not(target_family = "wasm"))]
use super::watchdog::Watchdog;
use super::{control::Control, shared::Shared};
use crate::{
    clock::Clock,
    error::{Code, RunError},
    host::{Answer, Asked, HostCall, HostError, LogRecord, guarded},
    pump::{Pump, Pumped, Wait},
    settings::RunnerSpec,
    world::{
        Assignment,
        bytecode::Compiled,
        driver::{Driver, Mail, Question, Verdict},
        questions::LOAD,
        script::{self, Script},
    },
};

/// The shortest sleep: less is none to the system.
#[cfg(not(target_family = "wasm"))]
const LEAST: Duration = Duration::from_micros(1);

/// A dispatch that a thread is to work on.
pub(super) struct Work {
    pub(super) shared: Arc<Shared>,
    pub(super) control: Arc<Control>,
    #[cfg(not(target_family = "wasm"))]
    pub(super) watchdog: Arc<Watchdog>,
    pub(super) details: Option<String>,
    pub(super) budget: Duration,
}

/// A dispatch that has begun. Its outcome is delivered before its world ends.
pub(super) struct Running {
    pump: Pump,
    thread: Rc<Thread>,
}

impl Running {
    /// Runs the script until it has to wait; none when the outcome is delivered.
    pub(super) fn pump(&self) -> Option<Wait> {
        match self.pump.pump() {
            Pumped::Over(verdict) => {
                self.thread.control.settle(verdict);
                None
            }
            Pumped::Waits(wait) => Some(wait),
        }
    }

    /// Ends the world.
    pub(super) fn end(self) {
        let Self { pump, thread } = self;
        drop(pump);
        thread.control.mailbox.close();
    }

    #[cfg(target_family = "wasm")]
    pub(super) fn control(&self) -> &Arc<Control> {
        &self.thread.control
    }
}

impl Work {
    /// Drives the dispatch to its end.
    #[cfg(not(target_family = "wasm"))]
    pub(super) fn perform(self) {
        let Some(running) = self.begin() else { return };
        while let Some(wait) = running.pump() {
            running.thread.wait(&wait);
        }
        running.end();
    }

    /// Makes the dispatch's world; none when that is the end of it.
    pub(super) fn begin(self) -> Option<Running> {
        let control = Arc::clone(&self.control);
        self.shared.history.add(control.record(None));
        match self.start() {
            Ok(running) => Some(running),
            Err(error) => {
                control.settle(Err(error));
                control.mailbox.close();
                None
            }
        }
    }

    fn start(self) -> Result<Running, RunError> {
        if self.control.event.is_empty() {
            return Err(RunError::new(Code::InvalidArgument, "the event has no name"));
        }
        let path = &self.runner()?.src;
        let thread = Rc::new(Thread::new(&self));
        let text = thread.load(LOAD, path)?;
        let script = Script::known(path, text, &*thread, &self.control.usage)?;
        let driver: Rc<dyn Driver> = Rc::clone(&thread) as _;
        let pump = Pump::start(&driver, self.assignment(), script, self.details)?;
        Ok(Running { pump, thread })
    }

    fn assignment(&self) -> Assignment {
        Assignment {
            app: Arc::clone(&self.shared.app),
            label: self.control.label.clone(),
            event: self.control.event.clone(),
            dispatch_id: self.control.id,
            budget: self.budget,
            usage: Arc::clone(&self.control.usage),
        }
    }

    /// The runner that the dispatch is for.
    fn runner(&self) -> Result<&RunnerSpec, RunError> {
        let (label, settings) = (&self.control.label, &self.shared.app.settings);
        settings.runner(label).ok_or_else(|| {
            let known: Vec<_> = settings.runners.iter().map(|it| it.label.as_str()).collect();
            let message = match known[..] {
                [] => format!("no runner has the label `{label}`: none is configured"),
                _ => {
                    format!("no runner has the label `{label}`: there is `{}`", known.join("`, `"))
                }
            };
            RunError::new(Code::RunnerNotFound, message)
        })
    }
}

/// The thread of a dispatch, as its world asks it.
struct Thread {
    shared: Arc<Shared>,
    control: Arc<Control>,
    #[cfg(not(target_family = "wasm"))]
    watchdog: Arc<Watchdog>,
    clock: Arc<dyn Clock>,
    /// The clock's time when the dispatch began.
    origin: Duration,
    /// What the dispatch has of a clock that jumps, beside its real time.
    virtual_budget: Option<Duration>,
    /// What the host may still answer, but for what a script waits for.
    asked: RefCell<BTreeMap<u64, Asked>>,
}

impl Thread {
    fn new(work: &Work) -> Self {
        let clock = work.shared.host.clock();
        Self {
            shared: Arc::clone(&work.shared),
            control: Arc::clone(&work.control),
            #[cfg(not(target_family = "wasm"))]
            watchdog: Arc::clone(&work.watchdog),
            origin: clock.now(),
            virtual_budget: clock.is_virtual().then_some(work.budget),
            clock,
            asked: RefCell::default(),
        }
    }

    /// Sleeps, or lets virtual time jump.
    #[cfg(not(target_family = "wasm"))]
    fn wait(&self, wait: &Wait) {
        let until = self.clock.now().saturating_add(wait.at_most);
        if !self.clock.jump(until, wait.for_host) {
            self.control.mailbox.wait(wait.at_most.max(LEAST), None);
        }
    }

    fn question(&self, call: u64) -> Asked {
        Asked::new(call, Arc::clone(&self.control.mailbox) as _)
    }

    /// Sleeps until the host answers `call`; none when the dispatch is over before.
    fn wait_for(&self, call: &Asked) -> Option<Answer> {
        loop {
            match self.control.mailbox.take_for(call.id()) {
                Some(answer @ (Answer::Head(_) | Answer::Chunk(_) | Answer::Done(_))) => {
                    return Some(answer);
                }
                // A host that is closed as well fails what it was asked: the cancel came first.
                _ if self.control.is_over() => break,
                Some(failed) => return Some(failed),
                #[cfg(not(target_family = "wasm"))]
                None => self.control.mailbox.wait(self.control.time_left(), Some(call.id())),
                #[cfg(target_family = "wasm")]
                None => {
                    call.cancel();
                    let message = "the host did not answer at once, and nobody can wait for it";
                    return Some(Answer::Failed(HostError::new("UNAVAILABLE", message)));
                }
            }
        }
        call.cancel();
        None
    }

    /// Waits for a file, in one piece or in chunks.
    fn receive(&self, call: &Asked, path: &str) -> Result<Vec<u8>, RunError> {
        let (mut text, limit) = (Vec::new(), self.control.usage.limit());
        loop {
            let error = match self.wait_for(call).ok_or_else(|| self.control.reason())? {
                Answer::Head(_) => continue,
                Answer::Chunk(bytes) if text.len().saturating_add(bytes.len()) > limit => {
                    HostError::too_large()
                }
                Answer::Chunk(bytes) => {
                    text.extend_from_slice(&bytes);
                    continue;
                }
                Answer::Done(bytes) if text.is_empty() => return Ok(bytes),
                Answer::Done(bytes) => {
                    text.extend_from_slice(&bytes);
                    return Ok(text);
                }
                Answer::Failed(error) => error,
            };
            call.cancel();
            return Err(script::load_error(path, &error));
        }
    }
}

impl Driver for Thread {
    fn now(&self) -> Duration {
        self.clock.now()
    }

    fn wall(&self) -> f64 {
        self.clock.wall()
    }

    fn is_virtual(&self) -> bool {
        self.clock.is_virtual()
    }

    fn remaining(&self) -> Duration {
        let real = self.control.time_left();
        let elapsed = || self.clock.now().saturating_sub(self.origin);
        self.virtual_budget.map_or(real, |budget| real.min(budget.saturating_sub(elapsed())))
    }

    fn interrupts(&self) -> bool {
        #[cfg(target_family = "wasm")]
        guarded(|| self.shared.host.look());
        self.control.interrupts()
    }

    fn is_cancelled(&self) -> bool {
        self.control.is_cancelled()
    }

    fn reason(&self) -> RunError {
        let reason = self.control.reason();
        match self.virtual_budget {
            Some(budget) if !self.control.is_over() => {
                let message = format!(
                    "`{}` did not settle within its time budget: {} ms passed on the virtual clock",
                    self.control.event,
                    budget.as_millis()
                );
                RunError { message, ..reason }
            }
            _ => reason,
        }
    }

    fn decide(&self, verdict: Verdict) {
        let limit = self.control.decide(verdict);
        #[cfg(not(target_family = "wasm"))]
        self.watchdog.look_within(limit);
        #[cfg(target_family = "wasm")]
        let _ = limit;
    }

    fn ask(&self, call: u64, question: Question) {
        let asked = self.question(call);
        self.asked.borrow_mut().insert(call, asked.clone());
        let host = &self.shared.host;
        guarded(|| match question {
            Question::Call(question) => host.call(question, asked.reply()),
            Question::Fetch(request) => host.fetch(request, asked.fetch_reply()),
        });
    }

    fn answer(&self, call: u64, question: HostCall) -> Option<Result<Vec<u8>, HostError>> {
        let call = self.question(call);
        guarded(|| self.shared.host.call(question, call.reply()));
        let error = match self.wait_for(&call)? {
            Answer::Done(json) => return Some(Ok(json)),
            Answer::Failed(error) => error,
            Answer::Head(_) | Answer::Chunk(_) => {
                HostError::failed("the host answered a call with a piece of a body")
            }
        };
        call.cancel();
        Some(Err(error))
    }

    fn load(&self, call: u64, path: &str) -> Result<Vec<u8>, RunError> {
        let call = self.question(call);
        guarded(|| self.shared.host.load(path, call.reply()));
        self.receive(&call, path)
    }

    fn resume(&self, call: u64) {
        let asked = self.asked.borrow().get(&call).cloned();
        if let Some(asked) = asked {
            asked.resume();
        }
    }

    fn cancel(&self, call: u64) {
        let asked = self.asked.borrow_mut().remove(&call);
        if let Some(asked) = asked {
            asked.cancel();
        }
    }

    fn log(&self, record: &LogRecord<'_>) {
        self.control.tail.push(record);
        guarded(|| self.shared.host.log(record));
    }

    fn mail(&self) -> &dyn Mail {
        &*self.control.mailbox
    }

    fn compiled(&self, path: &CStr, source: &[u8]) -> Option<Arc<Compiled>> {
        self.shared.compiled.find(path, source)
    }

    fn keep(&self, path: &CStr, compiled: Compiled) {
        self.shared.compiled.keep(path, compiled);
    }
}
