//! Methods that are written as properties: `check: () => Promise<void>`, `addListener: AddListener`.

use typescript::syntax::{self, Docs, ItemKind, Signature, TypeExpr, TypeKind};

use super::{Collector, bases::DEEPEST, members::source_name, names::Place, tags};
use crate::clean::facts::{Member, MemberKind};

/// One way to call a property.
struct Call<'p> {
    signature: &'p Signature,
    /// Where it is written.
    place: Place<'p>,
    /// What is said where it is written.
    docs: Option<&'p Docs>,
}

impl<'p> Collector<'p> {
    /// The methods that a property of the plugin stands for, one for each overload; `None` where it
    /// is no function.
    pub(super) fn called(
        &mut self,
        member: &'p syntax::Member,
        place: &Place<'p>,
        of: &str,
    ) -> Option<Vec<Member>> {
        let syntax::MemberKind::Property(property) = &member.kind else { return None };
        let calls = self.calls(property.ty.as_ref()?, place, 0)?;
        let name = source_name(&property.name, place.module);
        let methods = calls.into_iter().map(|call| {
            let own = tags::docs(&member.docs, place);
            let inner = call.docs.filter(|docs| docs.span.is_some() && own.span.is_none());
            // What is said of the property is said of each of its overloads.
            let (docs, at) = inner.map_or((&member.docs, place), |docs| (docs, &call.place));
            let said = tags::docs(docs, at).into_owned();
            let method = self.signed(call.signature, &said, &call.place, &format!("{of}.{name}"));
            let key = super::members::key_of(&name, of, &method);
            let comment = self.comment(docs, member.span, at, &key);
            let mut inner = Vec::new();
            if let Some(ty) = &call.signature.returns {
                self.inner(ty, &call.place, &key, "", &mut inner, 0);
            }
            Member {
                name: name.clone(),
                optional: property.optional,
                readonly: false,
                is_static: false,
                comment,
                kind: MemberKind::Method(method),
                inner,
            }
        });
        Some(methods.collect())
    }

    /// The ways to call a type, as far as syntax can tell.
    fn calls(
        &mut self,
        ty: &'p TypeExpr,
        place: &Place<'p>,
        depth: usize,
    ) -> Option<Vec<Call<'p>>> {
        if depth > DEEPEST {
            return None;
        }
        match &ty.unparenthesized().kind {
            TypeKind::Function(signature) => {
                Some(vec![Call { signature, place: place.clone(), docs: None }])
            }
            TypeKind::Object(members) => signatures(members, place),
            TypeKind::Intersection(parts) => {
                let parts = parts.iter().map(|part| self.calls(part, place, depth + 1));
                Some(parts.collect::<Option<Vec<_>>>()?.into_iter().flatten().collect())
            }
            TypeKind::Reference { name, args } => {
                let parts: Vec<&str> = name.parts.iter().map(|part| part.text.as_str()).collect();
                if place.is_param(name.first()) {
                    return None;
                }
                let (ids, used) = self.types(place, &parts);
                let [id] = ids.as_slice() else { return None };
                (used == parts.len()).then_some(())?;
                let args: Vec<_> = args.iter().map(|arg| self.argument(arg, place)).collect();
                match &self.item(*id)?.kind {
                    ItemKind::Alias(item) => {
                        let place = self.bound(*id, &item.type_params, &args);
                        self.calls(&item.ty, &place, depth + 1)
                    }
                    ItemKind::Interface(item) if item.extends.is_empty() => {
                        signatures(&item.members, &self.bound(*id, &item.type_params, &args))
                    }
                    _ => None,
                }
            }
            _ => None,
        }
    }
}

/// The signatures of an object that has nothing else.
fn signatures<'p>(members: &'p [syntax::Member], place: &Place<'p>) -> Option<Vec<Call<'p>>> {
    let calls = members.iter().map(|member| match &member.kind {
        syntax::MemberKind::Call(signature) => {
            Some(Call { signature, place: place.clone(), docs: Some(&member.docs) })
        }
        _ => None,
    });
    calls.collect::<Option<Vec<_>>>().filter(|calls| !calls.is_empty())
}
