//! TypeScript text into [`crate::syntax`].

mod convert;
mod data;
mod depth;
mod jsdoc;
mod outline;
mod results;
mod slot;
mod strip;
mod trivia;
mod types;
mod values;

use std::path::Path;

use miette::{Diagnostic, SourceSpan};
use swc_common::{
    BytePos,
    comments::{Comments, SingleThreadedComments},
    input::StringInput,
};
use swc_ecma_parser::{Parser, Syntax, TsSyntax, lexer::Lexer};
use thiserror::Error;

pub use data::{Data, Entries, exports, first_arguments};
pub use outline::{Chunk, ChunkKind, Outline};
pub use slot::{Slot, slot};
pub(crate) use strip::range;
pub use strip::strip;

use crate::cut::Cut as _;
use crate::syntax::{Docs, Module, Reference};

/// One reason why a file is not TypeScript.
#[derive(Debug, Clone, PartialEq, Eq, Error, Diagnostic)]
#[error("{message}")]
pub struct ParseError {
    /// Lower case, without a full stop.
    pub message: String,
    /// Where it was noticed.
    #[label("here")]
    pub span: SourceSpan,
}

/// What swc's parser and the code around it need at most for [`depth::LIMIT`] levels.
const DEEP_STACK: usize = 256 << 20;

/// The syntax of `text`, or every syntax error in it.
///
/// # Errors
///
/// All syntax errors that could be told apart, in source order; never empty.
pub fn parse(file: &str, text: &str) -> Result<Module, Vec<ParseError>> {
    let (module, errors) = parse_lenient(file, text);
    if errors.is_empty() { Ok(module) } else { Err(errors) }
}

/// As much syntax of `text` as can be had, and every syntax error in it.
#[must_use]
pub fn parse_lenient(file: &str, text: &str) -> (Module, Vec<ParseError>) {
    match depth::measure(text) {
        Ok(depth) if depth <= depth::SHALLOW => parse_here(file, text),
        Ok(_) => on_a_deep_stack(|| parse_here(file, text)),
        Err(error) => (empty(file, text), vec![error]),
    }
}

/// The `/// <reference ... />` lines at the top of `text`.
#[must_use]
pub fn references(text: &str) -> Vec<Reference> {
    trivia::references(text.trim_start_matches('\u{feff}'))
}

/// The statements of `text` as its syntax tree has them, without the comments around them; `None`
/// where a syntax error leaves no tree.
#[must_use]
pub fn outline(file: &str, text: &str) -> Option<Outline> {
    let start = text.len() - text.trim_start_matches('\u{feff}').len();
    let read = || {
        let parse = std::panic::AssertUnwindSafe(|| {
            let module = parser(text, start, dialect(file), None).parse_module();
            module.ok().map(|module| outline::of(&module))
        });
        // swc asserts what damaged input does not keep.
        std::panic::catch_unwind(parse).ok().flatten()
    };
    match depth::measure(text) {
        Ok(depth) if depth <= depth::SHALLOW => read(),
        Ok(_) => on_a_deep_stack(read),
        Err(_) => None,
    }
}

/// What `read` makes of the syntax tree of a script or module.
fn with_module<T: Send>(
    text: &str,
    read: impl FnOnce(&swc_ecma_ast::Module) -> T + Send,
) -> Result<T, Vec<ParseError>> {
    let start = text.len() - text.trim_start_matches('\u{feff}').len();
    let read = || strip::parse(text.cut(start..)).map(|module| read(&module));
    match depth::measure(text) {
        Ok(depth) if depth <= depth::SHALLOW => read(),
        Ok(_) => on_a_deep_stack(read),
        Err(error) => Err(vec![error]),
    }
}

/// Where the comments of a part of a file stand, those in quotes left out.
#[must_use]
pub fn comments(text: &str) -> Vec<std::ops::Range<usize>> {
    trivia::comments(text)
}

/// A text without the spaces and the comments (`/* */`) at its end.
#[must_use]
pub fn before_gap(text: &str) -> &str {
    trivia::before_gap(text)
}

/// What a JSDoc comment says that stands alone. `text` goes from its `/**` to its `*/`.
#[must_use]
pub fn comment(text: &str) -> Docs {
    jsdoc::parse(text, 0, text.len())
}

fn empty(file: &str, text: &str) -> Module {
    Module { file: file.to_owned(), text: text.to_owned(), ..Module::default() }
}

/// Runs `work` on a thread whose stack is large enough for [`depth::LIMIT`] levels.
pub(crate) fn on_a_deep_stack<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(DEEP_STACK).spawn_scoped(scope, work);
        match thread.map(std::thread::ScopedJoinHandle::join) {
            Ok(Ok(value)) => value,
            Ok(Err(panic)) => std::panic::resume_unwind(panic),
            Err(error) => panic!("the system starts a thread: {error}"),
        }
    })
}

/// Parses statement by statement: after a syntax error, on from the next line that looks like the
/// start of a declaration, so that one mistake does not hide the others.
fn parse_here(file: &str, text: &str) -> (Module, Vec<ParseError>) {
    let mut module = empty(file, text);
    let mut errors = Vec::new();
    let mut start = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    module.references = trivia::references(text.cut(start..));
    loop {
        let (items, found) = parse_from(text, start, dialect(file));
        module.items.extend(items);
        let fatal = found.iter().find(|found| found.fatal).map(|found| found.error.span.offset());
        let body = TsSyntax { dts: false, ..dialect(file) };
        let sharp = |found: Found| sharper(text, &found, body).unwrap_or(found.error);
        errors.extend(found.into_iter().map(sharp));
        let Some(at) = fatal else { break };
        // What stands before the broken declaration is fine.
        let broken = trivia::declaration_of(text, start, at);
        if broken > start {
            module.items.extend(parse_from(text.cut(..broken), start, body).0);
        }
        match trivia::next_declaration(text, at.max(start)) {
            Some(next) => start = next,
            None => break,
        }
    }
    errors.sort_by_key(|error| error.span.offset());
    errors.dedup();
    (module, errors)
}

struct Found {
    error: ParseError,
    fatal: bool,
}

/// swc asserts what damaged input does not keep: its panic is one more syntax error.
fn parse_from(
    text: &str,
    start: usize,
    dialect: TsSyntax,
) -> (Vec<crate::syntax::Item>, Vec<Found>) {
    let parse = std::panic::AssertUnwindSafe(|| parse_unguarded(text, start, dialect));
    std::panic::catch_unwind(parse).unwrap_or_else(|_| {
        let message = "this is not TypeScript: the parser cannot go on".to_owned();
        let error = ParseError { message, span: SourceSpan::from((start.min(text.len()), 0)) };
        (Vec::new(), vec![Found { error, fatal: false }])
    })
}

fn parse_unguarded(
    text: &str,
    start: usize,
    dialect: TsSyntax,
) -> (Vec<crate::syntax::Item>, Vec<Found>) {
    let comments = SingleThreadedComments::default();
    let mut parser = parser(text, start, dialect, Some(&comments));
    let result = parser.parse_module();
    let mut found: Vec<Found> = parser
        .take_errors()
        .into_iter()
        .map(|error| Found { error: message(&error, text), fatal: false })
        .collect();
    let items = match result {
        Ok(module) => {
            let end = module.body.last().map_or(start, end_of);
            // swc takes what it swallows for the end of the file.
            found.extend(trivia::open_comment(text, end).map(|at| Found {
                error: ParseError {
                    message: "this comment has no end".to_owned(),
                    span: SourceSpan::from((at, text.len().min(at + 2) - at)),
                },
                fatal: false,
            }));
            convert::module(&module, text, trivia::Comments::new(text, &comments))
        }
        Err(error) => {
            found.push(Found { error: message(&error, text), fatal: true });
            Vec::new()
        }
    };
    (items, found)
}

fn end_of(item: &swc_ecma_ast::ModuleItem) -> usize {
    use swc_common::Spanned;
    let span = convert::span(item.span());
    span.offset() + span.len()
}

/// Whether a file holds nothing but declarations, by its name.
#[must_use]
pub fn is_declarations(file: &str) -> bool {
    [".d.ts", ".d.mts", ".d.cts"].iter().any(|end| file.ends_with(end))
}

/// What a file may hold, by its name: markup in `.tsx`, nothing but declarations in `.d.ts`.
fn dialect(file: &str) -> TsSyntax {
    TsSyntax {
        decorators: true,
        dts: is_declarations(file),
        tsx: Path::new(file).extension().is_some_and(|end| end == "tsx"),
        no_early_errors: true,
        ..TsSyntax::default()
    }
}

/// A parser of `text` from `start` on.
fn parser<'t>(
    text: &'t str,
    start: usize,
    dialect: TsSyntax,
    comments: Option<&'t SingleThreadedComments>,
) -> Parser<Lexer<'t>> {
    let (from, to) = (BytePos(position(start)), BytePos(position(text.len())));
    let input = StringInput::new(text.cut(start..), from, to);
    let comments = comments.map(|comments| comments as &dyn Comments);
    let version = swc_ecma_ast::EsVersion::latest();
    Parser::new_from(Lexer::new(Syntax::Typescript(dialect), version, input, comments))
}

/// After `export`, swc tells that it could not read a declaration, but not why: without the word,
/// it does.
fn sharper(text: &str, blunt: &Found, dialect: TsSyntax) -> Option<ParseError> {
    let at = blunt.error.span.offset();
    let before = text.get(..at).filter(|_| blunt.fatal)?.trim_end();
    let before = before.strip_suffix("type").map_or(before, str::trim_end);
    before.strip_suffix("export")?;
    let (_, found) = parse_from(text, before.len(), dialect);
    let fatal = found.into_iter().find(|found| found.fatal)?;
    Some(fatal.error).filter(|sharp| sharp.span.offset() > at)
}

/// swc counts positions from 1.
pub(crate) fn position(offset: usize) -> u32 {
    u32::try_from(offset).map_or(u32::MAX, |offset| offset.saturating_add(1))
}

pub(crate) fn message(error: &swc_ecma_parser::error::Error, text: &str) -> ParseError {
    use swc_common::Spanned;
    let text_message = error.kind().msg();
    // The list of everything that could have stood there helps nobody.
    let text_message = text_message.split(". Expected").next().unwrap_or_default();
    let mut message = text_message.trim_end_matches('.').to_owned();
    if let Some(first) = message.get(..1) {
        let second_is_lower = message.cut(1..).starts_with(|c: char| c.is_lowercase() || c == ' ');
        if second_is_lower {
            message = first.to_lowercase() + message.cut(1..);
        }
    }
    ParseError { message, span: span_within(error.span(), text) }
}

/// An error at the end of the file points at its last character.
fn span_within(span: swc_common::Span, text: &str) -> SourceSpan {
    let span = convert::span(span);
    let start = span.offset().min(text.len());
    let end = (span.offset() + span.len()).min(text.len());
    SourceSpan::from((start, end - start))
}
