# Kuangalia booking, kughairi na kubadilisha.

my-bookings = { $count ->
    [1] Una booking moja: { $bookings }.
   *[other] Booking zako:{ $bookings }
}
    .voice = Una { $bookings }.
no-bookings = Kwa sasa huna booking yoyote.

ask-which-booking = { $moving ->
    [yes] Ungependa kubadilisha ipi: { $options }?
   *[no] Ungependa kughairi ipi: { $options }?
}
    .voice = { $moving ->
    [yes] Ungependa kubadilisha ipi?
   *[no] Ungependa kughairi ipi?
}

confirm-cancel = { $cancellation ->
    [forgiving] Usijali, mipango hubadilika. { cancel-cost } Nighairi { $what } { $when }?
    [firm] { $hours ->
        [0] { cancel-cost } Una uhakika nighairi { $what } { $when }?
       *[other] Kughairi ni bure hadi { $notice } kabla tu. { cancel-cost } Una uhakika nighairi { $what } { $when }?
    }
   *[neutral] { cancel-cost } Nighairi { $what } { $when }?
}
    .voice = { cancel-cost } Nighairi { $what } { $when }?
cancel-cost = { $money ->
    [all-back] Kughairi ni bure, na utarudishiwa { $refund } zako.
    [part-back] Imebaki chini ya { $notice }, kwa hivyo utarudishiwa { $refund }, lakini { $kept } hazirudi.
    [kept] Imebaki chini ya { $notice }, kwa hivyo { $kept } ulizolipa hazirudi.
    [part-back-always] Ukighairi utarudishiwa { $refund }, lakini { $kept } hazirudi.
    [kept-always] Ukighairi, { $kept } ulizolipa hazirudi.
   *[nothing] Kughairi ni bure.
}
yes-cancel = Ndio, ghairi
no-keep = Hapana, iache

cancelled = { $cancellation ->
    [forgiving] Sawa, nimeghairi { $what } { $when }.{ refund-coming } Karibu tena siku nyingine.
   *[neutral] Sawa, nimeghairi { $what } { $when }.{ refund-coming }
}
    .voice = Sawa, nimeghairi { $what } { $when }.{ refund-coming }
refund-coming = { $refunded ->
    [yes] {" "}Tunakurudishia { $refund }.
   *[no] {""}
}
kept-booking = { $tone ->
    [professional] Sawa, inabaki ilivyo: { $what } { $when }.
   *[warm] Poa, inabaki vile ilivyo: { $what } { $when }.
}

ask-new-time = Una { $what } { $when }. Ungependa siku gani na saa ngapi badala yake?
confirm-move = Basi nihamishe { $what } kutoka { $old } hadi { $new }. Niendelee?
yes-move = Ndio, hamisha
moved = { $tone ->
    [professional] Sawa, { $what } sasa ni { $new }.
   *[warm] Sawa, { $what } sasa ni { $new }. Tuonane!
}
    .voice = Sawa, { $what } sasa ni { $new }.

ask-drop-draft = { $served ->
    [yes] Bado hatujamaliza kubook { $service }. Niiache?
   *[no] Bado hatujamaliza booking yako. Niiache?
}
yes-drop = Ndio, iache
no-go-on = Hapana, tuendelee
