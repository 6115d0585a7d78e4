//! What the engine's messages leave out: which expression of the script they are about, and what to
//! write instead.
//!
//! The engine knows the place of the last variable or call that it read before it failed. The source
//! around that place is read, never the script's values: what cannot be told for sure stays unsaid.

use rquickjs::{Ctx, Value};

use super::{
    World,
    frames::{Frame, Place},
    handlers::nearest,
    receiver,
};
use crate::engine::value;

/// How far around a place the source is read, and how long an expression is shown.
const REACH: usize = 1000;
const MOST: usize = 80;

/// What a call inside of is likely to be one of.
const FUNCTIONS: &[&str] = &[
    "resolve",
    "reject",
    "fetch",
    "setTimeout",
    "String",
    "Number",
    "console.log",
    "console.error",
    "JSON.stringify",
    "JSON.parse",
    "Promise.all",
];

/// Names that scripts expect from elsewhere, and what stands for them here.
const ELSEWHERE: &[(&str, &str)] = &[
    ("window document alert", "a runner has no page; the globals are in `globalThis`"),
    ("localStorage sessionStorage indexedDB caches Preferences", "`CapacitorKV` keeps texts here"),
    (
        "require module exports global process Buffer __dirname __filename",
        "this is not Node.js: bundle packages into the file, or `import` a file of its own",
    ),
    ("XMLHttpRequest EventSource WebSocket axios", "`fetch` is how a runner reaches the network"),
    ("LocalNotifications Notification", "`CapacitorNotifications` shows notifications here"),
    ("Capacitor", "plugins live in the page; a runner has `CapacitorKV`, `CapacitorDevice`..."),
    ("setImmediate requestAnimationFrame requestIdleCallback", "use `setTimeout`"),
];

/// Messages that speak of the engine's own insides.
const CLEARER: &[(&str, &str)] = &[
    ("expecting hex digit", "the text is no encoded URI: a `%` has no two hex digits behind it"),
    (
        "growable SharedArrayBuffer requires SAB allocator hooks",
        "a `SharedArrayBuffer` cannot grow here: leave out `maxByteLength`",
    ),
];

/// A better message for an error that the engine has just made; none where its own says enough.
pub(crate) fn message<'js>(
    ctx: &Ctx<'js>,
    world: &World<'js>,
    error: &Value<'js>,
    frames: &[Frame<'js>],
) -> Option<String> {
    let object = error.as_object().filter(|object| object.is_error())?;
    let message = value::own_text(ctx, object, "message")?;
    let top = frames.first()?;
    if let Some(name) = message.strip_suffix(" is not defined") {
        return Some(format!("{message}: {}", elsewhere(world, name)?));
    }
    let Place::Script { file, line, column } = &top.place else {
        if let Some((_, clear)) = CLEARER.iter().find(|(known, _)| *known == message) {
            return Some((*clear).to_owned());
        }
        if let Some(illegal) = receiver::message(ctx, world, &message, frames) {
            return Some(illegal);
        }
        let native = top.native().filter(|_| message == "not a function")?;
        return Some(format!("not a function: `{native}` was given something else in its place"));
    };
    if is_json(frames) {
        return in_json(&message, *line, *column);
    }
    if let Some(hint) = hint(&message, top.function()) {
        return Some(format!("{message}: {hint}"));
    }
    let kind = Kind::of(&message)?;
    let file = world.stacks.file(file)?;
    let source = Source { text: file.source(), at: offset(file.source(), *line, *column)? };
    match kind {
        Kind::Call | Kind::New => source.called(world, kind),
        Kind::Read(property) => source.read(&message, property),
        Kind::Iterate(of) => {
            let named = source.iterated().or_else(|| source.taken_apart(b']'));
            match (of, named) {
                (None, named) => Some(format!("{} is not iterable", named?)),
                (Some(of), None) => Some(format!("{of} is not iterable")),
                (Some(of), Some(named)) => Some(format!("{of} is not iterable ({named})")),
            }
        }
        Kind::TakeApart => Some(match source.taken_apart(b'}') {
            Some(named) => format!("cannot destructure undefined or null ({named})"),
            None => "cannot destructure undefined or null".to_owned(),
        }),
    }
}

/// What to write instead, where the message alone tells.
fn hint(message: &str, function: Option<&str>) -> Option<String> {
    match message {
        "class constructors must be invoked with 'new'" => {
            let class = function.filter(|name| !name.starts_with('<'))?;
            Some(format!("write `new {class}()`"))
        }
        "cannot convert BigInt to number" => Some(
            "arithmetic mixes no BigInts with numbers; `Number()` or `BigInt()` converts one of them"
                .to_owned(),
        ),
        _ => None,
    }
}

/// Whether the first frame is a place in a text that `JSON.parse`, or ours for bodies, was given.
pub(crate) fn is_json(frames: &[Frame<'_>]) -> bool {
    let is_text = |frame: &Frame<'_>| matches!(&frame.place, Place::Script { file, .. } if &**file == "<input>");
    frames.first().is_some_and(is_text)
        && frames
            .get(1)
            .and_then(Frame::native)
            .is_some_and(|name| matches!(name, "parse" | "jsonParse"))
}

fn in_json(message: &str, line: usize, column: usize) -> Option<String> {
    let hint = if message.ends_with("'object'") && (line, column) == (1, 2) {
        ": the text is `[object Object]`, what an object reads as; `CapacitorKV.get` gives an object \
         with the text in `value`"
    } else {
        ""
    };
    (!message.contains("JSON"))
        .then(|| format!("{message} in JSON at line {line} column {column}{hint}"))
}

/// What the engine could not do.
#[derive(Clone, Copy, PartialEq)]
enum Kind<'a> {
    Call,
    New,
    Read(&'a str),
    /// To iterate `undefined` or `null`, or another value.
    Iterate(Option<&'a str>),
    /// To take an object apart by a pattern.
    TakeApart,
}

impl<'a> Kind<'a> {
    fn of(message: &'a str) -> Option<Self> {
        match message {
            "not a function" => Some(Self::Call),
            "not a constructor" => Some(Self::New),
            "value is not iterable" => Some(Self::Iterate(None)),
            "Cannot convert undefined or null to object" => Some(Self::TakeApart),
            _ => {
                let read = message.strip_prefix("cannot read property '");
                let rest = read.or_else(|| message.strip_prefix("cannot set property '"))?;
                let (name, of) = rest.rsplit_once("' of ")?;
                let is_nothing = matches!(of, "undefined" | "null");
                is_nothing.then_some(match name {
                    "Symbol.iterator" => Self::Iterate(Some(of)),
                    name => Self::Read(name),
                })
            }
        }
    }
}

/// What to use instead of a name that is nowhere.
fn elsewhere(world: &World<'_>, name: &str) -> Option<String> {
    let known = ELSEWHERE.iter().find(|(names, _)| names.split(' ').any(|it| it == name));
    if let Some((_, hint)) = known {
        return Some((*hint).to_owned());
    }
    nearest(name, world.apis().iter().map(|api| api.name.as_str()))
        .map(|api| format!("did you mean `{api}`?"))
}

/// Where line and column, counted from 1, are in a text.
fn offset(text: &[u8], line: usize, column: usize) -> Option<usize> {
    let start = match line.checked_sub(2) {
        None => 0,
        Some(before) => memchr::memchr_iter(b'\n', text).nth(before)?.checked_add(1)?,
    };
    let at = start.checked_add(column.checked_sub(1)?)?;
    (at < text.len()).then_some(at)
}

/// A source, and the place of the last name or call that was read.
struct Source<'a> {
    text: &'a [u8],
    at: usize,
}

impl Source<'_> {
    /// "X is not a function" or "X is not a constructor", for the calls that may be meant.
    fn called(&self, world: &World<'_>, kind: Kind<'_>) -> Option<String> {
        let mut named = Vec::new();
        let start = self.chain_start(self.name_end());
        let is_new = self.word_before(start) == "new";
        if self.word_before(start) == "throw" {
            return None;
        }
        let own = if is_new { self.path_end(self.name_end()) } else { self.index_end() };
        let calls = matches!(self.byte(own), b'(' | b'`') || self.rest(own).starts_with(b"?.(");
        let mut inside = own;
        if is_new || calls {
            named.push((self.shown(start, own)?, is_new));
            if self.byte(own) == b'(' {
                inside = self.closing(own)?.saturating_add(1);
            }
        }
        // A call around it is meant as well when nothing else was read before that is done.
        let mut outside = start;
        while let Some(open) = self.opening(outside) {
            let (start, bracket) = (self.chain_start(open), self.byte(open));
            let is_function =
                self.is_in_arrow(open, outside) || (bracket == b'{' && !self.is_literal(open));
            if is_function || !self.is_quiet(inside, open) {
                break;
            }
            if bracket == b'(' && start < open && !is_header(&self.shown(start, open)?) {
                named.push((self.shown(start, open)?, self.word_before(start) == "new"));
            }
            inside = self.closing(open)?.saturating_add(1);
            outside = start.min(open);
        }
        verdict(self, world, named, kind)
    }

    /// "cannot read property 'x' of undefined" with what is undefined.
    fn read(&self, message: &str, property: &str) -> Option<String> {
        let start = self.chain_start(self.name_end());
        let mut end = self.name_end();
        loop {
            let rest = self.rest(end);
            let name =
                rest.strip_prefix(b"?.").or_else(|| rest.strip_prefix(b".")).unwrap_or_default();
            let behind = name.strip_prefix(property.as_bytes());
            if behind.is_some_and(|behind| !behind.first().copied().is_some_and(is_name)) {
                let of = self.shown(start, end).filter(|of| of != "null" && of != "undefined")?;
                let hint = if of.ends_with(".coords") {
                    ": a position of `CapacitorGeolocation` has `latitude` and `longitude` itself"
                } else if of.starts_with("CapacitorKV.get(") {
                    ": nothing is stored under this key; write `CapacitorKV.get(key)?.value`"
                } else if matches!(
                    &*of,
                    "event.details" | "event.data" | "event.args" | "args.details"
                ) {
                    ": a handler gets `(resolve, reject, args, context)`, and the details are `args`"
                } else {
                    ""
                };
                return Some(format!("{message} ({of}){hint}"));
            }
            let next = self.link_end(end);
            if next == end || next.saturating_sub(self.at) > REACH {
                return None;
            }
            end = next;
        }
    }

    /// What was to be iterated: behind `...`, or in the head of a loop without a pattern.
    fn iterated(&self) -> Option<String> {
        let (mut start, mut end) = (self.chain_start(self.name_end()), self.name_end());
        loop {
            let spread = self.text.get(..start)?.trim_ascii_end().ends_with(b"...");
            if spread || self.word_before(start) == "of" {
                break;
            }
            // An argument of a call whose result is iterated.
            let open = self.opening(start).filter(|open| self.byte(*open) == b'(')?;
            start = self.chain_start(open);
            end = open;
        }
        if self.word_before(start) == "of" {
            let head = self.opening(start)?;
            if self.text.get(head..start)?.contains(&b'[') {
                return None;
            }
        }
        self.shown(start, self.chain_end(end))
    }

    /// What a pattern that ends with `end` takes apart, between the place and the next that the engine
    /// would have noted.
    fn taken_apart(&self, end: u8) -> Option<String> {
        let mut named = Vec::new();
        let mut at = self.at;
        if let Some((header, parameters)) = self.header() {
            if parameters.contains(&end) {
                named.push("an argument".to_owned());
            }
            at = header;
        } else {
            let start = self.chain_start(self.name_end());
            if self.is_behind_pattern(start, end) {
                named.push(self.shown(start, self.chain_end(self.name_end()))?);
            }
            at = self.chain_end(at);
        }
        let most = at.saturating_add(REACH).min(self.text.len());
        let mut depth = 0_usize;
        while at < most {
            let byte = self.byte(at);
            match byte {
                b'\'' | b'"' => at = self.string_end(at)?,
                b'{' => depth = depth.saturating_add(1),
                b'}' if depth == 0 => break,
                b'}' => depth = depth.saturating_sub(1),
                // A call, or a text that may have one.
                b'(' if !is_header(self.word_before(at)) && self.chain_start(at) < at => break,
                b'`' => break,
                b'=' if self.byte(at.saturating_add(1)) == b'>' => break,
                _ => {}
            }
            at = at.saturating_add(1);
            if byte == b'=' && self.is_behind_pattern(at, end) {
                let rest = self.rest(at);
                let blank = rest.len().saturating_sub(rest.trim_ascii_start().len());
                let start = at.saturating_add(blank);
                named.push(self.shown(start, self.chain_end(start))?);
            }
        }
        named.dedup();
        (!named.is_empty()).then(|| named.join(" or "))
    }

    /// Whether what begins at `start` is taken apart by a pattern that ends with `end`.
    fn is_behind_pattern(&self, start: usize, end: u8) -> bool {
        let before = self.text.get(..start).unwrap_or_default().trim_ascii_end();
        let pattern = before.strip_suffix(b"=").map(<[u8]>::trim_ascii_end);
        pattern.is_some_and(|pattern| pattern.last() == Some(&end))
            && !matches!(self.byte(start), b'=' | b'>')
    }

    /// Where the body of the function begins that begins at the place, and its parameters. The engine
    /// may have noted the sign before a function.
    fn header(&self) -> Option<(usize, &[u8])> {
        let is_before = !is_name(self.byte(self.at));
        let next = || self.header_at(self.at.saturating_add(1));
        self.header_at(self.at).or_else(|| is_before.then(next).flatten())
    }

    fn header_at(&self, at: usize) -> Option<(usize, &[u8])> {
        let mut open = at;
        while self.byte(open) != b'(' {
            let byte = self.byte(open);
            if !is_name(byte) && byte != b'*' && !byte.is_ascii_whitespace() {
                return None;
            }
            open = open.saturating_add(1);
        }
        let close = self.closing(open)?;
        let rest = self.rest(close.saturating_add(1)).trim_ascii_start();
        let body = rest.strip_prefix(b"=>").map(<[u8]>::trim_ascii_start);
        let body = body.or_else(|| rest.starts_with(b"{").then_some(rest))?;
        let inside = body.strip_prefix(b"{").unwrap_or(body);
        let start = self.text.len().saturating_sub(inside.len());
        Some((start, self.text.get(open..close)?))
    }

    /// The end of the name at the place.
    fn name_end(&self) -> usize {
        let length = self.rest(self.at).iter().position(|byte| !is_name(*byte));
        self.at.saturating_add(length.unwrap_or_default())
    }

    /// The end of the indices behind the name at the place: `list[0]`.
    fn index_end(&self) -> usize {
        let mut end = self.name_end();
        while self.byte(end) == b'[' {
            let next = self.link_end(end);
            if next == end {
                break;
            }
            end = next;
        }
        end
    }

    /// The end of names and indices that go on at `at`, up to a call.
    fn path_end(&self, at: usize) -> usize {
        let mut end = at;
        while self.byte(end) != b'(' {
            let next = self.link_end(end);
            if next == end {
                break;
            }
            end = next;
        }
        end
    }

    fn rest(&self, at: usize) -> &[u8] {
        self.text.get(at..).unwrap_or_default()
    }

    /// Whether this is, as far as one can tell, a function: then it is not what is missing.
    fn is_function(&self, world: &World<'_>, path: &str) -> bool {
        let api = |(name, method)| {
            let api = world.apis().iter().find(|api| api.name == name);
            api.is_some_and(|api| api.methods.iter().any(|it| it.name == method))
        };
        let declared = || memchr::memmem::find(self.text, format!("function {path}(").as_bytes());
        FUNCTIONS.contains(&path) || path.split_once('.').is_some_and(api) || declared().is_some()
    }

    fn byte(&self, at: usize) -> u8 {
        self.text.get(at).copied().unwrap_or_default()
    }

    /// An expression for a message: on one line, and not too long.
    fn shown(&self, start: usize, end: usize) -> Option<String> {
        let text = str::from_utf8(self.text.get(start..end)?.trim_ascii()).ok()?;
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let text = text.replace(" .", ".").replace(" ?.", "?.");
        let text = text.trim_end_matches("?.");
        (!text.is_empty() && text.len() <= MOST).then(|| text.to_owned())
    }

    /// The word that ends before `at`, with blanks between.
    fn word_before(&self, at: usize) -> &str {
        let before = self.text.get(..at).unwrap_or_default().trim_ascii_end();
        let start = before.iter().rposition(|byte| !is_name(*byte)).map_or(0, |it| it + 1);
        before.get(start..).and_then(|word| str::from_utf8(word).ok()).unwrap_or_default()
    }

    /// The bracket that is open at `at`.
    fn opening(&self, at: usize) -> Option<usize> {
        let mut at = at;
        let mut depth = 0_usize;
        let least = self.at.saturating_sub(REACH);
        while at > least {
            at = at.checked_sub(1)?;
            match self.byte(at) {
                b')' | b']' | b'}' => depth = depth.saturating_add(1),
                b'(' | b'[' | b'{' if depth == 0 => return Some(at),
                b'(' | b'[' | b'{' => depth = depth.saturating_sub(1),
                quote @ (b'\'' | b'"' | b'`') => loop {
                    at = memchr::memrchr(quote, self.text.get(least..at)?)?.checked_add(least)?;
                    if self.byte(at.saturating_sub(1)) != b'\\' {
                        break;
                    }
                },
                b';' if depth == 0 => return None,
                _ => {}
            }
        }
        None
    }

    /// Where the chain of names, calls and indices that ends at `end` begins.
    fn chain_start(&self, end: usize) -> usize {
        let mut start = end;
        loop {
            let before = self.text.get(..start).unwrap_or_default().trim_ascii_end();
            let Some(last) = before.last().copied() else { return start };
            let next = match last {
                b')' | b']' => match self.opening(before.len().saturating_sub(1)) {
                    Some(open) => open,
                    None => return start,
                },
                b'.' if before.ends_with(b"...") => return start,
                b'.' => before.len().saturating_sub(1),
                b'?' if self.byte(before.len()) == b'.' => before.len().saturating_sub(1),
                byte if is_name(byte) => {
                    let from = before.iter().rposition(|byte| !is_name(*byte));
                    let from = from.map_or(0, |it| it + 1);
                    let joins = self.byte(start) != b'.' && is_name(self.byte(start));
                    let is_member = self.byte(from.saturating_sub(1)) == b'.';
                    let word = before.get(from..).unwrap_or_default();
                    if joins || (!is_member && is_keyword(word)) {
                        return start;
                    }
                    from
                }
                _ => return start,
            };
            if start.saturating_sub(next) > REACH {
                return start;
            }
            start = next;
        }
    }

    /// Where the chain that goes on at `at` ends.
    fn chain_end(&self, at: usize) -> usize {
        let mut end = at;
        loop {
            let next = self.link_end(end);
            if next == end || next.saturating_sub(at) > REACH {
                return end;
            }
            end = next;
        }
    }

    /// The end of one link of a chain: a name, `.name`, `(...)` or `[...]`.
    fn link_end(&self, at: usize) -> usize {
        let rest = self.text.get(at..).unwrap_or_default();
        let dots = if rest.starts_with(b"?.") { 2 } else { usize::from(rest.starts_with(b".")) };
        let name = at.saturating_add(dots);
        match self.byte(name) {
            b'(' | b'[' => self.closing(name).map_or(at, |close| close.saturating_add(1)),
            _ => {
                let rest = self.text.get(name..).unwrap_or_default();
                let length = rest.iter().position(|byte| !is_name(*byte)).unwrap_or(rest.len());
                if length == 0 { at } else { name.saturating_add(length) }
            }
        }
    }

    /// The bracket that closes the one at `open`.
    fn closing(&self, open: usize) -> Option<usize> {
        let mut depth = 0_usize;
        let mut at = open;
        while at < open.saturating_add(REACH) {
            match self.text.get(at)? {
                b'(' | b'[' | b'{' => depth = depth.saturating_add(1),
                b')' | b']' | b'}' if depth == 1 => return Some(at),
                b')' | b']' | b'}' => depth = depth.saturating_sub(1),
                b'\'' | b'"' | b'`' => at = self.string_end(at)?,
                _ => {}
            }
            at = at.checked_add(1)?;
        }
        None
    }

    /// The quote that ends the text which begins at `at`.
    fn string_end(&self, at: usize) -> Option<usize> {
        let mut end = at;
        loop {
            let from = end.checked_add(1)?;
            end = memchr::memchr(self.byte(at), self.text.get(from..)?)?.checked_add(from)?;
            if self.byte(end.saturating_sub(1)) != b'\\' {
                return Some(end);
            }
        }
    }

    /// Whether a brace opens an object, and no block.
    fn is_literal(&self, open: usize) -> bool {
        let before = self.text.get(..open).unwrap_or_default().trim_ascii_end();
        before.last().is_some_and(|byte| b"(,:=?[&|".contains(byte))
    }

    /// Whether `at` is in an arrow function that begins in the bracket at `open`.
    fn is_in_arrow(&self, open: usize, at: usize) -> bool {
        let text = self.text.get(open..at).unwrap_or_default();
        let Some(arrow) = memchr::memmem::rfind(text, b"=>") else { return false };
        let mut depth = 0_usize;
        !text.get(arrow..).unwrap_or_default().iter().any(|byte| {
            match byte {
                b'(' | b'[' | b'{' => depth = depth.saturating_add(1),
                b')' | b']' | b'}' => depth = depth.saturating_sub(1),
                _ => {}
            }
            *byte == b',' && depth == 0
        })
    }

    /// Whether nothing that has a place of its own stands between `from` and the end of the bracket
    /// at `open`: a variable or a call, but not what is inside a function.
    fn is_quiet(&self, from: usize, open: usize) -> bool {
        let Some(close) = self.closing(open) else { return false };
        let mut at = from;
        while at < close {
            let rest = self.text.get(at..close).unwrap_or_default();
            let length = rest.iter().position(|byte| !is_name(*byte)).unwrap_or(rest.len());
            let behind = self.rest(at.saturating_add(length)).trim_ascii_start();
            if rest.starts_with(b"=>") {
                return true;
            } else if length > 0 {
                let name = rest.get(..length).unwrap_or_default();
                let is_property = self.byte(at.saturating_sub(1)) == b'.';
                let is_function = matches!(name, b"function" | b"async");
                if is_function || behind.starts_with(b"=>") {
                    return true;
                }
                let is_value = name.first().is_some_and(u8::is_ascii_digit)
                    || matches!(name, b"true" | b"false" | b"null" | b"this")
                    || behind.starts_with(b":");
                if !is_property && !is_value {
                    return false;
                }
                at = at.saturating_add(length);
            } else if matches!(self.byte(at), b'\'' | b'"') {
                let Some(end) = self.string_end(at) else { return false };
                at = end.saturating_add(1);
            } else if self.byte(at) == b'(' {
                let Some(end) = self.closing(at) else { return false };
                return self.rest(end.saturating_add(1)).trim_ascii_start().starts_with(b"=>");
            } else if self.byte(at) == b'`' {
                return false;
            } else {
                at = at.saturating_add(1);
            }
        }
        true
    }
}

/// The words before a bracket that is no call.
fn is_header(word: &str) -> bool {
    matches!(word, "if" | "for" | "while" | "switch" | "catch" | "with" | "await" | "function")
}

/// Which of the calls cannot be meant is left out; when all can, all are named.
fn verdict(
    source: &Source<'_>,
    world: &World<'_>,
    named: Vec<(String, bool)>,
    kind: Kind<'_>,
) -> Option<String> {
    let constructs = named.first().is_some_and(|(_, is_new)| *is_new);
    let fits = |(name, is_new): &(String, bool)| {
        (*is_new || kind == Kind::Call) && !name.ends_with("Error") && name != "super"
    };
    let mut named: Vec<String> = named.into_iter().filter(fits).map(|(name, _)| name).collect();
    let is_known = |name: &String| source.is_function(world, name);
    if named.iter().any(|name| !is_known(name)) {
        named.retain(|name| !is_known(name));
    }
    let what = if constructs && named.len() == 1 { "a constructor" } else { "a function" };
    let first = named.first()?;
    let has = members(world, first).filter(|_| named.len() == 1).unwrap_or_default();
    Some(format!("{} is not {what}{has}", named.join(" or ")))
}

fn is_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$' | b'#') || !byte.is_ascii()
}

fn is_keyword(word: &[u8]) -> bool {
    const KEYWORDS: &[&[u8]] = &[
        b"await",
        b"case",
        b"delete",
        b"do",
        b"else",
        b"in",
        b"instanceof",
        b"new",
        b"of",
        b"return",
        b"throw",
        b"typeof",
        b"void",
        b"yield",
    ];
    KEYWORDS.contains(&word)
}

/// The functions of the device API that `path` looks into.
fn members(world: &World<'_>, path: &str) -> Option<String> {
    let (name, _) = path.split_once('.')?;
    let api = world.apis().iter().find(|api| api.name == name)?;
    let names: Vec<_> = api.methods.iter().map(|method| method.name.as_str()).collect();
    Some(format!(": `{name}` has `{}`", names.join("`, `")))
}
