//! swc's types into ours.

use swc_ecma_ast as swc;

use super::{
    convert::{Converter, span},
    trivia::Comments,
};
use crate::syntax::{
    Conditional, EntityName, Index, Keyword, Literal, Mapped, Member, MemberKind, Method, Modifier,
    Name, NameStyle, Operator, Param, Property, PropertyName, Signature, TupleElement, TypeExpr,
    TypeKind, TypeParam,
};

impl Converter<'_> {
    pub(super) fn ty(&self, ty: &swc::TsType) -> TypeExpr {
        use swc_common::Spanned;
        TypeExpr { kind: self.kind(ty), span: span(ty.span()) }
    }

    pub(super) fn annotation(&self, annotation: Option<&swc::TsTypeAnn>) -> Option<TypeExpr> {
        annotation.map(|annotation| self.ty(&annotation.type_ann))
    }

    fn boxed(&self, ty: &swc::TsType) -> Box<TypeExpr> {
        Box::new(self.ty(ty))
    }

    fn types(&self, types: &[Box<swc::TsType>]) -> Vec<TypeExpr> {
        types.iter().map(|ty| self.ty(ty)).collect()
    }

    pub(super) fn args(&self, args: Option<&swc::TsTypeParamInstantiation>) -> Vec<TypeExpr> {
        args.map(|args| self.types(&args.params)).unwrap_or_default()
    }

    fn kind(&self, ty: &swc::TsType) -> TypeKind {
        match ty {
            swc::TsType::TsKeywordType(ty) => TypeKind::Keyword(keyword(ty.kind)),
            swc::TsType::TsThisType(_) => TypeKind::This,
            swc::TsType::TsFnOrConstructorType(ty) => self.function(ty),
            swc::TsType::TsTypeRef(ty) => TypeKind::Reference {
                name: entity(&ty.type_name),
                args: self.args(ty.type_params.as_deref()),
            },
            swc::TsType::TsTypeQuery(ty) => self.query(ty),
            swc::TsType::TsTypeLit(ty) => TypeKind::Object(self.members(&ty.members)),
            swc::TsType::TsArrayType(ty) => TypeKind::Array(self.boxed(&ty.elem_type)),
            swc::TsType::TsTupleType(ty) => {
                TypeKind::Tuple(ty.elem_types.iter().map(|element| self.element(element)).collect())
            }
            // Both are the tuple's business; on their own they are syntax errors.
            swc::TsType::TsOptionalType(ty) => self.kind(&ty.type_ann),
            swc::TsType::TsRestType(ty) => self.kind(&ty.type_ann),
            swc::TsType::TsUnionOrIntersectionType(
                swc::TsUnionOrIntersectionType::TsUnionType(ty),
            ) => TypeKind::Union(self.types(&ty.types)),
            swc::TsType::TsUnionOrIntersectionType(
                swc::TsUnionOrIntersectionType::TsIntersectionType(ty),
            ) => TypeKind::Intersection(self.types(&ty.types)),
            swc::TsType::TsConditionalType(ty) => TypeKind::Conditional(Box::new(Conditional {
                check: self.ty(&ty.check_type),
                extends: self.ty(&ty.extends_type),
                yes: self.ty(&ty.true_type),
                no: self.ty(&ty.false_type),
            })),
            swc::TsType::TsInferType(ty) => {
                TypeKind::Infer(Box::new(self.type_param(&ty.type_param)))
            }
            swc::TsType::TsParenthesizedType(ty) => {
                TypeKind::Parenthesized(self.boxed(&ty.type_ann))
            }
            swc::TsType::TsTypeOperator(ty) => TypeKind::Operator {
                operator: match ty.op {
                    swc::TsTypeOperatorOp::KeyOf => Operator::KeyOf,
                    swc::TsTypeOperatorOp::Unique => Operator::Unique,
                    swc::TsTypeOperatorOp::ReadOnly => Operator::ReadOnly,
                },
                ty: self.boxed(&ty.type_ann),
            },
            swc::TsType::TsIndexedAccessType(ty) => TypeKind::Indexed {
                object: self.boxed(&ty.obj_type),
                index: self.boxed(&ty.index_type),
            },
            swc::TsType::TsMappedType(ty) => TypeKind::Mapped(Box::new(self.mapped(ty))),
            swc::TsType::TsLitType(ty) => self.literal(&ty.lit),
            swc::TsType::TsTypePredicate(ty) => TypeKind::Predicate {
                param: match &ty.param_name {
                    swc::TsThisTypeOrIdent::TsThisType(this) => {
                        Name { text: "this".to_owned(), span: span(this.span) }
                    }
                    swc::TsThisTypeOrIdent::Ident(ident) => name(ident),
                },
                asserts: ty.asserts,
                ty: ty.type_ann.as_deref().map(|ty| self.boxed(&ty.type_ann)),
            },
            swc::TsType::TsImportType(ty) => self.import_type(ty, false),
        }
    }

    fn function(&self, ty: &swc::TsFnOrConstructorType) -> TypeKind {
        match ty {
            swc::TsFnOrConstructorType::TsFnType(ty) => TypeKind::Function(Box::new(
                self.signature(ty.type_params.as_deref(), &ty.params, Some(&ty.type_ann)),
            )),
            swc::TsFnOrConstructorType::TsConstructorType(ty) => TypeKind::Constructor {
                signature: Box::new(self.signature(
                    ty.type_params.as_deref(),
                    &ty.params,
                    Some(&ty.type_ann),
                )),
                is_abstract: ty.is_abstract,
            },
        }
    }

    fn query(&self, ty: &swc::TsTypeQuery) -> TypeKind {
        match &ty.expr_name {
            swc::TsTypeQueryExpr::TsEntityName(name) => {
                TypeKind::Query { name: entity(name), args: self.args(ty.type_args.as_deref()) }
            }
            swc::TsTypeQueryExpr::Import(import) => self.import_type(import, true),
        }
    }

    fn import_type(&self, ty: &swc::TsImportType, query: bool) -> TypeKind {
        TypeKind::Import {
            from: string(&ty.arg),
            name: ty.qualifier.as_ref().map(entity),
            args: self.args(ty.type_args.as_deref()),
            query,
        }
    }

    fn element(&self, element: &swc::TsTupleElement) -> TupleElement {
        let (mut optional, mut rest) = (false, false);
        let mut ty = &*element.ty;
        loop {
            match ty {
                swc::TsType::TsOptionalType(inner) => {
                    optional = true;
                    ty = &inner.type_ann;
                }
                swc::TsType::TsRestType(inner) => {
                    rest = true;
                    ty = &inner.type_ann;
                }
                _ => break,
            }
        }
        let label = element.label.as_ref().and_then(|label| match label {
            swc::Pat::Ident(ident) => {
                optional |= ident.optional;
                Some(name(ident))
            }
            swc::Pat::Rest(inner) => {
                rest = true;
                inner.arg.as_ident().map(|ident| name(ident))
            }
            _ => None,
        });
        TupleElement { label, optional, rest, ty: self.ty(ty) }
    }

    fn mapped(&self, ty: &swc::TsMappedType) -> Mapped {
        let modifier = |modifier: swc::TruePlusMinus| match modifier {
            swc::TruePlusMinus::True => Modifier::Plain,
            swc::TruePlusMinus::Plus => Modifier::Plus,
            swc::TruePlusMinus::Minus => Modifier::Minus,
        };
        Mapped {
            param: self.type_param(&ty.type_param),
            name: ty.name_type.as_deref().map(|ty| self.ty(ty)),
            ty: ty.type_ann.as_deref().map(|ty| self.ty(ty)),
            readonly: ty.readonly.map(modifier),
            optional: ty.optional.map(modifier),
        }
    }

    fn literal(&self, literal: &swc::TsLit) -> TypeKind {
        match literal {
            swc::TsLit::Number(number) => TypeKind::Literal(Literal::Number(number.value)),
            swc::TsLit::Str(text) => TypeKind::Literal(Literal::String(string(text).text)),
            swc::TsLit::Bool(value) => TypeKind::Literal(Literal::Boolean(value.value)),
            swc::TsLit::BigInt(value) => {
                TypeKind::Literal(Literal::BigInt(format!("{}n", value.value)))
            }
            swc::TsLit::Tpl(template) => TypeKind::Template {
                texts: template.quasis.iter().map(template_text).collect(),
                types: self.types(&template.types),
            },
        }
    }

    pub(super) fn signature(
        &self,
        type_params: Option<&swc::TsTypeParamDecl>,
        params: &[swc::TsFnParam],
        returns: Option<&swc::TsTypeAnn>,
    ) -> Signature {
        Signature {
            type_params: self.type_params(type_params),
            params: params.iter().map(|param| self.param(param)).collect(),
            returns: self.annotation(returns),
            has_body: false,
        }
    }

    pub(super) fn type_params(&self, params: Option<&swc::TsTypeParamDecl>) -> Vec<TypeParam> {
        params
            .map(|list| list.params.iter().map(|param| self.type_param(param)).collect())
            .unwrap_or_default()
    }

    fn type_param(&self, param: &swc::TsTypeParam) -> TypeParam {
        TypeParam {
            name: name(&param.name),
            constraint: param.constraint.as_deref().map(|ty| self.ty(ty)),
            default: param.default.as_deref().map(|ty| self.ty(ty)),
            span: span(param.span),
        }
    }

    fn param(&self, param: &swc::TsFnParam) -> Param {
        match param {
            swc::TsFnParam::Ident(ident) => self.ident_param(ident),
            swc::TsFnParam::Rest(rest) => self.rest_param(rest),
            swc::TsFnParam::Array(pattern) => {
                self.pattern_param(pattern.span, pattern.optional, pattern.type_ann.as_deref())
            }
            swc::TsFnParam::Object(pattern) => {
                self.pattern_param(pattern.span, pattern.optional, pattern.type_ann.as_deref())
            }
        }
    }

    /// A parameter of a function with a body, which may have a default value.
    pub(super) fn pat_param(&self, pat: &swc::Pat) -> Option<Param> {
        Some(match pat {
            swc::Pat::Ident(ident) => self.ident_param(ident),
            swc::Pat::Rest(rest) => self.rest_param(rest),
            swc::Pat::Array(pattern) => {
                self.pattern_param(pattern.span, pattern.optional, pattern.type_ann.as_deref())
            }
            swc::Pat::Object(pattern) => {
                self.pattern_param(pattern.span, pattern.optional, pattern.type_ann.as_deref())
            }
            swc::Pat::Assign(assign) => Param {
                optional: true,
                default: Some(self.value(&assign.right)),
                ..self.pat_param(&assign.left)?
            },
            _ => return None,
        })
    }

    fn ident_param(&self, ident: &swc::BindingIdent) -> Param {
        let mut name = name(ident);
        // The identifier's own span runs on over its type.
        name.span = (name.span.offset(), name.text.len()).into();
        let mut whole = span(ident.id.span);
        if let Some(annotation) = &ident.type_ann {
            whole = (
                whole.offset(),
                span(annotation.span).offset() + span(annotation.span).len() - whole.offset(),
            )
                .into();
        }
        Param {
            docs: self.comments.param_docs(whole.offset()),
            name,
            simple: true,
            optional: ident.optional,
            rest: false,
            ty: self.annotation(ident.type_ann.as_deref()),
            default: None,
            span: whole,
        }
    }

    fn rest_param(&self, rest: &swc::RestPat) -> Param {
        let ident = rest.arg.as_ident();
        let name = ident.map_or_else(
            || {
                use swc_common::Spanned;
                self.source_name(rest.arg.span())
            },
            |ident| name(ident),
        );
        let start = span(rest.dot3_token).offset();
        Param {
            docs: self.comments.param_docs(start),
            name,
            simple: ident.is_some(),
            optional: false,
            rest: true,
            ty: self.annotation(rest.type_ann.as_deref()),
            default: None,
            span: span(rest.span),
        }
    }

    fn pattern_param(
        &self,
        whole: swc_common::Span,
        optional: bool,
        annotation: Option<&swc::TsTypeAnn>,
    ) -> Param {
        let mut pattern = whole;
        if let Some(annotation) = annotation
            && annotation.span.lo < whole.hi
        {
            pattern.hi = annotation.span.lo;
        }
        let mut name = self.source_name(pattern);
        let trimmed =
            name.text.trim_end().trim_end_matches(':').trim_end().trim_end_matches('?').len();
        name.text.truncate(trimmed);
        Param {
            docs: self.comments.param_docs(span(whole).offset()),
            name,
            simple: false,
            optional,
            rest: false,
            ty: self.annotation(annotation),
            default: None,
            span: span(whole),
        }
    }

    pub(super) fn members(&self, members: &[swc::TsTypeElement]) -> Vec<Member> {
        members.iter().map(|member| self.member(member)).collect()
    }

    fn member(&self, member: &swc::TsTypeElement) -> Member {
        use swc_common::Spanned;
        let (kind, whole) = match member {
            swc::TsTypeElement::TsCallSignatureDecl(call) => (
                MemberKind::Call(self.signature(
                    call.type_params.as_deref(),
                    &call.params,
                    call.type_ann.as_deref(),
                )),
                call.span,
            ),
            swc::TsTypeElement::TsConstructSignatureDecl(new) => (
                MemberKind::Construct(self.signature(
                    new.type_params.as_deref(),
                    &new.params,
                    new.type_ann.as_deref(),
                )),
                new.span,
            ),
            swc::TsTypeElement::TsPropertySignature(property) => (
                MemberKind::Property(Property {
                    name: self.property_name(&property.key, property.computed),
                    optional: property.optional,
                    readonly: property.readonly,
                    ty: self.annotation(property.type_ann.as_deref()),
                    initializer: None,
                }),
                property.span,
            ),
            swc::TsTypeElement::TsMethodSignature(method) => (
                MemberKind::Method(Method {
                    name: self.property_name(&method.key, method.computed),
                    optional: method.optional,
                    signature: self.signature(
                        method.type_params.as_deref(),
                        &method.params,
                        method.type_ann.as_deref(),
                    ),
                }),
                method.span,
            ),
            swc::TsTypeElement::TsGetterSignature(getter) => (
                MemberKind::Getter(Property {
                    name: self.property_name(&getter.key, getter.computed),
                    optional: false,
                    readonly: true,
                    ty: self.annotation(getter.type_ann.as_deref()),
                    initializer: None,
                }),
                getter.span,
            ),
            swc::TsTypeElement::TsSetterSignature(setter) => (
                MemberKind::Setter(Property {
                    name: self.property_name(&setter.key, setter.computed),
                    optional: false,
                    readonly: false,
                    ty: self.param(&setter.param).ty,
                    initializer: None,
                }),
                setter.span,
            ),
            swc::TsTypeElement::TsIndexSignature(index) => (self.index(index), index.span),
        };
        debug_assert!(member.span() == whole, "a member's span is its own");
        let whole = self.without_separator(whole);
        Member { kind, docs: self.comments.docs(whole.offset()), span: whole }
    }

    pub(super) fn index(&self, index: &swc::TsIndexSignature) -> MemberKind {
        let param = index.params.first().map(|param| self.param(param));
        MemberKind::Index(Index {
            param: Box::new(param.unwrap_or_else(|| Param {
                name: Name { text: String::new(), span: span(index.span) },
                simple: true,
                optional: false,
                rest: false,
                ty: None,
                default: None,
                docs: crate::syntax::Docs::default(),
                span: span(index.span),
            })),
            ty: self.annotation(index.type_ann.as_deref()),
            readonly: index.readonly,
        })
    }

    fn property_name(&self, key: &swc::Expr, computed: bool) -> PropertyName {
        use swc_common::Spanned;
        let at = span(key.span());
        let named = |text: String, style| PropertyName { text, style, span: at };
        match key {
            _ if computed => named(self.source(key.span()).to_owned(), NameStyle::Computed),
            swc::Expr::Ident(ident) => named(ident.sym.to_string(), NameStyle::Ident),
            swc::Expr::Lit(swc::Lit::Str(text)) => named(string(text).text, NameStyle::Quoted),
            swc::Expr::Lit(swc::Lit::Num(number)) => {
                named(number.value.to_string(), NameStyle::Number)
            }
            _ => named(self.source(key.span()).to_owned(), NameStyle::Ident),
        }
    }

    pub(super) fn prop_name(&self, key: &swc::PropName) -> PropertyName {
        use swc_common::Spanned;
        let at = span(key.span());
        let (text, style) = match key {
            swc::PropName::Ident(ident) => (ident.sym.to_string(), NameStyle::Ident),
            swc::PropName::Str(text) => (string(text).text, NameStyle::Quoted),
            swc::PropName::Num(number) => (number.value.to_string(), NameStyle::Number),
            swc::PropName::BigInt(value) => (value.value.to_string(), NameStyle::Number),
            swc::PropName::Computed(computed) => {
                (self.source(computed.expr.span()).to_owned(), NameStyle::Computed)
            }
        };
        PropertyName { text, style, span: at }
    }
}

/// Comments are looked up while converting.
impl<'a> Converter<'a> {
    pub(super) fn new(text: &'a str, comments: Comments<'a>) -> Self {
        Self { text, comments }
    }
}

fn keyword(kind: swc::TsKeywordTypeKind) -> Keyword {
    use swc::TsKeywordTypeKind as Kind;
    match kind {
        Kind::TsAnyKeyword => Keyword::Any,
        Kind::TsUnknownKeyword => Keyword::Unknown,
        Kind::TsNumberKeyword => Keyword::Number,
        Kind::TsObjectKeyword => Keyword::Object,
        Kind::TsBooleanKeyword => Keyword::Boolean,
        Kind::TsBigIntKeyword => Keyword::BigInt,
        Kind::TsStringKeyword => Keyword::String,
        Kind::TsSymbolKeyword => Keyword::Symbol,
        Kind::TsVoidKeyword => Keyword::Void,
        Kind::TsUndefinedKeyword => Keyword::Undefined,
        Kind::TsNullKeyword => Keyword::Null,
        Kind::TsNeverKeyword => Keyword::Never,
        Kind::TsIntrinsicKeyword => Keyword::Intrinsic,
    }
}

pub(super) fn template_text(element: &swc::TplElement) -> String {
    element
        .cooked
        .as_ref()
        .map_or_else(|| element.raw.to_string(), |text| text.to_string_lossy().into_owned())
}

/// The value of a string literal.
pub(super) fn string(text: &swc::Str) -> Name {
    Name { text: text.value.to_string_lossy().into_owned(), span: span(text.span) }
}

pub(super) fn name(ident: &swc::Ident) -> Name {
    Name { text: ident.sym.to_string(), span: span(ident.span) }
}

pub(super) fn entity(name: &swc::TsEntityName) -> EntityName {
    let mut parts = Vec::new();
    let mut rest = name;
    let first = loop {
        match rest {
            swc::TsEntityName::TsQualifiedName(qualified) => {
                let right = &qualified.right;
                parts.push(Name { text: right.sym.to_string(), span: span(right.span) });
                rest = &qualified.left;
            }
            swc::TsEntityName::Ident(ident) => break ident,
        }
    };
    parts.push(self::name(first));
    parts.reverse();
    EntityName { parts }
}
