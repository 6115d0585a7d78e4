//! Whether nobody notices when a statement is left out, as bundlers have it: reading a name or making a
//! function does nothing; a call does, unless it is marked `/* @__PURE__ */`.

use swc_common::{Span, comments::SingleThreadedComments};
use swc_ecma_ast::{
    BinaryOp, CallExpr, Callee, Class, ClassMember, Decl, DefaultDecl, Expr, ExprOrSpread, Key,
    Lit, MemberExpr, MemberProp, ModuleDecl, ModuleItem, NewExpr, Pat, Prop, PropName,
    PropOrSpread, Stmt, UnaryOp, VarDecl,
};

use super::scopes::Top;

/// Globals that a look at does nothing to, nor at what is one level below.
const GLOBALS: [&str; 43] = [
    "AbortController",
    "AbortSignal",
    "Array",
    "ArrayBuffer",
    "BigInt",
    "Blob",
    "Boolean",
    "DataView",
    "Date",
    "Error",
    "Event",
    "EventTarget",
    "Float32Array",
    "Float64Array",
    "FormData",
    "Function",
    "Headers",
    "Infinity",
    "Int16Array",
    "Int32Array",
    "Int8Array",
    "JSON",
    "Map",
    "Math",
    "NaN",
    "Number",
    "Object",
    "Promise",
    "Proxy",
    "RangeError",
    "Reflect",
    "RegExp",
    "Request",
    "Response",
    "Set",
    "String",
    "Symbol",
    "TypeError",
    "URL",
    "Uint8Array",
    "WeakMap",
    "WeakSet",
    "undefined",
];

/// Constructors that do nothing but make what they are given into something else.
const MAKERS: [&str; 6] = ["Map", "Set", "WeakMap", "WeakSet", "Error", "TypeError"];

/// Functions that do nothing when their arguments are plain.
const FUNCTIONS: [(&str, &str); 3] =
    [("Object", "freeze"), ("Object", "create"), ("Symbol", "for")];

/// Looks at the statements of a file.
pub(super) struct Purity<'a> {
    pub(super) top: &'a Top,
    pub(super) comments: &'a SingleThreadedComments,
}

impl Purity<'_> {
    pub(super) fn item(&self, item: &ModuleItem) -> bool {
        match item {
            ModuleItem::Stmt(statement) => self.statement(statement),
            ModuleItem::ModuleDecl(ModuleDecl::ExportDecl(export)) => {
                self.declaration(&export.decl)
            }
            ModuleItem::ModuleDecl(ModuleDecl::ExportDefaultExpr(export)) => {
                self.expr(&export.expr)
            }
            ModuleItem::ModuleDecl(ModuleDecl::ExportDefaultDecl(export)) => match &export.decl {
                DefaultDecl::Class(class) => self.class(&class.class),
                DefaultDecl::Fn(_) | DefaultDecl::TsInterfaceDecl(_) => true,
            },
            ModuleItem::ModuleDecl(_) => true,
        }
    }

    pub(super) fn statement(&self, statement: &Stmt) -> bool {
        match statement {
            Stmt::Empty(_) => true,
            Stmt::Decl(declaration) => self.declaration(declaration),
            Stmt::Expr(statement) => self.expr(&statement.expr),
            Stmt::Block(block) => block.stmts.iter().all(|it| self.statement(it)),
            _ => false,
        }
    }

    fn declaration(&self, declaration: &Decl) -> bool {
        match declaration {
            Decl::Fn(_) => true,
            Decl::Class(class) => self.class(&class.class),
            Decl::Var(variables) => self.variables(variables),
            _ => false,
        }
    }

    fn variables(&self, variables: &VarDecl) -> bool {
        variables.decls.iter().all(|it| {
            // To take a value apart may call its getters.
            matches!(it.name, Pat::Ident(_)) && it.init.as_ref().is_none_or(|it| self.expr(it))
        })
    }

    fn class(&self, class: &Class) -> bool {
        let member = |member: &ClassMember| match member {
            ClassMember::Constructor(_)
            | ClassMember::Empty(_)
            | ClassMember::PrivateMethod(_)
            | ClassMember::TsIndexSignature(_) => true,
            ClassMember::Method(method) => {
                self.key(&method.key) && method.function.decorators.is_empty()
            }
            ClassMember::ClassProp(it) => {
                let value = || it.value.as_ref().is_none_or(|it| self.expr(it));
                self.key(&it.key) && it.decorators.is_empty() && (!it.is_static || value())
            }
            ClassMember::PrivateProp(it) => {
                !it.is_static || it.value.as_ref().is_none_or(|it| self.expr(it))
            }
            ClassMember::StaticBlock(block) => block.body.stmts.is_empty(),
            ClassMember::AutoAccessor(it) => {
                let key = match &it.key {
                    Key::Private(_) => true,
                    Key::Public(key) => self.key(key),
                };
                let value = || it.value.as_ref().is_none_or(|it| self.expr(it));
                key && it.decorators.is_empty() && (!it.is_static || value())
            }
        };
        class.decorators.is_empty()
            && class.super_class.as_ref().is_none_or(|it| self.expr(it))
            && class.body.iter().all(member)
    }

    fn key(&self, key: &PropName) -> bool {
        match key {
            PropName::Computed(key) => is_plain(&key.expr) || self.is_symbol(&key.expr),
            _ => true,
        }
    }

    /// `Symbol.iterator` and its like.
    fn is_symbol(&self, expr: &Expr) -> bool {
        matches!(expr, Expr::Member(member) if self.known_member(member))
    }

    fn expr(&self, expr: &Expr) -> bool {
        match expr {
            Expr::Fn(_) | Expr::Arrow(_) | Expr::This(_) | Expr::Lit(_) | Expr::MetaProp(_) => true,
            Expr::Ident(name) => self.top.contains_key(&name.sym) || GLOBALS.contains(&&*name.sym),
            Expr::Paren(paren) => self.expr(&paren.expr),
            Expr::Class(class) => self.class(&class.class),
            Expr::Array(array) => array.elems.iter().flatten().all(|it| self.element(it)),
            Expr::Object(object) => object.props.iter().all(|it| self.property(it)),
            Expr::Tpl(template) => template.exprs.iter().all(|it| is_plain(it)),
            Expr::Unary(unary) => match unary.op {
                UnaryOp::TypeOf => matches!(&*unary.arg, Expr::Ident(_)) || self.expr(&unary.arg),
                UnaryOp::Bang | UnaryOp::Void => self.expr(&unary.arg),
                UnaryOp::Minus | UnaryOp::Plus | UnaryOp::Tilde => is_plain(&unary.arg),
                UnaryOp::Delete => false,
            },
            Expr::Bin(binary) => match binary.op {
                BinaryOp::EqEqEq
                | BinaryOp::NotEqEq
                | BinaryOp::LogicalAnd
                | BinaryOp::LogicalOr
                | BinaryOp::NullishCoalescing => {
                    self.expr(&binary.left) && self.expr(&binary.right)
                }
                BinaryOp::In | BinaryOp::InstanceOf => false,
                _ => is_plain(&binary.left) && is_plain(&binary.right),
            },
            Expr::Cond(cond) => {
                self.expr(&cond.test) && self.expr(&cond.cons) && self.expr(&cond.alt)
            }
            Expr::Seq(sequence) => sequence.exprs.iter().all(|it| self.expr(it)),
            Expr::Member(member) => self.known_member(member),
            Expr::Call(call) => self.call(call),
            Expr::New(new) => self.construction(new),
            _ => false,
        }
    }

    fn element(&self, element: &ExprOrSpread) -> bool {
        let is_list = || matches!(&*element.expr, Expr::Array(_));
        (element.spread.is_none() || is_list()) && self.expr(&element.expr)
    }

    fn property(&self, property: &PropOrSpread) -> bool {
        let PropOrSpread::Prop(property) = property else { return false };
        match &**property {
            Prop::Shorthand(name) => {
                self.top.contains_key(&name.sym) || GLOBALS.contains(&&*name.sym)
            }
            Prop::KeyValue(pair) => self.key(&pair.key) && self.expr(&pair.value),
            Prop::Assign(_) => false,
            Prop::Getter(it) => self.key(&it.key),
            Prop::Setter(it) => self.key(&it.key),
            Prop::Method(it) => self.key(&it.key),
        }
    }

    /// `Math.PI`
    fn known_member(&self, member: &MemberExpr) -> bool {
        self.known_object(&member.obj).is_some() && matches!(member.prop, MemberProp::Ident(_))
    }

    fn known_object<'e>(&self, expr: &'e Expr) -> Option<&'e str> {
        match expr {
            Expr::Ident(name) if !self.top.contains_key(&name.sym) => {
                let is_object = name.sym != *"undefined" && GLOBALS.contains(&&*name.sym);
                is_object.then_some(&*name.sym)
            }
            // `Object.prototype.toString`
            Expr::Member(member) => match &member.prop {
                MemberProp::Ident(prop) if prop.sym == *"prototype" => {
                    self.known_object(&member.obj)
                }
                _ => None,
            },
            _ => None,
        }
    }

    fn call(&self, call: &CallExpr) -> bool {
        if !call.args.iter().all(|it| self.element(it)) {
            return false;
        }
        if self.is_marked(call.span) {
            return true;
        }
        let Callee::Expr(callee) = &call.callee else { return false };
        match &**callee {
            Expr::Ident(name) => {
                name.sym == *"Symbol"
                    && !self.top.contains_key(&name.sym)
                    && call.args.iter().all(|it| is_plain(&it.expr))
            }
            Expr::Member(member) => {
                let (Some(object), MemberProp::Ident(prop)) =
                    (self.known_object(&member.obj), &member.prop)
                else {
                    return false;
                };
                let named = FUNCTIONS.contains(&(object, &*prop.sym));
                named && !matches!(&*member.obj, Expr::Member(_))
            }
            _ => false,
        }
    }

    fn construction(&self, new: &NewExpr) -> bool {
        let arguments = new.args.as_deref().unwrap_or_default();
        if !arguments.iter().all(|it| self.element(it)) {
            return false;
        }
        let is_known = matches!(&*new.callee, Expr::Ident(name)
            if MAKERS.contains(&&*name.sym) && !self.top.contains_key(&name.sym));
        let lists = || {
            arguments.iter().all(|it| {
                matches!(&*it.expr, Expr::Array(_) | Expr::Lit(Lit::Str(_) | Lit::Null(_)))
            })
        };
        self.is_marked(new.span) || is_known && lists()
    }

    /// Whether a comment says so.
    fn is_marked(&self, span: Span) -> bool {
        self.comments.with_leading(span.lo, |comments| {
            comments.iter().any(|it| it.text.contains("__PURE__"))
        })
    }
}

/// A literal, whatever it is converted to.
fn is_plain(expr: &Expr) -> bool {
    match expr {
        Expr::Lit(Lit::Str(_) | Lit::Num(_) | Lit::Bool(_) | Lit::Null(_) | Lit::BigInt(_)) => true,
        Expr::Paren(paren) => is_plain(&paren.expr),
        Expr::Tpl(template) => template.exprs.iter().all(|it| is_plain(it)),
        Expr::Unary(unary) => {
            matches!(unary.op, UnaryOp::Minus | UnaryOp::Plus | UnaryOp::Tilde | UnaryOp::Bang)
                && is_plain(&unary.arg)
        }
        Expr::Bin(binary) => {
            !matches!(binary.op, BinaryOp::In | BinaryOp::InstanceOf)
                && is_plain(&binary.left)
                && is_plain(&binary.right)
        }
        _ => false,
    }
}
