//! The bodies of responses on their way to the script: they wait here until they are pulled, and
//! their hosts are told when that is enough.

use std::collections::VecDeque;

use super::{Message, News, PIECE};
use crate::{
    engine::memory::Charge,
    host::{Answer, Flow, HostError},
};

/// The bytes of one body that may wait before its host has to wait as well (contract W5).
const WINDOW: usize = 256 * 1024;

/// All bodies together may fill this part of the memory limit before the host of each has to wait.
const SHARE: usize = 8;

/// A piece of a body, and what it holds of the memory limit.
#[derive(Debug)]
pub(crate) struct Piece {
    pub(crate) bytes: Vec<u8>,
    _charge: Option<Charge>,
}

/// What there is of a body.
#[derive(Debug)]
pub(crate) enum Pulled {
    /// Its next piece.
    Piece(Piece),
    /// Nothing yet.
    Nothing,
    /// It is complete.
    End,
    /// The transfer failed.
    Failed(HostError),
}

/// The bodies of a dispatch.
#[derive(Debug, Default)]
pub(super) struct Bodies {
    open: Vec<Body>,
    bytes: usize,
    share: usize,
}

/// A body that the script has not read to its end.
#[derive(Debug, Default)]
struct Body {
    /// The call that it answers.
    call: u64,
    /// Whether the head has come.
    begun: bool,
    pieces: VecDeque<Piece>,
    bytes: usize,
    end: Option<Result<(), HostError>>,
    /// The script waits for what comes next.
    awaited: bool,
    /// The host waits.
    paused: bool,
}

impl Bodies {
    /// Bodies in a world with this memory limit.
    pub(super) fn within(limit: usize) -> Self {
        Self { share: limit / SHARE, ..Self::default() }
    }

    /// How many bytes wait.
    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    pub(super) fn open(&mut self, call: u64) {
        self.open.push(Body { call, ..Body::default() });
    }

    fn find(&mut self, call: u64) -> Option<&mut Body> {
        self.open.iter_mut().find(|body| body.call == call)
    }

    /// Takes a piece or the end of a body, and says whether the script waited for it. Gives back
    /// what is no part of one: its head, and an end without a head.
    pub(super) fn take(&mut self, message: Message) -> Result<(Flow, bool), Message> {
        let (held, share) = (self.bytes, self.share);
        let Some(body) = self.find(message.call) else { return Err(message) };
        let before = body.bytes;
        let Message { call, news: News::Said(answer), charge } = message else {
            return Err(message);
        };
        match answer {
            Answer::Head(_) if !std::mem::replace(&mut body.begun, true) => {
                return Err(Message { call, news: News::Said(answer), charge });
            }
            Answer::Head(_) => {}
            Answer::Chunk(bytes) => body.add(bytes, charge),
            Answer::Done(_) | Answer::Failed(_) if !body.begun => {
                return Err(Message { call, news: News::Said(answer), charge });
            }
            Answer::Done(bytes) => {
                body.add(bytes, charge);
                body.end.get_or_insert(Ok(()));
            }
            Answer::Failed(error) => {
                body.end.get_or_insert(Err(error));
            }
        }
        let held = held.saturating_add(body.bytes.saturating_sub(before));
        let said = (body.flow(held >= share), body.wakes());
        self.bytes = held;
        Ok(said)
    }

    /// Ends a body in the place of its host: what waits of it is dropped. Says whether the script
    /// waited for it; nothing when it has not begun.
    pub(super) fn fail(&mut self, call: u64, error: HostError) -> Option<bool> {
        let body = self.find(call).filter(|body| body.begun)?;
        let (dropped, awaited) = (body.bytes, body.awaited);
        *body = Body { call, begun: true, end: Some(Err(error)), ..Body::default() };
        self.bytes = self.bytes.saturating_sub(dropped);
        Some(awaited)
    }

    /// The next piece of a body, and the calls whose hosts can go on.
    pub(super) fn pull(&mut self, call: u64) -> (Pulled, Vec<u64>) {
        let Some(body) = self.find(call) else { return (Pulled::End, Vec::new()) };
        if let Some(piece) = body.pieces.pop_front() {
            let size = piece.bytes.len().saturating_add(PIECE);
            body.bytes = body.bytes.saturating_sub(size);
            return (Pulled::Piece(piece), self.release(size));
        }
        let Some(end) = body.end.take() else {
            body.awaited = true;
            return (Pulled::Nothing, Vec::new());
        };
        drop(self.remove(call));
        (end.map_or_else(Pulled::Failed, |()| Pulled::End), Vec::new())
    }

    /// Forgets a body, and gives what was left of it.
    pub(super) fn remove(&mut self, call: u64) -> Option<impl Sized + use<>> {
        let index = self.open.iter().position(|body| body.call == call)?;
        let body = self.open.swap_remove(index);
        self.bytes = self.bytes.saturating_sub(body.bytes);
        Some(body)
    }

    /// Notes that `size` bytes are gone: the calls whose hosts can go on.
    fn release(&mut self, size: usize) -> Vec<u64> {
        self.bytes = self.bytes.saturating_sub(size);
        let full = self.bytes >= self.share;
        self.open.iter_mut().filter_map(|body| body.resumes(full).then_some(body.call)).collect()
    }
}

impl Body {
    fn add(&mut self, bytes: Vec<u8>, charge: Option<Charge>) {
        if !bytes.is_empty() {
            self.bytes = self.bytes.saturating_add(bytes.len()).saturating_add(PIECE);
            self.pieces.push_back(Piece { bytes, _charge: charge });
        }
    }

    /// What the host does next. It is told to wait once, until it is told to go on.
    fn flow(&mut self, full: bool) -> Flow {
        if self.end.is_some() {
            self.paused = false;
            return Flow::Over;
        }
        let pauses = !self.paused && self.bytes > 0 && (full || self.bytes >= WINDOW);
        self.paused |= pauses;
        if pauses { Flow::Wait } else { Flow::More }
    }

    /// Whether the host waits, and need not any more: a body of which nothing waits has always room.
    fn resumes(&mut self, full: bool) -> bool {
        let resumes = self.paused && (self.bytes == 0 || (!full && self.bytes <= WINDOW / 2));
        self.paused &= !resumes;
        resumes
    }

    /// Whether the script waited for what is there now.
    fn wakes(&mut self) -> bool {
        let there = !self.pieces.is_empty() || self.end.is_some();
        there && std::mem::take(&mut self.awaited)
    }
}
