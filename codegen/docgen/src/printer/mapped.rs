//! Mapped types.

use typescript::syntax::{Mapped, Modifier};

use super::{
    Printer,
    printed::{Printed, block},
    text::{key_text, modifier_text},
};
use crate::checker::{Key, Kind, MappedProp, Scope, known};

impl<'p> Printer<'_, 'p> {
    pub(super) fn mapped(&self, mapped: &'p Mapped, scope: &Scope<'p>) -> Printed {
        let name = &mapped.param.name.text;
        let value = |scope: &Scope<'p>| {
            let ty = mapped.ty.as_ref().map_or(known::ANY, |ty| self.checker.eval(ty, scope));
            self.checker
                .optional(ty, matches!(mapped.optional, Some(Modifier::Plain | Modifier::Plus)))
        };
        if let Some(props) = self.checker.mapped_props(mapped, scope, None) {
            if self.is_long() {
                return block(vec![Printed::plain("...")]);
            }
            let mut parts = Vec::with_capacity(props.len());
            for (index, prop) in props.iter().enumerate() {
                if self.is_long() && index + 4 < props.len() {
                    parts.push(Printed::plain(format!("... {} more ...", props.len() - index - 1)));
                    parts.extend(props.last().map(|last| self.mapped_prop(last)));
                    break;
                }
                parts.push(self.mapped_prop(prop));
            }
            self.count(2);
            return block(parts);
        }
        let constraint = mapped
            .param
            .constraint
            .as_ref()
            .map_or_else(Printed::default, |ty| self.print(self.checker.eval(ty, scope)));
        let mut inner = scope.clone();
        self.checker.bind_params(&mut inner, std::slice::from_ref(&mapped.param));
        let value = self.print(value(&inner));
        let renamed = mapped.name.as_ref().map(|ty| self.print(self.checker.eval(ty, &inner)));
        let renamed = renamed.map_or_else(String::new, |printed| format!(" as {}", printed.text));
        self.count(10);
        let text = format!(
            "{{ {}[{name} in {}{renamed}]{}: {}; }}",
            modifier_text(mapped.readonly, "readonly "),
            constraint.text,
            modifier_text(mapped.optional, "?"),
            value.text
        );
        Printed { text, refs: [constraint.refs, value.refs].concat(), ..Printed::default() }
    }

    fn mapped_prop(&self, prop: &MappedProp) -> Printed {
        let data = self.checker.get(prop.name);
        match &data.kind {
            Kind::String(text) => self.count(text.encode_utf16().count() + 1),
            _ => self.count(5),
        }
        let printed = self.print(prop.ty);
        let readonly = if prop.readonly { "readonly " } else { "" };
        let mark = if prop.optional { "?" } else { "" };
        let name = match &data.kind {
            Kind::String(text) => format!("{}{mark}", key_text(&Key::late(text.clone()))),
            Kind::Number(number) => format!("{number}{mark}"),
            _ => format!("[x: {}]", self.print(prop.name).text),
        };
        Printed { text: format!("{readonly}{name}: {}", printed.text), ..printed }
    }
}
