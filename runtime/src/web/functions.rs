//! `Function.prototype.toString` for functions of a runner that is kept compiled: no source.
//!
//! Bytecode is kept without the source, and a function of it reads as the engine's own functions do.
//! The dispatch that compiles the runner has the source, and its functions must not read otherwise.

use std::cell::RefCell;

use rquickjs::{Ctx, Function, Object, Result, Value, function::This, object::Property};

use super::native::{Call, function};
use crate::world::World;

/// What [`hide`] knows of one world.
#[derive(Default)]
pub(crate) struct Functions<'js> {
    engines: RefCell<Option<Engines<'js>>>,
    /// The file whose functions have no source.
    file: RefCell<Option<String>>,
}

impl Functions<'_> {
    pub(crate) fn clear(&self) {
        drop(self.engines.take());
    }
}

/// The engine's own functions, from a realm that no script has changed.
#[derive(Clone)]
struct Engines<'js> {
    to_string: Function<'js>,
    /// The getter that tells the file of a function; `undefined` for what is compiled from no file.
    file_name: Function<'js>,
}

impl<'js> Engines<'js> {
    fn of(prototype: &Object<'js>) -> Result<Self> {
        let object: Object<'js> = prototype.ctx().globals().get("Object")?;
        let describe: Function<'js> = object.get("getOwnPropertyDescriptor")?;
        let described: Object<'js> = describe.call((prototype.clone(), "fileName"))?;
        Ok(Self { to_string: prototype.get("toString")?, file_name: described.get("get")? })
    }
}

/// From now on the functions of `file` have no source.
pub(crate) fn hide_file(ctx: &Ctx<'_>, file: &str) -> Result<()> {
    *World::of(ctx).web.functions.file.borrow_mut() = Some(file.to_owned());
    hide(ctx)
}

/// Has a realm that no script has changed show no source of the hidden file.
pub(super) fn hide(ctx: &Ctx<'_>) -> Result<()> {
    let (world, prototype) = (World::of(ctx), Function::prototype(ctx.clone()));
    let engines = &world.web.functions.engines;
    if engines.borrow().is_none() {
        *engines.borrow_mut() = Some(Engines::of(&prototype)?);
    }
    let to_string = function(ctx, "toString", 0, to_string)?;
    prototype.prop("toString", Property::from(to_string).writable().configurable())
}

fn to_string<'js>(call: &Call<'_, 'js>) -> Result<Value<'js>> {
    let world = World::of(&call.ctx);
    let functions = &world.web.functions;
    let Some(engines) = functions.engines.borrow().clone() else {
        return Err(call.type_error("the dispatch has ended"));
    };
    let file: Option<String> = engines.file_name.call((This(call.this()),))?;
    let is_hidden = file.is_some() && file == *functions.file.borrow();
    let shown = if is_hidden { stand_in(call)? } else { call.this() };
    engines.to_string.call((This(shown),))
}

/// A function of ours with the name of the one that is asked.
fn stand_in<'js>(call: &Call<'_, 'js>) -> Result<Value<'js>> {
    let stand_in = function(&call.ctx, "", 0, |call| Ok(call.undefined()))?;
    if let (Some(own), Some(asked)) = (stand_in.as_object(), call.this().as_object()) {
        own.prop("name", Property::from(asked.get::<_, Value<'js>>("name")?))?;
    }
    Ok(stand_in)
}
