//! Where in a file an error is whose place the engine does not tell: found in the text, and unsaid where
//! that is not sure.

use std::rc::Rc;

use rquickjs::{Ctx, Error, Exception, Value};

use super::{
    World, modules,
    script::{Kind, Script},
};
use crate::{engine::value, error::Code};

/// An error of the compiler's with the place in the file that was compiled; none where it has one.
pub(super) fn syntax<'js>(
    ctx: &Ctx<'js>,
    script: &Script,
    kind: Kind,
    error: &Value<'js>,
) -> Option<Error> {
    let (told, world) = (value::describe(ctx, error, Code::ScriptError), World::of(ctx));
    if told.stack.is_some() || told.name != "SyntaxError" || world.is_over() {
        return None;
    }
    let text = script.source();
    let named = |before, after| told.message.strip_prefix(before)?.strip_suffix(after);
    let at = if let Some(name) = named("exported variable '", "' does not exist") {
        exported(text, name)
    } else if let Some(name) = named("undefined private field '", "'") {
        used_only(text, name)
    } else {
        expression(ctx, script, kind, &told.message)
    };
    let stack = shown(script, at?);
    let throw = || Exception::throw_syntax(ctx, &told.message);
    Some(world.stacks.asked_at(Some(stack.into()), throw))
}

/// The stack of an error that `import` or `import()` of `name` in the file `base` leads to.
pub(super) fn import(world: &World<'_>, base: &str, name: &str) -> Option<Rc<str>> {
    let script = world.stacks.file(base)?;
    let (at, is_call) = imports(script.source(), name)?;
    let stack = shown(&script, at);
    Some(if is_call { stack.replacen("at ", "at async ", 1).into() } else { stack.into() })
}

/// The stack of what the engine says when the modules do not fit together.
pub(super) fn link(world: &World<'_>, message: &str) -> Option<String> {
    let rest = message.strip_prefix("Could not find export '")?;
    let (name, module) = rest.strip_suffix('\'')?.split_once("' in module '")?;
    let mut found = Only::default();
    for script in world.stacks.files() {
        let text = script.source();
        for Clause { start, body, path } in clauses(text) {
            let mut places = words(body, name).map(|at| start.saturating_add(at)).peekable();
            // A default import has a name of the importer's.
            let is_default = name == "default" && body.first().copied().is_some_and(is_name);
            let default = is_default.then_some(start);
            if (is_default || places.peek().is_some())
                && modules::found(world, script.path(), path).as_deref() == Some(module)
            {
                default.into_iter().chain(places).for_each(|at| found.add((script.clone(), at)));
            }
        }
    }
    found.only().map(|(script, at)| shown(&script, at))
}

/// The stack of a value that is no error and was thrown while the files were evaluated: that of the
/// one `throw` that may have been it.
pub(crate) fn thrown(world: &World<'_>, message: &str) -> Option<String> {
    let (mut likely, mut others) = (Only::default(), Only::default());
    for script in world.stacks.files() {
        let text = script.source();
        for at in words(text, "throw") {
            let rest = text.get(at.saturating_add(5)..).unwrap_or_default().trim_ascii_start();
            if rest.starts_with(b"new ") {
                continue;
            }
            let quoted = rest.get(1..).is_some_and(|rest| rest.starts_with(message.as_bytes()));
            let is_it = rest.starts_with(message.as_bytes()) || quoted;
            let places = if is_it { &mut likely } else { &mut others };
            places.add((script.clone(), at));
        }
    }
    let place = if likely.count > 0 { likely.only() } else { others.only() };
    place.map(|(script, at)| shown(&script, at))
}

/// What was found, if it was found once: a file may say it a million times.
struct Only<T> {
    first: Option<T>,
    count: usize,
}

impl<T> Default for Only<T> {
    fn default() -> Self {
        Self { first: None, count: 0 }
    }
}

impl<T> Only<T> {
    fn add(&mut self, found: T) {
        self.count = self.count.saturating_add(1);
        self.first.get_or_insert(found);
    }

    fn only(self) -> Option<T> {
        self.first.filter(|_| self.count == 1)
    }
}

/// A place as the engine shows it: columns are bytes.
fn shown(script: &Script, at: usize) -> String {
    let before = script.source().get(..at).unwrap_or_default();
    let line = memchr::memchr_iter(b'\n', before).count().saturating_add(1);
    let start = memchr::memrchr(b'\n', before).map_or(0, |it| it.saturating_add(1));
    let column = at.saturating_sub(start).saturating_add(1);
    format!("    at {}:{line}:{column}\n", script.path())
}

/// What comes after the word `import` or `export`.
fn behind(text: &[u8], at: usize) -> usize {
    let rest = text.get(at.saturating_add(6)..).unwrap_or_default();
    text.len().saturating_sub(rest.trim_ascii_start().len())
}

/// Where a name stands as a word of its own.
fn words<'a>(text: &'a [u8], name: &'a str) -> impl Iterator<Item = usize> + 'a {
    memchr::memmem::find_iter(text, name.as_bytes()).filter(move |at| {
        let before = at.checked_sub(1).and_then(|at| text.get(at));
        let after = text.get(at.saturating_add(name.len()));
        !before.copied().is_some_and(is_name) && !after.copied().is_some_and(is_name)
    })
}

fn is_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$' | b'#') || !byte.is_ascii()
}

/// How far the parts of an `import` or `export` are looked for, in bytes.
const REACH: usize = 16 * 1024;

/// What stands behind the word at `at`, as far as is looked.
fn reached(text: &[u8], at: usize) -> &[u8] {
    let rest = text.get(at..).unwrap_or_default();
    rest.get(..REACH).unwrap_or(rest)
}

/// A name in the braces of `export { ... }`.
fn exported(text: &[u8], name: &str) -> Option<usize> {
    words(text, "export").find_map(|at| {
        let open = behind(text, at);
        let clause = reached(text, open).strip_prefix(b"{")?;
        let clause = clause.get(..memchr::memchr(b'}', clause)?)?;
        let at = words(clause, name).next()?;
        Some(open.saturating_add(1).saturating_add(at))
    })
}

/// The first use of a private name that no class of the file has; of one that some class has, the only
/// one.
fn used_only(text: &[u8], name: &str) -> Option<usize> {
    let is_use = |at: usize| {
        let before = text.get(..at).unwrap_or_default().trim_ascii_end();
        let after = text.get(at.saturating_add(name.len())..).unwrap_or_default();
        before.ends_with(b".") || after.trim_ascii_start().starts_with(b"in ")
    };
    let (mut uses, mut is_declared) = (Only::default(), false);
    for at in words(text, name) {
        if is_use(at) { uses.add(at) } else { is_declared = true }
    }
    if is_declared { uses.only() } else { uses.first }
}

/// What does not end well: the shortest beginning of the file with which the compiler says the same.
/// That is how far it reads a regular expression before it compiles it.
fn expression(ctx: &Ctx<'_>, script: &Script, kind: Kind, message: &str) -> Option<usize> {
    let world = World::of(ctx);
    // Half of the time is the script's.
    let time = world.remaining() / 2;
    let (mut least, mut most) = (0, script.source().len());
    let says_it = |end| script.fails_before(ctx, kind, end, message);
    if !says_it(most) {
        return None;
    }
    while least < most {
        let middle = least.midpoint(most);
        if world.is_over() || world.remaining() < time {
            return None;
        }
        if says_it(middle) {
            most = middle;
        } else {
            least = middle.saturating_add(1);
        }
    }
    Some(start_of_expression(script.source(), most))
}

/// Where a regular expression begins that was read up to `end`.
fn start_of_expression(text: &[u8], end: usize) -> usize {
    let read = text.get(..end).unwrap_or_default();
    let flags = read.iter().rev().take_while(|byte| byte.is_ascii_alphabetic()).count();
    let close = end.saturating_sub(flags).saturating_sub(1);
    let line = memchr::memrchr(b'\n', read).map_or(0, |it| it.saturating_add(1));
    let opens = |at: &usize| {
        let before = read.get(line..*at).unwrap_or_default().trim_ascii_end();
        let last = before.last().copied();
        let is_escaped = read.get(..*at).is_some_and(|before| before.ends_with(b"\\"));
        let is_operand = last.is_some_and(|last| is_name(last) || matches!(last, b')' | b']'));
        let is_keyword = before.ends_with(b"return") || before.ends_with(b"typeof");
        !is_escaped && (!is_operand || is_keyword)
    };
    let body = read.get(line..close).unwrap_or_default();
    let found = memchr::memrchr_iter(b'/', body).map(|at| line.saturating_add(at)).find(opens);
    found.unwrap_or(close)
}

/// Where a file imports `name`, and whether by a call; without the name in the text, its only call.
fn imports(text: &[u8], name: &str) -> Option<(usize, bool)> {
    let mut quoted = memchr::memmem::find_iter(text, name.as_bytes()).filter_map(|at| {
        let quote = text.get(at.checked_sub(1)?)?;
        let is_quoted =
            b"'\"`".contains(quote) && text.get(at.saturating_add(name.len())) == Some(quote);
        let before = text.get(..at.saturating_sub(1))?.trim_ascii_end();
        if !is_quoted {
            return None;
        }
        if let Some(call) = before.strip_suffix(b"(").map(<[u8]>::trim_ascii_end) {
            return call.ends_with(b"import").then(|| (call.len().saturating_sub(6), true));
        }
        let is_import = before.ends_with(b"from") || before.ends_with(b"import");
        is_import.then(|| (at.saturating_sub(1), false))
    });
    let mut calls = words(text, "import").filter(|at| text.get(behind(text, *at)) == Some(&b'('));
    quoted.next().or_else(|| {
        let only = calls.next()?;
        calls.next().is_none().then_some((only, true))
    })
}

/// An `import ... from '...'` or `export ... from '...'`.
struct Clause<'a> {
    /// Where its names begin.
    start: usize,
    body: &'a [u8],
    path: &'a str,
}

/// The clauses of a file; of what is longer than [`REACH`], none.
fn clauses(text: &[u8]) -> impl Iterator<Item = Clause<'_>> {
    let all = ["import", "export"].into_iter().flat_map(|word| words(text, word));
    all.filter_map(|at| {
        let start = behind(text, at);
        let rest = reached(text, start);
        let end = rest.iter().position(|byte| b";'\"`()=".contains(byte))?;
        let (body, quoted) = rest.split_at_checked(end)?;
        let body = body.trim_ascii_end().strip_suffix(b"from")?;
        let (quote, path) = quoted.split_first()?;
        let path = path.get(..memchr::memchr(*quote, path)?)?;
        Some(Clause { start, body, path: str::from_utf8(path).ok()? })
    })
}
