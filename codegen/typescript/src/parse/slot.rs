//! Where in a configuration's text a property can be added.

use std::collections::BTreeMap;

use swc_common::Spanned;
use swc_ecma_ast as swc;

use super::{data::key, strip::range, with_module};

/// An object of a configuration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Slot {
    /// How many names of the path led to it.
    pub depth: usize,
    /// Behind its `{`.
    pub open: usize,
    /// Before its `}`.
    pub close: usize,
    /// Where its first property begins.
    pub first: Option<usize>,
    /// Where its last property ends.
    pub last: Option<usize>,
}

/// Makes an expression of JSON.
const EXPORT: &str = "export default ";

/// The innermost object on a path into what a file of JSON, or a module by default, is: none where that
/// is no object as it stands in the text, or where the path leads into a value that is none.
#[must_use]
pub fn slot(text: &str, path: &[&str]) -> Option<Slot> {
    let start = text.len() - text.trim_start_matches('\u{feff}').len();
    let text = text.get(start..)?;
    let is_json = text.trim_start().starts_with('{');
    let module = if is_json { format!("{EXPORT}{text}") } else { text.to_owned() };
    let shift = if is_json { EXPORT.len() } else { 0 };
    let moved = |at: usize| (at + start).saturating_sub(shift);
    let slot = with_module(&module, |module| find(module, path)).ok()??;
    Some(Slot {
        depth: slot.depth,
        open: moved(slot.open),
        close: moved(slot.close),
        first: slot.first.map(moved),
        last: slot.last.map(moved),
    })
}

fn find(module: &swc::Module, path: &[&str]) -> Option<Slot> {
    let mut names = BTreeMap::new();
    let mut exported = None;
    for item in &module.body {
        match item {
            swc::ModuleItem::Stmt(swc::Stmt::Decl(swc::Decl::Var(variables))) => {
                for variable in &variables.decls {
                    if let (swc::Pat::Ident(name), Some(value)) = (&variable.name, &variable.init) {
                        names.insert(name.id.sym.to_string(), &**value);
                    }
                }
            }
            swc::ModuleItem::ModuleDecl(swc::ModuleDecl::ExportDefaultExpr(export)) => {
                exported = Some(&*export.expr);
            }
            swc::ModuleItem::ModuleDecl(swc::ModuleDecl::TsExportAssignment(export)) => {
                exported = Some(&*export.expr);
            }
            swc::ModuleItem::Stmt(swc::Stmt::Expr(statement)) => {
                if let swc::Expr::Assign(assign) = &*statement.expr
                    && super::data::is_module_exports(&assign.left)
                {
                    exported = Some(&*assign.right);
                }
            }
            _ => {}
        }
    }
    let mut object = literal(exported?, &names)?;
    let mut depth = 0;
    for name in path {
        match property(object, name, &names).ok()? {
            None => break,
            Some(value) => object = literal(value, &names)?,
        }
        depth += 1;
    }
    Some(place(object, depth))
}

fn place(object: &swc::ObjectLit, depth: usize) -> Slot {
    let whole = range(object.span);
    let first = object.props.first().map(|prop| range(prop.span()).start);
    let last = object.props.last().map(|prop| range(prop.span()).end);
    Slot { depth, open: whole.start + 1, close: whole.end.saturating_sub(1), first, last }
}

/// The object that an expression is, also by the name of a variable.
fn literal<'a>(
    expr: &'a swc::Expr,
    names: &BTreeMap<String, &'a swc::Expr>,
) -> Option<&'a swc::ObjectLit> {
    match expr {
        swc::Expr::Object(object) => Some(object),
        swc::Expr::Paren(inner) => literal(&inner.expr, names),
        swc::Expr::TsAs(inner) => literal(&inner.expr, names),
        swc::Expr::TsSatisfies(inner) => literal(&inner.expr, names),
        swc::Expr::TsConstAssertion(inner) => literal(&inner.expr, names),
        swc::Expr::Ident(name) => match *names.get(&*name.sym)? {
            // A name for a name may go round in a circle.
            swc::Expr::Ident(_) => None,
            value => literal(value, names),
        },
        _ => None,
    }
}

/// What a property is; none where there is none, and an error where only a run could tell.
fn property<'a>(
    object: &'a swc::ObjectLit,
    name: &str,
    names: &BTreeMap<String, &'a swc::Expr>,
) -> Result<Option<&'a swc::Expr>, Unknown> {
    let mut is_open = false;
    for prop in object.props.iter().rev() {
        match prop.as_prop().map(|prop| &**prop) {
            Some(swc::Prop::KeyValue(pair)) => match key(&pair.key) {
                Some(key) if key == name => return Ok(Some(&pair.value)),
                Some(_) => {}
                None => is_open = true,
            },
            Some(swc::Prop::Shorthand(ident)) if &*ident.sym == name => {
                return names.get(name).copied().map(Some).ok_or(Unknown);
            }
            Some(_) => {}
            None => is_open = true,
        }
    }
    if is_open { Err(Unknown) } else { Ok(None) }
}

/// That a text does not say what there is.
struct Unknown;
