//! Where a line was written that a bundler has moved: what is shown of a stack names the developer's own
//! files, by the source map in the file or beside it (<https://tc39.es/ecma426/>).
//!
//! A map is read when a place of its file is first shown, and then kept: a run without errors pays nothing.

use std::{borrow::Cow, cell::RefCell, ops::Range, rc::Rc};

use data_url::DataUrl;
use serde_json::Value;

use super::{World, script::Script};
use crate::{
    engine::memory::Charged,
    error::{Code, RunError},
    json,
};

/// What names the map of a file, on a line of its own at the end.
const MARK: &[u8] = b"//# sourceMappingURL=";

/// The most places of one text that are looked up.
const MOST: usize = 32;

/// How many times its text a map takes while it is read.
const COPIES: usize = 4;

/// The maps that were looked for, by the paths of their files.
#[derive(Default)]
pub(super) struct Originals(RefCell<Vec<(String, Known)>>);

/// The map of a file, if it has one.
type Known = Option<Rc<Charged<Map>>>;

/// What a source map says of places.
struct Map {
    /// The files that were bundled, seen from the bundle's root.
    sources: Vec<String>,
    mappings: String,
}

/// A place in a text, and in the file that it is about.
struct Place {
    /// Where the text tells it.
    at: Range<usize>,
    /// Counted from 0, the column in UTF-16.
    line: u32,
    column: u32,
    original: Option<[u32; 3]>,
}

impl World<'_> {
    /// An error as it is shown.
    pub(crate) fn shown_error(&self, mut error: RunError) -> RunError {
        if matches!(error.code, Code::DeadlineExceeded | Code::Cancelled) {
            error.stack = error.stack.or_else(|| self.stacks.stopped_at());
        }
        let shown = error.stack.as_deref().map(|stack| self.shown(stack).into_owned());
        error.stack = shown;
        if error.code == Code::ScriptError {
            error.message = self.shown(&error.message).into_owned();
        }
        error
    }

    /// A text as it is shown: places of bundled files are those of the files that were bundled.
    pub(crate) fn shown<'t>(&self, text: &'t str) -> Cow<'t, str> {
        let mut shown = Cow::Borrowed(text);
        for script in self.stacks.mentioned(text) {
            if let Some(map) = self.map_of(&script)
                && let Some(text) = map.replaced(&script, &shown)
            {
                shown = Cow::Owned(text);
            }
        }
        shown
    }

    fn map_of(&self, script: &Script) -> Known {
        let path = script.path();
        let known = self.originals.0.try_borrow().ok()?;
        if let Some((_, map)) = known.iter().find(|(known, _)| known == path) {
            return map.clone();
        }
        drop(known);
        let map = self.read_map(script).map(Rc::new);
        self.originals.0.try_borrow_mut().ok()?.push((path.to_owned(), map.clone()));
        map
    }

    fn read_map(&self, script: &Script) -> Option<Charged<Map>> {
        let text = script.source();
        let at = memchr::memmem::rfind(text, MARK)?.saturating_add(MARK.len());
        let url = text.get(at..)?.split(u8::is_ascii_whitespace).next()?;
        let url = str::from_utf8(url).ok()?;
        let read = || match url.strip_prefix("data:") {
            Some(_) => Some(DataUrl::process(url).ok()?.decode_to_vec().ok()?.0),
            // Not when the dispatch is over: then the host is not asked any more.
            None => self.load(&beside(script.path(), url)).ok(),
        };
        let inline = if url.starts_with("data:") { url.len() } else { 0 };
        let json = Charged::new(self.memory(), self.charge_of(inline)?, read).ok()?;
        self.parse_map(script.path(), &json.transpose()?)
    }

    fn parse_map(&self, file: &str, json: &[u8]) -> Option<Charged<Map>> {
        let most = self.charge_of(json.len().saturating_mul(COPIES))?;
        let mut charged = Charged::new(self.memory(), most, || None).ok()?;
        let held = |map: &Option<Map>| map.as_ref().map_or(0, Map::size).min(most);
        charged.change(most, |map| *map = Map::parse(file, json), held).ok()?;
        charged.transpose()
    }

    /// What is charged for `bytes`: nothing when the dispatch is over and nothing more is granted, as
    /// long as they fit; the script is not there any more to take the rest.
    fn charge_of(&self, bytes: usize) -> Option<usize> {
        if self.is_over() { self.memory().has_room(bytes).then_some(0) } else { Some(bytes) }
    }
}

impl Map {
    fn parse(file: &str, json: &[u8]) -> Option<Self> {
        let map = json::parse(str::from_utf8(json).ok()?).ok()?;
        let text = |key| map.get(key).and_then(Value::as_str).unwrap_or_default();
        let root = text("sourceRoot");
        let sources = map.get("sources")?.as_array()?.iter();
        let sources = sources.map(|it| source_path(file, root, it.as_str().unwrap_or_default()));
        Some(Self { sources: sources.collect(), mappings: text("mappings").to_owned() })
    }

    fn size(&self) -> usize {
        let sources =
            self.sources.iter().map(|it| it.capacity().saturating_add(size_of::<String>()));
        sources.sum::<usize>().saturating_add(self.mappings.capacity())
    }

    /// A text with the places of a file replaced; none where there is nothing to replace.
    fn replaced(&self, script: &Script, text: &str) -> Option<String> {
        let mut places = places(script, text);
        self.look_up(&mut places);
        let mut out = String::with_capacity(text.len());
        let mut from = 0;
        for Place { at, original, .. } in &places {
            let Some([source, line, column]) = original else { continue };
            let Some(source) = self.sources.get(usize::try_from(*source).ok()?) else { continue };
            out.push_str(text.get(from..at.start)?);
            let (line, column) = (line.saturating_add(1), column.saturating_add(1));
            out.push_str(&format!("{source}:{line}:{column}"));
            from = at.end;
        }
        (from > 0).then(|| out + text.get(from..).unwrap_or_default())
    }

    /// Goes through the mappings once, and notes the last one that is not behind each place.
    fn look_up(&self, places: &mut [Place]) {
        let last = places.iter().map(|place| place.line).max().unwrap_or_default();
        let mut original = [0_u32; 3];
        for (number, line) in (0_u32..).zip(self.mappings.split(';')) {
            if number > last {
                return;
            }
            let mut column = 0_u32;
            for segment in line.split(',').filter(|segment| !segment.is_empty()) {
                let mut numbers = Numbers(segment.bytes());
                column = column.wrapping_add_signed(numbers.next().unwrap_or_default());
                let mut is_known = false;
                for (part, number) in original.iter_mut().zip(numbers) {
                    *part = part.wrapping_add_signed(number);
                    is_known = true;
                }
                for place in places.iter_mut() {
                    if place.line == number && place.column >= column {
                        place.original = is_known.then_some(original);
                    }
                }
            }
        }
    }
}

/// The places of a file that a text tells, as `file:line:column`.
fn places(script: &Script, text: &str) -> Vec<Place> {
    let path = script.path();
    let found = memchr::memmem::find_iter(text.as_bytes(), path.as_bytes());
    let places = found.filter_map(|start| {
        let before = text.get(..start)?.chars().next_back();
        if before.is_some_and(|it| it.is_alphanumeric() || "/._-".contains(it)) {
            return None;
        }
        let rest = text.get(start.saturating_add(path.len())..)?.strip_prefix(':')?;
        let (line, rest) = number(rest)?;
        let (column, rest) = number(rest.strip_prefix(':')?)?;
        let at = start..text.len().saturating_sub(rest.len());
        let line = line.checked_sub(1)?;
        let column = utf16(script.source(), line, column.saturating_sub(1));
        Some(Place { at, line, column, original: None })
    });
    places.take(MOST).collect()
}

/// A number that a text begins with, and the rest.
fn number(text: &str) -> Option<(u32, &str)> {
    let end = text.find(|it: char| !it.is_ascii_digit()).unwrap_or(text.len());
    let (digits, rest) = text.split_at_checked(end)?;
    Some((digits.parse().ok()?, rest))
}

/// A column of bytes as one of UTF-16.
fn utf16(source: &[u8], line: u32, column: u32) -> u32 {
    let Some(before) = line.checked_sub(1) else { return in_line(source, column) };
    let Ok(before) = usize::try_from(before) else { return column };
    let end = memchr::memchr_iter(b'\n', source).nth(before);
    let rest = end.and_then(|end| source.get(end.saturating_add(1)..));
    rest.map_or(column, |rest| in_line(rest, column))
}

fn in_line(line: &[u8], column: u32) -> u32 {
    let before = usize::try_from(column).ok().and_then(|column| line.get(..column));
    let Some(before) = before.filter(|before| !before.is_ascii()) else { return column };
    let units = String::from_utf8_lossy(before).encode_utf16().count();
    u32::try_from(units).unwrap_or(column)
}

/// The numbers of a segment (VLQ in Base64).
struct Numbers<'a>(std::str::Bytes<'a>);

impl Iterator for Numbers<'_> {
    type Item = i32;

    fn next(&mut self) -> Option<i32> {
        let (mut value, mut shift) = (0_u64, 0_u32);
        loop {
            let digit = digit(self.0.next()?)?;
            value |= u64::from(digit & 31).checked_shl(shift)?;
            shift = shift.saturating_add(5);
            if digit < 32 {
                let size = i32::try_from(value >> 1).ok()?;
                return Some(if value & 1 == 1 { size.wrapping_neg() } else { size });
            }
            if shift > 35 {
                return None;
            }
        }
    }
}

fn digit(byte: u8) -> Option<u8> {
    Some(match byte {
        b'A'..=b'Z' => byte.wrapping_sub(b'A'),
        b'a'..=b'z' => byte.wrapping_sub(b'a').wrapping_add(26),
        b'0'..=b'9' => byte.wrapping_sub(b'0').wrapping_add(52),
        b'+' => 62,
        b'/' => 63,
        _ => return None,
    })
}

/// A source's path, seen from the bundle's root where it is relative to its map.
fn source_path(file: &str, root: &str, source: &str) -> String {
    if let Some(name) = source.strip_prefix("webpack://") {
        // Behind the name of the project.
        return joined("", name.split_once('/').map_or(name, |(_, path)| path));
    }
    let source = if root.is_empty() { source.to_owned() } else { format!("{root}/{source}") };
    if source.starts_with('/') || source.contains("://") { source } else { beside(file, &source) }
}

/// A path that is written in a file, seen from the bundle's root.
fn beside(file: &str, path: &str) -> String {
    joined(file.rsplit_once('/').map_or("", |(folder, _)| folder), path)
}

fn joined(folder: &str, path: &str) -> String {
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    parts.join("/")
}
