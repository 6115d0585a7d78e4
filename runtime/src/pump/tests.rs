//! A world that somebody drives who may not sleep: on one thread, with time in his own hands.

#![expect(clippy::expect_used, reason = "a test says what it expects")]

use std::{
    cell::{Cell, RefCell},
    ffi::CStr,
    rc::Rc,
    sync::Arc,
    time::Duration,
};

use super::{Pump, Pumped, Wait};
use crate::{
    clock::millis,
    engine::{
        heap::{Faults, Usage},
        memory::Charge,
    },
    error::{Code, RunError},
    host::{Answer, FetchHead, Flow, HostCall, HostError, LogRecord, catalogue},
    settings::{App, RunnerSpec, Settings},
    world::{
        Assignment,
        bytecode::Compiled,
        driver::{Driver, Mail, Question, Verdict},
        inbox::{self, Inbox, Message, Pulled},
        script::Script,
    },
};

/// How long a dispatch may take.
const BUDGET: Duration = Duration::from_secs(25);

/// A driver that does nothing by itself.
struct Hand {
    usage: Arc<Usage>,
    now: Cell<Duration>,
    /// What passes each time that the engine asks whether to go on.
    tick: Duration,
    inbox: RefCell<Inbox>,
    /// What the host was asked and has not answered.
    asked: RefCell<Vec<(u64, String)>>,
    decided: RefCell<Option<Verdict>>,
}

impl Hand {
    fn new(tick: Duration) -> Rc<Self> {
        let usage = Arc::new(Usage::new(16 * 1024 * 1024, Faults::default()));
        Rc::new(Self {
            inbox: RefCell::new(Inbox::new(&usage)),
            usage,
            now: Cell::default(),
            tick,
            asked: RefCell::default(),
            decided: RefCell::default(),
        })
    }

    /// Starts a dispatch of `go`.
    fn start(self: &Rc<Self>, path: &str, source: &str) -> Result<Pump, RunError> {
        let runner = RunnerSpec { label: "hand".into(), src: path.into(), ..Default::default() };
        let settings =
            Settings { platform: "ios".into(), runners: vec![runner], ..Settings::default() };
        let assignment = Assignment {
            app: Arc::new(App { settings, apis: catalogue::schema() }),
            label: "hand".into(),
            event: "go".into(),
            dispatch_id: 1,
            budget: BUDGET,
            usage: Arc::clone(&self.usage),
        };
        let script = Script::known(path, source.into(), &**self, &self.usage)?;
        let driver: Rc<dyn Driver> = Rc::clone(self) as _;
        Pump::start(&driver, assignment, script, None)
    }

    fn deliver(&self, call: u64, answer: Answer) -> Flow {
        let charge = Charge::new(&self.usage, inbox::size(&answer)).ok();
        self.inbox.borrow_mut().deliver(call, answer, charge).0
    }
}

impl Driver for Hand {
    fn now(&self) -> Duration {
        self.now.get()
    }

    fn wall(&self) -> f64 {
        millis(self.now.get())
    }

    fn is_virtual(&self) -> bool {
        true
    }

    fn remaining(&self) -> Duration {
        BUDGET.saturating_sub(self.now.get())
    }

    fn interrupts(&self) -> bool {
        self.now.set(self.now.get() + self.tick);
        self.remaining().is_zero()
    }

    fn is_cancelled(&self) -> bool {
        false
    }

    fn reason(&self) -> RunError {
        RunError::new(Code::DeadlineExceeded, "the time is over")
    }

    fn decide(&self, verdict: Verdict) {
        self.decided.replace(Some(verdict));
    }

    fn ask(&self, call: u64, question: Question) {
        let what = match question {
            Question::Call(call) => format!("{}.{}", call.api, call.method),
            Question::Fetch(request) => request.url,
        };
        self.asked.borrow_mut().push((call, what));
    }

    fn answer(&self, _: u64, question: HostCall) -> Option<Result<Vec<u8>, HostError>> {
        Some(match &*question.method {
            "get" => Ok(br#"{"value":"kept"}"#.to_vec()),
            method => Err(HostError::failed(format!("nobody answers `{method}`"))),
        })
    }

    fn load(&self, _: u64, path: &str) -> Result<Vec<u8>, RunError> {
        match path {
            "beside.mjs" => Ok(b"export const beside = 'beside';".to_vec()),
            _ => Err(RunError::new(Code::SourceNotFound, path)),
        }
    }

    fn resume(&self, _: u64) {}

    fn cancel(&self, call: u64) {
        self.asked.borrow_mut().retain(|(asked, _)| *asked != call);
    }

    fn log(&self, _: &LogRecord<'_>) {}

    fn mail(&self) -> &dyn Mail {
        &self.inbox
    }

    fn compiled(&self, _: &CStr, _: &[u8]) -> Option<Arc<Compiled>> {
        None
    }

    fn keep(&self, _: &CStr, _: Compiled) {}
}

impl Mail for RefCell<Inbox> {
    fn take(&self) -> Option<Message> {
        self.borrow_mut().take()
    }

    fn pull(&self, call: u64) -> (Pulled, Vec<u64>) {
        self.borrow_mut().pull(call)
    }

    fn open(&self, call: u64) {
        self.borrow_mut().open(call);
    }

    fn forget(&self, call: u64) {
        self.borrow_mut().forget(call);
    }

    fn abandon(&self, call: u64) {
        self.borrow_mut().abandon(call);
    }
}

/// Pumps what is to wait.
fn waits(pump: &Pump) -> Wait {
    match pump.pump() {
        Pumped::Waits(wait) => wait,
        Pumped::Over(verdict) => panic!("it is over: {verdict:?}"),
    }
}

#[test]
fn a_dispatch_goes_on_when_its_driver_says_so() {
    let hand = Hand::new(Duration::ZERO);
    let source = "import { beside } from './beside.mjs';
        addEventListener('go', async (resolve) => {
            const { value } = CapacitorKV.get('name');
            await new Promise((done) => setTimeout(done, 5000));
            const response = await fetch('https://example.com/');
            resolve([beside, value, performance.now(), await response.text()]);
        });";
    let pump = hand.start("runner.mjs", source).expect("there is room for a world");
    let wait = waits(&pump);
    assert_eq!((wait.at_most, wait.for_host), (Duration::from_secs(5), false));
    // Too early: nothing happens.
    hand.now.set(Duration::from_secs(3));
    let wait = waits(&pump);
    assert_eq!(wait.at_most, Duration::from_secs(2));
    hand.now.set(Duration::from_secs(5));
    let wait = waits(&pump);
    assert!(wait.for_host);
    let asked = hand.asked.borrow().clone();
    let [(call, what)] = &asked[..] else { panic!("it asked {asked:?}") };
    assert_eq!(what, "https://example.com/");
    let head = FetchHead { status: 200, ..FetchHead::default() };
    assert_eq!(hand.deliver(*call, Answer::Head(head)), Flow::More);
    assert!(waits(&pump).for_host, "the body has not come");
    assert_eq!(hand.deliver(*call, Answer::Chunk(b"not ".to_vec())), Flow::More);
    assert!(waits(&pump).for_host, "the body is not complete");
    assert_eq!(hand.deliver(*call, Answer::Done(b"here".to_vec())), Flow::Over);
    assert!(matches!(pump.pump(), Pumped::Over(Ok(None))), "the script has decided");
    assert_eq!(
        hand.decided.take(),
        Some(Ok(Some(r#"["beside","kept",5000,"not here"]"#.to_owned())))
    );
    drop(pump);
    assert_eq!(hand.asked.take(), [], "a question outlived its world");
}

#[test]
fn a_loop_without_an_end_is_interrupted_where_there_is_no_watchdog() {
    let hand = Hand::new(Duration::from_secs(1));
    let source = "addEventListener('go', () => { for (;;) {} });";
    let pump = hand.start("runner.js", source).expect("there is room for a world");
    let Pumped::Over(Err(error)) = pump.pump() else { panic!("the loop came to an end") };
    assert_eq!(error.code, Code::DeadlineExceeded);
    assert!(matches!(pump.pump(), Pumped::Over(Err(_))), "it is over for good");
}
