//! The demo: three businesses, stand-ins of the outside systems, and a page to play with.
//!
//! Everything between the phones and the database is what a deployment runs; only Meta, Safaricom and PesaPal are played, over real HTTP on
//! this machine.

mod actions;
mod cards;
mod chat;
mod clock;
mod feed;
mod open;
mod people;
mod prompts;
pub(crate) mod routes;
mod seed;
mod view;

use std::collections::HashMap;
use std::sync::Arc;

use ratiba_core::domain::id::TenantId;
use ratiba_core::ports::hot::WakeUp;
use ratiba_core::sim::daraja::DarajaSim;
use ratiba_core::sim::meta::{MessagingSim, MetaSim};
use ratiba_core::sim::pesapal::PesaPalSim;

pub use clock::DemoClock;
pub(crate) use open::open;
use people::Shop;

/// The world around the demo's server.
#[derive(Debug)]
pub struct Demo {
    clock: Arc<DemoClock>,
    wake: Arc<dyn WakeUp>,
    meta: MetaSim,
    instagram: MessagingSim,
    messenger: MessagingSim,
    daraja: DarajaSim,
    pesapal: PesaPalSim,
    /// By slug: id and name.
    shops: HashMap<&'static str, (TenantId, String)>,
}

/// Every shop of [`people::SHOPS`] is in the map: it is made from that list.
impl Demo {
    fn tenant(&self, shop: &Shop) -> TenantId {
        self.shops[shop.slug].0
    }

    fn name(&self, shop: &Shop) -> String {
        self.shops[shop.slug].1.clone()
    }
}
