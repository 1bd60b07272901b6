//! M-Pesa prompts on the customer's phone, at the stand-in of Daraja.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use ratiba_core::ports::clock::Clock;
use ratiba_core::sim::daraja::{DarajaSim, DarajaSimConfig, Ending, SimMerchant};
use serde::{Deserialize, Serialize};

use super::people::{PERSONAS, Persona, SHOPS, Shop};
use crate::run::Failure;

/// A prompt that waits for a PIN.
#[derive(Debug, Serialize, PartialEq)]
pub(super) struct Prompt {
    id: String,
    business: String,
    reference: String,
    amount: i64,
    seconds: i64,
    seconds_left: i64,
}

/// What a customer does with a prompt.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Answer {
    RightPin,
    WrongPin,
    Cancel,
    Ignore,
    NoMoney,
}

/// How long a prompt stays on a phone before it gives up.
const LIFE: SignedDuration = SignedDuration::from_secs(90);

/// Starts the stand-in with the shops' accounts.
pub(super) async fn start(clock: Arc<dyn Clock>) -> Result<DarajaSim, Failure> {
    let started = DarajaSim::start(DarajaSimConfig { clock, prompt_life: LIFE }).await;
    let sim = started
        .map_err(|error| Failure::Open { what: "the stand-in of M-Pesa", source: error.into() })?;
    for shop in &SHOPS {
        sim.add_merchant(merchant(shop));
    }
    Ok(sim)
}

/// A shop's account at the stand-in.
fn merchant(shop: &Shop) -> SimMerchant {
    SimMerchant::paybill(shop.shortcode)
}

/// A shop's credentials, as the adapter reads them.
pub(super) fn credentials(shop: &Shop) -> String {
    merchant(shop).credentials()
}

/// The prompts on a customer's phone; `name` tells what each shop is called. Those for numbers that are nobody's here, such as one typed
/// into the web widget, show on every phone, so that they can be answered.
pub(super) fn open(
    sim: &DarajaSim,
    persona: &Persona,
    name: impl Fn(&Shop) -> String,
    now: Timestamp,
) -> Vec<Prompt> {
    sim.tick();
    let shown = |phone: &str| phone == persona.phone || PERSONAS.iter().all(|p| p.phone != phone);
    let prompts = sim.prompts().into_iter().filter(|prompt| shown(&prompt.phone));
    prompts
        .map(|prompt| {
            let shop = SHOPS.iter().find(|shop| shop.shortcode == prompt.business);
            let left = LIFE.as_secs() - now.duration_since(prompt.at).as_secs();
            Prompt {
                id: prompt.reference.clone(),
                business: shop.map_or(prompt.business, &name),
                reference: prompt.reference,
                amount: prompt.amount * 100,
                seconds: LIFE.as_secs(),
                seconds_left: left.clamp(0, LIFE.as_secs()),
            }
        })
        .collect()
}

/// Does it on the phone that shows the prompt; false when no phone does any more.
pub(super) fn answer(sim: &DarajaSim, id: &str, answer: Answer) -> bool {
    let ending = match answer {
        Answer::RightPin => Ending::Paid,
        Answer::WrongPin => Ending::WrongPin,
        Answer::Cancel => Ending::Cancelled,
        Answer::Ignore => Ending::Ignored,
        Answer::NoMoney => Ending::InsufficientFunds,
    };
    let shown = sim.prompts().into_iter().find(|prompt| prompt.reference == id);
    shown.is_some_and(|prompt| sim.end(&prompt.phone, ending))
}
