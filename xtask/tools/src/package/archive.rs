//! What an Apple archive lets others see.
//!
//! A static library's symbols all meet in the app's link: a second copy of the engine, or of Rust's
//! own support functions, would be a duplicate symbol there, or worse, silently replace ours. So
//! everything that the archive defines beside its interface gets a prefix and becomes private.

use std::{collections::BTreeSet, io::Cursor};

use ar_archive_writer::{
    ArchiveKind, DEFAULT_OBJECT_READER, NewArchiveMember, write_archive_to_stream,
};
use miette::{IntoDiagnostic as _, Result, miette};
use object::{
    Endianness, macho,
    read::{archive::ArchiveFile, macho::MachHeader as _, macho::Nlist as _},
};

/// What stands before the names that nobody outside may use.
pub(super) const PRIVATE: &str = "_runner_private";

/// Bits of a symbol's type: a debugging entry, private to the image, visible to other objects.
const STAB: u8 = 0xe0;
const PRIVATE_EXTERNAL: u8 = 0x10;
const EXTERNAL: u8 = 0x01;
const TYPE: u8 = 0x0e;
/// Where a symbol's type, and the start of its name, stand in its entry.
const TYPE_OFFSET: usize = 4;
const ENTRY: usize = 16;

/// A symbol of one object file.
struct Symbol {
    /// The offset of its entry in the file.
    at: usize,
    name: Vec<u8>,
    kind: u8,
    value: u64,
}

impl Symbol {
    fn is_external(&self) -> bool {
        self.kind & STAB == 0 && self.kind & EXTERNAL != 0
    }

    /// Defined here; an undefined symbol with a value is a common block, which C may have.
    fn is_defined(&self) -> bool {
        self.kind & TYPE != 0 || self.value != 0
    }
}

/// The symbols of an object file, and where its table of names is: offset and size.
struct Table {
    symbols: Vec<Symbol>,
    command: usize,
    names: (usize, usize),
}

/// A copy of `bytes` that shows `exports` and nothing else. Equal input makes equal bytes.
pub(super) fn hide(bytes: &[u8], exports: &[String]) -> Result<Vec<u8>> {
    let members = members(bytes)?;
    let tables = members.iter().map(|(_, data)| table(data)).collect::<Result<Vec<_>>>()?;
    let hidden: BTreeSet<Vec<u8>> = tables
        .iter()
        .flat_map(|table| &table.symbols)
        .filter(|symbol| symbol.is_external() && symbol.is_defined())
        .filter(|symbol| !exports.iter().any(|export| is_export(&symbol.name, export)))
        .map(|symbol| symbol.name.clone())
        .collect();
    let rewritten: Vec<_> = members
        .iter()
        .zip(&tables)
        .map(|((name, data), table)| (name.clone(), rename(data, table, &hidden)))
        .collect();
    pack(&rewritten)
}

/// Whether `symbol` is what C calls `export`: Apple's compilers put an underscore before names.
fn is_export(symbol: &[u8], export: &str) -> bool {
    symbol.strip_prefix(b"_") == Some(export.as_bytes())
}

/// The object files of an archive with their names, without the numbers that cargo puts in.
fn members(bytes: &[u8]) -> Result<Vec<(String, Vec<u8>)>> {
    let archive = ArchiveFile::parse(bytes).into_diagnostic()?;
    let mut members = Vec::new();
    for (index, member) in archive.members().enumerate() {
        let member = member.into_diagnostic()?;
        let name = String::from_utf8_lossy(member.name()).into_owned();
        let stem = name.split(['.', '-']).next().unwrap_or_default();
        let data = member.data(bytes).into_diagnostic()?.to_vec();
        members.push((format!("{index}-{stem}.o"), data));
    }
    Ok(members)
}

/// Reads the symbol table of a 64-bit object file.
fn table(data: &[u8]) -> Result<Table> {
    let header = macho::MachHeader64::<Endianness>::parse(data, 0).into_diagnostic()?;
    let endian = header.endian().into_diagnostic()?;
    let mut commands = header.load_commands(endian, data, 0).into_diagnostic()?;
    let mut at = size_of::<macho::MachHeader64<Endianness>>();
    while let Some(command) = commands.next().into_diagnostic()? {
        if let Some(symtab) = command.symtab().into_diagnostic()? {
            let table = symtab
                .symbols::<macho::MachHeader64<Endianness>, _>(endian, data)
                .into_diagnostic()?;
            let first = symtab.symoff.get(endian) as usize;
            let symbols = table.iter().enumerate().map(|(index, entry)| {
                let name = entry.name(endian, table.strings()).into_diagnostic()?.to_vec();
                let at = first + index * ENTRY;
                Ok(Symbol { at, name, kind: data[at + TYPE_OFFSET], value: entry.n_value(endian) })
            });
            let names = (symtab.stroff.get(endian) as usize, symtab.strsize.get(endian) as usize);
            return Ok(Table { symbols: symbols.collect::<Result<_>>()?, command: at, names });
        }
        at += command.cmdsize() as usize;
    }
    Err(miette!("an object file of the archive has no symbols"))
}

/// An object file with `hidden` renamed where they are used, and made private where they are defined.
fn rename(data: &[u8], table: &Table, hidden: &BTreeSet<Vec<u8>>) -> Vec<u8> {
    let (offset, size) = table.names;
    let mut names = data[offset..offset + size].to_vec();
    let mut data = data.to_vec();
    for symbol in &table.symbols {
        if !symbol.is_external() || !hidden.contains(&symbol.name) {
            continue;
        }
        put(&mut data, symbol.at, names.len());
        names.extend(PRIVATE.as_bytes());
        names.extend(&symbol.name);
        names.push(0);
        if symbol.is_defined() {
            data[symbol.at + TYPE_OFFSET] |= PRIVATE_EXTERNAL;
        }
    }
    names.resize(names.len().next_multiple_of(8), 0);
    // Compilers put the names last, so that they can grow in place.
    if offset + size == data.len() {
        data.truncate(offset);
    }
    data.resize(data.len().next_multiple_of(8), 0);
    let command = table.command;
    let start = data.len();
    put(&mut data, command + 16, start);
    put(&mut data, command + 20, names.len());
    data.extend(names);
    data
}

/// Writes a number of 32 bits as the processors of phones have it.
fn put(data: &mut [u8], at: usize, number: usize) {
    let number = u32::try_from(number).expect("an object file is smaller than 4 GB");
    data[at..at + 4].copy_from_slice(&number.to_le_bytes());
}

/// An archive with Apple's kind of index, without dates or owners.
fn pack(members: &[(String, Vec<u8>)]) -> Result<Vec<u8>> {
    let members: Vec<_> = members
        .iter()
        .map(|(name, data)| NewArchiveMember::new(data, &DEFAULT_OBJECT_READER, name.clone()))
        .collect();
    let mut archive = Cursor::new(Vec::new());
    write_archive_to_stream(&mut archive, &members, ArchiveKind::Darwin, false, None)
        .into_diagnostic()?;
    Ok(archive.into_inner())
}
