//! Clean mode: a page for readers, where the compatible mode is one for drop-in replacement.
//!
//! Facts are collected from the program's syntax, translated if the page has a locale, and printed
//! between the markers of a README.

mod arrange;
mod cell;
mod collect;
mod examples;
mod facts;
mod json;
mod layout;
mod locale;
mod platforms;
mod print;
mod prose;
mod said;
mod tables;
mod translate;
mod words;

use std::ops::Range;

pub use arrange::{Arrangement, Order};
use facts::{Facts, SectionKind};
use layout::Layout;
pub use locale::{Fault, Gap, Locale, Translation, Untranslated, untranslated};
use print::Printer;
pub use translate::{current_prose, front_matter, prose_findings, site, with_anchors};
use typescript::Cut as _;
pub use words::Anchors;
use words::Words;

use crate::{mistakes::missing_interface, page::anchors, program::Program};

/// What a clean page is about.
#[derive(Clone, Copy, Debug, Default)]
pub struct Page<'a> {
    /// The plugin's interface, for `<docgen-index>` and `<docgen-api>`.
    pub api: &'a str,
    /// An interface whose properties are the globals of a script, for `<capacitor-api-docs>`.
    pub device: Option<&'a str>,
    /// The npm name that the example configuration refers to.
    pub package: Option<&'a str>,
    /// How anchors are written that a heading does not have by itself.
    pub anchors: Anchors,
    /// The language, if it is not English.
    pub locale: Option<&'a Locale>,
    /// The README's prose in English, whose anchors hold in every language.
    pub english: Option<&'a str>,
    /// What its author wants otherwise.
    pub arrangement: Arrangement<'a>,
}

/// A README whose sections are written.
#[derive(Clone, Debug, Default)]
pub struct Clean {
    /// The whole README.
    pub text: String,
    /// What is wrong with the translation of its sections.
    pub findings: Vec<Gap>,
}

/// `readme` with its sections written for readers.
///
/// # Errors
///
/// One sentence when an interface does not exist.
pub fn clean(program: &Program, readme: &str, page: Page<'_>) -> Result<Clean, String> {
    let reference = Reference::new(program, readme, page)?;
    Ok(Clean { text: reference.fill(readme, page.anchors), findings: reference.findings })
}

/// The facts of a page in its language: to be written into a README, and into the same README with
/// its anchors in another form.
pub struct Reference<'a> {
    facts: Facts,
    page: Page<'a>,
    /// What is wrong with the translation.
    pub findings: Vec<Gap>,
}

impl<'a> Reference<'a> {
    /// What `readme` has markers for.
    ///
    /// # Errors
    ///
    /// One sentence when an interface does not exist.
    pub fn new(program: &Program, readme: &str, page: Page<'a>) -> Result<Self, String> {
        let mut reference = Self::of(program, page, &places(readme, page.device.is_some()))?;
        if page.arrangement.without_since {
            arrange::without_since(&mut reference.facts);
        }
        Ok(reference)
    }

    /// What these sections say.
    fn of(
        program: &Program,
        page: Page<'a>,
        places: &[(SectionKind, Range<usize>)],
    ) -> Result<Self, String> {
        let mut facts = facts(program, page, places)?;
        let files: Vec<_> = program.files.iter().map(|file| file.path.clone()).collect();
        let findings = page.locale.map(|locale| locale.translate(&mut facts, &files));
        arrange::arrange(&mut facts, &page.arrangement);
        Ok(Self { facts, page, findings: findings.unwrap_or_default() })
    }

    /// `readme` with its sections written for readers.
    #[must_use]
    pub fn fill(&self, readme: &str, anchors: Anchors) -> String {
        let Self { facts, page, .. } = self;
        let places = places(readme, page.device.is_some());
        let words = Words { translated: page.locale.map(|locale| &locale.labels), anchors };
        let layout = Layout::new(facts, readme, &places, page.english, &words);
        let links = layout.links(facts);
        let printer = Printer {
            facts,
            layout: &layout,
            links: &links,
            package: page.package,
            platform_table: page.arrangement.platform_table,
        };
        filled(readme, &places, &printer)
    }
}

/// `docs.json`, written for readers: the facts of a page, with the anchors that they have in `readme`.
///
/// # Errors
///
/// One sentence when an interface does not exist.
pub fn clean_json(program: &Program, readme: &str, page: Page<'_>) -> Result<String, String> {
    let mut places = places(readme, page.device.is_some());
    for kind in [SectionKind::Config, SectionKind::Api] {
        if !places.iter().any(|(found, _)| *found == kind) {
            places.push((kind, readme.len()..readme.len()));
        }
    }
    let facts = Reference::of(program, page, &places)?.facts;
    let words = Words { translated: None, anchors: page.anchors };
    Ok(json::json(&facts, &Layout::new(&facts, readme, &places, page.english, &words)))
}

fn facts(
    program: &Program,
    page: Page<'_>,
    places: &[(SectionKind, Range<usize>)],
) -> Result<Facts, String> {
    let mut wanted: Vec<_> = places
        .iter()
        .map(|(kind, _)| match kind {
            SectionKind::Config => (*kind, ""),
            SectionKind::Api => (*kind, page.api),
            SectionKind::Device => (*kind, page.device.unwrap_or_default()),
        })
        .collect();
    // The index and the mistake in a name count also where the section is missing.
    if !wanted.iter().any(|(kind, _)| *kind == SectionKind::Api) {
        wanted.push((SectionKind::Api, page.api));
    }
    collect::collect(program, &wanted).map_err(|name| missing_interface(program, &name))
}

/// Where the README has the markers of each section, in its order.
fn places(readme: &str, device: bool) -> Vec<(SectionKind, Range<usize>)> {
    let markers = [
        (SectionKind::Config, "docgen-config"),
        (SectionKind::Api, "docgen-api"),
        (SectionKind::Device, "capacitor-api-docs"),
    ];
    let wanted = markers.into_iter().filter(|(kind, _)| device || *kind != SectionKind::Device);
    let mut places: Vec<_> =
        wanted.filter_map(|(kind, name)| Some((kind, between(readme, name)?))).collect();
    places.sort_by_key(|(_, range)| range.start);
    places
}

/// What stands between a marker and its end, outside of fenced code.
fn between(readme: &str, name: &str) -> Option<Range<usize>> {
    let (open, close) = (format!("<{name}"), format!("</{name}>"));
    let place = |marker: &str, from: usize| {
        let mut lines = anchors::lines(readme).filter(|line| !line.code);
        lines.find_map(|line| {
            let at = line.text.find(marker).filter(|at| !line.text.cut(..*at).contains('`'))?;
            (line.start + at >= from).then_some(line.start + at)
        })
    };
    let start = place(&open, 0)?;
    let start = start + readme.cut(start..).find('>')? + 1;
    Some(start..place(&close, start)?)
}

/// The README with every section in its place.
fn filled(readme: &str, places: &[(SectionKind, Range<usize>)], printer: &Printer<'_>) -> String {
    let mut parts: Vec<(Range<usize>, String)> = places
        .iter()
        .filter_map(|(kind, range)| {
            Some((range.clone(), printer.section(printer.facts.section(*kind)?)))
        })
        .collect();
    parts.extend(between(readme, "docgen-index").map(|range| (range, printer.index())));
    parts.sort_by_key(|(range, _)| range.start);
    let (mut text, mut at) = (String::new(), 0);
    for (range, part) in parts.into_iter().filter(|(range, _)| range.start <= range.end) {
        if range.start >= at {
            text += readme.cut(at..range.start);
            text += &part;
            at = range.end;
        }
    }
    text + readme.cut(at..)
}
