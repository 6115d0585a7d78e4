//! The source map (<https://tc39.es/ecma426/>), and the text that it is of.

use crate::graph::Index;

/// The digits of Base64.
const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// A text that notes where its parts come from.
#[derive(Default)]
pub(crate) struct Writer {
    pub(crate) code: String,
    pub(crate) mappings: String,
    /// The files, in the order in which the map names them.
    pub(crate) sources: Vec<Index>,
    column: u32,
    /// What the numbers of a segment are told as differences from.
    last: Segment,
    is_new_line: bool,
}

/// A place of the bundle with the place that it comes from.
#[derive(Clone, Copy, Default)]
struct Segment {
    column: u32,
    source: u32,
    place: Place,
}

/// A line and a column in UTF-16, counted from 0.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Place {
    line: u32,
    column: u32,
}

/// Where the lines of a file begin.
pub(crate) struct Lines(Vec<usize>);

impl Lines {
    pub(crate) fn of(text: &str) -> Self {
        let ends = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
        Self(std::iter::once(0).chain(ends.map(|(at, _)| at + 1)).collect())
    }

    pub(crate) fn place(&self, text: &str, at: usize) -> Place {
        let line = self.0.partition_point(|start| *start <= at).saturating_sub(1);
        let start = self.0.get(line).copied().unwrap_or_default();
        let before = text.get(start..at).unwrap_or_default();
        Place { line: number(line), column: number(width(before)) }
    }
}

impl Writer {
    pub(crate) fn new() -> Self {
        Self { is_new_line: true, ..Self::default() }
    }

    /// The number of a file in the map.
    pub(crate) fn source(&mut self, module: Index) -> u32 {
        let known = self.sources.iter().position(|it| *it == module);
        number(known.unwrap_or_else(|| {
            self.sources.push(module);
            self.sources.len() - 1
        }))
    }

    /// Adds what comes from nowhere.
    pub(crate) fn add(&mut self, text: &str) {
        for line in text.split_inclusive('\n') {
            self.code.push_str(line);
            if line.ends_with('\n') {
                self.new_line();
            } else {
                self.column += number(width(line));
            }
        }
    }

    /// Adds what stands for something at a place of a file.
    pub(crate) fn add_for(&mut self, text: &str, source: u32, place: Place) {
        self.segment(source, place);
        self.add(text);
    }

    /// Adds a part of a file, which begins at a place there.
    pub(crate) fn keep(&mut self, text: &str, source: u32, mut place: Place) {
        let mut is_word = false;
        let mut is_first = true;
        for letter in text.chars() {
            if letter == '\n' {
                self.code.push('\n');
                self.new_line();
                place = Place { line: place.line + 1, column: 0 };
                (is_word, is_first) = (false, true);
                continue;
            }
            let was_word = std::mem::replace(&mut is_word, is_part_of_word(letter));
            // The engine tells places by names, calls and operators.
            let begins = is_word != was_word || matches!(letter, '(' | '.' | '[' | '`');
            if (begins || is_first) && !letter.is_whitespace() {
                self.segment(source, place);
            }
            is_first &= letter.is_whitespace();
            self.code.push(letter);
            let width = number(letter.len_utf16());
            self.column += width;
            place.column += width;
        }
    }

    /// Adds what was written apart, which knows its own sources, and begins on a line of its own.
    pub(crate) fn append(&mut self, other: &Self) {
        self.code += &other.code;
        // Nothing before it has a place: all numbers begin at nothing there as well.
        self.mappings += &other.mappings;
        self.sources.clone_from(&other.sources);
        self.column = other.column;
        self.last = other.last;
        self.is_new_line = other.is_new_line;
    }

    fn new_line(&mut self) {
        self.mappings.push(';');
        self.column = 0;
        self.last.column = 0;
        self.is_new_line = true;
    }

    fn segment(&mut self, source: u32, place: Place) {
        if !std::mem::take(&mut self.is_new_line) {
            self.mappings.push(',');
        }
        let segment = Segment { column: self.column, source, place };
        let last = std::mem::replace(&mut self.last, segment);
        for (now, before) in [
            (segment.column, last.column),
            (segment.source, last.source),
            (place.line, last.place.line),
            (place.column, last.place.column),
        ] {
            vlq(i64::from(now) - i64::from(before), &mut self.mappings);
        }
    }
}

fn is_part_of_word(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || matches!(letter, '_' | '$') || !letter.is_ascii()
}

fn vlq(value: i64, out: &mut String) {
    let mut rest = (value.unsigned_abs() << 1) | u64::from(value < 0);
    loop {
        let digit = rest & 31;
        rest >>= 5;
        let digit = if rest > 0 { digit | 32 } else { digit };
        out.push(
            usize::try_from(digit)
                .ok()
                .and_then(|it| DIGITS.get(it))
                .map_or('A', |it| char::from(*it)),
        );
        if rest == 0 {
            return;
        }
    }
}

/// What a map says of a place, which is counted from 0: the number of its source, line and column.
pub(crate) fn original(mappings: &str, line: usize, column: usize) -> Option<[usize; 3]> {
    let mut numbers = [0_i64; 3];
    for (number, mapped) in mappings.split(';').enumerate().take(line + 1) {
        let mut at = 0;
        let mut found = None;
        for segment in mapped.split(',').filter(|segment| !segment.is_empty()) {
            let mut read = unvlq(segment);
            at += read.next().unwrap_or_default();
            for (number, change) in numbers.iter_mut().zip(read) {
                *number += change;
            }
            if usize::try_from(at).is_ok_and(|at| at <= column) {
                found = Some(numbers);
            }
        }
        if number == line {
            let [source, line, column] = found?;
            return Some([source.try_into().ok()?, line.try_into().ok()?, column.try_into().ok()?]);
        }
    }
    None
}

fn unvlq(segment: &str) -> impl Iterator<Item = i64> {
    let (mut value, mut shift) = (0_i64, 0_u32);
    segment.bytes().filter_map(move |letter| {
        let digit =
            DIGITS.iter().position(|it| *it == letter).and_then(|it| i64::try_from(it).ok())?;
        value |= (digit & 31) << shift.min(58);
        shift += 5;
        if digit >= 32 {
            return None;
        }
        let whole = std::mem::take(&mut value);
        shift = 0;
        Some(if whole & 1 == 1 { -(whole >> 1) } else { whole >> 1 })
    })
}

/// How many units of UTF-16 a text has.
fn width(text: &str) -> usize {
    if text.is_ascii() { text.len() } else { text.encode_utf16().count() }
}

fn number(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

/// The map of a file as JSON.
pub(crate) fn json(file: &str, sources: &[String], mappings: &str) -> String {
    let map = serde_json::json!({ "version": 3, "file": file, "sources": sources, "names": [] });
    let text = map.to_string();
    let open = text.strip_suffix('}').unwrap_or(&text);
    // The mappings are plain letters, and long.
    format!("{open},\"mappings\":\"{mappings}\"}}")
}
