//! Free time: opening hours, breaks, holidays, buffers, resources, lead and horizon in; free slots and fair choices out.

pub mod slot;
