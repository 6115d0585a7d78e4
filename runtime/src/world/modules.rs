//! The imports of a module: relative to it, inside the bundle, from the host and nowhere else.

use std::{
    cell::RefCell,
    ffi::{c_char, c_int},
    panic::{AssertUnwindSafe, catch_unwind},
    path::Path,
    ptr,
    ptr::NonNull,
};

use rquickjs::{
    Ctx, Error, Exception, Module, Result,
    loader::{ImportAttributes, Loader, Resolver},
    module::Declared,
    qjs,
};

use super::{
    World,
    failure::interrupt,
    locate,
    script::{Kind, Script},
};
use crate::{
    engine::value,
    error::{Code, RunError},
};

/// Loads what a module imports through the host.
pub(crate) struct Bundle;

/// The files that were imported so far.
#[derive(Default)]
pub(super) struct Imports {
    files: RefCell<Vec<Import>>,
    /// The last one that could not be.
    failed: RefCell<Option<RunError>>,
}

struct Import {
    /// The path as it was written.
    asked: String,
    /// The path of the file that is meant.
    found: String,
    /// What is in it, until the module is made.
    text: Option<Vec<u8>>,
}

impl Imports {
    /// The file that was found for a path before.
    fn known(&self, asked: &str) -> Option<String> {
        let imports = self.files.borrow();
        imports.iter().find(|import| import.asked == asked).map(|import| import.found.clone())
    }

    fn has(&self, found: &str) -> bool {
        self.files.borrow().iter().any(|import| import.found == found)
    }

    fn take_text(&self, found: &str) -> Option<Vec<u8>> {
        self.files.borrow_mut().iter_mut().find(|it| it.found == found)?.text.take()
    }
}

impl World<'_> {
    /// The import that failed with this message; when it ends the dispatch, it is the reason.
    pub(crate) fn failed_import(&self, message: &str) -> Option<RunError> {
        self.imports.failed.borrow().clone().filter(|error| error.message == message)
    }
}

impl Resolver for Bundle {
    fn resolve<'js>(
        &mut self,
        ctx: &Ctx<'js>,
        base: &str,
        name: &str,
        _attributes: Option<ImportAttributes<'js>>,
    ) -> Result<String> {
        let world = World::of(ctx);
        let at_import = |throw: &dyn Fn() -> Error| {
            world.stacks.asked_at(locate::import(&world, base, name), throw)
        };
        let path = resolve(base, name).map_err(|reason| {
            let message = value::message(format_args!(
                "cannot import `{}` from `{base}`: {reason}",
                name.split_at(name.floor_char_boundary(LONGEST)).0
            ));
            at_import(&|| Exception::throw_reference(ctx, &message))
        })?;
        match world.imports.known(&path) {
            Some(found) => Ok(found),
            None => find(&world, &path)
                .map_err(|error| at_import(&|| failed(ctx, &world, error.clone()))),
        }
    }
}

impl Loader for Bundle {
    fn load<'js>(
        &mut self,
        ctx: &Ctx<'js>,
        name: &str,
        attributes: Option<ImportAttributes<'js>>,
    ) -> Result<Module<'js, Declared>> {
        let world = World::of(ctx);
        let kind = attributes.map(|it| it.get_type()).transpose()?.flatten();
        let is_json = match kind.as_deref() {
            None => Path::new(name).extension().is_some_and(|it| it == "json"),
            Some("json") => true,
            Some(other) => {
                let message =
                    format!("cannot import `{name}` with the type `{other}`: only `json` is known");
                return Err(value::throw_type(ctx, &message));
            }
        };
        // A text is taken once: a module that could not be made, or is wanted as something else, has
        // it read again.
        let text = world.imports.take_text(name).map_or_else(|| world.load(name), Ok);
        match text.and_then(|text| Script::new(name, text, world.memory())) {
            Ok(script) => declare(ctx, &world, script, if is_json { json } else { compile }),
            Err(error) => Err(failed(ctx, &world, error)),
        }
    }
}

/// The longest path of an import, in bytes: more than any file system has.
const LONGEST: usize = 8192;

/// Throws why an import failed.
fn failed(ctx: &Ctx<'_>, world: &World<'_>, error: RunError) -> Error {
    if world.is_over() {
        return interrupt(ctx);
    }
    if error.code == Code::OutOfMemory {
        world.memory().refuse();
        return Error::Allocation;
    }
    let message = error.message.clone();
    world.imports.failed.replace(Some(error));
    Exception::throw_message(ctx, &message)
}

/// The file that the import of `name` in the file `base` has led to.
pub(super) fn found(world: &World<'_>, base: &str, name: &str) -> Option<String> {
    world.imports.known(&resolve(base, name).ok()?)
}

/// Loads the file that is meant by a path, and gives its path.
fn find(world: &World<'_>, asked: &str) -> std::result::Result<String, RunError> {
    let mut missing: Option<RunError> = None;
    for found in candidates(asked) {
        match world.load(&found) {
            Ok(text) => {
                let import = Import {
                    asked: asked.to_owned(),
                    found: found.clone(),
                    // One module has one text, whatever path led to it.
                    text: (!world.imports.has(&found)).then_some(text),
                };
                world.imports.files.borrow_mut().push(import);
                return Ok(found);
            }
            Err(error) if error.code != Code::ScriptError && !world.is_over() => {
                missing.get_or_insert(error);
            }
            Err(error) => return Err(error),
        }
    }
    let mut missing = missing.unwrap_or_else(|| RunError::internal("no file was looked for"));
    let others: Vec<_> = candidates(asked).skip(1).map(|path| format!("`{path}`")).collect();
    if !others.is_empty() {
        missing.message = format!("{}; nor is there {}", missing.message, others.join(", "));
    }
    Err(missing)
}

/// The files that a path may mean: that of the name, then, as bundlers and TypeScript have it, one
/// with the extension that was left out, or the TypeScript that a `.js` is made of.
fn candidates(path: &str) -> impl Iterator<Item = String> + '_ {
    const LEFT_OUT: &[&str] = &[".js", ".mjs", ".ts", ".mts", ".json", "/index.js", "/index.ts"];
    let file = path.rsplit_once('/').map_or(path, |(_, file)| file);
    let (stem, endings) = match file.rsplit_once('.').map(|(_, extension)| extension) {
        Some("js") => (path.strip_suffix(".js"), &[".ts"][..]),
        Some("mjs") => (path.strip_suffix(".mjs"), &[".mts"][..]),
        Some("ts" | "mts" | "json") => (None, &[][..]),
        _ => (Some(path), LEFT_OUT),
    };
    let others =
        stem.into_iter().flat_map(|stem| endings.iter().map(move |it| format!("{stem}{it}")));
    std::iter::once(path.to_owned()).chain(others)
}

/// The path of an import, seen from the bundle's root.
fn resolve(base: &str, name: &str) -> std::result::Result<String, &'static str> {
    if name.len() > LONGEST {
        return Err("the path is too long");
    }
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
    script: Script,
    make: unsafe extern "C" fn(*mut qjs::JSContext, *const c_char) -> *mut qjs::JSModuleDef,
) -> Result<Module<'js, Declared>> {
    let name = script.path().to_owned();
    world.importing.borrow_mut().push(script);
    // SAFETY: `make` gives null, or a module of the context that it is called with.
    unsafe { Module::from_load_fn(ctx.clone(), name, make) }
}

/// Makes a module of the JSON that [`declare`] has just left in the world, as
/// <https://tc39.es/ecma262/#sec-create-default-export-synthetic-module> has it.
unsafe extern "C" fn json(raw: *mut qjs::JSContext, name: *const c_char) -> *mut qjs::JSModuleDef {
    let Some(live) = NonNull::new(raw) else { return ptr::null_mut() };
    // SAFETY: rquickjs calls with the context of `declare`, which is alive.
    let ctx = unsafe { Ctx::from_raw(live) };
    let script = World::of(&ctx).importing.borrow_mut().pop();
    let Some(script) = script else { return ptr::null_mut() };
    let text = script.source();
    // SAFETY: the text ends with a NUL that its length does not count, and both it and the name
    // outlive the calls; the module takes over the reference to the value.
    unsafe {
        let value = qjs::JS_ParseJSON(raw, text.as_ptr().cast(), text.len() as _, name);
        if qjs::JS_IsException(value) {
            return ptr::null_mut();
        }
        let module = qjs::JS_NewCModule(raw, name, Some(export_json));
        if module.is_null() || qjs::JS_AddModuleExport(raw, module, c"default".as_ptr()) < 0 {
            qjs::JS_FreeValue(raw, value);
            return ptr::null_mut();
        }
        qjs::JS_SetModulePrivateValue(raw, module, value);
        module
    }
}

/// Gives a JSON module its one export.
unsafe extern "C" fn export_json(raw: *mut qjs::JSContext, module: *mut qjs::JSModuleDef) -> c_int {
    // SAFETY: the engine calls with the module that `json` made; the export takes over the reference.
    unsafe {
        let value = qjs::JS_GetModulePrivateValue(raw, module);
        qjs::JS_SetModuleExport(raw, module, c"default".as_ptr(), value)
    }
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
        script.ok_or(Error::Unknown)?.load(&ctx, Some(Kind::Module))
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
            value::raise(&ctx, &error);
            ptr::null_mut()
        }
        Err(_) => {
            Exception::throw_internal(&ctx, "the runtime has a bug: a module did not compile");
            ptr::null_mut()
        }
    }
}
