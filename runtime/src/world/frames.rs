//! The frames of a stack: which call is where, as the engine tells it.

use std::{cell::RefCell, ptr, rc::Rc};

use rquickjs::{Array, Error, Function, Object, Result, Value, qjs};

use crate::engine::{native::adopt, value};

/// How many names of files are kept.
const MOST_NAMES: usize = 64;

/// What is kept of frames that were looked at.
#[derive(Default)]
pub(super) struct Frames<'js> {
    getters: RefCell<Option<Getters<'js>>>,
    /// The names of files, as the engine has them: always the same values.
    names: RefCell<Vec<(Value<'js>, Rc<str>)>>,
}

/// The methods of the engine's `CallSite`, before any script has seen one.
#[derive(Clone)]
struct Getters<'js> {
    file: Function<'js>,
    line: Function<'js>,
    column: Function<'js>,
    name: Function<'js>,
    function: Function<'js>,
}

/// A call that has not returned.
pub(crate) struct Frame<'js> {
    site: Value<'js>,
    /// The function; none for the place of a syntax error.
    function: Option<String>,
    pub(crate) place: Place,
}

/// Where a call is.
pub(crate) enum Place {
    /// In the script.
    Script { file: Rc<str>, line: usize, column: usize },
    /// In a function that is not JavaScript.
    Native,
    /// In JavaScript of ours.
    Internal,
}

impl<'js> Frames<'js> {
    /// The frames from the top on, as far as they are shown.
    pub(super) fn of(&self, sites: &Array<'js>, shown: usize) -> Result<Vec<Frame<'js>>> {
        let (ctx, mut frames, mut visible) = (sites.ctx(), Vec::new(), 0);
        for index in 0..u32::try_from(value::length(sites)?).unwrap_or_default() {
            // SAFETY: the list is alive, and no script has seen it.
            let site = unsafe {
                let raw = ctx.as_raw().as_ptr();
                adopt(ctx, qjs::JS_GetPropertyUint32(raw, sites.as_raw(), index))?
            };
            if visible > shown {
                break;
            }
            let frame = self.frame(site, frames.len())?;
            visible = visible.saturating_add(usize::from(frame.is_visible()));
            frames.push(frame);
        }
        Ok(frames)
    }

    fn frame(&self, site: Value<'js>, index: usize) -> Result<Frame<'js>> {
        let getters = self.getters(&site)?;
        let number = |value: Value<'js>| value.as_int().and_then(|it| usize::try_from(it).ok());
        let name = || -> Result<Option<String>> {
            ask(&getters.name, &site)?.as_string().map(own_text).transpose()
        };
        let file = ask(&getters.file, &site)?;
        let Some(file) = file.as_string().map(|file| self.file_name(file)).transpose()? else {
            // Messages tell the name when it is what failed, or what was given a text that failed.
            let function = if index < 2 { name()? } else { None };
            return Ok(Frame { site, function, place: Place::Native });
        };
        if is_ours(&file) {
            return Ok(Frame { site, function: None, place: Place::Internal });
        }
        let line = number(ask(&getters.line, &site)?).unwrap_or_default();
        let column = number(ask(&getters.column, &site)?).unwrap_or_default();
        let is_call = index > 0 || !ask(&getters.function, &site)?.is_null();
        // The engine counts columns from 0 in the first line, but for those of syntax errors.
        let is_short = is_call && line == 1 && column != 1;
        let column = column.saturating_add(usize::from(is_short));
        let function =
            if is_call { Some(name()?.unwrap_or_else(|| "<anonymous>".to_owned())) } else { None };
        Ok(Frame { site, function, place: Place::Script { file, line, column } })
    }

    /// The name of a file.
    fn file_name(&self, name: &rquickjs::String<'js>) -> Result<Rc<str>> {
        let name = name.as_value();
        // SAFETY: both are texts, which have a pointer; it is only compared.
        let same = |known: &Value<'js>| unsafe {
            qjs::JS_VALUE_GET_PTR(known.as_raw()) == qjs::JS_VALUE_GET_PTR(name.as_raw())
        };
        let mut names = self.names.borrow_mut();
        if let Some((_, known)) = names.iter().find(|(known, _)| same(known)) {
            return Ok(Rc::clone(known));
        }
        let text: Rc<str> = name.as_string().map(own_text).transpose()?.unwrap_or_default().into();
        if names.len() < MOST_NAMES {
            names.push((name.clone(), Rc::clone(&text)));
        }
        Ok(text)
    }

    fn getters(&self, site: &Value<'js>) -> Result<Getters<'js>> {
        if let Some(getters) = &*self.getters.borrow() {
            return Ok(getters.clone());
        }
        let prototype = site.as_object().and_then(Object::get_prototype).ok_or(Error::Unknown)?;
        let getters = Getters {
            file: prototype.get("getFileName")?,
            line: prototype.get("getLineNumber")?,
            column: prototype.get("getColumnNumber")?,
            name: prototype.get("getFunctionName")?,
            function: prototype.get("getFunction")?,
        };
        *self.getters.borrow_mut() = Some(getters.clone());
        Ok(getters)
    }

    pub(super) fn clear(&self) {
        drop(self.getters.take());
        drop(self.names.take());
    }
}

/// What one of the engine's own methods says of a call.
fn ask<'js>(getter: &Function<'js>, site: &Value<'js>) -> Result<Value<'js>> {
    let (ctx, raw) = (site.ctx(), site.ctx().as_raw().as_ptr());
    // SAFETY: the method and the object are alive, and there are no arguments.
    unsafe { adopt(ctx, qjs::JS_Call(raw, getter.as_raw(), site.as_raw(), 0, ptr::null_mut())) }
}

fn own_text(string: &rquickjs::String<'_>) -> Result<String> {
    value::text(string).map(|text| value::cut(&text))
}

/// Whether a file is one of ours: those have no name in a release build.
fn is_ours(file: &str) -> bool {
    file.is_empty() || file.starts_with("runner:")
}

impl<'js> Frame<'js> {
    /// The engine's `CallSite`.
    pub(super) fn site(&self) -> &Value<'js> {
        &self.site
    }

    pub(super) fn is_visible(&self) -> bool {
        matches!(self.place, Place::Script { .. })
    }

    /// The function that is called.
    pub(super) fn callee(&self, known: &Frames<'js>) -> Option<Value<'js>> {
        let getters = known.getters(&self.site).ok()?;
        ask(&getters.function, &self.site).ok().filter(Value::is_function)
    }

    /// The name that the function has, also of one of ours.
    pub(super) fn name(&self, known: &Frames<'js>) -> Option<String> {
        let getters = known.getters(&self.site).ok()?;
        ask(&getters.name, &self.site).ok()?.as_string().map(own_text)?.ok()
    }

    /// The name of the function, where it is shown.
    pub(super) fn function(&self) -> Option<&str> {
        self.function.as_deref()
    }

    /// The name of a function that is not JavaScript.
    pub(crate) fn native(&self) -> Option<&str> {
        self.function.as_deref().filter(|_| matches!(self.place, Place::Native))
    }
}

/// The frames as the engine writes them.
pub(super) fn text(frames: &[Frame<'_>], how: &str) -> String {
    let mut text = String::new();
    for frame in frames {
        let Place::Script { file, line, column } = &frame.place else { continue };
        let shown = match &frame.function {
            Some(function) => format!("    at {how}{function} ({file}:{line}:{column})\n"),
            None => format!("    at {file}:{line}:{column}\n"),
        };
        text.push_str(&shown);
    }
    text
}
