//! A span of somebody's time, held or confirmed for a customer.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::id::{AppointmentId, CustomerId, ResourceId, ServiceId, StaffId, ThreadId};
use super::money::Money;
use super::time::TimeWindow;

/// Where an appointment is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AppointmentStatus {
    /// Kept free until `hold_expires_at`.
    Held,
    /// Agreed.
    Confirmed,
    /// The customer came.
    Completed,
    /// The customer did not come.
    NoShow,
    /// Called off.
    Cancelled,
    /// The hold ran out.
    Expired,
}

impl AppointmentStatus {
    /// Whether it keeps others out of its time.
    pub const fn is_active(self) -> bool {
        matches!(self, Self::Held | Self::Confirmed)
    }

    /// The stored name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Held => "held",
            Self::Confirmed => "confirmed",
            Self::Completed => "completed",
            Self::NoShow => "no_show",
            Self::Cancelled => "cancelled",
            Self::Expired => "expired",
        }
    }

    /// The status of a stored name.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Held, Self::Confirmed, Self::Completed, Self::NoShow, Self::Cancelled, Self::Expired]
            .into_iter()
            .find(|s| s.as_str() == name)
    }
}

/// A span of somebody's time, held or confirmed for a customer. Price and deposit are frozen when it is made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Appointment {
    /// Its id.
    pub id: AppointmentId,
    /// For whom.
    pub customer: CustomerId,
    /// The conversation that made it; `None` for what the owner entered.
    pub thread: Option<ThreadId>,
    /// What is done.
    pub service: ServiceId,
    /// By whom.
    pub staff: StaffId,
    /// On what; `None` where the service needs nothing.
    pub resource: Option<ResourceId>,
    /// What the customer is told: start and end without buffers.
    pub window: TimeWindow,
    /// What is kept free of others: with buffers.
    pub blocked: TimeWindow,
    /// Where it is in its life.
    pub status: AppointmentStatus,
    /// When a hold ends; `None` once it is no longer held.
    pub hold_expires_at: Option<Timestamp>,
    /// The agreed price.
    pub price: Money,
    /// What has been paid of it so far.
    pub paid: Money,
    /// When it was made.
    pub created_at: Timestamp,
}

/// Somebody else's claim on time, as scheduling sees it: no names, no prices.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Busy {
    /// Whose time.
    pub staff: StaffId,
    /// What is occupied.
    pub resource: Option<ResourceId>,
    /// With buffers.
    pub blocked: TimeWindow,
    /// The appointment behind it, so that a reschedule can look past its own.
    pub appointment: AppointmentId,
}
