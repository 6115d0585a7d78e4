//! The imports of a module: relative to it, inside the bundle, from the host and nowhere else.

use std::{
    ffi::c_char,
    panic::{AssertUnwindSafe, catch_unwind},
    ptr,
    ptr::NonNull,
};

use rquickjs::{
    Ctx, Error, Exception, Module, Result,
    loader::{ImportAttributes, Loader, Resolver},
    module::Declared,
    qjs,
};

use crate::{
    bytecode::Cache,
    script::{Kind, Script},
    world::{self, World},
};

/// Loads what a module imports through the host.
pub(crate) struct Bundle;

impl Resolver for Bundle {
    fn resolve<'js>(
        &mut self,
        ctx: &Ctx<'js>,
        base: &str,
        name: &str,
        _attributes: Option<ImportAttributes<'js>>,
    ) -> Result<String> {
        resolve(base, name).map_err(|reason| {
            let message = format!("cannot import `{name}` from `{base}`: {reason}");
            Exception::throw_reference(ctx, &message)
        })
    }
}

impl Loader for Bundle {
    fn load<'js>(
        &mut self,
        ctx: &Ctx<'js>,
        name: &str,
        _attributes: Option<ImportAttributes<'js>>,
    ) -> Result<Module<'js, Declared>> {
        let world = World::of(ctx);
        let call = world.question();
        let loaded = world.load(&call, name).and_then(|text| Script::new(name, text));
        match loaded {
            Ok(script) => declare(ctx, &world, name, script),
            Err(_) if world.is_over() => Err(world::interrupt(ctx)),
            Err(error) => {
                let message = error.message.clone();
                world.import_failed(error);
                Err(Exception::throw_message(ctx, &message))
            }
        }
    }
}

/// The path of an import, seen from the bundle's root.
fn resolve(base: &str, name: &str) -> std::result::Result<String, &'static str> {
    if !name.starts_with("./") && !name.starts_with("../") {
        return Err("only paths that begin with `./` or `../` can be imported; \
                    packages have to be bundled into the file");
    }
    let folder = base.rsplit_once('/').map_or("", |(folder, _)| folder);
    let mut path: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in name.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(path.pop().ok_or("it leads out of the bundle")?),
            part => path.push(part),
        }
    }
    Ok(path.join("/"))
}

/// Compiles an imported module, whatever bytes are in its text.
fn declare<'js>(
    ctx: &Ctx<'js>,
    world: &World<'js>,
    name: &str,
    script: Script,
) -> Result<Module<'js, Declared>> {
    world.importing.borrow_mut().push(script);
    // SAFETY: `compile` gives null, or a module of the context that it is called with.
    unsafe { Module::from_load_fn(ctx.clone(), name, compile) }
}

/// Compiles the script that [`declare`] has just left in the world.
unsafe extern "C" fn compile(
    raw: *mut qjs::JSContext,
    _name: *const c_char,
) -> *mut qjs::JSModuleDef {
    let Some(raw) = NonNull::new(raw) else { return ptr::null_mut() };
    // SAFETY: rquickjs calls with the context of `declare`, which is alive.
    let ctx = unsafe { Ctx::from_raw(raw) };
    let compiled = catch_unwind(AssertUnwindSafe(|| {
        let script = World::of(&ctx).importing.borrow_mut().pop();
        script.ok_or(Error::Unknown)?.load(&ctx, &Cache::default(), Some(Kind::Module))
    }));
    match compiled {
        // SAFETY: the value is a compiled module of this context, owned here; the context keeps the
        // module alive by itself.
        Ok(Ok(code)) => unsafe {
            let module = qjs::JS_VALUE_GET_PTR(code).cast();
            qjs::JS_FreeValue(ctx.as_raw().as_ptr(), code);
            module
        },
        Ok(Err(error)) => {
            if !error.is_exception() {
                Exception::throw_internal(&ctx, &error.to_string());
            }
            ptr::null_mut()
        }
        Err(_) => {
            Exception::throw_internal(&ctx, "the runtime has a bug: a module did not compile");
            ptr::null_mut()
        }
    }
}
