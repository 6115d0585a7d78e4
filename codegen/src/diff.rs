//! The breaking changes between two revisions of a declarations file.

use std::{collections::BTreeMap, fmt};

use crate::syntax::{
    EnumValue, Item, ItemKind, Member, MemberKind, Module, Param, Signature, TypeExpr,
};

/// One difference that somebody who uses the plugin can notice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Whether code that compiled against the old revision may no longer compile.
    pub breaking: bool,
    /// What changed: `Plugin.method`.
    pub path: String,
    /// How, as a sentence without its subject.
    pub what: String,
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = if self.breaking { "breaking" } else { "added" };
        write!(f, "{kind}: `{}` {}", self.path, self.what)
    }
}

/// Every change from `old` to `new`, breaking ones first, then by path.
#[must_use]
pub fn changes(old: &Module, new: &Module) -> Vec<Change> {
    let (old_facts, new_facts) = (facts(old), facts(new));
    let mut changes = Vec::new();
    for (path, fact) in &old_facts {
        match new_facts.get(path) {
            None => changes.push(change(true, path, "was removed".to_owned())),
            Some(now) if now.text != fact.text => {
                let breaking = !(fact.text.clone() + "?" == now.text && fact.input);
                let what = format!("changed from `{}` to `{}`", fact.text, now.text);
                changes.push(change(breaking, path, what));
            }
            Some(_) => {}
        }
    }
    for (path, fact) in &new_facts {
        if !old_facts.contains_key(path) {
            // A new required property breaks those who make such an object themselves.
            let container = path.rsplit_once('.').map_or("", |(container, _)| container);
            let breaking = fact.required && old_facts.contains_key(container);
            let what = if breaking { "is new and required" } else { "is new" };
            changes.push(change(breaking, path, what.to_owned()));
        }
    }
    changes.sort_by(|a, b| (!a.breaking, &a.path).cmp(&(!b.breaking, &b.path)));
    changes
}

fn change(breaking: bool, path: &str, what: String) -> Change {
    Change { breaking, path: path.to_owned(), what }
}

/// What is declared under a path, in normal form.
struct Fact {
    text: String,
    /// A property that has to be given.
    required: bool,
    /// A property: then it may become optional without harm to those who give it.
    input: bool,
}

fn facts(module: &Module) -> BTreeMap<String, Fact> {
    let mut facts = BTreeMap::new();
    for item in module.items.iter().filter(|item| item.exported) {
        item_facts(module, item, &mut facts);
    }
    facts
}

fn item_facts(module: &Module, item: &Item, facts: &mut BTreeMap<String, Fact>) {
    let mut plain = |path: String, text: String| {
        facts.insert(path, Fact { text, required: false, input: false });
    };
    match &item.kind {
        ItemKind::Interface(interface) => {
            plain(interface.name.text.clone(), "interface".to_owned());
            member_facts(module, &interface.name.text, &interface.members, facts);
        }
        ItemKind::Alias(alias) => plain(alias.name.text.clone(), normal(module, &alias.ty)),
        ItemKind::Enum(item) => {
            plain(item.name.text.clone(), "enum".to_owned());
            for member in &item.members {
                let value = match &member.value {
                    EnumValue::String(text) => format!("'{text}'"),
                    EnumValue::Number(number) => number.to_string(),
                    EnumValue::Computed => "computed".to_owned(),
                };
                plain(format!("{}.{}", item.name.text, member.name.text), value);
            }
        }
        _ => {}
    }
}

fn member_facts(
    module: &Module,
    owner: &str,
    members: &[Member],
    facts: &mut BTreeMap<String, Fact>,
) {
    for member in members {
        let (path, fact) = match &member.kind {
            MemberKind::Property(property) | MemberKind::Getter(property) => {
                let ty =
                    property.ty.as_ref().map_or_else(|| "any".to_owned(), |ty| normal(module, ty));
                let mark = if property.optional { "?" } else { "" };
                let fact = Fact { text: ty + mark, required: !property.optional, input: true };
                (format!("{owner}.{}", property.name.text), fact)
            }
            MemberKind::Method(method) => {
                let text = signature(module, &method.signature);
                let mut path = format!("{owner}.{}", method.name.text);
                if let Some(event) = event(module, &method.signature, &method.name.text) {
                    path.push('(');
                    path += &event;
                    path.push(')');
                }
                (path, Fact { text, required: false, input: false })
            }
            _ => continue,
        };
        facts.insert(path, fact);
    }
}

/// The event of a listener: overloads are told apart by it.
fn event(module: &Module, signature: &Signature, name: &str) -> Option<String> {
    let first = signature.params.first().filter(|_| name == "addListener")?;
    first.ty.as_ref().map(|ty| normal(module, ty))
}

fn signature(module: &Module, signature: &Signature) -> String {
    let param = |param: &Param| {
        let ty = param.ty.as_ref().map_or_else(|| "any".to_owned(), |ty| normal(module, ty));
        let (rest, mark) =
            (if param.rest { "..." } else { "" }, if param.optional { "?" } else { "" });
        format!("{rest}{ty}{mark}")
    };
    let params: Vec<String> = signature.params.iter().map(param).collect();
    let returns =
        signature.returns.as_ref().map_or_else(|| "any".to_owned(), |ty| normal(module, ty));
    format!("({}) => {returns}", params.join(", "))
}

/// A type's text in one layout.
fn normal(module: &Module, ty: &TypeExpr) -> String {
    crate::docgen::type_text(ty, module)
}
