//! What a plugin's documentation lacks, each with its place: off unless it is asked for.

use std::{collections::BTreeSet, sync::Arc};

use miette::{Diagnostic, NamedSource, SourceSpan};
use serde::Serialize;
use thiserror::Error;
use typescript::{
    ChunkKind, Cut as _, nearest,
    syntax::{Docs, ItemKind, Member, MemberKind, NamespaceName, Signature, TypeKind},
};

use crate::{
    compatible::Data,
    page::anchors::{Slugger, headings, lines},
    program::{DeclId, Program},
};

/// Tags that `JSDoc`, `TSDoc` or a tool for Capacitor's plugins gives a meaning.
const TAGS: [&str; 64] = [
    "abstract",
    "alpha",
    "arg",
    "argument",
    "async",
    "augments",
    "author",
    "beta",
    "callback",
    "category",
    "class",
    "constant",
    "copyright",
    "default",
    "defaultValue",
    "deprecated",
    "description",
    "enum",
    "event",
    "eventProperty",
    "example",
    "exception",
    "experimental",
    "extends",
    "fires",
    "group",
    "hidden",
    "ignore",
    "implements",
    "inheritDoc",
    "inheritdoc",
    "integer",
    "internal",
    "lenient",
    "license",
    "link",
    "listens",
    "memberof",
    "module",
    "override",
    "packageDocumentation",
    "param",
    "platform",
    "platforms",
    "private",
    "property",
    "protected",
    "public",
    "readonly",
    "remarks",
    "required",
    "return",
    "returns",
    "sealed",
    "see",
    "since",
    "summary",
    "template",
    "throws",
    "todo",
    "type",
    "typeParam",
    "typedef",
    "version",
];

/// Tags that are told when they stand in the middle of a line, where they are text.
const COMMON: [&str; 10] = [
    "default",
    "deprecated",
    "example",
    "hidden",
    "internal",
    "param",
    "platform",
    "returns",
    "since",
    "throws",
];

/// One thing to mend.
#[derive(Debug, Error, Diagnostic)]
#[error("{message}")]
#[diagnostic(severity(warning), help("{help}"))]
pub struct Finding {
    /// `missing-since`, `unknown-tag`, `tag-in-line`, `unknown-param`, `dead-anchor` or
    /// `config-without-example`.
    pub rule: &'static str,
    /// Lower case, without a full stop.
    pub message: String,
    /// The way out.
    pub help: String,
    #[source_code]
    text: NamedSource<Arc<str>>,
    /// Where it is, in bytes.
    #[label("here")]
    pub span: SourceSpan,
}

/// A [`Finding`] for programs.
#[derive(Debug, Serialize)]
pub struct Place<'f> {
    rule: &'static str,
    message: &'f str,
    help: &'f str,
    file: &'f str,
    /// Counted from 1.
    line: usize,
    /// Counted from 1, in characters.
    column: usize,
}

impl Finding {
    /// The finding with its place in lines and columns.
    #[must_use]
    pub fn place(&self) -> Place<'_> {
        let before = self.text.inner().get(..self.span.offset()).unwrap_or_default();
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        Place {
            rule: self.rule,
            message: &self.message,
            help: &self.help,
            file: self.text.name(),
            line: before.matches('\n').count() + 1,
            column: before.cut(line_start..).chars().count() + 1,
        }
    }
}

/// What the declarations behind `data`, and the README as (path, text), lack.
#[must_use]
pub fn lint(program: &Program, data: &Data, readme: Option<(&str, &str)>) -> Vec<Finding> {
    let mut linter = Linter {
        program,
        anchors: readme.map(|(_, text)| anchors(text)),
        file: String::new(),
        text: Arc::from(""),
        base: 0,
        findings: Vec::new(),
    };
    linter.declarations(data);
    if let Some((path, text)) = readme {
        path.clone_into(&mut linter.file);
        linter.text = Arc::from(text);
        linter.base = 0;
        linter.page(text);
    }
    linter.findings
}

/// Where links within a page may lead.
fn anchors(text: &str) -> BTreeSet<String> {
    let mut slugger = Slugger::default();
    let mut anchors: BTreeSet<String> =
        headings(text).into_iter().map(|heading| slugger.next(heading.text)).collect();
    for attribute in ["id=\"", "name=\""] {
        let values = text.split(attribute).skip(1);
        anchors.extend(values.filter_map(|rest| Some(rest.split_once('"')?.0.to_owned())));
    }
    anchors
}

struct Linter<'p> {
    program: &'p Program,
    /// Those of the README, if there is one.
    anchors: Option<BTreeSet<String>>,
    /// The file that is being looked at, its text, and where the statement starts in it.
    file: String,
    text: Arc<str>,
    base: usize,
    findings: Vec<Finding>,
}

impl Linter<'_> {
    fn declarations(&mut self, data: &Data) {
        let interfaces = data.api.iter().chain(&data.interfaces).map(|found| &found.name);
        for name in interfaces {
            self.declaration(ChunkKind::Interface, name);
        }
        for found in &data.type_aliases {
            self.declaration(ChunkKind::Alias, &found.name);
        }
        for found in &data.enums {
            self.declaration(ChunkKind::Enum, &found.name);
        }
        let program = self.program;
        for (file, source) in program.files.iter().enumerate() {
            for chunk in source.declarations("'@capacitor/cli'") {
                if self.enter(DeclId { file, chunk }) {
                    self.configs(DeclId { file, chunk });
                }
            }
        }
    }

    /// Looks at the file of a declaration from now on, unless it is an installed one.
    fn enter(&mut self, id: DeclId) -> bool {
        let source = self.program.source(id.file);
        self.base = source.chunk(id.chunk).range.start;
        if self.file != source.path {
            self.file.clone_from(&source.path);
            self.text = Arc::from(source.text.as_str());
        }
        !source.is_installed()
    }

    fn declaration(&mut self, kind: ChunkKind, name: &str) {
        let program = self.program;
        let Some(id) = program.first(kind, name).filter(|&id| self.enter(id)) else { return };
        let Some(item) = program.item(id) else { return };
        self.docs(&item.docs);
        match &item.kind {
            ItemKind::Interface(interface) => {
                for member in &interface.members {
                    self.member(member);
                }
            }
            ItemKind::Enum(item) => {
                for member in &item.members {
                    self.docs(&member.docs);
                    self.since(&member.docs, &member.name.text, member.name.span);
                }
            }
            _ => {}
        }
    }

    fn member(&mut self, member: &Member) {
        self.docs(&member.docs);
        let name = match &member.kind {
            MemberKind::Property(property) => &property.name,
            MemberKind::Method(method) => {
                self.params(&member.docs, &method.signature);
                &method.name
            }
            _ => return,
        };
        self.since(&member.docs, &name.text, name.span);
    }

    /// `@param` tags that name no parameter, where every parameter has a name.
    fn params(&mut self, docs: &Docs, signature: &Signature) {
        if signature.params.iter().any(|param| !param.simple) {
            return;
        }
        let names = || signature.params.iter().map(|param| param.name.text.as_str());
        for tag in &docs.tags {
            let Some((name, _)) = &tag.param else { continue };
            if names().any(|known| known == name) {
                continue;
            }
            let help = match nearest(name, names()) {
                Some(known) => format!("did you mean `{known}`?"),
                None => "name one, or leave the tag out".to_owned(),
            };
            self.find("unknown-param", format!("no parameter is called `{name}`"), help, tag.span);
        }
    }

    /// Tags in the middle of a line of the text above the first tag: TypeScript takes them for text.
    fn tags_in_lines(&mut self, docs: &Docs) {
        let Some(span) = docs.span else { return };
        let end = docs.tags.first().map_or(span.offset() + span.len(), |tag| tag.span.offset());
        let (start, end) = (self.base + span.offset(), self.base + end);
        let whole = Arc::clone(&self.text);
        let text = whole.get(start..end).unwrap_or_default();
        for line in lines(text).filter(|line| !line.code && !line.text.contains("```")) {
            for (at, _) in line.text.match_indices(" @") {
                let before = line.text.cut(..at);
                let is_code = before.matches('`').count() % 2 == 1;
                let is_first = before.trim_matches([' ', '\t', '/', '*']).is_empty();
                let rest = line.text.cut(at + 2..);
                let name =
                    rest.cut(..rest.find(|c: char| !c.is_alphabetic()).unwrap_or(rest.len()));
                if is_code || is_first || !COMMON.contains(&name) {
                    continue;
                }
                let span = SourceSpan::from((span.offset() + line.start + at + 1, name.len() + 1));
                let help = format!("start a line with `@{name}`");
                let message = format!("`@{name}` in the middle of a line is text, no tag");
                self.find("tag-in-line", message, help, span);
            }
        }
    }

    fn configs(&mut self, id: DeclId) {
        let program = self.program;
        let Some(ItemKind::Namespace(module)) = program.item(id).map(|item| &item.kind) else {
            return;
        };
        let is_cli =
            matches!(&module.name, NamespaceName::Module(name) if name.text == "@capacitor/cli");
        for item in module.items.iter().filter(|_| is_cli) {
            let ItemKind::Interface(interface) = &item.kind else { continue };
            for plugin in &interface.members {
                let MemberKind::Property(property) = &plugin.kind else { continue };
                let Some(TypeKind::Object(members)) = property.ty.as_ref().map(|ty| &ty.kind)
                else {
                    continue;
                };
                self.docs(&plugin.docs);
                for member in members {
                    self.config(member);
                }
            }
        }
    }

    fn config(&mut self, member: &Member) {
        self.member(member);
        let MemberKind::Property(property) = &member.kind else { return };
        if member.docs.tag("example").is_none_or(|text| text.trim().is_empty()) {
            let name = &property.name.text;
            self.find(
                "config-without-example",
                format!("the option `{name}` has no `@example`"),
                "write one: without, the example configuration says `undefined`".to_owned(),
                property.name.span,
            );
        }
    }

    fn since(&mut self, docs: &Docs, name: &str, span: SourceSpan) {
        let is_hidden = docs.tag("hidden").is_some() || docs.tag("internal").is_some();
        if !is_hidden && docs.tag("since").is_none_or(|text| text.trim().is_empty()) {
            self.find(
                "missing-since",
                format!("`{name}` has no `@since`"),
                "say in which version it came: `@since 1.0.0`".to_owned(),
                span,
            );
        }
    }

    fn docs(&mut self, docs: &Docs) {
        self.tags_in_lines(docs);
        for tag in &docs.tags {
            if TAGS.contains(&tag.name.as_str()) {
                continue;
            }
            let help = nearest(&tag.name, TAGS).map_or_else(
                || "no tool knows it: say it in the text".to_owned(),
                |tag| format!("did you mean `@{tag}`?"),
            );
            self.find("unknown-tag", format!("`@{}` is no tag", tag.name), help, tag.span);
        }
        if let Some(span) = docs.span {
            let start = self.base + span.offset();
            let text = Arc::clone(&self.text);
            self.links(text.get(start..start + span.len()).unwrap_or_default(), span.offset());
        }
    }

    fn page(&mut self, text: &str) {
        for line in lines(text).filter(|line| !line.code) {
            self.links(line.text, line.start);
        }
    }

    /// Links within the page that lead nowhere. `text` starts at `at`.
    fn links(&mut self, text: &str, at: usize) {
        for (start, end) in [("](#", ')'), ("href=\"#", '"')] {
            for (from, _) in text.match_indices(start) {
                let from = from + start.len();
                let Some(length) = text.cut(from..).find(end) else { continue };
                let slug = text.cut(from..from + length);
                let is_dead = self.anchors.as_ref().is_some_and(|anchors| !anchors.contains(slug));
                let message = format!("`#{slug}` leads nowhere");
                // The page repeats what comments say.
                let is_told = self.findings.iter().any(|found| found.message == message);
                if is_dead && !slug.is_empty() && !is_told {
                    let names = self.anchors.iter().flatten().map(String::as_str);
                    let help = nearest(slug, names).map_or_else(
                        || "link to a heading of the README".to_owned(),
                        |slug| format!("did you mean `#{slug}`?"),
                    );
                    let span = SourceSpan::from((at + from - 1, length + 1));
                    self.find("dead-anchor", message, help, span);
                }
            }
        }
    }

    fn find(&mut self, rule: &'static str, message: String, help: String, span: SourceSpan) {
        let span = SourceSpan::from((self.base + span.offset(), span.len()));
        let text = NamedSource::new(&self.file, Arc::clone(&self.text));
        self.findings.push(Finding { rule, message, help, text, span });
    }
}
