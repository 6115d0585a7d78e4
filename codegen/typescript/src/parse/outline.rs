//! The statements of a file as its syntax tree says where they begin and end.

use std::ops::Range;

use swc_common::Spanned;
use swc_ecma_ast::{
    CallExpr, Callee, Decl, DefaultDecl, ExportAll, Expr, ImportDecl, Lit, MetaPropExpr,
    MetaPropKind, Module, ModuleDecl, ModuleItem, NamedExport, Stmt, TsExternalModuleRef,
    TsImportType, TsModuleDecl, TsModuleName, TsModuleRef, VarDecl,
};
use swc_ecma_visit::{Visit, VisitWith};

use super::{convert, types::string};

/// What a file consists of.
#[derive(Debug, Default)]
pub struct Outline {
    /// The top-level statements, comments in front of them included.
    pub chunks: Vec<Chunk>,
    /// The specifiers it imports, in the order in which they are resolved.
    pub imports: Vec<String>,
    /// The specifiers of the modules that it declares or augments: those make no file part of a
    /// program.
    pub augmented: Vec<String>,
    /// Whether it has a top-level `import` or `export`.
    pub is_module: bool,
}

/// One top-level statement.
#[derive(Debug, Clone)]
pub struct Chunk {
    /// What it declares.
    pub kind: ChunkKind,
    /// The declared name, that of a module in single quotes; empty when it has none.
    pub name: String,
    /// Where it stands, with the comments in front of it.
    pub range: Range<usize>,
}

/// What a statement declares, by its keyword.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the names are those of the language")]
pub enum ChunkKind {
    Interface,
    Alias,
    Enum,
    Class,
    /// A variable or function.
    Value,
    Namespace,
    Module,
    Import,
    Export,
    Other,
}

/// The outline of a module; the ranges of its statements are those of their tokens alone.
pub(super) fn of(module: &Module) -> Outline {
    let mut outline = Outline::default();
    for item in &module.body {
        let (kind, name) = declared(item);
        let span = convert::span(item.span());
        let range = span.offset()..span.offset() + span.len();
        outline.is_module |= is_of_module(item);
        outline.chunks.push(Chunk { kind, name, range });
    }
    let mut specifiers = Specifiers::default();
    module.visit_with(&mut specifiers);
    outline.is_module |= specifiers.asks_for_meta;
    outline.augmented = specifiers.augmented;
    outline.imports = specifiers.statements;
    outline.imports.append(&mut specifiers.expressions);
    outline
}

/// What a statement declares, and under which name: of several, the first.
fn declared(item: &ModuleItem) -> (ChunkKind, String) {
    let nameless = |kind| (kind, String::new());
    match item {
        ModuleItem::ModuleDecl(ModuleDecl::Import(_) | ModuleDecl::TsImportEquals(_)) => {
            nameless(ChunkKind::Import)
        }
        ModuleItem::ModuleDecl(ModuleDecl::ExportDecl(export)) => of_decl(&export.decl),
        ModuleItem::ModuleDecl(ModuleDecl::ExportDefaultDecl(export)) => {
            let name = |ident: Option<&swc_ecma_ast::Ident>| {
                ident.map_or_else(String::new, |ident| ident.sym.to_string())
            };
            match &export.decl {
                DefaultDecl::Class(class) => (ChunkKind::Class, name(class.ident.as_ref())),
                DefaultDecl::Fn(function) => (ChunkKind::Value, name(function.ident.as_ref())),
                DefaultDecl::TsInterfaceDecl(interface) => {
                    (ChunkKind::Interface, interface.id.sym.to_string())
                }
            }
        }
        ModuleItem::ModuleDecl(_) => nameless(ChunkKind::Export),
        ModuleItem::Stmt(Stmt::Decl(decl)) => of_decl(decl),
        ModuleItem::Stmt(_) => nameless(ChunkKind::Other),
    }
}

fn of_decl(decl: &Decl) -> (ChunkKind, String) {
    match decl {
        Decl::TsInterface(interface) => (ChunkKind::Interface, interface.id.sym.to_string()),
        Decl::TsTypeAlias(alias) => (ChunkKind::Alias, alias.id.sym.to_string()),
        Decl::TsEnum(decl) => (ChunkKind::Enum, decl.id.sym.to_string()),
        Decl::Class(class) => (ChunkKind::Class, class.ident.sym.to_string()),
        Decl::Fn(function) => (ChunkKind::Value, function.ident.sym.to_string()),
        Decl::Var(variables) => (ChunkKind::Value, first_name(variables)),
        Decl::TsModule(module) => match &module.id {
            TsModuleName::Ident(_) if module.global => (ChunkKind::Module, String::new()),
            TsModuleName::Ident(ident) => (ChunkKind::Namespace, ident.sym.to_string()),
            TsModuleName::Str(text) => (ChunkKind::Module, format!("'{}'", string(text).text)),
        },
        Decl::Using(_) => (ChunkKind::Other, String::new()),
    }
}

fn first_name(variables: &VarDecl) -> String {
    let name = variables.decls.iter().find_map(|one| one.name.as_ident());
    name.map_or_else(String::new, |name| name.sym.to_string())
}

/// Whether a statement makes its file a module.
fn is_of_module(item: &ModuleItem) -> bool {
    match item {
        ModuleItem::ModuleDecl(ModuleDecl::TsImportEquals(import)) => {
            import.is_export || matches!(import.module_ref, TsModuleRef::TsExternalModuleRef(_))
        }
        ModuleItem::ModuleDecl(ModuleDecl::TsNamespaceExport(_)) | ModuleItem::Stmt(_) => false,
        ModuleItem::ModuleDecl(_) => true,
    }
}

/// What a file names of other files: in statements, and in `import(...)`.
#[derive(Default)]
struct Specifiers {
    statements: Vec<String>,
    expressions: Vec<String>,
    augmented: Vec<String>,
    asks_for_meta: bool,
}

impl Visit for Specifiers {
    fn visit_import_decl(&mut self, import: &ImportDecl) {
        self.statements.push(string(&import.src).text);
    }

    fn visit_named_export(&mut self, export: &NamedExport) {
        self.statements.extend(export.src.as_deref().map(|from| string(from).text));
    }

    fn visit_export_all(&mut self, export: &ExportAll) {
        self.statements.push(string(&export.src).text);
    }

    fn visit_ts_external_module_ref(&mut self, module: &TsExternalModuleRef) {
        self.statements.push(string(&module.expr).text);
    }

    fn visit_ts_module_decl(&mut self, module: &TsModuleDecl) {
        if let TsModuleName::Str(name) = &module.id {
            self.augmented.push(string(name).text);
        }
        module.visit_children_with(self);
    }

    fn visit_ts_import_type(&mut self, import: &TsImportType) {
        self.expressions.push(string(&import.arg).text);
        import.visit_children_with(self);
    }

    fn visit_call_expr(&mut self, call: &CallExpr) {
        if let (Callee::Import(_), [argument]) = (&call.callee, call.args.as_slice())
            && let Expr::Lit(Lit::Str(from)) = &*argument.expr
        {
            self.expressions.push(string(from).text);
        }
        call.visit_children_with(self);
    }

    fn visit_meta_prop_expr(&mut self, meta: &MetaPropExpr) {
        self.asks_for_meta |= meta.kind == MetaPropKind::ImportMeta;
    }
}
