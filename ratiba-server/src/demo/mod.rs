//! The demo: three businesses, stand-ins of the outside systems, and a page to play with.
//!
//! Everything between the phones and the database is what a deployment runs; only Meta, Safaricom and PesaPal are played, over real HTTP on
//! this machine.

mod actions;
mod cards;
mod chat;
mod clock;
mod feed;
mod letters;
mod open;
mod people;
mod prompts;
pub(crate) mod routes;
mod seed;
mod view;

use std::collections::HashMap;
use std::sync::Arc;

use jiff::SignedDuration;

use ratiba_core::domain::channel::ChannelKind;
use ratiba_core::domain::id::TenantId;
use ratiba_core::ports::hot::{Topic, WakeUp};
use ratiba_core::sim::africastalking::AfricasTalkingSim;
use ratiba_core::sim::daraja::DarajaSim;
use ratiba_core::sim::meta::{Dm, MessagingSim, MetaSim};
use ratiba_core::sim::pesapal::PesaPalSim;

pub use clock::DemoClock;
pub(crate) use open::open;
use people::{Persona, Shop};

/// The world around the demo's server.
#[derive(Debug)]
pub struct Demo {
    clock: Arc<DemoClock>,
    wake: Arc<dyn WakeUp>,
    meta: MetaSim,
    instagram: MessagingSim,
    messenger: MessagingSim,
    sms: AfricasTalkingSim,
    daraja: DarajaSim,
    pesapal: PesaPalSim,
    /// By slug: id and name.
    shops: HashMap<&'static str, (TenantId, String)>,
}

/// Every shop of `people::SHOPS` is in the map: it is made from that list.
impl Demo {
    fn tenant(&self, shop: &Shop) -> TenantId {
        self.shops[shop.slug].0
    }

    /// Moves the clock forward; what falls due meanwhile happens.
    pub async fn advance(&self, by: SignedDuration) {
        self.clock.advance(by);
        self.daraja.tick();
        self.wake.wake(Topic::Timers).await;
    }

    /// The conversation of a shop and a persona on Instagram or Messenger; `None` on WhatsApp.
    fn dm(&self, shop: &Shop, persona: &Persona, channel: ChannelKind) -> Option<Dm> {
        let id = persona.id_on(channel);
        match channel {
            ChannelKind::Instagram => Some(self.instagram.dm(shop.instagram, &id)),
            ChannelKind::Messenger => Some(self.messenger.dm(shop.page, &id)),
            _ => None,
        }
    }

    fn name(&self, shop: &Shop) -> String {
        self.shops[shop.slug].1.clone()
    }
}
