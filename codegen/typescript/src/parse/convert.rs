//! swc's statements into ours.

use miette::SourceSpan;
use swc_common::{EqIgnoreSpan as _, Spanned};
use swc_ecma_ast as swc;

use super::{
    trivia::Comments,
    types::{entity, name, string},
};
use crate::syntax::{
    Alias, Class, EntityName, Enum, EnumMember, EnumValue, Export, Exported, Function, Import,
    ImportName, Imported, Interface, Item, ItemKind, Member, MemberKind, Method, Name, NameStyle,
    Namespace, NamespaceName, Property, PropertyName, Signature, TypeExpr, TypeKind, Variable,
};

/// What conversion looks up on its way.
pub(super) struct Converter<'a> {
    pub(super) text: &'a str,
    pub(super) comments: Comments<'a>,
}

pub(super) fn module(module: &swc::Module, text: &str, comments: Comments<'_>) -> Vec<Item> {
    Converter::new(text, comments).items(&module.body)
}

/// swc counts bytes from 1.
pub(super) fn span(span: swc_common::Span) -> SourceSpan {
    let start = (span.lo.0 as usize).saturating_sub(1);
    let end = (span.hi.0 as usize).saturating_sub(1).max(start);
    SourceSpan::from((start, end - start))
}

impl Converter<'_> {
    pub(super) fn source(&self, at: swc_common::Span) -> &str {
        let at = span(at);
        self.text.get(at.offset()..at.offset() + at.len()).unwrap_or_default()
    }

    pub(super) fn source_name(&self, at: swc_common::Span) -> Name {
        Name { text: self.source(at).to_owned(), span: span(at) }
    }

    pub(super) fn without_separator(&self, at: swc_common::Span) -> SourceSpan {
        let start = span(at).offset();
        (start, self.source(at).trim_end_matches([';', ',']).trim_end().len()).into()
    }

    fn items(&self, items: &[swc::ModuleItem]) -> Vec<Item> {
        items.iter().flat_map(|item| self.item(item)).collect()
    }

    fn item(&self, item: &swc::ModuleItem) -> Vec<Item> {
        let whole = item.span();
        match item {
            swc::ModuleItem::ModuleDecl(decl) => self.module_decl(decl, whole),
            swc::ModuleItem::Stmt(swc::Stmt::Decl(decl)) => self.decl(decl, whole, false),
            swc::ModuleItem::Stmt(_) => vec![self.wrap(ItemKind::Statement, whole, false, false)],
        }
    }

    fn wrap(&self, kind: ItemKind, whole: swc_common::Span, exported: bool, default: bool) -> Item {
        let span = span(whole);
        Item { kind, docs: self.comments.docs(span.offset()), exported, default, span }
    }

    fn module_decl(&self, decl: &swc::ModuleDecl, whole: swc_common::Span) -> Vec<Item> {
        let plain = |kind| vec![self.wrap(kind, whole, false, false)];
        match decl {
            swc::ModuleDecl::Import(import) => plain(ItemKind::Import(import_names(import))),
            swc::ModuleDecl::ExportDecl(export) => self.decl(&export.decl, whole, true),
            swc::ModuleDecl::ExportNamed(export) => {
                let exports = named_exports(export).into_iter();
                let wrap = |export| self.wrap(ItemKind::Export(export), whole, false, false);
                exports.map(wrap).collect()
            }
            swc::ModuleDecl::ExportAll(export) => plain(ItemKind::Export(Export {
                from: Some(string(&export.src)),
                what: Exported::Everything,
                type_only: export.type_only,
            })),
            swc::ModuleDecl::ExportDefaultDecl(export) => {
                vec![self.wrap(self.default_decl(&export.decl), whole, true, true)]
            }
            swc::ModuleDecl::ExportDefaultExpr(export) => plain(value_export(&export.expr)),
            swc::ModuleDecl::TsExportAssignment(export) => plain(value_export(&export.expr)),
            swc::ModuleDecl::TsImportEquals(import) => {
                vec![self.wrap(
                    ItemKind::Import(import_equals(import)),
                    whole,
                    import.is_export,
                    false,
                )]
            }
            swc::ModuleDecl::TsNamespaceExport(_) => plain(ItemKind::Statement),
        }
    }

    fn default_decl(&self, decl: &swc::DefaultDecl) -> ItemKind {
        let empty = || Name { text: String::new(), span: span(decl.span()) };
        match decl {
            swc::DefaultDecl::TsInterfaceDecl(interface) => {
                ItemKind::Interface(self.interface(interface))
            }
            swc::DefaultDecl::Class(class) => ItemKind::Class(
                self.class(class.ident.as_ref().map_or_else(empty, name), &class.class),
            ),
            swc::DefaultDecl::Fn(function) => ItemKind::Function(Function {
                name: function.ident.as_ref().map_or_else(empty, name),
                signature: self.function_signature(&function.function),
            }),
        }
    }

    fn decl(&self, decl: &swc::Decl, whole: swc_common::Span, exported: bool) -> Vec<Item> {
        let kind = match decl {
            swc::Decl::TsInterface(interface) => ItemKind::Interface(self.interface(interface)),
            swc::Decl::TsTypeAlias(alias) => ItemKind::Alias(Alias {
                name: name(&alias.id),
                type_params: self.type_params(alias.type_params.as_deref()),
                ty: self.ty(&alias.type_ann),
            }),
            swc::Decl::TsEnum(decl) => ItemKind::Enum(self.enumeration(decl)),
            swc::Decl::TsModule(decl) => ItemKind::Namespace(self.namespace(decl)),
            swc::Decl::Class(class) => {
                ItemKind::Class(self.class(name(&class.ident), &class.class))
            }
            swc::Decl::Fn(function) => ItemKind::Function(Function {
                name: name(&function.ident),
                signature: self.function_signature(&function.function),
            }),
            swc::Decl::Var(var) => {
                let variables = var.decls.iter().filter_map(|one| self.variable(one, var.kind));
                return variables
                    .map(|variable| self.wrap(ItemKind::Variable(variable), whole, exported, false))
                    .collect();
            }
            swc::Decl::Using(_) => ItemKind::Statement,
        };
        vec![self.wrap(kind, whole, exported, false)]
    }

    fn interface(&self, interface: &swc::TsInterfaceDecl) -> Interface {
        Interface {
            name: name(&interface.id),
            type_params: self.type_params(interface.type_params.as_deref()),
            extends: interface.extends.iter().map(|base| self.heritage(base)).collect(),
            members: self.members(&interface.body.body),
        }
    }

    fn heritage(&self, base: &swc::TsExprWithTypeArgs) -> TypeExpr {
        self.expression_reference(&base.expr, base.type_args.as_deref(), base.span)
    }

    fn expression_reference(
        &self,
        expr: &swc::Expr,
        args: Option<&swc::TsTypeParamInstantiation>,
        whole: swc_common::Span,
    ) -> TypeExpr {
        let parts = expression_name(expr).unwrap_or_else(|| vec![self.source_name(expr.span())]);
        let kind = TypeKind::Reference { name: EntityName { parts }, args: self.args(args) };
        TypeExpr { kind, span: span(whole) }
    }

    fn enumeration(&self, decl: &swc::TsEnumDecl) -> Enum {
        let mut next = Some(0.0);
        let mut members: Vec<EnumMember> = Vec::with_capacity(decl.members.len());
        for member in &decl.members {
            let value = match &member.init {
                Some(init) => constant(init, &members),
                None => next.map_or(EnumValue::Computed, EnumValue::Number),
            };
            next = match value {
                EnumValue::Number(number) => Some(number + 1.0),
                _ => None,
            };
            members.push(self.enum_member(member, value));
        }
        Enum { name: name(&decl.id), constant: decl.is_const, members }
    }

    fn enum_member(&self, member: &swc::TsEnumMember, value: EnumValue) -> EnumMember {
        let (text, style, at) = match &member.id {
            swc::TsEnumMemberId::Ident(ident) => {
                (ident.sym.to_string(), NameStyle::Ident, ident.span)
            }
            swc::TsEnumMemberId::Str(text) => (string(text).text, NameStyle::Quoted, text.span),
        };
        let whole = span(member.span);
        EnumMember {
            name: PropertyName { text, style, span: span(at) },
            initializer: member.init.as_ref().map(|init| self.source_name(init.span())),
            value,
            docs: self.comments.docs(whole.offset()),
            span: whole,
        }
    }

    fn namespace(&self, decl: &swc::TsModuleDecl) -> Namespace {
        let name = match &decl.id {
            swc::TsModuleName::Ident(_) if decl.global => NamespaceName::Global,
            swc::TsModuleName::Ident(ident) => NamespaceName::Ident(name(ident)),
            swc::TsModuleName::Str(text) => NamespaceName::Module(string(text)),
        };
        Namespace { name, items: self.namespace_body(decl.body.as_ref()) }
    }

    fn namespace_body(&self, body: Option<&swc::TsNamespaceBody>) -> Vec<Item> {
        match body {
            None => Vec::new(),
            Some(swc::TsNamespaceBody::TsModuleBlock(block)) => self.items(&block.body),
            Some(swc::TsNamespaceBody::TsNamespaceDecl(inner)) => {
                let kind = ItemKind::Namespace(Namespace {
                    name: NamespaceName::Ident(name(&inner.id)),
                    items: self.namespace_body(Some(&inner.body)),
                });
                vec![self.wrap(kind, inner.span, true, false)]
            }
        }
    }

    fn class(&self, name: Name, class: &swc::Class) -> Class {
        Class {
            name,
            type_params: self.type_params(class.type_params.as_deref()),
            extends: class.super_class.as_ref().map(|base| {
                self.expression_reference(base, class.super_type_params.as_deref(), base.span())
            }),
            implements: class.implements.iter().map(|base| self.heritage(base)).collect(),
            members: class
                .body
                .iter()
                .filter(|member| !is_implementation(member, class))
                .flat_map(|member| self.instance_members(member))
                .collect(),
            statics: class
                .body
                .iter()
                .filter(|member| !is_implementation(member, class))
                .filter_map(|member| self.class_member(member, true))
                .collect(),
            is_abstract: class.is_abstract,
            is_closed: constructors(class).any(|new| is_private(new.accessibility)),
        }
    }

    /// A member of a class; of a constructor, the properties that its parameters are as well.
    fn instance_members(&self, member: &swc::ClassMember) -> Vec<Member> {
        let mut members: Vec<_> = self.class_member(member, false).into_iter().collect();
        if let swc::ClassMember::Constructor(new) = member {
            members.extend(new.params.iter().filter_map(|param| self.param_property(param)));
        }
        members
    }

    /// `readonly name: ty` among the parameters of a constructor.
    fn param_property(&self, param: &swc::ParamOrTsParamProp) -> Option<Member> {
        let swc::ParamOrTsParamProp::TsParamProp(property) = param else { return None };
        if is_private(property.accessibility) {
            return None;
        }
        let param = self.constructor_param(param)?;
        let name =
            PropertyName { text: param.name.text, style: NameStyle::Ident, span: param.name.span };
        let (optional, readonly) = (param.optional, property.readonly);
        let kind = MemberKind::Property(Property {
            name,
            optional,
            readonly,
            ty: param.ty,
            initializer: param.default,
        });
        Some(Member { kind, docs: param.docs, span: param.span })
    }

    /// A public member of a class, or of its instances.
    fn class_member(&self, member: &swc::ClassMember, is_static: bool) -> Option<Member> {
        let kind = match member {
            swc::ClassMember::Constructor(new) if !is_private(new.accessibility) && !is_static => {
                MemberKind::Construct(Signature {
                    type_params: Vec::new(),
                    params: new
                        .params
                        .iter()
                        .filter_map(|param| self.constructor_param(param))
                        .collect(),
                    returns: None,
                    has_body: false,
                })
            }
            swc::ClassMember::Method(method)
                if !is_private(method.accessibility) && method.is_static == is_static =>
            {
                self.class_method(method)
            }
            swc::ClassMember::ClassProp(property)
                if !is_private(property.accessibility) && property.is_static == is_static =>
            {
                MemberKind::Property(Property {
                    name: self.prop_name(&property.key),
                    optional: property.is_optional,
                    readonly: property.readonly,
                    ty: self.annotation(property.type_ann.as_deref()),
                    initializer: property.value.as_deref().map(|value| self.value(value)),
                })
            }
            swc::ClassMember::AutoAccessor(accessor)
                if !is_private(accessor.accessibility) && accessor.is_static == is_static =>
            {
                let swc::Key::Public(key) = &accessor.key else { return None };
                MemberKind::Property(Property {
                    name: self.prop_name(key),
                    optional: false,
                    readonly: false,
                    ty: self.annotation(accessor.type_ann.as_deref()),
                    initializer: accessor.value.as_deref().map(|value| self.value(value)),
                })
            }
            swc::ClassMember::TsIndexSignature(index) if index.is_static == is_static => {
                self.index(index)
            }
            _ => return None,
        };
        let whole = self.without_separator(member.span());
        Some(Member { kind, docs: self.comments.docs(whole.offset()), span: whole })
    }

    fn constructor_param(&self, param: &swc::ParamOrTsParamProp) -> Option<crate::syntax::Param> {
        match param {
            swc::ParamOrTsParamProp::Param(param) => self.pat_param(&param.pat),
            swc::ParamOrTsParamProp::TsParamProp(property) => match &property.param {
                swc::TsParamPropParam::Ident(ident) => {
                    self.pat_param(&swc::Pat::Ident(ident.clone()))
                }
                swc::TsParamPropParam::Assign(assign) => {
                    self.pat_param(&swc::Pat::Assign(assign.clone()))
                }
            },
        }
    }

    fn class_method(&self, method: &swc::ClassMethod) -> MemberKind {
        let name = self.prop_name(&method.key);
        let signature = self.function_signature(&method.function);
        let property = |ty| Property {
            name: name.clone(),
            optional: method.is_optional,
            readonly: false,
            ty,
            initializer: None,
        };
        match method.kind {
            swc::MethodKind::Getter => MemberKind::Getter(property(signature.returns)),
            swc::MethodKind::Setter => MemberKind::Setter(property(
                signature.params.into_iter().next().and_then(|param| param.ty),
            )),
            swc::MethodKind::Method => {
                MemberKind::Method(Method { name, optional: method.is_optional, signature })
            }
        }
    }

    pub(super) fn function_signature(&self, function: &swc::Function) -> Signature {
        let params: Vec<_> =
            function.params.iter().filter_map(|param| self.pat_param(&param.pat)).collect();
        let body = function.body.as_ref().filter(|_| !function.is_generator);
        let written = self.annotation(function.return_type.as_deref());
        let returns =
            written.or_else(|| self.result_of_body(&params, &body?.stmts, function.is_async));
        Signature {
            type_params: self.type_params(function.type_params.as_deref()),
            params,
            returns,
            has_body: function.body.is_some(),
        }
    }

    fn variable(
        &self,
        declarator: &swc::VarDeclarator,
        kind: swc::VarDeclKind,
    ) -> Option<Variable> {
        let ident = declarator.name.as_ident()?;
        Some(Variable {
            name: name(ident),
            constant: kind == swc::VarDeclKind::Const,
            ty: self.annotation(ident.type_ann.as_deref()),
            initializer: declarator.init.as_deref().map(|init| self.value(init)),
        })
    }
}

fn is_private(access: Option<swc::Accessibility>) -> bool {
    matches!(access, Some(swc::Accessibility::Private | swc::Accessibility::Protected))
}

fn import_names(import: &swc::ImportDecl) -> Import {
    let names = import.specifiers.iter().map(|specifier| match specifier {
        swc::ImportSpecifier::Named(named) => ImportName {
            imported: Imported::Named(match &named.imported {
                Some(imported) => export_name(imported).text,
                None => named.local.sym.to_string(),
            }),
            local: name(&named.local),
        },
        swc::ImportSpecifier::Default(default) => {
            ImportName { imported: Imported::Default, local: name(&default.local) }
        }
        swc::ImportSpecifier::Namespace(namespace) => {
            ImportName { imported: Imported::Everything, local: name(&namespace.local) }
        }
    });
    Import { from: string(&import.src), names: names.collect(), type_only: import.type_only }
}

/// What stands between the braces: `type` in front of some makes an export of each run of names.
fn named_exports(export: &swc::NamedExport) -> Vec<Export> {
    let of = |what, type_only| Export { from: export.src.as_deref().map(string), what, type_only };
    let mut exports: Vec<Export> = Vec::new();
    for specifier in &export.specifiers {
        let (pair, type_only) = match specifier {
            swc::ExportSpecifier::Named(specifier) => {
                let local = export_name(&specifier.orig);
                let exported =
                    specifier.exported.as_ref().map_or_else(|| local.clone(), export_name);
                ((local, exported), export.type_only || specifier.is_type_only)
            }
            swc::ExportSpecifier::Default(default) => {
                ((name(&default.exported), name(&default.exported)), export.type_only)
            }
            swc::ExportSpecifier::Namespace(namespace) => {
                let what = Exported::Namespace(export_name(&namespace.name));
                return vec![of(what, export.type_only)];
            }
        };
        match exports.last_mut() {
            Some(Export { what: Exported::Names(names), type_only: before, .. })
                if *before == type_only =>
            {
                names.push(pair);
            }
            _ => exports.push(of(Exported::Names(vec![pair]), type_only)),
        }
    }
    if exports.is_empty() {
        exports.push(of(Exported::Names(Vec::new()), export.type_only));
    }
    exports
}

fn value_export(expr: &swc::Expr) -> ItemKind {
    let what = Exported::Value(expr.as_ident().map(name));
    ItemKind::Export(Export { from: None, what, type_only: false })
}

fn import_equals(import: &swc::TsImportEqualsDecl) -> Import {
    let (from, imported) = match &import.module_ref {
        swc::TsModuleRef::TsExternalModuleRef(module) => {
            (string(&module.expr), Imported::Everything)
        }
        swc::TsModuleRef::TsEntityName(target) => {
            let target = entity(target);
            let from = Name { text: target.dotted(), span: span(import.module_ref.span()) };
            (from, Imported::Entity(target.parts.into_iter().map(|part| part.text).collect()))
        }
    };
    let names = vec![ImportName { imported, local: name(&import.id) }];
    Import { from, names, type_only: import.is_type_only }
}

fn export_name(export: &swc::ModuleExportName) -> Name {
    match export {
        swc::ModuleExportName::Ident(ident) => name(ident),
        swc::ModuleExportName::Str(text) => string(text),
    }
}

pub(super) fn expression_name(expr: &swc::Expr) -> Option<Vec<Name>> {
    match expr {
        swc::Expr::Ident(ident) => Some(vec![name(ident)]),
        swc::Expr::Member(member) => {
            let mut parts = expression_name(&member.obj)?;
            let property = member.prop.as_ident()?;
            parts.push(Name { text: property.sym.to_string(), span: span(property.span) });
            Some(parts)
        }
        _ => None,
    }
}

/// What an enum's initializer is worth, as far as the enum itself says it.
fn constant(expr: &swc::Expr, before: &[EnumMember]) -> EnumValue {
    match expr {
        swc::Expr::Lit(swc::Lit::Str(text)) => EnumValue::String(string(text).text),
        swc::Expr::Lit(swc::Lit::Num(number)) => EnumValue::Number(number.value),
        swc::Expr::Tpl(template) if template.exprs.is_empty() => {
            EnumValue::String(template.quasis.iter().map(|quasi| quasi.raw.to_string()).collect())
        }
        swc::Expr::Paren(paren) => constant(&paren.expr, before),
        swc::Expr::Ident(ident) => sibling(&ident.sym, before),
        swc::Expr::Member(member) => match &member.prop {
            swc::MemberProp::Ident(property) => sibling(&property.sym, before),
            _ => EnumValue::Computed,
        },
        swc::Expr::Unary(unary) => match (unary.op, constant(&unary.arg, before)) {
            (swc::UnaryOp::Minus, EnumValue::Number(number)) => EnumValue::Number(-number),
            (swc::UnaryOp::Plus, EnumValue::Number(number)) => EnumValue::Number(number),
            (swc::UnaryOp::Tilde, EnumValue::Number(number)) => {
                EnumValue::Number(f64::from(!to_int32(number)))
            }
            _ => EnumValue::Computed,
        },
        swc::Expr::Bin(binary) => {
            match (constant(&binary.left, before), constant(&binary.right, before)) {
                (EnumValue::Number(left), EnumValue::Number(right)) => {
                    arithmetic(binary.op, left, right)
                }
                (EnumValue::String(left), EnumValue::String(right))
                    if binary.op == swc::BinaryOp::Add =>
                {
                    EnumValue::String(left + &right)
                }
                _ => EnumValue::Computed,
            }
        }
        _ => EnumValue::Computed,
    }
}

fn sibling(name: &str, before: &[EnumMember]) -> EnumValue {
    before
        .iter()
        .find(|member| member.name.text == name)
        .map_or(EnumValue::Computed, |member| member.value.clone())
}

fn arithmetic(op: swc::BinaryOp, left: f64, right: f64) -> EnumValue {
    use swc::BinaryOp;
    let (bits, shift) = (to_int32(left), to_int32(right) & 31);
    EnumValue::Number(match op {
        BinaryOp::Add => left + right,
        BinaryOp::Sub => left - right,
        BinaryOp::Mul => left * right,
        BinaryOp::Div => left / right,
        BinaryOp::Mod => left % right,
        BinaryOp::Exp => left.powf(right),
        BinaryOp::BitOr => f64::from(bits | to_int32(right)),
        BinaryOp::BitAnd => f64::from(bits & to_int32(right)),
        BinaryOp::BitXor => f64::from(bits ^ to_int32(right)),
        BinaryOp::LShift => f64::from(bits.wrapping_shl(shift.cast_unsigned())),
        BinaryOp::RShift => f64::from(bits >> shift),
        BinaryOp::ZeroFillRShift => f64::from(bits.cast_unsigned() >> shift),
        _ => return EnumValue::Computed,
    })
}

/// ECMAScript's `ToInt32`.
fn to_int32(number: f64) -> i32 {
    if !number.is_finite() {
        return 0;
    }
    let wrapped = number.trunc().rem_euclid(4_294_967_296.0);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "wrapped to 32 bits above"
    )]
    let bits = wrapped as u32;
    bits.cast_signed()
}

fn constructors(class: &swc::Class) -> impl Iterator<Item = &swc::Constructor> {
    class.body.iter().filter_map(|member| match member {
        swc::ClassMember::Constructor(new) => Some(new),
        _ => None,
    })
}

/// Whether a member is the constructor or method that does what overloads declare: nobody sees it.
fn is_implementation(member: &swc::ClassMember, class: &swc::Class) -> bool {
    match member {
        swc::ClassMember::Constructor(new) => {
            new.body.is_some() && constructors(class).any(|other| other.body.is_none())
        }
        swc::ClassMember::Method(method) if method.kind == swc::MethodKind::Method => {
            let declares = |other: &swc::ClassMember| match other {
                swc::ClassMember::Method(other) => {
                    other.function.body.is_none()
                        && other.is_static == method.is_static
                        && other.key.eq_ignore_span(&method.key)
                }
                _ => false,
            };
            method.function.body.is_some() && class.body.iter().any(declares)
        }
        _ => false,
    }
}
