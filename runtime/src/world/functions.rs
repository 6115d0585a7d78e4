//! `Function.prototype.toString` for functions of a runner that is kept compiled.
//!
//! Its bytecode is without the texts of its functions, which the engine would show. They are found in
//! the text of the file, by the place at which a function was compiled (see [`Sources`]).
//!
//! [`Sources`]: super::sources::Sources

use std::{cell::RefCell, rc::Rc};

use rquickjs::{Ctx, Error, Function, Object, Result, Value, function::This, object::Property};

use super::{World, script::Script};
use crate::engine::{
    native::{Call, function},
    property::Own,
};

/// What [`install`] knows of one world.
#[derive(Default)]
pub(super) struct Functions<'js> {
    engines: RefCell<Option<Rc<Engines<'js>>>>,
    /// The file that is kept compiled.
    kept: RefCell<Option<Script>>,
}

impl Functions<'_> {
    pub(super) fn clear(&self) {
        drop(self.engines.take());
    }
}

/// The engine's own functions, from a realm that no script has changed.
struct Engines<'js> {
    to_string: Function<'js>,
    /// The getters that tell the place of a function; `undefined` for what is compiled from no file.
    file: Function<'js>,
    line: Function<'js>,
    column: Function<'js>,
}

impl<'js> Engines<'js> {
    fn of(prototype: &Object<'js>) -> Result<Self> {
        let getter = |name| {
            let described = Own::of(prototype, name)?.ok_or(Error::Unknown)?;
            described.getter.into_function().ok_or(Error::Unknown)
        };
        Ok(Self {
            to_string: prototype.get("toString")?,
            file: getter("fileName")?,
            line: getter("lineNumber")?,
            column: getter("columnNumber")?,
        })
    }
}

/// From now on the functions of `kept` are looked up in its text.
pub(crate) fn look_up(ctx: &Ctx<'_>, kept: &Script) -> Result<()> {
    *World::of(ctx).functions.kept.borrow_mut() = Some(kept.clone());
    install(ctx)
}

/// Has a realm that no script has changed ask us for the texts of functions.
pub(crate) fn install(ctx: &Ctx<'_>) -> Result<()> {
    let (world, prototype) = (World::of(ctx), Function::prototype(ctx.clone()));
    let engines = &world.functions.engines;
    if engines.borrow().is_none() {
        *engines.borrow_mut() = Some(Rc::new(Engines::of(&prototype)?));
    }
    let to_string = function(ctx, "toString", 0, to_string)?;
    prototype.prop("toString", Property::from(to_string).writable().configurable())
}

/// Where a function was written, as a line of a stack; none before the engine's getters are known.
pub(crate) fn place<'js>(ctx: &Ctx<'js>, function: &Function<'js>) -> Option<String> {
    let engines = World::of(ctx).functions.engines.borrow().clone()?;
    let this = || (This(function.clone()),);
    let file: String = engines.file.call(this()).ok()?;
    let (line, column): (u32, u32) =
        (engines.line.call(this()).ok()?, engines.column.call(this()).ok()?);
    Some(format!("    at <anonymous> ({file}:{line}:{column})"))
}

fn to_string<'js>(call: &Call<'_, 'js>) -> Result<Value<'js>> {
    let world = World::of(&call.ctx);
    let Some(engines) = world.functions.engines.borrow().clone() else {
        return Err(call.type_error("the dispatch has ended"));
    };
    let kept = world.functions.kept.borrow().clone();
    if let Some(kept) = kept
        && let Some(source) = source(call, &engines, &kept)?
    {
        return Ok(source);
    }
    engines.to_string.call((This(call.this()),))
}

/// The text of a function of the file that is kept.
fn source<'js>(
    call: &Call<'_, 'js>,
    engines: &Engines<'js>,
    kept: &Script,
) -> Result<Option<Value<'js>>> {
    let file: Option<String> = engines.file.call((This(call.this()),))?;
    if file.as_deref() != Some(kept.path()) {
        return Ok(None);
    }
    let line = engines.line.call((This(call.this()),))?;
    let column = engines.column.call((This(call.this()),))?;
    let source = kept.function_at(&call.ctx, line, column)?;
    source
        .map(|text| Ok(rquickjs::String::from_str(call.ctx.clone(), text)?.into_value()))
        .transpose()
}
