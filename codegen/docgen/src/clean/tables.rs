//! The tables of a clean page: parameters, properties, methods, members of enums.

use typescript::syntax::Docs;
use unicode_width::UnicodeWidthStr;

use super::{
    facts::{EnumMember, Member, MemberKind, Method, Param},
    print::Printer,
    prose::code,
    said,
};
use crate::page::table::Table;

impl Printer<'_> {
    pub(super) fn table(&self, header: &[&str]) -> Table {
        let header: Vec<_> = header.iter().map(|english| self.word(english)).collect();
        Table::with_width(&header, UnicodeWidthStr::width)
    }

    pub(super) fn parameters(&self, method: &Method, docs: &Docs) -> Option<String> {
        let mut table = self.table(&["Param", "Type", "Description"]);
        for param in &method.params {
            table.row(vec![
                bold(&param.shown),
                self.links.ty(&param.ty),
                self.param_text(param, docs),
            ]);
        }
        (!method.params.is_empty()).then(|| table.lines().join("\n"))
    }

    /// What is said about a parameter, and about the members of its type.
    fn param_text(&self, param: &Param, docs: &Docs) -> String {
        let text = said::param(&param.name, param.docs.as_deref(), docs, &param.ty);
        let mut parts = vec![self.links.cell(text)];
        parts.extend(self.fields(&param.inner));
        for (name, text) in said::dotted(&param.name, docs) {
            if !param.inner.iter().any(|field| field.name == name) {
                let text = self.links.cell(text);
                parts.push(format!("• {}{}{text}", bold(name), self.word(": ")));
            }
        }
        parts.retain(|part| !part.is_empty());
        parts.join("<br />")
    }

    fn fields(&self, fields: &[Member]) -> impl Iterator<Item = String> {
        fields.iter().map(|field| format!("• {}", self.field(field)))
    }

    /// What is said about a member of a type that is written inline.
    pub(super) fn field(&self, field: &Member) -> String {
        let docs = &field.comment.docs;
        let mut text = self.description(docs);
        let default = self.default(docs);
        if !default.is_empty() {
            let gap = if text.is_empty() { "" } else { " " };
            text += &format!("{gap}{}{default}", self.label("Default"));
        }
        let gap = if text.is_empty() { "" } else { self.word(": ") };
        format!("{}{gap}{text}", name_cell(field))
    }

    /// `with_examples` where no block of code shows those of the properties together.
    pub(super) fn properties(&self, members: &[Member], with_examples: bool) -> Option<String> {
        let mut table =
            self.table(&["Prop", "Type", "Description", "Default", "Platforms", "Since"]);
        let mut any = false;
        for member in members {
            let MemberKind::Property(ty) = &member.kind else { continue };
            let docs = &member.comment.docs;
            let mut parts = vec![self.description(docs)];
            parts.extend(self.fields(&member.inner));
            if with_examples {
                parts.extend(self.short_examples(docs));
            }
            parts.retain(|part| !part.is_empty());
            any = true;
            table.row(vec![
                name_cell(member),
                self.links.ty(ty),
                parts.join("<br />"),
                self.default(docs),
                self.platform_cell(docs),
                docs.tag("since").unwrap_or_default().to_owned(),
            ]);
        }
        any.then(|| table.lines().join("\n"))
    }

    pub(super) fn methods(&self, members: &[Member]) -> Option<String> {
        let mut table = self.table(&["Method", "Signature", "Description", "Platforms", "Since"]);
        let mut any = false;
        for member in members {
            let MemberKind::Method(method) = &member.kind else { continue };
            let docs = &member.comment.docs;
            any = true;
            table.row(vec![
                name_cell(member),
                self.links.ty(&method.signature),
                self.method_text(member, method),
                self.platform_cell(docs),
                docs.tag("since").unwrap_or_default().to_owned(),
            ]);
        }
        any.then(|| table.lines().join("\n"))
    }

    /// All that is said about a method, in one cell.
    fn method_text(&self, member: &Member, method: &Method) -> String {
        let docs = &member.comment.docs;
        let mut cells = vec![self.description(docs)];
        for param in &method.params {
            let text = self.param_text(param, docs);
            if !text.is_empty() {
                cells.push(format!("• {}{}{text}", bold(&param.name), self.word(": ")));
            }
        }
        let returns = said::returned(docs, &method.returns);
        if !returns.is_empty() || !member.inner.is_empty() {
            cells.push(format!("{}{}", self.label("Returns"), self.links.cell(returns)));
            cells.extend(self.fields(&member.inner));
        }
        for text in said::texts(docs, "throws") {
            cells.push(format!("{}{}", self.label("Throws"), self.links.cell(&said::thrown(text))));
        }
        cells.retain(|cell| !cell.is_empty());
        cells.join("<br />")
    }

    pub(super) fn members_of_enum(&self, members: &[EnumMember]) -> Option<String> {
        let mut table = self.table(&["Members", "Value", "Description", "Platforms", "Since"]);
        for member in members {
            let docs = &member.comment.docs;
            let gone = docs.tag("deprecated").is_some();
            let mut parts = vec![self.description(docs)];
            parts.extend(self.short_examples(docs));
            parts.retain(|part| !part.is_empty());
            table.row(vec![
                struck(&bold(&member.name), gone),
                said::value(&member.value),
                parts.join("<br />"),
                self.platform_cell(docs),
                docs.tag("since").unwrap_or_default().to_owned(),
            ]);
        }
        (!members.is_empty()).then(|| table.lines().join("\n"))
    }

    /// The examples that fit into a cell.
    fn short_examples(&self, docs: &Docs) -> Vec<String> {
        let texts = said::texts(docs, "example").filter_map(said::short_example);
        texts.map(|text| format!("{}{}", self.label("Example"), code(text))).collect()
    }

    /// A comment in a cell, with the notice that it is deprecated, and what to see.
    fn description(&self, docs: &Docs) -> String {
        let mut parts = Vec::new();
        let reason = docs.tag("deprecated").map(|reason| self.links.cell(reason));
        parts.extend(reason.map(|reason| self.deprecated(&reason)));
        parts.extend(docs.text.as_deref().map(|text| self.links.cell(text)));
        let see = said::texts(docs, "see").map(|text| self.links.seen_in_cell(text));
        parts.extend(see.map(|text| format!("{}{text}", self.label("See"))));
        parts.retain(|part| !part.is_empty());
        parts.join("<br />")
    }

    /// The platforms in a cell.
    pub(super) fn platform_cell(&self, docs: &Docs) -> String {
        let platforms = said::platforms(docs);
        let is_list = platforms.iter().any(|platform| !platform.text.is_empty());
        let items: Vec<_> = platforms
            .iter()
            .map(|platform| self.of_platform(platform, &self.links.cell(&platform.text)))
            .collect();
        items.join(if is_list { "<br />" } else { ", " })
    }

    /// `@default`: as code where it is a value, as text where it is a sentence about values.
    fn default(&self, docs: &Docs) -> String {
        let text = docs.tag("default").or(docs.tag("defaultValue")).unwrap_or_default();
        if said::is_value(text) { said::value(text) } else { self.links.cell(text) }
    }
}

/// `` **`readonly name?`** ``
fn name_cell(member: &Member) -> String {
    let is_static = if member.is_static { "static " } else { "" };
    let readonly = if member.readonly { "readonly " } else { "" };
    let mark = if member.optional { "?" } else { "" };
    let cell = bold(&format!("{is_static}{readonly}{}{mark}", member.name));
    struck(&cell, member.comment.docs.tag("deprecated").is_some())
}

fn bold(name: &str) -> String {
    format!("**{}**", code(name))
}

fn struck(cell: &str, gone: bool) -> String {
    if gone { format!("~~{cell}~~") } else { cell.to_owned() }
}
