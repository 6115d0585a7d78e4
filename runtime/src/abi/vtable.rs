//! The host behind the app's table of C functions.

use std::{
    ffi::c_void,
    sync::{Arc, Weak},
};

use super::{
    CALLS,
    types::{RunnerCall, RunnerHost, RunnerLevel, RunnerLog, RunnerStr},
};
use crate::host::{
    Answer, FetchHead, FetchReply, FetchRequest, Flow, Host, HostCall, HostError, Level, LogRecord,
    Reply,
};

/// A question that C has the handle of.
pub(crate) enum Question {
    /// A file, or a device API.
    Call(Reply),
    /// A transfer, and the host that can wait with it.
    Fetch(FetchReply, Weak<Table>),
}

impl Question {
    /// The end of the answer; only the one who removed the handle may say it.
    pub(crate) fn settle(&self, answer: Answer) {
        match self {
            Question::Call(reply) => reply.settle(answer),
            Question::Fetch(reply, _) => reply.settle(answer),
        }
    }

    /// Hands over a piece, which is not copied when it cannot fit; who is to wait is told with `handle` to
    /// go on.
    pub(crate) fn chunk(&self, handle: RunnerCall, bytes: &[u8]) -> Flow {
        let room = match self {
            Question::Call(reply) => reply.room(),
            Question::Fetch(reply, _) => reply.room(),
        };
        if bytes.len() > room {
            self.settle(Answer::Failed(HostError::too_large()));
            return Flow::Over;
        }
        let (reply, table) = match self {
            Question::Call(reply) => return reply.chunk(bytes),
            Question::Fetch(reply, table) => (reply, table),
        };
        let flow = reply.chunk(bytes);
        if flow != Flow::Wait {
            return flow;
        }
        let can_wait = table.upgrade().is_some_and(|table| table.0.resume.is_some());
        if !can_wait {
            return Flow::More;
        }
        let table = Weak::clone(table);
        reply.on_resume(move || {
            let Some(table) = table.upgrade().filter(|_| CALLS.get(handle, |_| ()).is_ok()) else {
                return;
            };
            if let Some(resume) = table.0.resume {
                // SAFETY: the table keeps `data` alive for the call.
                unsafe { resume(table.0.data, handle) };
            }
        });
        flow
    }

    /// False when the question has no head to wait for.
    pub(crate) fn head(&self, head: FetchHead) -> bool {
        match self {
            Question::Call(_) => false,
            Question::Fetch(reply, _) => {
                reply.head(head);
                true
            }
        }
    }
}

/// The app's functions, and the data that goes to them.
pub(crate) struct CHost(Arc<Table>);

pub(crate) struct Table(RunnerHost);

// SAFETY: by the contract of `runner_new`, the functions and their data are for any thread.
unsafe impl Send for Table {}
// SAFETY: as above.
unsafe impl Sync for Table {}

impl Drop for Table {
    fn drop(&mut self) {
        if let Some(release) = self.0.release {
            // SAFETY: `data` is valid until this very call, by the contract of `runner_new`.
            unsafe { release(self.0.data) };
        }
    }
}

impl CHost {
    /// # Safety
    ///
    /// The contract of `runner_new` for its `host`.
    pub(crate) unsafe fn new(host: RunnerHost) -> Self {
        Self(Arc::new(Table(host)))
    }

    fn data(&self) -> *mut c_void {
        self.0.0.data
    }

    /// Gives C a handle of a question, and takes it back when nobody waits for the answer.
    fn ask(&self, question: Question) -> RunnerCall {
        let handle = CALLS.insert(Arc::new(question));
        let table = Arc::downgrade(&self.0);
        let hook = move || {
            // Whoever removes the handle first, an answer or the cancel, has the last word.
            let (Ok(_question), Some(table)) = (CALLS.remove(handle), table.upgrade()) else {
                return;
            };
            if let Some(cancel) = table.0.cancel {
                // SAFETY: the table keeps `data` alive for the call.
                unsafe { cancel(table.0.data, handle) };
            }
        };
        let registered = CALLS.get(handle, Arc::clone);
        match registered.as_deref() {
            Ok(Question::Call(reply)) => reply.on_cancel(hook),
            Ok(Question::Fetch(reply, _)) => reply.on_cancel(hook),
            Err(_) => {}
        }
        handle
    }
}

impl Host for CHost {
    fn load(&self, path: &str, reply: Reply) {
        let Some(load) = self.0.0.load else {
            return reply.fail(HostError::failed("the host loads no files"));
        };
        let call = self.ask(Question::Call(reply));
        // SAFETY: `data` is alive, the path is lent for the call.
        unsafe { load(self.data(), call, RunnerStr::lend(path)) };
    }

    fn call(&self, call: HostCall, reply: Reply) {
        let Some(function) = self.0.0.call else {
            let message = format!("the host offers no `{}`", call.api);
            return reply.fail(HostError::new("UNAVAILABLE", message));
        };
        let handle = self.ask(Question::Call(reply));
        let [label, api, method, args] =
            [&call.label, &call.api, &call.method, &call.args_json].map(RunnerStr::lend);
        // SAFETY: `data` is alive, the texts are lent for the call.
        unsafe { function(self.data(), handle, label, api, method, args) };
    }

    fn fetch(&self, request: FetchRequest, reply: FetchReply) {
        let Some(fetch) = self.0.0.fetch else {
            return reply.fail(HostError::new("UNAVAILABLE", "the host offers no network"));
        };
        let json = match serde_json::to_string(&request) {
            Ok(json) => json,
            Err(error) => return reply.fail(HostError::failed(error.to_string())),
        };
        let body = request.body.as_ref().map_or(RunnerStr::NONE, RunnerStr::lend);
        let call = self.ask(Question::Fetch(reply, Arc::downgrade(&self.0)));
        // SAFETY: `data` is alive, text and body are lent for the call.
        unsafe { fetch(self.data(), call, RunnerStr::lend(&json), body) };
    }

    fn log(&self, record: &LogRecord<'_>) {
        let Some(log) = self.0.0.log else { return };
        let record = RunnerLog {
            level: level(record.level),
            dispatch_id: record.dispatch_id,
            time_ms: record.time_ms,
            label: RunnerStr::lend(record.label),
            event: RunnerStr::lend(record.event),
            text: RunnerStr::lend(record.text),
        };
        // SAFETY: `data` is alive, the record and its texts are lent for the call.
        unsafe { log(self.data(), &raw const record) };
    }
}

fn level(level: Level) -> RunnerLevel {
    match level {
        Level::Trace => RunnerLevel::Trace,
        Level::Debug => RunnerLevel::Debug,
        Level::Log => RunnerLevel::Log,
        Level::Info => RunnerLevel::Info,
        Level::Warn => RunnerLevel::Warn,
        Level::Error => RunnerLevel::Error,
    }
}
