# Mtu anapochukua usukani; ujumbe wa wenye biashara; vikumbusho.

handing-over = { $tone ->
    [professional] Sawa. Namwita mmoja wetu; atakujibu hapa hapa.
   *[warm] Sawa, ngoja nikuitie mmoja wetu. Atakujibu hapa hapa.
}
    .voice = Sawa, ngoja nikuitie mmoja wetu.
person-joined = Mmoja wetu hapa { $business } yuko nawe sasa.
handoff-apology = Pole kwa kungoja. Nimewakumbusha wenzangu, mmoja wao atakujibu haraka awezavyo.
handoff-gave-up = Samahani, kwa sasa hakuna mtu aliye na nafasi, lakini ujumbe wako wanao. Niko hapa tena kama naweza kusaidia.
agent-resumed = Ni mimi tena, msaidizi. Tuendelee tulipofika.
emergency-advice = Kama ni dharura, tafadhali piga { $number } sasa hivi au nenda hospitali iliyo karibu. Pia namwita mmoja wetu.

# --- kwa wenye biashara

page = { $reminding ->
    [yes] Bado anangoja: { $customer } anahitaji mtu. { why }
   *[no] { $customer } anahitaji mtu. { why }
}
why = { $signal ->
    [asked] Ameomba kuongea na mtu.
    [not-understood] Sijamwelewa mara tatu mfululizo.
    [unhappy] Anaonekana hajafurahi.
    [too-costly] Mazungumzo haya yamefika kiwango cha gharama.
    [sensitive-number] Ametuma namba ya kitambulisho au kadi (nimeificha).
    [compliance] Huenda ni dharura, vitisho au kujiumiza: tafadhali angalia sasa hivi.
    [no-progress] Tumezunguka bila kufika popote.
   *[tool-failing] Kuna kitu nje kinafeli kila mara, siwezi kumaliza.
}
page-doing = Alikuwa: { $doing }
page-turns = Ujumbe wa mwisho:
page-turn = { $by ->
    [customer] Mteja: { $text }
    [admin] Sisi: { $text }
   *[agent] Mimi: { $text }
}
page-next = { $signal ->
    [compliance] Kinachofuata: mpigie simu sasa kama unaweza.
    [unhappy] Kinachofuata: anza na pole, kisha mpe suluhisho.
    [sensitive-number] Kinachofuata: mwombe afute hiyo namba upande wake pia.
    [tool-failing] Kinachofuata: mbook kwa mkono na umwambie imekamilika.
   *[other] Kinachofuata: msalimie na uulize umsaidie vipi.
}
page-command = Jibu /engage { $who } kuchukua, na /handback ukimaliza.
brief = Kwa ufupi, { $customer }:
brief-next = Labda sasa: { $next }
someone = mteja

note-booked = Booking mpya: { $customer }, { $bookings }.{ $paid ->
    [yes] {" "}Amelipa: { $amount }.
   *[no] {""}
}
note-cancelled = Imeghairiwa: { $customer }, { $bookings }.{ $paid ->
    [yes] {" "}Atarudishiwa: { $amount }.
   *[no] {""}
}
note-moved = Imehamishwa: { $customer }, { $bookings }.
note-moved-rows = { $old } → { $new }
note-late-booked = Malipo ya { $customer }{ of-amount } yamechelewa; nafasi bado ilikuwepo, kwa hivyo amebookiwa: { $bookings }.
note-late-counted = Malipo ya { $customer }{ of-amount } yamechelewa na yamehesabiwa kwa booking yake: { $bookings }. Atalipa pungufu kiasi hicho akija.
note-late-returned = Malipo ya { $customer }{ of-amount } yamefika nafasi ikiwa imeenda au imeghairiwa. Anarudishiwa.
note-review = Malipo ya { $customer } hayalingani na yaliyoombwa{ of-amount-received }. Hakuna kilichobookiwa: tafadhali angalia kwenye Payments.
note-refund-by-hand = Pesa za { $customer }{ of-amount } hazikuweza kurudishwa zenyewe. Tafadhali mrudishie wewe mwenyewe.
note-refund-to-approve = Kumrudishia { $customer } pesa{ of-amount } kunasubiri: tafadhali idhinisha kwenye akaunti yako ya PesaPal.
note-unconfirmed = Tumeambiwa malipo ya { $customer }{ of-amount } yamelipwa, lakini huduma ya malipo haijathibitisha. Hakuna miadi hadi ithibitishe: tafadhali angalia taarifa yako ya malipo.
note-taken-back = Malipo ya { $customer }{ of-amount } yamerudishwa na benki au kampuni ya kadi. Miadi bado ipo: { $bookings }.
note-waiting = { $customer } bado anangoja mtu. Jibu /engage { $who }.
note-gave-up = Hakuna aliyechukua, kwa hivyo naongea na { $customer } tena. Tafadhali mpigie ukipata nafasi.
note-engaged = { $admin } sasa anaongea na { $customer }.
note-late = { $customer } atachelewa: "{ $words }"
note-handed-back = Naongea na { $customer } tena.
of-amount = { $paid ->
    [yes] {" "}({ $amount })
   *[no] {""}
}
of-amount-received = { $paid ->
    [yes] : zimefika { $amount }
   *[no] {""}
}

# --- vikumbusho

reminder-day = { $business }: kumbuka{ called }, { $what } { $when }.{ at-venue } Kubadilisha jibu HAMISHA au GHAIRI.
    .voice = Hii ni { $business }, tunakukumbusha { $what } { $when }.
reminder-hours = { $business }: tuonane hivi karibuni{ called }! { $what } { $when }.{ at-venue }
    .voice = Hii ni { $business }, tunakukumbusha { $what } { $when }.

# --- duka lenyewe linaghairi au kuhamisha

owner-called-off = { $business }: samahani{ called }, imebidi tughairi { $what } { $when }.{ $paid ->
    [yes] {" "}{ $amount } yako inarudi kwako.
   *[no] {""}
} Siku nyingine itakufaa? Jibu tu na siku.
owner-moved = { $business }: samahani{ called }, imebidi tuhamishe { $what }. Ilikuwa { $old }, sasa ni { $when }. Kama haikufai, jibu HAMISHA au GHAIRI.
