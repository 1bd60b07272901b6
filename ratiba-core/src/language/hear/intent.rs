//! Decides what the customer wants from the cues, the values that were found, and what was asked last.

mod stance;

use stance::{Phrases, Stance};

use super::concept::C;
use super::cues::{self, For};
use super::greet::Manners;
use super::scene::Scene;
use super::text::{Kind, Tokens};
use crate::language::understanding::{Expecting, Intent};

/// What else is known of the message.
#[derive(Debug, Clone, Copy, Default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "independent facts about one message, each read once"
)]
pub(super) struct Facts {
    /// What was polite.
    pub(super) manners: Manners,
    /// A service, or candidates for one.
    pub(super) service: bool,
    /// A member of staff or anyone.
    pub(super) staff: bool,
    /// A day, a time or a part of the day.
    pub(super) when: bool,
    /// How many days and times are named.
    pub(super) moments: usize,
    /// Anybody will do.
    pub(super) anyone: bool,
    /// A phone, name, amount, rail or choice.
    pub(super) detail: bool,
    /// A place in a list, or a choice of it.
    pub(super) picked: bool,
    /// A phone number or a way to pay.
    pub(super) means: bool,
    /// What was asked last.
    pub(super) expecting: Expecting,
}

/// The decision.
#[derive(Debug, Clone, Copy, PartialEq)]
#[expect(clippy::struct_excessive_bools, reason = "independent findings")]
pub(super) struct Decision {
    /// What is wanted.
    pub(super) intent: Intent,
    /// How sure that is.
    pub(super) confidence: f32,
    /// Other times are wanted.
    pub(super) more: bool,
    /// Something said before is corrected.
    pub(super) correction: bool,
    /// Payment at the venue is wanted.
    pub(super) venue: bool,
    /// To be told when a time opens up is wanted.
    pub(super) notify: bool,
    /// A moment is wanted, and nothing else.
    pub(super) pause: bool,
    /// More than one person is to be served.
    pub(super) party: bool,
    /// They tell that they will be late.
    pub(super) late: bool,
}

/// Points for each intent that is a request.
#[derive(Debug, Default, Clone, Copy)]
#[expect(clippy::struct_excessive_bools, reason = "independent findings")]
struct Scores {
    points: [u32; 15],
    hypothetical: bool,
    refusal: bool,
    unable: bool,
    telling: bool,
    notice: bool,
    offering: bool,
    must: bool,
    pause: bool,
    party: bool,
    late: bool,
    more: bool,
    correction: bool,
    venue: bool,
    phrases: Phrases,
}

impl Scores {
    /// What the cues say.
    fn gathered(t: &Tokens<'_>, view: &[usize]) -> Self {
        let mut scores = Self::default();
        let mut heard: [u32; 15] = [0; 15];
        cues::find(t, view, |means, weight| match means {
            For::Intent(intent) => {
                // The strongest cue counts in full, the others add a little.
                let best = &mut heard[intent as usize];
                let weight = u32::from(weight) * 4;
                *best = if *best == 0 { weight } else { (*best).max(weight) + 2 };
            }
            For::Hypothetical => scores.hypothetical = true,
            For::More => scores.more = true,
            For::Correction => scores.correction = true,
            For::Venue => scores.venue = true,
            For::Refusal => scores.refusal = true,
            For::Unable => scores.unable = true,
            For::Free => scores.offering = true,
            For::Telling => scores.telling = true,
            For::Notice => scores.notice = true,
            For::Yes => scores.phrases.yes = true,
            For::No => scores.phrases.no = true,
            For::Agree => scores.phrases.agree = true,
            For::Works => scores.phrases.works = true,
            For::Must => scores.must = true,
            For::Pause => scores.pause = true,
            For::Party => scores.party = true,
            For::Late => scores.late = true,
        });
        scores.points = heard;
        scores
    }

    fn of(&self, intent: Intent) -> u32 {
        self.points[intent as usize]
    }

    fn add(&mut self, intent: Intent, points: u32) {
        self.points[intent as usize] += points;
    }

    fn drop(&mut self, intent: Intent) {
        self.points[intent as usize] = 0;
    }
}

/// Decides. `view` lists the words that count.
pub(super) fn decide(scene: &Scene<'_>, view: &[usize], facts: &Facts) -> Decision {
    let t = &scene.tokens;
    let mut scores = Scores::gathered(t, view);
    let question = (0..t.len()).any(|k| t.is_mark(k, '?'));
    let stance = Stance::of(scene, view, scores.phrases);
    adjust(&mut scores, scene, view, facts, question, stance);
    // "kids haircut tomorrow at 2pm": a service and a time without any asking are a wish, whatever topic the words name besides.
    let asking = question || view.iter().any(|&k| is_question_word(t, k) || t.entry(k).has(C::Can));
    // So are a number and a way to pay: "use 0733… for mpesa", "pay with card instead".
    if (facts.service && facts.when || facts.means) && !asking {
        scores.drop(Intent::Other);
    }
    let decided = |intent: Intent, confidence: f32| Decision {
        intent,
        confidence,
        more: scores.more,
        correction: scores.correction
            && (facts.when || facts.service || facts.staff || facts.detail),
        venue: scores.venue,
        notify: false,
        pause: false,
        party: scores.party,
        late: false,
    };
    // "If somebody cancels, tell me": nobody here cancels. "Take me off the waiting list" is a stop.
    if scores.notice && scores.of(Intent::Stop) == 0 {
        let wished = facts.service || facts.when;
        let intent = if wished { Intent::Book } else { Intent::Provide };
        return Decision { notify: true, ..decided(intent, 0.85) };
    }
    let said = |c: C| view.iter().any(|&k| t.entry(k).has(c));
    if !asking && only_late(&scores, said) {
        return Decision { late: true, ..decided(Intent::Other, 0.85) };
    }
    let values = facts.service || facts.staff || facts.when || facts.detail;
    let chooses = facts.picked && !question && !facts.service && !facts.when;
    let found = best(&scores).filter(|(intent, _)| {
        let wide = matches!(intent, Intent::Services | Intent::Other | Intent::Hours);
        !(chooses && (wide || *intent == Intent::Book && !said_appt(t, view)))
    });
    if let Some((intent, points)) = found {
        if intent == Intent::Book {
            match not_a_booking(t, view, question, stance, facts) {
                Some(Intent::Provide) => {
                    return Decision { correction: true, ..decided(Intent::Provide, 0.8) };
                }
                Some(other) => return decided(other, 0.85),
                None => {}
            }
        }
        let sure = if points >= 36 {
            0.92
        } else if points >= 24 {
            0.82
        } else {
            0.65
        };
        return decided(intent, sure);
    }
    let corrected = scores.correction || stance.no || stance.but;
    let takes_along = stance.agreed && (stance.strong || stance.yes_first);
    // "yes, by card", "ndio, tumia 0722…": the yes, and how to pay.
    let agrees_with_means = facts.expecting == Expecting::YesNo
        && stance.yes_first
        && !stance.no
        && !stance.but
        && !facts.service
        && !facts.when
        && !facts.staff
        && !facts.picked;
    if agrees_with_means && facts.detail {
        return decided(Intent::Affirm, 0.85);
    }
    if values && (!takes_along || stance.but) {
        let correction = corrected && (stance.no || stance.but || scores.correction);
        return Decision { correction, ..decided(Intent::Provide, 0.85) };
    }
    // "ngoja kidogo", "let me think about it": nothing is asked or answered.
    if scores.pause && !values && !question && !stance.agreed {
        return Decision { pause: true, ..decided(Intent::Other, 0.85) };
    }
    if scores.more && !stance.agreed {
        return decided(Intent::Provide, 0.8);
    }
    if stance.no && !stance.yes_first {
        return decided(Intent::Deny, 0.9);
    }
    // "sawa asante" ends a talk, unless a yes was asked for; "ndio asante" is a yes.
    let weak = !stance.strong && facts.manners.thanked && facts.expecting != Expecting::YesNo;
    if (stance.yes || stance.agreed) && !weak {
        return decided(Intent::Affirm, 0.9);
    }
    if scores.venue {
        return decided(Intent::Provide, 0.75);
    }
    let prays = view.is_empty() && (0..t.len()).any(|k| t.kind(k) == Some(Kind::Emoji('🙏')));
    if facts.manners.thanked || facts.manners.parted || prays {
        return decided(Intent::Thanks, if view.len() <= 3 { 0.9 } else { 0.6 });
    }
    let known = view.iter().filter(|&&k| t.entry(k).known && !t.entry(k).has(C::Filler)).count();
    if facts.manners.greeted && (view.len() <= 2 || known == 0 || !question && view.len() <= 4) {
        return decided(Intent::Greet, 0.9);
    }
    let asks = question || view.iter().any(|&k| is_question_word(t, k));
    decided(Intent::Other, if asks { 0.6 } else { 0.3 })
}

/// "nimechelewa, nitafika saa nne": no wish for a time, unless something is asked for besides.
fn only_late(scores: &Scores, said: impl Fn(C) -> bool) -> bool {
    let wishes = [C::If, C::Want, C::Can, C::Book, C::Move, C::Cancel].into_iter().any(said);
    let other = [Intent::Reschedule, Intent::Cancel, Intent::Human, Intent::Stop];
    scores.late
        && !wishes
        && !scores.hypothetical
        && other.iter().all(|intent| scores.of(*intent) == 0)
}

/// A yes or a no inside a message that asks for a booking, as it seems; `None` when it really does.
fn not_a_booking(
    t: &Tokens<'_>,
    view: &[usize],
    question: bool,
    stance: Stance,
    facts: &Facts,
) -> Option<Intent> {
    let said = |c: C| view.iter().any(|&k| t.entry(k).has(c));
    let values = facts.service || facts.staff || facts.when || facts.detail;
    // "no, I want Friday": a value in place of another.
    let plain_no =
        stance.no && !question && facts.when && !facts.service && !said(C::Book) && !said(C::Appt);
    // "yes book it", "ok cancel it then": a yes to what was asked, with nothing new.
    let bare_yes = stance.yes && !values && !question && view.len() <= 7;
    if plain_no { Some(Intent::Provide) } else { bare_yes.then_some(Intent::Affirm) }
}

/// "nitoe", "anikate", "mnitoe": that it be done to me, of whatever stem the tenant's services have.
fn wishes_for_me(word: &str) -> bool {
    word.len() >= 5
        && word.ends_with('e')
        && ["ni", "ani", "uni", "mni"].iter().any(|head| word.starts_with(head))
}

fn said_appt(t: &Tokens<'_>, view: &[usize]) -> bool {
    view.iter().any(|&k| t.entry(k).has(C::Appt) || t.entry(k).has(C::Book))
}

fn is_question_word(t: &Tokens<'_>, k: usize) -> bool {
    [C::What, C::When, C::Where, C::Who, C::How, C::Which, C::Why, C::HowMany]
        .iter()
        .any(|c| t.entry(k).has(*c))
}

/// Structure that single cues can't see.
fn adjust(
    scores: &mut Scores,
    scene: &Scene<'_>,
    view: &[usize],
    facts: &Facts,
    question: bool,
    stance: Stance,
) {
    let t = &scene.tokens;
    let any = |c: C| view.iter().any(|&k| t.entry(k).has(c));
    let verb = |c: C, form: C| view.iter().any(|&k| t.entry(k).has(c) && t.entry(k).has(form));
    by_verbs(scores, scene, view, facts);
    // "is it still 500 bob?" is about the price, "is it still 10am?" about an appointment.
    if any(C::Money) && scores.of(Intent::MyBookings) <= 24 {
        scores.points[Intent::Services as usize] += scores.of(Intent::MyBookings);
        scores.drop(Intent::MyBookings);
    }
    if scores.unable {
        let anew = facts.moments >= 2 && (any(C::Want) || any(C::Can) || question || any(C::Book));
        scores.add(if anew { Intent::Reschedule } else { Intent::Cancel }, 46);
    }
    if verb(C::Call, C::ObjMe) {
        scores.add(Intent::Human, 52);
    }
    // "I have an appointment at 3, can I come at 4 instead?"
    if scores.correction && any(C::Appt) && facts.moments >= 2 {
        scores.add(Intent::Reschedule, 52);
    }
    // "change my braids to weave", "badilisha service iwe weave": the draft, not the day.
    if any(C::Change) && facts.service && !facts.when && !any(C::Appt) {
        scores.drop(Intent::Reschedule);
        scores.drop(Intent::Services);
        scores.correction = true;
    }
    // "niko free sato mchana" tells when; "…, kuna nafasi?" asks for one all the same.
    let places = view.iter().filter(|&&k| t.entry(k).has(C::Free)).count();
    let asks_more = any(C::Want) || any(C::Can) || any(C::Appt) || any(C::Book) || places > 1;
    if scores.offering && !asks_more {
        scores.drop(Intent::Book);
    }
    if any(C::Come)
        && facts.when
        && !scores.offering
        && !scores.unable
        && !verb(C::Come, C::NegForm)
    {
        scores.add(Intent::Book, 24);
    }
    if any(C::Want) && (facts.service || facts.when) && !scores.telling {
        scores.add(Intent::Book, 26);
    }
    let told = scores.of(Intent::Services) + scores.of(Intent::Hours) + scores.of(Intent::Other);
    if scores.telling && told > 0 && !any(C::Free) && !any(C::Appt) {
        scores.points[Intent::Book as usize] /= 2;
    }
    if facts.service && facts.when && question && scores.points.iter().all(|p| *p == 0) {
        scores.add(Intent::Book, 24);
    }
    let asks_price = any(C::Price) || any(C::HowMany) || any(C::Duration) || any(C::Money);
    if scores.of(Intent::Services) > 0 && facts.service && facts.when && !asks_price {
        scores.add(Intent::Book, scores.of(Intent::Services) + 8);
        scores.drop(Intent::Services);
    }
    let slots_asked = view
        .iter()
        .any(|&k| t.entry(k).has(C::Free) && t.entry(k).has(C::Appt) && t.word(k) != "opening");
    if slots_asked || any(C::Free) && !any(C::Open) && !any(C::Close) && !any(C::Work) {
        scores.drop(Intent::Hours);
    }
    // "do I need to come with my own braids"
    if scores.must && !any(C::Free) {
        scores.drop(Intent::Book);
        scores.add(Intent::Other, 48);
    }
    // "in 2 hours" counts hours, and asks for none.
    let counted = (1..t.len()).any(|k| {
        t.entry(k).has(C::Hour)
            && (t.kind(k - 1) == Some(Kind::Number) || t.entry(k - 1).has(C::Num))
    });
    if counted && !any(C::Open) && !any(C::Close) && (any(C::Free) || facts.service) {
        scores.drop(Intent::Hours);
    }
    // "how many hours do braids take"
    if facts.service && (any(C::HowMany) || any(C::Duration)) && !any(C::Open) && !any(C::Close) {
        scores.drop(Intent::Hours);
    }
    // "kuna mtu free anikate?" asks for a slot, not for a talk.
    if any(C::Free) && (facts.service || facts.when) && !any(C::Talk) && !any(C::Call) {
        scores.drop(Intent::Human);
    }
    // "huduma mbovu sana", "asante kwa huduma nzuri": no question about what there is.
    let asks_price = asks_price || question || view.iter().any(|&k| is_question_word(t, k));
    if !asks_price && !facts.service && (any(C::Bad) || facts.manners.thanked) {
        scores.drop(Intent::Services);
    }
    // "nitalipa cash nikifika" tells, "can I pay cash?" asks.
    if scores.venue && !question && verb(C::Pay, C::SubjI) && !any(C::Can) {
        scores.drop(Intent::Other);
    }
    if facts.service
        && question
        && !facts.when
        && scores.points.iter().all(|p| *p == 0)
        && facts.expecting == Expecting::Nothing
        && !stance.no
    {
        scores.add(Intent::Services, 20);
    }
    settle(scores, scene, view, facts, question);
}

/// What the verbs of services say: for whom the thing is done, and by whom.
fn by_verbs(scores: &mut Scores, scene: &Scene<'_>, view: &[usize], facts: &Facts) {
    let t = &scene.tokens;
    let any = |c: C| view.iter().any(|&k| t.entry(k).has(c));
    let verb = |c: C, form: C| view.iter().any(|&k| t.entry(k).has(c) && t.entry(k).has(form));
    // Verbs of a service: "nisukwe" and "mnisuke" ask for it, "mnasuka?" asks whether it is done.
    let mine = view.iter().any(|&k| {
        let e = t.entry(k);
        e.has(C::ServiceVerb) && (e.has(C::SubjI) && !e.has(C::Cond) || e.has(C::ObjMe))
            || e.has(C::SvcWord) && wishes_for_me(t.word(k))
    });
    if mine {
        scores.add(Intent::Book, 24);
    } else if verb(C::ServiceVerb, C::SubjYou) && !facts.when {
        // "mnaosha nywele?" asks for a service, "mnaosha mashine zenu?" how the house is kept.
        let own = view.iter().any(|&k| matches!(t.word(k), "yenu" | "zenu" | "wenu" | "vyenu"));
        let about = if own && !facts.service { Intent::Other } else { Intent::Services };
        scores.add(about, 36);
    }
    // "kupeleka mtoto kunyolewa" brings somebody to the chair, it moves no appointment.
    let brings = view
        .iter()
        .any(|&k| matches!(t.word(k), "kupeleka" | "kumpeleka" | "nimpeleke" | "niwapeleke"));
    if brings && facts.service && !any(C::Appt) {
        scores.drop(Intent::Reschedule);
        scores.add(Intent::Book, 24);
    }
}

/// The second half of [`adjust`]: what outweighs what.
fn settle(scores: &mut Scores, scene: &Scene<'_>, view: &[usize], facts: &Facts, question: bool) {
    let t = &scene.tokens;
    let any = |c: C| view.iter().any(|&k| t.entry(k).has(c));
    // Values for a booking add to one that is asked for, not to a request about another.
    let settled = [
        Intent::Cancel,
        Intent::Reschedule,
        Intent::Human,
        Intent::Stop,
        Intent::StartOver,
        Intent::MyBookings,
    ];
    if settled.iter().any(|i| scores.of(*i) >= 40) {
        scores.points[Intent::Book as usize] = scores.of(Intent::Book).min(38);
    } else if scores.of(Intent::Book) > 0 {
        let extra =
            u32::from(facts.service) * 4 + u32::from(facts.when) * 4 + u32::from(facts.staff) * 2;
        scores.add(Intent::Book, extra);
    }
    // "nimebadili nia, futa booking": a mind was changed, not an appointment.
    let of_mind = view.iter().any(|&k| matches!(t.word(k), "nia" | "mawazo" | "mind"));
    if of_mind && scores.of(Intent::Cancel) > 0 {
        scores.drop(Intent::Reschedule);
    }
    // "hold on", "ngoja kidogo"
    if view.len() <= 2 && any(C::Wait) && !facts.when && !facts.service {
        scores.drop(Intent::Book);
    }
    // "acha" alone is a no to a question; without one it ends the messages.
    if facts.expecting != Expecting::Nothing
        && view.len() == 1
        && matches!(t.word(view[0]), "acha" | "wacha")
    {
        scores.drop(Intent::Stop);
    }
    if facts.anyone && !facts.when && !facts.service && view.len() <= 5 && !question {
        scores.drop(Intent::Book);
    }
    if scores.refusal && !scores.hypothetical {
        scores.drop(Intent::Cancel);
        scores.drop(Intent::Reschedule);
        scores.points[Intent::Deny as usize] = 40;
    }
    if scores.hypothetical && (scores.of(Intent::Cancel) > 0 || scores.of(Intent::Reschedule) > 0) {
        scores.add(Intent::Other, 48);
        scores.drop(Intent::Services);
        scores.drop(Intent::Book);
        scores.drop(Intent::Cancel);
        scores.drop(Intent::Reschedule);
    }
    // While something is being asked, "change it to Friday" corrects the draft.
    let drafting = facts.expecting != Expecting::Nothing;
    let names_booking = any(C::My) || any(C::Appt);
    if drafting
        && scores.of(Intent::Reschedule) > 0
        && !names_booking
        && (facts.when || facts.service || facts.staff)
    {
        scores.drop(Intent::Reschedule);
        scores.correction = true;
    }
    if facts.when
        && facts.service
        && scores.of(Intent::Book) > 0
        && scores.of(Intent::Other) > 0
        && scores.of(Intent::Book) >= 24
    {
        scores.drop(Intent::Other);
    }
}

/// The request with the most points; on a tie the more particular one.
fn best(scores: &Scores) -> Option<(Intent, u32)> {
    const ORDER: [Intent; 12] = [
        Intent::StartOver,
        Intent::Stop,
        Intent::Human,
        Intent::Deny,
        Intent::Reschedule,
        Intent::Cancel,
        Intent::MyBookings,
        Intent::Hours,
        Intent::Services,
        Intent::Other,
        Intent::Book,
        Intent::Provide,
    ];
    let mut found: Option<(Intent, u32)> = None;
    for intent in ORDER {
        let points = scores.of(intent);
        if points >= 20 && found.is_none_or(|(_, p)| points > p) {
            found = Some((intent, points));
        }
    }
    found
}
