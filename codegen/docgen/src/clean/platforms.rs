//! The table that says which method is there on which platform.

use super::{
    facts::Section,
    layout::Key,
    print::{Printer, method_heading},
    prose::code,
    said::{self, Platform},
};

/// What a method has that is there without more to say.
const THERE: &str = "✓";

/// What one has that is not.
const NOT_THERE: &str = "-";

impl Printer<'_> {
    /// A row for each method, a column for each platform that one of them names; a method that names
    /// none is on all of them.
    pub(super) fn platform_table(&self, section: &Section) -> Option<String> {
        if !self.platform_table {
            return None;
        }
        let methods: Vec<_> = section
            .methods()
            .map(|(member, method)| {
                (
                    method_heading(&section.name, member, method),
                    said::platforms(&member.comment.docs),
                )
            })
            .collect();
        let mut columns: Vec<&str> = Vec::new();
        for platform in methods.iter().flat_map(|(_, platforms)| platforms) {
            if !platform.name.is_empty() && !columns.contains(&platform.name.as_str()) {
                columns.push(&platform.name);
            }
        }
        if columns.is_empty() {
            return None;
        }
        columns.sort_by_key(|name| {
            let usual = ["Android", "iOS", "Web"].iter().position(|usual| usual == name);
            (usual.unwrap_or(usize::MAX), name.to_lowercase())
        });
        let header: Vec<_> = std::iter::once("Method").chain(columns.iter().copied()).collect();
        let mut table = self.table(&header);
        for (index, (heading, platforms)) in methods.iter().enumerate() {
            let slug = self.layout.slug(&Key::Method(section.kind, index));
            let mut row = vec![format!("[{}](#{slug})", code(heading))];
            row.extend(columns.iter().map(|name| self.presence(platforms, name)));
            table.row(row);
        }
        Some(table.lines().join("\n"))
    }

    /// Whether a method with these platforms is on the one of this name, and what is said of that.
    fn presence(&self, platforms: &[Platform], name: &str) -> String {
        if platforms.iter().all(|platform| platform.name.is_empty()) {
            return THERE.to_owned();
        }
        let Some(found) = platforms.iter().find(|platform| platform.name == name) else {
            return NOT_THERE.to_owned();
        };
        let parts = [found.versions.clone(), self.links.cell(&found.text)];
        let said: Vec<_> = parts.into_iter().filter(|part| !part.is_empty()).collect();
        if said.is_empty() { THERE.to_owned() } else { said.join(" ") }
    }
}
