//! A runner's file: its text, what kind of script it is, and how it is evaluated.

use std::ffi::CString;

use rquickjs::{Ctx, Error, Promise, Result, Value, qjs};

use crate::{
    error::{Code, RunError},
    host::HostError,
};

/// A runner's file, ready to be evaluated.
pub(crate) struct Script {
    path: CString,
    /// UTF-8 without a byte order mark, with the NUL that the engine wants behind it.
    text: Vec<u8>,
}

impl Script {
    pub(crate) fn new(path: &str, text: Vec<u8>) -> std::result::Result<Self, RunError> {
        let mut text = match str::from_utf8(&text) {
            Ok(_) => text,
            Err(error) => {
                let message = format!("`{path}` is not UTF-8 from byte {} on", error.valid_up_to());
                return Err(RunError::new(Code::ScriptError, message));
            }
        };
        if text.starts_with("\u{feff}".as_bytes()) {
            text.drain(..3);
        }
        text.push(0);
        let path = CString::new(path.replace('\0', "\u{fffd}")).expect("NULs were replaced");
        Ok(Self { path, text })
    }

    /// Evaluates the file; a module gives the promise of its end.
    pub(crate) fn evaluate<'js>(&self, ctx: &Ctx<'js>) -> Result<Option<Promise<'js>>> {
        let flags = if self.path.as_bytes().ends_with(b".mjs") {
            qjs::JS_EVAL_TYPE_MODULE
        } else {
            qjs::JS_EVAL_TYPE_GLOBAL
        };
        // SAFETY: the context is alive, the text ends with a NUL that its length does not count.
        let value = unsafe {
            qjs::JS_Eval(
                ctx.as_raw().as_ptr(),
                self.text.as_ptr().cast(),
                (self.text.len() - 1) as _,
                self.path.as_ptr(),
                flags.cast_signed(),
            )
        };
        // SAFETY: the value is ours, of this context.
        let value = unsafe { Value::from_raw(ctx.clone(), value) };
        if value.is_exception() {
            return Err(Error::Exception);
        }
        Ok(value.into_promise())
    }
}

/// Why a file could not be loaded.
pub(crate) fn load_error(path: &str, error: &HostError) -> RunError {
    if matches!(error.code.as_str(), "NOT_FOUND" | "SOURCE_NOT_FOUND") {
        let message = format!("there is no file `{path}`: {}", error.message);
        return RunError::new(Code::SourceNotFound, message);
    }
    let message = format!("`{path}` could not be loaded: {}", error.message);
    let script_code = Some(serde_json::Value::String(error.code.clone()));
    RunError { script_code, ..RunError::new(Code::HostError, message) }
}
