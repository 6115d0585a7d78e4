//! Arrays and tuples.

use typescript::syntax::{Literal, TupleElement};

use super::{
    Checker,
    scope::Scope,
    types::{Alias, Element, Kind, TypeId, known},
};

impl<'p> Checker<'p> {
    /// An element of a written tuple, or all those that it spreads.
    pub(super) fn elements(&self, element: &'p TupleElement, scope: &Scope<'p>) -> Vec<Element> {
        let ty = self.eval(&element.ty, scope);
        let label = element.label.as_ref().map(|label| label.text.clone());
        let (optional, rest) = (element.optional, element.rest);
        match &self.get(ty).kind {
            Kind::Tuple(elements, _) if rest => elements.clone(),
            Kind::Param(_) if rest => {
                vec![Element { label, ty, optional, rest, variadic: true }]
            }
            _ if rest => {
                let ty = self.element_of(ty);
                vec![Element { label, ty, optional, rest, variadic: false }]
            }
            _ => {
                let ty = self.optional(ty, optional);
                vec![Element { label, ty, optional, rest, variadic: false }]
            }
        }
    }

    /// The lengths that a tuple may have are types before its elements are.
    pub(super) fn lengths(&self, elements: &[TupleElement]) {
        if elements.iter().any(|element| element.rest) {
            return;
        }
        let last = elements.iter().rposition(|element| !element.optional);
        for length in last.map_or(0, |last| last + 1)..=elements.len() {
            self.length(length);
        }
    }

    /// The array that has what a tuple has.
    pub(super) fn list_of(&self, elements: &[Element]) -> TypeId {
        let types: Vec<TypeId> = elements.iter().map(|element| element.ty).collect();
        self.array(self.union(&types, None), "Array", None)
    }

    /// A length as a type.
    pub(super) fn length(&self, length: usize) -> TypeId {
        self.literal(&Literal::Number(u32::try_from(length).map_or(f64::NAN, f64::from)))
    }

    /// `element[]`.
    pub(crate) fn array(&self, element: TypeId, name: &str, alias: Option<Alias<'p>>) -> TypeId {
        match self.global(name) {
            Some(decl) => self.named(decl, vec![element], alias),
            None => known::EMPTY,
        }
    }

    pub(crate) fn tuple(
        &self,
        elements: Vec<Element>,
        readonly: bool,
        alias: Option<Alias<'p>>,
    ) -> TypeId {
        if let [Element { ty, rest: true, variadic: false, .. }] = elements.as_slice() {
            return self.array(*ty, if readonly { "ReadonlyArray" } else { "Array" }, alias);
        }
        let elements = self.required_before_last(elements);
        let key = format!("tuple {readonly} {elements:?}");
        self.intern(key, Kind::Tuple(elements, readonly), alias)
    }

    /// What is optional in front of something required is not, but may be `undefined`.
    fn required_before_last(&self, mut elements: Vec<Element>) -> Vec<Element> {
        let last = elements.iter().rposition(|element| !element.optional && !element.rest);
        for element in elements.iter_mut().take(last.unwrap_or(0)).filter(|found| found.optional) {
            element.optional = false;
            element.ty = self.union(&[element.ty, known::UNDEFINED], None);
        }
        elements
    }

    pub(crate) fn element_of(&self, ty: TypeId) -> TypeId {
        match &self.get(ty).kind {
            Kind::Named(decl, args) if matches!(decl.name(), "Array" | "ReadonlyArray") => {
                args.first().copied().unwrap_or(ty)
            }
            _ => ty,
        }
    }
}
