//! Language models: the providers against their stand-ins, the router, its budget, and turns with models behind the ear.

mod better;
mod budget;
mod down;
mod injections;
mod obedient;
mod owner;
mod owner_injections;
mod price_lists;
mod providers;
mod rig;
mod router;
mod share;
mod suggest;
mod turns;

pub(crate) use rig::model_of;
