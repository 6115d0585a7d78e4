//! The files of programs, each read and cut into statements once, and parsed where somebody looks.

use std::{
    cell::OnceCell,
    collections::{HashMap, HashSet},
};

use typescript::{
    Chunk, ChunkKind, Cut as _, Outline, ParseError, parse_lenient,
    syntax::{Export, Import, Imported, Item, ItemKind, Module},
};

/// A file, shared by every program that it belongs to.
pub(crate) struct SourceFile {
    pub(crate) path: String,
    pub(crate) text: String,
    pub(crate) outline: Outline,
    /// What else belongs to a program with this file, in TypeScript's order.
    pub(crate) needs: Vec<Need>,
    /// The paths among its specifiers that lead nowhere; of installed files, none.
    pub(crate) missing: Vec<String>,
    /// The paths that its specifiers mean.
    pub(crate) resolved: HashMap<String, String>,
    /// Where the packages that it names are described, by its specifiers; of installed files, none.
    pub(crate) addresses: HashMap<String, String>,
    parsed: Vec<OnceCell<(Module, Vec<ParseError>)>>,
    links: OnceCell<Links>,
    /// The statements by the hash of their names.
    names: OnceCell<Vec<(u64, usize)>>,
    /// The statements with a block of global declarations.
    globals: OnceCell<Vec<usize>>,
    /// The hashes of what stands between two quotation marks that follow each other.
    quoted: OnceCell<HashSet<u64>>,
    /// Of a file of the library, what the compiler evaluates before it reads a plugin.
    pub(crate) evaluated: OnceCell<String>,
}

/// What a file makes part of its program.
pub(crate) enum Need {
    /// A file, by its path.
    File(String),
    /// A part of the default library, by its name.
    Lib(String),
}

/// The imports and re-exports of a file.
#[derive(Default)]
pub(crate) struct Links {
    pub(crate) imports: HashMap<String, (String, Imported)>,
    /// The names of the imports, in source order.
    pub(crate) order: Vec<String>,
    pub(crate) exports: Vec<Export>,
}

impl SourceFile {
    pub(crate) fn new(path: &str, text: String, outline: Outline) -> Self {
        let parsed = outline.chunks.iter().map(|_| OnceCell::new()).collect();
        Self {
            path: path.to_owned(),
            text,
            outline,
            needs: Vec::new(),
            missing: Vec::new(),
            resolved: HashMap::new(),
            addresses: HashMap::new(),
            parsed,
            links: OnceCell::new(),
            names: OnceCell::new(),
            globals: OnceCell::new(),
            quoted: OnceCell::new(),
            evaluated: OnceCell::new(),
        }
    }

    /// Whether `text` may stand in quotation marks somewhere; false when it does not for sure.
    pub(crate) fn may_quote(&self, text: &str) -> bool {
        let quoted = self.quoted.get_or_init(|| self.text.split('"').skip(1).map(hash).collect());
        quoted.contains(&hash(text))
    }

    /// Whether it belongs to an installed package.
    pub(crate) fn is_installed(&self) -> bool {
        self.path.contains("/node_modules/")
    }

    /// The statement's syntax, parsed when first asked for.
    pub(crate) fn module(&self, chunk: usize) -> &Module {
        &self.parse(chunk).0
    }

    pub(crate) fn item(&self, chunk: usize) -> Option<&Item> {
        self.module(chunk).items.first()
    }

    fn parse(&self, chunk: usize) -> &(Module, Vec<ParseError>) {
        #[expect(clippy::indexing_slicing, reason = "there is a place for each chunk")]
        let parsed = &self.parsed[chunk];
        parsed.get_or_init(|| parse_lenient(&self.path, self.chunk_text(chunk)))
    }

    /// The syntax errors of the statements that somebody has looked at.
    pub(crate) fn errors(&self) -> impl Iterator<Item = ParseError> {
        let parsed = self.parsed.iter().zip(&self.outline.chunks);
        parsed.filter_map(|(parsed, chunk)| Some((parsed.get()?, chunk))).flat_map(
            |(parsed, chunk)| {
                parsed.1.iter().map(|error| {
                    let span = (error.span.offset() + chunk.range.start, error.span.len());
                    ParseError { message: error.message.clone(), span: span.into() }
                })
            },
        )
    }

    /// The source text of a statement.
    pub(crate) fn chunk_text(&self, chunk: usize) -> &str {
        self.text.cut(self.chunk(chunk).range.clone())
    }

    /// A statement by its number.
    #[expect(
        clippy::indexing_slicing,
        reason = "only this file gives out the numbers of its chunks"
    )]
    pub(crate) fn chunk(&self, chunk: usize) -> &Chunk {
        &self.outline.chunks[chunk]
    }

    /// The statements that declare `name`, in source order.
    pub(crate) fn declarations<'a>(&'a self, name: &'a str) -> impl Iterator<Item = usize> + 'a {
        let names = self.names.get_or_init(|| {
            let chunks = self.outline.chunks.iter().enumerate();
            let mut names: Vec<(u64, usize)> =
                chunks.map(|(index, chunk)| (hash(&chunk.name), index)).collect();
            names.sort_unstable();
            names
        });
        let wanted = hash(name);
        let start = names.partition_point(|&(hash, _)| hash < wanted);
        let same = names.cut(start..).iter().take_while(move |&&(hash, _)| hash == wanted);
        same.map(|&(_, index)| index).filter(move |&index| self.chunk(index).name == name)
    }

    /// The statements in whose `declare global` or nested `global` block `name` may be declared.
    pub(crate) fn augmentations(&self, name: &str) -> impl Iterator<Item = usize> {
        let globals = self.globals.get_or_init(|| {
            let chunks = (0..self.outline.chunks.len()).filter(|&chunk| {
                self.chunk(chunk).kind == ChunkKind::Module
                    && memchr::memmem::find(self.chunk_text(chunk).as_bytes(), b"global {")
                        .is_some()
            });
            chunks.collect()
        });
        let name = name.to_owned();
        globals.iter().copied().filter(move |&chunk| declares(self.chunk_text(chunk), &name))
    }

    pub(crate) fn links(&self) -> &Links {
        self.links.get_or_init(|| {
            let mut links = Links::default();
            for (chunk, found) in self.outline.chunks.iter().enumerate() {
                if !matches!(found.kind, ChunkKind::Import | ChunkKind::Export) {
                    continue;
                }
                for item in &self.module(chunk).items {
                    match &item.kind {
                        ItemKind::Import(import) => add_import(&mut links, import),
                        ItemKind::Export(export) => links.exports.push(export.clone()),
                        _ => {}
                    }
                }
            }
            links
        })
    }
}

/// Whether a file belongs to TypeScript itself.
pub(crate) fn is_of_library(path: &str) -> bool {
    path.contains("/typescript/lib/lib.")
}

/// FNV-1a: names are short, and nobody gains from making them collide.
fn hash(name: &str) -> u64 {
    name.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

/// Whether `name` stands somewhere in `text` behind a word that declares it.
fn declares(text: &str, name: &str) -> bool {
    let is_part = |c: char| c.is_alphanumeric() || matches!(c, '_' | '$');
    memchr::memmem::find_iter(text.as_bytes(), name).any(|at| {
        let before = text.cut(..at).trim_end();
        before.len() < at
            && !text.cut(at + name.len()..).starts_with(is_part)
            && ["interface", "type", "class", "enum", "namespace", "var", "const", "function"]
                .iter()
                .any(|word| before.ends_with(word))
    })
}

fn add_import(links: &mut Links, import: &Import) {
    for name in &import.names {
        links.order.push(name.local.text.clone());
        links
            .imports
            .insert(name.local.text.clone(), (import.from.text.clone(), name.imported.clone()));
    }
}
