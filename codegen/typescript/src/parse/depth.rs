//! How deeply a text can nest, measured before a recursive parser sees it.

use miette::SourceSpan;

use super::ParseError;
use crate::cut::Cut as _;

/// Levels that any stack has room for.
pub(super) const SHALLOW: usize = 48;
/// Levels that are still parsed. No file that a person writes comes near.
pub(super) const LIMIT: usize = 1_000;

/// An upper bound of the nesting of `text`: open brackets, and in each bracket the longest run of
/// tokens that nest without one (`keyof`, `=>`, `?`, `[]`, `.`, operators).
pub(super) fn measure(text: &str) -> Result<usize, ParseError> {
    let mut meter = Meter { runs: vec![0], depth: 0, deepest: 0, waiting: false };
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        let next = meter.step(bytes, at);
        if meter.deepest > LIMIT {
            return Err(ParseError {
                message: format!("nested too deeply: more than {LIMIT} levels"),
                span: SourceSpan::from((at, 1)),
            });
        }
        at = next;
    }
    Ok(meter.deepest)
}

struct Meter {
    /// For each open bracket, the nesting tokens since the last separator in it.
    runs: Vec<usize>,
    /// The sum of `runs`, and the brackets.
    depth: usize,
    deepest: usize,
    /// Whether the last token still needs an operand, so that the next line goes on with it.
    waiting: bool,
}

impl Meter {
    /// Reads one token and returns where the next one starts.
    fn step(&mut self, bytes: &[u8], at: usize) -> usize {
        let next = bytes.get(at + 1).copied().unwrap_or(0);
        match bytes.get(at).copied().unwrap_or_default() {
            b'/' if next == b'/' => return find(bytes, at, b"\n"),
            b'/' if next == b'*' => return find(bytes, at + 2, b"*/"),
            quote @ (b'"' | b'\'') => {
                self.waiting = false;
                return string(bytes, at + 1, quote);
            }
            b'(' | b'[' | b'{' => self.open(),
            byte @ (b')' | b']' | b'}') => self.close(byte),
            b';' | b',' => self.separate(),
            b'\n' if !self.waiting && starts_a_member(bytes.cut(at + 1..)) => self.separate(),
            b'=' | b'?' | b'.' | b'+' | b'-' | b'!' | b'~' | b'<' | b'*' | b'%' | b'^' | b'`'
            | b'/' => {
                self.nest();
            }
            byte if byte.is_ascii_alphabetic() || byte == b'_' || byte == b'$' || byte >= 0x80 => {
                let end = word(bytes, at);
                self.waiting = NESTING_WORDS.contains(&bytes.cut(at..end));
                if self.waiting {
                    self.nest();
                }
                return end;
            }
            b'>' if bytes.cut(..at).last() == Some(&b'=') => {}
            b'|' | b'&' | b':' => self.waiting = true,
            byte if byte.is_ascii_whitespace() => {}
            _ => self.waiting = false,
        }
        at + 1
    }

    fn open(&mut self) {
        self.runs.push(0);
        self.waiting = false;
        self.deeper();
    }

    fn close(&mut self, bracket: u8) {
        if self.runs.len() > 1 {
            let run = self.runs.pop().unwrap_or(0);
            self.depth -= run + 1;
        }
        // `T[][][]` nests to the left: a closed bracket is a level of what follows it. An object
        // type in the middle of a statement is no end of it, but `}[]` counts by its `[]`.
        if bracket == b'}' {
            self.separate();
        } else {
            self.nest();
        }
        self.waiting = false;
    }

    fn nest(&mut self) {
        if let Some(run) = self.runs.last_mut() {
            *run += 1;
        }
        self.waiting = true;
        self.deeper();
    }

    fn deeper(&mut self) {
        self.depth += 1;
        self.deepest = self.deepest.max(self.depth);
    }

    fn separate(&mut self) {
        if let Some(run) = self.runs.last_mut() {
            self.depth -= *run;
            *run = 0;
        }
        self.waiting = false;
    }
}

const NESTING_WORDS: [&[u8]; 14] = [
    b"keyof",
    b"readonly",
    b"unique",
    b"infer",
    b"typeof",
    b"new",
    b"asserts",
    b"is",
    b"extends",
    b"await",
    b"void",
    b"delete",
    b"yield",
    b"namespace",
];

/// Whether a line starts what cannot go on the line before: a declaration or a doc comment. Then
/// files written without semicolons do not count as one long statement.
fn starts_a_member(line: &[u8]) -> bool {
    let line = line.trim_ascii_start();
    let word = line.cut(..word(line, 0));
    let after = line.cut(word.len()..).trim_ascii_start();
    let after = after.strip_prefix(b"?").unwrap_or(after);
    line.starts_with(b"/**")
        || matches!(word, b"export" | b"declare" | b"interface" | b"enum" | b"import" | b"const")
        || (!word.is_empty() && after.starts_with(b":") && !NESTING_WORDS.contains(&word))
}

fn word(bytes: &[u8], at: usize) -> usize {
    let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$' | 0x80..);
    bytes.cut(at..).iter().position(|byte| !is_part(byte)).map_or(bytes.len(), |length| at + length)
}

fn find(bytes: &[u8], from: usize, what: &[u8]) -> usize {
    let rest = bytes.get(from..).unwrap_or_default();
    rest.windows(what.len())
        .position(|window| window == what)
        .map_or(bytes.len(), |length| from + length + what.len())
}

/// The end of a string: its quote, or the end of the line for one that is not closed.
fn string(bytes: &[u8], mut at: usize, quote: u8) -> usize {
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'\\' => at += 2,
            b'\n' => return at,
            byte if byte == quote => return at + 1,
            _ => at += 1,
        }
    }
    bytes.len()
}
