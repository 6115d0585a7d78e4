//! What a function gives that does not say so: as far as its `return` statements tell it without a
//! look at other declarations.

use std::{cell::Cell, collections::BTreeMap};

use miette::SourceSpan;
use swc_ecma_ast as swc;
use swc_ecma_visit::{Visit, VisitWith};

use super::{
    convert::{Converter, expression_name},
    types::string,
};
use crate::syntax::{
    EntityName, Keyword, Literal, Member, MemberKind, Name, Param, Property, TypeExpr, TypeKind,
};

/// What the names in a function stand for.
struct Names<'p> {
    params: &'p [Param],
    /// What is declared in its body.
    locals: BTreeMap<String, Local>,
    /// How many variables are followed from one to the next.
    followed: Cell<usize>,
}

/// What a variable in a function is declared as.
enum Local {
    Typed(Box<swc::TsType>),
    /// With this value; whether it is constant.
    Worth(Box<swc::Expr>, bool),
    /// Declared in several places, or taken out of something.
    Unclear,
}

/// The most variables that are followed for one result.
const MOST: usize = 50;

impl Converter<'_> {
    /// The result of a function with these parameters and this body; `None` where it does not follow.
    pub(super) fn result_of_body(
        &self,
        params: &[Param],
        body: &[swc::Stmt],
        is_async: bool,
    ) -> Option<TypeExpr> {
        let mut found = Statements::default();
        for statement in body {
            statement.visit_with(&mut found);
        }
        let only_throws = matches!(body, [swc::Stmt::Throw(_)]);
        if only_throws || found.is_generator {
            return None;
        }
        if found.returned.is_empty() {
            return Some(promised(keyword(Keyword::Void), is_async));
        }
        // What goes on to its end gives `undefined` there.
        let ends = matches!(body.last(), Some(swc::Stmt::Return(_) | swc::Stmt::Throw(_)));
        if !ends || found.gives_nothing {
            return None;
        }
        let names = Names { params, locals: found.locals, followed: Cell::new(0) };
        let types: Option<Vec<_>> =
            found.returned.iter().map(|value| self.type_of(value, &names)).collect();
        Some(promised(united(types?)?, is_async))
    }

    /// The result of a function that is one expression.
    pub(super) fn result_of_expression(
        &self,
        params: &[Param],
        value: &swc::Expr,
        is_async: bool,
    ) -> Option<TypeExpr> {
        let names = Names { params, locals: BTreeMap::new(), followed: Cell::new(0) };
        Some(promised(united(vec![self.type_of(value, &names)?])?, is_async))
    }

    /// The type of an expression; literals stay what they are.
    fn type_of(&self, value: &swc::Expr, names: &Names<'_>) -> Option<TypeExpr> {
        let kind = match value {
            swc::Expr::Lit(literal) => literal_type(literal)?,
            swc::Expr::Tpl(template) if !template.exprs.is_empty() => {
                TypeKind::Keyword(Keyword::String)
            }
            swc::Expr::Paren(inner) => return self.type_of(&inner.expr, names),
            swc::Expr::TsAs(assertion) => return Some(self.ty(&assertion.type_ann)),
            swc::Expr::Ident(ident) => return self.variable_type(&ident.sym, names),
            swc::Expr::Await(awaited) => {
                return Some(settled(self.type_of(&awaited.arg, names)?));
            }
            swc::Expr::Bin(binary) => TypeKind::Keyword(self.operation(binary, names)?),
            swc::Expr::Unary(unary) => TypeKind::Keyword(match unary.op {
                swc::UnaryOp::Bang | swc::UnaryOp::Delete => Keyword::Boolean,
                swc::UnaryOp::Void => Keyword::Undefined,
                _ => return None,
            }),
            swc::Expr::Cond(choice) => {
                let both = [&choice.cons, &choice.alt].map(|part| self.type_of(part, names));
                let both: Option<Vec<_>> = both.into_iter().collect();
                TypeKind::Union(both?)
            }
            swc::Expr::Array(list) => {
                let elements = list.elems.iter().map(|element| {
                    let element = element.as_ref().filter(|element| element.spread.is_none())?;
                    self.type_of(&element.expr, names).map(widened)
                });
                let elements: Vec<_> = elements.collect::<Option<_>>()?;
                TypeKind::Array(Box::new(united(elements)?))
            }
            swc::Expr::Object(object) => {
                let members = object.props.iter().map(|prop| self.member_of(prop, names));
                TypeKind::Object(members.collect::<Option<_>>()?)
            }
            swc::Expr::New(new) => {
                let parts = expression_name(&new.callee)?;
                let first = parts.first().map(|part| part.text.clone())?;
                if names.locals.contains_key(&first) {
                    return None;
                }
                let args = self.args(new.type_args.as_deref());
                TypeKind::Reference { name: EntityName { parts }, args }
            }
            swc::Expr::This(_) => TypeKind::This,
            _ => return None,
        };
        Some(plain(kind))
    }

    fn member_of(&self, prop: &swc::PropOrSpread, names: &Names<'_>) -> Option<Member> {
        let swc::PropOrSpread::Prop(prop) = prop else { return None };
        let (name, ty) = match &**prop {
            swc::Prop::KeyValue(pair) => {
                (self.prop_name(&pair.key), self.type_of(&pair.value, names)?)
            }
            swc::Prop::Shorthand(ident) => {
                let key = swc::PropName::Ident(ident.clone().into());
                (self.prop_name(&key), self.variable_type(&ident.sym, names)?)
            }
            _ => return None,
        };
        let span = name.span;
        let ty = Some(widened(ty));
        let property = Property { name, optional: false, readonly: false, ty, initializer: None };
        let docs = crate::syntax::Docs::default();
        Some(Member { kind: MemberKind::Property(property), docs, span })
    }

    /// The type of a parameter, or of a variable in the function's body.
    fn variable_type(&self, name: &str, names: &Names<'_>) -> Option<TypeExpr> {
        if names.followed.replace(names.followed.get() + 1) > MOST {
            return None;
        }
        let is_param = names.params.iter().any(|param| param.name.text == name);
        match names.locals.get(name) {
            None => names.param(name),
            // One of both is in a block of its own.
            Some(_) if is_param => None,
            Some(Local::Typed(ty)) => Some(self.ty(ty)),
            Some(Local::Worth(value, true)) => self.type_of(value, names),
            Some(Local::Worth(value, false)) => self.type_of(value, names).map(widened),
            Some(Local::Unclear) => None,
        }
    }

    /// What an operator makes of two values.
    fn operation(&self, binary: &swc::BinExpr, names: &Names<'_>) -> Option<Keyword> {
        use swc::BinaryOp as Op;
        let is = |value: &swc::Expr, wanted: Keyword| {
            let ty = self.type_of(value, names).map(widened);
            matches!(ty, Some(TypeExpr { kind: TypeKind::Keyword(word), .. }) if word == wanted)
        };
        let both = |word| is(&binary.left, word) && is(&binary.right, word);
        match binary.op {
            Op::EqEq
            | Op::NotEq
            | Op::EqEqEq
            | Op::NotEqEq
            | Op::Lt
            | Op::LtEq
            | Op::Gt
            | Op::GtEq
            | Op::In
            | Op::InstanceOf => Some(Keyword::Boolean),
            Op::Add if is(&binary.left, Keyword::String) || is(&binary.right, Keyword::String) => {
                Some(Keyword::String)
            }
            Op::Add | Op::Sub | Op::Mul | Op::Div | Op::Mod | Op::Exp if both(Keyword::Number) => {
                Some(Keyword::Number)
            }
            _ => None,
        }
    }
}

impl Names<'_> {
    /// The type of a parameter that nothing else of its name hides.
    fn param(&self, name: &str) -> Option<TypeExpr> {
        let mut params = self.params.iter().filter(|param| param.simple);
        let param = params.find(|param| param.name.text == name)?;
        if param.optional || param.rest {
            return None;
        }
        Some(param.ty.clone().unwrap_or_else(|| keyword(Keyword::Any)))
    }
}

/// The `return` statements of a function, and what it declares; not those of functions in it.
#[derive(Default)]
struct Statements {
    returned: Vec<swc::Expr>,
    gives_nothing: bool,
    is_generator: bool,
    locals: BTreeMap<String, Local>,
}

impl Statements {
    fn declare(&mut self, name: &str, local: Local) {
        let known = self.locals.insert(name.to_owned(), local);
        if known.is_some() {
            self.locals.insert(name.to_owned(), Local::Unclear);
        }
    }
}

impl Visit for Statements {
    fn visit_return_stmt(&mut self, statement: &swc::ReturnStmt) {
        match &statement.arg {
            Some(value) => self.returned.push((**value).clone()),
            None => self.gives_nothing = true,
        }
    }

    fn visit_yield_expr(&mut self, _: &swc::YieldExpr) {
        self.is_generator = true;
    }

    fn visit_var_decl(&mut self, declaration: &swc::VarDecl) {
        for declarator in &declaration.decls {
            let Some(ident) = declarator.name.as_ident() else {
                declarator.visit_with(self);
                continue;
            };
            let constant = declaration.kind == swc::VarDeclKind::Const;
            let local = match (&ident.type_ann, &declarator.init) {
                (Some(written), _) => Local::Typed(written.type_ann.clone()),
                (None, Some(value)) => Local::Worth(value.clone(), constant),
                (None, None) => Local::Unclear,
            };
            self.declare(&ident.sym, local);
            declarator.init.visit_with(self);
        }
    }

    fn visit_assign_expr(&mut self, assignment: &swc::AssignExpr) {
        // What is assigned to is declared elsewhere.
        assignment.right.visit_with(self);
    }

    fn visit_binding_ident(&mut self, ident: &swc::BindingIdent) {
        self.declare(&ident.sym, Local::Unclear);
    }

    fn visit_fn_decl(&mut self, function: &swc::FnDecl) {
        self.declare(&function.ident.sym, Local::Unclear);
    }

    fn visit_class_decl(&mut self, class: &swc::ClassDecl) {
        self.declare(&class.ident.sym, Local::Unclear);
    }

    fn visit_function(&mut self, _: &swc::Function) {}

    fn visit_arrow_expr(&mut self, _: &swc::ArrowExpr) {}

    fn visit_class(&mut self, _: &swc::Class) {}
}

/// Types as one, as the compiler makes a result of them: one literal alone is any of its kind.
fn united(types: Vec<TypeExpr>) -> Option<TypeExpr> {
    let mut all: Vec<TypeExpr> = Vec::new();
    let mut flat: Vec<TypeExpr> = Vec::new();
    for ty in types {
        match ty.kind {
            TypeKind::Union(parts) => flat.extend(parts),
            _ => flat.push(ty),
        }
    }
    let words: Vec<Keyword> = flat.iter().filter_map(word).collect();
    for ty in flat {
        let literal = matches!(ty.kind, TypeKind::Literal(_));
        let is_held =
            literal && word(&widened(ty.clone())).is_some_and(|word| words.contains(&word));
        let known = |other: &TypeExpr| match (&other.kind, &ty.kind) {
            (TypeKind::Literal(a), TypeKind::Literal(b)) => a == b,
            (TypeKind::Keyword(a), TypeKind::Keyword(b)) => a == b,
            (TypeKind::This, TypeKind::This) => true,
            _ => false,
        };
        if !is_held && !all.iter().any(known) {
            all.push(ty);
        }
    }
    // Whether one object can stand for another takes a look at both.
    let is_plain = |ty: &TypeExpr| matches!(ty.kind, TypeKind::Literal(_) | TypeKind::Keyword(_));
    match all.len() {
        0 => None,
        1 => all.pop().map(widened),
        _ if all.iter().all(is_plain) => Some(plain(TypeKind::Union(all))),
        _ => None,
    }
}

fn word(ty: &TypeExpr) -> Option<Keyword> {
    if let TypeKind::Keyword(word) = ty.kind { Some(word) } else { None }
}

/// What comes of waiting for a value.
fn settled(ty: TypeExpr) -> TypeExpr {
    match ty.kind {
        TypeKind::Reference { name, mut args }
            if name.single() == Some("Promise") && args.len() == 1 =>
        {
            args.pop().map_or_else(|| keyword(Keyword::Any), settled)
        }
        kind => TypeExpr { kind, ..ty },
    }
}

/// The type of a place that holds a value now, and may hold another one later.
fn widened(ty: TypeExpr) -> TypeExpr {
    let TypeKind::Literal(literal) = &ty.kind else { return ty };
    keyword(match literal {
        Literal::String(_) => Keyword::String,
        Literal::Number(_) => Keyword::Number,
        Literal::BigInt(_) => Keyword::BigInt,
        Literal::Boolean(_) => Keyword::Boolean,
    })
}

fn literal_type(literal: &swc::Lit) -> Option<TypeKind> {
    Some(TypeKind::Literal(match literal {
        swc::Lit::Str(text) => Literal::String(string(text).text),
        swc::Lit::Num(number) => Literal::Number(number.value),
        swc::Lit::BigInt(number) => Literal::BigInt(format!("{}n", number.value)),
        swc::Lit::Bool(value) => Literal::Boolean(value.value),
        swc::Lit::Null(_) => return Some(TypeKind::Keyword(Keyword::Null)),
        swc::Lit::Regex(_) | swc::Lit::JSXText(_) => return None,
    }))
}

fn promised(ty: TypeExpr, is_async: bool) -> TypeExpr {
    if !is_async {
        return ty;
    }
    let parts = vec![Name { text: "Promise".to_owned(), span: nowhere() }];
    plain(TypeKind::Reference { name: EntityName { parts }, args: vec![ty] })
}

fn keyword(word: Keyword) -> TypeExpr {
    plain(TypeKind::Keyword(word))
}

/// A type that nobody wrote.
fn plain(kind: TypeKind) -> TypeExpr {
    TypeExpr { kind, span: nowhere() }
}

fn nowhere() -> SourceSpan {
    SourceSpan::from((0, 0))
}
