//! Text into a [`Unit`].

use std::ops::Range;

use swc_common::{BytePos, comments::SingleThreadedComments, input::StringInput};
use swc_ecma_ast::{EsVersion, Program};
use swc_ecma_parser::{EsSyntax, Parser, Syntax, lexer::Lexer};

use super::{Unit, scan};
use crate::parse::{ParseError, message, on_a_deep_stack, position};

/// What a comment says that has to stay.
const LEGAL: [&str; 3] = ["@license", "@preserve", "@cc_on"];

/// What a linker has to know of a file of JavaScript, in which `process.env.NODE_ENV` is this text.
///
/// # Errors
///
/// The syntax errors.
pub fn read(text: &str, environment: &str) -> Result<Unit, Vec<ParseError>> {
    on_a_deep_stack(|| read_here(text, environment))
}

fn read_here(text: &str, environment: &str) -> Result<Unit, Vec<ParseError>> {
    let comments = SingleThreadedComments::default();
    let input = StringInput::new(text, BytePos(position(0)), BytePos(position(text.len())));
    let syntax = Syntax::Es(EsSyntax {
        allow_return_outside_function: true,
        import_attributes: true,
        explicit_resource_management: true,
        ..EsSyntax::default()
    });
    let lexer = Lexer::new(syntax, EsVersion::latest(), input, Some(&comments));
    let mut parser = Parser::new_from(lexer);
    let program = parser.parse_program();
    // What is wrong early in a strict script is fine in a sloppy one: the engine decides.
    let program = program.map_err(|error| vec![message(&error, text)])?;
    let mut unit = match &program {
        Program::Module(module) => scan::module(module, text, &comments, environment),
        Program::Script(script) => scan::script(script, text, &comments, environment),
    };
    (unit.legal, unit.comments) = told_apart(text, &comments);
    Ok(unit)
}

/// The comments that have to stay, and the others.
fn told_apart(
    text: &str,
    comments: &SingleThreadedComments,
) -> (Vec<Range<usize>>, Vec<Range<usize>>) {
    let (leading, trailing) = comments.borrow_all();
    let mut ranges: Vec<_> = leading
        .values()
        .chain(trailing.values())
        .flatten()
        .map(|it| scan::range(it.span))
        .collect();
    ranges.sort_by_key(|range| range.start);
    ranges.dedup();
    ranges.retain(|range| text.get(range.clone()).is_some());
    let is_legal = |range: &Range<usize>| {
        let comment = text.get(range.clone()).unwrap_or_default();
        comment.starts_with("/*!")
            || comment.starts_with("//!")
            || LEGAL.iter().any(|word| comment.contains(word))
    };
    ranges.into_iter().partition(is_legal)
}
