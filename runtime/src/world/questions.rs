//! The world's questions to the host: calls of device APIs, files, and what waits for an answer.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use rquickjs::{Ctx, Promise, Result, Value};

use super::{
    World,
    driver::Question,
    failure::interrupt,
    inbox::{Message, News},
    stack,
    transfers::Gathered,
};
use crate::{
    engine::{
        memory::{Charge, Charged, ChargedMap},
        value,
    },
    error::{Code, RunError},
    host::{Answer, HostCall, HostError},
};

/// What a question to the host takes beside what is asked, about: its token, its sink, its names.
const CALL_COST: usize = 512;

/// The call that loads the runner's file; those of its world count from there.
pub(crate) const LOAD: u64 = 0;

/// What the host has been asked.
#[derive(Default)]
pub(super) struct Questions<'js> {
    pub(super) pending: RefCell<ChargedMap<u64, Pending<'js>>>,
    /// The last one: [`LOAD`] before the first.
    last: Cell<u64>,
}

/// A question that the host has not answered yet, or a body that the script has not read yet.
pub(super) struct Pending<'js> {
    sink: Sink<'js>,
    /// Whether the script waits for what the host says next.
    pub(super) owed: Cell<bool>,
    /// What a body has come to that is read as a whole.
    pub(super) gathered: RefCell<Option<Gathered>>,
    /// For what was asked, which the host may keep until it answers.
    _question: Charge,
    /// What was asked, for people: `GET https://...`, `Api.method`.
    what: String,
}

/// Who takes what the host says.
pub(super) type Sink<'js> = Rc<dyn Fn(&Ctx<'js>, News) -> Result<()> + 'js>;

impl<'js> World<'js> {
    /// Calls a device API and waits for its result.
    ///
    /// # Errors
    ///
    /// The host's error, thrown; an interruption when the dispatch ends meanwhile.
    pub(crate) fn call(
        &self,
        ctx: &Ctx<'js>,
        (api, method): (&str, &str),
        args_json: Charged<String>,
    ) -> Result<Value<'js>> {
        self.let_through(ctx)?;
        // The host may keep the arguments as long as it works.
        let (args_json, _charge) = args_json.into_parts();
        let question = self.host_call(api, method, args_json);
        match self.driver.answer(self.next_call(), question) {
            Some(Ok(json)) => self.result(ctx, (api, method), &json),
            Some(Err(error)) => Err(self.throw_host_error(ctx, &error)),
            None => Err(interrupt(ctx)),
        }
    }

    /// Calls a device API; the promise settles when the host answers.
    ///
    /// # Errors
    ///
    /// `InternalError: out of memory` when there are too many calls.
    pub(crate) fn call_async(
        &self,
        ctx: &Ctx<'js>,
        (api, method): (&str, &str),
        args_json: Charged<String>,
    ) -> Result<Promise<'js>> {
        self.let_through(ctx)?;
        let (promise, resolve, reject) = ctx.promise()?;
        let name = (api.to_owned(), method.to_owned());
        let sink = move |ctx: &Ctx<'js>, news: News| {
            let world = World::of(ctx);
            let result = match news {
                News::Said(Answer::Done(json)) => world.result(ctx, (&name.0, &name.1), &json),
                News::Said(Answer::Failed(error)) => Err(world.throw_host_error(ctx, &error)),
                News::Said(Answer::Head(_) | Answer::Chunk(_)) | News::Ready | News::Abandoned => {
                    return Ok(());
                }
            };
            match result {
                Ok(value) => resolve.call((value,)),
                Err(error) => reject.call((value::caught(ctx, &error),)),
            }
        };
        let call = self.next_call();
        let (args_json, charge) = args_json.into_parts();
        self.expect_answer(call, format!("{api}.{method}"), Rc::new(sink), charge)?;
        self.driver.ask(call, Question::Call(self.host_call(api, method, args_json)));
        Ok(promise)
    }

    /// Loads a file of the bundle.
    pub(crate) fn load(&self, path: &str) -> std::result::Result<Vec<u8>, RunError> {
        if self.is_over() {
            return Err(self.driver.reason());
        }
        self.driver.load(self.next_call(), path)
    }

    /// A number for the next question.
    pub(super) fn next_call(&self) -> u64 {
        let call = self.questions.last.get().saturating_add(1);
        self.questions.last.set(call);
        call
    }

    fn host_call(&self, api: &str, method: &str, args_json: String) -> HostCall {
        HostCall {
            dispatch_id: self.dispatch_id(),
            label: self.label().to_owned(),
            api: api.to_owned(),
            method: method.to_owned(),
            args_json,
        }
    }

    /// Has `sink` hear of what the host says to `call`.
    pub(super) fn expect_answer(
        &self,
        call: u64,
        what: String,
        sink: Sink<'js>,
        charge: Charge,
    ) -> Result<()> {
        let origin = stack::caller(&self.realm());
        let sink: Sink<'js> = Rc::new(move |ctx, news| {
            World::of(ctx).stacks.asked_at(origin.clone(), || sink(ctx, news))
        });
        let pending = Pending {
            sink,
            owed: Cell::new(true),
            gathered: RefCell::default(),
            _question: charge,
            what,
        };
        let entry = || (call, pending);
        let mut questions = self.questions.pending.borrow_mut();
        questions.insert(self.memory(), CALL_COST, entry).map(drop)
    }

    /// A host's JSON as a value; an empty answer is `undefined`.
    fn result(&self, ctx: &Ctx<'js>, call: (&str, &str), json: &[u8]) -> Result<Value<'js>> {
        if json.is_empty() {
            return Ok(Value::new_undefined(ctx.clone()));
        }
        value::parse(ctx, json).map_err(|error| {
            let thrown = value::caught(ctx, &error);
            let reason = value::describe(ctx, &thrown, Code::HostError);
            if self.is_out_of_memory(&thrown, &reason) {
                return ctx.throw(thrown);
            }
            let ((api, method), reason) = (call, reason.message);
            let message = format!("the host's answer to `{api}.{method}` is not JSON: {reason}");
            self.throw_host_error(ctx, &HostError::failed(message))
        })
    }

    // ---- what comes of them -------------------------------------------------------------------

    /// Gives a message of the host to whom it is for, and what comes of that; none when there is no
    /// message.
    pub(crate) fn hear(&self, ctx: &Ctx<'js>) -> Option<Result<()>> {
        let Message { call, news, .. } = self.driver.mail().take()?;
        Some(match news {
            News::Abandoned => {
                self.cancel_fetch(call);
                Ok(())
            }
            News::Ready if !self.is_ready(call) => Ok(()),
            news => self.give(ctx, call, news),
        })
    }

    /// Gives what the host says to who asked.
    fn give(&self, ctx: &Ctx<'js>, call: u64, news: News) -> Result<()> {
        let last = matches!(news, News::Said(Answer::Done(_) | Answer::Failed(_)));
        let sink = if last {
            let pending = self.questions.pending.borrow_mut().remove(&call);
            self.driver.mail().forget(call);
            pending.map(|Pending { sink, .. }| {
                // Of a failure that is not the host's own, as an answer too large, it hears here.
                self.driver.cancel(call);
                sink
            })
        } else {
            self.questions.pending.borrow().get(&call).map(|pending| {
                let more = matches!(news, News::Said(Answer::Chunk(_)));
                pending.owed.set(pending.owed.get() && more);
                Rc::clone(&pending.sink)
            })
        };
        sink.map_or(Ok(()), |sink| sink(ctx, news))
    }

    /// What the script waits for from the host.
    pub(super) fn unanswered(&self) -> Vec<String> {
        let pending = self.questions.pending.borrow();
        let owed = pending.iter().filter(|(_, pending)| pending.owed.get());
        owed.map(|(_, pending)| pending.what.clone()).collect()
    }

    /// Whether the host owes an answer that the script waits for: a body that nobody reads is none.
    pub(crate) fn is_waiting(&self) -> bool {
        self.questions.pending.borrow().iter().any(|(_, pending)| pending.owed.get())
    }

    /// The host need not answer any more.
    pub(super) fn cancel_questions(&self) {
        let pending = self.questions.pending.take();
        for (call, _) in pending.iter() {
            self.driver.cancel(*call);
        }
    }
}
