//! A runner as these tests use it: of this process, or of the WebAssembly module in Node, where
//! `BACKGROUND_RUNNER_WASM` names the module. So both are tested by the same tables (`tests/wasm.rs`).

use std::{env, path::PathBuf, sync::Arc};

use background_runner::{
    Dispatch as Own, HistoryQuery, Host, Outcome, Request, RunError, RunRecord, Runner as Native,
    Settings,
};

#[path = "process.rs"]
mod process;

use process::Node;

/// The runners of an app.
pub(crate) enum Runner {
    Native(Native),
    Node(Arc<Node>),
}

/// A dispatch that was started.
#[derive(Clone)]
pub(crate) enum Dispatch {
    Native(Own),
    Node(Arc<Node>, u64),
}

#[allow(dead_code, reason = "each of the tests uses some of it")]
impl Runner {
    #[expect(clippy::result_large_err, reason = "it is what a runner of this process gives")]
    pub(crate) fn new(settings: Settings, host: Arc<dyn Host>) -> Result<Self, RunError> {
        match env::var_os("BACKGROUND_RUNNER_WASM") {
            Some(module) => Node::open(&PathBuf::from(module), &settings, host).map(Self::Node),
            None => Native::new(settings, host).map(Self::Native),
        }
    }

    pub(crate) fn dispatch(
        &self,
        request: Request,
        done: impl FnOnce(Outcome) + Send + 'static,
    ) -> Dispatch {
        match self {
            Self::Native(runner) => Dispatch::Native(runner.dispatch(request, done)),
            Self::Node(node) => {
                Dispatch::Node(Arc::clone(node), node.dispatch(&request, Box::new(done)))
            }
        }
    }

    pub(crate) fn run(&self, request: Request) -> Outcome {
        match self {
            Self::Native(runner) => runner.run(request),
            Self::Node(node) => node.run(&request),
        }
    }

    pub(crate) fn history(&self, query: &HistoryQuery) -> Vec<RunRecord> {
        match self {
            Self::Native(runner) => runner.history(query),
            Self::Node(node) => node.history(query),
        }
    }
}

#[allow(dead_code, reason = "each of the tests uses some of it")]
impl Dispatch {
    pub(crate) fn cancel(&self) {
        match self {
            Self::Native(dispatch) => dispatch.cancel(),
            Self::Node(node, dispatch) => node.cancel(*dispatch),
        }
    }

    pub(crate) fn stop(&self, grace: std::time::Duration, reason: &str) {
        match self {
            Self::Native(dispatch) => dispatch.stop(grace, reason),
            Self::Node(node, dispatch) => node.stop(*dispatch, grace, reason),
        }
    }
}

impl Drop for Runner {
    fn drop(&mut self) {
        if let Self::Node(node) = self {
            node.leave();
        }
    }
}
