//! Transfers: a request of the script's, and the body of the response, which waits to be pulled.

use std::{mem, rc::Rc};

use rquickjs::{Ctx, Result, Value};

use super::{
    World,
    driver::Question,
    inbox::{News, Piece, Pulled},
};
use crate::{
    engine::{
        memory::{Charge, Charged},
        native,
        value::Cut,
    },
    host::{Answer, FetchHead, FetchRequest, HostError},
};

/// The most bytes of an address in a message.
const ADDRESS: usize = 200;

/// The pieces of a body that is read as a whole.
#[derive(Default)]
pub(super) struct Gathered {
    pieces: Vec<Piece>,
    /// How the body ended, where that is known before the script asks.
    end: Option<std::result::Result<(), HostError>>,
}

/// The piece of a response that has just come.
#[derive(Debug)]
pub(crate) enum FetchEvent {
    /// Status and headers; once, first.
    Head(FetchHead),
    /// [`World::pull`] has an answer now.
    Ready,
    /// The transfer ended before a response: the last event.
    Failed(HostError),
}

/// What [`World::pull`] gives.
pub(crate) enum Body<'js> {
    /// The next piece.
    Piece(Value<'js>),
    /// All of it.
    Whole(Value<'js>),
    /// It is complete.
    End,
    /// It has not come: the sink will hear when it has.
    Nothing,
}

impl<'js> World<'js> {
    /// Starts a transfer; `sink` hears of it on this thread, between two tasks. Its body waits to be
    /// pulled.
    ///
    /// The id is for [`World::pull`] and [`World::cancel_fetch`]. What `sink` throws is logged.
    ///
    /// # Errors
    ///
    /// `InternalError: out of memory` when there are too many transfers, or too large a body to send.
    pub(crate) fn fetch(
        &self,
        request: Charged<FetchRequest>,
        sink: impl Fn(&Ctx<'js>, FetchEvent) -> Result<()> + 'js,
    ) -> Result<u64> {
        let call = self.next_call();
        let sink = move |ctx: &Ctx<'js>, news: News| match news {
            News::Said(Answer::Head(head)) => sink(ctx, FetchEvent::Head(head)),
            News::Said(Answer::Failed(error)) => sink(ctx, FetchEvent::Failed(error)),
            News::Ready => sink(ctx, FetchEvent::Ready),
            News::Abandoned => Ok(()),
            News::Said(Answer::Chunk(_) | Answer::Done(_)) => {
                let message = "the host ended the transfer before a response";
                sink(ctx, FetchEvent::Failed(HostError::failed(message)))
            }
        };
        let (request, charge) = request.into_parts();
        // The host makes a copy of its own, which lasts as long as the transfer; ours is gone then.
        let copied = Charge::new(self.memory(), request.body.as_ref().map_or(0, Vec::len))?;
        let mut what = Cut::new(ADDRESS);
        what.push_fmt(format_args!("{} {}", request.method, request.url));
        self.expect_answer(call, what.to_string(), Rc::new(sink), charge)?;
        self.driver.mail().open(call);
        self.driver.ask(call, Question::Fetch(request));
        drop(copied);
        Ok(call)
    }

    /// The next piece of a body, or with `whole` all of them at once.
    ///
    /// # Errors
    ///
    /// What the transfer failed with, or `InternalError: out of memory`; either is the end of it.
    pub(crate) fn pull(&self, ctx: &Ctx<'js>, id: u64, whole: bool) -> Result<Body<'js>> {
        let pulled = if whole { self.pull_whole(ctx, id) } else { self.pull_piece(ctx, id) };
        if !matches!(pulled, Ok(Body::Nothing | Body::Piece(_))) {
            self.cancel_fetch(id);
        }
        pulled
    }

    fn pull_piece(&self, ctx: &Ctx<'js>, id: u64) -> Result<Body<'js>> {
        match self.next(id) {
            Pulled::Piece(piece) => native::uint8_array(ctx, &piece.bytes).map(Body::Piece),
            Pulled::Nothing => Ok(Body::Nothing),
            Pulled::End => Ok(Body::End),
            Pulled::Failed(error) => Err(self.throw_host_error(ctx, &error)),
        }
    }

    fn pull_whole(&self, ctx: &Ctx<'js>, id: u64) -> Result<Body<'js>> {
        if let Some(pending) = self.questions.pending.borrow().get(&id) {
            pending.gathered.borrow_mut().get_or_insert_default();
        }
        let known = self.with_gathered(id, |gathered| gathered.end.take()).flatten();
        match known.or_else(|| self.gather(id)) {
            None => Ok(Body::Nothing),
            Some(Ok(())) => {
                let pieces = self.with_gathered(id, |gathered| mem::take(&mut gathered.pieces));
                joined(ctx, &pieces.unwrap_or_default()).map(Body::Whole)
            }
            Some(Err(error)) => Err(self.throw_host_error(ctx, &error)),
        }
    }

    /// Adds what has come of a body to what was gathered of it; nothing while more is to come.
    fn gather(&self, id: u64) -> Option<std::result::Result<(), HostError>> {
        loop {
            match self.next(id) {
                Pulled::Piece(piece) => {
                    self.with_gathered(id, |gathered| gathered.pieces.push(piece));
                }
                Pulled::Nothing => return None,
                Pulled::End => return Some(Ok(())),
                Pulled::Failed(error) => return Some(Err(error)),
            }
        }
    }

    /// What comes next of a body; the hosts that can go on are told so.
    fn next(&self, id: u64) -> Pulled {
        let (pulled, resumed) = self.driver.mail().pull(id);
        if let Some(own) = self.questions.pending.borrow().get(&id) {
            own.owed.set(matches!(pulled, Pulled::Nothing));
        }
        for id in resumed {
            self.driver.resume(id);
        }
        pulled
    }

    /// Stops a transfer: the host hears of it, the sink hears nothing more.
    pub(crate) fn cancel_fetch(&self, id: u64) {
        let pending = self.questions.pending.borrow_mut().remove(&id);
        if pending.is_some() {
            self.driver.mail().forget(id);
            self.driver.cancel(id);
        }
    }

    /// Whether the script has to hear that more of a body has come: not in the middle of one that is
    /// read as a whole.
    pub(super) fn is_ready(&self, id: u64) -> bool {
        let whole = self
            .questions
            .pending
            .borrow()
            .get(&id)
            .is_some_and(|it| it.gathered.borrow().is_some());
        let end = if whole { self.gather(id) } else { return true };
        let ready = end.is_some();
        self.with_gathered(id, |gathered| gathered.end = end);
        ready
    }

    fn with_gathered<T>(&self, id: u64, use_it: impl FnOnce(&mut Gathered) -> T) -> Option<T> {
        let pending = self.questions.pending.borrow();
        let mut gathered = pending.get(&id)?.gathered.borrow_mut();
        gathered.as_mut().map(use_it)
    }
}

/// All pieces of a body in one `Uint8Array`.
fn joined<'js>(ctx: &Ctx<'js>, pieces: &[Piece]) -> Result<Value<'js>> {
    let length = pieces.iter().map(|piece| piece.bytes.len()).sum();
    native::filled(ctx, length, |mut rest| {
        for Piece { bytes, .. } in pieces {
            let Some((place, left)) = rest.split_at_mut_checked(bytes.len()) else { break };
            place.copy_from_slice(bytes);
            rest = left;
        }
    })
}
