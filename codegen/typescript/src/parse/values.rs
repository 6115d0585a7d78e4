//! swc's expressions into ours, as far as a type can be read from them.

use swc_ecma_ast as swc;

use super::{
    convert::{Converter, expression_name},
    types::{name, string},
};
use crate::syntax::{
    EntityName, Keyword, NameStyle, PropertyName, Signature, TypeExpr, TypeKind, Value, ValuePart,
};

impl Converter<'_> {
    pub(super) fn value(&self, expr: &swc::Expr) -> Value {
        match expr {
            swc::Expr::Lit(literal) => literal_value(literal),
            swc::Expr::Tpl(template) => {
                match (template.exprs.as_slice(), template.quasis.first()) {
                    ([], Some(text)) => Value::String(super::types::template_text(text)),
                    _ => always(Keyword::String, expr),
                }
            }
            swc::Expr::Unary(unary) => self.unary(unary, expr),
            swc::Expr::Array(array) => Value::Array(
                array.elems.iter().flatten().map(|element| self.value(&element.expr)).collect(),
            ),
            swc::Expr::Object(object) => Value::Object(
                object.props.iter().filter_map(|prop| self.value_part(prop)).collect(),
            ),
            swc::Expr::Arrow(arrow) => self.arrow(arrow),
            swc::Expr::Fn(function) => self.function_value(&function.function),
            swc::Expr::Ident(ident) if &*ident.sym == "undefined" => {
                always(Keyword::Undefined, expr)
            }
            swc::Expr::Ident(_) | swc::Expr::Member(_) => {
                reference(expr).map_or(Value::Other, Value::Reference)
            }
            swc::Expr::New(new) => reference(&new.callee).map_or(Value::Other, |callee| {
                Value::New(callee, self.args(new.type_args.as_deref()))
            }),
            swc::Expr::Call(call) => {
                let callee = call.callee.as_expr().and_then(|callee| reference(callee));
                callee.map_or(Value::Other, |callee| {
                    Value::Call(callee, self.args(call.type_args.as_deref()))
                })
            }
            swc::Expr::TsConstAssertion(assertion) => {
                Value::Const(Box::new(self.value(&assertion.expr)))
            }
            swc::Expr::TsAs(assertion) => Value::As(Box::new(self.ty(&assertion.type_ann))),
            swc::Expr::TsSatisfies(checked) => self.value(&checked.expr),
            swc::Expr::TsTypeAssertion(assertion) => {
                Value::As(Box::new(self.ty(&assertion.type_ann)))
            }
            swc::Expr::Paren(paren) => self.value(&paren.expr),
            _ => Value::Other,
        }
    }

    fn unary(&self, unary: &swc::UnaryExpr, expr: &swc::Expr) -> Value {
        match (unary.op, self.value(&unary.arg)) {
            (swc::UnaryOp::Minus, Value::Number(number)) => Value::Number(format!("-{number}")),
            (swc::UnaryOp::Plus, number @ Value::Number(_)) => number,
            (swc::UnaryOp::Minus | swc::UnaryOp::Plus | swc::UnaryOp::Tilde, _) => {
                always(Keyword::Number, expr)
            }
            (swc::UnaryOp::Bang | swc::UnaryOp::Delete, _) => always(Keyword::Boolean, expr),
            (swc::UnaryOp::Void, _) => always(Keyword::Undefined, expr),
            (swc::UnaryOp::TypeOf, _) => Value::TypeName,
        }
    }

    fn arrow(&self, arrow: &swc::ArrowExpr) -> Value {
        let result = match &*arrow.body {
            swc::ArrowFunctionBody::Expr(result) => Some(Box::new(self.value(result))),
            swc::ArrowFunctionBody::FunctionBody(_) => None,
        };
        let params: Vec<_> =
            arrow.params.iter().filter_map(|param| self.pat_param(param)).collect();
        let inferred = || match &*arrow.body {
            // What says nothing by itself may still say what kind of value it is.
            swc::ArrowFunctionBody::Expr(value) if is_unclear(result.as_deref()) => {
                self.result_of_expression(&params, value, arrow.is_async)
            }
            swc::ArrowFunctionBody::Expr(_) => None,
            swc::ArrowFunctionBody::FunctionBody(body) => {
                self.result_of_body(&params, &body.stmts, arrow.is_async)
            }
        };
        let returns = self.annotation(arrow.return_type.as_deref()).or_else(inferred);
        let type_params = self.type_params(arrow.type_params.as_deref());
        let signature = Signature { type_params, params, returns, has_body: true };
        Value::Function { signature: Box::new(signature), is_async: arrow.is_async, result }
    }

    fn function_value(&self, function: &swc::Function) -> Value {
        Value::Function {
            signature: Box::new(self.function_signature(function)),
            is_async: function.is_async,
            result: None,
        }
    }

    fn value_part(&self, prop: &swc::PropOrSpread) -> Option<ValuePart> {
        let prop = match prop {
            swc::PropOrSpread::Prop(prop) => &**prop,
            swc::PropOrSpread::Spread(spread) => {
                return Some(ValuePart::Spread(self.value(&spread.expr)));
            }
        };
        match prop {
            swc::Prop::KeyValue(pair) => {
                Some(ValuePart::Property(self.prop_name(&pair.key), self.value(&pair.value)))
            }
            swc::Prop::Shorthand(ident) => {
                let name = name(ident);
                let value = Value::Reference(EntityName { parts: vec![name.clone()] });
                let (text, span) = (name.text, name.span);
                Some(ValuePart::Property(
                    PropertyName { text, style: NameStyle::Ident, span },
                    value,
                ))
            }
            swc::Prop::Method(method) => Some(ValuePart::Method(
                self.prop_name(&method.key),
                self.function_value(&method.function),
            )),
            swc::Prop::Getter(getter) => {
                let ty = self.function_signature(&getter.function).returns;
                let value = ty.map_or(Value::Other, |ty| Value::As(Box::new(ty)));
                Some(ValuePart::Getter(self.prop_name(&getter.key), value))
            }
            _ => None,
        }
    }
}

/// Whether a value says nothing of its type, or of a part of it.
fn is_unclear(value: Option<&Value>) -> bool {
    match value {
        Some(Value::Other) => true,
        Some(Value::Object(parts)) => parts
            .iter()
            .any(|part| matches!(part, ValuePart::Property(_, Value::Other | Value::Reference(_)))),
        _ => false,
    }
}

fn literal_value(literal: &swc::Lit) -> Value {
    match literal {
        swc::Lit::Str(text) => Value::String(string(text).text),
        swc::Lit::Num(number) => Value::Number(number.value.to_string()),
        swc::Lit::BigInt(number) => Value::BigInt(format!("{}n", number.value)),
        swc::Lit::Bool(value) => Value::Boolean(value.value),
        swc::Lit::Null(_) => Value::Null,
        swc::Lit::Regex(_) => Value::RegExp,
        swc::Lit::JSXText(_) => Value::Other,
    }
}

fn reference(expr: &swc::Expr) -> Option<EntityName> {
    expression_name(expr).map(|parts| EntityName { parts })
}

/// What is of this type whatever it is made of.
fn always(word: Keyword, expr: &swc::Expr) -> Value {
    use swc_common::Spanned;
    Value::As(Box::new(TypeExpr {
        kind: TypeKind::Keyword(word),
        span: super::convert::span(expr.span()),
    }))
}
