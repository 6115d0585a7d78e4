//! The C ABI: what `runtime/include/runner.h` declares.
//!
//! Everything of the app's is named by a number, never by a pointer of ours: a null, stale or
//! foreign handle gives a status. Any function may be called from any thread, also from within a
//! callback.

#[cfg(feature = "jni")]
mod java;
#[cfg(feature = "jni")]
pub mod jni;
mod table;
pub(crate) mod types;
pub(crate) mod vtable;

use std::{
    ffi::c_void,
    sync::{Arc, OnceLock},
    time::Duration,
};

use self::{
    table::Table,
    types::{Out, guard},
    vtable::{CHost, Question},
};
use crate::{
    drive::{
        dispatch::{Dispatch, Request},
        runner::Runner,
    },
    history::HistoryQuery,
    host::{Answer, FetchHead, Flow, Host, HostError},
    json,
    outcome::Outcome,
    schedule,
    settings::Settings,
};

pub use types::*;

pub(crate) static RUNNERS: Table<Arc<Runner>> = Table::new(1);
static DISPATCHES: Table<Dispatch> = Table::new(2);
static CALLS: Table<Arc<Question>> = Table::new(3);

/// The version of this ABI: the app compares it with the header that it was compiled against.
#[unsafe(no_mangle)]
pub extern "C" fn runner_abi_version() -> u32 {
    RUNNER_ABI_VERSION
}

/// Makes the runners of an app and leaves their handle in `out`.
///
/// `settings_json` is `{"platform": "ios", "config": {…plugins.BackgroundRunner…},
/// "maxConcurrent": 2, "stateDir": null}`. When they are not valid, `error` (if it is not null)
/// receives a JSON object that says why.
///
/// # Safety
///
/// - `host` is null or readable; its functions and its `data` are valid for any thread until
///   its `release` is called, or for ever when it has none. `release` is called only if the
///   status is `Ok`.
/// - `settings_json` is readable for its length.
/// - `out` and `error` are null or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn runner_new(
    host: *const RunnerHost,
    settings_json: RunnerStr,
    out: *mut RunnerHandle,
    error: *mut RunnerBuffer,
) -> RunnerStatus {
    guard(|| {
        // SAFETY: the contract above, point for point.
        let (settings, out, error) =
            unsafe { (settings_json.text(), Out::new(out), Out::new(error)) };
        let out = out.filter(|_| !host.is_null()).ok_or(RunnerStatus::NullPointer)?;
        // SAFETY: the contract above. The table of another version may be shorter than ours, so
        // that only this field, which all of them begin with, is looked at.
        if unsafe { (&raw const (*host).abi_version).read() } != RUNNER_ABI_VERSION {
            return Err(RunnerStatus::AbiMismatch);
        }
        // SAFETY: the contract above: it is readable, and of our version.
        let host = unsafe { host.read() };
        if host.load.is_none() {
            return Err(RunnerStatus::NullPointer);
        }
        let settings = parsed(settings?, error)?;
        // SAFETY: the contract above.
        let host = Arc::new(unsafe { CHost::new(host) });
        out.set(open(settings, host)?);
        Ok(())
    })
}

/// The settings of runners; `error` is told why they are not valid.
pub(crate) fn parsed(
    settings: &str,
    error: Option<Out<RunnerBuffer>>,
) -> Result<Settings, RunnerStatus> {
    Settings::from_json(settings).map_err(|reason| {
        if let Some(error) = error {
            error.set(RunnerBuffer::give(reason.to_json()));
        }
        RunnerStatus::InvalidArgument
    })
}

/// Makes the runners of an app.
pub(crate) fn open(settings: Settings, host: Arc<dyn Host>) -> Result<RunnerHandle, RunnerStatus> {
    let runner = Runner::new(settings, host).map_err(|_| RunnerStatus::InvalidArgument)?;
    Ok(RUNNERS.insert(Arc::new(runner)))
}

/// Ends the runners: what runs or waits is cancelled, and its outcomes still come.
///
/// It returns at once; the host's `release` comes when the last dispatch is gone.
#[unsafe(no_mangle)]
pub extern "C" fn runner_free(runner: RunnerHandle) -> RunnerStatus {
    guard(|| {
        RUNNERS.remove(runner)?.shutdown();
        Ok(())
    })
}

/// Starts dispatching an event and leaves a handle for [`runner_cancel`] in `out`.
///
/// With the status `Ok`, `done` is called exactly once, whatever happens; with another status it
/// is not called. An unknown label, an unknown event or bad details arrive as an outcome. The
/// handle is over when `done` is called.
///
/// # Safety
///
/// - `request` is null or readable, and its texts are readable for their lengths.
/// - `done` may be called from any thread with `data`.
/// - `out` is null, or writable until the call returns; it is written before `done` is called.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn runner_dispatch(
    runner: RunnerHandle,
    request: *const RunnerRequest,
    done: RunnerDone,
    data: *mut c_void,
    out: *mut RunnerDispatch,
) -> RunnerStatus {
    guard(|| {
        // SAFETY: the contract above, point for point.
        let (request, out) = unsafe { (self::request(request)?, Out::new(out)) };
        let done = done.ok_or(RunnerStatus::NullPointer)?;
        let runner = RUNNERS.get(runner, Arc::clone)?;
        let completion = Completion { done, data, handle: OnceLock::new() };
        let completion = Arc::new(completion);
        let own = Arc::clone(&completion);
        let (dispatch, job) = runner.prepare(request, Box::new(move |it| own.deliver(&it)));
        let handle = *completion.handle.get_or_init(|| DISPATCHES.insert(dispatch));
        if let Some(out) = out {
            out.set(handle);
        }
        runner.submit(job);
        Ok(())
    })
}

/// Dispatches an event, waits, and leaves the outcome's JSON in `outcome_json`.
///
/// # Safety
///
/// - `request` is null or readable, and its texts are readable for their lengths.
/// - `outcome_json` is null or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn runner_run(
    runner: RunnerHandle,
    request: *const RunnerRequest,
    outcome_json: *mut RunnerBuffer,
) -> RunnerStatus {
    guard(|| {
        // SAFETY: the contract above, point for point.
        let (request, out) = unsafe { (self::request(request)?, Out::new(outcome_json)) };
        let out = out.ok_or(RunnerStatus::NullPointer)?;
        let runner = RUNNERS.get(runner, Arc::clone)?;
        out.set(RunnerBuffer::give(runner.run(request).to_json()));
        Ok(())
    })
}

/// Asks a dispatch to end with `CANCELLED`. Harmless after the end: then the handle is stale.
#[unsafe(no_mangle)]
pub extern "C" fn runner_cancel(dispatch: RunnerDispatch) -> RunnerStatus {
    guard(|| {
        DISPATCHES.get(dispatch, Dispatch::clone)?.cancel();
        Ok(())
    })
}

/// The operating system takes its time back: the script has `grace_ms` to save its work, then the
/// dispatch ends with `CANCELLED`. The run's record says `reason`, in the system's words. Harmless
/// after the end: then the handle is stale.
///
/// # Safety
///
/// `reason` is readable for its length.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn runner_stop(
    dispatch: RunnerDispatch,
    grace_ms: u64,
    reason: RunnerStr,
) -> RunnerStatus {
    guard(|| {
        // SAFETY: the contract above.
        let reason = unsafe { reason.text() }?;
        DISPATCHES.get(dispatch, Dispatch::clone)?.stop(Duration::from_millis(grace_ms), reason);
        Ok(())
    })
}

/// Answers a question of the host: the JSON result of a device API (empty for no value), or the
/// end of a file or body. The handle is over.
///
/// # Safety
///
/// `result_json` is readable for its length.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn runner_call_complete(
    call: RunnerCall,
    result_json: RunnerStr,
) -> RunnerStatus {
    guard(|| {
        // SAFETY: the contract above.
        let result = unsafe { result_json.bytes() }?;
        CALLS.remove(call)?.settle(Answer::Done(result.to_vec()));
        Ok(())
    })
}

/// Answers that it failed: `{"code": "UNAVAILABLE", "message": "..."}`. The handle is over.
///
/// # Safety
///
/// `error_json` is readable for its length.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn runner_call_fail(call: RunnerCall, error_json: RunnerStr) -> RunnerStatus {
    guard(|| {
        // SAFETY: the contract above.
        let error = unsafe { error_json.bytes() }?;
        let question = CALLS.remove(call)?;
        question.settle(Answer::Failed(host_error(error)));
        Ok(())
    })
}

/// The beginning of an HTTP response:
/// `{"status", "statusText", "url", "redirected", "headers": [[name, value]...]}`.
///
/// # Safety
///
/// `head_json` is readable for its length.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn runner_call_head(call: RunnerCall, head_json: RunnerStr) -> RunnerStatus {
    guard(|| {
        // SAFETY: the contract above.
        let head = unsafe { head_json.text() }?;
        let head: FetchHead = json::read(head).map_err(|_| RunnerStatus::InvalidArgument)?;
        let question = CALLS.get(call, Arc::clone)?;
        if question.head(head) { Ok(()) } else { Err(RunnerStatus::InvalidArgument) }
    })
}

/// A piece of a file or of a body. With the status `Wait` it was taken, and the script has enough
/// to read: the next one is welcome when the host's `resume` is called. With `StaleHandle` nobody
/// wants the rest.
///
/// # Safety
///
/// `bytes` is readable for its length.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn runner_call_chunk(call: RunnerCall, bytes: RunnerStr) -> RunnerStatus {
    guard(|| {
        // SAFETY: the contract above.
        let bytes = unsafe { bytes.bytes() }?;
        let question = CALLS.get(call, Arc::clone)?;
        match question.chunk(call, bytes) {
            Flow::More => Ok(()),
            Flow::Wait => Err(RunnerStatus::Wait),
            Flow::Over => Err(RunnerStatus::StaleHandle),
        }
    })
}

/// Leaves the records of the last runs in `out`, a JSON array, newest first:
/// `[{"dispatchId", "label", "event", "trigger", "scheduleId", "attempt", "startedAt", "durationMs",
/// "outcome", "stopReason", "errorCode", "errorMessage", "logs": [{"level", "text", "time", "label", "event",
/// "dispatchId"}...]}...]`, times in milliseconds since 1970, without what does not apply.
///
/// `query_json` is empty, or `{"label", "event", "outcome", "since", "limit"}`, all of them
/// optional.
///
/// # Safety
///
/// - `query_json` is readable for its length.
/// - `out` is null or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn runner_history(
    runner: RunnerHandle,
    query_json: RunnerStr,
    out: *mut RunnerBuffer,
) -> RunnerStatus {
    guard(|| {
        // SAFETY: the contract above, point for point.
        let (query, out) = unsafe { (query_json.text()?, Out::new(out)) };
        let out = out.ok_or(RunnerStatus::NullPointer)?;
        let runner = RUNNERS.get(runner, Arc::clone)?;
        let query = HistoryQuery::from_json(query).map_err(|_| RunnerStatus::InvalidArgument)?;
        let records = runner.history(&query);
        let json = serde_json::to_string(&records).map_err(|_| RunnerStatus::Internal)?;
        out.set(RunnerBuffer::give(json));
        Ok(())
    })
}

/// Forgets the records of the last runs.
#[unsafe(no_mangle)]
pub extern "C" fn runner_history_clear(runner: RunnerHandle) -> RunnerStatus {
    guard(|| {
        RUNNERS.get(runner, Arc::clone)?.clear_history();
        Ok(())
    })
}

/// Decides what to schedule: JSON in, JSON out, no state. The shape is in ARCHITECTURE.md.
///
/// # Safety
///
/// - `input_json` is readable for its length.
/// - `out` is null or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn runner_plan(
    input_json: RunnerStr,
    out: *mut RunnerBuffer,
) -> RunnerStatus {
    guard(|| {
        // SAFETY: the contract above, point for point.
        let (input, out) = unsafe { (input_json.text()?, Out::new(out)) };
        let out = out.ok_or(RunnerStatus::NullPointer)?;
        out.set(RunnerBuffer::give(schedule::plan(input)));
        Ok(())
    })
}

/// Frees a buffer and empties it, so that a second time is harmless.
///
/// # Safety
///
/// `buffer` is null, or writable and holds what this ABI left in it.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn runner_buffer_free(buffer: *mut RunnerBuffer) -> RunnerStatus {
    guard(|| {
        // SAFETY: the contract above.
        let buffer = unsafe { buffer.as_mut() }.ok_or(RunnerStatus::NullPointer)?;
        // SAFETY: the contract above; what is left behind is empty.
        unsafe { std::mem::replace(buffer, RunnerBuffer::EMPTY).free() };
        Ok(())
    })
}

/// Whom to tell of an outcome.
struct Completion {
    done: unsafe extern "C" fn(*mut c_void, RunnerDispatch, RunnerStr),
    data: *mut c_void,
    handle: OnceLock<RunnerDispatch>,
}

// SAFETY: by the contract of `runner_dispatch`, `done` and `data` are for any thread.
unsafe impl Send for Completion {}
// SAFETY: as above.
unsafe impl Sync for Completion {}

impl Completion {
    fn deliver(&self, outcome: &Outcome) {
        let handle = self.handle.get().copied().unwrap_or_default();
        let dispatch = DISPATCHES.remove(handle);
        let json = outcome.to_json();
        // SAFETY: by the contract of `runner_dispatch`; the text is lent for the call.
        unsafe { (self.done)(self.data, handle, RunnerStr::lend(&json)) };
        drop(dispatch);
    }
}

/// The request that C describes.
///
/// # Safety
///
/// `request` is null or readable, and its texts are readable for their lengths.
unsafe fn request(request: *const RunnerRequest) -> Result<Request, RunnerStatus> {
    // SAFETY: the contract above.
    let request = unsafe { request.as_ref() }.ok_or(RunnerStatus::NullPointer)?;
    // SAFETY: the contract above.
    let [label, event, details, trigger] = unsafe {
        [request.label.text(), request.event.text(), request.details.text(), request.trigger.text()]
    };
    let millis = |value: u64| Some(value).filter(|it| *it > 0).map(Duration::from_millis);
    // What a 32-bit processor cannot address is no limit there.
    let bytes = |value: u64| usize::try_from(value).unwrap_or(usize::MAX);
    Ok(Request {
        label: label?.to_owned(),
        event: event?.to_owned(),
        details: Some(details?).filter(|details| !details.is_empty()).map(str::to_owned),
        trigger: trigger?.to_owned(),
        timeout: millis(request.timeout_ms),
        grace: millis(request.grace_ms),
        memory_limit: Some(bytes(request.memory_limit)).filter(|it| *it > 0),
    })
}

/// What a host says about a failure, also when it says it badly.
fn host_error(json: &[u8]) -> HostError {
    let text = String::from_utf8_lossy(json);
    json::read(&text).unwrap_or_else(|_| {
        if text.is_empty() { HostError::default() } else { HostError::failed(text) }
    })
}
