# Kuthibitisha booking na kulipa.

# " Wanjiru"
called = { $named ->
    [yes] {" "}{ $name }
   *[no] {""}
}

# "…, kisha Kunyoa ndevu na Brian saa tisa na nusu alasiri (15:30)"
what-at = { $what } { $time }
then = { $bookings }, kisha { $next }

# "Kunyoa nywele na Brian"
what = { $staffed ->
    [yes] { $service } na { $staff }
   *[no] { $service }
}

confirm-booking = { $tone ->
    [professional] Nimekuwekea nafasi ya { $what } { $when }. { price-and-due } Nithibitishe?
    [playful] Poa{ called }! { $what } { $when }. { price-and-due } Nibook?
   *[warm] Sawa{ called }, nimekuwekea nafasi ya { $what } { $when }. { price-and-due } Nithibitishe?
}
    .voice = Nimekuwekea nafasi ya { $what } { $when }, { price-spoken-due }. Nithibitishe?
price-spoken-due = { $pays ->
    [full] { $price } kwa { $rail }
    [deposit] { $price }, na deposit ya { $due } kwa { $rail }
   *[venue] { $price } ukija
}
price-and-due = { $pays ->
    [full] Bei ni { $price }, unalipa kwa { $rail } ukithibitisha.
    [deposit] Bei ni { $price }, na unalipa deposit ya { $due } kwa { $rail } ukithibitisha.
   *[venue] Bei ni { $price }, utalipa ukija.
}
yes-book = Ndio, thibitisha

suggest-alongside = { $tone ->
    [professional] Unaweza kuongeza { $service } mara baada ya hapo kwa { $price }; sema tu "pamoja na { $service }".
    [playful] Na { $service } papo hapo baadaye? Ni { $price }: sema "na { $service }" mambo yawe sawa.{ ICON("😉") }
   *[warm] { $service } inafaa sana mara baada ya hapo, kwa { $price }: sema tu "na { $service }" nikupangie.
}
    .voice = { $service } inafaa sana mara baada ya hapo, sema tu na { $service }.
one-then-the-other = { $service } tutaiweka baada tu ya hapo.
no-room-right-after = Hakuna nafasi ya { $service } baada tu ya hapo, lakini unaweza kuibook peke yake.

hold-expired = Nilikuwekea ile nafasi lakini muda umeisha, sasa iko wazi kwa wengine. Bado unaitaka?
not-booked = Sawa, sijabook chochote. Niandikie ukiwa tayari.
    .voice = Sawa, sijabook chochote.

offer-cross-sell = { $tone ->
    [professional] Ungependa pia { $what } baada tu ya hapo, { $time }? Ni { $price }.
    [playful] Na ukiwa hapo, tuongeze { $what } { $time }? Ni { $price } tu!
   *[warm] Ungependa tuongeze { $what } baada tu ya hapo, { $time }? Ni { $price }.
}
    .voice = Ungependa tuongeze { $what } baada tu ya hapo, { $time }, kwa { $price }?
yes-add = Ndio, ongeza
no-thanks = Hapana, asante
confirm-bundle = Basi ni { $first } { $when }, halafu { $second } { $time }. { $pays ->
    [full] Jumla ni { $price }, unalipa kwa { $rail }.
    [deposit] Jumla ni { $price }, na unalipa deposit ya { $due } kwa { $rail }.
   *[venue] Jumla ni { $price }, utalipa ukija.
} Nithibitishe zote mbili?
    .voice = Basi ni { $first } { $when }, halafu { $second } { $time }, jumla { price-spoken-due }. Nithibitishe zote mbili?
yes-both = Ndio, zote mbili
no-first = Hapana, ya kwanza

prompt-sent = { $tone ->
    [professional] Nimetuma ombi la M-Pesa la { $amount } kwa { $phone }. Tafadhali weka PIN yako; nitathibitisha malipo yakifika.
   *[warm] Nimetuma ombi la M-Pesa la { $amount } kwa { $phone }. Weka PIN yako, malipo yakifika nitakuthibitishia.
}
    .voice = Nimetuma ombi la M-Pesa la { $amount } kwa simu yako. Weka PIN, nami nitathibitisha.
prompt-uncertain = M-Pesa haijanijibu, kwa hivyo sijui kama ombi la { $amount } limefika kwa simu yako. Likitokea, weka PIN. Lisipotokea, nitakuambia baada ya dakika chache tujaribu tena.
    .voice = M-Pesa haijanijibu. Ombi likitokea kwa simu yako, weka PIN.
pay-on-page = Bonyeza link kulipa { $amount } kwa kadi. Malipo yakifika nitakuthibitishia.
    .voice = Nakutumia link ya kulipa { $amount } kwa kadi.
pay-link = Lipa kwa kadi

payment-still-open = Bado nasubiri malipo yako ya { $amount }. Angalia simu yako uweke PIN, au sema "ghairi" kama hutaki tena.

card-still-open = Bado nasubiri malipo yako ya kadi ya { $amount }. Tumia link niliyokutumia, au sema "ghairi" kama hutaki tena.
page-still-open = Nafasi yako bado nimeiweka. Bonyeza link kulipa { $amount } kwa kadi, au sema "ghairi" kama umebadilisha mawazo.
    .voice = Bado nasubiri malipo yako ya kadi ya { $amount }. Tumia link niliyokutumia.

payment-failed = { $reason ->
    [wrong-pin] Malipo hayajapita: PIN haikuwa sahihi.
    [insufficient-funds] Malipo hayajapita: salio halikutosha.
    [cancelled-on-phone] Malipo hayajapita: ombi lilikataliwa kwenye simu.
    [unreachable] Malipo hayajapita: simu haikupatikana.
    [busy] Malipo hayajapita: kulikuwa na malipo mengine yanaendelea.
    [limit] Malipo hayajapita: yangezidi limit ya akaunti.
    [invalid-number] Malipo hayajapita: hiyo namba haiwezi kulipa kwa M-Pesa.
    [provider-down] Malipo hayajapita: huduma ya malipo ina shida kwa sasa.
    [misconfigured] Malipo hayajapita kwa sababu ya shida upande wetu, pole kwa hilo.
    [declined] Malipo hayajapita: kadi ilikataliwa.
   *[other] Pole, malipo hayajapita.
} { pay-again }
    .voice = { $reason ->
    [wrong-pin] PIN haikuwa sahihi, kwa hivyo malipo hayajapita.
    [insufficient-funds] Salio halikutosha, kwa hivyo malipo hayajapita.
    [cancelled-on-phone] Ombi lilikataliwa kwenye simu.
    [unreachable] Simu haikupatikana, kwa hivyo malipo hayajapita.
    [busy] Kulikuwa na malipo mengine yanaendelea, kwa hivyo haya hayajapita.
    [limit] Malipo yangezidi limit ya akaunti.
    [invalid-number] Hiyo namba haiwezi kulipa kwa M-Pesa.
    [provider-down] Huduma ya malipo ina shida kwa sasa.
    [misconfigured] Malipo hayajapita kwa sababu ya shida upande wetu.
    [declined] Kadi ilikataliwa.
   *[other] Pole, malipo hayajapita.
} Tujaribu tena{ $by-number ->
    [yes] , { $rail ->
        [card] tutumie M-Pesa
       *[mpesa] tutumie namba nyingine
    }
   *[no] {""}
}{ $by-card ->
    [yes] , ulipe kwa kadi
   *[no] {""}
}{ $at-venue ->
    [yes] , au utalipa ukija
   *[no] {""}
}?
pay-again = Nafasi yako bado nimeiweka. Tujaribu tena?
retry = Jaribu tena
other-number = Namba nyingine
use-mpesa = Tumia M-Pesa
card = Lipa kwa kadi
venue = Nitalipa nikija

payment-under-review = Malipo yaliyoingia hayalingani na niliyoomba, kwa hivyo mwenzetu anayaangalia. Atakuandikia hapa.
review-outlasted = Bado tunaangalia malipo yaliyoingia, kwa hivyo nimeachilia hiyo nafasi. Tutakubook au tutakurudishia pesa, na tutakuandikia hapa.

payment-timed-out = Sijaona malipo yako, kwa hivyo nimeachilia hiyo nafasi. Kama pesa ilitoka, tutakubook au tutakurudishia. Bado unaitaka? Sema tu "jaribu tena".
    .voice = Sijaona malipo yako, kwa hivyo nimeachilia hiyo nafasi. Kama pesa ilitoka, tutakubook au tutakurudishia.
payment-cancelled = Sawa, nimesimamisha malipo na kuachilia nafasi. Ukiona ombi la M-Pesa kwenye simu, lipuuze tu.
card-cancelled = Sawa, nimesimamisha malipo na kuachilia nafasi. Tafadhali usitumie ile link tena.
ask-payer-phone = Nitume ombi la M-Pesa kwa namba gani?

paid-and-booked = { $tone ->
    [professional] Asante{ called }. Tumepokea { $amount }{ receipt-words }. Booking yako imethibitishwa: { $bookings }.{ remaining }
    [playful] Imeweza! Tumepokea { $amount }{ receipt-words }. Ni { $bookings }.{ remaining } Tuonane!{ ICON("🎉") }
   *[warm] Asante sana{ called }! Tumepokea { $amount }{ receipt-words }. Booking yako iko sawa: { $bookings }.{ remaining } Tuonane!{ ICON("🎉") }
}
    .voice = Asante, tumepokea { $amount }. Booking yako iko sawa: { $bookings }.
receipt-words = { $receipted ->
    [yes] {" "}(risiti { $receipt })
   *[no] {""}
}
remaining = { $remains ->
    [yes] {" "}Iliyobaki, { $remaining }, utalipa ukija.
   *[no] {""}
}
booked = { $tone ->
    [professional] Booking yako imethibitishwa: { $bookings }.{ at-venue } Asante.
    [playful] Imeweza! { $bookings }.{ at-venue } Tuonane!{ ICON("🎉") }
   *[warm] Booking yako iko sawa{ called }: { $bookings }.{ at-venue } Karibu sana!{ ICON("🎉") }
}
    .voice = Booking yako iko sawa: { $bookings }.
at-venue = { $remains ->
    [yes] {" "}Utalipa { $remaining } ukija.
   *[no] {""}
}

late-money-booked = Malipo yako ya { $amount }{ receipt-words } yamechelewa kufika, lakini nafasi bado ilikuwepo, kwa hivyo booking yako iko sawa.
late-money-counted = Malipo yako ya { $amount } yamefika hatimaye{ receipt-words }. Yamehesabiwa kwa booking yako, kwa hivyo utalipa pungufu kiasi hicho ukija.
late-money-returned = Malipo yako ya { $amount } yamefika baada ya nafasi kuchukuliwa na mtu mwingine. Pole, tunakurudishia pesa yako.
paid-twice = Umelipa mara mbili kwa booking moja, kwa hivyo tunakurudishia { $amount }. Booking yako iko sawa.
returned-after-cancel = Pesa yako imefika baada ya wewe kusimamisha malipo, kwa hivyo tunakurudishia.
refunded = Tumekurudishia { $amount }.
