//! The JNI face: what Kotlin's class `Native` declares, on top of the C ABI.
//!
//! Text crosses as UTF-8 in byte arrays, never as Java's modified UTF-8. Threads of the runtime
//! attach themselves with their first callback and detach when they end; each callback has a frame
//! of local references of its own. What Java throws in a callback ends there, as the answer to it;
//! what is wrong here is thrown as Kotlin's `RunnerException`.

use std::{
    ffi::{CStr, c_void},
    panic::{AssertUnwindSafe, catch_unwind},
    sync::OnceLock,
};

use super::java::{self, Bytes, Env, Error, Global, Method, Native, Object};
use super::{
    RUNNER_ABI_VERSION, RunnerBuffer, RunnerCall, RunnerDispatch, RunnerHost, RunnerLevel,
    RunnerLog, RunnerRequest, RunnerStatus, RunnerStr, runner_buffer_free, runner_call_chunk,
    runner_call_complete, runner_call_fail, runner_call_head, runner_cancel, runner_dispatch,
    runner_free, runner_history, runner_history_clear, runner_new, runner_stop,
};
use crate::{
    error::{Code, RunError},
    host::Level,
    schedule,
};
use jni_sys::{JNI_ERR, JNI_VERSION_1_6, JavaVM, jboolean, jint, jlong, jvalue};

/// The classes on Kotlin's side, looked up once.
static JAVA: OnceLock<Java> = OnceLock::new();

struct Java {
    native: Global,
    /// `Native.refused`, which makes the exception of an error as JSON.
    refused: Method,
    /// `Throwable.toString`.
    to_text: Method,
    // Methods of `NativeHost`.
    load: Method,
    call: Method,
    fetch: Method,
    cancel: Method,
    resume: Method,
    log: Method,
    /// `NativeDone.done`.
    done: Method,
    /// The interfaces with those methods, which stay loaded.
    _interfaces: [Global; 2],
}

impl Java {
    fn find(env: Env<'_>) -> Result<Self, Error> {
        let class = |path: &CStr| env.class(path).and_then(|class| env.keep(class));
        let native = class(c"io/ionic/backgroundrunner/core/Native")?;
        let host = class(c"io/ionic/backgroundrunner/core/NativeHost")?;
        let done = class(c"io/ionic/backgroundrunner/core/NativeDone")?;
        let throwable = class(c"java/lang/Throwable")?;
        let java = Self {
            refused: env.static_method(&native, c"refused", c"([B)Ljava/lang/Throwable;")?,
            to_text: env.method(&throwable, c"toString", c"()Ljava/lang/String;")?,
            load: env.method(&host, c"load", c"(J[B)V")?,
            call: env.method(&host, c"call", c"(J[B[B[B[B)V")?,
            fetch: env.method(&host, c"fetch", c"(J[B[B)V")?,
            cancel: env.method(&host, c"cancel", c"(J)V")?,
            resume: env.method(&host, c"resume", c"(J)V")?,
            log: env.method(&host, c"log", c"([B)V")?,
            done: env.method(&done, c"done", c"(J[B)V")?,
            native,
            _interfaces: [host, done],
        };
        // SAFETY: each function has the type beside it.
        unsafe { env.register(&java.native, &natives())? };
        Ok(java)
    }
}

/// What `Native` declares as `external`.
fn natives() -> [Native; 13] {
    [
        (c"abiVersion", c"()I", abi_version as *mut c_void),
        (c"create", c"(Lio/ionic/backgroundrunner/core/NativeHost;[B)J", create as *mut c_void),
        (c"destroy", c"(J)V", destroy as *mut c_void),
        (
            c"dispatch",
            c"(J[B[B[B[BJJJLio/ionic/backgroundrunner/core/NativeDone;)J",
            dispatch as *mut c_void,
        ),
        (c"cancel", c"(J)V", cancel as *mut c_void),
        (c"stop", c"(JJ[B)V", stop as *mut c_void),
        (c"complete", c"(J[B)Z", complete as *mut c_void),
        (c"fail", c"(J[B)Z", fail as *mut c_void),
        (c"head", c"(J[B)Z", head as *mut c_void),
        (c"chunk", c"(J[BI)I", chunk as *mut c_void),
        (c"history", c"(J[B)[B", history as *mut c_void),
        (c"clearHistory", c"(J)V", clear_history as *mut c_void),
        (c"plan", c"([B)[B", plan as *mut c_void),
    ]
}

/// Called by `System.loadLibrary`, on a thread that sees the app's classes: they are looked up here,
/// once, and their functions registered.
///
/// # Safety
///
/// The virtual machine calls it, with itself.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn JNI_OnLoad(vm: *mut JavaVM, _: *mut c_void) -> jint {
    let loaded = catch_unwind(|| {
        // SAFETY: the contract above.
        let env = unsafe { java::enter(vm) }?;
        // Loaded again, the library finds the same classes.
        let _ = JAVA.set(Java::find(env)?);
        Ok::<_, Error>(())
    });
    match loaded {
        Ok(Ok(())) => JNI_VERSION_1_6,
        // `loadLibrary` throws an `UnsatisfiedLinkError`, which the app can catch.
        _ => JNI_ERR,
    }
}

extern "system" fn abi_version(_: Env<'_>, _: Object<'_>) -> jint {
    RUNNER_ABI_VERSION.cast_signed()
}

extern "system" fn create(
    env: Env<'_>,
    _: Object<'_>,
    host: Object<'_>,
    settings: Bytes<'_>,
) -> jlong {
    answer(env, || {
        let settings = all(env, settings)?;
        let data = Box::into_raw(Box::new(env.keep(host)?)).cast::<c_void>();
        let mut handle = 0;
        let mut error = RunnerBuffer::EMPTY;
        // SAFETY: `data` is a host of ours, which `release` frees; the rest outlives the call.
        let status = unsafe {
            runner_new(
                &callbacks(data),
                RunnerStr::lend(&settings),
                &raw mut handle,
                &raw mut error,
            )
        };
        let said = take(error);
        if status == RunnerStatus::Ok {
            return Ok(handle.cast_signed());
        }
        // SAFETY: without a runner nobody else has `data`.
        unsafe { release(data) };
        Err(if said.is_empty() { refusal(status) } else { Failure::Refused(said) })
    })
}

extern "system" fn destroy(_: Env<'_>, _: Object<'_>, runner: jlong) {
    // A runner that is gone already is what was asked for.
    let _ = runner_free(runner.cast_unsigned());
}

extern "system" fn dispatch(
    env: Env<'_>,
    _: Object<'_>,
    runner: jlong,
    label: Bytes<'_>,
    event: Bytes<'_>,
    details: Bytes<'_>,
    trigger: Bytes<'_>,
    timeout_ms: jlong,
    grace_ms: jlong,
    memory_limit: jlong,
    done: Object<'_>,
) -> jlong {
    answer(env, || {
        let label = all(env, label)?;
        let event = all(env, event)?;
        let details = all(env, details)?;
        let trigger = all(env, trigger)?;
        let request = RunnerRequest {
            label: RunnerStr::lend(&label),
            event: RunnerStr::lend(&event),
            details: RunnerStr::lend(&details),
            trigger: RunnerStr::lend(&trigger),
            timeout_ms: unsigned(timeout_ms),
            grace_ms: unsigned(grace_ms),
            memory_limit: unsigned(memory_limit),
        };
        let data = Box::into_raw(Box::new(env.keep(done)?)).cast::<c_void>();
        let mut handle = 0;
        // SAFETY: the texts outlive the call; `data` is freed by `finished`, which takes any thread.
        let status = unsafe {
            runner_dispatch(
                runner.cast_unsigned(),
                &raw const request,
                Some(finished),
                data,
                &raw mut handle,
            )
        };
        if status == RunnerStatus::Ok {
            return Ok(handle.cast_signed());
        }
        // SAFETY: `finished` is not called, so this is the only owner.
        drop(unsafe { Box::from_raw(data.cast::<Global>()) });
        Err(refusal(status))
    })
}

extern "system" fn cancel(_: Env<'_>, _: Object<'_>, dispatch: jlong) {
    // A dispatch that has ended needs no cancelling.
    let _ = runner_cancel(dispatch.cast_unsigned());
}

extern "system" fn stop(
    env: Env<'_>,
    _: Object<'_>,
    dispatch: jlong,
    grace_ms: jlong,
    reason: Bytes<'_>,
) {
    answer(env, || {
        let reason = all(env, reason)?;
        // SAFETY: the text outlives the call. A dispatch that has ended needs no stopping.
        let _ = unsafe {
            runner_stop(dispatch.cast_unsigned(), unsigned(grace_ms), RunnerStr::lend(&reason))
        };
        Ok(())
    });
}

extern "system" fn complete(
    env: Env<'_>,
    _: Object<'_>,
    call: jlong,
    result: Bytes<'_>,
) -> jboolean {
    hand_over(env, call, result, runner_call_complete)
}

extern "system" fn fail(env: Env<'_>, _: Object<'_>, call: jlong, error: Bytes<'_>) -> jboolean {
    hand_over(env, call, error, runner_call_fail)
}

extern "system" fn head(env: Env<'_>, _: Object<'_>, call: jlong, head: Bytes<'_>) -> jboolean {
    hand_over(env, call, head, runner_call_head)
}

/// What a host says about a call, and whether it is wanted.
fn hand_over(
    env: Env<'_>,
    call: jlong,
    bytes: Bytes<'_>,
    function: unsafe extern "C" fn(RunnerCall, RunnerStr) -> RunnerStatus,
) -> jboolean {
    answer(env, || {
        let bytes = all(env, bytes)?;
        // SAFETY: the bytes outlive the call, which is all that these functions ask.
        Ok(unsafe { function(call.cast_unsigned(), RunnerStr::lend(&bytes)) } == RunnerStatus::Ok)
    })
}

extern "system" fn chunk(
    env: Env<'_>,
    _: Object<'_>,
    call: jlong,
    bytes: Bytes<'_>,
    length: jint,
) -> jint {
    answer(env, || {
        let chunk = env.bytes(bytes, usize::try_from(length).unwrap_or_default())?;
        // SAFETY: the bytes outlive the call.
        Ok(unsafe { runner_call_chunk(call.cast_unsigned(), RunnerStr::lend(&chunk)) } as jint)
    })
}

extern "system" fn history<'env>(
    env: Env<'env>,
    _: Object<'_>,
    runner: jlong,
    query: Bytes<'_>,
) -> Bytes<'env> {
    answer(env, || {
        let query = all(env, query)?;
        let mut out = RunnerBuffer::EMPTY;
        // SAFETY: the query and `out` outlive the call.
        let status = unsafe {
            runner_history(runner.cast_unsigned(), RunnerStr::lend(&query), &raw mut out)
        };
        let records = take(out);
        if status != RunnerStatus::Ok {
            return Err(refusal(status));
        }
        Ok(env.array(&records)?)
    })
}

extern "system" fn clear_history(env: Env<'_>, _: Object<'_>, runner: jlong) {
    answer(env, || match runner_history_clear(runner.cast_unsigned()) {
        RunnerStatus::Ok => Ok(()),
        status => Err(refusal(status)),
    });
}

extern "system" fn plan<'env>(env: Env<'env>, _: Object<'_>, input: Bytes<'_>) -> Bytes<'env> {
    answer(env, || {
        let input = all(env, input)?;
        let plan = schedule::plan(&String::from_utf8_lossy(&input));
        Ok(env.array(plan.as_bytes())?)
    })
}

/// All of an array.
fn all(env: Env<'_>, array: Bytes<'_>) -> Result<Vec<u8>, Error> {
    env.bytes(array, usize::MAX)
}

/// Java has no unsigned numbers: what is negative says nothing, like 0.
fn unsigned(number: jlong) -> u64 {
    u64::try_from(number).unwrap_or_default()
}

/// The text of a buffer that the ABI gave away, and the end of the buffer.
fn take(mut buffer: RunnerBuffer) -> Vec<u8> {
    // SAFETY: the ABI left the buffer, which nobody has freed yet.
    unsafe {
        let text = RunnerStr { ptr: buffer.ptr, len: buffer.len }.bytes().map(<[u8]>::to_vec);
        let _ = runner_buffer_free(&raw mut buffer);
        text.unwrap_or_default()
    }
}

/// What a function of this module gives.
type Answer<T> = Result<T, Failure>;

/// Why a function of this module could not do what was asked.
#[derive(Debug, thiserror::Error)]
enum Failure {
    /// The virtual machine objects: mostly with an exception of its own, which then goes on.
    #[error(transparent)]
    Java(#[from] Error),
    /// The runtime objects, with an error as JSON.
    #[error("the runtime refused")]
    Refused(Vec<u8>),
}

fn refusal(status: RunnerStatus) -> Failure {
    let error = match status {
        RunnerStatus::StaleHandle => RunError::new(Code::Cancelled, "the runner was closed"),
        RunnerStatus::InvalidUtf8 | RunnerStatus::InvalidArgument => {
            RunError::new(Code::InvalidArgument, "the request is not valid")
        }
        _ => RunError::internal(format_args!("{status:?}")),
    };
    Failure::Refused(error.to_json().into_bytes())
}

/// What a function of this module gives to Java: failures and panics are thrown.
fn answer<T: Default>(env: Env<'_>, body: impl FnOnce() -> Answer<T>) -> T {
    let failure = match catch_unwind(AssertUnwindSafe(body)) {
        Ok(Ok(value)) => return value,
        Ok(Err(failure)) => failure,
        Err(_) => Failure::Refused(RunError::internal("a panic").to_json().into_bytes()),
    };
    throw(env, failure);
    T::default()
}

/// Throws a failure as `RunnerException`; what Java throws itself goes on.
fn throw(env: Env<'_>, failure: Failure) {
    let Some(java) = JAVA.get().filter(|_| !env.is_throwing()) else { return };
    let json = match failure {
        Failure::Refused(json) => json,
        Failure::Java(error) => RunError::internal(error).to_json().into_bytes(),
    };
    // What goes wrong here throws as well.
    // SAFETY: `Native.refused` takes an array, and gives what can be thrown.
    let _ = unsafe { env.throw(&java.native, java.refused, &json) };
}

/// The table of functions over a Kotlin object; `data` is a box with a [`Global`] of it.
fn callbacks(data: *mut c_void) -> RunnerHost {
    RunnerHost {
        abi_version: RUNNER_ABI_VERSION,
        data,
        load: Some(load),
        call: Some(call),
        fetch: Some(fetch),
        cancel: Some(cancelled),
        resume: Some(resumed),
        log: Some(log),
        release: Some(release),
    }
}

/// Calls a method of Java's from any thread, with a number and texts; neither an exception nor a
/// panic leaves.
///
/// # Safety
///
/// The object has the method, and it takes these: the number, if there is one, and as many arrays.
unsafe fn tell(
    object: &Global,
    method: fn(&Java) -> Method,
    number: Option<u64>,
    texts: &[&[u8]],
) -> Result<(), String> {
    let Some(kotlin) = JAVA.get() else { return Err(Error::Detached.to_string()) };
    java::in_java(Some(kotlin.to_text), &mut |env| {
        let mut arguments = Vec::with_capacity(texts.len().saturating_add(1));
        arguments.extend(number.map(|number| jvalue { j: number.cast_signed() }));
        for text in texts {
            arguments.push(env.array(text)?.argument());
        }
        // SAFETY: the caller's promise.
        unsafe { env.call(object, method(kotlin), &arguments) }
    })
}

/// Asks Java; a question that Java throws at is answered with what it threw.
///
/// # Safety
///
/// As for [`tell`], with the question's number.
unsafe fn ask(host: &Global, method: fn(&Java) -> Method, question: RunnerCall, texts: &[&[u8]]) {
    // SAFETY: the caller's promise.
    if let Err(message) = unsafe { tell(host, method, Some(question), texts) } {
        let error = serde_json::json!({ "code": Code::HostError.as_str(), "message": message });
        // SAFETY: the text outlives the call.
        let _ = unsafe { runner_call_fail(question, RunnerStr::lend(&error.to_string())) };
    }
}

/// The Kotlin object behind `data`.
///
/// # Safety
///
/// `data` comes from [`create`] and was not released.
unsafe fn host<'a>(data: *mut c_void) -> &'a Global {
    // SAFETY: the contract above.
    unsafe { &*data.cast() }
}

/// What is lent for the call; the ABI lends no bytes that cannot be read.
///
/// # Safety
///
/// The text is readable while the result is in use.
unsafe fn lent<'a>(text: RunnerStr) -> &'a [u8] {
    // SAFETY: the contract above.
    unsafe { text.bytes() }.unwrap_or_default()
}

unsafe extern "C" fn load(data: *mut c_void, question: RunnerCall, path: RunnerStr) {
    // SAFETY: the ABI calls with the host's `data`, and lends the text; `load` takes one.
    unsafe { ask(host(data), |java| java.load, question, &[lent(path)]) }
}

unsafe extern "C" fn call(
    data: *mut c_void,
    question: RunnerCall,
    label: RunnerStr,
    api: RunnerStr,
    method: RunnerStr,
    args: RunnerStr,
) {
    // SAFETY: the ABI calls with the host's `data`, and lends the texts; `call` takes four.
    unsafe {
        let texts = [label, api, method, args].map(|text| lent(text));
        ask(host(data), |java| java.call, question, &texts);
    }
}

unsafe extern "C" fn fetch(
    data: *mut c_void,
    question: RunnerCall,
    request: RunnerStr,
    body: RunnerStr,
) {
    // SAFETY: the ABI calls with the host's `data`, and lends the texts; `fetch` takes two.
    unsafe { ask(host(data), |java| java.fetch, question, &[lent(request), lent(body)]) }
}

unsafe extern "C" fn cancelled(data: *mut c_void, question: RunnerCall) {
    // The answer is not wanted any more, nor is a complaint.
    // SAFETY: the ABI calls with the host's `data`; `cancel` takes no text.
    let _ = unsafe { tell(host(data), |java| java.cancel, Some(question), &[]) };
}

unsafe extern "C" fn resumed(data: *mut c_void, question: RunnerCall) {
    // Who throws here does not go on, and the deadline ends what waits for it.
    // SAFETY: the ABI calls with the host's `data`; `resume` takes no text.
    let _ = unsafe { tell(host(data), |java| java.resume, Some(question), &[]) };
}

unsafe extern "C" fn log(data: *mut c_void, record: *const RunnerLog) {
    // SAFETY: the ABI calls with the host's `data`, and lends the record and its texts.
    let (host, record, [label, event, text]) = unsafe {
        let record = &*record;
        (host(data), record, [record.label, record.event, record.text].map(|text| lent(text)))
    };
    let [label, event, text] = [label, event, text].map(String::from_utf8_lossy);
    let json = serde_json::json!({
        "level": level(record.level).as_str(),
        "text": text,
        "time": record.time_ms,
        "label": label,
        "event": event,
        "dispatchId": record.dispatch_id,
    });
    // A log that throws is no reason to fail what was logged.
    // SAFETY: `log` takes one text.
    let _ = unsafe { tell(host, |java| java.log, None, &[json.to_string().as_bytes()]) };
}

fn level(level: RunnerLevel) -> Level {
    match level {
        RunnerLevel::Trace => Level::Trace,
        RunnerLevel::Debug => Level::Debug,
        RunnerLevel::Log => Level::Log,
        RunnerLevel::Info => Level::Info,
        RunnerLevel::Warn => Level::Warn,
        RunnerLevel::Error => Level::Error,
    }
}

unsafe extern "C" fn release(data: *mut c_void) {
    // SAFETY: this is the last use of the box that `create` made.
    drop(unsafe { Box::from_raw(data.cast::<Global>()) });
}

unsafe extern "C" fn finished(data: *mut c_void, dispatch: RunnerDispatch, outcome: RunnerStr) {
    // What the listener throws cannot change the outcome.
    // SAFETY: `data` is the box that `dispatch` made, and this is called once; the text is lent;
    // `done` takes a number and a text.
    let _ = unsafe {
        let done = Box::from_raw(data.cast::<Global>());
        tell(&done, |java| java.done, Some(dispatch), &[lent(outcome)])
    };
}
