//! The members that an interface gets from what it extends, as far as syntax can tell: those of other
//! interfaces and classes, of object types, and what `Omit`, `Pick` and their like leave of them.

use std::rc::Rc;

use miette::SourceSpan;
use typescript::{
    Cut as _,
    syntax::{Docs, ItemKind, Keyword, TypeExpr, TypeKind, TypeParam},
};

use super::{
    Collector,
    keys::Keys,
    names::{Argument, Place},
};
use crate::clean::facts::{Comment, Id, Member, MemberKind};

/// How many types are followed from one to the next.
pub(super) const DEEPEST: usize = 24;
/// How many types are looked into for one page: no plugin comes near it, broken ones do.
pub(super) const MOST: usize = 20_000;

impl<'p> Collector<'p> {
    /// Adds the members of what is extended; those with a name that is there already are overridden.
    pub(super) fn inherit(
        &mut self,
        extends: &'p [TypeExpr],
        place: &Place<'p>,
        members: &mut Vec<Member>,
        depth: usize,
    ) {
        for base in extends {
            let more = self.shape(base, place, depth).unwrap_or_default();
            override_by(members, more);
        }
    }

    /// Adds the members of what no section of the page shows: `Omit<Base, 'a'>`, but not `Base`.
    pub(super) fn inherit_utilities(
        &mut self,
        extends: &'p [TypeExpr],
        place: &Place<'p>,
        members: &mut Vec<Member>,
    ) {
        let bases: Vec<_> = extends.iter().filter(|base| self.is_utility(base, place)).collect();
        for base in bases {
            let more = self.shape(base, place, 0).unwrap_or_default();
            override_by(members, more);
        }
    }

    /// Gives members without a comment that of the member which they declare again.
    pub(super) fn inherit_comments(
        &mut self,
        extends: &'p [TypeExpr],
        place: &Place<'p>,
        members: &mut [Member],
    ) {
        for base in extends {
            if !members.iter().any(is_mute) {
                return;
            }
            let bases = self.shape(base, place, 0).unwrap_or_default();
            keep_comments(members, &bases);
        }
    }

    /// Whether a type is one of TypeScript's own that make an object type out of another one.
    pub(super) fn is_utility(&self, ty: &TypeExpr, place: &Place<'p>) -> bool {
        const UTILITIES: [&str; 6] = ["Omit", "Partial", "Pick", "Readonly", "Record", "Required"];
        let name = ty.reference().map(|(name, _)| name);
        name.is_some_and(|name| {
            UTILITIES.contains(&name)
                && !place.is_param(name)
                && self.types(place, &[name]).0.is_empty()
        })
    }

    /// The members of an object type; `None` where that takes more than syntax.
    pub(super) fn shape(
        &mut self,
        ty: &'p TypeExpr,
        place: &Place<'p>,
        depth: usize,
    ) -> Option<Vec<Member>> {
        self.followed += 1;
        if depth > DEEPEST || self.followed > MOST {
            return None;
        }
        match &ty.unparenthesized().kind {
            TypeKind::Object(members) => Some(self.members(members, place, "")),
            TypeKind::Intersection(parts) => {
                let mut all = Vec::new();
                for part in parts {
                    let more = self.shape(part, place, depth + 1)?;
                    override_by(&mut all, more);
                }
                Some(all)
            }
            TypeKind::Reference { args, .. } if self.is_utility(ty, place) => {
                let (name, _) = ty.reference()?;
                self.utility(name, args, place, depth + 1)
            }
            TypeKind::Reference { name, args } => {
                let parts: Vec<&str> = name.parts.iter().map(|part| part.text.as_str()).collect();
                if place.is_param(name.first()) {
                    let argument = place.argument(name.first())?;
                    return self.shape(argument.ty, &argument.place, depth + 1);
                }
                let (ids, used) = self.types(place, &parts);
                (used == parts.len()).then_some(())?;
                // What extends itself has no members from there.
                let first = *ids.first()?;
                if self.open.contains(&first) {
                    return None;
                }
                let args: Vec<_> = args.iter().map(|arg| self.argument(arg, place)).collect();
                self.open.push(first);
                let shape = self.declared_shape(&ids, &args, depth + 1);
                self.open.pop();
                shape
            }
            _ => None,
        }
    }

    /// The members of all declarations of a name, and of what they extend.
    fn declared_shape(
        &mut self,
        ids: &[Id],
        args: &[Argument<'p>],
        depth: usize,
    ) -> Option<Vec<Member>> {
        let mut all = Vec::new();
        let mut bases = Vec::new();
        for &id in ids {
            let item = self.item(id)?;
            let name = item.name()?.text.as_str();
            let (params, members, extends) = match &item.kind {
                ItemKind::Interface(item) => {
                    (&item.type_params, &item.members, item.extends.as_slice())
                }
                ItemKind::Class(item) => {
                    (&item.type_params, &item.members, item.extends.as_slice())
                }
                ItemKind::Alias(item) => {
                    let place = self.bound(id, &item.type_params, args);
                    return self.shape(&item.ty, &place, depth);
                }
                _ => return None,
            };
            let place = self.bound(id, params, args);
            let members = self.members(members, &place, name);
            // An instance has no constructor.
            let is_class = matches!(item.kind, ItemKind::Class(_));
            all.extend(members.into_iter().filter(|member| !is_class || member.name != "new ()"));
            bases.push((extends, place));
        }
        for (extends, place) in bases {
            self.inherit(extends, &place, &mut all, depth);
        }
        (!ids.is_empty()).then_some(all)
    }

    /// The place of a declaration whose type parameters stand for `args`, or for their defaults.
    pub(super) fn bound(
        &mut self,
        id: Id,
        params: &'p [TypeParam],
        args: &[Argument<'p>],
    ) -> Place<'p> {
        let place = self.place(id);
        let mut all = Vec::new();
        for (index, param) in params.iter().enumerate() {
            let given = args.get(index).cloned();
            let argument = given.or_else(|| {
                let before = place.bound(params.cut(..index), all.clone());
                param.default.as_ref().map(|default| self.argument(default, &before))
            });
            let Some(argument) = argument else { break };
            all.push(argument);
        }
        place.bound(params, all)
    }

    pub(super) fn argument(&mut self, ty: &'p TypeExpr, place: &Place<'p>) -> Argument<'p> {
        Argument { text: self.text(ty, place), ty, place: Rc::new(place.clone()) }
    }

    fn utility(
        &mut self,
        name: &str,
        args: &'p [TypeExpr],
        place: &Place<'p>,
        depth: usize,
    ) -> Option<Vec<Member>> {
        if let ("Record", [keys, value]) = (name, args) {
            return self.record(keys, value, place, depth);
        }
        let mut members = self.shape(args.first()?, place, depth)?;
        // What is made of a type has none of its signatures.
        members.retain(|member| !matches!(member.name.as_str(), "()" | "new ()"));
        match (name, args) {
            ("Partial", [_]) => members.iter_mut().for_each(|member| member.optional = true),
            ("Required", [_]) => members.iter_mut().for_each(|member| member.optional = false),
            ("Readonly", [_]) => {
                let properties = members.iter_mut();
                properties
                    .filter(|member| matches!(member.kind, MemberKind::Property(_)))
                    .for_each(|member| member.readonly = true);
            }
            ("Pick" | "Omit", [_, keys]) => {
                let keys = self.keys(keys, place, depth)?;
                let picks = name == "Pick";
                members.retain(|member| {
                    let name = bare(&member.name);
                    if picks { keys.has(name) } else { keys.lacks(name) }
                });
            }
            _ => return None,
        }
        Some(members)
    }

    /// `Record<keys, value>`.
    fn record(
        &mut self,
        keys: &'p TypeExpr,
        value: &'p TypeExpr,
        place: &Place<'p>,
        depth: usize,
    ) -> Option<Vec<Member>> {
        let names = if let TypeKind::Keyword(
            word @ (Keyword::String | Keyword::Number | Keyword::Symbol),
        ) = &keys.unparenthesized().kind
        {
            vec![format!("[key: {}]", word.as_str())]
        } else {
            let Keys { sure, .. } = self.keys(keys, place, depth)?;
            sure.iter().map(|key| property_name(key)).collect()
        };
        let value = self.text(value, place);
        let file = place.id.decl.file;
        let members = names.into_iter().map(|name| Member {
            name,
            optional: false,
            readonly: false,
            is_static: false,
            inner: Vec::new(),
            comment: Comment {
                key: String::new(),
                docs: Docs::default(),
                file,
                at: SourceSpan::from((0, 0)),
            },
            kind: MemberKind::Property(value.clone()),
        });
        Some(members.collect())
    }
}

/// Adds members whose names are not there yet; overloads of one name come together. What is declared
/// again without a comment keeps that of the base.
fn override_by(members: &mut Vec<Member>, mut more: Vec<Member>) {
    keep_comments(members, &more);
    more.retain(|member| !members.iter().any(|known| known.name == member.name));
    members.append(&mut more);
}

/// Gives members without a comment that of the base's member of the same name.
fn keep_comments(members: &mut [Member], bases: &[Member]) {
    for member in members.iter_mut().filter(|member| is_mute(member)) {
        let base = bases.iter().find(|base| bare(&base.name) == bare(&member.name));
        if let Some(base) = base.filter(|base| !is_mute(base)) {
            member.comment = base.comment.clone();
        }
    }
}

fn is_mute(member: &Member) -> bool {
    let docs = &member.comment.docs;
    docs.text.is_none() && docs.tags.is_empty()
}

/// A member's name without the quotes around it, and without what tells accessors apart.
pub(super) fn bare(name: &str) -> &str {
    let accessed = name.strip_prefix("get ").or_else(|| name.strip_prefix("set "));
    accessed.unwrap_or(name).trim_matches(['\'', '"'])
}

/// A name as a property is called by it.
fn property_name(key: &str) -> String {
    let is_part = |c: char| c.is_alphanumeric() || c == '_' || c == '$';
    if !key.is_empty() && key.chars().all(is_part) { key.to_owned() } else { format!("'{key}'") }
}
