//! rquickjs with nothing of ours around it: the floor that the engine sets.

use std::{cell::RefCell, ffi::CString, rc::Rc};

use rquickjs::{Context, Ctx, Function, Object, Runtime, Value, qjs};

use crate::cpu_microseconds;

/// The functions that every engine gets: named, and doing nothing.
const FUNCTIONS: [&str; 7] = [
    "setTimeout",
    "setInterval",
    "clearTimeout",
    "clearInterval",
    "fetch",
    "TextEncoder",
    "TextDecoder",
];

/// The objects that every engine gets, with their methods.
const OBJECTS: [(&str, &[&str]); 7] = [
    ("console", &["debug", "error", "info", "log", "warn"]),
    ("crypto", &["getRandomValues", "randomUUID"]),
    ("CapacitorDevice", &["getBatteryStatus", "getNetworkStatus"]),
    ("CapacitorKV", &["set", "get", "remove"]),
    ("CapacitorNotifications", &["schedule", "setBadge", "clearBadge"]),
    ("CapacitorGeolocation", &["getCurrentPosition"]),
    ("CapacitorApp", &["getState", "getInfo"]),
];

/// How the runner reaches the engine.
pub(crate) enum Source {
    /// As text, parsed for every dispatch.
    Text(String),
    /// As the engine's stripped bytecode, made before the measuring.
    Bytecode(Vec<u8>),
}

impl Source {
    /// Compiles `text` to bytecode, once.
    pub(crate) fn compile(text: &str) -> Self {
        let runtime = Runtime::new().expect("a runtime can be made");
        let context = Context::full(&runtime).expect("a context can be made");
        context.with(|ctx| Self::Bytecode(compile(&ctx, text)))
    }
}

/// CPU microseconds of each of `runs` cold dispatches.
pub(crate) fn cold(source: &Source, event: &str, details: &str, runs: usize) -> Vec<f64> {
    (0..runs)
        .map(|_| {
            let start = cpu_microseconds();
            dispatch(source, event, details);
            cpu_microseconds() - start
        })
        .collect()
}

/// One cold dispatch, seen through to the end of its engine.
pub(crate) fn dispatch(source: &Source, event: &str, details: &str) {
    let runtime = Runtime::new().expect("a runtime can be made");
    let context = Context::full(&runtime).expect("a context can be made");
    let outcome = context.with(|ctx| {
        install(&ctx).expect("the functions can be installed");
        evaluate(&ctx, source);
        call(&ctx, event, details).expect("the handler runs")
    });
    assert!(outcome.contains("HELLO"), "wrong outcome: {outcome}");
}

fn install(ctx: &Ctx<'_>) -> rquickjs::Result<()> {
    let globals = ctx.globals();
    globals.set("addEventListener", Function::new(ctx.clone(), keep_handler)?)?;
    for name in FUNCTIONS {
        globals.set(name, Function::new(ctx.clone(), || ())?)?;
    }
    for (name, methods) in OBJECTS {
        let object = Object::new(ctx.clone())?;
        for method in methods {
            object.set(*method, Function::new(ctx.clone(), || ())?)?;
        }
        globals.set(name, object)?;
    }
    Ok(())
}

fn keep_handler<'js>(ctx: Ctx<'js>, event: String, handler: Function<'js>) -> rquickjs::Result<()> {
    ctx.globals().set(format!("on:{event}"), handler)
}

fn evaluate(ctx: &Ctx<'_>, source: &Source) {
    match source {
        Source::Text(text) => ctx.eval::<(), _>(text.as_str()).expect("the runner evaluates"),
        Source::Bytecode(bytes) => {
            let flags = qjs::JS_READ_OBJ_BYTECODE.cast_signed();
            // SAFETY: the bytes come from `compile`, made by this engine in this process;
            // `JS_EvalFunction` takes the function over, and the result is freed with its `Value`.
            let value = unsafe {
                let raw = ctx.as_raw().as_ptr();
                let function = qjs::JS_ReadObject(raw, bytes.as_ptr(), bytes.len() as _, flags);
                Value::from_raw(ctx.clone(), qjs::JS_EvalFunction(raw, function))
            };
            assert!(!value.is_exception(), "the runner evaluates");
        }
    }
}

fn call(ctx: &Ctx<'_>, event: &str, details: &str) -> rquickjs::Result<String> {
    let outcome = Rc::new(RefCell::new(String::new()));
    let kept = Rc::clone(&outcome);
    let resolve = move |value: Value<'_>| -> rquickjs::Result<()> {
        if let Some(json) = value.ctx().json_stringify(&value)? {
            *kept.borrow_mut() = json.to_string()?;
        }
        Ok(())
    };
    let handler: Function<'_> = ctx.globals().get(format!("on:{event}"))?;
    let resolve = Function::new(ctx.clone(), resolve)?;
    let reject = Function::new(ctx.clone(), || ())?;
    handler.call::<_, ()>((resolve, reject, ctx.json_parse(details)?))?;
    Ok(outcome.take())
}

fn compile(ctx: &Ctx<'_>, text: &str) -> Vec<u8> {
    let source = CString::new(text).expect("a runner without NUL bytes");
    let flags = (qjs::JS_EVAL_TYPE_GLOBAL | qjs::JS_EVAL_FLAG_COMPILE_ONLY).cast_signed();
    let stripped = (qjs::JS_WRITE_OBJ_BYTECODE | qjs::JS_WRITE_OBJ_STRIP_DEBUG).cast_signed();
    // SAFETY: text and name end with NUL and outlive the call; what `JS_WriteObject` returns is
    // `size` bytes long and is freed once, after it was copied.
    unsafe {
        let raw = ctx.as_raw().as_ptr();
        let function =
            qjs::JS_Eval(raw, source.as_ptr(), text.len() as _, c"runner.js".as_ptr(), flags);
        let mut size = 0;
        let bytes = qjs::JS_WriteObject(raw, &raw mut size, function, stripped);
        qjs::JS_FreeValue(raw, function);
        assert!(!bytes.is_null(), "the runner compiles");
        let size = usize::try_from(size).expect("bytecode fits");
        let copy = std::slice::from_raw_parts(bytes, size).to_vec();
        qjs::js_free(raw, bytes.cast());
        copy
    }
}
