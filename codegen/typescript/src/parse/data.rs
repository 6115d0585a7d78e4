//! What a configuration's text says without being run: plain data, and where it is none.

use std::collections::BTreeMap;

use swc_ecma_ast as swc;
use swc_ecma_visit::{Visit, VisitWith};

use super::{
    ParseError,
    types::{string, template_text},
    with_module,
};

/// What an expression is worth, as far as its text says.
#[derive(Clone, Debug, PartialEq)]
pub enum Data {
    /// `null`
    Null,
    /// `true` and `false`
    Boolean(bool),
    /// `15`
    Number(f64),
    /// `'a'`
    Text(String),
    /// `[a, b]`
    List(Vec<Data>),
    /// `{ a: b }`
    Object(Entries),
    /// What another file exports.
    Imported {
        /// The file, as it is written.
        from: String,
        /// The export; `*` for all of them.
        name: String,
    },
    /// Only a run could tell.
    Unknown,
}

/// The properties of an object, in their order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Entries {
    /// Those that the text says, each once.
    pub known: Vec<(String, Data)>,
    /// Whether there may be others.
    pub open: bool,
}

impl Entries {
    /// The value of a property; none where the object has no such one.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Data> {
        let found = self.known.iter().find(|(known, _)| known == key).map(|(_, value)| value);
        found.or(self.open.then_some(&Data::Unknown))
    }

    fn set(&mut self, key: String, value: Data) {
        self.known.retain(|(known, _)| *known != key);
        self.known.push((key, value));
    }

    /// A spread of what nobody knows may have replaced each of them.
    fn open(&mut self) {
        self.open = true;
        self.known.iter_mut().for_each(|(_, value)| *value = Data::Unknown);
    }
}

/// What a module exports, by name: `default` for `export default`, `module.exports` and `export =`.
///
/// # Errors
///
/// The syntax errors.
pub fn exports(text: &str) -> Result<BTreeMap<String, Data>, Vec<ParseError>> {
    with_module(text, |module| {
        let mut reader = Reader::default();
        module.body.iter().for_each(|item| reader.bind(item));
        // What is changed later is not what was written.
        module.visit_with(&mut Changes(&mut reader.names));
        module.body.iter().for_each(|item| reader.export(item));
        reader.exports
    })
}

/// The texts that calls of a function have as their first argument, in their order:
/// `addEventListener('here', ...)`.
///
/// # Errors
///
/// The syntax errors.
pub fn first_arguments(text: &str, function: &str) -> Result<Vec<String>, Vec<ParseError>> {
    with_module(text, |module| {
        let mut calls = Calls { function, found: Vec::new() };
        module.visit_with(&mut calls);
        calls.found
    })
}

#[derive(Default)]
struct Reader {
    names: BTreeMap<String, Data>,
    exports: BTreeMap<String, Data>,
}

impl Reader {
    /// Notes what the names of a module stand for.
    fn bind(&mut self, item: &swc::ModuleItem) {
        match item {
            swc::ModuleItem::ModuleDecl(swc::ModuleDecl::Import(import)) => {
                let from = string(&import.src).text;
                for specifier in &import.specifiers {
                    let (local, name) = imported(specifier);
                    let from = from.clone();
                    self.names.insert(local, Data::Imported { from, name });
                }
            }
            swc::ModuleItem::ModuleDecl(swc::ModuleDecl::ExportDecl(export)) => {
                self.declare(&export.decl);
            }
            swc::ModuleItem::Stmt(swc::Stmt::Decl(decl)) => self.declare(decl),
            _ => {}
        }
    }

    fn declare(&mut self, decl: &swc::Decl) {
        let swc::Decl::Var(variables) = decl else { return };
        for variable in &variables.decls {
            if let (swc::Pat::Ident(name), Some(value)) = (&variable.name, &variable.init) {
                let value = required(value).unwrap_or_else(|| self.value(value));
                self.names.insert(name.id.sym.to_string(), value);
            }
        }
    }

    fn export(&mut self, item: &swc::ModuleItem) {
        let (name, value) = match item {
            swc::ModuleItem::ModuleDecl(declaration) => match declaration {
                swc::ModuleDecl::ExportDefaultExpr(export) => ("default", &export.expr),
                swc::ModuleDecl::TsExportAssignment(export) => ("default", &export.expr),
                swc::ModuleDecl::ExportDecl(export) => return self.export_names(&export.decl),
                swc::ModuleDecl::ExportNamed(export) => return self.export_listed(export),
                _ => return,
            },
            swc::ModuleItem::Stmt(swc::Stmt::Expr(statement)) => match &*statement.expr {
                swc::Expr::Assign(assign) if is_module_exports(&assign.left) => {
                    ("default", &assign.right)
                }
                _ => return,
            },
            swc::ModuleItem::Stmt(_) => return,
        };
        let value = self.value(value);
        self.exports.insert(name.to_owned(), value);
    }

    fn export_names(&mut self, decl: &swc::Decl) {
        let swc::Decl::Var(variables) = decl else { return };
        for variable in &variables.decls {
            if let swc::Pat::Ident(name) = &variable.name {
                let name = name.id.sym.to_string();
                self.exports.insert(name.clone(), self.named(&name));
            }
        }
    }

    fn export_listed(&mut self, export: &swc::NamedExport) {
        for specifier in &export.specifiers {
            let swc::ExportSpecifier::Named(named) = specifier else { continue };
            let local = export_name(&named.orig);
            let name = named.exported.as_ref().map_or_else(|| local.clone(), export_name);
            let value = match &export.src {
                Some(from) => Data::Imported { from: string(from).text, name: local },
                None => self.named(&local),
            };
            self.exports.insert(name, value);
        }
    }

    fn named(&self, name: &str) -> Data {
        self.names.get(name).cloned().unwrap_or(Data::Unknown)
    }

    fn value(&self, expr: &swc::Expr) -> Data {
        match expr {
            swc::Expr::Lit(literal) => match literal {
                swc::Lit::Str(text) => Data::Text(string(text).text),
                swc::Lit::Num(number) => Data::Number(number.value),
                swc::Lit::Bool(value) => Data::Boolean(value.value),
                swc::Lit::Null(_) => Data::Null,
                _ => Data::Unknown,
            },
            swc::Expr::Tpl(template) => {
                match (template.exprs.as_slice(), template.quasis.first()) {
                    ([], Some(text)) => Data::Text(template_text(text)),
                    _ => Data::Unknown,
                }
            }
            swc::Expr::Unary(unary) => match (unary.op, self.value(&unary.arg)) {
                (swc::UnaryOp::Minus, Data::Number(number)) => Data::Number(-number),
                (swc::UnaryOp::Bang, Data::Boolean(value)) => Data::Boolean(!value),
                _ => Data::Unknown,
            },
            swc::Expr::Bin(binary) => match (self.value(&binary.left), self.value(&binary.right)) {
                (Data::Number(a), Data::Number(b)) => calculated(binary.op, a, b),
                (Data::Text(a), Data::Text(b)) if binary.op == swc::BinaryOp::Add => {
                    Data::Text(a + &b)
                }
                _ => Data::Unknown,
            },
            swc::Expr::Array(array) => self.list(array),
            swc::Expr::Object(object) => self.object(object),
            swc::Expr::Ident(name) => self.named(&name.sym),
            swc::Expr::Member(member) => self.member(member),
            swc::Expr::Paren(inner) => self.value(&inner.expr),
            swc::Expr::TsAs(inner) => self.value(&inner.expr),
            swc::Expr::TsSatisfies(inner) => self.value(&inner.expr),
            swc::Expr::TsConstAssertion(inner) => self.value(&inner.expr),
            swc::Expr::TsTypeAssertion(inner) => self.value(&inner.expr),
            swc::Expr::TsNonNull(inner) => self.value(&inner.expr),
            _ => Data::Unknown,
        }
    }

    fn list(&self, array: &swc::ArrayLit) -> Data {
        let plain = array.elems.iter().flatten().all(|element| element.spread.is_none());
        if !plain {
            return Data::Unknown;
        }
        let value = |element: &Option<swc::ExprOrSpread>| {
            element.as_ref().map_or(Data::Unknown, |element| self.value(&element.expr))
        };
        Data::List(array.elems.iter().map(value).collect())
    }

    fn object(&self, object: &swc::ObjectLit) -> Data {
        let mut entries = Entries::default();
        for prop in &object.props {
            match prop {
                swc::PropOrSpread::Spread(spread) => match self.value(&spread.expr) {
                    Data::Object(others) => {
                        if others.open {
                            entries.open();
                        }
                        others.known.into_iter().for_each(|(key, value)| entries.set(key, value));
                    }
                    _ => entries.open(),
                },
                swc::PropOrSpread::Prop(prop) => match &**prop {
                    swc::Prop::KeyValue(pair) => match key(&pair.key) {
                        Some(key) => entries.set(key, self.value(&pair.value)),
                        None => entries.open(),
                    },
                    swc::Prop::Shorthand(name) => {
                        entries.set(name.sym.to_string(), self.named(&name.sym));
                    }
                    // A function is no data, and nobody's setting.
                    _ => {}
                },
            }
        }
        Data::Object(entries)
    }

    fn member(&self, member: &swc::MemberExpr) -> Data {
        match (self.value(&member.obj), property(&member.prop)) {
            (Data::Object(entries), Some(key)) => {
                entries.get(&key).cloned().unwrap_or(Data::Unknown)
            }
            _ => Data::Unknown,
        }
    }
}

fn calculated(op: swc::BinaryOp, a: f64, b: f64) -> Data {
    match op {
        swc::BinaryOp::Add => Data::Number(a + b),
        swc::BinaryOp::Sub => Data::Number(a - b),
        swc::BinaryOp::Mul => Data::Number(a * b),
        swc::BinaryOp::Div => Data::Number(a / b),
        _ => Data::Unknown,
    }
}

/// The name that an import has here, and the one that it is exported by.
fn imported(specifier: &swc::ImportSpecifier) -> (String, String) {
    match specifier {
        swc::ImportSpecifier::Named(named) => {
            let local = named.local.sym.to_string();
            let name = named.imported.as_ref().map_or_else(|| local.clone(), export_name);
            (local, name)
        }
        swc::ImportSpecifier::Default(default) => {
            (default.local.sym.to_string(), "default".to_owned())
        }
        swc::ImportSpecifier::Namespace(all) => (all.local.sym.to_string(), "*".to_owned()),
    }
}

/// `require('...')`
fn required(expr: &swc::Expr) -> Option<Data> {
    let call = expr.as_call()?;
    let callee = call.callee.as_expr()?.as_ident()?;
    let swc::Expr::Lit(swc::Lit::Str(from)) = &*call.args.first()?.expr else { return None };
    (&*callee.sym == "require")
        .then(|| Data::Imported { from: string(from).text, name: "default".to_owned() })
}

fn export_name(name: &swc::ModuleExportName) -> String {
    match name {
        swc::ModuleExportName::Ident(name) => name.sym.to_string(),
        swc::ModuleExportName::Str(name) => string(name).text,
    }
}

pub(super) fn is_module_exports(target: &swc::AssignTarget) -> bool {
    let path = match target {
        swc::AssignTarget::Simple(swc::SimpleAssignTarget::Member(member)) => path(member),
        _ => None,
    };
    path.is_some_and(|(root, keys)| root == "module" && keys == ["exports"])
}

pub(super) fn key(name: &swc::PropName) -> Option<String> {
    match name {
        swc::PropName::Ident(name) => Some(name.sym.to_string()),
        swc::PropName::Str(name) => Some(string(name).text),
        swc::PropName::Num(number) => Some(number.value.to_string()),
        _ => None,
    }
}

fn property(prop: &swc::MemberProp) -> Option<String> {
    match prop {
        swc::MemberProp::Ident(name) => Some(name.sym.to_string()),
        swc::MemberProp::Computed(computed) => match &*computed.expr {
            swc::Expr::Lit(swc::Lit::Str(text)) => Some(string(text).text),
            _ => None,
        },
        swc::MemberProp::PrivateName(_) => None,
    }
}

/// `config.plugins.X` as its first name and the others; those behind a computed one are left out.
fn path(member: &swc::MemberExpr) -> Option<(String, Vec<String>)> {
    let (root, mut keys) = match &*member.obj {
        swc::Expr::Ident(name) => (name.sym.to_string(), Vec::new()),
        swc::Expr::Member(inner) => path(inner)?,
        swc::Expr::TsNonNull(inner) => match &*inner.expr {
            swc::Expr::Member(inner) => path(inner)?,
            swc::Expr::Ident(name) => (name.sym.to_string(), Vec::new()),
            _ => return None,
        },
        _ => return None,
    };
    keys.extend(property(&member.prop));
    Some((root, keys))
}

/// Forgets what is assigned after it was declared.
struct Changes<'a>(&'a mut BTreeMap<String, Data>);

impl Changes<'_> {
    fn forget(&mut self, root: &str, keys: &[String]) {
        if let Some(data) = self.0.get_mut(root) {
            forget(data, keys);
        }
    }
}

fn forget(data: &mut Data, keys: &[String]) {
    match (data, keys) {
        (Data::Object(entries), [key, rest @ ..]) => {
            match entries.known.iter_mut().find(|(known, _)| known == key) {
                Some((_, value)) => forget(value, rest),
                None => entries.set(key.clone(), Data::Unknown),
            }
        }
        (data, _) => *data = Data::Unknown,
    }
}

impl Visit for Changes<'_> {
    fn visit_assign_expr(&mut self, assign: &swc::AssignExpr) {
        assign.visit_children_with(self);
        match &assign.left {
            swc::AssignTarget::Simple(swc::SimpleAssignTarget::Ident(name)) => {
                self.forget(&name.id.sym, &[]);
            }
            swc::AssignTarget::Simple(swc::SimpleAssignTarget::Member(member)) => {
                if let Some((root, keys)) = path(member) {
                    self.forget(&root, &keys);
                }
            }
            _ => {}
        }
    }

    /// `Object.assign(config, ...)` changes its first argument.
    fn visit_call_expr(&mut self, call: &swc::CallExpr) {
        call.visit_children_with(self);
        let callee = call.callee.as_expr().and_then(|callee| callee.as_member()).and_then(path);
        let is_assign = callee.is_some_and(|(root, keys)| root == "Object" && keys == ["assign"]);
        let first = call.args.first().map(|argument| &*argument.expr);
        match first {
            Some(swc::Expr::Ident(name)) if is_assign => self.forget(&name.sym, &[]),
            Some(swc::Expr::Member(member)) if is_assign => {
                if let Some((root, keys)) = path(member) {
                    self.forget(&root, &keys);
                }
            }
            _ => {}
        }
    }
}

/// The calls of a function.
struct Calls<'a> {
    function: &'a str,
    found: Vec<String>,
}

impl Visit for Calls<'_> {
    fn visit_call_expr(&mut self, call: &swc::CallExpr) {
        let name = call.callee.as_expr().and_then(|callee| match &**callee {
            swc::Expr::Ident(name) => Some(name.sym.to_string()),
            swc::Expr::Member(member) => property(&member.prop),
            _ => None,
        });
        if name.as_deref() == Some(self.function)
            && let Some(swc::Expr::Lit(swc::Lit::Str(text))) = call.args.first().map(|it| &*it.expr)
        {
            let text = string(text).text;
            if !self.found.contains(&text) {
                self.found.push(text);
            }
        }
        call.visit_children_with(self);
    }
}
