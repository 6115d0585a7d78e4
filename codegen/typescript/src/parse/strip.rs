//! TypeScript into the JavaScript that it is: types become spaces, so that every line and column
//! stays what it was.

use std::ops::Range;

use swc_common::{BytePos, Span, Spanned, input::StringInput};
use swc_ecma_ast::{
    ArrowExpr, Class, ClassMember, Decl, Decorator, DefaultDecl, EsVersion, ExportSpecifier, Expr,
    Function, Ident, ImportSpecifier, Module, ModuleDecl, ModuleItem, ParamOrTsParamProp, Pat,
    Stmt, TsAsExpr, TsConstAssertion, TsNonNullExpr, TsSatisfiesExpr, TsTypeAnn, TsTypeAssertion,
    TsTypeParamDecl, TsTypeParamInstantiation, VarDeclarator,
};
use swc_ecma_parser::{Parser, Syntax, TsSyntax, lexer::Lexer};
use swc_ecma_visit::{Visit, VisitWith};

use super::{ParseError, convert, depth, message, on_a_deep_stack, position};
use crate::cut::Cut as _;

/// Words before a member's name that JavaScript does not have.
const MODIFIERS: [&str; 7] =
    ["public", "private", "protected", "readonly", "abstract", "override", "declare"];

/// The JavaScript of a TypeScript file.
///
/// # Errors
///
/// The syntax errors, and what is more than types: enums, namespaces, parameter properties.
pub fn strip(text: &str) -> Result<String, Vec<ParseError>> {
    match depth::measure(text) {
        Ok(depth) if depth <= depth::SHALLOW => strip_here(text),
        Ok(_) => on_a_deep_stack(|| strip_here(text)),
        Err(error) => Err(vec![error]),
    }
}

fn strip_here(text: &str) -> Result<String, Vec<ParseError>> {
    let module = parse(text)?;
    let mut strip = Strip { text, erased: Vec::new(), errors: Vec::new() };
    module.visit_with(&mut strip);
    if strip.errors.is_empty() { Ok(strip.finish()) } else { Err(strip.errors) }
}

pub(super) fn parse(text: &str) -> Result<Module, Vec<ParseError>> {
    let input = StringInput::new(text, BytePos(position(0)), BytePos(position(text.len())));
    let syntax = Syntax::Typescript(TsSyntax { decorators: true, ..TsSyntax::default() });
    let mut parser = Parser::new_from(Lexer::new(syntax, EsVersion::latest(), input, None));
    let module = parser.parse_module();
    let mut errors: Vec<_> = parser.take_errors().iter().map(|e| message(e, text)).collect();
    match module {
        Ok(module) if errors.is_empty() => Ok(module),
        Ok(_) => Err(errors),
        Err(error) => {
            errors.push(message(&error, text));
            Err(errors)
        }
    }
}

/// A piece of the text that turns into spaces, and what is written into it.
struct Erased {
    range: Range<usize>,
    /// Behind which spaces: a `;` begins it, a `;` or a `)` ends it.
    first: Option<char>,
    last: Option<char>,
}

struct Strip<'a> {
    text: &'a str,
    erased: Vec<Erased>,
    errors: Vec<ParseError>,
}

impl Strip<'_> {
    fn finish(mut self) -> String {
        self.erased.sort_by_key(|erased| (erased.range.start, usize::MAX - erased.range.end));
        let mut out = String::with_capacity(self.text.len());
        let mut at = 0;
        for erased in &self.erased {
            if erased.range.start >= at {
                out.push_str(self.text.cut(at..erased.range.start));
                erased.write(self.text.cut(erased.range.clone()), &mut out);
                at = erased.range.end;
            }
        }
        out + self.text.cut(at..)
    }

    fn erase(&mut self, range: Range<usize>) {
        self.erased.push(Erased { range, first: None, last: None });
    }

    /// A statement leaves a semicolon: what stood before it may have relied on its line.
    fn erase_statement(&mut self, span: Span) {
        self.erased.push(Erased { range: range(span), first: Some(';'), last: None });
    }

    /// What follows on the next line must not become a part of the expression before.
    fn erase_tail(&mut self, range: Range<usize>) {
        let rest = self.text.cut(range.end..);
        let next = rest.trim_start();
        let new_line = rest.cut(..rest.len() - next.len()).contains('\n');
        let continues = new_line && next.starts_with(['(', '[', '`', '+', '-', '/', '*']);
        self.erased.push(Erased { range, first: None, last: continues.then_some(';') });
    }

    /// Erases an element of a list, and the comma behind it.
    fn erase_element(&mut self, span: Span) {
        let Range { start, end } = range(span);
        let rest = self.text.cut(end..).trim_start();
        let end = if rest.starts_with(',') { self.text.len() - rest.len() + 1 } else { end };
        self.erase(start..end);
    }

    /// Erases the `?` or `!` that stands at `at`, behind a name.
    fn erase_mark(&mut self, at: usize) {
        let rest = self.text.cut(at..).trim_start();
        if rest.starts_with(['?', '!']) {
            let at = self.text.len() - rest.len();
            self.erase(at..at + 1);
        }
    }

    /// Erases the words of TypeScript between the begin of a member and its name.
    fn erase_modifiers(&mut self, from: usize, to: usize) {
        let mut at = from;
        for word in self.text.cut(from..to).split_inclusive(char::is_whitespace) {
            let length = word.trim_end().len();
            if MODIFIERS.contains(&word.trim_end()) {
                self.erase(at..at + length);
            }
            at += word.len();
        }
    }

    fn refuse(&mut self, span: Span, what: &str, instead: &str) {
        let message = format!("{what} is more than a type and cannot be stripped: {instead}");
        self.errors.push(ParseError { message, span: convert::span(span) });
    }

    /// Whether the declaration is gone with its statement.
    fn declaration(&mut self, decl: &Decl, statement: Span) -> bool {
        let only_types = match decl {
            Decl::TsInterface(_) | Decl::TsTypeAlias(_) => true,
            Decl::Fn(decl) => decl.declare || decl.function.body.is_none(),
            Decl::Class(decl) => decl.declare,
            Decl::Var(decl) => decl.declare,
            Decl::TsEnum(decl) => {
                if !decl.declare {
                    self.refuse(decl.span, "an `enum`", "write a constant object");
                }
                true
            }
            Decl::TsModule(decl) => {
                if !decl.declare {
                    self.refuse(decl.span, "a `namespace`", "write a module of its own");
                }
                true
            }
            Decl::Using(_) => false,
        };
        if only_types {
            self.erase_statement(statement);
        }
        only_types
    }

    /// Whether the import or export is gone.
    fn module_declaration(&mut self, item: &ModuleDecl) -> bool {
        let span = item.span();
        let only_types = match item {
            ModuleDecl::Import(import) => import.type_only,
            ModuleDecl::ExportNamed(export) => export.type_only,
            ModuleDecl::ExportAll(export) => export.type_only,
            ModuleDecl::ExportDecl(export) => return self.declaration(&export.decl, span),
            ModuleDecl::ExportDefaultDecl(export) => match &export.decl {
                DefaultDecl::TsInterfaceDecl(_) => true,
                DefaultDecl::Fn(function) => function.function.body.is_none(),
                DefaultDecl::Class(_) => false,
            },
            ModuleDecl::TsNamespaceExport(_) => true,
            ModuleDecl::TsImportEquals(import) if import.is_type_only => true,
            ModuleDecl::TsImportEquals(_) => {
                self.refuse(span, "`import =`", "write `import ... from`");
                true
            }
            ModuleDecl::TsExportAssignment(_) => {
                self.refuse(span, "`export =`", "write `export default`");
                true
            }
            ModuleDecl::ExportDefaultExpr(_) => false,
        };
        if only_types {
            self.erase_statement(span);
        }
        only_types
    }

    /// Whether the member is gone.
    fn member(&mut self, member: &ClassMember) -> bool {
        let (name, only_types) = match member {
            ClassMember::Constructor(it) => (it.key.span(), it.body.is_none()),
            ClassMember::Method(it) => (it.key.span(), it.function.body.is_none()),
            ClassMember::PrivateMethod(it) => (it.key.span, it.function.body.is_none()),
            ClassMember::ClassProp(it) => (it.key.span(), it.declare || it.is_abstract),
            ClassMember::PrivateProp(it) => (it.key.span, false),
            ClassMember::AutoAccessor(it) => (it.key.span(), it.is_abstract),
            ClassMember::TsIndexSignature(it) => (it.span, true),
            ClassMember::Empty(_) | ClassMember::StaticBlock(_) => return false,
        };
        if only_types {
            self.erase_statement(member.span());
        } else {
            self.erase_modifiers(range(member.span()).start, range(name).start);
            self.erase_mark(range(name).end);
        }
        only_types
    }
}

impl Erased {
    fn write(&self, text: &str, out: &mut String) {
        let last = text.chars().count().saturating_sub(1);
        let blank = |c: char| if matches!(c, '\n' | '\r') { c } else { ' ' };
        out.extend(text.chars().enumerate().map(|(index, c)| match (self.first, self.last) {
            (Some(first), _) if index == 0 => first,
            (_, Some(end)) if index == last => end,
            _ => blank(c),
        }));
    }
}

impl Visit for Strip<'_> {
    fn visit_module_item(&mut self, item: &ModuleItem) {
        let gone = match item {
            ModuleItem::ModuleDecl(item) => self.module_declaration(item),
            ModuleItem::Stmt(_) => false,
        };
        if !gone {
            item.visit_children_with(self);
        }
    }

    fn visit_stmt(&mut self, statement: &Stmt) {
        let gone = match statement {
            Stmt::Decl(decl) => self.declaration(decl, statement.span()),
            _ => false,
        };
        if !gone {
            statement.visit_children_with(self);
        }
    }

    fn visit_import_specifier(&mut self, specifier: &ImportSpecifier) {
        if matches!(specifier, ImportSpecifier::Named(named) if named.is_type_only) {
            self.erase_element(specifier.span());
        }
    }

    fn visit_export_specifier(&mut self, specifier: &ExportSpecifier) {
        if matches!(specifier, ExportSpecifier::Named(named) if named.is_type_only) {
            self.erase_element(specifier.span());
        }
    }

    fn visit_class(&mut self, class: &Class) {
        let start = range(class.span).start;
        if class.is_abstract {
            let before = self.text.cut(..start).trim_end();
            let at = if before.ends_with("abstract") { before.len() - 8 } else { start };
            self.erase(at..at + 8);
        }
        if let (Some(first), Some(last)) = (class.implements.first(), class.implements.last()) {
            let list = range(first.span).start;
            let keyword = self.text.cut(..list).rfind("implements").unwrap_or(list);
            self.erase(keyword..range(last.span).end);
        }
        class.visit_children_with(self);
    }

    fn visit_class_member(&mut self, member: &ClassMember) {
        if !self.member(member) {
            member.visit_children_with(self);
        }
    }

    fn visit_param_or_ts_param_prop(&mut self, param: &ParamOrTsParamProp) {
        if let ParamOrTsParamProp::TsParamProp(property) = param {
            self.refuse(property.span, "a parameter property", "assign it in the constructor");
        }
        param.visit_children_with(self);
    }

    fn visit_function(&mut self, function: &Function) {
        if let Some(this) = &function.this_param {
            self.erase_element(this.span);
        }
        function.visit_children_with(self);
    }

    /// A line may not end before `=>`: the parenthesis moves to the end of a type of several lines.
    fn visit_arrow_expr(&mut self, arrow: &ArrowExpr) {
        arrow.visit_children_with(self);
        let Some(returns) = arrow.return_type.as_ref().map(|returns| range(returns.span)) else {
            return;
        };
        let close = self.text.cut(..returns.start).trim_end().len().saturating_sub(1);
        if self.text.cut(close..returns.end).contains('\n') {
            self.erased.push(Erased { range: close..returns.end, first: None, last: Some(')') });
        }
    }

    fn visit_var_declarator(&mut self, variable: &VarDeclarator) {
        if let Pat::Ident(name) = &variable.name
            && variable.definite
        {
            self.erase_mark(range(name.id.span).start + name.id.sym.len());
        }
        variable.visit_children_with(self);
    }

    fn visit_ident(&mut self, name: &Ident) {
        if name.optional {
            self.erase_mark(range(name.span).start + name.sym.len());
        }
    }

    fn visit_pat(&mut self, pattern: &Pat) {
        let close = match pattern {
            Pat::Array(array) if array.optional => Some((array.span, array.type_ann.as_ref())),
            Pat::Object(object) if object.optional => Some((object.span, object.type_ann.as_ref())),
            _ => None,
        };
        if let Some((span, types)) = close {
            let end = types.map_or(range(span).end, |types| range(types.span).start);
            let mark = self.text.cut(..end).trim_end();
            if mark.ends_with('?') {
                self.erase(mark.len() - 1..mark.len());
            }
        }
        pattern.visit_children_with(self);
    }

    fn visit_decorator(&mut self, decorator: &Decorator) {
        self.refuse(decorator.span, "a decorator", "call the function");
    }

    fn visit_ts_type_ann(&mut self, annotation: &TsTypeAnn) {
        self.erase(range(annotation.span));
    }

    fn visit_ts_type_param_decl(&mut self, params: &TsTypeParamDecl) {
        self.erase(range(params.span));
    }

    fn visit_ts_type_param_instantiation(&mut self, arguments: &TsTypeParamInstantiation) {
        self.erase(range(arguments.span));
    }

    fn visit_ts_as_expr(&mut self, expr: &TsAsExpr) {
        self.tail(&expr.expr, expr.span);
    }

    fn visit_ts_satisfies_expr(&mut self, expr: &TsSatisfiesExpr) {
        self.tail(&expr.expr, expr.span);
    }

    fn visit_ts_const_assertion(&mut self, expr: &TsConstAssertion) {
        if range(expr.expr.span()).start == range(expr.span).start {
            self.tail(&expr.expr, expr.span);
        } else {
            self.head(&expr.expr, expr.span);
        }
    }

    fn visit_ts_type_assertion(&mut self, expr: &TsTypeAssertion) {
        self.head(&expr.expr, expr.span);
    }

    fn visit_ts_non_null_expr(&mut self, expr: &TsNonNullExpr) {
        expr.expr.visit_with(self);
        self.erase(range(expr.expr.span()).end..range(expr.span).end);
    }
}

impl Strip<'_> {
    fn tail(&mut self, inner: &Expr, whole: Span) {
        inner.visit_with(self);
        self.erase_tail(range(inner.span()).end..range(whole).end);
    }

    fn head(&mut self, inner: &Expr, whole: Span) {
        self.erase(range(whole).start..range(inner.span()).start);
        inner.visit_with(self);
    }
}

pub(crate) fn range(span: Span) -> Range<usize> {
    let span = convert::span(span);
    span.offset()..span.offset() + span.len()
}
