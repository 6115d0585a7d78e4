//! The package's README: prose from the template, the reference from the schema.

use std::collections::BTreeMap;

use askama::Template;

use super::{Files, ts};
use crate::{
    docgen::{self, Anchors, Disk, Options, Page, Program},
    model::{Model, Plugin},
};

/// What the plugin's types take from Capacitor, in our words.
const CORE: &str = include_str!("../../../templates/docs/core.d.ts");

/// Writes this backend's files.
pub(crate) fn emit(model: &Model, files: &mut Files) {
    let prose = Readme { plugin: &model.plugin };
    let prose = prose.render().expect("writing to a string cannot fail");
    let page = Page {
        api: &model.definitions.name,
        device: Some("CapacitorAPI"),
        package: Some(&model.plugin.npm_name),
        anchors: Anchors::Html,
    };
    let readme = docgen::clean(&program(model), &prose, page);
    files.insert("README.md", readme.expect("the schema declares both interfaces"));
}

#[derive(Template)]
#[template(path = "docs/README.md.jinja")]
struct Readme<'a> {
    plugin: &'a Plugin,
}

/// The package's own declarations, as docgen reads those of any plugin.
fn program(model: &Model) -> Program {
    let files = [
        ("/plugin/src/definitions.ts", ts::definitions(model)),
        ("/plugin/src/apis.ts", ts::apis(model)),
        ("/plugin/src/config.ts", ts::config(model)),
        ("/plugin/node_modules/@capacitor/core/index.d.ts", CORE.to_owned()),
    ];
    let roots: Vec<_> = files[..3].iter().map(|(path, _)| (*path).to_owned()).collect();
    let disk = Memory(files.into_iter().collect());
    let options = Options { no_default_lib: true, ..Options::default() };
    Program::load(&disk, &roots, options, "/plugin")
}

/// Files by path.
struct Memory(BTreeMap<&'static str, String>);

impl Disk for Memory {
    fn read(&self, path: &str) -> Option<String> {
        self.0.get(path).cloned()
    }

    fn is_file(&self, path: &str) -> bool {
        self.0.contains_key(path)
    }

    fn folders(&self, _: &str) -> Vec<String> {
        Vec::new()
    }

    fn sources(&self, _: &str) -> Vec<String> {
        self.0.keys().map(|path| (*path).to_owned()).collect()
    }
}
