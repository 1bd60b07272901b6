//! A process that dies at any call of any port: the next one carries on, and outside nobody sees more than a pause.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicUsize, Ordering};

use jiff::SignedDuration;
use ratiba_core::Ratiba;
use ratiba_core::domain::appointment::AppointmentStatus;
use ratiba_core::domain::payment::{Account, PaymentState};
use ratiba_core::domain::tenant::Rail;
use ratiba_core::ports::channel::Outbound;
use ratiba_core::ports::notify::Notice;
use ratiba_core::ports::outbox::{OutboxStatus, Outgoing};

use super::gate::{Death, Gate};
use super::world::{BOOK, CUSTOMER, World};

/// Longer than any lease, shorter than the payment window.
const PAST_LEASES: SignedDuration = SignedDuration::from_mins(2);
/// Longer than the payment window.
const PAST_THE_WINDOW: SignedDuration = SignedDuration::from_mins(6);

/// What is asked for, and how it is paid.
struct Script {
    shop: &'static str,
    rail: Rail,
    /// The first message, answered by a question.
    books: &'static str,
    /// The yes to it.
    agrees: &'static str,
    /// What is paid, in cents.
    price: i64,
    /// Where the customer stands once the first request for money is known to be of unknown fate, and where its payment does.
    given_up: (&'static str, &'static str),
}

/// A prompt may be on the phone, so its window is waited for.
const BY_PHONE: Script = Script {
    shop: "demo-barbershop",
    rail: Rail::Mpesa,
    books: BOOK,
    agrees: "yes",
    price: 50_000,
    given_up: ("PAYMENT_TIMEOUT", "timed_out"),
};

/// A page whose address was lost is nobody's, so another is had at once.
const ON_A_PAGE: Script = Script {
    shop: "demo-salon",
    rail: Rail::Card,
    books: "hair treatment tomorrow at 10am",
    agrees: "by card please",
    price: 75_000,
    given_up: ("PAYMENT_FAILED", "failed"),
};

/// What comes from outside, one thing after another. `answered` counts those that we have answered for: the provider repeats the others.
async fn converse(script: &Script, world: &World, process: &Ratiba, answered: &AtomicUsize) {
    loop {
        match answered.load(Ordering::SeqCst) {
            at @ (0 | 1) => {
                let (id, text) = [("m1", script.books), ("m2", script.agrees)][at];
                process.receive(world.message(CUSTOMER, id, text)).await.unwrap();
            }
            // Nobody was asked for money: then none comes.
            2 => match world.till.asked().last() {
                Some(asked) if script.can_be_paid(world) => asked.pay(process).await,
                Some(_) | None => return,
            },
            _ => return,
        }
        answered.fetch_add(1, Ordering::SeqCst);
        process.work_until_idle().await.unwrap();
    }
}

impl Script {
    /// Whether the customer was shown where to pay: a prompt shows itself, a page has to be told of.
    fn can_be_paid(&self, world: &World) -> bool {
        let told_of_a_page = |message: &Outbound| message.reply.link.is_some();
        self.rail == Rail::Mpesa || world.phones.got_by(CUSTOMER).iter().any(told_of_a_page)
    }
}

/// What a run of the conversation has left behind.
struct Run {
    script: &'static Script,
    world: World,
    /// The process that is alive at the end.
    process: Ratiba,
    /// The calls of the process that died.
    calls: Vec<&'static str>,
    died: bool,
    /// The first request was written down and never made or never known of, so it was given up and the customer asked for another.
    waited: bool,
}

/// Runs the conversation in a process that dies there, and to its end in the next one.
async fn run(script: &'static Script, at: usize, death: Death) -> Run {
    let world = World::of_shop(script.shop, script.rail).await;
    let gate = Gate::dying(at, death);
    let mortal = world.process_behind(&gate, 1).await;
    let answered = AtomicUsize::new(0);
    let died = tokio::select! {
        biased;
        () = gate.death() => true,
        () = converse(script, &world, &mortal, &answered) => false,
    };
    if !died {
        let calls = gate.calls();
        return Run { script, world, process: mortal, calls, died, waited: false };
    }
    drop(mortal);

    let process = world.process(2).await;
    world.wait(&process, PAST_LEASES).await;
    converse(script, &world, &process, &answered).await;
    let waited = answered.load(Ordering::SeqCst) == 2;
    if waited {
        world.wait(&process, PAST_THE_WINDOW).await;
        assert_eq!(world.state(&process).await, script.given_up.0);
        assert!(!script.can_be_paid(&world) || world.till.asked().is_empty());
        world.say(&process, "m3", "yes").await;
        converse(script, &world, &process, &answered).await;
    }
    Run { script, world, process, calls: gate.calls(), died, waited }
}

impl Run {
    /// By the provider's book nobody was asked twice for one payment; by ours one payment is paid and one appointment is booked.
    async fn money_and_diary_are_right(&self) {
        let Self { script, world, process, .. } = self;
        let mut asked: Vec<_> = world.till.asked().iter().map(|asked| asked.payment.id).collect();
        asked.sort_unstable();
        let times = asked.len();
        asked.dedup();
        assert_eq!(asked.len(), times, "the customer was asked twice for one payment");
        // A page that was made, and whose address was lost with the process, is one that nobody knows of.
        let lost = usize::from(self.waited && times == 2);
        assert!(lost == 0 || script.rail == Rail::Card);
        assert_eq!(times - lost, 1, "the customer was asked for money");

        let payments = world.payments(process).await;
        let (paid, others): (Vec<_>, Vec<_>) = payments
            .into_iter()
            .partition(|payment| matches!(payment.state, PaymentState::Paid { .. }));
        assert_eq!(paid.iter().map(|payment| payment.id).collect::<Vec<_>>(), asked[lost..]);
        let states: Vec<_> = others.iter().map(|payment| payment.state.as_str()).collect();
        assert_eq!(states, if self.waited { vec![script.given_up.1] } else { vec![] });

        let ledger = world.of(process).ledger(None).await.unwrap();
        let at_provider = ledger.iter().filter(|entry| entry.account == Account::Provider);
        assert_eq!(at_provider.map(|entry| entry.amount.minor).sum::<i64>(), script.price);
        assert_eq!(ledger.iter().map(|entry| entry.amount.minor).sum::<i64>(), 0);

        let diary = world.diary(process).await;
        let booked: Vec<_> =
            diary.iter().filter(|a| a.status == AppointmentStatus::Confirmed).collect();
        assert_eq!(booked.len(), 1);
        assert_eq!(booked[0].paid.minor, script.price);
        assert!(!diary.iter().any(|a| a.status == AppointmentStatus::Held), "{diary:?}");
    }

    /// Nothing that came in is left lying, and the customer is where the conversation should end.
    async fn nothing_was_lost(&self) {
        let Self { world, process, .. } = self;
        assert_eq!(world.state(process).await, "PAYMENT_CONFIRMED");
        let customer = world.customer(process, CUSTOMER).await;
        let lane = world.of(process).lane(customer.id, 10).await.unwrap().unwrap();
        assert_eq!(lane.pending, []);
        assert_eq!(process.store().dead_letters(None, 10).await.unwrap(), []);
        for thread in world.of(process).threads(10).await.unwrap() {
            let replay = process.replay(world.tenant(), thread.id).await.unwrap();
            assert!(replay.differences.is_empty(), "{:?}", replay.differences);
        }
    }

    /// How often each message arrived; each of them once, except as the place of death allows.
    async fn messages_are_right(&self, at: usize, death: Death) {
        let Self { world, process, calls, .. } = self;
        let mut arrived = BTreeMap::new();
        let mut texts: BTreeMap<_, BTreeSet<_>> = BTreeMap::new();
        for message in world.phones.got() {
            *arrived.entry(message.id).or_insert(0) += 1;
            texts.entry((message.to.peer, message.reply.text)).or_default().insert(message.id);
        }
        // Sent and not recorded: nobody can know.
        let unrecorded = self.died
            && match death {
                Death::After => calls[at - 1] == "send",
                Death::Before => calls[at - 1] == "record_attempt" && calls[at - 2] == "send",
            };
        let mut repeated = 0;
        for row in world.outbox(process).await {
            let Outgoing::Reply { repeatable, .. } = row.item.what else { continue };
            let times = arrived.get(&row.item.id).copied().unwrap_or(0);
            if repeatable {
                assert_eq!(row.status, OutboxStatus::Done);
                assert!((1..=2).contains(&times), "a message arrived {times} times");
            } else {
                assert!(times <= 1, "the text beside a payment prompt was repeated");
                // It is lost only when the attempt had begun, for it is never repeated; then an operator knows.
                let begun = self.died
                    && match death {
                        Death::After => calls[at - 1] == "lease",
                        Death::Before => calls[at - 1] == "send",
                    };
                let known = Notice::Undeliverable { outbox: row.item.id, code: None };
                let told = world.operators.told().contains(&known);
                assert_eq!(row.status == OutboxStatus::Failed, told);
                assert!(times == 1 || (told && begun));
            }
        }
        for times in arrived.values() {
            repeated += times - 1;
        }
        assert!(repeated <= i32::from(unrecorded), "{repeated} repetitions, {unrecorded}");
        for ((_, text), messages) in texts {
            // Whoever is asked for money again is told so again.
            assert!(messages.len() == 1 || self.waited, "said twice: {text}");
        }
    }
}

/// Runs the conversation with a death at every call, one after another, until it ends without.
#[expect(clippy::print_stderr, reason = "a failing test shows at which death it failed")]
async fn die_everywhere(script: &'static Script, death: Death) {
    let whole = run(script, usize::MAX, death).await.calls;
    let submit = whole.iter().position(|call| *call == "submit").unwrap() + 1;
    let lease = whole[..submit].iter().rposition(|call| *call == "lease").unwrap() + 1;
    // A prompt shows itself to the customer when it is made; a page is nobody's until its address is stored.
    let known = match script.rail {
        Rail::Mpesa => submit,
        Rail::Card | Rail::Cash => {
            submit + 1 + whole[submit..].iter().position(|call| *call == "record_attempt").unwrap()
        }
    };
    for at in 1.. {
        let run = run(script, at, death).await;
        if !run.died {
            assert_eq!(run.calls, whole, "the conversation always takes the same calls");
            assert_eq!(at, whole.len() + 1);
            return;
        }
        let call = run.calls.get(at - 1).copied().unwrap_or("the end");
        let place = format!("death {death:?} call {at}, {call}");
        eprintln!("{place}");
        run.money_and_diary_are_right().await;
        run.nothing_was_lost().await;
        run.messages_are_right(at, death).await;
        // Once the lease is taken the request may have been made, so it is never made again.
        let begun = match death {
            Death::Before => lease < at && at <= known,
            Death::After => lease <= at && at < known,
        };
        assert_eq!(run.waited, begun, "{place}");
    }
}

#[tokio::test]
async fn a_process_may_die_before_any_call() {
    die_everywhere(&BY_PHONE, Death::Before).await;
}

#[tokio::test]
async fn a_process_may_die_after_any_call() {
    die_everywhere(&BY_PHONE, Death::After).await;
}

#[tokio::test]
async fn a_process_may_die_before_any_call_of_a_payment_by_card() {
    die_everywhere(&ON_A_PAGE, Death::Before).await;
}

#[tokio::test]
async fn a_process_may_die_after_any_call_of_a_payment_by_card() {
    die_everywhere(&ON_A_PAGE, Death::After).await;
}

#[tokio::test]
async fn money_for_a_prompt_of_unknown_fate_books_what_its_window_released() {
    let whole = run(&BY_PHONE, usize::MAX, Death::After).await.calls;
    let submit = whole.iter().position(|call| *call == "submit").unwrap() + 1;
    let world = World::new().await;
    let gate = Gate::dying(submit, Death::After);
    let mortal = world.process_behind(&gate, 1).await;
    let answered = AtomicUsize::new(0);
    tokio::select! {
        biased;
        () = gate.death() => {}
        () = converse(&BY_PHONE, &world, &mortal, &answered) => panic!("it lives"),
    }
    drop(mortal);

    let process = world.process(2).await;
    world.wait(&process, PAST_LEASES).await;
    world.wait(&process, PAST_THE_WINDOW).await;
    assert_eq!(world.state(&process).await, "PAYMENT_TIMEOUT");
    converse(&BY_PHONE, &world, &process, &answered).await;
    let script = &BY_PHONE;
    let run = Run { script, world, process, calls: gate.calls(), died: true, waited: false };
    run.money_and_diary_are_right().await;
    run.nothing_was_lost().await;
    run.messages_are_right(submit, Death::After).await;
}

#[tokio::test]
async fn a_prompt_that_waited_past_its_window_is_never_made_and_its_payment_is_explained() {
    let whole = run(&BY_PHONE, usize::MAX, Death::After).await.calls;
    let submit = whole.iter().position(|call| *call == "submit").unwrap() + 1;
    let lease = whole[..submit].iter().rposition(|call| *call == "lease").unwrap() + 1;
    let world = World::new().await;
    let gate = Gate::dying(lease, Death::Before);
    let mortal = world.process_behind(&gate, 1).await;
    let answered = AtomicUsize::new(0);
    tokio::select! {
        biased;
        () = gate.death() => {}
        () = converse(&BY_PHONE, &world, &mortal, &answered) => panic!("it lives"),
    }
    drop(mortal);

    let process = world.process(2).await;
    world.wait(&process, PAST_THE_WINDOW).await;
    assert!(world.till.asked().is_empty(), "nobody is asked once the time to pay is over");
    let payments = world.payments(&process).await;
    assert_eq!((payments[0].state.as_str(), payments[0].is_open()), ("failed", false));
    world.say(&process, "m3", "yes").await;
    converse(&BY_PHONE, &world, &process, &answered).await;
    assert_eq!(world.state(&process).await, "PAYMENT_CONFIRMED");
}
