//! When the compiler first meets what its own library mentions: before anything of the plugin, and
//! unions are in the order in which their parts were first met.
//!
//! The library is not evaluated for that. Where its text first says `Date`, `string[]` or `"auto"`
//! in a member of an interface or in an alias is where the compiler first makes that type.

use std::collections::HashMap;

use typescript::{
    ChunkKind, Cut as _,
    syntax::{TypeExpr, TypeKind},
};

use super::{
    Checker,
    types::{Kind, TypeId, known},
};
use crate::program::{SourceFile, is_of_library};

/// Where in a union a type stands: those of the language, those of the library, then the others.
/// Among the same, the order of creation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Met {
    /// A type that the compiler makes before it reads a file.
    Known,
    /// A type of the library that the compiler asks for by its name.
    Wanted(usize),
    /// Which file of the library mentions it, and where.
    Library(usize, usize),
    Plugin,
}

/// What the compiler asks its library for before anything else.
const WANTED: [&str; 10] = [
    "IArguments",
    "Object",
    "Function",
    "CallableFunction",
    "NewableFunction",
    "String",
    "Number",
    "Boolean",
    "RegExp",
    "any[]",
];

/// The numbers that the library mentions, by the file that does: a tuple makes the type of its length
/// (`[K, V]` of an iterable 2, in the library of the browser already, the tuples that `Promise.all` takes 10 down to 3), and `FlatArray`
/// spells out -1 to 20. They are those of TypeScript 4.2, which the original brings;
/// `fixtures/library.ts` asks it for their order, and `fixtures/browser` where its library is the
/// default one; both fail where another version has others.
const NUMBERS: [(&str, &[f64]); 5] = [
    ("lib.dom.iterable.d.ts", &[2.0]),
    ("lib.es2015.core.d.ts", &[1.0]),
    ("lib.es2015.iterable.d.ts", &[2.0]),
    ("lib.es2015.promise.d.ts", &[10.0, 9.0, 8.0, 7.0, 6.0, 5.0, 4.0, 3.0]),
    ("lib.es2019.array.d.ts", &[-1.0, 11.0, 12.0, 13.0, 14.0, 15.0, 16.0, 17.0, 18.0, 19.0, 20.0]),
];

impl Checker<'_> {
    /// The sort key of the members of a union.
    pub(super) fn order(&self, ty: TypeId) -> (Met, TypeId) {
        let data = self.get(ty);
        (*data.met.get_or_init(|| self.met(ty, &data.kind)), ty)
    }

    fn met(&self, ty: TypeId, kind: &Kind<'_>) -> Met {
        if ty <= known::LAST || self.is_empty_object(ty) {
            return Met::Known;
        }
        let place = match kind {
            Kind::Number(number) => self.number_in_library(*number),
            kind => {
                let Some(mention) = self.mention(kind) else { return Met::Plugin };
                if let Some(at) = WANTED.iter().position(|wanted| *wanted == mention) {
                    return Met::Wanted(at);
                }
                self.text_in_library(&mention)
            }
        };
        place.map_or(Met::Plugin, |(file, offset)| Met::Library(file, offset))
    }

    /// Whether it is `{}` without a name.
    fn is_empty_object(&self, ty: TypeId) -> bool {
        let data = self.get(ty);
        data.alias.is_none()
            && matches!(&data.kind, Kind::Anonymous(TypeExpr { kind: TypeKind::Object(members), .. }, _) if members.is_empty())
    }

    fn number_in_library(&self, number: f64) -> Option<(usize, usize)> {
        NUMBERS.iter().find_map(|(name, numbers)| {
            let at = numbers.iter().position(|found| found.to_bits() == number.to_bits())?;
            let file = self.program.files.iter().position(|file| file.path.ends_with(name))?;
            Some((file, at))
        })
    }

    /// How the library would write the type.
    fn mention(&self, kind: &Kind<'_>) -> Option<String> {
        match kind {
            Kind::String(text) if !text.contains(['"', '\\', '\n']) => Some(format!("\"{text}\"")),
            Kind::Intrinsic(word) => Some((*word).to_owned()),
            Kind::Named(decl, args) => {
                if !is_of_library(&self.program.source(decl.place.file).path) {
                    return None;
                }
                let args: Vec<String> = args
                    .iter()
                    .map(|&arg| self.mention(&self.get(arg).kind))
                    .collect::<Option<_>>()?;
                match (decl.name(), args.as_slice()) {
                    (name, []) => Some(name.to_owned()),
                    ("Array", [element]) => Some(format!("{element}[]")),
                    (name, args) => Some(format!("{name}<{}>", args.join(", "))),
                }
            }
            _ => None,
        }
    }

    fn text_in_library(&self, mention: &str) -> Option<(usize, usize)> {
        let files = self.program.files.iter().enumerate();
        let mut library = files.filter(|(_, file)| is_of_library(&file.path));
        let finder = memchr::memmem::Finder::new(mention);
        let quoted = mention.strip_prefix('"').and_then(|it| it.strip_suffix('"'));
        library.find_map(|(index, file)| {
            let is_there = match quoted {
                Some(text) => file.may_quote(text),
                None => finder.find(file.text.as_bytes()).is_some(),
            };
            let text = is_there.then(|| file.evaluated.get_or_init(|| evaluated(file)))?;
            Some((index, find_word(text, mention)?))
        })
    }
}

/// The members of a file's interfaces, then its aliases, without comments and signatures; an alias
/// stands behind the first line that mentions it.
fn evaluated(file: &SourceFile) -> String {
    let chunks = file.outline.chunks.iter().enumerate();
    let of = |kind| chunks.clone().filter(move |(_, chunk)| chunk.kind == kind);
    let aliases = of(ChunkKind::Alias).map(|(index, chunk)| (chunk.name.as_str(), index));
    let mut aliases: HashMap<&str, usize> = aliases.collect();
    let mut all = String::with_capacity(file.text.len());
    for (index, _) in of(ChunkKind::Interface) {
        // The declaration's own name is no mention of it. Methods are looked at before properties.
        let members: Vec<&str> = lines_of(file.chunk_text(index)).skip(1).collect();
        let (properties, methods): (Vec<&str>, Vec<&str>) =
            members.into_iter().partition(|line| is_property(line));
        for line in methods.into_iter().chain(properties) {
            add_line(line, file, &mut aliases, &mut all);
        }
    }
    for (index, chunk) in of(ChunkKind::Alias) {
        if aliases.remove(chunk.name.as_str()).is_some() {
            lines_of(file.chunk_text(index))
                .for_each(|line| add_line(line, file, &mut aliases, &mut all));
        }
    }
    all
}

/// Adds a line, and the aliases that it is the first to mention.
fn add_line<'f>(
    line: &str,
    file: &'f SourceFile,
    aliases: &mut HashMap<&'f str, usize>,
    all: &mut String,
) {
    all.push_str(line);
    all.push('\n');
    let words = line.split(|c: char| !c.is_alphanumeric() && !matches!(c, '_' | '$' | '"'));
    for word in words {
        if let Some(index) = aliases.remove(word) {
            let lines: Vec<&str> = lines_of(file.chunk_text(index)).collect();
            for line in lines {
                add_line(line, file, aliases, all);
            }
        }
    }
}

/// The lines of a declaration from its first word on, those that are evaluated.
fn lines_of(chunk: &str) -> impl Iterator<Item = &str> {
    let lines = chunk.lines().map(str::trim);
    lines.skip_while(|line| !starts_declaration(line)).filter(|line| is_evaluated(line))
}

/// Whether a line is `name: type`.
fn is_property(line: &str) -> bool {
    let name = line.strip_prefix("readonly ").unwrap_or(line);
    let name = name.trim_start_matches(|c: char| c.is_alphanumeric() || matches!(c, '_' | '$'));
    name.strip_prefix('?').unwrap_or(name).starts_with(':')
}

fn starts_declaration(line: &str) -> bool {
    let line = line.strip_prefix("declare ").unwrap_or(line);
    line.starts_with("interface ") || line.starts_with("type ")
}

fn is_evaluated(line: &str) -> bool {
    !["*", "/", "(", "<", "new ", "new("].iter().any(|start| line.starts_with(start))
        && (line.contains("[Symbol.") || !line.trim_start_matches("readonly ").starts_with('['))
}

fn find_word(text: &str, word: &str) -> Option<usize> {
    let is_part = |c: char| c.is_alphanumeric() || matches!(c, '_' | '$' | '.');
    memchr::memmem::find_iter(text.as_bytes(), word).find(|&at| {
        let after = text.cut(at + word.len()..);
        !text.cut(..at).ends_with(is_part)
            && !after.starts_with(is_part)
            && !after.starts_with(['[', '<', '?', '(', ':'])
    })
}
