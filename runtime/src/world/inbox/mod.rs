//! What the host has said and the script has not heard: plain data. A driver whose host answers from
//! other threads keeps it behind a lock.

mod bodies;

use std::{collections::VecDeque, sync::Arc};

use self::bodies::Bodies;
pub(crate) use self::bodies::{Piece, Pulled};
use crate::{
    engine::{heap::Usage, memory::Charge},
    host::{Answer, Flow, HostError},
};

/// What a message costs beside what it says, about.
const PIECE: usize = size_of::<Message>();

/// What waits for one world.
#[derive(Debug)]
pub(crate) struct Inbox {
    messages: VecDeque<Message>,
    /// The bytes of the messages.
    bytes: usize,
    bodies: Bodies,
    /// The calls whose answer was too large: what else is said to them is not heard.
    refused: Vec<u64>,
    closed: bool,
    /// The memory that what waits is a part of: a host that pushes faster than the script reads is
    /// told off.
    usage: Arc<Usage>,
}

/// Something for the world to hear of the question `call`.
#[derive(Debug)]
pub(crate) struct Message {
    pub(crate) call: u64,
    pub(crate) news: News,
    /// What it holds of the memory limit; none for what the inbox says itself.
    charge: Option<Charge>,
}

/// What a message says.
#[derive(Debug)]
pub(crate) enum News {
    /// What the host said.
    Said(Answer),
    /// What the script waits for of a body can be pulled.
    Ready,
    /// Nobody can read the body any more.
    Abandoned,
}

impl Message {
    /// What the inbox says itself.
    fn own(call: u64, news: News) -> Self {
        Self { call, news, charge: None }
    }

    /// About how many bytes it holds.
    fn size(&self) -> usize {
        match &self.news {
            News::Said(answer) => size(answer),
            News::Ready | News::Abandoned => PIECE,
        }
    }
}

/// About how many bytes an answer holds: a thousand small pieces are no small thing either.
pub(crate) fn size(answer: &Answer) -> usize {
    let held = match answer {
        Answer::Chunk(bytes) | Answer::Done(bytes) => bytes.len(),
        Answer::Head(head) => {
            let lines = head.headers.iter();
            lines.map(|(name, value)| PIECE + name.len() + value.len()).sum::<usize>()
        }
        Answer::Failed(error) => error.message.len(),
    };
    held.saturating_add(PIECE)
}

impl Inbox {
    pub(crate) fn new(usage: &Arc<Usage>) -> Self {
        Self {
            messages: VecDeque::new(),
            bytes: 0,
            bodies: Bodies::within(usage.limit()),
            refused: Vec::new(),
            closed: false,
            usage: Arc::clone(usage),
        }
    }

    /// Whether anybody wants to know what is said to `call`.
    pub(crate) fn wants(&self, call: u64) -> bool {
        !self.closed && !self.refused.contains(&call)
    }

    /// Leaves what the host says to `call`, and `charge` for its [`size`], unless that was refused.
    ///
    /// Says whether the next piece is welcome, and whether there is a message that was not there.
    /// The charge is made before, by whoever holds no lock: it may collect garbage, and what is
    /// collected may leave a message here.
    pub(crate) fn deliver(
        &mut self,
        call: u64,
        answer: Answer,
        charge: Option<Charge>,
    ) -> (Flow, bool) {
        if !self.wants(call) {
            return (Flow::Over, false);
        }
        // Before there is a world, nothing is refused but by this.
        let held = self.bytes.saturating_add(self.bodies.bytes()).saturating_add(size(&answer));
        if charge.is_none() || held > self.usage.limit() {
            return (Flow::Over, self.refuse(call));
        }
        self.sort(Message { call, news: News::Said(answer), charge })
    }

    /// Takes what is said of a body to where it is pulled from; anything else is a message.
    fn sort(&mut self, message: Message) -> (Flow, bool) {
        let call = message.call;
        match self.bodies.take(message) {
            Ok((flow, ready)) => {
                if ready {
                    self.push(Message::own(call, News::Ready));
                }
                (flow, ready)
            }
            Err(message) => {
                self.push(message);
                (Flow::More, true)
            }
        }
    }

    /// What `call` was told makes room for the others, and what it is told from now on is dropped.
    /// Says whether there is a message of it.
    fn refuse(&mut self, call: u64) -> bool {
        let is_head = |message: &Message| matches!(message.news, News::Said(Answer::Head(_)));
        let heard = !self.messages.iter().any(|message| message.call == call && is_head(message));
        self.refused.push(call);
        // Who waits for a body is still to look at it.
        let stays = |message: &Message| message.call != call || matches!(message.news, News::Ready);
        self.messages.retain(stays);
        self.bytes = self.messages.iter().map(Message::size).sum();
        let news = match self.bodies.fail(call, HostError::too_large()).filter(|_| heard) {
            Some(false) => return false,
            Some(true) => News::Ready,
            None => News::Said(Answer::Failed(HostError::too_large())),
        };
        self.push(Message::own(call, news));
        true
    }

    fn push(&mut self, message: Message) {
        self.bytes = self.bytes.saturating_add(message.size());
        self.messages.push_back(message);
    }

    /// From now on what `call` is told after its head waits until it is pulled.
    pub(crate) fn open(&mut self, call: u64) {
        self.bodies.open(call);
    }

    /// The next piece of the body that `call` is answered with; when it has not come, there will be a
    /// message that it is ready. Also the calls whose hosts can go on.
    pub(crate) fn pull(&mut self, call: u64) -> (Pulled, Vec<u64>) {
        self.bodies.pull(call)
    }

    /// Nobody can read a body any more: its transfer is to be ended.
    pub(crate) fn abandon(&mut self, call: u64) {
        if self.bodies.remove(call).is_some() && !self.closed {
            self.push(Message::own(call, News::Abandoned));
        }
    }

    /// Nobody wants the rest of a body.
    pub(crate) fn forget(&mut self, call: u64) {
        drop(self.bodies.remove(call));
    }

    /// The oldest message, if there is one.
    pub(crate) fn take(&mut self) -> Option<Message> {
        let message = self.messages.pop_front()?;
        self.bytes = self.bytes.saturating_sub(message.size());
        Some(message)
    }

    /// The oldest answer to `call`, which has no body, leaving the others where they are.
    pub(crate) fn take_for(&mut self, call: u64) -> Option<Answer> {
        let index = self.messages.iter().position(|message| message.call == call)?;
        let message = self.messages.remove(index)?;
        self.bytes = self.bytes.saturating_sub(message.size());
        match message.news {
            News::Said(answer) => Some(answer),
            News::Ready | News::Abandoned => None,
        }
    }

    /// Whether there is a message, of `sought` if that is one call.
    pub(crate) fn has(&self, sought: Option<u64>) -> bool {
        self.messages.iter().any(|message| sought.is_none_or(|call| call == message.call))
    }

    /// Nothing is wanted any more: what waits is the caller's to drop, what comes is ignored.
    pub(crate) fn close(&mut self) -> impl Sized + use<> {
        self.closed = true;
        (std::mem::take(&mut self.messages), std::mem::take(&mut self.bodies))
    }
}
