//! Methods that are written as properties: `check: () => Promise<void>`, `addListener: AddListener`.

use typescript::syntax::{self, Docs, ItemKind, Signature, TypeExpr, TypeKind};

use super::{Collector, bases::DEEPEST, members::source_name, names::Place, tags};
use crate::clean::facts::{Id, Member, MemberKind};

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
            // What is said of the property is said of each of its overloads that says nothing.
            let inner = call.docs.filter(|docs| tags::docs(docs, &call.place).span.is_some());
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
                (used == parts.len()).then_some(())?;
                self.calls_of_type(&ids, args, place, depth)
            }
            TypeKind::Import { from, name: Some(name), args, query: false } => {
                let parts: Vec<&str> = name.parts.iter().map(|part| part.text.as_str()).collect();
                let (ids, used) = self.imported_types(place, &from.text, &parts);
                (used == parts.len()).then_some(())?;
                self.calls_of_type(&ids, args, place, depth)
            }
            TypeKind::Query { name, args } if args.is_empty() => {
                let parts: Vec<&str> = name.parts.iter().map(|part| part.text.as_str()).collect();
                let (ids, used) = self.values(place, &parts);
                (used == parts.len()).then_some(())?;
                self.calls_of_values(&ids, depth + 1)
            }
            _ => None,
        }
    }

    /// The ways to call what one alias or interface stands for.
    fn calls_of_type(
        &mut self,
        ids: &[Id],
        args: &'p [TypeExpr],
        place: &Place<'p>,
        depth: usize,
    ) -> Option<Vec<Call<'p>>> {
        let [id] = ids else { return None };
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

    /// The ways to call a function, or a constant whose type says that it is one.
    fn calls_of_values(&mut self, ids: &[Id], depth: usize) -> Option<Vec<Call<'p>>> {
        let mut calls = Vec::new();
        for &id in ids {
            let (item, place) = (self.item(id)?, self.place(id));
            match &item.kind {
                ItemKind::Function(function) => {
                    let (signature, docs) = (&function.signature, Some(&item.docs));
                    calls.push(Call { signature, place, docs });
                }
                ItemKind::Variable(variable) => {
                    calls.extend(self.calls(variable.ty.as_ref()?, &place, depth)?);
                }
                _ => return None,
            }
        }
        Some(calls).filter(|calls| !calls.is_empty())
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
