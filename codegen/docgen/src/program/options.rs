//! What of a project's settings matters to a program.

/// What of a `tsconfig.json` matters to a program.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// `strict` or `strictNullChecks`: whether `a?: T` adds `undefined`.
    pub strict_null_checks: bool,
    /// Whether `lib` or `noLib` keep the default library away.
    pub no_default_lib: bool,
    /// `typeRoots`, absolute.
    pub type_roots: Option<Vec<String>>,
    /// `baseUrl` and `paths`.
    pub mapping: Mapping,
    /// Whether `lib` names are looked up as TypeScript does (the compatible mode does not).
    pub libs: Vec<String>,
}

/// Where specifiers that are no paths are looked for before the packages.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Mapping {
    /// `baseUrl`, absolute.
    pub base: Option<String>,
    /// `paths`: patterns with at most one `*`, and what stands for each, absolute.
    pub paths: Vec<(String, Vec<String>)>,
    /// Whether files are found as compilers with `node16`, `nodenext` or `bundler` find them:
    /// `./a.mjs` is `./a.mts`, and `exports` of a package says where its declarations are.
    pub modern: bool,
}
