//! Compiles the JavaScript half of the script's environment (the modules in `src/web/`) to bytecode,
//! and packs it.
//!
//! Loading bytecode costs a seventh of compiling the source, and happens only when a script
//! touches the API (contract W3). The engine that writes it is the engine that reads it: both
//! are the one `rquickjs` of the lock file. Packed (RFC 1951) it takes half the room in an app.

mod modules;
mod templates;

use std::path::{Path, PathBuf};
use std::{env, fs, io, slice};

use miniz_oxide::deflate::compress_to_vec;
use rquickjs::{Context, Ctx, Runtime, qjs};

/// How hard to look for shorter forms: as hard as it goes.
const LEVEL: u8 = 10;

fn main() -> io::Result<()> {
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets OUT_DIR"));
    let folder = Path::new("src/web");
    println!("cargo::rerun-if-changed={}", folder.display());
    println!("cargo::rerun-if-changed=build");
    let context = Runtime::new().and_then(|runtime| Context::full(&runtime));
    let context = context.map_err(io::Error::other)?;
    for (name, source) in modules::read(folder)? {
        let bytecode = context.with(|ctx| compile(&ctx, &name, &source))?;
        let bytecode = if is_packed() { compress_to_vec(&bytecode, LEVEL) } else { bytecode };
        fs::write(out.join(format!("{name}.bc")), bytecode)?;
    }
    Ok(())
}

/// Whether it is packed: a WebAssembly module is packed as a whole on its way.
fn is_packed() -> bool {
    env::var("CARGO_CFG_TARGET_FAMILY").as_deref() != Ok("wasm")
}

/// The bytecode of one module, without its source and positions in a release build.
fn compile(ctx: &Ctx<'_>, module: &str, source: &str) -> io::Result<Vec<u8>> {
    let source = templates::without_templates(source);
    let name = format!("runner:{module}\0");
    let raw = ctx.as_raw().as_ptr();
    let text = format!("{source}\0");
    let kind = qjs::JS_EVAL_FLAG_COMPILE_ONLY | qjs::JS_EVAL_FLAG_STRICT;
    let strip = match env::var("PROFILE").as_deref() {
        Ok("release") => qjs::JS_WRITE_OBJ_STRIP_SOURCE | qjs::JS_WRITE_OBJ_STRIP_DEBUG,
        _ => qjs::JS_WRITE_OBJ_STRIP_SOURCE,
    };
    // SAFETY: both texts end with NUL and outlive the call; the bytes are copied before they
    // are freed, and so is everything else that the engine returned.
    unsafe {
        let function = qjs::JS_Eval(
            raw,
            text.as_ptr().cast(),
            source.len() as _,
            name.as_ptr().cast(),
            kind.cast_signed(),
        );
        if qjs::JS_VALUE_GET_NORM_TAG(function) == qjs::JS_TAG_EXCEPTION {
            let error = ctx.catch();
            let error = error.as_exception().map(ToString::to_string).unwrap_or_default();
            return Err(io::Error::other(format!("{module}: {error}")));
        }
        let mut len = 0;
        let flags = qjs::JS_WRITE_OBJ_BYTECODE | strip;
        let bytes = qjs::JS_WriteObject(raw, &raw mut len, function, flags.cast_signed());
        qjs::JS_FreeValue(raw, function);
        if bytes.is_null() {
            return Err(io::Error::other(format!("{module}: not serializable")));
        }
        let copy = slice::from_raw_parts(bytes, usize::try_from(len).unwrap_or(0)).to_vec();
        qjs::js_free(raw, bytes.cast());
        Ok(copy)
    }
}
