//! A runner's file: its text, whether it is a classic script or a module, and its evaluation.

use std::{
    ffi::{CString, c_char},
    rc::Rc,
    sync::Arc,
};

use rquickjs::{Ctx, Error, Promise, Result, Value, qjs};

use super::{
    World,
    bytecode::{self, Compiled},
    driver::Driver,
    functions, locate,
};
use crate::{
    engine::{heap::Usage, memory::Charged, value},
    error::{Code, RunError},
    host::{HostError, OUT_OF_MEMORY},
};

/// U+FEFF in UTF-8.
const BOM: &[u8] = "\u{feff}".as_bytes();

/// What the engine makes of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Sloppy, without imports; top-level `var`s are globals.
    Classic,
    /// Strict, with imports and top-level `await`.
    Module,
}

/// A file of JavaScript, ready to be compiled.
#[derive(Clone, Debug)]
pub(crate) struct Script {
    path: CString,
    source: Source,
}

/// What is known of a file.
#[derive(Clone, Debug)]
enum Source {
    /// UTF-8 without a byte order mark, with the NUL that the engine wants behind it. The world counts
    /// it, since errors show lines of it as long as there is a world.
    Text(Rc<Charged<Vec<u8>>>),
    /// What the driver keeps of it, so that the text is not looked at again.
    Kept(Arc<Compiled>),
}

impl Script {
    /// A file that may have been compiled before.
    pub(crate) fn known(
        path: &str,
        text: Vec<u8>,
        driver: &dyn Driver,
        usage: &Arc<Usage>,
    ) -> std::result::Result<Self, RunError> {
        let name = c_path(path);
        match driver.compiled(&name, text.strip_prefix(BOM).unwrap_or(&text)) {
            Some(kept) => Ok(Self { path: name, source: Source::Kept(kept) }),
            None => Self::new(path, text, usage),
        }
    }

    /// A file whose text `usage` is charged with.
    pub(crate) fn new(
        path: &str,
        text: Vec<u8>,
        usage: &Arc<Usage>,
    ) -> std::result::Result<Self, RunError> {
        if let Err(error) = str::from_utf8(&text) {
            let message = format!("`{path}` is not UTF-8 from byte {} on", error.valid_up_to());
            return Err(RunError::new(Code::ScriptError, message));
        }
        let room = text.len().saturating_add(1);
        let charged = Charged::new(usage, room, || with_nul(text)).map_err(|_| {
            load_error(path, &HostError::new(OUT_OF_MEMORY, "it exceeds the memory limit"))
        })?;
        Ok(Self { path: c_path(path), source: Source::Text(Rc::new(charged)) })
    }

    /// Evaluates the file; a module gives the promise of its end.
    pub(crate) fn evaluate<'js>(&self, ctx: &Ctx<'js>) -> Result<Option<Promise<'js>>> {
        let code = self.load(ctx, None)?;
        // SAFETY: the code is ours, of this context; the engine takes it over.
        let value = unsafe { qjs::JS_EvalFunction(ctx.as_raw().as_ptr(), code) };
        let value = owned(ctx, value)?;
        Ok(value.into_promise())
    }

    /// The file compiled, from the cache where it is worth it, as a value that the caller owns.
    pub(crate) fn load(&self, ctx: &Ctx<'_>, kind: Option<Kind>) -> Result<qjs::JSValue> {
        let world = World::of(ctx);
        world.stacks.keep(self);
        if let Source::Kept(compiled) = &self.source {
            functions::look_up(ctx, self)?;
            return read(ctx, compiled);
        }
        let (kind, code) = match kind {
            Some(kind) => (kind, self.compile_or_tell(ctx, kind)?),
            None => self.compile_as_it_is(ctx)?,
        };
        if !bytecode::is_worth_it(self.source()) || kind == Kind::Module {
            return Ok(code);
        }
        // SAFETY: the code is a live value of this context.
        let written = unsafe { write(ctx, code, qjs::JS_WRITE_OBJ_STRIP_SOURCE) };
        match written {
            Ok(written) => {
                world.driver.keep(&self.path, Compiled::new(self.source(), written));
                Ok(code)
            }
            Err(error) => {
                // SAFETY: the code is owned here, and goes nowhere else.
                unsafe { qjs::JS_FreeValue(ctx.as_raw().as_ptr(), code) };
                Err(error)
            }
        }
    }

    /// The text of the function that was compiled at a line and column, in a file that is kept.
    pub(crate) fn function_at(
        &self,
        ctx: &Ctx<'_>,
        line: u32,
        column: u32,
    ) -> Result<Option<&str>> {
        let Source::Kept(kept) = &self.source else { return Ok(None) };
        let sources = kept.sources(|| self.compile_with_sources(ctx))?;
        let range = sources.and_then(|sources| sources.at(line, column));
        let text = range.and_then(|range| kept.source().get(range));
        Ok(text.and_then(|text| str::from_utf8(text).ok()))
    }

    /// A file of the same name, with the NUL that the engine wants.
    fn with_text(&self, ctx: &Ctx<'_>, parts: &[&[u8]]) -> Result<Self> {
        let length = parts.iter().map(|part| part.len()).sum();
        let text = Charged::new(&Usage::of(ctx), length, || parts.concat())?;
        Ok(Self { path: self.path.clone(), source: Source::Text(Rc::new(text)) })
    }

    /// The bytecode of a classic script with the texts of its functions.
    fn compile_with_sources(&self, ctx: &Ctx<'_>) -> Result<Vec<u8>> {
        let anew = self.with_text(ctx, &[self.source(), b"\0"])?;
        let code = anew.compile(ctx, Kind::Classic)?;
        // SAFETY: the code is a live value of this context, which goes nowhere else.
        unsafe {
            let written = write(ctx, code, 0);
            qjs::JS_FreeValue(ctx.as_raw().as_ptr(), code);
            written
        }
    }

    pub(crate) fn path(&self) -> &str {
        self.path.to_str().unwrap_or_default()
    }

    pub(crate) fn source(&self) -> &[u8] {
        match &self.source {
            Source::Kept(kept) => kept.source(),
            Source::Text(text) => text.split_last().map_or(&[], |(_, source)| source),
        }
    }

    /// Where the text begins, which ends with a NUL unless it is kept compiled.
    fn start(&self) -> *const c_char {
        match &self.source {
            Source::Kept(kept) => kept.source().as_ptr().cast(),
            Source::Text(text) => text.as_ptr().cast(),
        }
    }

    /// Compiles a file whose name or content says what it is (contract D18).
    fn compile_as_it_is(&self, ctx: &Ctx<'_>) -> Result<(Kind, qjs::JSValue)> {
        if self.is_named_module() {
            return Ok((Kind::Module, self.compile_or_tell(ctx, Kind::Module)?));
        }
        let classic = match self.compile(ctx, Kind::Classic) {
            Ok(code) => return Ok((Kind::Classic, code)),
            Err(error) => value::caught(ctx, &error),
        };
        if !self.may_be_module() {
            return Err(self.told(ctx, Kind::Classic, classic));
        }
        self.compile(ctx, Kind::Module).map(|code| (Kind::Module, code)).map_err(|error| {
            // Both failed: the one that understood more of the file knows better. A module that
            // failed elsewhere, in what it imports, was understood in full.
            let module = value::caught(ctx, &error);
            let place = self.place_of(ctx, &module);
            let further = place.is_none() || place >= self.place_of(ctx, &classic);
            if further {
                self.told(ctx, Kind::Module, module)
            } else {
                self.told(ctx, Kind::Classic, classic)
            }
        })
    }

    fn compile_or_tell(&self, ctx: &Ctx<'_>, kind: Kind) -> Result<qjs::JSValue> {
        let compiled = self.compile(ctx, kind);
        compiled.map_err(|error| self.told(ctx, kind, value::caught(ctx, &error)))
    }

    /// Throws what the compiler said, with its place.
    fn told<'js>(&self, ctx: &Ctx<'js>, kind: Kind, error: Value<'js>) -> Error {
        locate::syntax(ctx, self, kind, &error).unwrap_or_else(|| ctx.throw(error))
    }

    /// Whether the compiler says this, and no place, of the text before `end`.
    pub(super) fn fails_before(
        &self,
        ctx: &Ctx<'_>,
        kind: Kind,
        end: usize,
        message: &str,
    ) -> bool {
        let Some(before) = self.source().get(..end) else { return false };
        // Nothing that compiles, or the engine would look for its imports.
        let Ok(part) = self.with_text(ctx, &[before, b"\n)\0"]) else { return false };
        let Err(error) = part.compile(ctx, kind) else { return false };
        let error = value::describe(ctx, &value::caught(ctx, &error), Code::ScriptError);
        error.stack.is_none() && error.message == message
    }

    /// Line and column of an error in this file; the first place of its stack.
    fn place_of<'js>(&self, ctx: &Ctx<'js>, thrown: &Value<'js>) -> Option<(u32, u32)> {
        let error = value::describe(ctx, thrown, Code::ScriptError);
        let mut parts = place(error.stack.as_deref()?)?.rsplitn(3, ':');
        let column = parts.next()?.parse().ok()?;
        let line = parts.next()?.parse().ok()?;
        parts.next().filter(|file| *file == self.path()).map(|_| (line, column))
    }

    fn is_named_module(&self) -> bool {
        let path = self.path.as_bytes();
        path.ends_with(b".mjs") || path.ends_with(b".mts")
    }

    /// Whether the text has a word that only means something in a module.
    fn may_be_module(&self) -> bool {
        let text = str::from_utf8(self.source()).unwrap_or_default();
        ["import", "export", "await"].iter().any(|word| text.contains(word))
    }

    fn compile(&self, ctx: &Ctx<'_>, kind: Kind) -> Result<qjs::JSValue> {
        let kind = match kind {
            Kind::Classic => qjs::JS_EVAL_TYPE_GLOBAL,
            Kind::Module => qjs::JS_EVAL_TYPE_MODULE,
        };
        let flags = (kind | qjs::JS_EVAL_FLAG_COMPILE_ONLY).cast_signed();
        let compile = || {
            // SAFETY: the context is alive; the text, which is not kept yet, ends with a NUL that its
            // length does not count.
            unsafe {
                qjs::JS_Eval(
                    ctx.as_raw().as_ptr(),
                    self.start(),
                    self.source().len() as _,
                    self.path.as_ptr(),
                    flags,
                )
            }
        };
        checked(Usage::of(ctx).compiler.during(compile))
    }
}

/// A text as the engine wants it.
fn with_nul(mut text: Vec<u8>) -> Vec<u8> {
    if text.starts_with(BOM) {
        text.drain(..BOM.len());
    }
    text.reserve_exact(1);
    text.push(0);
    text
}

/// A path as the engine wants it.
fn c_path(path: &str) -> CString {
    CString::new(path.replace('\0', "\u{fffd}")).unwrap_or_default()
}

/// Compiles an empty file, for who wants to watch the compiler.
pub(crate) fn compile_nothing(ctx: &Ctx<'_>) {
    let flags = (qjs::JS_EVAL_TYPE_GLOBAL | qjs::JS_EVAL_FLAG_COMPILE_ONLY).cast_signed();
    let raw = ctx.as_raw().as_ptr();
    // SAFETY: the context is alive; the texts end with NUL; the code is freed once.
    unsafe {
        let code = qjs::JS_Eval(raw, c"".as_ptr(), 0, c"".as_ptr(), flags);
        qjs::JS_FreeValue(raw, code);
    }
}

/// A value of the engine's, unless it says that there was an exception.
fn checked(value: qjs::JSValue) -> Result<qjs::JSValue> {
    // SAFETY: the engine only looks at the tag.
    if unsafe { qjs::JS_IsException(value) } { Err(Error::Exception) } else { Ok(value) }
}

fn owned<'js>(ctx: &Ctx<'js>, value: qjs::JSValue) -> Result<Value<'js>> {
    let value = checked(value)?;
    // SAFETY: the value is of this context, and its reference is handed over.
    Ok(unsafe { Value::from_raw(ctx.clone(), value) })
}

/// Compiled code as bytes, with positions for error messages, but for what `strip` leaves out.
///
/// # Safety
///
/// `code` is a live value of this context.
unsafe fn write(ctx: &Ctx<'_>, code: qjs::JSValue, strip: u32) -> Result<Vec<u8>> {
    let flags = (qjs::JS_WRITE_OBJ_BYTECODE | strip).cast_signed();
    let raw = ctx.as_raw().as_ptr();
    let mut length = 0;
    // SAFETY: the contract above; `length` is writable.
    let bytes = unsafe { qjs::JS_WriteObject(raw, &raw mut length, code, flags) };
    if bytes.is_null() {
        return Err(Error::Exception);
    }
    let length = usize::try_from(length).unwrap_or_default();
    // SAFETY: the engine wrote so many bytes there; they are freed once, after the copy.
    unsafe {
        let copy = std::slice::from_raw_parts(bytes, length).to_vec();
        qjs::js_free(raw, bytes.cast());
        Ok(copy)
    }
}

fn read(ctx: &Ctx<'_>, compiled: &Compiled) -> Result<qjs::JSValue> {
    let (raw, bytes) = (ctx.as_raw().as_ptr(), compiled.bytecode());
    let flags = qjs::JS_READ_OBJ_BYTECODE.cast_signed();
    // SAFETY: this very engine wrote the bytes, in this process.
    checked(unsafe { qjs::JS_ReadObject(raw, bytes.as_ptr(), bytes.len() as _, flags) })
}

/// The first `file:line:column` of a stack.
pub(crate) fn place(stack: &str) -> Option<&str> {
    let line = stack.lines().find(|line| line.contains(':'))?.trim();
    let line = line.strip_prefix("at ").unwrap_or(line);
    let line = line.strip_prefix("async ").unwrap_or(line);
    let place = line.rsplit_once('(').map_or(line, |(_, place)| place);
    let place = place.trim_end_matches(')');
    let is_number = |part: &str| !part.is_empty() && part.bytes().all(|it| it.is_ascii_digit());
    let mut parts = place.rsplitn(3, ':');
    (is_number(parts.next()?) && is_number(parts.next()?)).then_some(place)
}

/// Why a file could not be loaded.
pub(crate) fn load_error(path: &str, error: &HostError) -> RunError {
    if matches!(error.code.as_str(), "NOT_FOUND" | "SOURCE_NOT_FOUND") {
        let message = format!("there is no file `{path}`: {}", error.message);
        return RunError::new(Code::SourceNotFound, message);
    }
    if error.code == "SCRIPT_ERROR" {
        return RunError::new(Code::ScriptError, error.message.clone());
    }
    let message = format!("`{path}` could not be loaded: {}", error.message);
    if error.code == OUT_OF_MEMORY {
        return RunError::new(Code::OutOfMemory, message);
    }
    let script_code = Some(serde_json::Value::String(error.code.clone()));
    RunError { script_code, ..RunError::new(Code::HostError, message) }
}
