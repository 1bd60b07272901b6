//! Calls of one tenant that come while another of their kind is under way are made together after it: one round trip, one transaction and one
//! flush to disk for all of them. Whoever comes while nothing is under way waits for nobody.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::oneshot;

use super::error::During as _;
use crate::domain::id::TenantId;
use crate::ports::store::StoreError;

/// How long calls that are made together wait for locks of others, in milliseconds: less than it takes Postgres to look for a deadlock. Whoever
/// has to wait longer goes by itself.
pub(super) const PATIENCE: i64 = 50;

/// A call that may be made together with others of its kind.
pub(super) trait Joint: Send + Sync + Sized + 'static {
    type Answer: Send + 'static;
    /// Where it is made.
    type Place: Clone + Send + Sync + 'static;

    /// Calls made together, at most.
    const MOST: usize;

    /// Of several calls that are one's, no two are made together.
    fn whose(&self) -> Option<&str> {
        None
    }

    /// Makes calls in one transaction. An answer for each, in their order; `None`, or nothing, for one that has to see to itself.
    fn make(
        place: &Self::Place,
        calls: &[Self],
    ) -> impl Future<Output = Vec<Option<Self::Answer>>> + Send;
}

/// What becomes of calls that were made together and failed. Where no connection was to be had, nobody waits for one again. Any other failure
/// makes each call by itself: what went wrong may be another's, or the way's, or that of a connection that is gone.
pub(super) fn failed<T>(
    error: &StoreError,
    operation: &'static str,
    calls: usize,
) -> Vec<Option<Result<T, StoreError>>> {
    let StoreError::Unavailable { source, .. } = error else { return Vec::new() };
    if !matches!(source.downcast_ref(), Some(sqlx::Error::PoolTimedOut)) {
        return Vec::new();
    }
    let told = || Some(Err(sqlx::Error::PoolTimedOut).during(operation));
    (0..calls).map(|_| told()).collect()
}

/// Calls that wait to be made together, by tenant. Only tenants of whom something is under way are listed.
pub(super) struct Together<C: Joint>(Mutex<HashMap<TenantId, Queue<C>>>);

struct Queue<C: Joint> {
    under_way: usize,
    waiting: Vec<Waiting<C>>,
}

struct Waiting<C: Joint> {
    call: C,
    answer: oneshot::Sender<Option<C::Answer>>,
}

impl<C: Joint> Default for Together<C> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<C: Joint> Together<C> {
    /// Makes a call, with others where there are others; `None` when it has to be made by itself.
    pub(super) async fn call(
        self: &Arc<Self>,
        tenant: TenantId,
        place: &C::Place,
        call: C,
    ) -> Option<C::Answer> {
        match self.join(tenant, place, call) {
            Ok(told) => told.await.ok().flatten(),
            Err(call) => {
                let leader = Leader { all: self, tenant };
                let mut answers = C::make(place, std::slice::from_ref(&call)).await;
                if leader.more() {
                    self.go_on(tenant, place);
                }
                answers.pop().flatten()
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<TenantId, Queue<C>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Joins those who wait; the call comes back where it need not wait.
    fn join(
        self: &Arc<Self>,
        tenant: TenantId,
        place: &C::Place,
        call: C,
    ) -> Result<oneshot::Receiver<Option<C::Answer>>, C> {
        let mut all = self.lock();
        let queue = all.entry(tenant).or_insert_with(Queue::new);
        if queue.under_way == 0 {
            queue.under_way = 1;
            return Err(call);
        }
        let (answer, told) = oneshot::channel();
        queue.waiting.push(Waiting { call, answer });
        // As many as go together need not wait for those before them.
        if queue.waiting.len().is_multiple_of(C::MOST) {
            queue.under_way += 1;
            self.go_on(tenant, place);
        }
        Ok(told)
    }

    /// Leaves those who wait to a task of their own, so that nobody waits for more than their own call.
    fn go_on(self: &Arc<Self>, tenant: TenantId, place: &C::Place) {
        drop(tokio::spawn(Arc::clone(self).lead(tenant, place.clone())));
    }

    /// Those whose turn it is.
    fn next(&self, tenant: TenantId) -> Vec<Waiting<C>> {
        let mut all = self.lock();
        let Some(queue) = all.get_mut(&tenant) else { return Vec::new() };
        let mut met = HashSet::new();
        let (mut next, mut later) = (Vec::new(), Vec::new());
        for one in queue.waiting.drain(..) {
            let full = next.len() == C::MOST;
            let again = one.call.whose().is_some_and(|whose| !met.insert(whose.to_owned()));
            if full || again { later.push(one) } else { next.push(one) }
        }
        queue.waiting = later;
        next
    }

    /// Makes what waits until nothing does.
    async fn lead(self: Arc<Self>, tenant: TenantId, place: C::Place) {
        loop {
            let leader = Leader { all: &self, tenant };
            let (calls, answers): (Vec<_>, Vec<_>) =
                self.next(tenant).into_iter().map(|one| (one.call, one.answer)).unzip();
            if !calls.is_empty() {
                let mut made = C::make(&place, &calls).await.into_iter();
                for answer in answers {
                    // Nobody listens where the caller has gone.
                    let _ = answer.send(made.next().flatten());
                }
            }
            if !leader.more() {
                return;
            }
        }
    }
}

impl<C: Joint> Queue<C> {
    const fn new() -> Self {
        Self { under_way: 0, waiting: Vec::new() }
    }
}

/// Who has calls under way. Should they vanish in the middle of it, those who wait hear that they have to see to themselves.
struct Leader<'a, C: Joint> {
    all: &'a Together<C>,
    tenant: TenantId,
}

impl<C: Joint> Leader<'_, C> {
    /// Ends what was under way; whether somebody waits, who is then to be led on.
    fn more(self) -> bool {
        let mut all = self.all.lock();
        let more = all.get(&self.tenant).is_some_and(|queue| !queue.waiting.is_empty());
        if !more {
            Self::end(&mut all, self.tenant);
        }
        drop(all);
        std::mem::forget(self);
        more
    }

    fn end(all: &mut HashMap<TenantId, Queue<C>>, tenant: TenantId) {
        let Some(queue) = all.get_mut(&tenant) else { return };
        queue.under_way -= 1;
        if queue.under_way == 0 {
            all.remove(&tenant);
        }
    }
}

impl<C: Joint> Drop for Leader<'_, C> {
    fn drop(&mut self) {
        let mut all = self.all.lock();
        if let Some(queue) = all.get_mut(&self.tenant) {
            queue.waiting.clear();
        }
        Self::end(&mut all, self.tenant);
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt as _;
    use tokio::sync::Semaphore;

    use super::*;
    use crate::domain::id::Mint;

    #[test]
    fn a_batch_that_had_no_connection_is_not_tried_call_by_call() {
        let of = |error: sqlx::Error, calls| {
            let error = Err::<(), _>(error).during("storing").unwrap_err();
            failed::<()>(&error, "storing", calls)
        };
        for calls in [1, 3] {
            let told = of(sqlx::Error::PoolTimedOut, calls);
            assert_eq!(told.len(), calls);
            assert!(
                told.iter().all(|one| matches!(one, Some(Err(StoreError::Unavailable { .. }))))
            );
            // A server that was started again, and what the database refused: by itself it may be done.
            let down = sqlx::Error::Io(std::io::ErrorKind::ConnectionReset.into());
            assert!(of(down, calls).is_empty());
            assert!(of(sqlx::Error::RowNotFound, calls).is_empty());
        }
    }

    /// A number that is given back; with a name, whose it is.
    struct Number(usize, Option<&'static str>);

    /// Where each batch waits until it is let through.
    #[derive(Clone)]
    struct Place {
        begun: Arc<Mutex<Vec<Vec<usize>>>>,
        gate: Arc<Semaphore>,
    }

    impl Joint for Number {
        type Answer = usize;
        type Place = Place;
        const MOST: usize = 3;

        fn whose(&self) -> Option<&str> {
            self.1
        }

        async fn make(place: &Place, calls: &[Self]) -> Vec<Option<usize>> {
            let numbers: Vec<_> = calls.iter().map(|number| number.0).collect();
            place.begun.lock().unwrap().push(numbers.clone());
            place.gate.acquire().await.unwrap().forget();
            // Nobody is told of an odd one.
            numbers.into_iter().map(|n| (n % 2 == 0).then_some(n)).collect()
        }
    }

    struct Bench {
        all: Arc<Together<Number>>,
        place: Place,
        tenant: TenantId,
    }

    impl Bench {
        fn new() -> Self {
            let gate = Arc::new(Semaphore::new(0));
            let tenant = Mint { at: jiff::Timestamp::UNIX_EPOCH, seed: 1 }.id(0);
            Self { all: Arc::default(), place: Place { begun: Arc::default(), gate }, tenant }
        }

        /// Makes a call from a task of its own, which has got as far as it can when this comes back.
        async fn call(&self, number: Number) -> tokio::task::JoinHandle<Option<usize>> {
            let (all, place, tenant) = (Arc::clone(&self.all), self.place.clone(), self.tenant);
            let called = tokio::spawn(async move { all.call(tenant, &place, number).await });
            settle().await;
            called
        }

        fn begun(&self) -> Vec<Vec<usize>> {
            self.place.begun.lock().unwrap().clone()
        }
    }

    /// Lets every task go as far as it can: they share one thread.
    async fn settle() {
        for _ in 0..20 {
            tokio::task::yield_now().await;
        }
    }

    #[tokio::test]
    async fn who_comes_while_nothing_is_under_way_goes_at_once_and_the_others_together() {
        let bench = Bench::new();
        let first = bench.call(Number(0, None)).await;
        let (second, third) =
            (bench.call(Number(1, None)).await, bench.call(Number(2, None)).await);
        assert_eq!(bench.begun(), [vec![0]]);
        bench.place.gate.add_permits(1);
        assert_eq!(first.await.unwrap(), Some(0));
        settle().await;
        assert_eq!(bench.begun(), [vec![0], vec![1, 2]]);
        bench.place.gate.add_permits(1);
        assert_eq!((second.await.unwrap(), third.await.unwrap()), (None, Some(2)));
        settle().await;
        assert!(bench.all.lock().is_empty());
    }

    #[tokio::test]
    async fn as_many_as_go_together_wait_for_nobody() {
        let bench = Bench::new();
        let mut calls = Vec::new();
        for n in 0..5 {
            calls.push(bench.call(Number(n * 2, None)).await);
        }
        assert_eq!(bench.begun(), [vec![0], vec![2, 4, 6]]);
        bench.place.gate.add_permits(9);
        for (n, call) in calls.into_iter().enumerate() {
            assert_eq!(call.await.unwrap(), Some(n * 2));
        }
        settle().await;
        assert!(bench.all.lock().is_empty());
    }

    #[tokio::test]
    async fn two_of_one_never_go_together_and_keep_their_order() {
        let bench = Bench::new();
        let mut calls = vec![bench.call(Number(0, None)).await];
        for (n, whose) in [(2, "amina"), (4, "amina")] {
            calls.push(bench.call(Number(n, Some(whose))).await);
        }
        bench.place.gate.add_permits(9);
        for call in calls {
            assert!(call.await.unwrap().is_some());
        }
        assert_eq!(bench.begun(), [vec![0], vec![2], vec![4]]);
    }

    #[tokio::test]
    async fn who_waits_behind_one_that_vanishes_sees_to_themselves() {
        let bench = Bench::new();
        let first = bench.call(Number(0, None)).await;
        let second = bench.call(Number(2, None)).await;
        first.abort();
        assert_eq!(second.await.unwrap(), None);
        assert!(bench.all.lock().is_empty());
        let third = bench.call(Number(4, None)).await;
        bench.place.gate.add_permits(1);
        assert_eq!(third.await.unwrap(), Some(4));
    }

    #[tokio::test]
    async fn tenants_do_not_wait_for_each_other() {
        let bench = Bench::new();
        let _first = bench.call(Number(0, None)).await;
        let other =
            Bench { tenant: Mint { at: jiff::Timestamp::UNIX_EPOCH, seed: 2 }.id(0), ..bench };
        let second = other.call(Number(2, None)).await;
        assert_eq!(other.begun(), [vec![0], vec![2]]);
        assert!(second.now_or_never().is_none());
    }
}
