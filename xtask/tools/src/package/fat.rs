//! One file of Apple archives for different processors, as `lipo` makes it.

use miette::{IntoDiagnostic as _, Result, miette};
use object::{
    Endianness, macho,
    read::{archive::ArchiveFile, macho::MachHeader as _},
};

/// A magic number for everybody to know the file by; all numbers of its header are big-endian.
const MAGIC: u32 = 0xcafe_babe;
/// Parts start where a page of any processor may start: 2 to the power of 14.
const ALIGNMENT: u32 = 14;

/// Joins archives, in the order of their processors' numbers.
pub(super) fn join(parts: &[Vec<u8>]) -> Result<Vec<u8>> {
    let mut parts = parts
        .iter()
        .map(|part| Ok((processor(part)?, part.as_slice())))
        .collect::<Result<Vec<_>>>()?;
    parts.sort_by_key(|(processor, _)| *processor);
    if parts.windows(2).any(|pair| pair[0].0 == pair[1].0) {
        return Err(miette!("two libraries for the same processor cannot be in one file"));
    }
    let mut file = Vec::new();
    push(&mut file, &[MAGIC, size(parts.len())]);
    let mut offset = page(8 + 20 * parts.len());
    for ((kind, variant), part) in &parts {
        push(&mut file, &[*kind, *variant, size(offset), size(part.len()), ALIGNMENT]);
        offset = page(offset + part.len());
    }
    for (_, part) in parts {
        file.resize(page(file.len()), 0);
        file.extend(part);
    }
    Ok(file)
}

/// The numbers of the processor that an archive's first object file is for.
pub(super) fn processor(archive: &[u8]) -> Result<(u32, u32)> {
    let parsed = ArchiveFile::parse(archive).into_diagnostic()?;
    let first = parsed.members().next().ok_or_else(|| miette!("the archive is empty"))?;
    let data = first.into_diagnostic()?.data(archive).into_diagnostic()?;
    let header = macho::MachHeader64::<Endianness>::parse(data, 0).into_diagnostic()?;
    let endian = header.endian().into_diagnostic()?;
    Ok((header.cputype(endian).0, header.cpusubtype(endian).0))
}

fn push(file: &mut Vec<u8>, numbers: &[u32]) {
    for number in numbers {
        file.extend(number.to_be_bytes());
    }
}

fn page(offset: usize) -> usize {
    offset.next_multiple_of(1 << ALIGNMENT)
}

fn size(number: usize) -> u32 {
    u32::try_from(number).expect("a library is smaller than 4 GB")
}
