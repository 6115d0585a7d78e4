//! What makes the instances of a class: its own constructors, those of its base, or the one that
//! nobody wrote.

use typescript::syntax::{Class, ItemKind, Member, MemberKind, NO_CONSTRUCTOR, Signature};

use super::{
    names::{Found, Key},
    open::DEEPEST,
    reach::Declarations,
    types::{Object, Scope, Ty},
};

/// A constructor, and where it is written.
pub(super) struct Constructor<'m> {
    pub(super) signature: &'m Signature,
    /// `None` where nobody wrote it.
    pub(super) member: Option<&'m Member>,
    pub(super) scope: Scope<'m>,
}

impl<'m> Declarations<'m> {
    /// The constructors of a class; none where it is closed, or where nothing is known of its base.
    pub(super) fn constructors(
        &self,
        key: &Key,
        args: &[Ty<'m>],
        depth: usize,
    ) -> Vec<Constructor<'m>> {
        let mut found = self.names.found(key).iter();
        let class = found.find_map(|found| match &found.item.kind {
            ItemKind::Class(class) => Some((*found, class)),
            _ => None,
        });
        let Some((found, class)) = class.filter(|(_, class)| !class.is_closed) else {
            return Vec::new();
        };
        let scope = self.inside(key, &self.scope(key, found), &class.type_params, args);
        let own: Vec<_> = class.members.iter().filter_map(|it| written(it, &scope)).collect();
        match class.extends.as_ref().filter(|_| own.is_empty()) {
            None if own.is_empty() => {
                vec![Constructor { signature: &NO_CONSTRUCTOR, member: None, scope }]
            }
            None => own,
            Some(base) => match self.read(base, &scope) {
                Ty::Named(base) if depth < DEEPEST => {
                    let key = base.key.as_ref().filter(|_| base.member.is_none());
                    key.map(|key| self.constructors(key, &base.args, depth + 1)).unwrap_or_default()
                }
                _ => Vec::new(),
            },
        }
    }

    /// A class as a value: what stands in it itself, and how it is made.
    pub(super) fn class_itself(&self, key: &Key, found: Found<'m>, class: &'m Class) -> Object<'m> {
        let mut object = self.object(&class.statics, &self.scope(key, found), false);
        let all = self.constructors(key, &[], 0);
        let calls = all.iter().map(|it| self.call(it.signature, &it.scope).into());
        object.constructs = calls.collect();
        object
    }
}

fn written<'m>(member: &'m Member, scope: &Scope<'m>) -> Option<Constructor<'m>> {
    let MemberKind::Construct(signature) = &member.kind else { return None };
    Some(Constructor { signature, member: Some(member), scope: scope.clone() })
}
