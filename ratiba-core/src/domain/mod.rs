//! The nouns: ids, money, phones, time windows, tenants, catalogues, appointments, customers, messages. Plain values, no I/O.

pub mod appointment;
pub mod catalogue;
pub mod channel;
pub mod color;
pub mod customer;
pub mod dial_change;
pub mod dials;
pub mod hours;
pub mod id;
pub mod knowledge;
pub mod message;
pub mod model_policy;
pub mod money;
pub mod payment;
pub mod phone;
pub mod proof;
pub mod route;
pub mod sms;
pub mod template;
pub mod tenant;
pub mod time;
pub mod useful;
pub mod visit;
pub mod wait;
