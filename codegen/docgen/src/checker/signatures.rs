//! How a type can be called, and what comes of it.

use typescript::syntax::{ItemKind, MemberKind, NO_CONSTRUCTOR, Signature, TypeKind};

use super::{
    Checker,
    scope::{Decl, Scope, bound},
    types::{Callable, Kind, TypeId, known},
};

/// A call, one with `new`, or one with `new` of what need not be complete.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    Call,
    Construct,
    ConstructAbstract,
}

impl Way {
    /// What is asked of a constructor type, or of a class.
    pub(super) fn new(is_abstract: bool) -> Self {
        if is_abstract { Self::ConstructAbstract } else { Self::Construct }
    }

    /// Whether what is abstract, or is not, is called this way.
    fn constructs(self, is_abstract: bool) -> bool {
        self == Self::ConstructAbstract || self == Self::Construct && !is_abstract
    }
}

/// One way to call a type.
#[derive(Clone)]
pub(super) struct Call<'p> {
    pub(super) signature: &'p Signature,
    pub(super) scope: Scope<'p>,
    /// The result, where the signature does not say it.
    pub(super) returns: Option<TypeId>,
}

impl<'p> Checker<'p> {
    /// The ways to call a type; `None` when they are not known.
    pub(super) fn signatures(&self, ty: TypeId, way: Way) -> Option<Vec<Call<'p>>> {
        let data = self.get(ty);
        match &data.kind {
            Kind::Anonymous(written, scope) => {
                let call = |signature| Call { signature, scope: scope.clone(), returns: None };
                match (&written.kind, way) {
                    (TypeKind::Function(signature), Way::Call) => Some(vec![call(signature)]),
                    (TypeKind::Constructor { signature, is_abstract }, _)
                        if way.constructs(*is_abstract) =>
                    {
                        Some(vec![call(signature)])
                    }
                    (TypeKind::Object(members), _) => Some(
                        members
                            .iter()
                            .filter_map(|it| written_in(&it.kind, way))
                            .map(call)
                            .collect(),
                    ),
                    _ => Some(Vec::new()),
                }
            }
            Kind::Function(callable) if way == Way::Call => Some(calls_of(callable)),
            Kind::Named(decl, args) => Some(self.signatures_of(decl, args, way)),
            Kind::ClassObject(decl) if way != Way::Call => {
                self.deeper(|| self.constructors(decl, &[], way))
            }
            Kind::Intersection(types) => {
                let mut all = Vec::new();
                for &ty in types {
                    all.extend(self.signatures(ty, way)?);
                }
                Some(all)
            }
            Kind::Union(..)
            | Kind::Param(_)
            | Kind::Conditional(..)
            | Kind::Indexed(..)
            | Kind::Circular(..)
            | Kind::TypeOf(_)
            | Kind::This => None,
            _ => Some(Vec::new()),
        }
    }

    /// What a call makes.
    pub(super) fn returned(&self, call: &Call<'p>) -> TypeId {
        match (call.returns, &call.signature.returns) {
            (Some(ty), _) => ty,
            (None, Some(written)) => self.eval(written, &call.scope),
            (None, None) => known::ANY,
        }
    }

    fn signatures_of(&self, decl: &Decl<'p>, args: &[TypeId], way: Way) -> Vec<Call<'p>> {
        let mut all = Vec::new();
        for decl in self.merged(decl) {
            let ItemKind::Interface(item) = &decl.item.kind else { continue };
            let scope = bound(&decl, args);
            let own = item.members.iter().filter_map(|member| written_in(&member.kind, way));
            all.extend(own.map(|signature| Call {
                signature,
                scope: scope.clone(),
                returns: None,
            }));
            let inherited = item
                .extends
                .iter()
                .filter_map(|base| self.deeper(|| self.signatures(self.eval(base, &scope), way)));
            let inherited: Vec<Call<'p>> = inherited.flatten().collect();
            all.extend(inherited);
        }
        all
    }

    /// The constructors of a class: its own, or those of what it extends, which make it too. Its type
    /// parameters are `args`, or what they are at least.
    fn constructors(&self, decl: &Decl<'p>, args: &[TypeId], way: Way) -> Option<Vec<Call<'p>>> {
        let ItemKind::Class(item) = &decl.item.kind else { return None };
        if item.is_closed || !way.constructs(item.is_abstract) {
            return Some(Vec::new());
        }
        // A signature that is matched stands for what its type parameters are at least.
        let mut scope = decl.place.scope();
        let mut params = Vec::new();
        for (index, param) in decl.type_params().iter().enumerate() {
            let bound = || param.constraint.as_ref().map(|ty| self.eval(ty, &scope));
            let bound = args.get(index).copied().or_else(bound).unwrap_or(known::UNKNOWN);
            scope.bind(&param.name.text, bound);
            params.push(bound);
        }
        let instance = self.named(decl.clone(), params, None);
        let call = |signature| Call { signature, scope: scope.clone(), returns: Some(instance) };
        let own: Vec<Call<'p>> = item
            .members
            .iter()
            .filter_map(|member| written_in(&member.kind, Way::Construct))
            .map(call)
            .collect();
        if !own.is_empty() {
            return Some(own);
        }
        let base = match item.extends.as_ref().map(|base| &base.kind) {
            Some(TypeKind::Reference { name, args }) => {
                let args: Vec<TypeId> = args.iter().map(|arg| self.eval(arg, &scope)).collect();
                let way = Way::ConstructAbstract;
                let is_class = |base: &Decl<'p>| matches!(base.item.kind, ItemKind::Class(_));
                match self.find(name, &scope.place).filter(is_class) {
                    Some(base) => Some(self.deeper(|| self.constructors(&base, &args, way))?),
                    None => Some(self.signatures(self.query(name, &scope), way)?),
                }
            }
            _ => None,
        };
        let inherited: Vec<Call<'p>> = base.unwrap_or_default();
        if inherited.is_empty() {
            return Some(vec![call(&NO_CONSTRUCTOR)]);
        }
        Some(inherited.into_iter().map(|base| Call { returns: Some(instance), ..base }).collect())
    }
}

/// The ways to call what is declared as a function.
fn calls_of<'p>(callable: &Callable<'p>) -> Vec<Call<'p>> {
    let (scope, returns) = (&callable.scope, callable.returns);
    let calls = callable.signatures.iter();
    calls.map(|&signature| Call { signature, scope: scope.clone(), returns }).collect()
}

fn written_in(member: &MemberKind, way: Way) -> Option<&Signature> {
    match (member, way) {
        (MemberKind::Call(signature), Way::Call)
        | (MemberKind::Construct(signature), Way::Construct | Way::ConstructAbstract) => {
            Some(signature)
        }
        _ => None,
    }
}
