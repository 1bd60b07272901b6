//! Programs of bookings, run against a store and against a model that is plainly right: same answers, and never an overlap.

use jiff::{SignedDuration, Timestamp};

use super::shop::{Shop, at, is_committed};
use crate::domain::appointment::{Appointment, AppointmentStatus as Status};
use crate::domain::id::{CustomerId, ResourceId, StaffId};
use crate::domain::time::TimeWindow;
use crate::ports::store::{CommitOutcome, Store, Write};

/// A time with one of two people, on one of two chairs or none.
#[derive(Debug, Clone, Copy)]
pub struct Place {
    /// Which of the two people: odd or even.
    pub staff: u8,
    /// 0 for no chair, else which of the two: odd or even.
    pub chair: u8,
    /// When it starts, in steps of five minutes after the opening; a day at most.
    pub start: u8,
    /// How long it takes, in steps of five minutes; 0 counts as 1.
    pub length: u8,
}

/// One thing that somebody does. Appointments are named by the order in which they were asked for, counted round.
#[derive(Debug, Clone, Copy)]
pub enum Step {
    /// Holds one for so many minutes.
    Hold(Place, u8),
    /// Enters one that was agreed on outside.
    Enter(Place),
    /// Agrees on one.
    Confirm(u8),
    /// Keeps one for so many minutes from now.
    Extend(u8, u8),
    /// Gives a held one back.
    Release(u8),
    /// Calls an agreed one off.
    Cancel(u8),
    /// Holds a new one and lets it take the place of an older one.
    Move(u8, Place),
    /// So many minutes pass.
    Wait(u8),
}

/// What the store should know, kept in the plainest way.
struct Model {
    known: Vec<Appointment>,
    now: Timestamp,
}

impl Model {
    fn blocks(&self, new: &Appointment) -> bool {
        self.known.iter().any(|old| old.status.is_active() && clash(old, new))
    }

    fn expire_in_the_way_of(&mut self, new: &Appointment) {
        let now = self.now;
        for old in &mut self.known {
            if old.hold_expires_at.is_some_and(|end| end <= now) && clash(old, new) {
                set(old, Status::Expired);
            }
        }
    }

    /// Adds an active one, if its time is free.
    fn add(&mut self, new: Appointment) -> bool {
        self.expire_in_the_way_of(&new);
        let free = !self.blocks(&new);
        if free {
            self.known.push(new);
        }
        free
    }

    fn confirm(&mut self, index: usize) -> bool {
        let one = self.known[index].clone();
        let can = match one.status {
            Status::Held | Status::Confirmed => true,
            Status::Expired => {
                self.expire_in_the_way_of(&one);
                !self.blocks(&one)
            }
            Status::Completed | Status::NoShow | Status::Cancelled => false,
        };
        if can {
            set(&mut self.known[index], Status::Confirmed);
        }
        can
    }
}

fn clash(a: &Appointment, b: &Appointment) -> bool {
    let same_chair = a.resource.is_some() && a.resource == b.resource;
    a.id != b.id && (a.staff == b.staff || same_chair) && a.blocked.overlaps(b.blocked)
}

fn set(one: &mut Appointment, status: Status) {
    one.status = status;
    one.hold_expires_at = None;
}

/// Who and what there is to be taken.
struct Cast {
    staff: [StaffId; 2],
    chairs: [ResourceId; 2],
}

impl Cast {
    fn ask(
        &self,
        shop: &Shop,
        template: &Appointment,
        place: Place,
        until: Timestamp,
    ) -> Appointment {
        let start = at(i64::from(place.start) * 5);
        let window = TimeWindow::of_minutes(start, u32::from(place.length.max(1)) * 5);
        Appointment {
            id: shop.id(),
            staff: self.staff[usize::from(place.staff % 2)],
            resource: (place.chair > 0).then(|| self.chairs[usize::from(place.chair % 2)]),
            window,
            blocked: window,
            hold_expires_at: Some(until),
            ..template.clone()
        }
    }
}

fn minutes(n: u8) -> SignedDuration {
    SignedDuration::from_mins(i64::from(n))
}

/// Runs a program in an empty store. Panics where the store and the model differ.
pub async fn run_program(store: &dyn Store, program: &[Step]) {
    let shop = Shop::open(store).await;
    let customer = shop.customer(1).await;
    let template = shop.hold(customer, 0);
    let cast = Cast { staff: [template.staff, shop.id()], chairs: [shop.id(), shop.id()] };
    let mut model = Model { known: Vec::new(), now: at(0) };
    for step in program {
        let before = model.known.clone();
        let expected = take(&mut model, &shop, &cast, &template, *step);
        let Some((writes, possible)) = expected else { continue };
        let done = match writes {
            Does::Write(writes) => {
                let outcome = shop.change(1, model.now, writes).await;
                assert!(is_committed(&outcome) || outcome == CommitOutcome::SlotTaken);
                is_committed(&outcome)
            }
            Does::Enter(new) => shop.store.enter(&new).await.unwrap(),
        };
        assert_eq!(done, possible, "{step:?}");
        if !possible {
            model.known = before;
        }
        compare(&shop, &model, customer).await;
    }
}

/// What the store is asked to do.
enum Does {
    Write(Vec<Write>),
    Enter(Box<Appointment>),
}

/// Takes a step in the model; gives back what to ask of the store and whether it has to be possible.
fn take(
    model: &mut Model,
    shop: &Shop,
    cast: &Cast,
    template: &Appointment,
    step: Step,
) -> Option<(Does, bool)> {
    let count = model.known.len();
    let pick = |n: u8| (count > 0).then(|| usize::from(n) % count);
    let now = model.now;
    match step {
        Step::Wait(n) => {
            model.now += minutes(n);
            None
        }
        Step::Hold(place, ttl) => {
            let new = cast.ask(shop, template, place, now + minutes(ttl));
            let possible = model.add(new.clone());
            Some((Does::Write(vec![Write::Hold(vec![new])]), possible))
        }
        Step::Enter(place) => {
            let mut new = cast.ask(shop, template, place, now);
            set(&mut new, Status::Confirmed);
            new.created_at = now;
            let possible = model.add(new.clone());
            Some((Does::Enter(Box::new(new)), possible))
        }
        Step::Confirm(n) => {
            let index = pick(n)?;
            let writes = vec![Write::Confirm(vec![model.known[index].id])];
            let possible = model.confirm(index);
            Some((Does::Write(writes), possible))
        }
        Step::Extend(n, ttl) => {
            let one = &mut model.known[pick(n)?];
            let until = now + minutes(ttl);
            if one.status == Status::Held {
                one.hold_expires_at = Some(until);
            }
            Some((Does::Write(vec![Write::Extend { ids: vec![one.id], until }]), true))
        }
        Step::Release(n) => {
            let one = &mut model.known[pick(n)?];
            if one.status == Status::Held {
                set(one, Status::Expired);
            }
            Some((Does::Write(vec![Write::Release(vec![one.id])]), true))
        }
        Step::Cancel(n) => {
            let one = &mut model.known[pick(n)?];
            if one.status == Status::Confirmed {
                set(one, Status::Cancelled);
            }
            Some((Does::Write(vec![Write::Cancel(one.id)]), true))
        }
        Step::Move(n, place) => {
            let old = &mut model.known[pick(n)?];
            if old.status == Status::Confirmed {
                set(old, Status::Cancelled);
            }
            let old = old.id;
            let new = cast.ask(shop, template, place, now + minutes(1));
            let writes = vec![Write::Hold(vec![new.clone()]), Write::Replace { old, new: new.id }];
            let possible = model.add(new);
            if possible {
                model.confirm(count);
            }
            Some((Does::Write(writes), possible))
        }
    }
}

async fn compare(shop: &Shop, model: &Model, customer: CustomerId) {
    let mut stored = shop.store.appointments_of(customer).await.unwrap();
    let mut known = model.known.clone();
    stored.sort_by_key(|one| one.id);
    known.sort_by_key(|one| one.id);
    assert_eq!(stored, known);
    for (index, one) in stored.iter().enumerate() {
        for other in &stored[index + 1..] {
            let both = one.status.is_active() && other.status.is_active();
            assert!(!(both && clash(one, other)), "{one:?} overlaps {other:?}");
        }
    }
    let always = TimeWindow { start: at(0), end: at(10_000) };
    let busy = shop.store.busy(always, model.now).await.unwrap();
    let free_again = |one: &&Appointment| one.hold_expires_at.is_none_or(|end| end > model.now);
    let claims = known.iter().filter(|one| one.status.is_active()).filter(free_again).count();
    assert_eq!(busy.len(), claims);
}
