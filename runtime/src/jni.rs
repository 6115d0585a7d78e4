//! The JNI face: what Kotlin's class `Native` declares, on top of the C ABI.
//!
//! Text crosses as UTF-8 in byte arrays, never as Java's modified UTF-8. Threads of the runtime
//! attach themselves with their first callback and detach when they end; each callback has a frame
//! of local references of its own. What Java throws in a callback ends there, as the answer to it;
//! what is wrong here is thrown as Kotlin's `RunnerException`.

#![expect(
    clippy::too_many_arguments,
    reason = "a dispatch has that many, and each is checked by its type"
)]

use std::{
    any::Any,
    ffi::c_void,
    panic::{AssertUnwindSafe, catch_unwind},
};

use jni::{
    Env, JavaVM, bind_java_type,
    errors::{Error, ErrorPolicy, Result as JniResult},
    objects::{JByteArray, JClass},
    refs::{Global, LoaderContext},
    sys::{JNI_ERR, JNI_VERSION_1_6, jboolean, jint, jlong},
};

use crate::{
    error::{Code, RunError},
    ffi::{
        RUNNER_ABI_VERSION, RunnerBuffer, RunnerCall, RunnerDispatch, RunnerHost, RunnerLevel,
        RunnerLog, RunnerRequest, RunnerStatus, RunnerStr, runner_buffer_free, runner_call_chunk,
        runner_call_complete, runner_call_fail, runner_call_head, runner_cancel, runner_dispatch,
        runner_free, runner_history, runner_history_clear, runner_new,
    },
    host::Level,
    schedule,
};

bind_java_type! {
    NativeHost => io.ionic.backgroundrunner.core.NativeHost,
    methods {
        fn load(call: jlong, path: jbyte[]),
        fn call(call: jlong, label: jbyte[], device_api: jbyte[], method: jbyte[], args: jbyte[]),
        fn fetch(call: jlong, request: jbyte[], body: jbyte[]),
        fn cancel(call: jlong),
        fn log(record: jbyte[]),
    },
}

bind_java_type! {
    NativeDone => io.ionic.backgroundrunner.core.NativeDone,
    methods {
        fn done(dispatch: jlong, outcome: jbyte[]),
    },
}

bind_java_type! {
    Native => io.ionic.backgroundrunner.core.Native,
    type_map = {
        NativeHost => io.ionic.backgroundrunner.core.NativeHost,
        NativeDone => io.ionic.backgroundrunner.core.NativeDone,
    },
    native_methods_export = false,
    native_methods_error_policy = Throw,
    methods {
        static fn refused(error: jbyte[]) -> JThrowable,
    },
    native_methods {
        static fn abi_version() -> jint,
        static fn create(host: NativeHost, settings: jbyte[]) -> jlong,
        static fn destroy(runner: jlong),
        static fn dispatch(
            runner: jlong,
            label: jbyte[],
            event: jbyte[],
            details: jbyte[],
            trigger: jbyte[],
            timeout_ms: jlong,
            grace_ms: jlong,
            memory_limit: jlong,
            done: NativeDone,
        ) -> jlong,
        static fn cancel(dispatch: jlong),
        static fn complete(call: jlong, result: jbyte[]) -> jboolean,
        static fn fail(call: jlong, error: jbyte[]) -> jboolean,
        static fn head(call: jlong, head: jbyte[]) -> jboolean,
        static fn chunk(call: jlong, bytes: jbyte[], length: jint) -> jboolean,
        static fn history(runner: jlong, query: jbyte[]) -> jbyte[],
        static fn clear_history(runner: jlong),
        static fn plan(input: jbyte[]) -> jbyte[],
    },
}

/// Called by `System.loadLibrary`, on a thread that sees the app's classes: they are looked up here,
/// once, and their functions registered.
///
/// # Safety
///
/// The virtual machine calls it, with itself.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn JNI_OnLoad(vm: *mut jni::sys::JavaVM, _: *mut c_void) -> jint {
    let loaded = catch_unwind(|| {
        // SAFETY: the contract above.
        let vm = unsafe { JavaVM::from_raw(vm) };
        vm.attach_current_thread(|env| {
            let loader = LoaderContext::default();
            NativeHostAPI::get(env, &loader)?;
            NativeDoneAPI::get(env, &loader)?;
            NativeAPI::get(env, &loader).map(|_| ())
        })
    });
    match loaded {
        Ok(Ok(())) => JNI_VERSION_1_6,
        // `loadLibrary` throws an `UnsatisfiedLinkError`, which the app can catch.
        _ => JNI_ERR,
    }
}

impl NativeNativeInterface for NativeAPI {
    type Error = Failure;

    fn abi_version<'local>(_: &mut Env<'local>, _: JClass<'local>) -> Answer<jint> {
        Ok(RUNNER_ABI_VERSION.cast_signed())
    }

    fn create<'local>(
        env: &mut Env<'local>,
        _: JClass<'local>,
        host: NativeHost<'local>,
        settings: JByteArray<'local>,
    ) -> Answer<jlong> {
        let settings = env.convert_byte_array(&settings)?;
        let data = Box::into_raw(Box::new(env.new_global_ref(&host)?)).cast::<c_void>();
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
    }

    fn destroy<'local>(_: &mut Env<'local>, _: JClass<'local>, runner: jlong) -> Answer<()> {
        // A runner that is gone already is what was asked for.
        let _ = runner_free(runner.cast_unsigned());
        Ok(())
    }

    fn dispatch<'local>(
        env: &mut Env<'local>,
        _: JClass<'local>,
        runner: jlong,
        label: JByteArray<'local>,
        event: JByteArray<'local>,
        details: JByteArray<'local>,
        trigger: JByteArray<'local>,
        timeout_ms: jlong,
        grace_ms: jlong,
        memory_limit: jlong,
        done: NativeDone<'local>,
    ) -> Answer<jlong> {
        let [label, event, details, trigger] = [
            env.convert_byte_array(&label)?,
            env.convert_byte_array(&event)?,
            env.convert_byte_array(&details)?,
            env.convert_byte_array(&trigger)?,
        ];
        let request = RunnerRequest {
            label: RunnerStr::lend(&label),
            event: RunnerStr::lend(&event),
            details: RunnerStr::lend(&details),
            trigger: RunnerStr::lend(&trigger),
            timeout_ms: unsigned(timeout_ms),
            grace_ms: unsigned(grace_ms),
            memory_limit: unsigned(memory_limit),
        };
        let data = Box::into_raw(Box::new(env.new_global_ref(&done)?)).cast::<c_void>();
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
        drop(unsafe { Box::from_raw(data.cast::<Global<NativeDone<'static>>>()) });
        Err(refusal(status))
    }

    fn cancel<'local>(_: &mut Env<'local>, _: JClass<'local>, dispatch: jlong) -> Answer<()> {
        // A dispatch that has ended needs no cancelling.
        let _ = runner_cancel(dispatch.cast_unsigned());
        Ok(())
    }

    fn complete<'local>(
        env: &mut Env<'local>,
        _: JClass<'local>,
        call: jlong,
        result: JByteArray<'local>,
    ) -> Answer<jboolean> {
        let result = env.convert_byte_array(&result)?;
        // SAFETY: the bytes outlive the call.
        Ok(unsafe { runner_call_complete(call.cast_unsigned(), RunnerStr::lend(&result)) }
            == RunnerStatus::Ok)
    }

    fn fail<'local>(
        env: &mut Env<'local>,
        _: JClass<'local>,
        call: jlong,
        error: JByteArray<'local>,
    ) -> Answer<jboolean> {
        let error = env.convert_byte_array(&error)?;
        // SAFETY: the bytes outlive the call.
        Ok(unsafe { runner_call_fail(call.cast_unsigned(), RunnerStr::lend(&error)) }
            == RunnerStatus::Ok)
    }

    fn head<'local>(
        env: &mut Env<'local>,
        _: JClass<'local>,
        call: jlong,
        head: JByteArray<'local>,
    ) -> Answer<jboolean> {
        let head = env.convert_byte_array(&head)?;
        // SAFETY: the bytes outlive the call.
        Ok(unsafe { runner_call_head(call.cast_unsigned(), RunnerStr::lend(&head)) }
            == RunnerStatus::Ok)
    }

    fn chunk<'local>(
        env: &mut Env<'local>,
        _: JClass<'local>,
        call: jlong,
        bytes: JByteArray<'local>,
        length: jint,
    ) -> Answer<jboolean> {
        let length = usize::try_from(length).unwrap_or_default().min(bytes.len(env)?);
        let mut chunk = vec![0; length];
        bytes.get_region(env, 0, &mut chunk)?;
        let chunk: Vec<u8> = chunk.into_iter().map(i8::cast_unsigned).collect();
        // SAFETY: the bytes outlive the call.
        Ok(unsafe { runner_call_chunk(call.cast_unsigned(), RunnerStr::lend(&chunk)) }
            == RunnerStatus::Ok)
    }

    fn history<'local>(
        env: &mut Env<'local>,
        _: JClass<'local>,
        runner: jlong,
        query: JByteArray<'local>,
    ) -> Answer<JByteArray<'local>> {
        let query = env.convert_byte_array(&query)?;
        let mut out = RunnerBuffer::EMPTY;
        // SAFETY: the query and `out` outlive the call.
        let status = unsafe {
            runner_history(runner.cast_unsigned(), RunnerStr::lend(&query), &raw mut out)
        };
        let records = take(out);
        if status != RunnerStatus::Ok {
            return Err(refusal(status));
        }
        Ok(env.byte_array_from_slice(&records)?)
    }

    fn clear_history<'local>(_: &mut Env<'local>, _: JClass<'local>, runner: jlong) -> Answer<()> {
        match runner_history_clear(runner.cast_unsigned()) {
            RunnerStatus::Ok => Ok(()),
            status => Err(refusal(status)),
        }
    }

    fn plan<'local>(
        env: &mut Env<'local>,
        _: JClass<'local>,
        input: JByteArray<'local>,
    ) -> Answer<JByteArray<'local>> {
        let input = env.convert_byte_array(&input)?;
        let plan = schedule::plan(&String::from_utf8_lossy(&input));
        Ok(env.byte_array_from_slice(plan.as_bytes())?)
    }
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

/// Throws failures and panics as `RunnerException`.
struct Throw;

impl<T: Default> ErrorPolicy<T, Failure> for Throw {
    type Captures<'outer: 'method, 'method> = ();

    fn on_error<'outer: 'method, 'method>(
        env: &mut Env<'outer>,
        (): &mut (),
        failure: Failure,
    ) -> JniResult<T> {
        if !env.exception_check() {
            let json = match failure {
                Failure::Refused(json) => json,
                Failure::Java(error) => RunError::internal(error).to_json().into_bytes(),
            };
            throw(env, &json)?;
        }
        Ok(T::default())
    }

    fn on_panic<'outer: 'method, 'method>(
        env: &mut Env<'outer>,
        (): &mut (),
        _: Box<dyn Any + Send + 'static>,
    ) -> JniResult<T> {
        throw(env, RunError::internal("a panic").to_json().as_bytes())?;
        Ok(T::default())
    }
}

fn throw(env: &mut Env<'_>, json: &[u8]) -> JniResult<()> {
    let json = env.byte_array_from_slice(json)?;
    let exception = Native::refused(env, &json)?;
    match env.throw(exception) {
        // That is how a throw succeeds.
        Err(Error::JavaException) => Ok(()),
        other => other,
    }
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
        log: Some(log),
        release: Some(release),
    }
}

/// Calls into Java from any thread; neither an exception nor a panic leaves.
fn in_java(body: impl FnOnce(&mut Env<'_>) -> JniResult<()>) -> Result<(), String> {
    let called =
        catch_unwind(AssertUnwindSafe(|| JavaVM::singleton()?.attach_current_thread(body)));
    match called {
        Ok(Ok(())) => Ok(()),
        Ok(Err(Error::CaughtJavaException { name, msg, .. })) => Err(format!("{name}: {msg}")),
        Ok(Err(error)) => Err(error.to_string()),
        Err(_) => Err("the runtime has a bug: a panic in a callback".to_owned()),
    }
}

/// Asks Java; a question that Java throws at is answered with what it threw.
fn ask(call: RunnerCall, body: impl FnOnce(&mut Env<'_>) -> JniResult<()>) {
    if let Err(message) = in_java(body) {
        let error = serde_json::json!({ "code": Code::HostError.as_str(), "message": message });
        // SAFETY: the text outlives the call.
        let _ = unsafe { runner_call_fail(call, RunnerStr::lend(&error.to_string())) };
    }
}

/// The Kotlin object behind `data`.
///
/// # Safety
///
/// `data` comes from [`NativeAPI::create`] and was not released.
unsafe fn host<'a>(data: *mut c_void) -> &'a Global<NativeHost<'static>> {
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
    // SAFETY: the ABI calls with the host's `data`, and lends the text.
    let (host, path) = unsafe { (host(data), lent(path)) };
    ask(question, |env| {
        let path = env.byte_array_from_slice(path)?;
        host.load(env, question.cast_signed(), &path)
    });
}

unsafe extern "C" fn call(
    data: *mut c_void,
    question: RunnerCall,
    label: RunnerStr,
    api: RunnerStr,
    method: RunnerStr,
    args: RunnerStr,
) {
    // SAFETY: the ABI calls with the host's `data`, and lends the texts.
    let (host, texts) = unsafe { (host(data), [label, api, method, args].map(|text| lent(text))) };
    ask(question, |env| {
        let [label, api, method, args] = texts;
        let label = env.byte_array_from_slice(label)?;
        let api = env.byte_array_from_slice(api)?;
        let method = env.byte_array_from_slice(method)?;
        let args = env.byte_array_from_slice(args)?;
        host.call(env, question.cast_signed(), &label, &api, &method, &args)
    });
}

unsafe extern "C" fn fetch(
    data: *mut c_void,
    question: RunnerCall,
    request: RunnerStr,
    body: RunnerStr,
) {
    // SAFETY: the ABI calls with the host's `data`, and lends the texts.
    let (host, request, body) = unsafe { (host(data), lent(request), lent(body)) };
    ask(question, |env| {
        let request = env.byte_array_from_slice(request)?;
        let body = env.byte_array_from_slice(body)?;
        host.fetch(env, question.cast_signed(), &request, &body)
    });
}

unsafe extern "C" fn cancelled(data: *mut c_void, question: RunnerCall) {
    // SAFETY: the ABI calls with the host's `data`.
    let host = unsafe { host(data) };
    // The answer is not wanted any more, nor is a complaint.
    let _ = in_java(|env| host.cancel(env, question.cast_signed()));
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
    let _ = in_java(|env| {
        let record = env.byte_array_from_slice(json.to_string().as_bytes())?;
        host.log(env, &record)
    });
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
    let host = unsafe { Box::from_raw(data.cast::<Global<NativeHost<'static>>>()) };
    let _ = in_java(|_| {
        drop(host);
        Ok(())
    });
}

unsafe extern "C" fn finished(data: *mut c_void, dispatch: RunnerDispatch, outcome: RunnerStr) {
    // SAFETY: `data` is the box that `dispatch` made, and this is called once; the text is lent.
    let (done, outcome) =
        unsafe { (Box::from_raw(data.cast::<Global<NativeDone<'static>>>()), lent(outcome)) };
    // What the listener throws cannot change the outcome.
    let _ = in_java(|env| {
        let outcome = env.byte_array_from_slice(outcome)?;
        done.done(env, dispatch.cast_signed(), &outcome)
    });
}
