//! What the demo tenants answer to questions, in English and Swahili.

use jiff::SignedDuration;

use crate::domain::id::Mint;
use crate::domain::knowledge::{Snippet, SnippetKind};
use crate::domain::message::Language;

/// One subject in both languages: kind, (title, body) in English, (title, body) in Swahili.
type Subject = (SnippetKind, [&'static str; 2], [&'static str; 2]);

/// Snippets of a tenant; later subjects count as newer, a minute apart.
pub(super) fn of(mint: Mint, subjects: &[Subject]) -> Vec<Snippet> {
    let mut out = Vec::with_capacity(subjects.len() * 2);
    for (n, (kind, en, sw)) in (0_u32..).zip(subjects) {
        let both = [(Language::En, en), (Language::Sw, sw)];
        for (m, (language, [title, body])) in (0_u32..).zip(both) {
            out.push(Snippet {
                id: mint.id(300 + n * 2 + m),
                kind: *kind,
                title: (*title).to_owned(),
                body: (*body).to_owned(),
                language,
                active: true,
                updated_at: mint.at + SignedDuration::from_mins(i64::from(n)),
            });
        }
    }
    out
}

/// Kinyozi Fresh.
pub(super) const BARBERSHOP: &[Subject] = &[
    (
        SnippetKind::Facility,
        [
            "Parking",
            "There is free parking for about ten cars behind the building. The askari at the gate will show you in.",
        ],
        [
            "Maegesho ya magari (parking)",
            "Kuna parking ya bure nyuma ya jengo, nafasi kama kumi. Askari wa getini atakuonyesha.",
        ],
    ),
    (
        SnippetKind::Prep,
        [
            "What to bring",
            "Just bring yourself. If you have a style in mind, a photo on your phone helps. Towels, capes and aftershave are on us.",
        ],
        [
            "Cha kuja nacho",
            "Njoo tu ulivyo. Kama una style unayoitaka, picha kwenye simu inasaidia. Taulo na aftershave tunazo.",
        ],
    ),
    (
        SnippetKind::Policy,
        [
            "Cancellation policy",
            "You can cancel or move your appointment free of charge until 2 hours before it starts. After that the payment is not refunded.",
        ],
        [
            "Sera ya kughairi (cancellation)",
            "Unaweza kughairi au kubadilisha muda bila malipo hadi masaa mawili kabla ya kuanza. Baada ya hapo pesa hairudishwi.",
        ],
    ),
    (
        SnippetKind::Policy,
        [
            "Payment",
            "You pay the full price by M-Pesa when you book: you get a prompt on your phone and enter your PIN. We do not take cards.",
        ],
        [
            "Malipo",
            "Unalipa bei yote kwa M-Pesa unapobook: utapata ombi kwenye simu na kuweka PIN. Hatupokei kadi.",
        ],
    ),
    (
        SnippetKind::Facility,
        [
            "Location and directions",
            "We are on Ngong Road, opposite Prestige Plaza, ground floor, next to the chemist. Matatus 111 and 102 stop in front.",
        ],
        [
            "Mahali tulipo",
            "Tuko Ngong Road, mkabala na Prestige Plaza, ground floor, karibu na chemist. Matatu za 111 na 102 zinasimama hapo mbele.",
        ],
    ),
    (
        SnippetKind::Policy,
        [
            "Children",
            "Children are welcome. We cut children's hair from two years, and a parent should stay with anyone under ten.",
        ],
        [
            "Watoto",
            "Watoto wanakaribishwa. Tunanyoa watoto kuanzia miaka miwili, na aliye chini ya miaka kumi awe na mzazi.",
        ],
    ),
    (
        SnippetKind::Policy,
        [
            "Being late and walk-ins",
            "We keep your chair for 10 minutes. Walk-ins are welcome when a chair is free, but a booking comes first.",
        ],
        [
            "Kuchelewa na kuja bila kubook",
            "Tunakuwekea kiti kwa dakika 10. Unaweza kuja bila kubook kiti kikiwa wazi, lakini aliyebook anatangulia.",
        ],
    ),
    (
        SnippetKind::Facility,
        ["Wi-Fi", "There is free Wi-Fi for customers; ask any barber for the password."],
        ["Wi-Fi", "Kuna Wi-Fi ya bure kwa wateja; uliza kinyozi yeyote password."],
    ),
];

/// Nywele Studio.
pub(super) const SALON: &[Subject] = &[
    (
        SnippetKind::Facility,
        [
            "Parking",
            "Clients park free in the basement of the building. Tell the guard that you are coming to Nywele Studio.",
        ],
        [
            "Maegesho ya magari (parking)",
            "Wateja wetu wanaegesha bure kwenye basement ya jengo. Mwambie mlinzi unakuja Nywele Studio.",
        ],
    ),
    (
        SnippetKind::Prep,
        [
            "What to bring and how to prepare",
            "For braids come with your hair washed and dry. You may bring your own braids or weave; we also sell them here.",
        ],
        [
            "Cha kuja nacho na maandalizi",
            "Kwa kusuka njoo na nywele zimeoshwa na kukauka. Unaweza kuja na braids au weave zako; pia tunauza hapa.",
        ],
    ),
    (
        SnippetKind::Policy,
        [
            "Cancellation policy",
            "Cancelling or moving is free until 24 hours before the appointment. Later than that the deposit is kept.",
        ],
        [
            "Sera ya kughairi (cancellation)",
            "Kughairi au kubadilisha ni bure hadi masaa 24 kabla ya miadi. Baada ya hapo deposit hairudishwi.",
        ],
    ),
    (
        SnippetKind::Policy,
        [
            "Payment and deposit",
            "You pay a deposit of 50 % by M-Pesa when you book, or by card if you ask for it. The rest is paid at the salon after the service.",
        ],
        [
            "Malipo na deposit",
            "Unalipa deposit ya asilimia 50 kwa M-Pesa unapobook, au kwa kadi ukiomba. Iliyobaki unalipa saluni baada ya huduma.",
        ],
    ),
    (
        SnippetKind::Facility,
        [
            "Location and directions",
            "We are in Kilimani on Argwings Kodhek Road, Yaya side, second floor of Chaka Place. There is a lift.",
        ],
        [
            "Mahali tulipo",
            "Tuko Kilimani, Argwings Kodhek Road, upande wa Yaya, Chaka Place ghorofa ya pili. Lifti ipo.",
        ],
    ),
    (
        SnippetKind::Policy,
        [
            "Children",
            "You can come with your child; there is a corner with toys. We braid children from five years at the same price.",
        ],
        [
            "Watoto",
            "Unaweza kuja na mtoto; kuna kona ya kuchezea. Tunasuka watoto kuanzia miaka mitano kwa bei ile ile.",
        ],
    ),
    (
        SnippetKind::Policy,
        [
            "Being late",
            "Please tell us if you are late. After 20 minutes we may have to move you to the next free time.",
        ],
        [
            "Kuchelewa",
            "Tafadhali tuambie ukichelewa. Baada ya dakika 20 huenda tukakuhamishia muda mwingine ulio wazi.",
        ],
    ),
    (
        SnippetKind::Service,
        [
            "How long braids last",
            "Braids usually stay neat for six to eight weeks. We tie them so that they do not pull on your edges.",
        ],
        [
            "Braids hukaa muda gani",
            "Braids hukaa vizuri kwa wiki sita hadi nane. Tunazisuka bila kuvuta sana ili edges zisiumie.",
        ],
    ),
];

/// Tabasamu Dental.
pub(super) const DENTAL: &[Subject] = &[
    (
        SnippetKind::Facility,
        [
            "Parking",
            "There is patient parking in front of the clinic, free for the first two hours. A wheelchair ramp leads to the door.",
        ],
        [
            "Maegesho ya magari (parking)",
            "Kuna parking ya wagonjwa mbele ya kliniki, bure kwa masaa mawili ya kwanza. Pia kuna njia ya wheelchair hadi mlangoni.",
        ],
    ),
    (
        SnippetKind::Prep,
        [
            "What to bring",
            "Bring your identity card, your insurance card if you have one, and the list of any medicine that you take. Please eat before an extraction.",
        ],
        [
            "Cha kuja nacho",
            "Njoo na kitambulisho, kadi ya bima kama unayo, na orodha ya dawa unazotumia. Tafadhali kula kabla ya kung'olewa jino.",
        ],
    ),
    (
        SnippetKind::Policy,
        [
            "Cancellation policy",
            "Please cancel or move at least 24 hours before; it costs nothing. Later cancellations take the chair from somebody in pain.",
        ],
        [
            "Sera ya kughairi (cancellation)",
            "Tafadhali ghairi au badilisha angalau masaa 24 kabla; ni bure. Ukichelewa, unamnyima nafasi mgonjwa mwingine.",
        ],
    ),
    (
        SnippetKind::Policy,
        [
            "Payment and insurance",
            "You pay at the clinic after treatment, in cash, by M-Pesa or by card. We take most insurance; ask us about yours before you come.",
        ],
        [
            "Malipo na bima",
            "Unalipa kliniki baada ya matibabu, kwa pesa taslimu, M-Pesa au kadi. Tunapokea bima nyingi; uliza kuhusu yako kabla ya kuja.",
        ],
    ),
    (
        SnippetKind::Facility,
        [
            "Location and directions",
            "We are in Westlands on Mpaka Road, Maua Plaza, first floor, a short walk from Sarit Centre.",
        ],
        [
            "Mahali tulipo",
            "Tuko Westlands, Mpaka Road, Maua Plaza ghorofa ya kwanza, karibu na Sarit Centre.",
        ],
    ),
    (
        SnippetKind::Policy,
        [
            "Children",
            "We treat children from three years. A parent or guardian must come along and may stay in the room.",
        ],
        [
            "Watoto",
            "Tunatibu watoto kuanzia miaka mitatu. Lazima mzazi au mlezi aje naye, na anaweza kukaa chumbani.",
        ],
    ),
    (
        SnippetKind::Service,
        [
            "Does it hurt",
            "Fillings and extractions are done under local anaesthetic, so you feel pressure but no pain. Tell the doctor if you are nervous.",
        ],
        [
            "Je, inauma",
            "Kuziba na kung'oa jino hufanywa kwa sindano ya ganzi, hivyo hausikii maumivu. Mwambie daktari kama unaogopa.",
        ],
    ),
];
