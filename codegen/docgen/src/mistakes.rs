//! What is wrong with a project or a README before anything is written: each with its place and the
//! way out.

use std::collections::HashSet;

use typescript::{
    ChunkKind, Cut as _, nearest,
    syntax::{EntityName, ItemKind, TypeExpr, TypeKind},
};

use crate::{
    page::anchors,
    program::{DeclId, Mistake, Program},
};

/// What is wrong with the markers of a README.
#[derive(Debug)]
pub struct MarkerMistake {
    /// The place and the way out.
    pub mistake: Mistake,
    /// Whether the README would be damaged; else that section is left as it is.
    pub fatal: bool,
}

/// The first marker of a README that has no end, or no start. `clean` is the mode: it leaves markers
/// in code alone, and takes each of them for a mistake.
#[must_use]
pub fn marker_mistake(
    file: &str,
    readme: &str,
    clean: bool,
    device: bool,
) -> Option<MarkerMistake> {
    let names = ["docgen-index", "docgen-config", "docgen-api", "capacitor-api-docs"];
    let names = names.into_iter().filter(|name| *name != "capacitor-api-docs" || clean && device);
    for name in names {
        let (open, close) = (format!("<{name}"), format!("</{name}>"));
        let starts = place(readme, &open, 0, clean);
        let after = starts.map_or(0, |at| at + open.len());
        let ends = place(readme, &close, if clean { after } else { 0 }, clean);
        let mistake = |at: usize, length: usize, message: &str, help: &str| {
            Some(Mistake::new((file, readme), at..at + length, message, help))
        };
        let (found, fatal) = match (starts, ends) {
            (Some(start), None) => {
                let message = format!("`<{name}>` has no end");
                let help = format!("write `{close}` on the line behind it");
                (mistake(start, open.len(), &message, &help), clean)
            }
            (Some(start), Some(end)) if end < start => {
                let message = format!("`{close}` stands in front of `<{name}>`");
                (mistake(end, close.len(), &message, "write the start first"), true)
            }
            (None, Some(end)) => {
                let message = format!("`{close}` has no start");
                let help = format!("write `<{name}>` on the line in front of it");
                (mistake(end, close.len(), &message, &help), clean)
            }
            _ => continue,
        };
        return found.map(|mistake| MarkerMistake { mistake, fatal });
    }
    None
}

/// Where a marker stands; in clean mode outside of code.
fn place(readme: &str, marker: &str, from: usize, clean: bool) -> Option<usize> {
    if !clean {
        return readme.find(marker);
    }
    let mut lines = anchors::lines(readme).filter(|line| !line.code);
    lines.find_map(|line| {
        let at = line.text.find(marker)?;
        let is_code = line.text.cut(..at).contains('`');
        (!is_code && line.start + at >= from).then_some(line.start + at)
    })
}

/// Whether a README has a place for anything.
#[must_use]
pub fn has_markers(readme: &str) -> bool {
    let names = ["<docgen-index", "<docgen-config", "<docgen-api", "<capacitor-api-docs"];
    names.iter().any(|name| readme.contains(name))
}

/// That no file declares the interface `name`, and what may have been meant.
#[must_use]
pub fn missing_interface(program: &Program, name: &str) -> String {
    let known: Vec<&str> = interfaces(program).collect();
    let way_out = match nearest(name, known.iter().copied()) {
        Some(nearest) => format!("did you mean `{nearest}`?"),
        None if known.is_empty() => {
            "its files declare no interface at all: see `files` and `include` of its tsconfig.json"
                .to_owned()
        }
        None => {
            let some: Vec<_> = known.iter().take(5).map(|name| format!("`{name}`")).collect();
            let more = if known.len() > some.len() { ", ..." } else { "" };
            format!("there are {}{more}", some.join(", "))
        }
    };
    format!("no file of the project declares an interface `{name}`; {way_out}")
}

/// The interfaces of the plugin's own files, for a message about one that does not exist.
fn interfaces(program: &Program) -> impl Iterator<Item = &str> {
    let own = program.files.iter().filter(|file| !file.path.contains("/node_modules/"));
    let chunks = own.flat_map(|file| &file.outline.chunks);
    chunks.filter(|chunk| chunk.kind == ChunkKind::Interface).map(|chunk| chunk.name.as_str())
}

/// Another file of the project that declares the interface `name`: the page is about the first one.
#[must_use]
pub fn second_declaration(program: &Program, name: &str) -> Option<Mistake> {
    let own = program.files.iter().filter(|file| !file.path.contains("/node_modules/"));
    let mut places = own.filter_map(|file| {
        let mut chunks = file.outline.chunks.iter();
        let found =
            chunks.find(|chunk| chunk.kind == ChunkKind::Interface && chunk.name == name)?;
        Some((file, found.range.clone()))
    });
    let ((first, _), (second, range)) = (places.next()?, places.next()?);
    let whole = second.text.cut(range.clone());
    let start = range.start + whole.find(name).unwrap_or(0);
    let message = format!("two files declare `{name}`: the page is about that of `{}`", first.path);
    let help = "rename one, or keep one of the files out of tsconfig.json";
    let at = start..start + name.len();
    Some(Mistake::new((&second.path, &second.text), at, &message, help))
}

/// The paths in imports and exports that lead to no file: what they stand for is not described.
pub fn missing_files(program: &Program) -> impl Iterator<Item = Mistake> {
    program.missing().map(|(file, specifier)| {
        let mut places = ['\'', '"'].into_iter().filter_map(|quote| {
            let written = format!("{quote}{specifier}{quote}");
            file.text.find(&written).map(|at| at..at + written.len())
        });
        let at = places.next().unwrap_or(0..0);
        let message = format!("`{specifier}` leads to no file");
        let help = "mend the path, or leave it out: what it stands for is missing";
        Mistake::new((&file.path, &file.text), at, &message, help)
    })
}

/// The bases of the interface `name` that no file declares: what they have is not described.
#[must_use]
pub fn unknown_bases(program: &Program, name: &str) -> Vec<Mistake> {
    let mut found = Vec::new();
    let mut seen = HashSet::new();
    let mut queue: Vec<_> = program.first(ChunkKind::Interface, name).into_iter().collect();
    while let Some(id) = queue.pop() {
        let Some(ItemKind::Interface(item)) = program.item(id).map(|item| &item.kind) else {
            continue;
        };
        if !seen.insert(id) {
            continue;
        }
        let params: Vec<&str> = item.type_params.iter().map(|it| it.name.text.as_str()).collect();
        for base in item.extends.iter().flat_map(bases) {
            let known = program.named(id.file, base.first());
            let is_known = params.contains(&base.first())
                || !known.is_empty()
                || program.namespace(id.file, base.first()).is_some()
                || !program.augmentations(base.first()).is_empty();
            queue.extend(known);
            if !is_known {
                found.push(unknown_base(program, id, base));
            }
        }
    }
    found
}

/// The names that a base is made of: of `Omit<Base, 'a'>`, `Base`.
fn bases(base: &TypeExpr) -> Vec<&EntityName> {
    const UTILITIES: [&str; 6] = ["Omit", "Partial", "Pick", "Readonly", "Record", "Required"];
    match &base.unparenthesized().kind {
        TypeKind::Reference { name, args } if UTILITIES.contains(&name.first()) => {
            args.first().map(bases).unwrap_or_default()
        }
        TypeKind::Reference { name, .. } => vec![name],
        _ => Vec::new(),
    }
}

fn unknown_base(program: &Program, id: DeclId, base: &EntityName) -> Mistake {
    let source = program.source(id.file);
    let start = source.chunk(id.chunk).range.start;
    let at = base.parts.first().map_or(0..0, |part| {
        let from = start + part.span.offset();
        from..from + part.span.len()
    });
    let message = format!("nobody declares `{}`: what it has is missing", base.dotted());
    let help = "mend the name, or install the package that it comes from";
    Mistake::new((&source.path, &source.text), at, &message, help)
}

/// The plugin's own files whose text may not be what is on the disk: something in it was no UTF-8.
pub fn doubtful(program: &Program) -> impl Iterator<Item = &str> {
    let own = program.files.iter().filter(|file| !file.path.contains("/node_modules/"));
    let doubtful = own.filter(|file| file.text.contains(char::REPLACEMENT_CHARACTER));
    doubtful.map(|file| file.path.as_str())
}
