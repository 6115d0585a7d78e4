//! Our JavaScript (`runtime/src/web/`) goes through nothing that a script can replace: what a
//! look at its syntax can hold of that. `w2_nothing_of_ours_calls_what_a_script_can_replace` in
//! `web.rs` holds the rest in a running world.

use std::collections::{BTreeMap, BTreeSet};

use background_runner_tests::our_javascript;
use swc_common::{BytePos, Span, input::StringInput};
use swc_ecma_ast::{
    ArrayLit, ArrayPat, ArrowExpr, ArrowFunctionBody, AssignExpr, AssignPat, AwaitExpr, BinExpr,
    BinaryOp, CallExpr, Callee, ClassDecl, Decl, ExportSpecifier, Expr, ExprOrSpread, FnDecl,
    FnExpr, ForInStmt, ForOfStmt, Function, Ident, ImportDecl, ImportNamedSpecifier,
    ImportSpecifier, KeyValueProp, MemberExpr, MemberProp, Module, ModuleDecl, ModuleItem,
    NamedExport, NewExpr, Pat, PrivateProp, Regex, ReturnStmt, Stmt, TaggedTpl, VarDeclarator,
    YieldExpr,
};
use swc_ecma_parser::{EsSyntax, Parser, Syntax};
use swc_ecma_visit::{Visit, VisitWith};

/// What is called by name on what is ours alone: receivers whose prototype no script reaches.
const OWN: [&str; 12] = [
    "native",
    "primordials",
    "queue",
    "pairs",
    "entries",
    "pendingPulls",
    "family",
    "incoming",
    "content",
    "requests",
    "intoRequests",
    "writeRequests",
];

/// Files that run where no script has been.
const ELSEWHERE: [&str; 2] = ["primordials.js", "date.js"];

/// What every module of ours is given.
const GIVEN: [&str; 3] = ["native", "primordials", "load"];

/// What gives a promise of ours, whatever its file.
const PROMISING: [&str; 16] = [
    "then",
    "chain",
    "resolved",
    "rejected",
    "promising",
    "consume",
    "gather",
    "read",
    "cancelStream",
    "abortWritable",
    "closeWritable",
    "writeToWriter",
    "performTransform",
    "written",
    "step",
    "begin",
];

/// Built-ins that ask other properties by name, so that ours cannot use them.
const ASKING: [&str; 4] = ["RegExpFlags", "RegExpToString", "ErrorToString", "ArrayToString"];

/// Global names that no script can change.
const CONSTANTS: [&str; 4] = ["undefined", "NaN", "Infinity", "arguments"];

#[test]
fn w2_our_javascript_asks_nothing_that_a_script_can_replace() {
    let methods = methods();
    let complaints: Vec<_> = our_javascript()
        .iter()
        .filter(|(name, _)| !ELSEWHERE.contains(&name.as_str()))
        .flat_map(|(name, source)| check(name, source, &methods))
        .collect();
    assert!(complaints.is_empty(), "\n{}", complaints.join("\n"));
}

/// The files of a module are one function in the end, in which the last function of a name would win.
#[test]
fn the_files_of_a_module_declare_different_names() {
    let mut known = BTreeMap::new();
    let mut complaints = Vec::new();
    for (file, source) in our_javascript() {
        let module = file.split('/').next().unwrap_or_default().to_owned();
        for name in top_level(&file, &source) {
            if let Some(other) = known.insert((module.clone(), name.clone()), file.clone()) {
                complaints.push(format!("`{name}` stands in {other} and in {file}"));
            }
        }
    }
    assert!(complaints.is_empty(), "\n{}", complaints.join("\n"));
}

/// The functions and classes that a file declares outside of all others; the engine finds the same name
/// twice among the rest.
fn top_level(name: &str, source: &str) -> Vec<String> {
    let declared = |decl: &Decl| match decl {
        Decl::Fn(function) => Some(function.ident.sym.to_string()),
        Decl::Class(class) => Some(class.ident.sym.to_string()),
        _ => None,
    };
    let items = parse(name, source).body;
    items
        .iter()
        .filter_map(|item| match item {
            ModuleItem::ModuleDecl(ModuleDecl::ExportDecl(export)) => declared(&export.decl),
            ModuleItem::Stmt(Stmt::Decl(decl)) => declared(decl),
            _ => None,
        })
        .collect()
}

#[test]
fn the_check_finds_what_it_looks_for() {
    let bad = [
        "for (const x of list) f(x)",
        "const [a, b] = pair",
        "f(...args)",
        "const all = [...list]",
        "const all = []",
        "const f = async () => {}",
        "const text = list.join('')",
        "promise.then(f)",
        "const g = Headers.prototype.get",
        "const is = x instanceof Error",
        "const n = Math.max(1, 2)",
        "const o = new Map()",
        "const f = (options = {}) => options",
        "const r = /a/",
        "const f = String.raw`a`",
        "for (const key in object) f(key)",
        "const z = function* () {}",
        "class C { #list = []; }",
        "const record = { list: [] }",
        "elsewhere(x)",
        "then(promise, () => then(other, f))",
        "then(promise, (x) => { if (x) return resolved(x); f(x); })",
        "then(promise, f, () => (x ? pair.promise : f(x)))",
        "pair.resolve(promising(f))",
        "resolve(pair.promise)",
        "const flags = primordials.RegExpFlags(x)",
    ];
    let declared = "let list, f, pair, args, promise, Headers, x, object, primordials, Error, then, other, resolved, \
                    promising, resolve;";
    for code in bad {
        let found = check("bad.js", &format!("{declared}\n{code}"), &methods());
        assert!(!found.is_empty(), "nothing was found in: {code}");
    }
    let good =
        "import { a, then } from 'native'; import { chain, list } from 'base'; import * as all from './all.js';
        class C { #x = list(); get y() { return this.#x; } }
        const more = { ...a, b: [1, a, all, load('events')] };
        for (let i = 0; i < 3; i++) native.find(more, i);
        then(a, () => ({ a }), (x) => { then(x, a); });
        chain(a, () => then(a, list));
        export { C, primordials as D };";
    assert_eq!(check("good.js", good, &methods()), [""; 0]);
}

/// The names of the methods that the language's own objects have, and of those of our interfaces that
/// no object of ours beside them has.
fn methods() -> BTreeSet<&'static str> {
    const NAMES: &str = "at concat copyWithin entries every fill filter find findIndex findLast \
        findLastIndex flat flatMap forEach includes indexOf join keys lastIndexOf map pop push reduce \
        reduceRight reverse shift slice some sort splice unshift values with toReversed toSorted \
        toSpliced charAt charCodeAt codePointAt endsWith match matchAll normalize padEnd padStart \
        repeat replace replaceAll search split startsWith substring toLowerCase toUpperCase trim \
        trimEnd trimStart isWellFormed toWellFormed set has delete clear then catch finally call apply \
        bind toString valueOf toLocaleString hasOwnProperty isPrototypeOf propertyIsEnumerable exec \
        test toJSON getTime toISOString resize transfer subarray append getAll getSetCookie json \
        arrayBuffer formData getReader getWriter releaseLock pipeThrough addEventListener \
        removeEventListener dispatchEvent preventDefault stopPropagation postMessage throwIfAborted";
    NAMES.split_whitespace().collect()
}

/// What is wrong with a file.
fn check(name: &str, source: &str, methods: &BTreeSet<&'static str>) -> Vec<String> {
    let module = parse(name, source);
    let mut names = Declared(GIVEN.map(str::to_owned).into());
    module.visit_with(&mut names);
    let declared = names.0;
    let mut check = Check { declared, methods, complaints: Vec::new() };
    module.visit_with(&mut check);
    let complaint = |(span, what): (Span, String)| {
        let line = source[..span.lo.0 as usize].lines().count();
        format!("runtime/src/web/{name}:{line}: {what}")
    };
    check.complaints.into_iter().map(complaint).collect()
}

fn parse(name: &str, source: &str) -> Module {
    // Places begin at 1: the parser keeps 0 for none.
    let end = BytePos(u32::try_from(source.len() + 1).expect("it is short"));
    let input = StringInput::new(source, BytePos(1), end);
    Parser::new(Syntax::Es(EsSyntax::default()), input, None)
        .parse_module()
        .unwrap_or_else(|error| panic!("{name}: {error:?}"))
}

/// Every name that a file declares, wherever, or imports.
struct Declared(BTreeSet<String>);

impl Visit for Declared {
    fn visit_pat(&mut self, pat: &Pat) {
        if let Pat::Ident(name) = pat {
            self.0.insert(name.id.sym.to_string());
        }
        pat.visit_children_with(self);
    }

    fn visit_assign_pat_prop(&mut self, prop: &swc_ecma_ast::AssignPatProp) {
        self.0.insert(prop.key.id.sym.to_string());
        prop.visit_children_with(self);
    }

    fn visit_import_specifier(&mut self, import: &ImportSpecifier) {
        self.0.insert(import.local().sym.to_string());
    }

    fn visit_fn_decl(&mut self, decl: &FnDecl) {
        self.0.insert(decl.ident.sym.to_string());
        decl.visit_children_with(self);
    }

    fn visit_fn_expr(&mut self, function: &FnExpr) {
        self.0.extend(function.ident.as_ref().map(|name| name.sym.to_string()));
        function.visit_children_with(self);
    }

    fn visit_class_decl(&mut self, decl: &ClassDecl) {
        self.0.insert(decl.ident.sym.to_string());
        decl.visit_children_with(self);
    }
}

struct Check<'a> {
    declared: BTreeSet<String>,
    methods: &'a BTreeSet<&'static str>,
    complaints: Vec<(Span, String)>,
}

impl Check<'_> {
    fn complain(&mut self, span: Span, what: impl Into<String>) {
        self.complaints.push((span, what.into()));
    }

    /// A list that is kept is going to be filled.
    fn kept(&mut self, value: Option<&Expr>) {
        if let Some(Expr::Array(array)) = value
            && array.elems.is_empty()
        {
            self.complain(
                array.span,
                "`[]`: `newList()` asks no setter of the script's when it is filled",
            );
        }
    }

    /// The engine asks a promise that a reaction gives, or that another is resolved with, for its `then`.
    fn reaction(&mut self, call: &CallExpr) {
        let Callee::Expr(callee) = &call.callee else { return };
        let what = "a promise of ours is asked for its `then`, as the script left it: `chain` follows it unasked";
        match name_of(callee) {
            Some("then") => {
                for reaction in call.args.iter().skip(1).filter_map(|arg| arg.expr.as_arrow()) {
                    let mut given = Given(Vec::new());
                    match &*reaction.body {
                        ArrowFunctionBody::Expr(value) => given.give(value),
                        ArrowFunctionBody::FunctionBody(body) => body.visit_with(&mut given),
                    }
                    for span in given.0 {
                        self.complain(span, what);
                    }
                }
            }
            Some("resolve") => {
                let mut given = Given(Vec::new());
                for arg in &call.args {
                    given.give(&arg.expr);
                }
                for span in given.0 {
                    self.complain(span, what);
                }
            }
            _ => {}
        }
    }

    fn spread(&mut self, items: &[ExprOrSpread]) {
        if let Some(span) = items.iter().find_map(|item| item.spread) {
            self.complain(span, "a spread asks the script's iterators");
        }
    }
}

impl Visit for Check<'_> {
    fn visit_for_of_stmt(&mut self, stmt: &ForOfStmt) {
        self.complain(stmt.span, "`for of` asks the script's iterators");
        stmt.visit_children_with(self);
    }

    fn visit_for_in_stmt(&mut self, stmt: &ForInStmt) {
        self.complain(stmt.span, "`for in` lists what a script put on `Object.prototype`");
        stmt.visit_children_with(self);
    }

    fn visit_array_pat(&mut self, pat: &ArrayPat) {
        self.complain(pat.span, "an array pattern asks the script's iterators");
        pat.visit_children_with(self);
    }

    fn visit_array_lit(&mut self, array: &ArrayLit) {
        if let Some(span) = array.elems.iter().flatten().find_map(|item| item.spread) {
            self.complain(span, "a spread asks the script's iterators");
        }
        array.visit_children_with(self);
    }

    fn visit_call_expr(&mut self, call: &CallExpr) {
        self.spread(&call.args);
        self.reaction(call);
        if let Callee::Expr(callee) = &call.callee
            && let Expr::Member(MemberExpr { obj, prop: MemberProp::Ident(method), .. }) = &**callee
            && self.methods.contains(&*method.sym)
            && !is_own(obj)
        {
            let what = format!("`.{}()` is called as the script left it", method.sym);
            self.complain(call.span, what);
        }
        call.visit_children_with(self);
    }

    fn visit_new_expr(&mut self, new: &NewExpr) {
        self.spread(new.args.as_deref().unwrap_or_default());
        new.visit_children_with(self);
    }

    fn visit_member_expr(&mut self, member: &MemberExpr) {
        if is_own(&member.obj)
            && let MemberProp::Ident(name) = &member.prop
            && ASKING.contains(&&*name.sym)
        {
            self.complain(member.span, format!("`{}` asks properties by name", name.sym));
        }
        if let (Expr::Member(inner), MemberProp::Ident(name)) = (&*member.obj, &member.prop)
            && inner.prop.as_ident().is_some_and(|it| &*it.sym == "prototype")
        {
            self.complain(
                member.span,
                format!("`.prototype.{}` is what the script made of it", name.sym),
            );
        }
        member.visit_children_with(self);
    }

    fn visit_bin_expr(&mut self, expr: &BinExpr) {
        if expr.op == BinaryOp::InstanceOf {
            self.complain(expr.span, "`instanceof` asks `Symbol.hasInstance` and `prototype`");
        }
        expr.visit_children_with(self);
    }

    fn visit_assign_pat(&mut self, pat: &AssignPat) {
        if pat.right.as_object().is_some_and(|object| object.props.is_empty()) {
            self.complain(pat.span, "`= {}` has `Object.prototype` behind it");
        }
        pat.visit_children_with(self);
    }

    fn visit_var_declarator(&mut self, declarator: &VarDeclarator) {
        self.kept(declarator.init.as_deref());
        declarator.visit_children_with(self);
    }

    fn visit_assign_expr(&mut self, assign: &AssignExpr) {
        self.kept(Some(&assign.right));
        assign.visit_children_with(self);
    }

    fn visit_private_prop(&mut self, prop: &PrivateProp) {
        self.kept(prop.value.as_deref());
        prop.visit_children_with(self);
    }

    fn visit_key_value_prop(&mut self, prop: &KeyValueProp) {
        self.kept(Some(&prop.value));
        prop.visit_children_with(self);
    }

    fn visit_function(&mut self, function: &Function) {
        if function.is_async || function.is_generator {
            self.complain(
                function.span,
                "what waits or yields goes through the script's prototypes",
            );
        }
        function.visit_children_with(self);
    }

    fn visit_arrow_expr(&mut self, arrow: &ArrowExpr) {
        if arrow.is_async {
            self.complain(arrow.span, "what waits goes through the script's prototypes");
        }
        arrow.visit_children_with(self);
    }

    fn visit_await_expr(&mut self, wait: &AwaitExpr) {
        self.complain(wait.span, "`await` asks `constructor` and `then`");
    }

    fn visit_yield_expr(&mut self, yielded: &YieldExpr) {
        self.complain(yielded.span, "`yield` goes through the script's prototypes");
    }

    fn visit_regex(&mut self, regex: &Regex) {
        self.complain(regex.span, "a regular expression literal is of the script's `RegExp`");
    }

    fn visit_tagged_tpl(&mut self, template: &TaggedTpl) {
        self.complain(template.span, "a tagged template is not written as a sum");
    }

    /// The names here are those of other files.
    fn visit_import_decl(&mut self, import: &ImportDecl) {
        for specifier in import.specifiers.iter().filter_map(ImportSpecifier::as_named) {
            self.visit_import_named_specifier(specifier);
        }
    }

    /// What is passed on is declared where it comes from; its names outside are no references.
    fn visit_named_export(&mut self, export: &NamedExport) {
        if export.src.is_none() {
            for specifier in export.specifiers.iter().filter_map(ExportSpecifier::as_named) {
                specifier.orig.visit_with(self);
            }
        }
    }

    fn visit_import_named_specifier(&mut self, import: &ImportNamedSpecifier) {
        if ASKING.contains(&&*import.local.sym) {
            self.complain(import.span, format!("`{}` asks properties by name", import.local.sym));
        }
    }

    fn visit_ident(&mut self, name: &Ident) {
        let sym = &*name.sym;
        if !self.declared.contains(sym) && !CONSTANTS.contains(&sym) {
            self.complain(
                name.span,
                format!("`{sym}` is neither declared nor imported: a global, which the script may have replaced"),
            );
        }
    }
}

/// What a function gives that is a promise of ours, as far as its own syntax tells.
struct Given(Vec<Span>);

impl Given {
    fn give(&mut self, value: &Expr) {
        match value {
            Expr::Paren(inner) => self.give(&inner.expr),
            Expr::Cond(choice) => {
                self.give(&choice.cons);
                self.give(&choice.alt);
            }
            Expr::Member(member)
                if member.prop.as_ident().is_some_and(|name| &*name.sym == "promise") =>
            {
                self.0.push(member.span);
            }
            Expr::Call(call) => {
                if let Callee::Expr(callee) = &call.callee
                    && name_of(callee).is_some_and(|name| PROMISING.contains(&name))
                {
                    self.0.push(call.span);
                }
            }
            _ => {}
        }
    }
}

impl Visit for Given {
    fn visit_return_stmt(&mut self, stmt: &ReturnStmt) {
        if let Some(value) = &stmt.arg {
            self.give(value);
        }
    }

    /// What functions inside give is theirs.
    fn visit_function(&mut self, _: &Function) {}

    fn visit_arrow_expr(&mut self, _: &ArrowExpr) {}
}

/// The name of what is called, without its receiver.
fn name_of(callee: &Expr) -> Option<&str> {
    match callee {
        Expr::Ident(name) => Some(&*name.sym),
        Expr::Member(MemberExpr { prop: MemberProp::Ident(name), .. }) => Some(&*name.sym),
        Expr::Member(MemberExpr { prop: MemberProp::PrivateName(name), .. }) => Some(&*name.name),
        _ => None,
    }
}

/// Whether a receiver is an object of ours that no script reaches.
fn is_own(receiver: &Expr) -> bool {
    match receiver {
        Expr::Ident(name) => OWN.contains(&&*name.sym),
        Expr::Member(MemberExpr { prop: MemberProp::Ident(name), .. }) => OWN.contains(&&*name.sym),
        Expr::Member(MemberExpr { prop: MemberProp::PrivateName(_), .. }) => true,
        _ => false,
    }
}
