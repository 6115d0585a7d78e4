//! Tuples and unions.

use typescript::syntax::{Item, ItemKind, NameStyle};

use super::{
    Printer,
    printed::{Printed, Shape, joined, leftmost, prefixed, suffixed},
    text::{is_identifier, quoted},
};
use crate::checker::{Element, TypeId, known};

impl Printer<'_, '_> {
    pub(super) fn tuple(&self, elements: &[Element], readonly: bool) -> Printed {
        let labeled = elements.iter().all(|element| element.label.is_some());
        let types: Vec<TypeId> = elements.iter().map(|element| element.ty).collect();
        let printed = self.list(&types, false);
        let parts = elements.iter().zip(printed).map(|(element, printed)| {
            let rest = if element.rest { "..." } else { "" };
            let mark = if element.optional { "?" } else { "" };
            match (&element.label, element.rest) {
                (Some(label), true) if labeled && element.variadic => {
                    Printed { text: format!("...{label}: {}", printed.text), ..printed }
                }
                (Some(label), true) if labeled => {
                    let array = suffixed(printed.element(), "[]");
                    Printed { text: format!("...{label}: {}", array.text), ..array }
                }
                (Some(label), false) if labeled => {
                    Printed { text: format!("{label}{mark}: {}", printed.text), ..printed }
                }
                (_, true) if element.variadic => {
                    Printed { text: format!("...{}", printed.text), ..printed }
                }
                (_, true) => {
                    let array = suffixed(printed.element(), "[]");
                    Printed { text: format!("{rest}{}", array.text), ..array }
                }
                _ if element.optional => suffixed(printed.element(), "?"),
                _ => printed,
            }
        });
        let inner = joined(parts, ", ", Shape::Plain);
        let tuple = Printed { text: format!("[{}]", inner.text), top: None, ..inner };
        if readonly { prefixed("readonly ", tuple) } else { tuple }
    }

    /// Literals of `boolean` together, `null` and `undefined` last.
    pub(super) fn union(&self, types: &[TypeId]) -> Printed {
        let mut order: Vec<TypeId> = Vec::with_capacity(types.len());
        for &ty in types {
            match ty {
                known::NULL | known::UNDEFINED => {}
                known::FALSE if types.contains(&known::TRUE) => order.push(known::BOOLEAN),
                known::TRUE if types.contains(&known::FALSE) => {}
                ty => order.push(ty),
            }
        }
        for last in [known::NULL, known::UNDEFINED] {
            if types.contains(&last) {
                order.push(last);
            }
        }
        if let [only] = order.as_slice() {
            return self.print(*only);
        }
        let parts = self.list(&order, true).into_iter().map(Printed::member);
        joined(parts, " | ", Shape::Loose)
    }
}

/// A member of the enum that is called `parent`.
pub(super) fn enum_member(item: &Item, parent: &str, index: usize) -> Printed {
    let ItemKind::Enum(item) = &item.kind else { return Printed::default() };
    let text = item.members.get(index).map_or_else(
        || parent.to_owned(),
        |member| match member.name.style {
            NameStyle::Quoted if !is_identifier(&member.name.text) => {
                format!("typeof {parent}[{}]", quoted(&member.name.text, '"'))
            }
            _ => format!("{parent}.{}", member.name.text),
        },
    );
    Printed { text, refs: vec![leftmost(parent).to_owned()], ..Printed::default() }
}
