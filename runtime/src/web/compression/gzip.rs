//! What gzip puts before and behind compressed bytes: <https://www.rfc-editor.org/rfc/rfc1952>.

use std::sync::Arc;

use crc::{CRC_32_ISO_HDLC, Crc, Digest, Table};

use super::Coded;
use crate::engine::{heap::Usage, memory::Charged};

/// Any file begins with these: the magic number, and `deflate` as the method.
const START: [u8; 3] = [0x1f, 0x8b, 8];
/// A header that says nothing more: no flags, no time, an unknown system.
const HEADER: [u8; 10] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff];

const HAS_CHECKSUM: u8 = 1 << 1;
const HAS_EXTRA: u8 = 1 << 2;
const HAS_NAME: u8 = 1 << 3;
const HAS_COMMENT: u8 = 1 << 4;
const RESERVED: u8 = 0b1110_0000;

/// The longest header that is read.
const MAX_HEADER: usize = 256 << 10;

/// The checksum and the length at the end.
const TRAILER: usize = 8;

/// The checksum, with the smallest table.
static CRC: Crc<u32, Table<1>> = Crc::<u32, Table<1>>::new(&CRC_32_ISO_HDLC);

/// The checksum and the length of what was not compressed.
struct Sum {
    digest: Digest<'static, u32, Table<1>>,
    length: u32,
}

impl Default for Sum {
    fn default() -> Self {
        Self { digest: CRC.digest(), length: 0 }
    }
}

impl Sum {
    fn update(&mut self, bytes: &[u8]) {
        self.digest.update(bytes);
        // The format has room for its lowest 32 bits.
        let length = u32::try_from(bytes.len() & 0xffff_ffff).unwrap_or_default();
        self.length = self.length.wrapping_add(length);
    }

    fn trailer(self) -> [u8; TRAILER] {
        let mut trailer = [0; TRAILER];
        let (checksum, length) = trailer.split_at_mut(4);
        checksum.copy_from_slice(&self.digest.finalize().to_le_bytes());
        length.copy_from_slice(&self.length.to_le_bytes());
        trailer
    }
}

/// Frames what is compressed.
#[derive(Default)]
pub(super) struct Writer {
    has_begun: bool,
    sum: Sum,
}

impl Writer {
    /// Takes note of a chunk; gives what stands before it: the header before the first.
    pub(super) fn note(&mut self, chunk: &[u8]) -> &'static [u8] {
        self.sum.update(chunk);
        if std::mem::replace(&mut self.has_begun, true) { &[] } else { &HEADER }
    }

    /// What follows the last chunk.
    pub(super) fn trailer(self) -> [u8; TRAILER] {
        self.sum.trailer()
    }
}

/// Takes the frame off what is decompressed.
pub(super) struct Reader {
    header: Charged<Vec<u8>>,
    has_begun: bool,
    sum: Sum,
    /// What there is of the checksum and the length, never more than they are.
    trailer: Charged<Vec<u8>>,
}

impl Reader {
    pub(super) fn new(memory: &Arc<Usage>) -> Self {
        let (header, trailer) = (Charged::list(memory), Charged::list(memory));
        Self { header, has_begun: false, sum: Sum::default(), trailer }
    }

    /// What of a chunk belongs behind the header; nothing while that is not complete.
    pub(super) fn body<'a>(&mut self, chunk: &'a [u8]) -> Coded<Option<&'a [u8]>> {
        if self.has_begun {
            return Ok(Some(chunk));
        }
        let before = self.header.len();
        let (start, _) = chunk.split_at(chunk.len().min(MAX_HEADER.saturating_sub(before)));
        self.header.extend(start)?;
        let Some(length) = header_length(&self.header)? else {
            let is_bearable = self.header.len() < MAX_HEADER;
            return if is_bearable { Ok(None) } else { Err("its header is too long".into()) };
        };
        self.has_begun = true;
        self.header.clear();
        Ok(chunk.get(length.saturating_sub(before)..))
    }

    /// Takes note of what came out.
    pub(super) fn note(&mut self, output: &[u8]) {
        self.sum.update(output);
    }

    /// Takes note of what follows the end of the compressed bytes.
    pub(super) fn check(&mut self, rest: &[u8]) -> Coded {
        if self.trailer.len().saturating_add(rest.len()) > TRAILER {
            return Err("more follows its end".into());
        }
        self.trailer.extend(rest)?;
        if rest.is_empty() || self.trailer.len() < TRAILER {
            return Ok(());
        }
        let is_right = *self.trailer == std::mem::take(&mut self.sum).trailer();
        if is_right { Ok(()) } else { Err("its checksum is another".into()) }
    }

    /// Whether all of it was there.
    pub(super) fn is_whole(&self) -> bool {
        self.trailer.len() == TRAILER
    }
}

/// The length of the header at the start, once all of it is there.
fn header_length(bytes: &[u8]) -> Result<Option<usize>, &'static str> {
    let Some((start, mut rest)) = bytes.split_first_chunk::<10>() else { return Ok(None) };
    let flags = start[3];
    if !start.starts_with(&START) || flags & RESERVED != 0 {
        return Err("its header is none of gzip's");
    }
    if flags & HAS_EXTRA != 0 {
        let Some((length, after)) = rest.split_first_chunk::<2>() else { return Ok(None) };
        let Some(after) = after.get(usize::from(u16::from_le_bytes(*length))..) else {
            return Ok(None);
        };
        rest = after;
    }
    for text in [HAS_NAME, HAS_COMMENT] {
        if flags & text != 0 {
            let Some(end) = memchr::memchr(0, rest) else { return Ok(None) };
            rest = rest.get(end + 1..).unwrap_or_default();
        }
    }
    let (before, _) = bytes.split_at(bytes.len() - rest.len());
    if flags & HAS_CHECKSUM == 0 {
        return Ok(Some(before.len()));
    }
    let Some((checksum, _)) = rest.split_first_chunk::<2>() else { return Ok(None) };
    let is_right = CRC.checksum(before).to_le_bytes().starts_with(checksum);
    if is_right { Ok(Some(before.len() + 2)) } else { Err("its header's checksum is another") }
}
