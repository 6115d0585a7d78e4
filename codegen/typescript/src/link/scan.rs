//! The walk through a file's syntax that fills a [`Unit`].

use std::{collections::HashSet, ops::Range};

use swc_atoms::Atom;
use swc_common::{Span, Spanned, comments::SingleThreadedComments};
use swc_ecma_ast::{
    ArrowExpr, AssignExpr, AssignTarget, AssignTargetPat, AwaitExpr, BinaryOp, BlockStmt,
    BreakStmt, CallExpr, Callee, CatchClause, Class, ClassDecl, ClassExpr, ClassMember,
    Constructor, ContinueStmt, Decl, DefaultDecl, ExportSpecifier, Expr, FnDecl, FnExpr, ForHead,
    ForInStmt, ForOfStmt, ForStmt, Function, FunctionBody, Ident, IfStmt, ImportSpecifier,
    LabeledStmt, Lit, MemberExpr, MemberProp, MetaPropExpr, MetaPropKind, Module, ModuleDecl,
    ModuleExportName, ModuleItem, NamedExport, ObjectPatProp, OptCall, Pat, Prop, PropName, Script,
    SimpleAssignTarget, StaticBlock, Stmt, Str, SwitchStmt, TaggedTpl, TryStmt, UpdateExpr,
    UsingDecl, VarDecl, VarDeclKind, VarDeclOrExpr,
};
use swc_ecma_visit::{Visit, VisitWith};

use super::{
    Export, NAMELESS, Name, Origin, Request, RequestKind, Role, Shape, Statement, StatementKind,
    Unit, Use,
    fold::{self, Fold, Known},
    pure::Purity,
    scopes::{Meaning, Scopes, Top},
};
pub(super) use crate::parse::range;

/// What a file that is no module may be given.
const COMMON: [&str; 3] = ["module", "exports", "require"];

/// A module of the language.
pub(super) fn module(
    module: &Module,
    text: &str,
    comments: &SingleThreadedComments,
    environment: &str,
) -> Unit {
    let mut scan = Scan::new(text, Fold::new(module, text, environment));
    scan.unit.is_module = true;
    for item in &module.body {
        scan.statement(item.span(), |scan| scan.item(item));
    }
    let Scan { mut unit, top, .. } = scan.finish();
    let purity = Purity { top: &top, comments };
    for (statement, item) in unit.statements.iter_mut().zip(&module.body) {
        statement.is_pure = purity.item(item);
    }
    unit
}

/// A file without `import` and `export`.
pub(super) fn script(
    script: &Script,
    text: &str,
    comments: &SingleThreadedComments,
    environment: &str,
) -> Unit {
    let mut scan = Scan::new(text, Fold::new(script, text, environment));
    for statement in &script.body {
        scan.statement(statement.span(), |scan| scan.plain(statement));
    }
    let Scan { mut unit, top, .. } = scan.finish();
    let purity = Purity { top: &top, comments };
    for (statement, of) in unit.statements.iter_mut().zip(&script.body) {
        statement.is_pure = purity.statement(of);
    }
    unit
}

/// A name that was found, whose meaning is known at the end.
struct Found {
    name: Atom,
    scope: usize,
    at: Range<usize>,
    shape: Shape,
    role: Role,
    /// Behind `name.`, with the place of both.
    property: Option<(String, Range<usize>)>,
}

/// A call of what may be `require`.
struct Call {
    scope: usize,
    source: String,
    at: Range<usize>,
    whole: Range<usize>,
    in_try: bool,
    statement: usize,
}

struct Scan<'a> {
    text: &'a str,
    fold: Fold<'a>,
    unit: Unit,
    scopes: Scopes,
    top: Top,
    found: Vec<Found>,
    calls: Vec<Call>,
    /// Exports of local names, which may be declared later.
    locals: Vec<(String, Atom, Range<usize>)>,
    /// How many functions are around.
    functions: usize,
    /// How many blocks are around whose failures are caught.
    tries: usize,
}

impl<'a> Scan<'a> {
    fn new(text: &'a str, fold: Fold<'a>) -> Self {
        Self {
            text,
            fold,
            unit: Unit::default(),
            scopes: Scopes::new(),
            top: Top::new(),
            found: Vec::new(),
            calls: Vec::new(),
            locals: Vec::new(),
            functions: 0,
            tries: 0,
        }
    }

    fn statement(&mut self, span: Span, scan: impl FnOnce(&mut Self) -> StatementKind) {
        let uses = self.found.len();
        self.unit.statements.push(Statement {
            range: range(span),
            kind: StatementKind::Linkage,
            is_pure: false,
            declares: Vec::new(),
            uses: uses..uses,
            requests: Vec::new(),
        });
        let kind = scan(self);
        let end = self.found.len();
        if let Some(statement) = self.unit.statements.last_mut() {
            statement.kind = kind;
            statement.uses.end = end;
        }
    }

    fn item(&mut self, item: &ModuleItem) -> StatementKind {
        match item {
            ModuleItem::Stmt(statement) => self.plain(statement),
            ModuleItem::ModuleDecl(declaration) => self.module_declaration(declaration),
        }
    }

    fn plain(&mut self, statement: &Stmt) -> StatementKind {
        statement.visit_with(self);
        match statement {
            Stmt::Decl(Decl::Class(class)) => class_at(&class.class),
            Stmt::Decl(Decl::Var(_) | Decl::Using(_))
            | Stmt::Expr(_)
            | Stmt::Throw(_)
            | Stmt::Return(_)
            | Stmt::DoWhile(_)
            | Stmt::Debugger(_)
            // What ends such a statement may need one.
            | Stmt::If(_)
            | Stmt::For(_)
            | Stmt::ForIn(_)
            | Stmt::ForOf(_)
            | Stmt::While(_)
            | Stmt::Labeled(_)
            | Stmt::With(_) => StatementKind::Plain { needs_semicolon: true },
            _ => StatementKind::Plain { needs_semicolon: false },
        }
    }

    fn module_declaration(&mut self, declaration: &ModuleDecl) -> StatementKind {
        match declaration {
            ModuleDecl::Import(import) => {
                let request = self.request(&import.src, RequestKind::Static);
                for specifier in &import.specifiers {
                    self.import(specifier, request);
                }
            }
            ModuleDecl::ExportNamed(export) => self.export_list(export),
            ModuleDecl::ExportAll(export) => {
                let request = self.request(&export.src, RequestKind::Static);
                self.unit.exports.push(Export::All { request });
            }
            ModuleDecl::ExportDecl(export) => return self.export_declaration(&export.decl),
            ModuleDecl::ExportDefaultDecl(export) => {
                return self.export_default(&export.decl, range(export.span));
            }
            ModuleDecl::ExportDefaultExpr(export) => {
                self.nameless(range(export.span));
                export.expr.visit_with(self);
                return StatementKind::Default { at: range(export.expr.span()).start };
            }
            ModuleDecl::TsImportEquals(_)
            | ModuleDecl::TsExportAssignment(_)
            | ModuleDecl::TsNamespaceExport(_) => {}
        }
        StatementKind::Linkage
    }

    fn import(&mut self, specifier: &ImportSpecifier, request: usize) {
        let name = match specifier {
            ImportSpecifier::Named(named) => {
                let name = named.imported.as_ref().map_or(named.local.sym.to_string(), exported);
                Some(name)
            }
            ImportSpecifier::Default(_) => Some("default".to_owned()),
            ImportSpecifier::Namespace(_) => None,
        };
        let local = specifier.local();
        self.add_name(local.sym.clone(), Origin::There { request, name });
    }

    fn export_list(&mut self, export: &NamedExport) {
        let request = export.src.as_ref().map(|src| self.request(src, RequestKind::Static));
        for specifier in &export.specifiers {
            let at = range(specifier.span());
            match (specifier, request) {
                (ExportSpecifier::Namespace(it), Some(request)) => {
                    let name = exported(&it.name);
                    self.unit.exports.push(Export::From { name, request, imported: None, at });
                }
                (ExportSpecifier::Named(it), Some(request)) => {
                    let imported = exported(&it.orig);
                    let name = it.exported.as_ref().map_or_else(|| imported.clone(), exported);
                    let imported = Some(imported);
                    self.unit.exports.push(Export::From { name, request, imported, at });
                }
                (ExportSpecifier::Named(it), None) => {
                    let local = match &it.orig {
                        ModuleExportName::Ident(local) => local.sym.clone(),
                        ModuleExportName::Str(text) => Atom::from(text_of(text)),
                    };
                    let name = it.exported.as_ref().map_or_else(|| local.to_string(), exported);
                    self.locals.push((name, local, at));
                }
                _ => {}
            }
        }
    }

    fn export_declaration(&mut self, declaration: &Decl) -> StatementKind {
        let before = self.found.len();
        declaration.visit_with(self);
        let statement = self.unit.statements.len().saturating_sub(1);
        let declared = self.unit.statements.get(statement).map(|it| it.declares.clone());
        // In the text's order, each once.
        let mut seen = HashSet::new();
        let names: Vec<(Atom, Range<usize>)> = self
            .found
            .iter()
            .skip(before)
            .filter(|it| it.role == Role::Declare && it.scope == 0)
            .map(|it| (it.name.clone(), it.at.clone()))
            .collect();
        for (name, at) in names {
            let index = self.top.get(&name).copied();
            let is_of_it =
                index.is_some_and(|it| declared.iter().flatten().any(|known| *known == it));
            if is_of_it && seen.insert(name.clone()) {
                self.locals.push((name.to_string(), name, at));
            }
        }
        match declaration {
            Decl::Class(class) => class_at(&class.class),
            Decl::Fn(function) => StatementKind::Exported {
                at: range(function.function.span).start,
                needs_semicolon: false,
            },
            other => {
                StatementKind::Exported { at: range(other.span()).start, needs_semicolon: true }
            }
        }
    }

    fn export_default(&mut self, declaration: &DefaultDecl, whole: Range<usize>) -> StatementKind {
        match declaration {
            DefaultDecl::Class(class) => {
                if let Some(name) = &class.ident {
                    self.declare(name, false);
                    self.locals.push(("default".to_owned(), name.sym.clone(), range(name.span)));
                    class.class.visit_with(self);
                    return class_at(&class.class);
                }
                self.nameless(whole);
                class.class.visit_with(self);
                StatementKind::Default { at: range(class.class.span).start }
            }
            DefaultDecl::Fn(function) => {
                let at = range(function.function.span).start;
                if let Some(name) = &function.ident {
                    self.declare(name, true);
                    self.locals.push(("default".to_owned(), name.sym.clone(), range(name.span)));
                    function.function.visit_with(self);
                    return StatementKind::Exported { at, needs_semicolon: false };
                }
                self.nameless(whole);
                function.function.visit_with(self);
                StatementKind::DefaultFunction { at, name_at: self.name_place(at) }
            }
            DefaultDecl::TsInterfaceDecl(_) => StatementKind::Linkage,
        }
    }

    /// Where the name of a function would stand that begins here: behind `async function *`.
    fn name_place(&self, start: usize) -> usize {
        let mut at = start;
        for word in ["async", "function", "*"] {
            let rest = self.text.get(at..).unwrap_or_default();
            let skipped = rest.len() - skip_trivia(rest).len();
            if rest.get(skipped..).is_some_and(|rest| rest.starts_with(word)) {
                at += skipped + word.len();
            }
        }
        at
    }

    fn nameless(&mut self, at: Range<usize>) {
        let name = Atom::from(NAMELESS);
        let index = self.add_name(name.clone(), Origin::Here);
        self.declares(index);
        self.locals.push(("default".to_owned(), name, at));
    }

    fn add_name(&mut self, name: Atom, origin: Origin) -> usize {
        let index = self.unit.names.len();
        self.unit.names.push(Name { text: name.to_string(), origin });
        self.top.insert(name, index);
        index
    }

    fn declares(&mut self, index: usize) {
        if let Some(statement) = self.unit.statements.last_mut()
            && !statement.declares.contains(&index)
        {
            statement.declares.push(index);
        }
    }

    fn request(&mut self, source: &Str, kind: RequestKind) -> usize {
        let index = self.unit.requests.len();
        let request = Request { source: text_of(source), at: range(source.span), kind };
        self.unit.requests.push(request);
        if let Some(statement) = self.unit.statements.last_mut() {
            statement.requests.push(index);
        }
        index
    }

    fn declare(&mut self, name: &Ident, is_var: bool) {
        let is_top = self.scopes.declare(&name.sym, is_var);
        let scope = if is_top { 0 } else { self.scopes.current() };
        if is_top {
            let known = self.top.get(&name.sym).copied();
            let index = known.unwrap_or_else(|| self.add_name(name.sym.clone(), Origin::Here));
            self.declares(index);
        }
        self.find(name, scope, Shape::Plain, Role::Declare);
    }

    fn find(&mut self, name: &Ident, scope: usize, shape: Shape, role: Role) {
        let (name, at) = (name.sym.clone(), range(name.span));
        self.found.push(Found { name, scope, at, shape, role, property: None });
    }

    fn refer(&mut self, name: &Ident, shape: Shape, role: Role) {
        self.find(name, self.scopes.current(), shape, role);
    }

    /// A member of what may be all that a file exports.
    fn member(&mut self, member: &MemberExpr, is_callee: bool) {
        if let (Expr::Ident(name), MemberProp::Ident(property)) = (&*member.obj, &member.prop) {
            self.refer(name, if is_callee { Shape::Callee } else { Shape::Plain }, Role::Read);
            if let Some(found) = self.found.last_mut() {
                found.property = Some((property.sym.to_string(), range(member.span)));
            }
        } else {
            member.visit_children_with(self);
        }
    }

    /// What is called, or is the tag of a template.
    fn callee(&mut self, callee: &Expr) {
        match callee {
            Expr::Paren(paren) => self.callee(&paren.expr),
            Expr::Ident(name) => self.refer(name, Shape::Callee, Role::Read),
            Expr::Member(member) if !self.known_member(member) => self.member(member, true),
            other => other.visit_with(self),
        }
    }

    /// Notes the value of `process.env.NODE_ENV`.
    fn known_member(&mut self, member: &MemberExpr) -> bool {
        let Some(environment) = self.fold.0.filter(|_| fold::is_environment(member)) else {
            return false;
        };
        self.unit.known.push((range(member.span), format!("{environment:?}")));
        true
    }

    /// The names that a pattern declares, or assigns to.
    fn pattern(&mut self, pattern: &Pat, declares: Option<bool>) {
        match pattern {
            Pat::Ident(name) => self.target(&name.id, Shape::Plain, declares),
            Pat::Array(array) => {
                for element in array.elems.iter().flatten() {
                    self.pattern(element, declares);
                }
            }
            Pat::Rest(rest) => self.pattern(&rest.arg, declares),
            Pat::Object(object) => {
                for property in &object.props {
                    self.pattern_property(property, declares);
                }
            }
            Pat::Assign(assign) => {
                self.pattern(&assign.left, declares);
                assign.right.visit_with(self);
            }
            Pat::Expr(expr) => match &**expr {
                Expr::Ident(name) => self.refer(name, Shape::Plain, Role::Write),
                Expr::Member(member) => member.visit_children_with(self),
                other => other.visit_with(self),
            },
            Pat::Invalid(_) => {}
        }
    }

    fn pattern_property(&mut self, property: &ObjectPatProp, declares: Option<bool>) {
        match property {
            ObjectPatProp::KeyValue(pair) => {
                pair.key.visit_with(self);
                self.pattern(&pair.value, declares);
            }
            ObjectPatProp::Assign(assign) => {
                self.target(&assign.key.id, Shape::Shorthand, declares);
                assign.value.visit_with(self);
            }
            ObjectPatProp::Rest(rest) => self.pattern(&rest.arg, declares),
        }
    }

    fn target(&mut self, name: &Ident, shape: Shape, declares: Option<bool>) {
        let Some(is_var) = declares else { return self.refer(name, shape, Role::Write) };
        self.declare(name, is_var);
        if let Some(found) = self.found.last_mut() {
            found.shape = shape;
        }
    }

    fn within(&mut self, is_function: bool, scan: impl FnOnce(&mut Self)) {
        self.scopes.enter(is_function);
        scan(self);
        self.scopes.leave();
    }

    fn function_body(&mut self, body: &FunctionBody) {
        self.within(true, |scan| body.stmts.visit_with(scan));
    }

    /// A branch that is never taken: what it declares for the function around stays.
    fn dead(&mut self, statement: &Stmt) {
        let mut variables = Variables(Vec::new());
        statement.visit_with(&mut variables);
        let names = variables.0;
        for name in &names {
            self.declare(name, true);
            // The declaration is written anew.
            self.found.pop();
        }
        let mut texts: Vec<String> = names.iter().map(|name| name.sym.to_string()).collect();
        texts.dedup();
        let text = if texts.is_empty() {
            "{}".to_owned()
        } else {
            format!("{{ var {}; }}", texts.join(", "))
        };
        self.unit.known.push((range(statement.span()), text));
    }

    fn dead_expr(&mut self, expr: &Expr) {
        self.unit.known.push((range(expr.span()), "0".to_owned()));
    }

    /// Finds what each name means.
    fn finish(mut self) -> Self {
        let found = std::mem::take(&mut self.found);
        let mut ends = Vec::with_capacity(self.unit.statements.len());
        let mut index = 0;
        for (number, it) in found.into_iter().enumerate() {
            while self.unit.statements.get(index).is_some_and(|it| it.uses.end <= number) {
                ends.push(self.unit.uses.len());
                index += 1;
            }
            self.settle(it);
        }
        ends.resize(self.unit.statements.len(), self.unit.uses.len());
        let mut start = 0;
        for (statement, end) in self.unit.statements.iter_mut().zip(ends) {
            statement.uses = start..end;
            start = end;
            if let Some(uses) = self.unit.uses.get_mut(statement.uses.clone()) {
                uses.sort_by_key(|it| it.range.start);
            }
        }
        for (name, local, at) in std::mem::take(&mut self.locals) {
            if let Some(local) = self.top.get(&local).copied() {
                self.unit.exports.push(Export::Local { name, local, at });
            }
        }
        for call in std::mem::take(&mut self.calls) {
            let require = Atom::from("require");
            if let Meaning::Outer = self.scopes.meaning(&require, call.scope, &self.top) {
                let index = self.unit.requests.len();
                let kind = RequestKind::Require { call: call.whole, in_try: call.in_try };
                self.unit.requests.push(Request { source: call.source, at: call.at, kind });
                if let Some(statement) = self.unit.statements.get_mut(call.statement) {
                    statement.requests.push(index);
                }
            }
        }
        self.unit.inner = self.scopes.inner();
        self.unit.is_common = COMMON.iter().any(|name| self.unit.outer.contains(*name));
        self
    }

    fn settle(&mut self, found: Found) {
        match self.scopes.meaning(&found.name, found.scope, &self.top) {
            Meaning::Top(name) => {
                let is_all = self
                    .unit
                    .names
                    .get(name)
                    .is_some_and(|it| matches!(it.origin, Origin::There { name: None, .. }));
                let is_callee = found.shape == Shape::Callee;
                let (shape, range) = match found.property {
                    Some((property, range)) if is_all => {
                        (Shape::Property { property, is_callee }, range)
                    }
                    // `name.method()` has its own `this`.
                    Some(_) => (Shape::Plain, found.at),
                    None => (found.shape, found.at),
                };
                self.unit.uses.push(Use { range, name, shape, role: found.role });
            }
            Meaning::Inner => {}
            Meaning::Outer => {
                if !self.unit.outer.contains(&*found.name) {
                    self.unit.outer.insert(found.name.to_string());
                }
            }
        }
    }
}

impl Visit for Scan<'_> {
    fn visit_expr(&mut self, expr: &Expr) {
        match expr {
            Expr::Ident(name) => self.refer(name, Shape::Plain, Role::Read),
            Expr::Member(member) => {
                if !self.known_member(member) {
                    self.member(member, false);
                }
            }
            Expr::Cond(cond) => match self.fold.value(&cond.test) {
                Some(known) => {
                    cond.test.visit_with(self);
                    let (live, dead) = if known.is_true() {
                        (&cond.cons, &cond.alt)
                    } else {
                        (&cond.alt, &cond.cons)
                    };
                    live.visit_with(self);
                    self.dead_expr(dead);
                }
                None => cond.visit_children_with(self),
            },
            Expr::Bin(binary) => {
                let stops = match (binary.op, self.fold.value(&binary.left)) {
                    (BinaryOp::LogicalAnd, Some(known)) => !known.is_true(),
                    (BinaryOp::LogicalOr, Some(known)) => known.is_true(),
                    _ => false,
                };
                binary.left.visit_with(self);
                if stops {
                    self.dead_expr(&binary.right);
                } else {
                    binary.right.visit_with(self);
                }
            }
            other => other.visit_children_with(self),
        }
    }

    fn visit_if_stmt(&mut self, statement: &IfStmt) {
        statement.test.visit_with(self);
        let (cons, alt) = (&statement.cons, &statement.alt);
        match self.fold.value(&statement.test).as_ref().map(Known::is_true) {
            Some(true) => {
                cons.visit_with(self);
                if let Some(alt) = alt {
                    self.dead(alt);
                }
            }
            Some(false) => {
                self.dead(cons);
                alt.visit_with(self);
            }
            None => {
                cons.visit_with(self);
                alt.visit_with(self);
            }
        }
    }

    fn visit_call_expr(&mut self, call: &CallExpr) {
        let path = match call.args.first() {
            Some(first) if first.spread.is_none() => literal(&first.expr),
            _ => None,
        };
        match (&call.callee, path) {
            (Callee::Import(_), Some((source, at))) => {
                let index = self.unit.requests.len();
                let kind = RequestKind::Dynamic(range(call.span));
                self.unit.requests.push(Request { source, at, kind });
                if let Some(statement) = self.unit.statements.last_mut() {
                    statement.requests.push(index);
                }
                return;
            }
            (Callee::Expr(callee), Some((source, at))) if call.args.len() == 1 => {
                if matches!(&**callee, Expr::Ident(name) if name.sym == *"require") {
                    let statement = self.unit.statements.len().saturating_sub(1);
                    let (scope, call) = (self.scopes.current(), range(call.span));
                    let in_try = self.tries > 0;
                    self.calls.push(Call { scope, source, at, whole: call, in_try, statement });
                }
            }
            _ => {}
        }
        if let Callee::Expr(callee) = &call.callee {
            self.callee(callee);
        }
        call.args.visit_with(self);
    }

    fn visit_opt_call(&mut self, call: &OptCall) {
        self.callee(&call.callee);
        call.args.visit_with(self);
    }

    fn visit_tagged_tpl(&mut self, template: &TaggedTpl) {
        self.callee(&template.tag);
        template.tpl.visit_with(self);
    }

    fn visit_assign_expr(&mut self, assign: &AssignExpr) {
        match &assign.left {
            AssignTarget::Simple(SimpleAssignTarget::Ident(name)) => {
                self.refer(&name.id, Shape::Plain, Role::Write);
            }
            AssignTarget::Simple(target) => target.visit_children_with(self),
            AssignTarget::Pat(AssignTargetPat::Array(array)) => {
                for element in array.elems.iter().flatten() {
                    self.pattern(element, None);
                }
            }
            AssignTarget::Pat(AssignTargetPat::Object(object)) => {
                for property in &object.props {
                    self.pattern_property(property, None);
                }
            }
            AssignTarget::Pat(AssignTargetPat::Invalid(_)) => {}
        }
        assign.right.visit_with(self);
    }

    fn visit_update_expr(&mut self, update: &UpdateExpr) {
        match &*update.arg {
            Expr::Ident(name) => self.refer(name, Shape::Plain, Role::Write),
            Expr::Member(member) => member.visit_children_with(self),
            other => other.visit_with(self),
        }
    }

    fn visit_prop(&mut self, property: &Prop) {
        match property {
            Prop::Shorthand(name) => self.refer(name, Shape::Shorthand, Role::Read),
            other => other.visit_children_with(self),
        }
    }

    fn visit_meta_prop_expr(&mut self, meta: &MetaPropExpr) {
        if meta.kind == MetaPropKind::ImportMeta {
            self.unit.metas.push(range(meta.span));
        }
    }

    fn visit_await_expr(&mut self, wait: &AwaitExpr) {
        self.unit.awaits |= self.functions == 0;
        wait.visit_children_with(self);
    }

    fn visit_var_decl(&mut self, variables: &VarDecl) {
        for variable in &variables.decls {
            self.pattern(&variable.name, Some(variables.kind == VarDeclKind::Var));
            variable.init.visit_with(self);
        }
    }

    fn visit_using_decl(&mut self, variables: &UsingDecl) {
        self.unit.awaits |= variables.is_await && self.functions == 0;
        for variable in &variables.decls {
            self.pattern(&variable.name, Some(false));
            variable.init.visit_with(self);
        }
    }

    fn visit_fn_decl(&mut self, function: &FnDecl) {
        self.declare(&function.ident, false);
        function.function.visit_with(self);
    }

    fn visit_fn_expr(&mut self, function: &FnExpr) {
        self.within(false, |scan| {
            if let Some(name) = &function.ident {
                scan.scopes.declare(&name.sym, false);
            }
            function.function.visit_with(scan);
        });
    }

    fn visit_class_decl(&mut self, class: &ClassDecl) {
        self.declare(&class.ident, false);
        class.class.visit_with(self);
    }

    fn visit_class_expr(&mut self, class: &ClassExpr) {
        self.within(false, |scan| {
            if let Some(name) = &class.ident {
                scan.scopes.declare(&name.sym, false);
            }
            class.class.visit_with(scan);
        });
    }

    fn visit_function(&mut self, function: &Function) {
        self.functions += 1;
        self.within(true, |scan| {
            for param in &function.params {
                scan.pattern(&param.pat, Some(false));
            }
            if let Some(body) = &function.body {
                scan.function_body(body);
            }
        });
        self.functions -= 1;
    }

    fn visit_arrow_expr(&mut self, arrow: &ArrowExpr) {
        self.functions += 1;
        self.within(true, |scan| {
            for param in &arrow.params {
                scan.pattern(param, Some(false));
            }
            match &*arrow.body {
                swc_ecma_ast::ArrowFunctionBody::FunctionBody(body) => scan.function_body(body),
                swc_ecma_ast::ArrowFunctionBody::Expr(expr) => expr.visit_with(scan),
            }
        });
        self.functions -= 1;
    }

    fn visit_constructor(&mut self, constructor: &Constructor) {
        self.functions += 1;
        self.within(true, |scan| {
            for param in &constructor.params {
                if let swc_ecma_ast::ParamOrTsParamProp::Param(param) = param {
                    scan.pattern(&param.pat, Some(false));
                }
            }
            if let Some(body) = &constructor.body {
                scan.function_body(body);
            }
        });
        self.functions -= 1;
    }

    fn visit_static_block(&mut self, block: &StaticBlock) {
        self.functions += 1;
        self.within(true, |scan| block.body.stmts.visit_with(scan));
        self.functions -= 1;
    }

    fn visit_block_stmt(&mut self, block: &BlockStmt) {
        self.within(false, |scan| block.stmts.visit_with(scan));
    }

    fn visit_for_stmt(&mut self, statement: &ForStmt) {
        self.within(false, |scan| {
            match &statement.init {
                Some(VarDeclOrExpr::VarDecl(variables)) => variables.visit_with(scan),
                Some(VarDeclOrExpr::Expr(expr)) => expr.visit_with(scan),
                None => {}
            }
            statement.test.visit_with(scan);
            statement.update.visit_with(scan);
            statement.body.visit_with(scan);
        });
    }

    fn visit_for_in_stmt(&mut self, statement: &ForInStmt) {
        self.within(false, |scan| {
            statement.left.visit_with(scan);
            statement.right.visit_with(scan);
            statement.body.visit_with(scan);
        });
    }

    fn visit_for_of_stmt(&mut self, statement: &ForOfStmt) {
        self.unit.awaits |= statement.is_await && self.functions == 0;
        self.within(false, |scan| {
            statement.left.visit_with(scan);
            statement.right.visit_with(scan);
            statement.body.visit_with(scan);
        });
    }

    fn visit_for_head(&mut self, head: &ForHead) {
        match head {
            ForHead::VarDecl(variables) => variables.visit_with(self),
            ForHead::UsingDecl(variables) => variables.visit_with(self),
            ForHead::Pat(pattern) => self.pattern(pattern, None),
        }
    }

    fn visit_switch_stmt(&mut self, statement: &SwitchStmt) {
        statement.discriminant.visit_with(self);
        self.within(false, |scan| statement.cases.visit_with(scan));
    }

    fn visit_try_stmt(&mut self, statement: &TryStmt) {
        let is_caught = usize::from(statement.handler.is_some());
        self.tries += is_caught;
        statement.block.visit_with(self);
        self.tries -= is_caught;
        statement.handler.visit_with(self);
        statement.finalizer.visit_with(self);
    }

    fn visit_catch_clause(&mut self, clause: &CatchClause) {
        self.within(false, |scan| {
            if let Some(param) = &clause.param {
                scan.pattern(param, Some(false));
            }
            clause.body.visit_with(scan);
        });
    }

    fn visit_labeled_stmt(&mut self, statement: &LabeledStmt) {
        statement.body.visit_with(self);
    }

    fn visit_break_stmt(&mut self, _: &BreakStmt) {}

    fn visit_continue_stmt(&mut self, _: &ContinueStmt) {}
}

/// The names that `var` declares, but not in functions.
struct Variables(Vec<Ident>);

impl Visit for Variables {
    fn visit_var_decl(&mut self, variables: &VarDecl) {
        if variables.kind == VarDeclKind::Var {
            for variable in &variables.decls {
                self.names(&variable.name);
            }
        }
    }

    fn visit_function(&mut self, _: &Function) {}

    fn visit_arrow_expr(&mut self, _: &ArrowExpr) {}

    fn visit_class(&mut self, _: &Class) {}
}

impl Variables {
    fn names(&mut self, pattern: &Pat) {
        match pattern {
            Pat::Ident(name) => self.0.push(name.id.clone()),
            Pat::Array(array) => array.elems.iter().flatten().for_each(|it| self.names(it)),
            Pat::Rest(rest) => self.names(&rest.arg),
            Pat::Assign(assign) => self.names(&assign.left),
            Pat::Object(object) => {
                for property in &object.props {
                    match property {
                        ObjectPatProp::KeyValue(pair) => self.names(&pair.value),
                        ObjectPatProp::Assign(assign) => self.0.push(assign.key.id.clone()),
                        ObjectPatProp::Rest(rest) => self.names(&rest.arg),
                    }
                }
            }
            Pat::Expr(_) | Pat::Invalid(_) => {}
        }
    }
}

fn class_at(class: &Class) -> StatementKind {
    let names = |key: &PropName| matches!(key, PropName::Ident(key) if key.sym == *"name");
    let has_name = class.body.iter().any(|member| match member {
        ClassMember::Method(method) => method.is_static && names(&method.key),
        ClassMember::ClassProp(it) => it.is_static && names(&it.key),
        _ => false,
    });
    StatementKind::Class { at: range(class.span).start, has_name }
}

/// A text that is written as it is.
fn literal(expr: &Expr) -> Option<(String, Range<usize>)> {
    match expr {
        Expr::Lit(Lit::Str(text)) => Some((text_of(text), range(text.span))),
        Expr::Tpl(template) if template.exprs.is_empty() => {
            let text = template.quasis.first()?.cooked.as_ref()?;
            Some((text.to_string_lossy().into_owned(), range(template.span)))
        }
        Expr::Paren(paren) => literal(&paren.expr),
        _ => None,
    }
}

fn text_of(text: &Str) -> String {
    text.value.to_string_lossy().into_owned()
}

fn exported(name: &ModuleExportName) -> String {
    name.atom().to_string()
}

/// What comes behind white space and comments.
fn skip_trivia(text: &str) -> &str {
    let mut rest = text.trim_start();
    loop {
        rest = if let Some(comment) = rest.strip_prefix("//") {
            comment.split_once('\n').map_or("", |(_, rest)| rest).trim_start()
        } else if let Some(comment) = rest.strip_prefix("/*") {
            comment.split_once("*/").map_or("", |(_, rest)| rest).trim_start()
        } else {
            return rest;
        };
    }
}
