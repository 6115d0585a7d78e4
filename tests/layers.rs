//! The arrows between the folders of a crate point down: `lib.rs` lists them from the top, and none
//! names one that stands above it. So there is no circle of files between them either. Between crates
//! cargo sees to it.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use background_runner_tests::root;
use proc_macro2::{TokenStream, TokenTree};
use syn::{Item, Type};

/// What lives wherever an engine does, also where nobody may sleep.
const CORE: [&str; 5] = ["pump", "web", "device", "world", "engine"];

/// What it does not know, since its driver does.
const DRIVERS: [&str; 7] =
    ["thread", "Instant", "SystemTime", "Condvar", "Mutex", "RwLock", "lock"];

/// The part of it that other threads look at: the watchdog forbids calls, and what the host answers is
/// charged where it comes from.
const SHARED: &str = "engine/heap/";

/// The crates whose layers are held.
const CRATES: [&str; 5] =
    [RUNTIME, "codegen/src", "codegen/docgen/src", "codegen/bundle/src", "codegen/typescript/src"];

const RUNTIME: &str = "runtime/src";

/// A file of a crate, as the arrows see it.
struct Source {
    /// Its path below the crate's `src`.
    place: String,
    /// Its module, below the crate.
    module: Vec<String>,
    text: String,
}

impl Source {
    fn is_core(&self) -> bool {
        let layer = self.module.first().map(String::as_str).unwrap_or_default();
        CORE.contains(&layer) && !self.place.starts_with(SHARED)
    }
}

#[test]
fn the_arrows_between_the_folders_of_a_crate_point_down() {
    let mut complaints = Vec::new();
    for folder in CRATES {
        rising(folder, &mut complaints);
    }
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}

/// Adds what a crate's files name that stands above them.
fn rising(folder: &str, complaints: &mut Vec<String>) {
    let layers = layers(folder);
    for source in sources(folder) {
        let at = layer(&layers, &source.module).expect("every file has a layer");
        for path in paths(&source) {
            match layer(&layers, &path) {
                Some(to) if to >= at => {}
                Some(_) => complaints.push(format!(
                    "{folder}/{} names `{}`, which stands above it",
                    source.place,
                    path.join("::")
                )),
                None => complaints.push(format!(
                    "{folder}/{} names `{}` by a short cut: say the module that has it",
                    source.place,
                    path.join("::")
                )),
            }
        }
    }
}

/// A method that is added to a type of a lower layer would be an arrow that nobody sees.
#[test]
fn a_type_has_its_methods_where_it_is_declared() {
    let (mut declared, mut added) = (BTreeSet::new(), Vec::new());
    for source in sources(RUNTIME) {
        let file = syn::parse_file(&source.text).expect("the runtime compiles");
        let at = source.module.first().cloned().unwrap_or_default();
        for item in file.items {
            match item {
                Item::Struct(it) => drop(declared.insert((at.clone(), it.ident.to_string()))),
                Item::Enum(it) => drop(declared.insert((at.clone(), it.ident.to_string()))),
                Item::Impl(it) if it.trait_.is_none() => {
                    if let Type::Path(path) = &*it.self_ty
                        && let Some(last) = path.path.segments.last()
                    {
                        added.push((source.place.clone(), at.clone(), last.ident.to_string()));
                    }
                }
                _ => {}
            }
        }
    }
    let foreign: Vec<_> = added
        .iter()
        .filter(|(_, at, name)| !declared.contains(&(at.clone(), name.clone())))
        .map(|(place, _, name)| format!("{place} adds to `{name}`, which is of another layer"))
        .collect();
    assert!(foreign.is_empty(), "{}", foreign.join("\n"));
}

#[test]
fn the_core_has_no_clock_lock_or_thread_of_its_own() {
    let mut complaints = Vec::new();
    for source in sources(RUNTIME).iter().filter(|it| it.is_core()) {
        let mut words = Vec::new();
        identifiers(tokens(source), &mut words);
        for word in DRIVERS.iter().filter(|word| words.iter().any(|it| it == **word)) {
            complaints.push(format!("{} says `{word}`: ask the driver", source.place));
        }
    }
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}

#[test]
fn the_architecture_tells_of_the_layers_as_they_are() {
    let text = fs::read_to_string(root().join("ARCHITECTURE.md")).expect("it is there");
    let section = |title: &str| {
        let (_, rest) = text.split_once(&format!("\n## {title}\n")).expect("there is a section");
        rest.split("\n## ").next().unwrap_or_default()
    };
    let rows = section("The layers of the runtime").lines().filter(|line| line.starts_with("| `"));
    let first = rows.filter_map(|line| line.split('|').nth(1)).flat_map(quoted);
    let told: Vec<_> = first.map(|name| name.trim_end_matches('/').replace(".rs", "")).collect();
    assert_eq!(told, layers(RUNTIME), "the table and `lib.rs`");
    let missing: Vec<_> = quoted(section("The walk of a dispatch"))
        .filter(|it| it.contains('/') || it.contains(".rs"))
        .filter(|it| !root().join("runtime/src").join(it).exists())
        .collect();
    assert!(missing.is_empty(), "the walk leads through {missing:?}, which are not there");
    let missing: Vec<_> = quoted(section("The walk of a declaration"))
        .filter(|it| it.contains('/'))
        .filter(|it| !root().join(it).exists())
        .collect();
    assert!(missing.is_empty(), "the walk leads through {missing:?}, which are not there");
    for folder in ["codegen", "codegen/docgen", "codegen/bundle", "codegen/typescript"] {
        let mut rows = section("The layers of the generator").lines();
        let row = rows.find(|line| line.starts_with(&format!("| `{folder}` ")));
        let modules = row.and_then(|row| row.split('|').nth(3)).unwrap_or_default();
        let told: Vec<_> = quoted(modules)
            .filter(|it| !it.starts_with('@'))
            .map(|it| it.trim_end_matches('/').to_owned())
            .collect();
        assert_eq!(told, layers(&format!("{folder}/src")), "the table and `lib.rs` of {folder}");
    }
}

/// What stands between backticks.
fn quoted(text: &str) -> impl Iterator<Item = &str> {
    text.split('`').skip(1).step_by(2)
}

/// The layers from the top down: the modules of the crate, in the order in which they stand.
fn layers(folder: &str) -> Vec<String> {
    let text = fs::read_to_string(root().join(folder).join("lib.rs")).expect("it is there");
    let file = syn::parse_file(&text).expect("the crate compiles");
    let modules = file.items.iter().filter_map(|item| match item {
        Item::Mod(module) => Some(module.ident.to_string()),
        _ => None,
    });
    modules.collect()
}

fn layer(layers: &[String], path: &[String]) -> Option<usize> {
    layers.iter().position(|layer| Some(layer) == path.first())
}

fn sources(folder: &str) -> Vec<Source> {
    let folder = root().join(folder);
    let mut sources = Vec::new();
    for entry in walkdir::WalkDir::new(&folder).sort_by_file_name() {
        let path = entry.expect("the folder can be read").into_path();
        if path.extension().is_some_and(|extension| extension == "rs") {
            let place = path.strip_prefix(&folder).expect("it is below").to_path_buf();
            let text = fs::read_to_string(&path).expect("it can be read");
            let module = module(&place);
            if !module.is_empty() {
                sources.push(Source { place: place.display().to_string(), module, text });
            }
        }
    }
    assert!(sources.len() > 5, "the crate has more files than {}", sources.len());
    sources
}

/// The module that a file is: none for the crate itself.
fn module(place: &Path) -> Vec<String> {
    let mut module: PathBuf = place.with_extension("");
    if module.ends_with("mod") {
        module.pop();
    }
    let parts = module.iter().map(|part| part.to_string_lossy().into_owned());
    parts.filter(|part| part != "lib").collect()
}

fn tokens(source: &Source) -> TokenStream {
    source.text.parse().expect("the crate compiles")
}

fn identifiers(stream: TokenStream, words: &mut Vec<String>) {
    for tree in stream {
        match tree {
            TokenTree::Group(group) => identifiers(group.stream(), words),
            TokenTree::Ident(ident) => words.push(ident.to_string()),
            TokenTree::Punct(_) | TokenTree::Literal(_) => {}
        }
    }
}

/// Every path of the crate that a file names, in `use`, in code and in macros, from the crate on.
fn paths(source: &Source) -> Vec<Vec<String>> {
    let mut found = Vec::new();
    search(&tokens(source).into_iter().collect::<Vec<_>>(), &source.module, &mut found);
    found
}

fn search(trees: &[TokenTree], module: &[String], found: &mut Vec<Vec<String>>) {
    let mut at = 0;
    while let Some(tree) = trees.get(at) {
        let base = match tree {
            TokenTree::Ident(ident) if is_path(&trees[at + 1..]) => match &*ident.to_string() {
                "crate" => Some(Vec::new()),
                "super" => Some(above(module)),
                "self" => Some(module.to_vec()),
                _ => None,
            },
            TokenTree::Group(group) if !is_quoted(&trees[..at]) => {
                search(&group.stream().into_iter().collect::<Vec<_>>(), module, found);
                None
            }
            _ => None,
        };
        at += 1;
        if let Some(base) = base {
            at += follow(&trees[at..], base, found);
        }
    }
}

/// Whether what is next is code of another crate, which this one writes: `quote! {`.
fn is_quoted(trees: &[TokenTree]) -> bool {
    matches!(trees, [.., TokenTree::Ident(name), TokenTree::Punct(bang)]
        if name == "quote" && bang.as_char() == '!')
}

fn above(module: &[String]) -> Vec<String> {
    module.split_last().map_or_else(Vec::new, |(_, above)| above.to_vec())
}

/// Whether `::` is next.
fn is_path(trees: &[TokenTree]) -> bool {
    let is_colon = |tree: &TokenTree| matches!(tree, TokenTree::Punct(it) if it.as_char() == ':');
    matches!(trees, [first, second, ..] if is_colon(first) && is_colon(second))
}

/// Adds the paths that go on from `base`, and says how many tokens they take.
fn follow(trees: &[TokenTree], base: Vec<String>, found: &mut Vec<Vec<String>>) -> usize {
    let (mut path, mut at) = (base, 0);
    while is_path(&trees[at..]) {
        match trees.get(at + 2) {
            Some(TokenTree::Ident(ident)) if ident == "super" => path = above(&path),
            Some(TokenTree::Ident(ident)) => path.push(ident.to_string()),
            Some(TokenTree::Group(group)) => {
                branches(group.stream(), &path, found);
                return at + 3;
            }
            _ => break,
        }
        at += 3;
    }
    found.push(path);
    at
}

/// The paths in the braces of a `use`.
fn branches(stream: TokenStream, base: &[String], found: &mut Vec<Vec<String>>) {
    let trees: Vec<_> = stream.into_iter().collect();
    let is_comma = |tree: &TokenTree| matches!(tree, TokenTree::Punct(it) if it.as_char() == ',');
    for branch in trees.split(is_comma) {
        if let Some(TokenTree::Ident(first)) = branch.first() {
            let mut path = base.to_vec();
            if first != "self" {
                path.push(first.to_string());
            }
            follow(&branch[1..], path, found);
        }
    }
}
