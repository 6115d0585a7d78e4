//! What a plugin exports under another name, or from another package.

use super::{
    facts::{Entry, Fact, Facts, Shape},
    names::Target,
    reach::{Declarations, Roles},
};

/// What is exported under another name, or from elsewhere.
pub(super) fn passed_on<'m>(declarations: &Declarations<'m>, facts: &mut Facts<'m>) {
    let exports = &declarations.exports;
    let mut pending: Vec<(String, String, &Target)> = Vec::new();
    pending
        .extend(exports.names.iter().map(|(name, target)| (String::new(), name.clone(), target)));
    let mut wholes = Vec::new();
    let mut seen = Vec::new();
    for (owner, name, target) in pending {
        wholes.extend(pass_on(declarations, facts, (&owner, &name), target));
    }
    while let Some((owner, file)) = wholes.pop() {
        if seen.contains(&(owner.clone(), file)) || seen.len() > 100 {
            continue;
        }
        seen.push((owner.clone(), file));
        for (name, target) in &declarations.names.exports(file).names {
            wholes.extend(pass_on(declarations, facts, (&owner, name), target));
        }
    }
    for package in &exports.packages {
        let shown = format!("export * from '{package}'");
        add_passed(facts, ("", &format!("* from '{package}'")), &shown, package);
    }
}

/// Adds one name; gives the file whose exports stand below it.
fn pass_on<'m>(
    declarations: &Declarations<'m>,
    facts: &mut Facts<'m>,
    (owner, name): (&str, &str),
    target: &Target,
) -> Option<(String, usize)> {
    let path = if owner.is_empty() { name.to_owned() } else { format!("{owner}.{name}") };
    let renamed = |from: &str| {
        if from == name { name.to_owned() } else { format!("{from} as {name}") }
    };
    match target {
        Target::Own(key) => {
            let called = declarations.called.get(key)?;
            if *called != path {
                let shown = if name == "default" {
                    format!("export default {called}")
                } else {
                    format!("export {{ {} }}", renamed(called))
                };
                add_passed(facts, (owner, &path), &shown, called);
            }
            None
        }
        Target::File(file) => {
            add_passed(facts, (owner, &path), &format!("export * as {name}"), "*");
            if let Some(entry) = facts.get_mut(&path) {
                entry.has_members = true;
            }
            Some((path, *file))
        }
        Target::Foreign(id) => {
            let (package, from) = id.rsplit_once('#').unwrap_or((id, ""));
            let shown = format!("export {{ {} }} from '{package}'", renamed(from));
            add_passed(facts, (owner, &path), &shown, id);
            None
        }
        Target::Nameless => {
            add_passed(facts, (owner, &path), &format!("export {name}"), "");
            None
        }
    }
}

fn add_passed(facts: &mut Facts<'_>, (owner, path): (&str, &str), shown: &str, id: &str) {
    let entry = facts.entry(path.to_owned()).or_insert_with(|| Entry {
        owner: owner.to_owned(),
        exported: true,
        is_type_alone: false,
        has_members: false,
        roles: Roles::default(),
        facts: Vec::new(),
    });
    entry.facts.push(Fact {
        shape: Shape::Fixed(id.to_owned()),
        shown: shown.to_owned(),
        label: String::new(),
        labels: Vec::new(),
        docs: String::new(),
        deprecated: false,
        origin: String::new(),
    });
}
