//! Compiles the JavaScript half of the script's environment (`src/web/*.js`) to bytecode, and
//! packs it.
//!
//! Loading bytecode costs a seventh of compiling the source, and happens only when a script
//! touches the API (contract W3). The engine that writes it is the engine that reads it: both
//! are the one `rquickjs` of the lock file. Packed (RFC 1951) it takes half the room in an app.

use std::path::{Path, PathBuf};
use std::{env, fs, io, slice};

use miniz_oxide::deflate::compress_to_vec;
use rquickjs::{Context, Ctx, Runtime, qjs};

/// How hard to look for shorter forms: as hard as it goes.
const LEVEL: u8 = 10;

fn main() -> io::Result<()> {
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets OUT_DIR"));
    let modules = Path::new("src/web");
    println!("cargo::rerun-if-changed={}", modules.display());
    let context = Runtime::new().and_then(|runtime| Context::full(&runtime));
    let context = context.map_err(io::Error::other)?;
    for entry in fs::read_dir(modules)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "js") {
            let bytecode = context.with(|ctx| compile(&ctx, &path))?;
            let name = path.with_extension("bc");
            fs::write(
                out.join(name.file_name().expect("a file in a folder")),
                compress_to_vec(&bytecode, LEVEL),
            )?;
        }
    }
    Ok(())
}

/// The bytecode of one file, without its source and positions in a release build.
fn compile(ctx: &Ctx<'_>, path: &Path) -> io::Result<Vec<u8>> {
    let source = without_templates(&fs::read_to_string(path)?);
    let name = format!("runner:{}\0", path.file_stem().unwrap_or_default().display());
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
            return Err(io::Error::other(format!("{}: {error}", path.display())));
        }
        let mut len = 0;
        let flags = qjs::JS_WRITE_OBJ_BYTECODE | strip;
        let bytes = qjs::JS_WriteObject(raw, &raw mut len, function, flags.cast_signed());
        qjs::JS_FreeValue(raw, function);
        if bytes.is_null() {
            return Err(io::Error::other(format!("{}: not serializable", path.display())));
        }
        let copy = slice::from_raw_parts(bytes, usize::try_from(len).unwrap_or(0)).to_vec();
        qjs::js_free(raw, bytes.cast());
        Ok(copy)
    }
}

/// Writes template literals as sums of strings.
///
/// The engine compiles a template to a call of `concat`, which it looks up on the string: a script
/// that replaces `String.prototype.concat` would break ours. (Our files have no regular expression
/// literals; where a template converts what a script gave, they call `native.string`.)
fn without_templates(source: &str) -> String {
    let mut text = Text { rest: source, written: String::with_capacity(source.len()) };
    text.code();
    text.written
}

/// A text on its way from `rest` to `written`.
struct Text<'a> {
    rest: &'a str,
    written: String,
}

impl Text<'_> {
    /// Code up to the end, or to the brace that closes what was open at the beginning.
    fn code(&mut self) {
        let mut depth = 0_u32;
        while let Some(next) = self.rest.chars().next() {
            match next {
                '`' => self.template(),
                '\'' | '"' => self.string(next),
                '/' if self.rest.starts_with("//") => self.copy_through("\n"),
                '/' if self.rest.starts_with("/*") => self.copy_through("*/"),
                '}' if depth == 0 => return,
                _ => {
                    match next {
                        '{' => depth += 1,
                        '}' => depth -= 1,
                        _ => {}
                    }
                    self.copy();
                }
            }
        }
    }

    /// A template, from its first backtick to its last.
    fn template(&mut self) {
        self.skip();
        self.written.push_str("(\"");
        loop {
            match self.rest.chars().next() {
                None => return,
                Some('`') => {
                    self.skip();
                    return self.written.push_str("\")");
                }
                Some('$') if self.rest.starts_with("${") => {
                    self.skip();
                    self.skip();
                    self.written.push_str("\" + (");
                    self.code();
                    self.skip();
                    self.written.push_str(") + \"");
                }
                Some('\\') => {
                    self.copy();
                    self.copy();
                }
                Some('"') => {
                    self.skip();
                    self.written.push_str("\\\"");
                }
                Some(_) => self.copy(),
            }
        }
    }

    fn string(&mut self, quote: char) {
        self.copy();
        while let Some(next) = self.rest.chars().next() {
            self.copy();
            if next == '\\' {
                self.copy();
            } else if next == quote {
                return;
            }
        }
    }

    fn copy_through(&mut self, end: &str) {
        let length = self.rest.find(end).map_or(self.rest.len(), |at| at + end.len());
        self.written.push_str(&self.rest[..length]);
        self.rest = &self.rest[length..];
    }

    fn copy(&mut self) {
        if let Some(next) = self.skip() {
            self.written.push(next);
        }
    }

    fn skip(&mut self) -> Option<char> {
        let next = self.rest.chars().next()?;
        self.rest = &self.rest[next.len_utf8()..];
        Some(next)
    }
}
