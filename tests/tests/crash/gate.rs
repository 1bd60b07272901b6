//! Counts every call of a port, and at a chosen one lets the process die or holds it up.

use std::future::{Future, pending};
use std::sync::{Arc, Mutex};

use tokio::sync::{Notify, Semaphore};

/// Read by a task beside turns, too, so that its place among the other calls is chance: it is not counted and always answers.
const NOT_COUNTED: &str = "account";

/// Where in a call the process dies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Death {
    /// Before anything has happened.
    Before,
    /// After it has happened, before anybody has seen the answer.
    After,
}

#[derive(Debug)]
enum Plan {
    Pass,
    Die { at: usize, death: Death },
    Hold { call: &'static str },
}

/// What every call of every port of one process goes through.
#[derive(Debug)]
pub(super) struct Gate {
    plan: Plan,
    calls: Mutex<Vec<&'static str>>,
    dead: Notify,
    held: Notify,
    free: Semaphore,
}

impl Gate {
    fn new(plan: Plan) -> Arc<Self> {
        Arc::new(Self {
            plan,
            calls: Mutex::default(),
            dead: Notify::new(),
            held: Notify::new(),
            free: Semaphore::new(0),
        })
    }

    /// Nothing happens to the process.
    pub(super) fn open() -> Arc<Self> {
        Self::new(Plan::Pass)
    }

    /// The process dies at its `at`-th call, counted from 1: neither that call nor any later one ever returns.
    pub(super) fn dying(at: usize, death: Death) -> Arc<Self> {
        Self::new(Plan::Die { at, death })
    }

    /// Calls of this name wait until they are let go.
    pub(super) fn holding(call: &'static str) -> Arc<Self> {
        Self::new(Plan::Hold { call })
    }

    /// The calls so far.
    pub(super) fn calls(&self) -> Vec<&'static str> {
        self.calls.lock().unwrap().clone()
    }

    /// Waits until the process is dead.
    pub(super) async fn death(&self) {
        self.dead.notified().await;
    }

    /// Waits until a call is held up.
    pub(super) async fn held(&self) {
        self.held.notified().await;
    }

    /// Lets every call go, now and later.
    pub(super) fn let_go(&self) {
        self.free.close();
    }

    /// Makes a call, if the process lives to make it.
    pub(super) async fn pass<T>(&self, name: &'static str, call: impl Future<Output = T>) -> T {
        if name == NOT_COUNTED {
            return call.await;
        }
        let number = {
            let mut calls = self.calls.lock().unwrap();
            calls.push(name);
            calls.len()
        };
        match self.plan {
            Plan::Die { at, death } if number >= at => {
                if number == at && death == Death::After {
                    drop(call.await);
                }
                self.dead.notify_one();
                pending().await
            }
            Plan::Hold { call: held } if held == name => {
                self.held.notify_one();
                // It is never given a permit, only closed.
                let _ = self.free.acquire().await;
                call.await
            }
            Plan::Pass | Plan::Die { .. } | Plan::Hold { .. } => call.await,
        }
    }
}
