//! The statements of a file: of plain declarations, found without parsing them.
//!
//! A plugin's program is a few hundred files, of which docgen reads a few dozen declarations. Almost
//! all of them are declarations that a compiler wrote or could have: each statement ends in a `;`, or
//! with its body. Of those, one pass over the bytes finds where each begins and ends, and what the
//! file imports. Where a line end may end a statement, only a parser knows whether it does.

use std::ops::Range;

use typescript::{Chunk, ChunkKind, Cut as _, Outline};

/// The outline of the file at `path`: of declarations whose statements all end in a `;` or with
/// their body, from their tokens; of anything else, from its syntax tree.
pub(super) fn outline(path: &str, text: &str) -> Outline {
    let (scanned, is_plain) = scan(text);
    if is_plain && typescript::is_declarations(path) {
        return scanned;
    }
    match typescript::outline(path, text) {
        Some(parsed) => with_comments(parsed, text),
        None => scanned,
    }
}

/// The outline with the comments in front of each statement as a part of it.
fn with_comments(mut outline: Outline, text: &str) -> Outline {
    let mut start = first_statement(text);
    for chunk in &mut outline.chunks {
        chunk.range.start = start.min(chunk.range.start);
        start = after_line(text.as_bytes(), chunk.range.end);
    }
    outline
}

/// The outline as far as tokens tell it, and whether they tell all of it: each statement ends in a
/// `;`, or with its body.
fn scan(text: &str) -> (Outline, bool) {
    let start = first_statement(text);
    let mut scanner = Scanner {
        text,
        bytes: text.as_bytes(),
        at: start,
        token_end: start,
        is_plain: true,
        depth: 0,
        statement: Statement { start, ..Statement::default() },
        previous: Previous::None,
        outline: Outline::default(),
        types: Vec::new(),
        augmentations: Vec::new(),
        templates: Vec::new(),
    };
    scanner.run();
    let Scanner { mut outline, types, augmentations, is_plain, .. } = scanner;
    outline.imports.extend(types);
    outline.augmented = augmentations;
    (outline, is_plain)
}

/// Where the first statement may start: behind a byte order mark and the line that names a program.
fn first_statement(text: &str) -> usize {
    let start = if text.starts_with('\u{feff}') { 3 } else { 0 };
    let rest = text.cut(start..);
    let line = if rest.starts_with("#!") { rest.find(['\n', '\r']) } else { Some(0) };
    start + line.unwrap_or(rest.len())
}

#[derive(Default)]
struct Statement {
    start: usize,
    words: Vec<Range<usize>>,
    string: Option<Range<usize>>,
    tokens: usize,
    /// The `<` that are open: what is in braces between them is no body.
    angles: usize,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Previous {
    None,
    /// `from`, or `import` right before a string.
    From,
    /// `import` or `require`.
    Import,
    /// `import(` or `require(`.
    ImportCall,
    Operator,
    Other,
}

struct Scanner<'a> {
    text: &'a str,
    bytes: &'a [u8],
    at: usize,
    /// Where the last token ended.
    token_end: usize,
    /// Whether no statement ended without a `;` or a body so far.
    is_plain: bool,
    depth: usize,
    statement: Statement,
    previous: Previous,
    outline: Outline,
    types: Vec<String>,
    augmentations: Vec<String>,
    /// The depths at which a `${` stands in a template that is still open.
    templates: Vec<usize>,
}

/// Bytes that matter inside of brackets.
#[expect(clippy::indexing_slicing, reason = "done by the compiler, and every byte has a place")]
const MARKS: [bool; 256] = {
    let mut marks = [false; 256];
    let bytes = b"{}()[]'\"`/";
    let mut at = 0;
    while at < bytes.len() {
        marks[bytes[at] as usize] = true;
        at += 1;
    }
    marks
};

impl Scanner<'_> {
    fn run(&mut self) {
        let mut fresh_line = true;
        while let Some(&byte) = self.bytes.get(self.at) {
            let from = self.at;
            match byte {
                b'\n' | b'\r' => {
                    fresh_line = true;
                    self.at += 1;
                    continue;
                }
                _ if byte.is_ascii_whitespace() => {
                    self.at += 1;
                    continue;
                }
                b'/' if self.comment() => {
                    let comment = self.bytes.cut(from..self.at);
                    fresh_line |= memchr::memchr2(b'\n', b'\r', comment).is_some();
                    continue;
                }
                _ if self.depth > 0 => {
                    self.inside();
                    self.token_end = self.at;
                    fresh_line = false;
                    continue;
                }
                _ => {}
            }
            if fresh_line && self.statement.tokens > 0 && !self.goes_on(byte) {
                self.is_plain = false;
                if self.starts_statement() {
                    self.finish(self.token_end);
                }
            }
            fresh_line = false;
            self.token(byte);
            self.token_end = self.at;
        }
        if self.statement.tokens > 0 {
            self.finish(self.token_end);
        }
    }

    /// Whether a line that starts with `byte` goes on with the statement before it.
    fn goes_on(&self, byte: u8) -> bool {
        let is_body = byte == b'{' && self.is_block();
        self.previous == Previous::Operator || is_body || b"|&=?:,.;>)]}".contains(&byte)
    }

    fn comment(&mut self) -> bool {
        match self.bytes.get(self.at + 1) {
            Some(b'/') => self.at = line_end(self.bytes, self.at),
            Some(b'*') => self.at = comment_end(self.bytes, self.at + 2),
            _ => return false,
        }
        true
    }

    /// Goes on to the end of the open brackets: of what stands in them, only strings matter.
    fn inside(&mut self) {
        while self.depth > 0 {
            let rest = self.bytes.cut(self.at..);
            #[expect(clippy::indexing_slicing, reason = "every byte has a place")]
            let marked = |(_, byte): &(usize, &u8)| MARKS[usize::from(**byte)];
            let Some((skip, &byte)) = rest.iter().enumerate().find(marked) else {
                self.at = self.bytes.len();
                return;
            };
            self.at += skip;
            match byte {
                b'/' if self.comment() => {}
                b'/' => self.slash(),
                quote @ (b'"' | b'\'') => {
                    self.previous = self.before_string();
                    self.string(quote);
                }
                b'`' => self.template(self.at + 1),
                b'{' | b'(' | b'[' => {
                    self.depth += 1;
                    self.at += 1;
                }
                _ => self.close(byte),
            }
        }
    }

    fn close(&mut self, byte: u8) {
        self.depth = self.depth.saturating_sub(1);
        self.at += 1;
        self.previous = Previous::Other;
        if byte == b'}' && self.templates.last() == Some(&self.depth) {
            self.templates.pop();
            self.template(self.at);
        } else if self.depth == 0 && byte == b'}' && self.statement.angles == 0 && self.is_block() {
            self.finish(self.at);
        }
    }

    /// What stands in front of the string at the current place.
    fn before_string(&self) -> Previous {
        let before = self.bytes.cut(..self.at).trim_ascii_end();
        let called = before.strip_suffix(b"(").map(<[u8]>::trim_ascii_end);
        let ends_with = |bytes: &[u8], word: &[u8]| {
            let rest = bytes.strip_suffix(word);
            rest.is_some_and(|rest| !rest.last().is_some_and(|byte| is_word_part(*byte)))
        };
        match called {
            Some(called) if ends_with(called, b"import") || ends_with(called, b"require") => {
                Previous::ImportCall
            }
            None if ends_with(before, b"from") => Previous::From,
            None if ends_with(before, b"import") => Previous::Import,
            _ => Previous::Other,
        }
    }

    /// A `/` that starts no comment: behind an operator, a regular expression.
    fn slash(&mut self) {
        let before = self.bytes.cut(..self.at).trim_ascii_end();
        let starts = before.last().is_some_and(|byte| b"=(,:[!&|?{};+".contains(byte))
            || before.ends_with(b"return");
        let line = line_end(self.bytes, self.at);
        let end = if starts { regular_expression(self.bytes.cut(self.at + 1..line)) } else { None };
        self.at += 1 + end.unwrap_or(0);
    }

    fn starts_statement(&self) -> bool {
        const WORDS: [&str; 13] = [
            "export",
            "declare",
            "interface",
            "type",
            "enum",
            "import",
            "namespace",
            "abstract",
            "class",
            "function",
            "const",
            "module",
            "let",
        ];
        let end = self.word_end();
        self.previous != Previous::Operator && WORDS.contains(&self.text.cut(self.at..end))
    }

    fn word_end(&self) -> usize {
        self.bytes
            .cut(self.at..)
            .iter()
            .position(|byte| !is_word_part(*byte))
            .map_or(self.bytes.len(), |n| self.at + n)
    }

    fn token(&mut self, byte: u8) {
        self.statement.tokens += 1;
        match byte {
            b'"' | b'\'' => self.string(byte),
            b'`' => self.template(self.at + 1),
            b'/' => self.slash(),
            b'{' | b'(' | b'[' => {
                self.depth += 1;
                self.at += 1;
                self.previous = match (byte, self.previous) {
                    (b'(', Previous::Import) => Previous::ImportCall,
                    _ => Previous::Operator,
                };
            }
            b'}' | b')' | b']' => self.close(byte),
            b';' => {
                self.at += 1;
                self.previous = Previous::Other;
                if self.depth == 0 {
                    self.finish(self.at);
                }
            }
            b'<' | b'>' => {
                let is_arrow = self.bytes.cut(..self.at).ends_with(b"=");
                let angles = &mut self.statement.angles;
                match byte {
                    b'<' => *angles += 1,
                    _ if is_arrow => {}
                    _ => *angles = angles.saturating_sub(1),
                }
                self.at += 1;
                self.previous = if is_arrow { Previous::Operator } else { Previous::Other };
            }
            b'|' | b'&' | b'=' | b'?' | b':' | b',' | b'.' => {
                self.at += 1;
                self.previous = Previous::Operator;
            }
            byte if byte.is_ascii_alphabetic() || matches!(byte, b'_' | b'$' | 0x80..) => {
                self.word();
            }
            _ => {
                self.at += 1;
                self.previous = Previous::Other;
            }
        }
    }

    fn word(&mut self) {
        let end = self.word_end();
        let range = self.at..end;
        let word = self.text.cut(range.clone());
        self.previous = match word {
            "from" => Previous::From,
            "import" | "require" => Previous::Import,
            "extends" | "keyof" | "typeof" | "infer" | "readonly" | "is" => Previous::Operator,
            _ => Previous::Other,
        };
        if self.depth == 0 && self.statement.words.len() < 6 {
            self.statement.words.push(range);
        }
        self.at = end;
    }

    fn string(&mut self, quote: u8) {
        let start = self.at + 1;
        let mut end = start;
        while let Some(&byte) = self.bytes.get(end) {
            match byte {
                b'\\' => end += 1,
                b'\n' => break,
                byte if byte == quote => break,
                _ => {}
            }
            end += 1;
        }
        let end = end.min(self.bytes.len());
        let value = self.text.get(start..end).unwrap_or_default();
        match self.previous {
            Previous::From | Previous::Import => self.outline.imports.push(value.to_owned()),
            Previous::ImportCall => self.types.push(value.to_owned()),
            _ => {}
        }
        if self.depth == 0 && self.statement.string.is_none() {
            self.statement.string = Some(start..end);
        }
        self.at = (end + 1).min(self.bytes.len());
        self.previous = Previous::Other;
    }

    /// The text of a template, up to its end or to the next `${`.
    fn template(&mut self, from: usize) {
        let mut at = from;
        self.previous = Previous::Other;
        while let Some(&byte) = self.bytes.get(at) {
            match byte {
                b'\\' => at += 1,
                b'`' => break,
                b'$' if self.bytes.get(at + 1) == Some(&b'{') => {
                    self.templates.push(self.depth);
                    self.depth += 1;
                    at += 1;
                    break;
                }
                _ => {}
            }
            at += 1;
        }
        self.at = (at + 1).min(self.bytes.len());
    }

    /// Whether the current statement ends with its closing brace.
    fn is_block(&self) -> bool {
        let kind = self.kind().0;
        matches!(
            kind,
            ChunkKind::Interface
                | ChunkKind::Enum
                | ChunkKind::Class
                | ChunkKind::Namespace
                | ChunkKind::Module
        )
    }

    fn kind(&self) -> (ChunkKind, &str) {
        let mut words = self.statement.words.iter().map(|range| self.text.cut(range.clone()));
        let mut kind = ChunkKind::Other;
        let mut exported = false;
        for word in words.by_ref() {
            kind = match word {
                "export" => {
                    exported = true;
                    continue;
                }
                "declare" | "default" | "abstract" => continue,
                "const" => {
                    kind = ChunkKind::Value;
                    continue;
                }
                "let" | "var" | "function" => ChunkKind::Value,
                "interface" => ChunkKind::Interface,
                "type" => ChunkKind::Alias,
                "enum" => ChunkKind::Enum,
                "class" => ChunkKind::Class,
                "namespace" => ChunkKind::Namespace,
                "module" | "global" => ChunkKind::Module,
                "import" => ChunkKind::Import,
                name if kind == ChunkKind::Value => return (kind, name),
                _ if exported => ChunkKind::Export,
                _ => ChunkKind::Other,
            };
            break;
        }
        let name = words.next().unwrap_or_default();
        match kind {
            // `module A { ... }` is a namespace, `module 'a' { ... }` is a module.
            ChunkKind::Module if self.statement.string.is_none() && !name.is_empty() => {
                (ChunkKind::Namespace, name)
            }
            ChunkKind::Other if exported => (ChunkKind::Export, ""),
            // `export type { A } from 'a'`.
            ChunkKind::Alias if name.is_empty() || name == "from" => (ChunkKind::Export, ""),
            ChunkKind::Import | ChunkKind::Export | ChunkKind::Other => (kind, ""),
            _ => (kind, name),
        }
    }

    fn finish(&mut self, end: usize) {
        let (kind, name) = self.kind();
        let mut name = name.to_owned();
        let first = self.statement.words.first().map(|range| self.text.cut(range.clone()));
        self.outline.is_module |= matches!(first, Some("import" | "export"));
        if kind == ChunkKind::Module
            && let Some(string) = &self.statement.string
        {
            let module = self.text.cut(string.clone());
            self.augmentations.push(module.to_owned());
            name = format!("'{module}'");
        }
        let range = self.statement.start..end;
        self.outline.chunks.push(Chunk { kind, name, range });
        self.statement = Statement { start: after_line(self.bytes, end), ..Statement::default() };
        self.at = self.at.max(self.statement.start);
    }
}

/// A comment on the line of the statement before it, which ends at `end`, belongs to that statement:
/// where the next one starts.
fn after_line(bytes: &[u8], end: usize) -> usize {
    let mut at = end;
    loop {
        match bytes.get(at) {
            Some(b' ' | b'\t' | 0x0b | 0x0c) => at += 1,
            Some(b'/') if bytes.get(at + 1) == Some(&b'/') => return line_end(bytes, at),
            Some(b'/') if bytes.get(at + 1) == Some(&b'*') => at = comment_end(bytes, at + 2),
            _ => return at,
        }
    }
}

fn line_end(bytes: &[u8], from: usize) -> usize {
    memchr::memchr2(b'\n', b'\r', bytes.cut(from..)).map_or(bytes.len(), |at| from + at)
}

/// Where the comment ends whose text starts at `from`.
fn comment_end(bytes: &[u8], from: usize) -> usize {
    let rest = bytes.get(from..).unwrap_or_default();
    let mut slashes = memchr::memchr_iter(b'/', rest);
    let end = slashes.find(|&at| rest.cut(..at).last() == Some(&b'*'));
    end.map_or(bytes.len(), |at| from + at + 1)
}

fn is_word_part(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$' | 0x80..)
}

/// How long the regular expression is whose first `/` stands before `rest`, the rest of its line.
fn regular_expression(rest: &[u8]) -> Option<usize> {
    let mut in_class = false;
    let mut escaped = false;
    for (at, &byte) in rest.iter().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'[' => in_class = true,
            b']' => in_class = false,
            b'/' if !in_class => return Some(at + 1),
            _ => {}
        }
    }
    None
}
