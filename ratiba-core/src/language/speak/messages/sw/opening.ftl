# Maneno ya kwanza, shukrani na mipaka.

hi = { $named ->
    [yes] Habari { $name }
   *[no] Habari
}
hello = { $named ->
    [yes] Habari { $name }
   *[no] Habari
}

greeting = { $tone ->
    [professional] { hello }, karibu { $business }. Welcome.
    [playful] Mambo{ $named ->
        [yes] {" "}{ $name }
       *[no] {""}
    }! Karibu { $business }. Welcome!{ ICON("😎") }
   *[warm] { hi }, karibu sana { $business }! Welcome.{ ICON("😊") }
}
    .voice = { hello }, karibu { $business }.

introduction = { $tone ->
    [professional] Mimi ni msaidizi wa kidijitali (bot) wa kupanga miadi. Ukitaka kuongea na mtu, sema "nataka mtu" wakati wowote.
   *[warm] Mimi ni msaidizi wa kidijitali (bot), nakusaidia kubook saa yoyote. Ukitaka kuongea na mtu, sema tu "nataka mtu".
}
    .voice = Mimi ni msaidizi wa kidijitali; ukitaka mtu, sema "nataka mtu".

greeting-again = { $tone ->
    [professional] { hello }, karibu tena.
    [playful] Umerudi{ $named ->
        [yes] {" "}{ $name }
       *[no] {""}
    }! Karibu tena!{ ICON("🙌") }
   *[warm] { hi }, karibu tena!{ ICON("😊") }
}
    .voice = { hello }, karibu tena.

how-can-i-help = { $tone ->
    [professional] Tukusaidie vipi?
   *[warm] Nikusaidie na nini leo?
}

menu-book = Kubook
menu-bookings = Booking zangu
menu-services = Huduma na bei
menu-hours = Saa za kufungua
menu-human = Ongea na mtu

youre-welcome = { $tone ->
    [professional] Karibu.
    [playful] Usijali, karibu!{ ICON("🙌") }
   *[warm] Karibu sana!{ ICON("😊") }
}

no-rush = { $tone ->
    [professional] Sawa, hakuna haraka.
    [playful] Pole pole tu, niko hapa!
   *[warm] Sawa, hakuna haraka, niko hapa.
}

one-at-a-time = { $tone ->
    [professional] Huwa naweka nafasi ya mtu mmoja kwa wakati: tumalize hii kwanza, kisha uniandikie tena kwa anayefuata.
   *[warm] Nabook mtu mmoja kwa wakati: tumalize hii kwanza, halafu uniambie tena kwa anayefuata.
}

no-such-day = { $tone ->
    [professional] { $date } haipo kwenye kalenda.
   *[warm] Samahani, { $date } haipo kwenye kalenda.
}

late-noted = Asante kwa kutujulisha, nimewaambia.

opted-out = Sawa, hatutakutumia tena reminders wala offers. Ukitaka kubook, niandikie tu wakati wowote.
    .voice = Sawa, hatutakutumia tena reminders wala offers.

started-over = { $tone ->
    [professional] Sawa, tuanze tena mwanzo.
   *[warm] Usijali, tuanze upya.
}

did-not-understand = { $times ->
    [1] Samahani, sijakuelewa.
    [2] Samahani, bado sijakupata. Jaribu kwa maneno machache, kama "{ $example } kesho saa tisa".
   *[other] Samahani, hii sijaielewa. Sema "nataka mtu" na mmoja wetu atakusaidia.
}
    .voice = { $times ->
        [1] Samahani, sijakuelewa.
        [2] Samahani, bado sijakupata, jaribu kwa maneno machache kama { $example } kesho mchana.
       *[other] Samahani, hii sijaielewa; sema "nataka mtu" na mmoja wetu atakusaidia.
    }

abuse-bound = Tafadhali tuheshimiane. Niko hapa kukusaidia na booking yako.

off-topic = { $tone ->
    [professional] Samahani, hilo siwezi kusaidia. Naweza kukusaidia na miadi, bei na saa za kufungua za { $business }.
    [playful] Hiyo sasa imenishinda!{ ICON("😅") } Lakini mambo ya booking, bei na saa za { $business }, hapo niko.
   *[warm] Hiyo siwezi kukusaidia, pole. Lakini kuhusu booking, bei na saa za { $business }, niko hapa.
}
    .voice = Hiyo siwezi, lakini booking, bei na saa za kufungua niko hapa.

please-type = Samahani, siwezi kufungua hiyo. Tafadhali niandikie.
    .voice = Samahani, sijakusikia vizuri, tafadhali rudia.

got-attachment = Asante, nimeipata.

sensitive-number = Kwa usalama wako nimeficha hiyo namba. Tafadhali usitume namba ya kitambulisho au ya kadi hapa.
