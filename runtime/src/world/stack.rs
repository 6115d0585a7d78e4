//! What `error.stack` shows: the frames of the script, and none of the runtime's own.
//!
//! The engine asks for the text of a stack when an error is made (`Error.prepareStackTrace`, as V8 has
//! it). We answer, and ask the script's own `prepareStackTrace` where there is one. The hook is an
//! object of a class that can be called, since the engine calls those without looking for room on the
//! stack: it is also asked when that is what has run out.

use std::{
    cell::{Cell, RefCell},
    ffi::{CStr, c_int},
    panic::{AssertUnwindSafe, catch_unwind},
    ptr,
    rc::Rc,
};

use rquickjs::{
    Array, Ctx, Error, Function, Object, Result, Value, atom::PredefinedAtom, function::This, qjs,
};

use super::{
    World, explain,
    frames::{Frame, Frames, text},
    locate,
    script::Script,
};
use crate::engine::{
    errors::{self, Field},
    native::{callable, into_raw, numbered},
    value,
};

/// What JavaScript may use of the thread's stack.
///
/// WebAssembly has two: the one that is counted here, and that of the engine which runs the module, of
/// which no code can tell how much is left. It takes several times as much, and is a megabyte.
pub(crate) const STACK_LIMIT: usize = if WASM { 64 * 1024 } else { 1024 * 1024 };

/// What is left of the thread's stack for the hook when the script has used up its own.
const RESERVE: usize = if WASM { 16 * 1024 } else { 256 * 1024 };

const WASM: bool = cfg!(target_family = "wasm");

/// The frames that the engine looks at, ours among them.
const DEPTH: i32 = 32;

/// The frames that a stack shows, as in Node.js, unless the script sets `Error.stackTraceLimit`.
const SHOWN: u8 = 10;

/// What an object of the hook's class is, by the number that it carries.
const HOOK: usize = 0;
const PREPARE: usize = 1;
const LIMIT: usize = 2;
const STACK: usize = 3;

/// The stacks of one world.
#[derive(Default)]
pub(crate) struct Stacks<'js> {
    /// The script's own `Error.prepareStackTrace`.
    prepare: RefCell<Option<Value<'js>>>,
    /// And its `Error.stackTraceLimit`: the engine's must not be set by a script, since it leaks.
    limit: RefCell<Option<Value<'js>>>,
    pub(super) frames: Frames<'js>,
    /// Whether the next stack is for us, and nobody's error.
    is_asked: Cell<bool>,
    answer: RefCell<Option<Rc<str>>>,
    /// Who asked for what is being done now, when that was in an earlier turn of the event loop.
    origin: RefCell<Option<Rc<str>>>,
    /// Where the script was when it was interrupted.
    stopped: RefCell<Option<String>>,
    /// The files that were loaded, for messages that quote them.
    files: RefCell<Vec<Script>>,
}

impl Stacks<'_> {
    /// Remembers a file.
    pub(crate) fn keep(&self, script: &Script) {
        if let Ok(mut files) = self.files.try_borrow_mut() {
            files.push(script.clone());
        }
    }

    /// The file with this path.
    pub(crate) fn file(&self, path: &str) -> Option<Script> {
        let files = self.files.try_borrow().ok()?;
        files.iter().find(|file| file.path() == path).cloned()
    }

    /// The files that a text tells a place of, or may.
    pub(super) fn mentioned(&self, text: &str) -> Vec<Script> {
        let Ok(files) = self.files.try_borrow() else { return Vec::new() };
        let is_in = |file: &&Script| {
            !file.path().is_empty()
                && memchr::memmem::find(text.as_bytes(), file.path().as_bytes()).is_some()
        };
        files.iter().filter(is_in).cloned().collect()
    }

    /// Where the script was interrupted, if it was.
    pub(super) fn stopped_at(&self) -> Option<String> {
        self.stopped.borrow().clone()
    }

    /// All files that were loaded.
    pub(super) fn files(&self) -> Vec<Script> {
        self.files.try_borrow().map(|files| files.clone()).unwrap_or_default()
    }

    /// Calls `work`, which was asked for at `origin`: an error without a frame of the script shows
    /// that place.
    pub(crate) fn asked_at<T>(&self, origin: Option<Rc<str>>, work: impl FnOnce() -> T) -> T {
        let before = self.origin.replace(origin);
        let done = work();
        self.origin.replace(before);
        done
    }

    pub(crate) fn clear(&self) {
        drop(self.prepare.take());
        drop(self.limit.take());
        self.frames.clear();
    }

    /// How many frames a stack shows.
    fn shown(&self) -> usize {
        match &*self.limit.borrow() {
            None => usize::from(SHOWN),
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "saturates"
            )]
            Some(limit) => limit.as_number().unwrap_or_default() as usize,
        }
    }
}

/// Has all stacks of a realm go through the hook.
pub(crate) fn install(ctx: &Ctx<'_>) -> Result<()> {
    let raw = ctx.as_raw().as_ptr();
    let error: Object<'_> = ctx.globals().get("Error")?;
    // The class of the hook, and of the accessors that scripts see.
    let class = callable(ctx, called)?;
    let (prepare, limit) = (c"prepareStackTrace", c"stackTraceLimit");
    // SAFETY: the context and its `Error` are alive, both names end with NUL, and the engine takes
    // over the reference to what it is given.
    let status = unsafe {
        let hook = object(ctx, class, HOOK)?;
        let depth = qjs::JS_MKVAL(qjs::JS_TAG_INT, DEPTH);
        qjs::JS_SetPropertyStr(raw, error.as_raw(), limit.as_ptr(), depth)
            .min(qjs::JS_SetPropertyStr(raw, error.as_raw(), prepare.as_ptr(), hook))
    };
    if status < 0 {
        return Err(Error::Exception);
    }
    accessor(&error, class, prepare, PREPARE)?;
    accessor(&error, class, limit, LIMIT)?;
    let prototype: Object<'_> = error.get("prototype")?;
    errors::remember(&prototype, Field::Stack)?;
    // SAFETY: context and prototype are alive; the engine keeps its own reference to the setter, and
    // ours is given back.
    let status = unsafe {
        let (none, atom) = (qjs::JS_UNDEFINED, PredefinedAtom::Stack as qjs::JSAtom);
        let setter = object(ctx, class, STACK)?;
        let flags = qjs::JS_PROP_HAS_SET.cast_signed();
        let status =
            qjs::JS_DefineProperty(raw, prototype.as_raw(), atom, none, none, setter, flags);
        qjs::JS_FreeValue(raw, setter);
        status
    };
    if status < 0 { Err(Error::Exception) } else { Ok(()) }
}

/// Puts an accessor of ours in the place of the engine's.
fn accessor(error: &Object<'_>, class: qjs::JSClassID, name: &CStr, what: usize) -> Result<()> {
    let (ctx, raw) = (error.ctx(), error.ctx().as_raw().as_ptr());
    let flags = (qjs::JS_PROP_CONFIGURABLE | qjs::JS_PROP_HAS_CONFIGURABLE).cast_signed();
    // SAFETY: context and object are alive, the name ends with NUL, and the engine takes over both
    // references to the accessor.
    let status = unsafe {
        let getter = object(ctx, class, what)?;
        let setter = qjs::JS_DupValue(raw, getter);
        let atom = qjs::JS_NewAtom(raw, name.as_ptr());
        let status = qjs::JS_DefinePropertyGetSet(raw, error.as_raw(), atom, getter, setter, flags);
        qjs::JS_FreeAtom(raw, atom);
        status
    };
    if status < 0 { Err(Error::Exception) } else { Ok(()) }
}

/// An object of the class that knows what it is.
///
/// # Safety
///
/// `class` is ours, in the runtime of this context.
unsafe fn object(ctx: &Ctx<'_>, class: qjs::JSClassID, what: usize) -> Result<qjs::JSValue> {
    // SAFETY: the contract above; the opaque pointer is a number that nobody follows.
    unsafe {
        let object = qjs::JS_NewObjectClass(ctx.as_raw().as_ptr(), class);
        if qjs::JS_IsException(object) {
            return Err(Error::Exception);
        }
        qjs::JS_SetOpaque(object, ptr::without_provenance_mut(what));
        Ok(object)
    }
}

/// What the engine calls, for the hook and for the accessors.
unsafe extern "C" fn called(
    caller: *mut qjs::JSContext,
    function: qjs::JSValue,
    this: qjs::JSValue,
    count: c_int,
    arguments: *mut qjs::JSValue,
    _flags: c_int,
) -> qjs::JSValue {
    // SAFETY: the engine calls one of ours, which has the number of what it does.
    let (ctx, what) = unsafe { numbered(caller, function) };
    let given = |index: c_int| {
        let index = usize::try_from(index).ok().filter(|_| index < count)?;
        // SAFETY: the engine lends `count` values for the call.
        Some(unsafe {
            Value::from_raw(ctx.clone(), qjs::JS_DupValue(caller, *arguments.add(index)))
        })
    };
    let made = catch_unwind(AssertUnwindSafe(|| match what {
        HOOK => with_room(&ctx, || made(&ctx, given(0), given(1)))
            .unwrap_or_else(|| Ok(ended(&ctx, given(0), given(1)))),
        STACK => set_stack(&ctx, this, given(0)),
        PREPARE => Ok(accessed(&ctx, &World::of(&ctx).stacks.prepare, given(0))),
        _ => Ok(limit(&ctx, given(0))),
    }));
    match made {
        Ok(Ok(value)) => into_raw(&value),
        Ok(Err(_)) => qjs::JS_EXCEPTION,
        Err(_) => qjs::JS_NULL,
    }
}

/// `error.stack = value`: whatever it is, it stays with the error, and is not listed, as in Node.js.
fn set_stack<'js>(
    ctx: &Ctx<'js>,
    error: qjs::JSValue,
    given: Option<Value<'js>>,
) -> Result<Value<'js>> {
    let undefined = Value::new_undefined(ctx.clone());
    let given = given.unwrap_or_else(|| undefined.clone());
    let flags =
        (qjs::JS_PROP_WRITABLE | qjs::JS_PROP_CONFIGURABLE | qjs::JS_PROP_THROW).cast_signed();
    // SAFETY: the engine lends the receiver for the call, and takes over the reference to the value; it
    // throws for what is no object.
    let status = unsafe {
        let atom = PredefinedAtom::Stack as qjs::JSAtom;
        qjs::JS_DefinePropertyValue(ctx.as_raw().as_ptr(), error, atom, into_raw(&given), flags)
    };
    if status < 0 { Err(Error::Exception) } else { Ok(undefined) }
}

/// What a script reads (without `given`) and sets.
fn accessed<'js>(
    ctx: &Ctx<'js>,
    kept: &RefCell<Option<Value<'js>>>,
    given: Option<Value<'js>>,
) -> Value<'js> {
    let undefined = Value::new_undefined(ctx.clone());
    match given {
        Some(given) => {
            let old = kept.replace(Some(given));
            drop(old);
            undefined
        }
        None => kept.borrow().clone().unwrap_or(undefined),
    }
}

/// `Error.stackTraceLimit`
fn limit<'js>(ctx: &Ctx<'js>, given: Option<Value<'js>>) -> Value<'js> {
    let world = World::of(ctx);
    let reads = given.is_none();
    let value = accessed(ctx, &world.stacks.limit, given);
    let is_unset = reads && world.stacks.limit.borrow().is_none();
    if is_unset { Value::new_number(ctx.clone(), f64::from(SHOWN)) } else { value }
}

/// The dispatch is over: no script catches what was thrown. The engine asks whether to go on before it
/// calls the hook, and forgets what it was told.
fn ended<'js>(ctx: &Ctx<'js>, error: Option<Value<'js>>, sites: Option<Value<'js>>) -> Value<'js> {
    note_stop(ctx, sites);
    if let Some(error) = error {
        // SAFETY: context and value are alive; the engine ignores what is no error.
        unsafe { qjs::JS_SetUncatchableError(ctx.as_raw().as_ptr(), error.as_raw()) };
    }
    Value::new_null(ctx.clone())
}

/// Notes where the script was interrupted: the engine's own methods say it, and nothing of the script's
/// is called meanwhile.
fn note_stop<'js>(ctx: &Ctx<'js>, sites: Option<Value<'js>>) {
    let world = World::of(ctx);
    let Some(sites) = sites.and_then(Value::into_array) else { return };
    if world.memory().is_stopped() || world.stacks.stopped.borrow().is_some() {
        return;
    }
    // SAFETY: the runtime is alive; its limit stays within the thread's stack.
    unsafe {
        let runtime = qjs::JS_GetRuntime(ctx.as_raw().as_ptr());
        qjs::JS_SetMaxStackSize(runtime, (STACK_LIMIT + RESERVE) as _);
    }
    let frames = world.stacks.frames.of(&sites, usize::from(SHOWN));
    world.memory().forbid_calls();
    if let Ok(frames) = frames {
        let text = text(&frames, "");
        world.stacks.stopped.replace(Some(text).filter(|text| !text.is_empty()));
    }
}

/// Calls `work` with more of the thread's stack than the script has, unless calls are forbidden.
fn with_room<T>(ctx: &Ctx<'_>, work: impl FnOnce() -> T) -> Option<T> {
    let world = World::of(ctx);
    let usage = world.memory();
    if usage.forbids_calls() {
        return None;
    }
    // SAFETY: the runtime is alive; its limit stays within the thread's stack.
    let set = |size: usize| unsafe {
        qjs::JS_SetMaxStackSize(qjs::JS_GetRuntime(ctx.as_raw().as_ptr()), size as _);
    };
    set(STACK_LIMIT + RESERVE);
    let done = work();
    set(STACK_LIMIT);
    if usage.forbids_calls() {
        // Said meanwhile, and lost.
        usage.forbid_calls();
    }
    Some(done)
}

/// The `stack` of a new error. Not `undefined`: the engine would ask again in the next function.
fn made<'js>(
    ctx: &Ctx<'js>,
    error: Option<Value<'js>>,
    sites: Option<Value<'js>>,
) -> Result<Value<'js>> {
    let world = World::of(ctx);
    let null = Value::new_null(ctx.clone());
    let (Some(error), Some(sites)) = (error, sites.and_then(Value::into_array)) else {
        return Ok(null);
    };
    if !error.is_object() {
        return Ok(null);
    }
    let mut frames = world.stacks.frames.of(&sites, world.stacks.shown())?;
    if world.stacks.is_asked.take() {
        world.stacks.answer.replace(Some(text(&frames, "async ").into()));
        return Ok(null);
    }
    if let Some(better) = explain::message(ctx, &world, &error, &frames) {
        set_message(ctx, &error, &better)?;
    }
    if explain::is_json(&frames) {
        // A place in a text that is no file of the script.
        frames.remove(0);
    }
    frames.retain(Frame::is_visible);
    frames.truncate(world.stacks.shown());
    let prepare = world.stacks.prepare.borrow().clone();
    if let Some(prepare) = prepare.as_ref().and_then(Value::as_function) {
        return own(ctx, prepare, error, &frames);
    }
    let mut stack = text(&frames, "");
    if stack.is_empty()
        && let Some(origin) = &*world.stacks.origin.borrow()
    {
        stack.push_str(origin);
    }
    if stack.is_empty()
        && let Some(message) = error.as_object().and_then(|it| value::own_text(ctx, it, "message"))
        && let Some(place) = locate::link(&world, &message)
    {
        stack.push_str(&place);
    }
    rquickjs::String::from_str(ctx.clone(), &stack).map(rquickjs::String::into_value)
}

/// What the script's `prepareStackTrace` makes of its own frames.
fn own<'js>(
    ctx: &Ctx<'js>,
    prepare: &Function<'js>,
    error: Value<'js>,
    frames: &[Frame<'js>],
) -> Result<Value<'js>> {
    let sites = Array::new(ctx.clone())?;
    for (index, frame) in frames.iter().enumerate() {
        sites.set(index, frame.site().clone())?;
    }
    let constructor: Value<'js> = ctx.globals().get("Error")?;
    let made: Value<'js> = prepare.call((This(constructor), error, sites))?;
    Ok(if made.is_undefined() { Value::new_null(ctx.clone()) } else { made })
}

/// The place in the script that calls, for what happens later.
pub(crate) fn caller(ctx: &Ctx<'_>) -> Option<Rc<str>> {
    let stacks = &World::of(ctx).stacks;
    stacks.is_asked.set(true);
    // SAFETY: the context is alive, and the error, which is only made for its stack, is freed once.
    unsafe {
        let raw = ctx.as_raw().as_ptr();
        qjs::JS_FreeValue(raw, qjs::JS_NewError(raw));
    }
    stacks.is_asked.set(false);
    stacks.answer.take().filter(|text| !text.is_empty())
}

/// The place that the first line of a stack tells.
pub(super) fn first_place(stack: &str) -> Option<&str> {
    let line = stack.lines().next()?.trim();
    let place = line.rsplit_once('(').map_or_else(|| line.strip_prefix("at "), |(_, it)| Some(it));
    Some(place?.trim_end_matches(')'))
}

/// Replaces the message that the engine has just given an error.
fn set_message<'js>(ctx: &Ctx<'js>, error: &Value<'js>, message: &str) -> Result<()> {
    let message = rquickjs::String::from_str(ctx.clone(), message)?.into_value();
    let flags = (qjs::JS_PROP_WRITABLE | qjs::JS_PROP_CONFIGURABLE).cast_signed();
    let raw = ctx.as_raw().as_ptr();
    // SAFETY: the error is an object of this context; the engine takes over the reference to the
    // message.
    let status = unsafe {
        let atom = PredefinedAtom::Message as qjs::JSAtom;
        qjs::JS_DefinePropertyValue(raw, error.as_raw(), atom, into_raw(&message), flags)
    };
    if status < 0 { Err(Error::Exception) } else { Ok(()) }
}
