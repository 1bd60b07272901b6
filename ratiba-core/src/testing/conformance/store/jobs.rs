//! Runs of jobs: one worker does each.

use futures_util::future::join_all;

use super::shop::{Shop, at};
use crate::ports::jobs::{Claim, JobRun};
use crate::ports::store::Store;

fn run(shop: &Shop, minute: i64) -> JobRun {
    JobRun { name: "reap", tenant: Some(shop.tenant), scheduled_for: at(minute) }
}

/// Of many workers that see one run, one gets it.
pub async fn a_run_is_done_by_one(store: &dyn Store) {
    let shop = Shop::open(store).await;
    let run = run(&shop, 0);
    let claims = join_all((0..16).map(|_| store.claim_job(&run, at(1), at(30)))).await;
    let claims: Vec<_> = claims.into_iter().map(Result::unwrap).collect();
    assert_eq!(claims.iter().filter(|claim| **claim == Claim::Ours).count(), 1, "{claims:?}");
    assert_eq!(claims.iter().filter(|claim| **claim == Claim::Taken).count(), 15, "{claims:?}");
}

/// A worker that died keeps a run no longer than its lease.
pub async fn a_run_whose_holder_died_is_taken_over(store: &dyn Store) {
    let shop = Shop::open(store).await;
    let run = run(&shop, 0);
    assert_eq!(store.claim_job(&run, at(1), at(30)).await.unwrap(), Claim::Ours);
    assert_eq!(store.claim_job(&run, at(29), at(60)).await.unwrap(), Claim::Taken);
    assert_eq!(store.claim_job(&run, at(30), at(60)).await.unwrap(), Claim::Ours);
    assert_eq!(store.claim_job(&run, at(31), at(60)).await.unwrap(), Claim::Taken);
}

/// Nobody does again what is done, however late.
pub async fn a_finished_run_stays_finished(store: &dyn Store) {
    let shop = Shop::open(store).await;
    let run = run(&shop, 0);
    assert_eq!(store.claim_job(&run, at(1), at(30)).await.unwrap(), Claim::Ours);
    store.finish_job(&run, at(2)).await.unwrap();
    for now in [at(3), at(31), at(3_000)] {
        let later = store.claim_job(&run, now, at(9_000)).await.unwrap();
        assert_eq!(later, Claim::Finished);
    }
}

/// Another tenant's run, another day's and another job's are other runs; so is one of the whole deployment.
pub async fn runs_are_apart_by_tenant_and_moment(store: &dyn Store) {
    let (a, b) = (Shop::open(store).await, Shop::open_as(store, "demo-salon").await);
    let all = [
        run(&a, 0),
        run(&b, 0),
        run(&a, 1),
        JobRun { name: "digest", ..run(&a, 0) },
        JobRun { tenant: None, ..run(&a, 0) },
    ];
    for run in &all {
        assert_eq!(store.claim_job(run, at(2), at(30)).await.unwrap(), Claim::Ours, "{run:?}");
    }
    assert!(store.delete_tenant(a.tenant).await.unwrap());
    assert_eq!(store.claim_job(&all[1], at(3), at(30)).await.unwrap(), Claim::Taken);
}

/// Runs of long ago are forgotten a few at a time, later ones are not.
pub async fn old_runs_are_forgotten(store: &dyn Store) {
    let shop = Shop::open(store).await;
    for minute in 0..5 {
        store.claim_job(&run(&shop, minute), at(10), at(30)).await.unwrap();
    }
    assert_eq!(store.forget_jobs(at(3), 2).await.unwrap(), 2);
    assert_eq!(store.forget_jobs(at(3), 2).await.unwrap(), 1);
    assert_eq!(store.forget_jobs(at(3), 2).await.unwrap(), 0);
    assert_eq!(store.claim_job(&run(&shop, 3), at(11), at(30)).await.unwrap(), Claim::Taken);
}
