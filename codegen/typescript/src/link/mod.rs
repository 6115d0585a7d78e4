//! What a linker has to know of a file of JavaScript to join it with others: its statements and what they
//! declare, which names mean what, which other files it asks for, and what of it may be left out.
//!
//! Nothing is changed here, and nothing of it knows other files: places are byte ranges of the text.

mod fold;
mod pure;
mod read;
mod scan;
mod scopes;

use std::{collections::HashSet, ops::Range};

pub use read::read;

/// A file, as a linker sees it.
#[derive(Debug, Default)]
pub struct Unit {
    /// Whether it has `import` or `export`: then it is a module of the language, and strict.
    pub is_module: bool,
    /// Whether it uses `module`, `exports` or `require` without declaring them.
    pub is_common: bool,
    /// Whether it waits at its top level.
    pub awaits: bool,
    /// What stands at the top level, in the order of the text.
    pub statements: Vec<Statement>,
    /// What is declared or imported at the top level.
    pub names: Vec<Name>,
    /// Where these names are used, in the order of the text.
    pub uses: Vec<Use>,
    /// The other files that it asks for.
    pub requests: Vec<Request>,
    /// What others may ask it for.
    pub exports: Vec<Export>,
    /// Names that are declared below the top level.
    pub inner: HashSet<String>,
    /// Names that nothing declares.
    pub outer: HashSet<String>,
    /// What is known before it runs: constants, and branches that are never taken.
    pub known: Vec<(Range<usize>, String)>,
    /// Where `import.meta` stands.
    pub metas: Vec<Range<usize>>,
    /// Comments that have to stay, since they tell a licence.
    pub legal: Vec<Range<usize>>,
    /// The other ones.
    pub comments: Vec<Range<usize>>,
}

/// A statement at the top level.
#[derive(Debug)]
pub struct Statement {
    /// Where it stands.
    pub range: Range<usize>,
    /// What is done with it.
    pub kind: StatementKind,
    /// Whether nobody notices when it is left out, unless what it declares is used.
    pub is_pure: bool,
    /// Indexes of [`Unit::names`].
    pub declares: Vec<usize>,
    /// The range of [`Unit::uses`] that stand in it.
    pub uses: Range<usize>,
    /// Indexes of [`Unit::requests`].
    pub requests: Vec<usize>,
}

/// What a linker has to do with a statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StatementKind {
    /// It stays as it is, with a semicolon where it may need one.
    Plain {
        /// Whether what follows on the next line could be taken for a part of it.
        needs_semicolon: bool,
    },
    /// `import …`, `export { … }`, `export … from`: it goes.
    Linkage,
    /// `class X { … }`, which begins at a place, perhaps behind `export` or `export default`.
    Class {
        /// Where the word `class` stands.
        at: usize,
        /// Whether it has a `name` of its own.
        has_name: bool,
    },
    /// `export` before a declaration that begins at a place.
    Exported {
        /// Where the declaration begins.
        at: usize,
        /// As that of a plain statement.
        needs_semicolon: bool,
    },
    /// `export default` before a function without a name, which would stand at a place.
    DefaultFunction {
        /// Where the function begins.
        at: usize,
        /// Where its name would stand.
        name_at: usize,
    },
    /// `export default` before an expression, or a class without a name, that begins at a place.
    Default {
        /// Where it begins.
        at: usize,
    },
}

/// A name of the top level.
#[derive(Debug)]
pub struct Name {
    /// As it is written, or [`NAMELESS`].
    pub text: String,
    /// Where it comes from.
    pub origin: Origin,
}

/// The text of the name that `export default` gives to what has none.
pub const NAMELESS: &str = "*default*";

/// Where a name comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// The file declares it.
    Here,
    /// What a request exports under a name; all of it where there is none.
    There {
        /// The index of [`Unit::requests`].
        request: usize,
        /// As it is exported there.
        name: Option<String>,
    },
}

/// Where a name is used.
#[derive(Debug)]
pub struct Use {
    /// What is written there.
    pub range: Range<usize>,
    /// The index of [`Unit::names`].
    pub name: usize,
    /// How it is written.
    pub shape: Shape,
    /// What is done with it.
    pub role: Role,
}

/// What is done with a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Its value is taken.
    Read,
    /// It gets another value.
    Write,
    /// It is where the name is declared.
    Declare,
}

/// How a name is written where it is used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Shape {
    /// `name`
    Plain,
    /// It is called, so that what stands there must not become its `this`.
    Callee,
    /// `{ name }`
    Shorthand,
    /// `name.property`, where the name is all of what a file exports.
    Property {
        /// What stands behind the dot.
        property: String,
        /// Whether it is called.
        is_callee: bool,
    },
}

/// A file that another one asks for.
#[derive(Debug)]
pub struct Request {
    /// As it is written.
    pub source: String,
    /// Where the path is written.
    pub at: Range<usize>,
    /// When it is asked for.
    pub kind: RequestKind,
}

/// When a file is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RequestKind {
    /// `import … from`, `export … from`.
    Static,
    /// `import('…')`, where the call stands.
    Dynamic(Range<usize>),
    /// `require('…')`, where the call stands, and whether its failure is caught.
    Require {
        /// Where the call stands.
        call: Range<usize>,
        /// Whether its failure is caught.
        in_try: bool,
    },
}

/// What a file exports.
#[derive(Debug)]
pub enum Export {
    /// A name of its own, or one that it imports.
    Local {
        /// As others ask for it.
        name: String,
        /// The index of [`Unit::names`].
        local: usize,
        /// Where that is written.
        at: Range<usize>,
    },
    /// What a request exports, under a name; all of it as an object where there is none.
    From {
        /// As others ask for it.
        name: String,
        /// The index of [`Unit::requests`].
        request: usize,
        /// As it is exported there.
        imported: Option<String>,
        /// Where that is written.
        at: Range<usize>,
    },
    /// Everything but `default`.
    All {
        /// The index of [`Unit::requests`].
        request: usize,
    },
}
