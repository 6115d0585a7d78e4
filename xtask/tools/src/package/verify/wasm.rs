//! The WebAssembly module: its size, what it shows, and what it needs.

use std::{collections::BTreeSet, fs, path::Path};

use miette::{Context as _, IntoDiagnostic as _, Result, miette};
use xshell::{Shell, cmd};

use super::{Findings, bytes};
use crate::package::exports;

/// What it may have, as it is and as it travels: an app on the web waits for it.
const MOST: usize = 2_200_000;
const MOST_COMPRESSED: usize = 750_000;

/// What declares the imports, and what the module shows beside the interface for C.
const FACE: [&str; 2] = ["runtime/src/wasm.rs", "runtime/src/clock/imported.rs"];

/// Beside functions of ours: what is lent lies in its memory.
const OTHERS: [&str; 1] = ["memory"];

/// What the engine asks the time of.
const CLOCK: &str = "env.__rquickjs_host_now_us";

/// The sections that have names.
const IMPORTS: u8 = 2;
const EXPORTS: u8 = 7;
const CUSTOM: u8 = 0;

/// Checks the module in `data`.
pub(super) fn check(sh: &Shell, data: &[u8], path: &Path, findings: &mut Findings) -> Result<()> {
    let module = read(data)?;
    let compressed = compressed(sh, path)?;
    findings.fact(format!("{} bytes, {} compressed", bytes(data.len()), bytes(compressed)));
    for (size, most) in [(data.len(), MOST), (compressed, MOST_COMPRESSED)] {
        findings.require(size <= most, || {
            format!("it has {} bytes, more than {}", bytes(size), bytes(most))
        });
    }
    findings.fact(format!("exports {}, imports {}", module.exports.len(), module.imports.len()));
    let root = crate::root();
    let (mut functions, mut imported) = (Vec::new(), Vec::new());
    for path in FACE {
        let text = fs::read_to_string(root.join(path)).into_diagnostic()?;
        functions.extend(exports::kept_names(&text)?);
        imported.extend(exports::imports(&text)?);
    }
    let interface = exports::interface(root)?;
    let shown: BTreeSet<&str> =
        interface.iter().chain(&functions).map(String::as_str).chain(OTHERS).collect();
    findings.same(&texts(&module.exports), &shown, "it exports");
    let imported: Vec<_> =
        imported.iter().map(|name| format!("background_runner.{name}")).collect();
    let needed = imported.iter().map(String::as_str).chain([CLOCK]).collect();
    findings.same(&texts(&module.imports), &needed, "it imports");
    findings.require(!module.is_named, || "it is not stripped: it has names of functions".into());
    Ok(())
}

fn texts(names: &BTreeSet<String>) -> BTreeSet<&str> {
    names.iter().map(String::as_str).collect()
}

/// The size in the format that browsers ask for, as Node packs it.
fn compressed(sh: &Shell, path: &Path) -> Result<usize> {
    let script = "const { brotliCompressSync } = require('zlib');
        console.log(brotliCompressSync(require('fs').readFileSync(process.argv[1])).length)";
    let text = cmd!(sh, "node -e {script} {path}").quiet().read().into_diagnostic();
    let text = text.wrap_err("Node packs the module as servers do")?;
    text.trim().parse().into_diagnostic()
}

/// The names in a module.
#[derive(Default)]
struct Module {
    /// `module.name`
    imports: BTreeSet<String>,
    exports: BTreeSet<String>,
    is_named: bool,
}

fn read(data: &[u8]) -> Result<Module> {
    let mut rest = data
        .strip_prefix(b"\0asm\x01\0\0\0")
        .map(Reader)
        .ok_or_else(|| miette!("it is no WebAssembly module"))?;
    let mut module = Module::default();
    while !rest.0.is_empty() {
        let kind = rest.byte()?;
        let size = rest.number()?;
        let mut section = Reader(rest.take(size)?);
        match kind {
            IMPORTS => {
                for _ in 0..section.number()? {
                    let (from, name) = (section.name()?, section.name()?);
                    module.imports.insert(format!("{from}.{name}"));
                    if section.byte()? != 0 {
                        return Err(miette!("it imports `{name}`, which is no function"));
                    }
                    section.number()?;
                }
            }
            EXPORTS => {
                for _ in 0..section.number()? {
                    let name = section.name()?;
                    let is_function_or_memory = matches!(section.byte()?, 0 | 2);
                    section.number()?;
                    if is_function_or_memory {
                        module.exports.insert(name);
                    }
                }
            }
            CUSTOM => module.is_named |= section.name()? == "name",
            _ => {}
        }
    }
    Ok(module)
}

/// What is left of a module's bytes.
struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take(&mut self, length: usize) -> Result<&'a [u8]> {
        let (taken, rest) =
            self.0.split_at_checked(length).ok_or_else(|| miette!("it ends in a section"))?;
        self.0 = rest;
        Ok(taken)
    }

    fn byte(&mut self) -> Result<u8> {
        Ok(self.take(1)?[0])
    }

    /// A number in groups of seven bits.
    fn number(&mut self) -> Result<usize> {
        let mut number = 0;
        for shift in (0..35).step_by(7) {
            let byte = self.byte()?;
            number |= usize::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Ok(number);
            }
        }
        Err(miette!("it has a number that does not end"))
    }

    fn name(&mut self) -> Result<String> {
        let length = self.number()?;
        String::from_utf8(self.take(length)?.to_vec()).into_diagnostic()
    }
}
