//! Free time: opening hours, breaks, holidays, buffers, resources, lead and horizon in; free slots and fair choices out.

#[cfg(test)]
mod fixture;
pub mod holidays;
pub mod hours;
pub mod slot;
