//! What is known of an expression before it runs: `process.env.NODE_ENV`, and what is compared with it.

use swc_ecma_ast::{
    BinaryOp, BindingIdent, Expr, Ident, ImportSpecifier, Lit, MemberExpr, MemberProp, Program,
    UnaryOp,
};
use swc_ecma_visit::{Visit, VisitWith};

/// A value that is known.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Known {
    Text(String),
    Bool(bool),
}

/// What stands for `process.env.NODE_ENV`; none where a file declares a `process` of its own.
pub(super) struct Fold<'a>(pub(super) Option<&'a str>);

impl<'a> Fold<'a> {
    pub(super) fn new<N: VisitWith<Process>>(
        program: &N,
        text: &str,
        environment: &'a str,
    ) -> Self {
        if !text.contains("NODE_ENV") {
            return Self(None);
        }
        let mut process = Process(false);
        program.visit_with(&mut process);
        Self((!process.0).then_some(environment))
    }

    /// The value of an expression that is the same in every run.
    pub(super) fn value(&self, expr: &Expr) -> Option<Known> {
        self.0?;
        match expr {
            Expr::Paren(paren) => self.value(&paren.expr),
            Expr::Lit(Lit::Str(text)) => {
                Some(Known::Text(text.value.to_string_lossy().into_owned()))
            }
            Expr::Lit(Lit::Bool(value)) => Some(Known::Bool(value.value)),
            Expr::Member(member) if is_environment(member) => {
                self.0.map(|environment| Known::Text(environment.to_owned()))
            }
            Expr::Unary(unary) if unary.op == UnaryOp::Bang => {
                Some(Known::Bool(!self.value(&unary.arg)?.is_true()))
            }
            Expr::Bin(binary) => self.binary(binary.op, &binary.left, &binary.right),
            _ => None,
        }
    }

    fn binary(&self, op: BinaryOp, left: &Expr, right: &Expr) -> Option<Known> {
        let left = self.value(left);
        match op {
            BinaryOp::EqEqEq | BinaryOp::EqEq => Some(Known::Bool(left? == self.value(right)?)),
            BinaryOp::NotEqEq | BinaryOp::NotEq => Some(Known::Bool(left? != self.value(right)?)),
            BinaryOp::LogicalAnd => {
                let left = left?;
                if left.is_true() { self.value(right) } else { Some(left) }
            }
            BinaryOp::LogicalOr => {
                let left = left?;
                if left.is_true() { Some(left) } else { self.value(right) }
            }
            _ => None,
        }
    }
}

impl Known {
    pub(super) fn is_true(&self) -> bool {
        match self {
            Self::Text(text) => !text.is_empty(),
            Self::Bool(value) => *value,
        }
    }
}

/// Whether this is `process.env.NODE_ENV`.
pub(super) fn is_environment(member: &MemberExpr) -> bool {
    let is = |prop: &MemberProp, name: &str| match prop {
        MemberProp::Ident(prop) => prop.sym == *name,
        MemberProp::Computed(prop) => {
            matches!(&*prop.expr, Expr::Lit(Lit::Str(text)) if text.value.to_string_lossy() == name)
        }
        MemberProp::PrivateName(_) => false,
    };
    is(&member.prop, "NODE_ENV")
        && matches!(&*member.obj, Expr::Member(env) if is(&env.prop, "env")
            && matches!(&*env.obj, Expr::Ident(process) if process.sym == *"process"))
}

/// Looks for a declaration of `process`.
pub(super) struct Process(bool);

impl Process {
    fn see(&mut self, name: &Ident) {
        self.0 |= name.sym == *"process";
    }
}

impl Visit for Process {
    fn visit_binding_ident(&mut self, name: &BindingIdent) {
        self.see(&name.id);
    }

    fn visit_import_specifier(&mut self, specifier: &ImportSpecifier) {
        self.see(specifier.local());
    }

    fn visit_fn_decl(&mut self, function: &swc_ecma_ast::FnDecl) {
        self.see(&function.ident);
        function.visit_children_with(self);
    }

    fn visit_program(&mut self, program: &Program) {
        program.visit_children_with(self);
    }
}
