//! Has a script say whose code runs (see `hostile.js`): each of its functions when it begins and when
//! it ends, and where it waits for something.

use swc_common::{BytePos, Span, Spanned, input::StringInput};
use swc_ecma_ast::{
    ArrowExpr, ArrowFunctionBody, AwaitExpr, BlockStmt, CatchClause, Constructor, ForOfStmt,
    Function, FunctionBody, ReturnStmt, Stmt, TryStmt, YieldExpr,
};
use swc_ecma_parser::{EsSyntax, Parser, Syntax};
use swc_ecma_visit::{Visit, VisitWith};

/// The classic script `source`, instrumented.
pub(crate) fn instrument(source: &str) -> String {
    // Places begin at 1: the parser keeps 0 for none.
    let end = BytePos(u32::try_from(source.len() + 1).expect("it is short"));
    let input = StringInput::new(source, BytePos(1), end);
    let script = Parser::new(Syntax::Es(EsSyntax::default()), input, None)
        .parse_script()
        .unwrap_or_else(|error| panic!("the script is not valid: {error:?}"));
    let mut instrument = Instrument { insertions: Vec::new(), generators: Vec::new() };
    script.visit_with(&mut instrument);
    let mut insertions = instrument.insertions;
    insertions.sort_by_key(|(place, _)| *place);
    let (mut written, mut at) = (String::with_capacity(source.len() * 2), 0);
    for (place, text) in insertions {
        written.push_str(&source[at..place]);
        written.push_str(&text);
        at = place;
    }
    written.push_str(&source[at..]);
    written.push_str("\n__h.exit(1);\n");
    written
}

const BEGIN: &str = " let $p = __h.enter(); try {";
const END: &str = "} finally { __h.exit($p); } ";

struct Instrument {
    /// Texts and the places they are put at, in the order of those at one place.
    insertions: Vec<(usize, String)>,
    /// Whether the functions around are generators, innermost last.
    generators: Vec<bool>,
}

impl Instrument {
    fn insert(&mut self, place: BytePos, text: impl Into<String>) {
        self.insertions.push((place.0 as usize - 1, text.into()));
    }

    /// Puts texts around a piece; what is within stands between them.
    fn around(&mut self, span: Span, before: &str, within: impl FnOnce(&mut Self), behind: &str) {
        self.insert(span.lo, before);
        within(self);
        self.insert(span.hi, behind);
    }

    fn body(&mut self, block: &FunctionBody, is_generator: bool) {
        self.generators.push(is_generator);
        self.insert(block.span.lo + BytePos(1), BEGIN);
        block.visit_children_with(self);
        self.insert(block.span.hi - BytePos(1), END);
        self.generators.pop();
    }

    /// Says at the beginning of a block that the script goes on.
    fn resumed(&mut self, block: &BlockStmt) {
        self.insert(block.span.lo + BytePos(1), " __h.back();");
        block.visit_children_with(self);
    }
}

impl Visit for Instrument {
    fn visit_function(&mut self, function: &Function) {
        function.params.visit_with(self);
        if let Some(block) = &function.body {
            self.body(block, function.is_generator);
        }
    }

    fn visit_constructor(&mut self, constructor: &Constructor) {
        if let Some(block) = &constructor.body {
            self.body(block, false);
        }
    }

    fn visit_arrow_expr(&mut self, arrow: &ArrowExpr) {
        arrow.params.visit_with(self);
        match &*arrow.body {
            ArrowFunctionBody::FunctionBody(block) => self.body(block, false),
            ArrowFunctionBody::Expr(value) => {
                self.generators.push(false);
                let before = format!("{{{BEGIN} return __h.give((");
                let behind = format!("), $p); {END}}}");
                self.around(value.span(), &before, |it| value.visit_with(it), &behind);
                self.generators.pop();
            }
        }
    }

    fn visit_return_stmt(&mut self, stmt: &ReturnStmt) {
        if let Some(value) = &stmt.arg {
            self.around(value.span(), " __h.give((", |it| value.visit_with(it), "), $p)");
        }
    }

    fn visit_await_expr(&mut self, wait: &AwaitExpr) {
        let within = |it: &mut Self| {
            let behind = "), $p, $p = 1)";
            it.around(wait.arg.span(), " __h.away((", |it| wait.arg.visit_with(it), behind);
        };
        self.around(wait.span, "__h.back(", within, ")");
    }

    fn visit_yield_expr(&mut self, yielded: &YieldExpr) {
        match &yielded.arg {
            Some(value) if !yielded.delegate && self.generators.last() == Some(&true) => {
                let within = |it: &mut Self| {
                    it.around(value.span(), " __h.away((", |it| value.visit_with(it), "), $p)");
                };
                self.around(yielded.span, "__h.back((", within, "), $p = __h.enter())");
            }
            _ => yielded.visit_children_with(self),
        }
    }

    fn visit_catch_clause(&mut self, clause: &CatchClause) {
        self.resumed(&clause.body);
    }

    fn visit_try_stmt(&mut self, stmt: &TryStmt) {
        stmt.block.visit_with(self);
        stmt.handler.visit_with(self);
        if let Some(block) = &stmt.finalizer {
            self.resumed(block);
        }
    }

    fn visit_for_of_stmt(&mut self, stmt: &ForOfStmt) {
        stmt.right.visit_with(self);
        match &*stmt.body {
            _ if !stmt.is_await => stmt.body.visit_with(self),
            Stmt::Block(block) => self.resumed(block),
            body => self.around(body.span(), "{ __h.back(); ", |it| body.visit_with(it), "}"),
        }
    }
}
